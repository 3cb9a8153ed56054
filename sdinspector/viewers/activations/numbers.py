"""Arithmetic that a step of play has time for: ranges, colours, histograms of many channels."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import statistics
from sdinspector.analysis.statistics import Statistics

Levels: TypeAlias = tuple[float, float]


def described_quickly(values: NDArray[np.float32]) -> Statistics:
    """Describe float32 values without widening them, where all are finite.

    Numpy sums in pairs and the squares are of distances from the mean, so that five digits hold;
    it takes a fifth of the time, which a step of play has.
    """
    flat = values.reshape(-1)
    low, high = (float(flat.min()), float(flat.max())) if flat.size else (np.nan, np.nan)
    mean = float(flat.mean()) if flat.size else np.nan
    apart = flat - np.float32(mean)
    square = float(np.dot(apart, apart))
    if not all(np.isfinite(number) for number in (low, high, mean, square)):
        return statistics.describe(values)
    return Statistics(
        count=flat.size,
        nan=0,
        infinite=0,
        mean=mean,
        std=(square / flat.size) ** 0.5,
        minimum=low,
        maximum=high,
        mean_absolute=float(np.abs(flat).mean()),
        zeros=1.0 - np.count_nonzero(flat) / flat.size,
    )


def channel_ranges(
    values: NDArray[np.float32], *, signed: bool
) -> tuple[NDArray[np.float32], bool]:
    """Return each channel's levels ``[C, 2]``, never equal, and whether all values are finite."""
    flat = values.reshape(len(values), -1)
    low, high = flat.min(axis=1), flat.max(axis=1)
    whole = bool(np.isfinite(low).all() and np.isfinite(high).all())
    if not whole:
        finite = np.where(np.isfinite(flat), flat, np.nan)
        low, high = np.fmin.reduce(finite, axis=1), np.fmax.reduce(finite, axis=1)
        low, high = np.nan_to_num(low), np.nan_to_num(high)
    if signed:
        high = np.maximum(np.abs(low), np.abs(high))
        low = -high
    flatline = ~(high > low)
    low = np.where(flatline, low - 0.5, low)
    high = np.where(flatline, high + 0.5, high)
    return np.stack([low, high], axis=1).astype(np.float32), whole


def colour_numbers(
    values: NDArray[np.float32],
    order: NDArray[np.intp],
    ranges: NDArray[np.float32],
    levels: Levels | None,
) -> NDArray[np.uint8]:
    """Return the numbers of the colours, by the same rule as an export."""
    if levels is None:
        low = ranges[order, 0][:, None, None]
        scale = np.float32(256.0) / (ranges[order, 1][:, None, None] - low)
        scaled = (values[order] - low) * scale
    else:
        scaled = (values[order] - np.float32(levels[0])) * np.float32(256 / (levels[1] - levels[0]))
    return np.clip(scaled, 0, 255, out=scaled).astype(np.uint8)


def count_bins(
    values: NDArray[np.float32], bins: int, reach: Levels
) -> tuple[tuple[NDArray[np.int64], ...], NDArray[np.float64]]:
    """Count the finite values of each branch; many times as quick as numpy's, which sorts."""
    low, high = reach if reach[0] < reach[1] else (reach[0] - 0.5, reach[0] + 0.5)
    edges = np.linspace(low, high, bins + 1)
    scale = np.float32(bins / (high - low))
    counts = []
    for part in values:
        scaled = (part.reshape(-1) - np.float32(low)) * scale
        finite = np.isfinite(scaled)
        if not finite.all():
            scaled = scaled[finite]
        places = np.clip(scaled, 0, bins - 1, out=scaled).astype(np.int32)
        counts.append(np.bincount(places, minlength=bins).astype(np.int64))
    return tuple(counts), edges
