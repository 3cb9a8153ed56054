"""What a canvas is made of: the pixels, the cursor over them, the box they are panned in."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsObject


class Pixels(pg.ImageItem):
    """An image item that shows pixels as squares when enlarged and averages when reduced."""

    def __init__(self) -> None:
        super().__init__(axisOrder="row-major")
        self.smooth = False

    def paint(self, painter: QPainter, *args: Any) -> None:
        """Choose how to resample by the zoom, then paint."""
        transform = painter.deviceTransform()
        reduced = math.hypot(transform.m11(), transform.m12()) < 1.0
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.smooth or reduced)
        super().paint(painter, *args)


class Cursor(QGraphicsObject):
    """Crosshair, pixel under the pointer and selected pixel, legible on any colour."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._frame = QRectF(0, 0, 1, 1)
        self.under: QRectF | None = None
        self.selected: QRectF | None = None

    def set_frame(self, frame: QRectF) -> None:
        """Take the rectangle of the image."""
        self.prepareGeometryChange()
        self._frame = frame

    def boundingRect(self) -> QRectF:
        """Return the image and a margin for the frames."""
        return self._frame.adjusted(-0.05, -0.05, 0.05, 0.05)

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Paint dark under light, so that the lines show on any colour."""
        dark, light = QColor(0, 0, 0, 60), QColor(255, 255, 255, 170)
        for colour, width in ((dark, 3.0), (light, 1.0)):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            if self.under is not None:
                middle, frame = self.under.center(), self._frame
                painter.drawLine(QLineF(middle.x(), frame.top(), middle.x(), self.under.top()))
                painter.drawLine(
                    QLineF(middle.x(), self.under.bottom(), middle.x(), frame.bottom())
                )
                painter.drawLine(QLineF(frame.left(), middle.y(), self.under.left(), middle.y()))
                painter.drawLine(QLineF(self.under.right(), middle.y(), frame.right(), middle.y()))
                painter.drawRect(self.under)
        if self.selected is not None:
            for colour, width in ((QColor(0, 0, 0, 200), 4.0), (QColor("white"), 2.0)):
                pen = QPen(colour, width)
                pen.setCosmetic(True)
                pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
                painter.setPen(pen)
                painter.drawRect(self.selected)


class PanBox(pg.ViewBox):
    """A view box in which the left button pans and nothing opens a menu."""

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Pan with the left and the middle button only."""
        if ev.button() == Qt.MouseButton.RightButton:
            ev.ignore()
            return
        super().mouseDragEvent(ev, axis)
