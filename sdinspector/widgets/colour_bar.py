"""The colours of a map with the values that they stand for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets import look

_BAR = 8


class ColourBar(QWidget):
    """A horizontal bar: lowest value at its left, highest at its right, the unit between them.

    Where zero lies strictly between the ends a tick marks it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._table: NDArray[np.uint8] | None = None
        self._levels = (0.0, 1.0)
        self._unit = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Colour bar"))

    def set_scale(
        self, table: NDArray[np.uint8] | None, levels: tuple[float, float], unit: str = ""
    ) -> None:
        """Show a colour table (``[256, 3]`` uint8) that spans ``levels``, in ``unit``."""
        levels = (float(levels[0]), float(levels[1]))
        if table is self._table and (levels, unit) == (self._levels, self._unit):
            return
        self._table = table
        self._image = None if table is None else _strip(table)
        self._levels = levels
        self._unit = unit
        low, high = (look.number(value) for value in self._levels)
        text = tr("Colours from {low} to {high} {unit}", low=low, high=high, unit=unit).strip()
        self.setToolTip(text)
        self.setAccessibleDescription(text)
        self.update()

    @property
    def levels(self) -> tuple[float, float]:
        """Values at the two ends."""
        return self._levels

    def sizeHint(self) -> QSize:
        """Return bar and one line of small text."""
        return QSize(120, _BAR + 3 + self._small().height())

    def minimumSizeHint(self) -> QSize:
        """Return the least size at which both numbers fit."""
        return QSize(64, self.sizeHint().height())

    def _small(self):
        from PySide6.QtGui import QFontMetrics

        return QFontMetrics(look.scaled(self.font(), 0.85))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint bar, frame, zero and numbers."""
        tone = look.tones(self.palette())
        painter = QPainter(self)
        bar = QRectF(0.5, 0.5, self.width() - 1.0, _BAR)
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(bar, self._image)
        painter.setPen(QPen(tone.line, 1))
        painter.drawRect(bar)
        painter.setFont(look.scaled(self.font(), 0.85))
        text = QRectF(0, _BAR + 3, self.width(), self.height() - _BAR - 3)
        top = Qt.AlignmentFlag.AlignTop
        low, high = self._levels
        painter.setPen(tone.muted)
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | top, look.number(low))
        painter.drawText(text, Qt.AlignmentFlag.AlignRight | top, look.number(high))
        middle = self._unit
        if low < 0 < high:
            x = bar.left() + bar.width() * (0 - low) / (high - low)
            painter.setPen(QPen(tone.text, 1))
            painter.drawLine(round(x), 0, round(x), _BAR + 2)
            painter.setPen(tone.muted)
            if not middle and abs(x - self.width() / 2) < self.width() / 6:
                middle = "0"
        room = self.width() - 2 * self._small().horizontalAdvance("−0.0000") - 8
        if middle and self._small().horizontalAdvance(middle) <= room:
            painter.drawText(text, Qt.AlignmentFlag.AlignHCenter | top, middle)


def _strip(table: NDArray[np.uint8]) -> QImage:
    data = np.ascontiguousarray(table[:, :3], dtype=np.uint8)
    image = QImage(data.tobytes(), len(data), 1, len(data) * 3, QImage.Format.Format_RGB888)
    return image.copy()
