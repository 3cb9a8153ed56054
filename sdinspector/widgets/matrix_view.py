"""A matrix of small clickable cells: names at its rows, numbers at its columns."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets import look

_LEGIBLE = 10
_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class MatrixView(QWidget):
    """Numbers as colours, rows by columns.

    A click on a cell chooses row and column, one on a name the row, one on a number the column.
    Arrows go from cell to cell. Cells without a number are hatched.
    """

    cell_chosen = Signal(int, int)
    row_chosen = Signal(int)
    column_chosen = Signal(int)
    pointed = Signal(object)
    """(row, column) under the pointer, or ``None``."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._image: QImage | None = None
        self._levels = (0.0, 1.0)
        self._rows: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()
        self._breaks: tuple[int, ...] = ()
        self._row: int | None = None
        self._column: int | None = None
        self._used: frozenset[int] = frozenset()
        self._used_columns: tuple[int, int] | None = None
        self._over: tuple[int, int] | None = None
        self._hint = ""
        self._cells: QPixmap | None = None  # the cells with the gaps between them, painted once
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        self.setToolTip(
            tr(
                "Click a cell for that layer at that step, a name for the layer, a number for the "
                "step; arrows go from cell to cell"
            )
        )

    # -- what is shown ---------------------------------------------------------------------

    def set_axes(
        self, rows: Sequence[str], columns: Sequence[str], breaks: Sequence[int] = ()
    ) -> None:
        """Name rows and columns; a line is drawn above each row of ``breaks``."""
        now = (tuple(rows), tuple(columns), tuple(breaks))
        if now != (self._rows, self._columns, self._breaks):
            self._rows, self._columns, self._breaks = now
            self._cells = None
            self.update()

    def set_values(
        self,
        values: NDArray[Any],
        levels: tuple[float, float],
        table: NDArray[np.uint8],
    ) -> None:
        """Show numbers ``[rows, columns]`` through a colour table ``[256, 3]``."""
        self._values = np.ascontiguousarray(values, dtype=np.float32)
        self._levels = levels
        self._image = _image(self._values, levels, table)
        self._cells = None
        self.update()

    def set_current(self, row: int | None, column: int | None) -> None:
        """Frame a row, a column, or the cell where they meet; emits nothing."""
        if (row, column) != (self._row, self._column):
            self._row, self._column = row, column
            self.update()

    def set_hint(self, hint: str) -> None:
        """Say over the cells why there are no numbers; empty where there are."""
        if hint != self._hint:
            self._hint = hint
            self.update()

    def set_used(self, rows: Collection[int], columns: tuple[int, int] | None) -> None:
        """Mark the rows and the columns (first, last) that a map was made of."""
        if (frozenset(rows), columns) != (self._used, self._used_columns):
            self._used, self._used_columns = frozenset(rows), columns
            self.update()

    @property
    def values(self) -> NDArray[np.float32]:
        """The numbers."""
        return self._values

    @property
    def current(self) -> tuple[int | None, int | None]:
        """Row and column that are framed."""
        return self._row, self._column

    def describe(self, row: int, column: int) -> str:
        """Return a cell as text."""
        name = self._rows[row] if row < len(self._rows) else str(row)
        step = self._columns[column] if column < len(self._columns) else str(column)
        return f"{name} · {step} · {look.number(float(self._values[row, column]))}"

    # -- geometry --------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return room for sixteen rows."""
        return QSize(260, 180)

    def minimumSizeHint(self) -> QSize:
        """Return the least useful size."""
        return QSize(130, 70)

    def area(self) -> QRectF:
        """Return where the cells are."""
        metrics = QFontMetrics(look.scaled(self.font(), 0.8))
        names = max((metrics.horizontalAdvance(name) for name in self._rows), default=0)
        left = min(names + 10, int(self.width() * 0.4))
        below = metrics.height() + 3
        return QRectF(left, 1, max(self.width() - left - 2, 4), max(self.height() - below - 2, 4))

    def cell(self, row: int, column: int) -> QRectF:
        """Return the rectangle of a cell in the widget's pixels."""
        area = self.area()
        rows, columns = self._values.shape
        width, height = area.width() / max(columns, 1), area.height() / max(rows, 1)
        return QRectF(area.left() + column * width, area.top() + row * height, width, height)

    def place_at(self, point: QPointF) -> tuple[int | None, int | None]:
        """Return row and column at a point; ``None`` beside the cells."""
        area = self.area()
        rows, columns = self._values.shape
        if not rows or not columns:
            return None, None
        row = math.floor((point.y() - area.top()) / area.height() * rows)
        column = math.floor((point.x() - area.left()) / area.width() * columns)
        return (row if 0 <= row < rows else None), (column if 0 <= column < columns else None)

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint cells, names, numbers, frames."""
        tone = look.tones(self.palette())
        painter = QPainter(self)
        if self._image is None or not self._values.size or np.isnan(self._values).all():
            painter.setPen(tone.muted)
            painter.setFont(look.scaled(self.font(), 0.92))
            room = self.rect().adjusted(8, 8, -8, -8)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, flags, self._hint)
            return
        area = self.area()
        if self._cells is None:
            self._cells = self._painted(area, tone)
        painter.drawPixmap(0, 0, self._cells)
        self._paint_names(painter, area, tone)
        self._paint_frames(painter, area, tone)

    def _painted(self, area: QRectF, tone: look.Tones) -> QPixmap:
        ratio = self.devicePixelRatioF()
        cells = QPixmap(self.size() * ratio)
        cells.setDevicePixelRatio(ratio)
        cells.fill(Qt.GlobalColor.transparent)
        painter = QPainter(cells)
        painter.fillRect(area, tone.ground)
        if not np.isfinite(self._values).all():
            painter.fillRect(area, QBrush(tone.muted, Qt.BrushStyle.BDiagPattern))
        if self._image is not None:
            painter.drawImage(area, self._image)
        self._paint_gaps(painter, area, tone)
        painter.end()
        return cells

    def _paint_gaps(self, painter: QPainter, area: QRectF, tone: look.Tones) -> None:
        rows, columns = self._values.shape
        height, width = area.height() / rows, area.width() / columns
        window = self.palette().color(self.backgroundRole())
        painter.setPen(QPen(window, 1))
        if height >= 5:
            painter.drawLines(
                [
                    QLineF(area.left(), y, area.right(), y)
                    for y in (round(area.top() + row * height) for row in range(1, rows))
                ]
            )
        if width >= 5:
            painter.drawLines(
                [
                    QLineF(x, area.top(), x, area.bottom())
                    for x in (round(area.left() + column * width) for column in range(1, columns))
                ]
            )
        painter.setPen(QPen(tone.muted, 1))
        for row in self._breaks:
            y = round(area.top() + row * height)
            painter.drawLine(QLineF(area.left(), y, area.right(), y))

    def _paint_names(self, painter: QPainter, area: QRectF, tone: look.Tones) -> None:
        rows, columns = self._values.shape
        font = look.scaled(self.font(), 0.8)
        metrics = QFontMetrics(font)
        height, width = area.height() / rows, area.width() / columns
        every = max(1, math.ceil(_LEGIBLE / height))
        painter.setFont(font)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, name in enumerate(self._rows[:rows]):
            if row % every and row != self._row:
                continue
            if every > 1 and self._row is not None and 0 < abs(row - self._row) < every:
                continue
            used = row in self._used or not self._used
            colour = tone.accent if row == self._row else tone.text if used else tone.muted
            painter.setPen(colour)
            middle = area.top() + (row + 0.5) * height
            box = QRectF(0, middle - 8, area.left() - 6, 16)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, right, text)
        step = next((tick for tick in _TICKS if tick * width >= 26), columns)
        top = QRectF(0, area.bottom() + 2, 0, metrics.height())
        for column, name in enumerate(self._columns[:columns]):
            here = column == self._column
            near = self._column is not None and abs(column - self._column) * width < 22
            if not here and (near or (column % step and column != 0)):
                continue
            painter.setPen(tone.accent if here else tone.muted)
            room = metrics.horizontalAdvance(name) + 4
            left = area.left() + (column + 0.5) * width - room / 2
            left = min(max(left, area.left() - 2), self.width() - room)
            painter.drawText(
                QRectF(left, top.top(), room, top.height()), Qt.AlignmentFlag.AlignCenter, name
            )

    def _paint_frames(self, painter: QPainter, area: QRectF, tone: look.Tones) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._used_columns is not None:
            first, last = self._used_columns
            line = QRectF(self.cell(0, first).left(), area.bottom() + 1, 0, 0)
            line.setRight(self.cell(0, last).right())
            painter.fillRect(QRectF(line.left(), line.top(), line.width(), 2), tone.accent)
        frames: list[tuple[QRectF, QColor]] = []
        rows, columns = self._values.shape
        row = self._row if self._row is not None and self._row < rows else None
        column = self._column if self._column is not None and self._column < columns else None
        if column is not None:
            frames.append((self.cell(0, column) | self.cell(rows - 1, column), tone.accent))
        if row is not None:
            frames.append((self.cell(row, 0) | self.cell(row, columns - 1), tone.accent))
        if self._over is not None and self._over[0] < rows and self._over[1] < columns:
            frames.append((self.cell(*self._over), QColor("white")))
        for box, colour in frames:
            for shade, width in ((QColor(0, 0, 0, 150), 3.0), (colour, 1.4)):
                painter.setPen(QPen(shade, width))
                painter.drawRect(box)
        if self.hasFocus():
            painter.setPen(QPen(tone.accent, 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint the cells anew."""
        super().resizeEvent(event)
        self._cells = None

    def changeEvent(self, event: QEvent) -> None:
        """Follow palette and font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._cells = None
            self.update()

    # -- what a person does ----------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at a cell; with the button down travel through cells."""
        row, column = self.place_at(event.position())
        over = None if row is None or column is None else (row, column)
        if over == self._over:
            return
        self._over = over
        self.pointed.emit(over)
        if over is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self.cell_chosen.emit(*over)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        if self._over is not None:
            self._over = None
            self.pointed.emit(None)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose cell, row or column."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        row, column = self.place_at(event.position())
        if row is not None and column is not None:
            self.cell_chosen.emit(row, column)
        elif row is not None:
            self.row_chosen.emit(row)
        elif column is not None:
            self.column_chosen.emit(column)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next cell."""
        moves = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        move = moves.get(Qt.Key(event.key()))
        rows, columns = self._values.shape
        if move is None or not rows or not columns:
            event.ignore()
            return
        row = min(max((self._row or 0) + move[0], 0), rows - 1)
        column = min(max((self._column or 0) + move[1], 0), columns - 1)
        self.cell_chosen.emit(row, column)


def _image(
    values: NDArray[np.float32], levels: tuple[float, float], table: NDArray[np.uint8]
) -> QImage | None:
    """Colour the cells; those without a number stay transparent."""
    if not values.size:
        return None
    low, high = levels
    reach = high - low if high > low else 1.0
    known = np.isfinite(values)
    scaled = np.where(known, (values - low) / reach, 0.0)
    index = np.clip(scaled * 255 + 0.5, 0, 255).astype(np.uint8)
    pixels = np.empty((*values.shape, 4), np.uint8)
    pixels[..., :3] = table[index][..., :3]
    pixels[..., 3] = np.where(known, 255, 0)
    data = np.ascontiguousarray(pixels)
    height, width = values.shape
    image = QImage(data.data, width, height, width * 4, QImage.Format.Format_RGBA8888)
    return image.copy()
