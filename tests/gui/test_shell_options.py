from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from sdinspector.app.costs import cost_of
from sdinspector.app.shell.observe_dialog import ObserveDialog, is_picture, parse_timesteps
from sdinspector.core import CaptureSpec, RunSpec
from sdinspector.recording import Recording


@pytest.fixture
def panel(window, qtbot):
    button = window.top_bar.options
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.panel.isVisible()
    yield button.panel
    button.panel.hide()


def test_the_panel_opens_inside_the_screen_below_its_button(window, panel):
    button = window.top_bar.options
    below = button.mapToGlobal(QPoint(0, button.height())).y()
    assert panel.y() >= below
    assert panel.x() >= 0


def test_what_is_set_in_the_panel_is_what_runs(window, panel, qtbot):
    panel.rescale.setValue(0.4)
    panel.branches.setCurrentIndex(panel.branches.findData("both"))
    qtbot.mouseClick(panel.statistics, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    panel.activations.setText("mid_block, up_blocks.0.resnets.*")
    spec = window.context.document.spec
    assert (spec.guidance_rescale, spec.branches) == (0.4, "both")
    assert spec.capture == CaptureSpec(
        statistics=(), activations=("mid_block", "up_blocks.0.resnets.*")
    )
    assert window.top_bar.options.isChecked()


def test_without_attention_there_is_none_of_the_other_branch_either(window, panel, qtbot):
    panel.uncond.setChecked(True)
    panel.attention.setChecked(False)
    assert window.context.document.spec.capture.attention == ()
    assert not window.context.document.spec.capture.both_branches
    assert not panel.uncond.isEnabled()
    panel.attention.setChecked(True)
    assert window.context.document.spec.capture.attention == ("*",)


def test_strength_counts_only_with_a_picture(window, panel):
    assert not panel.strength.isEnabled()
    panel.init.setText("somewhere.png")
    assert panel.strength.isEnabled()
    assert window.context.document.spec.init == "somewhere.png"


def test_the_button_is_plain_while_all_is_as_usual(window):
    button = window.top_bar.options
    button.set_spec(RunSpec(prompt="anything", steps=7))
    assert not button.isCheckable()
    button.set_spec(RunSpec(branches="both"))
    assert button.isChecked()


@pytest.mark.parametrize("text", ["", "a", "-1", "1000", "1.5", "1 2 x", " , "])
def test_timesteps_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        parse_timesteps(text)


def test_timesteps_are_numbers_with_anything_usual_between():
    assert parse_timesteps("900, 1;20 999\t0") == (900, 1, 20, 999, 0)


@pytest.fixture
def drawing(tmp_path):
    path = tmp_path / "drawing.png"
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[10:30, 20:40] = 200
    Image.fromarray(pixels).save(path)
    return path


def drop(window, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)


def test_a_picture_that_is_dropped_is_observed_and_shown(window, drawing, qtbot):
    drop(window, drawing)
    dialog = window.findChild(ObserveDialog)
    assert dialog.picture == drawing
    assert dialog.preview.pixmap().width() > dialog.preview.pixmap().height()
    dialog.caption.setText("a grey square")
    dialog.timesteps.setText("200, 800")
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.runs.active)
    qtbot.waitUntil(lambda: not window.runs.active)
    qtbot.waitUntil(lambda: window.context.scene.calls == 2)
    recording = window.context.scene.recording
    assert isinstance(recording, Recording)
    assert recording.kind == "observe"
    assert recording.spec.prompt == "a grey square"
    assert [recording.timestep(call) for call in range(2)] == [200, 800]


def test_the_dialog_says_what_keeps_it_from_starting(window, drawing, tmp_path):
    window.files.observe()
    dialog = window.findChild(ObserveDialog)
    assert not dialog.start.isEnabled()
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    dialog.set_picture(broken)
    assert "cannot be read" in dialog.preview.text()
    assert not dialog.start.isEnabled()
    dialog.set_picture(drawing)
    assert dialog.start.isEnabled()
    dialog.timesteps.setText("1200")
    assert not dialog.start.isEnabled()
    assert "0 to 999" in dialog.problem.text()
    dialog.close()


def test_only_files_with_pictures_are_pictures(drawing, tmp_path):
    assert is_picture(drawing)
    assert not is_picture(tmp_path)
    assert not is_picture(tmp_path / "missing.png")


def test_an_observation_that_is_opened_leaves_the_next_run_starting_from_noise(
    window, tiny_model, drawing, tmp_path, qtbot
):
    from sdinspector.engine import observe

    made = observe(tiny_model, drawing, "a square", [500], tmp_path / "seen.sdrec")
    window.context.open_recording(made.path)
    qtbot.waitUntil(lambda: window.context.document.spec.prompt == "a square")
    assert window.context.document.spec.init == ""


def test_the_panel_says_what_a_run_takes_and_it_takes_that(window, panel, qtbot):
    window.context.document.set_spec(RunSpec(prompt="a red star", steps=4))
    qtbot.waitUntil(lambda: window.context.document.tokens == 5)
    text = panel.cost.text()
    assert "calls" in text
    cost = cost_of(window.context.document.model, window.context.document.spec, 5)
    panel.hide()
    window.desk.run()
    qtbot.waitUntil(lambda: window.runs.active)
    qtbot.waitUntil(lambda: not window.runs.active)
    qtbot.waitUntil(lambda: window.context.scene.recording is not None)
    recording = window.context.scene.recording
    qtbot.waitUntil(lambda: recording.refresh() or recording.status == "complete")
    taken = sum(file.stat().st_size for file in recording.folder.rglob("*") if file.is_file())
    assert recording.calls == cost.calls
    assert 0.7 * taken < cost.total < 1.5 * taken


def test_a_run_over_the_budget_does_not_begin_and_says_what_to_do(window, panel):
    panel.activations.setText("*")
    panel.budget.setValue(1)
    window.context.document.set_spec(
        RunSpec(prompt="red", steps=900, capture=CaptureSpec.everything())
    )
    assert panel.cost.property("role") == "warning"
    panel.hide()
    assert not window.runs.run()
    assert "budget" in window.message_bar.text.text()
    assert window.context.settings["recording.budget_megabytes"] == 1
    panel.show()
    window.context.document.set_spec(RunSpec(prompt="red", steps=2))
    assert panel.cost.property("role") == "muted"


def test_a_run_that_the_disk_has_no_room_for_does_not_begin(window, monkeypatch):
    monkeypatch.setattr(
        "sdinspector.app.costs.shutil.disk_usage", lambda _: SimpleNamespace(free=1_000)
    )
    assert not window.runs.run()
    assert "left" in window.message_bar.text.text()
