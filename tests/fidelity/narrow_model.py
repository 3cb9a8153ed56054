"""A narrow Stable Diffusion of SD 1.x's geometry (64² latents), with weights that never change.

The package daam works only where a latent is 64² and the picture 512². The weights come from
numpy's ``RandomState``, whose numbers are the same in every version, so that maps which were made
once with the package can be compared with those that are made now. It must not be narrower: with
half the channels, normalisation over two or four of them blew the rounding of another processor up
to 4e-3 of a map's range; now other instruction sets agree to 5e-5.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel

from tests import tiny

STEPS = 2
GUIDANCE = 5.0
# The words that the tokenizer has whole, and others that become several tokens of a letter or two.
# daam finds a word by its pieces without the mark of a word's end, so that "a" would also be found
# inside a word that is spelt out: no prompt has both.
PROMPTS = (
    "a red circle",
    "a blue star left of a red circle",
    "a photo of a star",
    "the red circle",
    "the blue star left of the circle",
    "a red star left of the blue star",
    "photo",
    "the photo of the green circle",
    "the dog",
    "the house left of the river",
    "the cozy red kitchen",
    "the blue bird",
    "the old stone bridge",
    "the circle of the moon",
    "the left photo of the red fox",
    "the white horse left of the blue river",
    "green",
    "the yellow sun of the north",
    "the quick brown fox",
    "red green blue",
)


def pipeline() -> StableDiffusionPipeline:
    """Return the pipeline; its attention is as uneven as that of a trained one."""
    words = tiny.tokenizer()
    text_encoder = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(words),
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=77,
            bos_token_id=words.bos_token_id,
            eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id,
        )
    )
    made = StableDiffusionPipeline(
        vae=AutoencoderKL(
            latent_channels=4,
            norm_num_groups=2,
            block_out_channels=(2, 2, 2, 2),
            layers_per_block=1,
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            sample_size=512,
        ),
        text_encoder=text_encoder,
        tokenizer=words,
        unet=UNet2DConditionModel(
            sample_size=64,
            cross_attention_dim=16,
            norm_num_groups=2,
            attention_head_dim=2,
            layers_per_block=1,
            block_out_channels=(8, 16, 16, 16),
            down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
            up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
        ),
        scheduler=DDIMScheduler.from_config(tiny.SCHEDULER),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    for seed, part in enumerate((made.text_encoder, made.unet, made.vae)):
        _fill(part.eval(), seed)
    return tiny.without_bars(made)


@torch.no_grad()
def _fill(module: nn.Module, seed: int) -> None:
    """Give every parameter a number of its own, in the order of the names."""
    numbers = np.random.RandomState(seed)
    for name, parameter in sorted(module.named_parameters()):
        values = numbers.standard_normal(tuple(parameter.shape)).astype(np.float32)
        if "norm" in name and name.endswith("weight"):
            values = 1.0 + 0.1 * values
        elif parameter.ndim == 1:
            values = 0.1 * values
        else:
            values /= math.sqrt(parameter[0].numel())
            if "attn2.to_q" in name or "attn2.to_k" in name:
                values *= 1.5
        parameter.copy_(torch.from_numpy(np.asarray(values, dtype=np.float32)))
