"""Reading off the GUI thread: a small pool, slots, and answers that come too late dropped."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Signal, Slot

from sdinspector.app.viewer import OnError, OnResult

log = logging.getLogger(__name__)
THREADS = 2


@dataclass(frozen=True)
class _Request:
    """One call on its way; the slot's newest number says whether its answer still counts."""

    slot: str
    number: int
    function: Callable[..., Any]
    args: tuple[Any, ...]
    on_result: OnResult
    on_error: OnError | None


def alive(callback: Callable[..., Any] | None) -> bool:
    """Return whether a callback's widget, if it is a method of one, still exists."""
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)


class ReaderPool(QObject):
    """Calls functions in a few threads; answers on the GUI thread.

    Within a slot the newest request counts: one that waits is replaced, and the answer of one
    that runs is dropped.

    Signals
    -------
    failed : Exception
        A function failed and nobody asked to be told.
    """

    failed = Signal(object)
    answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Threads of Python's own: handing a QThreadPool something to do takes the window's thread
        # the interpreter for as long as the thread that begins likes to keep it.
        self._slots: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._serve, name=f"reader {number}", daemon=True)
            for number in range(THREADS)
        ]
        self._started = False
        self._numbers: dict[str, int] = {}
        self._waiting: dict[str, _Request] = {}
        self._lock = threading.Lock()
        self._pending = 0
        self._closed = False
        self.answered.connect(self._receive)

    @property
    def idle(self) -> bool:
        """Whether every request has been answered or replaced."""
        return self._pending == 0

    def read(
        self,
        slot: str,
        function: Callable[..., Any],
        *args: Any,
        on_result: OnResult,
        on_error: OnError | None = None,
    ) -> None:
        """Call ``function(*args)`` in the pool; ``on_result`` gets what it returns."""
        if self._closed:
            return
        number = self._numbers.get(slot, 0) + 1
        self._numbers[slot] = number
        request = _Request(slot, number, function, args, on_result, on_error)
        with self._lock:
            replaced = slot in self._waiting
            self._waiting[slot] = request
        if not replaced:
            self._pending += 1
            if not self._started:
                self._started = True
                for thread in self._threads:
                    thread.start()
            self._slots.put(slot)

    def take(self, slot: str) -> _Request | None:
        """Return what the slot waits for; called in the pool."""
        with self._lock:
            return self._waiting.pop(slot, None)

    def forget(self, slot: str) -> None:
        """Drop whatever the slot still waits for."""
        self._numbers[slot] = self._numbers.get(slot, 0) + 1

    def close(self) -> None:
        """Take no more, answer no more, wait for what runs."""
        if self._closed:
            return
        self._closed = True
        with self._lock:
            self._waiting.clear()
        for _ in self._threads:
            self._slots.put(None)
        if self._started:
            for thread in self._threads:
                thread.join()
        self.answered.disconnect(self._receive)

    def _serve(self) -> None:
        """Serve the newest request of one slot after another; the loop of the threads."""
        while (slot := self._slots.get()) is not None:
            request = self.take(slot)
            if request is None:
                continue
            answer, error = None, None
            try:
                answer = request.function(*request.args)
            except Exception as caught:
                log.debug("Reading for %s failed", slot, exc_info=True)
                error = caught
            self.answered.emit((request, answer, error))
            del request, answer, error

    @Slot(object)
    def _receive(self, answered: tuple[_Request, Any, Exception | None]) -> None:
        request, answer, error = answered
        self._pending -= 1
        if request.number != self._numbers[request.slot] or not alive(request.on_result):
            return
        if error is None:
            request.on_result(answer)
        elif request.on_error is not None:
            request.on_error(error)
        else:
            self.failed.emit(error)
