"""The editor of the guidance curve, drawn in by mouse and keys."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from sdinspector.app import theme
from sdinspector.widgets import look
from sdinspector.widgets.curve_editor import CurveEditor

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = (7.5,) * 20


@pytest.fixture
def editor(qtbot, dressed):
    widget = CurveEditor()
    qtbot.addWidget(widget)
    widget.resize(500, 240)
    widget.set_recorded(PLAIN)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def told(editor):
    """All that the editor emits, in order."""
    events = []
    editor.edited.connect(lambda values: events.append(("edited", values)))
    editor.finished.connect(lambda values: events.append(("finished", values)))
    editor.chosen.connect(lambda step: events.append(("chosen", step)))
    return events


def at(editor, step, value):
    return editor.place_of(step, value).toPoint()


def drag(editor, place, modifiers=Qt.KeyboardModifier.NoModifier):
    """Move the mouse with the button down."""
    position = QPointF(place)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        position,
        editor.mapToGlobal(position),
        Qt.MouseButton.NoButton,
        LEFT,
        modifiers,
    )
    QApplication.sendEvent(editor, event)


def colours_in(editor, step):
    """Return the colours in the column of a step's middle."""
    image = editor.grab().toImage()
    x = round(editor.place_of(step, 0).x()) + 3
    frame = editor._geometry().frame
    rows = range(math.ceil(frame.top()) + 1, int(frame.bottom()) - 1)
    return {image.pixelColor(x, y).name() for y in rows}


def test_what_is_set_from_outside_tells_nobody(editor, told):
    editor.set_recorded([5.0] * 8)
    editor.set_curve([1.0] * 8)
    editor.set_marker(3)
    editor.set_locked_until(2)
    editor.set_range(0, 30)
    assert editor.curve() == (1.0,) * 8
    assert (editor.count, editor.marker, editor.locked_until) == (8, 3, 2)
    assert editor.range() == (0, 30)
    editor.set_curve(None)
    assert editor.curve() is None
    assert told == []


def test_dragging_sets_the_scales_under_the_mouse(editor, told, qtbot):
    qtbot.mousePress(editor, LEFT, pos=at(editor, 4, 3.0))
    drag(editor, at(editor, 5, 3.0))
    drag(editor, at(editor, 6, 4.0))
    qtbot.mouseRelease(editor, LEFT, pos=at(editor, 6, 4.0))
    curve = editor.curve()
    assert curve[4:7] == pytest.approx((3.0, 3.0, 4.0), abs=0.06)
    assert curve[:4] == PLAIN[:4]
    assert curve[7:] == PLAIN[7:]
    assert [kind for kind, _ in told] == ["edited"] * 3 + ["finished"]
    assert told[-1] == ("finished", curve)
    assert all(abs(value * 20 - round(value * 20)) < 1e-9 for value in curve)


def test_a_fast_hand_leaves_no_step_out(editor, qtbot):
    qtbot.mousePress(editor, LEFT, pos=at(editor, 2, 2.0))
    drag(editor, at(editor, 12, 2.0))
    qtbot.mouseRelease(editor, LEFT, pos=at(editor, 12, 2.0))
    assert editor.curve()[2:13] == pytest.approx((2.0,) * 11, abs=0.06)


def test_with_shift_a_straight_line_leads_from_the_last_point(editor, qtbot):
    qtbot.mouseClick(editor, LEFT, pos=at(editor, 0, 10.0 - 0.5))
    qtbot.mousePress(editor, LEFT, SHIFT, at(editor, 10, 5.0))
    drag(editor, at(editor, 19, 0.0), SHIFT)  # the line follows and leaves nothing behind
    qtbot.mouseRelease(editor, LEFT, SHIFT, at(editor, 19, 0.0))
    wanted = [9.5 * (1 - step / 19) for step in range(20)]
    assert editor.curve() == pytest.approx(wanted, abs=0.06)
    drag_back = at(editor, 10, 2.0)
    qtbot.mouseClick(editor, LEFT, SHIFT, drag_back)
    assert editor.curve()[10] == pytest.approx(2.0, abs=0.06)
    assert editor.curve()[19] == 0.0  # the next line begins where the last one ended


def test_the_range_holds_still_while_drawing(editor, qtbot):
    before = editor.range()
    qtbot.mousePress(editor, LEFT, pos=at(editor, 5, 9.9))
    drag(editor, QPoint(200, -50))
    assert editor.range() == before
    assert max(editor.curve()) == before[1]
    qtbot.mouseRelease(editor, LEFT)
    assert editor.range()[1] > before[1]  # room to draw higher


@pytest.mark.parametrize("mark", [7.5, 1.0])
def test_the_mouse_takes_the_marks_exactly(editor, qtbot, mark):
    editor.set_curve([4.0] * 20)
    qtbot.mouseClick(editor, LEFT, pos=at(editor, 9, mark) + QPoint(0, 1))
    assert editor.curve()[9] == mark


def test_steps_that_are_kept_cannot_be_drawn(editor, told, qtbot):
    editor.set_locked_until(6)
    qtbot.mouseClick(editor, LEFT, pos=at(editor, 3, 2.0))
    assert told == []
    qtbot.mousePress(editor, LEFT, pos=at(editor, 8, 2.0))
    drag(editor, at(editor, 1, 2.0))
    qtbot.mouseRelease(editor, LEFT)
    assert editor.curve()[:6] == PLAIN[:6]
    assert editor.curve()[6:9] == pytest.approx((2.0,) * 3, abs=0.06)
    editor.set_marker(2)
    before = list(told)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Backspace):
        qtbot.keyClick(editor, key)
    assert told == before


def test_kept_steps_are_hatched(editor):
    free = colours_in(editor, 2)
    editor.set_locked_until(6)
    assert len(colours_in(editor, 2)) > len(free)
    assert colours_in(editor, 12) == free


def test_keys_choose_a_step_and_change_its_scale(editor, told, qtbot):
    editor.set_marker(4)
    qtbot.keyClick(editor, Qt.Key.Key_Right)
    qtbot.keyClick(editor, Qt.Key.Key_Up)
    qtbot.keyClick(editor, Qt.Key.Key_Up)
    qtbot.keyClick(editor, Qt.Key.Key_PageDown)
    assert told[0] == ("chosen", 5)
    assert editor.curve()[5] == 6.7
    assert editor.curve()[4] == 7.5
    qtbot.waitUntil(lambda: told[-1] == ("finished", editor.curve()))
    assert sum(kind == "finished" for kind, _ in told) == 1
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    assert editor.curve()[5] == 7.5
    qtbot.waitUntil(lambda: told[-1][0] == "finished")


def test_keys_go_to_the_ends_and_not_beyond(editor, told, qtbot):
    for key in (Qt.Key.Key_End, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_Left):
        qtbot.keyClick(editor, key)
    assert told == [("chosen", 19), ("chosen", 0)]


def test_the_numbers_of_the_steps_choose_a_step(editor, told, qtbot):
    below = round(editor._geometry().frame.bottom()) + 8
    qtbot.mousePress(editor, LEFT, pos=QPoint(at(editor, 7, 0).x(), below))
    drag(editor, QPoint(at(editor, 9, 0).x(), below))
    qtbot.mouseRelease(editor, LEFT)
    assert told == [("chosen", 7), ("chosen", 9)]
    assert editor.curve() is None


def test_escape_gives_a_drag_up(editor, told, qtbot):
    qtbot.mousePress(editor, LEFT, pos=at(editor, 4, 3.0))
    drag(editor, at(editor, 9, 3.0))
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.curve() is None
    assert told[-1] == ("edited", PLAIN)
    qtbot.mouseRelease(editor, LEFT)
    assert not any(kind == "finished" for kind, _ in told)


def test_a_press_that_changes_nothing_is_no_edit(editor, told, qtbot):
    qtbot.mouseClick(editor, LEFT, pos=at(editor, 4, 7.5))
    assert told == []
    assert editor.curve() is None


def test_a_curve_of_another_length_goes_with_its_recording(editor):
    editor.set_curve([1.0] * 20)
    editor.set_recorded([7.5] * 20)
    assert editor.curve() is not None
    editor.set_recorded([7.5] * 30)
    assert editor.curve() is None


@pytest.mark.parametrize(
    "values",
    [
        (),
        (7.5,),
        (1e6, -1e6, 0.0),
        (math.nan, 2.0, math.inf, 3.0),
        (math.nan,) * 3,
        (0.0,) * 5,
        tuple(float(number % 30) for number in range(1000)),
    ],
)
@pytest.mark.parametrize("size", [(500, 240), (160, 96), (40, 20)])
def test_odd_curves_are_drawn_and_edited_without_harm(editor, qtbot, values, size):
    editor.set_recorded(values)
    editor.set_curve([value + 1 for value in values])
    editor.set_marker(0)
    editor.resize(*size)
    editor.grab()
    low, high = editor.range()
    assert low < high
    qtbot.mouseClick(editor, LEFT, pos=editor.rect().center())
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Backspace, Qt.Key.Key_End):
        qtbot.keyClick(editor, key)
    editor.grab()


@pytest.mark.parametrize("ends", [(3, 3), (5, 1), (0, math.nan), (-math.inf, 1), (None, 1)])
def test_a_range_that_makes_no_sense_is_left_aside(editor, ends):
    before = editor.range()
    editor.set_range(*ends)
    assert editor.range() == before


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_edited_curve_is_drawn_over_the_recorded_one(editor, name):
    theme.apply(QApplication.instance(), name)
    tone = look.tones(editor.palette())
    assert tone.accent.name() not in colours_in(editor, 8)
    assert tone.muted.name() in colours_in(editor, 8)
    editor.set_curve([3.0] * 20)
    assert tone.accent.name() in colours_in(editor, 8)
    theme.apply(QApplication.instance(), "light")


def test_the_marked_step_is_said_to_those_who_cannot_see_it(editor):
    editor.set_curve([3.0] * 20)
    editor.set_marker(4)
    editor.set_locked_until(5)
    assert editor.accessibleName()
    assert editor.toolTip()
    text = editor.accessibleDescription()
    assert text == "step 5, recorded 7.50, edited 3.00, kept; 20 steps"
    editor.set_numbers([1, 2, *range(2, 20)])  # as PNDM calls: the second step twice
    assert editor.accessibleDescription().startswith("step 4, ")
    editor.set_numbers(())
    editor.set_curve(None)
    editor.set_recorded(())
    editor.set_note("Nothing yet")
    assert editor.accessibleDescription() == "Nothing yet"


@pytest.mark.parametrize("way", ["hide", "disable"])
def test_the_hand_is_off_when_it_goes_while_it_is_drawn_on(editor, told, qtbot, way):
    qtbot.mousePress(editor, LEFT, pos=at(editor, 4, 3.0))
    editor.hide() if way == "hide" else editor.setEnabled(False)
    assert told[-1] == ("finished", editor.curve())
