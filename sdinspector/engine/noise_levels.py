"""Which timesteps and noise levels a scheduler visits, read off the scheduler while it walks."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from sdinspector.analysis.noise_schedule import Values
from sdinspector.core import InspectorError, RunSpec
from sdinspector.engine.model import Model
from sdinspector.engine.schedules import coefficients, make_scheduler, steps_of_calls


@dataclass(frozen=True)
class NoiseLevels:
    """The scheduler calls of a run, each array ``[calls]``.

    Attributes
    ----------
    scheduler
        The diffusers class.
    steps
        How many were asked for.
    step
        The step of each call, from 0; several calls share one in solvers of second order.
    timesteps
        t as the denoiser is given it, float64.
    sigma
        σ of x = x₀ + σ·ε, float64, as the scheduler itself uses it.
    """

    scheduler: str
    steps: int
    step: tuple[int, ...]
    timesteps: Values
    sigma: Values

    @property
    def alpha_bar(self) -> Values:
        """ᾱ = 1/(1 + σ²)."""
        return np.asarray(1.0 / (1.0 + self.sigma**2))

    @property
    def snr(self) -> Values:
        """1/σ²."""
        with np.errstate(divide="ignore"):
            return np.asarray(self.sigma**-2.0)

    @property
    def stride(self) -> Values:
        """How far log SNR is from that of the call before, ``[calls - 1]``: the size of a step."""
        return np.asarray(np.diff(np.log(self.snr)))


def training_alpha_bar(model: Model) -> Values:
    """Return ᾱ over the training timesteps, ``[T]`` float64, of the model's own scheduler."""
    bars: torch.Tensor = model.pipeline.scheduler.alphas_cumprod
    return np.asarray(bars.double().cpu().numpy())


def noise_levels(model: Model, scheduler: str = "", steps: int = 30) -> NoiseLevels:
    """Return what a scheduler with the model's configuration visits.

    The scheduler is stepped through all its calls with zeros in place of latents, since some
    decide only then where they look. No denoiser runs and no random state changes.

    Parameters
    ----------
    scheduler
        A short name; the model's own where empty.
    steps
        From 1.

    Raises
    ------
    InspectorError
        ``scheduler.unknown``; ``scheduler.cannot-make``, also where it refuses that many steps.
    """
    # How the noise is parametrised changes nothing of its levels; from ε they are read directly.
    settings = {"prediction_type": "epsilon"}
    walker = make_scheduler(
        model.pipeline,
        RunSpec(prompt="", scheduler=scheduler, steps=steps, scheduler_settings=settings),
    )
    try:
        walker.set_timesteps(steps)
        found = _walk(walker)
    except (ValueError, IndexError, ZeroDivisionError) as error:
        name = type(walker).__name__
        raise InspectorError(
            "scheduler.cannot-make",
            f"The scheduler {name} cannot take {steps} steps: {error} Try another number.",
            name=name,
            why=str(error),
        ) from error
    places = steps_of_calls(walker, len(found), steps)
    return NoiseLevels(
        scheduler=type(walker).__name__,
        steps=steps,
        step=tuple(step for step, _ in places),
        timesteps=np.array([t for t, _ in found], dtype=np.float64),
        sigma=np.array([sigma for _, sigma in found], dtype=np.float64),
    )


def _walk(scheduler: Any) -> list[tuple[float, float]]:
    """Return t and σ of each call."""
    latents = torch.zeros(1, 4, 2, 2)
    extra: dict[str, Any] = {}
    if "generator" in inspect.signature(scheduler.step).parameters:
        extra["generator"] = torch.Generator().manual_seed(0)
    found = []
    for timestep in scheduler.timesteps:
        scheduler.scale_model_input(latents, timestep)
        # x̂₀ = a·x − b'·ε with b' = σ/α where x = α·x₀ + σ·ε: the σ of a picture at its own size.
        found.append((float(timestep), -coefficients(scheduler, timestep).b))
        latents = scheduler.step(torch.zeros_like(latents), timestep, latents, **extra).prev_sample
    return found
