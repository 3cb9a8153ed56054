"""Starting and stopping runs, and what is known of them afterwards."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from sdinspector.app.context import AppContext
from sdinspector.app.costs import check_room, cost_of
from sdinspector.app.jobs import ForkJob, IdentityJob, ObserveJob, RunJob
from sdinspector.app.naming import new_path
from sdinspector.app.queueing import Handle
from sdinspector.app.texts import tr
from sdinspector.core import InspectorError, Progress

#: Seeds that the dice draw: easy to read, write down and type again.
HIGHEST_SEED = 999_999

RECORDING_JOBS = (RunJob, ForkJob, ObserveJob)


class RunControl(QObject):
    """One run at a time, recorded in the person's folder of recordings.

    Signals
    -------
    progress : Progress
        How far the run is; total 0 while that is not known.
    ended : str, float
        ``"done"``, ``"cancelled"`` or ``"failed"``, and the seconds it took.
    waiting
        The run is queued until a model is ready.
    identity
        A check begins or has ended; see ``checking`` and ``reports``.
    """

    progress = Signal(object)
    ended = Signal(str, float)
    waiting = Signal()
    identity = Signal()

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._handle: Handle | None = None
        self._identity: Handle | None = None
        self._seconds = 0.0
        self._shown = False
        #: By the recording's id: the engine's report, or the exception that ended the check.
        self.reports: dict[str, Any] = {}
        context.worker.job_ended.connect(self._job_ended)
        context.worker.job_event.connect(self._advanced)
        context.futures.started.connect(self._watch_fork)

    @property
    def active(self) -> bool:
        """Whether a run waits or goes."""
        return self._handle is not None

    @property
    def checking(self) -> bool:
        """Whether the plain pipeline runs beside."""
        return self._identity is not None

    def run(self) -> bool:
        """Run with the document's parameters; ``False`` where they will not do (it was told)."""
        context = self._context
        spec, card = context.document.spec, context.document.model

        def prepare() -> RunJob:
            spec.validate(card.size_multiple if card else 8)
            out = new_path(spec.prompt)
            if card is not None:
                cost = cost_of(card, spec, context.document.tokens)
                check_room(cost, context.settings["recording.budget_megabytes"], out.parent)
            return RunJob(spec=spec, out=out, live=context.guidance.scale_for)

        if not self._begin(prepare):
            return False
        if card is None or card.takes_guidance:
            context.guidance.begin_run()
        return True

    def observe(
        self, picture: Path, caption: str, timesteps: tuple[int, ...], seed: int = 0
    ) -> bool:
        """Show the denoiser a picture; ``False`` where it cannot start (it was told)."""
        spec = self._context.document.spec
        return self._begin(
            lambda: ObserveJob(
                picture=picture,
                caption=caption,
                timesteps=timesteps,
                out=new_path(caption or picture.stem),
                seed=seed,
                guidance_scale=spec.guidance_scale,
                negative_prompt=spec.negative_prompt,
                capture=spec.capture,
            )
        )

    def follow_job(self, handle: Handle) -> None:
        """Show the recording of a job that a viewer handed in."""
        if self._handle is None:
            self._watch(handle)

    def stop(self) -> None:
        """Stop the run and the check, within one denoiser call."""
        for handle in (self._handle, self._identity):
            if handle is not None:
                self._context.worker.stop_job(handle)

    def check_identity(self) -> None:
        """Run the plain pipeline beside the recording that is shown, and compare."""
        recording = self._context.scene.recording
        if recording is None or self._identity is not None:
            return
        name = recording.id

        def told(report: Any) -> None:
            self.reports[name] = report

        def failed(error: Exception) -> None:
            self.reports[name] = error
            self._context.report(error)

        self._identity = self._context.submit(
            IdentityJob(recording=Path(recording.path)), told, failed
        )
        self.identity.emit()

    def _begin(self, prepare: Callable[[], RunJob | ObserveJob]) -> bool:
        """Queue what is prepared, or tell why not; one run at a time."""
        if self._handle is not None:
            return False
        try:
            job = prepare()
        except InspectorError as error:
            self._context.report(error)
            return False
        self._watch(self._context.submit(job))
        if self._context.document.model is None:
            self.waiting.emit()
        return True

    def _watch_fork(self, handle: Handle) -> None:
        """Follow a fork that a viewer asked for, without leaving the step it was asked at."""
        self._watch(handle)
        self._context.set_display(follow=False)

    def _watch(self, handle: Handle) -> None:
        self._handle = handle
        self._since = time.monotonic()
        self._shown = False
        self._context.document.set_busy(True)
        self._context.set_display(follow=True)
        self.progress.emit(Progress(0, 0, tr("Starting")))

    def _job_started(self, handle: Handle) -> None:
        if handle is self._handle:
            self._since = time.monotonic()  # not counting the wait for the model

    def _advanced(self, handle: Handle, event: Any) -> None:
        if handle is not self._handle:
            return
        done, total = event.call + 1, event.calls
        self.progress.emit(
            Progress(
                done, total, tr("step {step} of {steps}", step=event.step + 1, steps=event.steps)
            )
        )
        if event.call >= _first_shown(handle):
            self._show(_out(handle))

    def _show(self, out: Path) -> None:
        if self._shown:
            self._context.follower.poke()
            return
        self._shown = True
        self._context.read("run/open", _open, out, on_result=self._opened, on_error=lambda _: None)

    def _opened(self, recording: Any) -> None:
        context = self._context
        if context.futures.owns(Path(recording.path)):
            context.show_recording(recording, call=context.selection.state.call)
            return
        context.settings.add_recent("recent.recordings", str(recording.path))
        context.show_recording(recording)

    def _job_ended(self, handle: Handle) -> None:
        if handle is self._identity:
            self._identity = None
            self.identity.emit()
        if handle is not self._handle:
            return
        self._handle = None
        self._context.guidance.end_run()
        self._context.document.set_busy(False)
        if (self._shown or not _first_shown(handle)) and _out(handle).is_dir():
            self._show(_out(handle))
        self.ended.emit(handle.state.value, time.monotonic() - self._since)


def _first_shown(handle: Handle) -> int:
    """Return the call from which on a job's recording is shown: of a fork, its first own one."""
    return handle.job.step if isinstance(handle.job, ForkJob) else 0


def draw_seed() -> int:
    """Return a new seed for a run."""
    return random.randint(0, HIGHEST_SEED)  # noqa: S311  (no secret)


def _out(handle: Handle) -> Path:
    out: Path = getattr(handle.job, "out")  # noqa: B009  (three kinds of job have it)
    return out


def _open(path: Path) -> Any:
    from sdinspector.recording import Recording

    return Recording.open(path)
