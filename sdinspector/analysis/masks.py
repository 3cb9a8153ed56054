"""Scores masks against each other, and means with their confidence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def iou(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Return |a∩b| / (|a∪b| + 1e-8) of two masks of one shape; any value but 0 is inside.

    Raises
    ------
    ValueError
        Where the shapes differ.
    """
    if first.shape != second.shape:
        raise ValueError(f"masks of different shapes: {first.shape} and {second.shape}")
    a, b = first.astype(bool), second.astype(bool)
    return float(np.count_nonzero(a & b) / (np.count_nonzero(a | b) + 1e-8))


def mean_ci(values: Sequence[float] | NDArray[Any]) -> tuple[float, float]:
    """Return the mean and half the width of its 95 % interval, 1.96·σ/√n.

    σ is the sample's (n − 1). One value alone has an interval of unknown width: not-a-number.

    Raises
    ------
    ValueError
        Where there are no values.
    """
    numbers = np.asarray(values, dtype=np.float64).reshape(-1)
    if numbers.size == 0:
        raise ValueError("a mean of nothing")
    if numbers.size == 1:
        return float(numbers[0]), math.nan
    return float(numbers.mean()), float(1.96 * numbers.std(ddof=1) / math.sqrt(numbers.size))
