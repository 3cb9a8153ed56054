"""A vertical axis: where a value lies, and which values are labelled."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from sdinspector.widgets.axis_ticks import nice_step, ticks

_ROOM = 0.06
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Axis:
    """From ``low`` to ``high``, which are logarithms to base 10 where it is logarithmic."""

    low: float
    high: float
    logarithmic: bool

    def place(self, value: float, frame: QRectF) -> float:
        """Return the height of a value in a frame; what cannot be drawn lies at its foot."""
        if self.logarithmic:
            value = math.log10(value) if value > 0 else self.low
        share = (value - self.low) / (self.high - self.low)
        return frame.bottom() - share * frame.height()

    def holds(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Return which values can be drawn."""
        return np.asarray(values > 0) if self.logarithmic else np.isfinite(values)

    def ticks(self, height: float, line: float) -> list[tuple[float, str]]:
        """Return the values that are labelled, with their labels, for a height in pixels."""
        if not self.logarithmic:
            least = (self.high - self.low) * 3.0 * line / max(height, 1.0)
            step = nice_step(self.high - self.low, least)
            digits = max(0, -math.floor(math.log10(step)))
            return [
                (value, f"{value:.{digits}f}".replace("-", "−"))
                for value in ticks(self.low, self.high, step)
            ]
        decades = range(math.ceil(self.low), math.floor(self.high) + 1)
        every = max(1, math.ceil(len(decades) * 1.6 * line / max(height, 1.0)))
        found = [(10.0**power, _power(power)) for power in decades if power % every == 0]
        if len(decades) <= 2:  # too few to read a value by
            found += [
                (factor * 10.0**power, f"{factor * 10.0**power:g}")
                for power in range(math.floor(self.low), math.ceil(self.high) + 1)
                for factor in (2, 5)
                if self.low <= math.log10(factor) + power <= self.high
            ]
        return found


def axis_of(values: NDArray[Any], logarithmic: bool) -> Axis | None:
    """Return an axis that holds all values which can be drawn, or ``None`` where there is none."""
    usable = values[np.isfinite(values)]
    if logarithmic:
        usable = np.log10(usable[usable > 0])
    if not usable.size:
        return None
    low, high = float(usable.min()), float(usable.max())
    if not logarithmic:
        low = min(low, 0.0)
    room = _ROOM * (high - low) if high > low else 0.5
    return Axis(low if low == 0.0 and not logarithmic else low - room, high + room, logarithmic)


def _power(power: int) -> str:
    if -3 <= power <= 3:
        return f"{10.0**power:g}"
    return "10" + str(power).translate(_RAISED)
