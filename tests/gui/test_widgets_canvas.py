"""Canvas and mosaic: what is on the screen is what is in the array."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtWidgets import QLabel

from sdinspector.export import colours
from sdinspector.widgets.canvas import Canvas
from sdinspector.widgets.mosaic import Mosaic

TABLE = colours.table("viridis")


@pytest.fixture
def canvas(qtbot, dressed):
    widget = Canvas("Test")
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def place_of(widget, x, y):
    """Return the viewport position of a fraction of the image."""
    view = widget.view()
    port = widget.viewport()
    return QPoint(
        int((x - view.x()) / view.width() * port.width()),
        int((y - view.y()) / view.height() * port.height()),
    )


def colour_at(widget, x, y):
    colour = widget.grab().toImage().pixelColor(place_of(widget, x, y))
    return colour.red(), colour.green(), colour.blue()


def centres(height, width):
    for row in range(height):
        for column in range(width):
            yield row, column, (column + 0.5) / width, (row + 0.5) / height


def test_every_pixel_has_the_colour_of_its_value(canvas):
    image = np.linspace(-3, 3, 20, dtype=np.float32).reshape(4, 5)
    canvas.set_image(image, (-2.0, 2.0), TABLE)
    wanted = colours.apply(image, "viridis", (-2.0, 2.0))
    for row, column, x, y in centres(4, 5):
        assert colour_at(canvas, x, y) == tuple(wanted[row, column])


def test_a_picture_is_shown_upright_and_unchanged(canvas):
    image = np.random.default_rng(0).integers(0, 256, (3, 4, 3)).astype(np.uint8)
    canvas.set_image(image)
    for row, column, x, y in centres(3, 4):
        assert colour_at(canvas, x, y) == tuple(image[row, column])


def test_half_precision_is_shown_as_its_values(canvas):
    image = np.array([[0.0, 1.0]], np.float16)
    canvas.set_image(image, (0, 1), TABLE)
    assert colour_at(canvas, 0.25, 0.5) == tuple(TABLE[0])
    assert colour_at(canvas, 0.75, 0.5) == tuple(TABLE[255])


def test_values_that_are_no_numbers_are_counted_and_not_drawn_as_numbers(canvas):
    image = np.zeros((4, 4), np.float32)
    image[0, 0], image[1, 1], image[2, 2] = np.nan, np.inf, -np.inf
    canvas.set_image(image, (0, 1), TABLE)
    assert canvas.not_finite == 3
    shown = canvas.grab().toImage()
    corner = place_of(canvas, 0, 0), place_of(canvas, 0.25, 0.25)
    seen = {
        shown.pixelColor(x, y).getRgb()[:3]
        for x in range(corner[0].x() + 3, corner[1].x() - 3)
        for y in range(corner[0].y() + 3, corner[1].y() - 3)
    }
    assert len(seen) > 1  # hatched
    assert tuple(TABLE[0]) not in seen
    canvas.set_image(np.zeros((4, 4), np.float32), (0, 1), TABLE)
    assert canvas.not_finite == 0


def test_a_constant_image_is_drawn_in_the_middle_of_the_table(canvas):
    canvas.set_image(np.full((2, 2), 5.0), (5.0, 5.0), TABLE)
    assert colour_at(canvas, 0.25, 0.25) == tuple(TABLE[128])


def test_zoom_and_pan_stay_when_another_image_of_the_same_proportions_comes(canvas):
    canvas.set_image(np.zeros((8, 8)), (0, 1), TABLE)
    canvas.set_view(QRectF(0.25, 0.25, 0.3, 0.2))
    before = canvas.view()
    canvas.set_image(np.ones((64, 64)), (0, 1), TABLE)
    assert canvas.view() == before
    assert not canvas.fitted


def test_another_proportion_is_fitted(canvas):
    canvas.set_image(np.zeros((8, 8)), (0, 1), TABLE)
    canvas.set_view(QRectF(0.25, 0.25, 0.3, 0.2))
    canvas.set_image(np.zeros((8, 16)), (0, 1), TABLE)
    assert canvas.fitted
    assert canvas.view().contains(QRectF(0, 0, 1, 1))


def test_keys_zoom_fit_and_show_pixel_for_pixel(canvas, qtbot):
    canvas.set_image(np.zeros((30, 40)), (0, 1), TABLE)
    wide = canvas.view().width()
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.view().width() == pytest.approx(wide / 1.25, rel=1e-3)
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    qtbot.keyClick(canvas, Qt.Key.Key_1)
    assert canvas.view().width() == pytest.approx(canvas.viewport().width() / 40, rel=1e-3)
    with qtbot.waitSignal(canvas.view_changed) as told:
        qtbot.keyClick(canvas, Qt.Key.Key_F)
    assert told.args == [None]
    assert canvas.fitted


def test_pointing_tells_the_pixel_and_its_value(canvas, qtbot):
    image = np.arange(12, dtype=np.float32).reshape(3, 4)
    canvas.set_image(image, (0, 12), TABLE)
    told = []
    canvas.hovered.connect(told.append)
    qtbot.mouseMove(canvas.viewport(), place_of(canvas, 0.6, 0.5))
    assert told
    assert told[-1] == pytest.approx((0.6, 0.5), abs=0.01)
    assert canvas.value_at(told[-1]) == image[1, 2]
    readout = canvas.findChild(QLabel, "canvasReadout")
    assert readout.isVisible()
    assert readout.text().split() == ["x", "2", "y", "1", "6.000"]


def test_a_click_tells_the_pixel(canvas, qtbot):
    canvas.set_image(np.zeros((3, 4)), (0, 1), TABLE)
    with qtbot.waitSignal(canvas.clicked) as told:
        qtbot.mouseClick(
            canvas.viewport(), Qt.MouseButton.LeftButton, pos=place_of(canvas, 0.3, 0.9)
        )
    assert told.args[0] == pytest.approx((0.3, 0.9), abs=0.01)


def test_arrows_move_the_crosshair_and_return_selects(canvas, qtbot):
    canvas.set_image(np.zeros((4, 4)), (0, 1), TABLE)
    canvas.set_marker((0.1, 0.1))
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Down)
    assert canvas.crosshair == pytest.approx((0.375, 0.375))
    with qtbot.waitSignal(canvas.clicked) as told:
        qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert told.args[0] == pytest.approx((0.375, 0.375))
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.crosshair is None


def test_setting_things_from_outside_tells_nobody(canvas, qtbot):
    canvas.set_image(np.zeros((4, 4)), (0, 1), TABLE)
    told = []
    canvas.hovered.connect(told.append)
    canvas.view_changed.connect(told.append)
    canvas.clicked.connect(told.append)
    canvas.set_crosshair((0.5, 0.5))
    canvas.set_marker((0.5, 0.5))
    canvas.set_view(QRectF(0.2, 0.2, 0.5, 0.5))
    canvas.set_fitted()
    assert told == []


def test_no_image_is_no_error(canvas, qtbot):
    canvas.set_image(None)
    canvas.set_crosshair((0.5, 0.5))
    for key in (Qt.Key.Key_F, Qt.Key.Key_1, Qt.Key.Key_Left, Qt.Key.Key_Return):
        qtbot.keyClick(canvas, key)
    qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton)
    assert canvas.value_at((0.5, 0.5)) is None


# -- mosaic ----------------------------------------------------------------------------------


@pytest.fixture
def mosaic(qtbot, dressed):
    widget = Mosaic("Test")
    qtbot.addWidget(widget)
    widget.resize(600, 400)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.mark.parametrize("count", [1, 4, 7, 1280])
def test_every_map_stands_in_its_tile(mosaic, count):
    maps = np.arange(count, dtype=np.float32)[:, None, None] * np.ones((1, 4, 4), np.float32)
    mosaic.set_maps(maps, (0, count), TABLE)
    for index in (0, count // 2, count - 1):
        centre = mosaic.centre_of(index)
        assert mosaic.tile_at(centre)[0] == index
        wanted = colours.apply(np.array([float(index)]), "viridis", (0.0, float(count)))
        assert colour_at(mosaic, *centre) == tuple(wanted[0])


def test_own_levels_stretch_each_map_over_the_whole_table(mosaic):
    maps = np.stack([np.linspace(0, top, 16).reshape(4, 4) for top in (1.0, 100.0)])
    mosaic.set_maps(maps, np.array([[0, 1], [0, 100]]), TABLE)
    for index in (0, 1):
        x, y = mosaic.centre_of(index)
        reach = 0.4 / mosaic.columns
        rows = -(-2 // mosaic.columns)
        low = colour_at(mosaic, x - reach, y - 0.4 / rows)
        assert low == tuple(TABLE[0])


def test_a_click_names_the_tile_and_the_place_in_it(mosaic, qtbot):
    mosaic.set_maps(np.zeros((6, 8, 8)), (0, 1), TABLE, [f"map {n}" for n in range(6)])
    with qtbot.waitSignal(mosaic.tile_chosen) as told:
        qtbot.mouseClick(
            mosaic.viewport(),
            Qt.MouseButton.LeftButton,
            pos=place_of(mosaic, *mosaic.centre_of(4)),
        )
    assert told.args[0] == 4
    assert told.args[1] == pytest.approx((0.5, 0.5), abs=0.05)


def test_arrows_go_from_tile_to_tile(mosaic, qtbot):
    mosaic.set_maps(np.zeros((6, 8, 8)), (0, 1), TABLE)
    mosaic.set_chosen_tile(0)
    told = []
    mosaic.tile_pointed.connect(told.append)
    qtbot.keyClick(mosaic, Qt.Key.Key_Right)
    qtbot.keyClick(mosaic, Qt.Key.Key_Down)
    assert told == [1, 1 + mosaic.columns]
    with qtbot.waitSignal(mosaic.tile_chosen) as chosen:
        qtbot.keyClick(mosaic, Qt.Key.Key_Return)
    assert chosen.args[0] == 1 + mosaic.columns


def test_the_free_tiles_at_the_end_are_no_tiles(mosaic):
    mosaic.set_maps(np.zeros((5, 8, 8)), (0, 1), TABLE)
    assert mosaic.tile_at((0.999, 0.999)) is None
    mosaic.set_maps(None, (0, 1), TABLE)
    assert mosaic.tile_at((0.5, 0.5)) is None
