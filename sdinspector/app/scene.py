"""Puts the three models together into one frozen scene, at most once a frame."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from sdinspector.app.display import DisplayModel
from sdinspector.app.document import Document
from sdinspector.app.selection import SelectionModel
from sdinspector.app.viewer import Scene


class SceneKeeper(QObject):
    """Coalesces changes: however many there are between two frames, viewers draw once.

    Signals
    -------
    changed : Scene
    """

    changed = Signal(object)

    def __init__(
        self,
        document: Document,
        selection: SelectionModel,
        display: DisplayModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._display = document, selection, display
        self._told: Scene | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self.flush)
        selection.changed.connect(self.touch)
        display.changed.connect(self.touch)
        document.model_changed.connect(self.touch)
        document.panes_changed.connect(self.touch)
        document.busy_changed.connect(self.touch)

    @property
    def scene(self) -> Scene:
        """The scene as it is now, told already or not."""
        document = self._document
        return Scene(
            model=document.model,
            panes=document.panes,
            selection=self._selection.state,
            display=self._display.state,
            generation=document.generation,
            busy=document.busy,
        )

    def touch(self, *_: object) -> None:
        """Tell of a change before the next frame."""
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Tell now, if there is anything new."""
        self._timer.stop()
        scene = self.scene
        if scene != self._told:
            self._told = scene
            self.changed.emit(scene)

    def stop(self) -> None:
        """Tell nothing more."""
        self._timer.stop()
        self._timer.timeout.disconnect(self.flush)
