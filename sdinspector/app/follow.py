"""Follows a recording that grows, written by this process or by another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from sdinspector.app.readers import ReaderPool

if TYPE_CHECKING:
    from sdinspector.recording import Recording

#: Milliseconds between two looks where the file system tells nothing (network folders).
INTERVAL = 500
#: Milliseconds to wait after the file system tells something: steps come in bursts.
SETTLE = 30


class Follower(QObject):
    """Refreshes one recording in the reader pool whenever its folder changes.

    Signals
    -------
    grew
        The recording has more steps, or another status.
    """

    grew = Signal(object)
    failed = Signal(object)

    def __init__(self, readers: ReaderPool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._readers = readers
        self._recording: Recording | None = None
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self.poke)
        self._slow = QTimer(self)
        self._slow.setInterval(INTERVAL)
        self._slow.timeout.connect(self._look)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SETTLE)
        self._soon.timeout.connect(self._look)
        self._looking = False
        self._again = False

    @property
    def recording(self) -> Recording | None:
        """What is followed, or ``None``."""
        return self._recording

    def follow(self, recording: Recording) -> None:
        """Follow this recording instead of any other, until it is finished."""
        self.stop()
        self._recording = recording
        folder = Path(recording.path)
        for place in (folder, folder / "steps"):
            if place.is_dir():
                self._watcher.addPath(str(place))
        self._slow.start()
        self.poke()

    def poke(self, *_: object) -> None:
        """Look soon: something has been written."""
        if self._recording is not None and not self._soon.isActive():
            self._soon.start()

    def stop(self) -> None:
        """Follow nothing."""
        self._recording = None
        self._slow.stop()
        self._soon.stop()
        self._again = False
        self._readers.forget("follow")
        self._looking = False
        watched = self._watcher.directories() + self._watcher.files()
        if watched:
            self._watcher.removePaths(watched)

    def _look(self) -> None:
        if self._recording is None:
            return
        if self._looking:
            self._again = True
            return
        self._looking = True
        self._readers.read(
            "follow", _refresh, self._recording, on_result=self._seen, on_error=self._broken
        )

    def _seen(self, answer: tuple[Recording, bool]) -> None:
        recording, grown = answer
        self._looking = False
        if self._recording is None or recording is not self._recording:
            return
        if grown:
            self.grew.emit(recording)
        if recording.status != "running":
            self.stop()
        elif self._again:
            self._again = False
            self.poke()

    def _broken(self, error: Exception) -> None:
        self.stop()
        self.failed.emit(error)


def _refresh(recording: Recording) -> tuple[Recording, bool]:
    return recording, recording.refresh()
