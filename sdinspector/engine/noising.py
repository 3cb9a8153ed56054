"""Noise as in training: x_t of a clean latent at any timestep, with ε of a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import DDPMScheduler
from diffusers.utils.torch_utils import randn_tensor
from numpy.typing import NDArray

from sdinspector.core import InspectorError
from sdinspector.engine import autoencoder, pictures
from sdinspector.engine.devices import memory_errors_explained, to_numpy
from sdinspector.engine.model import Model
from sdinspector.engine.schedules import unknown_prediction_type
from sdinspector.recording import Recording


@dataclass(frozen=True)
class Clean:
    """A latent without noise, x₀ ``[C, h, w]`` as the denoiser's space has it, and its picture.

    ``origin`` is the path of what it was made of, empty where it has none.
    """

    latent: NDArray[np.generic]
    picture: NDArray[np.uint8]
    origin: str = ""


Source = pictures.Picture | Recording | Clean


@dataclass(frozen=True)
class Noised:
    """A latent noised to a timestep.

    Attributes
    ----------
    timestep
        From 0 to T−1.
    alpha_bar
        ᾱ there.
    latent
        x_t = √ᾱ·x₀ + √(1−ᾱ)·ε, ``[C, h, w]``.
    picture
        ``[H, W, 3]`` uint8: what the VAE makes of x_t as it is.
    """

    timestep: int
    alpha_bar: float
    latent: NDArray[np.generic]
    picture: NDArray[np.uint8]


def training_scheduler(model: Model) -> Any:
    """Return a ``DDPMScheduler`` with the model's noise schedule, for its formulas alone."""
    # A latent is never clipped.
    return DDPMScheduler.from_config(
        model.pipeline.scheduler.config, clip_sample=False, thresholding=False
    )


def alpha_bars(model: Model) -> NDArray[np.float64]:
    """Return ᾱ of the model's noise schedule, ``[T]``."""
    values: torch.Tensor = training_scheduler(model).alphas_cumprod
    return values.double().numpy()


def prediction_type(scheduler: Any) -> str:
    """Return what a denoiser with this scheduler says: epsilon, v_prediction or sample.

    Raises
    ------
    InspectorError
        ``scheduler.prediction-type``: something else.
    """
    kind = str(scheduler.config.prediction_type)
    if kind not in ("epsilon", "v_prediction", "sample"):
        raise unknown_prediction_type(kind)
    return kind


def target_of(
    scheduler: Any, clean: torch.Tensor, noise: torch.Tensor, times: torch.Tensor
) -> torch.Tensor:
    """Return what the denoiser should say of x_t: ε, v = √ᾱ·ε − √(1−ᾱ)·x₀, or x₀.

    Parameters
    ----------
    scheduler
        Of :func:`training_scheduler`.
    clean, noise
        x₀ and ε ``[b, C, h, w]``.
    times
        t ``[b]``.

    Raises
    ------
    InspectorError
        As :func:`prediction_type`.
    """
    kind = prediction_type(scheduler)
    if kind == "epsilon":
        return noise
    if kind == "sample":
        return clean
    velocity: torch.Tensor = scheduler.get_velocity(clean, noise, times)
    return velocity


def noise_of(seed: int, shape: Sequence[int], model: Model, dtype: torch.dtype) -> torch.Tensor:
    """Return ε of a seed, drawn on the CPU so that a seed means the same everywhere."""
    generator = torch.Generator("cpu").manual_seed(seed)
    drawn: torch.Tensor = randn_tensor(tuple(shape), generator, model.device, dtype)
    return drawn


def noise_array(model: Model, seed: int, shape: Sequence[int]) -> NDArray[np.generic]:
    """Return ε of a seed for a latent of this shape ``[C, h, w]``: what :func:`noised` adds."""
    return to_numpy(noise_of(seed, (1, *shape), model, model.dtype)[0])


def clean_of(model: Model, source: Source, width: int = 0, height: int = 0) -> Clean:
    """Return x₀ of a picture, or of a recording's result.

    Parameters
    ----------
    model
        The open model.
    source
        A picture, whose posterior's mean is taken, scaled; a recording with a final latent; or
        what was made of one before, which is returned.
    width, height
        Size to which a picture is fitted, in pixels; 0 for the model's own. A recording has its
        own.

    Raises
    ------
    InspectorError
        ``picture.…``, ``spec.size-multiple``; ``objective.no-latent`` where the recording has no
        final latent, ``latent.shape`` where it is of another kind of model; ``memory.full``.
    """
    if isinstance(source, Clean):
        return source
    if not isinstance(source, Recording):
        encoding = autoencoder.encode(model, source, width, height)
        return Clean(encoding.latent, encoding.picture, source_text(source))
    latent = source.final_latent()
    if latent is None:
        raise InspectorError(
            "objective.no-latent",
            f"{source.path.name} has no final latent. Take a run that was finished.",
            path=str(source.path),
        )
    picture = source.image()
    if picture is None or latent.shape[0] != model.card.latent_channels:
        picture = autoencoder.decode(model, latent)
    return Clean(latent, picture, source_text(source))


def source_text(source: Source) -> str:
    """Return a source's path as a recording's ``init`` names it; empty where it has none."""
    if isinstance(source, Clean):
        return source.origin
    if isinstance(source, Recording):
        return str(source.path)
    return str(source) if isinstance(source, str | Path) else ""


def as_latents(model: Model, latent: NDArray[Any], dtype: torch.dtype) -> torch.Tensor:
    """Return a latent ``[C, h, w]`` as the model's tensor ``[1, C, h, w]``."""
    return torch.from_numpy(np.array(latent))[None].to(model.device, dtype)


def checked_timesteps(model: Model, timesteps: Sequence[int]) -> list[int]:
    """Return timesteps as whole numbers.

    Raises
    ------
    InspectorError
        ``observe.timesteps`` where there is none, or one outside the model's schedule.
    """
    limit = int(training_scheduler(model).config.num_train_timesteps)
    wanted = [int(timestep) for timestep in timesteps]
    if not wanted or not all(0 <= timestep < limit for timestep in wanted):
        raise InspectorError(
            "observe.timesteps",
            f"Timesteps are one or more whole numbers from 0 to {limit - 1}, not {wanted}.",
            timesteps=wanted,
            highest=limit - 1,
        )
    return wanted


@torch.no_grad()
def noised(model: Model, latent: NDArray[Any], timestep: int, seed: int = 0) -> Noised:
    """Noise a clean latent to a timestep and decode it as it is.

    Parameters
    ----------
    model
        The open model.
    latent
        x₀ ``[C, h, w]``.
    timestep
        From 0 to T−1.
    seed
        Of ε: the same at every timestep, so that a slider over t moves one noise in and out.

    Raises
    ------
    InspectorError
        ``observe.timesteps``, ``latent.shape``, ``memory.full``.
    """
    (timestep,) = checked_timesteps(model, [timestep])
    scheduler = training_scheduler(model)
    with memory_errors_explained("noising the picture"):
        clean = as_latents(model, latent, model.dtype)
        noise = noise_of(seed, clean.shape, model, clean.dtype)
        mixed = scheduler.add_noise(clean, noise, torch.tensor([timestep], device=model.device))
        picture = autoencoder.decode(model, mixed[0])
    return Noised(timestep, float(scheduler.alphas_cumprod[timestep]), to_numpy(mixed[0]), picture)
