"""The bars of the module tree: where much happens at a step, and where it changes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QToolButton, QTreeView

from sdinspector.recording import Recording
from sdinspector.recording.module_statistics import read_module_statistics
from sdinspector.viewers.architecture import ArchitectureViewer, heat_of
from sdinspector.widgets.module_model import HEAT
from sdinspector.widgets.module_tree import ModuleTree
from tests.gui.samples import Stage, begin, card, latent

PATHS = ("mid_block.resnets.0", "mid_block.attentions.0", "up_blocks.0.resnets.0")


def write(path, *, statistics=True, calls=3):
    """Module number n has the mean |x| of (n + 1) · (call + 1), ten times that without prompt."""
    with begin(path, steps=calls) as out:
        for call in range(calls):
            arrays = {name: latent(call) for name in ("latent", "noise_uncond", "noise_cond")}
            for number, name in enumerate(PATHS if statistics else ()):
                row = np.zeros(6, np.float32)
                row[4] = (number + 1) * (call + 1)
                arrays[f"statistics/{name}"] = np.stack([10 * row, row])
            facts = {"step": call, "timestep": 9.0, "scale": 7.5, "branches": ["uncond", "cond"]}
            out.step(call, arrays, facts)
    return Recording.open(path)


@pytest.fixture
def view(qtbot, dressed, tmp_path):
    stage = Stage(qtbot, ArchitectureViewer)
    stage.show(write(tmp_path / "a.sdrec"), card())
    qtbot.waitUntil(lambda: heat(stage) is not None)
    yield stage
    assert stage.host.failed is None


def heat(stage):
    return stage.host.findChild(ModuleTree).heat


def share(stage, path):
    return heat(stage).modules[f"unet.{path}"].share


def test_bars_are_the_mean_magnitude_at_the_chosen_step(view, qtbot):
    for call in range(3):
        view.select(call=call)
        first = pytest.approx((call + 1) / 9)
        qtbot.waitUntil(lambda first=first: share(view, PATHS[0]) == first)
        for number, path in enumerate(PATHS):
            assert share(view, path) == pytest.approx((number + 1) * (call + 1) / 9)
    assert "mean |x| 9.000" in heat(view).modules[f"unet.{PATHS[2]}"].text


def test_a_closed_block_shows_the_mean_of_what_lies_below(view, qtbot):
    view.select(call=0)
    qtbot.waitUntil(lambda: share(view, PATHS[0]) == pytest.approx(1 / 9))
    block = heat(view).modules["unet.mid_block"]
    assert block.below
    assert block.share == pytest.approx(1.5 / 9)
    assert "mean of the 2 modules" in block.text
    assert not heat(view).modules[f"unet.{PATHS[0]}"].below


def test_bars_follow_the_branch(view, qtbot):
    view.select(call=1, branch="uncond")
    qtbot.waitUntil(lambda: "mean |x| 20" in heat(view).modules[f"unet.{PATHS[0]}"].text)


def test_the_change_since_the_call_before_grows_from_the_middle(view, qtbot):
    tree = view.host.findChild(ModuleTree)
    tree.heat_chosen.emit("change")
    view.select(call=1)
    qtbot.waitUntil(lambda: f"unet.{PATHS[0]}" in heat(view).modules)
    assert heat(view).signed
    assert "+100.0%" in heat(view).modules[f"unet.{PATHS[0]}"].text
    view.select(call=0)
    qtbot.waitUntil(lambda: heat(view).modules == {})  # nothing came before
    tree.heat_chosen.emit("")
    assert heat(view) is None


def test_the_bars_are_painted_in_their_column(view):
    view.select(call=2)
    tree = view.host.findChild(QTreeView)
    model = tree.model()
    unet = next(
        model.index(row, 0)
        for row in range(model.rowCount())
        if model.index(row, 0).data() == "unet"
    )
    rect = tree.visualRect(unet.siblingAtColumn(HEAT))
    picture = tree.viewport().grab().toImage()
    colours = {
        picture.pixelColor(x, rect.center().y()).name() for x in range(rect.left(), rect.right())
    }
    assert len(colours) > 1


def test_a_recording_without_statistics_says_so(qtbot, dressed, tmp_path):
    stage = Stage(qtbot, ArchitectureViewer)
    stage.show(write(tmp_path / "b.sdrec", statistics=False), card())
    button = stage.find(QToolButton, "Heat column")
    qtbot.waitUntil(lambda: "holds no statistics" in button.toolTip())
    assert not button.isEnabled()
    assert stage.host.findChild(QTreeView).isColumnHidden(HEAT)


def test_numbers_that_are_none_are_told_as_such(tmp_path):
    found = read_module_statistics(write(tmp_path / "c.sdrec"), 3)
    found.values[1, found.paths.index(PATHS[0]), 1] = np.nan
    bars = heat_of(found, 1, "cond", "mean_absolute")
    assert "not finite" in bars.modules[f"unet.{PATHS[0]}"].text
