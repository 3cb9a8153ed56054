"""The slider of the guidance scale, moved by hand: mouse, keys, wheel, typing."""

from __future__ import annotations

import itertools
import math

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolTip

from sdinspector.app import theme
from sdinspector.widgets import axis_ticks, look, scale_painting
from sdinspector.widgets.end_editor import EndEditor
from sdinspector.widgets.scale_slider import ScaleSlider

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def slider(qtbot, dressed):
    widget = ScaleSlider()
    qtbot.addWidget(widget)
    widget.resize(520, widget.sizeHint().height())
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def told(slider):
    """All that the slider emits, in order."""
    events = []
    slider.grabbed.connect(lambda: events.append("grabbed"))
    slider.moved.connect(lambda value: events.append(("moved", value)))
    slider.released.connect(lambda value: events.append(("released", value)))
    slider.ends_changed.connect(lambda low, high: events.append(("ends", low, high)))
    return events


def on_groove(slider, value):
    return QPoint(round(slider.x_of(value)), round(slider._layout().groove.center().y()))


def drag(slider, place):
    """Move the mouse with the button down."""
    position = QPointF(place)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        position,
        slider.mapToGlobal(position),
        Qt.MouseButton.NoButton,
        LEFT,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(slider, event)


def turn(slider, angle, modifiers=Qt.KeyboardModifier.NoModifier):
    """Turn the wheel over the widget."""
    middle = QPointF(slider.rect().center())
    event = QWheelEvent(
        middle,
        slider.mapToGlobal(middle),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003
    )
    QApplication.sendEvent(slider, event)


def test_what_is_set_from_outside_tells_nobody(slider, told):
    slider.set_value(3.0)
    slider.set_recorded(7.5)
    slider.set_default(2.0)
    assert slider.set_ends(-2, 8)
    assert (slider.value(), slider.ends(), slider.recorded) == (3.0, (-2.0, 8.0), 7.5)
    assert told == []


def test_a_drag_tells_that_it_begins_every_tick_and_that_it_ends(slider, told, qtbot):
    start = on_groove(slider, slider.value())
    qtbot.mousePress(slider, LEFT, pos=start)
    assert told == ["grabbed"]
    assert slider.held
    for shift in range(1, 61):
        drag(slider, start + QPoint(shift, 0))
    qtbot.mouseRelease(slider, LEFT, pos=start + QPoint(60, 0))
    moves = [value for kind, value in told[1:-1] if kind == "moved"]
    assert len(moves) > 40
    assert moves == sorted(moves)
    assert all(abs(value * 20 - round(value * 20)) < 1e-9 for value in moves)  # rounded to 0.05
    assert told[-1] == ("released", slider.value())
    assert slider.value() == pytest.approx(7.5 + 60 / 500 * 20, abs=0.1)
    assert not slider.held


def test_taking_the_knob_beside_its_middle_does_not_move_it(slider, told, qtbot):
    slider.set_value(7.33)
    place = on_groove(slider, 7.33) + QPoint(5, 0)
    qtbot.mousePress(slider, LEFT, pos=place)
    qtbot.mouseRelease(slider, LEFT, pos=place)
    assert told == ["grabbed", ("released", 7.33)]


def test_a_click_on_the_groove_brings_the_knob_there(slider, told, qtbot):
    qtbot.mouseClick(slider, LEFT, pos=on_groove(slider, 12.0))
    assert slider.value() == pytest.approx(12.0, abs=0.05)
    assert [event[0] for event in told[1:]] == ["moved", "released"]


@pytest.mark.parametrize("mark", [0.0, 1.0, 7.53])
def test_the_mouse_takes_the_marks_exactly(slider, qtbot, mark):
    slider.set_recorded(7.53)
    slider.set_value(15)
    qtbot.mouseClick(slider, LEFT, pos=on_groove(slider, mark) + QPoint(1, 0))
    assert slider.value() == mark


def test_a_click_on_a_number_takes_it(slider, qtbot):
    label = next(item for item in slider._layout().labels if item.value == 12.0)
    qtbot.mouseClick(slider, LEFT, pos=label.box.center().toPoint() + QPoint(3, 0))
    assert slider.value() == 12.0


def test_escape_gives_a_drag_up(slider, told, qtbot):
    start = on_groove(slider, 7.5)
    qtbot.mousePress(slider, LEFT, pos=start)
    drag(slider, start + QPoint(80, 0))
    qtbot.keyClick(slider, Qt.Key.Key_Escape)
    assert slider.value() == 7.5
    assert told[-1] == ("released", 7.5)
    before = list(told)
    drag(slider, start + QPoint(90, 0))
    qtbot.mouseRelease(slider, LEFT, pos=start)
    assert told == before


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Qt.Key.Key_Left, 7.4),
        (Qt.Key.Key_Right, 7.6),
        (Qt.Key.Key_PageUp, 8.5),
        (Qt.Key.Key_PageDown, 6.5),
        (Qt.Key.Key_Home, 0.0),
        (Qt.Key.Key_End, 20.0),
    ],
)
def test_keys_move_it(slider, told, qtbot, key, value):
    qtbot.keyClick(slider, key)
    assert told == ["grabbed", ("moved", value)]
    qtbot.waitUntil(lambda: told[-1] == ("released", value))


def test_many_keys_count_as_one_movement(slider, told, qtbot):
    for _ in range(10):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == 8.5  # no rounding errors add up
    qtbot.waitUntil(lambda: told[-1] == ("released", 8.5))
    assert told.count("grabbed") == 1
    assert sum(event[0] == "released" for event in told) == 1


def test_the_wheel_moves_it_and_ctrl_makes_it_ten_times_as_far(slider, told, qtbot):
    turn(slider, 120)
    assert slider.value() == 7.6
    turn(slider, -240)
    assert slider.value() == 7.4
    turn(slider, 120, Qt.KeyboardModifier.ControlModifier)
    assert slider.value() == 8.4
    turn(slider, 60)  # half a notch of a fine wheel
    assert slider.value() == 8.4
    turn(slider, 60)
    assert slider.value() == 8.5
    qtbot.waitUntil(lambda: told[-1] == ("released", 8.5))


def test_keys_stop_at_the_ends_and_lead_back_from_beyond(slider, qtbot):
    slider.set_value(25.0)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == 25.0
    qtbot.keyClick(slider, Qt.Key.Key_PageDown)
    assert slider.value() == 24.0
    slider.set_value(19.95)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == 20.0


def test_a_double_click_goes_to_the_default(slider, told, qtbot):
    slider.set_default(5.0)
    place = on_groove(slider, 15.0)
    qtbot.mouseClick(slider, LEFT, pos=place)
    del told[:]
    qtbot.mouseDClick(slider, LEFT, pos=place)
    assert slider.value() == 5.0
    drag(slider, place + QPoint(1, 0))  # a shaking hand
    qtbot.mouseRelease(slider, LEFT, pos=place)
    assert slider.value() == 5.0
    assert told[0] == "grabbed"
    assert ("moved", 5.0) in told
    assert told[-1] == ("released", 5.0)


@pytest.mark.parametrize("value", [25.0, 1e6, -40.0])
def test_a_value_outside_the_ends_stays_and_is_shown_at_the_end(slider, value, qtbot):
    slider.set_value(value)
    assert slider.value() == value
    end = 20.0 if value > 0 else 0.0
    assert slider.x_of(value) == slider.x_of(end)
    image = slider.grab().toImage()
    slider.set_value(end)
    assert slider.grab().toImage() != image  # an arrow, another number
    slider.set_value(value)
    place = on_groove(slider, end)
    qtbot.mouseClick(slider, LEFT, pos=place)  # holding it without moving leaves it
    assert slider.value() == value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_left_aside(slider, value):
    slider.set_value(value)
    slider.set_recorded(value)
    slider.set_default(value)
    assert (slider.value(), slider.recorded, slider.default) == (7.5, None, 7.5)
    assert not slider.set_ends(0, value)
    assert not slider.set_ends(3, 3)
    assert slider.ends() == (0, 20)


@pytest.mark.parametrize(
    "ends", [(0, 20), (-5, 5), (0.2, 0.7), (0, 1e6), (-1e6, 1e6), (0, 1e-3), (1, 2), (0, 1e12)]
)
@pytest.mark.parametrize("width", [60, 140, 520, 1900])
def test_labels_never_overlap_and_stay_inside(slider, ends, width):
    slider.set_ends(*ends)
    slider.resize(width, slider.height())
    boxes = sorted((item.box.left(), item.box.right()) for item in slider._layout().labels[2:])
    slider.grab()
    assert all(first[1] < second[0] for first, second in itertools.pairwise(boxes))
    if width > 100:
        assert all(left >= -0.5 and right <= width + 0.5 for left, right in boxes)


def test_the_marks_are_named_where_there_is_room(slider):
    slider.set_ends(0, 4)
    names = {item.value: item.name for item in slider._layout().labels}
    assert (names[0.0], names[1.0]) == ("no prompt", "plain")
    slider.set_ends(0, 20)
    names = {item.value: item.name for item in slider._layout().labels}
    assert (names[0.0], names[1.0]) == ("", "plain")


def test_an_end_is_typed_after_a_double_click_on_its_number(slider, told, qtbot):
    qtbot.mouseDClick(slider, LEFT, pos=slider.end_rect("high").center().toPoint())
    editor = slider.findChild(EndEditor)
    assert editor.isVisible()
    assert editor.selectedText() == "20"
    qtbot.keyClicks(editor, "12,5")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert slider.ends() == (0.0, 12.5)
    assert told == [("ends", 0.0, 12.5)]
    assert not editor.isVisible()


@pytest.mark.parametrize("typed", ["30", "20", "nan", "inf", "much", ""])
def test_an_end_that_makes_no_sense_is_refused_where_it_is_typed(slider, told, qtbot, typed):
    editor = slider.edit_end("low")
    editor.clear()
    qtbot.keyClicks(editor, typed)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.isVisible()
    assert editor.property("invalid")
    assert editor.toolTip()
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()
    assert (slider.ends(), told) == ((0.0, 20.0), [])


def test_the_value_stays_when_the_ends_leave_it_outside(slider):
    slider.set_ends(0, 5)
    assert slider.value() == 7.5


def test_the_menu_offers_the_known_values_and_the_ends(slider, told, qtbot):
    slider.set_recorded(4.0)
    place = slider.rect().center()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, slider.mapToGlobal(place), Qt.NoModifier
    )
    QApplication.sendEvent(slider, event)
    menu = slider.findChild(QMenu)
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert texts[:2] == ["Reset to 7.5", "Back to the recorded 4"]
    menu.actions()[1].trigger()
    assert slider.value() == 4.0
    menu.actions()[3].trigger()
    assert slider.findChild(EndEditor).isVisible()
    menu.close()
    qtbot.waitUntil(lambda: told[-1] == ("released", 4.0))


def test_it_says_why_there_is_nothing_to_move(slider, told, qtbot):
    slider.set_unavailable("This model takes no guidance")
    assert not slider.isEnabled()
    assert slider.accessibleDescription().startswith("This model takes no guidance")
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    qtbot.mouseClick(slider, LEFT, pos=on_groove(slider, 3.0))
    slider.grab()
    assert told == []
    slider.set_unavailable("")
    assert slider.isEnabled()


@pytest.mark.parametrize("way", ["hide", "disable"])
def test_it_is_let_go_when_it_goes_while_it_is_held(slider, told, qtbot, way):
    qtbot.mousePress(slider, LEFT, pos=on_groove(slider, 10.0))
    slider.hide() if way == "hide" else slider.setEnabled(False)
    assert told[-1] == ("released", slider.value())
    assert not slider.held


def test_name_and_value_are_said_to_those_who_cannot_see_it(slider):
    slider.set_recorded(7.5)
    slider.set_value(-3.25)
    assert slider.accessibleName() == "Guidance scale s"
    assert slider.toolTip()
    text = slider.accessibleDescription()
    assert all(part in text for part in ("−3.25", "from 0.00 to 20.00", "recorded 7.50"))


def test_each_mark_has_a_tip_of_its_own(slider, monkeypatch):
    slider.set_recorded(9.0)
    shown = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, text, widget: shown.append(text))
    places = [on_groove(slider, value) for value in (0.0, 1.0, 9.0, 7.5)]
    places.append(slider.end_rect("low").center().toPoint())
    for place in places:
        event = QHelpEvent(QEvent.Type.ToolTip, place, slider.mapToGlobal(place))
        QApplication.sendEvent(slider, event)
    assert len(set(shown)) == 5
    assert shown[0].startswith("s = 0")
    assert shown[1].startswith("s = 1")
    assert "recorded" in shown[2]


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_part_up_to_the_scale_is_filled(slider, name):
    theme.apply(QApplication.instance(), name)
    accent = look.tones(slider.palette()).accent
    image = slider.grab().toImage()
    row = round(slider._layout().groove.center().y())
    assert image.pixelColor(round(slider.x_of(3.5)), row) == accent
    assert image.pixelColor(round(slider.x_of(14.5)), row) != accent
    theme.apply(QApplication.instance(), "light")


def test_ticks_stand_on_round_numbers():
    assert axis_ticks.nice_step(20, 1.3) == 2
    assert axis_ticks.nice_step(1, 0.06) == pytest.approx(0.1)
    assert axis_ticks.ticks(-1.2, 1.2, 0.5) == [-1, -0.5, 0, 0.5, 1]
    assert axis_ticks.ticks(0, 1e9, 1e-3) == []
    assert axis_ticks.trimmed(-0.25) == "−0.25"
    assert axis_ticks.trimmed(2e5) == "2e5"
    assert axis_ticks.written(-0.001) == "0.00"
    assert axis_ticks.parsed("−1,5") == -1.5
    assert axis_ticks.nice_top(13.2) == 14
    assert scale_painting.special(0.5) == ""
