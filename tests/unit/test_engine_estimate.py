"""What a run will take on the disk is told before it begins, and comes true."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from diffusers import UNet2DConditionModel

from sdinspector.core import CaptureSpec, ModelCard, ModuleInfo, RunSpec, capture_cost
from sdinspector.core.costs import expected_calls
from sdinspector.engine import Model, anatomy, estimate, run
from tests import tiny
from tests.fidelity.plain_runs import NAMES, SPEC, out, spec_for


def sizes(folder: Path) -> tuple[list[int], int]:
    """Return the bytes of each call, and of all that is written once but the picture."""
    steps = [file.stat().st_size for file in sorted((folder / "steps").iterdir())]
    once = sum(
        file.stat().st_size for file in folder.iterdir() if file.is_file() and file.suffix != ".png"
    )
    return steps, once


@pytest.mark.parametrize(
    "capture",
    [
        CaptureSpec.nothing(),
        CaptureSpec(),
        CaptureSpec(both_branches=True),
        CaptureSpec.everything(),
        CaptureSpec(activations=("mid_block.*", "up_blocks.1.attentions.0*")),
        CaptureSpec(attention=("down_blocks.*",), statistics=("*.attn?",)),
    ],
    ids=["nothing", "default", "both", "everything", "activations", "patterns"],
)
@pytest.mark.parametrize(
    "changes",
    [{}, {"width": 80, "height": 136}, {"guidance_scale": 1.0}, {"prompt": "red star " * 60}],
    ids=["usual", "not square", "one branch", "long prompt"],
)
def test_the_estimate_of_a_call_comes_true(
    tiny4_model: Model, tmp_path: Path, capture: CaptureSpec, changes: dict[str, object]
) -> None:
    spec = replace(SPEC, capture=capture, steps=1, scheduler="ddim", **changes)
    cost = estimate(tiny4_model, spec)
    recording = run(tiny4_model, spec, out(tmp_path))
    (call,), once = sizes(recording.path)
    assert cost.by_call == pytest.approx(call, rel=0.05, abs=300)
    assert cost.calls == 1
    assert once < 3 * cost.once + 300_000
    names = recording.call(0).names
    assert cost.layers["attention"] == sum(name.startswith("cross_attention/") for name in names)
    assert cost.layers["statistics"] == sum(name.startswith("statistics/") for name in names)
    assert cost.layers["activations"] == sum(name.startswith("activation/") for name in names)


@pytest.mark.parametrize("scheduler", NAMES)
def test_the_number_of_calls_comes_true(tiny_model: Model, tmp_path: Path, scheduler: str) -> None:
    spec = spec_for(scheduler, steps=5)
    cost = estimate(tiny_model, spec)
    assert cost.calls == run(tiny_model, spec, out(tmp_path)).calls


def test_a_run_from_a_picture_has_fewer_calls(tiny_model: Model, tmp_path: Path) -> None:
    import numpy as np
    from PIL import Image

    Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(tmp_path / "a.png")
    for scheduler in ("ddim", "pndm", "heun"):
        spec = spec_for(scheduler, steps=6, init=str(tmp_path / "a.png"), strength=0.5)
        made = run(tiny_model, spec, out(tmp_path, scheduler))
        assert estimate(tiny_model, spec).calls == made.calls, scheduler
    assert expected_calls("DDIMScheduler", 30) == 30


def test_the_default_capture_of_sd15_stays_below_six_megabytes_a_step() -> None:
    with torch.device("meta"):
        unet = UNet2DConditionModel(
            sample_size=64, cross_attention_dim=768, attention_head_dim=8,
            block_out_channels=(320, 640, 1280, 1280),
        )  # fmt: skip
    pipeline = SimpleNamespace(unet=unet, tokenizer=tiny.tokenizer(), vae_scale_factor=8)
    card = ModelCard(
        source="", name="", class_name="", device="cpu", dtype="float32", digest="",
        root=anatomy(pipeline),
    )  # fmt: skip
    cost = capture_cost(card, RunSpec(prompt="x"), tokens=12)
    assert cost.layers == {"attention": 16, "statistics": 44, "activations": 0}
    assert 5e6 < cost.by_call < 6e6
    everything = capture_cost(card, RunSpec(capture=CaptureSpec.everything()), tokens=12)
    assert everything.by_call > 3e9


def test_a_card_without_shapes_costs_the_trajectory() -> None:
    root = ModuleInfo("", "", "Pipeline", "model")
    card = ModelCard("", "", "", "cpu", "float32", "", root)
    cost = capture_cost(card, RunSpec(), tokens=4)
    assert cost.attention == cost.statistics == cost.activations == 0
    assert cost.trajectory > 4 * 4 * 64 * 64 * 4
