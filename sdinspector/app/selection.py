"""The shared selection as an evented model, with a history to go back and forward in."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QObject, Signal

from sdinspector.app.viewer import SelectionState, changed

#: Changes of the same fields that follow within this time are one entry (a drag, a held key).
MERGE_SECONDS = 0.7
LONGEST_HISTORY = 200


class SelectionModel(QObject):
    """Holds the :class:`SelectionState`; changed on the GUI thread only.

    Signals
    -------
    changed : SelectionState
    history_changed
        What can be undone or redone has changed.
    """

    changed = Signal(object)
    history_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = SelectionState()
        self._past: list[SelectionState] = []
        self._future: list[SelectionState] = []
        self._last: tuple[frozenset[str], float] = (frozenset(), float("-inf"))

    @property
    def can_undo(self) -> bool:
        """Whether there is a selection to go back to."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a selection to go forward to."""
        return bool(self._future)

    def select(self, *, remember: bool = True, **changes: Any) -> None:
        """Replace fields; unknown names raise ``TypeError``."""
        new = changed(self.state, changes)
        if new is self.state:
            return
        if remember:
            self._remember(frozenset(changes))
        self._set(new)

    def reset(self, state: SelectionState | None = None) -> None:
        """Start anew, without history: another recording is shown."""
        self._past.clear()
        self._future.clear()
        self._last = (frozenset(), float("-inf"))
        self._set(state or SelectionState())
        self.history_changed.emit()

    def undo(self) -> None:
        """Go back to the selection before."""
        if self._past:
            self._future.append(self.state)
            self._step(self._past.pop())

    def redo(self) -> None:
        """Go forward again."""
        if self._future:
            self._past.append(self.state)
            self._step(self._future.pop())

    def _remember(self, names: frozenset[str]) -> None:
        now = time.monotonic()
        before, when = self._last
        if names != before or now - when > MERGE_SECONDS:
            self._past.append(self.state)
            del self._past[:-LONGEST_HISTORY]
        self._future.clear()
        self._last = (names, now)
        self.history_changed.emit()

    def _step(self, state: SelectionState) -> None:
        self._last = (frozenset(), float("-inf"))
        self._set(state)
        self.history_changed.emit()

    def _set(self, state: SelectionState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
