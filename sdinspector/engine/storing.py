"""What a run stores: predictions, what the scheduler made of them, and the manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import rescale_noise_cfg
from numpy.typing import NDArray

from sdinspector.core import RunSpec
from sdinspector.engine.capture import Plan, describe_layers
from sdinspector.engine.conditioning import COND, UNCOND, Conditioning
from sdinspector.engine.copying import Kept
from sdinspector.engine.devices import dtype_name, to_numpy
from sdinspector.engine.libraries import versions
from sdinspector.engine.model import Model
from sdinspector.engine.schedules import Coefficients, time_as_number
from sdinspector.recording import RecordingWriter


@dataclass(frozen=True)
class Prediction:
    """What the denoiser said at one call, ``[1, C, h, w]``, and what was kept of how it came to it.

    ``uncond`` is ``None`` where the conditional branch ran alone.
    """

    uncond: torch.Tensor | None
    cond: torch.Tensor
    kept: Kept

    def guided(self, scale: float, rescale: float) -> torch.Tensor:
        """Return the guided prediction, with the pipeline's own arithmetic and order."""
        if self.uncond is None:
            return self.cond
        guided = self.uncond + scale * (self.cond - self.uncond)
        if rescale > 0.0:
            rescaled: torch.Tensor = rescale_noise_cfg(guided, self.cond, guidance_rescale=rescale)
            return rescaled
        return guided


@dataclass(frozen=True)
class Stepped:
    """What the scheduler made of a call: x_t before it, x̂₀, a and b, and the scale used."""

    before: torch.Tensor
    denoised: torch.Tensor
    coefficients: Coefficients
    scale: float


def denoised(latents: torch.Tensor, output: torch.Tensor, factors: Coefficients) -> torch.Tensor:
    """Return x̂₀ = a·x_t + b·output, clipped as the scheduler clips, in the latent's precision."""
    result = factors.a * latents.float() + factors.b * output.float()
    if isinstance(factors.clip, float):
        result = result.clamp(-factors.clip, factors.clip)
    return result.to(latents.dtype)


def step_record(
    prediction: Prediction,
    stepped: Stepped,
    *,
    step: int,
    order: int,
    timestep: torch.Tensor,
    tokens: str,
) -> tuple[Kept, dict[str, Any]]:
    """Return the arrays and the metadata of one scheduler call, as its step file holds them.

    Parameters
    ----------
    prediction, stepped
        What the denoiser said, and what the scheduler made of it.
    step, order
        The step the call belongs to, and which of the step's calls it is, from 1.
    timestep
        What the denoiser was given.
    tokens
        Name of the conditional branch's embeddings and tokens.
    """
    arrays = dict(prediction.kept)
    arrays["latent"] = to_numpy(stepped.before[0])
    arrays["noise_cond"] = to_numpy(prediction.cond[0])
    if prediction.uncond is not None:
        arrays["noise_uncond"] = to_numpy(prediction.uncond[0])
    arrays["denoised"] = to_numpy(stepped.denoised[0])
    factors = stepped.coefficients
    return arrays, {
        "step": step,
        "order": order,
        "timestep": time_as_number(timestep),
        "scale": stepped.scale,
        "input_scale": factors.input_scale,
        "a": factors.a,
        "b": factors.b,
        "clip": factors.clip,
        "branches": [COND] if prediction.uncond is None else [UNCOND, COND],
        "tokens": tokens,
        "dtype": dtype_name(stepped.before.dtype),
    }


def begin_recording(
    model: Model,
    spec: RunSpec,
    out: str | Path,
    *,
    kind: str,
    conditioning: Conditioning,
    plan: Plan,
    latent_size: tuple[int, int],
    overwrite: bool,
    parent: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
    arrays: Mapping[str, NDArray[np.generic]] | None = None,
) -> RecordingWriter:
    """Make a recording's writer and store the conditioning, with further ``arrays`` if given."""
    layers = {}
    if plan.paths:
        shapes = model.shapes(*latent_size)
        layers = describe_layers(model.pipeline.unet, plan, shapes)
    writer = RecordingWriter(
        out,
        kind=kind,
        spec=spec,
        model=model.about(),
        tokens=dict(conditioning.tokens),
        preview=model.card.preview,
        layers=layers,
        libraries=versions(),
        parent=parent,
        overwrite=overwrite,
        extra={"threads": torch.get_num_threads(), **(extra or {})},
        summarise=True,
    )
    try:
        writer.conditioning({**conditioning.arrays(), **(arrays or {})})
    except BaseException as error:
        writer.__exit__(type(error), error, error.__traceback__)
        raise
    return writer


def picture_text(model: Model, spec: RunSpec) -> dict[str, str]:
    """Return a run's settings as the text that goes into its PNG."""
    return {
        "Software": "sdinspector",
        "prompt": spec.prompt,
        "negative_prompt": spec.negative_prompt,
        "settings": json.dumps(spec.to_json(), ensure_ascii=False),
        "model": json.dumps(model.about(), ensure_ascii=False),
    }
