"""Losses over timesteps and seeds: how they spread, and how their two ends compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """Losses of each timestep, over the seeds that have been drawn, each ``[timesteps]``.

    Attributes
    ----------
    mean, low, high
        Their mean, the lowest and the highest; NaN where none has been drawn.
    """

    mean: Values
    low: Values
    high: Values

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where at least one has been drawn."""
        return np.isfinite(self.mean)


@dataclass(frozen=True)
class Tenths:
    """Mean losses of the lowest and the highest tenth of t; NaN where none has been drawn."""

    lowest: float
    highest: float

    @property
    def ratio(self) -> float:
        """How many times the highest the lowest is; NaN where one of them is missing."""
        return self.lowest / self.highest if self.highest > 0.0 else float("nan")


def over_seeds(losses: NDArray[Any]) -> Spread:
    """Return how the losses of each timestep spread.

    Parameters
    ----------
    losses
        ``[timesteps, seeds]``; what is not finite has not been drawn.
    """
    values = np.asarray(losses, dtype=np.float64)
    there = np.isfinite(values)
    count = there.sum(axis=1)
    with np.errstate(invalid="ignore"):
        mean = np.where(there, values, 0.0).sum(axis=1) / np.where(count, count, np.nan)
    low = np.where(there, values, np.inf).min(axis=1, initial=np.inf)
    high = np.where(there, values, -np.inf).max(axis=1, initial=-np.inf)
    return Spread(mean, np.where(count, low, np.nan), np.where(count, high, np.nan))


def tenths(timesteps: NDArray[Any], losses: NDArray[Any], total: int) -> Tenths:
    """Return the mean losses at both ends of the schedule.

    Parameters
    ----------
    timesteps
        ``[timesteps]``.
    losses
        ``[timesteps, seeds]``; what is not finite has not been drawn.
    total
        T, the number of timesteps of the schedule; a tenth of it counts as an end.
    """
    values, places = np.asarray(losses, dtype=np.float64), np.asarray(timesteps)

    def mean(chosen: NDArray[np.bool_]) -> float:
        found = values[chosen]
        found = found[np.isfinite(found)]
        return float(found.mean()) if found.size else float("nan")

    return Tenths(mean(places < total / 10), mean(places >= total - total / 10))
