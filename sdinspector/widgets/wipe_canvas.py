"""Two pictures over one another with a handle between them: what was, and what it becomes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.canvas import Canvas
from sdinspector.widgets.wipe_items import Handle, PartialPixels, Stripes

_REACH = 8  # pixels beside the line at which the mouse takes the handle
_STEP = 0.02


class WipeCanvas(Canvas):
    """A canvas whose left part shows one picture and whose right part another.

    Values, cursor, zoom and pan are those of a canvas; the read-out gives both pictures' colours.
    The handle is dragged; ``[`` and ``]`` move it, a double-click brings it to the middle.
    """

    wiped = Signal(float)
    """Where a person brought the handle, 0 … 1."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        self._left: NDArray[np.uint8] | None = None
        self._right: NDArray[np.uint8] | None = None
        self._saturated: NDArray[np.bool_] | None = None
        self._share = 0.5
        self._grip: float | None = None  # pixels from the pointer to the line while dragging
        self._ready = False
        super().__init__(name or tr("Two pictures with a wipe between them"), parent)
        self._ready = True
        self.setToolTip(
            tr(
                "Drag the line, or press [ and ], to uncover one picture or the other; a "
                "double-click on it brings it to the middle. Wheel zooms, dragging pans, F fits."
            )
        )

    # -- what is shown ---------------------------------------------------------------------

    def set_pair(
        self,
        left: NDArray[np.uint8] | None,
        right: NDArray[np.uint8] | None,
        left_label: str = "",
        right_label: str = "",
        *,
        smooth: bool = False,
    ) -> None:
        """Show two pictures ``[h, w, 3]`` uint8, of one proportion but of any size.

        Where one of them is ``None`` the other is shown alone, without the handle.
        """
        self._left, self._right = left, right
        self.set_image(right if right is not None else left, smooth=smooth)
        self._under.smooth = smooth
        if left is not None and right is not None:
            shown = np.ascontiguousarray(left)
            self._under.setImage(shown, autoLevels=False, levels=None, lut=None)
        else:
            self._under.clear()
        self.set_labels(left_label, right_label)
        self._arrange()

    def set_right(self, right: NDArray[np.uint8]) -> None:
        """Show another right picture; made for many a second."""
        before = self._right
        if before is None or before.shape != right.shape or self._left is None:
            labels = self._labels[0].text(), self._labels[1].text()
            self.set_pair(self._left, right, *labels, smooth=self._item.smooth)
            return
        self._right = self._image = right
        shown = np.ascontiguousarray(right)
        self._item.setImage(shown, autoLevels=False, levels=None, lut=None)
        if self._crosshair is not None:
            self._show_crosshair()

    def set_labels(self, left: str, right: str) -> None:
        """Name both pictures."""
        changed = False
        for label, text in zip(self._labels, (left, right), strict=True):
            if label.text() != text:
                label.setText(text)
                label.adjustSize()
                changed = True
        if changed:
            self._put_labels()
            self._describe()

    def set_saturated(self, mask: NDArray[np.bool_] | None) -> None:
        """Stripe the pixels ``[h, w]`` of the right picture that left the range of colours."""
        self._saturated = mask if mask is not None and mask.any() else None
        self._stripes.set_mask(self._saturated)
        text = ""
        if self._saturated is not None:
            share = f"{100 * float(np.mean(self._saturated)):.1f}"
            text = tr("{share} % saturated", share=share)
        if text != self._note.text():
            self._note.setText(text)
            self._note.adjustSize()
            self._put_labels()
            self._describe()

    def set_share(self, share: float) -> None:
        """Bring the handle to a share of the width; emits nothing."""
        share = min(max(share, 0.0), 1.0)
        if share != self._share:
            self._share = share
            self._arrange()

    @property
    def share(self) -> float:
        """Where the handle is: the share of the width that shows the left picture."""
        return self._share

    @property
    def left(self) -> NDArray[np.uint8] | None:
        """The left picture."""
        return self._left

    @property
    def right(self) -> NDArray[np.uint8] | None:
        """The right picture."""
        return self._right

    @property
    def saturated(self) -> NDArray[np.bool_] | None:
        """The striped pixels; ``None`` where there are none."""
        return self._saturated

    @property
    def wiping(self) -> bool:
        """Whether there are two pictures with a handle between them."""
        return self._left is not None and self._right is not None

    def handle_x(self) -> float:
        """Return where the line is, in the viewport's pixels."""
        place = self._box.mapViewToScene(QPointF(self._share, 0.0))
        return float(self.mapFromScene(place).x())

    # -- making it -------------------------------------------------------------------------

    def _build(self, name: str) -> None:
        super()._build(name)
        self._box.removeItem(self._item)
        self._item = PartialPixels()
        self._under = PartialPixels()
        self._stripes = Stripes()
        self._handle = Handle()
        places = ((self._item, -10), (self._under, -9), (self._stripes, -5), (self._handle, 30))
        for item, depth in places:
            item.setZValue(depth)
            self._box.addItem(item, ignoreBounds=True)
        self._handle.setVisible(False)
        self._labels = (QLabel(self.viewport()), QLabel(self.viewport()))
        self._note = QLabel(self.viewport())
        for label in (*self._labels, self._note):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            label.hide()

    def _connect(self) -> None:
        super()._connect()
        self._box.sigRangeChanged.connect(self._put_labels)

    def _colour(self) -> None:
        super()._colour()
        tone = look.tones(self.palette())
        self._handle.accent, self._handle.on_accent = tone.accent, tone.on_accent
        for label in (*self._labels, self._note):
            label.setStyleSheet(self._readout.styleSheet())
            label.setFont(look.scaled(self.font(), 0.9))
            label.adjustSize()

    # -- inner workings --------------------------------------------------------------------

    def _arrange(self) -> None:
        """Put both pictures, the stripes and the handle where they belong."""
        frame = QRectF(0.0, 0.0, 1.0, self._ratio or 1.0)
        two = self.wiping
        cut = self._share if two else 0.0
        self._item.set_part(cut, 1.0)
        self._under.set_part(0.0, cut)
        self._under.setVisible(two)
        if two:
            self._under.setRect(frame)
        self._stripes.setVisible(self._right is not None)
        self._stripes.set_frame(frame, (cut, 1.0))
        self._handle.setVisible(two)
        self._handle.set_place(frame, self._share)
        self._put_labels()
        self._describe()

    def _put_labels(self, *_: object) -> None:
        """Name each picture in its upper outer corner, as long as its part has room for that."""
        if not self._ready:
            return
        port, gap = self.viewport().rect(), look.GAP
        start = self.mapFromScene(self._box.mapViewToScene(QPointF(0.0, 0.0)))
        end = self.mapFromScene(self._box.mapViewToScene(QPointF(1.0, self._ratio or 1.0)))
        first, last = max(start.x(), 0), min(end.x(), port.width())
        top = max(start.y(), 0) + gap
        line = self.handle_x()
        left, right = self._labels
        for label in (left, right):  # its style may have come since it was measured
            label.adjustSize()
        left.move(first + gap, top)
        right.move(last - gap - right.width(), top)
        alone = not self.wiping
        over = self._left is not None and (not alone or self._right is None)
        fits = alone or left.geometry().right() + gap <= line
        left.setVisible(bool(left.text()) and over and fits)
        fits = alone or line + gap <= right.geometry().left()
        right.setVisible(bool(right.text()) and self._right is not None and fits)
        below = top + (right.height() + gap // 2 if right.text() else 0)
        self._note.move(last - gap - self._note.width(), below)
        fits = alone or line + gap <= self._note.geometry().left()
        self._note.setVisible(bool(self._note.text()) and self._right is not None and fits)

    def _describe(self) -> None:
        if self.wiping:
            text = tr(
                "{left} up to {share} % of the width, then {right}",
                left=self._labels[0].text() or tr("left picture"),
                right=self._labels[1].text() or tr("right picture"),
                share=round(100 * self._share),
            )
        else:
            text = self._labels[self._right is not None].text() if self.image is not None else ""
        note = self._note.text()
        self.setAccessibleDescription(f"{text}; {note}" if note else text)

    def _readout_text(self, place: tuple[int, int]) -> str:
        if not self.wiping or self._left is None or self._right is None:
            return super()._readout_text(place)
        height, width = self._right.shape[:2]
        row = place[0] * self._left.shape[0] // height
        column = place[1] * self._left.shape[1] // width
        both = (self._left[row, column], self._right[place])
        old, new = (" ".join(str(int(part)) for part in value[:3]) for value in both)
        return f"x {place[1]}  y {place[0]}   {old}  │  {new}"

    def _near(self, x: float) -> bool:
        return self.wiping and abs(x - self.handle_x()) <= _REACH

    def _wipe_to(self, share: float) -> None:
        before = self._share
        self.set_share(share)
        if self._share != before:
            self.wiped.emit(self._share)

    def _light_up(self, *, on: bool) -> None:
        if on != self._handle.bright:
            self._handle.bright = on
            self._handle.update()
            if on:
                self.viewport().setCursor(Qt.CursorShape.SplitHCursor)
            else:
                self.viewport().unsetCursor()

    # -- Qt's events -----------------------------------------------------------------------

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        """Take the handle; elsewhere as a canvas."""
        x = ev.position().x()
        if ev.button() == Qt.MouseButton.LeftButton and self._near(x):
            self._grip = self.handle_x() - x
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._light_up(on=True)
            if self._crosshair is not None:  # it would stand still meanwhile
                self.set_crosshair(None)
                self.hovered.emit(None)
            ev.accept()
            return
        super().mousePressEvent(ev)

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        """Drag the handle; elsewhere as a canvas."""
        x = ev.position().x()
        if self._grip is not None:
            place = self._box.mapSceneToView(QPointF(x + self._grip, 0.0))
            self._wipe_to(float(place.x()))
            ev.accept()
            return
        super().mouseMoveEvent(ev)
        self._light_up(on=self._near(x) and not ev.buttons())

    def mouseReleaseEvent(self, ev: QMouseEvent) -> None:
        """Let the handle go; elsewhere as a canvas."""
        if self._grip is not None and ev.button() == Qt.MouseButton.LeftButton:
            self._grip = None
            self._light_up(on=self._near(ev.position().x()))
            ev.accept()
            return
        super().mouseReleaseEvent(ev)

    def mouseDoubleClickEvent(self, ev: QMouseEvent) -> None:
        """Bring the handle to the middle; elsewhere as a canvas."""
        if ev.button() == Qt.MouseButton.LeftButton and self._near(ev.position().x()):
            self._wipe_to(0.5)
            ev.accept()
            return
        super().mouseDoubleClickEvent(ev)

    def leaveEvent(self, ev: QEvent) -> None:
        """Take crosshair and highlight away."""
        super().leaveEvent(ev)
        if self._grip is None:
            self._light_up(on=False)

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """Move the handle with ``[`` and ``]``; other keys are those of a canvas."""
        way = {"[": -1, "]": 1}.get(ev.text())
        if way is not None and self.wiping:
            self._wipe_to(round(self._share + way * _STEP, 4))
        else:
            super().keyPressEvent(ev)

    def resizeEvent(self, ev: QResizeEvent) -> None:
        """Keep the labels in their corners."""
        super().resizeEvent(ev)
        self._put_labels()
