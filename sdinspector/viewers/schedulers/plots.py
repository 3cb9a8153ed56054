"""The plots of the page of noise levels, as series of points."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from PySide6.QtGui import QFont, QFontMetrics

from sdinspector.analysis.noise_schedule import NoiseCurves, NoiseLevels
from sdinspector.app.texts import tr
from sdinspector.viewers.schedulers import wording
from sdinspector.viewers.schedulers.choices import title_of
from sdinspector.viewers.schedulers.data import (
    LOGARITHMIC,
    Quantity,
    half_way,
    places,
    strides,
    values_of,
)
from sdinspector.widgets import look
from sdinspector.widgets.point_painting import Axes, PointSeries

#: Pixels left of all three plots: the names of schedulers stand there.
LEFT = 108
#: Calls stand this much of a row above its middle, further calls of a step more: there is room
#: for the numbers below.
_FIRST, _FURTHER = 0.12, 0.34

Plot = tuple[tuple[PointSeries, ...], Axes]


def of_curve(
    curve: NoiseCurves,
    levels: Mapping[str, NoiseLevels],
    numbers: Mapping[str, int],
    quantity: Quantity,
) -> Plot:
    """Return the training schedule over t, with each scheduler's calls on it."""
    count = len(curve.alpha_bar)
    whole = values_of(curve, quantity)
    shown = [whole, *(values_of(one, quantity) for one in levels.values())]
    log = quantity in LOGARITHMIC
    series = [
        PointSeries(
            "",
            tr("training"),
            np.arange(count, dtype=np.float64),
            whole,
            -1,
            line=True,
            dots=False,
            notes=wording.curve_notes(curve),
        )
    ]
    series += [
        PointSeries(
            name,
            title_of(name),
            one.timesteps,
            values_of(one, quantity),
            numbers[name],
            hollow=_further(one),
            notes=wording.call_notes(title_of(name), one),
        )
        for name, one in levels.items()
    ]
    return tuple(series), Axes(
        x=_over_t(curve),
        y=_span(np.concatenate(shown), log=log) if log else (0.0, 1.0),
        x_name="t",
        y_name=wording.SYMBOLS[quantity],
        log=log,
        left=LEFT,
        **_band(curve, named=True),
    )


def of_visits(
    curve: NoiseCurves, levels: Mapping[str, NoiseLevels], numbers: Mapping[str, int]
) -> Plot:
    """Return one row a scheduler: its calls over t, in their order from the right."""
    series = []
    for row, (name, one) in enumerate(levels.items()):
        again = _further(one)
        series.append(
            PointSeries(
                name,
                title_of(name),
                one.timesteps,
                row - np.where(again, _FURTHER, _FIRST),
                numbers[name],
                line=True,
                hollow=again,
                labels=[
                    "" if more else str(step + 1)
                    for step, more in zip(one.step, again, strict=True)
                ],
                notes=wording.call_notes(title_of(name), one),
            )
        )
    return tuple(series), Axes(
        x=_over_t(curve),
        x_name="t",
        rows=tuple(title_of(name) for name in levels),
        numbers=tuple(numbers[name] for name in levels),
        left=LEFT,
        **_band(curve, named=False),
    )


def of_sizes(levels: Mapping[str, NoiseLevels], numbers: Mapping[str, int]) -> Plot:
    """Return Δ log SNR of each call over the steps."""
    series = tuple(
        PointSeries(
            name,
            title_of(name),
            places(one),
            strides(one),
            numbers[name],
            line=True,
            hollow=_further(one),
            notes=wording.call_notes(title_of(name), one),
        )
        for name, one in levels.items()
    )
    known = np.concatenate([one.stride for one in levels.values()] or [np.zeros(0)])
    known = known[np.isfinite(known)]
    low = min(0.0, float(known.min(initial=0.0)))
    high = float(known.max(initial=0.0)) or 1.0
    last = max((one.steps for one in levels.values()), default=1)
    return series, Axes(
        x=(0.5, last + 1.0),
        y=(low * 1.08, high * 1.08),
        x_name=tr("step"),
        y_name="Δ log SNR",
        left=LEFT,
    )


def height_of_rows(count: int, font: QFont) -> int:
    """Return the height of the rows with their axis: lower ones where there are many."""
    line = QFontMetrics(look.scaled(font, 0.85)).height()
    row = 2.6 * line if count <= 4 else 1.5 * line if count <= 8 else 1.1 * line
    return round(max(count, 1) * row) + line + 10


def _further(levels: NoiseLevels) -> np.ndarray:
    return np.asarray(levels.order) > 1


def _over_t(curve: NoiseCurves) -> tuple[float, float]:
    """Return the horizontal axis, with a little room beside the first and the last timestep."""
    last = len(curve.alpha_bar) - 1
    return (-0.012 * last, 1.012 * last)


def _band(curve: NoiseCurves, *, named: bool) -> dict:
    last = len(curve.alpha_bar)
    return {
        "band": (half_way(curve) - 0.5, 1.02 * last),
        "band_name": tr("more noise than picture: SNR < 1") if named else "",
    }


def _span(values: np.ndarray, *, log: bool) -> tuple[float, float]:
    """Return the ends of an axis that shows all values, with room beside them."""
    known = values[np.isfinite(values) & ((values > 0) | (not log))]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.1, 1.0)
    if not log:
        return low, high
    room = 0.04 * (math.log10(high) - math.log10(low)) or 0.5
    return low / 10**room, high * 10**room
