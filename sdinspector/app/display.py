"""How things are drawn, as an evented model."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from sdinspector.app.viewer import DisplayState, changed


class DisplayModel(QObject):
    """Holds the :class:`DisplayState`; changed on the GUI thread only.

    Signals
    -------
    changed : DisplayState
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = DisplayState()

    def set(self, **changes: Any) -> None:
        """Replace fields; unknown names raise ``TypeError``."""
        new = changed(self.state, changes)
        if new is not self.state:
            self.state = new
            self.changed.emit(new)
