"""A recording carries its own sums over calls, made while it was written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sdinspector.core import Cancelled, CaptureSpec, Edit
from sdinspector.engine import Model, fork, observe, run
from sdinspector.recording import Recording
from sdinspector.recording.attention import summarise
from tests.fidelity.plain_runs import SPEC, out

CAPTURED = replace(SPEC, capture=CaptureSpec(both_branches=True))


def assert_summed(recording: Recording) -> None:
    stored, made = recording.summary(), summarise(recording)
    assert stored
    assert set(stored) == set(made)
    for name, array in made.items():
        np.testing.assert_array_equal(stored[name], array, err_msg=name)


@pytest.mark.parametrize("scheduler", ["pndm", "heun"])
def test_a_run_sums_its_attention_while_it_goes(
    tiny_model: Model, tmp_path: Path, scheduler: str
) -> None:
    recording = run(tiny_model, replace(CAPTURED, scheduler=scheduler), out(tmp_path))
    assert_summed(recording)
    name = "sum/down_blocks.0.attentions.0.transformer_blocks.0.attn2"
    whole = recording.summary()[name].sum(axis=1)
    np.testing.assert_allclose(whole, recording.calls, atol=2e-3 * recording.calls)


def test_a_fork_sums_what_it_took_over_too(tiny_model: Model, tmp_path: Path) -> None:
    parent = run(tiny_model, CAPTURED, out(tmp_path))
    assert_summed(fork(tiny_model, parent, 2, out(tmp_path, "fork"), guidance_scale=3.0))


def test_calls_with_another_prompt_are_left_out(tiny_model: Model, tmp_path: Path) -> None:
    edits = (Edit("prompt", from_call=2, value="star"),)
    recording = run(tiny_model, replace(CAPTURED, edits=edits), out(tmp_path))
    assert_summed(recording)
    assert recording.summary()["calls"].tolist() == [0, 1]


def test_an_observation_is_summed(tiny_model: Model, tmp_path: Path) -> None:
    picture = np.random.default_rng(0).random((16, 16, 3))
    assert_summed(observe(tiny_model, picture, "a red star", [10, 500], out(tmp_path)))


def test_a_cancelled_run_is_summed_as_far_as_it_came(tiny_model: Model, tmp_path: Path) -> None:
    done: list[object] = []
    with pytest.raises(Cancelled):
        run(tiny_model, CAPTURED, out(tmp_path), done.append, lambda: len(done) >= 2)
    recording = Recording.open(out(tmp_path))
    assert recording.summary()["calls"].tolist() == [0, 1]
    assert_summed(recording)


def test_without_attention_there_is_no_summary(tiny_model: Model, tmp_path: Path) -> None:
    recording = run(tiny_model, SPEC, out(tmp_path))
    assert recording.summary() == {}
    assert not (recording.path / "summary.safetensors").exists()
