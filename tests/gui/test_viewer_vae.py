"""The VAE viewer on a real VAE: pictures in and out, channels changed, brush, what it cannot do."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

from sdinspector import engine
from sdinspector.analysis import latents
from sdinspector.analysis.similarity import similarity
from sdinspector.engine.picture_bench import look_at_picture
from sdinspector.export import export_figure
from sdinspector.recording import Recording
from sdinspector.viewers.vae import VaeViewer
from sdinspector.viewers.vae.changes import Changes
from sdinspector.widgets.drop_page import pixels
from tests.gui.samples import without_a_name


@pytest.fixture
def bench(make_window, tiny_folder, qtbot):
    """The viewer in the whole window, its model ready."""
    window = make_window(tiny_folder, viewers=(VaeViewer,))
    qtbot.waitUntil(lambda: window.context.scene.model is not None, timeout=60_000)
    window.desk.show_viewer("vae")
    window.flush()
    viewer = window.hosts["vae"].viewer
    viewer.window = window
    yield viewer
    del viewer.window


@pytest.fixture
def photo(tmp_path):
    """A picture of colours that change everywhere."""
    rows, columns = np.mgrid[:64, :96].astype(np.float32)
    colours = np.stack([rows * 4, columns * 2.6, 128 + 100 * np.sin(rows / 7)], axis=-1)
    path = tmp_path / "photo.png"
    Image.fromarray(colours.clip(0, 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def encoded(bench, photo, qtbot):
    bench.encode(photo)
    qtbot.waitUntil(lambda: bench._opened is not None)
    return bench


def decoded_of(bench, qtbot, latent, tiny_model):
    """Wait until the picture of a latent is on the screen."""
    wanted = engine.decode(tiny_model, latent)
    qtbot.waitUntil(lambda: np.array_equal(bench._board.canvas.right, wanted))
    return wanted


def test_a_picture_goes_through_and_comes_back(encoded, photo, tiny_model, qtbot):
    found = look_at_picture(tiny_model, photo)
    opened, board = encoded._opened, encoded._board
    assert np.array_equal(opened.latent, found.latent)
    assert np.array_equal(board.canvas.left, found.picture)
    assert np.array_equal(board.canvas.right, found.reconstruction)
    qtbot.waitUntil(lambda: board.likeness.text() != "")
    psnr, ssim = similarity(found.picture, found.reconstruction)
    assert f"{psnr:.1f}" in board.likeness.text()
    assert f"{ssim:.3f}" in board.likeness.text()
    channels, height, width = found.latent.shape
    assert f"1 × {channels} × {height} × {width}" in board.shapes.text()
    for row, channel in zip(board.channels.rows, found.latent, strict=True):
        assert np.array_equal(row.canvas.image, channel)


def test_it_is_kept_as_a_recording_that_opens_here(encoded, photo, qtbot):
    path = encoded._opened.recording.path
    assert Recording.open(path).kind == "encode"
    first = encoded._opened
    encoded._opened = None
    encoded._services.open_recording(path)
    qtbot.waitUntil(lambda: encoded._opened is not None)
    assert np.array_equal(encoded._opened.latent, first.latent)
    assert np.array_equal(encoded._opened.original, first.original)


def test_a_slider_changes_a_channel_and_the_picture_follows(encoded, tiny_model, qtbot):
    row = encoded._board.channels.rows[1]
    row.gain.slider.setFocus()
    QTest.keyClick(row.gain.slider, Qt.Key.Key_PageUp)
    row.offset.number.setValue(-0.5)
    count = len(encoded._opened.latent)
    gains, offsets = [1.0] * count, [0.0] * count
    gains[1], offsets[1] = row.gain.value, -0.5
    assert gains[1] == pytest.approx(1.25)
    wanted = latents.adjusted(encoded._opened.latent, gains, offsets)
    assert np.array_equal(row.canvas.image, wanted[1])
    decoded_of(encoded, qtbot, wanted, tiny_model)
    assert encoded._labels()[1] == "decoded, changed"


def test_reset_brings_the_stored_picture_back(encoded, tiny_model, qtbot):
    before = encoded._opened.decoded
    row = encoded._board.channels.rows[0]
    row.gain.number.setValue(0.0)
    qtbot.waitUntil(lambda: not np.array_equal(encoded._board.canvas.right, before))
    encoded._board.channels.clear.click()
    qtbot.waitUntil(lambda: np.array_equal(encoded._board.canvas.right, before))
    qtbot.wait(100)  # an answer that was on its way comes to nothing
    assert np.array_equal(encoded._board.canvas.right, before)
    assert row.gain.value == 1.0
    assert not encoded._board.channels.clear.isEnabled()


def test_a_double_click_brings_the_neutral_value_back(encoded):
    fader = encoded._board.channels.rows[0].offset
    fader.number.setValue(1.0)
    assert encoded._changes.offsets[0] == 1.0
    QTest.mouseDClick(fader.slider, Qt.MouseButton.LeftButton)
    assert fader.value == 0.0
    assert not encoded._changes.any


def test_two_channels_are_exchanged(encoded, tiny_model, qtbot):
    channels = encoded._board.channels
    source = channels.rows[0].source
    source.setFocus()
    QTest.keyClick(source, Qt.Key.Key_Down)
    source.activated.emit(source.currentIndex())
    latent = encoded._opened.latent
    order = [1, 0, *range(2, len(latent))]
    assert channels.rows[1].source.currentIndex() == 0
    assert np.array_equal(channels.rows[1].canvas.image, latent[0])
    decoded_of(encoded, qtbot, latents.adjusted(latent, order=order), tiny_model)


def test_the_brush_paints_a_stroke_that_can_be_taken_back(encoded, tiny_model, qtbot):
    channels, latent = encoded._board.channels, encoded._opened.latent
    channels.brush.click()
    canvas = channels.rows[2].canvas
    port, middle = canvas.viewport(), canvas.viewport().rect().center()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(port, middle + QPoint(12, 0))
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=middle + QPoint(12, 0))
    painted = encoded._changes.result()
    others = [number for number in range(len(latent)) if number != 2]
    assert np.array_equal(painted[others], latent[others])
    assert np.any(painted[2] == np.float32(channels.value.value()))
    decoded_of(encoded, qtbot, painted, tiny_model)
    channels.undo.click()
    assert np.array_equal(encoded._changes.result(), latent)
    assert not channels.undo.isEnabled()
    channels.brush.click()
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, pos=middle)
    assert np.array_equal(encoded._changes.result(), latent), "without the brush nothing is painted"


def test_return_paints_at_the_crosshair(encoded):
    channels = encoded._board.channels
    channels.brush.click()
    canvas = channels.rows[0].canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert encoded._changes.can_undo


def test_strokes_gains_and_order_go_together():
    latent = np.random.default_rng(0).normal(size=(4, 6, 8)).astype(np.float32)
    changes = Changes(latent)
    changes.exchange(0, 3)
    changes.paint(0, (0.5, 0.5), 1.0, 2.0)
    changes.lift()
    changes.gains[0], changes.offsets[0] = 2.0, 1.0
    painted = latents.painted(latent, 3, (3.0, 4.0), 1.0, 2.0)
    result = changes.result()
    assert np.allclose(result[0], 2.0 * painted[3] + 1.0)
    assert np.array_equal(result[3], latent[0])
    changes.undo()
    assert np.allclose(changes.result()[0], 2.0 * latent[3] + 1.0)


def test_the_difference_is_the_pictures(encoded, qtbot):
    board = encoded._board
    qtbot.waitUntil(lambda: encoded._compared is not None)
    board.mode.button("difference").click()
    opened = encoded._opened
    wanted = (opened.decoded.astype(np.float32) - opened.original).mean(axis=2)
    assert board.difference.isVisible()
    assert np.allclose(board.difference.canvas.image, wanted)
    for mode, left, right in (("before", True, False), ("after", False, True)):
        board.mode.button(mode).click()
        assert ((board.canvas.left is not None), (board.canvas.right is not None)) == (left, right)


def test_placing_size_and_sample_encode_anew(encoded, photo, tiny_model, qtbot):
    board, first = encoded._board, encoded._opened
    card = encoded._scene.model
    board.placing.setCurrentIndex(1)
    board.size.setCurrentIndex(1)
    board.size.activated.emit(1)
    qtbot.waitUntil(lambda: encoded._opened is not first)
    second = encoded._opened
    wanted = look_at_picture(tiny_model, photo, how="pad", width=card.width, height=card.height)
    assert np.array_equal(second.original, wanted.picture)
    assert "padded" in board.shapes.text()
    board.seed.setValue(3)
    board.sample.click()
    qtbot.waitUntil(lambda: encoded._opened is not second)
    sampled = look_at_picture(
        tiny_model, photo, how="pad", width=card.width, height=card.height, seed=3
    )
    assert np.array_equal(encoded._opened.latent, sampled.latent)
    assert "seed 3" in board.posterior.text()


def test_a_runs_latent_can_be_worked_on(bench, recording, qtbot, tiny_model):
    bench._services.open_recording(recording.path)
    qtbot.waitUntil(lambda: bench._opened is not None)
    assert np.array_equal(bench._opened.latent, recording.final_latent())
    assert np.array_equal(bench._board.canvas.right, recording.image())
    assert bench._opened.original is None
    bench._board.channels.rows[0].gain.number.setValue(0.0)
    gains = [0.0, *[1.0] * (len(bench._opened.latent) - 1)]
    decoded_of(bench, qtbot, latents.adjusted(recording.final_latent(), gains), tiny_model)


def test_the_next_run_starts_from_the_latent(encoded, qtbot):
    encoded._board.channels.rows[0].gain.number.setValue(0.5)
    encoded._board.start.click()
    document = encoded.window.context.document
    qtbot.waitUntil(lambda: document.spec.init != "")
    with np.load(document.spec.init) as stored:
        assert np.array_equal(stored["latent"], encoded._changes.result())
    assert document.spec.strength == 0.6
    rows, columns = encoded._opened.original.shape[:2]
    assert (document.spec.width, document.spec.height) == (columns, rows)
    assert encoded.window.runs.run()
    qtbot.waitUntil(lambda: not encoded.window.runs.active, timeout=60_000)
    assert encoded.window.context.scene.calls > 0


def test_a_pasted_picture_is_encoded(bench, qtbot):
    colours = np.zeros((32, 32, 3), np.uint8)
    colours[:, 16:] = (250, 120, 10)
    QGuiApplication.clipboard().setImage(
        QImage(colours.tobytes(), 32, 32, 96, QImage.Format.Format_RGB888)
    )
    bench._board.paste_button.click()
    qtbot.waitUntil(lambda: bench._opened is not None)
    assert np.array_equal(bench._opened.original, colours)


def test_a_clipboard_without_a_picture_is_told(bench, qtbot):
    QGuiApplication.clipboard().setText("no picture")
    with qtbot.waitSignal(bench.window.context.message) as told:
        bench._board.paste_button.click()
    assert "clipboard" in told.args[0].text


def test_a_file_that_is_no_picture_is_told_and_nothing_is_lost(encoded, tmp_path, qtbot):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    before = encoded._opened
    with qtbot.waitSignal(encoded.window.context.message) as told:
        encoded.encode(broken)
    assert "broken.png" in told.args[0].text
    assert encoded._opened is before


def test_files_and_pictures_can_be_dropped(bench, photo):
    given = []
    bench._board.picture_given.disconnect()
    bench._board.picture_given.connect(given.append)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo))])
    assert bench._board._emit_picture(data)
    assert given == [photo]
    nothing = QMimeData()
    nothing.setText("text")
    assert not bench._board._emit_picture(nothing)


def test_pixels_of_qts_pictures_are_theirs():
    image = QImage(3, 2, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    assert pixels(image).shape == (2, 3, 4)
    assert pixels(image)[1, 2].tolist() == [255, 0, 0, 255]


def test_what_is_shown_can_be_saved(encoded, tmp_path, qtbot):
    qtbot.waitUntil(lambda: encoded._compared is not None)
    encoded._board.channels.rows[0].gain.number.setValue(0.0)
    figures = {figure.name: figure for figure in encoded.figures(encoded._scene)}
    assert np.array_equal(figures["latent-channels"].arrays["maps"], encoded._changes.result())
    assert figures["latent-channels"].about["gains"][0] == 0.0
    assert np.array_equal(figures["vae-original"].arrays["image"], encoded._opened.original)
    for name, figure in figures.items():
        assert export_figure(figure, tmp_path / f"{name}.png").exists()
    written = export_figure(figures["latent-channels"], tmp_path / "latent.npz")
    with np.load(written) as stored:
        assert np.array_equal(stored["maps"], encoded._changes.result())
        assert np.array_equal(stored["mean"], encoded._opened.mean)


def test_every_control_has_a_name_and_a_tooltip(encoded):
    assert without_a_name(encoded._board) == []


def test_before_anything_it_says_what_to_do(bench):
    assert "Drop a picture here" in bench._board.note.text()
    assert bench.figures(bench._scene) == []


def test_a_new_picture_stays_while_a_recording_of_another_is_shown(encoded, tmp_path, qtbot):
    first = encoded._opened.recording.path
    encoded.window.context.open_recording(first)
    qtbot.waitUntil(lambda: encoded._scene.recording is not None)
    other = tmp_path / "grey.png"
    Image.new("RGB", (64, 64), (90, 90, 90)).save(other)
    encoded.encode(other)
    qtbot.waitUntil(lambda: encoded._opened.recording.path != first)
    encoded.window.context.select(pixel=(0.25, 0.5))
    encoded.window.flush()
    assert encoded._opened.recording.path != first
    assert encoded._own


def test_before_there_is_a_picture_no_tools_are_shown(bench):
    assert not bench._board.channels.isVisible()
    assert not bench._board.view_bar.isVisible()
    assert "Drop a picture" in bench._board.note.text()
