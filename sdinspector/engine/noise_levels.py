"""Which timesteps and noise levels a scheduler visits, read off the scheduler while it walks."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import torch

from sdinspector.analysis.noise_schedule import NoiseLevels, Values
from sdinspector.core import Cancelled, InspectorError, RunSpec, ShouldStop
from sdinspector.engine.model import Model
from sdinspector.engine.schedules import coefficients, make_scheduler, steps_of_calls


def training_alpha_bar(model: Model) -> Values:
    """Return ᾱ over the training timesteps, ``[T]`` float64, of the model's own scheduler."""
    bars: torch.Tensor = model.pipeline.scheduler.alphas_cumprod
    return np.asarray(bars.double().cpu().numpy())


def noise_levels(
    model: Model, scheduler: str = "", steps: int = 30, should_stop: ShouldStop | None = None
) -> NoiseLevels:
    """Return what a scheduler with the model's configuration visits.

    The scheduler is stepped through all its calls with zeros in place of latents, since some
    decide only then where they look. No denoiser runs and no random state changes.

    Parameters
    ----------
    scheduler
        A short name; the model's own where empty.
    steps
        From 1.
    should_stop
        Asked between the calls: some schedulers take seconds for a thousand.

    Raises
    ------
    InspectorError
        ``scheduler.unknown``; ``scheduler.cannot-make``, also where it refuses that many steps.
    Cancelled
        ``should_stop`` said so.
    """
    # How the noise is parametrised changes nothing of its levels; from ε they are read directly.
    settings = {"prediction_type": "epsilon"}
    walker = make_scheduler(
        model.pipeline,
        RunSpec(prompt="", scheduler=scheduler, steps=steps, scheduler_settings=settings),
    )
    try:
        walker.set_timesteps(steps)
        found = _walk(walker, should_stop or (lambda: False))
    except (ValueError, IndexError, ZeroDivisionError, AssertionError) as error:
        name = type(walker).__name__
        why = str(error).partition(". ")[0].rstrip(".") or "it gives no reason"
        raise InspectorError(
            "scheduler.cannot-make",
            f"The scheduler {name} cannot take {steps} steps: {why}. Try another number.",
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


def _walk(scheduler: Any, should_stop: ShouldStop) -> list[tuple[float, float]]:
    """Return t and σ of each call."""
    latents = torch.zeros(1, 4, 2, 2)
    extra: dict[str, Any] = {}
    if "generator" in inspect.signature(scheduler.step).parameters:
        extra["generator"] = torch.Generator().manual_seed(0)
    found = []
    for timestep in scheduler.timesteps:
        if should_stop():
            raise Cancelled
        scheduler.scale_model_input(latents, timestep)
        # x̂₀ = a·x − b'·ε with b' = σ/α where x = α·x₀ + σ·ε: the σ of a picture at its own size.
        found.append((float(timestep), -coefficients(scheduler, timestep).b))
        latents = scheduler.step(torch.zeros_like(latents), timestep, latents, **extra).prev_sample
    return found
