"""Three colours for many channels, alike from step to step: the components that are kept."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import projection


@dataclass(frozen=True, eq=False)
class Basis:
    """Principal components, and the step (from 0) in whose output they were found."""

    components: projection.Pca
    step: int


class Bases:
    """The components of one module: found in the first step that is looked at, then kept.

    A branch and the difference have components of their own. For others, take a new one.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()  # steps are made ahead in another thread of the pool
        self._found: dict[str, Basis] = {}

    def of(self, name: str, values: NDArray[np.float32], step: int) -> Basis:
        """Return what is kept for a branch, or find it in ``values`` ``[C, h, w]``."""
        with self._guard:
            kept = self._found.get(name)
            if kept is None or len(kept.components.mean) != len(values):
                kept = self._found[name] = Basis(projection.pca(values), step)
            return kept


def projected(
    bases: Bases, name: str, values: NDArray[np.float32], step: int
) -> tuple[NDArray[np.uint8], tuple[float, ...], int]:
    """Return colours ``[h, w, 3]``, the share of the variance of each, and the basis' step."""
    basis = bases.of(name, values, step)
    found = basis.components
    shares = found.explained if basis.step == step else found.share(values)
    return found.colour(values), tuple(float(share) for share in shares), basis.step
