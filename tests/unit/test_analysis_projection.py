"""Activations brought to the eye: principal components, order of channels, grids of sequences."""

from __future__ import annotations

import numpy as np
import pytest

from sdinspector.analysis import projection
from sdinspector.core import InspectorError


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


class TestPca:
    @pytest.mark.parametrize("shape", [(5, 6, 7), (40, 3, 5)])
    def test_components_are_those_of_the_singular_value_decomposition(self, rng, shape):
        activation = rng.normal(size=shape) * np.arange(1, shape[0] + 1)[:, None, None]
        found = projection.pca(activation)
        pixels = activation.reshape(shape[0], -1).T
        centred = pixels - pixels.mean(axis=0)
        _, values, vectors = np.linalg.svd(centred, full_matrices=False)
        cosines = np.abs((found.components * vectors[:3]).sum(axis=1))
        np.testing.assert_allclose(cosines, 1.0, atol=1e-4)
        variances = np.square(values)
        np.testing.assert_allclose(found.explained, variances[:3] / variances.sum(), rtol=1e-4)
        largest = np.abs(found.components).argmax(axis=1)
        assert (found.components[range(3), largest] > 0).all()

    def test_each_component_has_the_full_range_of_its_colour(self, rng):
        rgb, explained = projection.pca_rgb(rng.normal(size=(8, 12, 9)).astype(np.float16))
        assert (rgb.shape, rgb.dtype) == ((12, 9, 3), np.uint8)
        assert rgb.min(axis=(0, 1)).tolist() == [0, 0, 0]
        assert rgb.max(axis=(0, 1)).tolist() == [255, 255, 255]
        assert explained[0] >= explained[1] >= explained[2] > 0

    def test_other_steps_are_coloured_alike(self, rng):
        activation = rng.normal(size=(6, 4, 4))
        found = projection.pca(activation)
        np.testing.assert_array_equal(
            found.colour(activation[:, ::-1]), found.colour(activation)[::-1]
        )
        beyond = found.colour(100 * activation)
        assert set(np.unique(beyond)) <= set(range(256))
        with pytest.raises(ValueError, match="7 channels"):
            found.colour(np.zeros((7, 2, 2)))

    def test_the_share_of_other_steps_is_measured_anew(self, rng):
        activation = rng.normal(size=(6, 5, 4)) * np.arange(1, 7)[:, None, None]
        found = projection.pca(activation)
        np.testing.assert_allclose(found.share(activation), found.explained, rtol=1e-4)
        turned = activation[::-1]
        assert 0 < found.share(turned).sum() < found.share(activation).sum()
        assert found.share(np.ones((6, 2, 2))).tolist() == [0.0, 0.0, 0.0]
        assert found.share(np.full((6, 2, 2), np.nan)).tolist() == [0.0, 0.0, 0.0]

    def test_what_varies_in_one_direction_leaves_two_colours_even(self):
        activation = np.zeros((4, 2, 3))
        activation[1] = np.arange(6).reshape(2, 3)
        rgb, explained = projection.pca_rgb(activation)
        np.testing.assert_allclose(explained, [1.0, 0.0, 0.0], atol=1e-6)
        assert rgb[..., 0].ravel().tolist() == [0, 51, 102, 153, 204, 255]
        assert np.unique(rgb[..., 1:]).tolist() == [128]

    @pytest.mark.parametrize("channels", [1, 2])
    def test_fewer_than_three_channels_and_one_pixel_are_enough(self, rng, channels):
        assert projection.pca(rng.normal(size=(channels, 3, 3))).components.shape == (3, channels)
        rgb, explained = projection.pca_rgb(rng.normal(size=(channels, 1, 1)))
        assert rgb.tolist() == [[[128, 128, 128]]]
        assert explained.tolist() == [0.0, 0.0, 0.0]

    def test_large_values_do_not_overflow(self, rng):
        huge = (rng.normal(size=(4, 5, 5)) * 1e30).astype(np.float32)
        found = projection.pca(huge)
        np.testing.assert_allclose(found.explained.sum(), 1.0, atol=0.5)
        assert np.isfinite(found.components).all()

    def test_pixels_that_are_not_finite_are_black_and_counted(self, rng):
        activation = rng.normal(size=(5, 4, 4)).astype(np.float16)
        activation[2, 0, 0] = np.nan
        activation[3, 1, 1] = np.inf
        found = projection.pca(activation)
        assert found.nonfinite == 2
        rgb = found.colour(activation)
        assert rgb[0, 0].tolist() == rgb[1, 1].tolist() == [0, 0, 0]
        assert rgb.max() == 255
        nothing, _ = projection.pca_rgb(np.full((3, 2, 2), np.nan))
        assert nothing.max() == 0

    def test_what_is_no_picture_is_refused(self):
        with pytest.raises(ValueError, match="C, h, w"):
            projection.pca(np.zeros((2, 3)))


class TestOrder:
    @pytest.fixture
    def activation(self) -> np.ndarray:
        """Return [uncond, cond] of three channels on a grid of 1×2."""
        uncond = np.array([[0.0, 0.0], [0.0, 0.0], [9.0, 9.0]])
        cond = np.array([[1.0, -1.0], [3.0, 3.0], [9.0, 9.5]])
        return np.stack([uncond, cond])[:, :, None, :].astype(np.float16)

    @pytest.mark.parametrize(
        ("by", "expected"),
        [
            ("index", [0, 1, 2]),
            ("variance", [0, 2, 1]),
            ("mean_abs", [2, 1, 0]),
            ("branch_difference", [1, 0, 2]),
        ],
    )
    def test_channels_come_in_the_order_of_the_measure(self, activation, by, expected):
        assert projection.channel_order(activation, by).tolist() == expected

    def test_the_measures_are_those_of_the_formulas(self, activation):
        measure = projection.channel_measure
        np.testing.assert_allclose(measure(activation, "variance"), [1.0, 0.0, 0.0625])
        np.testing.assert_allclose(measure(activation, "mean_abs"), [1.0, 3.0, 9.25])
        np.testing.assert_allclose(measure(activation, "mean_abs", branch=0), [0.0, 0.0, 9.0])
        np.testing.assert_allclose(measure(activation, "branch_difference"), [1.0, 3.0, 0.25])

    def test_sequences_and_vectors_have_their_channels_last(self, activation):
        sequence = activation[:, :, 0].transpose(0, 2, 1)
        assert projection.channel_order(sequence, "mean_abs").tolist() == [2, 1, 0]
        assert projection.channel_order(sequence[:, 0], "mean_abs").tolist() == [2, 1, 0]
        with pytest.raises(ValueError, match="shape"):
            projection.channel_order(np.zeros(3), "mean_abs")

    def test_equal_channels_keep_their_order_and_no_number_comes_last(self):
        activation = np.ones((1, 4, 2, 2))
        activation[0, 1, 0, 0] = np.inf
        activation[0, 2, 0, 0] = np.nan
        for by in ("mean_abs", "variance"):
            assert projection.channel_order(activation, by).tolist() == [0, 3, 1, 2]

    def test_one_branch_alone_has_no_difference(self, activation):
        with pytest.raises(InspectorError, match="Only one branch ran") as caught:
            projection.channel_order(activation[1:], "branch_difference")
        assert caught.value.code == "activation.one-branch"


class TestGrid:
    @pytest.mark.parametrize(
        ("count", "size", "expected"),
        [
            (4096, (64, 64), (64, 64)),
            (1024, (64, 64), (32, 32)),
            (64, (64, 64), (8, 8)),
            (96 * 64, (96, 64), (96, 64)),
            (6, (96, 64), (3, 2)),
            (13 * 7, (25, 13), (13, 7)),
            (7 * 4, (25, 13), (7, 4)),
            (1, (64, 64), (1, 1)),
            (77, (64, 64), None),
            (4095, (64, 64), None),
            (8192, (64, 64), None),
            (0, (64, 64), None),
        ],
    )
    def test_it_is_one_of_the_latent_s_halves(self, count, size, expected):
        assert projection.grid_of_sequence(count, size) == expected

    @pytest.mark.parametrize(
        ("count", "aspect", "expected"),
        [
            (4096, 1.0, (64, 64)),
            (96, 1.5, (12, 8)),
            (96, 2 / 3, (8, 12)),
            (91, 25 / 13, (13, 7)),
            (77, 1.0, None),
            (97, 1.0, None),
            (16, float("nan"), None),
        ],
    )
    def test_it_can_be_told_from_the_aspect_alone(self, count, aspect, expected):
        assert projection.grid_of_sequence(count, aspect) == expected
