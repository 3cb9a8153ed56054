"""The channels of a latent, each with what can be done to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from sdinspector.analysis.latents import ChannelFacts
from sdinspector.app.number_box import NumberBox
from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.colour_bar import ColourBar
from sdinspector.widgets.fader import Fader
from sdinspector.widgets.paint_canvas import PaintCanvas
from sdinspector.widgets.toolbar import Toolbar

_TILE = 104
GAIN, OFFSET = (-3.0, 3.0), (-4.0, 4.0)


class ChannelRow(QWidget):
    """One place of the latent: its map, which channel it shows, gain, offset, statistics."""

    def __init__(self, number: int, count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = tr("Channel {number}", number=number)
        self.canvas = PaintCanvas(title, self)
        self.canvas.setFixedSize(_TILE, _TILE)
        self.source = QComboBox(self)
        self.source.addItems([tr("channel {number}", number=other) for other in range(count)])
        self.source.setCurrentIndex(number)
        self.source.setAccessibleName(tr("{channel}: which", channel=title))
        self.source.setToolTip(tr("Exchange this channel with another"))
        self.gain = Fader(
            "×",
            tr("{channel}: gain", channel=title),
            tr("Multiplies the channel before it is decoded; a double-click brings 1 back"),
            span=GAIN,
            neutral=1.0,
            parent=self,
        )
        self.offset = Fader(
            "+",
            tr("{channel}: offset", channel=title),
            tr("Is added to the channel before it is decoded; a double-click brings 0 back"),
            span=OFFSET,
            neutral=0.0,
            parent=self,
        )
        self.facts = QLabel(self)
        self.facts.setProperty("role", "muted")
        self.facts.setFont(look.scaled(self.font(), 0.85))
        self.facts.setAccessibleName(tr("{channel}: statistics", channel=title))
        self.facts.setToolTip(
            tr(
                "Mean μ, deviation σ and D of the channel as it was encoded; of N(0, 1) they are "
                "0, 1 and 0. D is the greatest distance between the cumulative distributions "
                "(Kolmogorov–Smirnov)."
            )
        )
        side = QVBoxLayout()
        side.setSpacing(look.GAP // 2)
        side.addWidget(self.source)
        side.addWidget(self.gain)
        side.addWidget(self.offset)
        side.addWidget(self.facts)
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * look.GAP)
        row.addWidget(self.canvas, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(side, 1)


class Channels(QWidget):
    """All channels, the brush, and the way back."""

    adjusted = Signal(int, float, float)
    """Place, gain and offset that a person chose."""
    exchanged = Signal(int, int)
    """Place, and the channel that it shall show."""
    painted = Signal(int, object, float, float)
    """Place, (x, y), radius in latent pixels, value."""
    lifted = Signal()
    """A stroke has ended."""
    undone = Signal()
    cleared = Signal()
    """All changes are to go."""
    hovered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[ChannelRow] = []
        self._bar = Toolbar(self)
        self.brush: QCheckBox = self._bar.add_switch(
            tr("Brush"), tr("Paint on a channel with the left button, or with Return")
        )
        self.radius = _number(0.5, 32.0, 2.0, 0.5)
        self.radius.setAccessibleName(tr("Radius of the brush"))
        self.radius.setToolTip(tr("Radius of the brush in pixels of the latent"))
        self.radius.setPrefix("r ")
        self.value = _number(-6.0, 6.0, 1.5, 0.25)
        self.value.setAccessibleName(tr("Value of the brush"))
        self.value.setToolTip(tr("What the middle of the brush becomes, in latent units"))
        self.value.setPrefix("= ")
        for box in (self.radius, self.value):
            self._bar.add_widget(box)
        self._bar.add_stretch()
        self.undo = self._bar.add_button("undo", tr("Undo"), tr("Take the last stroke back"))
        self.clear = self._bar.add_button(
            "refresh", tr("Reset"), tr("Undo all changes to the channels")
        )
        inside = QWidget()
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, look.GAP, 0)
        self._list.setSpacing(2 * look.GAP)
        self._list.addStretch(1)
        area = QScrollArea(self)
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scale = ColourBar(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * look.GAP)
        box.addWidget(self._bar)
        box.addWidget(area, 1)
        box.addWidget(self.scale)
        self.brush.toggled.connect(self._take_brush)
        self.undo.clicked.connect(self.undone)
        self.clear.clicked.connect(self.cleared)

    def set_facts(self, facts: Sequence[ChannelFacts]) -> None:
        """Show another latent's channels, unchanged."""
        if len(facts) != len(self.rows):
            self._lay_out(len(facts))
        for number, (row, fact) in enumerate(zip(self.rows, facts, strict=True)):
            self.set_row(number, 1.0, 0.0, number)
            row.facts.setText(
                tr(
                    "μ {mean}   σ {std}   D {distance}",
                    mean=look.short_number(fact.mean),
                    std=look.short_number(fact.std),
                    distance=look.short_number(fact.distance),
                )
            )

    def set_row(self, place: int, gain: float, offset: float, channel: int) -> None:
        """Show what is done to a place; emits nothing."""
        row = self.rows[place]
        row.gain.set_value(gain)
        row.offset.set_value(offset)
        with QSignalBlocker(row.source):
            row.source.setCurrentIndex(channel)

    def draw(
        self,
        values: NDArray[np.float32],
        levels: tuple[float, float],
        table: NDArray[np.uint8],
    ) -> None:
        """Show the channels' values ``[C, h, w]``, all on one scale."""
        for row, channel in zip(self.rows, values, strict=True):
            row.canvas.set_image(channel, levels, table)
        self.scale.set_scale(table, levels, tr("latent units"))

    def set_place(self, pixel: tuple[float, float] | None) -> None:
        """Show the shared crosshair."""
        for row in self.rows:
            row.canvas.set_crosshair(pixel)

    def _lay_out(self, count: int) -> None:
        for row in self.rows:
            self._list.removeWidget(row)
            row.deleteLater()
        self.rows = [ChannelRow(number, count) for number in range(count)]
        for number, row in enumerate(self.rows):
            self._list.insertWidget(number, row)
            for fader in (row.gain, row.offset):
                fader.changed.connect(partial(self._adjust, number))
            row.source.activated.connect(partial(self.exchanged.emit, number))
            row.canvas.painted.connect(partial(self._paint, number))
            row.canvas.lifted.connect(self.lifted)
            row.canvas.hovered.connect(self.hovered)
            row.canvas.view_changed.connect(partial(self._moved, row))
        self._take_brush(on=self.brush.isChecked())

    def _adjust(self, number: int, _: float) -> None:
        row = self.rows[number]
        self.adjusted.emit(number, row.gain.value, row.offset.value)

    def _paint(self, number: int, pixel: tuple[float, float]) -> None:
        self.painted.emit(number, pixel, self.radius.value(), self.value.value())

    def _moved(self, moved: ChannelRow, view: QRectF | None) -> None:
        for row in self.rows:
            if row is not moved:
                if view is None:
                    row.canvas.set_fitted()
                else:
                    row.canvas.set_view(view)

    def _take_brush(self, on: bool) -> None:
        for row in self.rows:
            row.canvas.set_brush(on=on)


def _number(low: float, high: float, value: float, step: float) -> NumberBox:
    box = NumberBox()
    box.setRange(low, high)
    box.setDecimals(2)
    box.setSingleStep(step)
    box.setValue(value)
    box.setKeyboardTracking(False)
    return box
