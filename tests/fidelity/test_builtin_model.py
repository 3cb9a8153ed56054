from __future__ import annotations

import json
import time
import warnings
from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline

from sdinspector.core.paths import builtin_model
from sdinspector.engine.evaluation import evaluate, generate, held_out_prompts
from sdinspector.engine.training_autoencoder import LATENT_SPREAD, measure_psnr
from sdinspector.engine.training_denoiser import LatentBank, TextStates, caption_losses, fill_bank
from sdinspector.worlds import ShapesWorld
from sdinspector.worlds.judge import judge

pytestmark = pytest.mark.timeout(300)

FOLDER = builtin_model()
BEST_SCALE = 2.0


@pytest.fixture(scope="module")
def pipeline() -> StableDiffusionPipeline:
    loaded = StableDiffusionPipeline.from_pretrained(
        FOLDER, dtype=torch.float32, local_files_only=True
    )
    loaded.set_progress_bar_config(disable=True)
    return loaded


def _config(part: str, name: str = "config.json") -> dict[str, object]:
    return dict(json.loads((FOLDER / part / name).read_text("utf-8")))


def test_it_opens_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        StableDiffusionPipeline.from_pretrained(FOLDER, local_files_only=True)


def test_it_has_the_architecture_of_stable_diffusion_1() -> None:
    unet = _config("unet")
    assert unet["down_block_types"] == ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"]
    assert unet["mid_block_type"] == "UNetMidBlock2DCrossAttn"
    assert unet["up_block_types"] == ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3
    assert unet["layers_per_block"] == 2
    assert unet["sample_size"] == 16
    assert _config("vae")["latent_channels"] == 4
    assert _config("text_encoder")["max_position_embeddings"] == 77


def test_its_scheduler_is_set_as_in_stable_diffusion_1_5() -> None:
    scheduler = _config("scheduler", "scheduler_config.json")
    assert scheduler["_class_name"] == "PNDMScheduler"
    expected = {
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "num_train_timesteps": 1000,
        "skip_prk_steps": True,
        "steps_offset": 1,
        "set_alpha_to_one": False,
        "clip_sample": False,
        "prediction_type": "epsilon",
    }
    assert {key: scheduler[key] for key in expected} == expected


def test_it_is_small_and_in_half_precision() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 40e6
    assert not any(path.suffix in {".bin", ".pt", ".ckpt"} for path in files)


def test_its_autoencoder_keeps_28_decibels(pipeline: StableDiffusionPipeline) -> None:
    world = ShapesWorld(12345, held_out=None)
    assert measure_psnr(pipeline.vae, [world[index].picture for index in range(60)]) >= 28.0


def test_its_latents_have_the_scale_it_was_trained_with(
    pipeline: StableDiffusionPipeline,
) -> None:
    spread = float(_bank(pipeline, 60).latents.std())
    assert spread == pytest.approx(LATENT_SPREAD, rel=0.1)


class _Captioned:
    def __init__(self, length: int) -> None:
        self.world = ShapesWorld(777)
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int):  # type: ignore[no-untyped-def]
        sample = self.world[index]
        return sample.picture, sample.text


def _bank(pipeline: StableDiffusionPipeline, length: int) -> LatentBank:
    with torch.no_grad():
        return fill_bank(pipeline.vae, _Captioned(length))


def test_it_predicts_noise_better_with_the_right_caption(
    pipeline: StableDiffusionPipeline,
) -> None:
    states = TextStates(pipeline.tokenizer, pipeline.text_encoder)
    losses = caption_losses(pipeline.unet, states, _bank(pipeline, 48))
    assert losses["right"] < 0.9 * losses["none"]
    assert losses["none"] < losses["wrong"]


def test_it_draws_what_is_asked_for_and_guidance_shows(
    pipeline: StableDiffusionPipeline,
) -> None:
    # Thirty prompts are few: the README has what five hundred say.
    result = evaluate(pipeline, prompts=30, steps=30, scales=(1.0, BEST_SCALE), seed=1)
    without, best = result["scales"]
    assert best["background"] >= 0.9
    assert best["one_colour"] >= 0.8
    assert best["one_right"] >= 0.8
    assert best["two_right"] >= 0.5
    assert best["one_right"] + best["two_right"] > without["one_right"] + without["two_right"]


def test_thirty_steps_take_ten_seconds_at_most(pipeline: StableDiffusionPipeline) -> None:
    prompt = held_out_prompts(2)[0]
    start = time.process_time()
    (picture,) = generate(pipeline, [prompt], steps=30, scale=BEST_SCALE)
    # Processor time on all threads: what another program does at the same time does not count.
    assert time.process_time() - start <= 20.0
    assert picture.shape == (64, 64, 3)
    judge(picture, prompt.scene)


def test_it_has_a_readme_with_its_figures() -> None:
    text = (Path(FOLDER).parent / "README.md").read_text("utf-8")
    assert "PSNR" in text
    assert "sdinspector train shapes" in text
