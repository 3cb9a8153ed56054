"""The guidance scale over the steps of a run, to be read and drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.axis_ticks import nice_top
from sdinspector.widgets.curve_painting import (
    Geometry,
    Plot,
    paint_moving,
    paint_still,
    read,
    still,
)

#: The mouse gives multiples of this.
GRAIN = 0.05
#: Milliseconds after the last key until a change counts as finished.
SETTLE = 400
#: Pixels within which the mouse takes the recorded scale, 0 or 1 exactly.
_CATCH = 2.5
_KEY, _PAGE = 0.1, 1.0
_LEAST_TOP = 10.0


class CurveEditor(QWidget):
    """The recorded curve, muted, and the edited one over it.

    Dragging draws; with Shift a straight line leads from the last point to this one. A press on
    the numbers of the steps, below the plot, chooses a step. Keys: Left, Right, Home and End choose
    a step, Up and Down change its scale by 0.1, Page Up and Page Down by 1, Backspace takes the
    recorded scale there, Escape gives a drag up.
    """

    edited = Signal(tuple)
    """Every change by hand: the scales of all steps."""
    finished = Signal(tuple)
    """The hand is off: mouse up, or a moment after the last key."""
    chosen = Signal(int)
    """A person went to a step."""

    def __init__(self, name: str = "", axis: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recorded: tuple[float, ...] = ()
        self._edited: tuple[float, ...] | None = None
        self._before: tuple[float, ...] | None = None  # as it was before the drag
        self._marker: int | None = None
        self._locked = 0
        self._numbers: tuple[int, ...] = ()
        self._axis = axis or tr("step")
        self._note = ""
        self._wanted_range: tuple[float, float] | None = None
        self._held_range: tuple[float, float] | None = None  # while drawing
        self._over: int | None = None
        self._drawn: tuple[object, QPixmap] | None = None
        self._last: tuple[int, float] | None = None  # the last point that was drawn
        self._anchor: tuple[int, float] | None = None  # where a straight line begins
        self._base: tuple[float, ...] | None = None  # the curve under a straight line
        self._drawing = self._choosing = self._pending = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE)
        self._timer.timeout.connect(self._finish)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name or tr("Guidance scale by step"))
        self.setToolTip(
            tr(
                "Guidance scale s at each step. Draw with the mouse; with Shift a straight line "
                "leads from the last point. Arrow keys choose a step and change its scale, "
                "Backspace takes the recorded one."
            )
        )

    # -- what is shown ---------------------------------------------------------------------

    def set_recorded(self, values: Sequence[float]) -> None:
        """Show the scales of a recording, one a call of the denoiser; emits nothing.

        An edited curve of another length is dropped.
        """
        values = tuple(map(float, values))
        if values != self._recorded:
            self._recorded = values
            if self._edited is not None and values and len(self._edited) != len(values):
                self._drop(None)
            self._renew()

    def set_curve(self, values: Sequence[float] | None) -> None:
        """Show an edited curve, or none; emits nothing."""
        now = None if values is None or not len(values) else tuple(map(float, values))
        if now != self._edited:
            self._drop(now)
            self._renew()

    def set_marker(self, step: int | None) -> None:
        """Mark the step that is looked at, or none; emits nothing."""
        if step != self._marker:
            self._marker = step
            self._renew()

    def set_numbers(self, numbers: Sequence[int]) -> None:
        """Number the places, where one step has several calls; without, they count from 1."""
        if tuple(numbers) != self._numbers:
            self._numbers = tuple(numbers)
            self._renew()

    def set_locked_until(self, step: int) -> None:
        """Keep the steps before this one as they are; they are hatched."""
        if max(step, 0) != self._locked:
            self._locked = max(step, 0)
            self._renew()

    def set_range(self, low: float | None = None, high: float | None = None) -> None:
        """Show the scales from ``low`` to ``high``; without them the range fits the curves."""
        wanted = None
        if low is not None and high is not None and math.isfinite(high - low) and low < high:
            wanted = (float(low), float(high))
        self._wanted_range = wanted
        self.update()

    def set_note(self, note: str) -> None:
        """Say in the middle why there is nothing to draw on."""
        if note != self._note:
            self._note = note
            self._renew()

    def curve(self) -> tuple[float, ...] | None:
        """Return the edited scales, or ``None`` where nothing was edited."""
        return self._edited

    @property
    def recorded(self) -> tuple[float, ...]:
        """The scales of the recording."""
        return self._recorded

    @property
    def marker(self) -> int | None:
        """The marked step."""
        return self._marker

    @property
    def locked_until(self) -> int:
        """The first step that can be edited."""
        return self._locked

    @property
    def count(self) -> int:
        """Number of steps."""
        return self._plot().count

    def range(self) -> tuple[float, float]:
        """Return the lowest and the highest scale that are shown."""
        if self._held_range is not None:
            return self._held_range
        if self._wanted_range is not None:
            return self._wanted_range
        finite = [v for v in (*self._recorded, *(self._edited or ())) if math.isfinite(v)]
        low, high = min(finite, default=0.0), max(finite, default=0.0)
        top = nice_top(max(high * 1.2, _LEAST_TOP))  # room to draw upwards
        return (-nice_top(-low * 1.1) if low < 0 else 0.0, top)

    def place_of(self, step: int, value: float) -> QPointF:
        """Return where a scale at a step is, in the widget's pixels."""
        geometry = self._geometry()
        return QPointF(geometry.x_of(step + 0.5), geometry.y_of(value))

    def sizeHint(self) -> QSize:
        """Return a size at which a curve can be drawn."""
        return QSize(360, 170)

    def minimumSizeHint(self) -> QSize:
        """Return the least useful size."""
        return QSize(160, 96)

    def _plot(self) -> Plot:
        low, high = self.range()
        return Plot(
            recorded=self._recorded,
            edited=self._edited,
            low=low,
            high=high,
            marker=self._marker,
            locked=self._locked,
            over=self._over,
            axis=self._axis,
            numbers=self._numbers,
        )

    def _geometry(self) -> Geometry:
        return Geometry.of(self._plot(), QRectF(self.rect()), self.font())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint both curves, or why there are none."""
        tone = look.tones(self.palette())
        painter = QPainter(self)
        plot = self._plot()
        geometry = Geometry.of(plot, QRectF(self.rect()), self.font())
        if not plot.count or geometry.frame.height() < 8:
            painter.setPen(tone.muted)
            painter.setFont(look.scaled(self.font(), 0.92))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(8, 4, -8, -4), int(flags), self._note)
            return
        painter.drawPixmap(0, 0, self._still(geometry, plot, tone))
        paint_moving(painter, geometry, plot, tone, self.font())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tone.accent, 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _still(self, geometry: Geometry, plot: Plot, tone: look.Tones) -> QPixmap:
        """Return what stays while a curve is drawn, painted once."""
        ratio = self.devicePixelRatioF()
        key = (still(plot), self.size(), self.font(), tone.dark, ratio)
        if self._drawn is None or self._drawn[0] != key:
            pixmap = QPixmap(self.size() * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            paint_still(painter, geometry, plot, tone, self.font())
            painter.end()
            self._drawn = key, pixmap
        return self._drawn[1]

    # -- changing it -----------------------------------------------------------------------

    def _shown(self) -> tuple[float, ...]:
        return self._recorded if self._edited is None else self._edited

    def _change(self, changes: dict[int, float], base: tuple[float, ...] | None = None) -> None:
        """Change the steps that may be changed; tell when the curve is another one."""
        values = list(self._shown() if base is None else base)
        for step, value in changes.items():
            if self._locked <= step < len(values):
                values[step] = round(value, 6)
        if tuple(values) != self._shown():
            self._edited = tuple(values)
            self._renew()
            self.edited.emit(self._edited)

    def _finish(self) -> None:
        """The hand is off."""
        self._timer.stop()
        changed = (self._drawing or self._pending) and self._edited != self._before
        self._drawing = self._choosing = self._pending = False
        self._held_range = self._base = self._before = None
        self.update()
        if changed and self._edited is not None:
            self.finished.emit(self._edited)

    def _give_up(self) -> None:
        self._drop(self._before)
        self._drawing = False
        self._finish()
        self._renew()
        self.edited.emit(self._shown())

    def _drop(self, values: tuple[float, ...] | None) -> None:
        self._edited = values
        self._last = self._base = None

    def _value_at(self, place: QPointF, step: int) -> float:
        """Return the scale at a height: a multiple of 0.05, or a mark that is close by."""
        geometry = self._geometry()
        for mark in (*self._recorded[step : step + 1], 0.0, 1.0):
            inside = math.isfinite(mark) and geometry.low <= mark <= geometry.high
            if inside and abs(geometry.y_of(mark) - place.y()) <= _CATCH:
                return mark
        return round(round(geometry.value_at(place.y()) / GRAIN) * GRAIN, 4)

    def _draw(self, place: QPointF, *, straight: bool) -> None:
        """Draw on to a place; ``straight``: in one line from where the last stroke ended."""
        step = self._geometry().step_at(place.x())
        if step is None:
            return
        point = (step, self._value_at(place, step))
        if not straight:
            self._base = None
        elif self._base is None:
            self._base = self._shown()
            self._anchor = self._last or point
        start = self._anchor if straight else self._last
        self._change(_line(start or point, point), self._base)
        self._last = point

    def _choose(self, step: int) -> None:
        if step != self._marker:
            self._marker = step
            self._renew()
            self.chosen.emit(step)

    def _point(self, step: int | None) -> None:
        if step != self._over:
            self._over = step
            self.update()

    # -- Qt's events -----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Draw in the plot; choose a step below it."""
        geometry, place = self._geometry(), event.position()
        step = geometry.step_at(place.x())
        if event.button() != Qt.MouseButton.LeftButton or step is None:
            return
        self._finish()
        if place.y() > geometry.frame.bottom() + 1:
            self._choosing = True
            self._choose(step)
        elif step >= self._locked:
            straight = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._before, self._held_range = self._edited, self.range()
            self._drawing = True
            if not straight:
                self._last = None
            self._draw(place, straight=straight)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on, travel along the steps, or read a step out."""
        geometry, place = self._geometry(), event.position()
        step = geometry.step_at(place.x())
        if self._drawing:
            straight = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._draw(place, straight=straight)
        elif self._choosing and step is not None:
            self._choose(step)
        within = geometry.frame.contains(place)
        self._point(step if within or self._drawing else None)
        shape = Qt.CursorShape.ArrowCursor
        if within and step is not None:
            kept = step < self._locked and not self._drawing
            shape = Qt.CursorShape.ForbiddenCursor if kept else Qt.CursorShape.CrossCursor
        self.setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the hand off."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._finish()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Count as another press."""
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a step, change its scale."""
        key, count = Qt.Key(event.key()), self.count
        here = self._marker if self._marker is not None and self._marker < count else None
        start = min(self._locked, count - 1) if here is None else here
        steps = {
            Qt.Key.Key_Left: start - (here is not None),
            Qt.Key.Key_Right: start + (here is not None),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: count - 1,
        }
        moves = {
            Qt.Key.Key_Up: _KEY, Qt.Key.Key_Down: -_KEY,
            Qt.Key.Key_PageUp: _PAGE, Qt.Key.Key_PageDown: -_PAGE,
        }  # fmt: skip
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or not count:
            event.ignore()
        elif self._drawing:
            if key == Qt.Key.Key_Escape:
                self._give_up()
        elif key in steps:
            self._choose(min(max(steps[key], 0), count - 1))
        elif key in moves or key == Qt.Key.Key_Backspace:
            self._choose(start)
            recorded = self._recorded[start] if start < len(self._recorded) else math.nan
            value = self._shown()[start] + moves[key] if key in moves else recorded
            if math.isfinite(value):
                self._by_key(start, value)
        else:
            event.ignore()

    def _by_key(self, step: int, value: float) -> None:
        if not self._pending:
            self._pending, self._before = True, self._edited
        self._change({step: value})
        self._last = (step, value)
        self._timer.start()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the read-out away."""
        super().leaveEvent(event)
        self._point(None)

    def hideEvent(self, event: QHideEvent) -> None:
        """Take the hand off: the mouse button comes up elsewhere."""
        super().hideEvent(event)
        self._finish()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys go here."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that they go elsewhere."""
        super().focusOutEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Take the hand off when it is disabled; follow palette and font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self._finish()
        self.update()

    def _renew(self) -> None:
        plot = self._plot()
        texts = [tr("{count} steps", count=plot.count)]
        if self._marker is not None and self._marker < plot.count:
            texts.insert(0, read(plot, self._marker).replace("   ", ", "))
        self.setAccessibleDescription("; ".join(texts) if plot.count else self._note)
        self.update()


def _line(start: tuple[int, float], end: tuple[int, float]) -> dict[int, float]:
    """Return the values of a straight line at every step from one point to another."""
    reach = end[0] - start[0]
    if not reach:
        return dict([end])
    way = 1 if reach > 0 else -1
    slope = (end[1] - start[1]) / reach
    inner = range(start[0], end[0], way)
    return {step: round(start[1] + (step - start[0]) * slope, 4) for step in inner} | dict([end])
