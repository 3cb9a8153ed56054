"""How figures that scatter are told: the median, and how well it is known."""

from __future__ import annotations

import platform
import random
import statistics
from collections.abc import Sequence

import psutil

_DRAWS = 4000


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % interval of the median, by drawing from the values again and again."""
    draw = random.Random(0)  # noqa: S311
    medians = sorted(statistics.median(draw.choices(values, k=len(values))) for _ in range(_DRAWS))
    return medians[int(0.025 * _DRAWS)], medians[int(0.975 * _DRAWS)]


def told(values: Sequence[float], digits: int = 3, factor: float = 1.0) -> str:
    """Return ``median (low to high)``, the ends of the 95 % interval in brackets."""
    middle = statistics.median(values)
    low, high = interval(values)
    return " ".join(
        (
            f"{factor * middle:.{digits}f}",
            f"({factor * low:.{digits}f} to {factor * high:.{digits}f})",
        )
    )


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of all do not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def machine() -> str:
    """Return what the figures were taken on."""
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            name = next(line.split(":", 1)[1].strip() for line in file if "model name" in line)
    except (OSError, StopIteration):
        pass
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{platform.platform()}, {name}, {psutil.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}"
    )
