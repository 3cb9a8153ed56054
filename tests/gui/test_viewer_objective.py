"""The page of the objective on real models: the loss of training on the screen, and its curve."""

from __future__ import annotations

import dataclasses
import json
import shutil

import numpy as np
import pytest
import torch
from diffusers import DDPMScheduler
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

from sdinspector.analysis import noise_schedule
from sdinspector.analysis import preview as linear
from sdinspector.core import InspectorError
from sdinspector.engine import model_from_pipeline, open_model
from sdinspector.engine.objective import look_at_objective, objective, prepare
from sdinspector.engine.picture_bench import record_picture
from sdinspector.engine.text_layers import record_text
from sdinspector.export import export_figure
from sdinspector.recording import Recording
from sdinspector.viewers.text import TextViewer
from sdinspector.viewers.training import TrainingViewer
from sdinspector.viewers.training.draws import ERRORS, MAPS
from sdinspector.viewers.vae import VaeViewer
from sdinspector.worlds import ShapesWorld
from tests.gui.samples import without_a_name

CAPTION = "a red circle"


class Bench:
    """The page in the whole window, its model ready."""

    def __init__(self, window, qtbot) -> None:
        self.window, self.qtbot = window, qtbot
        qtbot.waitUntil(lambda: window.context.scene.model is not None)
        window.desk.show_viewer("training")
        window.flush()
        self.viewer = window.hosts["training"].viewer
        self.looking = self.viewer.pages["objective"].controller
        self.page = self.viewer.pages["objective"].widget

    def look(self, picture, caption):
        self.page.set_caption(caption)
        before = self.looking.draw
        self.looking.take(picture)
        return self.another(before)

    def another(self, before):
        """Wait for another draw than one."""
        self.qtbot.waitUntil(
            lambda: self.looking.draw is not None and self.looking.draw is not before
        )
        return self.looking.draw

    def drawn(self, timestep, seed=0, caption=None):
        """Wait for the draw of a t and a seed."""
        caption = self.page.caption if caption is None else caption
        wanted = (timestep, seed, caption)

        def there():
            draw = self.looking.draw
            return draw is not None and (draw.timestep, draw.seed, draw.caption) == wanted

        self.qtbot.waitUntil(there)
        return self.looking.draw

    def curve(self, places=3, seeds=2):
        """Draw a whole curve."""
        self.page.curve.places.setValue(places)
        self.page.curve.seeds.setValue(seeds)
        self.page.curve.run.click()
        assert self.looking.curving.active
        self.qtbot.waitUntil(lambda: not self.looking.curving.active)
        return self.looking.curving.curve

    def losses(self):
        """Return both losses as they are written on the screen."""
        words = self.page.maps.losses.text().replace(",", "").split()
        return float(words[1]), float(words[5])


@pytest.fixture
def bench(make_window, tiny_folder, qtbot):
    return Bench(make_window(tiny_folder, viewers=(TrainingViewer, VaeViewer, TextViewer)), qtbot)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    pixels = np.random.default_rng(4).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def opened(bench, photo):
    bench.look(photo, CAPTION)
    return bench


def test_eight_maps_side_by_side_do_not_keep_the_window_from_being_made_narrow(opened):
    page, window = opened.page, opened.window
    area, seeds = page.split.parentWidget(), page.curve.seeds
    for _ in range(2):  # only from the second time on the splitter keeps its sizes
        window.resize(2400, 500)
        window.flush()
        assert page.maps.sheet.columns == 8
        window.resize(window.width() - page.width() + 764, 500)  # what docks leave of 1280
        window.flush()
        assert page.maps.sheet.columns < 8
        assert page.split.width() <= area.width()
        assert seeds.mapTo(area, seeds.rect().topRight()).x() <= area.width()


def test_the_built_in_models_loss_is_that_of_a_training_script(make_window, qtbot):
    bench = Bench(make_window("shapes", viewers=(TrainingViewer,)), qtbot)
    sample = ShapesWorld(held_out=None)[3]
    bench.page.set_timestep(300)
    draw = bench.look(sample.picture, sample.text)
    model = open_model("shapes", device="cpu")
    try:
        wanted = look_at_objective(model, sample.picture, sample.text, 300)
        for name, values in wanted.arrays().items():
            assert np.array_equal(draw.arrays[name], values)
        tiles, preview = bench.page.maps.tiles, model.card.preview
        for name in MAPS:
            rgb = linear.to_rgb(getattr(wanted, name), preview)
            assert np.array_equal(tiles[name].canvas.image, rgb)
        for name in ERRORS:
            assert np.array_equal(tiles[name].canvas.image, getattr(wanted, name).mean(axis=0))
        for caption, shown in zip((sample.text, ""), bench.losses(), strict=True):
            expected = of_a_script(model.pipeline, sample.picture, caption, 300, 0)
            assert abs(shown - expected) < 1e-6
    finally:
        model.close()


@torch.no_grad()
def of_a_script(pipeline, picture, caption, t, seed):
    pixels = pipeline.image_processor.preprocess(Image.fromarray(picture))
    x0 = pipeline.vae.encode(pixels).latent_dist.mean * pipeline.vae.config.scaling_factor
    noise = torch.randn(x0.shape, generator=torch.Generator().manual_seed(seed))
    bar = DDPMScheduler.from_config(pipeline.scheduler.config).alphas_cumprod[t]
    xt = bar.sqrt() * x0 + (1 - bar).sqrt() * noise
    ids = pipeline.tokenizer(caption, padding="max_length", truncation=True, return_tensors="pt")
    output = pipeline.unet(xt, t, pipeline.text_encoder(ids.input_ids)[0]).sample
    return float(torch.nn.functional.mse_loss(output, noise))


def test_moving_t_asks_again(opened, photo, tiny_model):
    first = opened.looking.draw
    assert first.timestep == 500
    opened.page.slider.setFocus()
    QTest.keyClick(opened.page.slider, Qt.Key.Key_PageUp)
    moved = opened.drawn(550)
    assert opened.page.timestep == opened.page.curve.plot.marker == 550
    wanted = look_at_objective(tiny_model, photo, CAPTION, 550)
    assert moved.loss == wanted.loss != first.loss
    assert opened.losses() == pytest.approx((wanted.loss, wanted.loss_uncond), abs=1e-6)
    assert "t = 550" in opened.page.facts.text()


def test_another_seed_is_another_noise(opened, photo, tiny_model):
    opened.page.seed.setValue(7)
    draw = opened.drawn(500, seed=7)
    wanted = look_at_objective(tiny_model, photo, CAPTION, 500, 7)
    assert np.array_equal(draw.arrays["noise"], wanted.noise)
    assert draw.loss == wanted.loss


def test_another_caption_is_asked_with_return(opened, photo, tiny_model):
    blind = opened.looking.draw.loss_uncond
    field = opened.page.caption_field
    field.selectAll()
    QTest.keyClicks(field, "a blue star")
    QTest.keyClick(field, Qt.Key.Key_Return)
    draw = opened.drawn(500, caption="a blue star")
    assert draw.loss == look_at_objective(tiny_model, photo, "a blue star", 500).loss
    assert draw.loss_uncond == blind


def test_a_number_beyond_the_schedule_becomes_its_end(opened):
    number = opened.page.number
    number.lineEdit().selectAll()
    QTest.keyClicks(number.lineEdit(), "5000")
    QTest.keyClick(number.lineEdit(), Qt.Key.Key_Return)
    assert opened.drawn(999).timestep == 999


def test_a_channel_is_shown_with_its_error_and_units(opened):
    page, draw = opened.page, opened.looking.draw
    page.channel.setCurrentIndex(page.channel.findData("2"))
    for name in (*MAPS, *ERRORS):
        assert np.array_equal(page.maps.tiles[name].canvas.image, draw.arrays[name][2])
    high = max(draw.arrays[name][2].max() for name in ERRORS)
    assert page.maps.error_bar.levels == pytest.approx((0.0, high))
    assert "squared error" in page.maps.error_bar.toolTip()
    low, high = page.maps.latent_bar.levels
    assert -low == high == pytest.approx(max(abs(draw.arrays[name][2]).max() for name in MAPS))


def test_the_crosshair_tells_what_all_maps_hold(opened):
    page, draw = opened.page, opened.looking.draw
    canvas = page.maps.tiles["target"].canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    pixel = canvas.crosshair
    assert page.maps.tiles["error"].canvas.crosshair == pixel
    height, width = draw.arrays["target"].shape[1:]
    row, column = int(pixel[1] * height), int(pixel[0] * width)
    told = page.maps.values.text()
    assert f"x {column}" in told
    for name in ("target", "prediction"):
        first = float(draw.arrays[name][0, row, column])
        assert f"{first:.3f}".replace("-", "−") in told
    error = page.maps.tiles["error"].canvas
    assert error.value_at(pixel) == draw.error("error", -1)[row, column]


def test_the_curve_is_that_of_the_engine_and_is_kept(opened, photo, tiny_model, tmp_path):
    seen = []
    changed = opened.looking.curving._changed
    opened.looking.curving._changed = lambda: (
        seen.append(opened.looking.curving.curve.drawn),
        changed(),
    )
    curve = opened.curve(places=3, seeds=2)
    assert seen == list(range(7)), "the curve grows with each draw"
    places = noise_schedule.even_timesteps(1000, 3)
    made = objective(tiny_model, photo, CAPTION, tmp_path / "same.sdrec", timesteps=places, seeds=2)
    arrays, _ = made.capture(made.captures[1])
    assert np.array_equal(curve.loss, arrays["loss"])
    assert np.array_equal(curve.loss_uncond, arrays["loss_uncond"])
    lines = opened.page.curve.plot.lines
    assert np.array_equal(lines.known.mean, arrays["loss"].mean(axis=1))
    assert np.array_equal(lines.blind.high, arrays["loss_uncond"].max(axis=1))
    kept = Recording.open(opened.looking.curving.path)
    assert kept.kind == "objective"
    assert kept.spec.init == str(photo)
    assert np.array_equal(kept.capture(kept.captures[1])[0]["loss"], arrays["loss"])


def test_the_ends_of_the_curve_are_compared(opened):
    curve = opened.curve(places=10, seeds=1)
    lowest, highest = curve.loss[0, 0], curve.loss[-1, 0]
    text = opened.page.curve.tenths.text()
    assert f"{lowest:.3g}" in text
    assert f"{highest:.3g}" in text
    assert f"{lowest / highest:.3g}" in text


def test_cancelling_keeps_what_was_drawn(opened, qtbot):
    page, curving = opened.page, opened.looking.curving
    page.curve.places.setValue(40)
    page.curve.seeds.setValue(50)
    page.curve.run.click()
    qtbot.waitUntil(lambda: curving.curve.drawn >= 3)
    page.curve.cancel.click()
    drawn, curve = curving.curve.drawn, curving.curve
    assert not curving.active
    assert page.curve.progress.text() == f"Stopped; {drawn} draws are kept."
    assert page.curve.run.isEnabled()
    qtbot.waitUntil(lambda: Recording.open(curving.path).status == "cancelled")
    assert curving.curve is curve, "nothing comes in any more"
    stored = Recording.open(curving.path)
    losses_kept = stored.capture(stored.captures[1])[0]["loss"]
    known = np.isfinite(curve.loss)
    assert 3 <= known.sum() < curve.loss.size
    assert np.array_equal(losses_kept[known], curve.loss[known])


def test_t_can_be_moved_while_the_curve_is_drawn(opened, qtbot):
    page, curving = opened.page, opened.looking.curving
    page.curve.places.setValue(40)
    page.curve.seeds.setValue(50)
    page.curve.run.click()
    qtbot.waitUntil(lambda: curving.curve.drawn >= 1)
    page.slider.setValue(20)
    opened.drawn(20)
    assert curving.active
    page.curve.cancel.click()


def test_a_click_on_the_curve_sets_t(opened):
    opened.curve()
    plot = opened.page.curve.plot
    place = int(opened.looking.curving.curve.timesteps[-1])
    where = QPoint(round(plot.x_of(place)) + 2, plot.height() // 2)
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=where)
    assert opened.page.timestep == place, "near a point it is that point"
    opened.drawn(place)
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert opened.page.timestep == int(opened.looking.curving.curve.timesteps[-2])


def test_snr_and_weights_are_drawn_on_a_second_axis(opened):
    panel, source = opened.page.curve, opened.looking.source
    snr = source.alpha_bar / (1 - source.alpha_bar)
    panel.second.setCurrentIndex(panel.second.findData("snr"))
    assert np.allclose(panel.plot.second.values, snr)
    panel.second.setCurrentIndex(panel.second.findData("weight"))
    panel.gamma.setValue(2.0)
    assert np.allclose(panel.plot.second.values, np.minimum(snr, 2.0) / snr)
    panel.second.setCurrentIndex(0)
    assert panel.plot.second is None


def test_another_caption_leaves_the_curve_and_says_so(opened):
    opened.curve()
    opened.page.caption_field.setText("other words")
    QTest.keyClick(opened.page.caption_field, Qt.Key.Key_Return)
    assert CAPTION in opened.page.curve.title.text()
    assert "caption before" in opened.page.curve.title.text()


def test_a_recording_of_the_objective_opens_here(bench, photo, tiny_model, tmp_path, qtbot):
    made = objective(
        tiny_model, photo, CAPTION, tmp_path / "kept.sdrec", timestep=70, seed=3, seeds=2,
        timesteps=[100, 900], gamma=2.0,
    )  # fmt: skip
    window = bench.window
    window.desk.show_viewer("vae")
    window.context.open_recording(made.path)
    qtbot.waitUntil(lambda: bench.looking.draw is not None)
    assert window.tabs.currentWidget() is window.hosts["training"]
    arrays, _ = made.capture(made.captures[0])
    draw = bench.looking.draw
    for name, values in arrays.items():
        assert np.array_equal(draw.arrays[name], values)
    page = bench.page
    assert (page.caption, page.timestep, page.seed.value()) == (CAPTION, 70, 3)
    assert page.curve.gamma.value() == 2.0
    curve, _ = made.capture(made.captures[1])
    assert np.array_equal(bench.looking.curving.curve.loss, curve["loss"])
    qtbot.waitUntil(lambda: bench.looking.source is not None)
    page.number.setValue(71)
    moved = bench.drawn(71, seed=3)
    assert moved.loss == look_at_objective(tiny_model, photo, CAPTION, 71, 3).loss
    assert bench.looking.curving.curve is not None, "the curve stays"


def test_opening_one_leaves_the_parameters_of_the_next_run(bench, photo, tiny_model, tmp_path,
                                                           qtbot):  # fmt: skip
    document = bench.window.context.document
    bench.window.context.change_spec(steps=17, guidance_scale=3.0)
    before = document.spec
    made = objective(tiny_model, photo, CAPTION, tmp_path / "kept.sdrec", timesteps=[100], seeds=1)
    bench.window.context.open_recording(made.path)
    qtbot.waitUntil(lambda: document.spec.prompt == CAPTION)
    assert document.spec == dataclasses.replace(before, prompt=CAPTION)


def test_a_runs_result_is_looked_at_with_its_prompt(bench, recording, tiny_model, qtbot):
    bench.window.context.open_recording(recording.path)
    qtbot.waitUntil(lambda: bench.looking.draw is not None)
    wanted = look_at_objective(tiny_model, recording, recording.spec.prompt, 500)
    assert bench.page.caption == recording.spec.prompt
    assert np.array_equal(bench.looking.draw.arrays["clean"], recording.final_latent())
    assert bench.looking.draw.loss == wanted.loss


def test_a_picture_of_ones_own_stays_until_the_run_is_asked_for(opened, recording, qtbot):
    draw = opened.looking.draw
    opened.window.context.open_recording(recording.path)
    qtbot.waitUntil(lambda: opened.page.run.isEnabled())
    assert opened.looking.draw is draw
    opened.page.run.click()
    opened.another(draw)
    assert opened.page.caption == recording.spec.prompt


def test_another_picture_stops_the_curve(opened, tmp_path, qtbot):
    opened.page.curve.places.setValue(40)
    opened.page.curve.seeds.setValue(50)
    opened.page.curve.run.click()
    other = tmp_path / "other.png"
    Image.new("RGB", (16, 16), "red").save(other)
    before = opened.looking.draw
    opened.looking.take(other)
    opened.another(before)
    assert not opened.looking.curving.active
    assert opened.looking.curving.curve is None


def test_an_answer_about_the_picture_before_is_dropped(opened, photo, tmp_path, tiny_model):
    source, before = opened.looking.source, opened.looking.draw
    late = look_at_objective(tiny_model, photo, CAPTION, 10)
    other = tmp_path / "other.png"
    Image.new("RGB", (16, 16), "red").save(other)
    opened.looking.take(other)
    draw = opened.another(before)
    opened.looking._take(source, CAPTION, late)
    assert opened.looking.draw is draw


def test_pictures_can_be_pasted_and_dropped(bench, photo, qtbot):
    QGuiApplication.clipboard().setImage(QImage(str(photo)))
    bench.page.paste_button.click()
    qtbot.waitUntil(lambda: bench.looking.draw is not None)
    pasted = bench.looking.draw
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo))])
    assert bench.page._emit_picture(data)
    bench.another(pasted)
    assert np.array_equal(bench.looking.draw.arrays["clean"], pasted.arrays["clean"])


def test_a_clipboard_without_a_picture_is_told(bench, qtbot):
    QGuiApplication.clipboard().setText("no picture")
    with qtbot.waitSignal(bench.window.context.message) as told:
        bench.page.paste_button.click()
    assert "clipboard" in told.args[0].text


def test_a_broken_picture_is_told_and_nothing_is_lost(opened, tmp_path, qtbot):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    before = opened.looking.draw
    with qtbot.waitSignal(opened.window.context.message) as told:
        opened.looking.take(broken)
    assert "broken.png" in told.args[0].text
    assert opened.looking.draw is before
    assert "photo" in opened.page.facts.text()


def predicting(kind, folder, tmp_path):
    """Return a copy of a model that says it predicts something else."""
    other = tmp_path / kind
    shutil.copytree(folder, other)
    path = other / "scheduler" / "scheduler_config.json"
    settings = json.loads(path.read_text())
    path.write_text(json.dumps({**settings, "prediction_type": kind}))
    return other


def test_a_model_of_v_shows_v(make_window, tiny_folder, tmp_path, photo, qtbot):
    folder = predicting("v_prediction", tiny_folder, tmp_path)
    bench = Bench(make_window(folder, viewers=(TrainingViewer,)), qtbot)
    draw = bench.look(photo, CAPTION)
    bar = bench.looking.source.alpha_bar[500]
    clean, noise = draw.arrays["clean"], draw.arrays["noise"]
    wanted = np.sqrt(bar) * noise - np.sqrt(1 - bar) * clean
    assert np.allclose(draw.arrays["target"], wanted, atol=1e-5)
    assert "v" in bench.page.maps.tiles["target"].title.text().split()
    assert "predicts v" in bench.page.facts.text()


def test_another_model_looks_at_the_same_picture(opened, tiny_folder, tmp_path, qtbot):
    opened.curve()
    before = opened.looking.draw
    folder = predicting("sample", tiny_folder, tmp_path)
    opened.window.context.open_model(str(folder))
    draw = opened.another(before)
    assert np.array_equal(draw.arrays["clean"], before.arrays["clean"])
    assert np.array_equal(draw.arrays["target"], draw.arrays["clean"])
    assert opened.looking.curving.curve is None, "it was the other model's"


def test_a_prediction_type_that_nobody_knows_is_told(tiny_folder, photo):
    model = open_model(str(tiny_folder), device="cpu")
    config = dict(model.pipeline.scheduler.config)
    model.pipeline.scheduler = DDPMScheduler.from_config({**config, "prediction_type": "flow"})
    try:
        with pytest.raises(InspectorError) as told:
            prepare(model_from_pipeline(model.pipeline), photo)
        assert told.value.code == "scheduler.prediction-type"
    finally:
        model.close()


def test_what_is_shown_can_be_saved(opened, tmp_path):
    curve = opened.curve()
    draw = opened.looking.draw
    figures = {figure.name: figure for figure in opened.viewer.figures(opened.viewer._scene)}
    error = figures["objective-error-t0500-seed0"]
    assert np.array_equal(error.arrays["map"], draw.arrays["error"].mean(axis=0))
    assert error.about["loss"] == draw.loss
    target = figures["objective-target-channels-t0500-seed0"]
    assert np.array_equal(target.arrays["maps"], draw.arrays["target"])
    lines = figures["objective-curve"]
    assert np.array_equal(lines.arrays["x"], curve.timesteps)
    assert np.array_equal(lines.arrays["with"], curve.loss.mean(axis=1))
    for name, figure in figures.items():
        ending = "svg" if figure.kind == "lines" else "png"
        assert export_figure(figure, tmp_path / f"{name}.{ending}").exists()


def test_before_anything_it_says_what_to_do(bench):
    assert "Drop a picture here" in bench.page.note.text()
    assert bench.page.stack.currentWidget() is bench.page.note
    assert not bench.page.curve.run.isEnabled()
    assert "picture first" in bench.page.curve.run.toolTip()
    assert bench.viewer.figures(bench.viewer._scene) == []


def test_every_control_has_a_name_and_a_tooltip(opened):
    assert without_a_name(opened.viewer._page) == []


def test_maps_are_laid_out_as_large_as_they_can_be(opened):
    sheet = opened.page.maps.sheet
    for size, columns in (((800, 400), 4), ((300, 1200), 2), ((1600, 200), 8)):
        sheet.resize(*size)
        assert sheet.columns == columns


def comes_forward(bench, path, name, qtbot):
    window = bench.window
    window.context.open_recording(path)
    qtbot.waitUntil(lambda: window.tabs.currentWidget() is window.hosts[name])


def test_an_encoded_picture_brings_its_view_to_the_front(bench, photo, tmp_path, tiny_model, qtbot):
    record_picture(tiny_model, photo, tmp_path / "encoded.sdrec")
    comes_forward(bench, tmp_path / "encoded.sdrec", "vae", qtbot)


def test_an_encoded_text_brings_its_view_to_the_front(bench, tmp_path, tiny_model, qtbot):
    record_text(tiny_model, CAPTION, tmp_path / "text.sdrec")
    comes_forward(bench, tmp_path / "text.sdrec", "text", qtbot)


def test_a_run_leaves_the_tab_in_front_where_it_is(bench, recording, qtbot):
    window = bench.window
    with qtbot.waitSignal(window.context.recording_opened):
        window.context.open_recording(recording.path)
    assert window.tabs.currentWidget() is window.hosts["training"]
