"""The guidance scale as a slider: its marks, the recorded scale, and every way to move it."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets import axis_ticks, look, scale_painting
from sdinspector.widgets.end_editor import EndEditor

End: TypeAlias = Literal["low", "high"]

#: Milliseconds after the last key or turn of the wheel until the scale counts as let go.
SETTLE = 400
#: The mouse gives multiples of this.
GRAIN = 0.05
#: Pixels within which the mouse takes a mark's own number.
_CATCH = 2.0
_KEY, _PAGE = 0.1, 1.0


class ScaleSlider(QWidget):
    """A guidance scale s between two ends that a person can set.

    Marks stand at 0 (the prompt is ignored), at 1 (the prompt is used plainly) and at the recorded
    scale. A value outside the ends stays what it is and is shown at the end with an arrow.

    Keys: Left and Right go by 0.1, Page Up and Page Down by 1, Home and End to the ends, Escape
    gives a drag up. The wheel goes by 0.1, with Ctrl by 1. A double-click goes to the default; on
    the number of an end it sets that end.
    """

    grabbed = Signal()
    """A person takes hold: mouse down, the first key or turn of the wheel."""
    moved = Signal(float)
    """Every change by hand."""
    released = Signal(float)
    """Mouse up, or a moment after the last key or turn of the wheel."""
    ends_changed = Signal(float, float)
    """A person set an end: the lowest and the highest scale."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = 0.0, 20.0
        self._value, self._default = 7.5, 7.5
        self._recorded: float | None = None
        self._why = ""
        self._held = False
        self._down = False  # the mouse button is
        self._grip: float | None = None  # pixels from the pointer to the knob while dragging
        self._start = self._value
        self._over: Literal["", "knob", "low", "high"] = ""
        self._turned = 0
        self._laid: scale_painting.Layout | None = None
        self._drawn: tuple[object, QPixmap] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE)
        self._timer.timeout.connect(self._let_go)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name or tr("Guidance scale s"))
        self.setToolTip(self._general_tip())
        self._describe()

    # -- what is shown ---------------------------------------------------------------------

    def value(self) -> float:
        """Return the scale."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show a scale; emits nothing. What is not finite is left aside."""
        if math.isfinite(value) and value != self._value:
            self._value = float(value)
            self._describe()
            self.update()

    def set_recorded(self, value: float | None) -> None:
        """Mark the scale that was recorded, or none."""
        value = value if value is not None and math.isfinite(value) else None
        if value != self._recorded:
            self._recorded = value
            self._describe()
            self.update()

    def set_default(self, value: float) -> None:
        """Set where a double-click goes."""
        if math.isfinite(value):
            self._default = float(value)
            self.setToolTip(self._general_tip())

    def set_ends(self, low: float, high: float) -> bool:
        """Set both ends; emits nothing. Returns ``False``, and changes nothing, unless low < high.

        The value stays, also where it is outside them now.
        """
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            return False
        if (low, high) != (self._low, self._high):
            self._low, self._high = float(low), float(high)
            self._describe()
            self.update()
        return True

    def set_unavailable(self, why: str) -> None:
        """Disable it and say why in its place; an empty text enables it again."""
        self._why = why
        self.setEnabled(not why)
        self._describe()
        self.update()

    def ends(self) -> tuple[float, float]:
        """Return the lowest and the highest scale that the mouse reaches."""
        return self._low, self._high

    @property
    def recorded(self) -> float | None:
        """The marked scale."""
        return self._recorded

    @property
    def default(self) -> float:
        """Where a double-click goes."""
        return self._default

    @property
    def unavailable(self) -> str:
        """Why it is disabled; empty where it is not."""
        return self._why

    @property
    def held(self) -> bool:
        """Whether a person has hold of it: between ``grabbed`` and ``released``."""
        return self._held

    # -- geometry --------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return room for the marks' names."""
        return QSize(360, scale_painting.height(self.font()))

    def minimumSizeHint(self) -> QSize:
        """Return the least size at which the ends can be read."""
        return QSize(140, scale_painting.height(self.font()))

    def x_of(self, value: float) -> float:
        """Return where a value is, in pixels; the ends for what is outside."""
        return self._layout().x_of(value)

    def value_at(self, x: float) -> float:
        """Return the scale at a horizontal position: a multiple of 0.05, or a mark close by."""
        layout = self._layout()
        left, width = layout.groove.left(), layout.groove.width()
        share = min(max((x - left) / width, 0.0), 1.0)
        found = self._low + share * (self._high - self._low)
        marks = [0.0, 1.0] if self._recorded is None else [self._recorded, 0.0, 1.0]
        for mark in marks:
            if self._low <= mark <= self._high and abs(layout.x_of(mark) - x) <= _CATCH:
                return mark
        return min(max(round(round(found / GRAIN) * GRAIN, 4), self._low), self._high)

    def end_rect(self, end: End) -> QRectF:
        """Return where the number of an end is written."""
        return self._layout().ends[end == "high"]

    def _layout(self) -> scale_painting.Layout:
        marks = scale_painting.Marks(self._low, self._high, self._value, self._recorded)
        area = QRectF(self.rect())
        if self._laid is None or (self._laid.marks, self._laid.area) != (marks, area):
            self._laid = scale_painting.Layout.of(marks, area, self.font(), self._laid)
        return self._laid

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint groove, ticks, marks, knob, or the reason why there is nothing to move."""
        tone = look.tones(self.palette())
        layout = self._layout()
        state = scale_painting.State(
            enabled=self.isEnabled(), focus=self.hasFocus(), held=self._down, over=self._over
        )
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._still(layout, tone, state))
        if self.isEnabled():
            scale_painting.paint_moving(painter, layout, tone, state)
        elif self._why:
            scale_painting.paint_reason(painter, layout, tone, self._why)

    def _still(
        self, layout: scale_painting.Layout, tone: look.Tones, state: scale_painting.State
    ) -> QPixmap:
        """Return what does not move, painted once."""
        ratio = self.devicePixelRatioF()
        end = state.over if state.over in ("low", "high") else ""
        key = (layout.labels, layout.area, layout.font, tone.dark, state.enabled, end, ratio)
        if self._drawn is None or self._drawn[0] != key:
            pixmap = QPixmap(self.size() * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            scale_painting.paint_still(painter, layout, tone, state)
            painter.end()
            self._drawn = key, pixmap
        return self._drawn[1]

    # -- moving it -------------------------------------------------------------------------

    def _take_hold(self) -> None:
        if not self._held:
            self._held = True
            self._start = self._value
            self.grabbed.emit()

    def _go(self, value: float) -> None:
        value = round(value, 6)
        if value != self._value:
            self._value = value
            self._describe()
            self.update()
            self.moved.emit(value)

    def _let_go(self) -> None:
        self._timer.stop()
        self._grip, self._down = None, False
        if self._held:
            self._held = False
            self.update()
            self.released.emit(self._value)

    def _nudge(self, by: float) -> None:
        low, high = min(self._low, self._value), max(self._high, self._value)
        self._jump(min(max(self._value + by, low), high))

    def _jump(self, value: float) -> None:
        self._take_hold()
        self._go(value)
        self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by keys."""
        steps = {
            Qt.Key.Key_Left: -_KEY, Qt.Key.Key_Down: -_KEY,
            Qt.Key.Key_Right: _KEY, Qt.Key.Key_Up: _KEY,
            Qt.Key.Key_PageDown: -_PAGE, Qt.Key.Key_PageUp: _PAGE,
        }  # fmt: skip
        ends = {Qt.Key.Key_Home: self._low, Qt.Key.Key_End: self._high}
        key = Qt.Key(event.key())
        keypad = Qt.KeyboardModifier.KeypadModifier
        if event.modifiers() & ~keypad:
            event.ignore()
        elif self._down:
            if key == Qt.Key.Key_Escape:
                self._go(self._start)
                self._let_go()
        elif key in steps:
            self._nudge(steps[key])
        elif key in ends:
            self._jump(ends[key])
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Move by the wheel; ten times as far with Ctrl."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        self._turned += delta
        notches = int(self._turned / 120)
        self._turned -= notches * 120
        if notches and not self._down:
            wide = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            self._nudge(notches * (_PAGE if wide else _KEY))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the knob, or bring it here."""
        place = event.position()
        if event.button() != Qt.MouseButton.LeftButton or self._end_at(place) is not None:
            return
        self._timer.stop()
        self._take_hold()
        self._start = self._value
        layout = self._layout()
        on_knob = layout.knob.contains(place)
        self._down = True
        self._grip = layout.knob.center().x() - place.x() if on_knob else 0.0
        if not on_knob:
            label = layout.label_at(place)
            self._go(self.value_at(place.x()) if label is None else label)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the knob; otherwise show what a click would take."""
        place = event.position()
        if self._grip is not None:
            if place.x() + self._grip != self.x_of(self._value):
                self._go(self.value_at(place.x() + self._grip))
            return
        end = self._end_at(place)
        over = end or ("knob" if self._layout().knob.contains(place) else "")
        if over != self._over:
            self._over = over
            shape = Qt.CursorShape.IBeamCursor if end else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton and self._down:
            self._let_go()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go to the default, or set an end."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        end = self._end_at(event.position())
        if end is not None:
            self.edit_end(end)
            return
        self._timer.stop()
        self._take_hold()
        self._down = True
        self._go(self._default)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        if self._over:
            self._over = ""
            self.unsetCursor()
            self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go: the mouse button comes up elsewhere."""
        super().hideEvent(event)
        self._let_go()

    def changeEvent(self, event: QEvent) -> None:
        """Let go when it is disabled; follow palette and font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self._let_go()
        if event.type() == QEvent.Type.FontChange:
            self._laid = None
            self.updateGeometry()
        self.update()

    # -- the ends --------------------------------------------------------------------------

    def edit_end(self, end: End) -> EndEditor:
        """Open a field in which the number of an end is typed."""
        editor = EndEditor(self, self._low if end == "low" else self._high, end)
        editor.place(self.end_rect(end))
        editor.taken.connect(lambda value: self._end_typed(editor, end, value))
        return editor

    def _end_typed(self, editor: EndEditor, end: End, value: float) -> None:
        low, high = (value, self._high) if end == "low" else (self._low, value)
        before = self.ends()
        if not self.set_ends(low, high):
            editor.refuse(tr("The lower end has to be less than the upper end"))
            return
        editor.done()
        if self.ends() != before:
            self.ends_changed.emit(low, high)

    def _end_at(self, place: QPointF) -> End | None:
        low, high = self._layout().ends
        if low.adjusted(-3, -2, 3, 4).contains(place):
            return "low"
        return "high" if high.adjusted(-3, -2, 3, 4).contains(place) else None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the ends and the values that are known."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name = axis_ticks.trimmed
        menu.addAction(
            tr("Reset to {scale}", scale=name(self._default)), lambda: self._jump(self._default)
        )
        back = self._recorded
        if back is not None:
            menu.addAction(
                tr("Back to the recorded {scale}", scale=name(back)), lambda: self._jump(back)
            )
        menu.addSeparator()
        menu.addAction(tr("Set the lower end…"), lambda: self.edit_end("low"))
        menu.addAction(tr("Set the upper end…"), lambda: self.edit_end("high"))
        menu.popup(event.globalPos())

    # -- what is said of it ----------------------------------------------------------------

    def _describe(self) -> None:
        name = axis_ticks.written
        parts = [
            name(self._value),
            tr("from {low} to {high}", low=name(self._low), high=name(self._high)),
        ]
        if self._recorded is not None:
            parts.append(tr("recorded {scale}", scale=name(self._recorded)))
        if self._why:
            parts.insert(0, self._why)
        self.setAccessibleDescription(", ".join(parts))

    def _tip(self, place: QPointF) -> str:
        if self._why:
            return self._why
        layout = self._layout()
        if self._end_at(place) is not None:
            return tr("Double-click to set this end of the slider")
        if abs(place.x() - layout.x_of(self._value)) > scale_painting.KNOB:
            if self._recorded is not None and abs(place.x() - layout.x_of(self._recorded)) <= 4:
                return tr("s = {scale}: as recorded", scale=axis_ticks.trimmed(self._recorded))
            tips = (
                (0.0, tr("s = 0: ε_∅ alone; the prompt is ignored")),
                (1.0, tr("s = 1: ε_y as it is; the prompt is used plainly")),
            )
            for mark, text in tips:
                inside = self._low <= mark <= self._high
                if inside and abs(place.x() - layout.x_of(mark)) <= 4:
                    return text
        return self.toolTip()

    def _general_tip(self) -> str:
        return tr(
            "Guidance scale s: ε = ε_∅ + s·(ε_y − ε_∅). Drag, turn the wheel (with Ctrl ten times "
            "as far) or use the arrow keys, Page Up and Page Down. Double-click for {scale}.",
            scale=axis_ticks.trimmed(self._default),
        )

    def event(self, event: QEvent) -> bool:
        """Say of each mark what it is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(QPointF(event.pos())), self)
            return True
        return super().event(event)
