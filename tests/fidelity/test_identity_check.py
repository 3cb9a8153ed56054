"""The badge's check runs the plain pipeline and cannot be fooled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sdinspector.core import Edit, InspectorError, edits_of
from sdinspector.engine import Model, check_identity, model_from_pipeline, observe, run
from sdinspector.engine.sampling import Loop
from tests import tiny
from tests.fidelity.plain_runs import SPEC, out, spec_for


@pytest.mark.parametrize("scheduler", ["", "euler-a", "dpm++sde"])
def test_run_is_identical(tiny_model: Model, tmp_path: Path, scheduler: str) -> None:
    spec = spec_for(scheduler, width=24, height=16, guidance_rescale=0.5)
    report = check_identity(tiny_model, run(tiny_model, spec, out(tmp_path)))
    assert report.identical
    assert report.max_difference == 0.0
    assert report.seconds > 0.0


def test_run_from_a_picture_is_identical(tiny_model: Model, tmp_path: Path) -> None:
    Image.new("RGB", (50, 30), "red").save(tmp_path / "init.png")
    spec = replace(SPEC, init=str(tmp_path / "init.png"), strength=0.6)
    assert check_identity(tiny_model, run(tiny_model, spec, out(tmp_path))).identical


@pytest.mark.parametrize("scheduler", ["", "heun", "dpm++2m", "euler-a"])
@pytest.mark.parametrize("first", [7.5, 0.5])
def test_run_along_a_curve_is_identical(
    tiny_model: Model, tmp_path: Path, scheduler: str, first: float
) -> None:
    spec = spec_for(scheduler, guidance_rescale=0.5, edits=edits_of([first, 3.0, 0.5, 1.0, -2.0]))
    assert check_identity(tiny_model, run(tiny_model, spec, out(tmp_path))).identical


def test_a_curve_from_a_picture_is_identical(tiny_model: Model, tmp_path: Path) -> None:
    Image.new("RGB", (50, 30), "red").save(tmp_path / "init.png")
    curve = edits_of([0.5, 4.0])
    spec = replace(SPEC, init=str(tmp_path / "init.png"), strength=0.6, edits=curve)
    assert check_identity(tiny_model, run(tiny_model, spec, out(tmp_path))).identical


def test_a_disturbed_run_is_found_out(
    tiny_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict = Loop.predict

    def disturbed(self, call, should_stop=None):  # type: ignore[no-untyped-def]
        prediction = predict(self, call, should_stop)
        return replace(prediction, cond=prediction.cond * (1 + 1e-6))

    with monkeypatch.context() as patch:
        patch.setattr(Loop, "predict", disturbed)
        recording = run(tiny_model, SPEC, out(tmp_path))
    report = check_identity(tiny_model, recording)
    assert not report.identical
    assert 0.0 < report.max_difference < 1e-2


def test_what_cannot_be_compared_says_why(tiny_model: Model, tmp_path: Path) -> None:
    edited = replace(SPEC, edits=(Edit("prompt", from_call=1, value="star"),))
    one_branch_first = replace(
        SPEC, guidance_scale=1.0, edits=(Edit("guidance", from_call=1, value=2.0),)
    )
    by_hand = replace(SPEC, branches="both", guidance_scale=0.5)
    recordings = [
        run(tiny_model, edited, out(tmp_path, "edited")),
        run(tiny_model, one_branch_first, out(tmp_path, "one-branch-first")),
        run(tiny_model, by_hand, out(tmp_path, "by-hand")),
        observe(tiny_model, np.zeros((16, 16, 3)), "", [5], out(tmp_path, "observed")),
    ]
    for recording in recordings:
        with pytest.raises(InspectorError) as caught:
            check_identity(tiny_model, recording)
        assert caught.value.code == "identity.not-comparable"
    other = model_from_pipeline(tiny.two_level_pipeline(seed=1))
    recording = run(tiny_model, SPEC, out(tmp_path))
    with pytest.raises(InspectorError) as caught:
        check_identity(other, recording)
    assert caught.value.code == "identity.other-model"


def test_both_branches_by_hand_make_zero_the_unconditional_prediction(
    tiny_model: Model, tmp_path: Path
) -> None:
    nothing = run(
        tiny_model, replace(SPEC, branches="both", guidance_scale=0.0), out(tmp_path, "zero")
    )
    unconditional = run(
        tiny_model,
        replace(SPEC, prompt=SPEC.negative_prompt, branches="both", guidance_scale=0.0),
        out(tmp_path, "unconditional"),
    )
    assert np.array_equal(nothing.final_latent(), unconditional.final_latent())
    with_prompt = run(tiny_model, replace(SPEC, guidance_scale=0.0), out(tmp_path, "auto"))
    assert not np.array_equal(nothing.final_latent(), with_prompt.final_latent())
