"""Splits the CPU time of a run into our own and the rest, while the run goes on.

Own is what the program adds to the model: hooks, copies, x̂₀, the writer, the recording's beginning
and end. Each of these is timed with the CPU clock of the whole process, so that work which other
threads do meanwhile counts as well. The rest is the run's whole time less that.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest.mock import patch

from torch import nn

from sdinspector.engine import sampling
from sdinspector.engine.capture import Watcher
from sdinspector.recording import Recording, RecordingWriter

_FUNCTIONS: tuple[tuple[Any, str, str], ...] = (
    (sampling, "make_plan", "begin"),
    (sampling.Loop, "recorder", "begin"),
    (Watcher, "__init__", "begin"),
    (sampling, "coefficients", "x̂₀"),
    (sampling, "denoised", "x̂₀"),
    (sampling, "step_record", "copies"),
    (sampling, "picture_text", "end"),
    (RecordingWriter, "step", "writer"),
    (RecordingWriter, "final", "end"),
    (RecordingWriter, "image", "end"),
    (RecordingWriter, "finish", "end"),
)


class Meter:
    """CPU seconds by part, of the runs that went on inside :meth:`running`.

    Attributes
    ----------
    parts
        Seconds of ours, by what they were spent on.
    calls
        How often each part was entered.
    total, steps
        Seconds of everything, and of the scheduler calls alone.
    """

    def __init__(self) -> None:
        self.parts: defaultdict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()
        self.total = 0.0
        self.steps = 0.0
        self._inside = False
        self._hooks: dict[Callable[..., Any], Callable[..., Any]] = {}
        self._of_clock = self._cost_of_clock()

    @property
    def own(self) -> float:
        """Seconds of ours, less what looking at the clock takes."""
        return sum(self.parts.values()) - self._of_clock * sum(self.calls.values())

    @property
    def share(self) -> float:
        """Ours over the rest."""
        return self.own / (self.total - self.own)

    @property
    def share_in_steps(self) -> float:
        """Ours over the rest, without the beginning and the end of the run."""
        own = self.own - self.parts["begin"] - self.parts["end"]
        return own / (self.steps - own)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what happens inside; hooks that are put on inside are counted too."""
        with ExitStack() as stack:
            for owner, name, part in _FUNCTIONS:
                stack.enter_context(
                    patch.object(owner, name, self._charged(part, getattr(owner, name)))
                )
            for name in ("register_forward_hook", "register_forward_pre_hook"):
                stack.enter_context(
                    patch.object(nn.Module, name, self._registering(getattr(nn.Module, name)))
                )
            stack.enter_context(patch.object(Watcher, "watching", self._watching(Watcher.watching)))
            opened = self._charged("end", Recording.open)
            stack.enter_context(patch.object(Recording, "open", opened))
            stack.enter_context(
                patch.object(sampling.Loop, "record", self._stepping(sampling.Loop.record))
            )
            began = time.process_time()
            yield
            self.total += time.process_time() - began

    @contextmanager
    def _charging(self, part: str) -> Iterator[None]:
        if self._inside:  # what ours calls of ours is counted once
            yield
            return
        self._inside = True
        began = time.process_time()
        try:
            yield
        finally:
            self.parts[part] += time.process_time() - began
            self.calls[part] += 1
            self._inside = False

    def _charged(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        clock, parts, calls = time.process_time, self.parts, self.calls

        @wraps(function)
        def timed(*args: Any, **options: Any) -> Any:
            if self._inside:
                return function(*args, **options)
            self._inside = True
            began = clock()
            try:
                return function(*args, **options)
            finally:
                parts[part] += clock() - began
                calls[part] += 1
                self._inside = False

        return timed

    def _cost_of_clock(self) -> float:
        """Return the seconds that are charged for doing nothing."""
        nothing = self._charged("nothing", lambda: None)
        for _ in range(2000):
            nothing()
        self.calls.clear()
        return self.parts.pop("nothing") / 2000

    def _stepping(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*args: Any, **options: Any) -> Any:
            began = time.process_time()
            try:
                return function(*args, **options)
            finally:
                self.steps += time.process_time() - began

        return timed

    def _registering(self, register: Callable[..., Any]) -> Callable[..., Any]:
        def registering(module: nn.Module, hook: Callable[..., Any], **options: Any) -> Any:
            if hook not in self._hooks:  # the same are put on at every call
                part = getattr(hook, "__qualname__", "hook").replace(".<locals>", "")
                self._hooks[hook] = self._charged(f"hook {part}", hook)
            return register(module, self._hooks[hook], **options)

        return registering

    def _watching(self, watching: Callable[..., Any]) -> Callable[..., Any]:
        meter = self

        @contextmanager
        def counted(watcher: Watcher, *args: Any, **options: Any) -> Iterator[Any]:
            manager = watching(watcher, *args, **options)
            with meter._charging("hooks on"):
                kept = manager.__enter__()
            try:
                yield kept
            except BaseException as error:
                if not manager.__exit__(type(error), error, error.__traceback__):
                    raise
            else:
                with meter._charging("hooks off, settle"):
                    manager.__exit__(None, None, None)

        return counted
