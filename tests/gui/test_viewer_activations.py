"""The activation viewer on recordings with known numbers: what is on the screen is in the array."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QToolButton

from sdinspector.analysis import projection
from sdinspector.core import InspectorError
from sdinspector.export import colours, export_figure
from sdinspector.recording import Recording
from sdinspector.viewers.activations import ActivationsViewer
from sdinspector.viewers.activations.detail import Detail
from sdinspector.widgets.curves import Curves
from sdinspector.widgets.histogram import Histogram
from sdinspector.widgets.map_panel import MapPanel
from sdinspector.widgets.mosaic import Mosaic
from sdinspector.widgets.token_matrix import TokenMatrix
from sdinspector.widgets.value_table import ValueTable
from tests.gui.samples import begin, card, latent, without_a_name

MAPS = "unet.mid_block"
SEQUENCE = "unet.down_blocks.0.attentions.0.transformer_blocks.0"
TEXT = f"{SEQUENCE}.attn2.to_k"
VECTOR = "unet.time_embedding"
CHANNELS = 12


def maps_of(call, branches=2):
    """[branch, C, h, w]: no two values are equal, and channel 7 varies most."""
    values = np.random.default_rng(call).normal(size=(branches, CHANNELS, 3, 4))
    values[:, 7] *= 5
    values[:, 4] += 9  # the strongest, not the most varied
    if branches == 2:
        values[0] = values[1] + 0.1
        values[0, 2] -= 3  # differs most
    return values.astype(np.float32)


def sequence_of(call, branches=2):
    return np.random.default_rng(call + 50).normal(size=(branches, 48, 5)).astype(np.float32)


def text_of(call, branches=2):
    return np.random.default_rng(call + 70).normal(size=(branches, 7, 6)).astype(np.float32)


def write(path, calls=4, branches=("uncond", "cond"), change=None):
    with begin(path, steps=calls) as out:
        for call in range(calls):
            count = len(branches)
            maps = maps_of(call, count)
            arrays = {
                "latent": latent(call),
                "denoised": latent(call),
                "noise_cond": latent(call),
                "activation/mid_block": maps,
                f"activation/{SEQUENCE[5:]}": sequence_of(call, count),
                f"activation/{TEXT[5:]}": text_of(call, count),
                "activation/time_embedding": np.full((count, 16), call, np.float32),
                "statistics/mid_block": statistics_of(maps),
            }
            if count == 2:
                arrays["noise_uncond"] = latent(call)
            if change is not None:
                change(call, arrays)
            out.step(
                call,
                arrays,
                {
                    "step": call, "timestep": 900.0 - 100 * call, "order": 1, "scale": 7.5,
                    "input_scale": 1.0, "a": 1.0, "b": -1.0, "clip": None,
                    "branches": list(branches),
                },
            )  # fmt: skip
    return Recording.open(path)


def statistics_of(maps):
    flat = maps.reshape(len(maps), -1)
    rows = [flat.mean(1), flat.std(1), flat.min(1), flat.max(1), np.abs(flat).mean(1)]
    return np.stack([*rows, np.zeros(len(flat), np.float32)], axis=1).astype(np.float32)


@pytest.fixture(autouse=True)
def soon(qtbot, monkeypatch):
    """Nothing here takes long: a wait that fails shall not take a minute."""
    wait = type(qtbot).waitUntil
    monkeypatch.setattr(qtbot, "waitUntil", lambda what: wait(qtbot, what, timeout=10_000))


@pytest.fixture
def stage(stage):
    return functools.partial(stage, ActivationsViewer)


@pytest.fixture
def run(tmp_path):
    return write(tmp_path / "a.sdrec")


@pytest.fixture
def view(stage, run, qtbot):
    """The viewer with the mid block's output at call 1."""
    found = stage()
    found.show(run, card())
    found.select(call=1, layer=MAPS)
    qtbot.waitUntil(lambda: shows(found, maps_of(1)[1]))
    return found


def mosaic(stage):
    return stage.find(Mosaic, "Channels")


def shows(stage, wanted):
    maps = mosaic(stage).maps
    return maps is not None and maps.shape == wanted.shape and np.array_equal(maps, wanted)


def large(stage):
    return stage.find(MapPanel).canvas


def press(stage, qtbot, name):
    qtbot.mouseClick(stage.find(QToolButton, name), Qt.MouseButton.LeftButton)


def choose(stage, name, key):
    box = stage.find(QComboBox, name)
    box.setCurrentIndex(box.findData(key))
    box.activated.emit(box.currentIndex())


def note(stage):
    label = stage.find(QLabel, "Why nothing is shown")
    return label.text() if label.isVisible() else ""


def colour_in(stage, tile, row, column):
    """Return the colour that is on the screen at a pixel of a tile of the mosaic."""
    widget = mosaic(stage)
    height, width = widget.maps.shape[1:]
    x, y = widget.centre_of(tile)
    rows = -(-len(widget.maps) // widget.columns)
    x += ((column + 0.5) / width - 0.5) / widget.columns
    y += ((row + 0.5) / height - 0.5) / rows
    rect, port = widget.view(), widget.viewport()
    place = (x - rect.x()) / rect.width() * port.width()
    across = (y - rect.y()) / rect.height() * port.height()
    return widget.grab().toImage().pixelColor(int(place), int(across)).getRgb()[:3]


# -- maps ------------------------------------------------------------------------------------


def test_a_module_shows_all_of_its_channels(view):
    assert "12 channels, 4 × 3" in view.find(QLabel, "Channels shown").text()
    assert view.find(QLabel, "Module shown").text() == MAPS
    assert "step 2 of 4, t = 800" in view.find(QLabel, "Step and origin").text()
    assert "recorded" in view.find(QLabel, "Step and origin").text()


@pytest.mark.parametrize("which", ["each", "step"])
def test_the_pixels_on_the_screen_are_the_colours_of_the_values(view, qtbot, which):
    choose(view, "Range of the colours", which)
    values = maps_of(1)[1]
    viewer = view.host.viewer
    qtbot.waitUntil(lambda: viewer._view.wish.range == which)
    for tile, row, column in ((0, 2, 0), (7, 2, 3), (11, 1, 2)):  # clear of the labels
        top = float(np.abs(values[tile] if which == "each" else values).max())
        wanted = colours.apply(values[tile], "balance", (-top, top))[row, column]
        assert np.abs(np.subtract(colour_in(view, tile, row, column), wanted)).max() <= 3


def test_one_range_for_the_run_comes_from_its_statistics(view, qtbot):
    choose(view, "Range of the colours", "run")
    top = max(float(np.abs(maps_of(call)[1]).max()) for call in range(4))
    qtbot.waitUntil(lambda: view.host.viewer._view.wish.run_levels is not None)
    assert view.host.viewer._view.levels == pytest.approx((-top, top))


@pytest.mark.parametrize(
    ("by", "first"), [("variance", 7), ("mean_abs", 4), ("branch_difference", 2)]
)
def test_channels_are_sorted_by_what_is_chosen(view, qtbot, by, first):
    choose(view, "Order of the channels", by)
    qtbot.waitUntil(lambda: np.array_equal(mosaic(view).maps[0], maps_of(1)[1, first]))
    assert mosaic(view)._grid.labels[0] == f"ch {first}"


def test_a_kept_order_stays_while_steps_change(view, qtbot):
    choose(view, "Order of the channels", "variance")
    qtbot.waitUntil(lambda: np.array_equal(mosaic(view).maps[0], maps_of(1)[1, 7]))
    order = view.host.viewer._view.order
    press(view, qtbot, "Keep the order")
    view.select(call=2)
    qtbot.waitUntil(lambda: shows(view, maps_of(2)[1][order]))


def test_branches_and_their_difference(view, qtbot):
    press(view, qtbot, "Branch: uncond")
    qtbot.waitUntil(lambda: shows(view, maps_of(1)[0]))
    assert view.selection.branch == "uncond"
    press(view, qtbot, "Branch: diff")
    qtbot.waitUntil(lambda: shows(view, maps_of(1)[1] - maps_of(1)[0]))
    assert view.selection.branch == "uncond"  # a difference is no branch
    press(view, qtbot, "Branch: cond")
    qtbot.waitUntil(lambda: shows(view, maps_of(1)[1]))


def test_a_branch_chosen_elsewhere_is_shown(view, qtbot):
    view.select(branch="uncond")
    qtbot.waitUntil(lambda: shows(view, maps_of(1)[0]))
    assert view.find(QToolButton, "Branch: uncond").isChecked()


def test_where_one_branch_ran_the_others_say_so(stage, tmp_path, qtbot):
    view = stage()
    view.show(write(tmp_path / "b.sdrec", branches=("cond",)), card())
    view.select(layer=MAPS)
    qtbot.waitUntil(lambda: shows(view, maps_of(0, 1)[0]))
    button = view.find(QToolButton, "Branch: diff")
    assert not button.isEnabled()
    assert "one branch" in button.toolTip()


def test_steps_change_the_channels(view, qtbot):
    for call in (3, 0, 2):
        view.select(call=call)
        qtbot.waitUntil(lambda call=call: shows(view, maps_of(call)[1]))


def test_a_click_selects_channel_and_pixel_and_enlarges_it(view, qtbot):
    widget = mosaic(view)
    rect, port = widget.view(), widget.viewport()
    x, y = widget.centre_of(5)
    place = ((x - rect.x()) / rect.width() * port.width(),
             (y - rect.y()) / rect.height() * port.height())  # fmt: skip
    from PySide6.QtCore import QPoint

    qtbot.mouseClick(port, Qt.MouseButton.LeftButton, pos=QPoint(int(place[0]), int(place[1])))
    view.context.scenes.flush()
    assert view.selection.channel == 5
    assert view.selection.pixel == pytest.approx((0.5, 0.5), abs=0.2)
    assert np.array_equal(large(view).image, maps_of(1)[1, 5])
    assert widget.chosen_tile == 5


def test_pointing_reads_every_channel_at_the_pixel(view):
    view.context.hover((0.6, 0.9))  # row 2, column 2
    curves = view.find(Curves, "Values at the cursor").curves
    assert [item.name for item in curves] == ["uncond", "cond"]
    for number, item in enumerate(curves):
        assert np.array_equal(item.values, maps_of(1)[number, :, 2, 2])
    assert large(view).crosshair == (0.6, 0.9)
    assert mosaic(view)._grid.place == (0.6, 0.9)


def test_pointing_at_a_map_tells_the_other_viewers(view):
    told = []
    view.context.hovered.connect(told.append)
    large(view).hovered.emit((0.25, 0.5))
    mosaic(view).hovered.emit(mosaic(view).centre_of(3))
    assert told[0] == (0.25, 0.5)
    assert told[1] == pytest.approx((0.5, 0.5))


def test_a_channel_is_chosen_in_the_plot_of_the_pixel(view, qtbot):
    view.select(pixel=(0.1, 0.1))
    plot = view.find(Curves, "Values at the cursor")
    plot.chosen.emit(8)
    view.context.scenes.flush()
    assert view.selection.channel == 8
    assert plot.marker == 8
    assert np.array_equal(large(view).image, maps_of(1)[1, 8])


def look_at_spread(view, qtbot) -> None:
    detail = view.host.findChild(Detail)
    qtbot.mouseClick(detail._pages.choice.button("spread"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(detail.findChild(Histogram)._series))


def test_statistics_and_histogram_are_those_of_the_output(view, qtbot):
    detail = view.host.findChild(Detail)
    assert not detail.counted  # nothing is counted that nobody looks at
    assert not view.host.findChild(Histogram)._series
    look_at_spread(view, qtbot)
    rows = view.find(ValueTable, "Statistics of the module").rows
    values = maps_of(1)
    for number, row in enumerate(rows):
        assert float(row.values[0].replace("−", "-")) == pytest.approx(
            float(values[number].mean()), rel=0.01
        )
    series = view.host.findChild(Detail).findChild(Histogram)._series
    assert [int(item.counts.sum()) for item in series] == [values[0].size] * 2


def test_the_change_over_steps_is_the_stored_one_and_leads_to_a_step(view, qtbot):
    plot = view.find(Curves, "Change over the steps")
    qtbot.waitUntil(lambda: plot.count == 4)
    wanted = [np.abs(maps_of(call)[1]).mean() for call in range(4)]
    qtbot.waitUntil(lambda: np.allclose(plot.curves[-1].values, wanted, rtol=1e-5))
    assert plot.marker == 1
    plot.chosen.emit(3)
    view.context.scenes.flush()
    qtbot.waitUntil(lambda: shows(view, maps_of(3)[1]))
    assert plot.marker == 3


def test_without_stored_statistics_the_steps_that_were_seen_are_drawn(view, qtbot):
    view.select(layer=SEQUENCE)
    plot = view.find(Curves, "Change over the steps")
    for call in (1, 3):
        view.select(call=call)
        qtbot.waitUntil(lambda call=call: view.host.viewer._view.wish.call == call)
    wanted = np.abs(sequence_of(3)[1]).mean()
    qtbot.waitUntil(lambda: plot.count == 4 and np.isclose(plot.curves[-1].values[3], wanted))
    assert np.isnan(plot.curves[-1].values[0])


def test_the_projection_to_three_colours_names_its_variance(view, qtbot):
    press(view, qtbot, "Large map: PCA")
    qtbot.waitUntil(lambda: large(view).image is not None and large(view).image.ndim == 3)
    assert large(view).image.shape == (3, 4, 3)
    shares = view.host.viewer._view.explained
    assert 0 < sum(shares) <= 1.001


def test_colours_do_not_turn_from_step_to_step(view, qtbot):
    press(view, qtbot, "Large map: PCA")
    again = view.find(QPushButton, "Find the components anew")

    def shows_colours(call, of_call):
        found = projection.pca(maps_of(of_call)[1].astype(np.float32))
        wanted = found.colour(maps_of(call)[1].astype(np.float32))
        image = large(view).image
        return image is not None and image.ndim == 3 and np.array_equal(image, wanted)

    first = view.context.scene.call
    qtbot.waitUntil(lambda: shows_colours(first, first))
    assert not again.isEnabled()
    other = 3 if first != 3 else 0
    view.select(call=other)
    qtbot.waitUntil(lambda: shows_colours(other, first))
    again.click()
    qtbot.waitUntil(lambda: shows_colours(other, other))
    view.select(call=first)
    qtbot.waitUntil(lambda: shows_colours(first, other))
    press(view, qtbot, "Large map: Channel")
    qtbot.waitUntil(lambda: not again.isVisible())


def test_values_that_are_no_numbers_are_counted(stage, tmp_path, qtbot):
    def spoil(call, arrays):
        arrays["activation/mid_block"][1, 3, 0, :2] = np.nan
        arrays["activation/mid_block"][1, 4, 0, 0] = np.inf

    view = stage()
    view.show(write(tmp_path / "nan.sdrec", change=spoil), card())
    view.select(layer=MAPS, channel=3)
    qtbot.waitUntil(lambda: mosaic(view).maps is not None)
    assert mosaic(view).not_finite == 3
    assert large(view).not_finite == 2
    look_at_spread(view, qtbot)
    texts = [label.text() for label in view.host.findChildren(QLabel)]
    assert any("2 values are not a number and 1 are infinite" in text for text in texts)
    assert any("3 not finite" in text for text in texts)


# -- sequences and vectors -------------------------------------------------------------------


def test_a_sequence_on_a_grid_is_shown_as_pictures(view, qtbot):
    view.select(layer=SEQUENCE)
    wanted = sequence_of(1)[1].T.reshape(5, 6, 8)  # the latent is 6 high and 8 wide
    qtbot.waitUntil(lambda: shows(view, wanted))


def test_a_sequence_of_tokens_is_shown_as_a_matrix(view, qtbot):
    view.select(layer=TEXT, channel=2)
    matrix = view.find(TokenMatrix, "Tokens and channels")
    qtbot.waitUntil(lambda: matrix.isVisible() and matrix.values is not None)
    assert np.array_equal(matrix.values, text_of(1)[1])
    curves = view.find(Curves, "Channel over the tokens").curves
    assert np.array_equal(curves[-1].values, text_of(1)[1, :, 2])
    assert matrix._readout_text((2, 3)).startswith("2  cir   ch 3")


def test_pointing_at_a_token_reads_its_channels_and_is_no_place_in_the_picture(view, qtbot):
    view.select(layer=TEXT)
    matrix = view.find(TokenMatrix, "Tokens and channels")
    qtbot.waitUntil(lambda: matrix.isVisible())
    told = []
    view.context.hovered.connect(told.append)
    matrix.hovered.emit((0.3, 2.5 / 7))
    assert told == []
    curves = view.find(Curves, "Values at the cursor").curves
    assert np.array_equal(curves[-1].values, text_of(1)[1, 2])
    matrix.clicked.emit((3.5 / 6, 4.5 / 7))
    view.context.scenes.flush()
    assert view.selection.channel == 3
    assert view.selection.pixel is None


def test_an_output_without_places_shows_one_value_a_channel(view, qtbot):
    view.select(layer=VECTOR)
    qtbot.waitUntil(lambda: shows(view, np.full((16, 1, 1), 1, np.float32)))
    curves = view.find(Curves, "Values at the cursor").curves
    assert np.array_equal(curves[-1].values, np.full(16, 1, np.float32))


# -- what is said where there is nothing -----------------------------------------------------


def test_without_a_module_it_says_where_to_choose_one(stage, run, qtbot):
    view = stage()
    view.show(run, card())
    assert "Choose a module" in note(view)
    view.find(QLabel, "Why nothing is shown").linkActivated.emit(MAPS)
    view.context.scenes.flush()
    qtbot.waitUntil(lambda: shows(view, maps_of(0)[1]))


def test_a_container_names_what_lies_in_it(view, qtbot):
    view.select(layer="unet.up_blocks")
    assert "container" in note(view)
    assert "unet.up_blocks.1" in note(view)
    assert not view.find(QToolButton, "Branch: cond").isEnabled()


def test_what_is_not_recorded_needs_the_model_and_the_view_says_so(stage, run, qtbot):
    view = stage()
    view.show(run)
    view.select(layer="unet.conv_in")
    qtbot.waitUntil(lambda: "Open the model" in note(view))
    assert view.errors == []
    view.select(layer=MAPS)
    qtbot.waitUntil(lambda: shows(view, maps_of(0)[1]))
    assert note(view) == ""


def test_an_error_of_the_replay_is_said_in_the_view(view, qtbot):
    def refuse(job, on_result=None, on_error=None, on_event=None):
        on_error(
            InspectorError("replay.no-layer", "The denoiser has no such layer. Near: conv_in.")
        )
        raise_handle = type(
            "Handle", (), {"job": job, "active": False, "cancel": lambda self: None}
        )
        return raise_handle()

    view.host.viewer._fetcher._services.submit = refuse
    view.select(layer="unet.conv_inn")
    qtbot.waitUntil(lambda: "Near: conv_in" in note(view))


def test_a_damaged_step_is_told_in_the_view_and_it_goes_on(view, run, qtbot):
    (run.folder / "steps" / "0002.safetensors").write_bytes(b"no tensors")
    view.select(call=2)
    qtbot.waitUntil(lambda: "damaged" in note(view))
    view.select(call=3)
    qtbot.waitUntil(lambda: shows(view, maps_of(3)[1]))


def test_another_recording_takes_the_place_of_the_first(view, tmp_path, qtbot):
    def negate(call, arrays):
        arrays["activation/mid_block"] = -arrays["activation/mid_block"]

    view.show(write(tmp_path / "other.sdrec", change=negate))
    qtbot.waitUntil(lambda: shows(view, -maps_of(1)[1]))


# -- the rest of the contract ----------------------------------------------------------------


def test_every_control_has_a_name_and_a_tooltip(view):
    assert without_a_name(view.host) == []


def test_it_draws_in_every_size(view):
    for size in ((160, 120), (500, 900), (2400, 1300)):
        view.host.resize(*size)
        view.host.grab()


def test_what_is_shown_is_exported(view, qtbot, tmp_path):
    view.select(pixel=(0.6, 0.9), channel=7)
    figures = {figure.kind: figure for figure in view.host.figures()}
    assert np.array_equal(figures["mosaic"].arrays["maps"], maps_of(1)[1])
    assert np.array_equal(figures["map"].arrays["map"], maps_of(1)[1, 7])
    for figure in view.host.figures():
        export_figure(figure, tmp_path / f"{figure.name}.npz")
        export_figure(figure, tmp_path / f"{figure.name}.png")
    names = [figure.name for figure in view.host.figures()]
    name = next(name for name in names if name.startswith("vector"))
    with np.load(tmp_path / f"{name}.npz") as saved:
        assert np.array_equal(saved["cond"], maps_of(1)[1, :, 2, 2])
