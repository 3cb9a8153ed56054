"""How points over an axis are laid out and painted: curves, marks of several series, rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from sdinspector.widgets import look
from sdinspector.widgets.axis_ticks import has_room, nice_step, ticks, trimmed

#: Colours repeat after six series; the shape of the marks then changes.
_COLOURS = 6
#: Half the width of a mark where there are few.
_LARGEST = 4.2
_NONE = np.zeros(0, dtype=bool)


@dataclass(frozen=True)
class PointSeries:
    """Points that belong together.

    Attributes
    ----------
    key, name
        What it stands for; how people call it.
    x, y
        ``[n]``; what is not finite, or not positive on a logarithmic axis, is left out.
    number
        Of its colour, and of the shape of its marks.
    line, dots
        Join the points; mark each.
    hollow
        ``[n]``: marks that are rings.
    labels
        Written below the marks where there is room; one for each, or none.
    notes
        What the read-out says of each.
    """

    key: str
    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    number: int = 0
    line: bool = False
    dots: bool = True
    hollow: NDArray[np.bool_] = field(default_factory=lambda: _NONE)
    labels: Sequence[str] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Axes:
    """Both axes.

    Attributes
    ----------
    x, y
        Lowest and highest value.
    x_name, y_name
        Written at the ends.
    log
        The vertical axis is logarithmic.
    rows
        Names of rows 0, 1, …, from above, in place of vertical numbers; ``y`` is not used then.
    numbers
        Of each row's colour.
    left
        Pixels left of the frame, so that several plots have one horizontal axis.
    band, band_name
        A stretch of the horizontal axis that is tinted, and why.
    """

    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)
    x_name: str = ""
    y_name: str = ""
    log: bool = False
    rows: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    left: int = 44
    band: tuple[float, float] | None = None
    band_name: str = ""

    @property
    def span(self) -> tuple[float, float]:
        """Both ends of the vertical axis as they are laid out: rows, logarithms, or values."""
        if self.rows:
            return len(self.rows) - 0.5, -0.5
        return (math.log10(self.y[0]), math.log10(self.y[1])) if self.log else self.y


def colour_of(number: int, dark: bool) -> QColor:
    """Return the colour of series ``number``; below 0 that of what is no series."""
    if number < 0:
        return QColor("#9aa3b2" if dark else "#667085")
    return look.series_colour(number, dark)


@dataclass(frozen=True)
class Geometry:
    """Where the frame is, and what its pixels stand for."""

    frame: QRectF
    axes: Axes

    @classmethod
    def of(cls, axes: Axes, area: QRectF, font: QFont) -> Geometry:
        """Leave room for the numbers at the left and below, and for the names above."""
        line = QFontMetrics(font).height()
        top = area.top() + (3.0 if axes.rows else line + 3.0)
        frame = QRectF(area.left() + axes.left, top, 0, 0)
        frame.setRight(area.right() - 8)
        frame.setBottom(area.bottom() - line - 6)
        return cls(frame, axes)

    def xs(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return horizontal positions in pixels."""
        low, high = self.axes.x
        return np.asarray(
            self.frame.left() + (values - low) / ((high - low) or 1.0) * self.frame.width()
        )

    def ys(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return vertical positions in pixels; not a number where a value has no place."""
        shown = np.asarray(values, dtype=np.float64)
        if self.axes.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                shown = np.where(shown > 0, np.log10(shown), np.nan)
        low, high = self.axes.span
        shown = np.where(np.isfinite(shown), shown, np.nan)
        return np.asarray(
            self.frame.bottom() - (shown - low) / ((high - low) or 1.0) * self.frame.height()
        )

    def x_at(self, pixel: float) -> float:
        """Return the value at a horizontal position."""
        low, high = self.axes.x
        return low + (pixel - self.frame.left()) / max(self.frame.width(), 1.0) * (high - low)


def paint_still(
    painter: QPainter, geometry: Geometry, series: Sequence[PointSeries], tone: look.Tones
) -> None:
    """Paint all but the point that is pointed at."""
    frame, axes = geometry.frame, geometry.axes
    painter.fillRect(frame, tone.raised)
    _paint_band(painter, geometry, tone)
    _paint_x(painter, geometry, tone)
    if axes.rows:
        _paint_rows(painter, geometry, tone)
    else:
        _paint_y(painter, geometry, tone)
    painter.setPen(QPen(tone.line, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(frame)
    painter.save()
    painter.setClipRect(frame.adjusted(-6, -6, 6, 14 if axes.rows else 6))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    spread = 0.0 if axes.rows else min(2.2, 4.5 / max(len(series), 1))
    for above, one in zip(range(len(series) - 1, -1, -1), series, strict=True):
        # Marks at one place are rings around those on top.
        _paint_series(painter, geometry, one, tone, more=above * spread)
    painter.restore()


def _paint_series(
    painter: QPainter, geometry: Geometry, one: PointSeries, tone: look.Tones, *, more: float
) -> None:
    colour = colour_of(one.number, tone.dark)
    x, y = geometry.xs(one.x), geometry.ys(one.y)
    known = np.isfinite(x) & np.isfinite(y)
    if one.line:
        pen = QPen(colour, 1.6 if one.dots else 2.0)
        if geometry.axes.rows:
            pen = QPen(look.mix(tone.raised, colour, 0.45), 1.0)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        points = zip(x[known].tolist(), y[known].tolist(), strict=True)
        painter.drawPolyline(QPolygonF([QPointF(*point) for point in points]))
    if not one.dots:
        return
    size = _size(len(one.x), geometry.frame.width())
    size += more * size / _LARGEST
    for place in np.flatnonzero(known).tolist():
        hollow = place < len(one.hollow) and bool(one.hollow[place])
        painter.setPen(QPen(colour if hollow else tone.raised, 1.4 if hollow else 0.8))
        painter.setBrush(tone.raised if hollow else colour)
        paint_mark(painter, QPointF(float(x[place]), float(y[place])), size, one.number)
    if one.labels:
        places = [place for place in np.flatnonzero(known).tolist() if one.labels[place]]
        points = {place: QPointF(float(x[place]), float(y[place])) for place in places}
        painter.setPen(tone.muted)
        _paint_labels(painter, one.labels, points, geometry)


def _size(count: int, width: float) -> float:
    """Return half the width of a mark: smaller where there are many."""
    return min(_LARGEST, max(2.0, width / max(count, 1) * 0.42))


def paint_mark(painter: QPainter, at: QPointF, size: float, number: int) -> None:
    """Paint the mark of series ``number``: a disc, a square or a diamond."""
    shape = max(number, 0) // _COLOURS % 3
    if shape == 0:
        painter.drawEllipse(at, size, size)
    elif shape == 1:
        painter.drawRect(QRectF(at.x() - size * 0.9, at.y() - size * 0.9, size * 1.8, size * 1.8))
    else:
        far = size * 1.25
        corners = ((0, -far), (far, 0), (0, far), (-far, 0))
        painter.drawPolygon(QPolygonF([at + QPointF(*corner) for corner in corners]))


def _paint_labels(
    painter: QPainter, labels: Sequence[str], points: Mapping[int, QPointF], geometry: Geometry
) -> None:
    """Write below the marks where there is room; the first and the last before the others."""
    metrics = painter.fontMetrics()
    rows = max(len(geometry.axes.rows), 1)
    if geometry.frame.height() / rows < 2 * metrics.height() + 2:
        return
    taken: list[tuple[float, float]] = []
    places = list(points)
    for place in dict.fromkeys([*places[:1], *places[-1:], *places]):
        at, half = points[place], metrics.horizontalAdvance(labels[place]) / 2
        if has_room((at.x() - half, at.x() + half), taken, 5):
            taken.append((at.x() - half, at.x() + half))
            base = at.y() + 4 + metrics.ascent()
            painter.drawText(QPointF(at.x() - half, base), labels[place])


def _paint_band(painter: QPainter, geometry: Geometry, tone: look.Tones) -> None:
    frame, band = geometry.frame, geometry.axes.band
    if band is None:
        return
    left, right = geometry.xs(np.asarray(band)).tolist()
    left, right = max(left, frame.left()), min(right, frame.right())
    if right <= left:
        return
    box = QRectF(left, frame.top(), right - left, frame.height())
    painter.fillRect(box, look.mix(tone.raised, tone.ground, 0.9))
    painter.setPen(QPen(tone.faint, 1, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(round(left), frame.top()), QPointF(round(left), frame.bottom()))
    name = geometry.axes.band_name
    room = painter.fontMetrics().horizontalAdvance(name) + 12
    if name and room < box.width():
        painter.setPen(tone.muted)
        base = frame.top() - 4 - painter.fontMetrics().descent()
        painter.drawText(QPointF(left, base), name)


def _paint_x(painter: QPainter, geometry: Geometry, tone: look.Tones) -> None:
    frame, axes, metrics = geometry.frame, geometry.axes, painter.fontMetrics()
    base = frame.bottom() + 4 + metrics.ascent()
    taken: list[tuple[float, float]] = []
    if axes.x_name:
        width = metrics.horizontalAdvance(axes.x_name)
        painter.setPen(tone.muted)
        painter.drawText(QPointF(frame.right() - width, base), axes.x_name)
        taken.append((frame.right() - width, frame.right()))
    low, high = axes.x
    step = nice_step(high - low, (high - low) * 52 / max(frame.width(), 52))
    for value in ticks(low, high, max(step, 1.0)):
        x = float(geometry.xs(np.asarray([value]))[0])
        grid = QColor(tone.line)
        grid.setAlpha(130)
        painter.setPen(QPen(grid, 1))
        painter.drawLine(QPointF(round(x), frame.top()), QPointF(round(x), frame.bottom()))
        text = trimmed(value)
        half = metrics.horizontalAdvance(text) / 2
        if has_room((x - half, x + half), taken, 6):
            painter.setPen(tone.muted)
            painter.drawText(QPointF(x - half, base), text)


def _paint_y(painter: QPainter, geometry: Geometry, tone: look.Tones) -> None:
    frame, axes, metrics = geometry.frame, geometry.axes, painter.fontMetrics()
    right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    low, high = axes.span
    least = (high - low) * metrics.height() * 1.6 / max(frame.height(), 1.0)
    step = nice_step(high - low, least)
    for value in ticks(low, high, max(1.0, math.ceil(step)) if axes.log else step):
        shown = np.asarray([10.0**value if axes.log else value])
        y = round(float(geometry.ys(shown)[0]))
        strong = not axes.log and value == 0 and low < 0
        grid = QColor(tone.muted if strong else tone.line)
        if not strong:
            grid.setAlpha(130)
        painter.setPen(QPen(grid, 1))
        painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
        painter.setPen(tone.muted)
        text = _power(round(value)) if axes.log else trimmed(value)
        box = QRectF(0, y - metrics.height() / 2, frame.left() - 5, metrics.height())
        painter.drawText(box, right, text)
    if axes.y_name:
        painter.setPen(tone.text)
        base = frame.top() - 4 - metrics.descent()
        painter.drawText(QPointF(2, base), axes.y_name)


def _power(exponent: int) -> str:
    """Return a power of ten as short as it can be read."""
    if -3 <= exponent <= 4:
        return trimmed(10.0**exponent) if exponent >= -2 else "0.001"
    digits = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{digits}"


def _paint_rows(painter: QPainter, geometry: Geometry, tone: look.Tones) -> None:
    frame, axes, metrics = geometry.frame, geometry.axes, painter.fontMetrics()
    right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    for row, name in enumerate(axes.rows):
        y = round(float(geometry.ys(np.asarray([float(row)]))[0]))
        if row:
            edge = round(float(geometry.ys(np.asarray([row - 0.5]))[0]))
            painter.setPen(QPen(tone.line, 1))
            painter.drawLine(QPointF(frame.left(), edge), QPointF(frame.right(), edge))
        text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(frame.left()) - 8)
        painter.setPen(colour_of(axes.numbers[row] if row < len(axes.numbers) else -1, tone.dark))
        box = QRectF(0, y - metrics.height() / 2, frame.left() - 6, metrics.height())
        painter.drawText(box, right, text)


def paint_pointer(
    painter: QPainter,
    geometry: Geometry,
    one: PointSeries,
    place: int,
    tone: look.Tones,
    *,
    note: bool = True,
) -> None:
    """Ring the point that is pointed at, here or in another plot, and say what it is."""
    frame = geometry.frame
    x = float(geometry.xs(one.x[place : place + 1])[0])
    y = float(geometry.ys(one.y[place : place + 1])[0])
    if not math.isfinite(x):
        return
    painter.setPen(QPen(tone.faint, 1))
    painter.drawLine(QPointF(round(x), frame.top()), QPointF(round(x), frame.bottom()))
    if math.isfinite(y):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tone.text, 1.6))
        painter.drawEllipse(QPointF(x, y), 6.5, 6.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    if not note or place >= len(one.notes):
        return
    text, metrics = one.notes[place], painter.fontMetrics()
    box = QRectF(0, 0, metrics.horizontalAdvance(text) + 14, metrics.height() + 6)
    left = x + 12 if x + 12 + box.width() <= frame.right() else x - 12 - box.width()
    box.moveLeft(max(2.0, min(left, frame.right() - box.width() - 1)))
    box.moveTop(frame.bottom() + 1)  # over the axis' numbers, where it hides no point
    painter.setPen(QPen(tone.line, 1))
    painter.setBrush(tone.raised)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(tone.text)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
