"""The viewers on real recordings: what they show, the one cursor, what they say when empty."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QToolButton, QTreeView

from sdinspector.analysis import preview
from sdinspector.app.viewer import discover
from sdinspector.export import colours, export_figure
from sdinspector.recording import Recording
from sdinspector.viewers.architecture import ArchitectureViewer
from sdinspector.viewers.details import DetailsViewer
from sdinspector.viewers.film import FilmViewer
from sdinspector.viewers.latents import LatentsViewer
from sdinspector.viewers.picture import PictureViewer, enlarged
from sdinspector.viewers.u_shape import UShapeViewer
from sdinspector.widgets.canvas import Canvas
from sdinspector.widgets.facts import FactSheet
from sdinspector.widgets.film_strip import FilmStrip
from sdinspector.widgets.histogram import Histogram
from sdinspector.widgets.map_panel import MapPanel
from sdinspector.widgets.module_model import PATH_ROLE
from sdinspector.widgets.strip_view import StripView
from sdinspector.widgets.token_strip import TokenStrip
from sdinspector.widgets.u_diagram import UDiagram
from sdinspector.widgets.value_table import ValueTable
from tests.gui.samples import (
    PREVIEW,
    begin,
    card,
    latent,
    recording,
    without_a_name,
    write_call,
)

OURS = (
    PictureViewer,
    UShapeViewer,
    LatentsViewer,
    ArchitectureViewer,
    DetailsViewer,
    FilmViewer,
)


@pytest.fixture
def run(tmp_path):
    return recording(tmp_path / "a.sdrec")


# -- all of them -----------------------------------------------------------------------------


def test_all_viewers_are_found():
    failures = []
    found = discover(on_failure=lambda name, error: failures.append((name, error)))
    assert failures == []
    assert set(OURS) <= set(found)


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.id)
def test_an_empty_view_says_why_and_what_to_press(stage, kind):
    view = stage(kind)
    assert len(view.host.note) > 20
    assert view.host.note.endswith(".")


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.id)
def test_every_control_has_a_name_and_a_tooltip(stage, kind, run, qtbot):
    view = stage(kind)
    view.show(run, card())
    assert view.host.note == ""
    assert without_a_name(view.host) == []


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.id)
def test_a_view_draws_in_every_size(stage, kind, run):
    view = stage(kind)
    view.show(run, card())
    for size in ((160, 120), (500, 900), (2400, 1300)):
        view.host.resize(*size)
        view.host.grab()


@pytest.mark.parametrize("kind", [PictureViewer, LatentsViewer, FilmViewer, DetailsViewer])
def test_a_damaged_step_is_told_and_the_view_goes_on(stage, kind, run, qtbot):
    (run.folder / "steps" / "0002.safetensors").write_bytes(b"no tensors")
    view = stage(kind)
    view.show(run)
    view.select(call=2)
    if kind is not FilmViewer:
        qtbot.waitUntil(lambda: bool(view.errors))
    view.select(call=4)
    if kind is FilmViewer:
        qtbot.waitUntil(lambda: filled(view, 6))
    elif kind is PictureViewer:
        qtbot.waitUntil(lambda: canvas_shows(view, preview_of(4)))
    elif kind is LatentsViewer:
        qtbot.waitUntil(lambda: shows(view, latent(4)))
    assert view.host.failed is None


# -- picture ---------------------------------------------------------------------------------


def canvas_shows(stage, wanted):
    canvas = stage.host.findChild(Canvas)
    return canvas.image is not None and np.array_equal(canvas.image, wanted)


def preview_of(call):
    return preview.to_rgb(latent(call), PREVIEW)


def test_at_the_end_the_decoded_picture_is_shown(stage, run, qtbot):
    view = stage(PictureViewer)
    view.show(run)
    view.select(call=5)
    qtbot.waitUntil(lambda: canvas_shows(view, run.image()))


def test_travelling_shows_the_preview_of_the_step(stage, run, qtbot):
    view = stage(PictureViewer)
    view.show(run)
    for call in (2, 4, 0):
        view.select(call=call)
        qtbot.waitUntil(lambda call=call: canvas_shows(view, preview_of(call)))
    assert "step 1 of 6, t = 900" in view.find(QLabel, "What is shown").text()


def test_the_picture_can_be_seen_from_any_step(stage, run, qtbot):
    view = stage(PictureViewer)
    view.show(run)
    view.select(call=2)
    qtbot.waitUntil(lambda: canvas_shows(view, preview_of(2)))
    button = view.find(QToolButton, "What to show: Picture")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: canvas_shows(view, run.image()))


def test_pictures_are_enlarged_smoothly_or_as_pixels_and_their_values_stay(stage, run, qtbot):
    view = stage(PictureViewer)
    view.show(run)
    view.select(call=2)
    shown = view.find(Canvas, "Picture")
    small = preview.to_rgb(run.array(2, "denoised"), run.preview)
    qtbot.waitUntil(lambda: np.array_equal(shown.image, small))
    height, width = small.shape[:2]
    assert shown._item.image.shape == (8 * height, 8 * width, 3)
    np.testing.assert_array_equal(shown._item.image, enlarged(small))
    view.display(smooth=False)
    np.testing.assert_array_equal(shown._item.image, small)
    np.testing.assert_array_equal(shown.image, small)
    view.display(smooth=True)
    assert shown._item.image.shape == (8 * height, 8 * width, 3)
    assert enlarged(np.zeros((300, 20, 3), np.uint8)) is None
    flat = np.full((5, 4, 3), 77, np.uint8)
    np.testing.assert_array_equal(enlarged(flat), np.full((40, 32, 3), 77))


def test_a_run_that_was_stopped_has_no_picture_and_shows_its_preview(stage, tmp_path, qtbot):
    shown = recording(tmp_path / "b.sdrec", picture=False)
    view = stage(PictureViewer)
    view.show(shown)
    view.select(call=5)
    qtbot.waitUntil(lambda: canvas_shows(view, preview_of(5)))
    assert not view.find(QToolButton, "What to show: Picture").isEnabled()


def test_while_a_run_goes_its_newest_preview_is_shown(stage, tmp_path, qtbot):
    with begin(tmp_path / "c.sdrec") as writer:
        write_call(writer, 0)
        shown = Recording.open(writer.path)
        view = stage(PictureViewer)
        view.show(shown)
        qtbot.waitUntil(lambda: canvas_shows(view, preview_of(0)))
        write_call(writer, 1)
        shown.refresh()
        view.show(shown)
        view.select(call=1)
        qtbot.waitUntil(lambda: canvas_shows(view, preview_of(1)))


def test_decoding_needs_the_model_and_says_so(stage, run):
    view = stage(PictureViewer)
    view.show(run)
    button = view.find(QToolButton, "What to show: x̂₀ decoded")
    assert not button.isEnabled()
    assert "model" in button.toolTip()


def test_a_decoded_step_is_shown_when_it_comes_and_stale_ones_are_not(stage, run, qtbot):
    view = stage(PictureViewer)
    view.show(run, card())
    jobs = []
    view.context.submit = lambda job, on_result=None, on_error=None: jobs.append((job, on_result))
    view.host.viewer._services = view.context
    view.select(call=2)
    qtbot.mouseClick(view.find(QToolButton, "What to show: x̂₀ decoded"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(jobs) == 1)
    assert np.array_equal(jobs[0][0].latent, latent(2))
    view.select(call=3)
    qtbot.waitUntil(lambda: len(jobs) == 2)
    first, second = np.full((4, 4, 3), 10, np.uint8), np.full((4, 4, 3), 20, np.uint8)
    jobs[1][1](second)
    jobs[0][1](first)
    assert canvas_shows(view, second)


def test_a_click_in_the_picture_selects_the_pixel(stage, run, qtbot):
    view = stage(PictureViewer)
    view.show(run)
    view.select(call=5)
    qtbot.waitUntil(lambda: canvas_shows(view, run.image()))
    port = view.host.findChild(Canvas).viewport()
    qtbot.mouseClick(port, Qt.MouseButton.LeftButton, pos=port.rect().center())
    assert view.selection.pixel == pytest.approx((0.5, 0.5), abs=0.01)


def test_the_picture_is_exported_pixel_by_pixel(stage, run, qtbot, tmp_path):
    view = stage(PictureViewer)
    view.show(run)
    view.select(call=5)
    qtbot.waitUntil(lambda: canvas_shows(view, run.image()))
    (figure,) = view.host.figures()
    assert np.array_equal(figure.arrays["image"], run.image())
    export_figure(figure, tmp_path / "out.png")
    assert (tmp_path / "out.png").stat().st_size > 100


# -- latents ---------------------------------------------------------------------------------


def panels(view):
    return {panel.canvas.accessibleName(): panel for panel in view.host.findChildren(MapPanel)}


def channel(view, number):
    return panels(view)[f"Channel {number}"]


def shows(view, wanted):
    known = panels(view)
    return "Channel 3" in known and all(
        known[f"Channel {n}"].canvas.image is not None
        and np.array_equal(known[f"Channel {n}"].canvas.image, wanted[n])
        for n in range(4)
    )


@pytest.mark.parametrize(
    ("quantity", "wanted"),
    [
        ("denoised", latent(3)),
        ("latent", latent(3) + 2),
        ("noise_uncond", latent(3) / 2),
        ("noise_cond", latent(3) / 3),
        ("guided", latent(3) / 2 + np.float32(7.5) * (latent(3) / 3 - latent(3) / 2)),
    ],
)
def test_the_channels_of_every_quantity_are_the_recorded_ones(stage, run, qtbot, quantity, wanted):
    view = stage(LatentsViewer)
    view.show(run)
    view.select(call=3)
    view.display(latent_quantity=quantity)
    if quantity == "guided":
        qtbot.waitUntil(lambda: "Channel 3" in panels(view))
        qtbot.waitUntil(lambda: np.allclose(channel(view, 1).canvas.image, wanted[1], atol=1e-5))
    else:
        qtbot.waitUntil(lambda: shows(view, wanted))


def test_the_pixels_on_the_screen_are_the_colours_of_the_values(stage, run, qtbot):
    view = stage(LatentsViewer)
    view.show(run)
    view.select(call=3)
    qtbot.waitUntil(lambda: shows(view, latent(3)))
    panel = channel(view, 2)
    qtbot.waitUntil(lambda: panel.bar.levels[1] == pytest.approx(2.057))
    wanted = colours.apply(latent(3)[2], "balance", panel.bar.levels)
    seen = panel.canvas.grab().toImage()
    view_rect, port = panel.canvas.view(), panel.canvas.viewport()
    for row, column in ((0, 0), (3, 5), (5, 7)):
        x = ((column + 0.5) / 8 - view_rect.x()) / view_rect.width() * port.width()
        y = ((row + 0.5) / 6 - view_rect.y()) / view_rect.height() * port.height()
        assert seen.pixelColor(int(x), int(y)).getRgb()[:3] == tuple(wanted[row, column])


def test_shared_levels_are_those_of_the_whole_run_with_zero_in_the_middle(stage, run, qtbot):
    view = stage(LatentsViewer)
    view.show(run)
    everything = np.stack([latent(call) for call in range(6)])
    top = float(np.abs(everything).max())
    for call in (0, 4):
        view.select(call=call)
        qtbot.waitUntil(lambda call=call: shows(view, latent(call)))
        qtbot.waitUntil(lambda: channel(view, 0).bar.levels == pytest.approx((-top, top)))
        assert channel(view, 3).bar.levels == pytest.approx((-top, top))


def test_own_levels_are_each_channels(stage, run, qtbot):
    view = stage(LatentsViewer)
    view.show(run)
    view.select(call=3)
    qtbot.waitUntil(lambda: shows(view, latent(3)))
    qtbot.mouseClick(view.find(QCheckBox, "Shared levels"), Qt.MouseButton.LeftButton,
                     pos=QPoint(8, 8))  # fmt: skip
    view.context.scenes.flush()
    assert not view.context.display.state.shared_levels
    for number in range(4):
        top = float(np.abs(latent(3)[number]).max())
        levels = channel(view, number).bar.levels
        assert levels == pytest.approx((-top, top))


def test_another_colour_map_can_be_chosen(stage, run, qtbot):
    view = stage(LatentsViewer)
    view.show(run)
    qtbot.waitUntil(lambda: shows(view, latent(0)))
    box = view.find(QComboBox, "Colour map")
    box.setCurrentText("viridis")
    box.activated.emit(box.currentIndex())
    view.context.scenes.flush()
    assert view.context.display.state.diverging_map == "viridis"
    low, high = channel(view, 0).bar.levels
    assert -low != high  # no longer centred at zero


def test_a_branch_that_did_not_run_is_explained(stage, tmp_path, qtbot):
    shown = recording(tmp_path / "b.sdrec", both=False)
    view = stage(LatentsViewer)
    view.show(shown)
    view.display(latent_quantity="noise_uncond")
    note = view.host.viewer._missing
    qtbot.waitUntil(note.isVisible)
    assert "conditional branch alone" in note.text()
    assert view.host.figures() == []
    view.display(latent_quantity="guided")
    qtbot.waitUntil(lambda: shows(view, latent(0) / 3))


def test_zoom_is_shared_by_the_panels_and_kept_between_steps(stage, run, qtbot):
    view = stage(LatentsViewer)
    view.show(run)
    qtbot.waitUntil(lambda: shows(view, latent(0)))
    first = channel(view, 1).canvas
    for _ in range(3):
        qtbot.keyClick(first, Qt.Key.Key_Plus)
    wanted = first.view()
    view.select(call=4)
    qtbot.waitUntil(lambda: shows(view, latent(4)))
    for panel in panels(view).values():
        seen = panel.canvas.view()
        assert seen.center().x() == pytest.approx(wanted.center().x(), abs=0.02)
        assert seen.width() == pytest.approx(wanted.width(), rel=0.05)
    qtbot.keyClick(first, Qt.Key.Key_F)
    assert all(panel.canvas.fitted for panel in panels(view).values())
    assert first.view().contains(QRectF(0, 0, 1, 1))


def test_pointing_shows_the_value_of_every_channel(stage, run, qtbot):
    view = stage(LatentsViewer)
    view.show(run)
    view.select(call=3)
    qtbot.waitUntil(lambda: shows(view, latent(3)))
    canvas = channel(view, 0).canvas
    qtbot.mouseMove(canvas.viewport(), canvas.viewport().rect().center())
    assert canvas.crosshair is not None
    for panel in panels(view).values():
        assert panel.canvas.crosshair == canvas.crosshair
    rows = view.host.findChild(ValueTable).rows
    x, y = canvas.crosshair
    for number, row in enumerate(rows):
        value = latent(3)[number, int(y * 6), int(x * 8)]
        assert row.values[-1].replace("−", "-") == f"{value:.3f}"


def test_a_click_selects_pixel_and_channel(stage, run, qtbot):
    view = stage(LatentsViewer)
    view.show(run)
    qtbot.waitUntil(lambda: shows(view, latent(0)))
    port = channel(view, 2).canvas.viewport()
    qtbot.mouseClick(port, Qt.MouseButton.LeftButton, pos=port.rect().center())
    assert view.selection.channel == 2
    assert view.selection.pixel == pytest.approx((0.5, 0.5), abs=0.02)


def test_statistics_are_those_of_the_array(stage, run, qtbot):
    view = stage(LatentsViewer)
    view.show(run)
    view.select(call=2)
    qtbot.waitUntil(lambda: shows(view, latent(2)))
    for number, row in enumerate(view.host.findChild(ValueTable).rows):
        values = latent(2)[number].astype(np.float64)
        wanted = [values.mean(), values.std(), values.min(), values.max()]
        shown = [float(text.replace("−", "-")) for text in row.values[:4]]
        assert shown == pytest.approx(wanted, abs=6e-4)
    counts = [series.counts.sum() for series in view.host.findChild(Histogram)._series]
    assert counts == [48] * 4


def test_values_that_are_no_numbers_are_counted_beside_the_title(stage, tmp_path, qtbot):
    shown = recording(tmp_path / "b.sdrec", bad=3)
    view = stage(LatentsViewer)
    view.show(shown)
    qtbot.waitUntil(lambda: "Channel 0" in panels(view))
    qtbot.waitUntil(lambda: channel(view, 0).canvas.not_finite == 3)
    texts = [label.text() for label in channel(view, 0).findChildren(QLabel)]
    assert "3 not finite" in texts


def test_what_is_saved_are_the_arrays_that_are_shown(stage, run, qtbot, tmp_path):
    view = stage(LatentsViewer)
    view.show(run)
    view.select(call=3)
    qtbot.waitUntil(lambda: shows(view, latent(3)))
    mosaic, colour = view.host.figures()
    assert np.array_equal(mosaic.arrays["maps"], latent(3))
    assert np.array_equal(colour.arrays["image"], preview_of(3))
    for figure in (mosaic, colour):
        for ending in ("png", "npz"):
            path = export_figure(figure, tmp_path / f"{figure.name}.{ending}")
            assert path.stat().st_size > 100
    saved = np.load(tmp_path / f"{mosaic.name}.npz")
    assert np.array_equal(saved["maps"], latent(3))
    assert '"call": 3' in str(saved["about"])


def test_another_recording_takes_the_place_of_the_first(stage, run, tmp_path, qtbot):
    view = stage(LatentsViewer)
    view.show(run)
    view.select(call=5)
    qtbot.waitUntil(lambda: shows(view, latent(5)))
    other = recording(tmp_path / "b.sdrec", calls=2)
    view.show(other)
    qtbot.waitUntil(lambda: shows(view, latent(1)))  # the selected call is beyond its end


# -- film strip ------------------------------------------------------------------------------


def strip_of(view):
    return view.host.findChild(FilmStrip)


def filled(view, count):
    strip = strip_of(view)
    return len(strip._strip.frames) == count and strip.missing() == []


def test_the_strip_has_a_picture_of_every_step(stage, run, qtbot):
    view = stage(FilmViewer)
    view.show(run)
    qtbot.waitUntil(lambda: filled(view, 6))
    titles = [(frame.title, frame.note) for frame in strip_of(view)._strip.frames]
    assert titles[0] == ("1", "t 900")
    assert titles[5] == ("6", "t 400")


def test_many_steps_are_read_in_parts(stage, tmp_path, qtbot):
    shown = recording(tmp_path / "b.sdrec", calls=60)
    view = stage(FilmViewer)
    view.show(shown)
    qtbot.waitUntil(lambda: filled(view, 60))


def test_a_click_in_the_strip_selects_the_call(stage, run, qtbot):
    view = stage(FilmViewer)
    view.show(run)
    qtbot.waitUntil(lambda: filled(view, 6))
    strip = view.host.findChild(StripView)
    place = strip.place(4).center().toPoint()
    qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert view.selection.call == 4
    view.select(call=2)
    assert strip_of(view).current == 2


def test_steps_of_two_calls_are_one_picture_until_every_call_is_wanted(stage, tmp_path, qtbot):
    shown = recording(tmp_path / "b.sdrec", calls=6, per_step=2)
    view = stage(FilmViewer)
    view.show(shown)
    qtbot.waitUntil(lambda: filled(view, 3))
    view.select(call=3)
    assert strip_of(view).current == 1
    switch = view.find(QCheckBox, "Every call")
    assert switch.isVisible()
    switch.click()
    qtbot.waitUntil(lambda: filled(view, 6))
    assert strip_of(view).current == 3


def test_the_strip_fills_while_a_run_goes(stage, tmp_path, qtbot):
    view = stage(FilmViewer)
    with begin(tmp_path / "c.sdrec", steps=4) as writer:
        write_call(writer, 0)
        shown = Recording.open(writer.path)
        view.show(shown)
        qtbot.waitUntil(lambda: filled(view, 1))
        assert strip_of(view)._strip.count() == 4
        write_call(writer, 1)
        shown.refresh()
        view.show(shown)
        qtbot.waitUntil(lambda: filled(view, 2))


def test_a_recording_without_a_linear_map_has_grey_pictures(stage, tmp_path, qtbot):
    with begin(tmp_path / "b.sdrec", preview=None) as writer:
        write_call(writer, 0)
    view = stage(FilmViewer)
    view.show(Recording.open(writer.path))
    qtbot.waitUntil(lambda: filled(view, 1))
    image = strip_of(view)._strip.pictures[0]
    colour = image.pixelColor(0, 0)
    assert colour.red() == colour.green() == colour.blue()


# -- tree and U ------------------------------------------------------------------------------


def test_a_click_in_the_u_selects_in_the_tree(stage, qtbot):
    drawing, modules = stage(UShapeViewer), stage(ArchitectureViewer)
    for view in (drawing, modules):
        view.show(model=card())
    drawing.context.selection.changed.connect(lambda state: modules.select(layer=state.layer))
    diagram = drawing.host.findChild(UDiagram)
    box = next(b for b in diagram.drawing.boxes if b.path == "unet.up_blocks.1.attentions.1")
    qtbot.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=box.rect.center().toPoint())
    tree = modules.host.findChild(QTreeView)
    assert tree.currentIndex().data(PATH_ROLE) == "unet.up_blocks.1.attentions.1"


def test_a_module_chosen_in_the_tree_is_selected_everywhere(stage, qtbot):
    view = stage(ArchitectureViewer)
    view.show(model=card())
    tree = view.host.findChild(QTreeView)
    place = tree.visualRect(tree.model().index(0, 0)).center()
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert view.selection.layer == "text_encoder"


def test_the_selected_part_is_described_below_the_drawing(stage):
    view = stage(UShapeViewer)
    view.show(model=card())
    view.select(layer="unet.up_blocks.1.attentions.1")
    assert view.find(QLabel, "Selected module").text() == "unet.up_blocks.1.attentions.1"
    assert "16 × 8 × 8" in view.find(QLabel, "Facts of the selected module").text()


def test_a_model_without_blocks_is_explained(stage):
    view = stage(UShapeViewer)
    bare = card()
    root = bare.root.__class__("", "Other", "OtherPipeline", "model")
    view.show(model=bare.__class__(**{**bare.__dict__, "root": root, "class_name": "Other"}))
    assert "no UNet" in view.host.note


# -- details ---------------------------------------------------------------------------------


def test_settings_model_and_libraries_are_told(stage, run, qtbot):
    view = stage(DetailsViewer)
    view.show(run)
    view.select(call=2)
    facts = view.host.findChild(FactSheet)
    qtbot.waitUntil(lambda: ("This step", "Step") in facts._values)
    qtbot.waitUntil(lambda: facts.value("This step", "Step") == "3")
    assert facts.value("Settings", "Seed") == "7"
    assert facts.value("Settings", "Scheduler") == "DDIM"
    assert facts.value("Settings", "Picture") == "64 × 48"
    assert facts.value("Model", "Class") == "StableDiffusionPipeline"
    assert facts.value("Libraries", "torch") == "2.13.0"
    assert facts.value("This step", "Timestep t") == "700"
    assert facts.value("This step", "x̂₀") == "1.250 · x_t  − 0.500 · ε"
    assert facts.value("Recording", "Status") == "complete"


def test_a_word_can_be_followed_from_its_chip(stage, run, qtbot):
    view = stage(DetailsViewer)
    view.show(run)
    strip = view.host.findChild(TokenStrip)
    place = strip._boxes[2][0].center().toPoint()
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
    assert view.selection.word == 1


def test_a_failed_run_says_what_went_wrong(stage, tmp_path):
    path = tmp_path / "b.sdrec"
    writer = begin(path)
    with writer:
        write_call(writer, 0)
        writer.finish("failed", "The memory is full.")
    view = stage(DetailsViewer)
    view.show(Recording.open(path))
    facts = view.host.findChild(FactSheet)
    assert facts.value("Recording", "Status") == "failed"
    assert "memory is full" in facts.value("Recording", "Error")
