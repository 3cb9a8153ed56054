"""Averages heat maps of several recordings, with their spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import resize
from sdinspector.analysis.heatmaps import normalised


@dataclass(frozen=True)
class Average:
    """Several maps in one.

    Attributes
    ----------
    mean
        ``[h, w]`` float32.
    spread
        ``[h, w]`` float32: standard deviation of the sample (n − 1), not-a-number for one map.
    count
        How many maps.
    nonfinite
        How many of the averaged values are infinite or not a number; the mean shows them.
    """

    mean: NDArray[np.float32]
    spread: NDArray[np.float32]
    count: int
    nonfinite: int


def average_maps(maps: Sequence[NDArray[Any]], *, normalise: str | None = None) -> Average:
    """Average heat maps pixel by pixel.

    Parameters
    ----------
    maps
        ``[h, w]`` each. Different sizes are resized linearly to the one with most pixels; places
        are fractions of height and width then, also where the pictures' shapes differ.
    normalise
        Name of a recipe, by whose rule each map is brought to 0…1 first; ``None`` averages the
        values themselves, which for recipes that add up steps weighs longer runs more.

    Raises
    ------
    InspectorError
        ``heatmap.no-recipe``.
    ValueError
        Where there are no maps, or one is no map.
    """
    if not maps or any(item.ndim != 2 or item.size == 0 for item in maps):
        raise ValueError("an average of no maps")
    size = max((item.shape for item in maps), key=lambda shape: (shape[0] * shape[1], shape))
    stack = np.empty((len(maps), *size), dtype=np.float64)
    for place, item in zip(stack, maps, strict=True):
        values = item if normalise is None else normalised(item, normalise)
        place[...] = values if item.shape == size else resize.bilinear(values, (size[0], size[1]))
    with np.errstate(invalid="ignore"):  # infinite less infinite is not a number, and shown so
        mean = stack.mean(axis=0)
        spread = (
            stack.std(axis=0, ddof=1) if len(maps) > 1 else np.full(size, np.nan, dtype=np.float64)
        )
    return Average(
        mean=mean.astype(np.float32),
        spread=spread.astype(np.float32),
        count=len(maps),
        nonfinite=int(stack.size - np.isfinite(stack).sum()),
    )
