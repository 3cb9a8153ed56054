"""A fork goes on exactly where its original was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sdinspector.core import Cancelled, CaptureSpec, Edit, InspectorError
from sdinspector.engine import Model, fork, replay, run
from sdinspector.engine.forking import changed_spec
from tests.fidelity.plain_runs import NAMES, SPEC, equal, out, plain_pipeline, plain_run, spec_for


@pytest.mark.parametrize("scheduler", NAMES)
def test_fork_at_every_call_with_nothing_changed_ends_as_the_original(
    tiny_model: Model, tmp_path: Path, scheduler: str
) -> None:
    # Three calls at the least, which second-order solvers make of two steps.
    steps = 2 if scheduler in ("heun", "kdpm2", "kdpm2-a") else 3
    original = run(tiny_model, spec_for(scheduler, steps=steps), out(tmp_path))
    for step in range(original.calls + 1):
        forked = fork(tiny_model, original, step, out(tmp_path, f"fork-{step}"))
        assert np.array_equal(forked.final_latent(), original.final_latent())
        assert forked.parent is not None
        assert forked.parent["id"] == original.id
        assert forked.parent.get("exact", True)
        for call in range(original.calls):
            for name in ("latent", "noise_cond", "noise_uncond", "denoised"):
                assert np.array_equal(forked.array(call, name), original.array(call, name))


@pytest.mark.parametrize("scheduler", NAMES)
def test_fork_at_the_first_call_with_another_scale_equals_a_plain_run_at_it(
    tiny_model: Model, tmp_path: Path, scheduler: str
) -> None:
    original = run(tiny_model, spec_for(scheduler), out(tmp_path))
    forked = fork(tiny_model, original, 0, out(tmp_path, "fork"), guidance_scale=3.0)
    plain = plain_run(tiny_model, spec_for(scheduler, guidance_scale=3.0))
    assert equal(forked.final_latent(), plain)


@pytest.mark.parametrize("scheduler", NAMES)
def test_scale_changed_in_mid_run_equals_a_pipeline_that_changes_it_there(
    tiny_model: Model, tmp_path: Path, scheduler: str
) -> None:
    spec = spec_for(scheduler)
    original = run(tiny_model, spec, out(tmp_path))
    step = 2
    forked = fork(tiny_model, original, step, out(tmp_path, "fork"), guidance_scale=3.0)
    pipeline = plain_pipeline(tiny_model, spec)

    def change(pipe, index, _timestep, values):  # type: ignore[no-untyped-def]
        if index == step - 1:
            pipe._guidance_scale = 3.0
        return values

    latent = pipeline(
        spec.prompt,
        negative_prompt=spec.negative_prompt,
        num_inference_steps=spec.steps,
        guidance_scale=spec.guidance_scale,
        generator=torch.Generator("cpu").manual_seed(spec.seed),
        callback_on_step_end=change,
        output_type="latent",
    ).images[0]
    assert equal(forked.final_latent(), latent)
    assert forked.guidance == tuple(7.5 if call < step else 3.0 for call in range(forked.calls))
    again = run(tiny_model, forked.spec, out(tmp_path, "again"))
    assert np.array_equal(again.final_latent(), forked.final_latent())


def test_fork_with_another_prompt_keeps_the_past_and_changes_the_rest(
    tiny_model: Model, tmp_path: Path
) -> None:
    original = run(tiny_model, replace(SPEC, capture=CaptureSpec()), out(tmp_path))
    forked = fork(tiny_model, original, 2, out(tmp_path, "fork"), prompt="a blue star")
    assert np.array_equal(forked.array(1, "noise_cond"), original.array(1, "noise_cond"))
    assert np.array_equal(forked.array(2, "latent"), original.array(2, "latent"))
    assert not np.array_equal(forked.array(2, "noise_cond"), original.array(2, "noise_cond"))
    assert forked.call(1).metadata["tokens"] == "cond"
    edited = forked.call(2).metadata["tokens"]
    assert edited.startswith("cond@")
    assert [token.text for token in forked.tokens[edited][1:4]] == ["a", "blue", "star"]
    name = next(name for name in forked.call(2).names if name.startswith("cross_attention/"))
    assert forked.call(1).shapes[name][1] == 10 + 1
    assert forked.call(2).shapes[name][1] == 5 + 1
    again = run(tiny_model, forked.spec, out(tmp_path, "again"))
    assert np.array_equal(again.final_latent(), forked.final_latent())


def test_fork_that_drops_a_later_edit_still_replays_its_past(
    tiny_model: Model, tmp_path: Path
) -> None:
    late = Edit("prompt", from_call=3, value="star")
    early = Edit("prompt", from_call=1, to_call=1, value="red")
    original = run(tiny_model, replace(SPEC, edits=(late, early)), out(tmp_path))
    forked = fork(tiny_model, original, 2, out(tmp_path, "fork"), edits=(early,))
    for call in range(forked.calls):
        assert replay(tiny_model, forked, call).verdict == "exact"


def test_fork_of_a_cancelled_run_finishes_it(tiny_model: Model, tmp_path: Path) -> None:
    whole = run(tiny_model, SPEC, out(tmp_path, "whole"))
    done = []
    with pytest.raises(Cancelled):
        run(tiny_model, SPEC, out(tmp_path), done.append, lambda: len(done) == 2)
    from sdinspector.recording import Recording

    cancelled = Recording.open(out(tmp_path))
    assert (cancelled.status, cancelled.calls) == ("cancelled", 2)
    forked = fork(tiny_model, cancelled, cancelled.calls, out(tmp_path, "fork"))
    assert np.array_equal(forked.final_latent(), whole.final_latent())


def test_fork_from_one_branch_to_both(tiny_model: Model, tmp_path: Path) -> None:
    original = run(tiny_model, replace(SPEC, guidance_scale=1.0), out(tmp_path))
    assert not original.has(0, "noise_uncond")
    forked = fork(tiny_model, original, 2, out(tmp_path, "fork"), guidance_scale=7.5)
    assert not forked.has(1, "noise_uncond")
    assert forked.has(2, "noise_uncond")
    assert forked.status == "complete"


def test_fork_refuses_what_it_cannot_do(tiny_model: Model, tmp_path: Path) -> None:
    original = run(tiny_model, SPEC, out(tmp_path))
    for code, step, changes in (
        ("fork.no-call", 99, {}),
        ("fork.no-call", -1, {}),
        ("fork.unknown-change", 1, {"colour": "red"}),
        ("fork.cannot-change", 1, {"seed": 8}),
        ("fork.past-changed", 2, {"edits": (Edit("guidance", from_call=1, value=2.0),)}),
    ):
        with pytest.raises(InspectorError) as caught:
            fork(tiny_model, original, step, out(tmp_path, "fork"), **changes)
        assert caught.value.code == code
    with pytest.raises(InspectorError) as caught:
        fork(tiny_model, original, 1, original.path, overwrite=True)
    assert caught.value.code == "fork.onto-itself"
    assert not out(tmp_path, "fork").exists()


def test_edits_given_in_full_are_those_of_the_new_run() -> None:
    edit = Edit("guidance", from_call=2, value=3.0)
    assert changed_spec(SPEC, 2, {"edits": (edit,)}).edits == (edit,)
    assert changed_spec(SPEC, 0, {"seed": 8}).seed == 8
