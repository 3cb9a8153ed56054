"""The mark of the one writer of a recording: names process and host, and beats."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import threading
import time
import uuid
from pathlib import Path

from sdinspector.core import InspectorError
from sdinspector.recording.files import cannot_write, patiently
from sdinspector.recording.layout import BEAT_SECONDS, LOCK, STALE_SECONDS


class WriterLock:
    """Holds ``writer.lock`` in a recording and renews its time every two seconds.

    The time of the file is the beat, so nothing is rewritten and a full disk does not stop it.

    Raises
    ------
    InspectorError
        ``recording.being-written`` where a living writer holds it; ``recording.cannot-write`` or
        ``recording.disk-full`` where the file cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._token = uuid.uuid4().hex
        self._stopped = threading.Event()
        self._take()
        self._thread = threading.Thread(target=self._beat, name="recording-heartbeat", daemon=True)
        self._thread.start()

    def _take(self) -> None:
        owner = {"process": os.getpid(), "token": self._token, **_here()}
        for _ in range(2):
            try:
                with self._path.open("x", encoding="utf-8") as file:
                    json.dump(owner, file)
            except FileExistsError:
                if Pulse(self._path.parent).alive():
                    break
                with contextlib.suppress(FileNotFoundError):
                    patiently(self._path.unlink)
            except OSError as error:
                raise cannot_write(error, self._path) from error
            else:
                return
        raise being_written(self._path.parent)

    def moved(self, folder: Path) -> None:
        """Follow the recording's folder to its new place."""
        self._path = folder / LOCK

    def held(self) -> bool:
        """Return whether the lock is still this writer's (a suspended one may have lost it)."""
        return _owner(self._path).get("token") == self._token

    def release(self) -> None:
        """Stop beating, wait for the thread and remove the lock if it is still this writer's."""
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join()
        if self.held():
            with contextlib.suppress(OSError):
                patiently(self._path.unlink)

    def _beat(self) -> None:
        while not self._stopped.wait(BEAT_SECONDS):
            # A lock that is gone or read-only for a moment is no reason to stop.
            with contextlib.suppress(OSError):
                if self.held():
                    os.utime(self._path)


class Pulse:
    """Tells whether the writer of a recording lives; keep one for as long as it is followed.

    The beat is judged by the clock and, where the clocks of two machines differ, by whether it was
    seen to change. On the writer's own machine a process that is gone is known at once.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._beat = 0
        self._seen = 0.0
        self._moved = False

    def alive(self) -> bool:
        """Return whether a writer holds the lock and beats."""
        try:
            beat = self._path.stat().st_mtime_ns
        except OSError:
            return False
        now = time.monotonic()
        if beat != self._beat:
            self._moved = self._beat != 0
            self._beat, self._seen = beat, now
        if _is_gone(_owner(self._path)):
            return False
        age = time.time() - beat / 1e9
        if abs(age) <= STALE_SECONDS:
            return True
        # The writer's clock is ahead, or it was seen to beat: believe in it while it goes on.
        return (age < 0 or self._moved) and now - self._seen <= STALE_SECONDS


def being_written(folder: Path) -> InspectorError:
    """Return the error that says who writes the recording ``folder``."""
    owner = _owner(folder / LOCK)
    process, host = owner.get("process", "?"), owner.get("host", "?")
    return InspectorError(
        "recording.being-written",
        f"{folder} is being written by process {process} on {host}. Wait until that is done, or "
        "choose another name.",
        path=str(folder),
        process=process,
        host=host,
    )


def _owner(path: Path) -> dict[str, object]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _here() -> dict[str, object]:
    # Two containers can have one name and different processes: the name space tells them apart.
    try:
        space = os.readlink("/proc/self/ns/pid")  # noqa: PTH115
    except OSError:
        space = ""
    return {"host": platform.node(), "space": space}


def _is_gone(owner: dict[str, object]) -> bool:
    process = owner.get("process")
    if os.name == "nt" or not isinstance(process, int) or process <= 0:
        return False
    if any(owner.get(key) != value for key, value in _here().items()):
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return True
    except OSError:
        return False
    return False
