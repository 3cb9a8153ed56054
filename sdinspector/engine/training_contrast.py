"""Trains a UNet on captions against others that say one fact wrong.

Noise prediction alone learns slowly what stands where: of the squared error at much noise, a
relation explains a small part, and the rest of a batch drowns it. Here the same noised latent is
predicted twice, with its caption y and with an opposite y′ that differs in one fact, and the
error with y′ must be greater by a margin:

L = ℓ(y) + λ·max(0, m·ℓ̄(y) − (ℓ(y′) − ℓ(y))),    ℓ(y) = w(t)·‖ε − ε_θ(x_t, t, y)‖²

ℓ̄ lets no gradient through, and w is the weight of `denoising_loss`. All that both have in common
cancels out of the difference, so that its gradient is about the one fact. It is the hinge loss of
metric learning (Weinberger & Saul 2009) on the errors that diffusion classifiers compare (Li et
al. 2023, arXiv 2303.16203). λ fades to nothing over the last part, so that the end of the
training is noise prediction alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from diffusers import DDPMScheduler
from torch import Tensor

from sdinspector.engine.training_denoiser import BETAS, TRAIN_TIMESTEPS, spread_timesteps
from sdinspector.worlds import ShapesWorld
from sdinspector.worlds.opposites import Opposite, oppose

OpposedLatent = tuple[Tensor, str, Opposite]
"""Scaled latent float32 [4, h, w], its caption, and one with a fact wrong."""

_OBJECT = 0.6
"""Distance from the border's latent beyond which a latent pixel belongs to an object."""


@dataclass(frozen=True)
class Contrast:
    """How captions are opposed.

    Attributes
    ----------
    share
        Part of a batch that is predicted with both captions; the rest is as in `denoising_loss`.
    weight
        λ.
    margin, detail_margin
        m for relations and colours, and for single shapes.
    timesteps, detail_timesteps
        From and to which timestep each shows.
    fade
        Over the last part of the training, so large, λ goes to zero.
    caption_dropout, caption_noise, snr_limits, offset_noise
        See `denoising_loss`; of pictures that are not opposed.
    """

    share: float = 0.5
    weight: float = 0.5
    margin: float = 0.3
    detail_margin: float = 0.15
    timesteps: tuple[int, int] = (400, 980)
    detail_timesteps: tuple[int, int] = (250, 900)
    fade: float = 0.25
    caption_dropout: float = 0.1
    caption_noise: float = 0.1
    snr_limits: tuple[float, float] = (0.6, 8.0)
    offset_noise: float = 0.1


@dataclass(frozen=True)
class OpposedBank:
    """Latents of the first scenes of a world, in memory, with captions right and wrong."""

    latents: Tensor
    captions: tuple[str, ...]
    opposites: tuple[Opposite, ...]

    @classmethod
    def of(cls, latents: Tensor, world: ShapesWorld, seed: int = 5) -> OpposedBank:
        """The bank of latents [n, 4, h, w] of a world's first n pictures."""
        captions: list[str] = []
        opposites: list[Opposite] = []
        for index in range(len(latents)):
            scene, caption = world.scene(index)
            captions.append(caption.text)
            opposites.append(oppose(np.random.default_rng((seed, index)), scene, caption))
        return cls(latents, tuple(captions), tuple(opposites))

    def __len__(self) -> int:
        return len(self.captions)

    def __getitem__(self, index: int) -> OpposedLatent:
        return self.latents[index], self.captions[index], self.opposites[index]


def object_weights(latents: Tensor) -> Tensor:
    """Weights [b, h, w], 1 on average, that give objects half of a picture's error.

    A latent pixel belongs to an object where it is far from the median of the border's.
    """
    edges = (latents[:, :, 0], latents[:, :, -1], latents[..., 0], latents[..., -1])
    ground = torch.cat(edges, dim=-1).median(dim=-1).values[:, :, None, None]
    inside = ((latents - ground).square().sum(dim=1).sqrt() > _OBJECT).float()
    part = inside.mean(dim=(1, 2), keepdim=True).clamp_min(0.04)
    weights = 0.5 + 0.5 * inside / part
    return weights / weights.mean(dim=(1, 2), keepdim=True)


def contrast_loss(
    denoise: Callable[[Tensor, Tensor, Tensor], Tensor],
    text_states: Callable[[Sequence[str]], Tensor],
    how: Contrast,
    done: Callable[[], float],
) -> Callable[[Sequence[OpposedLatent], torch.Generator], tuple[Tensor, dict[str, float]]]:
    """The loss of this module.

    Parameters
    ----------
    denoise, text_states
        See `denoising_loss`.
    how
        What is opposed and how much.
    done
        The part of the training that is behind, 0 to 1.

    Returns
    -------
    From items and a generator to the loss and its figures: "mse", "hinge", and "gap", how much
    greater the error is with the wrong caption, as a part of the error with the right one.
    """
    scheduler = DDPMScheduler(num_train_timesteps=TRAIN_TIMESTEPS, **BETAS)

    def loss(
        items: Sequence[OpposedLatent], generator: torch.Generator
    ) -> tuple[Tensor, dict[str, float]]:
        clean = torch.stack([latent for latent, _, _ in items])
        count, pairs = len(items), round(how.share * len(items))
        timesteps = _timesteps(items, pairs, how, generator)
        shift = torch.randn((*clean.shape[:2], 1, 1), generator=generator)
        noise = torch.randn(clean.shape, generator=generator) + how.offset_noise * shift
        noised = scheduler.add_noise(clean, noise, timesteps)
        texts = _texts(items, pairs, how, generator)
        predicted = denoise(
            torch.cat([noised, noised[:pairs]]),
            torch.cat([timesteps, timesteps[:pairs]]),
            text_states(texts),
        ).float()
        alpha_bar = scheduler.alphas_cumprod[timesteps]
        snr = alpha_bar / (1.0 - alpha_bar)
        # Where much noise hides the place, weighting objects would draw them in several.
        seen = (snr > 1.0).float()[:, None, None]
        where = seen * object_weights(clean) + 1.0 - seen
        wanted = torch.cat([noise, noise[:pairs]])
        maps = (predicted - wanted).square().mean(dim=1) * torch.cat([where, where[:pairs]])
        squares = maps.mean(dim=(1, 2))
        right, wrong = squares[:count], squares[count:]
        weights = snr.clamp(*how.snr_limits) / snr
        margins = torch.tensor(
            [how.detail_margin if opposite.detail else how.margin for _, _, opposite in items]
        )[:pairs]
        gap = wrong - right[:pairs]
        hinge = (margins * right[:pairs].detach() - gap).clamp_min(0.0) * weights[:pairs]
        fading = min(1.0, max(0.0, 1.0 - done()) / how.fade) if how.fade else 1.0
        total = (right * weights).mean() + how.weight * fading * hinge.mean()
        return total, {
            "mse": float(right.detach().mean()),
            "hinge": float(hinge.detach().mean()),
            "gap": float((gap / right[:pairs]).detach().mean()),
        }

    return loss


def _timesteps(
    items: Sequence[OpposedLatent], pairs: int, how: Contrast, generator: torch.Generator
) -> Tensor:
    """Where each fact shows for those that are opposed, all over the range for the rest."""
    timesteps = spread_timesteps(len(items), generator)
    chance = torch.rand(pairs, generator=generator)
    for index, (_, _, opposite) in enumerate(items[:pairs]):
        low, high = how.detail_timesteps if opposite.detail else how.timesteps
        timesteps[index] = int(low + float(chance[index]) * (high - low))
    return timesteps


def _texts(
    items: Sequence[OpposedLatent], pairs: int, how: Contrast, generator: torch.Generator
) -> list[str]:
    """Captions of all items, of which some are dropped or another's, then the wrong ones."""
    captions = [caption for _, caption, _ in items]
    dropped = torch.rand(len(items), generator=generator) < how.caption_dropout
    others = torch.rand(len(items), generator=generator) < how.caption_noise
    for index in range(pairs, len(items)):
        if dropped[index]:
            captions[index] = ""
        elif others[index]:
            captions[index] = items[index - 1][1]
    return captions + [opposite.text for _, _, opposite in items[:pairs]]
