"""How well something that was worked out again agrees with what was recorded."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["exact", "differs", "unchecked"]


def verdict_of(difference: float) -> Verdict:
    """Return what a largest relative difference means.

    ``"exact"`` where it is 0: equal to the last bit; ``"differs"`` above; ``"unchecked"`` where
    it is not a number, because nothing is recorded that could be compared with.
    """
    if math.isnan(difference):
        return "unchecked"
    return "exact" if difference == 0.0 else "differs"


def worse(one: float, other: float) -> float:
    """Return what to say of two results together: the larger difference, else unchecked, else 0."""
    if one > 0.0 or other > 0.0:
        return max(value for value in (one, other) if value > 0.0)
    return float("nan") if math.isnan(one) or math.isnan(other) else 0.0
