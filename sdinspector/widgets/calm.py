"""Draws what stands beside the view in front: at once, but not for every frame of playing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

#: Milliseconds between two drawings.
PAUSE = 100


class Calm(QObject):
    """Calls a function at once after a rest, and while asked without rest ten times a second.

    The last request is never lost. What a person looks at while playing is the view in front; the
    frames' time is left to it.

    Parameters
    ----------
    draw
        Draws what there is when it is called.
    parent
        Of the timer.
    """

    def __init__(self, draw: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draw = draw
        self._due = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._rested)

    def ask(self) -> None:
        """Draw, now or soon."""
        if self._timer.isActive():
            self._due = True
        else:
            self._timer.start()
            self._draw()

    def stop(self) -> None:
        """Draw nothing more."""
        self._timer.stop()
        self._due = False

    def _rested(self) -> None:
        if self._due:
            self._due = False
            self.ask()
