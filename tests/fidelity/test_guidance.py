"""Guidance that changes: forks, changes in mid-run and curves are what a plain loop makes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sdinspector.analysis import guidance
from sdinspector.core import CaptureSpec, Edit, InspectorError, RunSpec, curve_of, edits_of
from sdinspector.engine import (
    Model,
    add_uncond,
    check_identity,
    fork,
    model_from_pipeline,
    replay,
    run,
    run_iter,
)
from sdinspector.engine.forking import fork_iter
from sdinspector.engine.sampling import drive
from sdinspector.recording import Recording
from sdinspector.recording.attention import attention_layers, sum_calls
from tests.fidelity.plain_runs import NAMES, SPEC, equal, out, plain_pipeline, plain_run, spec_for
from tests.fidelity.test_denoised import CANNOT_SAMPLE, TYPES, converted, reference

CURVE = (7.5, 6.0, 0.5, 1.0, -2.0, 0.0, 3.0)


def reference_loop(
    model: Model, spec: RunSpec, scales: Callable[[int], float], look: Any = None
) -> torch.Tensor:
    """Return the last latent of a denoising loop with both branches, written out by hand.

    ``look`` is shown each call before the scheduler steps.
    """
    pipeline = plain_pipeline(model, spec)
    scheduler = pipeline.scheduler
    generator = torch.Generator("cpu").manual_seed(spec.seed)
    with torch.no_grad():
        cond, uncond = pipeline.encode_prompt(
            spec.prompt,
            "cpu",
            1,
            do_classifier_free_guidance=True,
            negative_prompt=spec.negative_prompt or None,
        )
        scheduler.set_timesteps(spec.steps)
        side = pipeline.unet.config.sample_size
        latent = torch.randn(1, 4, side, side, generator=generator) * scheduler.init_noise_sigma
        options = pipeline.prepare_extra_step_kwargs(generator, 0.0)
        for call, timestep in enumerate(scheduler.timesteps):
            given = scheduler.scale_model_input(torch.cat([latent] * 2), timestep)
            text = torch.cat([uncond, cond])
            output = pipeline.unet(given, timestep, encoder_hidden_states=text).sample
            nothing, words = output.chunk(2)
            if look is not None:
                look(scheduler, timestep, latent, (nothing, words))
            guided = nothing + scales(call) * (words - nothing)
            latent = scheduler.step(guided, timestep, latent, **options).prev_sample
    return latent[0]


def same(one: Recording, other: Recording) -> None:
    """Check that two recordings hold the same trajectory, to the last bit."""
    assert one.calls == other.calls
    assert one.guidance == other.guidance
    for call in range(one.calls):
        assert one.call(call).names == other.call(call).names
        assert one.call(call).branches == other.call(call).branches
        for name in one.call(call).names:
            assert np.array_equal(one.array(call, name), other.array(call, name)), (call, name)
    assert np.array_equal(one.final_latent(), other.final_latent())


@pytest.mark.parametrize("scheduler", NAMES)
@pytest.mark.parametrize("scale", [3.0, 0.5])
def test_fork_at_the_first_call_of_a_curve_equals_a_plain_run_at_the_new_scale(
    tiny_model: Model, tmp_path: Path, scheduler: str, scale: float
) -> None:
    original = run(tiny_model, spec_for(scheduler, edits=edits_of(CURVE)), out(tmp_path))
    forked = fork(tiny_model, original, 0, out(tmp_path, "fork"), guidance_scale=scale)
    plain = plain_run(tiny_model, spec_for(scheduler, guidance_scale=scale))
    assert equal(forked.final_latent(), plain)
    assert forked.spec.edits == ()


@pytest.mark.parametrize("scheduler", NAMES)
@pytest.mark.parametrize("scale", [3.0, 0.5])
def test_scale_changed_at_a_call_equals_a_loop_that_changes_it_there(
    tiny_model: Model, tmp_path: Path, scheduler: str, scale: float
) -> None:
    spec = spec_for(scheduler)
    original = run(tiny_model, spec, out(tmp_path))
    step = 2
    forked = fork(tiny_model, original, step, out(tmp_path, "fork"), guidance_scale=scale)
    latent = reference_loop(tiny_model, spec, lambda call: scale if call >= step else 7.5)
    assert equal(forked.final_latent(), latent)
    steered = run_iter(
        tiny_model,
        spec,
        out(tmp_path, "steered"),
        live=lambda call: scale if call == step else None,
    )
    same(drive(steered, None), forked)


@pytest.mark.parametrize("scheduler", NAMES)
def test_an_edited_curve_reproduces_its_own_recording(
    tiny_model: Model, tmp_path: Path, scheduler: str
) -> None:
    spec = spec_for(scheduler, edits=edits_of(CURVE))
    recorded = run(tiny_model, spec, out(tmp_path))
    values = curve_of(recorded.spec, recorded.calls)
    assert recorded.guidance == values == (*CURVE, 3.0, 3.0)[: recorded.calls]
    assert equal(recorded.final_latent(), reference_loop(tiny_model, spec, lambda i: values[i]))
    opened = Recording.open(recorded.path)
    same(run(tiny_model, opened.spec, out(tmp_path, "again")), recorded)
    # The same values, drawn by hand over the recording and played back.
    drawn = replace(opened.spec, guidance_scale=1.0, edits=edits_of(values))
    same(run(tiny_model, drawn, out(tmp_path, "drawn")), recorded)


@pytest.mark.parametrize("scheduler", NAMES)
@pytest.mark.parametrize("first", [7.5, 1.0])
def test_a_run_steered_by_hand_is_made_again_by_its_description(
    tiny_model: Model, tmp_path: Path, scheduler: str, first: float
) -> None:
    moves = {1: None, 2: 3.0, 3: 0.5, 4: 0.5, 5: -1.0}
    spec = spec_for(scheduler, guidance_scale=first)
    steered = drive(run_iter(tiny_model, spec, out(tmp_path), live=moves.get), None)
    expected = [first, first, 3.0, 0.5, 0.5, -1.0, -1.0, -1.0, -1.0][: steered.calls]
    assert list(steered.guidance) == expected
    assert curve_of(Recording.open(steered.path).spec, steered.calls) == tuple(expected)
    # At s = 1 the words alone were asked for, until the first move.
    both = [call >= 2 or first > 1.0 for call in range(steered.calls)]
    assert [steered.has(call, "noise_uncond") for call in range(steered.calls)] == both
    same(run(tiny_model, steered.spec, out(tmp_path, "again")), steered)
    for call in range(steered.calls):
        assert replay(tiny_model, steered, call).verdict == "exact"
    # A fork of it with nothing changed has its past and its future.
    same(fork(tiny_model, steered, 3, out(tmp_path, "fork")), steered)


def test_a_run_that_nobody_steers_is_the_plain_one(tiny_model: Model, tmp_path: Path) -> None:
    for scale in (7.5, 1.0, 0.5):
        spec = replace(SPEC, guidance_scale=scale)
        asked: list[int] = []
        recording = drive(
            run_iter(
                tiny_model,
                spec,
                out(tmp_path, f"live-{scale}"),
                live=lambda call: asked.append(call) or scale,  # noqa: B023
            ),
            None,
        )
        assert asked == list(range(recording.calls))
        assert recording.spec == spec
        assert equal(recording.final_latent(), plain_run(tiny_model, spec))


def test_a_scale_that_is_no_number_changes_nothing(tiny_model: Model, tmp_path: Path) -> None:
    plain = run(tiny_model, SPEC, out(tmp_path, "plain"))
    answers = [float("nan"), float("inf"), None, -float("inf")]
    calls = run_iter(tiny_model, SPEC, out(tmp_path), live=lambda call: answers[call % 4])
    same(drive(calls, None), plain)


@pytest.mark.filterwarnings("ignore:(invalid value|overflow):RuntimeWarning")
@pytest.mark.parametrize("scale", [1e6, -1e6, 1e300, np.float32(3.25)])
def test_an_absurd_scale_runs_to_its_end(tiny_model: Model, tmp_path: Path, scale: float) -> None:
    calls = run_iter(tiny_model, SPEC, out(tmp_path), live=lambda call: scale if call else None)
    recording = drive(calls, None)
    assert recording.status == "complete"
    assert recording.guidance[1:] == (float(scale),) * (recording.calls - 1)
    assert recording.image() is not None


def test_a_fork_can_be_steered_from_its_first_new_call_on(
    tiny_model: Model, tmp_path: Path
) -> None:
    original = run(tiny_model, SPEC, out(tmp_path))
    asked: list[int] = []

    def hand(call: int) -> float:
        asked.append(call)
        return float(call)

    forked = drive(
        fork_iter(tiny_model, original, 2, out(tmp_path, "fork"), live=hand, guidance_scale=9.0),
        None,
    )
    assert asked == [2, 3, 4]
    assert forked.guidance == (7.5, 7.5, 2.0, 3.0, 4.0)
    same(run(tiny_model, forked.spec, out(tmp_path, "again")), forked)
    asked.clear()
    at_once = drive(fork_iter(tiny_model, original, 0, out(tmp_path, "at-once"), live=hand), None)
    assert at_once.guidance == (0.0, 1.0, 2.0, 3.0, 4.0)
    same(run(tiny_model, at_once.spec, out(tmp_path, "at-once-again")), at_once)


def test_a_change_is_on_the_disk_before_its_call_begins(tiny_model: Model, tmp_path: Path) -> None:
    calls = run_iter(tiny_model, SPEC, out(tmp_path), live=lambda call: 2.0 if call == 1 else None)
    next(calls)
    assert Recording.open(out(tmp_path)).spec.edits == ()
    next(calls)
    running = Recording.open(out(tmp_path))
    assert (running.status, running.calls) == ("running", 2)
    assert running.spec.edits == (Edit("guidance", from_call=1, value=2.0),)
    assert running.guidance == (7.5, 2.0)
    calls.close()
    stopped = Recording.open(out(tmp_path))
    assert stopped.status == "cancelled"
    whole = run(tiny_model, stopped.spec, out(tmp_path, "whole"))
    assert np.array_equal(whole.array(1, "noise_cond"), stopped.array(1, "noise_cond"))
    # A fork finishes what was stopped, curve and all.
    same(fork(tiny_model, stopped, 2, out(tmp_path, "fork")), whole)


def test_a_fork_cannot_bring_a_branch_to_the_calls_before_it(
    tiny_model: Model, tmp_path: Path
) -> None:
    original = run(tiny_model, replace(SPEC, guidance_scale=1.0), out(tmp_path))
    with pytest.raises(InspectorError) as caught:
        fork(tiny_model, original, 2, out(tmp_path, "fork"), edits=(Edit("guidance", value=1.0),))
    assert caught.value.code == "fork.past-changed"


def test_a_branch_that_comes_in_mid_run_is_captured_from_there_on(
    tiny_model: Model, tmp_path: Path
) -> None:
    capture = CaptureSpec(("*",), ("*",), ("mid_block.*",), both_branches=True)
    spec = replace(SPEC, guidance_scale=1.0, capture=capture)
    recording = drive(run_iter(tiny_model, spec, out(tmp_path), live={2: 3.0}.get), None)
    assert recording.status == "complete"
    for call in range(recording.calls):
        branches = 1 if call < 2 else 2
        for name, shape in recording.call(call).shapes.items():
            if name.startswith(("statistics/", "activation/mid_block.resnets")):
                assert shape[0] == branches
    assert [call for call in range(5) if attention_layers(recording, call, "uncond")] == [2, 3, 4]
    assert sum_calls(recording, [2, 3], branch="uncond").count == 2
    same(run(tiny_model, recording.spec, out(tmp_path, "again")), recording)


def test_a_model_with_guidance_distilled_into_it_is_told_the_scale_by_call(
    tiny_pipeline: Any, tmp_path: Path
) -> None:
    # Settings that it lists as defaults would be put back.
    config = {**tiny_pipeline.unet.config, "time_cond_proj_dim": 16, "_use_default_values": []}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        tiny_pipeline.unet = type(tiny_pipeline.unet).from_config(config).eval()
    model = model_from_pipeline(tiny_pipeline)
    steered = drive(run_iter(model, SPEC, out(tmp_path), live={2: 3.0}.get), None)
    assert steered.guidance == (7.5, 7.5, 3.0, 3.0, 3.0)
    assert not any(steered.has(call, "noise_uncond") for call in range(5))
    plain = run(model, SPEC, out(tmp_path, "plain"))
    assert np.array_equal(plain.array(1, "noise_cond"), steered.array(1, "noise_cond"))
    assert not np.array_equal(plain.array(2, "noise_cond"), steered.array(2, "noise_cond"))
    same(run(model, steered.spec, out(tmp_path, "again")), steered)
    for refused, code in (
        (lambda: add_uncond(model, steered), "branches.no-guidance"),
        (lambda: check_identity(model, steered), "identity.not-comparable"),
    ):
        with pytest.raises(InspectorError) as caught:
            refused()
        assert caught.value.code == code


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("scheduler", NAMES)
def test_denoised_prediction_at_another_scale_is_what_the_scheduler_would_make_of_it(
    tiny_model: Model, tmp_path: Path, scheduler: str, kind: str
) -> None:
    if kind == "sample" and scheduler in CANNOT_SAMPLE:
        pytest.skip("this scheduler refuses to predict samples")
    spec = spec_for(scheduler, scheduler_settings={"prediction_type": kind})
    recording = run(tiny_model, spec, out(tmp_path))
    theirs: list[torch.Tensor] = []

    def look(scheduler: Any, timestep: Any, latent: Any, pair: Any) -> None:
        guided = pair[0] + 2.0 * (pair[1] - pair[0])
        other = copy.deepcopy(scheduler)
        if hasattr(other, "convert_model_output"):
            if other.step_index is None:
                other._init_step_index(timestep)
            theirs.append(converted(other, guided, latent))
            return
        returned = other.step(guided, timestep, latent)
        theirs.append(reference(scheduler, guided, timestep, latent, returned))

    reference_loop(tiny_model, spec, lambda _: spec.guidance_scale, look)
    assert len(theirs) == recording.calls
    for index, expected in enumerate(theirs):
        call = recording.call(index)
        uncond, cond = (recording.array(index, f"noise_{name}") for name in ("uncond", "cond"))
        guided = guidance.combine(uncond, cond, 2.0)
        latent = recording.array(index, "latent")
        shown = guidance.denoised(latent, guided, call.a, call.b, call.clip)
        np.testing.assert_allclose(shown, expected[0].numpy(), rtol=1e-5, atol=1e-5)
