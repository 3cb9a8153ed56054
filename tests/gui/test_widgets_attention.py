"""The parts of the attention view by themselves: contours, chips, the matrix."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sdinspector.export import colours
from sdinspector.widgets.heat_canvas import HeatCanvas, contour, outline
from sdinspector.widgets.matrix_view import MatrixView
from sdinspector.widgets.rank_bars import Bar, RankBars
from sdinspector.widgets.word_chips import Chip, ChipRow


def area(pieces: np.ndarray) -> float:
    """Return the area that closed lines enclose, whichever way they run round."""
    x0, y0, x1, y1 = pieces.astype(np.float64).T
    middle = 0.5
    return float(np.abs((x0 - middle) * (y1 - middle) - (x1 - middle) * (y0 - middle)).sum() / 2)


def test_a_contour_runs_where_the_value_is_crossed():
    rows, columns = np.mgrid[:64, :64]
    distance = np.hypot(columns - 31.5, rows - 31.5) / 64
    pieces = contour(-distance, -0.3)
    radius = np.hypot(pieces[:, 0] - 0.5, pieces[:, 1] - 0.5)
    np.testing.assert_allclose(radius, 0.3, atol=0.003)
    assert area(pieces) == pytest.approx(np.pi * 0.3**2, rel=0.01)


def test_a_contour_closes_along_the_edge():
    assert area(contour(np.ones((6, 8)), 0.5)) == pytest.approx(1.0)
    assert len(contour(np.zeros((6, 8)), 0.5)) == 0


def test_what_is_no_number_lies_outside_a_contour():
    values = np.ones((6, 8))
    values[2, 3] = np.nan
    assert np.isfinite(contour(values, 0.5)).all()


def test_an_outline_follows_the_pixels():
    mask = np.zeros((4, 4), dtype=bool)
    mask[1:3, 1:3] = True
    pieces = outline(mask)
    assert len(pieces) == 8
    assert area(pieces) == pytest.approx(0.25)


def test_the_picture_shows_alone_while_the_map_is_hidden(qtbot, dressed):
    canvas = HeatCanvas()
    qtbot.addWidget(canvas)
    canvas.set_picture(np.zeros((8, 8, 3), np.uint8))
    values = np.random.default_rng(0).random((4, 4)).astype(np.float32)
    canvas.set_map(values, (0.0, 1.0), colours.table("viridis"))
    np.testing.assert_array_equal(canvas.image, values)
    assert canvas._item.isVisible()
    canvas.set_picture_alone(on=True)
    assert not canvas._item.isVisible()
    canvas.set_picture_alone(on=False)
    assert canvas._item.isVisible()


def test_many_chips_take_three_lines_and_scroll(qtbot, dressed):
    row = ChipRow()
    qtbot.addWidget(row)
    row.resize(300, 40)
    row.show()
    row.set_chips([Chip(f"word:{n}", f"word{n}") for n in range(75)])
    line = row.chips.line_height()
    assert row.height() < 3 * line
    assert row.chips.height() > 5 * line
    row.reveal("word:74")
    assert row.verticalScrollBar().value() > 0


def test_an_extra_chip_is_taken_away_by_its_cross_or_by_delete(qtbot, dressed):
    row = ChipRow()
    qtbot.addWidget(row)
    row.resize(300, 40)
    row.show()
    row.set_chips([Chip("word:0", "red"), Chip("probe:a dog", "a dog", kind="extra")])
    removed, chosen = [], []
    row.chips.removed.connect(removed.append)
    row.chips.chosen.connect(chosen.append)
    box = next(box for box, chip in row.chips._boxes if chip.kind == "extra")
    place = box.center().toPoint()
    QTest.mouseClick(row.chips, Qt.MouseButton.LeftButton, pos=place)
    place.setX(int(box.right()) - 8)
    QTest.mouseClick(row.chips, Qt.MouseButton.LeftButton, pos=place)
    row.chips.set_chosen("probe:a dog")
    QTest.keyClick(row.chips, Qt.Key.Key_Delete)
    assert chosen == ["probe:a dog"]
    assert removed == ["probe:a dog"] * 2


def test_arrows_go_from_cell_to_cell(qtbot, dressed):
    matrix = MatrixView("Test")
    qtbot.addWidget(matrix)
    matrix.resize(300, 200)
    matrix.set_axes(["one", "two"], ["1", "2", "3"])
    matrix.set_values(np.arange(6).reshape(2, 3), (0.0, 5.0), colours.table("viridis"))
    matrix.set_current(0, 1)
    cells = []
    matrix.cell_chosen.connect(lambda row, column: cells.append((row, column)))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(matrix, key)
    assert cells == [(0, 2), (1, 1), (0, 1)]
    assert matrix.describe(1, 2) == "two · 3 · 5.000"


def test_bars_are_ranked_and_what_is_no_number_comes_last(qtbot, dressed):
    bars = RankBars()
    qtbot.addWidget(bars)
    bars.set_bars([Bar("a", "a", float("nan")), Bar("b", "b", 0.1), Bar("c", "c", 0.4)], 0.4)
    assert [bar.key for bar in bars.bars] == ["c", "b", "a"]
    bars.grab()
