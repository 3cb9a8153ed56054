"""How a module's output changes over the calls: what is stored, and what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis.statistics import Statistics
from sdinspector.core import denoiser_path
from sdinspector.recording import Recording
from sdinspector.recording.module_statistics import (
    BRANCHES,
    MAXIMUM,
    MINIMUM,
    ModuleStatistics,
    read_module_statistics,
)
from sdinspector.viewers.activations.numbers import Levels


@dataclass(frozen=True)
class Steps:
    """A module's stored statistics over the calls, and what the calls are called."""

    layer: str
    statistics: ModuleStatistics
    names: tuple[str, ...]


def read_steps(recording: Recording, layer: str, calls: int, before: Steps | None) -> Steps:
    """Read what is stored of a module; ``before`` is what was read earlier of the same one."""
    known = before.statistics if before is not None else None
    found = read_module_statistics(recording, calls, known, [denoiser_path(layer)])
    names = tuple(
        f"{recording.step_of_call(call) + 1}  t {recording.timestep(call):g}"
        for call in range(calls)
    )
    return Steps(layer, found, names)


def over_calls(
    steps: Steps | None, seen: Mapping[int, Mapping[str, Statistics]], calls: int
) -> dict[str, NDArray[np.float32]]:
    """Return statistics ``[calls, 6]`` of each branch: those stored, and those of calls looked at.

    Not-a-number where nothing is known.
    """
    over: dict[str, NDArray[np.float32]] = {}
    if steps is not None:
        for branch in BRANCHES:
            stored = steps.statistics.of(denoiser_path(steps.layer), branch)
            if stored is not None:
                over[branch] = np.full((calls, 6), np.nan, dtype=np.float32)
                over[branch][: len(stored)] = stored[:calls]
    for call, described in seen.items():
        for branch, item in described.items():
            if branch != "difference" and call < calls:
                if branch not in over:
                    over[branch] = np.full((calls, 6), np.nan, dtype=np.float32)
                if np.isnan(over[branch][call]).all():
                    over[branch][call] = item.row()
    return over


def run_levels(
    over: Mapping[str, NDArray[np.float32]],
    seen: Mapping[int, Mapping[str, Statistics]],
    name: str,
) -> Levels | None:
    """Return the smallest and the largest value of a branch in the calls that are known."""
    if name == "difference":
        rows = [item[name] for item in seen.values() if name in item]
        low = min((item.minimum for item in rows), default=np.nan)
        high = max((item.maximum for item in rows), default=np.nan)
    elif name in over:
        low = float(np.fmin.reduce(over[name][:, MINIMUM]))
        high = float(np.fmax.reduce(over[name][:, MAXIMUM]))
    else:
        return None
    return (low, high) if np.isfinite(low) and np.isfinite(high) else None
