"""The text viewer on the real text encoder: typing, pages, comparison, numbers on screen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sdinspector.analysis import embeddings
from sdinspector.engine.text_layers import look_at_text
from sdinspector.export import export_figure
from sdinspector.viewers.text import TextViewer
from tests.gui.samples import card, without_a_name


@pytest.fixture
def opened(make_window, tiny_folder, qtbot):
    """The whole window with this viewer alone, and its viewer when the model is there."""
    window = make_window(tiny_folder, viewers=(TextViewer,))
    qtbot.waitUntil(lambda: window.context.scene.model is not None)
    window.desk.show_viewer("text")
    window.flush()
    viewer = window.hosts["text"].viewer
    qtbot.waitUntil(lambda: viewer._found is not None)
    return viewer


def typed(viewer, text, qtbot, field="_prompt"):
    edit = getattr(viewer, field)
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    QTest.keyClicks(edit, text)
    which = "_found" if field == "_prompt" else "_second"
    qtbot.waitUntil(lambda: (got := getattr(viewer, which)) is not None and got.prompt == text)
    return getattr(viewer, which)


def test_typing_encodes_without_a_run(opened, qtbot, tiny_model):
    found = typed(opened, "a red circle", qtbot)
    wanted = look_at_text(tiny_model, "a red circle")
    assert np.array_equal(found.embedding, wanted.embedding)
    page = opened._embedding
    assert np.array_equal(page.values, wanted.embedding[: wanted.spoken])
    assert opened._strip.accessibleDescription().startswith("BOS a red")
    positions, width = wanted.embedding.shape
    assert f"1 × {positions} × {width}" in opened._shapes.text()


def test_what_is_cut_is_on_the_chips(opened, qtbot):
    found = typed(opened, "red " * 80 + "dog", qtbot)
    assert found.cut.endswith("dog")
    assert opened._strip._cut == found.cut


def test_the_depth_goes_through_the_layers(opened, qtbot):
    found = typed(opened, "a red circle", qtbot)
    page = opened._embedding
    assert page.depth.count() == len(found.states) + 1
    for _ in range(2):
        QTest.keyClick(page.depth, Qt.Key.Key_Down)
    assert np.array_equal(page.values, found.states[1][: found.spoken])
    page.padding.click()
    assert np.array_equal(page.values, found.states[1])
    page.depth.setCurrentIndex(0)


def test_angles_within_and_between_prompts(opened, qtbot):
    found = typed(opened, "a red circle", qtbot)
    opened._choice.button("angles").click()
    page = opened._angles
    assert page.isVisible()
    rows = found.embedding[: found.spoken]
    assert np.allclose(page.values, embeddings.cosines(rows), atol=1e-6)
    assert np.diag(page.values) == pytest.approx(1.0, abs=1e-5)
    other = typed(opened, "a blue circle", qtbot, "_other")
    qtbot.waitUntil(lambda: "other" in page.note.text())
    columns = other.embedding[: other.spoken]
    assert np.allclose(page.values, embeddings.cosines(rows, columns), atol=1e-6)
    opened._other.clear()
    QTest.keyClicks(opened._other, " ")
    QTest.keyClick(opened._other, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: "other" not in page.note.text())


def test_attention_of_a_head(opened, qtbot):
    found = typed(opened, "a red circle", qtbot)
    opened._choice.button("attention").click()
    page = opened._attention
    mean = found.attention[0].mean(axis=0)[: found.spoken, : found.spoken]
    assert np.allclose(page.values, mean)
    QTest.keyClick(page.head, Qt.Key.Key_Down)
    assert np.array_equal(page.values, found.attention[0, 0][: found.spoken, : found.spoken])


def test_the_table_of_tokens(opened, qtbot):
    found = typed(opened, "a red circle", qtbot)
    opened._choice.button("neighbours").click()
    table = opened._neighbours.table
    assert table.rowCount() == found.spoken
    assert table.item(1, 1).text() == str(found.tokens[1].id)
    assert table.item(2, 2).text() == found.tokens[2].piece
    assert table.item(1, 5).text().count(",") == 5, "six neighbours beside the token itself"


def test_clip_skip_takes_an_earlier_state(opened, qtbot):
    found = typed(opened, "a red circle", qtbot)
    if opened._skip.maximum() == 0:
        pytest.skip("an encoder of one layer has none to leave out")
    opened._skip.setValue(1)
    qtbot.waitUntil(lambda: opened._found.used == found.used - 1)
    assert not np.array_equal(opened._found.embedding, found.embedding)


def test_what_is_shown_can_be_saved(opened, qtbot, tmp_path):
    found = typed(opened, "a red circle", qtbot)
    map_, table = opened.figures(opened._scene)
    assert np.array_equal(map_.arrays["map"], found.embedding[: found.spoken])
    assert export_figure(map_, tmp_path / "a.npz").exists()
    assert export_figure(map_, tmp_path / "a.png").exists()
    text = export_figure(table, tmp_path / "a.csv").read_text("utf-8")
    assert "circle" in text


def test_before_the_model_is_there_it_says_so(stage):
    view = stage(TextViewer)
    assert view.host.note.endswith(".")
    view.show(model=card())
    assert view.host.note == ""
    assert without_a_name(view.host) == []
