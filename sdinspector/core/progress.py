"""How far a piece of work has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Progress:
    """How far a piece of work has come.

    Attributes
    ----------
    done, total
        Units finished and units in all; ``total`` 0 means that the end is not known.
    text
        What is being done, in a few English words ("loading the UNet").
    """

    done: int = 0
    total: int = 0
    text: str = ""

    @property
    def fraction(self) -> float | None:
        """Share that is done, 0 to 1, or ``None`` where the end is not known."""
        return None if self.total <= 0 else min(1.0, max(0.0, self.done / self.total))


OnProgress: TypeAlias = Callable[[Progress], None]
ShouldStop: TypeAlias = Callable[[], bool]
