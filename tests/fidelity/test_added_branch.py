"""The unconditional branch that is added afterwards is what the denoiser says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sdinspector.core import Cancelled, Edit, InspectorError
from sdinspector.engine import (
    Model,
    add_uncond,
    add_uncond_iter,
    model_from_pipeline,
    observe,
    run,
    run_iter,
)
from sdinspector.recording import Recording
from sdinspector.recording.branches import calls_without_uncond, pair
from tests import tiny
from tests.fidelity.plain_runs import NAMES, SPEC, out, spec_for


@pytest.mark.parametrize("scheduler", NAMES)
def test_it_is_the_prediction_for_the_negative_prompt_on_the_recorded_latents(
    tiny_model: Model, tmp_path: Path, scheduler: str
) -> None:
    spec = spec_for(scheduler, guidance_scale=1.0)
    recording = run(tiny_model, spec, out(tmp_path))
    both = run(tiny_model, replace(spec, branches="both"), out(tmp_path, "both"))
    seen: list[int] = []
    add_uncond(tiny_model, recording, lambda done: seen.append(done.call))
    assert seen == list(range(recording.calls))
    for call in range(recording.calls):
        uncond, cond = pair(recording, call)
        expected = both.array(call, "noise_uncond")
        np.testing.assert_allclose(uncond, expected, rtol=1e-4, atol=2e-5)
        assert np.array_equal(cond, recording.array(call, "noise_cond"))
    # With a batch of 1 as well it is the same to the last bit: here the words are the negative
    # prompt's, on the same first latent.
    words = replace(spec, prompt=spec.negative_prompt)
    alone = run(tiny_model, words, out(tmp_path, "alone"))
    assert np.array_equal(pair(recording, 0)[0], alone.array(0, "noise_cond"))


def test_only_the_calls_that_lack_it_are_asked(tiny_model: Model, tmp_path: Path) -> None:
    edit = Edit("guidance", from_call=2, value=3.0)
    recording = run(tiny_model, replace(SPEC, guidance_scale=1.0, edits=(edit,)), out(tmp_path))
    assert calls_without_uncond(recording) == (0, 1)
    steps = [(done.call, done.calls, done.step) for done in add_uncond_iter(tiny_model, recording)]
    assert steps == [(0, 2, 0), (1, 2, 0)]  # PNDM calls its first step twice
    assert calls_without_uncond(Recording.open(recording.path)) == ()
    assert list(add_uncond_iter(tiny_model, recording)) == []
    assert not recording.has(0, "noise_uncond")


def test_an_observed_picture_takes_it_too(tiny_model: Model, tmp_path: Path) -> None:
    picture = np.full((16, 16, 3), 99, np.uint8)
    recording = observe(
        tiny_model, picture, "a star", [100, 500], out(tmp_path), guidance_scale=1.0
    )
    add_uncond(tiny_model, recording)
    assert pair(recording, 1)[0] is not None


def test_what_is_stopped_stores_nothing(tiny_model: Model, tmp_path: Path) -> None:
    recording = run(tiny_model, replace(SPEC, guidance_scale=1.0), out(tmp_path))
    seen: list[int] = []
    with pytest.raises(Cancelled):
        add_uncond(tiny_model, recording, lambda done: seen.append(1), lambda: len(seen) == 2)
    calls = add_uncond_iter(tiny_model, recording)
    next(calls)
    calls.close()
    assert calls_without_uncond(Recording.open(recording.path)) == tuple(range(recording.calls))


def test_another_model_or_a_recording_without_calls_of_its_own_is_refused(
    tiny_model: Model, tmp_path: Path
) -> None:
    recording = run(tiny_model, replace(SPEC, guidance_scale=1.0), out(tmp_path))
    other = model_from_pipeline(tiny.two_level_pipeline(seed=1))
    with pytest.raises(InspectorError) as caught:
        add_uncond(other, recording)
    assert caught.value.code == "replay.wrong-model"
    running = run_iter(tiny_model, replace(SPEC, guidance_scale=1.0), out(tmp_path, "running"))
    next(running)
    with pytest.raises(InspectorError) as caught:
        add_uncond(tiny_model, Recording.open(out(tmp_path, "running")))
    assert caught.value.code == "recording.being-written"
    running.close()
    # What was stopped is finished, too.
    add_uncond(tiny_model, Recording.open(out(tmp_path, "running")))
