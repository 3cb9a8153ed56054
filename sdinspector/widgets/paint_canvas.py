"""A canvas that can be painted on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from sdinspector.widgets.canvas import Canvas, Pixel


class PaintCanvas(Canvas):
    """With the brush in hand the left button paints and does not pan; the wheel still zooms.

    Return paints at the crosshair, so that keys are enough.
    """

    painted = Signal(object)
    """(x, y) that the brush touches."""
    lifted = Signal()
    """A stroke has ended."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        self._brush = False
        self._painting = False
        self._last: Pixel | None = None
        super().__init__(name, parent)

    @property
    def brush(self) -> bool:
        """Whether the left button paints."""
        return self._brush

    def set_brush(self, *, on: bool) -> None:
        """Take the brush, or put it away."""
        self._brush = on
        if on:
            self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.viewport().unsetCursor()

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        """Begin a stroke; without the brush as a canvas."""
        if not self._brush or ev.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(ev)
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._painting, self._last = True, None
        self._touch(ev)
        ev.accept()

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        """Go on with a stroke."""
        if not self._painting:
            super().mouseMoveEvent(ev)
            return
        pixel = self._pixel_at(self.mapToScene(ev.position().toPoint()))
        if pixel != self._crosshair:
            self.set_crosshair(pixel)
            self.hovered.emit(pixel)
        self._touch(ev)
        ev.accept()

    def mouseReleaseEvent(self, ev: QMouseEvent) -> None:
        """End a stroke."""
        if self._painting and ev.button() == Qt.MouseButton.LeftButton:
            self._painting = False
            self.lifted.emit()
            ev.accept()
            return
        super().mouseReleaseEvent(ev)

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """Paint at the crosshair with Return; other keys are those of a canvas."""
        enter = ev.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if self._brush and enter and self._crosshair is not None:
            self.painted.emit(self._crosshair)
            self.lifted.emit()
            return
        super().keyPressEvent(ev)

    def _touch(self, ev: QMouseEvent) -> None:
        """Paint from where the pointer was last to where it is: a quick hand leaves no gaps."""
        pixel = self._pixel_at(self.mapToScene(ev.position().toPoint()))
        if pixel is None or self._image is None:
            self._last = None
            return
        last = self._last or pixel
        height, width = self._image.shape[:2]
        far = max(abs(pixel[0] - last[0]) * width, abs(pixel[1] - last[1]) * height)
        steps = max(1, min(64, round(2 * far)))
        for number in range(1, steps + 1):
            share = number / steps
            self.painted.emit(
                (
                    last[0] + share * (pixel[0] - last[0]),
                    last[1] + share * (pixel[1] - last[1]),
                )
            )
        self._last = pixel
