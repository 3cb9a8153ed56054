"""Tells when a window has painted what was waited for."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QWidget

PATIENCE = 30_000  # milliseconds for anything that is waited for


class Stopwatch(QObject):
    """Sees every frame that a window paints.

    Qt paints all that has changed in a window in one go, when the window is told to update. The
    clock is read when that is done.

    Parameters
    ----------
    window
        The top-level widget.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._done: Callable[[], bool] | None = None
        self._loop = QEventLoop(self)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._loop.quit)
        self._painted = 0.0
        window.installEventFilter(self)

    def until(self, done: Callable[[], bool]) -> float:
        """Return the time at which the first frame was painted for which ``done()`` holds.

        Raises
        ------
        SystemExit
            Where none came.
        """
        self._painted, self._done = 0.0, done
        self._patience.start()
        self._loop.exec()
        self._patience.stop()
        self._done = None
        if not self._painted:
            raise SystemExit("nothing was painted of what was waited for")
        return self._painted

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802
        """Let the window paint and look at the clock."""
        if event.type() != QEvent.Type.UpdateRequest:
            return False
        self._window.event(event)
        now = time.perf_counter()
        if self._done is not None and not self._painted and self._done():
            self._painted = now
            self._loop.quit()
        return True


def settle(idle: Callable[[], bool], milliseconds: int = 120) -> None:
    """Let the event loop run until nothing is being read any more, and a little longer."""
    for _ in range(PATIENCE // milliseconds):
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()
        if idle():
            return
    raise SystemExit("the window did not come to rest")
