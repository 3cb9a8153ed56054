"""x̂₀ = a·x_t + b·output agrees with every scheduler's own view of it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sdinspector.analysis import guidance
from sdinspector.core import SCHEDULERS, InspectorError, RunSpec
from sdinspector.engine import Model, run
from sdinspector.engine.schedules import coefficients, make_scheduler, scaled_input, steps_of_calls
from tests.fidelity.plain_runs import NAMES, out, spec_for

TYPES = ("epsilon", "v_prediction", "sample")
# What these classes do not implement, they refuse.
CANNOT_SAMPLE = {"pndm", "euler-a", "kdpm2", "kdpm2-a"}
# Those whose step returns no pred_original_sample, and PNDM, which has neither.
CONVERTS = {"dpm++2m", "dpm++2m-karras", "dpm++2m-sde", "dpm++2s", "dpm++sde", "unipc"}


def reference(scheduler: Any, output: Any, timestep: Any, sample: Any, returned: Any) -> Any:
    """Return the denoised prediction as the scheduler itself has it, or as its formula says."""
    name = type(scheduler).__name__
    alpha_bar = None
    if name in ("PNDMScheduler", "LCMScheduler"):
        # LCM's step returns the boundary-conditioned output, PNDM's returns nothing.
        alpha_bar = float(scheduler.alphas_cumprod[int(timestep)])
    elif hasattr(returned, "pred_original_sample"):
        return returned.pred_original_sample
    if alpha_bar is None:
        raise AssertionError(name)
    root, rest = math.sqrt(alpha_bar), math.sqrt(1.0 - alpha_bar)
    return {
        "epsilon": (sample - rest * output) / root,
        "v_prediction": root * sample - rest * output,
        "sample": output,
    }[scheduler.config.prediction_type]


def converted(scheduler: Any, output: Any, sample: Any) -> Any:
    """Return what ``convert_model_output`` says, as a denoised prediction; before the step."""
    value = scheduler.convert_model_output(output, sample=sample)
    if type(scheduler).__name__ == "DEISMultistepScheduler":  # converts to ε
        sigma = scheduler.sigmas[scheduler.step_index]
        alpha, sigma = scheduler._sigma_to_alpha_sigma_t(sigma)
        return (sample - sigma * value) / alpha
    return value


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("name", NAMES)
def test_a_and_b_agree_with_the_scheduler(tiny_model: Model, name: str, kind: str) -> None:
    spec = RunSpec(scheduler=name, steps=5, scheduler_settings={"prediction_type": kind})
    scheduler = make_scheduler(tiny_model.pipeline, spec)
    scheduler.set_timesteps(spec.steps)
    random = torch.Generator().manual_seed(0)
    sample = torch.randn(1, 4, 8, 8, generator=random) * scheduler.init_noise_sigma
    options = {"generator": random} if name in ("ddpm", "ddim", "euler-a", "lcm") else {}
    for timestep in scheduler.timesteps:
        output = torch.randn(1, 4, 8, 8, generator=random)
        scaled = scheduler.scale_model_input(sample, timestep)
        found = coefficients(scheduler, timestep)
        assert torch.equal(scaled_input(sample, found.input_scale), scaled)
        ours = found.a * sample + found.b * output
        if hasattr(scheduler, "convert_model_output"):
            theirs = converted(scheduler, output, sample)
        if kind == "sample" and name in CANNOT_SAMPLE:
            with pytest.raises((NotImplementedError, ValueError)):
                scheduler.step(output, timestep, sample, **options)
            return
        returned = scheduler.step(output, timestep, sample, **options)
        if not hasattr(scheduler, "convert_model_output"):
            theirs = reference(scheduler, output, timestep, sample, returned)
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
        sample = returned.prev_sample


@pytest.mark.parametrize("name", NAMES)
def test_recorded_denoised_prediction_follows_from_the_recorded_numbers(
    tiny_model: Model, tmp_path: Path, name: str
) -> None:
    recording = run(tiny_model, spec_for(name), out(tmp_path))
    for index in range(recording.calls):
        call = recording.call(index)
        guided = guidance.combine(
            recording.array(index, "noise_uncond"), recording.array(index, "noise_cond"), call.scale
        )
        ours = guidance.denoised(recording.array(index, "latent"), guided, call.a, call.b)
        np.testing.assert_allclose(ours, recording.array(index, "denoised"), rtol=1e-5, atol=1e-5)


def test_clipping_schedulers_say_so_and_are_followed(tiny_model: Model, tmp_path: Path) -> None:
    spec = spec_for("ddim", scheduler_settings={"clip_sample": True, "clip_sample_range": 0.5})
    recording = run(tiny_model, spec, out(tmp_path))
    assert recording.call(0).clip == 0.5
    assert np.abs(recording.array(0, "denoised")).max() == pytest.approx(0.5)


@pytest.mark.parametrize("name", sorted(CANNOT_SAMPLE))
def test_a_prediction_type_that_a_scheduler_lacks_is_one_clear_error(
    tiny_model: Model, tmp_path: Path, name: str
) -> None:
    spec = spec_for(name, scheduler_settings={"prediction_type": "sample"})
    with pytest.raises(InspectorError) as caught:
        run(tiny_model, spec, out(tmp_path))
    assert caught.value.code == "scheduler.cannot-step"


@pytest.mark.parametrize("choice", SCHEDULERS, ids=lambda choice: choice.name)
def test_calls_belong_to_steps(tiny_model: Model, choice: Any) -> None:
    spec = RunSpec(scheduler=choice.name, steps=30)
    scheduler = make_scheduler(tiny_model.pipeline, spec)
    scheduler.set_timesteps(30)
    calls = len(scheduler.timesteps)
    expected = {"pndm": 31, "heun": 59, "kdpm2": 59, "kdpm2-a": 59}.get(choice.name, 30)
    assert calls == expected
    found = steps_of_calls(scheduler, calls, 30)
    assert [step for step, order in found if order == 1] == list(range(30))
    if choice.name == "pndm":
        assert found[:3] == [(0, 1), (0, 2), (1, 1)]
    if choice.name == "heun":
        assert found[:3] == [(0, 1), (0, 2), (1, 1)]
        assert found[-1] == (29, 1)


def test_runge_kutta_steps_of_pndm_are_four_calls(tiny_model: Model, tmp_path: Path) -> None:
    spec = spec_for("pndm", steps=6, scheduler_settings={"skip_prk_steps": False})
    recording = run(tiny_model, spec, out(tmp_path))
    steps = [recording.call(index).step for index in range(recording.calls)]
    assert steps == [0] * 4 + [1] * 4 + [2] * 4 + [3, 4, 5]
