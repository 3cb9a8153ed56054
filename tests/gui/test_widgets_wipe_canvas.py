"""The wipe: which picture is seen where, and the handle between them."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QRegion
from PySide6.QtWidgets import QApplication, QLabel

from sdinspector.widgets.wipe_canvas import WipeCanvas
from tests.gui.test_widgets_canvas import colour_at, place_of

LEFT = Qt.MouseButton.LeftButton
RED = np.full((8, 8, 3), (200, 10, 20), np.uint8)
BLUE = np.full((8, 8, 3), (10, 20, 200), np.uint8)
GREEN = np.full((8, 8, 3), (10, 180, 30), np.uint8)


@pytest.fixture
def canvas(qtbot, dressed):
    widget = WipeCanvas()
    qtbot.addWidget(widget)
    widget.resize(400, 400)
    widget.set_pair(RED, BLUE, "recorded", "s = 4")
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def told(canvas):
    places = []
    canvas.wiped.connect(places.append)
    return places


def drag(canvas, place):
    """Move the mouse with the button down."""
    port = canvas.viewport()
    position = QPointF(place)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        position,
        port.mapToGlobal(position),
        Qt.MouseButton.NoButton,
        LEFT,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(port, event)


def seen(canvas):
    """Return the texts that are shown over the pictures."""
    return {label.text() for label in canvas.findChildren(QLabel) if label.isVisible()}


def test_left_of_the_handle_is_one_picture_and_right_of_it_the_other(canvas):
    assert colour_at(canvas, 0.2, 0.8) == tuple(RED[0, 0])
    assert colour_at(canvas, 0.8, 0.8) == tuple(BLUE[0, 0])
    canvas.set_share(0.1)
    assert colour_at(canvas, 0.2, 0.8) == tuple(BLUE[0, 0])
    canvas.set_share(0.9)
    assert colour_at(canvas, 0.8, 0.8) == tuple(RED[0, 0])


@pytest.mark.parametrize("share", [0.0, 1.0, -3.0, 7.0])
def test_at_either_end_one_picture_is_seen_whole(canvas, share):
    canvas.set_share(share)
    picture = BLUE if share <= 0 else RED
    for x in (0.1, 0.5, 0.9):
        assert colour_at(canvas, x, 0.8) == tuple(picture[0, 0])


def test_every_pixel_keeps_its_colour(canvas):
    rng = np.random.default_rng(0)
    left, right = rng.integers(0, 256, (2, 4, 4, 3), dtype=np.uint8)
    canvas.set_pair(left, right)
    for row in range(4):
        for column in range(4):
            picture = left if column < 2 else right
            place = (column + 0.3 + 0.4 * (column >= 2)) / 4, (row + 0.8) / 4
            assert colour_at(canvas, *place) == tuple(picture[row, column])


def test_pictures_of_two_sizes_lie_over_one_another(canvas):
    canvas.set_pair(np.repeat(np.repeat(RED, 8, 0), 8, 1), BLUE)
    assert colour_at(canvas, 0.05, 0.05) == tuple(RED[0, 0])
    assert colour_at(canvas, 0.95, 0.95) == tuple(BLUE[0, 0])


def test_one_picture_alone_has_no_handle(canvas, qtbot, told):
    canvas.set_pair(None, BLUE, "recorded", "s = 4")
    assert colour_at(canvas, 0.2, 0.8) == tuple(BLUE[0, 0])
    assert seen(canvas) == {"s = 4"}
    qtbot.keyClicks(canvas, "[")
    canvas.set_pair(RED, None, "recorded", "s = 4")
    assert colour_at(canvas, 0.8, 0.8) == tuple(RED[0, 0])
    assert seen(canvas) == {"recorded"}
    canvas.set_pair(None, None)
    canvas.grab()
    assert seen(canvas) == set()
    assert told == []
    assert not canvas.wiping


def test_the_handle_is_dragged(canvas, qtbot, told):
    start = QPoint(round(canvas.handle_x()), 120)
    qtbot.mousePress(canvas.viewport(), LEFT, pos=start)
    drag(canvas, start - QPoint(50, 0))
    drag(canvas, start - QPoint(100, 0))
    qtbot.mouseRelease(canvas.viewport(), LEFT, pos=start - QPoint(100, 0))
    assert len(told) == 2
    assert told[-1] == canvas.share
    assert canvas.handle_x() == pytest.approx(start.x() - 100, abs=1.5)
    assert canvas.fitted  # it did not pan
    drag(canvas, QPoint(300, 120))
    assert len(told) == 2


def test_dragging_beside_the_handle_pans(canvas, qtbot, told):
    place = place_of(canvas, 0.2, 0.5)
    qtbot.mousePress(canvas.viewport(), LEFT, pos=place)
    for shift in (10, 30, 60):
        drag(canvas, place + QPoint(shift, 0))
    qtbot.mouseRelease(canvas.viewport(), LEFT, pos=place + QPoint(60, 0))
    assert told == []
    assert not canvas.fitted


def test_brackets_move_the_handle_and_stop_at_the_ends(canvas, qtbot, told):
    qtbot.keyClicks(canvas, "]]")
    assert canvas.share == pytest.approx(0.54)
    qtbot.keyClicks(canvas, "[")
    assert told == pytest.approx([0.52, 0.54, 0.52])
    canvas.set_share(0.99)
    qtbot.keyClicks(canvas, "]]]")
    assert canvas.share == 1.0
    assert told[-1] == 1.0
    assert len(told) == 4


def test_a_double_click_on_the_handle_brings_it_to_the_middle(canvas, qtbot, told):
    canvas.set_share(0.3)
    place = QPoint(round(canvas.handle_x()), 200)
    qtbot.mouseDClick(canvas.viewport(), LEFT, pos=place)
    assert told == [0.5]


def test_setting_things_from_outside_tells_nobody(canvas, told):
    canvas.set_share(0.2)
    canvas.set_pair(BLUE, RED)
    canvas.set_right(GREEN)
    assert told == []


def test_the_crosshair_is_out_of_the_way_while_the_handle_is_dragged(canvas, qtbot):
    pointed = []
    canvas.hovered.connect(pointed.append)
    place = QPoint(round(canvas.handle_x()), 120)
    qtbot.mouseMove(canvas.viewport(), place)
    assert canvas.crosshair is not None
    qtbot.mousePress(canvas.viewport(), LEFT, pos=place)
    drag(canvas, place + QPoint(40, 0))
    assert canvas.crosshair is None
    assert pointed[-1] is None
    qtbot.mouseRelease(canvas.viewport(), LEFT, pos=place + QPoint(40, 0))


def test_pointing_and_clicking_are_those_of_a_canvas(canvas, qtbot):
    pointed = []
    canvas.hovered.connect(pointed.append)
    qtbot.mouseMove(canvas.viewport(), place_of(canvas, 0.8, 0.3))
    assert pointed[-1] == pytest.approx((0.8, 0.3), abs=0.01)
    readout = canvas.findChild(QLabel, "canvasReadout")
    assert " ".join(readout.text().split()) == "x 6 y 2 200 10 20 │ 10 20 200"
    with qtbot.waitSignal(canvas.clicked) as clicked:
        qtbot.mouseClick(canvas.viewport(), LEFT, pos=place_of(canvas, 0.8, 0.3))
    assert clicked.args[0] == pytest.approx((0.8, 0.3), abs=0.01)
    canvas.set_right(GREEN)  # what is read follows what is shown
    assert readout.text().split()[-3:] == ["10", "180", "30"]


def test_another_right_picture_leaves_zoom_handle_and_left_picture(canvas):
    canvas.set_share(0.4)
    canvas.set_view(QRectF(0.2, 0.2, 0.6, 0.6))
    view = canvas.view()
    canvas.set_right(GREEN)
    assert canvas.view() == view
    assert canvas.share == 0.4
    assert colour_at(canvas, 0.7, 0.7) == tuple(GREEN[0, 0])
    assert colour_at(canvas, 0.3, 0.7) == tuple(RED[0, 0])
    assert np.array_equal(canvas.image, GREEN)
    canvas.set_right(np.full((16, 16, 3), 90, np.uint8))  # another size
    assert colour_at(canvas, 0.7, 0.7) == (90, 90, 90)


def test_another_right_picture_is_set_within_two_milliseconds(canvas):
    pictures = np.random.default_rng(0).integers(0, 256, (40, 128, 128, 3), dtype=np.uint8)
    canvas.set_pair(pictures[0], pictures[1])
    taken = []
    for picture in pictures:
        start = time.perf_counter()
        canvas.set_right(picture)
        taken.append(time.perf_counter() - start)
    assert np.median(taken) < 2e-3


class Regions(QObject):
    """Notes what is painted of a widget."""

    def __init__(self, widget):
        super().__init__(widget)
        self.painted = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):  # noqa: N802
        if event.type() == QEvent.Type.Paint:
            self.painted += event.region()
        return False


def test_only_the_right_part_is_painted_anew(canvas, qtbot):
    regions = Regions(canvas.viewport())
    for picture in (BLUE, GREEN):  # the first time all of it is painted
        regions.painted = QRegion()
        canvas.set_right(picture)
        qtbot.waitUntil(lambda: not regions.painted.isEmpty())
    box = regions.painted.boundingRect()
    assert box.left() >= canvas.handle_x() - 3
    assert box.right() >= place_of(canvas, 0.99, 0.5).x()


def test_labels_go_where_their_part_has_no_room_for_them(canvas):
    assert seen(canvas) == {"recorded", "s = 4"}
    canvas.set_share(0.02)
    assert seen(canvas) == {"s = 4"}
    canvas.set_share(0.98)
    assert seen(canvas) == {"recorded"}
    canvas.set_share(0.5)
    canvas.set_labels("recorded", "s = 4.25")
    assert seen(canvas) == {"recorded", "s = 4.25"}


def test_saturated_pixels_are_striped_on_the_right_alone(canvas):
    mask = np.zeros((8, 8), bool)
    mask[4:, :] = True
    plain = canvas.grab().toImage()
    canvas.set_saturated(mask)
    striped = canvas.grab().toImage()

    def differs(x, y):
        box = place_of(canvas, x, y)
        shifts = [QPoint(dx, dy) for dx in range(8) for dy in range(8)]
        return any(striped.pixelColor(box + d) != plain.pixelColor(box + d) for d in shifts)

    assert differs(0.8, 0.8)
    assert not differs(0.2, 0.8)  # the left picture
    assert not differs(0.8, 0.4)  # not of the mask
    assert "50.0 % saturated" in seen(canvas)
    assert "50.0 % saturated" in canvas.accessibleDescription()
    canvas.set_saturated(np.zeros((8, 8), bool))
    assert canvas.saturated is None
    assert canvas.grab().toImage() == plain


def test_stripes_follow_the_zoom(canvas):
    mask = np.zeros((8, 8), bool)
    mask[6, 6] = True
    canvas.set_saturated(mask)
    canvas.set_view(QRectF(0.7, 0.7, 0.2, 0.2))
    image = canvas.grab().toImage()
    corner, end = place_of(canvas, 6 / 8, 6 / 8), place_of(canvas, 7 / 8, 7 / 8)
    blue = tuple(BLUE[0, 0])
    striped = {
        (x, y)
        for x in range(0, image.width(), 3)
        for y in range(60, image.height() - 60, 3)
        if image.pixelColor(x, y).getRgb()[:3] != blue
    }
    assert striped
    assert all(corner.x() - 1 <= x <= end.x() + 1 for x, _ in striped)
    assert all(corner.y() - 1 <= y <= end.y() + 1 for _, y in striped)


def test_the_state_is_said_to_those_who_cannot_see_it(canvas):
    assert canvas.accessibleName()
    assert canvas.toolTip()
    assert canvas.accessibleDescription() == "recorded up to 50 % of the width, then s = 4"
