"""The guidance view: a tick at once, the rest of a run, a run that goes, curves and sweeps."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from sdinspector.analysis import guidance, preview
from sdinspector.core import paths
from sdinspector.export import export_figure
from sdinspector.recording import Recording
from sdinspector.viewers.guidance import GuidanceViewer
from sdinspector.viewers.guidance.sweep_page import MOST, read_scales
from sdinspector.widgets.wipe_canvas import WipeCanvas
from tests.gui.samples import card, without_a_name

LEFT = Qt.MouseButton.LeftButton
STEPS = 5


@pytest.fixture
def stage(stage):
    return functools.partial(stage, GuidanceViewer)


@pytest.fixture
def view(stage, recording, qtbot):
    """The view on a recording of three steps, with no model at all."""
    made = stage()
    made.show(recording)
    qtbot.waitUntil(lambda: made.host.viewer._view is not None)
    made.select(call=1)
    qtbot.waitUntil(lambda: made.host.viewer._view.call == 1)
    return made


@pytest.fixture
def ran(make_window, tiny_folder, qtbot):
    """A window on the view, with a finished run of a few steps."""
    window = make_window(tiny_folder, viewers=(GuidanceViewer,))
    qtbot.waitUntil(lambda: window.context.document.model is not None)
    return run(window, qtbot)


def run(window, qtbot, **spec):
    document = window.context.document
    document.set_spec(dataclasses.replace(document.spec, steps=STEPS, **spec))
    window.desk.run()
    settled(window, qtbot)
    viewer = window.hosts["guidance"].viewer
    qtbot.waitUntil(lambda: viewer._view is not None and viewer._norms.calls > 0)
    return window


def settled(window, qtbot) -> Recording:
    qtbot.waitUntil(lambda: not window.runs.active)
    qtbot.waitUntil(lambda: bool(window.context.scene.panes) and window.context.scene.pane.finished)
    return window.context.scene.recording


def at(window, qtbot, call: int):
    """Choose a call and wait for the view; returns the viewer."""
    viewer = window.hosts["guidance"].viewer
    window.context.select(call=call)
    qtbot.waitUntil(lambda: viewer._view.call == call and viewer._norms.calls > call)
    return viewer


def slider(shown):
    return shown.host.viewer._head.slider


def page(shown):
    return shown.host.viewer._step


def expected(recording, call, scale, rescale=0.0):
    """x̂₀ for a scale, from the recording's arrays alone."""
    facts = recording.call(call)
    uncond, cond = recording.array(call, "noise_uncond"), recording.array(call, "noise_cond")
    noise = uncond + np.float32(scale) * (cond - uncond)
    if rescale:
        pulled = noise * (np.std(cond, ddof=1) / np.std(noise, ddof=1))
        noise = rescale * pulled + (1 - rescale) * noise
    return facts.a * recording.array(call, "latent") + facts.b * noise


def colours(recording, latent):
    return preview.quantised(preview.to_rgb_float(latent, recording.preview))


def test_a_key_changes_the_picture_before_anything_else_happens(view, recording):
    before, was = page(view).chosen_rgb, view.context.guidance.scale
    QTest.keyClick(slider(view), Qt.Key.Key_PageUp)  # no event is waited for, no model is open
    scale = view.context.guidance.scale
    assert scale == pytest.approx(was + 1.0)
    shown = page(view).chosen_rgb
    assert not np.array_equal(shown, before)
    wanted = expected(recording, 1, scale)
    assert np.allclose(page(view).latent, wanted, rtol=1e-5, atol=1e-6)
    assert np.abs(shown.astype(int) - colours(recording, wanted).astype(int)).max() <= 1
    assert np.array_equal(view.host.findChild(WipeCanvas).right, shown)


def test_dragging_with_the_mouse_shows_every_place_on_the_way(view, recording):
    bar = slider(view)
    y = bar.height() // 2
    seen = []
    view.context.guidance.moved.connect(lambda scale, _: seen.append(scale))
    QTest.mousePress(bar, LEFT, pos=QPoint(round(bar.x_of(bar.value())), y))
    for scale in (8.0, 10.0, 12.0):
        QTest.mouseMove(bar, QPoint(round(bar.x_of(scale)), y))
        wanted = expected(recording, 1, view.context.guidance.scale)
        assert np.allclose(page(view).latent, wanted, rtol=1e-5, atol=1e-6)
    QTest.mouseRelease(bar, LEFT, pos=QPoint(round(bar.x_of(12.0)), y))
    assert len(seen) == 3
    assert seen[-1] == pytest.approx(12.0, abs=0.1)


@pytest.mark.parametrize(("scale", "name"), [(0.0, "noise_uncond"), (1.0, "noise_cond")])
def test_zero_ignores_the_prompt_and_one_uses_it_plainly(view, recording, scale, name):
    view.context.guidance.set_scale(scale)
    facts = recording.call(1)
    wanted = facts.a * recording.array(1, "latent") + facts.b * recording.array(1, name)
    assert np.allclose(page(view).latent, wanted, rtol=1e-5, atol=1e-5)


def test_the_recorded_scale_gives_what_was_recorded(view, recording):
    view.context.guidance.set_scale(2.0)
    view.context.guidance.set_scale(recording.scale(1))
    assert np.allclose(page(view).latent, recording.array(1, "denoised"), rtol=1e-5, atol=1e-5)


def test_the_slider_marks_the_recorded_scale_and_goes_back_there(view, recording):
    bar = slider(view)
    assert bar.recorded == recording.scale(1)
    view.context.guidance.set_scale(2.0)
    QTest.mouseDClick(bar, LEFT, pos=QPoint(round(bar.x_of(15.0)), bar.height() // 2))
    assert view.context.guidance.scale == recording.scale(1)


def test_rescale_pulls_the_contrast_back(view, recording):
    view.context.guidance.set_scale(12.0)
    view.host.viewer._head.rescale.setValue(0.7)
    wanted = expected(recording, 1, 12.0, 0.7)
    assert np.allclose(page(view).latent, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("typed", ["1000000", "-1000000", "0"])
def test_absurd_scales_are_shown_and_marked(view, typed, qtbot):
    box = view.host.viewer._head.box
    box.lineEdit().selectAll()
    QTest.keyClicks(box.lineEdit(), typed)
    assert view.context.guidance.scale == float(typed)
    assert np.isfinite(page(view).latent).all()
    if typed != "0":
        assert page(view).cut > 0.5
        canvas = view.host.findChild(WipeCanvas)
        assert canvas.saturated is not None
        note = page(view)._note
        qtbot.waitUntil(lambda: "cut off" in note.text())


@pytest.mark.parametrize("typed", ["nan", "inf", "ten"])
def test_what_is_no_number_cannot_be_typed(view, typed):
    box = view.host.viewer._head.box
    before = view.context.guidance.scale
    box.lineEdit().selectAll()
    QTest.keyClicks(box.lineEdit(), typed)
    QTest.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    assert np.isfinite(view.context.guidance.scale)
    assert view.context.guidance.scale == before


def test_the_heat_map_is_the_distance_between_the_branches(view, recording, qtbot):
    heat = page(view)._heat
    wanted = guidance.magnitude(
        recording.array(1, "noise_uncond"), recording.array(1, "noise_cond")
    )
    qtbot.waitUntil(lambda: heat.image is not None and np.allclose(heat.image, wanted))


def test_the_small_maps_show_a_channel_of_the_predictions(view, recording, qtbot):
    choice = page(view)._channels
    choice.setCurrentIndex(2)
    choice.activated.emit(2)
    view.context.guidance.set_scale(4.0)
    parts = page(view)._parts
    uncond, cond = recording.array(1, "noise_uncond")[1], recording.array(1, "noise_cond")[1]
    assert np.array_equal(parts["uncond"].canvas.image, uncond)
    assert np.allclose(parts["difference"].canvas.image, cond - uncond)
    guided = uncond + np.float32(4.0) * (cond - uncond)
    qtbot.waitUntil(lambda: np.allclose(parts["guided"].canvas.image, guided, atol=1e-6))


def test_side_by_side_and_difference_compare_with_the_recorded(view, recording):
    control = view.context.guidance
    control.set_scale(recording.scale(1))
    choice = page(view)._choice
    choice.button("beside").click()
    before, after = page(view)._before.canvas.image, page(view)._after.canvas.image
    assert np.abs(before.astype(int) - after.astype(int)).max() <= 1
    control.set_scale(15.0)
    assert not np.array_equal(page(view)._after.canvas.image, after)
    choice.button("difference").click()
    apart = np.abs(before.astype(np.float32) - page(view).chosen_rgb).mean(axis=2)
    assert np.allclose(page(view)._apart.canvas.image, apart, atol=1.0)


def test_the_plots_show_norms_and_cosine_of_all_steps(view, recording, qtbot):
    viewer = view.host.viewer
    qtbot.waitUntil(lambda: viewer._norms.calls == recording.calls)
    for call in range(recording.calls):
        norms = guidance.norms_and_cosine(
            recording.array(call, "noise_uncond"), recording.array(call, "noise_cond")
        )
        assert viewer._norms.cosine[call] == pytest.approx(norms.cosine)
        assert viewer._norms.difference[call] == pytest.approx(norms.difference)
    assert viewer._steps._editor.recorded == recording.guidance


def test_a_model_that_takes_no_guidance_says_so(view):
    view.show(model=dataclasses.replace(card(), takes_guidance=False))
    assert "distilled" in slider(view).unavailable
    assert not view.host.viewer._head.box.isEnabled()


def test_what_is_shown_can_be_saved(view, recording, tmp_path):
    viewer, context = view.host.viewer, view.context
    context.guidance.set_scale(4.0)
    figures = {figure.name: figure for figure in viewer.figures(context.scene)}
    latent = figures["guidance-latent-call-0001-s4"].arrays["maps"]
    assert np.allclose(latent, expected(recording, 1, 4.0), rtol=1e-5, atol=1e-6)
    for figure in figures.values():
        assert export_figure(figure, tmp_path / f"{figure.name}.npz").exists()
        assert export_figure(figure, tmp_path / f"{figure.name}.png").exists()
    viewer._head.pages.button("steps").click()
    names = [figure.name for figure in viewer.figures(context.scene)]
    assert names == ["guidance-norms", "guidance-cosine", "guidance-scales"]


def test_all_controls_have_names_and_tips(view):
    assert without_a_name(view.host) == []


def test_the_help_has_the_formula(view):
    view.host.viewer._show_help()
    shown = [label for label in view.host.findChildren(QLabel) if "ε_∅ + s·" in label.text()]
    assert shown
    view.host.viewer._help.close()


def test_letting_go_runs_on_from_the_chosen_step(ran, qtbot):
    context = ran.context
    first = context.scene.recording
    viewer = at(ran, qtbot, 2)
    QTest.keyClick(viewer._head.slider, Qt.Key.Key_PageUp)
    chosen = context.guidance.scale
    qtbot.waitUntil(lambda: context.scene.recording is not first)
    fork = settled(ran, qtbot)
    qtbot.waitUntil(lambda: not viewer._head.slider.held)
    fork = settled(ran, qtbot)
    assert context.selection.state.call == 2
    assert fork.guidance[:2] == first.guidance[:2]
    assert set(fork.guidance[2:]) == {chosen}
    keep = next(one for one in ran.findChildren(QPushButton) if one.text() == "Keep")
    back = next(one for one in ran.findChildren(QPushButton) if one.text() == "Back")
    qtbot.waitUntil(keep.isVisible)
    qtbot.waitUntil(lambda: viewer._origin is not None)
    back.click()
    qtbot.waitUntil(lambda: context.scene.recording is first)
    context.scenes.flush()
    assert not keep.isVisible()


def test_at_the_last_step_nothing_is_run(ran, qtbot):
    context = ran.context
    first = context.scene.recording
    viewer = at(ran, qtbot, first.calls - 1)
    assert "earlier" in viewer._head._words.text()
    viewer._head.box.setValue(11.0)
    viewer._let_go()
    assert not context.futures.active


def test_with_the_kind_switched_off_nothing_is_run(ran, qtbot):
    viewer = at(ran, qtbot, 1)
    viewer._head._lamps["onward"].click()
    assert ran.context.guidance.reach == "step"
    ran.context.guidance.set_scale(11.0)
    viewer._let_go()
    assert not ran.context.futures.active


def test_moving_it_changes_the_run_that_goes(ran, qtbot):
    context = ran.context
    first = context.scene.recording
    context.document.set_spec(dataclasses.replace(context.document.spec, steps=80))
    ran.desk.run()
    qtbot.waitUntil(lambda: context.scene.recording is not first and context.scene.calls > 2)
    viewer = ran.hosts["guidance"].viewer
    QTest.keyClick(viewer._head.slider, Qt.Key.Key_PageUp)
    chosen = context.guidance.scale
    recording = settled(ran, qtbot)
    assert recording.guidance[0] == first.guidance[0]
    assert recording.guidance[-1] == chosen
    assert not context.futures.active


def test_a_missing_branch_can_be_added(ran, qtbot):
    run(ran, qtbot, guidance_scale=1.0)
    viewer = at(ran, qtbot, 1)
    head = viewer._head
    qtbot.waitUntil(head._mend.isVisible)
    assert "conditional branch alone" in head._missing.text()
    assert viewer._view.uncond is None
    head._mend.click()
    qtbot.waitUntil(lambda: viewer._view.uncond is not None)
    qtbot.waitUntil(lambda: not head._notice.isVisible())
    before = viewer._step.chosen_rgb
    ran.context.guidance.set_scale(12.0)
    assert not np.array_equal(viewer._step.chosen_rgb, before)


def test_a_curve_is_run_as_it_is_drawn(ran, qtbot):
    context = ran.context
    first = context.scene.recording
    viewer = at(ran, qtbot, 2)
    viewer._head.pages.button("steps").click()
    steps = viewer._steps
    steps._kind.setCurrentIndex(steps._kind.findData("linear"))
    steps._last.setValue(9.0)
    curve = steps.curve
    assert curve[0] == steps._first.value()
    assert curve[-1] == 9.0
    steps._run.click()
    qtbot.waitUntil(lambda: context.scene.recording is not first)
    assert settled(ran, qtbot).guidance == curve
    before = context.scene.recording
    qtbot.waitUntil(lambda: viewer._norms.calls == before.calls)
    steps._kind.setCurrentIndex(steps._kind.findData("constant"))
    steps._first.setValue(2.0)
    steps._preset()
    QApplication.sendEvent(steps._onward, QEvent(QEvent.Type.Enter))
    assert steps._editor.locked_until == 2, "what running on would keep is hatched"
    QApplication.sendEvent(steps._onward, QEvent(QEvent.Type.Leave))
    assert steps._editor.locked_until == 0
    steps._onward.click()
    qtbot.waitUntil(lambda: context.scene.recording is not before)
    assert settled(ran, qtbot).guidance == (*curve[:2], *[2.0] * (len(curve) - 2))


def test_a_sweep_keeps_its_runs(ran, qtbot):
    viewer = at(ran, qtbot, 1)
    viewer._head.pages.button("sweep").click()
    sweep = viewer._sweep
    sweep._scales.setText("1, 4")
    sweep._run.click()
    qtbot.waitUntil(lambda: len(sweep.swept) == 2)
    qtbot.waitUntil(lambda: not viewer._sweeping.active)
    assert [one.scale for one in sweep.swept] == [1.0, 4.0]
    for one in sweep.swept:
        assert Path(one.path).parent.parent == paths.recordings()
        recording = Recording.open(one.path)
        assert set(recording.guidance) == {one.scale}
        assert np.array_equal(recording.image(), one.picture)
    names = [figure.name for figure in viewer.figures(ran.context.scene)]
    assert names == ["guidance-sweep"]
    assert not sweep._pair.isVisible()
    QTest.mouseClick(sweep._two, LEFT, pos=QPoint(8, sweep._two.height() // 2))
    assert sweep._pair.isVisible()
    first, last = (one.picture.astype(float) for one in sweep.swept)
    assert [one.scale for one in sweep._pair.chosen] == [1.0, 4.0]
    assert np.allclose(sweep._pair.apart, np.abs(first - last).mean(axis=-1))
    assert sweep._pair.apart.max() > 0
    names = [figure.name for figure in viewer.figures(ran.context.scene)]
    assert names == ["guidance-sweep", "guidance-difference"]
    QTest.keyClick(sweep._pair._lists[1], Qt.Key.Key_Up)
    assert sweep._pair.apart.max() == 0, "a picture does not differ from itself"
    sweep._pair.opened.emit(1)
    qtbot.waitUntil(lambda: ran.context.scene.recording.path == sweep.swept[1].path)


@pytest.mark.parametrize(
    ("text", "scales"),
    [("1, 2,3.5", (1.0, 2.0, 3.5)), ("7.5;1 7.5", (7.5, 1.0)), ("-1 0", (-1.0, 0.0))],
)
def test_a_list_of_scales_is_read(text, scales):
    assert read_scales(text) == scales


@pytest.mark.parametrize("text", ["", " , ", "1, x", "nan", "1 inf", " ".join(map(str, range(99)))])
def test_a_list_that_will_not_do_says_why(text):
    with pytest.raises(ValueError, match=rf"number|scales|{MOST}"):
        read_scales(text)


def test_a_wrong_list_is_told_where_it_was_typed(view):
    view.show(model=card())
    sweep = view.host.viewer._sweep
    view.host.viewer._head.pages.button("sweep").click()
    sweep._scales.setText("1, two")
    QTest.keyClick(sweep._scales, Qt.Key.Key_Return)
    assert "two" in sweep._wrong.text()
    assert sweep._wrong.isVisible()
