"""The latents: the channels and a colour view of x_t, x̂₀ or the noise predictions."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import Pixel, Scene, Services, Viewer
from sdinspector.core import FigureSpec
from sdinspector.export import TITLES, colours
from sdinspector.viewers.latents.data import LatentView, Levels, read_levels, read_view
from sdinspector.widgets import look
from sdinspector.widgets.export_button import save_figures
from sdinspector.widgets.histogram import Histogram, Series
from sdinspector.widgets.latest import Latest
from sdinspector.widgets.map_panel import MapPanel
from sdinspector.widgets.toolbar import Toolbar
from sdinspector.widgets.value_table import Row, ValueTable

_PANEL = 150


class LatentsViewer(Viewer):
    """One panel a channel, linked: zoom, pan and crosshair are shared."""

    id = "latents"
    title = mark("Latents")
    description = mark("The latent's channels: x_t, x̂₀ and the noise predictions at each step")
    icon = "latents"
    shortcut = "Ctrl+5"
    place = "centre"
    order = 50

    # -- making it -------------------------------------------------------------------------

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make toolbar, panels, histogram and statistics."""
        self._services = services
        self._reader = Latest(services, "latents/view")
        self._looker = Latest(services, "latents/levels")
        self._scene = Scene()
        self._view: LatentView | None = None
        self._levels: dict[str, Levels] = {}
        self._levels_of: object = None
        self._pixel: Pixel | None = None
        page = QWidget(parent)
        box = QVBoxLayout(page)
        box.setContentsMargins(3 * look.GAP, 2 * look.GAP, 3 * look.GAP, 2 * look.GAP)
        box.setSpacing(2 * look.GAP)
        box.addWidget(self._build_bar(page))
        self._stack = QStackedLayout()
        box.addLayout(self._stack, 1)
        self._area = QScrollArea(page)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        self._grid = QGridLayout(inner)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(3 * look.GAP)
        self._area.setWidget(inner)
        self._missing = QLabel(page)
        self._missing.setWordWrap(True)
        self._missing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._missing.setProperty("role", "muted")
        self._stack.addWidget(self._area)
        self._stack.addWidget(self._missing)
        self._build_numbers()
        self._colour = MapPanel(tr("Colours (linear)"))
        self._channels: list[MapPanel] = []
        self._join(self._colour, None)
        self._lay_out(0)
        self._connect(page)
        return page

    def _build_bar(self, page: QWidget) -> Toolbar:
        bar = Toolbar(page)
        self._quantity = bar.add_choice(
            tr("Quantity"),
            (
                ("latent", "x_t", tr("The latent as it went into this call")),
                ("denoised", "x̂₀", tr("Denoised prediction: what the model takes the end to be")),
                ("noise_uncond", "ε_∅", tr("Noise prediction without the prompt")),
                ("noise_cond", "ε_y", tr("Noise prediction with the prompt")),
                ("guided", tr("ε guided"), tr("ε_∅ + s·(ε_y − ε_∅): what the scheduler was given")),
            ),
        )
        self._shared = bar.add_switch(
            tr("Shared levels"),
            tr("One range of values for all channels and all steps, so that they compare"),
        )
        self._table = bar.add_list(
            tr("Colour map"),
            tr("Colours of the channels; balance has zero in its middle"),
            [(name, name) for name in (*colours.DIVERGING, *colours.SEQUENTIAL)],
        )
        bar.add_stretch()
        self._caption = bar.add_text(tr("Step shown"))
        self._fit = bar.add_button("fit", tr("Fit"), tr("Show all of every panel (F)"))
        self._save = bar.add_button("save", tr("Save"), tr("Save the channels as PNG or NPZ"))
        return bar

    def _build_numbers(self) -> None:
        self._numbers = QWidget()
        self._histogram = Histogram(self._numbers)
        self._statistics = ValueTable(tr("Statistics of the channels"), self._numbers)
        self._statistics.setToolTip(
            tr("Each channel's mean, standard deviation and range, and its value at the crosshair")
        )
        box = QVBoxLayout(self._numbers)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * look.GAP)
        box.addWidget(self._statistics)
        box.addWidget(self._histogram, 1)

    def _connect(self, page: QWidget) -> None:
        services = self._services
        self._quantity.chosen.connect(lambda key: services.set_display(latent_quantity=key))
        self._shared.clicked.connect(lambda on: services.set_display(shared_levels=on))
        self._table.activated.connect(
            lambda _: services.set_display(diverging_map=self._table.currentData())
        )
        self._fit.clicked.connect(self._colour.canvas.fit)
        self._save.clicked.connect(lambda: save_figures(self.figures(self._scene), services, page))

    def _join(self, panel: MapPanel, channel: int | None) -> None:
        canvas = panel.canvas
        canvas.hovered.connect(self._services.hover)
        canvas.clicked.connect(partial(self._clicked, channel))
        canvas.view_changed.connect(partial(self._moved, panel))

    def _lay_out(self, count: int) -> None:
        """Put colour view, ``count`` channels and the numbers into a grid."""
        while len(self._channels) < count:
            number = len(self._channels)
            panel = MapPanel(tr("Channel {number}", number=number))
            self._join(panel, number)
            self._channels.append(panel)
        for panel in self._channels[count:]:
            self._grid.removeWidget(panel)
            panel.deleteLater()
        del self._channels[count:]
        parts: list[QWidget] = [self._colour, *self._channels, self._numbers]
        columns = math.ceil(math.sqrt(len(parts)))
        for number, part in enumerate(parts):
            part.setMinimumSize(_PANEL, _PANEL)
            self._grid.addWidget(part, number // columns, number % columns)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, int(column < columns))
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, int(row * columns < len(parts)))

    # -- the viewer's contract -------------------------------------------------------------

    def show(self, scene: Scene) -> None:
        """Show the chosen quantity at the chosen step."""
        self._scene = scene
        display = scene.display
        self._quantity.set_current(display.latent_quantity)
        self._shared.setChecked(display.shared_levels)
        self._table.setCurrentIndex(max(0, self._table.findData(display.diverging_map)))
        view, wanted = self._view, (scene.call, display.latent_quantity)
        if view is not None and (view.call, view.quantity) == wanted:
            self._draw()  # else the answer to what is asked for now will be drawn
        self._ask()

    def hover(self, pixel: Pixel | None) -> None:
        """Show the shared crosshair and the values under it."""
        self._pixel = pixel
        for panel in (self._colour, *self._channels):
            panel.canvas.set_crosshair(pixel)
        self._tabulate()

    def figures(self, scene: Scene) -> list[FigureSpec]:
        """Return the channels as a mosaic and the colour view."""
        view = self._view
        if view is None:
            return []
        return _figures(view, scene, self._span())

    def close(self) -> None:
        """Drop what is being read."""
        self._reader.forget()
        self._looker.forget()

    # -- reading ---------------------------------------------------------------------------

    def _ask(self) -> None:
        scene = self._scene
        recording, call = scene.recording, scene.call
        if recording is None or call is None:
            return
        group = (scene.generation, recording.id)
        if group != self._levels_of:
            self._levels_of, self._levels, self._view = group, {}, None
        quantity = scene.display.latent_quantity
        span = self._span() if scene.display.shared_levels else None
        self._reader.ask(
            group,
            (call, quantity, span),
            read_view,
            recording,
            call,
            quantity,
            span,
            on_result=self._take,
        )
        known = self._levels.get(quantity, Levels())
        if scene.display.shared_levels and known.calls < scene.calls:
            self._looker.ask(
                (group, quantity),
                (known.calls, scene.calls),
                read_levels,
                recording,
                quantity,
                known,
                scene.calls,
                on_result=partial(self._take_levels, quantity),
            )

    def _take(self, view: LatentView) -> None:
        self._view = view
        self._draw()

    def _take_levels(self, quantity: str, levels: Levels) -> None:
        self._levels[quantity] = levels
        self._ask()

    def _span(self) -> tuple[float, float] | None:
        """Return the levels of the run, once all of its calls were looked through."""
        display = self._scene.display
        known = self._levels.get(display.latent_quantity)
        if known is None or known.calls < self._scene.calls:
            pane = self._scene.pane
            # A run that grows keeps the levels it has; a whole one is shown when they are sure.
            if known is None or pane is None or pane.finished:
                return None
        return known.span(symmetric=display.diverging_map in colours.DIVERGING)

    # -- drawing ---------------------------------------------------------------------------

    def _draw(self) -> None:
        view, scene = self._view, self._scene
        if view is None or scene.recording is None:
            return
        self._caption.setText(
            tr(
                "step {step} of {steps}, t = {timestep}",
                step=view.step + 1,
                steps=max(scene.recording.spec.steps, view.step + 1),
                timestep=f"{view.timestep:g}",
            )
        )
        if view.values is None:
            self._missing.setText(_why_missing(view))
            self._stack.setCurrentIndex(1)
            return
        self._stack.setCurrentIndex(0)
        if len(view.values) != len(self._channels):
            self._lay_out(len(view.values))
        self._colour.set_picture(
            view.rgb,
            tr("{share} cut off", share=f"{view.cut:.0%}") if view.cut >= 0.005 else "",
        )
        if view.rgb is None:
            self._colour.set_note(tr("no linear map known"))
        name = scene.display.diverging_map
        name = name if name in colours.NAMES else colours.DIVERGING[0]
        table = colours.table(name)
        spans = self._panel_levels(view, symmetric=name in colours.DIVERGING)
        for number, panel in enumerate(self._channels):
            panel.set_map(view.values[number], spans[number], table, tr("latent units"))
            panel.set_chosen(scene.selection.channel == number)
        for panel in (self._colour, *self._channels):
            panel.canvas.set_marker(scene.selection.pixel)
        normal = view.quantity.startswith("noise") or (
            view.quantity == "latent" and all(0.5 < item.std < 2 for item in view.statistics)
        )
        if view.edges is not None:
            self._histogram.set_series(
                [
                    Series(tr("ch {number}", number=number), counts, view.edges)
                    for number, counts in enumerate(view.counts)
                ],
                levels=spans[0] if scene.display.shared_levels else None,
                reference=normal,
            )
        self._tabulate()

    def _panel_levels(self, view: LatentView, *, symmetric: bool) -> list[tuple[float, float]]:
        low_high = [Levels(1, item.minimum, item.maximum) for item in view.statistics]
        if self._scene.display.shared_levels:
            shared = self._span()
            if shared is None:  # not looked through yet: those of this step
                lowest = min((item.low for item in low_high), default=0.0)
                highest = max((item.high for item in low_high), default=0.0)
                shared = Levels(1, lowest, highest).span(symmetric=symmetric)
            return [shared or (-1.0, 1.0)] * len(low_high)
        return [item.span(symmetric=symmetric) or (-1.0, 1.0) for item in low_high]

    def _tabulate(self) -> None:
        view = self._view
        if view is None or view.values is None:
            return
        pixel = self._pixel or self._scene.selection.pixel
        rows = []
        for number, item in enumerate(view.statistics):
            values = [
                look.number(value) for value in (item.mean, item.std, item.minimum, item.maximum)
            ]
            values.append(_value_at(view, number, pixel))
            if item.nan or item.infinite:
                values[0] += " *"
            rows.append(Row(tr("ch {number}", number=number), tuple(values), number))
        columns = (tr("mean"), tr("std"), tr("min"), tr("max"), tr("here"))
        self._statistics.set_rows(columns, rows)

    # -- what a person does ----------------------------------------------------------------

    def _clicked(self, channel: int | None, pixel: Pixel) -> None:
        changes = {"pixel": pixel} if channel is None else {"pixel": pixel, "channel": channel}
        self._services.select(**changes)

    def _moved(self, moved: MapPanel, view: QRectF | None) -> None:
        for panel in (self._colour, *self._channels):
            if panel is not moved:
                if view is None:
                    panel.canvas.set_fitted()
                else:
                    panel.canvas.set_view(view)


def _value_at(view: LatentView, channel: int, pixel: Pixel | None) -> str:
    if pixel is None or view.values is None:
        return "–"
    height, width = view.values.shape[1:]
    row = min(max(int(pixel[1] * height), 0), height - 1)
    column = min(max(int(pixel[0] * width), 0), width - 1)
    return look.number(float(view.values[channel, row, column]))


def _why_missing(view: LatentView) -> str:
    if view.quantity == "noise_uncond":
        return tr(
            "This call evaluated the conditional branch alone (guidance scale {scale}), so there "
            "is no ε_∅. Run with a guidance scale above 1 to see it.",
            scale=f"{view.scale:g}",
        )
    return tr("This call did not record that quantity. Choose x_t or x̂₀ above.")


def _figures(
    view: LatentView, scene: Scene, shared: tuple[float, float] | None
) -> list[FigureSpec]:
    if view.values is None:
        return []
    name = scene.display.diverging_map
    labels = [tr("channel {number}", number=number) for number in range(len(view.values))]
    about = {**view.about, "quantity": view.quantity, "labels": labels}
    title = tr(
        "{what}, step {step}, t = {timestep:g}",
        what=tr(TITLES[view.quantity]),
        step=view.step + 1,
        timestep=view.timestep,
    )
    stem = f"{view.quantity}-call-{view.call:04d}"
    figures = [
        FigureSpec(
            name=f"latents-{stem}",
            title=title,
            kind="mosaic",
            arrays={"maps": view.values},
            colour_map=name if name in colours.NAMES else colours.DIVERGING[0],
            levels=shared if scene.display.shared_levels else None,
            unit=tr("latent units"),
            about=about,
        )
    ]
    if view.rgb is not None:
        figures.append(
            FigureSpec(
                name=f"colours-{stem}",
                title=tr("{title}, linear colours", title=title),
                kind="rgb",
                arrays={"image": view.rgb},
                about=about,
            )
        )
    return figures
