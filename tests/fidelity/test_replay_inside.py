"""What a replay can look at: self-attention, any text, text encoder, VAE; and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from sdinspector.core import CaptureSpec, InspectorError, RunSpec
from sdinspector.engine import Model, model_from_pipeline, observe, probe, probe_iter, replay, run
from sdinspector.engine.text import prompt_columns, tokenize
from sdinspector.recording import Recording
from tests import tiny
from tests.fidelity.plain_runs import SPEC, out

BLOCK = "down_blocks.0.attentions.0.transformer_blocks.0"
SELF, CROSS = f"{BLOCK}.attn1", f"{BLOCK}.attn2"


@pytest.fixture(scope="module")
def recording(tiny_model: Model, tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Return a run of a picture that is not square, with its cross-attention."""
    spec = replace(SPEC, width=32, height=16, steps=2, capture=CaptureSpec())
    return run(tiny_model, spec, out(tmp_path_factory.mktemp("recordings")))


@pytest.fixture(scope="module")
def alone(tiny_model: Model, tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Return a run of the conditional branch alone."""
    spec = replace(SPEC, guidance_scale=1.0, steps=2)
    return run(tiny_model, spec, out(tmp_path_factory.mktemp("recordings")))


def inputs_of(model: Model, recording: Recording, call: int, path: str) -> tuple[Any, Any]:
    """Return what an attention was given in a call: pixels, and text if it takes any."""
    found: list[tuple[Any, Any]] = []

    def look(_module: Any, inputs: Any, options: Any) -> None:
        found.append((inputs[0].clone(), options.get("encoder_hidden_states")))

    module = model.pipeline.unet.get_submodule(path)
    handle = module.register_forward_pre_hook(look, with_kwargs=True)
    replay(model, recording, call)
    handle.remove()
    return found[0]


def scores(attention: Any, pixels: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
    """Return the library's own probabilities ``[heads, n, positions]`` of one sample."""
    with torch.no_grad():
        whole: torch.Tensor = attention.get_attention_scores(
            attention.head_to_batch_dim(attention.to_q(pixels[None])),
            attention.head_to_batch_dim(attention.to_k(text[None])),
        )
    return whole


@pytest.mark.parametrize("cell", [(0, 0), (3, 11), (7, 15)])
def test_a_row_of_self_attention_is_the_models_own(
    tiny_model: Model, recording: Recording, cell: tuple[int, int]
) -> None:
    name = f"self_attention/{SELF}@{cell[0]},{cell[1]}"
    replayed = replay(tiny_model, recording, 1, [name])
    view = replayed[name]
    assert replayed.verdict == "exact"
    assert (view.shape, view.dtype) == ((2, 8, 16), np.float32)
    np.testing.assert_allclose(view.sum(axis=(1, 2)), 1.0, atol=1e-5)
    pixels, _ = inputs_of(tiny_model, recording, 1, SELF)
    attention = tiny_model.pipeline.unet.get_submodule(SELF)
    whole = scores(attention, pixels[-1], pixels[-1])
    mine = torch.from_numpy(np.array(view)).reshape(2, -1)
    torch.testing.assert_close(mine, whole[:, cell[0] * 16 + cell[1]], rtol=0, atol=1e-6)


def test_asking_about_the_prompt_itself_gives_what_was_captured(
    tiny_model: Model, recording: Recording
) -> None:
    name = f"ovam/{CROSS}@{SPEC.prompt}"
    replayed = replay(tiny_model, recording, 1, [name])
    captured = recording.array(1, f"cross_attention/{CROSS}")
    assert replayed[name].dtype == np.float32
    assert np.array_equal(replayed[name].astype(np.float16), captured)


@pytest.mark.parametrize("text", ["green square", "star", "red / blue @ 3", "blue " * 90])
def test_any_text_can_be_asked_about(
    tiny_model: Model, recording: Recording, alone: Recording, text: str
) -> None:
    attention = tiny_model.pipeline.unet.get_submodule(CROSS)
    columns = prompt_columns(tokenize(tiny_model, text).tokens)
    embedding = tiny_model.pipeline.encode_prompt(
        text, "cpu", 1, do_classifier_free_guidance=False
    )[0]
    for run_, (height, width) in ((recording, (8, 16)), (alone, (8, 8))):
        name = f"ovam/{CROSS}@{text}"
        maps = replay(tiny_model, run_, 0, [name])[name]
        assert maps.shape == (2, columns + 1, height, width)
        np.testing.assert_allclose(maps.sum(axis=1), 1.0, atol=1e-5)
        pixels, _ = inputs_of(tiny_model, run_, 0, CROSS)
        reference = scores(attention, pixels[-1], embedding[0]).transpose(1, 2)
        mine = torch.from_numpy(np.array(maps)).flatten(2)
        torch.testing.assert_close(mine[:, :columns], reference[:, :columns], rtol=0, atol=1e-6)
        rest = reference[:, columns:].sum(1)
        torch.testing.assert_close(mine[:, columns], rest, rtol=0, atol=1e-6)


def test_a_probe_is_the_sum_over_the_calls(tiny_model: Model, recording: Recording) -> None:
    done = []
    steps = probe_iter(tiny_model, recording, "green star", layers=[f"unet.{CROSS}"])
    while True:
        try:
            done.append(next(steps))
        except StopIteration as end:
            found = end.value
            break
    assert [(step.done, step.total) for step in done] == [(1, 3), (2, 3), (3, 3)]
    assert (found.calls, found.verdict, found.cut) == ((0, 1, 2), "exact", "")
    assert [token.kind for token in found.tokens][0::9] == ["bos"]
    name = f"ovam/{CROSS}@green star"
    parts = [replay(tiny_model, recording, call, [name])[name] for call in range(3)]
    assert list(found.maps) == [CROSS]
    np.testing.assert_allclose(found.maps[CROSS], np.sum(parts, axis=0), atol=1e-6)
    assert found.maps[CROSS].shape[1] == len(found.tokens) + 1
    one = probe(tiny_model, recording, 1, "green star", [CROSS])
    assert np.array_equal(one.maps[CROSS], parts[1])


def test_a_probe_without_layers_asks_all_cross_attentions(
    tiny_model: Model, recording: Recording
) -> None:
    found = probe(tiny_model, recording, [0], "star")
    names = [n for n in recording.call(0).names if n.startswith("cross_attention/")]
    assert sorted(found.maps) == sorted(name.partition("/")[2] for name in names)


def test_text_encoder_outputs_are_of_the_runs_prompts(
    tiny_model: Model, recording: Recording, alone: Recording
) -> None:
    names = ["activation/text_encoder", "statistics/text_encoder.encoder.layers.0.mlp.fc1"]
    if "text_model" in dict(tiny_model.pipeline.text_encoder.named_children()):
        names[1] = "statistics/text_encoder.text_model.encoder.layers.0.mlp.fc1"
    replayed = replay(tiny_model, recording, 0, names)
    conditioning = recording.conditioning()
    assert replayed.verdict == "exact"
    both = np.stack([conditioning["uncond"], conditioning["cond"]])
    assert np.array_equal(replayed[names[0]], both)
    assert replayed[names[1]].shape == (2, 6)
    one = replay(tiny_model, alone, 0, names[:1])
    assert np.array_equal(one[names[0]][0], alone.conditioning()["cond"])


def test_text_encoder_of_an_edited_prompt(tiny_model: Model, tmp_path: Path) -> None:
    from sdinspector.core import Edit

    edits = (Edit("prompt", from_call=1, value="blue star"),)
    recording = run(tiny_model, replace(SPEC, edits=edits), out(tmp_path))
    names = ["activation/text_encoder"]
    before, after = (replay(tiny_model, recording, call, names)[names[0]] for call in (0, 1))
    assert np.array_equal(before[0], after[0])
    assert not np.array_equal(before[1], after[1])


def test_vae_outputs_are_of_the_picture(tiny_model: Model, recording: Recording) -> None:
    names = ["activation/vae.decoder.conv_out", "activation/vae.decoder.mid_block.resnets.0"]
    replayed = replay(tiny_model, recording, 0, names)
    assert replayed.verdict == "exact"
    picture = replayed[names[0]]
    assert picture.shape == (1, 3, 16, 32)
    shown = np.rint(np.clip(picture[0] / 2 + 0.5, 0, 1) * 255).astype(np.uint8)
    assert np.array_equal(np.moveaxis(shown, 0, -1), recording.image())
    encoded = replay(tiny_model, recording, 0, ["activation/vae.quant_conv"])
    assert encoded["activation/vae.quant_conv"].shape == (1, 8, 8, 16)
    assert encoded.verdict == "unchecked"


def test_vae_encoder_of_an_observation_is_checked(tiny_model: Model, tmp_path: Path) -> None:
    picture = np.random.default_rng(0).random((20, 30, 3))
    recording = observe(tiny_model, picture, "a red star", [300], out(tmp_path))
    encoded = replay(tiny_model, recording, 0, ["activation/vae.quant_conv", "conv_in"])
    assert encoded.verdict == "exact"
    factor = tiny_model.pipeline.vae.config.scaling_factor
    mean = encoded["activation/vae.quant_conv"][0, :4]
    np.testing.assert_allclose(mean * factor, recording.final_latent(), rtol=1e-6)


def test_vae_of_an_unfinished_run_decodes_the_calls_own_latent(
    tiny_model: Model, tmp_path: Path
) -> None:
    from sdinspector.engine import decode, run_iter

    calls = run_iter(tiny_model, SPEC, out(tmp_path))
    next(calls)
    calls.close()
    recording = Recording.open(out(tmp_path))
    name = "activation/vae.decoder.conv_out"
    replayed = replay(tiny_model, recording, 0, [name])
    assert replayed.verdict == "unchecked"
    shown = np.rint(np.clip(replayed[name][0] / 2 + 0.5, 0, 1) * 255).astype(np.uint8)
    expected = decode(tiny_model, recording.array(0, "denoised"))
    assert np.array_equal(np.moveaxis(shown, 0, -1), expected)
    with pytest.raises(InspectorError) as caught:
        replay(tiny_model, recording, 0, ["activation/vae.encoder.conv_in"])
    assert caught.value.code == "replay.no-picture"


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("self_attention/" + CROSS + "@0,0", "replay.no-layer", SELF),
        ("self_attention/" + SELF + "@0", "replay.cell", "row,column"),
        ("self_attention/" + SELF + "@8,0", "replay.no-cell", "8 rows and 16 columns"),
        ("ovam/" + CROSS + "@  ", "replay.no-text", "Write a word"),
        ("ovam/" + SELF + "@red", "replay.no-layer", CROSS),
        ("activation/down_blocks", "replay.never-called", "unet.down_blocks.0"),
        ("activation/vae.decoder.conv_ot", "replay.no-layer", "vae.decoder.conv_out"),
        ("cross_attention/vae.decoder.conv_out", "replay.no-layer", "VAE"),
        ("activation/text_encoder_2.x", "replay.no-layer", "text encoder"),
        ("cross_attention/" + CROSS.replace("attn2", "atn2"), "replay.no-layer", CROSS),
    ],
)
def test_what_cannot_be_looked_at_says_so(
    tiny_model: Model, recording: Recording, name: str, code: str, said: str
) -> None:
    with pytest.raises(InspectorError) as caught:
        replay(tiny_model, recording, 0, [name])
    assert caught.value.code == code
    assert said in str(caught.value)


def test_a_branch_that_did_not_run_says_so(tiny_model: Model, alone: Recording) -> None:
    with pytest.raises(InspectorError) as caught:
        replay(tiny_model, alone, 0, [f"cross_attention_uncond/{CROSS}"])
    assert caught.value.code == "replay.no-branch"


def test_fused_projections_say_so_and_the_rest_still_replays(
    tmp_path: Path, recording: Recording
) -> None:
    model = model_from_pipeline(tiny.two_level_pipeline())
    model.pipeline.unet.fuse_qkv_projections()
    for name in (f"cross_attention/{CROSS}", f"self_attention/{SELF}@0,0", f"ovam/{CROSS}@red"):
        with pytest.raises(InspectorError) as caught:
            replay(model, recording, 0, [name])
        assert caught.value.code == "capture.fused"
    assert "activation/conv_in" in replay(model, recording, 0, ["conv_in"])


def test_a_denoiser_without_cross_attention_runs_and_says_so(tmp_path: Path) -> None:
    model = model_from_pipeline(tiny.wordless_pipeline())
    recording = run(model, replace(SPEC, capture=CaptureSpec()), out(tmp_path))
    assert not any(name.startswith("cross") for name in recording.call(0).names)
    assert "activation/mid_block" in replay(model, recording, 0, ["mid_block"])
    with pytest.raises(InspectorError) as caught:
        replay(model, recording, 0, ["cross_attention/mid_block"])
    assert caught.value.code == "capture.no-cross-attention"
    with pytest.raises(InspectorError) as caught:
        probe(model, recording, 0, "star")
    assert caught.value.code == "capture.no-cross-attention"
    named = CaptureSpec(attention=("mid_block.*",))
    with pytest.raises(InspectorError) as caught:
        run(model, replace(SPEC, capture=named), out(tmp_path, "named"))
    assert caught.value.code == "capture.no-cross-attention"


@pytest.fixture
def broken() -> Iterator[Model]:
    """Yield a model one of whose layers gives numbers that are none."""
    pipeline = tiny.two_level_pipeline()
    with torch.no_grad():
        pipeline.unet.mid_block.resnets[0].conv2.bias[0] = float("nan")
        pipeline.unet.mid_block.resnets[0].conv2.bias[1] = float("inf")
    model = model_from_pipeline(pipeline)
    yield model
    model.close()


def test_activations_that_are_no_numbers_are_kept_as_they_are(
    broken: Model, tmp_path: Path
) -> None:
    capture = CaptureSpec(activations=("mid_block.resnets.0",))
    spec = RunSpec(prompt="star", steps=1, scheduler="ddim", seed=3, capture=capture)
    recording = run(broken, spec, out(tmp_path))
    name = "activation/mid_block.resnets.0"
    stored: NDArray[Any] = recording.array(0, name)
    assert np.isnan(stored[:, 0]).all()
    assert np.isinf(stored[:, 1]).all()
    assert np.isfinite(stored[:, 2:]).all()
    assert np.isnan(recording.array(0, "statistics/mid_block.resnets.0")[:, 0]).all()
    replayed = replay(broken, recording, 0, [name])
    assert replayed.verdict == "exact"
    assert np.array_equal(replayed[name], stored, equal_nan=True)


def test_looking_leaves_the_next_run_as_it_was(tiny_model: Model, tmp_path: Path) -> None:
    before = run(tiny_model, SPEC, out(tmp_path))
    replay(tiny_model, before, 0, [f"ovam/{CROSS}@green", "activation/text_encoder", "conv_in"])
    probe(tiny_model, before, None, "green")
    after = run(tiny_model, SPEC, out(tmp_path, "after"))
    assert np.array_equal(before.final_latent(), after.final_latent())
