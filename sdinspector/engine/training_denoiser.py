"""Trains a UNet to predict noise: the stage that works on any captioned latents.

Loss: L = ‖ε − ε_θ(√ᾱ_t·x₀ + √(1−ᾱ_t)·ε, t, y)‖², with the caption y dropped now and then for
guidance's unconditional branch (Ho et al. 2020, arXiv 2006.11239; Ho & Salimans 2022,
arXiv 2207.12598).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from diffusers import AutoencoderKL, DDPMScheduler, PNDMScheduler, UNet2DConditionModel
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer

from sdinspector.engine.training_autoencoder import latents_of
from sdinspector.engine.training_loop import Collection
from sdinspector.engine.training_text import MAX_TOKENS

CaptionedLatent = tuple[Tensor, str]
"""Scaled latent float32 [4, h, w] and its caption."""

CaptionedPicture = tuple[NDArray[np.uint8], str]
"""Picture uint8 [h, w, 3] and its caption."""

TRAIN_TIMESTEPS = 1000
BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def new_unet(
    widths: tuple[int, ...] = (32, 64, 96, 96), text_width: int = 128, grid: int = 16
) -> UNet2DConditionModel:
    """An untrained UNet with the blocks of Stable Diffusion 1.x and two layers a block."""
    return UNet2DConditionModel(
        sample_size=grid,
        in_channels=4,
        out_channels=4,
        down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
        mid_block_type="UNetMidBlock2DCrossAttn",
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
        block_out_channels=widths,
        layers_per_block=2,
        cross_attention_dim=text_width,
        attention_head_dim=4,  # diffusers reads it as the number of heads
        norm_num_groups=16,
    )


def new_scheduler() -> PNDMScheduler:
    """The sampling scheduler, with the settings of Stable Diffusion 1.5."""
    scheduler = PNDMScheduler(
        num_train_timesteps=TRAIN_TIMESTEPS,
        **BETAS,
        skip_prk_steps=True,
        set_alpha_to_one=False,
        prediction_type="epsilon",
        timestep_spacing="leading",
        steps_offset=1,
    )
    # Not PNDM's own: for DDIM and others made from this configuration, which would clip.
    scheduler.register_to_config(clip_sample=False)
    return scheduler


@dataclass(frozen=True)
class LatentBank:
    """Latents and captions held in memory: encoded once, seen many times.

    Attributes
    ----------
    latents
        Scaled, float32 [n, 4, h, w].
    captions
        n texts.
    """

    latents: Tensor
    captions: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.captions)

    def __getitem__(self, index: int) -> CaptionedLatent:
        return self.latents[index], self.captions[index]


def fill_bank(
    vae: AutoencoderKL,
    pictures: Collection[CaptionedPicture],
    on_progress: Callable[[int, int], None] | None = None,
    batch: int = 64,
) -> LatentBank:
    """Encode captioned pictures once, so that the steps do no work of the autoencoder."""
    factor = float(vae.config.scaling_factor)
    latents: list[Tensor] = []
    captions: list[str] = []
    for start in range(0, len(pictures), batch):
        items = [pictures[i] for i in range(start, min(start + batch, len(pictures)))]
        latents.append(latents_of(vae, [picture for picture, _ in items], batch) * factor)
        captions.extend(caption for _, caption in items)
        if on_progress is not None:
            on_progress(len(captions), len(pictures))
    return LatentBank(torch.cat(latents), tuple(captions))


def spread_timesteps(count: int, generator: torch.Generator) -> Tensor:
    """Timesteps int64 [count]: one from each equal part of 0..999, in random order.

    Each is uniform, and the batch covers the whole range, which steadies the loss.
    """
    offsets = torch.rand(count, generator=generator)
    parts = torch.randperm(count, generator=generator)
    return ((parts + offsets) / count * TRAIN_TIMESTEPS).long().clamp(max=TRAIN_TIMESTEPS - 1)


class TextStates:
    """Captions to text states [b, 77, width], as the pipeline gives them to the UNet."""

    def __init__(self, tokenizer: CLIPTokenizer, text_encoder: CLIPTextModel) -> None:
        self.tokenizer = tokenizer
        self.text_encoder = text_encoder.eval().requires_grad_(requires_grad=False)

    @torch.no_grad()
    def __call__(self, captions: Sequence[str]) -> Tensor:
        """Last hidden states of captions padded to 77 tokens."""
        encoded = self.tokenizer(
            list(captions),
            padding="max_length",
            truncation=True,
            max_length=MAX_TOKENS,
            return_tensors="pt",
        )
        states: Tensor = self.text_encoder(torch.as_tensor(encoded.input_ids)).last_hidden_state
        return states


def denoising_loss(
    denoise: Callable[[Tensor, Tensor, Tensor], Tensor],
    text_states: Callable[[Sequence[str]], Tensor],
    caption_dropout: float = 0.1,
    *,
    caption_noise: float = 0.0,
    snr_limits: tuple[float, float] | None = None,
    offset_noise: float = 0.0,
) -> Callable[[Sequence[CaptionedLatent], torch.Generator], tuple[Tensor, dict[str, float]]]:
    """The training loss.

    Parameters
    ----------
    denoise
        From x_t, timesteps and text states to the noise prediction (`unet_call`).
    text_states
        The text encoder (`TextStates`).
    caption_dropout
        How often a caption is replaced by the empty one.
    caption_noise
        How often a picture is given another's caption, of the same batch. A model that has seen
        right captions alone draws at scale 1 what guidance would bring out.
    snr_limits
        Least and greatest weight of the error of x̂₀: the noise's squared error is multiplied by
        clip(SNR, least, greatest)/SNR with SNR = ᾱ/(1−ᾱ). The upper limit is that of Hang et al.
        2023 (arXiv 2303.09556), the lower one that of Salimans & Ho 2022 (arXiv 2202.00512, §4).
        Steps of little noise, whose loss is large and says least about what is where, weigh
        less; those of much noise, where the background and the layout are settled, weigh more.
        None: the plain mean squared error.
    offset_noise
        Standard deviation of noise that shifts a whole channel (Guttenberg 2023, "Diffusion with
        offset noise"). At the last timestep √ᾱ is still 0.07, and in small latents the mean of
        a channel then tells the background, which a sampler's pure noise does not: the model
        trusts it over the caption and paints everything grey.
    """
    scheduler = DDPMScheduler(num_train_timesteps=TRAIN_TIMESTEPS, **BETAS)

    def loss(
        items: Sequence[CaptionedLatent], generator: torch.Generator
    ) -> tuple[Tensor, dict[str, float]]:
        clean = torch.stack([latent for latent, _ in items])
        dropped = torch.rand(len(items), generator=generator) < caption_dropout
        texts = [text for _, text in items]
        if caption_noise > 0.0:
            wrong = torch.rand(len(items), generator=generator) < caption_noise
            texts = [texts[i - 1] if wrong[i] else text for i, text in enumerate(texts)]
        captions = ["" if drop else text for text, drop in zip(texts, dropped, strict=True)]
        timesteps = spread_timesteps(len(items), generator)
        noise = torch.randn(clean.shape, generator=generator)
        if offset_noise > 0.0:
            shift = torch.randn((*clean.shape[:2], 1, 1), generator=generator)
            noise = noise + offset_noise * shift
        noised = scheduler.add_noise(clean, noise, timesteps)
        predicted = denoise(noised, timesteps, text_states(captions))
        squares = (predicted.float() - noise).square().mean(dim=(1, 2, 3))
        figures = {"mse": float(squares.detach().mean())}
        if snr_limits is None:
            return squares.mean(), figures
        alpha_bar = scheduler.alphas_cumprod[timesteps]
        snr = alpha_bar / (1.0 - alpha_bar)
        return (squares * snr.clamp(*snr_limits) / snr).mean(), figures

    return loss


def unet_call(unet: UNet2DConditionModel) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """The UNet as a plain function of x_t, timesteps and text states."""

    def call(latents: Tensor, timesteps: Tensor, states: Tensor) -> Tensor:
        predicted: Tensor = unet(latents, timesteps, states, return_dict=False)[0]
        return predicted

    return call


def one_step(
    unet: UNet2DConditionModel, text_states: TextStates
) -> Callable[[Tensor, Sequence[str], Tensor, Tensor], Tensor]:
    """What the UNet takes noised latents for: x̂₀ = (x_t − √(1−ᾱ)·ε)/√ᾱ.

    Returns
    -------
    From scaled latents [b, 4, h, w], captions, timesteps [b] and noise like the latents to x̂₀.
    """
    scheduler = DDPMScheduler(num_train_timesteps=TRAIN_TIMESTEPS, **BETAS)
    call = unet_call(unet)

    @torch.no_grad()
    def denoised(
        latents: Tensor, captions: Sequence[str], timesteps: Tensor, noise: Tensor
    ) -> Tensor:
        noised = scheduler.add_noise(latents, noise, timesteps)
        alpha_bar = scheduler.alphas_cumprod[timesteps][:, None, None, None]
        predicted = call(noised, timesteps, text_states(captions))
        clean: Tensor = (noised - (1.0 - alpha_bar).sqrt() * predicted) / alpha_bar.sqrt()
        return clean

    return denoised


@torch.no_grad()
def caption_losses(
    unet: UNet2DConditionModel,
    text_states: TextStates,
    bank: LatentBank,
    timestep: int = 700,
    seed: int = 0,
) -> dict[str, float]:
    """Mean loss at one timestep with the right captions, with others' and with none.

    What the UNet has learnt from captions, in three numbers: the right ones must be lowest, and
    wrong ones worse than none.
    """
    generator = torch.Generator("cpu").manual_seed(seed)
    scheduler = DDPMScheduler(num_train_timesteps=TRAIN_TIMESTEPS, **BETAS)
    clean = bank.latents
    noise = torch.randn(clean.shape, generator=generator)
    timesteps = torch.full((len(bank),), timestep, dtype=torch.long)
    noised = scheduler.add_noise(clean, noise, timesteps)
    right = list(bank.captions)
    variants = {"right": right, "wrong": right[1:] + right[:1], "none": [""] * len(right)}
    return {
        name: float(
            functional.mse_loss(unet_call(unet)(noised, timesteps, text_states(captions)), noise)
        )
        for name, captions in variants.items()
    }
