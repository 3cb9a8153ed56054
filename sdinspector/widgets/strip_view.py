"""The painted part of the film strip: places, pictures, the current one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QMarginsF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QWidget,
)

from sdinspector.app.texts import tr
from sdinspector.widgets import look

_EDGE = 3


@dataclass(frozen=True)
class Frame:
    """One place of the strip: its number as people count, and what is written below it."""

    title: str
    note: str = ""


class StripView(QAbstractScrollArea):
    """The painted strip; it knows frames, pictures and the current one."""

    chosen = Signal(int)
    play_pressed = Signal()
    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frames: tuple[Frame, ...] = ()
        self.expected = 0
        self.current = -1
        self.pictures: dict[int, QImage] = {}
        self.ratio = 1.0
        self.smooth = True
        self._hover = -1
        self._wheel = 0
        self._label_height: int | None = None
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.horizontalScrollBar().valueChanged.connect(lambda _: self.wanted.emit())
        self.setAccessibleName(tr("Film strip"))
        self.setToolTip(
            tr(
                "The denoised prediction x̂₀ of each step. Click or drag to travel, the wheel goes "
                "step by step. Keys: Left, Right, Home, End; Space plays."
            )
        )

    def set_pictures(self, pictures: Mapping[int, NDArray[np.uint8]]) -> None:
        """Show pictures (``[h, w, 3]`` uint8) at their places."""
        for index, rgb in pictures.items():
            data = np.ascontiguousarray(rgb, dtype=np.uint8)
            height, width = data.shape[:2]
            image = QImage(data.data, width, height, width * 3, QImage.Format.Format_RGB888)
            self.pictures[index] = image.copy()
        self.viewport().update()

    # -- geometry --------------------------------------------------------------------------

    def count(self) -> int:
        """Return the number of places, those still to come included."""
        return max(len(self.frames), self.expected)

    def lay_out(self) -> None:
        """Fit the scroll bar to the number of places."""
        span = round(self.count() * self.pitch()) + 2 * _EDGE
        bar = self.horizontalScrollBar()
        bar.setRange(0, max(0, span - self.viewport().width()))
        bar.setPageStep(self.viewport().width())
        bar.setSingleStep(max(1, round(self.pitch())))
        self.viewport().update()

    def label_height(self) -> int:
        """Return the room for the text below the pictures."""
        if self._label_height is None:
            self._label_height = QFontMetrics(look.scaled(self.font(), 0.85)).height() + 4
        return self._label_height

    def thumb(self) -> tuple[float, float]:
        """Return width and height of a picture."""
        # Without asking whether the scroll bar is there: it must not decide whether it is needed.
        room = self.height() - self.horizontalScrollBar().sizeHint().height()
        height = max(24.0, room - self.label_height() - 2 * _EDGE)
        width = min(height / self.ratio, 2.5 * height)
        return width, height

    def pitch(self) -> float:
        """Return the distance between two places."""
        return self.thumb()[0] + look.GAP

    def place(self, index: int) -> QRectF:
        """Return the rectangle of a picture in the viewport."""
        width, height = self.thumb()
        x = _EDGE + index * self.pitch() - self.horizontalScrollBar().value()
        return QRectF(x, _EDGE, width, height)

    def repaint_places(self, *indices: int) -> None:
        """Paint places again that look different now, and no others."""
        room = QMarginsF(look.GAP, _EDGE, look.GAP, self.label_height() + look.GAP)
        for index in indices:
            if index >= 0:
                self.viewport().update(self.place(index).marginsAdded(room).toAlignedRect())

    def index_at(self, x: float) -> int:
        """Return the place under a viewport position, the nearest that exists."""
        where = (x - _EDGE + self.horizontalScrollBar().value()) / self.pitch()
        return min(max(int(where), 0), len(self.frames) - 1)

    def seen(self) -> range:
        """Return the places that are in sight."""
        start = self.horizontalScrollBar().value() / self.pitch()
        stop = start + self.viewport().width() / self.pitch()
        return range(max(0, int(start)), min(self.count(), int(stop) + 1))

    def reveal(self, index: int) -> None:
        """Scroll so that a place and a neighbour on each side are in sight."""
        bar = self.horizontalScrollBar()
        left = _EDGE + index * self.pitch()
        margin = min(self.pitch(), self.viewport().width() / 4)
        if left - margin < bar.value():
            bar.setValue(int(left - margin))
        elif left + self.pitch() + margin > bar.value() + self.viewport().width():
            bar.setValue(int(left + self.pitch() + margin - self.viewport().width()) + 1)

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the places that are in sight."""
        tone = look.tones(self.palette())
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), tone.ground)
        small = look.scaled(self.font(), 0.85)
        painter.setFont(small)
        metrics = QFontMetrics(small)
        for index in self.seen():
            rect = self.place(index)
            if rect.right() + look.GAP < event.rect().left():
                continue
            if rect.left() - look.GAP > event.rect().right():
                break
            current = index == self.current
            picture = self.pictures.get(index)
            if picture is not None:
                enlarged = picture.width() < rect.width() * self.devicePixelRatioF()
                soft = self.smooth or not enlarged
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, soft)
                painter.drawImage(rect, picture)
            else:
                come = index < len(self.frames)
                style = Qt.PenStyle.SolidLine if come else Qt.PenStyle.DotLine
                painter.setPen(QPen(tone.line if come else tone.faint, 1, style))
                painter.setBrush(tone.raised if come else Qt.BrushStyle.NoBrush)
                painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
            if current:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(tone.accent, 3, j=Qt.PenJoinStyle.MiterJoin))
                painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
            elif index == self._hover and index < len(self.frames):
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(tone.muted, 1))
                painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
            if index < len(self.frames):
                self._paint_label(painter, metrics, rect, index, tone)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tone.accent, 1, Qt.PenStyle.DotLine))
            painter.drawRect(QRect(0, 0, self.viewport().width() - 1, self.viewport().height() - 1))

    def _paint_label(
        self, painter: QPainter, metrics: QFontMetrics, rect: QRectF, index: int, tone: look.Tones
    ) -> None:
        frame = self.frames[index]
        full = f"{frame.title}  {frame.note}" if frame.note else frame.title
        text = full if metrics.horizontalAdvance(full) <= rect.width() else frame.title
        box = QRectF(rect.left(), rect.bottom() + 2, rect.width(), self.label_height())
        if metrics.horizontalAdvance(text) > rect.width() + look.GAP and index % 2:
            return  # too narrow even for the number: every second one
        painter.setPen(tone.accent if index == self.current else tone.muted)
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, centre, text)

    # -- Qt's events -----------------------------------------------------------------------

    def choose(self, index: int) -> None:
        """Go to a place that exists and say so."""
        if self.frames:
            index = min(max(index, 0), len(self.frames) - 1)
            if index != self.current:
                self.chosen.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the place under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton and self.frames:
            self.choose(self.index_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Travel while dragging."""
        if not self.frames:
            return
        index = self.index_at(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.choose(index)
        if index != self._hover:
            self._hover = index
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer."""
        super().leaveEvent(event)
        self._hover = -1
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go step by step; sideways scrolls."""
        delta = event.angleDelta()
        if abs(delta.x()) > abs(delta.y()):
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - delta.x())
        else:
            self._wheel += delta.y()
            steps = int(self._wheel / 120)
            self._wheel -= steps * 120
            if steps:
                self.choose(self.current - steps)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the strip, play or pause."""
        page = max(1, len(self.seen()) - 1)
        last = len(self.frames) - 1
        targets = {
            Qt.Key.Key_Left: self.current - 1,
            Qt.Key.Key_Right: self.current + 1,
            Qt.Key.Key_PageUp: self.current - page,
            Qt.Key.Key_PageDown: self.current + page,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space:
            self.play_pressed.emit()
        elif key in targets and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.choose(targets[key])
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the current place in sight."""
        super().resizeEvent(event)
        self.lay_out()
        if self.current >= 0:
            self.reveal(self.current)
        self.wanted.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._label_height = None

    def minimumSizeHint(self) -> QSize:
        """Return the least height at which pictures can be told apart."""
        return QSize(160, 60)
