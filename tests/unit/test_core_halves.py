from __future__ import annotations

import numpy as np
import pytest

from sdinspector.core.halves import as_float32


def test_every_half_is_widened_exactly():
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    found = as_float32(halves)
    assert found.dtype == np.float32
    assert np.array_equal(found, halves.astype(np.float32), equal_nan=True)


@pytest.mark.parametrize("shape", [(), (0, 3), (5, 7), (3, 20_000)])
def test_shapes_stay(shape):
    halves = np.random.default_rng(0).random(shape).astype(np.float16)
    found = as_float32(np.asarray(halves))
    assert found.shape == shape
    assert np.array_equal(found, np.asarray(halves, dtype=np.float32))


def test_what_is_not_contiguous_is_widened_in_its_own_order():
    halves = np.random.default_rng(0).random((4, 6, 5)).astype(np.float16)
    assert np.array_equal(as_float32(halves[:, 1:4].swapaxes(0, 2)), halves[:, 1:4].T)


def test_a_copy_is_made_on_demand_alone():
    values = np.ones(3, np.float32)
    assert as_float32(values) is values
    assert as_float32(values, copy=True) is not values
    assert as_float32(values.astype(np.float64)).dtype == np.float32
