"""One step under the slider: x̂₀ recorded and chosen, the two branches, where the words act."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from sdinspector.analysis import guidance, statistics
from sdinspector.app.texts import tr
from sdinspector.app.viewer import DisplayState, Pixel
from sdinspector.export import colours
from sdinspector.viewers.guidance.data import Colours, StepView
from sdinspector.viewers.guidance.wording import scale_text
from sdinspector.widgets import look
from sdinspector.widgets.canvas import Canvas
from sdinspector.widgets.heat_canvas import HeatCanvas
from sdinspector.widgets.map_panel import MapPanel
from sdinspector.widgets.toolbar import Toolbar
from sdinspector.widgets.wipe_canvas import WipeCanvas

#: Milliseconds without a tick after which what is not under the slider follows.
REST = 60
_NARROWEST = 90


class StepPage(QWidget):
    """What a scale makes of one step.

    The picture of the chosen scale is painted with the tick itself; the small maps and the
    decoded picture follow when the hand rests.
    """

    hovered = Signal(object)
    clicked = Signal(object)
    rested = Signal()
    """The slider has come to rest: the moment to decode."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: StepView | None = None
        self._left: tuple[NDArray[np.uint8], str] | None = None
        self._display = DisplayState()
        self._scale, self._rescale = 1.0, 0.0
        self._shown: Colours | None = None
        self._latent: NDArray[np.float32] | None = None
        self._decoded = False
        self._mode = "wipe"
        self._channel = -1
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._settled)
        self._build()

    # -- what is shown ---------------------------------------------------------------------

    def set_step(
        self,
        view: StepView,
        left: tuple[NDArray[np.uint8], str] | None,
        display: DisplayState,
    ) -> None:
        """Show a call; ``left`` replaces its recorded x̂₀ as what is compared with."""
        self._view, self._display = view, display
        self._left = left or (
            view.colours(view.recorded).rgb,
            tr("recorded, s = {scale}", scale=scale_text(view.scale)),
        )
        self._draw_chosen()
        self._settled()

    def set_scale(self, scale: float, rescale: float) -> None:
        """Show another scale at once."""
        self._scale, self._rescale = scale, rescale
        if self._view is not None:
            self._draw_chosen()
            self._rest.start()

    def set_decoded(self, left: NDArray[np.uint8] | None, right: NDArray[np.uint8] | None) -> None:
        """Show the pictures that the VAE made of both, where both are there."""
        if left is None or right is None or self._left is None:
            return
        self._decoded = True
        self._note.setText("")  # the VAE has colours for what the linear map cuts off
        self._draw_pair(left, right, None, tr("decoded"))

    def set_crosshair(self, pixel: Pixel | None) -> None:
        """Show the shared crosshair everywhere."""
        for canvas in self._canvases():
            canvas.set_crosshair(pixel)

    def set_marker(self, pixel: Pixel | None) -> None:
        """Mark the selected pixel everywhere."""
        for canvas in self._canvases():
            canvas.set_marker(pixel)

    def fit(self) -> None:
        """Show all of every map."""
        for canvas in self._canvases():
            canvas.fit()

    @property
    def latent(self) -> NDArray[np.float32] | None:
        """x̂₀ of the chosen scale."""
        return self._latent

    @property
    def cut(self) -> float:
        """The share of the chosen scale's colours that was cut off."""
        return self._shown.share if self._shown is not None else 0.0

    @property
    def chosen_rgb(self) -> NDArray[np.uint8] | None:
        """The chosen scale's colours as they are painted, before decoding."""
        return self._shown.rgb if self._shown is not None else None

    def stop(self) -> None:
        """Let nothing follow any more."""
        self._rest.stop()

    # -- building --------------------------------------------------------------------------

    def _build(self) -> None:
        self._wipe = WipeCanvas(tr("x̂₀ recorded and chosen"), self)
        self._before, self._after = MapPanel(tr("Recorded")), MapPanel(tr("Chosen"))
        beside = QWidget(self)
        row = QHBoxLayout(beside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * look.GAP)
        row.addWidget(self._before)
        row.addWidget(self._after)
        self._apart = MapPanel(tr("Difference of the two pictures"))
        self._pages = {"wipe": self._wipe, "beside": beside, "difference": self._apart}
        self._stack = QStackedLayout()
        for page in self._pages.values():
            self._stack.addWidget(page)
        self._bar = Toolbar(self)
        self._choice = self._bar.add_choice(
            tr("Comparison"),
            (
                ("wipe", tr("Wipe"), tr("One picture, the handle drawn across it: [ and ]")),
                ("beside", tr("Side by side"), tr("Both pictures, zoom and crosshair shared")),
                (
                    "difference",
                    tr("Difference"),
                    tr("Mean absolute difference of the two pictures' colours, 0 to 255"),
                ),
            ),
        )
        self._note = self._bar.add_text(tr("Saturation"))
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._choice.set_current("wipe")
        self._choice.chosen.connect(self._choose)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.GAP)
        column.addWidget(self._bar)
        column.addLayout(self._stack, 1)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self._build_maps())
        split.setStretchFactor(0, 6)
        split.setStretchFactor(1, 7)
        split.setSizes([600, 700])
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(split)
        for canvas in self._canvases():
            canvas.hovered.connect(self.hovered)
            canvas.clicked.connect(self.clicked)
            canvas.view_changed.connect(partial(self._moved, canvas))

    def _build_maps(self) -> QWidget:
        self._heat = HeatCanvas(tr("Where the words act"))
        self._acts = _with_canvas("|ε_y − ε_∅|", self._heat)
        self._parts = {}
        for key, title, tip in (
            ("uncond", "ε_∅", tr("Noise prediction without the prompt")),
            ("cond", "ε_y", tr("Noise prediction with the prompt")),
            ("difference", "ε_y − ε_∅", tr("Where the words lead; grey: nowhere")),
            ("guided", tr("ε guided"), tr("ε_∅ + s·(ε_y − ε_∅): what the scheduler would get")),
        ):
            self._parts[key] = MapPanel(title)
            self._parts[key].setToolTip(tip)
            policy = self._parts[key].bar.sizePolicy()
            policy.setRetainSizeWhenHidden(False)
            self._parts[key].bar.setSizePolicy(policy)
        self._channels = QComboBox(self)
        self._channels.setAccessibleName(tr("Predictions as"))
        self._channels.setToolTip(
            tr("The predictions as colours through the linear map, or one channel of them")
        )
        self._channels.addItem(tr("as colours"), "-1")
        self._channels.activated.connect(self._choose_channel)
        aside = QWidget(self)
        column = QVBoxLayout(aside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.GAP)
        label = QLabel(tr("Predictions"), aside)
        label.setFont(look.scaled(self.font(), 0.92, bold=False))
        label.setBuddy(self._channels)
        column.addWidget(label)
        column.addWidget(self._channels)
        column.addStretch(1)
        page = QWidget(self)
        grid = QGridLayout(page)
        grid.setContentsMargins(2 * look.GAP, 0, 0, 0)
        grid.setSpacing(2 * look.GAP)
        cells = (
            (self._parts["uncond"], self._parts["cond"], self._acts),
            (self._parts["difference"], self._parts["guided"], aside),
        )
        for line, row in enumerate(cells):
            grid.setRowStretch(line, 1)
            for place, widget in enumerate(row):
                widget.setMinimumWidth(_NARROWEST)
                grid.addWidget(widget, line, place)
                grid.setColumnStretch(place, 1)
        return page

    def _canvases(self) -> list[Canvas]:
        panels = (self._before, self._after, self._apart, *self._parts.values())
        return [self._wipe, self._heat, *(panel.canvas for panel in panels)]

    # -- drawing ---------------------------------------------------------------------------

    def _draw_chosen(self) -> None:
        view = self._view
        if view is None or self._left is None:
            return
        self._latent = view.denoised(self._scale, self._rescale)
        self._shown = view.colours(self._latent)
        if self._decoded or self._mode != "wipe":
            self._decoded = False
            self._draw_pair(self._left[0], self._shown.rgb, self._shown.cut, "")
        elif self._wipe.left is not self._left[0]:
            self._draw_pair(self._left[0], self._shown.rgb, self._shown.cut, "")
        else:
            self._wipe.set_right(self._shown.rgb)
            self._wipe.set_labels(self._left[1], self._right_label())
            self._wipe.set_saturated(self._shown.cut if self._shown.share else None)

    def _right_label(self, how: str = "") -> str:
        text = tr("s = {scale}", scale=scale_text(self._scale))
        if self._rescale:
            text += f", φ = {self._rescale:g}"
        return f"{text}, {how}" if how else text

    def _draw_pair(
        self,
        left: NDArray[np.uint8],
        right: NDArray[np.uint8],
        cut: NDArray[np.bool_] | None,
        how: str,
    ) -> None:
        label = self._left[1] if self._left is not None else ""
        if how:
            label = f"{label}, {how}"
        after, smooth = self._right_label(how), self._display.smooth
        if self._mode == "wipe":
            self._wipe.set_pair(left, right, label, after, smooth=smooth)
            self._wipe.set_saturated(cut if cut is not None and cut.any() else None)
        elif self._mode == "beside":
            for panel, picture, title in (
                (self._before, left, label),
                (self._after, right, after),
            ):
                panel.set_title(title)
                panel.set_picture(picture, smooth=smooth)
        else:
            apart = np.abs(left.astype(np.float32) - right.astype(np.float32)).mean(axis=2)
            table = colours.table(self._display.colour_map)
            self._apart.set_map(apart, (0.0, max(float(apart.max()), 1.0)), table)

    def _settled(self) -> None:
        """Draw what need not follow every tick."""
        view = self._view
        if view is None:
            return
        share = self.cut
        self._note.setText(tr("{share} cut off", share=f"{share:.0%}") if share >= 0.005 else "")
        self._offer_channels(len(view.cond))
        self._draw_heat(view)
        parts = {
            "uncond": view.uncond,
            "cond": view.cond,
            "difference": view.difference,
            "guided": view.guided(self._scale, self._rescale),
        }
        for key, values in parts.items():
            if key == "difference" and values is not None and self._channel < 0:
                self._parts[key].set_picture(view.push(), smooth=self._display.smooth)
            else:
                self._draw_part(self._parts[key], view, values)
        self.rested.emit()

    def _draw_heat(self, view: StepView) -> None:
        table = colours.table(self._display.colour_map)
        if view.uncond is None:
            self._heat.set_map(None, (0.0, 1.0), table)
            return
        heat = guidance.magnitude(view.uncond, view.cond)
        self._heat.set_picture(view.colours(view.recorded).rgb, smooth=self._display.smooth)
        top = float(np.nanmax(heat)) if np.isfinite(heat).any() else 1.0
        self._heat.set_opacity(self._display.opacity)
        self._heat.set_map(heat, (0.0, top or 1.0), table)

    def _draw_part(
        self, panel: MapPanel, view: StepView, values: NDArray[np.float32] | None
    ) -> None:
        if values is None:
            panel.set_picture(None, note=tr("not run"))
        elif self._channel < 0:
            panel.set_picture(view.colours(values).rgb, smooth=self._display.smooth)
        else:
            chosen = values[min(self._channel, len(values) - 1)]
            low, high = statistics.levels(chosen)
            high = max(abs(low), abs(high)) or 1.0
            panel.set_map(chosen, (-high, high), colours.table(self._display.diverging_map))

    def _offer_channels(self, count: int) -> None:
        while self._channels.count() < count + 1:
            number = self._channels.count() - 1
            self._channels.addItem(tr("channel {number}", number=number), str(number))
        while self._channels.count() > count + 1:
            self._channels.removeItem(self._channels.count() - 1)

    def _choose_channel(self, _index: int) -> None:
        self._channel = int(self._channels.currentData())
        self._settled()

    def _choose(self, mode: str) -> None:
        self._mode = mode
        self._stack.setCurrentWidget(self._pages[mode])
        self._decoded = False
        self._draw_chosen()
        self._settled()

    def _moved(self, mover: Canvas, view: QRectF | None) -> None:
        for canvas in self._canvases():
            if canvas is not mover and view is None:
                canvas.set_fitted()
            elif canvas is not mover:
                canvas.set_view(view)


def _with_canvas(title: str, canvas: Canvas) -> QWidget:
    page = QWidget()
    box = QVBoxLayout(page)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(look.GAP)
    label = QLabel(title, page)
    label.setFont(look.scaled(page.font(), 0.92, bold=False))
    box.addWidget(label)
    box.addWidget(canvas, 1)
    return page
