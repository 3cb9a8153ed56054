"""A canvas whose map lies over a picture: opacity, a contour, the picture alone on demand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsObject, QWidget

from sdinspector.widgets.canvas import Canvas, Levels
from sdinspector.widgets.canvas_items import Pixels


def contour(values: NDArray[Any], level: float) -> NDArray[np.float32]:
    """Return the line where an image crosses a level (marching squares).

    Values lie at the middles of the pixels; the outermost values are repeated to the edge, and the
    line closes along the edge where what is inside reaches it.

    Parameters
    ----------
    values
        ``[h, w]``; what is not finite counts as below.
    level
        The line's value.

    Returns
    -------
    numpy.ndarray
        ``[n, 4]`` float32: x0, y0, x1, y1 of straight pieces, in fractions of width and height.
    """
    height, width = values.shape
    below = np.float32(min(0.0, float(level)) - 1e6)
    data = np.where(np.isfinite(values), values, below).astype(np.float32) - np.float32(level)
    data = np.pad(np.pad(data, 1, mode="edge"), 1, constant_values=-1.0)
    # Columns: the frame outside, the edge itself, the middles of the pixels.
    xs = np.concatenate(([0.0, 0.0], (np.arange(width) + 0.5) / width, [1.0, 1.0]))
    ys = np.concatenate(([0.0, 0.0], (np.arange(height) + 0.5) / height, [1.0, 1.0]))
    inside = data > 0
    kind = inside[:-1, :-1] * 1 + inside[:-1, 1:] * 2 + inside[1:, 1:] * 4 + inside[1:, :-1] * 8
    rows, columns = np.nonzero((kind > 0) & (kind < 15))
    kinds = kind[rows, columns]
    corner = {
        "a": data[rows, columns], "b": data[rows, columns + 1],
        "c": data[rows + 1, columns + 1], "d": data[rows + 1, columns],
    }  # fmt: skip
    left, right, top, bottom = xs[columns], xs[columns + 1], ys[rows], ys[rows + 1]

    def between(first: str, second: str) -> NDArray[Any]:
        one, two = corner[first], corner[second]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = one / (one - two)
        return np.clip(np.nan_to_num(share, nan=0.5), 0.0, 1.0)

    edges = {
        "t": (left + (right - left) * between("a", "b"), top),
        "r": (right, top + (bottom - top) * between("b", "c")),
        "b": (left + (right - left) * between("d", "c"), bottom),
        "l": (left, top + (bottom - top) * between("a", "d")),
    }
    pieces = []
    for number, pairs in _PIECES.items():
        which = kinds == number
        if which.any():
            for first, second in map(tuple, pairs):
                parts = (*edges[first], *edges[second])
                pieces.append(np.stack([part[which] for part in parts], axis=1))
    if not pieces:
        return np.zeros((0, 4), np.float32)
    found = np.concatenate(pieces)
    length = np.abs(found[:, :2] - found[:, 2:]).sum(axis=1)
    return np.asarray(found[length > 0], dtype=np.float32)


_PIECES = {  # which corners are inside (1, 2, 4, 8: clockwise from the upper left) -> cut edges
    1: ("lt",), 2: ("tr",), 3: ("lr",), 4: ("rb",), 5: ("lt", "rb"), 6: ("tb",), 7: ("lb",),
    8: ("bl",), 9: ("tb",), 10: ("tr", "bl"), 11: ("rb",), 12: ("rl",), 13: ("tr",), 14: ("lt",),
}  # fmt: skip


def outline(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the edges between the pixels inside and outside, in the form of :func:`contour`."""
    height, width = mask.shape
    padded = np.pad(mask, 1)
    rows, columns = np.nonzero(padded[1:, 1:-1] != padded[:-1, 1:-1])
    flat = np.stack([columns / width, rows / height, (columns + 1) / width, rows / height], axis=1)
    rows, columns = np.nonzero(padded[1:-1, 1:] != padded[1:-1, :-1])
    upright = np.stack(
        [columns / width, rows / height, columns / width, (rows + 1) / height], axis=1
    )
    return np.concatenate([flat, upright]).astype(np.float32)


class _Lines(QGraphicsObject):
    """Straight pieces, light on dark, legible on any colour."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._lines: list[QLineF] = []
        self._frame = QRectF(0, 0, 1, 1)

    def set_lines(self, pieces: NDArray[np.float32], ratio: float) -> None:
        """Take pieces in fractions of an image ``ratio`` times as high as wide."""
        self.prepareGeometryChange()
        self._frame = QRectF(0, 0, 1, ratio)
        self._lines = [QLineF(x0, y0 * ratio, x1, y1 * ratio) for x0, y0, x1, y1 in pieces.tolist()]
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the whole image."""
        return self._frame.adjusted(-0.02, -0.02, 0.02, 0.02)

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Paint dark under light."""
        if not self._lines:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((QColor(0, 0, 0, 170), 3.2), (QColor(255, 255, 255, 235), 1.5)):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(self._lines)


class HeatCanvas(Canvas):
    """Shows a map over a picture. Cursor, values and keys are those of the map."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        self._picture: NDArray[np.uint8] | None = None
        self._opacity = 1.0
        self._alone = False
        self._under = Pixels()
        self._lines = _Lines()
        super().__init__(name, parent)
        self._under.setZValue(-25)
        self._lines.setZValue(15)
        for item in (self._under, self._lines):
            self._box.addItem(item, ignoreBounds=True)

    def set_picture(self, picture: NDArray[np.uint8] | None, *, smooth: bool = True) -> None:
        """Show a picture ``[H, W, 3]`` under the map, or none."""
        if picture is self._picture and smooth == self._under.smooth:
            return
        self._picture = picture
        self._under.smooth = smooth
        if picture is None:
            self._under.clear()
        else:
            self._under.setImage(
                np.ascontiguousarray(picture), autoLevels=False, levels=None, lut=None
            )
        self._dress()

    def set_map(
        self,
        values: NDArray[Any] | None,
        levels: Levels,
        table: NDArray[np.uint8],
        enlarged: NDArray[Any] | None = None,
    ) -> None:
        """Show a map.

        Parameters
        ----------
        values
            ``[h, w]``: what the cursor reads.
        levels, table
            As of :meth:`set_image`.
        enlarged
            The same map at another size, to be drawn in its place.
        """
        self.set_image(values, levels, table)
        if values is not None and enlarged is not None and not self.not_finite:
            low, high = levels if levels[1] > levels[0] else (levels[0] - 0.5, levels[0] + 0.5)
            self._item.smooth = True
            shown = np.ascontiguousarray(enlarged, dtype=np.float32)
            self._item.setImage(shown, autoLevels=False, levels=(low, high), lut=table)
            self._item.setRect(QRectF(0.0, 0.0, 1.0, self._ratio))
        self._dress()

    def set_opacity(self, opacity: float) -> None:
        """Let the picture shine through the map."""
        if opacity != self._opacity:
            self._opacity = opacity
            self._dress()

    def set_contour(self, pieces: NDArray[np.float32] | None) -> None:
        """Draw a line over the map (see :func:`contour`), or none."""
        self._lines.set_lines(
            np.zeros((0, 4), np.float32) if pieces is None else pieces, self._ratio or 1.0
        )

    def set_picture_alone(self, *, on: bool) -> None:
        """Hide the map while a person wants to see the picture."""
        if on != self._alone:
            self._alone = on
            self._dress()

    @property
    def picture_alone(self) -> bool:
        """Whether the map is hidden."""
        return self._alone

    @property
    def picture(self) -> NDArray[np.uint8] | None:
        """The picture under the map."""
        return self._picture

    def _dress(self) -> None:
        has = self._picture is not None and self.image is not None
        self._under.setVisible(has)
        if has:
            self._under.setRect(QRectF(0.0, 0.0, 1.0, self._ratio))
        alone = self._alone and has
        self._item.setVisible(not alone)
        self._item.setOpacity(self._opacity if has else 1.0)
        self._lines.setVisible(not alone)
        self._hatch.setVisible(self.not_finite > 0 and not alone)
