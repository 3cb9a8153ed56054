"""Compares what was worked out again with what was recorded."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

WRONG_MODEL = 1e-2
"""Relative difference of a replayed prediction from which on it cannot be the same model."""
WRONG_PICTURE = 0.25
"""The same for a decoded picture, whose worst pixel can be far off in another precision."""


def relative_difference(fresh: NDArray[Any], recorded: NDArray[Any]) -> float:
    """Return the largest difference over the largest recorded value.

    0 exactly where the two are equal to the last bit; infinite where shapes differ or a number is
    not finite in one alone.
    """
    if fresh.shape != recorded.shape:
        return float("inf")
    if np.array_equal(fresh, recorded, equal_nan=True):
        return 0.0
    wide = recorded.astype(np.float64)
    apart = float(np.abs(fresh.astype(np.float64) - wide).max()) / (np.abs(wide).max() or 1.0)
    return apart if np.isfinite(apart) and apart > 0.0 else float("inf")
