"""How the slider of the guidance scale is laid out and painted."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.axis_ticks import has_room, nice_step, ticks, trimmed, written

#: Radius of the knob.
KNOB = 7.0
_GROOVE = 4.0
_POINT = 4.0  # height of the triangle that marks the recorded scale
_MARGIN = KNOB + 3.0
_SPACE = 7.0  # least distance between two labels


@dataclass(frozen=True)
class Marks:
    """What stands on the slider."""

    low: float
    high: float
    value: float
    recorded: float | None


@dataclass(frozen=True)
class State:
    """What a person does with it."""

    enabled: bool
    focus: bool
    held: bool
    over: str


@dataclass(frozen=True)
class Label:
    """One number under the groove, and the name of its mark where that has room."""

    value: float
    text: str
    name: str
    box: QRectF


def _small(font: QFont) -> QFont:
    return look.scaled(font, 0.85)


def height(font: QFont) -> int:
    """Return the height at which everything has room."""
    line = QFontMetrics(_small(font)).height()
    return round(2 * line + _POINT + 2 * KNOB + 12)


def special(value: float) -> str:
    """Return what a scale means, or nothing."""
    if value == 0.0:
        return tr("no prompt")
    return tr("plain") if value == 1.0 else ""


@dataclass(frozen=True)
class Layout:
    """Where everything is."""

    marks: Marks
    area: QRectF
    font: QFont
    groove: QRectF
    knob: QRectF
    labels: tuple[Label, ...]
    ends: tuple[QRectF, QRectF]

    @classmethod
    def of(cls, marks: Marks, area: QRectF, font: QFont, before: Layout | None = None) -> Layout:
        """Lay a slider out in a rectangle; the labels are those of ``before`` where they fit."""
        metrics = QFontMetrics(_small(font))
        line = metrics.height()
        middle = area.top() + line + _POINT + KNOB + 3
        groove = QRectF(
            area.left() + _MARGIN,
            middle - _GROOVE / 2,
            max(area.width() - 2 * _MARGIN, 1.0),
            _GROOVE,
        )
        x = _x_of(marks, groove, marks.value)
        knob = QRectF(x - KNOB, middle - KNOB, 2 * KNOB, 2 * KNOB)
        row = QRectF(area.left(), middle + KNOB + 6, area.width(), line)
        ends = (marks.low, marks.high)
        if before and (before.marks.low, before.marks.high, before.area) == (*ends, area):
            labels = before.labels
        else:
            labels = _labels(marks, groove, row, metrics)
        return cls(marks, area, font, groove, knob, labels, (labels[0].box, labels[1].box))

    def x_of(self, value: float) -> float:
        """Return where a value is; the ends for what is outside."""
        return _x_of(self.marks, self.groove, value)

    def label_at(self, place: QPointF) -> float | None:
        """Return the value whose number is at a place."""
        found = (
            item.value for item in self.labels if item.box.adjusted(-2, 0, 2, 2).contains(place)
        )
        return next(found, None)


def _x_of(marks: Marks, groove: QRectF, value: float) -> float:
    share = (value - marks.low) / (marks.high - marks.low)
    return groove.left() + min(max(share, 0.0), 1.0) * groove.width()


def _steps(marks: Marks, groove: QRectF) -> tuple[float, float]:
    """Return the distances of long and of short ticks."""
    span = marks.high - marks.low
    long = nice_step(span, span * 44 / groove.width())
    short = nice_step(span, max(long / 5, span * 7 / groove.width()))
    return long, short


def _labels(marks: Marks, groove: QRectF, row: QRectF, metrics: QFontMetrics) -> tuple[Label, ...]:
    """Return the labels that have room: the two ends first, then 0 and 1, then the rest."""

    def put(value: float, text: str) -> QRectF:
        width = metrics.horizontalAdvance(text)
        left = _x_of(marks, groove, value) - width / 2
        return QRectF(
            min(max(left, row.left()), row.right() - width), row.top(), width, row.height()
        )

    taken = [
        Label(end, trimmed(end), "", put(end, trimmed(end))) for end in (marks.low, marks.high)
    ]

    def spans(without: Label | None = None) -> list[tuple[float, float]]:
        return [(item.box.left(), item.box.right()) for item in taken if item is not without]

    inner = [mark for mark in (0.0, 1.0) if marks.low < mark < marks.high]
    for mark in inner:
        box = put(mark, trimmed(mark))
        if has_room((box.left(), box.right()), spans(), _SPACE):
            taken.append(Label(mark, trimmed(mark), "", box))
    for index, item in enumerate(taken):  # the names of 0 and 1, at either side of the number
        name = special(item.value)
        if not name:
            continue
        width = metrics.horizontalAdvance("\u2002" + name)
        right, left = item.box.adjusted(0, 0, width, 0), item.box.adjusted(-width, 0, 0, 0)
        for box in (right, left):
            inside = row.left() <= box.left() and box.right() <= row.right()
            other = 1.0 - item.value  # under that mark it would be misread
            if marks.low <= other <= marks.high:
                x = _x_of(marks, groove, other)
                inside = inside and not box.left() <= x <= box.right()
            if inside and has_room((box.left(), box.right()), spans(item), _SPACE):
                taken[index] = Label(item.value, item.text, name, box)
                break
    for value in ticks(marks.low, marks.high, _steps(marks, groove)[0]):
        box = put(value, trimmed(value))
        if has_room((box.left(), box.right()), spans(), _SPACE):
            taken.append(Label(value, trimmed(value), "", box))
    return tuple(taken)


def paint_still(painter: QPainter, layout: Layout, tone: look.Tones, state: State) -> None:
    """Paint what does not move with the knob: groove, ticks, labels."""
    painter.setFont(_small(layout.font))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.mix(tone.line, tone.faint, 0.25) if state.enabled else tone.line)
    painter.drawRoundedRect(layout.groove, _GROOVE / 2, _GROOVE / 2)
    _paint_ticks(painter, layout, tone)
    _paint_labels(painter, layout, tone, state)


def paint_moving(painter: QPainter, layout: Layout, tone: look.Tones, state: State) -> None:
    """Paint what moves: the filled part, the marks over it, the knob, what is written over it."""
    painter.setFont(_small(layout.font))
    _paint_filled(painter, layout, tone)
    _paint_recorded(painter, layout, tone)
    _paint_knob(painter, layout, tone, state)
    _paint_captions(painter, layout, tone)


def _paint_filled(painter: QPainter, layout: Layout, tone: look.Tones) -> None:
    groove, marks = layout.groove, layout.marks
    base = min(max(0.0, marks.low), marks.high)
    start, end = sorted((layout.x_of(base), layout.x_of(marks.value)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tone.accent)
    painter.drawRoundedRect(
        QRectF(start, groove.top(), end - start, _GROOVE), _GROOVE / 2, _GROOVE / 2
    )
    painter.setPen(QPen(tone.text, 1))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for value in (0.0, 1.0):  # a notch through the groove
        if marks.low <= value <= marks.high:
            x, y = round(layout.x_of(value)), groove.center().y()
            painter.drawLine(QPointF(x, y - 5), QPointF(x, y + 4))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_ticks(painter: QPainter, layout: Layout, tone: look.Tones) -> None:
    marks, groove = layout.marks, layout.groove
    _, short = _steps(marks, groove)
    top = groove.center().y() + KNOB + 1
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    named = {item.value for item in layout.labels}
    for value in sorted({*ticks(marks.low, marks.high, short), *named}):
        mark = value in (0.0, 1.0)
        painter.setPen(QPen(tone.muted if mark or value in named else tone.faint, 1))
        x = round(layout.x_of(value))
        painter.drawLine(QPointF(x, top), QPointF(x, top + (4 if value in named else 2)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_labels(painter: QPainter, layout: Layout, tone: look.Tones, state: State) -> None:
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    metrics = painter.fontMetrics()
    for index, item in enumerate(layout.labels):
        mark = special(item.value) != ""
        colour = tone.text if mark else tone.muted
        box = QRectF(item.box)
        if index < 2 and state.enabled and state.over == ("low", "high")[index]:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tone.accent_soft)
            painter.drawRoundedRect(box.adjusted(-3, -1, 3, 1), 3, 3)
        painter.setPen(colour if state.enabled else tone.faint)
        number = metrics.horizontalAdvance(item.text)
        if not item.name:
            painter.drawText(box.adjusted(0, 0, 2, 0), left, item.text)
            continue
        before = box.center().x() > layout.x_of(item.value) + 1  # the name follows the number
        first, second = (item.text, item.name) if before else (item.name, item.text)
        painter.setPen((tone.text if before else tone.muted) if state.enabled else tone.faint)
        painter.drawText(box.adjusted(0, 0, 2, 0), left, first)
        painter.setPen((tone.muted if before else tone.text) if state.enabled else tone.faint)
        width = metrics.horizontalAdvance(second)
        shift = box.right() - (width if before else number)
        painter.drawText(QRectF(shift, box.top(), width + 2, box.height()), left, second)


def _paint_recorded(painter: QPainter, layout: Layout, tone: look.Tones) -> None:
    recorded = layout.marks.recorded
    if recorded is None:
        return
    x = layout.x_of(recorded)
    point = layout.groove.center().y() - KNOB - 1
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tone.text)
    triangle = [QPointF(x - 4, point - _POINT), QPointF(x + 4, point - _POINT), QPointF(x, point)]
    painter.drawPolygon(QPolygonF(triangle))
    painter.setPen(QPen(tone.text, 1.4))
    painter.drawLine(
        QPointF(x, layout.groove.center().y() - 5), QPointF(x, layout.groove.center().y() + 5)
    )


def _paint_knob(painter: QPainter, layout: Layout, tone: look.Tones, state: State) -> None:
    knob, marks = layout.knob, layout.marks
    bright = state.held or state.focus or state.over == "knob"
    if state.held or state.focus:
        halo = QColor(tone.accent)
        halo.setAlpha(70 if state.held else 45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(halo)
        painter.drawEllipse(knob.adjusted(-3, -3, 3, 3))
    painter.setBrush(tone.accent_soft if state.held else tone.raised)
    painter.setPen(QPen(tone.accent if bright else tone.muted, 2.0 if bright else 1.2))
    painter.drawEllipse(knob.adjusted(1, 1, -1, -1))
    if marks.low <= marks.value <= marks.high:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone.accent)
        painter.drawEllipse(knob.center(), 2.0, 2.0)
        return
    way = 1 if marks.value > marks.high else -1  # an arrow that points outwards
    middle = knob.center()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tone.accent)
    arrow = [
        QPointF(middle.x() + 3.5 * way, middle.y()),
        QPointF(middle.x() - 2 * way, middle.y() - 3.5),
        QPointF(middle.x() - 2 * way, middle.y() + 3.5),
    ]
    painter.drawPolygon(QPolygonF(arrow))


def _paint_captions(painter: QPainter, layout: Layout, tone: look.Tones) -> None:
    """Write the scale over the knob and, where there is room, the recorded one over its mark."""
    marks, area = layout.marks, layout.area
    line = painter.fontMetrics().height()
    middle = int(Qt.AlignmentFlag.AlignCenter)
    name = special(marks.value)
    same = marks.recorded is not None and marks.value == marks.recorded
    text = "  ·  ".join(
        part
        for part in (f"s = {written(marks.value)}", name, tr("recorded") if same else "")
        if part
    )
    strong = look.scaled(_small(layout.font), 1.0, bold=True)
    box = _centred(layout.x_of(marks.value), QFontMetrics(strong).horizontalAdvance(text), area)
    box.setHeight(line)
    painter.setFont(strong)
    painter.setPen(tone.accent)
    painter.drawText(box.adjusted(-4, 0, 4, 0), middle, text)
    painter.setFont(_small(layout.font))
    if marks.recorded is None or same:
        return
    for text in (tr("recorded {scale}", scale=written(marks.recorded)), written(marks.recorded)):
        width = painter.fontMetrics().horizontalAdvance(text)
        other = _centred(layout.x_of(marks.recorded), width, area)
        other.setHeight(line)
        if has_room((other.left(), other.right()), [(box.left(), box.right())], 10):
            painter.setPen(tone.muted)
            painter.drawText(other.adjusted(-4, 0, 4, 0), middle, text)
            return


def _centred(x: float, width: float, area: QRectF) -> QRectF:
    left = min(max(x - width / 2, area.left()), area.right() - width)
    return QRectF(left, area.top(), width, 0)


def paint_reason(painter: QPainter, layout: Layout, tone: look.Tones, why: str) -> None:
    """Say over the groove why there is nothing to move."""
    painter.setFont(_small(layout.font))
    metrics = painter.fontMetrics()
    painter.setPen(tone.muted)
    room = QRectF(layout.area.left(), layout.area.top(), layout.area.width(), metrics.height())
    text = metrics.elidedText(why, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
