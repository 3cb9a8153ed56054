"""Arithmetic on recorded arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sdinspector.analysis import guidance, masks, preview, resize, statistics
from sdinspector.core import Preview


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


class TestGuidance:
    def test_scale_one_is_the_conditional_and_zero_the_unconditional_prediction(self, rng):
        uncond, cond = rng.normal(size=(2, 4, 8, 8)).astype(np.float32)
        np.testing.assert_allclose(guidance.combine(uncond, cond, 1.0), cond, atol=1e-6)
        np.testing.assert_array_equal(guidance.combine(uncond, cond, 0.0), uncond)

    @pytest.mark.parametrize("dtype", ["float16", "float32"])
    def test_it_equals_torch_bit_by_bit(self, rng, dtype):
        torch = pytest.importorskip("torch")
        uncond, cond = rng.normal(size=(2, 4, 8, 8)).astype(dtype)
        u, c = torch.from_numpy(uncond), torch.from_numpy(cond)
        result = guidance.combine(uncond, cond, 7.5)
        assert result.dtype == dtype
        np.testing.assert_array_equal(result, (u + 7.5 * (c - u)).numpy())

    def test_rescale_equals_the_formula_of_diffusers(self, rng):
        torch = pytest.importorskip("torch")
        uncond, cond = rng.normal(size=(2, 4, 8, 8)).astype(np.float32)
        u, c = torch.from_numpy(uncond)[None], torch.from_numpy(cond)[None]
        noise = u + 7.5 * (c - u)
        rescaled = noise * (c.std(dim=(1, 2, 3)) / noise.std(dim=(1, 2, 3)))
        expected = (0.7 * rescaled + 0.3 * noise)[0].numpy()
        np.testing.assert_allclose(
            guidance.combine(uncond, cond, 7.5, 0.7), expected, rtol=1e-5, atol=1e-6
        )

    def test_one_branch_alone_ignores_the_scale(self, rng):
        cond = rng.normal(size=(4, 8, 8))
        assert guidance.guided(None, cond, 0.3) is cond
        assert guidance.guided(cond, None, 0.3) is cond

    def test_no_branch_or_two_shapes_are_refused(self):
        with pytest.raises(ValueError, match="no noise prediction"):
            guidance.guided(None, None, 1.0)
        with pytest.raises(ValueError, match="shapes differ"):
            guidance.combine(np.zeros((4, 8, 8)), np.zeros((4, 8, 9)), 1.0)

    def test_denoised_is_the_sum_with_the_two_numbers_of_the_call(self, rng):
        alpha_bar = 0.3
        clean, noise = rng.normal(size=(2, 4, 8, 8))
        latent = math.sqrt(alpha_bar) * clean + math.sqrt(1 - alpha_bar) * noise
        a, b = 1 / math.sqrt(alpha_bar), -math.sqrt(1 - alpha_bar) / math.sqrt(alpha_bar)
        np.testing.assert_allclose(guidance.denoised(latent, noise, a, b), clean)
        clipped = guidance.denoised(latent, noise, a, b, clip=0.5)
        np.testing.assert_allclose(clipped, np.clip(clean, -0.5, 0.5))

    def test_norms_are_root_mean_squares_and_the_cosine_is_of_the_angle(self):
        uncond = np.zeros((2, 1, 2), np.float16)
        uncond[0] = 3.0
        cond = np.zeros((2, 1, 2), np.float16)
        cond[1] = 4.0
        norms = guidance.norms_and_cosine(uncond, cond)
        assert norms == pytest.approx((math.sqrt(9 / 2), math.sqrt(8), math.sqrt(25 / 2), 0.0))
        assert guidance.norms_and_cosine(cond, -2 * cond).cosine == pytest.approx(-1.0)
        assert guidance.norms_and_cosine(cond, cond)[2:] == pytest.approx((0.0, 1.0))
        assert math.isnan(guidance.norms_and_cosine(cond, 0 * cond).cosine)

    def test_magnitude_is_the_length_of_the_difference_over_channels(self):
        uncond = np.zeros((2, 1, 2), np.float16)
        cond = np.array([[[3.0, 0.0]], [[4.0, -300.0]]], np.float16)
        found = guidance.magnitude(uncond, cond)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, [[5.0, 300.0]])
        for function in (guidance.magnitude, guidance.norms_and_cosine):
            with pytest.raises(ValueError, match="shapes differ"):
                function(uncond, cond[:1])
            with pytest.raises(ValueError, match="no noise prediction"):
                function(uncond[:0], cond[:0])


class TestPreview:
    def test_the_linear_map_gives_the_colours_of_the_formula(self):
        known = Preview(((1.0, 0.0, 0.0), (0.0, 0.5, 0.0)), bias=(0.0, 0.0, -1.0))
        latent = np.zeros((2, 1, 2), np.float16)
        latent[:, 0, 1] = [1.0, 1.0]
        np.testing.assert_array_equal(
            preview.to_rgb(latent, known), [[[128, 128, 0], [255, 191, 0]]]
        )

    def test_saturation_marks_what_a_screen_cannot_show(self):
        known = Preview(((1.0, 0.0, 0.0),))
        latent = np.array([[[0.0, 2.0, -2.0, np.nan]]])
        rgb = preview.to_rgb_float(latent, known)
        np.testing.assert_array_equal(preview.saturated(rgb), [[False, True, True, True]])
        assert preview.to_rgb(latent, known)[0, 3, 0] == 0

    def test_channels_that_do_not_fit_the_map_are_refused(self):
        with pytest.raises(ValueError, match="channels"):
            preview.to_rgb(np.zeros((4, 8, 8)), Preview(((1.0, 0.0, 0.0),)))

    def test_fit_finds_the_map_that_made_the_pictures(self, rng):
        matrix, bias = rng.normal(size=(4, 3)), rng.normal(size=3)
        latents = rng.normal(size=(3, 4, 8, 8))
        pictures = np.moveaxis(latents, 1, -1) @ matrix + bias
        fitted = preview.fit(latents, pictures)
        assert fitted.source == "fitted"
        np.testing.assert_allclose(fitted.matrix, matrix, atol=1e-10)
        np.testing.assert_allclose(fitted.bias, bias, atol=1e-10)

    def test_fit_survives_a_channel_that_says_nothing(self, rng):
        latents = rng.normal(size=(2, 3, 4, 4))
        latents[:, 1] = 0.0
        fitted = preview.fit(latents, np.moveaxis(latents, 1, -1))
        np.testing.assert_allclose(fitted.matrix[1], 0.0, atol=1e-10)

    def test_fit_refuses_what_does_not_belong_together_or_is_not_finite(self):
        with pytest.raises(ValueError, match="belong"):
            preview.fit(np.zeros((2, 4, 8, 8)), np.zeros((2, 16, 16, 3)))
        with pytest.raises(ValueError, match="finite"):
            preview.fit(np.full((2, 4, 8, 8), np.nan), np.zeros((2, 8, 8, 3)))


class TestStatistics:
    def test_the_six_numbers_are_numpy_s_own(self, rng):
        values = rng.normal(size=(4, 8, 8)).astype(np.float16)
        values[0, 0] = 0.0
        wide = values.astype(np.float64)
        expected = (
            wide.mean(),
            wide.std(),
            wide.min(),
            wide.max(),
            np.abs(wide).mean(),
            (wide == 0).mean(),
        )
        np.testing.assert_allclose(statistics.describe(values).row(), expected, rtol=1e-6)

    def test_what_is_no_number_is_counted_and_left_out(self):
        found = statistics.describe(np.array([1.0, np.nan, np.inf, -np.inf, 3.0, 0.0]))
        assert (found.count, found.nan, found.infinite) == (6, 1, 2)
        assert (found.mean, found.minimum, found.maximum) == (pytest.approx(4 / 3), 0.0, 3.0)
        assert found.zeros == pytest.approx(1 / 3)

    @pytest.mark.parametrize("array", [np.zeros(0), np.full(3, np.nan)])
    def test_nothing_finite_gives_no_number_and_no_warning(self, array):
        found = statistics.describe(array)
        assert math.isnan(found.mean)
        assert found.count == array.size
        assert statistics.levels(array) == (0.0, 1.0)
        assert statistics.histogram(array, 4)[0].sum() == 0

    def test_half_precision_does_not_overflow(self):
        assert statistics.describe(np.full(100_000, 60_000, np.float16)).mean == 60_000

    def test_the_histogram_counts_every_finite_value_once(self, rng):
        values = rng.normal(size=1000)
        values[:10] = np.nan
        counts, edges = statistics.histogram(values, bins=16)
        assert counts.sum() == 990
        assert edges.shape == (17,)
        assert (edges[0], edges[-1]) == (np.nanmin(values), np.nanmax(values))

    def test_one_value_alone_still_has_a_bin_and_two_levels(self):
        counts, edges = statistics.histogram(np.full(5, 2.0), bins=3)
        assert counts.tolist() == [0, 5, 0]
        assert edges[0] < 2.0 < edges[-1]
        low, high = statistics.levels(np.full(5, 2.0))
        assert low < 2.0 < high

    def test_symmetric_levels_have_zero_in_the_middle(self):
        assert statistics.levels(np.array([-1.0, 3.0]), symmetric=True) == (-3.0, 3.0)
        assert statistics.levels(np.zeros(3), symmetric=True) == (-1.0, 1.0)


class TestResize:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ((8, 8), (64, 64)),
            ((64, 64), (512, 512)),
            ((64, 64), (16, 16)),
            ((7, 5), (13, 11)),
            ((12, 20), (5, 61)),
            ((96, 96), (768, 700)),
            ((1, 1), (4, 4)),
            ((2, 3), (1, 1)),
            ((9, 9), (9, 9)),
        ],
    )
    @pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_it_equals_torch_to_a_millionth(self, rng, old, new, mode, dtype):
        torch = pytest.importorskip("torch")
        maps = rng.random(size=(2, 3, *old)).astype(dtype)
        expected = torch.nn.functional.interpolate(
            torch.from_numpy(maps), size=new, mode=mode, align_corners=False
        ).numpy()
        found = getattr(resize, mode)(maps, new)
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)

    def test_half_precision_is_computed_in_single(self, rng):
        maps = rng.random(size=(4, 4)).astype(np.float16)
        found = resize.bicubic(maps, (8, 8))
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, resize.bicubic(maps.astype(np.float32), (8, 8)))

    def test_nearest_equals_torch_and_mixes_nothing(self, rng):
        torch = pytest.importorskip("torch")
        maps = rng.integers(0, 9, size=(1, 1, 5, 7)).astype(np.float32)
        expected = torch.nn.functional.interpolate(torch.from_numpy(maps), size=(13, 3)).numpy()
        np.testing.assert_array_equal(resize.nearest(maps, (13, 3)), expected)

    @pytest.mark.parametrize("size", [(0, 4), (4, -1)])
    def test_a_size_below_one_is_refused(self, size):
        with pytest.raises(ValueError, match="cannot resize"):
            resize.bilinear(np.zeros((4, 4)), size)


class TestMasks:
    def test_iou_is_the_shared_part_of_the_union(self):
        first = np.array([[1, 1], [0, 0]])
        second = np.array([[1, 0], [1, 0]])
        assert masks.iou(first, second) == pytest.approx(1 / 3)
        assert masks.iou(first, first) == pytest.approx(1.0)
        assert masks.iou(np.zeros((2, 2)), np.zeros((2, 2))) == 0.0
        with pytest.raises(ValueError, match="shapes"):
            masks.iou(first, np.zeros((3, 3)))

    def test_the_interval_is_1_96_standard_errors(self):
        mean, half = masks.mean_ci([1.0, 2.0, 3.0, 4.0])
        assert mean == 2.5
        assert half == pytest.approx(1.96 * math.sqrt(5 / 3) / 2)
        assert math.isnan(masks.mean_ci([1.0])[1])
        with pytest.raises(ValueError, match="nothing"):
            masks.mean_ci([])
