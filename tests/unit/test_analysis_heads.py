"""Numbers of attention heads: entropy, concentration, shares, coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sdinspector.analysis import heads
from sdinspector.core import Token

TOKENS = (
    Token(0, 1, "<|startoftext|>", "bos"),
    Token(1, 2, "octa", "word", 0, "octagon"),
    Token(2, 3, "gon</w>", "word", 0, "octagon"),
    Token(3, 4, "<|endoftext|>", "eos"),
)


@pytest.fixture
def maps() -> np.ndarray:
    """Return one call's probabilities of three heads over five columns, on a grid of 2×3."""
    values = np.random.default_rng(0).random((3, 5, 2, 3)).astype(np.float32)
    return values / values.sum(axis=1, keepdims=True)


def test_every_number_is_that_of_its_formula(maps):
    found = heads.head_statistics(maps)
    wide = maps.astype(np.float64)
    np.testing.assert_allclose(
        found.entropy, -(wide * np.log(wide)).sum(axis=1).mean(axis=(1, 2)), rtol=1e-5
    )
    np.testing.assert_allclose(found.concentration, wide.max(axis=1).mean(axis=(1, 2)), rtol=1e-5)
    np.testing.assert_allclose(found.shares, wide.mean(axis=(2, 3)), rtol=1e-5)
    np.testing.assert_allclose(found.shares.sum(axis=1), 1.0, rtol=1e-5)
    np.testing.assert_allclose(
        found.coverage,
        wide.sum(axis=(2, 3)) ** 2 / (6 * np.square(wide).sum(axis=(2, 3))),
        rtol=1e-5,
    )
    np.testing.assert_allclose(found.bos, found.shares[:, 0])
    np.testing.assert_allclose(found.eos, found.shares[:, 3])
    np.testing.assert_allclose(found.padding, found.shares[:, 4])
    np.testing.assert_allclose(found.word([1, 2]), found.shares[:, 1:3].sum(axis=1))
    assert found.nonfinite.tolist() == [0, 0, 0]


def test_a_head_that_looks_at_one_token_has_no_entropy_and_one_that_looks_at_all_has_most():
    maps = np.zeros((2, 4, 3, 3), np.float16)
    maps[0, 2] = 1.0
    maps[1] = 0.25
    found = heads.head_statistics(maps)
    assert found.entropy.tolist() == [0.0, pytest.approx(math.log(4))]
    assert found.concentration.tolist() == [1.0, 0.25]


def test_coverage_tells_one_pixel_from_an_even_map():
    maps = np.zeros((1, 3, 2, 2), np.float32)
    maps[0, 0] = 0.5
    maps[0, 1, 0, 0] = 0.5
    maps[0, 2] = 0.5
    maps[0, 2, 0, 0] = 0.0
    found = heads.head_statistics(maps)
    np.testing.assert_allclose(found.coverage, [[1.0, 0.25, 0.75]], rtol=1e-6)
    assert np.isnan(heads.head_statistics(np.eye(2)[None, :, :1, None]).coverage[0, 1])


def test_a_sum_of_calls_gives_the_numbers_of_their_mean(maps):
    once, thrice = heads.head_statistics(maps), heads.head_statistics(3 * maps)
    np.testing.assert_allclose(thrice.entropy, once.entropy, rtol=1e-5)
    np.testing.assert_allclose(thrice.shares, once.shares, rtol=1e-5)


def test_pixels_that_are_not_finite_are_left_out_and_counted(maps):
    expected = heads.head_statistics(maps[:, :, :1])
    maps[1, 2, 1, :] = np.nan
    maps[1, 0, 1, 2] = np.inf
    found = heads.head_statistics(maps)
    assert found.nonfinite.tolist() == [0, 3, 0]
    np.testing.assert_allclose(found.entropy[1], expected.entropy[1], rtol=1e-5)
    np.testing.assert_allclose(found.shares[1], expected.shares[1], rtol=1e-5)


def test_nothing_finite_gives_no_number_and_no_warning():
    found = heads.head_statistics(np.full((2, 3, 2, 2), np.nan))
    assert np.isnan(found.entropy).all()
    assert np.isnan(found.shares).all()
    assert found.nonfinite.tolist() == [4, 4]


@pytest.mark.parametrize("shape", [(3, 5, 6), (0, 5, 2, 2)])
def test_what_is_no_attention_is_refused(shape):
    with pytest.raises(ValueError, match="heads, tokens, h, w"):
        heads.head_statistics(np.zeros(shape))


def test_the_table_has_a_row_for_each_head_of_each_layer(maps):
    table = heads.heads_table({"mid": maps, "up": maps[:1, :, :1, :1]}, TOKENS)
    assert table["layer"].tolist() == ["mid", "mid", "mid", "up"]
    assert table["head"].tolist() == [0, 1, 2, 0]
    assert {len(column) for column in table.values()} == {4}
    found = heads.head_statistics(maps)
    np.testing.assert_allclose(table["word 1: octagon"][:3], found.word([1, 2]))
    np.testing.assert_allclose(table["relative_entropy"][:3], found.entropy / math.log(5))
    total = sum(table[name] for name in ("bos", "eos", "padding", "word 1: octagon"))
    np.testing.assert_allclose(total, 1.0, rtol=1e-5)


def test_the_table_refuses_tokens_of_another_prompt(maps):
    with pytest.raises(ValueError, match="4 columns"):
        heads.heads_table({"mid": maps}, TOKENS[:3])
