"""The loss of a training on pictures: noise a latent, let the UNet answer, mean squared error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch

from sdinspector.analysis import noise_schedule
from sdinspector.core import TrainingSpec
from sdinspector.engine import autoencoder, noising
from sdinspector.engine.model import Model
from sdinspector.engine.text import embed

if TYPE_CHECKING:
    from sdinspector.engine.training_data import Pictures

PLACES = 8
"""Timesteps at which the mean loss before and after is taken, spread evenly."""
TOGETHER = 16

Item: TypeAlias = tuple[torch.Tensor, str]
"""A scaled latent ``[C, h, w]`` and its caption."""
Told: TypeAlias = Callable[[str, int, int, dict[str, float]], None]
"""Called with what is being done, how much of it is, of how much, and figures."""


class DenoisingLoss:
    """L = ‖target − ε_θ(√ᾱ·x₀ + √(1−ᾱ)·ε, t, caption)‖² (Ho et al. 2020, arXiv 2006.11239).

    Captions are dropped now and then, for the sake of guidance (Ho & Salimans 2022, arXiv
    2207.12598). Latents and embeddings are made once, with the open model.

    Parameters
    ----------
    model
        The open model: its VAE, text encoder and noise schedule.
    spec
        Settings.
    told
        Told how far the work is.

    Raises
    ------
    InspectorError
        ``scheduler.prediction-type``: the model's is none of epsilon, v_prediction and sample.
    """

    def __init__(self, model: Model, spec: TrainingSpec, told: Told) -> None:
        self.model, self.spec, self.told = model, spec, told
        self.scheduler = noising.training_scheduler(model)
        self.kind = noising.prediction_type(self.scheduler)
        self._states: dict[str, torch.Tensor] = {}
        self._embed("")
        self._weigh = self._weights()
        self.unet: Any = None

    def encoded(self, pictures: Pictures, what: str) -> list[Item]:
        """Return the latents of pictures, of one size, with captions whose embeddings are kept."""
        spec, items = self.spec, []
        for done, item in enumerate(pictures.items, start=1):
            encoding = autoencoder.encode(self.model, item.picture, spec.width, spec.height)
            latent = torch.from_numpy(np.asarray(encoding.latent, np.float32))
            self._embed(item.caption)
            items.append((latent, item.caption))
            self.told(what, done, len(pictures.items), {})
        return items

    def __call__(
        self, items: Sequence[Item], generator: torch.Generator
    ) -> tuple[torch.Tensor, dict[str, float]]:
        """Return the loss of a batch, and the plain mean squared error beside it."""
        count, total = len(items), int(self.scheduler.config.num_train_timesteps)
        dropped = torch.rand(count, generator=generator) < self.spec.caption_dropout
        captions = ["" if drop else text for (_, text), drop in zip(items, dropped, strict=True)]
        # One from each equal part of the schedule: each is uniform, and the loss steadier.
        offsets = torch.rand(count, generator=generator)
        parts = torch.randperm(count, generator=generator)
        times = ((parts + offsets) / count * total).long().clamp(max=total - 1)
        clean = torch.stack([latent for latent, _ in items])
        noise = torch.randn(clean.shape, generator=generator)
        squares = self.squares(clean, noise, times, captions)
        weights = None if self._weigh is None else self._weigh[times].to(squares.device)
        figures = {"mse": float(squares.detach().mean())}
        return (squares if weights is None else squares * weights).mean(), figures

    def squares(
        self,
        clean: torch.Tensor,
        noise: torch.Tensor,
        times: torch.Tensor,
        captions: Sequence[str],
    ) -> torch.Tensor:
        """Return each item's mean squared error ``[b]``."""
        device = self.model.device
        clean, noise, times = clean.to(device), noise.to(device), times.to(device)
        noised = self.scheduler.add_noise(clean, noise, times)
        states = torch.stack([self._states[text] for text in captions])
        said = self.unet(noised, times, states, return_dict=False)[0]
        target = noising.target_of(self.scheduler, clean, noise, times)
        squares: torch.Tensor = (said.float() - target).square().mean(dim=(1, 2, 3))
        return squares

    @torch.no_grad()
    def mean(self, items: Sequence[Item], what: str) -> float | None:
        """Return the mean of the loss at fixed timesteps with fixed noise, no caption dropped.

        Each item meets the middle of each eighth of the schedule, with the noise of a seed that is
        its place among the items.
        """
        if not items:
            return None
        total = int(self.scheduler.config.num_train_timesteps)
        places = [int((place + 0.5) * total / PLACES) for place in range(PLACES)]
        pairs = [(number, time) for number in range(len(items)) for time in places]
        losses: list[float] = []
        self.unet.eval()
        for start in range(0, len(pairs), TOGETHER):
            some = pairs[start : start + TOGETHER]
            clean = torch.stack([items[number][0] for number, _ in some])
            noise = torch.stack([_noise(number, clean.shape[1:]) for number, _ in some])
            times = torch.tensor([time for _, time in some])
            captions = [items[number][1] for number, _ in some]
            losses += self.squares(clean, noise, times, captions).tolist()
            self.told(what, len(losses), len(pairs), {})
        return float(np.mean(losses))

    @torch.no_grad()
    def _embed(self, text: str) -> None:
        if text not in self._states:
            self._states[text] = embed(self.model, text, None)[0][0].float()

    def _weights(self) -> torch.Tensor | None:
        """Return the min-SNR weights ``[T]`` (Hang et al. 2023, arXiv 2303.09556), if any."""
        if not self.spec.min_snr:
            return None
        snr = noise_schedule.curves(noising.alpha_bars(self.model)).snr
        weights = noise_schedule.min_snr_weight(snr, self.kind, self.spec.min_snr)
        return torch.from_numpy(np.asarray(weights, np.float32))


def _noise(seed: int, shape: torch.Size) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed))
