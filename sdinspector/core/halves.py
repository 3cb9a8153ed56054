"""Widens half precision, in which recordings hold attention, by looking every number up."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: How many numbers are looked up at a time: what numpy puts between stays in the CPU's cache.
_BLOCK = 2**14


def as_float32(array: NDArray[Any], *, copy: bool = False) -> NDArray[np.float32]:
    """Return an array in float32, as ``astype`` does; of half precision many times as quick.

    Processors widen the smallest halves, below 6e-5, one by one, and probabilities are often as
    small; a table of all 65,536 takes the same time for each.

    Parameters
    ----------
    array
        Any shape and real type.
    copy
        Return a new array also where the type is float32 already.
    """
    if array.dtype != np.float16:
        return array.astype(np.float32, copy=copy)
    halves = np.ascontiguousarray(array).view(np.uint16).reshape(-1)
    result = np.empty(halves.size, np.float32)
    table = _table()
    for start in range(0, halves.size, _BLOCK):
        part = slice(start, start + _BLOCK)
        np.take(table, halves[part], out=result[part], mode="clip")  # no index is out of range
    return result.reshape(array.shape)


@cache
def _table() -> NDArray[np.float32]:
    """Return every half in float32, by its bits."""
    return np.arange(2**16, dtype=np.uint16).view(np.float16).astype(np.float32)
