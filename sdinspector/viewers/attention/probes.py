"""Words that are not in the prompt: asked of the model in the background (OVAM)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sdinspector.app import replays
from sdinspector.app.jobs import ProbeJob
from sdinspector.app.texts import tr
from sdinspector.app.viewer import JobHandle, Scene, Services
from sdinspector.core import InspectorError
from sdinspector.recording.attention import AttentionSums
from sdinspector.viewers.attention.store import Question, Store, probe_key

MOST = 8


@dataclass
class _Work:
    """One question on its way."""

    key: Any
    handle: JobHandle
    done: int = 0
    total: int = 0


class Probes:
    """Texts that a person asks about, and the jobs that answer.

    One job is on its way for each text; when other steps are wanted it is dropped.

    Parameters
    ----------
    services
        Of the viewer.
    store
        Takes the answers.
    on_change
        Called when an answer, an error or progress came.
    """

    def __init__(self, services: Services, store: Store, on_change: Callable[[], None]) -> None:
        self._services, self._store, self._on_change = services, store, on_change
        self._work: dict[str, _Work] = {}
        self._failed: dict[Any, Exception] = {}
        self.texts: tuple[str, ...] = ()

    def add(self, text: str) -> None:
        """Take a text in."""
        if text not in self.texts:
            self.texts = (*self.texts, text)[-MOST:]

    def remove(self, text: str) -> None:
        """Let a text go, and stop its work."""
        self.texts = tuple(known for known in self.texts if known != text)
        self._drop(text)

    def need(self, scene: Scene, text: str, question: Question) -> None:
        """See to it that the store holds the text's sums over the question's calls."""
        recording = scene.recording
        if recording is None:
            return
        key = probe_key(recording.id, text, question)
        running = self._work.get(text)
        if self._store.get(key) is not None or key in self._failed:
            return
        if running is not None:
            if running.key == key and running.handle.active:
                return
            self._drop(text)
        if question.branch == "uncond":
            self._failed[key] = InspectorError(
                "attention.probe-branch",
                tr("A text of its own is asked about in the branch of the prompt: choose cond."),
            )
        elif scene.model is None:
            name = str(recording.model.get("name") or recording.model.get("source") or "")
            self._failed[key] = InspectorError(
                "attention.no-model",
                tr(
                    "“{text}” is not in the prompt, so the model has to be asked about it. Open "
                    "the model {model} first.",
                    text=text,
                    model=name,
                ),
            )
        else:
            self._send(recording, text, question, key)

    def _send(self, recording: Any, text: str, question: Question, key: Any) -> None:
        calls = question.calls if question.calls is not None else tuple(range(question.upto))
        job = ProbeJob(
            recording=recording,
            text=text,
            calls=calls,
            cache=replays.cache_of(self._services.settings),
            slot=f"attention/probe/{text}",
        )
        handle: Any = self._services.submit(
            job,
            on_result=lambda answer: self._answered(text, key, answer),
            on_error=lambda error: self._erred(text, key, error),
        )
        self._work[text] = _Work(key, handle, 0, len(calls))
        handle.on_event = lambda event: self._moved(text, key, event)

    def ready(self, recording_id: str, question: Question) -> tuple[str, ...]:
        """Return the texts whose sums over the question's calls are there."""
        return tuple(
            text
            for text in self.texts
            if self._store.get(probe_key(recording_id, text, question)) is not None
        )

    def problem(self, recording_id: str, text: str, question: Question) -> Exception | None:
        """Return what went wrong with a text, or ``None``."""
        return self._failed.get(probe_key(recording_id, text, question))

    def progress(self, text: str) -> tuple[int, int] | None:
        """Return how many calls of how many are done, or ``None`` where nothing is on its way."""
        work = self._work.get(text)
        return None if work is None else (work.done, work.total)

    def forgive(self) -> None:
        """Ask again for what failed: another model is open, or a person tries again."""
        self._failed.clear()

    def clear(self) -> None:
        """Drop all texts and their work: another recording is shown, or the window goes."""
        for text in list(self._work):
            self._drop(text)
        self.texts = ()
        self._failed.clear()

    def stop(self, text: str) -> None:
        """Stop the work for a text; the text stays."""
        work = self._work.get(text)
        if work is not None:
            self._failed[work.key] = InspectorError(
                "attention.probe-stopped",
                tr("Stopped before all steps were asked. Press Return in the box to ask again."),
            )
            self._drop(text)

    def _drop(self, text: str) -> None:
        work = self._work.pop(text, None)
        if work is not None:
            work.handle.cancel()

    def _moved(self, text: str, key: Any, event: Any) -> None:
        work = self._work.get(text)
        if work is not None and work.key == key:
            work.done, work.total = event.done, event.total
            self._on_change()

    def _answered(self, text: str, key: Any, answer: Any) -> None:
        self._work.pop(text, None)
        self._store.keep(
            key, AttentionSums(maps=answer.maps, calls=answer.calls, tokens=answer.tokens)
        )
        self._on_change()

    def _erred(self, text: str, key: Any, error: Exception) -> None:
        self._work.pop(text, None)
        self._failed[key] = error
        self._on_change()
