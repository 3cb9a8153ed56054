"""Half precision and scores beyond its range: what is recorded stays right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sdinspector.core import CaptureSpec
from sdinspector.engine import Model, model_from_pipeline, open_model, replay, run
from tests import tiny
from tests.fidelity.plain_runs import SPEC, equal, out, plain_run

CROSS = "down_blocks.0.attentions.0.transformer_blocks.0.attn2"


@pytest.fixture(params=["float32", "float16"])
def steep(request: pytest.FixtureRequest) -> Iterator[Model]:
    """Yield a model with scores above 65504, the largest number of float16, as SD 2 has them."""
    pipeline = tiny.two_level_pipeline()
    with torch.no_grad():
        for module in pipeline.unet.modules():
            attention: Any = module
            if getattr(module, "is_cross_attention", False):
                attention.to_q.weight.mul_(3000.0)
                attention.to_k.weight.mul_(1000.0)
    pipeline.to(getattr(torch, request.param))
    model = model_from_pipeline(pipeline)
    yield model
    model.close()


def test_attention_of_large_scores_is_finite_and_sums_to_one(steep: Model, tmp_path: Path) -> None:
    seen: list[tuple[torch.Tensor, torch.Tensor]] = []
    attention = steep.pipeline.unet.get_submodule(CROSS)
    queries: list[torch.Tensor] = []
    handles = [
        attention.to_q.register_forward_hook(lambda _m, _a, out: queries.append(out[-1].float())),
        attention.to_k.register_forward_hook(
            lambda _m, _a, out: seen.append((queries[-1], out[-1].float()))
        ),
    ]
    spec = replace(SPEC, steps=1, scheduler="ddim", capture=CaptureSpec(both_branches=True))
    recording = run(steep, spec, out(tmp_path))
    for handle in handles:
        handle.remove()
    query, key = (tensor.unflatten(1, (attention.heads, -1)).transpose(0, 1) for tensor in seen[0])
    scores = query @ key.transpose(1, 2) * attention.scale
    assert scores.abs().max() > 65504
    whole = scores.softmax(dim=2).transpose(1, 2)
    maps = recording.array(0, f"cross_attention/{CROSS}").astype(np.float32)
    assert np.isfinite(maps).all()
    np.testing.assert_allclose(maps.sum(axis=1), 1.0, atol=2e-3)
    columns = maps.shape[1] - 1
    np.testing.assert_allclose(
        maps[:, :columns].reshape(2, columns, -1), whole[:, :columns], atol=1e-3
    )
    for name in recording.call(0).names:
        if name.startswith("cross_attention"):
            total = recording.array(0, name).astype(np.float32).sum(axis=1)
            np.testing.assert_allclose(total, 1.0, atol=2e-3)


def test_half_precision_records_and_replays_to_the_last_bit(
    tiny_folder: Path, tmp_path: Path
) -> None:
    model = open_model(str(tiny_folder), device="cpu", dtype="float16")
    capture = CaptureSpec(statistics=("*",), activations=("mid_block.*",), both_branches=True)
    spec = replace(SPEC, scheduler="ddim", capture=capture)
    recording = run(model, spec, out(tmp_path))
    assert equal(recording.final_latent(), plain_run(model, spec))
    assert recording.array(0, "latent").dtype == np.float16
    names = [f"cross_attention/{CROSS}", "activation/mid_block.resnets.0", "statistics/conv_in"]
    replayed = replay(model, recording, 2, names)
    assert replayed.verdict == "exact"
    for name in names:
        assert np.array_equal(replayed[name], recording.array(2, name), equal_nan=True), name
    model.close()


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_copies_from_a_gpu_arrive_whole(tiny4_folder: Path, tmp_path: Path, dtype: str) -> None:
    model = open_model(str(tiny4_folder), device="cuda", dtype=dtype)
    outputs: list[torch.Tensor] = []
    module = model.pipeline.unet.mid_block.attentions[0]
    handle = module.register_forward_hook(lambda _m, _a, out: outputs.append(out[0].float().cpu()))
    capture = CaptureSpec(statistics=("*",), activations=("*",))
    recording = run(model, replace(SPEC, capture=capture), out(tmp_path))
    handle.remove()
    for call, output in enumerate(outputs):
        stored = recording.array(call, "activation/mid_block.attentions.0").astype(np.float32)
        assert np.array_equal(stored, output.numpy())
        rows = recording.array(call, "statistics/mid_block.attentions.0")
        np.testing.assert_allclose(rows[:, 0], output.flatten(1).mean(1), rtol=1e-2, atol=1e-3)
    model.close()
