"""A replayed call is the recorded one, and says so; another model is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sdinspector.core import CaptureSpec, InspectorError
from sdinspector.engine import Model, model_from_pipeline, observe, replay, run
from tests import tiny
from tests.fidelity.plain_runs import NAMES, SPEC, out, spec_for

LAYERS = (
    "mid_block.attentions.0",
    "unet.up_blocks.1.resnets.0",
    "cross_attention/down_blocks.0.attentions.0.transformer_blocks.0.attn2",
    "cross_attention_uncond/down_blocks.0.attentions.0.transformer_blocks.0.attn2",
    "statistics/conv_out",
)


@pytest.mark.parametrize("scheduler", NAMES)
@pytest.mark.parametrize("scale", [7.5, 1.0])
def test_replay_of_every_call_is_bit_identical_to_what_was_captured(
    tiny_model: Model, tmp_path: Path, scheduler: str, scale: float
) -> None:
    capture = replace(CaptureSpec.everything(), both_branches=True)
    spec = spec_for(scheduler, steps=3, guidance_scale=scale, capture=capture)
    recording = run(tiny_model, spec, out(tmp_path))
    layers = [name for name in LAYERS if scale > 1.0 or "uncond" not in name]
    for call in range(recording.calls):
        replayed = replay(tiny_model, recording, call, layers)
        assert replayed.verdict == "exact"
        assert replayed.difference == 0.0
        assert len(replayed) == len(layers)
        for name, array in replayed.items():
            assert np.array_equal(array, recording.array(call, name)), name


def test_replay_with_an_edited_prompt_uses_that_prompt(tiny_model: Model, tmp_path: Path) -> None:
    from sdinspector.core import Edit

    edits = (Edit("prompt", from_call=1, to_call=2, value="star"),)
    recording = run(tiny_model, replace(SPEC, edits=edits, capture=CaptureSpec()), out(tmp_path))
    name = next(n for n in recording.call(1).names if n.startswith("cross_attention/"))
    for call in range(recording.calls):
        replayed = replay(tiny_model, recording, call, [name])
        assert replayed.verdict == "exact"
        assert np.array_equal(replayed[name], recording.array(call, name))


def test_observation_replays_exactly(tiny_model: Model, tmp_path: Path) -> None:
    picture = np.random.default_rng(0).random((20, 30, 3))
    recording = observe(tiny_model, picture, "a red star", [10, 500, 999], out(tmp_path), seed=3)
    for call in range(3):
        assert replay(tiny_model, recording, call, ["conv_in"]).verdict == "exact"


def test_another_model_is_refused(tiny_model: Model, tmp_path: Path) -> None:
    recording = run(tiny_model, SPEC, out(tmp_path))
    other = model_from_pipeline(tiny.two_level_pipeline(seed=1))
    wider = model_from_pipeline(tiny.four_level_pipeline(seed=1))
    for model in (other, wider):
        with pytest.raises(InspectorError) as caught:
            replay(model, recording, 1, ["conv_in"])
        assert caught.value.code == "replay.wrong-model"


def test_same_weights_from_elsewhere_replay_exactly(tiny_model: Model, tmp_path: Path) -> None:
    recording = run(tiny_model, SPEC, out(tmp_path))
    same = model_from_pipeline(tiny.two_level_pipeline())
    assert same.card.digest != recording.model["digest"]
    assert replay(same, recording, 1, ["conv_in"]).verdict == "exact"


def test_slightly_other_weights_are_said_to_differ(tiny_model: Model, tmp_path: Path) -> None:
    import torch

    recording = run(tiny_model, SPEC, out(tmp_path))
    pipeline = tiny.two_level_pipeline()
    with torch.no_grad():
        pipeline.unet.conv_out.weight.mul_(1.0 + 1e-4)
    replayed = replay(model_from_pipeline(pipeline), recording, 1)
    assert replayed.verdict == "differs"
    assert 0.0 < replayed.difference < 1e-3


@pytest.mark.parametrize(
    "name", ["mid_blok.attentions.0", "unet", "cross_attention/conv_in", "x/y"]
)
def test_unknown_layer_names_the_nearest(tiny_model: Model, tmp_path: Path, name: str) -> None:
    recording = run(tiny_model, SPEC, out(tmp_path))
    with pytest.raises(InspectorError) as caught:
        replay(tiny_model, recording, 0, [name])
    assert caught.value.code == "replay.no-layer"
