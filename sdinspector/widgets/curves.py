"""Curves over channels, tokens or steps: what a value is at each, and which one is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from sdinspector.widgets import look


@dataclass(frozen=True)
class Curve:
    """One curve: its name, its values at 0 … n − 1, and the number of its colour.

    Values that are not finite leave a gap.
    """

    name: str
    values: NDArray[np.floating]
    series: int = 0


class Curves(QWidget):
    """Several curves over one axis of whole numbers.

    Pointing reads the values, a click or Return chooses a place; Left and Right go to the next.
    Where there are more places than pixels each pixel column shows the range of its places.
    """

    pointed = Signal(object)
    """Place under the pointer, or ``None``."""
    chosen = Signal(int)
    """Place that was clicked."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: tuple[Curve, ...] = ()
        self._names: Sequence[str] = ()
        self._axis = ""
        self._note = ""
        self._marker: int | None = None
        self._at: int | None = None
        self._bars = False
        self._zero = True
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        self.setToolTip(tip)

    def set_curves(
        self,
        curves: Sequence[Curve],
        axis: str = "",
        names: Sequence[str] = (),
        bars: bool = False,
        note: str = "",
        *,
        zero: bool = True,
    ) -> None:
        """Show curves of one length.

        Parameters
        ----------
        curves
            What to draw, the last on top.
        axis
            What the places are: ``"channel"``, ``"step"``.
        names
            A name for each place, for the read-out; their numbers where left out.
        bars
            Fill from zero to the value.
        note
            Said in the middle where there is nothing to draw.
        zero
            Reach from the values to zero; without it the plot is as high as the values differ.
        """
        self._zero = zero
        self._curves = tuple(curves)
        self._axis, self._names, self._bars, self._note = axis, names, bars, note
        if self._at is not None and self._at >= self.count:
            self._at = None
        self._describe()
        self.update()

    def set_marker(self, place: int | None) -> None:
        """Mark a place, or none; emits nothing."""
        if place != self._marker:
            self._marker = place
            self._describe()
            self.update()

    @property
    def curves(self) -> tuple[Curve, ...]:
        """What is shown."""
        return self._curves

    @property
    def marker(self) -> int | None:
        """The marked place."""
        return self._marker

    @property
    def count(self) -> int:
        """Number of places."""
        return max((len(item.values) for item in self._curves), default=0)

    def place_at(self, x: float) -> int | None:
        """Return the place at a horizontal position of the widget."""
        frame = self._frame()
        if not self.count or frame.width() <= 0:
            return None
        place = int((x - frame.left()) / frame.width() * self.count)
        return min(max(place, 0), self.count - 1)

    def x_of(self, place: int) -> float:
        """Return the horizontal middle of a place."""
        frame = self._frame()
        return frame.left() + (place + 0.5) / max(self.count, 1) * frame.width()

    def read(self, place: int) -> str:
        """Return what the read-out says of a place."""
        name = self._names[place] if place < len(self._names) else f"{self._axis} {place}"
        parts = [name.strip()]
        for item in self._curves:
            if place < len(item.values):
                label = f"{item.name} " if item.name else ""
                parts.append(f"{label}{look.number(float(item.values[place]))}")
        return "   ".join(parts)

    def sizeHint(self) -> QSize:
        """Return a size at which the shape can be read."""
        return QSize(260, 120)

    def minimumSizeHint(self) -> QSize:
        """Return the least useful size."""
        return QSize(120, 70)

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint axes, curves, the marked place and the read-out."""
        tone = look.tones(self.palette())
        painter = QPainter(self)
        small = look.scaled(self.font(), 0.85)
        painter.setFont(small)
        metrics = QFontMetrics(small)
        frame = self._frame()
        if not self.count or frame.height() < 8:
            painter.setPen(tone.muted)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(8, 4, -8, -4), int(flags), self._note)
            return
        low, high = self._range()

        if self._marker is not None and self._marker < self.count:
            width = max(frame.width() / self.count, 3.0)
            band = QRectF(self.x_of(self._marker) - width / 2, frame.top(), width, frame.height())
            painter.fillRect(band, tone.accent_soft)
            painter.setPen(QPen(tone.accent, 1.2))
            painter.drawLine(
                QPointF(band.center().x(), frame.top()), QPointF(band.center().x(), frame.bottom())
            )
        painter.setPen(QPen(tone.line, 1))
        painter.drawLine(frame.bottomLeft(), frame.bottomRight())
        if low < 0 < high:
            base = frame.bottom() + low / (high - low) * frame.height()
            painter.setPen(QPen(tone.faint, 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(frame.left(), base), QPointF(frame.right(), base))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for item in self._curves:
            colour = look.series_colour(item.series, tone.dark)
            self._paint_curve(painter, item, colour, (low, high))
        self._paint_numbers(painter, metrics, frame, (low, high), tone)
        if self._at is not None:
            self._paint_pointer(painter, frame, tone)

    def _frame(self) -> QRectF:
        small = QFontMetrics(look.scaled(self.font(), 0.85))
        top = small.height() + 2
        return QRectF(1, top, self.width() - 2, self.height() - top - small.height() - 4)

    def _range(self) -> tuple[float, float]:
        ends = [0.0] if self._zero else []
        for item in self._curves:
            finite = item.values[np.isfinite(item.values)]
            if finite.size:
                ends += [float(finite.min()), float(finite.max())]
        low, high = min(ends, default=0.0), max(ends, default=0.0)
        return (low, high) if low < high else (low - 0.5, high + 0.5)

    def _paint_curve(
        self, painter: QPainter, item: Curve, colour: QColor, span: tuple[float, float]
    ) -> None:
        frame = self._frame()
        base = frame.bottom() - (min(max(0.0, span[0]), span[1]) - span[0]) * (
            frame.height() / (span[1] - span[0])
        )
        values = np.asarray(item.values, dtype=np.float64)
        scale = frame.height() / (span[1] - span[0])
        columns = max(1, int(frame.width()))
        if len(values) > columns:  # the range of each pixel column
            edges = np.linspace(0, len(values), columns + 1).astype(int)[:-1]
            usable = np.where(np.isfinite(values), values, np.nan)
            highs, lows = np.fmax.reduceat(usable, edges), np.fmin.reduceat(usable, edges)
            lows, highs = (np.fmin(lows, 0), np.fmax(highs, 0)) if self._bars else (lows, highs)
            known = np.flatnonzero(np.isfinite(lows))
            x = frame.left() + known + 0.5
            bottoms = frame.bottom() - (lows[known] - span[0]) * scale
            tops = frame.bottom() - (highs[known] - span[0]) * scale + 0.5
            strokes = zip(x.tolist(), bottoms.tolist(), tops.tolist(), strict=True)
            painter.setPen(QPen(colour, 1.2))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.drawLines([QLineF(at, low, at, high) for at, low, high in strokes])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            return
        width = frame.width() / len(values)
        x = frame.left() + (np.arange(len(values)) + 0.5) * width
        y = frame.bottom() - (values - span[0]) * scale
        if self._bars:
            soft = QColor(colour)
            soft.setAlpha(150 if len(self._curves) > 1 else 220)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            bar = max(1.0, width * 0.8)
            for place, height in enumerate(y):
                if np.isfinite(height):
                    painter.fillRect(
                        QRectF(x[place] - bar / 2, min(base, height), bar, abs(base - height)), soft
                    )
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            return
        painter.setPen(QPen(colour, 1.6))
        line: list[QPointF] = []
        for place, height in enumerate(y):
            if np.isfinite(height):
                line.append(QPointF(float(x[place]), float(height)))
            if line and (not np.isfinite(height) or place == len(y) - 1):
                if len(line) == 1:
                    painter.drawEllipse(line[0], 1.5, 1.5)
                painter.drawPolyline(QPolygonF(line))
                line = []

    def _paint_numbers(
        self,
        painter: QPainter,
        metrics: QFontMetrics,
        frame: QRectF,
        span: tuple[float, float],
        tone: look.Tones,
    ) -> None:
        ascent = metrics.ascent()
        painter.setPen(tone.muted)
        painter.drawText(QPointF(frame.left(), ascent), look.number(span[1]))
        x = frame.right()
        for item in reversed(self._curves):  # the legend, at the right of the upper line
            if not item.name:
                continue
            x -= metrics.horizontalAdvance(item.name)
            painter.setPen(tone.muted)
            painter.drawText(QPointF(x, ascent), item.name)
            x -= 13
            mark = QRectF(x, ascent - 8, 8, 8)
            painter.fillRect(mark, look.series_colour(item.series, tone.dark))
            x -= 10
        foot = self.height() - metrics.descent() - 1
        painter.setPen(tone.muted)
        if span[0] < 0 or not self._zero:
            painter.drawText(QPointF(frame.left(), foot), look.number(span[0]))
        last = f"{self._axis} 0 … {self.count - 1}"
        if self.count and len(self._names) == self.count:
            last = f"{self._names[0]} … {self._names[-1]}"
        painter.drawText(QPointF(frame.right() - metrics.horizontalAdvance(last), foot), last)

    def _paint_pointer(self, painter: QPainter, frame: QRectF, tone: look.Tones) -> None:
        if self._at is None:
            return
        x = self.x_of(self._at)
        painter.setPen(QPen(tone.faint, 1))
        painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
        text = self.read(self._at)
        metrics = painter.fontMetrics()
        box = QRectF(0, frame.top(), metrics.horizontalAdvance(text) + 12, metrics.height() + 4)
        box.moveLeft(max(frame.left(), min(x + 6, frame.right() - box.width())))
        painter.setPen(QPen(tone.line, 1))
        painter.setBrush(tone.raised)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(tone.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _describe(self) -> None:
        place = self._marker
        known = place is not None and place < self.count
        self.setAccessibleDescription(self.read(place) if known and place is not None else "")

    # -- Qt's events -----------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out what is under the pointer."""
        self._point(self.place_at(event.position().x()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        place = self.place_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.chosen.emit(place)

    def leaveEvent(self, event: QEvent) -> None:
        """Take the read-out away."""
        super().leaveEvent(event)
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next place with Left and Right, to the ends with Home and End."""
        start = self._marker if self._marker is not None else 0
        places = {
            Qt.Key.Key_Left: start - 1,
            Qt.Key.Key_Right: start + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self.count - 1,
        }
        place = places.get(Qt.Key(event.key()))
        if place is None or not self.count:
            event.ignore()
            return
        self.chosen.emit(min(max(place, 0), self.count - 1))

    def focusInEvent(self, event: QEvent) -> None:
        """Show that the keys go here."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.update()

    def _point(self, place: int | None) -> None:
        if place != self._at:
            self._at = place
            self.update()
            self.pointed.emit(place)
