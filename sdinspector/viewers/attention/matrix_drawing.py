"""Puts on the board where and when a word is heard: the matrix layers × steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from sdinspector.app.texts import tr
from sdinspector.export import colours
from sdinspector.recording.attention import Heard
from sdinspector.viewers.attention import paths
from sdinspector.viewers.attention.board import Board, finite_max, levels_of
from sdinspector.viewers.attention.data import short
from sdinspector.viewers.attention.sources import Sources
from sdinspector.viewers.attention.wishes import State


class MatrixDrawing:
    """Draws the matrix; what has not changed is not drawn again."""

    def __init__(self, board: Board, sources: Sources) -> None:
        self._board, self._sources = board, sources
        self._drawn: tuple[Any, ...] = ()
        self._heard: Heard | None = None

    def draw(self, state: State | None) -> None:
        """Draw where and when the word is heard."""
        view, heard = self._sources.view, self._sources.heard
        side = self._board.side
        if state is None or heard is None or view is None or state.key not in view.keys:
            self._drawn = ()
            side.matrix.set_values(np.zeros((0, 0), np.float32), (0.0, 1.0), colours.table("gray"))
            hint = ""
            if state is not None and state.key.startswith("probe:"):
                hint = tr("Recorded for the words of the prompt only; choose one above.")
            elif heard is None and view is not None:
                hint = tr("Where a word is heard can be told of recorded attention only.")
            side.matrix.set_hint(hint)
            return
        recording, scene = state.scene.recording, state.scene
        columns = view.columns[view.keys.index(state.key)]
        side.matrix.set_hint(
            "" if columns else tr("Recorded for the words of the prompt only; choose one above.")
        )
        peak, second = state.wishes.measure == "peak", state.wishes.second
        signed = bool(second in view.keys and view.columns[view.keys.index(second)] and columns)
        if columns:
            values = heard.of(columns, peak=peak)
        else:  # a text of its own: nothing is recorded of it
            values = np.full((len(heard.layers), len(heard.calls)), np.nan, np.float32)
        if signed:
            values = values - heard.of(view.columns[view.keys.index(second)], peak=peak)
        levels = levels_of(values, signed=True) if signed else (0.0, finite_max(values))
        display = scene.display
        name = display.diverging_map if signed else display.colour_map
        names = [short(path) for path in heard.layers]
        kinds = [path.split(".", 1)[0] for path in heard.layers]
        breaks = [row for row in range(1, len(kinds)) if kinds[row] != kinds[row - 1]]
        steps = [str(recording.step_of_call(call) + 1) for call in heard.calls] if recording else []
        matrix = side.matrix
        matrix.set_axes(names, steps, breaks)
        now = (state.key, second, peak, name)
        if now != self._drawn or heard is not self._heard:
            self._drawn, self._heard = now, heard
            matrix.set_values(values, levels, colours.table(name))
        layer = scene.selection.layer
        found = paths.selected(heard.layers, layer)
        row = heard.layers.index(found[0]) if found and len(found) == 1 else None
        column = heard.calls.index(scene.call) if scene.call in heard.calls else None
        matrix.set_current(row, column)
        used = [place for place, path in enumerate(heard.layers) if path in view.used]
        calls = [heard.calls.index(c) for c in state.question.calls or () if c in heard.calls]
        span = (calls[0], calls[-1]) if calls else (0, len(heard.calls) - 1)
        matrix.set_used(used, span)

    def point_at_cell(self, place: tuple[int, int] | None) -> None:
        """Say what the cell under the pointer holds."""
        side = self._board.side
        side.matrix_note.setText("" if place is None else side.matrix.describe(*place))
