"""The training that goes: one at a time, begun, paused, gone on with, ended early."""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from PySide6.QtCore import QObject, Signal

from sdinspector.app.jobs import TrainJob
from sdinspector.app.queueing import Handle
from sdinspector.recording.trainings import Unfinished, clear, work_of

if TYPE_CHECKING:
    from sdinspector.app.context import AppContext
    from sdinspector.recording import Recording

#: "pausing" and "finishing" last until the step that is being done is done.
TrainingState: TypeAlias = Literal["idle", "preparing", "training", "pausing", "finishing"]


class TrainingControl(QObject):
    """Begins a training on the model's thread and tells of it.

    Pausing gives the thread back: the state is kept on the disk, and going on begins from there.

    Signals
    -------
    begun : TrainJob
        Another training was queued.
    stepped : object
        The engine's ``TrainingStep``.
    ended : str, object
        ``"done"`` and the engine's ``TrainingResult``; ``"paused"`` and ``None``; ``"failed"`` and
        the error.
    state_changed
        See ``state``.
    gradients_changed
        See ``gradients``.
    """

    begun = Signal(object)
    stepped = Signal(object)
    ended = Signal(str, object)
    state_changed = Signal()
    gradients_changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._context = context
        self._handle: Handle | None = None
        self._finish = threading.Event()
        self._state: TrainingState = "idle"
        self._gradients: dict[str, float] = {}
        self._outcome: tuple[str, Any] | None = None
        context.worker.job_ended.connect(self._job_ended)
        context.recording_opened.connect(self._opened)

    @property
    def state(self) -> TrainingState:
        """What is going on."""
        return self._state

    @property
    def active(self) -> bool:
        """Whether a training waits or goes."""
        return self._handle is not None

    @property
    def gradients(self) -> dict[str, float]:
        """Norms of the gradient by block's tree path, which the module tree shows; may be empty."""
        return self._gradients

    def show_gradients(self, norms: dict[str, float]) -> None:
        """Let the module tree show norms of the gradient; none give it back."""
        if norms != self._gradients:
            self._gradients = norms
            self.gradients_changed.emit()

    def begin(self, job: TrainJob) -> None:
        """Queue a training; one at a time."""
        if self.active:
            return
        finish = self._finish = threading.Event()
        job = dataclasses.replace(job, finish=finish.is_set)
        self._outcome = None
        self._handle = self._context.worker.submit(
            job,
            on_result=lambda result: self._note("done", result),
            on_error=lambda error: self._note("failed", error),
            on_event=self._stepped,
        )
        self._set_state("preparing")
        self.begun.emit(job)

    def go_on(self, known: Unfinished, job: TrainJob) -> None:
        """Go on with a training that was paused or killed, with its own model."""
        card = self._context.document.model
        if card is None or card.source != known.model:
            self._context.open_model(known.model)
        self.begin(job)

    def pause(self) -> None:
        """Stop after the step that is being done, keep the state."""
        if self._handle is not None:
            self._set_state("pausing")
            self._context.worker.stop_job(self._handle)

    def finish(self) -> None:
        """Take the steps done for all: the result is written."""
        if self._handle is not None:
            self._finish.set()
            self._set_state("finishing")

    def discard(self, known: Unfinished) -> None:
        """Throw the state of an unfinished training away, off this thread."""
        self._context.read(
            "training/discard",
            clear,
            work_of(known.out),
            on_result=lambda _: self.state_changed.emit(),
        )

    def use(self, out: Path) -> None:
        """Open a model that was trained."""
        self._context.open_model(str(out))

    def _opened(self, recording: Recording) -> None:
        """Give the module tree back to what is shown now."""
        if not self.active and recording.kind != "training":
            self.show_gradients({})

    def _stepped(self, step: Any) -> None:
        if self._state == "preparing":
            self._set_state("training")
        self.stepped.emit(step)

    def _note(self, what: str, value: Any) -> None:
        if what == "done" and value.out is None:  # the engine itself was asked to stop
            what, value = "paused", None
        self._outcome = (what, value)

    def _job_ended(self, handle: Handle) -> None:
        if handle is not self._handle:
            return
        self._handle = None
        value: Any
        outcome, value = self._outcome or ("paused", None)
        self._set_state("idle")
        if outcome == "done":
            self._context.list_models()
            if value.recording is not None:
                self._context.settings.add_recent("recent.recordings", str(value.recording))
        self.ended.emit(outcome, value)

    def _set_state(self, state: TrainingState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit()
