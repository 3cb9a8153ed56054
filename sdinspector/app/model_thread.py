"""The model's thread: it alone holds the model, and serves one job after another."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from sdinspector.app import jobs
from sdinspector.app.jobs import Job
from sdinspector.app.queueing import Handle, JobQueue, State, is_generator
from sdinspector.app.readers import alive
from sdinspector.app.viewer import OnError, OnResult
from sdinspector.app.worker import EXECUTORS
from sdinspector.core import Cancelled, InspectorError, ModelCard, Progress

log = logging.getLogger(__name__)

#: Seconds between two progress messages of one job.
PROGRESS_INTERVAL = 0.05
#: Seconds after which the thread that computes lets the window have the interpreter.
SWITCH_INTERVAL = 0.002
#: How much the threads that compute yield to the window's (Linux: added to the nice value, and
#: what they start inherits it). Qt's own priorities do nothing there.
NICENESS = 5


@dataclass(frozen=True)
class Failure:
    """An exception that ended a job, without the frames that would keep the model alive.

    ``card`` is that of the model that is open after it.
    """

    error: Exception
    details: str
    card: ModelCard | None = None


@dataclass
class Context:
    """What a job's function may use; lives on the model's thread.

    Attributes
    ----------
    model
        The engine's open ``Model``, or ``None``.
    progress
        Tell how far the job is.
    should_stop
        Whether somebody asked to stop it.
    """

    thread: _Thread
    handle: Handle
    last: float = field(default=0.0)

    @property
    def model(self) -> Any:
        """The open model, or ``None``."""
        return self.thread.model

    def progress(self, progress: Progress) -> None:
        """Tell how far the job is; cheap, and thinned out to some twenty a second."""
        now = time.monotonic()
        if now - self.last >= PROGRESS_INTERVAL:
            self.last = now
            self.thread.told.emit((self.handle, "progress", progress))

    def should_stop(self) -> bool:
        """Return whether somebody asked to stop."""
        return self.handle.stopping


class _Thread(QThread):
    """The loop; everything in here but the signal runs on the thread itself."""

    told = Signal(object)

    def __init__(self, queue: JobQueue) -> None:
        super().__init__()
        self.setObjectName("model")
        self.setStackSize(16 * 1024 * 1024)  # macOS gives half a megabyte, too little for imports
        self.queue = queue
        self.model: Any = None

    def run(self) -> None:
        _step_back()
        while (handle := self.queue.take(self._ready)) is not None:
            self._serve(handle)
            del handle
        self.close_model()

    def _ready(self, job: Job) -> bool:
        return self.model is not None or not _needs_model(job)

    def _between_calls(self, job: Job) -> bool:
        return job.interactive and self._ready(job)

    def _serve(self, handle: Handle) -> None:
        if handle.stopping:
            self.told.emit((handle, "cancelled", None))
            return
        self.told.emit((handle, "started", None))
        try:
            result = self._perform(handle)
        except Cancelled:
            self.told.emit((handle, "cancelled", None))
        except Exception as error:  # noqa: BLE001  (it ends the job, not the thread)
            card = None if self.model is None else self.model.card
            self.told.emit((handle, "failed", Failure(error, _details(error), card)))
        else:
            self.told.emit((handle, "done", result))

    def _perform(self, handle: Handle) -> Any:
        function = EXECUTORS[type(handle.job)]
        result = function(Context(self, handle), handle.job)
        return self._drive(handle, result) if is_generator(result) else result

    def _drive(self, handle: Handle, generator: Any) -> Any:
        """Advance a generator to its end, serving interactive jobs between its calls."""
        try:
            while True:
                if handle.stopping:
                    raise Cancelled
                try:
                    event = next(generator)
                except StopIteration as stop:
                    return stop.value
                self.told.emit((handle, "event", event))
                # Those that wait now and no more: somebody who drags asks anew all the time.
                guests = len(self.queue)
                while guests and not handle.stopping:
                    guest = self.queue.take(self._between_calls, wait=False)
                    if guest is None:
                        break
                    self._serve(guest)
                    guests -= 1
        finally:
            generator.close()

    def close_model(self) -> None:
        """Drop the model and all that it held."""
        model, self.model = self.model, None
        if model is not None:
            model.close()
        del model
        # Cycles may hold parts of it, and Qt objects of the window: not for this thread to end.
        self.told.emit((None, "closed", None))


def _step_back() -> None:
    """Let the window's thread go before this one where both want the processor."""
    if sys.platform == "linux":
        this = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, this, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)


class ModelThread(QObject):
    """The window's side of the model's thread: hand in jobs, hear how they end.

    Signals
    -------
    job_started, job_ended : Handle
        A job begins; a job is done, failed or cancelled (see its ``state``).
    job_progress : Handle, Progress
    job_event : Handle, object
        What a generator job yielded.
    model_changed : ModelCard or None
    model_closed
        A model was dropped; what is left of it waits for the garbage collection.
    failed : Exception, str
        A job failed and nobody asked to be told: the error and its details.
    """

    job_started = Signal(object)
    job_ended = Signal(object)
    job_progress = Signal(object, object)
    job_event = Signal(object, object)
    model_changed = Signal(object)
    model_closed = Signal()
    failed = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.card: ModelCard | None = None
        self._queue = JobQueue()
        self._thread = _Thread(self._queue)
        self._thread.told.connect(self._receive)
        self._handles: dict[int, Handle] = {}
        self._closed = False
        self._switch_interval = sys.getswitchinterval()

    @property
    def running(self) -> bool:
        """Whether the thread itself runs."""
        return self._thread.isRunning()

    @property
    def active(self) -> list[Handle]:
        """Jobs that wait or run, in the order they were handed in."""
        return [handle for handle in self._handles.values() if handle.active]

    def start(self) -> None:
        """Start the thread; jobs handed in before have waited."""
        sys.setswitchinterval(SWITCH_INTERVAL)
        self._thread.start(QThread.Priority.LowPriority)

    def submit(
        self,
        job: Job,
        on_result: OnResult | None = None,
        on_error: OnError | None = None,
        on_event: OnResult | None = None,
    ) -> Handle:
        """Hand in a job; the callbacks are called on the GUI thread."""
        handle = Handle(job, on_result, on_error, on_event)
        self._handles[handle.id] = handle
        for old in self._queue.put(handle):
            self._end(old)
        return handle

    def stop_job(self, handle: Handle) -> None:
        """Stop a job that waits or runs; its end is told through ``job_ended``."""
        handle.stop()
        for old in self._queue.remove_stopped():
            self._end(old)

    def shut_down(self) -> None:
        """Stop what runs, drop what waits, wait for the thread to end. Safe to call twice."""
        for handle in self._handles.values():
            handle.cancel()
        self._queue.close()
        # Imports and single denoiser calls cannot be cut short, but both end.
        self._thread.wait()
        if self._closed:
            return
        self._closed = True
        self._thread.told.disconnect(self._receive)
        for handle in self._handles.values():
            if handle.active:
                handle.state = State.CANCELLED
        self._handles.clear()
        sys.setswitchinterval(self._switch_interval)

    @Slot(object)
    def _receive(self, told: tuple[Any, str, Any]) -> None:
        handle, what, value = told
        if what == "closed":
            self.model_closed.emit()
        elif what == "started":
            self.job_started.emit(handle)
        elif what == "progress":
            self.job_progress.emit(handle, value)
        elif what == "event":
            _call(handle.on_event, value)
            self.job_event.emit(handle, value)
        else:
            self._conclude(handle, what, value)

    def _conclude(self, handle: Handle, what: str, value: Any) -> None:
        handle.state = State(what)
        opening = isinstance(handle.job, jobs.OpenModel)
        try:
            if what == "done":
                if opening:
                    self._set_card(value)
                _call(handle.on_result, value)
            elif what == "failed":
                if opening:
                    self._set_card(value.card)
                if handle.on_error is not None:
                    _call(handle.on_error, value.error)
                else:
                    self.failed.emit(value.error, value.details)
        finally:
            self._end(handle)

    def _set_card(self, card: ModelCard | None) -> None:
        self.card = card
        if card is None and not self._queue.waits_for(jobs.OpenModel):
            # Nothing will ever serve these; they would wait behind a model that did not open.
            for handle in self._queue.take_out(_needs_model):
                handle.state = State.CANCELLED
                self._end(handle)
        self.model_changed.emit(card)

    def _end(self, handle: Handle) -> None:
        self._handles.pop(handle.id, None)
        self.job_ended.emit(handle)
        handle.silence()


def _call(function: Callable[[Any], None] | None, value: Any) -> None:
    if function is not None and alive(function):
        function(value)


def _needs_model(job: Job) -> bool:
    return job.waits_for_model if isinstance(job, jobs.FunctionJob) else job.needs_model


def _details(error: Exception) -> str:
    """Return the traceback as text, and take it off the exception."""
    details = "".join(traceback.format_exception(error))
    level = logging.INFO if isinstance(error, InspectorError) else logging.ERROR
    log.log(level, "A job failed\n%s", details)
    # Frames hold the model; an error that is still on the screen must not.
    chain: BaseException | None = error
    while chain is not None:
        link, chain = chain, chain.__cause__ or chain.__context__
        traceback.clear_frames(link.__traceback__)
        link.__traceback__ = link.__context__ = link.__cause__ = None
    return details
