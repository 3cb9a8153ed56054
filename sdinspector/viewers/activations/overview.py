"""The left side of the activation viewer: all channels at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from sdinspector.app.texts import tr
from sdinspector.app.viewer import Pixel
from sdinspector.core import Token
from sdinspector.viewers.activations.data import View, of_text
from sdinspector.widgets import look
from sdinspector.widgets.colour_bar import ColourBar
from sdinspector.widgets.mosaic import Mosaic
from sdinspector.widgets.token_matrix import TokenMatrix


class Overview(QWidget):
    """A mosaic of channels over the picture, or a matrix of tokens and channels."""

    hovered = Signal(object)
    """(x, y) within the tile under the pointer, or ``None``."""
    chosen = Signal(int, object)
    """Channel that was clicked, and (x, y) within it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: View | None = None
        self._title = QLabel(self)
        self._title.setAccessibleName(tr("Channels shown"))
        self._title.setFont(look.scaled(self.font(), 0.92))
        self._note = QLabel(self)
        self._note.setProperty("role", "muted")
        self._note.setFont(look.scaled(self.font(), 0.92))
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.mosaic = Mosaic(tr("Channels"), self)
        self.matrix = TokenMatrix(tr("Tokens and channels"), self)
        self._bar = ColourBar(self)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.mosaic)
        self._stack.addWidget(self.matrix)
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addWidget(self._note, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look.GAP)
        box.addLayout(top)
        box.addLayout(self._stack, 1)
        box.addWidget(self._bar)
        self.mosaic.hovered.connect(self._over_mosaic)
        self.mosaic.tile_chosen.connect(self._tile_chosen)
        self.matrix.hovered.connect(self._over_matrix)
        self.matrix.clicked.connect(self._cell_chosen)

    def show_view(
        self,
        view: View,
        channel: int,
        table: NDArray[np.uint8],
        tokens: Mapping[str, Sequence[Token]],
    ) -> None:
        """Show all channels; the chosen one is framed."""
        self._view = view
        if view.kind == "matrix":
            self._show_matrix(view, table, tokens)
        else:
            self._show_mosaic(view, channel, table)
        own = view.levels is None
        self._bar.set_scale(table, view.levels or (0.0, 1.0))
        self._bar.setVisible(not own)
        notes = [tr("each channel its own range")] if own else []
        bad = (
            view.shown.size - sum(int(np.count_nonzero(np.isfinite(part))) for part in view.shown)
            if view.indices is None
            else 0
        )
        if bad:
            notes.insert(0, tr("{count} not finite", count=bad))
        self._note.setText("   ·   ".join(notes))

    def show_pixel(self, pixel: Pixel | None) -> None:
        """Mark the shared place in every tile."""
        maps = self._view is not None and self._view.kind == "maps"
        self.mosaic.set_place(pixel if maps else None)

    def fit(self) -> None:
        """Show everything."""
        (self.mosaic if self._stack.currentIndex() == 0 else self.matrix).fit()

    def _show_mosaic(self, view: View, channel: int, table: NDArray[np.uint8]) -> None:
        height, width = view.values.shape[2:]
        self._title.setText(
            tr("{count} channels, {width} × {height}", count=view.channels, width=width,
               height=height)
            if view.kind == "maps"
            else tr("{count} channels, one value each", count=view.channels)
        )  # fmt: skip
        order = view.order
        levels = view.ranges[order] if view.levels is None else view.levels
        self.mosaic.set_maps(
            view.sorted,
            levels,
            table,
            _labels(order.tobytes(), order.dtype.str),
            indices=view.indices,
        )
        self.mosaic.set_chosen_tile(view.place_of(channel))
        self._stack.setCurrentIndex(0)

    def _show_matrix(
        self, view: View, table: NDArray[np.uint8], tokens: Mapping[str, Sequence[Token]]
    ) -> None:
        count = view.values.shape[2]
        self._title.setText(
            tr("{tokens} tokens × {count} channels", tokens=count, count=view.channels)
        )
        branch = "uncond" if view.name == "uncond" else "cond"
        pieces = tokens.get(branch, ()) if of_text(view.wish.layer) else ()
        names = [f"{number}  {_piece(pieces[number])}" if number < len(pieces) else str(number)
                 for number in range(count)]  # fmt: skip
        order = view.order
        self.matrix.set_names(names, _labels(order.tobytes(), order.dtype.str))
        if view.indices is not None:
            picture, levels = view.indices[:, :, 0].T, (0.0, 255.0)
        else:
            picture, levels = view.sorted[:, :, 0].T, view.levels or (0.0, 1.0)
        self.matrix.set_values(view.sorted[:, :, 0].T)
        self.matrix.set_image(picture, levels, table)
        self._stack.setCurrentIndex(1)

    # -- what a person does ----------------------------------------------------------------

    def _over_mosaic(self, pixel: Pixel | None) -> None:
        hit = None if pixel is None else self.mosaic.tile_at(pixel)
        self.hovered.emit(None if hit is None else hit[1])

    def _tile_chosen(self, tile: int, pixel: Pixel) -> None:
        if self._view is not None:
            self.chosen.emit(int(self._view.order[tile]), pixel)

    def _over_matrix(self, pixel: Pixel | None) -> None:
        self.hovered.emit(None if pixel is None else (0.5, pixel[1]))

    def _cell_chosen(self, pixel: Pixel) -> None:
        view = self._view
        if view is not None:
            place = min(int(pixel[0] * view.channels), view.channels - 1)
            self.chosen.emit(int(view.order[place]), (0.5, pixel[1]))


def _piece(token: Token) -> str:
    return {"bos": "BOS", "eos": "EOS", "padding": tr("padding")}.get(
        token.kind, token.piece.removesuffix("</w>")
    )


@lru_cache(maxsize=8)
def _labels(order: bytes, kind: str) -> list[str]:
    """Return the channels' labels; those of the last orders are kept while steps change."""
    return [tr("ch {number}", number=int(number)) for number in np.frombuffer(order, dtype=kind)]
