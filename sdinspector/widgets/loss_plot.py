"""Losses over timesteps: means with their spread, the gap between two, a second axis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from sdinspector.analysis.losses import Spread
from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.axis_ticks import nice_step, ticks, trimmed
from sdinspector.widgets.loss_axes import Axis, axis_of

#: Pixels within which a click takes the nearest point of the curve.
_NEAR = 6
_WHISKER = 2.5
WITH, WITHOUT, GAP, SECOND = 0, 1, 2, 3


@dataclass(frozen=True)
class Lines:
    """Losses over t: with the caption and without, each with its spread over the seeds."""

    timesteps: NDArray[np.int64]
    known: Spread
    blind: Spread


@dataclass(frozen=True)
class Second:
    """What is drawn on the axis at the right, over all timesteps."""

    name: str
    values: NDArray[np.float64]
    logarithmic: bool


@dataclass(frozen=True)
class Dot:
    """The draw that is looked at: its t and both losses."""

    timestep: int
    loss: float
    loss_uncond: float


class LossPlot(QWidget):
    """Two curves over t. A click chooses a t; Left and Right go from point to point.

    Parameters
    ----------
    name, tip
        Accessible name and tooltip.
    """

    chosen = Signal(int)
    """The t that a person chose."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: Lines | None = None
        self._second: Second | None = None
        self._dot: Dot | None = None
        self._total = 1000
        self._marker = 0
        self._log = True
        self._note = ""
        self._at: float | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        self.setToolTip(tip)

    # -- what is shown ---------------------------------------------------------------------

    def set_lines(self, lines: Lines | None, total: int, note: str = "") -> None:
        """Show curves over t = 0 … ``total`` − 1, or a note why there are none."""
        self._lines, self._total, self._note = lines, max(total, 2), note
        self._changed()

    def set_second(self, second: Second | None) -> None:
        """Show something on the axis at the right, or nothing."""
        self._second = second
        self.update()

    def set_logarithmic(self, on: bool) -> None:
        """Space losses by their ratios, or by their differences."""
        self._log = on
        self.update()

    def set_marker(self, timestep: int) -> None:
        """Mark a t; emits nothing."""
        if timestep != self._marker:
            self._marker = timestep
            self._changed()

    def set_dot(self, dot: Dot | None) -> None:
        """Show the losses of one draw."""
        self._dot = dot
        self.update()

    @property
    def lines(self) -> Lines | None:
        """What is shown."""
        return self._lines

    @property
    def second(self) -> Second | None:
        """What is on the axis at the right."""
        return self._second

    @property
    def marker(self) -> int:
        """The marked t."""
        return self._marker

    @property
    def logarithmic(self) -> bool:
        """Whether losses are spaced by their ratios."""
        return self._log

    def x_of(self, timestep: float) -> float:
        """Return the horizontal position of a t in the widget."""
        frame = self._frame()
        return frame.left() + timestep / (self._total - 1) * frame.width()

    def timestep_at(self, x: float) -> int:
        """Return the t at a horizontal position: the nearest point of the curve, or that t."""
        frame = self._frame()
        share = (x - frame.left()) / max(frame.width(), 1.0)
        timestep = round(min(max(share, 0.0), 1.0) * (self._total - 1))
        place = self._nearest(timestep)
        if self._lines is not None and place is not None:
            known = int(self._lines.timesteps[place])
            if abs(self.x_of(known) - x) <= _NEAR:
                return known
        return timestep

    def read(self, timestep: int) -> str:
        """Return what is said of the curve's point nearest to a t."""
        place = self._nearest(timestep)
        lines = self._lines
        if lines is None or place is None:
            return f"t {timestep}"
        text = [f"t {lines.timesteps[place]}"]
        for name, spread in ((tr("with"), lines.known), (tr("without"), lines.blind)):
            low, high = _loss(spread.low[place]), _loss(spread.high[place])
            text.append(f"{name} {_loss(spread.mean[place])} ({low} … {high})")
        gap = lines.blind.mean[place] - lines.known.mean[place]
        text.append(tr("gap {gap}", gap=_loss(gap)))
        if self._second is not None and lines.timesteps[place] < len(self._second.values):
            value = float(self._second.values[lines.timesteps[place]])
            text.append(f"{self._second.name} {look.number(value)}")
        return "   ".join(text)

    def sizeHint(self) -> QSize:
        """Return a size at which the shape can be read."""
        return QSize(340, 220)

    def minimumSizeHint(self) -> QSize:
        """Return the least useful size."""
        return QSize(220, 120)

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint axes, curves, the marked t and the read-out."""
        tone = look.tones(self.palette())
        painter = QPainter(self)
        painter.setFont(look.scaled(self.font(), 0.85))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self._frame()
        if frame.height() < 20:
            return
        self._paint_time(painter, frame, tone)
        if self._second is not None:
            self._paint_second(painter, frame, tone, self._second)
        axis = self._axis()
        if axis is None:
            painter.setPen(tone.muted)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            if self._second is None:
                painter.drawText(frame.adjusted(12, 6, -12, -6), int(flags), self._note)
        else:
            self._paint_losses(painter, frame, tone, axis)
        if axis is not None or self._second is not None:
            self._paint_marker(painter, frame, tone)
        if axis is not None and self._dot is not None:
            self._paint_dot(painter, frame, tone, axis, self._dot)
        self._paint_legend(painter, frame, tone)
        if self._at is not None and self._lines is not None:
            self._paint_readout(painter, frame, tone)
        if self.hasFocus():
            painter.setPen(QPen(tone.accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(frame)

    def _frame(self) -> QRectF:
        metrics = self.fontMetrics()
        line, wide = metrics.height(), metrics.horizontalAdvance("0.0000")
        right = wide if self._second is not None else 8
        return QRectF(wide, line + 4, self.width() - wide - right, self.height() - 2 * line - 10)

    def _axis(self) -> Axis | None:
        lines = self._lines
        if lines is None or not (lines.known.known.any() or lines.blind.known.any()):
            return None
        known, blind = lines.known, lines.blind
        values = [known.low, known.high, blind.low, blind.high]
        dot = self._dot
        extra = [] if dot is None else [dot.loss, dot.loss_uncond]
        return axis_of(np.concatenate([*values, np.array(extra)]), self._log)

    def _paint_time(self, painter: QPainter, frame: QRectF, tone: look.Tones) -> None:
        painter.setPen(QPen(tone.line, 1))
        painter.drawRect(frame)
        metrics = painter.fontMetrics()
        least = (self._total - 1) * metrics.horizontalAdvance("00000") / max(frame.width(), 1.0)
        for tick in ticks(0, self._total - 1, max(1.0, nice_step(self._total, least))):
            x = self.x_of(tick)
            painter.setPen(QPen(tone.line, 1))
            painter.drawLine(QPointF(x, frame.bottom()), QPointF(x, frame.bottom() + 3))
            text = trimmed(tick)
            wide = metrics.horizontalAdvance(text)
            painter.setPen(tone.muted)
            left = min(max(x - wide / 2, 0.0), self.width() - wide)
            painter.drawText(QPointF(left, frame.bottom() + metrics.ascent() + 4), text)
        painter.setPen(tone.muted)
        right = frame.right() - metrics.horizontalAdvance("t")
        painter.drawText(QPointF(right, frame.bottom() + metrics.ascent() + 4), "t")

    def _paint_losses(self, painter: QPainter, frame: QRectF, tone: look.Tones, axis: Axis) -> None:
        lines, metrics = self._lines, painter.fontMetrics()
        if lines is None:
            return
        for value, text in axis.ticks(frame.height(), metrics.height()):
            y = axis.place(value, frame)
            painter.setPen(QPen(tone.line, 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            painter.setPen(tone.muted)
            wide = metrics.horizontalAdvance(text)
            painter.drawText(QPointF(frame.left() - wide - 4, y + metrics.ascent() / 2 - 1), text)
        painter.save()
        painter.setClipRect(frame.adjusted(0, 0, 1, 1))
        self._paint_gap(painter, frame, tone, axis, lines)
        for series, spread in ((WITHOUT, lines.blind), (WITH, lines.known)):
            self._paint_spread(painter, frame, axis, series, spread)
        painter.restore()

    def _paint_gap(
        self, painter: QPainter, frame: QRectF, tone: look.Tones, axis: Axis, lines: Lines
    ) -> None:
        both = np.flatnonzero(lines.known.known & lines.blind.known)
        if len(both) < 2:
            return
        upper = [self._point(lines, lines.known.mean, place, axis, frame) for place in both]
        lower = [self._point(lines, lines.blind.mean, place, axis, frame) for place in both[::-1]]
        soft = look.series_colour(GAP, tone.dark)
        soft.setAlpha(70)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(soft)
        painter.drawPolygon(QPolygonF([*upper, *lower]))

    def _paint_spread(
        self, painter: QPainter, frame: QRectF, axis: Axis, series: int, spread: Spread
    ) -> None:
        lines = self._lines
        if lines is None:
            return
        colour = look.series_colour(series, look.tones(self.palette()).dark)
        places = np.flatnonzero(spread.known)
        soft = QColor(colour)
        soft.setAlpha(150)
        painter.setPen(QPen(soft, 1))
        side = -1.0 if series == WITH else 1.0  # beside one another, not over one another
        for place in places:
            low = self._point(lines, spread.low, place, axis, frame)
            high = self._point(lines, spread.high, place, axis, frame)
            for end in (low, high):
                end.setX(end.x() + side)
            painter.drawLine(low, high)
            for end in (low, high):
                reach = QPointF(_WHISKER, 0)
                painter.drawLine(end - reach, end + reach)
        painter.setPen(QPen(colour, 1.8))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        line = [self._point(lines, spread.mean, place, axis, frame) for place in places]
        painter.drawPolyline(QPolygonF(line))
        painter.setBrush(colour)
        for point in line:
            painter.drawEllipse(point, 1.6, 1.6)

    def _point(
        self, lines: Lines, values: NDArray[Any], place: int, axis: Axis, frame: QRectF
    ) -> QPointF:
        return QPointF(
            self.x_of(float(lines.timesteps[place])), axis.place(float(values[place]), frame)
        )

    def _paint_second(
        self, painter: QPainter, frame: QRectF, tone: look.Tones, second: Second
    ) -> None:
        axis = axis_of(second.values, second.logarithmic)
        if axis is None:
            return
        painter.setPen(QPen(look.series_colour(SECOND, tone.dark), 1.4, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        places = np.flatnonzero(np.isfinite(second.values) & axis.holds(second.values))
        painter.drawPolyline(
            QPolygonF(
                [
                    QPointF(self.x_of(float(place)), axis.place(float(second.values[place]), frame))
                    for place in places
                ]
            )
        )
        metrics = painter.fontMetrics()
        painter.setPen(look.series_colour(SECOND, tone.dark))
        for value, text in axis.ticks(frame.height(), metrics.height()):
            y = axis.place(value, frame)
            painter.drawText(QPointF(frame.right() + 4, y + metrics.ascent() / 2 - 1), text)

    def _paint_marker(self, painter: QPainter, frame: QRectF, tone: look.Tones) -> None:
        x = self.x_of(self._marker)
        painter.setPen(QPen(tone.accent, 1.4))
        painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))

    def _paint_dot(
        self, painter: QPainter, frame: QRectF, tone: look.Tones, axis: Axis, dot: Dot
    ) -> None:
        for series, value in ((WITHOUT, dot.loss_uncond), (WITH, dot.loss)):
            if math.isfinite(value) and (value > 0 or not self._log):
                painter.setPen(QPen(tone.raised, 1.2))
                painter.setBrush(look.series_colour(series, tone.dark))
                point = QPointF(self.x_of(dot.timestep), axis.place(value, frame))
                painter.drawEllipse(point, 4.0, 4.0)

    def _paint_legend(self, painter: QPainter, frame: QRectF, tone: look.Tones) -> None:
        metrics = painter.fontMetrics()
        names = [(SECOND, self._second.name)] if self._second is not None else []
        if self._lines is not None:
            names += [(GAP, tr("gap")), (WITHOUT, tr("without")), (WITH, tr("with caption"))]
        x = frame.right()
        for series, name in names:
            x -= metrics.horizontalAdvance(name)
            painter.setPen(tone.muted)
            painter.drawText(QPointF(x, metrics.ascent()), name)
            x -= 12
            painter.fillRect(
                QRectF(x, metrics.ascent() - 8, 8, 8), look.series_colour(series, tone.dark)
            )
            x -= 10

    def _paint_readout(self, painter: QPainter, frame: QRectF, tone: look.Tones) -> None:
        place = self._nearest(round(self._at or 0.0))
        if place is None or self._lines is None:
            return
        x = self.x_of(float(self._lines.timesteps[place]))
        painter.setPen(QPen(tone.faint, 1))
        painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
        rows = self.read(int(self._lines.timesteps[place])).split("   ")
        metrics = painter.fontMetrics()
        wide = max(metrics.horizontalAdvance(row) for row in rows) + 14
        box = QRectF(0, frame.top() + 4, wide, len(rows) * metrics.height() + 8)
        box.moveLeft(x + 8 if x + 8 + wide < frame.right() else max(x - 8 - wide, 0.0))
        painter.setPen(QPen(tone.line, 1))
        painter.setBrush(tone.raised)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(tone.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "\n".join(rows))

    # -- inside ----------------------------------------------------------------------------

    def _nearest(self, timestep: int) -> int | None:
        """Return the place of the drawn point nearest to a t."""
        lines = self._lines
        if lines is None or not lines.known.known.any():
            return None
        places = np.flatnonzero(lines.known.known)
        return int(places[np.argmin(np.abs(lines.timesteps[places] - timestep))])

    def _changed(self) -> None:
        self.setAccessibleDescription(self.read(self._marker))
        self.update()

    # -- Qt's events -----------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out what is under the pointer; with the button down, choose it."""
        self._at = float(self.timestep_at(event.position().x()))
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.chosen.emit(self.timestep_at(event.position().x()))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the t under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.timestep_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Take the read-out away."""
        super().leaveEvent(event)
        self._at = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next point of the curve with Left and Right, to the ends with Home and End."""
        lines = self._lines
        known = range(self._total) if lines is None else sorted(lines.timesteps.tolist())
        before = [place for place in known if place < self._marker]
        after = [place for place in known if place > self._marker]
        target = {
            Qt.Key.Key_Left: before[-1:],
            Qt.Key.Key_Right: after[:1],
            Qt.Key.Key_Home: list(known[:1]),
            Qt.Key.Key_End: list(known[-1:]),
        }.get(Qt.Key(event.key()))
        if target is None:
            event.ignore()
        elif target:
            self.chosen.emit(int(target[0]))


def _loss(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
