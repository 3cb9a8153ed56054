"""The denoising loop: every part the pipeline's own, one scheduler call at a time, recorded."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import rescale_noise_cfg

from sdinspector.core import Cancelled, CaptureSpec, InspectorError, RunSpec, ShouldStop
from sdinspector.engine import autoencoder, plain
from sdinspector.engine.capture import Kept, Watcher, describe_layers, make_plan, stoppable
from sdinspector.engine.conditioning import UNCOND, Conditioning, condition, evaluates_both
from sdinspector.engine.devices import dtype_name, memory_errors_explained, to_numpy
from sdinspector.engine.libraries import versions
from sdinspector.engine.model import Model
from sdinspector.engine.schedules import (
    Coefficients,
    coefficients,
    make_scheduler,
    steps_of_calls,
    time_as_number,
)
from sdinspector.recording import Recording, RecordingWriter

T = TypeVar("T")


@dataclass(frozen=True)
class CallDone:
    """A scheduler call that is finished and on disk.

    Attributes
    ----------
    call, calls
        Its number, from 0, and how many the run has.
    step, steps
        The step it belongs to, from 0, and how many there are.
    timestep
        What the denoiser was given.
    path
        The recording.
    seconds
        How long the call took, storing included.
    """

    call: int
    calls: int
    step: int
    steps: int
    timestep: float
    path: Path
    seconds: float


Calls: TypeAlias = Generator[CallDone, None, Recording]
OnStep: TypeAlias = Callable[[CallDone], None]


def run(
    model: Model,
    spec: RunSpec,
    out: str | Path,
    on_step: OnStep | None = None,
    should_stop: ShouldStop | None = None,
    *,
    overwrite: bool = False,
) -> Recording:
    """Run a prompt and record it.

    The final latent is bit for bit what ``StableDiffusionPipeline`` makes with the same settings
    and ``torch.Generator("cpu").manual_seed(seed)``, whatever is captured.

    Parameters
    ----------
    model
        The open model.
    spec
        What to do.
    out
        The recording's folder, ``NAME.sdrec``.
    on_step
        Called after each scheduler call.
    should_stop
        Asked before every block of the denoiser; a run that stops raises
        :class:`~sdinspector.core.Cancelled` and keeps the calls that are finished.
    overwrite
        Whether a recording that is there already may be replaced.

    Raises
    ------
    InspectorError
        ``spec.…``, ``scheduler.…``, ``capture.…``, ``picture.…``, ``recording.…``,
        ``memory.full``.
    Cancelled
        Where ``should_stop`` said so.
    """
    calls = run_iter(model, spec, out, should_stop=should_stop, overwrite=overwrite)
    return drive(calls, on_step)


def run_iter(
    model: Model,
    spec: RunSpec,
    out: str | Path,
    *,
    should_stop: ShouldStop | None = None,
    overwrite: bool = False,
    parent: Mapping[str, Any] | None = None,
) -> Calls:
    """Run a prompt, yielding after each scheduler call; see :func:`run`.

    Between two calls the model carries no hooks and no changed settings, so other work may use it.
    Closing the generator cancels the run. Its return value is the finished recording.

    Parameters
    ----------
    parent
        Of a fork at the first call: which recording it left, for the manifest.
    """
    loop = Loop(model, spec)
    with recorder(loop, out, overwrite=overwrite, parent=parent) as writer:
        for call in range(loop.calls):
            yield loop.record(call, writer, should_stop)
        loop.finish(writer, should_stop)
    return Recording.open(writer.path)


def drive(calls: Generator[CallDone, None, T], on_step: OnStep | None) -> T:
    """Exhaust a generator of calls, report each, and return what it returns."""
    with closing(calls):
        while True:
            try:
                done = next(calls)
            except StopIteration as end:
                result: T = end.value
                return result
            if on_step is not None:
                on_step(done)


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
class _Stepped:
    """What the scheduler made of a call."""

    before: torch.Tensor
    denoised: torch.Tensor
    coefficients: Coefficients
    scale: float


class Loop:
    """One run of the denoising loop.

    It holds its own scheduler and random generator, and the model only by reference.

    Parameters
    ----------
    model
        The open model.
    spec
        What to do; checked here.

    Attributes
    ----------
    latents
        x_t of the coming call, ``[1, C, h, w]``.
    calls
        How many scheduler calls the run has.
    """

    def __init__(self, model: Model, spec: RunSpec) -> None:
        spec.validate(model.card.size_multiple)
        if spec.unknown_edits():
            raise InspectorError("spec.edit-unknown", "This run has edits unknown to this program.")
        self.model = model
        self.spec = spec
        self.both = evaluates_both(model, spec)
        self.width, self.height = model.picture_size(spec.width, spec.height)
        self.scheduler = make_scheduler(model.pipeline, spec)
        self.watcher = Watcher(model.pipeline.unet, make_plan(model.pipeline.unet, spec.capture))
        with torch.no_grad(), memory_errors_explained("encoding the prompt"):
            self.conditioning: Conditioning = condition(model, spec)
            start = plain.start(
                model, spec, self.scheduler, self.conditioning.dtype, (self.width, self.height)
            )
        self.latents: torch.Tensor = start.latents
        self.timesteps: torch.Tensor = start.timesteps
        self._step_options: dict[str, Any] = start.step_options
        self.calls = len(self.timesteps)
        self._steps = steps_of_calls(self.scheduler, self.calls, start.steps)

    @property
    def steps(self) -> int:
        """How many steps the calls belong to."""
        return self._steps[-1][0] + 1

    def record(
        self, call: int, writer: RecordingWriter, should_stop: ShouldStop | None
    ) -> CallDone:
        """Do one scheduler call and write it."""
        began = time.perf_counter()
        if should_stop is not None and should_stop():
            raise Cancelled
        with memory_errors_explained("denoising"):
            prediction = self.predict(call, should_stop)
            stepped = self.advance(call, prediction)
            self._write(call, prediction, stepped, writer)
        return self.done(call, writer, began)

    def done(self, call: int, writer: RecordingWriter, began: float) -> CallDone:
        """Return the event of a call that began at ``began`` (``time.perf_counter``)."""
        return CallDone(
            call=call,
            calls=self.calls,
            step=self._steps[call][0],
            steps=self.steps,
            timestep=time_as_number(self.timesteps[call]),
            path=writer.path,
            seconds=time.perf_counter() - began,
        )

    @torch.no_grad()
    def predict(self, call: int, should_stop: ShouldStop | None = None) -> Prediction:
        """Ask the denoiser, as the pipeline does, and keep what the capture names."""
        name = self.conditioning.prompts[self.spec.prompt_at(call)]
        timestep = self.timesteps[call]
        latents = torch.cat([self.latents] * 2) if self.both else self.latents
        with self.watcher.watching(self.conditioning.columns(name, self.both), should_stop) as kept:
            output = plain.denoise(
                self.model,
                self.scheduler.scale_model_input(latents, timestep),
                timestep,
                self.conditioning.batch(name, self.both),
                self.spec.guidance_at(call),
            )
        if not self.both:
            return Prediction(None, output, kept)
        uncond, cond = output.chunk(2)
        return Prediction(uncond, cond, kept)

    @torch.no_grad()
    def advance(self, call: int, prediction: Prediction, *, scale_input: bool = False) -> _Stepped:
        """Step the scheduler through a prediction, fresh or recorded.

        Parameters
        ----------
        call
            Number of the call.
        prediction
            What the denoiser said.
        scale_input
            Whether the scheduler still has to be asked for the denoiser's input, which some
            count on; ``predict`` has done so.

        Raises
        ------
        InspectorError
            ``scheduler.cannot-step`` with the library's own reason.
        """
        timestep = self.timesteps[call]
        scale = self.spec.guidance_at(call)
        before = self.latents
        guided = prediction.guided(scale, self.spec.guidance_rescale)
        if scale_input:
            self.scheduler.scale_model_input(before, timestep)
        factors = coefficients(self.scheduler, timestep)
        try:
            self.latents = self.scheduler.step(
                guided, timestep, before, **self._step_options, return_dict=False
            )[0]
        except (ValueError, NotImplementedError, ImportError) as error:
            raise InspectorError(
                "scheduler.cannot-step",
                f"The scheduler {type(self.scheduler).__name__} cannot do this run: {error}",
                name=type(self.scheduler).__name__,
                why=str(error),
            ) from error
        return _Stepped(before, denoised(before, guided, factors), factors, scale)

    def _write(
        self, call: int, prediction: Prediction, stepped: _Stepped, writer: RecordingWriter
    ) -> None:
        arrays = prediction.kept
        arrays["latent"] = to_numpy(stepped.before[0])
        arrays["noise_cond"] = to_numpy(prediction.cond[0])
        if prediction.uncond is not None:
            arrays["noise_uncond"] = to_numpy(prediction.uncond[0])
        arrays["denoised"] = to_numpy(stepped.denoised[0])
        step, order = self._steps[call]
        factors = stepped.coefficients
        writer.step(
            call,
            arrays,
            {
                "step": step,
                "order": order,
                "timestep": time_as_number(self.timesteps[call]),
                "scale": stepped.scale,
                "input_scale": factors.input_scale,
                "a": factors.a,
                "b": factors.b,
                "clip": factors.clip,
                "branches": [UNCOND, "cond"] if prediction.uncond is not None else ["cond"],
                "tokens": self.conditioning.prompts[self.spec.prompt_at(call)],
                "dtype": dtype_name(stepped.before.dtype),
            },
        )

    def finish(self, writer: RecordingWriter, should_stop: ShouldStop | None) -> None:
        """Write the last latent and the decoded picture."""
        writer.final(to_numpy(self.latents[0]))
        with stoppable(self.model.pipeline.vae, should_stop):
            picture = autoencoder.decode(self.model, self.latents[0])
        writer.image(picture, picture_text(self.model, self.spec))


def denoised(latents: torch.Tensor, output: torch.Tensor, factors: Coefficients) -> torch.Tensor:
    """Return x̂₀ = a·x_t + b·output, clipped as the scheduler clips, in the latent's precision."""
    result = factors.a * latents.float() + factors.b * output.float()
    if isinstance(factors.clip, float):
        result = result.clamp(-factors.clip, factors.clip)
    return result.to(latents.dtype)


def recorder(
    loop: Loop,
    out: str | Path,
    *,
    overwrite: bool = False,
    parent: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> RecordingWriter:
    """Begin the recording of a run: the manifest and what the denoiser is given."""
    return begin(
        loop.model,
        loop.spec,
        out,
        kind="run",
        conditioning=loop.conditioning,
        watcher=loop.watcher,
        latent_size=(int(loop.latents.shape[-2]), int(loop.latents.shape[-1])),
        overwrite=overwrite,
        parent=parent,
        extra={
            "scheduler": {
                "class": type(loop.scheduler).__name__,
                "config": json.loads(json.dumps(dict(loop.scheduler.config), default=str)),
            },
            "total_calls": loop.calls,
            "total_steps": loop.steps,
            "picture": [loop.width, loop.height],
            **(extra or {}),
        },
    )


def begin(
    model: Model,
    spec: RunSpec,
    out: str | Path,
    *,
    kind: str,
    conditioning: Conditioning,
    watcher: Watcher,
    latent_size: tuple[int, int],
    overwrite: bool,
    parent: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> RecordingWriter:
    """Make a recording's writer and store the conditioning."""
    layers = {}
    if watcher.plan.paths:
        shapes = model.shapes(*latent_size)
        layers = describe_layers(model.pipeline.unet, watcher.plan, shapes)
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
    )
    try:
        writer.conditioning(conditioning.arrays())
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


NOTHING = CaptureSpec.nothing()
