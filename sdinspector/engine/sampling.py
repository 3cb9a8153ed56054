"""The denoising loop: every part the pipeline's own, one scheduler call at a time, recorded."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from sdinspector.core import Cancelled, InspectorError, RunSpec, ShouldStop
from sdinspector.engine import autoencoder, plain
from sdinspector.engine.capture import Watcher, make_plan, stoppable
from sdinspector.engine.conditioning import START, Conditioning, condition
from sdinspector.engine.devices import memory_errors_explained, to_numpy
from sdinspector.engine.model import Model
from sdinspector.engine.schedules import (
    coefficients,
    make_scheduler,
    steps_of_calls,
    time_as_number,
)
from sdinspector.engine.storing import (
    Prediction,
    Stepped,
    begin_recording,
    denoised,
    picture_text,
    step_record,
)
from sdinspector.recording import Recording, RecordingWriter

T = TypeVar("T")
E = TypeVar("E", bound="CallDone")


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
Live: TypeAlias = Callable[[int], float | None]


def run(
    model: Model,
    spec: RunSpec,
    out: str | Path,
    on_step: OnStep | None = None,
    should_stop: ShouldStop | None = None,
    *,
    overwrite: bool = False,
    start: NDArray[Any] | None = None,
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
    start
        The latent ``[C, h, w]`` to begin with, where the spec names one.

    Raises
    ------
    InspectorError
        ``spec.…``, ``scheduler.…``, ``capture.…``, ``picture.…``, ``recording.…``,
        ``memory.full``.
    Cancelled
        Where ``should_stop`` said so.
    """
    calls = run_iter(model, spec, out, should_stop=should_stop, overwrite=overwrite, start=start)
    return drive(calls, on_step)


def run_iter(
    model: Model,
    spec: RunSpec,
    out: str | Path,
    *,
    should_stop: ShouldStop | None = None,
    overwrite: bool = False,
    parent: Mapping[str, Any] | None = None,
    live: Live | None = None,
    extra: Mapping[str, Any] | None = None,
    start: NDArray[Any] | None = None,
) -> Calls:
    """Run a prompt, yielding after each scheduler call; see :func:`run`.

    Between two calls the model carries no hooks and no changed settings, so other work may use it.
    Closing the generator cancels the run. Its return value is the finished recording.

    Parameters
    ----------
    parent
        Of a fork at the first call: which recording it left, for the manifest.
    live
        Asked before each call, with the call's number, which guidance scale s holds from there
        on; ``None``, or what is no finite number, changes nothing. A change becomes an edit of the
        recording's spec, which is on the disk before the call begins: so a run of that spec makes
        the same, bit for bit.
    extra
        More keys for the manifest.
    start
        As for :func:`run`.

    Raises
    ------
    InspectorError, Cancelled
        As :func:`run`.
    """
    loop = Loop(model, spec, live=live is not None, start=start)
    with loop.recorder(out, overwrite=overwrite, parent=parent, extra=extra) as writer:
        for call in range(loop.calls):
            loop.heed(live, call, writer)
            yield loop.record(call, writer, should_stop)
        loop.finish(writer, should_stop)
    return Recording.open(writer.path)


def steps_of_run(model: Model, spec: RunSpec) -> tuple[int, ...]:
    """Return the step, from 0, that each scheduler call of a run will belong to.

    The prompt is encoded for it, but the denoiser is not called.

    Raises
    ------
    InspectorError
        As :func:`run`.
    """
    return Loop(model, spec).steps_of_calls


def drive(calls: Generator[E, None, T], on_step: Callable[[E], None] | None) -> T:
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


class Loop:
    """One run of the denoising loop.

    It holds its own scheduler and random generator, and the model only by reference.

    Parameters
    ----------
    model
        The open model.
    spec
        What to do; checked here.
    live
        Whether its guidance scale may change on the way.
    start
        The latent ``[C, h, w]`` to begin with, where the spec names one; the recording holds it.

    Attributes
    ----------
    spec
        What is done, with the changes that were made on the way.
    latents
        x_t of the coming call, ``[1, C, h, w]``.
    calls
        How many scheduler calls the run has.
    """

    def __init__(
        self,
        model: Model,
        spec: RunSpec,
        *,
        live: bool = False,
        start: NDArray[Any] | None = None,
    ) -> None:
        spec.validate(model.card.size_multiple)
        self.model = model
        self.spec = spec
        self.width, self.height = model.picture_size(spec.width, spec.height)
        self.scheduler = make_scheduler(model.pipeline, spec)
        self.watcher = Watcher(model.pipeline.unet, make_plan(model.pipeline.unet, spec.capture))
        with torch.no_grad(), memory_errors_explained("encoding the prompt"):
            self.conditioning: Conditioning = condition(model, spec, live=live)
            begin = plain.start(
                model,
                spec,
                self.scheduler,
                self.conditioning.dtype,
                (self.width, self.height),
                given=start,
            )
        self._start = start if spec.start else None
        self.latents: torch.Tensor = begin.latents
        self.timesteps: torch.Tensor = begin.timesteps
        self._step_options: dict[str, Any] = begin.step_options
        self.calls = len(self.timesteps)
        self._steps = steps_of_calls(self.scheduler, self.calls, begin.steps)

    @property
    def steps(self) -> int:
        """How many steps the calls belong to."""
        return self._steps[-1][0] + 1

    @property
    def steps_of_calls(self) -> tuple[int, ...]:
        """The step that each call belongs to, from 0."""
        return tuple(step for step, _ in self._steps)

    def evaluates_both_at(self, call: int) -> bool:
        """Return whether both branches are evaluated at a call."""
        return self.model.card.takes_guidance and self.spec.evaluates_both_at(call)

    def heed(self, live: Live | None, call: int, writer: RecordingWriter) -> None:
        """Ask for the guidance scale from ``call`` on, and write a change down; see run_iter."""
        scale = None if live is None else live(call)
        if scale is None or not math.isfinite(scale) or scale == self.spec.guidance_at(call):
            return
        self.spec = self.spec.with_guidance(call, float(scale))
        writer.change_spec(self.spec)

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
            step, order = self._steps[call]
            arrays, metadata = step_record(
                prediction,
                stepped,
                step=step,
                order=order,
                timestep=self.timesteps[call],
                tokens=self.conditioning.prompts[self.spec.prompt_at(call)],
            )
            writer.step(call, arrays, metadata)
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
        both = self.evaluates_both_at(call)
        latents = torch.cat([self.latents] * 2) if both else self.latents
        with self.watcher.watching(self.conditioning.columns(name, both), should_stop) as kept:
            output = plain.denoise(
                self.model,
                self.scheduler.scale_model_input(latents, timestep),
                timestep,
                self.conditioning.batch(name, both),
                self.spec.guidance_at(call),
            )
        if not both:
            return Prediction(None, output, kept)
        uncond, cond = output.chunk(2)
        return Prediction(uncond, cond, kept)

    @torch.no_grad()
    def advance(self, call: int, prediction: Prediction, *, scale_input: bool = False) -> Stepped:
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
        return Stepped(before, denoised(before, guided, factors), factors, scale)

    def recorder(
        self,
        out: str | Path,
        *,
        kind: str = "run",
        overwrite: bool = False,
        parent: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> RecordingWriter:
        """Begin the recording of this run: the manifest and what the denoiser is given."""
        config = json.loads(json.dumps(dict(self.scheduler.config), default=str))
        return begin_recording(
            self.model,
            self.spec,
            out,
            kind=kind,
            conditioning=self.conditioning,
            plan=self.watcher.plan,
            latent_size=(int(self.latents.shape[-2]), int(self.latents.shape[-1])),
            overwrite=overwrite,
            parent=parent,
            extra={
                "scheduler": {"class": type(self.scheduler).__name__, "config": config},
                "total_calls": self.calls,
                "total_steps": self.steps,
                "picture": [self.width, self.height],
                **(extra or {}),
            },
            arrays=None if self._start is None else {START: self._start},
        )

    def finish(self, writer: RecordingWriter, should_stop: ShouldStop | None) -> NDArray[np.uint8]:
        """Write the last latent and the decoded picture, and return that ``[H, W, 3]``."""
        writer.final(to_numpy(self.latents[0]))
        with stoppable(self.model.pipeline.vae, should_stop):
            picture = autoencoder.decode(self.model, self.latents[0])
        writer.image(picture, picture_text(self.model, self.spec))
        return picture
