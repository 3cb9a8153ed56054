"""How the editor of the guidance curve is laid out and painted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPen,
    QPolygonF,
)

from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.axis_ticks import has_room, nice_step, ticks, trimmed, written


@dataclass(frozen=True)
class Plot:
    """What is drawn: both curves, the range of s, the marked step, how many steps are kept."""

    recorded: tuple[float, ...]
    edited: tuple[float, ...] | None
    low: float
    high: float
    marker: int | None = None
    locked: int = 0
    over: int | None = None
    axis: str = ""
    numbers: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """Number of steps."""
        return len(self.recorded) if self.edited is None else len(self.edited)

    def number(self, place: int) -> int:
        """Return the number of the step at a place, from 1.

        Some schedulers call the denoiser twice for one step: both places have its number.
        """
        return self.numbers[place] if place < len(self.numbers) else place + 1

    @property
    def shown(self) -> tuple[float, ...]:
        """The curve that counts: the edited one where there is one."""
        return self.recorded if self.edited is None else self.edited


def small(font: QFont) -> QFont:
    """Return the font of ticks and captions."""
    return look.scaled(font, 0.85)


@dataclass(frozen=True)
class Geometry:
    """Where the plot is, and what its pixels stand for."""

    frame: QRectF
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, plot: Plot, area: QRectF, font: QFont) -> Geometry:
        """Leave room for the legend above, the numbers at the left and the steps below."""
        metrics = QFontMetrics(small(font))
        line = metrics.height()
        numbers = (trimmed(value) for value in levels(plot.low, plot.high, area.height(), line))
        left = max((metrics.horizontalAdvance(text) for text in numbers), default=0)
        left = max(left, metrics.horizontalAdvance("10")) + 8
        frame = QRectF(area.left() + left, area.top() + line + 5, 0, 0)
        frame.setRight(area.right() - 3)
        frame.setBottom(area.bottom() - line - 8)
        return cls(frame, plot.low, plot.high, plot.count)

    @property
    def width(self) -> float:
        """Width of a step."""
        return self.frame.width() / max(self.count, 1)

    def x_of(self, step: float) -> float:
        """Return the left edge of a step."""
        return self.frame.left() + step * self.width

    def y_of(self, value: float) -> float:
        """Return the height of a scale; a little outside the frame for what is far outside."""
        share = (value - self.low) / (self.high - self.low)
        return self.frame.bottom() - min(max(share, -0.5), 1.5) * self.frame.height()

    def value_at(self, y: float) -> float:
        """Return the scale at a height, within the range."""
        share = (self.frame.bottom() - y) / max(self.frame.height(), 1.0)
        return self.low + min(max(share, 0.0), 1.0) * (self.high - self.low)

    def step_at(self, x: float) -> int | None:
        """Return the step at a horizontal position; the nearest where it is beside the plot."""
        if not self.count:
            return None
        return min(max(math.floor((x - self.frame.left()) / self.width), 0), self.count - 1)


def levels(low: float, high: float, height: float, line: int) -> list[float]:
    """Return the scales at which a line is drawn and a number written."""
    room = max(height - 2 * line - 12, 1.0)
    return ticks(low, high, nice_step(high - low, (high - low) * (line * 1.7) / room))


def paint_still(
    painter: QPainter, geometry: Geometry, plot: Plot, tone: look.Tones, font: QFont
) -> None:
    """Paint what stays while a curve is drawn: the ground, the axes, the legend."""
    painter.setFont(small(font))
    painter.fillRect(geometry.frame, tone.raised)
    _paint_kept(painter, geometry, plot, tone)
    _paint_marker(painter, geometry, plot, tone)
    _paint_levels(painter, geometry, tone)
    _paint_steps(painter, geometry, plot, tone)
    _paint_legend(painter, geometry, plot, tone)


def still(plot: Plot) -> tuple[object, ...]:
    """Return all of a plot that :func:`paint_still` depends on."""
    edited = plot.edited is not None
    return (
        plot.low,
        plot.high,
        plot.count,
        plot.marker,
        plot.locked,
        plot.axis,
        plot.numbers,
        edited,
    )


def paint_moving(
    painter: QPainter, geometry: Geometry, plot: Plot, tone: look.Tones, font: QFont
) -> None:
    """Paint the curves, the dot of the marked step, the read-out."""
    painter.setFont(small(font))
    painter.save()
    painter.setClipRect(geometry.frame.adjusted(0, -1, 0, 1))
    if plot.edited is None:
        _paint_line(painter, geometry, plot.recorded, tone.muted, 2.0)
    else:
        _paint_change(painter, geometry, plot, tone)
        _paint_line(painter, geometry, plot.recorded, tone.muted, 1.4)
        _paint_line(painter, geometry, plot.edited, tone.accent, 2.0)
    painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(tone.line, 1))
    painter.drawRect(geometry.frame)
    _paint_point(painter, geometry, plot, tone)
    if plot.over is not None:
        _paint_readout(painter, geometry, plot, tone)


def _paint_kept(painter: QPainter, geometry: Geometry, plot: Plot, tone: look.Tones) -> None:
    """Hatch the steps that cannot be changed."""
    locked = min(plot.locked, plot.count)
    if not locked:
        return
    box = QRectF(geometry.frame)
    box.setRight(geometry.x_of(locked))
    painter.fillRect(box, look.mix(tone.ground, tone.raised, 0.35))
    painter.fillRect(box, QBrush(look.mix(tone.line, tone.faint, 0.15), Qt.BrushStyle.BDiagPattern))
    painter.setPen(QPen(tone.muted, 1))
    painter.drawLine(box.topRight(), box.bottomRight())


def _paint_marker(painter: QPainter, geometry: Geometry, plot: Plot, tone: look.Tones) -> None:
    if plot.marker is None or plot.marker >= plot.count:
        return
    frame, width = geometry.frame, max(geometry.width, 3.0)
    middle = geometry.x_of(plot.marker + 0.5)
    painter.fillRect(
        QRectF(middle - width / 2, frame.top(), width, frame.height()), tone.accent_soft
    )


def _paint_levels(painter: QPainter, geometry: Geometry, tone: look.Tones) -> None:
    frame, metrics = geometry.frame, painter.fontMetrics()
    right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    height = frame.height() + 2 * metrics.height() + 12
    taken = []
    for value in levels(geometry.low, geometry.high, height, metrics.height()):
        y = round(geometry.y_of(value)) + 0.0
        strong = value == 0 and geometry.low < 0
        grid = QColor(tone.muted if strong else tone.line)
        if not strong:
            grid.setAlpha(150)
        painter.setPen(QPen(grid, 1))
        painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
        painter.setPen(tone.muted)
        box = QRectF(0, y - metrics.height() / 2, frame.left() - 5, metrics.height())
        painter.drawText(box, right, trimmed(value))
        taken.append(value)
    if geometry.low < 1 < geometry.high:  # where the prompt is used plainly
        y = round(geometry.y_of(1.0)) + 0.0
        painter.setPen(QPen(tone.faint, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
        if 1.0 not in taken and all(
            abs(geometry.y_of(value) - y) > metrics.height() for value in taken
        ):
            painter.setPen(tone.muted)
            box = QRectF(0, y - metrics.height() / 2, frame.left() - 5, metrics.height())
            painter.drawText(box, right, "1")


def _outline(geometry: Geometry, values: Sequence[float]) -> list[QPolygonF]:
    """Return a curve as stairs, in pieces where values are missing."""
    pieces: list[list[QPointF]] = [[]]
    for step, value in enumerate(values):
        if not math.isfinite(value):
            pieces.append([])
            continue
        y = geometry.y_of(value)
        pieces[-1] += [QPointF(geometry.x_of(step), y), QPointF(geometry.x_of(step + 1), y)]
    return [QPolygonF(piece) for piece in pieces if piece]


def _paint_line(
    painter: QPainter, geometry: Geometry, values: Sequence[float], colour: QColor, width: float
) -> None:
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for piece in _outline(geometry, values):
        painter.drawPolyline(piece)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _paint_change(painter: QPainter, geometry: Geometry, plot: Plot, tone: look.Tones) -> None:
    """Tint what lies between the recorded curve and the edited one."""
    edited = plot.edited or ()
    tint = QColor(tone.accent)
    tint.setAlpha(48)
    for step, (old, new) in enumerate(zip(plot.recorded, edited, strict=False)):
        if old != new and math.isfinite(old) and math.isfinite(new):
            left, right = round(geometry.x_of(step)), round(geometry.x_of(step + 1))
            top, bottom = sorted((geometry.y_of(old), geometry.y_of(new)))
            painter.fillRect(QRectF(left, top, right - left, bottom - top), tint)


def _paint_steps(painter: QPainter, geometry: Geometry, plot: Plot, tone: look.Tones) -> None:
    """Write the numbers of the steps, from 1, under the plot, the marked one's in any case."""
    frame, metrics = geometry.frame, painter.fontMetrics()
    top = frame.bottom() + 5
    middle = int(Qt.AlignmentFlag.AlignCenter)
    taken: list[tuple[float, float]] = []
    marker = plot.marker if plot.marker is not None and plot.marker < plot.count else None

    def put(text: str, x: float, colour: QColor, gap: float) -> bool:
        width = metrics.horizontalAdvance(text)
        left = min(max(x - width / 2, frame.left()), frame.right() - width)
        if not has_room((left, left + width), taken, gap):
            return False
        taken.append((left, left + width))
        painter.setPen(colour)
        painter.drawText(QRectF(left - 4, top, width + 8, metrics.height()), middle, text)
        return True

    if marker is not None:
        x = geometry.x_of(marker + 0.5)
        put(str(plot.number(marker)), x, tone.accent, 6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone.accent)
        point = frame.bottom() + 1
        painter.drawPolygon(
            QPolygonF([QPointF(x, point), QPointF(x - 4, point + 5), QPointF(x + 4, point + 5)])
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    if plot.axis:  # at the right end, or left of the marked step where that is there
        width = metrics.horizontalAdvance(plot.axis)
        if not put(plot.axis, frame.right() - width / 2, tone.muted, 8):
            put(plot.axis, taken[0][0] - 8.5 - width / 2, tone.muted, 8)
    least = max(1.0, 26 / geometry.width)
    round_ones = ticks(0, plot.count, max(1.0, nice_step(plot.count, least)))
    wanted = {1, *(int(number) for number in round_ones)}
    written_ones: set[int] = set()
    for step in range(plot.count):
        number = plot.number(step)
        if number not in wanted or number in written_ones:
            continue
        written_ones.add(number)
        x = geometry.x_of(step + 0.5)
        painter.setPen(QPen(tone.faint, 1))
        if step != marker:
            painter.drawLine(
                QPointF(round(x), frame.bottom() + 1), QPointF(round(x), frame.bottom() + 4)
            )
        put(str(number), x, tone.muted, 10)


def _paint_legend(painter: QPainter, geometry: Geometry, plot: Plot, tone: look.Tones) -> None:
    """Name the curves above the plot, at the right; the axis at the left."""
    metrics = painter.fontMetrics()
    base = geometry.frame.top() - 4 - metrics.descent()
    painter.setPen(tone.muted)
    painter.drawText(QPointF(geometry.frame.left() - 5 - metrics.horizontalAdvance("s"), base), "s")
    entries = [(tr("recorded"), tone.muted)]
    if plot.edited is not None:
        entries.append((tr("edited"), tone.accent))
    x = geometry.frame.right()
    for name, colour in reversed(entries):
        x -= metrics.horizontalAdvance(name)
        painter.setPen(tone.muted)
        painter.drawText(QPointF(x, base), name)
        x -= 20
        painter.fillRect(QRectF(x, base - metrics.ascent() / 2 + 1, 14, 2), colour)
        x -= 14
    if plot.locked:
        text = tr("steps 1 to {last} are kept", last=plot.number(min(plot.locked, plot.count) - 1))
        left = geometry.frame.left() + 6
        if left + metrics.horizontalAdvance(text) < x:
            painter.setPen(tone.muted)
            painter.drawText(QPointF(left, base), text)


def _paint_point(painter: QPainter, geometry: Geometry, plot: Plot, tone: look.Tones) -> None:
    """Put a dot on the curve at the marked step: what the keys move."""
    step = plot.marker
    if step is None or step >= plot.count or not math.isfinite(plot.shown[step]):
        return
    y = geometry.y_of(plot.shown[step])
    if not geometry.frame.top() - 1 <= y <= geometry.frame.bottom() + 1:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(tone.accent, 1.6))
    painter.setBrush(tone.raised)
    painter.drawEllipse(QPointF(geometry.x_of(step + 0.5), y), 3.5, 3.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def read(plot: Plot, step: int) -> str:
    """Return what the read-out says of a step."""
    parts = [f"{plot.axis or tr('step')} {plot.number(step)}"]
    old = plot.recorded[step] if step < len(plot.recorded) else None
    new = plot.edited[step] if plot.edited is not None and step < len(plot.edited) else None
    if old is not None:
        parts.append(tr("recorded {scale}", scale=written(old)))
    if new is not None:
        parts.append(tr("edited {scale}", scale=written(new)))
    if step < plot.locked:
        parts.append(tr("kept"))
    return "   ".join(parts)


def _paint_readout(painter: QPainter, geometry: Geometry, plot: Plot, tone: look.Tones) -> None:
    if plot.over is None or plot.over >= plot.count:
        return
    frame, text = geometry.frame, read(plot, plot.over)
    x = geometry.x_of(plot.over + 0.5)
    painter.setPen(QPen(tone.faint, 1))
    painter.drawLine(QPointF(round(x), frame.top()), QPointF(round(x), frame.bottom()))
    metrics = painter.fontMetrics()
    box = QRectF(0, frame.top() + 3, metrics.horizontalAdvance(text) + 12, metrics.height() + 4)
    left = x + 8 if x + 8 + box.width() <= frame.right() else x - 8 - box.width()
    box.moveLeft(max(frame.left() + 1, left))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(tone.line, 1))
    painter.setBrush(tone.raised)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(tone.text)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
