"""Describes arrays in a few numbers, and counts what is not a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Statistics:
    """What an array holds; all but the counts are of the finite values alone.

    Attributes
    ----------
    count
        Number of values, finite or not.
    nan, infinite
        How many are not a number, and how many are infinite.
    mean, std, minimum, maximum
        ``std`` is the population's. Not-a-number where nothing is finite.
    mean_absolute
        Mean of the absolute values.
    zeros
        Fraction of exact zeros.
    """

    count: int
    nan: int
    infinite: int
    mean: float
    std: float
    minimum: float
    maximum: float
    mean_absolute: float
    zeros: float

    def row(self) -> tuple[float, float, float, float, float, float]:
        """Return the six numbers in the order in which recordings hold them."""
        return self.mean, self.std, self.minimum, self.maximum, self.mean_absolute, self.zeros


def describe(array: NDArray[Any]) -> Statistics:
    """Describe an array of any shape and real type; sums are kept in float64."""
    values = array.reshape(-1)
    values = values.astype(np.float64 if values.dtype.kind in "biu" else _wide(values), copy=False)
    nan = int(np.isnan(values).sum())
    infinite = int(np.isinf(values).sum())
    finite = values if nan + infinite == 0 else values[np.isfinite(values)]
    if finite.size == 0:
        missing = float("nan")
        return Statistics(
            values.size, nan, infinite, missing, missing, missing, missing, missing, missing
        )
    return Statistics(
        count=values.size,
        nan=nan,
        infinite=infinite,
        mean=float(finite.mean(dtype=np.float64)),
        std=float(finite.std(dtype=np.float64)),
        minimum=float(finite.min()),
        maximum=float(finite.max()),
        mean_absolute=float(np.abs(finite).mean(dtype=np.float64)),
        zeros=float(np.count_nonzero(finite == 0) / finite.size),
    )


def histogram(
    array: NDArray[Any], bins: int = 64, levels: tuple[float, float] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Count the finite values of an array in equal bins.

    Parameters
    ----------
    array
        Any shape.
    bins
        How many.
    levels
        Lowest and highest edge; the smallest and largest finite value where left out. Values
        beyond are not counted.

    Returns
    -------
    counts, edges
        ``[bins]`` and ``[bins + 1]``. All counts are 0 where nothing is finite.
    """
    values = array.reshape(-1).astype(np.float64)
    finite = values[np.isfinite(values)]
    if levels is None:
        levels = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    low, high = levels
    if not low < high:
        low, high = _apart(low)
    counts, edges = np.histogram(finite, bins=bins, range=(low, high))
    return counts.astype(np.int64), edges


def levels(array: NDArray[Any], *, symmetric: bool = False) -> tuple[float, float]:
    """Return the smallest and the largest finite value, never equal.

    Parameters
    ----------
    array
        Any shape.
    symmetric
        Whether zero shall lie in the middle, for signed data.
    """
    finite = array[np.isfinite(array)]
    if finite.size == 0:
        return (-1.0, 1.0) if symmetric else (0.0, 1.0)
    low, high = float(finite.min()), float(finite.max())
    if symmetric:
        high = max(abs(low), abs(high)) or 1.0
        return -high, high
    return (low, high) if low < high else _apart(low)


def _apart(value: float) -> tuple[float, float]:
    """Return two different numbers around one."""
    half = max(0.5, abs(value) * 1e-3)
    return value - half, value + half


def _wide(values: NDArray[Any]) -> type[np.float32 | np.float64]:
    return np.float64 if values.dtype.itemsize > 4 else np.float32
