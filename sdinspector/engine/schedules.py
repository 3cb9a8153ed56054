"""Schedulers: made from a run's settings, and read for what they do to a prediction at a call."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch

from sdinspector.core import InspectorError, RunSpec, find_scheduler

# As diffusers does for schedules that end in pure noise, where ᾱ is 0.
_SMALLEST_ALPHA_BAR = 2.0**-24


@dataclass(frozen=True)
class Coefficients:
    r"""What a scheduler makes of one call.

    Attributes
    ----------
    a, b
        x̂₀ = a·x_t + b·output, before clipping.
    input_scale
        What x_t is multiplied by before the denoiser sees it.
    clip
        Bound of \|x̂₀\| where the scheduler clips it, ``"dynamic"`` where it thresholds by
        quantile, else ``None``.
    """

    a: float
    b: float
    input_scale: float
    clip: float | str | None


def make_scheduler(pipeline: Any, spec: RunSpec) -> Any:
    """Return a fresh scheduler for a run: of the spec's class, with the model's configuration.

    Raises
    ------
    InspectorError
        ``scheduler.unknown``, ``scheduler.cannot-make`` (a setting it refuses, a library that is
        missing).
    """
    import diffusers

    own = pipeline.scheduler
    settings: dict[str, Any] = {}
    maker = type(own)
    if spec.scheduler:
        choice = find_scheduler(spec.scheduler)
        maker = getattr(diffusers, choice.class_name)
        settings.update(choice.settings)
    settings.update(spec.scheduler_settings)
    try:
        return maker.from_config(own.config, **settings)
    except (ValueError, TypeError, NotImplementedError, ImportError) as error:
        raise InspectorError(
            "scheduler.cannot-make",
            f"The scheduler {maker.__name__} cannot be made with these settings: {error}",
            name=maker.__name__,
            why=str(error),
        ) from error


def steps_of_calls(scheduler: Any, calls: int, steps: int) -> list[tuple[int, int]]:
    """Return for each scheduler call its step and which of the step's calls it is, from 1.

    Solvers of second order call twice a step, the last step once; PNDM repeats its first step, or
    begins with three steps of four calls.

    Parameters
    ----------
    scheduler
        After ``set_timesteps``.
    calls, steps
        Number of its timesteps, and of steps asked for.
    """
    begun = getattr(scheduler, "prk_timesteps", None)
    runge_kutta = 0 if begun is None else len(begun)
    extra = max(0, calls - steps) if int(scheduler.order) == 1 else 0
    found: list[tuple[int, int]] = []
    for call in range(calls):
        if call < runge_kutta:
            step = call // 4
        elif runge_kutta:
            step = runge_kutta // 4 + call - runge_kutta
        elif extra:
            step = max(0, call - extra)
        else:
            step = call // int(scheduler.order)
        order = found[-1][1] + 1 if found and found[-1][0] == step else 1
        found.append((step, order))
    return found


def coefficients(scheduler: Any, timestep: torch.Tensor) -> Coefficients:
    """Return how the scheduler reads the prediction of the call that is about to be stepped.

    Call it after ``scale_model_input`` and before ``step``; it changes nothing.

    Three families: those that keep x_t in the variance-preserving space and look ᾱ up by the
    timestep (DDPM, DDIM, PNDM, LCM); those that keep it there and convert a σ (DPM++, DEIS,
    UniPC); and those in σ-space, x = x₀ + σ·ε, which scale their input (Euler, LMS, Heun, KDPM2).

    Raises
    ------
    InspectorError
        ``scheduler.prediction-type`` for any but epsilon, v_prediction and sample.
    """
    if getattr(scheduler, "step_index", 0) is None:
        # What ``step`` itself would do first, with the same timestep.
        scheduler._init_step_index(timestep)  # noqa: SLF001
    kind = str(scheduler.config.prediction_type)
    if hasattr(scheduler, "convert_model_output"):
        alpha, sigma = scheduler._sigma_to_alpha_sigma_t(  # noqa: SLF001
            scheduler.sigmas[scheduler.step_index]
        )
        a, b = _variance_preserving(kind, float(alpha), float(sigma))
    elif hasattr(scheduler, "sigmas"):
        a, b = _sigma_space(kind, _sigma(scheduler))
    else:
        alpha_bar = max(float(scheduler.alphas_cumprod[int(timestep)]), _SMALLEST_ALPHA_BAR)
        a, b = _variance_preserving(kind, math.sqrt(alpha_bar), math.sqrt(1.0 - alpha_bar))
    return Coefficients(a, b, _input_scale(scheduler, timestep), _clip(scheduler))


def _variance_preserving(kind: str, alpha: float, sigma: float) -> tuple[float, float]:
    """Return a and b where x_t = α·x₀ + σ·ε and α² + σ² = 1."""
    if kind == "epsilon":
        return 1.0 / alpha, -sigma / alpha
    if kind == "v_prediction":
        return alpha, -sigma
    if kind == "sample":
        return 0.0, 1.0
    raise unknown_prediction_type(kind)


def _sigma_space(kind: str, sigma: float) -> tuple[float, float]:
    """Return a and b where x = x₀ + σ·ε."""
    if kind == "epsilon":
        return 1.0, -sigma
    if kind == "v_prediction":
        return 1.0 / (sigma**2 + 1.0), -sigma / math.sqrt(sigma**2 + 1.0)
    if kind in ("sample", "original_sample"):
        return 0.0, 1.0
    raise unknown_prediction_type(kind)


def unknown_prediction_type(kind: str) -> InspectorError:
    """Return the error for what a denoiser says, where it is none of the three that are known."""
    return InspectorError(
        "scheduler.prediction-type",
        f"The prediction type {kind!r} is not known here; epsilon, v_prediction and sample are.",
        prediction_type=kind,
    )


def _sigma(scheduler: Any) -> float:
    """Return σ of the coming call; solvers of second order look in between at every other one."""
    index = scheduler.step_index
    if not getattr(scheduler, "state_in_first_order", True):
        if getattr(scheduler, "mid_point_sigma", None) is not None:  # DPM SDE
            return float(scheduler.mid_point_sigma)
        if hasattr(scheduler, "sigmas_up"):  # KDPM2 ancestral
            return float(scheduler.sigmas_interpol[index - 1])
        if hasattr(scheduler, "sigmas_interpol"):  # KDPM2
            return float(scheduler.sigmas_interpol[index])
    return float(scheduler.sigmas[index])


def _input_scale(scheduler: Any, timestep: torch.Tensor) -> float:
    """Return what the scheduler multiplies x_t by, exactly: in float64, which MPS has not."""
    one = torch.ones(1, dtype=torch.float64)
    return float(scheduler.scale_model_input(one, timestep))


def scaled_input(latents: torch.Tensor, input_scale: float) -> torch.Tensor:
    """Return what the denoiser saw, bit for bit, from x_t and the recorded scale.

    Schedulers divide by a float32 number; the recorded scale is its reciprocal in float64, from
    which that number comes back exactly.
    """
    if input_scale == 1.0:
        return latents
    return latents / torch.tensor(1.0 / input_scale, dtype=torch.float32)


def _clip(scheduler: Any) -> float | str | None:
    config = scheduler.config
    if config.get("thresholding", False):
        return "dynamic"
    if config.get("clip_sample", False):
        return float(config.get("clip_sample_range", 1.0))
    return None


def time_as_number(timestep: torch.Tensor) -> float | int:
    """Return a timestep as JSON holds it: whole for schedulers that count, else a float."""
    value: float | int = timestep.item()
    return value


def time_as_tensor(value: float, device: torch.device) -> torch.Tensor:
    """Return a recorded timestep as the denoiser was given it."""
    if float(value).is_integer():
        return torch.tensor(int(value), device=device)
    return torch.tensor(value, dtype=torch.float32, device=device)
