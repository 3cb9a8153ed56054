"""What lies on a wipe canvas: a part of a picture, the stripes of saturation, the handle."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from sdinspector.widgets.canvas_items import Pixels

_GRIP = 11.0
#: Colours of the stripes along a row of pixels, premultiplied: light, dark, then the picture.
_STRIPES = (0xF0F0F0F0, 0xF0F0F0F0, 0xB4000000, 0xB4000000, 0, 0, 0, 0)


class PartialPixels(Pixels):
    """A picture of which only the columns between two shares of the width are painted."""

    def __init__(self) -> None:
        super().__init__()
        self._part = (0.0, 1.0)

    def set_part(self, start: float, stop: float) -> None:
        """Show the picture from ``start`` to ``stop``, in shares of its width."""
        if (start, stop) != self._part:
            self.prepareGeometryChange()
            self._part = (start, stop)
            self.update()

    def render(self) -> None:
        """Make the image in the format that is enlarged fastest, five times as fast as RGB."""
        super().render()
        if not self._unrenderable:
            self.qimage = self.qimage.convertToFormat(QImage.Format.Format_RGB32)

    def boundingRect(self) -> QRectF:
        """Return the part that is shown: nothing else is painted anew."""
        whole = super().boundingRect()
        return _cut(whole, self._part)

    def paint(self, painter: QPainter, *args: Any) -> None:
        """Paint the part."""
        part = self.boundingRect()
        if part.width() <= 0:
            return
        painter.save()
        painter.setClipRect(part, Qt.ClipOperation.IntersectClip)
        super().paint(painter, *args)
        painter.restore()


class Stripes(QGraphicsObject):
    """Black and white stripes over the pixels of a mask, as cameras mark what is overexposed."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._frame = QRectF(0, 0, 1, 1)
        self._part = (0.0, 1.0)
        self._mask: NDArray[np.bool_] | None = None

    def set_mask(self, mask: NDArray[np.bool_] | None) -> None:
        """Stripe the true pixels ``[h, w]``; ``None`` or a mask without any takes them away."""
        before = self._mask
        self._mask = mask if mask is not None and mask.ndim == 2 and mask.any() else None
        if before is not None or self._mask is not None:
            self.update()

    def set_frame(self, frame: QRectF, part: tuple[float, float]) -> None:
        """Lie over a picture, on its columns between two shares of the width."""
        if (frame, part) != (self._frame, self._part):
            self.prepareGeometryChange()
            self._frame, self._part = frame, part
            self.update()

    def boundingRect(self) -> QRectF:
        """Return the part of the picture that is striped."""
        return _cut(self._frame, self._part)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,
    ) -> None:
        """Fill the mask, as large as the screen shows it, with stripes of a constant width."""
        if self._mask is None or widget is None:
            return
        world = painter.worldTransform()  # to the widget's pixels, wherever it is painted to
        ratio = widget.devicePixelRatioF()
        whole = world.mapRect(self._frame)
        seen = world.mapRect(self.boundingRect()).intersected(QRectF(widget.rect()))
        seen = QRectF(seen.toAlignedRect())
        width, height = round(seen.width() * ratio), round(seen.height() * ratio)
        if not width or not height:
            return
        rows = _places(height, seen.top() - whole.top(), whole.height(), ratio, len(self._mask))
        columns = _places(
            width, seen.left() - whole.left(), whole.width(), ratio, self._mask.shape[1]
        )
        inside = self._mask[rows[:, None], columns[None, :]]
        layer = np.where(inside, _stripes(height, width, max(1, round(ratio))), np.uint32(0))
        image = QImage(
            layer.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied
        )
        image.setDevicePixelRatio(ratio)
        painter.save()
        painter.setClipRect(self.boundingRect(), Qt.ClipOperation.IntersectClip)
        painter.resetTransform()
        painter.drawImage(seen.topLeft(), image)
        painter.restore()


class Handle(QGraphicsObject):
    """The line between both pictures, with a grip in the middle of what is seen of it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._frame = QRectF(0, 0, 1, 1)
        self._share = 0.5
        self.bright = False
        self.accent, self.on_accent = QColor("white"), QColor("black")

    def set_place(self, frame: QRectF, share: float) -> None:
        """Stand at a share of the width of a picture."""
        if (frame, share) != (self._frame, self._share):
            self.prepareGeometryChange()
            self._frame, self._share = frame, share
            self.update()

    def boundingRect(self) -> QRectF:
        """Return the line with room for the grip at any zoom that is of use."""
        wide = 0.25 * self._frame.width()
        return QRectF(self.x_of() - wide, self._frame.top(), 2 * wide, self._frame.height())

    def x_of(self) -> float:
        """Return where the line is, in the scene's units."""
        return self._frame.left() + self._share * self._frame.width()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,
    ) -> None:
        """Paint light on dark, in pixels of the screen."""
        transform = painter.worldTransform()
        top = transform.map(QPointF(self.x_of(), self._frame.top()))
        bottom = transform.map(QPointF(self.x_of(), self._frame.bottom()))
        painter.save()
        painter.resetTransform()
        x = round(top.x()) + 0.5
        start, stop = top.y(), bottom.y()
        if widget is not None:
            start, stop = max(start, 0.0), min(stop, float(widget.height()))
        for colour, width in ((QColor(0, 0, 0, 150), 4.0), (QColor(255, 255, 255), 2.0)):
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(QPointF(x, start), QPointF(x, stop))
        middle = QPointF(x, (start + stop) / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(0, 0, 0, 150), 1.0))
        painter.setBrush(self.accent if self.bright else QColor(255, 255, 255, 235))
        painter.drawEllipse(middle, _GRIP, _GRIP)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.on_accent if self.bright else QColor(18, 20, 26))
        for way in (-1, 1):
            points = [(2.5, -4.0), (2.5, 4.0), (7.0, 0.0)]
            painter.drawPolygon(
                QPolygonF([QPointF(middle.x() + way * dx, middle.y() + dy) for dx, dy in points])
            )
        painter.restore()


def _cut(whole: QRectF, part: tuple[float, float]) -> QRectF:
    start = whole.left() + part[0] * whole.width()
    return QRectF(start, whole.top(), (part[1] - part[0]) * whole.width(), whole.height())


def _places(
    count: int, offset: float, length: float, ratio: float, pixels: int
) -> NDArray[np.intp]:
    """Return which of an image's ``pixels`` lies under each of ``count`` pixels of the screen."""
    middle = offset + (np.arange(count) + 0.5) / ratio
    found = np.floor(middle / max(length, 1e-9) * pixels).astype(np.intp)
    return np.clip(found, 0, pixels - 1)


@lru_cache(maxsize=8)
def _stripes(height: int, width: int, scale: int) -> NDArray[np.uint32]:
    """Return diagonal stripes, dark beside light, premultiplied."""
    row = np.arange(width + height) // scale % len(_STRIPES)
    line = np.array(_STRIPES, dtype=np.uint32)[row]
    return np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(line, width)[:height])
