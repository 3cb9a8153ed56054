"""What the plain diffusers pipelines make, to compare with, and small recorded runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import torch
from numpy.typing import NDArray

from sdinspector.core import SCHEDULERS, CaptureSpec, RunSpec, find_scheduler
from sdinspector.engine import Model
from tests.tiny import without_bars

NAMES = [choice.name for choice in SCHEDULERS]
SPEC = RunSpec(
    prompt="a red circle left of a blue star",
    negative_prompt="a photo",
    seed=7,
    steps=4,
    guidance_scale=7.5,
    capture=CaptureSpec.nothing(),
)


def spec_for(scheduler: str, **changes: Any) -> RunSpec:
    """Return the usual small run with another scheduler and other changes."""
    return replace(SPEC, scheduler=scheduler, **changes)


def plain_pipeline(
    model: Model, spec: RunSpec, maker: Any = diffusers.StableDiffusionPipeline
) -> Any:
    """Return a diffusers pipeline of the model's parts with the run's scheduler, by hand."""
    pipeline = maker(**model.pipeline.components, requires_safety_checker=False)
    config = pipeline.scheduler.config
    kind, settings = type(pipeline.scheduler), {}
    if spec.scheduler:
        choice = find_scheduler(spec.scheduler)
        kind, settings = getattr(diffusers, choice.class_name), choice.settings
    pipeline.scheduler = kind.from_config(config, **settings, **spec.scheduler_settings)
    return without_bars(pipeline)


def plain_run(model: Model, spec: RunSpec, output_type: str = "latent") -> Any:
    """Return what ``StableDiffusionPipeline`` makes: a latent tensor, or a Pillow picture."""
    return plain_pipeline(model, spec)(
        spec.prompt,
        negative_prompt=spec.negative_prompt or None,
        num_inference_steps=spec.steps,
        guidance_scale=spec.guidance_scale,
        guidance_rescale=spec.guidance_rescale,
        width=spec.width or None,
        height=spec.height or None,
        generator=torch.Generator("cpu").manual_seed(spec.seed),
        output_type=output_type,
    ).images[0]


def equal(array: NDArray[Any] | None, tensor: torch.Tensor) -> bool:
    """Return whether a recorded array and a tensor are equal to the last bit."""
    assert array is not None
    return torch.equal(torch.from_numpy(array), tensor.cpu())


def out(folder: Path, name: str = "run") -> Path:
    """Return where a test's recording goes."""
    return folder / f"{name}.sdrec"
