"""A recorded run is what the plain diffusers pipeline makes, to the last bit."""

from __future__ import annotations

from pathlib import Path

import diffusers
import numpy as np
import pytest
import torch
from PIL import Image

from sdinspector.core import CaptureSpec
from sdinspector.engine import Model, run
from tests.fidelity.plain_runs import NAMES, equal, out, plain_pipeline, plain_run, spec_for

EVERYTHING = CaptureSpec.everything()


@pytest.mark.parametrize("scheduler", NAMES)
def test_run_with_everything_captured_equals_the_plain_pipeline(
    tiny_model: Model, tmp_path: Path, scheduler: str
) -> None:
    spec = spec_for(scheduler, capture=EVERYTHING)
    recording = run(tiny_model, spec, out(tmp_path))
    assert equal(recording.final_latent(), plain_run(tiny_model, spec))


@pytest.mark.parametrize("scheduler", ["", "dpm++2m", "euler-a"])
@pytest.mark.parametrize("scale", [7.5, 1.0])
def test_more_than_the_default_capture_does_not_change_the_last_bit(
    tiny4_model: Model, tmp_path: Path, scheduler: str, scale: float
) -> None:
    ten = [
        "conv_in", "time_embedding", "down_blocks.0.resnets.0", "down_blocks.1.attentions.1",
        "down_blocks.2.downsamplers.0", "mid_block.attentions.0", "mid_block.resnets.1",
        "up_blocks.1.upsamplers.0", "up_blocks.2.attentions.0.transformer_blocks.0.ff", "conv_out",
    ]  # fmt: skip
    capture = CaptureSpec(("*",), ("*",), tuple(ten), both_branches=True)
    spec = spec_for(scheduler, capture=capture, guidance_scale=scale)
    recording = run(tiny4_model, spec, out(tmp_path))
    names = recording.call(0).names
    assert sum(name.startswith("activation/") for name in names) == 10
    assert sum(name.startswith("cross_attention/") for name in names) == 16
    assert equal(recording.final_latent(), plain_run(tiny4_model, spec))


@pytest.mark.parametrize("scheduler", NAMES)
@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_run_from_a_picture_equals_image_to_image(
    tiny_model: Model, tmp_path: Path, scheduler: str, strength: float
) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    picture = Image.fromarray(pixels)
    picture.save(tmp_path / "init.png")
    spec = spec_for(scheduler, init=str(tmp_path / "init.png"), strength=strength)
    recording = run(tiny_model, spec, out(tmp_path))
    plain = plain_pipeline(tiny_model, spec, diffusers.StableDiffusionImg2ImgPipeline)
    latent = plain(
        spec.prompt,
        image=picture,
        strength=strength,
        negative_prompt=spec.negative_prompt,
        num_inference_steps=spec.steps,
        guidance_scale=spec.guidance_scale,
        generator=torch.Generator("cpu").manual_seed(spec.seed),
        output_type="latent",
    ).images[0]
    assert equal(recording.final_latent(), latent)


@pytest.mark.parametrize(
    "changes",
    [
        {"guidance_scale": 1.0},
        {"guidance_scale": 0.0},
        {"guidance_rescale": 0.7},
        {"negative_prompt": ""},
        {"width": 24, "height": 16},
        {"width": 16, "height": 40},
        {"steps": 1},
        {"prompt": ""},
        {"prompt": "star"},
        {"prompt": "red " * 75},
        {"prompt": "blue circle " * 100},
    ],
    ids=str,
)
@pytest.mark.parametrize("scheduler", ["", "euler-a"])
def test_settings_do_not_break_the_identity(
    tiny_model: Model, tmp_path: Path, scheduler: str, changes: dict[str, object]
) -> None:
    spec = spec_for(scheduler, capture=EVERYTHING, **changes)
    recording = run(tiny_model, spec, out(tmp_path))
    assert equal(recording.final_latent(), plain_run(tiny_model, spec))


@pytest.mark.parametrize("scheduler", ["pndm", "dpm++2m-karras"])
def test_sd1_shaped_model_gives_the_plain_pipelines_picture(
    tiny4_model: Model, tmp_path: Path, scheduler: str
) -> None:
    spec = spec_for(scheduler, capture=EVERYTHING)
    recording = run(tiny4_model, spec, out(tmp_path))
    assert equal(recording.final_latent(), plain_run(tiny4_model, spec))
    assert np.array_equal(recording.image(), np.asarray(plain_run(tiny4_model, spec, "pil")))


def test_scheduler_settings_reach_the_scheduler(tiny_model: Model, tmp_path: Path) -> None:
    spec = spec_for("euler", scheduler_settings={"use_karras_sigmas": True})
    recording = run(tiny_model, spec, out(tmp_path))
    assert equal(recording.final_latent(), plain_run(tiny_model, spec))
    usual = run(tiny_model, spec_for("euler"), out(tmp_path, "usual"))
    assert not np.array_equal(recording.final_latent(), usual.final_latent())


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("scheduler", NAMES)
def test_run_on_a_gpu_equals_the_plain_pipeline(
    tiny4_folder: Path, tmp_path: Path, scheduler: str, dtype: str
) -> None:
    from sdinspector.engine import open_model

    model = open_model(str(tiny4_folder), device="cuda", dtype=dtype)
    spec = spec_for(scheduler, capture=EVERYTHING)
    recording = run(model, spec, out(tmp_path))
    plain = plain_run(model, spec)
    assert equal(recording.final_latent(), plain.float() if dtype == "bfloat16" else plain)
