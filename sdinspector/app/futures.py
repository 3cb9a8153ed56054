"""Other futures of a run: forks that follow a slider, kept only where a person says so."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from sdinspector.app.jobs import ForkJob, RunJob
from sdinspector.app.naming import new_path
from sdinspector.app.queueing import Handle
from sdinspector.core import paths

if TYPE_CHECKING:
    from sdinspector.app.context import AppContext
    from sdinspector.recording import Recording

#: Forks that are still there to go back to; older ones are deleted.
KEPT = 6
#: What a program that crashed has left is deleted after this many seconds.
STALE = 3 * 24 * 3600


@dataclass(frozen=True)
class Branching:
    """Where a fork left another recording: the recording, and the first call that differs."""

    origin: Recording
    call: int


class Futures(QObject):
    """Forks a recording at the chosen call, one at a time; a newer wish ends the one before.

    The forks are recordings like any other, in a folder of this process's own among what can be
    made again. :meth:`keep` moves one to the person's recordings.

    Signals
    -------
    started : Handle
        A fork was queued.
    changed
        Another recording is shown, so ``branching`` may be another.
    """

    started = Signal(object)
    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._context = context
        self._handle: Handle | None = None
        self._forks: dict[Path, Branching] = {}  # oldest first
        self._count = 0
        context.recording_opened.connect(self._opened)
        context.worker.job_ended.connect(self._job_ended)
        context.worker.job_event.connect(self._called)
        self._seconds: float | None = None

    @property
    def branching(self) -> Branching | None:
        """Where the recording that is shown left another; ``None`` for one that is kept."""
        recording = self._context.scene.recording
        return None if recording is None else self._forks.get(Path(recording.path))

    @property
    def active(self) -> bool:
        """Whether a fork waits or goes."""
        return self._handle is not None

    @property
    def seconds(self) -> float | None:
        """How long a call of the denoiser took of late; ``None`` before the first."""
        return self._seconds

    def owns(self, path: Path) -> bool:
        """Whether a recording is a fork that nobody has kept yet."""
        return path in self._forks

    def run_on(
        self, recording: Recording, call: int, *, kept: bool = False, **changes: Any
    ) -> None:
        """Fork at a call with changes, as :func:`sdinspector.engine.fork` has them.

        ``kept`` writes the fork among the person's recordings at once.

        A fork that goes is ended. From a fork of this class, at its own first call or before,
        the recording that it left is forked in its place: their past is the same.
        """
        if self._handle is not None:
            self._context.worker.stop_job(self._handle)
            self._handle = None
        source = recording
        while (branching := self._forks.get(Path(source.path))) and call <= branching.call:
            source = branching.origin
        prompt = str(changes.get("prompt", recording.spec.prompt))
        if kept:
            out = new_path(prompt)
        else:
            self._count += 1
            folder = _folder() / f"{self._count:04d}"
            folder.mkdir(exist_ok=True)
            out = new_path(prompt, folder)
            self._forks[out] = Branching(source, call)
        job = ForkJob(
            recording=Path(source.path), step=call, out=out, changes=changes, slot="futures/fork"
        )
        self._handle = self._context.submit(job)
        self.started.emit(self._handle)

    def stop(self) -> None:
        """End the fork that goes; the steps it has stay."""
        if self._handle is not None:
            self._context.worker.stop_job(self._handle)

    def back(self) -> None:
        """Show the recording again that the shown fork left."""
        branching = self.branching
        if branching is not None:
            self.stop()
            self._context.show_recording(branching.origin, call=self._context.selection.state.call)

    def keep(self) -> None:
        """Move the shown fork to the person's recordings."""
        recording = self._context.scene.recording
        if recording is None or self.branching is None or self.active:
            return
        path = Path(recording.path)
        self._context.read(
            "futures/keep",
            _move,
            path,
            new_path(recording.spec.prompt),
            on_result=lambda moved: self._kept(path, moved),
        )

    def close(self) -> None:
        """Delete what nobody kept, and what a crash has left."""
        self._forks.clear()
        shutil.rmtree(_folder(), ignore_errors=True)
        for folder in _all().iterdir():
            if time.time() - folder.stat().st_mtime > STALE:
                shutil.rmtree(folder, ignore_errors=True)

    def _kept(self, path: Path, moved: Recording) -> None:
        self._forks.pop(path, None)
        shown = self._context.scene.recording
        self._context.settings.add_recent("recent.recordings", str(moved.path))
        if shown is not None and Path(shown.path) == path:
            self._context.show_recording(moved, call=self._context.selection.state.call)

    def _job_ended(self, handle: Handle) -> None:
        if handle is self._handle:
            self._handle = None
            out: Path = handle.job.out  # type: ignore[attr-defined]
            if out not in self._forks and out.is_dir():
                self._context.settings.add_recent("recent.recordings", str(out))
            self.changed.emit()

    def _called(self, handle: Handle, event: Any) -> None:
        job = handle.job
        # Calls that a fork takes over are no measure.
        if isinstance(job, RunJob) or (isinstance(job, ForkJob) and event.call >= job.step):
            self._seconds = event.seconds

    def _opened(self, recording: Recording) -> None:
        needed: set[Path] = set()
        path = Path(recording.path)
        while path not in needed and path in self._forks:
            needed.add(path)
            path = Path(self._forks[path].origin.path)
        spare = [path for path in self._forks if path not in needed and path != self._going()]
        for old in spare[: max(0, len(self._forks) - KEPT)]:
            if any(Path(one.origin.path) == old for one in self._forks.values()):
                continue
            del self._forks[old]
            slot = f"futures/delete/{old.parent.name}"
            self._context.read(slot, _delete, old.parent, on_result=lambda _: None)
        self.changed.emit()

    def _going(self) -> Path | None:
        job = self._handle.job if self._handle is not None else None
        return job.out if isinstance(job, ForkJob) else None


def _all() -> Path:
    folder = paths.cache() / "forks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _folder() -> Path:
    folder = _all() / str(os.getpid())
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _delete(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)


def _move(path: Path, target: Path) -> Recording:
    from sdinspector.recording import Recording

    shutil.move(path, target)
    path.parent.rmdir()
    return Recording.open(target)
