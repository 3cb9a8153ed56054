"""Trains the autoencoder of the built-in model: pictures to 4-channel latents and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from diffusers import AutoencoderKL
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from sdinspector.worlds import ShapesWorld

KL_WEIGHT = 3e-5
"""Per latent element, against a reconstruction loss per picture element."""


LATENT_SPREAD = 0.5
"""Standard deviation of scaled latents.

Stable Diffusion has 1, for latents of 64x64. These are 16x16 and flat: averaged over an object or
the whole picture, √ᾱ = 0.07 of them still shows through the noise of the last timestep. A model
learns to read layout and background there instead of in the caption, and finds nothing in a
sampler's pure noise. Half the signal is a quarter of the SNR at every timestep (Chen 2023,
arXiv 2301.10972).
"""


LITTLE_NOISE = 250
"""Timesteps below this are the last of a sampling, which only clean up."""


@dataclass(frozen=True)
class Pictures:
    """The first `length` pictures of the shapes world as training items, without captions."""

    world: ShapesWorld
    length: int

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        return self.world[index].picture


def as_batch(pictures: Sequence[NDArray[np.uint8]]) -> Tensor:
    """Pictures uint8 [h, w, 3] as one float32 [b, 3, h, w] in −1..1."""
    stacked = torch.from_numpy(np.stack(pictures))
    return stacked.permute(0, 3, 1, 2).to(torch.float32) / 127.5 - 1.0


def new_autoencoder(widths: tuple[int, ...] = (16, 32, 64), pixels: int = 64) -> AutoencoderKL:
    """An untrained AutoencoderKL with 4 latent channels, a level a width."""
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * len(widths),
        up_block_types=("UpDecoderBlock2D",) * len(widths),
        block_out_channels=widths,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        sample_size=pixels,
        scaling_factor=1.0,
    )


def edge_weights(pictures: Tensor) -> Tensor:
    """Weights [b, 1, h, w], 1 on flat ground and up to 5 at edges.

    Nine tenths of a drawn picture are flat; without weights the loss hardly sees the outlines
    that tell the shapes apart.
    """
    across = (pictures[..., :, 1:] - pictures[..., :, :-1]).abs().amax(1, keepdim=True)
    down = (pictures[..., 1:, :] - pictures[..., :-1, :]).abs().amax(1, keepdim=True)
    edges = functional.pad(across, (0, 1)) + functional.pad(across, (1, 0))
    edges = edges + functional.pad(down, (0, 0, 0, 1)) + functional.pad(down, (0, 0, 1, 0))
    return 1.0 + 4.0 * functional.max_pool2d(edges, 3, stride=1, padding=1).clamp(max=1.0)


def reconstruction_loss(difference: Tensor, weights: Tensor) -> Tensor:
    """Edge-weighted L1 + L2, the hue's part threefold, and L2 of 4×4 block means.

    Outlines alone are learnt within minutes and then hold back the hues: most of an outline's
    error is in its brightness. The block means say what colour a place has, wherever its edges lie.

    Parameters
    ----------
    difference
        [b, 3, h, w], reconstruction − picture.
    weights
        [b, 1, h, w].
    """
    brightness = difference.mean(dim=1, keepdim=True)
    hue = difference - brightness
    mixed = torch.cat([brightness, 3.0 * hue], dim=1)
    sharp = (weights * (mixed.abs() + 2.0 * difference.square().sum(1, keepdim=True))).mean()
    return sharp + 8.0 * functional.avg_pool2d(mixed, 4).square().mean()


def autoencoder_loss(
    vae: AutoencoderKL,
) -> Callable[[Sequence[NDArray[np.uint8]], torch.Generator], tuple[Tensor, dict[str, float]]]:
    """`reconstruction_loss`, and a small KL of the latents to the unit normal."""

    def loss(
        items: Sequence[NDArray[np.uint8]], generator: torch.Generator
    ) -> tuple[Tensor, dict[str, float]]:
        pictures = as_batch(items)
        posterior = vae.encode(pictures).latent_dist
        noise = torch.randn(posterior.mean.shape, generator=generator)
        decoded = vae.decode(posterior.mean + posterior.std * noise).sample
        difference = decoded - pictures
        error = reconstruction_loss(difference, edge_weights(pictures))
        kl = 0.5 * (posterior.mean.square() + posterior.var - 1.0 - posterior.logvar).mean()
        psnr = psnr_of(float(difference.detach().square().mean()) / 4.0)
        return error + KL_WEIGHT * kl, {"psnr": psnr, "kl": float(kl.detach())}

    return loss


def decoder_loss(
    vae: AutoencoderKL, denoised: Callable[[Tensor, Sequence[str], Tensor, Tensor], Tensor]
) -> Callable[
    [Sequence[tuple[NDArray[np.uint8], str]], torch.Generator], tuple[Tensor, dict[str, float]]
]:
    """`reconstruction_loss` of what the decoder makes of latents as sampling ends with.

    A UNet's last predictions leave a little noise in the latent, which a decoder that has seen
    clean latents alone shows as speckles. Half of the latents here are clean, half are predicted
    from a little noise.

    Parameters
    ----------
    vae
        Only its decoder gets gradients.
    denoised
        From scaled latents [b, 4, h, w], captions, timesteps [b] and noise like the latents to the
        predicted x̂₀ like the latents.
    """

    def loss(
        items: Sequence[tuple[NDArray[np.uint8], str]], generator: torch.Generator
    ) -> tuple[Tensor, dict[str, float]]:
        pictures = as_batch([picture for picture, _ in items])
        factor = float(vae.config.scaling_factor)
        half = len(items) // 2
        with torch.no_grad():
            latents = vae.encode(pictures).latent_dist.mode() * factor
            steps = torch.randint(1, LITTLE_NOISE, (half,), generator=generator)
            noise = torch.randn((half, *latents.shape[1:]), generator=generator)
            captions = [caption for _, caption in items[:half]]
            latents[:half] = denoised(latents[:half], captions, steps, noise)
        difference = vae.decode(latents / factor).sample - pictures
        error = reconstruction_loss(difference, edge_weights(pictures))
        squares = difference.detach().square().mean(dim=(1, 2, 3)) / 4.0
        return error, {
            "psnr": psnr_of(float(squares[half:].mean())),
            "psnr_denoised": psnr_of(float(squares[:half].mean())),
        }

    return loss


def psnr_of(mean_squared_error: float) -> float:
    """Peak signal-to-noise ratio in dB for values in 0..1: −10·log10(MSE)."""
    return float(-10.0 * np.log10(max(mean_squared_error, 1e-12)))


@torch.no_grad()
def measure_psnr(vae: AutoencoderKL, pictures: Sequence[NDArray[np.uint8]]) -> float:
    """PSNR in dB of decode(mode(encode)) clipped to 0..255, from the MSE over all pictures."""
    squares: list[float] = []
    for start in range(0, len(pictures), 32):
        batch = as_batch(pictures[start : start + 32])
        decoded = vae.decode(vae.encode(batch).latent_dist.mode()).sample.clamp(-1.0, 1.0)
        squares.extend(((decoded - batch) / 2.0).square().mean(dim=(1, 2, 3)).tolist())
    return psnr_of(float(np.mean(squares)))


@torch.no_grad()
def latents_of(
    vae: AutoencoderKL, pictures: Sequence[NDArray[np.uint8]], batch: int = 64
) -> Tensor:
    """Unscaled latents (the posterior's mean), float32 [n, 4, h, w]."""
    parts = [
        vae.encode(as_batch(pictures[start : start + batch])).latent_dist.mode()
        for start in range(0, len(pictures), batch)
    ]
    return torch.cat(parts)


def set_scaling_factor(vae: AutoencoderKL, pictures: Sequence[NDArray[np.uint8]]) -> float:
    """Write `LATENT_SPREAD`/std of the latents of these pictures to the configuration.

    Returns
    -------
    The factor.
    """
    factor = LATENT_SPREAD / float(latents_of(vae, pictures).std())
    vae.register_to_config(scaling_factor=factor)
    return factor
