"""The noise levels that are told are those that diffusers' own schedulers work with."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    KDPM2DiscreteScheduler,
)

from sdinspector.cli import main
from sdinspector.core import SCHEDULERS, Cancelled, InspectorError
from sdinspector.engine import model_from_pipeline
from sdinspector.engine.noise_levels import noise_levels, training_alpha_bar
from tests import tiny


@pytest.fixture(scope="module")
def model():
    return model_from_pipeline(tiny.two_level_pipeline())


@pytest.mark.parametrize(
    ("name", "maker", "settings"),
    [
        ("euler", EulerDiscreteScheduler, {}),
        ("heun", HeunDiscreteScheduler, {}),
        ("dpm++2m", DPMSolverMultistepScheduler, {}),
        ("dpm++2m-karras", DPMSolverMultistepScheduler, {"use_karras_sigmas": True}),
    ],
)
def test_sigmas_are_those_of_the_scheduler(model, name, maker, settings):
    plain = maker.from_config(model.pipeline.scheduler.config, **settings)
    plain.set_timesteps(12)
    found = noise_levels(model, name, 12)
    np.testing.assert_allclose(found.sigma, plain.sigmas[:-1].double(), rtol=1e-5)
    np.testing.assert_array_equal(found.timesteps, plain.timesteps.double())


def test_a_solver_that_looks_in_between_tells_the_level_in_between(model):
    plain = KDPM2DiscreteScheduler.from_config(model.pipeline.scheduler.config)
    plain.set_timesteps(6)
    found = noise_levels(model, "kdpm2", 6)
    first = found.sigma[::2]
    np.testing.assert_allclose(found.sigma[1::2], np.sqrt(first[:-1] * first[1:]), rtol=1e-3)
    assert found.step == (0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5)


def test_alpha_bar_is_looked_up_by_the_timestep(model):
    plain = DDIMScheduler.from_config(model.pipeline.scheduler.config)
    plain.set_timesteps(9)
    found = noise_levels(model, "ddim", 9)
    bars = plain.alphas_cumprod[plain.timesteps].double().numpy()
    np.testing.assert_allclose(found.alpha_bar, bars, rtol=1e-6)
    np.testing.assert_allclose(training_alpha_bar(model), plain.alphas_cumprod.double(), rtol=0)


@pytest.mark.parametrize("name", ["", *(choice.name for choice in SCHEDULERS)])
def test_every_scheduler_goes_from_noise_to_picture_without_a_die(model, name):
    before = torch.random.get_rng_state()
    found = noise_levels(model, name, 8)
    assert torch.equal(before, torch.random.get_rng_state())
    starts = np.unique(found.step, return_index=True)[1]
    assert len(starts) == 8
    assert np.all(np.diff(found.snr[starts]) > 0.0)
    assert np.all(np.isfinite(found.sigma))


def test_a_number_of_steps_that_is_refused_says_which(model):
    with pytest.raises(InspectorError, match="2000 steps"):
        noise_levels(model, "ddim", 2000)


def test_an_assertion_of_the_scheduler_is_a_refusal_too(tiny_model):
    with pytest.raises(InspectorError, match="1000 steps: it gives no reason"):
        noise_levels(tiny_model, "unipc", 1000)


def test_a_long_walk_can_be_stopped(model):
    asked = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 3

    with pytest.raises(Cancelled):
        noise_levels(model, "ddim", 500, stop)
    assert len(asked) == 4


def test_calls_of_a_step_are_counted(model):
    heun = noise_levels(model, "heun", 4)
    assert heun.order == (1, 2, 1, 2, 1, 2, 1)
    assert heun.noisy == int((heun.alpha_bar < 0.5).sum()) > 0
    assert noise_levels(model, "pndm", 4).order == (1, 2, 1, 1, 1)


def test_command_writes_calls_and_the_whole_curve(tmp_path, capsys):
    calls, curve = tmp_path / "calls.csv", tmp_path / "curve.csv"
    words = ["schedule", "--scheduler", "ddim,heun", "--steps", "5", "--quiet"]
    assert main([*words, "--csv", str(calls), "--curve", str(curve)]) == 0
    shown = capsys.readouterr().out
    assert "ddim: DDIMScheduler, 5 steps, 5 calls" in shown
    assert "heun: HeunDiscreteScheduler, 5 steps, 9 calls" in shown
    rows = list(csv.DictReader(calls.read_text().splitlines()))
    assert [row["scheduler"] for row in rows] == ["ddim"] * 5 + ["heun"] * 9
    whole = list(csv.DictReader(curve.read_text().splitlines()))
    assert len(whole) == 1000
    ddim = [row for row in rows if row["scheduler"] == "ddim"]
    for row in ddim:
        there = whole[int(float(row["timestep"]))]
        assert float(row["alpha_bar"]) == pytest.approx(float(there["alpha_bar"]), rel=1e-6)
    assert main(["schedule", "--steps", "3", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["calls"]) >= 3
    with pytest.raises(SystemExit):
        main([*words, "--csv", str(calls)])
