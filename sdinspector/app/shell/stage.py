"""Draws the views one after the other where all of them have much to draw at once."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QTimer

from sdinspector.app.shell.host import ViewerHost
from sdinspector.app.viewer import Scene

#: Milliseconds of rest after which hidden views are drawn.
REST = 250


class Stage(QObject):
    """Hands scenes to the views.

    Another model or another recording means a new tree, new facts and new pictures, some tens of
    milliseconds for each view; drawn in one go they would hold back keys and pointer for their
    sum. So each view then draws in a turn of the event loop of its own, with what has come in
    meanwhile handled between two of them. All other changes (another step, another word) are
    drawn at once, that views which belong together move together.

    When all that is seen has been drawn and nothing happened for a moment, hidden views that are
    slow to draw and ask for it (:meth:`Viewer.eager`) are drawn too.
    """

    def __init__(self, hosts: Mapping[str, ViewerHost], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hosts = hosts
        self._waiting: list[ViewerHost] = []
        self._generation: int | None = None
        self._timer = QTimer(self, interval=0, singleShot=True)
        self._timer.timeout.connect(self._next)
        self._hidden: list[ViewerHost] = []
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._rest.timeout.connect(self._next_hidden)

    @property
    def resting(self) -> bool:
        """Whether hidden views are still to be drawn after a moment of rest."""
        return self._rest.isActive()

    def show(self, scene: Scene) -> None:
        """Draw a scene, at once or view by view."""
        other = scene.generation != self._generation
        self._generation = scene.generation
        if other:
            self._waiting = list(self._hosts.values())
            self._hidden = list(self._hosts.values())
        later = bool(self._waiting)
        for host in self._hosts.values():
            host.show_scene(scene, later=later)
        if later:
            self._timer.start()
        if self._hidden and not scene.busy:
            self._rest.start()

    def flush(self) -> None:
        """Draw now all that waits."""
        self._timer.stop()
        while self._waiting:
            self._waiting.pop(0).draw_stale()

    def stop(self) -> None:
        """Draw nothing more."""
        self._timer.stop()
        self._rest.stop()
        self._waiting.clear()
        self._hidden.clear()

    def _next(self) -> None:
        while self._waiting:
            if self._waiting.pop(0).draw_stale():
                break
        if self._waiting:
            self._timer.start()

    def _next_hidden(self) -> None:
        if self._waiting:
            self._rest.start()
            return
        while self._hidden:
            if self._hidden.pop(0).draw_eagerly():
                self._rest.start()
                break
