"""The queue between the window and the model's thread: slots, interactive jobs, cancelling."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from enum import Enum
from typing import Any

from sdinspector.app.jobs import Job
from sdinspector.app.viewer import OnError, OnResult


class State(Enum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Handle:
    """A job on its way, held by the person's side; cancelling it silences it at once.

    Parameters
    ----------
    job
        What to do.
    on_result, on_error
        Called on the GUI thread.
    on_event
        Called on the GUI thread with each thing that a generator job yields.
    """

    _numbers = itertools.count(1)

    def __init__(
        self,
        job: Job,
        on_result: OnResult | None = None,
        on_error: OnError | None = None,
        on_event: OnResult | None = None,
    ) -> None:
        self.id = next(self._numbers)
        self.job = job
        self.state = State.WAITING
        self.on_result = on_result
        self.on_error = on_error
        self.on_event = on_event
        self._stop = threading.Event()

    @property
    def active(self) -> bool:
        """Whether the job still waits or runs."""
        return self.state in (State.WAITING, State.RUNNING)

    @property
    def stopping(self) -> bool:
        """Whether somebody asked to stop it."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask the job to end early; its end is still told through the callbacks."""
        self._stop.set()

    def cancel(self) -> None:
        """Stop it within one denoiser call; no callback of it is called any more."""
        self.silence()
        self._stop.set()

    def silence(self) -> None:
        """Forget who asked."""
        self.on_result = self.on_error = self.on_event = None


class JobQueue:
    """Jobs that wait, in order; safe to use from two threads."""

    def __init__(self) -> None:
        self._waiting: list[Handle] = []
        self._changed = threading.Condition()
        self._closed = False

    def __len__(self) -> int:
        with self._changed:
            return len(self._waiting)

    @property
    def closed(self) -> bool:
        """Whether no further job is taken or given."""
        return self._closed

    def put(self, handle: Handle) -> list[Handle]:
        """Append a job; within its slot it takes the place of those that wait.

        Returns
        -------
        list of Handle
            The jobs that were replaced, now cancelled.
        """
        with self._changed:
            if self._closed:
                handle.cancel()
                handle.state = State.CANCELLED
                return [handle]
            slot = handle.job.slot
            replaced = [item for item in self._waiting if slot and item.job.slot == slot]
            for item in replaced:
                self._waiting.remove(item)
                item.cancel()
                item.state = State.CANCELLED
            self._waiting.append(handle)
            self._changed.notify_all()
            return replaced

    def remove_stopped(self) -> list[Handle]:
        """Take out jobs that were told to stop while they waited."""
        with self._changed:
            stopped = [item for item in self._waiting if item.stopping]
            for item in stopped:
                self._waiting.remove(item)
                item.state = State.CANCELLED
            return stopped

    def take(
        self, ready: Callable[[Job], bool] = lambda _: True, *, wait: bool = True
    ) -> Handle | None:
        """Return the first job that is ready; ``None`` when closed, or where none waits.

        Parameters
        ----------
        ready
            Says of a job whether it can be served now.
        wait
            Block until there is one; otherwise answer at once.
        """
        with self._changed:
            while not self._closed:
                for item in self._waiting:
                    if item.stopping or ready(item.job):
                        self._waiting.remove(item)
                        item.state = State.RUNNING
                        return item
                if not wait:
                    return None
                self._changed.wait()
            return None

    def waits_for(self, kind: type[Job]) -> bool:
        """Return whether a job of this kind waits."""
        with self._changed:
            return any(isinstance(item.job, kind) for item in self._waiting)

    def take_out(self, concerned: Callable[[Job], bool]) -> list[Handle]:
        """Take out all jobs that are concerned and return them."""
        with self._changed:
            out = [item for item in self._waiting if concerned(item.job)]
            for item in out:
                self._waiting.remove(item)
            return out

    def close(self) -> list[Handle]:
        """Give nothing more out; return what waited, cancelled."""
        with self._changed:
            self._closed = True
            dropped, self._waiting = self._waiting, []
            for item in dropped:
                item.cancel()
                item.state = State.CANCELLED
            self._changed.notify_all()
            return dropped


def is_generator(value: Any) -> bool:
    """Return whether a job's function wants to be driven step by step."""
    return hasattr(value, "__next__") and hasattr(value, "close") and hasattr(value, "send")
