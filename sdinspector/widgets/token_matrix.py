"""A matrix whose cells are stretched to fill the canvas: tokens down, channels across."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import QGraphicsObject, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.canvas import Canvas

#: Rows that appear lower than this many pixels have no label.
_LABELLED = 13


class _Labels(QGraphicsObject):
    """Names of the rows, at the left of what is seen."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.frame = QRectF(0, 0, 1, 1)
        self.names: Sequence[str] = ()

    def boundingRect(self) -> QRectF:
        """Return the whole matrix."""
        return self.frame

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:  # noqa: ARG002
        """Paint the names of the rows that are high enough."""
        if widget is None or not self.names:
            return
        transform = painter.worldTransform()
        height = self.frame.height() / len(self.names)
        if transform.m22() * height < _LABELLED:
            return
        painter.save()
        painter.resetTransform()
        font = look.scaled(widget.font(), 0.82)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        for number, name in enumerate(self.names):
            box = transform.mapRect(QRectF(0, number * height, 1, height))
            if box.bottom() < 0 or box.top() > widget.height():
                continue
            chip = QRectF(0, 0, metrics.horizontalAdvance(name) + 8, metrics.height())
            chip.moveCenter(box.center())
            chip.moveLeft(max(box.left(), 0) + 2)
            painter.fillRect(chip, QColor(18, 20, 26, 190))
            painter.setPen(QColor("#f4f5f7"))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, name)
        painter.restore()


class TokenMatrix(Canvas):
    """Zooming, panning and keys are those of the canvas; rows and columns have names."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        self._rows: Sequence[str] = ()
        self._columns: Sequence[str] = ()
        self._values: NDArray[Any] | None = None
        self._labels = _Labels()
        super().__init__(name or tr("Matrix of tokens and channels"), parent)
        self._box.addItem(self._labels, ignoreBounds=True)
        self._labels.setZValue(10)

    def set_names(self, rows: Sequence[str], columns: Sequence[str]) -> None:
        """Name the rows and the columns, for labels and read-out."""
        self._rows, self._columns = rows, columns
        self._labels.names = rows
        self._labels.update()

    def set_values(self, values: NDArray[Any]) -> None:
        """Take the numbers to read out, where the image holds numbers of colours."""
        self._values = values

    @property
    def values(self) -> NDArray[Any] | None:
        """The numbers that are read out."""
        return self._values

    def _place(self, ratio: float) -> None:  # noqa: ARG002  (cells are stretched)
        port = self.viewport()
        stretched = max(port.height(), 1) / max(port.width(), 1)
        self._labels.prepareGeometryChange()
        self._labels.frame = QRectF(0, 0, 1, stretched)
        super()._place(stretched)

    def _readout_text(self, place: tuple[int, int]) -> str:
        row, column = place
        source = self._image if self._values is None else self._values
        value = "" if source is None else look.number(float(source[place]))
        name = self._rows[row] if row < len(self._rows) else str(row)
        across = self._columns[column] if column < len(self._columns) else str(column)
        return f"{name}   {across}   {value}"

    def resizeEvent(self, ev: QResizeEvent) -> None:
        """Stretch the cells anew, unless zoomed in."""
        super().resizeEvent(ev)
        if getattr(self, "_image", None) is not None and self.fitted:
            self._place(0.0)
