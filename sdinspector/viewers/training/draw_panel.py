"""One draw of the objective as small maps: from x₀ to the squared error."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sdinspector.analysis import preview as linear
from sdinspector.app.texts import tr
from sdinspector.app.viewer import DisplayState, Pixel
from sdinspector.core import Preview
from sdinspector.export import colours
from sdinspector.viewers.training import wording
from sdinspector.viewers.training.draws import ERRORS, MAPS, Draw
from sdinspector.widgets import look
from sdinspector.widgets.canvas import Canvas
from sdinspector.widgets.colour_bar import ColourBar


class MapCanvas(Canvas):
    """A small canvas: the pixel is told once for all, so that beside a number there is none."""

    def _readout_text(self, place: tuple[int, int]) -> str:
        return "" if self.image is None else look.number(float(np.ravel(self.image[place])[0]))

    def _show_crosshair(self) -> None:
        super()._show_crosshair()
        if self.image is None or self.image.ndim > 2:  # colours say nothing of the latent
            self._readout.hide()


class Tile(QWidget):
    """A canvas with its title above."""

    def __init__(self, title: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(title, self)
        self.title.setToolTip(tip)
        self.canvas = MapCanvas(title, self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look.GAP // 2)
        box.addWidget(self.title)
        box.addWidget(self.canvas, 1)
        self._dress()

    def set_title(self, title: str) -> None:
        """Name what is shown."""
        self.title.setText(title)
        self.canvas.setAccessibleName(title)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "title"):
            self._dress()

    def _dress(self) -> None:
        self.title.setFont(look.scaled(self.font(), 0.92, bold=False))


class Sheet(QWidget):
    """Tiles in as many columns as make square maps the largest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: list[Tile] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2 * look.GAP)

    @property
    def columns(self) -> int:
        """How many tiles lie side by side."""
        return self._columns

    def set_tiles(self, tiles: list[Tile]) -> None:
        """Lay out these tiles."""
        self._tiles = tiles
        self._arrange(4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the tiles out anew where other columns make them larger."""
        super().resizeEvent(event)
        if self._tiles:
            self._arrange(max((4, 3, 2, 8), key=self._side))

    def minimumSizeHint(self) -> QSize:
        """Return the room for four columns: how the tiles lie now must not hold them there."""
        if not self._tiles:
            return super().minimumSizeHint()
        columns, rows = 4, math.ceil(len(self._tiles) / 4)
        height = max(tile.minimumSizeHint().height() for tile in self._tiles)
        gap = 2 * look.GAP
        return QSize(self._least(columns), rows * (height + gap) - gap)

    def _least(self, columns: int) -> int:
        """Return the width below which so many columns would be cut."""
        width = max(tile.minimumSizeHint().width() for tile in self._tiles)
        return columns * (width + 2 * look.GAP) - 2 * look.GAP

    def _side(self, columns: int) -> float:
        if columns != 4 and self._least(columns) > self.width():
            return 0.0
        rows = math.ceil(len(self._tiles) / columns)
        above = self._tiles[0].title.sizeHint().height() + 3 * look.GAP
        return min(self.width() / columns - 2 * look.GAP, self.height() / rows - above)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for number, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, number // columns, number % columns)
        for place in range(len(self._tiles)):
            self._grid.setColumnStretch(place, int(place < columns))
            self._grid.setRowStretch(place, int(place * columns < len(self._tiles)))


class DrawPanel(QWidget):
    """The losses, eight maps that share crosshair and zoom, and what their colours mean."""

    hovered = Signal(object)
    clicked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draw: Draw | None = None
        self._preview: Preview | None = None
        self._display = DisplayState()
        self._channel = -1
        self._pixel: Pixel | None = None
        self._build()

    # -- what is shown ---------------------------------------------------------------------

    def set_draw(
        self, draw: Draw | None, kind: str, preview: Preview | None, display: DisplayState
    ) -> None:
        """Show a draw; without a linear map for its channels one channel is shown."""
        self._draw, self._display = draw, display
        fits = draw is not None and preview is not None and len(preview.matrix) == draw.channels
        self._preview = preview if fits else None
        self.tiles["target"].set_title(tr("target {sign}", sign=wording.sign(kind)))
        self._paint()

    def set_channel(self, channel: int) -> None:
        """Show one channel, or −1 for colours and the mean error."""
        self._channel = channel
        self._paint()

    def set_crosshair(self, pixel: Pixel | None) -> None:
        """Show the shared crosshair on every map, and all values under it."""
        self._pixel = pixel
        for tile in self.tiles.values():
            tile.canvas.set_crosshair(pixel)
        self._tell_values()

    def set_marker(self, pixel: Pixel | None) -> None:
        """Mark the selected pixel on every map."""
        for tile in self.tiles.values():
            tile.canvas.set_marker(pixel)

    # -- building --------------------------------------------------------------------------

    def _build(self) -> None:
        titles = {
            "clean": ("x₀", tr("The picture's latent, without noise")),
            "noise": ("ε", tr("The noise of the seed")),
            "noised": ("x_t", tr("What the denoiser is given: √ᾱ·x₀ + √(1−ᾱ)·ε")),
            "target": (tr("target"), tr("What the denoiser should say")),
            "prediction": (tr("with caption"), tr("What it says with the caption")),
            "prediction_uncond": (tr("without"), tr("What it says with an empty caption")),
            "error": (tr("error with"), tr("Squared error with the caption")),
            "error_uncond": (tr("error without"), tr("Squared error with an empty caption")),
        }
        self.losses = QLabel(self)
        self.losses.setAccessibleName(tr("Losses of this draw"))
        self.losses.setToolTip(
            tr("Mean squared error over channels, rows and columns, with the caption and without")
        )
        self.losses.setWordWrap(True)
        self.tiles: dict[str, Tile] = {}
        self.sheet = Sheet(self)
        for key, (title, tip) in titles.items():
            tile = self.tiles[key] = Tile(title, tip, self.sheet)
            tile.canvas.hovered.connect(self.hovered)
            tile.canvas.clicked.connect(self.clicked)
            tile.canvas.view_changed.connect(partial(self._moved, tile.canvas))
        self.sheet.set_tiles(list(self.tiles.values()))
        self.latent_bar, self.error_bar = ColourBar(self), ColourBar(self)
        self.latent_note = QLabel(tr("latents in linear preview colours"), self)
        self.latent_note.setProperty("role", "muted")
        self.latent_note.setFont(look.scaled(self.font(), 0.85))
        self.latent_note.setWordWrap(True)
        self.latent_note.setAlignment(Qt.AlignmentFlag.AlignTop)
        bars = QHBoxLayout()
        bars.setSpacing(4 * look.GAP)
        for part in (self.latent_note, self.latent_bar, self.error_bar):
            bars.addWidget(part, 1)
        self.values = QLabel(self)
        self.values.setProperty("role", "muted")
        self.values.setFont(look.scaled(self.font(), 0.85))
        self.values.setAccessibleName(tr("Values under the pointer"))
        self.values.setWordWrap(True)
        self.values.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.values.setFixedHeight(2 * self.values.fontMetrics().lineSpacing() + 2)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 3 * look.GAP, 0)
        box.setSpacing(2 * look.GAP)
        box.addWidget(self.losses)
        box.addWidget(self.sheet, 1)
        box.addLayout(bars)
        box.addWidget(self.values)

    # -- drawing ---------------------------------------------------------------------------

    def _paint(self) -> None:
        draw = self._draw
        if draw is None:
            for tile in self.tiles.values():
                tile.canvas.set_image(None)
            self.losses.setText("")
            self._tell_values()
            return
        self.losses.setText(wording.losses(draw))
        channel = self._channel
        if channel < 0 and self._preview is None:
            channel = 0
        channel = min(channel, draw.channels - 1)
        self._paint_latents(draw, channel)
        self._paint_errors(draw, channel)
        for tile in self.tiles.values():  # one canvas may have another shape than before
            tile.canvas.set_crosshair(self._pixel)
        self._tell_values()

    def _paint_latents(self, draw: Draw, channel: int) -> None:
        coloured = channel < 0 and self._preview is not None
        self.latent_bar.setVisible(not coloured)
        self.latent_note.setVisible(coloured)
        if coloured and self._preview is not None:
            for name in MAPS:
                rgb = linear.to_rgb(draw.arrays[name], self._preview)
                self.tiles[name].canvas.set_image(rgb, smooth=self._display.smooth)
            return
        maps = {name: np.asarray(draw.arrays[name][channel], np.float32) for name in MAPS}
        known = [np.abs(values[np.isfinite(values)]) for values in maps.values()]
        top = max(float(values.max(initial=0.0)) for values in known) or 1.0
        name = self._display.diverging_map
        table = colours.table(name if name in colours.NAMES else colours.DIVERGING[0])
        for key, values in maps.items():
            self.tiles[key].canvas.set_image(values, (-top, top), table)
        self.latent_bar.set_scale(table, (-top, top), tr("latent units"))

    def _paint_errors(self, draw: Draw, channel: int) -> None:
        maps = {name: draw.error(name, channel) for name in ERRORS}
        tops = [float(values[np.isfinite(values)].max(initial=0.0)) for values in maps.values()]
        levels = (0.0, max(tops) or 1.0)
        table = colours.table(self._display.colour_map)
        for key, values in maps.items():
            self.tiles[key].canvas.set_image(values, levels, table)
        self.error_bar.set_scale(table, levels, tr("squared error"))

    def _tell_values(self) -> None:
        draw, pixel = self._draw, self._pixel
        if draw is None or pixel is None or not (0 <= pixel[0] <= 1 and 0 <= pixel[1] <= 1):
            self.values.setText("")
            return
        height, width = draw.arrays["clean"].shape[1:]
        place = min(int(pixel[1] * height), height - 1), min(int(pixel[0] * width), width - 1)
        self.values.setText(wording.values(draw, place))

    def _moved(self, mover: Canvas, view: QRectF | None) -> None:
        for tile in self.tiles.values():
            if tile.canvas is not mover and view is None:
                tile.canvas.set_fitted()
            elif tile.canvas is not mover:
                tile.canvas.set_view(view)
