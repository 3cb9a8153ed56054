"""The attention view with a model beside it: texts of their own, self-attention, replays."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton

from sdinspector.analysis import heatmaps
from sdinspector.core import CaptureSpec, RunSpec
from sdinspector.engine import probe, replay, run
from sdinspector.export import export_figure
from sdinspector.recording.attention import attention_layers
from sdinspector.viewers.attention import AttentionViewer
from sdinspector.viewers.attention.main_panel import MainPanel
from sdinspector.viewers.attention.side_panel import SidePanel
from sdinspector.widgets.heat_canvas import HeatCanvas
from sdinspector.widgets.mosaic import Mosaic
from sdinspector.widgets.word_chips import WordChips
from tests.gui.samples import Stage


@pytest.fixture
def view(qtbot, dressed, tiny_folder, own_home):
    """The view, with the tiny model open."""
    stage = Stage(qtbot, AttentionViewer)
    stage.context.settings["model"] = str(tiny_folder)
    stage.context.start()
    qtbot.waitUntil(lambda: stage.context.document.model is not None)
    yield stage
    assert stage.host.failed is None


def canvas(view) -> HeatCanvas:
    return view.host.findChild(HeatCanvas)


def ask(view, text):
    box = view.find(QLineEdit, "A word that is not")
    box.setText(text)
    QTest.keyClick(box, Qt.Key.Key_Return)
    view.context.scenes.flush()


def press(view, name):
    view.find(QToolButton, name).click()
    view.context.scenes.flush()


def recording_layers(model) -> dict[str, str]:
    return {
        node.path.removeprefix("unet."): node.kind
        for node in model.card.root.walk()
        if node.path.startswith("unet.")
    }


def test_a_text_that_is_not_in_the_prompt_gets_its_own_map(view, tiny_model, recording, qtbot):
    view.show(recording)
    qtbot.waitUntil(lambda: canvas(view).image is not None)
    ask(view, "green square")
    expected = probe(tiny_model, recording, None, "green square")
    columns = range(1, len(expected.tokens) - 1)
    heat = heatmaps.heat_map(
        expected.maps, columns, calls=recording.calls, size=canvas(view).image.shape
    )
    title = view.host.findChild(MainPanel).title
    qtbot.waitUntil(lambda: title.text() == "green square")
    np.testing.assert_allclose(canvas(view).image, heat, rtol=1e-4, atol=1e-6)
    chips = view.host.findChild(WordChips)
    assert chips.current == "probe:green square"
    view.select(word=0)
    qtbot.waitUntil(lambda: title.text() != "green square")
    assert view.host.findChild(Mosaic).maps.shape[0] == len(chips.keys)


def test_asking_shows_progress_and_can_be_stopped(view, recording, qtbot, monkeypatch):
    main = view.host.findChild(MainPanel)
    seen = []
    monkeypatch.setattr(
        main.progress, "setValue", lambda value: seen.append((value, main.progress.maximum()))
    )
    view.show(recording)
    qtbot.waitUntil(lambda: canvas(view).image is not None)
    ask(view, "green square")
    qtbot.waitUntil(lambda: (1, recording.calls) in seen or main.title.text() == "green square")
    assert (0, recording.calls) in seen
    ask(view, "yellow moon")
    stop = view.find(QPushButton, "Stop asking")
    if stop.isVisible():  # the tiny model may be quicker than a person
        stop.click()
        assert "Stopped" in main.saying


def test_a_click_shows_what_the_pixel_looks_at_in_every_layer(
    view, tiny_model, recording, qtbot, tmp_path
):
    view.show(recording)
    qtbot.waitUntil(lambda: canvas(view).image is not None)
    press(view, "Small maps: Self-attention")
    view.select(pixel=(0.3, 0.6), call=1)
    tiles = view.host.findChild(Mosaic)
    title = view.host.findChild(MainPanel).title
    qtbot.waitUntil(
        lambda: "looks at" in title.text() and view.host.findChild(SidePanel).saying == ""
    )
    layers = attention_layers(recording)
    assert len(tiles.maps) == len(layers)
    height, width = recording.layers[layers[0]]["grid"]
    own = layers[0].removesuffix("attn2") + "attn1"
    name = f"self_attention/{own}@{int(0.6 * height)},{int(0.3 * width)}"
    row = replay(tiny_model, recording, 1, [name])[name]
    np.testing.assert_allclose(tiles.maps[0], row.mean(axis=0), rtol=1e-4, atol=1e-6)
    mean, small = view.host.figures()
    np.testing.assert_array_equal(mean.arrays["map"], canvas(view).image)
    np.testing.assert_allclose(small.arrays["maps"], tiles.maps, rtol=1e-6)
    assert (small.about["call"], small.about["x"], small.about["y"]) == (1, 0.3, 0.6)
    assert set(mean.about["layers"]) <= set(small.about["layers"])
    for figure in (mean, small):
        export_figure(figure, tmp_path / f"{figure.name}.npz")
        export_figure(figure, tmp_path / f"{figure.name}.png")


def test_attention_that_was_not_captured_is_recovered_step_by_step(
    view, tiny_model, tmp_path, qtbot
):
    spec = RunSpec(
        prompt="a blue star", seed=5, steps=2, scheduler="euler", capture=CaptureSpec.nothing()
    )
    bare = run(tiny_model, spec, out=tmp_path / "bare.sdrec")
    assert attention_layers(bare) == ()
    view.show(bare)
    view.select(word=1, call=1)
    title = view.host.findChild(MainPanel).title
    qtbot.waitUntil(lambda: title.text() == "blue" and canvas(view).image is not None)
    paths = [
        path
        for path, facts in recording_layers(tiny_model).items()
        if facts == "cross_attention" and not path.startswith("mid_block")
    ]
    names = [f"cross_attention/{path}" for path in paths]
    again = replay(tiny_model, bare, 1, names)
    maps = {
        path: np.asarray(again[name], np.float32) for path, name in zip(paths, names, strict=True)
    }
    heat = heatmaps.heat_map(maps, [2], calls=1, size=canvas(view).image.shape)
    np.testing.assert_allclose(canvas(view).image, heat, rtol=1e-3)
    assert not view.find(QToolButton, "Steps: All steps").isEnabled()
    assert "step 2" in view.host.findChild(MainPanel).note.text()


def test_the_unconditional_branch_is_recovered_too(view, recording, qtbot):
    view.show(recording)
    qtbot.waitUntil(lambda: canvas(view).image is not None)
    view.select(branch="uncond")
    note = view.host.findChild(MainPanel).note
    qtbot.waitUntil(lambda: "unconditional" in note.text())
    view.select(branch="cond")
    qtbot.waitUntil(lambda: "unconditional" not in note.text())
    assert view.find(QToolButton, "Steps: All steps").isEnabled()
