"""The page that trains, on a real small model: it learns, pauses, goes on, and is recorded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from safetensors.torch import load_file

from sdinspector.app.jobs import DecodeJob
from sdinspector.core import TrainingSpec, paths
from sdinspector.engine import training_data
from sdinspector.engine.finetuning import finetune, finetune_iter
from sdinspector.export import export_figure
from sdinspector.recording import Recording
from sdinspector.viewers.architecture import ArchitectureViewer, heat_of_gradients
from sdinspector.viewers.training import TrainingViewer
from tests.gui.samples import without_a_name

UNET = Path("unet") / "diffusion_pytorch_model.safetensors"
DRAWN = "shapes:6"
SPEC = TrainingSpec(steps=6, batch=2, learning_rate=1e-3, warmup=2, method="whole")


class Bench:
    """The page in the whole window."""

    def __init__(self, window, qtbot):
        self.window, self.qtbot, self.context = window, qtbot, window.context
        self.viewer = window.hosts["training"].viewer
        self.page = self.viewer.pages["train"].widget
        self.teaching = self.viewer.pages["train"].controller
        self.form, self.live = self.page.form, self.page.live
        self.control = self.context.training

    def choose(self, place=DRAWN, spec=SPEC, control=0):
        self.form.set_place(place)
        self.form.set_spec(spec)
        self.form.control.setValue(control)
        self.qtbot.waitUntil(lambda: bool(self.form.found.text()))

    def press(self, button):
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def begin(self):
        self.press(self.live.begin)
        assert self.control.active

    def end(self):
        self.qtbot.waitUntil(lambda: not self.control.active)
        self.teaching._calm._rested()

    def train(self, **how):
        self.choose(**how)
        self.begin()
        self.end()
        return self.teaching._result


@pytest.fixture
def bench(make_window, tiny_folder, qtbot):
    window = make_window(tiny_folder, viewers=(TrainingViewer, ArchitectureViewer))
    qtbot.waitUntil(lambda: window.context.scene.model is not None, timeout=60_000)
    window.desk.show_viewer("training")
    window.flush()
    window.hosts["training"].viewer.show_page("train")
    return Bench(window, qtbot)


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "barns"
    folder.mkdir()
    for number in range(3):
        colour = np.full((16, 16, 3), 80 * number, np.uint8)
        Image.fromarray(colour).save(folder / f"{number}.png")
        (folder / f"{number}.txt").write_text(f"barn {number}", "utf-8")
    return folder


def test_the_explanation_lies_over_the_page_and_moves_nothing(bench):
    live = bench.page.live
    before = live.geometry(), live.loss.geometry()
    live.help.click()
    bench.window.flush()
    shown = bench.page.help
    assert shown.isVisible()
    assert "LoRA" in shown.text()
    assert shown.height() >= shown.heightForWidth(shown.width())
    assert (live.geometry(), live.loss.geometry()) == before
    shown.close()


def slow(bench, count=10_000):
    """A training that does not end by itself."""
    bench.choose(spec=TrainingSpec(steps=count, batch=2, warmup=2, method="whole"))
    bench.begin()
    bench.qtbot.waitUntil(lambda: len(bench.teaching._history.steps) >= 2)


def test_a_training_is_seen_step_by_step_and_recorded(bench):
    result = bench.train(control=2)
    recording = Recording.open(result.recording)
    arrays, _ = recording.capture(recording.captures[0])
    loss, smoothed = bench.live.loss.curves
    assert np.array_equal(loss.values, arrays["loss"])
    assert np.array_equal(smoothed.values, arrays["smoothed"])
    assert np.array_equal(bench.live.rate.curves[0].values, arrays["learning_rate"])
    text = bench.live.result.text()
    assert f"{result.before:.3g} → {result.after:.3g}" in text
    assert f"{result.control_before:.3g} → {result.control_after:.3g}" in text
    assert bench.live.begin.isEnabled()
    assert not bench.live.pause.isEnabled()


def test_the_open_model_stays_as_it_was_until_the_trained_one_is_used(bench, qtbot):
    before = bench.context.document.model
    result = bench.train()
    assert bench.context.document.model is before
    bench.press(bench.live.use)
    qtbot.waitUntil(lambda: bench.context.document.model.source == str(result.out))
    assert bench.context.document.model.digest != before.digest


def test_gradients_are_bars_in_the_tree(bench, qtbot):
    bench.train()
    tree = bench.window.hosts["architecture"].viewer._tree
    rows = bench.teaching._history.gradients

    def shown(row):
        top = max(row.values())
        shares = {path: norm / top for path, norm in row.items()}
        return tree.heat is not None and {
            path: warmth.share for path, warmth in tree.heat.modules.items() if path in row
        } == pytest.approx(shares)

    qtbot.waitUntil(lambda: shown(rows[-1]))
    bench.live.loss.chosen.emit(1)
    qtbot.waitUntil(lambda: shown(rows[1]))
    bench.live.loss.chosen.emit(1)  # once more lets it go
    qtbot.waitUntil(lambda: shown(rows[-1]))
    bench.live.heat.click()
    qtbot.waitUntil(lambda: tree.heat is None)


def test_pausing_frees_the_model_and_going_on_ends_with_the_same_weights(
    bench, tiny_model, tmp_path, qtbot
):
    spec = TrainingSpec(steps=40, batch=2, learning_rate=1e-3, warmup=2, method="whole")
    drawn = training_data.find(DRAWN, size=tiny_model.card.width)
    whole = finetune(tiny_model, drawn, spec, tmp_path / "whole")
    bench.choose(spec=spec)
    bench.begin()
    qtbot.waitUntil(lambda: len(bench.teaching._history.steps) >= 3)
    bench.press(bench.live.pause)
    bench.end()
    done = len(bench.teaching._history.steps)
    assert done < 40, "it ended before it was paused"
    latent = np.zeros((4, 8, 8), np.float32)
    answers = []
    bench.context.submit(DecodeJob(latent=latent), answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    qtbot.waitUntil(lambda: bench.page.which.count() == 1)
    assert "of 40" in bench.page.which.currentText()
    bench.form.control.setValue(5)
    bench.press(bench.page.resume)
    assert not bench.page.resume.isVisible()  # nothing can be discarded under a training
    bench.end()
    assert bench.teaching._result.control_after is None  # as it began
    assert bench.form.out is None  # the next one gets a name of its own
    one = load_file(whole.out / UNET)
    other = load_file(bench.teaching._result.out / UNET)
    assert all(torch.equal(value, other[name]) for name, value in one.items())
    qtbot.waitUntil(lambda: bench.teaching._history.steps == list(range(1, 41)))
    qtbot.waitUntil(lambda: bench.page.which.count() == 0)


def test_ending_here_keeps_the_steps_that_were_done(bench):
    slow(bench)
    bench.press(bench.live.finish)
    bench.end()
    result = bench.teaching._result
    assert 2 <= result.steps < 10_000
    assert (result.out / UNET).is_file()


def test_a_training_that_a_crash_ended_is_offered_and_can_be_discarded(
    bench, tiny_model, tiny_folder, qtbot
):
    out = paths.trained() / "crashed"
    steps = finetune_iter(tiny_model, training_data.find(DRAWN, size=64), SPEC, out)
    next(steps)
    steps.close()
    bench.teaching._list()
    qtbot.waitUntil(lambda: bench.page.which.count() == 1)
    assert "crashed" in bench.page.which.currentText()
    bench.press(bench.page.discard)
    assert "Really" in bench.page.discard.text()
    assert (paths.trained() / "crashed.work").exists()  # one press does nothing yet
    bench.press(bench.page.discard)
    qtbot.waitUntil(lambda: bench.page.which.count() == 0)
    assert not (paths.trained() / "crashed.work").exists()


def test_the_window_can_close_while_a_training_goes_and_its_state_is_kept(bench):
    slow(bench)
    bench.window.close()
    assert list(paths.trained().glob("*.work/state.pt"))


def test_a_folder_that_is_dropped_is_looked_into(bench, pictures, qtbot):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(pictures))])
    event = QDropEvent(
        QPointF(QPoint(20, 20)), Qt.DropAction.CopyAction, data,
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    bench.page.dropEvent(event)
    qtbot.waitUntil(lambda: "3" in bench.form.found.text())
    assert bench.form.place == str(pictures)
    assert bench.live.begin.isEnabled()


@pytest.mark.parametrize("what", ["nowhere", "empty", "no captions", "damaged"])
def test_pictures_that_will_not_do_are_told_and_cannot_be_trained_on(bench, what, tmp_path, qtbot):
    folder = tmp_path / "pictures"
    if what != "nowhere":
        folder.mkdir()
    if what == "no captions":
        Image.new("RGB", (8, 8)).save(folder / "DSC_0001.png")
    if what == "damaged":
        (folder / "a barn.png").write_bytes(b"no picture")
    bench.form.set_place(str(folder))
    qtbot.waitUntil(lambda: bool(bench.form.found.text()))
    assert not bench.live.begin.isEnabled()
    assert bench.live.begin.toolTip() == bench.form.found.text()


def test_a_place_that_is_taken_ends_in_one_sentence(bench, tmp_path):
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "precious").write_text("x")
    bench.choose()
    bench.form.result.setText(str(taken))
    bench.begin()
    bench.end()
    assert str(taken) in bench.live.status.text()
    assert (taken / "precious").read_text() == "x"
    assert bench.live.begin.isEnabled()


def test_a_new_training_does_not_overwrite_the_state_of_a_paused_one(bench, tmp_path, qtbot):
    bench.form.result.setText(str(tmp_path / "mine"))
    slow(bench)
    bench.press(bench.live.pause)
    bench.end()
    state = tmp_path / "mine.work" / "state.pt"
    before = state.read_bytes()
    qtbot.waitUntil(lambda: bench.page.which.count() == 1)  # it is found there, too
    messages = []
    bench.context.message.connect(messages.append)
    bench.press(bench.live.begin)
    assert not bench.control.active
    assert "discard" in messages[-1].text
    assert state.read_bytes() == before


def test_pictures_on_the_way_come_into_the_strip(bench, qtbot):
    spec = TrainingSpec(
        steps=4, batch=2, method="whole", prompts=("a", "b"), every=2, sampling_steps=2
    )
    bench.choose(spec=spec)
    bench.form.guidance.setValue(1.0)
    bench.begin()
    bench.end()
    history = bench.teaching._history
    qtbot.waitUntil(lambda: len(history.samples) == 6)
    bench.teaching._draw()
    assert [frame.title.split()[-1] for frame in bench.live.strip.frames] == ["0", "2", "4"]
    recording = Recording.open(bench.teaching._result.recording)
    arrays, _ = recording.capture(recording.captures[0])
    for (step, prompt), picture in history.samples.items():
        assert np.array_equal(picture, arrays[f"sample/{step}/{prompt}"])


def test_a_recorded_training_opens_on_this_page(bench, qtbot):
    result = bench.train()
    values = bench.live.loss.curves[0].values.copy()
    bench.live.set_history(type(bench.teaching._history)())
    prompt = bench.context.document.spec.prompt
    bench.viewer.show_page("objective")
    bench.context.open_recording(result.recording)
    qtbot.waitUntil(lambda: len(bench.live.loss.curves[0].values) == len(values))
    assert np.array_equal(bench.live.loss.curves[0].values, values)
    assert bench.viewer._choice.current == "train"
    assert bench.context.document.spec.prompt == prompt, "the next run's prompt was changed"


def test_what_is_shown_can_be_exported(bench, tmp_path):
    bench.train()
    figures = {figure.name: figure for figure in bench.viewer.figures(bench.context.scene)}
    path = export_figure(figures["training-loss"], tmp_path / "loss.csv")
    assert len(Path(path).read_text().strip().splitlines()) >= 7
    export_figure(figures["training-gradients"], tmp_path / "gradients.csv")
    assert figures["training-gradients"].arrays["step"].tolist() == [1, 2, 3, 4, 5, 6]


def test_settings_are_locked_while_it_goes_and_say_what_is_trained(bench):
    assert "UNet" in bench.form.method.itemText(0)
    assert not bench.form.rank.isVisible()
    bench.form.method.setCurrentIndex(bench.form.method.findData("lora"))
    assert bench.form.rank.isVisible()
    slow(bench)
    assert not bench.form.steps.isEnabled()
    bench.press(bench.live.pause)
    bench.end()
    assert bench.form.steps.isEnabled()


def test_every_control_has_a_name_and_a_tooltip(bench):
    assert without_a_name(bench.page) == []


def test_heat_of_gradients_adds_up():
    heat = heat_of_gradients({"unet.a.0": 3.0, "unet.a.1": 4.0})
    assert heat.modules["unet.a.1"].share == 1.0
    assert heat.modules["unet.a"].share == pytest.approx(5 / 4)
    assert heat.modules["unet.a"].below
