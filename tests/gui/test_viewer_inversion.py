"""The page that inverts a picture, on a real model: both ways, what is shown, and what goes on."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest

from sdinspector.engine import invert
from sdinspector.export import export_figure
from sdinspector.recording import Recording
from sdinspector.recording.inversion import figures_of, read_path
from sdinspector.viewers.guidance import GuidanceViewer
from sdinspector.viewers.schedulers import SchedulersViewer
from tests.gui.samples import without_a_name

STEPS = 4


@pytest.fixture
def page(make_window, tiny_folder, qtbot):
    """The page in the whole window, its model ready."""
    window = make_window(tiny_folder, viewers=(SchedulersViewer,))
    qtbot.waitUntil(lambda: window.context.scene.model is not None)
    window.registry["file.invert"].trigger()
    viewer = window.hosts["schedulers"].viewer
    assert viewer.choice.current == "inversion"
    shown = viewer.pages["inversion"]
    shown.window_ = window
    shown.steps.setValue(STEPS)
    yield shown
    del shown.window_


@pytest.fixture
def photo(tmp_path):
    colours = np.random.default_rng(3).integers(0, 256, (16, 24, 3), dtype=np.uint8)
    path = tmp_path / "photo.png"
    Image.fromarray(colours).save(path)
    return path


@pytest.fixture
def inverted(page, photo, qtbot):
    """The page after it has inverted a picture."""
    page.take_picture(photo)
    QTest.keyClicks(page.caption, "a red star")
    QTest.keyClick(page.caption, Qt.Key.Key_Return)
    ended(page, qtbot)
    return page


def ended(page, qtbot):
    qtbot.waitUntil(lambda: page._inverted is not None and bool(page._inverted.figures))
    qtbot.waitUntil(lambda: not page._active and "errors" in page._inverted.figures)


def test_before_a_picture_it_says_what_to_do_and_cannot_run(page):
    assert page.stack.currentWidget() is page.note
    assert "Invert" in page.note.text()
    assert not page.run.isEnabled()
    assert not page.as_run.isEnabled()


def test_every_control_has_a_name(page):
    assert without_a_name(page) == []


def test_a_picture_is_inverted_and_both_pictures_are_shown(inverted, qtbot):
    recording = Recording.open(inverted._inverted.recording.path)
    path = read_path(recording)
    assert (recording.kind, recording.spec.prompt) == ("inversion", "a red star")
    assert recording.spec.guidance_scale == 1.0
    assert path.steps == STEPS
    assert np.array_equal(inverted.canvas.left, path.picture)
    assert np.array_equal(inverted.canvas.right, recording.image())
    figures = figures_of(recording)
    assert f"{figures['psnr']:.1f}" in inverted.facts.value("Picture", "against the original")
    assert f"{figures['psnr_vae']:.1f}" in inverted.facts.value("Picture", "the VAE alone")
    np.testing.assert_allclose(inverted.curve.curves[0].values, figures["errors"])
    for strip in inverted.strips.values():
        assert sorted(strip.pictures) == list(range(STEPS + 1))


def test_each_mode_shows_its_picture(inverted):
    path, canvas = inverted._inverted.path, inverted.canvas
    inverted.mode.button("vae").click()
    assert np.array_equal(canvas.right, path.round_trip)
    inverted.mode.button("original").click()
    assert np.array_equal(canvas.left, path.picture)
    assert canvas.right is None
    inverted.mode.button("difference").click()
    apart = inverted._inverted.returned.astype(np.float32) - path.picture
    shown = inverted.difference.canvas.image
    assert inverted.pictures.currentWidget() is inverted.difference
    np.testing.assert_allclose(shown, apart.mean(axis=2), atol=1e-4)


def test_a_dropped_picture_and_a_pasted_one_are_taken(page, photo):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.dropEvent(event)
    assert event.isAccepted()
    assert page.source.text() == "photo"
    assert page.run.isEnabled()
    image = QImage(16, 16, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    page.paste_button.click()
    assert page.source.text() == "pasted picture"
    QGuiApplication.clipboard().clear()


def test_guidance_above_one_is_warned_of(page):
    page.guidance.setValue(1.5)
    assert "will not come back" in page.warning.text()
    assert page.warning.isVisibleTo(page)
    page.guidance.setValue(1.0)
    assert not page.warning.isVisibleTo(page)


def test_a_click_on_a_level_chooses_it_everywhere(inverted):
    strip = inverted.strips["down"]
    place = strip.place(1).center().toPoint()
    QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.x(), place.y()))
    assert inverted.curve.marker == 1
    assert inverted.strips["up"].current == 1
    assert f"{100 * inverted._inverted.errors[1]:.2f}" in inverted.place.text()
    QTest.keyClick(inverted.curve, Qt.Key.Key_Right)
    assert strip.current == 2


def test_opened_as_a_run_a_level_is_a_step_of_the_selection(inverted, qtbot):
    context = inverted.window_.context
    inverted.as_run.click()
    recording = inverted._inverted.recording
    qtbot.waitUntil(lambda: context.scene.recording is not None)
    assert context.scene.recording.id == recording.id
    qtbot.waitUntil(lambda: not inverted.as_run.isEnabled())
    inverted.choose_level(3)
    assert context.scene.call == STEPS - 3
    context.select(call=STEPS - 2)
    qtbot.waitUntil(lambda: inverted.curve.marker == 2)
    assert context.document.spec.start == ""  # Run makes another picture, and says so


def test_a_recording_of_an_inversion_that_is_opened_is_shown(page, tiny_model, photo, qtbot):
    path = photo.with_name("other.sdrec")
    invert(tiny_model, photo, "a blue circle", path, steps=3)
    page.window_.context.open_recording(path)
    ended(page, qtbot)
    assert page._inverted.path.steps == 3
    assert page.stack.currentWidget() is page.found
    assert page.source.text() == "other"
    assert page.prompt.text() == "a blue circle"


def test_it_runs_on_from_the_noise_with_another_prompt(inverted, qtbot):
    context = inverted.window_.context
    assert inverted.curve.marker == STEPS  # the noise that was sought
    inverted.prompt.setText("a blue circle")
    inverted.onward_guidance.setValue(4.0)
    inverted.onward.click()
    qtbot.waitUntil(lambda: context.scene.pane is not None and context.scene.pane.finished)
    forked = context.scene.recording
    assert forked.kind == "run"
    assert (forked.spec.prompt, forked.spec.guidance_scale) == ("a blue circle", 4.0)
    assert forked.parent["id"] == inverted._inverted.recording.id
    assert np.array_equal(forked.array(0, "latent"), inverted._inverted.path.latents[-1])
    inverted.choose_level(2)
    QTest.keyClick(inverted.prompt, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: context.scene.recording.id != forked.id and context.scene.pane.finished)
    late = context.scene.recording
    assert late.parent["call"] == STEPS - 2
    assert late.spec.prompt == "a red star"
    assert late.spec.prompt_at(STEPS - 2) == "a blue circle"
    assert np.array_equal(late.array(1, "latent"), inverted._inverted.recording.array(1, "latent"))


def test_stop_ends_it_and_another_can_begin(page, photo, qtbot):
    page.take_picture(photo)
    page.steps.setValue(400)
    page.invert()
    qtbot.waitUntil(lambda: page.progress.value() > 1)
    assert page.halt.isVisibleTo(page)
    QTest.mouseClick(page.halt, Qt.MouseButton.LeftButton)
    assert not page.halt.isVisibleTo(page)
    qtbot.waitUntil(lambda: not page.window_.context.worker.active)
    page.steps.setValue(STEPS)
    page.invert()
    ended(page, qtbot)
    assert page._inverted.path.steps == STEPS


def test_what_cannot_be_inverted_is_told(page, tmp_path, qtbot):
    path = tmp_path / "none.png"
    path.write_bytes(b"no picture")
    page.take_picture(path)
    with qtbot.waitSignal(page.window_.context.message, timeout=60_000) as told:
        page.invert()
    assert "Cannot read the picture" in told.args[0].text
    assert page.run.isVisibleTo(page)
    assert not page.run.isEnabled()  # until there is another picture
    assert page.source.text() == ""


def test_its_figures_are_written(inverted, tmp_path):
    figures = inverted.figures(inverted._scene)
    names = {figure.name for figure in figures}
    assert {"inversion-original", "inversion-returned", "inversion-vae"} <= names
    for number, figure in enumerate(figures):
        ending = ".csv" if figure.kind == "table" else ".png"
        assert export_figure(figure, tmp_path / f"{number}{ending}").stat().st_size > 0
    with (tmp_path / f"{len(figures) - 1}.csv").open() as file:
        assert len(file.readlines()) == STEPS + 2


def test_the_page_explains_itself(page):
    assert "does not come back exactly" in page.explanation()


def test_an_inversion_is_run_on_in_the_guidance_view_but_not_swept(
    make_window, tiny_folder, tiny_model, photo, qtbot
):
    path = photo.with_name("other.sdrec")
    invert(tiny_model, photo, "a blue circle", path, steps=3)
    window = make_window(tiny_folder, viewers=(GuidanceViewer,))
    context = window.context
    qtbot.waitUntil(lambda: context.scene.model is not None)
    context.open_recording(path)
    qtbot.waitUntil(lambda: context.scene.recording is not None)
    window.flush()
    viewer = window.hosts["guidance"].viewer
    qtbot.waitUntil(lambda: viewer._why_not() == "")
    assert not viewer._sweep._run.isEnabled()
    assert "inverted picture" in viewer._sweep._why
