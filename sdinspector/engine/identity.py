"""The check behind the badge: run the plain diffusers pipeline and compare, to the last bit."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sdinspector.core import Cancelled, InspectorError, RunSpec, ShouldStop
from sdinspector.engine import plain
from sdinspector.engine.capture import stoppable
from sdinspector.engine.conditioning import START
from sdinspector.engine.devices import memory_errors_explained, to_numpy
from sdinspector.engine.model import Model
from sdinspector.engine.schedules import make_scheduler
from sdinspector.recording import Recording


@dataclass(frozen=True)
class IdentityReport:
    """How a recorded run compares with the plain pipeline.

    Attributes
    ----------
    identical
        Whether the final latents are equal to the last bit.
    max_difference
        Largest absolute difference of the two.
    seconds
        How long the plain pipeline took.
    """

    identical: bool
    max_difference: float
    seconds: float


def check_identity(
    model: Model, recording: Recording, should_stop: ShouldStop | None = None
) -> IdentityReport:
    """Run the plain diffusers pipeline with a recording's settings and compare final latents.

    Parameters
    ----------
    model
        The model of the recording.
    recording
        A complete run without edits, or with guidance edits that leave both branches at every
        call; then the scale of the plain pipeline is set between its steps.
    should_stop
        Asked before every block of the denoiser.

    Raises
    ------
    InspectorError
        ``identity.not-comparable`` where the plain pipeline cannot do what the run did,
        ``identity.other-model``, ``memory.full``.
    Cancelled
        Where ``should_stop`` said so.
    """
    spec = recording.spec
    latent = recording.final_latent()
    reason = _why_not(recording) if latent is not None else "it did not come to its end"
    if latent is None or reason:
        raise InspectorError(
            "identity.not-comparable",
            f"The plain pipeline cannot repeat {recording.path.name}: {reason}.",
            reason=reason,
        )
    if recording.model.get("digest") != model.card.digest:
        raise InspectorError(
            "identity.other-model",
            f"{recording.path.name} was made with another model than the open one. Open "
            f"{recording.model.get('source')} to check it.",
            source=str(recording.model.get("source")),
        )
    if should_stop is not None and should_stop():
        raise Cancelled
    began = time.perf_counter()
    with memory_errors_explained("running the plain pipeline"):
        given = recording.conditioning().get(START) if spec.start else None
        plain_latent = plain_final_latent(model, spec, should_stop, given)
    seconds = time.perf_counter() - began
    fresh = to_numpy(plain_latent[0])
    if fresh.shape != latent.shape:
        return IdentityReport(identical=False, max_difference=float("inf"), seconds=seconds)
    identical = bool(np.array_equal(fresh, latent, equal_nan=True))
    apart = np.abs(fresh.astype(np.float64) - latent.astype(np.float64))
    return IdentityReport(identical, 0.0 if identical else float(apart.max()), seconds)


def plain_final_latent(
    model: Model,
    spec: RunSpec,
    should_stop: ShouldStop | None = None,
    given: NDArray[Any] | None = None,
) -> torch.Tensor:
    """Return the final latent ``[1, C, h, w]`` of the plain pipeline's own ``__call__``.

    ``given`` is the latent ``[C, h, w]`` that a run began with, where no seed drew it.
    """
    pipeline = plain.pipeline_for(
        model,
        make_scheduler(model.pipeline, spec),
        from_picture=bool(spec.init),
        both=bool(spec.edits),
    )
    width, height = model.picture_size(spec.width, spec.height)
    settings: dict[str, Any] = {
        "num_inference_steps": spec.steps,
        "guidance_scale": spec.guidance_at(0),
        "negative_prompt": spec.negative_prompt,
        "generator": plain.generator_of(spec),
        "output_type": "latent",
    }
    if spec.edits:
        settings["callback_on_step_end"] = _follower(spec)
    if spec.init:
        settings["image"] = plain.init_tensor(pipeline, model, spec.init, (width, height))
        settings["strength"] = spec.strength
    else:
        settings |= {"width": width, "height": height, "guidance_rescale": spec.guidance_rescale}
        settings["latents"] = plain.first_latent(model, spec, model.dtype, (width, height), given)
    with stoppable(model.pipeline.unet, should_stop):
        latent: torch.Tensor = pipeline(spec.prompt, **settings).images
    return latent


def _follower(spec: RunSpec) -> Any:
    """Return a callback that sets the scale of the coming call; it is called after each call."""

    def follow(pipeline: Any, call: int, _timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
        pipeline._guidance_scale = spec.guidance_at(call + 1)  # noqa: SLF001
        return values

    return follow


def _why_not(recording: Recording) -> str:
    spec = recording.spec
    if not recording.is_run:
        return f"it is a recording of kind {recording.kind!r}"
    if spec.edits:
        if any(edit.kind != "guidance" for edit in spec.edits):
            return "it has edits, which the plain pipeline does not know"
        # A branch that was added later does not count.
        if not all(recording.has(call, "noise_uncond") for call in range(recording.calls)):
            return "its guidance was changed on the way, and not every call has both branches"
    elif spec.branches != "auto" and spec.evaluates_both() != (spec.guidance_scale > 1.0):
        return "its branches were chosen by hand"
    if spec.init and spec.guidance_rescale > 0.0:
        return "image to image does not rescale guidance"
    return ""
