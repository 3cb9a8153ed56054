"""The attention view's widgets, and how what was worked out is put on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QSplitter, QVBoxLayout, QWidget

from sdinspector.analysis import heatmaps
from sdinspector.app.texts import tr
from sdinspector.app.viewer import DisplayState, Pixel
from sdinspector.export import colours
from sdinspector.viewers.attention.controls import ControlBar
from sdinspector.viewers.attention.data import AttentionView, Tiles
from sdinspector.viewers.attention.main_panel import MainPanel, Page
from sdinspector.viewers.attention.side_panel import QUIET, SidePanel
from sdinspector.widgets import look
from sdinspector.widgets.heat_canvas import contour, outline
from sdinspector.widgets.rank_bars import Bar
from sdinspector.widgets.word_chips import Chip, ChipRow

Map = NDArray[np.float32]
#: Longest side to which a map is enlarged; the screen does the rest.
LARGEST = 512


class Board(Page):
    """Chips and controls above, the large map at the left, small maps and numbers at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn: tuple[Any, ...] = ()
        self._tiled: tuple[Any, ...] = ()
        self.shown: Map | None = None
        self.levels: tuple[float, float] = (0.0, 1.0)
        self._build()
        self.held.connect(lambda on: self.main.canvas.set_picture_alone(on=on))

    def _build(self) -> None:
        self.row = ChipRow(self)
        self.chips = self.row.chips
        self.tokens = QCheckBox(tr("Tokens"), self)
        self.tokens.setAccessibleName(tr("Tokens"))
        self.tokens.setToolTip(
            tr("Show BOS, EOS and the padding too: most attention goes there, not to the words")
        )
        self.ask = QLineEdit(self)
        self.ask.setPlaceholderText(tr("Any other word …"))
        self.ask.setAccessibleName(tr("A word that is not in the prompt"))
        self.ask.setToolTip(
            tr(
                "Ask the recorded queries about any text, also words that are not in the prompt "
                "(OVAM); Return asks"
            )
        )
        self.ask.setClearButtonEnabled(True)
        self.ask.setFixedWidth(150)
        self.controls = ControlBar(self)
        self.main = MainPanel(self)
        self.side = SidePanel(self)
        words = QHBoxLayout()
        words.setSpacing(2 * look.GAP)
        words.addWidget(self.row, 1)
        words.addWidget(self.tokens, 0, Qt.AlignmentFlag.AlignTop)
        words.addWidget(self.ask, 0, Qt.AlignmentFlag.AlignTop)
        self.tokens.setMinimumHeight(self.ask.sizeHint().height())
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(3 * look.GAP)
        split.setStyleSheet(QUIET)
        split.addWidget(self.main)
        split.addWidget(self.side)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 6)
        split.setSizes([340, 420])
        box = QVBoxLayout(self)
        box.setContentsMargins(3 * look.GAP, 2 * look.GAP, 3 * look.GAP, 2 * look.GAP)
        box.setSpacing(2 * look.GAP)
        box.addLayout(words)
        box.addWidget(self.controls)
        box.addWidget(split, 1)

    # -- the large map ---------------------------------------------------------------------

    def draw_map(
        self,
        key: tuple[Any, ...],
        values: Map,
        display: DisplayState,
        size: tuple[int, int],
        recipe: str,
        *,
        signed: bool,
        unit: str,
    ) -> None:
        """Show a map ``[h, w]``; what has the same ``key`` is not worked out again."""
        main = self.main
        name = display.diverging_map if signed else display.colour_map
        table = colours.table(name)
        if main.under.currentData() == "fading" and not signed:
            table = fading(name)
        self.levels = levels_of(values, signed=signed)
        smooth, outlined = main.smooth.isChecked(), main.outlined.isChecked() and not signed
        threshold = main.threshold.value()
        now = (key, name, len(table[0]), size, recipe, smooth, outlined, threshold)
        self.shown = values
        if now != self._drawn or main.saying:
            self._drawn = now
            enlarged = None
            if smooth and np.isfinite(values).all():
                enlarged = heatmaps.to_picture(values, fitted(size), recipe)
            main.set_map(values, self.levels, table, enlarged, unit)
            pieces = None
            if outlined and enlarged is not None:
                pieces = contour(heatmaps.normalised(enlarged, recipe), threshold)
            elif outlined:
                pieces = outline(heatmaps.mask(values, threshold, recipe))
            main.canvas.set_contour(pieces)

    def say(self, text: str, progress: tuple[int, int] | None = None) -> None:
        """Say why there is no map, in its place, and how far work on it is."""
        self.shown = None
        self._drawn = ()
        self.main.set_title("")
        self.main.say(text, progress)

    # -- small maps ------------------------------------------------------------------------

    def draw_tiles(
        self,
        key: tuple[Any, ...],
        maps: Map,
        labels: Sequence[str],
        chosen: int | None,
        *,
        display: DisplayState,
        caption: str = "",
    ) -> None:
        """Show small maps ``[n, h, w]``; those of the same ``key`` are not stitched again."""
        self.side.say("")
        self.side.caption.setText(caption)
        now = (key, display.shared_levels, display.colour_map)
        if now == self._tiled:
            self.side.tiles.set_chosen_tile(chosen)
            return
        self._tiled = now
        levels: Any
        if display.shared_levels:
            levels = (0.0, finite_max(maps))
        else:
            flat = maps.reshape(len(maps), -1)
            finite = np.where(np.isfinite(flat), flat, 0.0)
            levels = np.stack([finite.min(axis=1), finite.max(axis=1)], axis=1)
        table = colours.table(display.colour_map)
        self.side.tiles.set_maps(maps, levels, table, labels)
        self.side.tiles.set_chosen_tile(chosen)

    def draw_some(self, tiles: Tiles, chosen: Any, display: DisplayState, caption: str) -> None:
        """Show the maps of heads or layers."""
        place = tiles.keys.index(chosen) if chosen in tiles.keys else None
        self.draw_tiles((tiles,), tiles.maps, tiles.labels, place, display=display, caption=caption)

    # -- ranks -----------------------------------------------------------------------------

    def draw_ranks(
        self, view: AttentionView | None, keys: Sequence[str], pixel: Pixel | None
    ) -> None:
        """Rank words at a pixel."""
        side = self.side
        if view is None or pixel is None:
            side.ranks.set_bars((), 1.0)
            side.ranks_title.setText(tr("Words at the pixel"))
            return
        height, width = view.maps.shape[1:]
        row = min(max(int(pixel[1] * height), 0), height - 1)
        column = min(max(int(pixel[0] * width), 0), width - 1)
        places = [view.keys.index(key) for key in keys if key in view.keys]
        bars = [
            Bar(
                view.keys[place],
                view.labels[place],
                float(view.maps[place, row, column]),
                view.keys[place] in ("bos", "eos", "padding"),
            )
            for place in places
        ]
        side.ranks.set_bars(bars, finite_max(view.maps[places]) if places else 1.0)
        side.ranks_title.setText(tr("Words at x {x}, y {y}", x=column, y=row))

    # -- chips -----------------------------------------------------------------------------

    def draw_chips(self, chips: Sequence[Chip], current: str, second: str, name: str) -> None:
        """Show the words, with the one that is shown and the one set against it."""
        self.row.set_chips(chips)
        self.chips.set_chosen(current, second)
        table = colours.table(name)
        self.chips.set_pair_colours(_colour(table, 0.9), _colour(table, 0.1))
        if current:
            self.row.reveal(current)

    def draw_display(self, display: DisplayState) -> None:
        """Show how things are drawn."""
        self.main.set_opacity(display.opacity)
        self.main.set_colour_map(display.colour_map)
        with QSignalBlocker(self.side.shared):
            self.side.shared.setChecked(display.shared_levels)


def levels_of(values: NDArray[Any], *, signed: bool) -> tuple[float, float]:
    """Return the range of a map: about zero where it is signed."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return 0.0, 1.0
    if signed:
        high = float(np.abs(finite).max()) or 1.0
        return -high, high
    return float(finite.min()), float(finite.max())


@cache
def fading(name: str) -> NDArray[np.uint8]:
    """Return a colour table ``[256, 4]`` whose low end lets the picture through."""
    table = colours.table(name)
    opacity = np.linspace(0.0, 1.0, len(table)) ** 0.75
    return np.column_stack([table[:, :3], np.round(255 * opacity).astype(np.uint8)])


def finite_max(maps: NDArray[Any]) -> float:
    """Return the largest finite value, 1 where there is none."""
    finite = maps[np.isfinite(maps)]
    return float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def fitted(size: tuple[int, int]) -> tuple[int, int]:
    """Return height and width, made smaller where the longest side is too long for the screen."""
    share = min(1.0, LARGEST / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _colour(table: NDArray[np.uint8], place: float) -> QColor:
    red, green, blue = (int(part) for part in table[round(place * (len(table) - 1))][:3])
    return QColor(red, green, blue)
