"""How values are spread: one outline for each series, over one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets import look


@dataclass(frozen=True)
class Series:
    """One outline: its name, counts and the ``len(counts) + 1`` edges between the bins."""

    name: str
    counts: NDArray[np.number]
    edges: NDArray[np.floating]


class Histogram(QWidget):
    """Outlines of several histograms with a shared axis, and the values under the pointer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series: tuple[Series, ...] = ()
        self._levels: tuple[float, float] | None = None
        self._reference = False
        self._at: float | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Histogram"))
        self.setToolTip(tr("How often each value occurs; point at it to read the counts."))

    def set_series(
        self,
        series: Sequence[Series],
        levels: tuple[float, float] | None = None,
        reference: bool = False,
    ) -> None:
        """Show histograms.

        Parameters
        ----------
        series
            One outline each, in the colours of :func:`~sdinspector.widgets.look.series_colour`.
        levels
            Ends of the colour table, marked by two ticks.
        reference
            Draw the density of N(0, 1), scaled to the first series' counts, for comparison.
        """
        self._series = tuple(series)
        self._levels = levels
        self._reference = reference
        parts = [f"{item.name}: {int(np.sum(item.counts))}" for item in self._series]
        self.setAccessibleDescription(", ".join(parts))
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size at which the shape can be read."""
        return QSize(240, 110)

    def minimumSizeHint(self) -> QSize:
        """Return the least useful size."""
        return QSize(120, 64)

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint outlines, axis, levels and what is under the pointer."""
        tone = look.tones(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = look.scaled(self.font(), 0.85)
        painter.setFont(small)
        metrics = QFontMetrics(small)
        frame = QRectF(1, 2, self.width() - 2, self.height() - metrics.height() - 6)
        if not self._series or frame.height() < 8:
            return
        low, high = self._range()
        top = max((float(np.max(item.counts, initial=0)) for item in self._series), default=0.0)
        top = top or 1.0
        painter.setPen(QPen(tone.line, 1))
        painter.drawLine(
            QPointF(frame.left(), frame.bottom()), QPointF(frame.right(), frame.bottom())
        )

        def x_of(value: float) -> float:
            return frame.left() + (value - low) / (high - low) * frame.width()

        if low < 0 < high:
            painter.setPen(QPen(tone.line, 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x_of(0), frame.top()), QPointF(x_of(0), frame.bottom()))
        if self._levels is not None:
            painter.setPen(QPen(tone.faint, 1))
            for value in self._levels:
                if low <= value <= high:
                    x = x_of(value)
                    painter.drawLine(QPointF(x, frame.bottom() - 5), QPointF(x, frame.bottom()))
        if self._reference:
            self._paint_normal(painter, frame, (low, high), top, tone.faint)
        for index, item in enumerate(self._series):
            colour = look.series_colour(index, tone.dark)
            outline = _outline(item, frame, (low, high), top)
            soft = QColor(colour)
            soft.setAlpha(34)
            painter.setBrush(soft)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)  # edges are drawn
            painter.drawPolygon(outline)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour, 1.4))
            painter.drawPolyline(outline)
        painter.setPen(tone.muted)
        base = self.height() - metrics.descent() - 1
        painter.drawText(QPointF(frame.left(), base), look.number(low))
        end = look.number(high)
        painter.drawText(QPointF(frame.right() - metrics.horizontalAdvance(end), base), end)
        if low < 0 < high:
            width = metrics.horizontalAdvance("0")
            painter.drawText(QPointF(x_of(0) - width / 2, base), "0")
        if self._at is not None:
            self._paint_pointer(painter, frame, (low, high), tone)

    def _range(self) -> tuple[float, float]:
        low = min(float(item.edges[0]) for item in self._series)
        high = max(float(item.edges[-1]) for item in self._series)
        return (low, high) if high > low else (low - 0.5, high + 0.5)

    def _paint_normal(
        self,
        painter: QPainter,
        frame: QRectF,
        span: tuple[float, float],
        top: float,
        colour: QColor,
    ) -> None:
        first = self._series[0]
        width = float(first.edges[1] - first.edges[0])
        values = np.linspace(*span, 120)
        density = np.exp(-values * values / 2) / np.sqrt(2 * np.pi)
        heights = density * float(np.sum(first.counts)) * width / top
        path = QPainterPath()
        for index, (value, height) in enumerate(zip(values, heights, strict=True)):
            x = frame.left() + (value - span[0]) / (span[1] - span[0]) * frame.width()
            point = QPointF(x, frame.bottom() - min(height, 1.1) * frame.height())
            path.moveTo(point) if index == 0 else path.lineTo(point)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.2, Qt.PenStyle.DashLine))
        painter.drawPath(path)

    def _paint_pointer(
        self, painter: QPainter, frame: QRectF, span: tuple[float, float], tone: look.Tones
    ) -> None:
        if self._at is None:
            return
        value = span[0] + (self._at - frame.left()) / frame.width() * (span[1] - span[0])
        painter.setPen(QPen(tone.faint, 1))
        painter.drawLine(QPointF(self._at, frame.top()), QPointF(self._at, frame.bottom()))
        parts = [look.number(value)]
        for item in self._series:
            place = int(np.searchsorted(item.edges, value, side="right")) - 1
            inside = 0 <= place < len(item.counts)
            parts.append(f"{item.name} {int(item.counts[place]) if inside else 0}")
        text = "   ".join(parts)
        metrics = painter.fontMetrics()
        box = QRectF(0, frame.top(), metrics.horizontalAdvance(text) + 12, metrics.height() + 4)
        box.moveLeft(min(max(frame.left(), self._at + 6), frame.right() - box.width()))
        painter.setPen(QPen(tone.line, 1))
        painter.setBrush(tone.raised)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(tone.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    # -- Qt's events -----------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out the counts under the pointer."""
        self._at = event.position().x()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the read-out away."""
        super().leaveEvent(event)
        self._at = None
        self.update()


def _outline(item: Series, frame: QRectF, span: tuple[float, float], top: float) -> QPolygonF:
    """Return the steps of one histogram as a polygon that starts and ends on the axis."""
    scale = frame.width() / (span[1] - span[0])
    x = frame.left() + (np.asarray(item.edges, dtype=np.float64) - span[0]) * scale
    y = frame.bottom() - np.asarray(item.counts, dtype=np.float64) / top * frame.height()
    points = [QPointF(float(x[0]), frame.bottom())]
    for index, height in enumerate(y):
        points.append(QPointF(float(x[index]), float(height)))
        points.append(QPointF(float(x[index + 1]), float(height)))
    points.append(QPointF(float(x[-1]), frame.bottom()))
    return QPolygonF(points)
