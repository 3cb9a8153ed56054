"""Models of the sizes that are measured: the built-in one, and others with random weights.

The random ones have the denoiser of the size they are named after, a text encoder of one layer and
a narrow VAE: next to nothing but the denoiser is left for a capture to be set against.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    PNDMScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel

from sdinspector.engine import Model, open_model
from sdinspector.engine.sources import model_from_pipeline

CONFIGS = Path(__file__).resolve().parent.parent / "resources" / "configs" / "stable-diffusion-1.5"


@dataclass(frozen=True)
class Size:
    """What a size is called, how many steps stand for it, and how large its own share may be."""

    title: str
    steps: int
    rounds: int
    bound: float
    changes: dict[str, Any] | None


SIZES = {
    "built-in": Size("the built-in model", 30, 15, 0.15, None),
    "middle": Size(
        "UNet widths 160, 320, 640, 640, latents 32²",
        4,
        7,
        0.05,
        {"block_out_channels": (160, 320, 640, 640), "sample_size": 32},
    ),
    "sd15": Size("Stable Diffusion 1.5's UNet, latents 64²", 2, 3, 0.03, {}),
}


def make(size: str) -> Model:
    """Open the built-in model or make a random one of another size."""
    changes = SIZES[size].changes
    if changes is None:
        return open_model("shapes", device="cpu")
    return random_model(size, changes)


#: SD 1.5's 16 cross-attentions of 8 heads at 64² latents, each channel count a tenth of its own.
NARROW: dict[str, Any] = {"block_out_channels": (32, 64, 128, 128)}
#: SD 1.5's 1280 channels at 8², 16² and 32², with little around them.
WIDE: dict[str, Any] = {"block_out_channels": (32, 64, 1280, 1280), "layers_per_block": 1}


def random_model(name: str, changes: dict[str, Any]) -> Model:
    """Return a model with random weights whose UNet is SD 1.5's but for ``changes``."""
    words = open_model("shapes", device="cpu").pipeline.tokenizer
    return model_from_pipeline(_random(changes, words), source=name, name=name)


def _random(changes: dict[str, Any], words: Any) -> StableDiffusionPipeline:
    """Return a pipeline of SD 1.5's configuration with changes to its UNet."""
    config = json.loads((CONFIGS / "unet" / "config.json").read_text(encoding="utf-8"))
    torch.manual_seed(0)
    unet = UNet2DConditionModel.from_config({**config, **changes})
    text_encoder = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(words),
            hidden_size=unet.config.cross_attention_dim,
            intermediate_size=unet.config.cross_attention_dim,
            num_hidden_layers=1,
            num_attention_heads=12,
            max_position_embeddings=words.model_max_length,
            bos_token_id=words.bos_token_id,
            eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id,
        )
    )
    vae = AutoencoderKL(
        latent_channels=4,
        norm_num_groups=2,
        block_out_channels=(4, 4, 4, 4),
        layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        sample_size=8 * unet.config.sample_size,
    )
    parts: tuple[nn.Module, ...] = (unet, text_encoder, vae)
    for part in parts:
        part.eval().requires_grad_(requires_grad=False)
    scheduler = json.loads((CONFIGS / "scheduler" / "scheduler_config.json").read_text("utf-8"))
    pipeline = StableDiffusionPipeline(
        vae=vae,
        text_encoder=text_encoder,
        tokenizer=words,
        unet=unet,
        scheduler=PNDMScheduler.from_config(scheduler),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline
