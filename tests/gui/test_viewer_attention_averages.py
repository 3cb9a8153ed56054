"""The attention view over several recordings: which can be averaged, mean, spread, the way back."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from sdinspector.analysis import averages, heatmaps
from sdinspector.core import RunSpec, Token, paths
from sdinspector.export import export_figure
from sdinspector.export.attention import attention_figure, average_figure
from sdinspector.export.subjects import Subject
from sdinspector.recording import Recording
from sdinspector.recording.attention import sum_calls
from sdinspector.viewers.attention import AttentionViewer
from sdinspector.viewers.attention.average_bar import AverageBar
from sdinspector.viewers.attention.average_dialog import AverageDialog
from sdinspector.viewers.attention.averages import mean_picture
from sdinspector.viewers.attention.main_panel import MainPanel
from sdinspector.widgets.heat_canvas import HeatCanvas
from tests.gui.attention_samples import attention_recording
from tests.gui.samples import Stage, recording, without_a_name

SIZE = (6, 8)
TURNED = (
    Token(0, 1, "<|startoftext|>", "bos"),
    Token(1, 5, "Circle</w>", "word", 0, "Circle"),
    Token(2, 6, "blue</w>", "word", 1, "blue"),
    Token(3, 7, "blue</w>", "word", 2, "blue"),
    Token(4, 2, "<|endoftext|>", "eos"),
    Token(5, 2, "<|endoftext|>", "padding"),
)


@pytest.fixture
def folder(own_home):
    """The person's folder: four that can be averaged, four that cannot."""
    found = paths.recordings()
    attention_recording(found / "shown.sdrec")
    attention_recording(found / "seed.sdrec", shift=10)
    attention_recording(found / "short.sdrec", calls=2, shift=20)
    spec = RunSpec(prompt="Circle blue blue", steps=4, scheduler="ddim", seed=3)
    attention_recording(found / "turned.sdrec", shift=30, spec=spec, tokens={"cond": TURNED})
    attention_recording(found / "empty.sdrec", words=False)
    attention_recording(found / "bare.sdrec", captured=False)
    recording(found / "none.sdrec")
    (found / "broken.sdrec").mkdir()
    return found


@pytest.fixture
def view(qtbot, dressed, folder):
    stage = Stage(qtbot, AttentionViewer)
    stage.show(Recording.open(folder / "shown.sdrec"))
    qtbot.waitUntil(lambda: canvas(stage).image is not None)
    select(stage, qtbot, word=1)
    yield stage
    assert stage.host.failed is None


def canvas(view) -> HeatCanvas:
    return view.host.findChild(HeatCanvas)


def panel(view) -> MainPanel:
    return view.host.findChild(MainPanel)


def select(view, qtbot, **changes):
    view.select(**changes)
    qtbot.waitUntil(lambda: not view.host.viewer._sources.summing)


def open_dialog(view, qtbot) -> AverageDialog:
    panel(view).average.click()
    dialog = view.host.findChild(AverageDialog)
    qtbot.waitUntil(lambda: dialog.table.topLevelItemCount() > 0)
    return dialog


def lines(dialog):
    items = (dialog.table.topLevelItem(row) for row in range(dialog.table.topLevelItemCount()))
    return {item.data(0, Qt.ItemDataRole.UserRole).stem: item for item in items}


def average(view, qtbot, *names):
    dialog = open_dialog(view, qtbot)
    for name, item in lines(dialog).items():
        if item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            item.setCheckState(0, Qt.CheckState(2 * (name in names)))
    dialog.start.click()
    text = f"mean of {len(names) + 1} recordings"
    qtbot.waitUntil(lambda: panel(view).note.text().startswith(text))


def heat(folder, name, columns, calls=None, recipe="daam"):
    """Return a word's map of one recording, for each call."""
    sums = sum_calls(Recording.open(folder / f"{name}.sdrec"), calls)
    made = heatmaps.heat_map(sums.maps, columns, recipe, calls=sums.count, size=SIZE)
    return made / np.float32(sums.count)


def shows(view, expected) -> bool:
    image = canvas(view).image
    return image is not None and image.shape == expected.shape and np.allclose(image, expected)


def test_recordings_that_cannot_be_averaged_say_why(view, qtbot):
    dialog = open_dialog(view, qtbot)
    found = lines(dialog)
    able = {name for name, item in found.items() if item.flags() & Qt.ItemFlag.ItemIsEnabled}
    assert able == {"seed", "short", "turned"}
    assert "shown" not in found
    assert "no word “circle”" in found["empty"].text(3)
    assert "without attention" in found["bare"].text(3)
    assert "without attention" in found["none"].text(3)
    assert found["broken"].text(3)
    assert (found["turned"].text(0), found["turned"].text(1)) == ("Circle blue blue", "3")
    assert list(found)[:3] == [name for name in found if name in able]
    assert not dialog.start.isEnabled()
    dialog.search.setText("blue")
    dialog.every.click()
    assert [path.stem for path in dialog.ticked] == ["turned"]
    assert without_a_name(dialog) == []
    dialog.reject()
    assert panel(view).over.isHidden()


def test_mean_and_spread_over_recordings_are_shown(view, folder, qtbot):
    average(view, qtbot, "seed", "turned")
    expected = averages.average_maps(
        [
            heat(folder, "shown", (2, 3)),
            heat(folder, "seed", (2, 3)),
            heat(folder, "turned", (1,)),
        ]
    )
    assert shows(view, expected.mean)
    assert "mean of 3 recordings" in panel(view).note.text()
    view.find(QToolButton, "Over recordings: Spread").click()
    assert shows(view, expected.spread)
    assert "spread over 3 recordings" in panel(view).note.text()
    view.find(QToolButton, "Over recordings: Mean").click()
    assert shows(view, expected.mean)
    view.find(QToolButton, "End the average").click()
    assert shows(view, 4 * heat(folder, "shown", (2, 3)))
    assert panel(view).over.isHidden()
    assert "recordings" not in panel(view).note.text()


def test_it_is_the_average_that_the_command_line_exports(view, folder, qtbot):
    average(view, qtbot, "seed", "short")
    found = [Recording.open(folder / f"{name}.sdrec") for name in ("shown", "seed", "short")]
    circle = Subject("circle", (2, 3))
    expected = average_figure([attention_figure(item, sum_calls(item), [circle]) for item in found])
    assert shows(view, expected.arrays["map"])
    figure = view.host.figures()[0]
    np.testing.assert_array_equal(figure.arrays["map"], canvas(view).image)
    np.testing.assert_allclose(figure.arrays["spread"], expected.arrays["spread"], rtol=1e-5)
    assert figure.about["count"] == 3
    shown, *others = (item["recording"] for item in figure.about["recordings"])
    assert shown == found[0].id
    assert set(others) == {item.id for item in found[1:]}
    for ending in ("png", "npz", "csv"):
        export_figure(figure, folder / f"average.{ending}")
    assert "recordings" not in view.host.figures()[1].title


def test_of_one_step_the_nearest_timestep_of_the_others_counts(view, folder, qtbot):
    average(view, qtbot, "short")
    select(view, qtbot, call=3)  # t = 600; the short one ends at t = 800
    expected = averages.average_maps(
        [heat(folder, "shown", (2, 3), [3]), heat(folder, "short", (2, 3), [1])]
    )
    qtbot.waitUntil(lambda: shows(view, expected.mean))


def test_one_without_the_word_is_left_out_and_told(view, folder, qtbot):
    average(view, qtbot, "seed", "turned")
    view.select(word=0)
    note = view.find(AverageBar).note
    qtbot.waitUntil(lambda: note.text() == "2 of 3 recordings")
    assert "turned" in note.toolTip()
    expected = averages.average_maps([heat(folder, name, (1,)) for name in ("shown", "seed")])
    assert shows(view, expected.mean)
    assert view.host.figures()[0].about["left_out"][0][0] == "turned"


def test_one_that_is_gone_is_left_out_and_told(view, folder, qtbot):
    dialog = open_dialog(view, qtbot)
    dialog.every.click()
    shutil.rmtree(folder / "short.sdrec")
    dialog.start.click()
    note = view.find(AverageBar).note
    qtbot.waitUntil(lambda: note.text() == "3 of 4 recordings")
    assert "short" in note.toolTip()
    assert view.errors == []


def test_the_difference_of_two_words_is_averaged(view, folder, qtbot):
    average(view, qtbot, "seed")
    view.host.viewer._wish(second="word:0")
    expected = averages.average_maps(
        [heat(folder, name, (2, 3)) - heat(folder, name, (1,)) for name in ("shown", "seed")]
    )
    qtbot.waitUntil(lambda: shows(view, expected.mean))
    bar = panel(view).bar
    assert bar.levels[0] == -bar.levels[1]


def test_another_recording_ends_the_average(view, folder, qtbot):
    average(view, qtbot, "seed")
    view.show(Recording.open(folder / "short.sdrec"))
    qtbot.waitUntil(lambda: shows(view, 2 * heat(folder, "short", (2, 3))))
    assert panel(view).over.isHidden()


def test_a_text_of_its_own_and_a_pixels_look_are_not_averaged(view, qtbot):
    average(view, qtbot, "seed")
    view.find(QToolButton, "Small maps: Self-attention").click()
    view.context.scenes.flush()
    assert panel(view).over.isHidden()
    assert not panel(view).average.isEnabled()
    assert panel(view).average.toolTip().startswith("What a pixel looks at")
    view.find(QToolButton, "Small maps: Words").click()
    view.context.scenes.flush()
    assert not panel(view).over.isHidden()
    view.host.viewer._wish(entry="probe:a dog")
    assert panel(view).over.isHidden()
    assert "choose a word" in panel(view).average.toolTip()


def test_the_picture_below_is_the_mean_of_the_pictures(view, qtbot):
    average(view, qtbot, "seed")
    np.testing.assert_array_equal(canvas(view).picture, view.host.viewer._sources.picture)
    dark, light = np.zeros((4, 6, 3), np.uint8), np.full((2, 3, 3), 200, np.uint8)
    np.testing.assert_array_equal(mean_picture([dark, light]), np.full((4, 6, 3), 100))
    assert mean_picture([]) is None
