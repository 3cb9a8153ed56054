"""The schedulers viewer on a real model: visited noise levels, and a picture under noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest

from sdinspector import engine
from sdinspector.analysis import preview
from sdinspector.analysis.noise_schedule import curves
from sdinspector.app.jobs import DecodeJob
from sdinspector.core import InspectorError
from sdinspector.engine.noise_levels import noise_levels, training_alpha_bar
from sdinspector.engine.noising import noise_of, noised, training_scheduler
from sdinspector.engine.observing import observe
from sdinspector.engine.picture_bench import look_at_picture
from sdinspector.export import export_figure
from sdinspector.viewers.schedulers import SchedulersViewer
from sdinspector.viewers.schedulers.choices import DEFAULT
from sdinspector.widgets import look
from tests.gui.samples import without_a_name


@pytest.fixture
def bench(make_window, tiny_folder, qtbot):
    """The viewer in the whole window, its model's schedule known."""
    window = make_window(tiny_folder, viewers=(SchedulersViewer,))
    qtbot.waitUntil(lambda: window.context.scene.model is not None)
    window.desk.show_viewer("schedulers")
    window.flush()
    viewer = window.hosts["schedulers"].viewer
    viewer.window = window
    qtbot.waitUntil(lambda: len(viewer.pages["levels"].levels) == len(DEFAULT))
    qtbot.waitUntil(lambda: viewer.pages["levels"].curve_values is not None)
    yield viewer
    del viewer.window


@pytest.fixture
def levels(bench):
    return bench.pages["levels"]


@pytest.fixture
def photo(tmp_path):
    """A picture of colours that change everywhere."""
    rows, columns = np.mgrid[:48, :64].astype(np.float32)
    colours = np.stack([rows * 5, columns * 4, 128 + 100 * np.sin(rows / 7)], axis=-1)
    path = tmp_path / "photo.png"
    Image.fromarray(colours.clip(0, 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def noise(bench, photo, qtbot):
    """The second page with a picture encoded and decoded."""
    bench.choice.button("noise").click()
    page = bench.pages["noise"]
    page.encode(photo)
    qtbot.waitUntil(lambda: page._decoded is not None)
    return page


def steps_known(levels, steps, qtbot):
    qtbot.waitUntil(
        lambda: all(one.steps == steps for one in levels.levels.values()) and len(levels.levels) > 0
    )


def tick(levels, name):
    """Tick or untick a scheduler with the keyboard."""
    levels.list.setFocus()
    levels.list.setCurrentItem(levels.list.item_of(name))
    QTest.keyClick(levels.list, Qt.Key.Key_Space)


def series(plot, key):
    return next(one for one in plot.series if one.key == key)


def point(plot, key, place):
    return QPoint(*(round(value) for value in plot.position(key, place)))


def added(model, clean, timestep, seed):
    """What diffusers' own ``add_noise`` makes of a latent."""
    latents = torch.from_numpy(np.array(clean))[None]
    drawn = noise_of(seed, latents.shape, model, latents.dtype)
    mixed = training_scheduler(model).add_noise(latents, drawn, torch.tensor([timestep]))
    return mixed[0].numpy()


# -- noise levels ----------------------------------------------------------------------------


def test_what_is_plotted_is_what_the_schedulers_visit(levels, tiny_model):
    curve = curves(training_alpha_bar(tiny_model))
    whole = series(levels.curve, "")
    assert np.array_equal(whole.y, curve.snr)
    assert np.array_equal(whole.x, np.arange(len(curve.snr)))
    for name in DEFAULT:
        wanted = noise_levels(tiny_model, name, levels.steps.value())
        assert np.array_equal(series(levels.curve, name).x, wanted.timesteps)
        assert np.array_equal(series(levels.curve, name).y, wanted.snr)
        assert np.array_equal(series(levels.visits, name).x, wanted.timesteps)
        assert np.array_equal(series(levels.sizes, name).y[1:], wanted.stride)
        assert f"{wanted.noisy} of {len(wanted.sigma)} calls" in levels.list.note_of(name)


def test_each_dot_is_painted_in_its_schedulers_colour(levels, qtbot):
    levels.steps.setValue(6)
    steps_known(levels, 6, qtbot)
    picture = levels.visits.grab().toImage()
    ratio = picture.devicePixelRatio()
    dark = look.tones(levels.visits.palette()).dark
    for name in levels.list.chosen:
        colour = look.series_colour(levels.list.number(name), dark)
        for place in range(6):
            at = point(levels.visits, name, place) * ratio
            assert picture.pixelColor(at) == colour


def test_another_quantity_has_its_own_axis(levels, tiny_model):
    curve = curves(training_alpha_bar(tiny_model))
    for key, log in (("alpha_bar", False), ("sigma", True), ("snr", True)):
        levels.quantity.button(key).click()
        assert np.array_equal(series(levels.curve, "").y, getattr(curve, key))
        assert levels.curve.axes.log is log
        heights = [levels.curve.position("", t)[1] for t in (0, 500, 999)]
        rising = key == "sigma"
        assert heights == sorted(heights, reverse=rising)


def test_another_number_of_steps_moves_the_dots(levels, tiny_model, qtbot):
    levels.steps.setFocus()
    levels.steps.selectAll()
    QTest.keyClicks(levels.steps, "8")
    steps_known(levels, 8, qtbot)
    wanted = noise_levels(tiny_model, "ddim", 8)
    assert np.array_equal(series(levels.visits, "ddim").x, wanted.timesteps)
    assert series(levels.visits, "ddim").labels == [str(step) for step in range(1, 9)]


def test_a_scheduler_that_refuses_says_so_and_the_others_go_on(levels, qtbot):
    tick(levels, "lcm")
    qtbot.waitUntil(lambda: "lcm" in levels.levels)
    levels.steps.setValue(60)
    qtbot.waitUntil(lambda: "lcm" in levels.refused)
    steps_known(levels, 60, qtbot)
    told = levels.list.note_of("lcm")
    assert "cannot take 60 steps" in told
    assert "Try another number." in told
    assert set(levels.levels) == set(DEFAULT)
    assert {one.key for one in levels.visits.series} == set(DEFAULT)
    levels.steps.setValue(10)
    qtbot.waitUntil(lambda: "lcm" in levels.levels)
    assert "lcm" not in levels.refused


def test_schedulers_are_ticked_by_key_and_keep_their_colours(levels, qtbot):
    before = dict(levels.numbers)
    tick(levels, "heun")
    qtbot.waitUntil(lambda: "heun" in levels.levels)
    assert {name: levels.numbers[name] for name in before} == before
    assert levels.numbers["heun"] not in before.values()
    tick(levels, "ddim")
    assert "ddim" not in {one.key for one in levels.visits.series}
    assert levels.numbers["euler"] == before["euler"]
    kept = levels._services.settings.of_viewer("schedulers", "chosen", [])
    assert kept == list(levels.list.chosen)


def test_further_calls_of_a_step_are_rings(levels, tiny_model, qtbot):
    tick(levels, "heun")
    qtbot.waitUntil(lambda: "heun" in levels.levels)
    wanted = noise_levels(tiny_model, "heun", levels.steps.value())
    shown = series(levels.visits, "heun")
    assert len(shown.x) == 2 * levels.steps.value() - 1
    assert shown.hollow.tolist() == [order > 1 for order in wanted.order]
    assert "call 2 of 2" in shown.notes[1]
    assert "further calls of a step: 29" in levels.list.note_of("heun")


def test_pointing_reads_a_call_in_one_plot_and_rings_it_in_all(levels, tiny_model):
    wanted = noise_levels(tiny_model, "dpm++2m-karras", levels.steps.value())
    QTest.mouseMove(levels.visits, point(levels.visits, "dpm++2m-karras", 12))
    told = levels.visits.accessibleDescription()
    for part in (
        "step 13",
        f"t {wanted.timesteps[12]:g}",
        f"ᾱ {look.number(wanted.alpha_bar[12])}",
        f"σ {look.number(wanted.sigma[12])}",
        f"SNR {look.number(wanted.snr[12])}",
        f"Δ log SNR {look.number(wanted.stride[11])}",
    ):
        assert part in told
    assert levels.curve.at == levels.sizes.at == ("dpm++2m-karras", 12)


def test_the_curve_is_read_where_there_is_no_dot(levels, tiny_model, qtbot):
    levels.steps.setValue(2)
    steps_known(levels, 2, qtbot)
    x, _ = levels.curve.position("", 250)
    QTest.mouseMove(levels.curve, QPoint(round(x), levels.curve.height() // 2))
    key, t = levels.curve.at
    assert key == ""
    assert abs(t - 250) <= 3
    assert f"SNR {look.number(curves(training_alpha_bar(tiny_model)).snr[t])}" in (
        levels.curve.accessibleDescription()
    )


def test_the_keys_go_from_call_to_call(levels):
    plot = levels.visits
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert plot.at == (levels.list.chosen[0], 0)
    QTest.keyClick(plot, Qt.Key.Key_Left)  # t falls, so the next call lies at the left
    assert plot.at == (levels.list.chosen[0], 1)
    QTest.keyClick(plot, Qt.Key.Key_Down)
    assert plot.at[0] == levels.list.chosen[1]
    QTest.keyClick(plot, Qt.Key.Key_End)
    assert plot.at[1] == levels.steps.value() - 1


@pytest.mark.parametrize("way", ["click", "key"])
def test_a_visited_timestep_leads_to_the_picture_there(bench, levels, way):
    timestep = round(levels.levels["ddim"].timesteps[9])
    if way == "click":
        at = point(levels.visits, "ddim", 9)
        QTest.mouseClick(levels.visits, Qt.MouseButton.LeftButton, pos=at)
    else:
        levels.visits.set_pointed(("ddim", 9))
        QTest.keyClick(levels.visits, Qt.Key.Key_Return)
    assert bench.choice.current == "noise"
    assert bench.pages["noise"].timestep == timestep


def test_nothing_ticked_says_what_to_do(levels):
    for name in DEFAULT:
        tick(levels, name)
    assert levels.levels == {}
    assert levels.visits.series == ()
    assert "Tick a scheduler" in levels.visits._note
    assert [one.key for one in levels.curve.series] == [""]


def test_levels_can_be_saved(bench, levels, tmp_path):
    figures = {figure.name: figure for figure in bench.figures(bench._scene)}
    table = figures["schedulers-calls"]
    assert set(table.arrays["scheduler"]) == set(DEFAULT)
    where = table.arrays["scheduler"] == "euler"
    assert np.array_equal(table.arrays["sigma"][where], levels.levels["euler"].sigma)
    assert np.array_equal(figures["noise-schedule-snr"].arrays["snr"], levels.curve_values.snr)
    sizes = figures["schedulers-step-sizes"].arrays
    assert np.array_equal(sizes["ddim"][1:], levels.levels["ddim"].stride)
    for name, figure in figures.items():
        ending = "csv" if figure.kind == "table" else "svg"
        assert export_figure(figure, tmp_path / f"{name}.{ending}").exists()
    lines = (tmp_path / "schedulers-calls.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + len(table.arrays["sigma"])


# -- noise a picture -------------------------------------------------------------------------


def test_a_picture_is_encoded_once(noise, photo, tiny_model):
    card = noise._scene.model
    found = look_at_picture(tiny_model, photo, width=card.width, height=card.height)
    assert np.array_equal(noise._clean.latent, found.latent)
    assert np.array_equal(noise.channels["clean"].canvas.maps, found.latent)
    assert noise.source.text() == "photo"


@pytest.mark.parametrize("timestep", [0, 1, 420, 999])
def test_what_is_shown_is_the_schedulers_add_noise(noise, tiny_model, timestep, qtbot):
    noise.slider.setValue(timestep)
    wanted = added(tiny_model, noise._clean.latent, timestep, seed=0)
    shown = noise.channels["latent"].canvas.maps
    assert np.abs(shown - wanted).max() <= 1e-6
    rgb = preview.to_rgb(shown, noise._scene.model.preview)
    assert np.array_equal(noise.pictures["colours"].canvas.image, rgb)
    qtbot.waitUntil(lambda: noise._decoded[0] == timestep)
    decoded = noise.pictures["decoded"].canvas.image
    assert np.array_equal(decoded, engine.decode(tiny_model, shown))
    bench = noised(tiny_model, noise._clean.latent, timestep, seed=0)
    assert np.abs(decoded.astype(int) - bench.picture).max() <= 1
    assert f"t = {timestep}" in noise.pictures["decoded"].title.text()


def test_the_slider_moves_the_latent_at_once(noise, qtbot):
    noise.slider.setFocus()
    before, start = noise.channels["latent"].canvas.maps, noise.timestep
    QTest.keyClick(noise.slider, Qt.Key.Key_Right)
    assert noise.timestep == start + 1 == noise.number.value()
    assert not np.array_equal(noise.channels["latent"].canvas.maps, before)
    QTest.keyClick(noise.slider, Qt.Key.Key_PageUp)
    assert noise.timestep == start + 1 + noise.slider.pageStep()
    QTest.keyClick(noise.slider, Qt.Key.Key_End)
    assert noise.timestep == len(noise._curve.alpha_bar) - 1
    noise.number.setValue(17)
    assert noise.slider.value() == 17
    alpha_bar = noise._curve.alpha_bar[17]
    assert f"ᾱ {look.number(alpha_bar)}" in noise.facts.text()
    qtbot.waitUntil(lambda: noise._decoded[0] == 17)


def test_the_last_of_many_moves_is_what_stays(noise, tiny_model, qtbot):
    for timestep in range(100, 900, 7):
        noise.slider.setValue(timestep)
        waiting = [one for one in noise._services.worker.active if isinstance(one.job, DecodeJob)]
        assert len(waiting) == 1, "a run gets its turn between two decodes"
    qtbot.waitUntil(lambda: noise._decoded[0] == timestep)
    wanted = engine.decode(tiny_model, noise.channels["latent"].canvas.maps)
    assert np.array_equal(noise.pictures["decoded"].canvas.image, wanted)


def test_another_seed_is_another_noise(noise, tiny_model, qtbot):
    before = noise.channels["noise"].canvas.maps
    noise.seed.setValue(11)
    qtbot.waitUntil(lambda: not np.array_equal(noise.channels["noise"].canvas.maps, before))
    wanted = added(tiny_model, noise._clean.latent, noise.timestep, seed=11)
    assert np.abs(noise.channels["latent"].canvas.maps - wanted).max() <= 1e-6


def test_ticks_are_visited_timesteps_and_can_be_walked(noise, levels):
    visited = sorted({round(t) for t in levels.levels["ddim"].timesteps})
    assert noise.ticks.currentData() == "ddim"
    assert list(noise.slider.marks) == visited
    noise.slider.setValue(visited[3])
    noise.slider.setFocus()
    QTest.keyClick(noise.slider, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert noise.timestep == visited[4]
    noise.back.click()
    noise.back.click()
    assert noise.timestep == visited[2]
    noise.ticks.setCurrentIndex(noise.ticks.findData("dpm++2m-karras"))
    other = {round(t) for t in levels.levels["dpm++2m-karras"].timesteps}
    assert set(noise.slider.marks) == other
    noise.ticks.setCurrentIndex(0)
    assert noise.slider.marks == ()
    assert not noise.forward.isEnabled()


def test_a_runs_result_is_taken(bench, recording, qtbot):
    bench.choice.button("noise").click()
    page = bench.pages["noise"]
    bench._services.open_recording(recording.path)
    qtbot.waitUntil(lambda: page._decoded is not None)
    assert np.array_equal(page._clean.latent, recording.final_latent())
    assert np.array_equal(page.pictures["clean"].canvas.image, recording.image())


def test_an_observed_picture_is_taken(bench, photo, tiny_model, tmp_path, qtbot):
    seen = observe(tiny_model, photo, "a photo", [300], out=tmp_path / "seen.sdrec")
    bench.choice.button("noise").click()
    page = bench.pages["noise"]
    bench._services.open_recording(seen.path)
    qtbot.waitUntil(lambda: page._decoded is not None)
    assert np.array_equal(page._clean.latent, seen.final_latent())


def test_ones_own_picture_stays_until_the_recording_is_asked_for(noise, recording, qtbot):
    own = noise._clean
    noise._services.open_recording(recording.path)
    qtbot.waitUntil(lambda: noise.run.isEnabled())
    noise._services.set_display(smooth=False)
    qtbot.wait(100)
    assert noise._clean is own
    noise.run.click()
    qtbot.waitUntil(lambda: noise._clean is not own)
    assert np.array_equal(noise._clean.latent, recording.final_latent())


def test_another_models_latent_is_refused_in_words(noise):
    noise._take_latent(replace(noise._clean, digest="another"))
    assert noise.note.isVisible()
    assert "another model" in noise.note.text()
    assert noise.figures(noise._scene) == []


def test_a_pasted_picture_is_taken(bench, qtbot):
    bench.choice.button("noise").click()
    page = bench.pages["noise"]
    colours = np.zeros((32, 32, 3), np.uint8)
    colours[:, 16:] = (250, 120, 10)
    QGuiApplication.clipboard().setImage(
        QImage(colours.tobytes(), 32, 32, 96, QImage.Format.Format_RGB888)
    )
    page.paste_button.click()
    qtbot.waitUntil(lambda: page._decoded is not None)
    assert page.source.text() == "pasted picture"


def test_a_dropped_picture_is_taken(bench, photo, qtbot):
    bench.choice.button("noise").click()
    page = bench.pages["noise"]
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo))])
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(QPointF(20, 20), actions, data, buttons, keys))
    qtbot.waitUntil(lambda: page._decoded is not None)
    assert page.source.text() == "photo"


def test_a_file_that_is_no_picture_is_told_and_nothing_is_lost(noise, tmp_path, qtbot):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    before = noise._clean
    with qtbot.waitSignal(noise._services.message) as told:
        noise.encode(broken)
    assert "broken.png" in told.args[0].text
    assert noise._clean is before
    assert noise.source.text() == "photo"


def test_the_noised_picture_can_be_saved(bench, noise, tmp_path, qtbot):
    noise.slider.setValue(123)
    qtbot.waitUntil(lambda: noise._decoded[0] == 123)
    figures = {figure.name: figure for figure in bench.figures(bench._scene)}
    latent = figures["noised-latent-t0123"]
    assert np.array_equal(latent.arrays["maps"], noise._latent)
    assert latent.about["timestep"] == 123
    assert latent.about["alpha_bar"] == noise._curve.alpha_bar[123]
    assert np.array_equal(figures["noised-decoded-t0123"].arrays["image"], noise._decoded[1])
    for name, figure in figures.items():
        assert export_figure(figure, tmp_path / f"{name}.png").exists()


def test_before_a_picture_it_says_what_to_do(bench):
    bench.choice.button("noise").click()
    page = bench.pages["noise"]
    assert page.note.isVisible()
    assert "Drop a picture here" in page.note.text()
    assert not page.slider.isVisible()
    assert bench.figures(bench._scene) == []


# -- both ------------------------------------------------------------------------------------


def test_every_control_has_a_name_and_a_tooltip(bench, noise):
    assert without_a_name(bench._widget) == []


@pytest.mark.parametrize(("page", "formula"), [("levels", "SNR = ᾱ/(1−ᾱ)"), ("noise", "√ᾱ·x₀")])
def test_the_help_says_the_formula(bench, page, formula):
    bench.show_page(page)
    bench.explain.click()
    assert formula in bench._help.text()
    bench._help.hide()


def test_another_models_schedule_is_read_anew(bench, levels, tiny4_folder, qtbot):
    bench.choice.button("noise").click()
    first = levels.curve_values
    bench.window.context.open_model(str(tiny4_folder))
    qtbot.waitUntil(lambda: levels.curve_values is not None and levels.curve_values is not first)
    steps_known(levels, levels.steps.value(), qtbot)
    assert bench.pages["noise"]._curve is levels.curve_values


def test_an_error_keeps_its_sentence_short(tiny_model):
    with pytest.raises(InspectorError) as told:
        noise_levels(tiny_model, "lcm", 60)
    assert told.value.message.count(". ") == 1
