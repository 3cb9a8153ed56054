"""The attention view on real recordings: chips, maps, matrix, ranks, what it cannot show."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QToolButton

from sdinspector.analysis import heatmaps
from sdinspector.app.viewer import Pane
from sdinspector.core import Token
from sdinspector.export import export_figure
from sdinspector.recording import Recording
from sdinspector.recording.attention import heard, sum_calls
from sdinspector.viewers.attention import AttentionViewer, wording
from sdinspector.viewers.attention.main_panel import MainPanel
from sdinspector.viewers.attention.side_panel import SidePanel
from sdinspector.viewers.attention.store import Question, Store, probe_key
from sdinspector.widgets.heat_canvas import HeatCanvas, outline
from sdinspector.widgets.matrix_view import MatrixView
from sdinspector.widgets.mosaic import Mosaic
from sdinspector.widgets.rank_bars import RankBars
from sdinspector.widgets.word_chips import WordChips
from tests.gui.attention_samples import PATHS, attention_recording, maps_of
from tests.gui.samples import TOKENS, card, recording, without_a_name

SIZE = (6, 8)
COLUMNS = {"word:0": (1,), "word:1": (2, 3), "bos": (0,), "eos": (4,), "padding": (5,)}


@pytest.fixture
def stage(stage):
    return functools.partial(stage, AttentionViewer)


@pytest.fixture
def run(tmp_path):
    return attention_recording(tmp_path / "a.sdrec")


@pytest.fixture
def view(stage, run, qtbot):
    made = stage()
    made.show(run)
    matrix = made.find(MatrixView)
    qtbot.waitUntil(lambda: canvas(made).image is not None and matrix.values.size > 0)
    return made


def canvas(view) -> HeatCanvas:
    return view.host.findChild(HeatCanvas)


def wanted(run, key="word:0", calls=None, recipe="daam", layers=None, **how):
    sums = sum_calls(run, calls)
    maps = sums.maps if layers is None else {path: sums.maps[path] for path in layers}
    return heatmaps.heat_map(
        maps, COLUMNS[key], recipe, calls=sums.count, size=SIZE, own_layers=layers is None, **how
    )


def shows(view, expected) -> bool:
    image = canvas(view).image
    return image is not None and image.shape == expected.shape and np.array_equal(image, expected)


def click_chip(view, key, modifier=Qt.KeyboardModifier.NoModifier):
    chips = view.host.findChild(WordChips)
    QTest.mouseClick(chips, Qt.MouseButton.LeftButton, modifier, chips.centre_of(key))
    view.context.scenes.flush()


def press(view, name):
    view.find(QToolButton, name).click()
    view.context.scenes.flush()


def pick(view, name, key):
    box = view.find(QComboBox, name)
    index = box.findData(key)
    assert index >= 0
    box.setCurrentIndex(index)
    box.activated.emit(index)
    view.context.scenes.flush()


def click_cell(view, row, column):
    matrix = view.find(MatrixView)
    place = matrix.cell(row, column).center().toPoint()
    QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    view.context.scenes.flush()


# -- words -----------------------------------------------------------------------------------


def test_a_click_on_a_chip_shows_the_words_map(view, run, qtbot):
    click_chip(view, "word:0")
    qtbot.waitUntil(lambda: shows(view, wanted(run, "word:0")))
    assert view.selection.word == 0
    click_chip(view, "word:1")
    qtbot.waitUntil(lambda: shows(view, wanted(run, "word:1")))
    assert view.selection.word == 1


def test_a_word_that_another_view_selects_is_shown(view, run, qtbot):
    view.select(word=0)
    qtbot.waitUntil(lambda: shows(view, wanted(run, "word:0")))
    view.select(word=1)
    qtbot.waitUntil(lambda: shows(view, wanted(run, "word:1")))
    view.context.undo()
    view.context.scenes.flush()
    qtbot.waitUntil(lambda: shows(view, wanted(run, "word:0")))


def test_without_a_word_the_most_local_one_is_shown(view):
    assert view.host.findChild(WordChips).current in ("word:0", "word:1")


def test_a_click_with_shift_shows_the_signed_difference(view, run, qtbot):
    click_chip(view, "word:0")
    click_chip(view, "word:1", Qt.KeyboardModifier.ShiftModifier)
    difference = wanted(run, "word:0") - wanted(run, "word:1")
    qtbot.waitUntil(lambda: shows(view, difference))
    bar = view.host.findChild(MainPanel).bar
    assert bar.levels[0] == -bar.levels[1]
    assert "−" in view.host.findChild(MainPanel).title.text()
    expected = heard(run).of((1,)) - heard(run).of((2, 3))
    np.testing.assert_array_equal(view.find(MatrixView).values, expected)
    click_chip(view, "word:1", Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: shows(view, wanted(run, "word:0")))


def test_bos_eos_and_padding_are_there_on_demand(view, run, qtbot):
    chips = view.host.findChild(WordChips)
    assert "bos" not in chips.keys
    view.find(QCheckBox, "Tokens").click()
    assert chips.keys == ("bos", "word:0", "word:1", "eos", "padding")
    click_chip(view, "padding")
    qtbot.waitUntil(lambda: shows(view, wanted(run, "padding")))
    assert len(view.host.findChild(Mosaic).maps) == 5


# -- steps, layers, heads, recipes -----------------------------------------------------------


def test_steps_are_added_up_or_shown_alone(view, run, qtbot):
    view.select(word=0)
    press(view, "Steps: This step")
    view.select(call=2)
    qtbot.waitUntil(lambda: shows(view, wanted(run, calls=[2])))
    press(view, "Steps: All steps")
    qtbot.waitUntil(lambda: shows(view, wanted(run)))
    press(view, "Steps: Range")
    controls = view.find(QToolButton, "Steps: Range").parent().parent()
    controls.first.setValue(2)
    controls.last.setValue(3)
    qtbot.waitUntil(lambda: shows(view, wanted(run, calls=[1, 2])))


def test_travelling_shows_the_step(view, run, qtbot):
    view.select(word=0)
    view.select(call=3)
    qtbot.waitUntil(lambda: shows(view, wanted(run, calls=[3])))
    view.select(call=1)
    qtbot.waitUntil(lambda: shows(view, wanted(run, calls=[1])))


@pytest.mark.parametrize("recipe", list(heatmaps.RECIPES))
def test_each_recipe_shows_its_own_map(view, run, qtbot, recipe):
    view.select(word=1)
    pick(view, "Recipe", recipe)
    qtbot.waitUntil(lambda: shows(view, wanted(run, "word:1", recipe=recipe)))


def test_the_selected_layer_and_head_make_the_map(view, run, qtbot):
    view.select(word=0, layer=f"unet.{PATHS[1]}")
    pick(view, "Layers", "selected")
    qtbot.waitUntil(lambda: shows(view, wanted(run, layers=PATHS[1:2])))
    view.select(head=1)
    qtbot.waitUntil(lambda: shows(view, wanted(run, layers=PATHS[1:2], heads=[1])))
    pick(view, "Heads", "")
    assert view.selection.head is None
    pick(view, "Layers", "3x4")
    qtbot.waitUntil(lambda: shows(view, wanted(run, layers=PATHS[1:3])))


def test_a_block_of_the_tree_stands_for_the_attention_in_it(view, run, qtbot):
    view.select(word=0, layer="unet.up_blocks.2.attentions.0")
    pick(view, "Layers", "selected")
    qtbot.waitUntil(lambda: shows(view, wanted(run, layers=PATHS[3:])))


# -- small maps ------------------------------------------------------------------------------


def test_small_maps_of_words_are_the_arrays(view, run, qtbot):
    tiles = view.host.findChild(Mosaic)
    qtbot.waitUntil(lambda: tiles.maps is not None and len(tiles.maps) == 2)
    for place, key in enumerate(("word:0", "word:1")):
        np.testing.assert_array_equal(tiles.maps[place], wanted(run, key))
    tiles.tile_chosen.emit(1, (0.5, 0.5))
    view.context.scenes.flush()
    assert view.selection.word == 1


def test_heads_of_the_selected_layer_are_shown_at_its_own_grid(view, run, qtbot):
    view.select(word=1, layer=f"unet.{PATHS[2]}", call=2)
    press(view, "Small maps: Heads")
    press(view, "Steps: This step")
    expected = maps_of(PATHS[2], 2).astype(np.float32)[:, [2, 3]].mean(axis=1)
    tiles = view.host.findChild(Mosaic)
    qtbot.waitUntil(
        lambda: tiles.maps.shape == expected.shape and np.allclose(tiles.maps, expected)
    )
    tiles.tile_chosen.emit(1, (0.5, 0.5))
    view.context.scenes.flush()
    assert view.selection.head == 1
    tiles.tile_chosen.emit(1, (0.5, 0.5))
    view.context.scenes.flush()
    assert view.selection.head is None


def test_the_word_in_every_layer_is_shown_and_a_click_selects_the_layer(view, run, qtbot):
    view.select(word=0)
    press(view, "Small maps: Layers")
    tiles = view.host.findChild(Mosaic)
    qtbot.waitUntil(lambda: tiles.maps is not None and len(tiles.maps) == 4)
    expected = sum(
        maps_of(PATHS[0], call).astype(np.float32)[:, 1].mean(axis=0) for call in range(4)
    )
    np.testing.assert_allclose(tiles.maps[0], expected / 4, rtol=1e-5)
    tiles.tile_chosen.emit(1, (0.5, 0.5))
    view.context.scenes.flush()
    assert view.selection.layer == f"unet.{PATHS[1]}"
    qtbot.waitUntil(lambda: shows(view, wanted(run, layers=PATHS[1:2])))


# -- layers × steps --------------------------------------------------------------------------


def test_the_matrix_holds_where_and_when_the_word_is_heard(view, run, qtbot):
    view.select(word=0)
    matrix = view.find(MatrixView)
    qtbot.waitUntil(lambda: np.array_equal(matrix.values, heard(run).of((1,))))
    press(view, "Measure: Peak")
    np.testing.assert_array_equal(matrix.values, heard(run).of((1,), peak=True))


def test_a_click_on_a_cell_selects_step_and_layer(view, run, qtbot):
    view.select(word=0)
    click_cell(view, 1, 2)
    assert (view.selection.call, view.selection.layer) == (2, f"unet.{PATHS[1]}")
    qtbot.waitUntil(lambda: shows(view, wanted(run, calls=[2], layers=PATHS[1:2])))
    assert view.find(MatrixView).current == (1, 2)


def test_a_name_chooses_the_layer_and_a_number_the_step(view, run, qtbot):
    view.select(word=0)
    matrix = view.find(MatrixView)
    area = matrix.area()
    below = QPoint(int(matrix.cell(0, 3).center().x()), int(area.bottom()) + 8)
    QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, below)
    view.context.scenes.flush()
    assert view.selection.call == 3
    qtbot.waitUntil(lambda: shows(view, wanted(run, calls=[3])))
    beside = QPoint(4, int(matrix.cell(3, 0).center().y()))
    QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, beside)
    view.context.scenes.flush()
    assert view.selection.layer == f"unet.{PATHS[3]}"
    qtbot.waitUntil(lambda: shows(view, wanted(run, calls=[3], layers=PATHS[3:])))


# -- the pixel -------------------------------------------------------------------------------


def move_to(view, x, y):
    """Move the pointer to a place of the picture, in fractions."""
    shown = canvas(view)
    place = shown._box.mapViewToScene(QPointF(x, y * shown._ratio))
    point = shown.mapFromScene(place)
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove, QPointF(point), shown.mapToGlobal(QPointF(point)),
        Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    shown.mouseMoveEvent(event)


def test_pointing_at_a_pixel_ranks_the_words_there(view, run, qtbot):
    bars = view.host.findChild(RankBars)
    assert bars.bars == ()
    move_to(view, 0.2, 0.4)
    assert [bar.key for bar in bars.bars] == ["word:0", "word:1"]
    row, column = int(0.4 * 6), int(0.2 * 8)
    assert bars.bars[0].value == pytest.approx(float(wanted(run, "word:0")[row, column]))
    move_to(view, 0.8, 0.4)
    assert [bar.key for bar in bars.bars] == ["word:1", "word:0"]


def test_a_click_on_a_bar_shows_its_word(view, run, qtbot):
    move_to(view, 0.8, 0.4)
    bars = view.host.findChild(RankBars)
    QTest.mouseClick(bars, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 5))
    view.context.scenes.flush()
    assert view.selection.word == 1


def test_the_value_under_the_cursor_is_the_arrays(view, run, qtbot):
    view.select(word=0)
    qtbot.waitUntil(lambda: shows(view, wanted(run)))
    shown = canvas(view)
    assert shown.value_at((0.3, 0.6)) == wanted(run)[int(0.6 * 6), int(0.3 * 8)]
    np.testing.assert_array_equal(shown.picture, run.image())


# -- how it is drawn -------------------------------------------------------------------------


def test_holding_o_shows_the_picture_alone(view):
    shown = canvas(view)
    QTest.keyPress(shown, Qt.Key.Key_O)
    assert shown.picture_alone
    QTest.keyRelease(shown, Qt.Key.Key_O)
    assert not shown.picture_alone
    QTest.keyPress(shown, Qt.Key.Key_Space)
    assert shown.picture_alone
    QTest.keyRelease(shown, Qt.Key.Key_Space)
    assert not shown.picture_alone


def test_opacity_and_colours_are_those_of_all_views(view):
    main = view.host.findChild(MainPanel)
    main.opacity.setValue(35)
    assert view.context.scene.display.opacity == 0.35
    pick(view, "Colour map", "magma")
    assert view.context.scene.display.colour_map == "magma"
    view.display(opacity=0.8)
    assert main.opacity.value() == 80


def test_the_contour_is_drawn_where_the_mask_ends(view):
    main = view.host.findChild(MainPanel)
    main.smooth.click()
    main.outlined.click()
    lines = canvas(view)._lines
    for threshold in (0.4, 0.95):
        main.threshold.setValue(threshold)
        mask = heatmaps.mask(canvas(view).image, threshold)
        assert len(lines._lines) == len(outline(mask)) > 0
    main.outlined.click()
    assert lines._lines == []


# -- what cannot be shown is said in the view ------------------------------------------------


def said(view) -> str:
    return view.host.findChild(MainPanel).saying


def test_without_attention_and_without_a_model_it_says_which_to_open(stage, tmp_path, qtbot):
    view = stage()
    view.show(attention_recording(tmp_path / "b.sdrec", captured=False))
    qtbot.waitUntil(lambda: "Open the model" in said(view))
    assert not view.find(QToolButton, "Steps: All steps").isEnabled()
    assert view.errors == []


def test_a_denoiser_without_cross_attention_is_told(stage, tmp_path, qtbot):
    view = stage()
    view.show(recording(tmp_path / "c.sdrec"))
    qtbot.waitUntil(lambda: "no cross-attention" in said(view))


def test_a_word_that_is_not_there_is_told(view, qtbot):
    view.select(word=7)
    qtbot.waitUntil(lambda: "word 8" in said(view))
    assert "red, circle" in said(view)
    view.select(word=0)
    qtbot.waitUntil(lambda: said(view) == "")


def test_a_head_out_of_range_is_told(view, qtbot):
    view.select(head=5)
    qtbot.waitUntil(lambda: "head 5" in said(view))
    view.select(head=None)
    qtbot.waitUntil(lambda: said(view) == "")


def test_a_text_of_its_own_needs_the_model(view, qtbot):
    box = view.find(QLineEdit, "A word that is not")
    box.setText("a dog")
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Open the model" in said(view))
    chips = view.host.findChild(WordChips)
    assert "probe:a dog" in chips.keys
    chips.removed.emit("probe:a dog")
    qtbot.waitUntil(lambda: said(view) == "")
    assert "probe:a dog" not in chips.keys


def test_a_word_of_the_prompt_that_is_typed_is_chosen(view, run, qtbot):
    box = view.find(QLineEdit, "A word that is not")
    box.setText(" Circle ")
    QTest.keyClick(box, Qt.Key.Key_Return)
    view.context.scenes.flush()
    assert view.selection.word == 1


def test_self_attention_asks_for_a_pixel_first(view, qtbot):
    press(view, "Small maps: Self-attention")
    side = view.host.findChild(SidePanel)
    assert "Click a pixel" in side.saying
    view.select(pixel=(0.5, 0.5))
    qtbot.waitUntil(lambda: "Open the model" in side.saying)


def test_values_that_are_no_numbers_are_counted(stage, tmp_path, qtbot):
    view = stage()
    view.show(attention_recording(tmp_path / "d.sdrec", bad=True))
    view.select(word=0)
    note = view.host.findChild(MainPanel).note
    qtbot.waitUntil(lambda: "not finite" in note.text())
    assert canvas(view).not_finite > 0
    view.select(call=2)
    qtbot.waitUntil(lambda: "not finite" not in note.text())


def test_an_empty_prompt_shows_the_special_tokens(stage, tmp_path, qtbot):
    view = stage()
    view.show(attention_recording(tmp_path / "e.sdrec", words=False))
    qtbot.waitUntil(lambda: canvas(view).image is not None)
    assert view.host.findChild(WordChips).keys == ("bos", "eos", "padding")
    assert len(view.host.findChild(Mosaic).maps) == 3
    assert said(view) == ""


def test_what_was_cut_off_the_prompt_is_struck_out():
    words = [f"word{number}" for number in range(100)]
    tokens = [Token(0, 0, "<|startoftext|>", "bos")]
    tokens += [Token(n + 1, n, f"{words[n]}</w>", "word", n, words[n]) for n in range(75)]
    tokens.append(Token(76, 1, "<|endoftext|>", "eos"))
    cut = wording.cut_off(" ".join(words), tokens)
    assert cut.split() == words[75:]
    chips = wording.chips(tokens, (), specials=False, cut=cut)
    assert chips[-1].kind == "cut"
    assert wording.cut_off("red circle", TOKENS["cond"]) == ""


# -- the window's contract -------------------------------------------------------------------


def test_figures_hold_the_numbers_that_are_shown(view, run, qtbot, tmp_path):
    view.select(word=0)
    qtbot.waitUntil(lambda: shows(view, wanted(run)))
    figures = {figure.name: figure for figure in view.host.figures()}
    assert set(figures) == {"attention-red", "attention-words", "attention-heard-red"}
    main = figures["attention-red"]
    np.testing.assert_array_equal(main.arrays["map"], wanted(run))
    assert main.about["recipe"] == "daam"
    assert main.about["word"] == "red"
    for number, figure in enumerate(figures.values()):
        export_figure(figure, tmp_path / f"{number}.npz")
        export_figure(figure, tmp_path / f"{number}.png")


def test_another_recording_begins_anew(view, tmp_path, qtbot):
    press(view, "Steps: This step")
    other = attention_recording(tmp_path / "other.sdrec", calls=3)
    view.show(other)
    qtbot.waitUntil(lambda: shows_some_word(view, other))
    assert view.find(QToolButton, "Steps: All steps").isChecked()


def shows_some_word(view, run) -> bool:
    return any(shows(view, wanted(run, key)) for key in ("word:0", "word:1"))


def test_a_finished_recording_with_attention_is_read_before_it_is_looked_at(view, run, tmp_path):
    viewer, scene = view.host.viewer, view.context.scene
    assert viewer.eager(scene)
    growing = replace(scene, panes=(replace(scene.panes[0], finished=False),))
    assert not viewer.eager(growing)
    without = Pane(recording(tmp_path / "without.sdrec"), run.calls)
    assert not viewer.eager(replace(scene, panes=(without,)))  # it would need the model


def test_a_run_that_grows_is_added_up_as_it_comes(stage, tmp_path, qtbot):
    view = stage()
    whole = attention_recording(tmp_path / "grow.sdrec")
    document = view.context.document
    for calls in (2, 4):
        document.set_panes([Pane(whole, calls, "test", finished=calls == 4)])
        view.context.scenes.flush()
    qtbot.waitUntil(lambda: shows_some_word(view, whole))


def test_where_words_are_heard_is_the_same_while_a_run_grows(tmp_path, monkeypatch):
    whole = attention_recording(tmp_path / "grow.sdrec")
    expected = heard(whole)
    store = Store()
    monkeypatch.setattr(Recording, "status", "running")
    for calls in (1, 3, 4):
        found = store.heard(whole, "cond", calls)
        assert found.calls == tuple(range(calls))
        assert found.layers == expected.layers
        np.testing.assert_array_equal(found.matrix, expected.matrix[:calls])
        np.testing.assert_array_equal(found.peak, expected.peak[:calls])


def test_what_a_probe_gave_is_no_beginning_of_the_sum_of_a_range(tmp_path):
    whole = attention_recording(tmp_path / "probed.sdrec")
    question = Question(calls=(0, 1, 2), upto=4)
    store = Store()
    probed = sum_calls(attention_recording(tmp_path / "other.sdrec", shift=7), (0, 1), None)
    store.keep(probe_key(whole.id, "moon", question), probed)
    found, expected = store.sums(whole, question), sum_calls(whole, (0, 1, 2), None)
    for path in PATHS:
        np.testing.assert_array_equal(found.maps[path], expected.maps[path])


def test_every_control_has_a_name_and_a_tooltip(view):
    assert without_a_name(view.host) == []


def test_the_view_draws_in_every_size(view):
    for size in ((300, 260), (700, 900), (2400, 1300)):
        view.host.resize(*size)
        view.host.grab()


def test_keys_go_from_word_to_word(view, qtbot):
    chips = view.host.findChild(WordChips)
    view.select(word=0)
    QTest.keyClick(chips, Qt.Key.Key_Right)
    view.context.scenes.flush()
    assert view.selection.word == 1
    QTest.keyClick(chips, Qt.Key.Key_Left)
    view.context.scenes.flush()
    assert view.selection.word == 0


def test_a_card_without_a_recording_shows_nothing(stage):
    view = stage()
    view.show(None, card())
    assert "press Run" in view.host.note
