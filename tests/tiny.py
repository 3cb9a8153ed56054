"""Tiny random-weight Stable Diffusions, built in memory, that the tests share.

Two sizes: ``two_level_pipeline`` (the quickest that still has down, mid and up blocks with
cross-attention) and ``four_level_pipeline`` (the block types of SD 1.x). The tokenizer is a real
byte-level CLIPTokenizer with a vocabulary of bytes and a few merges, so that any text encodes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    PNDMScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from sdinspector.engine.sources import quiet

# Words that become one token each (their merges are made below); everything else is bytes.
WORDS = ("a", "red", "blue", "circle", "star", "left", "of", "the", "photo")
# The settings of SD 1.5's scheduler; the last is for other classes made from them.
SCHEDULER = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "clip_sample": False,
}


def byte_alphabet() -> list[str]:
    """Return the 256 characters that byte-level BPE writes bytes with (GPT-2's table)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = (byte for byte in range(256) if byte not in printable)
    return [chr(byte) for byte in printable] + [chr(256 + n) for n, _ in enumerate(sorted(others))]


def tokenizer() -> CLIPTokenizer:
    """Return a byte-level CLIPTokenizer of 77 positions whose vocabulary fits in memory."""
    alphabet = byte_alphabet()
    vocabulary = alphabet + [character + "</w>" for character in alphabet]
    merges: list[tuple[str, str]] = []
    for word in WORDS:
        pieces = [*word[:-1], word[-1] + "</w>"]
        while len(pieces) > 1:
            pair = (pieces[0], pieces[1])
            if pair not in merges:
                merges.append(pair)
            pieces = [pieces[0] + pieces[1], *pieces[2:]]
            if pieces[0] not in vocabulary:
                vocabulary.append(pieces[0])
    vocabulary += ["<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(
        vocab={piece: index for index, piece in enumerate(vocabulary)},
        merges=merges,
        model_max_length=77,
    )


def _pipeline(unet: dict[str, Any], vae: dict[str, Any], seed: int) -> StableDiffusionPipeline:
    words = tokenizer()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
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
        pipeline = StableDiffusionPipeline(
            vae=AutoencoderKL(latent_channels=4, norm_num_groups=2, **vae),
            text_encoder=text_encoder,
            tokenizer=words,
            unet=UNet2DConditionModel(
                cross_attention_dim=16, norm_num_groups=2, attention_head_dim=2, **unet
            ),
            scheduler=PNDMScheduler.from_config(SCHEDULER),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
    for part in (pipeline.text_encoder, pipeline.unet, pipeline.vae):
        part.eval()
    return pipeline


def two_level_pipeline(seed: int = 0) -> StableDiffusionPipeline:
    """Return a pipeline of 8×8 latents and 16×16 pictures; equal seeds give equal weights."""
    return _pipeline(
        {
            "sample_size": 8,
            "layers_per_block": 1,
            "block_out_channels": (8, 16),
            "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
            "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        },
        {
            "block_out_channels": (4, 8),
            "down_block_types": ("DownEncoderBlock2D",) * 2,
            "up_block_types": ("UpDecoderBlock2D",) * 2,
            "sample_size": 16,
        },
        seed,
    )


def wordless_pipeline(seed: int = 0) -> StableDiffusionPipeline:
    """Return the two-level pipeline with a denoiser that no word enters."""
    return _pipeline(
        {
            "sample_size": 8,
            "layers_per_block": 1,
            "block_out_channels": (8, 16),
            "down_block_types": ("DownBlock2D",) * 2,
            "mid_block_type": "UNetMidBlock2D",
            "up_block_types": ("UpBlock2D",) * 2,
        },
        {
            "block_out_channels": (4, 8),
            "down_block_types": ("DownEncoderBlock2D",) * 2,
            "up_block_types": ("UpDecoderBlock2D",) * 2,
            "sample_size": 16,
        },
        seed,
    )


def four_level_pipeline(seed: int = 0) -> StableDiffusionPipeline:
    """Return a pipeline with the block types of SD 1.x, 8×8 latents and 64×64 pictures."""
    return _pipeline(
        {
            "sample_size": 8,
            "layers_per_block": 2,
            "block_out_channels": (8, 8, 16, 16),
            "down_block_types": ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
            "up_block_types": ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
        },
        {
            "block_out_channels": (4, 4, 8, 8),
            "down_block_types": ("DownEncoderBlock2D",) * 4,
            "up_block_types": ("UpDecoderBlock2D",) * 4,
            "sample_size": 64,
        },
        seed,
    )


def save(pipeline: StableDiffusionPipeline, folder: Path) -> Path:
    """Write a pipeline as a diffusers folder, without progress bars, and return the folder."""
    with quiet():
        pipeline.save_pretrained(folder)
    return folder


def without_bars(pipeline: StableDiffusionPipeline) -> StableDiffusionPipeline:
    """Return the same pipeline, which no longer prints a progress bar."""
    pipeline.set_progress_bar_config(disable=True)
    return pipeline
