"""Arithmetic of text embeddings and of latents by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from sdinspector.analysis import embeddings, latents

ROWS = np.array([[3.0, 4.0], [1.0, 0.0], [0.0, -2.0]])


def test_norms_and_cosines():
    assert embeddings.norms(ROWS) == pytest.approx([5.0, 1.0, 2.0])
    found = embeddings.cosines(ROWS)
    assert found[0] == pytest.approx([1.0, 0.6, -0.8])
    assert np.array_equal(found, found.T)
    assert embeddings.same_position(ROWS, ROWS[::-1]) == pytest.approx([-0.8, 1.0, -0.8])


def test_a_row_of_zeros_has_no_direction():
    assert np.isnan(embeddings.cosines(np.zeros((1, 2)), ROWS)).all()


def test_the_nearest_rows_of_a_table():
    indices, cosines = embeddings.nearest(np.array([[2.0, 0.1]]), ROWS, 2)
    assert indices.tolist() == [[1, 0]]
    assert cosines[0, 0] > cosines[0, 1] > 0.6
    assert embeddings.nearest(ROWS, ROWS, 9)[0].shape == (3, 3)


def latent() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((4, 64, 64)).astype(np.float32)


def test_gains_offsets_and_swaps():
    values = latent()
    same = latents.adjusted(values)
    assert np.array_equal(same, values)
    assert same is not values
    changed = latents.adjusted(values, [2, 1, 1, 1], [0, 0.5, 0, 0], [1, 0, 2, 3])
    assert np.array_equal(changed[1], 2 * values[0])
    assert np.array_equal(changed[0], values[1] + np.float32(0.5))
    assert np.array_equal(changed[2:], values[2:])


@pytest.mark.parametrize("settings", [{"gains": [1.0]}, {"order": [0, 1, 2, 4]}, {"offsets": []}])
def test_lists_that_do_not_fit_are_refused(settings):
    with pytest.raises(ValueError, match="channel"):
        latents.adjusted(latent(), **settings)


def test_a_brush_paints_one_channel_within_its_radius():
    values = np.zeros((4, 16, 16), np.float32)
    found = latents.painted(values, 2, (8.0, 8.0), 3.0, 1.5)
    assert values.max() == 0, "the latent it was given is untouched"
    assert not found[[0, 1, 3]].any()
    assert found[2, 8, 8] == 1.5
    assert found[2, 8, 12] == 0
    assert 0 < found[2, 8, 10] <= 1.5
    assert found[2].sum() == pytest.approx(1.5 * np.pi * 3.0**2, rel=0.05)


def test_channels_as_pictures_use_their_own_range_and_never_wrap():
    values = latent()
    values[1] = 5.0
    values[2, 0, 0] = np.inf
    pictures, ranges = latents.as_pictures(values)
    assert ranges[0] == (values[0].min(), values[0].max())
    back = pictures[0] / 255.0 * (ranges[0][1] - ranges[0][0]) + ranges[0][0]
    assert np.abs(back - values[0]).max() <= (ranges[0][1] - ranges[0][0]) / 510 + 1e-5
    assert (pictures[1] == 128).all()
    assert pictures[2, 0, 0] == 255


def test_channels_beside_the_normal_distribution():
    values = latent()
    values[1] = np.abs(values[1])
    normal, folded = latents.channel_facts(values)[:2]
    assert normal.distance < 0.03
    assert abs(normal.kurtosis) < 0.2
    assert folded.mean == pytest.approx(np.sqrt(2 / np.pi), abs=0.03)
    assert folded.distance == pytest.approx(norm.cdf(0.0), abs=0.03)
    assert folded.skewness > 0.5
