"""A slider over whole numbers with marks at some of them, and a way from mark to mark."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from sdinspector.widgets import look
from sdinspector.widgets.point_painting import colour_of

_TICK = 6


class TickSlider(QSlider):
    """A horizontal slider; marks stand below its groove.

    Keys: Left and Right go by one, Page Up and Page Down by a page, Home and End to the ends; with
    Ctrl, Left and Right go to the next mark.
    """

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._marks: tuple[int, ...] = ()
        self._number = -1
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setMinimumHeight(super().sizeHint().height() + 2 * _TICK)

    def set_marks(self, marks: Sequence[int], number: int = -1) -> None:
        """Mark values, in the colour of series ``number``."""
        found = tuple(sorted(set(marks)))
        if (found, number) != (self._marks, self._number):
            self._marks, self._number = found, number
            self.update()

    @property
    def marks(self) -> tuple[int, ...]:
        """The marked values, rising."""
        return self._marks

    def go(self, direction: int) -> None:
        """Go to the next mark above (1) or below (−1), where there is one."""
        here = self.value()
        if direction > 0:
            self.setValue(next((mark for mark in self._marks if mark > here), here))
        else:
            self.setValue(next((mark for mark in reversed(self._marks) if mark < here), here))

    def x_of(self, value: int) -> float:
        """Return the horizontal position of a value, in pixels."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style, control = self.style(), QStyle.ComplexControl.CC_Slider
        groove = style.subControlRect(control, option, QStyle.SubControl.SC_SliderGroove, self)
        handle = style.subControlRect(control, option, QStyle.SubControl.SC_SliderHandle, self)
        share = (value - self.minimum()) / max(self.maximum() - self.minimum(), 1)
        room = groove.width() - handle.width()
        return groove.left() + handle.width() / 2 + share * room

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the marks, then the slider."""
        super().paintEvent(event)
        if not self._marks:
            return
        tone = look.tones(self.palette())
        colour = colour_of(self._number, tone.dark) if self.isEnabled() else QColor(tone.faint)
        painter = QPainter(self)
        bottom = self.height() - 1.0
        for mark in self._marks:
            here = mark == self.value()
            x = round(self.x_of(mark)) + 0.5
            painter.setPen(QPen(colour, 3.0 if here else 1.4))
            painter.drawLine(QPointF(x, bottom - _TICK), QPointF(x, bottom))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next mark with Ctrl; else as any slider."""
        towards = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if towards is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.go(towards)
        else:
            super().keyPressEvent(event)
