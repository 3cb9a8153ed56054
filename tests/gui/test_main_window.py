from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QSlider

from sdinspector.app import theme
from sdinspector.app.document import FIRST_PROMPT, FIRST_SCALE
from sdinspector.app.shell.dock_widths import default_width
from sdinspector.app.viewer import Viewer
from sdinspector.core import Edit, FigureSpec, RunSpec, paths
from sdinspector.recording import Recording, RecordingWriter
from tests.gui.conftest import Probe

LEFT = Qt.MouseButton.LeftButton


def shown(window) -> Probe:
    return window.hosts["probe"].viewer


def run_to_end(window, qtbot) -> Recording:
    qtbot.mouseClick(window.top_bar.run, LEFT)
    qtbot.waitUntil(lambda: not window.runs.active, timeout=60_000)
    qtbot.waitUntil(lambda: bool(window.context.scene.panes) and window.context.scene.pane.finished)
    return window.context.scene.recording


def test_the_window_opens_without_torch_and_matplotlib():
    code = (
        "import sys; from sdinspector.app import bootstrap;"
        "w, c = bootstrap.open_window(start=False);"
        "heavy = {'torch', 'diffusers', 'transformers', 'matplotlib', 'scipy'} & set(sys.modules);"
        "w.close(); sys.exit(', '.join(heavy) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_the_first_start_has_an_example_ready(make_window):
    window = make_window(start=False)
    assert window.top_bar.prompt.text() == FIRST_PROMPT
    assert window.top_bar.run.isEnabled()
    assert not window.top_bar.stop.isEnabled()


def test_pressing_run_makes_a_recording_and_shows_it(window, qtbot):
    recording = run_to_end(window, qtbot)
    assert recording.status == "complete"
    assert recording.calls == window.context.scene.calls > 0
    assert Path(recording.path).parent == paths.recordings()
    assert "a-red-circle-left" in Path(recording.path).name
    qtbot.waitUntil(lambda: shown(window).label.text() == f"{recording.calls} calls")
    assert "Done in" in window.status.text.text()


def test_the_cursor_follows_a_run_to_its_last_call(window, qtbot):
    recording = run_to_end(window, qtbot)
    assert window.context.selection.state.call == recording.calls - 1
    assert not window.context.selection.can_undo


def test_a_run_before_the_model_is_ready_waits_and_says_so(make_window, tiny_folder, qtbot):
    window = make_window(tiny_folder, start=False)
    qtbot.mouseClick(window.top_bar.run, LEFT)
    assert "waits" in window.status.text.text()
    assert window.top_bar.stop.isEnabled()
    window.context.start()
    qtbot.waitUntil(lambda: bool(window.context.scene.calls), timeout=60_000)
    qtbot.waitUntil(lambda: not window.runs.active, timeout=60_000)


def test_stopping_a_run_keeps_the_finished_steps(window, qtbot):
    window.top_bar.steps.setValue(500)
    qtbot.mouseClick(window.top_bar.run, LEFT)
    qtbot.waitUntil(lambda: window.context.scene.calls > 0, timeout=60_000)
    qtbot.mouseClick(window.top_bar.stop, LEFT)
    qtbot.waitUntil(lambda: not window.runs.active, timeout=60_000)
    qtbot.waitUntil(lambda: window.context.scene.pane.finished)
    recording = window.context.scene.recording
    assert recording.status == "cancelled"
    assert 0 < recording.calls < 500
    assert window.top_bar.run.isEnabled()


def test_closing_the_window_during_a_run_ends_it_cleanly(window, qtbot):
    window.top_bar.steps.setValue(500)
    qtbot.mouseClick(window.top_bar.run, LEFT)
    qtbot.waitUntil(lambda: window.context.scene.calls > 0, timeout=60_000)
    path = window.context.scene.recording.path
    window.close()
    assert not window.context.worker.running
    assert shown(window).closed
    assert Recording.open(path).status == "cancelled"


def test_sizes_that_do_not_fit_are_told_in_the_bar_and_nothing_starts(window, qtbot):
    window.top_bar.width_box.setValue(63)
    qtbot.mouseClick(window.top_bar.run, LEFT)
    assert not window.runs.active
    assert "multiple" in window.message_bar.text.text()
    assert window.message_bar.isVisible()
    window.top_bar.width_box.setValue(16)
    assert run_to_end(window, qtbot).status == "complete"
    assert window.message_bar.message is None


def test_a_missing_model_folder_is_told_and_the_open_model_stays(window, qtbot):
    window.context.open_model("/nowhere/at/all")
    qtbot.waitUntil(lambda: window.message_bar.message is not None)
    assert "nowhere" in window.message_bar.text.text()
    assert window.context.document.model is not None
    assert run_to_end(window, qtbot).status == "complete"


def test_a_messages_details_can_be_seen_and_it_can_be_dismissed(window, qtbot):
    bar = window.message_bar
    for what in ("first", "second"):
        try:
            raise ValueError(what)
        except ValueError as error:
            window.context.report(error)
    assert "second" in bar.text.text()
    qtbot.mouseClick(bar.details_button, LEFT)
    assert bar.details.isVisible()
    assert "Traceback" in bar.details.toPlainText()
    qtbot.mouseClick(bar.dismiss_button, LEFT)
    assert "first" in bar.text.text()
    qtbot.mouseClick(bar.dismiss_button, LEFT)
    assert not bar.isVisible()


def test_the_prompts_tokens_are_counted_and_what_is_cut_is_shown(window, qtbot):
    bar = window.top_bar
    bar.prompt.setText("red circle")
    qtbot.waitUntil(lambda: bar.counter.text() == "4/77")
    assert not bar.cut.isVisible()
    bar.prompt.setText("red " * 80 + "the end")
    qtbot.waitUntil(lambda: bar.cut.isVisible())
    assert int(bar.counter.text().split("/")[0]) > 77
    assert "the end" in bar.cut.text()


def test_the_identity_badge_runs_the_plain_pipeline(window, qtbot):
    window.top_bar.steps.setValue(3)
    badge = window.status.badge
    assert not badge.isEnabled()
    run_to_end(window, qtbot)
    qtbot.waitUntil(badge.isEnabled)
    assert "not checked" in badge.text()
    qtbot.mouseClick(badge, LEFT)
    qtbot.waitUntil(lambda: badge.text().startswith("✓"), timeout=60_000)
    assert badge.property("verdict") == "identical"


def test_an_opened_recording_fills_the_top_bar(window, recording, qtbot):
    window.context.open_recording(recording.path)
    qtbot.waitUntil(lambda: bool(window.context.scene.panes))
    bar = window.top_bar
    assert bar.prompt.text() == "a blue star"
    assert bar.negative.text() == "red"
    assert (bar.seed.seed(), bar.steps.value()) == (5, 3)
    assert bar.scheduler.currentText() == "Euler"
    assert window.windowTitle().startswith("three")
    assert str(recording.path) in window.context.settings["recent.recordings"]


def test_a_recording_with_settings_that_have_no_control_says_so(
    window, tiny_model, tmp_path, qtbot
):
    from sdinspector.engine import run

    spec = RunSpec(
        prompt="a star",
        steps=2,
        guidance_rescale=0.7,
        edits=(Edit("guidance", from_call=1, value=3.0),),
    )
    path = run(tiny_model, spec, out=tmp_path / "edited.sdrec").path
    window.context.open_recording(path)
    qtbot.waitUntil(lambda: window.message_bar.message is not None)
    assert "edits" in window.message_bar.text.text()
    assert window.context.document.spec.edits == ()
    assert window.top_bar.options.panel.rescale.value() == 0.7


def test_something_that_is_no_recording_is_told_and_nothing_else_happens(window, tmp_path, qtbot):
    (tmp_path / "broken.sdrec").mkdir()
    (tmp_path / "broken.sdrec" / "manifest.json").write_text("{")
    window.context.open_recording(tmp_path / "broken.sdrec")
    qtbot.waitUntil(lambda: window.message_bar.message is not None)
    assert not window.context.scene.panes


def write_steps(writer, calls, array) -> None:
    for call in calls:
        metadata = {
            "call": call, "step": call, "timestep": 999 - call, "order": 1, "scale": 7.5,
            "input_scale": 1.0, "a": 1.0, "b": 0.0, "clip": None, "branches": ["uncond", "cond"],
        }  # fmt: skip
        arrays = dict.fromkeys(("latent", "noise_uncond", "noise_cond", "denoised"), array)
        writer.step(call, arrays, metadata)


def test_a_recording_that_grows_is_followed_until_it_ends(make_window, tmp_path, qtbot):
    import numpy as np

    window = make_window(start=False)
    array = np.zeros((4, 2, 2), np.float32)
    spec = RunSpec(prompt="grows", steps=6)
    with RecordingWriter(
        tmp_path / "growing.sdrec", spec=spec, model={}, tokens={}, preview=None
    ) as writer:
        write_steps(writer, range(2), array)
        window.context.open_recording(writer.path)
        qtbot.waitUntil(lambda: window.context.scene.calls == 2)
        assert not window.context.scene.pane.finished
        write_steps(writer, range(2, 5), array)
        qtbot.waitUntil(lambda: window.context.scene.calls == 5)
        assert window.context.selection.state.call == 4
        window.context.select(call=1)
        write_steps(writer, range(5, 6), array)
        qtbot.waitUntil(lambda: window.context.scene.calls == 6)
        writer.finish()
    qtbot.waitUntil(lambda: window.context.scene.pane.finished)


def drop(window, path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    window.dropEvent(
        QDropEvent(
            QPoint(5, 5), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier
        )
    )


def test_a_recording_can_be_dropped_on_the_window(window, recording, qtbot):
    drop(window, recording.path)
    qtbot.waitUntil(lambda: bool(window.context.scene.panes))


def test_a_model_folder_can_be_dropped_on_the_window(window, tiny4_folder, qtbot):
    drop(window, tiny4_folder)
    qtbot.waitUntil(lambda: window.context.document.model.width == 64, timeout=60_000)
    assert window.top_bar.width_box.value() == 64
    assert window.top_bar.model.currentData() == str(tiny4_folder)


def test_a_dropped_file_of_no_use_is_told(window, tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    drop(window, tmp_path / "notes.txt")
    assert "notes.txt" in window.message_bar.text.text()


def test_an_unlocked_seed_is_drawn_anew_for_each_run(window, qtbot):
    qtbot.mouseClick(window.top_bar.lock, LEFT)
    window.top_bar.steps.setValue(1)
    seeds = {run_to_end(window, qtbot).spec.seed for _ in range(3)}
    assert len(seeds) == 3


def test_the_dice_draws_a_seed(make_window, qtbot):
    window = make_window(start=False)
    qtbot.mouseClick(window.top_bar.dice, LEFT)
    first = window.context.document.spec.seed
    qtbot.mouseClick(window.top_bar.dice, LEFT)
    assert window.context.document.spec.seed != first


def test_the_guidance_slider_and_its_box_agree(make_window, qtbot):
    window = make_window(start=False)
    field = window.top_bar.guidance
    field.slider.setFocus()
    qtbot.keyClick(field.slider, Qt.Key.Key_Right)
    assert field.value() == pytest.approx(FIRST_SCALE + 0.1)
    assert window.context.document.spec.guidance_scale == pytest.approx(FIRST_SCALE + 0.1)
    field.box.setValue(250)
    assert window.context.document.spec.guidance_scale == 250
    qtbot.mouseDClick(field.slider, LEFT)
    assert field.value() == 7.5


def test_seeds_beyond_32_bits_can_be_typed(make_window, qtbot):
    window = make_window(start=False)
    seed = window.top_bar.seed
    seed.setFocus()
    seed.selectAll()
    qtbot.keyClicks(seed, str(2**62))
    assert window.context.document.spec.seed == 2**62
    qtbot.keyClick(seed, Qt.Key.Key_Up)
    assert window.context.document.spec.seed == 2**62 + 1


def test_only_visible_viewers_draw_and_hidden_ones_catch_up(make_window, qtbot):
    class Second(Probe):
        id = "second"
        title = "Second"
        shortcut = "Ctrl+8"

    window = make_window(viewers=(Probe, Second), start=False)
    window.context.set_display(opacity=0.25)
    window.flush()
    assert window.hosts["second"].viewer is None
    window.registry["viewer.second"].trigger()
    assert window.tabs.currentWidget() is window.hosts["second"]
    assert "press Run" in window.hosts["second"].note


def test_an_empty_view_says_why_and_what_to_press(make_window):
    window = make_window(start=False)
    window.flush()
    assert "press Run" in window.hosts["probe"].note


class Broken(Viewer):
    id = "broken"
    title = "Broken"
    place = "left"

    def build(self, services, parent):
        raise RuntimeError("cannot be built")

    def show(self, scene):
        raise AssertionError


def test_a_viewer_that_fails_is_reported_and_the_others_go_on(make_window, qtbot, caplog):
    window = make_window(viewers=(Broken, Probe), start=False)
    window.flush()
    assert "cannot be built" in window.hosts["broken"].note
    assert "cannot be built" in window.message_bar.text.text()
    assert window.hosts["probe"].viewer is not None


def test_hovering_reaches_every_visible_viewer(make_window):
    window = make_window(start=False)
    window.flush()
    window.context.hover((0.5, 0.25))
    assert shown(window).pixels == [(0.5, 0.25)]


def test_the_selection_goes_back_and_forward_by_key(make_window, qtbot):
    window = make_window(start=False)
    select = window.context.select
    select(word=1)
    select(layer="unet.mid_block")
    window.registry["go.back"].trigger()
    assert window.context.selection.state.layer is None
    assert window.registry["go.forward"].isEnabled()
    window.registry["go.forward"].trigger()
    assert window.context.selection.state.layer == "unet.mid_block"


def test_the_command_palette_finds_and_triggers_a_command(make_window, qtbot):
    from sdinspector.app.shell.palette import CommandPalette

    window = make_window(start=False)
    seed = window.context.document.spec.seed
    window.registry["view.palette"].trigger()
    palette = window.findChild(CommandPalette)
    qtbot.keyClicks(palette.field, "seed")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.context.document.spec.seed != seed


def test_the_help_page_lists_every_shortcut(make_window):
    from sdinspector.app.shell.palette import ShortcutPage

    window = make_window(start=False)
    window.registry["help.shortcuts"].trigger()
    table = window.findChild(ShortcutPage).table
    listed = sum(table.topLevelItem(row).childCount() for row in range(table.topLevelItemCount()))
    assert listed == sum(1 for spec, _ in window.registry if spec.shortcuts and spec.menu)


def test_every_key_sequence_belongs_to_one_command(make_window):
    window = make_window(viewers=None, start=False)
    keys = [key.toString() for action in window.findChildren(QAction) for key in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_every_control_has_an_accessible_name_and_a_tooltip(make_window):
    window = make_window(start=False)
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QSlider)
    for part in (window.top_bar, window.status, window.message_bar):
        for kind in kinds:
            for control in part.findChildren(kind):
                if control.objectName().startswith("qt_") or isinstance(
                    control.parentWidget(), QAbstractSpinBox
                ):
                    continue
                label = control.accessibleName() or getattr(control, "text", str)()
                assert label, control
                assert control.toolTip(), label


def test_the_browser_lists_and_deletes_recordings(window, qtbot):
    from sdinspector.app.shell.recordings_dialog import RecordingsDialog

    window.top_bar.steps.setValue(1)
    path = Path(run_to_end(window, qtbot).path)
    window.registry["file.recordings"].trigger()
    dialog = window.findChild(RecordingsDialog)
    qtbot.waitUntil(lambda: dialog.table.topLevelItemCount() == 1)
    assert dialog.selected() == [path]
    dialog.delete([path])
    qtbot.waitUntil(lambda: dialog.table.topLevelItemCount() == 0)
    assert not path.exists()
    assert not window.context.scene.panes


def test_what_a_view_shows_can_be_exported_as_numbers(make_window, tmp_path, qtbot):
    import numpy as np

    from sdinspector.app.shell.export_dialog import ExportDialog

    window = make_window(start=False)
    window.flush()
    window.registry["file.export"].trigger()
    dialog = window.findChild(ExportDialog)
    dialog.write(tmp_path / "probe.npz")
    dialog.accept()
    qtbot.waitUntil(lambda: window.message_bar.message is not None)
    assert "probe.npz" in window.message_bar.text.text()
    with np.load(tmp_path / "probe.npz") as arrays:
        assert arrays["map"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_the_layout_and_parameters_return_at_the_next_start(make_window, qtbot):
    class Side(Probe):
        id = "side"
        title = "Side"
        place = "left"
        shortcut = ""

    first = make_window(viewers=(Probe, Side), start=False)
    first.top_bar.prompt.setFocus()
    first.top_bar.prompt.selectAll()
    qtbot.keyClicks(first.top_bar.prompt, "another prompt")
    first.docks["side"].hide()
    first.close()
    second = make_window(viewers=(Probe, Side), start=False)
    assert second.top_bar.prompt.text() == "another prompt"
    assert not second.docks["side"].isVisible()
    second.registry["view.reset-layout"].trigger()
    assert second.docks["side"].isVisible()


def test_docks_grow_with_the_window_until_they_are_moved(make_window, qtbot):
    class Left(Probe):
        id = "left"
        place = "left"
        shortcut = ""

    class Right(Probe):
        id = "right"
        place = "right"
        shortcut = ""

    window = make_window(viewers=(Probe, Left, Right), start=False)

    def has(left, right):
        return (window.docks["left"].width(), window.docks["right"].width()) == (left, right)

    for size in (1280, 2560, 1280):
        window.resize(size, 1000)
        wanted = (default_width("left", size), default_width("right", size))
        qtbot.waitUntil(lambda wanted=wanted: has(*wanted))
    assert default_width("left", 2560) > 2 * default_width("left", 1280)
    window.resizeDocks([window.docks["left"]], [400], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: has(400, wanted[1]))
    window.resize(1600, 1000)
    qtbot.waitUntil(lambda: has(400, default_width("right", 1600)))
    window.registry["view.reset-layout"].trigger()
    qtbot.waitUntil(lambda: window.docks["left"].width() == default_width("left", 1600))


def test_the_menu_says_whether_pictures_are_smooth(make_window):
    window = make_window(start=False)
    action = window.registry["view.smooth"]
    window.flush()
    assert action.isChecked()
    action.trigger()
    assert window.context.scene.display.smooth is False
    window.context.set_display(smooth=True)
    window.flush()
    assert action.isChecked()


def test_the_theme_can_be_forced_and_text_is_legible_in_both(make_window):
    window = make_window(start=False)
    for name, look in (("dark", theme.DARK), ("light", theme.LIGHT)):
        window.registry[f"view.theme-{name}"].trigger()
        assert theme.is_dark() is (name == "dark")
        assert window.context.settings["theme"] == name
        for ground in (look.window, look.base, look.raised, look.hover, look.soft):
            for ink in (look.text, look.muted, look.accent, look.good, look.warning, look.bad):
                assert theme.contrast(ink, ground) >= 4.5
        assert theme.contrast(look.on_accent, look.accent) >= 4.5
        assert theme.contrast(look.field_line, look.base) >= 3.0


def test_figures_of_a_probe_are_plain_data(make_window):
    window = make_window(start=False)
    window.flush()
    assert all(isinstance(figure, FigureSpec) for figure in window.hosts["probe"].figures())


@pytest.mark.parametrize("name", ["file.save-picture", "run.check"])
def test_commands_that_need_a_recording_are_off_without_one(make_window, name):
    window = make_window(start=False)
    window.flush()
    assert not window.registry[name].isEnabled()
