"""The film strip: travelling by mouse, wheel and keys; playing; filling while a run goes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QToolButton

from sdinspector.widgets.film_strip import FilmStrip, Frame
from sdinspector.widgets.strip_view import StripView


def frames(count):
    return [Frame(str(n + 1), f"t {999 - n}") for n in range(count)]


@pytest.fixture
def strip(qtbot, dressed):
    widget = FilmStrip()
    qtbot.addWidget(widget)
    widget.resize(900, 130)
    widget.set_frames(frames(20))
    widget.set_current(3)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def view(strip):
    return strip.findChild(StripView)


@pytest.fixture
def chosen(strip):
    told = []
    strip.chosen.connect(told.append)
    return told


def spot(view, index):
    return view.place(index).center().toPoint()


def test_a_click_goes_to_the_step_under_it(strip, view, chosen, qtbot):
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot(view, 5))
    assert chosen == [5]
    assert strip.current == 5


def test_dragging_travels_and_tells_each_step_once(strip, view, chosen, qtbot):
    port = view.viewport()
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=spot(view, 1))
    for index in (2, 2, 4):
        qtbot.mouseMove(port, spot(view, index))
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=spot(view, 4))
    assert chosen[0] == 1
    assert chosen[-1] == strip.current
    assert len(set(chosen)) == len(chosen)


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        (Qt.Key.Key_Left, 2),
        (Qt.Key.Key_Right, 4),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, 19),
    ],
)
def test_keys_travel(view, chosen, qtbot, key, wanted):
    qtbot.keyClick(view, key)
    assert chosen == [wanted]


def test_keys_stop_at_the_ends(strip, view, chosen, qtbot):
    strip.set_current(19)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    strip.set_current(0)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert chosen == []


def test_the_wheel_goes_step_by_step(view, chosen):
    inverted = False
    for delta in (-60, -60, 120):
        event = QWheelEvent(
            QPointF(50, 50), view.viewport().mapToGlobal(QPointF(50, 50)), QPoint(),
            QPoint(0, delta), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, inverted,
        )  # fmt: skip
        QApplication.sendEvent(view.viewport(), event)
    assert chosen == [4, 3]


def test_setting_the_current_step_tells_nobody_and_brings_it_into_sight(strip, view, chosen):
    strip.set_frames(frames(600))
    strip.set_current(500)
    assert chosen == []
    assert 500 in view.seen()
    assert len(view.seen()) < 30


def test_space_plays_to_the_end_and_stops_there(strip, view, chosen, qtbot):
    strip.findChild(QComboBox).setCurrentIndex(5)
    strip.set_current(16)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert strip.playing
    qtbot.waitUntil(lambda: not strip.playing)
    assert chosen == [17, 18, 19]


def test_space_pauses(strip, view, qtbot):
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert not strip.playing


def test_playing_at_the_end_begins_at_the_start(strip, chosen):
    strip.set_current(19)
    strip.play()
    assert chosen == [0]
    strip.play(on=False)


def test_playing_waits_for_steps_that_are_still_to_come(strip, qtbot):
    strip.findChild(QComboBox).setCurrentIndex(5)
    strip.set_frames(frames(3), expected=5)
    strip.set_current(1)
    strip.play()
    qtbot.waitUntil(lambda: strip.current == 2)
    assert strip.playing
    strip.set_frames(frames(5), expected=5)
    qtbot.waitUntil(lambda: not strip.playing)
    assert strip.current == 4


def test_hiding_the_strip_stops_playing(strip):
    strip.play()
    strip.hide()
    assert not strip.playing


def test_pictures_are_shown_in_their_own_colours(strip, view):
    strip.set_pictures({0: np.full((4, 4, 3), (10, 200, 30), np.uint8)})
    colour = view.viewport().grab().toImage().pixelColor(spot(view, 0))
    assert colour.getRgb()[:3] == (10, 200, 30)


def test_missing_pictures_are_named_those_in_sight_first(strip, view):
    strip.set_frames(frames(200))
    strip.set_current(150)
    strip.set_pictures({150: np.zeros((2, 2, 3), np.uint8)})
    missing = strip.missing()
    assert len(missing) == 199
    assert set(missing[: len(view.seen()) - 1]) == set(view.seen()) - {150}


def test_pictures_stay_while_the_strip_grows(strip):
    strip.set_pictures({0: np.zeros((2, 2, 3), np.uint8)})
    strip.set_frames(frames(25), expected=30)
    assert 0 not in strip.missing()
    strip.clear_pictures()
    assert 0 in strip.missing()


def test_step_and_timestep_are_named(strip):
    texts = [label.text() for label in strip.findChildren(QLabel)]
    assert "Step 4 of 20" in texts
    assert "t 996" in texts


def test_an_empty_strip_can_do_nothing_and_says_so(strip, view, chosen, qtbot):
    strip.set_frames(())
    assert strip.current == -1
    assert not any(button.isEnabled() for button in strip.findChildren(QToolButton))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_End, Qt.Key.Key_Space):
        qtbot.keyClick(view, key)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert chosen == []
    assert not strip.playing


def test_the_scroll_bar_does_not_flicker_between_needed_and_not(strip, view, qtbot):
    for width in range(700, 1500, 61):
        strip.resize(width, 130)
        needed = view.count() * view.pitch() > view.viewport().width()
        assert (view.horizontalScrollBar().maximum() > 0) == needed


def test_buttons_step_back_and_on(strip, chosen, qtbot):
    for name in ("Step on", "Step back"):
        button = next(b for b in strip.findChildren(QToolButton) if b.accessibleName() == name)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert chosen == [4, 3]


def test_small_pictures_are_enlarged_smoothly_or_as_squares(strip):
    strip.set_frames([Frame("1"), Frame("2")])
    halves = np.zeros((2, 2, 3), np.uint8)
    halves[:, 1] = 255
    strip.set_pictures({0: halves})
    place = strip.strip_position(0).toPoint()

    def tones():
        image = strip.grab().toImage()
        return {image.pixelColor(place.x() + x, place.y()).value() for x in range(-12, 13)}

    assert len(tones()) > 4
    strip.set_smooth(on=False)
    assert tones() == {0, 255}
