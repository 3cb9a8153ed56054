"""Where the ticks of an axis stand, which of their labels have room, and how scales are written."""

from __future__ import annotations

import math
from collections.abc import Iterable

from sdinspector.widgets import look

#: Ticks that an axis may have at most; what asks for more is cut short.
_MOST = 400


def nice_step(span: float, least: float) -> float:
    """Return the smallest of …, 0.1, 0.2, 0.5, 1, 2, 5, 10, … that is not below ``least``.

    Parameters
    ----------
    span
        Length of the axis; a step where ``least`` is no positive number.
    least
        The smallest distance between two ticks that can be used, in the axis' unit.
    """
    if not (math.isfinite(least) and least > 0):
        return span if math.isfinite(span) and span > 0 else 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(
        factor * power for factor in (1.0, 2.0, 5.0, 10.0, 20.0) if factor * power >= least * 0.9999
    )


def ticks(low: float, high: float, step: float) -> list[float]:
    """Return the multiples of ``step`` from ``low`` to ``high``."""
    if not (step > 0 and math.isfinite(high - low)):
        return []
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    if last - first >= _MOST:
        return []
    return [float(f"{number * step:.10g}") for number in range(first, last + 1)]


def nice_top(value: float) -> float:
    """Return a round number that lies a little above a positive one."""
    return nice_step(1.0, value / 10.0) * math.ceil(value / nice_step(1.0, value / 10.0) - 1e-9)


def trimmed(value: float) -> str:
    """Return a scale as short as it can be: ``7.5``, ``10``, ``−0.25``, ``2e5``."""
    if not math.isfinite(value):
        return look.number(value)
    if abs(value) >= 1e5:
        digits, power = f"{value:.2e}".split("e")
        return f"{digits.rstrip('0').rstrip('.')}e{int(power)}".replace("-", "−")
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


def written(value: float) -> str:
    """Return a scale with two decimals, so that it keeps its width while it moves."""
    if not math.isfinite(value) or abs(value) >= 1e5:
        return look.number(value)
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", "−")


def parsed(text: str) -> float | None:
    """Return the finite number that a person typed, comma or point, or ``None``."""
    try:
        value = float(text.strip().replace("−", "-").replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def has_room(span: tuple[float, float], others: Iterable[tuple[float, float]], gap: float) -> bool:
    """Return whether a stretch of the axis keeps ``gap`` from all others."""
    return all(span[1] + gap <= start or end + gap <= span[0] for start, end in others)
