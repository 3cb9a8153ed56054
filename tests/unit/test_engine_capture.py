"""What is captured is what the model worked with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sdinspector.analysis import statistics
from sdinspector.core import CaptureSpec
from sdinspector.engine import Model, describing, run
from sdinspector.engine.attention import probabilities
from sdinspector.engine.capture import make_plan
from tests.fidelity.plain_runs import SPEC, out

LAYER = "down_blocks.0.attentions.0.transformer_blocks.0.attn2"
BOTH = CaptureSpec(activations=("conv_in", "mid_block.attentions.0*"), both_branches=True)


@pytest.mark.parametrize("size", [(0, 0), (32, 16), (16, 40)])
@pytest.mark.parametrize("prompt", ["", "star", "red " * 75, "blue circle " * 100])
@pytest.mark.parametrize("scale", [7.5, 1.0])
def test_stored_attention_sums_to_one_over_the_picture(
    tiny_model: Model, tmp_path: Path, size: tuple[int, int], prompt: str, scale: float
) -> None:
    spec = replace(
        SPEC, prompt=prompt, width=size[0], height=size[1], steps=1, guidance_scale=scale,
        capture=BOTH,
    )  # fmt: skip
    recording = run(tiny_model, spec, out(tmp_path))
    width, height = (size[0] or 16) // 2, (size[1] or 16) // 2
    tokens = sum(token.kind != "padding" for token in recording.tokens["cond"])
    maps = recording.array(0, f"cross_attention/{LAYER}")
    assert maps.dtype == np.float16
    assert maps.shape == (2, tokens + 1, height, width)
    np.testing.assert_allclose(maps.astype(np.float32).sum(axis=1), 1.0, atol=2e-3)
    assert recording.layers[LAYER]["grid"] == [height, width]
    assert recording.layers[LAYER]["heads"] == 2
    other = f"cross_attention_uncond/{LAYER}"
    assert recording.has(0, other) == (scale > 1.0)
    if scale > 1.0:
        uncond = recording.array(0, other)
        assert uncond.shape[1] == 2 + 2 + 1  # BOS, "a photo", EOS, padding
        np.testing.assert_allclose(uncond.astype(np.float32).sum(axis=1), 1.0, atol=2e-3)


def test_probabilities_agree_with_the_models_own_scores(tiny_model: Model) -> None:
    attention = tiny_model.pipeline.unet.get_submodule(LAYER)
    random = torch.Generator().manual_seed(0)
    query = torch.randn(64, attention.inner_dim, generator=random) * 5
    key = torch.randn(77, attention.inner_dim, generator=random) * 5
    whole = attention.get_attention_scores(
        attention.head_to_batch_dim(query[None]), attention.head_to_batch_dim(key[None])
    )
    columns = 12
    ours = probabilities(query, key, attention, columns)
    theirs = whole.transpose(1, 2)
    torch.testing.assert_close(ours[:, :columns], theirs[:, :columns], rtol=0, atol=1e-6)
    torch.testing.assert_close(ours[:, columns], theirs[:, columns:].sum(1), rtol=0, atol=1e-6)


def test_scores_too_large_for_float16_do_not_overflow(tiny_model: Model) -> None:
    attention = tiny_model.pipeline.unet.get_submodule(LAYER)
    query = torch.full((4, attention.inner_dim), 500.0).half()
    key = torch.full((77, attention.inner_dim), 500.0).half()
    assert torch.isfinite(probabilities(query, key, attention, 5)).all()


def test_captured_activations_and_statistics_are_the_modules_own(
    tiny_model: Model, tmp_path: Path
) -> None:
    outputs: list[torch.Tensor] = []
    module = tiny_model.pipeline.unet.mid_block.attentions[0].proj_out
    handle = module.register_forward_hook(lambda _m, _a, output: outputs.append(output.clone()))
    capture = CaptureSpec(
        attention=(), statistics=("mid_block.attentions.0.proj_out",), activations=("mid_block.*",)
    )
    recording = run(tiny_model, replace(SPEC, capture=capture), out(tmp_path))
    handle.remove()
    assert len(outputs) == recording.calls
    for call, output in enumerate(outputs):
        stored = recording.array(call, "activation/mid_block.attentions.0.proj_out")
        assert stored.shape[0] == 2
        assert np.array_equal(stored, output.numpy())
        rows = recording.array(call, "statistics/mid_block.attentions.0.proj_out")
        for row, branch in zip(rows, stored, strict=True):
            np.testing.assert_allclose(row, statistics.describe(branch).row(), rtol=1e-4, atol=1e-6)


def test_branches_are_unconditional_first(tiny_model: Model, tmp_path: Path) -> None:
    capture = CaptureSpec(attention=(), statistics=(), activations=("conv_out",))
    recording = run(tiny_model, replace(SPEC, capture=capture), out(tmp_path))
    assert recording.call(0).branches == ("uncond", "cond")
    uncond, cond = recording.array(0, "activation/conv_out")
    assert np.array_equal(uncond, recording.array(0, "noise_uncond"))
    assert np.array_equal(cond, recording.array(0, "noise_cond"))
    alone = run(tiny_model, replace(SPEC, guidance_scale=1.0, capture=capture), out(tmp_path, "b"))
    assert alone.call(0).branches == ("cond",)
    assert alone.array(0, "activation/conv_out").shape[0] == 1
    assert not alone.has(0, "noise_uncond")


def test_default_capture_takes_the_blocks_and_every_cross_attention(tiny4_model: Model) -> None:
    plan = make_plan(tiny4_model.pipeline.unet, CaptureSpec())
    assert len(plan.attention) == 16
    assert len(plan.statistics) == 44
    assert plan.activations == ()
    everything = make_plan(tiny4_model.pipeline.unet, CaptureSpec.everything())
    assert len(everything.activations) > 400
    assert not any(path.endswith(("down_blocks", "resnets")) for path in everything.activations)


def in_rows(values: torch.Tensor) -> np.ndarray:
    return describing.describe_rows(values.numpy())


def row_by_row(values: torch.Tensor) -> np.ndarray:
    return np.stack([describing.describe_row(row) for row in values.numpy()])


def on_the_device(values: torch.Tensor) -> np.ndarray:
    return describing.describe(values).numpy()


@pytest.mark.parametrize("way", [in_rows, row_by_row, on_the_device])
def test_statistics_show_zeros_and_what_is_not_a_number(
    way: Callable[[torch.Tensor], np.ndarray],
) -> None:
    nan, inf = float("nan"), float("inf")
    values = torch.tensor(
        [[0.0, 0.0, 3.0, -5.0], [1.0, nan, 1.0, 1.0], [1.0, inf, -1.0, 2.0], [inf, 0.0, -inf, 0.0]]
    )
    rows = way(values)
    np.testing.assert_allclose(rows[0], [-0.5, values[0].std(correction=0), -5, 3, 2.0, 0.5])
    assert np.isnan(rows[1][:5]).all()
    assert rows[2][0] == rows[2][3] == inf
    assert np.isnan(rows[3][0])
    assert (rows[3][2], rows[3][3], rows[3][5]) == (-inf, inf, 0.5)


@pytest.mark.parametrize("way", [in_rows, row_by_row, on_the_device])
@pytest.mark.parametrize(("count", "mean"), [(7, 0.0), (40_000, 0.0), (70_001, 100.0)])
def test_statistics_agree_with_a_plain_reckoning(
    way: Callable[[torch.Tensor], np.ndarray], count: int, mean: float
) -> None:
    values = torch.randn(2, count, generator=torch.Generator().manual_seed(count)) + mean
    expected = [statistics.describe(row.numpy()).row() for row in values]
    np.testing.assert_allclose(way(values), expected, rtol=2e-5, atol=2e-6)


def test_nothing_is_hooked_where_nothing_is_captured(tiny_model: Model) -> None:
    plan = make_plan(tiny_model.pipeline.unet, CaptureSpec.nothing())
    assert plan.paths == ()
