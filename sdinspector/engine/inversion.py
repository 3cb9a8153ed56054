"""DDIM inversion: a picture walked up to the noise that makes it, and down again as a run."""

from __future__ import annotations

import dataclasses
import inspect
import math
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from diffusers import DDIMInverseScheduler, DDIMScheduler
from numpy.typing import NDArray

from sdinspector.analysis.similarity import similarity
from sdinspector.core import Cancelled, CaptureSpec, InspectorError, RunSpec, ShouldStop
from sdinspector.engine import autoencoder, picture_bench, pictures, plain
from sdinspector.engine.devices import memory_errors_explained, to_numpy
from sdinspector.engine.model import Model
from sdinspector.engine.sampling import CallDone, Loop, drive
from sdinspector.engine.schedules import make_scheduler, time_as_number
from sdinspector.recording import Recording, place
from sdinspector.recording.inversion import KEY, KIND, InversionPath, relative_errors, way_down

DDIM = "ddim"
_NAMES = ("", DDIM, "ddimscheduler")
# A latent is never clipped, and what was clipped on the way down could not be walked up again.
_CLIPPING = ("clip_sample", "thresholding")


@dataclass(frozen=True)
class InversionCall(CallDone):
    """A denoiser call of either way; ``call`` and ``calls`` count both ways together.

    Attributes
    ----------
    upward
        Whether it leads from the picture to noise; only the calls of the way back are in the
        recording, which begins with the first of them.
    """

    upward: bool


InversionCalls: TypeAlias = Generator[InversionCall, None, Recording]


def invert(
    model: Model,
    picture: pictures.Picture,
    caption: str,
    out: str | Path,
    *,
    on_step: Callable[[InversionCall], None] | None = None,
    **settings: Any,
) -> Recording:
    """Invert a picture and run the way back; see :func:`invert_iter`, which has the settings."""
    return drive(invert_iter(model, picture, caption, out, **settings), on_step)


def invert_iter(
    model: Model,
    picture: pictures.Picture,
    caption: str,
    out: str | Path,
    *,
    steps: int = 50,
    guidance_scale: float = 1.0,
    negative_prompt: str = "",
    width: int = 0,
    height: int = 0,
    how: picture_bench.Placing = "crop",
    scheduler: str = DDIM,
    capture: CaptureSpec | None = None,
    should_stop: ShouldStop | None = None,
    overwrite: bool = False,
) -> InversionCalls:
    r"""Invert a picture, yielding after each denoiser call of the way up and of the way down.

    The picture is encoded to x₀ (mean of the posterior, scaled). Each step of DDIM (Song et al.
    2020, arXiv 2010.02502, eq. 12 with σ = 0) is solved for the noisier latent,

    .. math:: x_{t} = \sqrt{\barα_{t}}\,\hat x_0 + \sqrt{1 - \barα_{t}}\,ε(x_{t-}, t),

    with the prediction of the latent that is there, x_{t−}, in place of the one that is sought
    (their section 4.3; Mokady et al. 2022, arXiv 2211.09794, section 3.1). Both ways ask the
    denoiser at the same timesteps, so that this is the only approximation. Then x_T is run down
    with DDIM and the same conditioning: that run is the recording.

    Parameters
    ----------
    model
        The open model.
    picture
        See :func:`sdinspector.engine.pictures.read`.
    caption
        The conditional branch's text, on both ways.
    out, should_stop, overwrite
        As for :func:`sdinspector.engine.run`. What is stopped on the way up leaves nothing.
    steps
        Of each way.
    guidance_scale, negative_prompt
        On both ways. Above 1 the way back departs from the way up, since guidance multiplies
        what the approximation leaves out.
    width, height
        In pixels; 0 for the model's own.
    how
        How the picture is brought to that size: "crop", "pad" or "fit".
    scheduler
        DDIM alone can be inverted so.
    capture
        What to keep of the way down; the default capture where left out.

    Returns
    -------
    Recording
        Of kind ``inversion``: the way down as a run, which can be replayed and forked; the way up
        as its first capture; the figures in its manifest.

    Raises
    ------
    InspectorError
        ``inversion.scheduler``, ``inversion.no-schedule``, ``inversion.not-finite``,
        ``picture.…``, ``spec.…``, ``scheduler.…``, ``recording.…``, ``memory.full``.
    Cancelled
        Where ``should_stop`` said so.
    """
    _check_scheduler(model, scheduler)
    width, height = model.picture_size(width, height)
    spec = RunSpec(
        prompt=caption,
        negative_prompt=negative_prompt,
        steps=steps,
        guidance_scale=guidance_scale,
        scheduler=DDIM,
        width=width,
        height=height,
        capture=capture or CaptureSpec(),
    )
    spec.validate(model.card.size_multiple)
    spec = dataclasses.replace(spec, scheduler_settings=_settings(model, spec))
    # Told before the way up, which takes as long as the run.
    place.check(Path(out).absolute(), overwrite)
    image, placed = picture_bench.place(model, picture, how, width, height)
    clean = autoencoder.encode(model, image, width, height)
    climb = _Climb(model, spec, clean.latent)
    for call in range(climb.calls):
        began = time.perf_counter()
        climb.step(call, should_stop)
        done = CallDone(
            call=call,
            calls=2 * climb.calls,
            step=call,
            steps=climb.calls,
            timestep=time_as_number(climb.timesteps[call]),
            path=Path(out),
            seconds=time.perf_counter() - began,
        )
        yield _as_inversion(done, upward=True)
    path = climb.path(clean.picture, autoencoder.decode(model, climb.states[0]))
    start = path.latents[-1]
    loop = Loop(model, dataclasses.replace(spec, start=plain.digest_of(start)), start=start)
    about = {
        "picture": str(picture) if isinstance(picture, str | Path) else "",
        "placing": placed,
        "steps": steps,
    }
    writer = loop.recorder(out, kind=KIND, overwrite=overwrite, extra={KEY: about})
    with writer:
        writer.capture(path.arrays(), {"kind": KIND})
        for call in range(loop.calls):
            done = loop.record(call, writer, should_stop)
            shift: dict[str, Any] = {"call": climb.calls + call, "calls": climb.calls + loop.calls}
            yield _as_inversion(dataclasses.replace(done, **shift), upward=False)
        returned = loop.finish(writer, should_stop)
        errors = relative_errors(path.latents, way_down(Recording.open(writer.path), path.steps))
        figures = _figures(path, returned, to_numpy(loop.latents[0]), errors)
        writer.update(**{KEY: {**about, **figures}})
    return Recording.open(writer.path)


class _Climb(Loop):
    """The way up: the run's own conditioning and denoiser calls, its scheduler turned round."""

    def __init__(self, model: Model, spec: RunSpec, clean: NDArray[Any]) -> None:
        begin = dataclasses.replace(
            spec, capture=CaptureSpec.nothing(), start=plain.digest_of(clean)
        )
        super().__init__(model, begin, start=clean)
        self.scheduler = Inverse(self.scheduler)
        self.timesteps = self.scheduler.timesteps
        self.states: list[torch.Tensor] = [self.latents[0]]
        self._cond: list[NDArray[np.generic]] = []
        self._uncond: list[NDArray[np.generic]] = []

    @torch.no_grad()
    def step(self, call: int, should_stop: ShouldStop | None) -> None:
        """Do one step up.

        Raises
        ------
        InspectorError
            ``inversion.not-finite``, ``memory.full``.
        """
        if should_stop is not None and should_stop():
            raise Cancelled
        with memory_errors_explained("inverting the picture"):
            prediction = self.predict(call, should_stop)
            scale = self.spec.guidance_at(call)
            self.latents = self.scheduler.step(
                prediction.guided(scale, self.spec.guidance_rescale),
                self.timesteps[call],
                self.latents,
            )
        if not bool(torch.isfinite(self.latents).all()):
            raise InspectorError(
                "inversion.not-finite",
                f"At a guidance scale of {scale:g} the way up leaves the numbers that "
                f"{self.model.card.dtype} holds. Take a scale of 1, or float32.",
                scale=scale,
                dtype=self.model.card.dtype,
            )
        self.states.append(self.latents[0])
        self._cond.append(to_numpy(prediction.cond[0]))
        if prediction.uncond is not None:
            self._uncond.append(to_numpy(prediction.uncond[0]))

    def path(self, picture: NDArray[np.uint8], round_trip: NDArray[np.uint8]) -> InversionPath:
        """Return the whole way."""
        return InversionPath(
            latents=np.stack([to_numpy(state) for state in self.states]),
            timesteps=self.timesteps.cpu().numpy().astype(np.int64),
            noise_cond=np.stack(self._cond),
            noise_uncond=np.stack(self._uncond) if self._uncond else None,
            picture=picture,
            round_trip=round_trip,
        )


class Inverse:
    """A DDIM scheduler turned round: its own timesteps, ascending, and its steps, undone.

    A step up from t− to t is the exact inverse of the step down from t to t−, were the prediction
    the same. That is diffusers' ``DDIMInverseScheduler`` with two differences: its spacing knows
    no "linspace", so the timesteps are the forward scheduler's; and it reads v, which the denoiser
    gives for t, at the noise level of t−, by which the latent would lose some Δφ² of its length at
    every step, both ways.

    Parameters
    ----------
    forward
        A ``DDIMScheduler`` whose timesteps are set.

    Raises
    ------
    InspectorError
        ``scheduler.cannot-schedule`` where a timestep lies outside the noise schedule.
    """

    def __init__(self, forward: DDIMScheduler) -> None:
        known = inspect.signature(DDIMInverseScheduler).parameters
        config = {name: value for name, value in forward.config.items() if name in known}
        self._library = DDIMInverseScheduler.from_config({**config, "timestep_spacing": "leading"})
        self._library.set_timesteps(forward.num_inference_steps)
        self._forward = forward
        self.timesteps: torch.Tensor = forward.timesteps.flip(0)
        limit = len(forward.alphas_cumprod)
        if not all(0 <= int(timestep) < limit for timestep in self.timesteps):
            raise InspectorError(
                "scheduler.cannot-schedule",
                f"The scheduler DDIMScheduler cannot make {forward.num_inference_steps} steps "
                f"within the model's {limit} timesteps. Take fewer.",
                name="DDIMScheduler",
                steps=forward.num_inference_steps,
                why=f"its timesteps leave 0 to {limit - 1}",
            )

    def scale_model_input(self, latents: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
        """Return what the denoiser is given: the latent as it is."""
        return latents

    def step(
        self, output: torch.Tensor, timestep: torch.Tensor, latents: torch.Tensor
    ) -> torch.Tensor:
        """Return x_t of x_{t−} and the denoiser's output at t."""
        if self._forward.config.prediction_type != "v_prediction":
            stepped: torch.Tensor = self._library.step(
                output, timestep, latents, return_dict=False
            )[0]
            return stepped
        low, high = self._levels(int(timestep))
        # With ᾱ = cos²φ the step down is x_{t−} = cos(φ_t − φ_{t−})·x_t − sin(φ_t − φ_{t−})·v.
        cosine = (low * high) ** 0.5 + ((1 - low) * (1 - high)) ** 0.5
        sine = (low * (1 - high)) ** 0.5 - (high * (1 - low)) ** 0.5
        return (latents + sine * output) / cosine

    def _levels(self, timestep: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return ᾱ below a timestep, as the forward scheduler steps, and ᾱ at it."""
        bars, forward = self._forward.alphas_cumprod, self._forward
        before = timestep - len(bars) // forward.num_inference_steps
        return bars[before] if before >= 0 else forward.final_alpha_cumprod, bars[timestep]


def _check_scheduler(model: Model, name: str) -> None:
    if name.strip().lower() not in _NAMES:
        raise InspectorError(
            "inversion.scheduler",
            f"Only DDIM can be walked backwards, and {name!r} is another scheduler. Leave it out, "
            "or say ddim; the fork of an inversion may take any.",
            name=name,
        )
    own = model.pipeline.scheduler
    if not hasattr(own, "alphas_cumprod"):
        raise InspectorError(
            "inversion.no-schedule",
            f"The scheduler of this model, {type(own).__name__}, has no noise schedule ᾱ, which "
            "DDIM inversion needs. Open a Stable Diffusion model.",
            name=type(own).__name__,
        )


def _settings(model: Model, spec: RunSpec) -> dict[str, Any]:
    """Return what has to be set in the model's configuration for DDIM to be invertible."""
    config = make_scheduler(model.pipeline, spec).config
    settings: dict[str, Any] = {name: False for name in _CLIPPING if config.get(name)}
    if config.prediction_type == "sample" and config.set_alpha_to_one:
        # At ᾱ = 1 a predicted x₀ leaves no trace of the noise: 0/0 on the first step up.
        settings["set_alpha_to_one"] = False
    return settings


def _as_inversion(done: CallDone, *, upward: bool) -> InversionCall:
    return InversionCall(**vars(done), upward=upward)


def _figures(
    path: InversionPath,
    returned: NDArray[np.uint8],
    final: NDArray[np.generic],
    errors: NDArray[np.float64],
) -> dict[str, Any]:
    """Return what the manifest keeps of how well the picture came back."""
    clean = path.latents[0].astype(np.float64)
    apart = float(np.linalg.norm(final.astype(np.float64) - clean))
    figures: dict[str, Any] = {"latent_error": apart, "relative_error": errors[0]}
    for name, one, other in (
        ("", returned, path.picture),
        ("_round_trip", returned, path.round_trip),
        ("_vae", path.round_trip, path.picture),
    ):
        psnr, ssim = similarity(one, other)
        figures[f"psnr{name}"] = psnr if math.isfinite(psnr) else None
        figures[f"ssim{name}"] = ssim if math.isfinite(ssim) else None
    return {**figures, "errors": [float(error) for error in errors]}
