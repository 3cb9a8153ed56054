"""Many maps as one picture: four channels or a thousand, in one image item."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsObject, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.canvas import Canvas, Levels, Pixel

#: Tiles that appear smaller than this many pixels have no label and thinner gaps.
_LABELLED = 50
#: Tiles that appear smaller than this many pixels show no cursor.
_MARKED = 26


class _Grid(QGraphicsObject):
    """Gaps between the tiles, their labels, and frames around two of them."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.frame = QRectF(0, 0, 1, 1)
        self.columns, self.rows, self.count = 1, 1, 0
        self.labels: Sequence[str] = ()
        self.pointed: int | None = None
        self.chosen: int | None = None
        self.place: Pixel | None = None
        self.ground = QColor("black")
        self.accent = QColor("white")
        self.font_of = QWidget.font

    def boundingRect(self) -> QRectF:
        """Return the whole image."""
        return self.frame.adjusted(-0.05, -0.05, 0.05, 0.05)

    def tile(self, index: int) -> QRectF:
        """Return the rectangle of a tile."""
        width, height = self.frame.width() / self.columns, self.frame.height() / self.rows
        return QRectF(index % self.columns * width, index // self.columns * height, width, height)

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:  # noqa: ARG002
        """Paint gaps, labels, frames."""
        if not self.count:
            return
        step = self.tile(0)
        transform = painter.worldTransform()
        across = transform.m11() * step.width()
        pen = QPen(self.ground, 2.0 if across >= 24 else 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        lines = [
            QLineF(column * step.width(), 0, column * step.width(), self.frame.height())
            for column in range(self.columns + 1)
        ]
        lines += [
            QLineF(0, row * step.height(), self.frame.width(), row * step.height())
            for row in range(self.rows + 1)
        ]
        painter.drawLines(lines)
        for index in range(self.count, self.columns * self.rows):
            painter.fillRect(self.tile(index), self.ground)
        for index, colour in ((self.pointed, QColor("white")), (self.chosen, self.accent)):
            if index is not None and index < self.count:
                for shade, width in ((QColor(0, 0, 0, 160), 4.0), (colour, 2.0)):
                    pen = QPen(shade, width)
                    pen.setCosmetic(True)
                    painter.setPen(pen)
                    painter.drawRect(self.tile(index))
        if widget is not None and across >= _MARKED:
            seen = self._seen(painter, widget)
            if self.place is not None:
                self._paint_places(painter, seen)
            if self.labels and across >= _LABELLED:
                self._paint_labels(painter, widget, seen)

    def _seen(self, painter: QPainter, widget: QWidget) -> list[int]:
        """Return the tiles of which anything can be seen."""
        inverse, _ = painter.worldTransform().inverted()
        area = inverse.mapRect(QRectF(widget.rect())) & self.frame
        step = self.tile(0)
        first_row = max(0, int(area.top() / step.height()))
        last_row = min(self.rows - 1, int(area.bottom() / step.height()))
        first = max(0, int(area.left() / step.width()))
        last = min(self.columns - 1, int(area.right() / step.width()))
        places = (
            row * self.columns + column
            for row in range(first_row, last_row + 1)
            for column in range(first, last + 1)
        )
        return [index for index in places if index < self.count]

    def _paint_places(self, painter: QPainter, seen: list[int]) -> None:
        """Mark the same place in every tile."""
        if self.place is None:
            return
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        crosses = []
        for index in seen:
            box = transform.mapRect(self.tile(index))
            x = box.left() + self.place[0] * box.width()
            y = box.top() + self.place[1] * box.height()
            crosses += [QLineF(x - 4, y, x + 4, y), QLineF(x, y - 4, x, y + 4)]
        for shade, width in ((QColor(0, 0, 0, 150), 3.0), (QColor("white"), 1.0)):
            painter.setPen(QPen(shade, width))
            painter.drawLines(crosses)
        painter.restore()

    def _paint_labels(self, painter: QPainter, widget: QWidget, seen: list[int]) -> None:
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        font = look.scaled(widget.font(), 0.82)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        for index in seen:
            if index >= len(self.labels):
                continue
            box = transform.mapRect(self.tile(index))
            text = metrics.elidedText(
                self.labels[index], Qt.TextElideMode.ElideRight, box.width() - 10
            )
            chip = QRectF(
                box.left() + 2,
                box.top() + 2,
                metrics.horizontalAdvance(text) + 6,
                metrics.height(),
            )
            painter.fillRect(chip, QColor(18, 20, 26, 190))
            painter.setPen(QColor("#f4f5f7"))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()


class Mosaic(Canvas):
    """Maps of one size, stitched in reading order into as many columns as fit best.

    Zooming, panning and keys are those of the canvas; the arrows go from tile to tile, Return
    chooses.
    """

    tile_pointed = Signal(object)
    """Index of the tile under the pointer, or ``None``."""
    tile_chosen = Signal(int, object)
    """Index of the tile that was clicked, and (x, y) within it as fractions."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        self._maps: NDArray[Any] | None = None
        self._indices: NDArray[np.uint8] | None = None
        self._how: tuple[Any, ...] = ((0.0, 1.0), None, False)
        self._grid = _Grid()
        super().__init__(name or tr("Mosaic of maps"), parent)
        self._box.addItem(self._grid, ignoreBounds=True)
        self._grid.setZValue(10)
        self._cursor.setVisible(False)
        self.hovered.connect(self._point)
        self.clicked.connect(self._choose)

    def set_maps(
        self,
        maps: NDArray[Any] | None,
        levels: Levels | NDArray[np.floating[Any]],
        table: NDArray[np.uint8],
        labels: Sequence[str] = (),
        smooth: bool = False,
        *,
        indices: NDArray[np.uint8] | None = None,
    ) -> None:
        """Show maps.

        Parameters
        ----------
        maps
            ``[n, h, w]``; ``None`` or none at all shows nothing.
        levels
            Two numbers for all, or ``[n, 2]``: each its own.
        table
            ``[256, 3]`` uint8 colours.
        labels
            One for each map, or none.
        smooth
            Interpolate between pixels when enlarging.
        indices
            ``[n, h, w]``: the numbers of the maps' colours in the table, where another thread has
            found them already; nothing is left to do then but to stitch them. Not for maps with
            values that are not finite.
        """
        if maps is None or len(maps) == 0:
            self._maps, self._indices = None, None
            self._grid.count = 0
            self.set_image(None)
            return
        self._maps, self._indices = maps, indices
        self._how = (levels, table, smooth)
        self._grid.labels = labels
        self._grid.count = len(maps)
        self._stitch()

    def set_chosen_tile(self, index: int | None) -> None:
        """Frame a tile, or none; emits nothing."""
        self._grid.chosen = index
        self._grid.update()

    def set_place(self, place: Pixel | None) -> None:
        """Mark a place in every tile that is large enough, or none; emits nothing."""
        if place != self._grid.place:
            self._grid.place = place
            self._grid.update()

    @property
    def maps(self) -> NDArray[Any] | None:
        """The maps as they were given."""
        return self._maps

    @property
    def chosen_tile(self) -> int | None:
        """The tile that is framed."""
        return self._grid.chosen

    @property
    def columns(self) -> int:
        """In how many columns the tiles stand."""
        return self._grid.columns

    def tile_at(self, pixel: Pixel) -> tuple[int, Pixel] | None:
        """Return the tile at a position of the mosaic, and the position within it."""
        if self._maps is None:
            return None
        x, y = pixel[0] * self._grid.columns, pixel[1] * self._grid.rows
        index = int(y) * self._grid.columns + int(x)
        if not (0 <= pixel[0] < 1 and 0 <= pixel[1] < 1 and index < len(self._maps)):
            return None
        return index, (x - int(x), y - int(y))

    def centre_of(self, index: int) -> Pixel:
        """Return the middle of a tile as a position of the mosaic."""
        columns, rows = self._grid.columns, self._grid.rows
        return (index % columns + 0.5) / columns, (index // columns + 0.5) / rows

    # -- inner workings --------------------------------------------------------------------

    def _stitch(self) -> None:
        maps = self._maps
        if maps is None:
            return
        levels, table, smooth = self._how
        count, height, width = maps.shape
        columns = _best_columns(count, width / height, self.width() / max(self.height(), 1))
        rows = math.ceil(count / columns)
        if self._indices is not None:
            maps, levels = self._indices, (0.0, 255.0)
        else:
            data = maps.astype(np.float32, copy=False)
            if np.ndim(levels) == 2:
                own = np.asarray(levels, dtype=np.float32)
                low = own[:, 0, None, None]
                reach = np.maximum(own[:, 1, None, None] - low, np.float32(1e-30))
                data, levels = (data - low) / reach, (0.0, 1.0)
            maps = data
        self._grid.prepareGeometryChange()
        self._grid.columns, self._grid.rows = columns, rows
        image = _stitched(maps, rows, columns, levels[0])
        self._grid.frame = QRectF(0, 0, 1, image.shape[0] / image.shape[1])
        self.set_image(image, levels, table, smooth)
        self._grid.update()

    def _point(self, pixel: Pixel | None) -> None:
        hit = None if pixel is None else self.tile_at(pixel)
        index = None if hit is None else hit[0]
        if index != self._grid.pointed:
            self._grid.pointed = index
            self._grid.update()
            self.tile_pointed.emit(index)

    def _choose(self, pixel: Pixel) -> None:
        hit = self.tile_at(pixel)
        if hit is not None:
            self.tile_chosen.emit(*hit)

    def _readout_text(self, place: tuple[int, int]) -> str:
        if self._maps is None:
            return ""
        height, width = self._maps.shape[1:]
        index = place[0] // height * self._grid.columns + place[1] // width
        if index >= len(self._maps):
            return ""
        labels = self._grid.labels
        name = labels[index] if index < len(labels) else str(index)
        row, column = place[0] % height, place[1] % width
        value = look.number(float(self._maps[index, row, column]))
        return f"{name}   x {column}  y {row}   {value}"

    def _step(self, right: int, down: int) -> None:
        if self._maps is None:
            return
        columns, count = self._grid.columns, len(self._maps)
        start = self._grid.pointed if self._grid.pointed is not None else self._grid.chosen
        index = 0 if start is None else min(max(start + right + down * columns, 0), count - 1)
        pixel = self.centre_of(index)
        self.set_crosshair(pixel)
        self.hovered.emit(pixel)

    def _colour(self) -> None:
        super()._colour()
        tone = look.tones(self.palette())
        self._grid.ground, self._grid.accent = tone.ground, tone.accent

    def resizeEvent(self, ev: QResizeEvent) -> None:
        """Find the best number of columns for the new proportions, unless zoomed in."""
        super().resizeEvent(ev)
        if self._maps is not None and self.fitted:
            self._stitch()


def _best_columns(count: int, tile: float, room: float) -> int:
    """Return in how many columns tiles are largest; both proportions are width / height."""
    about = min(max(round(math.sqrt(count * room / tile)), 1), count)
    near = range(max(about - 2, 1), min(about + 2, count) + 1)
    # The width of a tile where the room is as high as 1.
    return max(near, key=lambda n: min(room / n, tile / math.ceil(count / n)))


def _stitched(maps: NDArray[Any], rows: int, columns: int, rest: float) -> NDArray[Any]:
    """Return maps ``[n, h, w]`` side by side; ``rest`` fills what is left of the last row."""
    count, height, width = maps.shape
    image = np.empty((rows, height, columns, width), maps.dtype)
    whole, left = divmod(count, columns)
    image[:whole] = maps[: whole * columns].reshape(whole, columns, height, width).swapaxes(1, 2)
    if left:
        image[whole, :, :left] = maps[whole * columns :].swapaxes(0, 1)
        image[whole, :, left:] = rest
    return image.reshape(rows * height, columns * width)
