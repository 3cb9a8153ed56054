"""The stored statistics of modules over the calls of a recording, as one array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sdinspector.core import Branch
from sdinspector.recording import tensors
from sdinspector.recording.layout import step_name
from sdinspector.recording.reader import Recording

PREFIX: Final = "statistics/"
BRANCHES: Final[tuple[Branch, ...]] = ("uncond", "cond")
MEAN, STD, MINIMUM, MAXIMUM, MEAN_ABSOLUTE, ZEROS = range(6)


@dataclass(frozen=True)
class ModuleStatistics:
    """Six numbers for each call, module and branch.

    Attributes
    ----------
    paths
        Module paths as recordings spell them, without ``unet.`` in front.
    values
        ``[calls, paths, 2, 6]`` float32: mean, standard deviation, smallest, largest, mean
        magnitude, fraction of exact zeros; the branches are ``BRANCHES``. Not-a-number where
        nothing is stored, and where the module's output held one.
    stored
        ``[calls, paths, 2]``: whether the recording holds them.
    """

    paths: tuple[str, ...]
    values: NDArray[np.float32]
    stored: NDArray[np.bool_]

    @property
    def calls(self) -> int:
        """Calls 0 … ``calls`` − 1 were looked at."""
        return len(self.values)

    def of(self, path: str, branch: Branch = "cond") -> NDArray[np.float32] | None:
        """Return the numbers of one module ``[calls, 6]``, or ``None`` where none are stored."""
        if path not in self.paths:
            return None
        place = self.paths.index(path), BRANCHES.index(branch)
        found = self.values[:, place[0], place[1]]
        return found if self.stored[:, place[0], place[1]].any() else None


def read_module_statistics(
    recording: Recording,
    calls: int,
    before: ModuleStatistics | None = None,
    paths: Sequence[str] | None = None,
) -> ModuleStatistics:
    """Read what a recording stores of its modules' outputs.

    Parameters
    ----------
    recording, calls
        Calls 0 … ``calls`` − 1 are looked at.
    before
        What was read earlier with the same ``paths``: only later calls are read then.
    paths
        The modules, as recordings spell them; those of the first call where left out.

    Raises
    ------
    InspectorError
        ``recording.no-call``, ``recording.file-missing`` or ``recording.file-damaged``.
    """
    if before is not None and before.calls >= calls:
        return before
    start = 0 if before is None else before.calls
    if before is not None:
        paths = before.paths
    elif paths is None:
        names = recording.call(0).names if calls else ()
        paths = [name[len(PREFIX) :] for name in names if name.startswith(PREFIX)]
    known = tuple(paths)
    values = np.full((calls, len(known), len(BRANCHES), 6), np.nan, dtype=np.float32)
    stored = np.zeros(values.shape[:-1], dtype=np.bool_)
    if before is not None:
        values[:start], stored[:start] = before.values, before.stored
    wanted = [PREFIX + path for path in known]
    for call in range(start, calls):
        facts = recording.call(call)
        branches = facts.branches
        there = [name for name in wanted if name in facts.shapes]
        found = tensors.load_some(recording.file(step_name(call)), there) if there else {}
        for place, name in enumerate(wanted):
            rows = found.get(name)
            if rows is None or rows.ndim != 2 or rows.shape[1] != 6:
                continue
            for branch, row in zip(branches, rows, strict=False):
                if branch in BRANCHES:
                    values[call, place, BRANCHES.index(branch)] = row
                    stored[call, place, BRANCHES.index(branch)] = True
    return ModuleStatistics(known, values, stored)
