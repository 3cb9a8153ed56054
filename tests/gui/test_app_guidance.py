"""The live scale and the other futures of a run, in a real window with a real model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from sdinspector.app.document import Document
from sdinspector.app.guidance import GuidanceControl
from sdinspector.core import RunSpec, paths
from sdinspector.recording import Recording

LEFT = Qt.MouseButton.LeftButton
STEPS = 6


@pytest.fixture
def document():
    made = Document()
    made.set_spec(RunSpec(prompt="a", guidance_scale=3.0))
    return made


@pytest.fixture
def control(document):
    return GuidanceControl(document)


@pytest.fixture
def ran(window, qtbot):
    """The window with a finished run of a few steps."""
    window.top_bar.steps.setValue(STEPS)
    qtbot.mouseClick(window.top_bar.run, LEFT)
    settled(window, qtbot)
    return window


def settled(window, qtbot) -> Recording:
    qtbot.waitUntil(lambda: not window.runs.active)
    qtbot.waitUntil(lambda: bool(window.context.scene.panes) and window.context.scene.pane.finished)
    return window.context.scene.recording


def wait_for_another(window, qtbot, before: Recording) -> Recording:
    qtbot.waitUntil(lambda: window.context.scene.recording is not before)
    return settled(window, qtbot)


def test_a_tick_is_told_once_and_is_the_next_runs_scale(control, document, qtbot):
    told = []
    control.moved.connect(lambda *values: told.append(values))
    control.set_scale(5.5)
    control.set_scale(5.5)
    control.set_rescale(0.25)
    assert told == [(5.5, 0.0), (5.5, 0.25)]
    assert (document.spec.guidance_scale, document.spec.guidance_rescale) == (5.5, 0.25)


@pytest.mark.parametrize("scale", [float("nan"), float("inf")])
def test_what_is_no_number_is_left_alone(control, document, scale):
    control.set_scale(scale)
    assert control.scale == document.spec.guidance_scale == 3.0


def test_another_recordings_parameters_move_the_scale(control, document):
    document.set_spec(RunSpec(prompt="b", guidance_scale=9.0))
    assert control.scale == 9.0


def test_a_run_hears_of_moves_made_while_it_goes(control):
    control.set_scale(4.0)
    control.begin_run()
    assert control.reach == "run"
    assert control.scale_for(0) is None
    control.set_scale(8.0)
    assert control.scale_for(1) == 8.0
    control.end_run()
    assert control.scale_for(2) is None
    assert control.reach == "onward"


def test_with_live_off_a_run_hears_nothing(control):
    control.begin_run()
    control.set_scale(6.0)
    control.set_live(False)
    assert control.scale_for(0) is None
    control.set_scale(8.0)
    assert control.scale_for(1) is None
    assert control.reach == "step"


def test_a_future_shares_the_past_and_keeps_the_step(ran, qtbot):
    context = ran.context
    first = context.scene.recording
    context.select(call=2)
    context.futures.run_on(first, 2, guidance_scale=9.0)
    fork = wait_for_another(ran, qtbot, first)
    assert context.selection.state.call == 2
    assert context.futures.branching.origin is first
    assert fork.guidance[:2] == first.guidance[:2]
    assert set(fork.guidance[2:]) == {9.0}
    assert np.array_equal(fork.array(2, "latent"), first.array(2, "latent"))
    assert not np.array_equal(fork.final_latent(), first.final_latent())
    assert Path(fork.path).parent.parent.parent == paths.cache() / "forks"


def test_going_back_shows_the_recording_that_was_left(ran, qtbot):
    context = ran.context
    first = context.scene.recording
    context.futures.run_on(first, 1, guidance_scale=2.0)
    wait_for_another(ran, qtbot, first)
    context.futures.back()
    assert context.scene.recording is first
    assert context.futures.branching is None


def test_a_future_of_a_future_leaves_the_first_recording(ran, qtbot):
    context = ran.context
    first = context.scene.recording
    context.futures.run_on(first, 2, guidance_scale=2.0)
    second = wait_for_another(ran, qtbot, first)
    context.futures.run_on(second, 1, guidance_scale=4.0)
    third = wait_for_another(ran, qtbot, second)
    assert context.futures.branching.origin is first
    assert set(third.guidance[1:]) == {4.0}
    context.futures.run_on(third, 3, guidance_scale=6.0)
    fourth = wait_for_another(ran, qtbot, third)
    assert context.futures.branching.origin is third
    assert fourth.guidance == (*third.guidance[:3], *[6.0] * (third.calls - 3))


def test_the_newest_wish_is_the_one_that_is_shown(ran, qtbot):
    context = ran.context
    first = context.scene.recording
    for scale in (2.0, 3.0, 4.0, 5.0, 11.0):
        context.futures.run_on(first, 0, guidance_scale=scale)
    wait_for_another(ran, qtbot, first)
    qtbot.waitUntil(lambda: context.scene.recording.spec.guidance_scale == 11.0)
    assert settled(ran, qtbot).status == "complete"
    assert not context.futures.active


def test_keeping_one_moves_it_to_the_recordings(ran, qtbot):
    context = ran.context
    first = context.scene.recording
    context.futures.run_on(first, 1, guidance_scale=2.0)
    fork = wait_for_another(ran, qtbot, first)
    was = Path(fork.path)
    qtbot.waitUntil(lambda: not context.futures.active)
    context.futures.keep()
    qtbot.waitUntil(lambda: context.scene.recording is not fork)
    kept = context.scene.recording
    assert Path(kept.path).parent == paths.recordings()
    assert kept.id == fork.id
    assert not was.exists()
    assert context.futures.branching is None


def test_what_nobody_keeps_goes_with_the_window(ran, qtbot):
    context = ran.context
    first = context.scene.recording
    context.futures.run_on(first, 1, guidance_scale=2.0)
    fork = wait_for_another(ran, qtbot, first)
    ran.close()
    assert not Path(fork.path).exists()
    assert Path(first.path).exists()


def test_old_futures_are_deleted_but_none_that_another_needs(ran, qtbot):
    context = ran.context
    first = context.scene.recording
    before, made = first, []
    for number in range(8):
        context.futures.run_on(first, 4, guidance_scale=2.0 + number)
        before = wait_for_another(ran, qtbot, before)
        made.append(Path(before.path))
    qtbot.waitUntil(lambda: not made[0].exists())
    assert made[-1].exists()
    assert sum(path.exists() for path in made) <= 7


def test_moving_the_slider_changes_the_run_that_goes(window, qtbot):
    window.top_bar.steps.setValue(60)
    qtbot.mouseClick(window.top_bar.run, LEFT)
    qtbot.waitUntil(lambda: window.context.scene.calls > 2)
    qtbot.keyClick(window.top_bar.guidance.slider, Qt.Key.Key_Right)
    chosen = window.top_bar.guidance.value()
    recording = settled(window, qtbot)
    scales = recording.guidance
    assert scales[0] != chosen
    assert scales[-1] == chosen
    assert [edit.kind for edit in recording.spec.edits] == ["guidance"]


def test_without_live_the_slider_is_for_the_next_run(window, qtbot):
    window.top_bar.live.click()
    window.top_bar.steps.setValue(40)
    qtbot.mouseClick(window.top_bar.run, LEFT)
    qtbot.waitUntil(lambda: window.context.scene.calls > 2)
    qtbot.keyClick(window.top_bar.guidance.slider, Qt.Key.Key_Right)
    recording = settled(window, qtbot)
    assert len(set(recording.guidance)) == 1
    assert window.context.document.spec.guidance_scale != recording.guidance[0]
