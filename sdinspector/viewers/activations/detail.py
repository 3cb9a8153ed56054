"""The right side of the activation viewer: one channel large, and what is under the cursor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.texts import tr
from sdinspector.app.viewer import Pixel
from sdinspector.recording.module_statistics import (
    MAXIMUM,
    MEAN,
    MEAN_ABSOLUTE,
    MINIMUM,
    STD,
    ZEROS,
)
from sdinspector.viewers.activations.data import View
from sdinspector.viewers.activations.pages import Pages
from sdinspector.widgets import look
from sdinspector.widgets.curves import Curve, Curves
from sdinspector.widgets.histogram import Histogram, Series
from sdinspector.widgets.map_panel import MapPanel
from sdinspector.widgets.toolbar import Choice
from sdinspector.widgets.value_table import Row, ValueTable


def branch_name(branch: str) -> str:
    """Return what a branch is called in legends."""
    names = {
        "cond": tr("cond"),
        "uncond": tr("uncond"),
        "difference": tr("cond − uncond"),
        "": tr("output"),
    }
    return names[branch]


def branch_series(branch: str) -> int:
    """Return the number of a branch's colour, the same in every plot."""
    return {"cond": 0, "": 0, "uncond": 1, "difference": 3}[branch]


class Detail(QWidget):
    """A channel or the projection, the vector at the cursor, the spread, the change over steps."""

    hovered = Signal(object)
    """(x, y) over the large map, or ``None``."""
    pixel_chosen = Signal(object)
    """(x, y) of a click on the large map."""
    channel_chosen = Signal(int)
    call_chosen = Signal(int)
    projection_wanted = Signal(bool)
    """The projection to three colours is looked at, or no longer."""
    counts_wanted = Signal()
    """Statistics and histograms are looked at, or no longer."""
    components_wanted = Signal()
    """The projection's components shall be those of the step that is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: View | None = None
        self._channel: int | None = None
        self._pixel: Pixel | None = None
        self._over: dict[str, NDArray[np.float32]] = {}
        self._names: Sequence[str] = ()
        self._note = ""
        self._build()
        self._connect()

    # -- making it -------------------------------------------------------------------------

    def _build(self) -> None:
        self._which = Choice(
            tr("Large map"),
            (
                ("channel", tr("Channel"), tr("One channel: click a tile, or use the arrow keys")),
                (
                    "pca",
                    tr("PCA"),
                    tr(
                        "All channels projected to three colours: red, green and blue are the "
                        "first three principal components over the pixels, found in the first "
                        "step that is looked at and kept for the others"
                    ),
                ),
            ),
            self,
        )
        self._which.set_current("channel")
        self._large = MapPanel("", self)
        self._large.canvas.setAccessibleName(tr("Large map"))
        self._tokens = Curves(
            tr("Channel over the tokens"),
            tr("The chosen channel's value at each token; click to choose a token"),
            self,
        )
        self._tokens_title = QLabel(self)
        self._tokens_title.setFont(look.scaled(self.font(), 0.92, bold=True))
        tokens = QWidget(self)
        column = QVBoxLayout(tokens)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tokens_title)
        column.addWidget(self._tokens, 1)
        self._top = QWidget(self)
        self._stack = QStackedLayout(self._top)
        self._stack.addWidget(self._large)
        self._stack.addWidget(tokens)
        self._vector = Curves(
            tr("Values at the cursor"),
            tr("Every channel's value at the pixel under the cursor; click to choose a channel"),
            self,
        )
        spread, steps = self._build_spread(), self._build_steps()
        self._pages = Pages(
            (
                ("vector", tr("At the cursor"), self._vector.toolTip(), self._vector),
                ("spread", tr("Spread"), tr("Histogram and statistics"), spread),
                ("steps", tr("Over steps"), self._steps.toolTip(), steps),
            )
        )
        self._basis = QPushButton(tr("Find anew"), self)
        self._basis.setAccessibleName(tr("Find the components anew"))
        self._basis.setToolTip(
            tr(
                "Find the principal components in the step that is shown. Another module, "
                "branch or recording finds its own; steps share them, so that colours compare."
            )
        )
        self._basis_note = QLabel(self)
        self._basis_note.setProperty("role", "muted")
        self._basis_note.setFont(look.scaled(self.font(), 0.92))
        row = QHBoxLayout()
        row.addWidget(self._which)
        row.addStretch(1)
        row.addWidget(self._basis_note)
        row.addWidget(self._basis)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look.GAP)
        box.addLayout(row)
        box.addWidget(self._top, 5)
        box.addSpacing(look.GAP)
        box.addWidget(self._pages, 4)

    def _build_spread(self) -> QWidget:
        spread = QWidget(self)
        self._table = ValueTable(tr("Statistics of the module's output"), spread)
        self._table.setToolTip(
            tr("Mean, standard deviation, range, mean magnitude and the share of exact zeros")
        )
        self._bad = QLabel(spread)
        self._bad.setProperty("role", "bad")
        self._bad.setWordWrap(True)
        self._bad.hide()
        self._histogram = Histogram(spread)
        column = QVBoxLayout(spread)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.GAP)
        column.addWidget(self._table)
        column.addWidget(self._bad)
        column.addWidget(self._histogram, 1)
        return spread

    def _build_steps(self) -> QWidget:
        steps = QWidget(self)
        self._quantity = QComboBox(steps)
        self._quantity.setAccessibleName(tr("Statistic over the steps"))
        self._quantity.setToolTip(tr("Which number of the module's output is drawn"))
        for index, title in (
            (MEAN_ABSOLUTE, tr("mean |x|")),
            (STD, tr("standard deviation")),
            (MEAN, tr("mean")),
            (MINIMUM, tr("minimum")),
            (MAXIMUM, tr("maximum")),
            (ZEROS, tr("share of zeros")),
        ):
            self._quantity.addItem(title, index)
        self._steps = Curves(
            tr("Change over the steps"),
            tr("How the module's output changes from call to call; click to go there"),
            steps,
        )
        self._known = QLabel(steps)
        self._known.setProperty("role", "muted")
        row = QHBoxLayout()
        row.addWidget(self._quantity)
        row.addStretch(1)
        row.addWidget(self._known)
        column = QVBoxLayout(steps)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.GAP)
        column.addLayout(row)
        column.addWidget(self._steps, 1)
        return steps

    def _connect(self) -> None:
        self._which.chosen.connect(self._chose_map)
        self._pages.arranged.connect(self.counts_wanted)
        self._basis.clicked.connect(self.components_wanted)
        self._large.canvas.hovered.connect(self.hovered)
        self._large.canvas.clicked.connect(self.pixel_chosen)
        self._vector.chosen.connect(self.channel_chosen)
        self._tokens.chosen.connect(self._chose_token)
        self._tokens.pointed.connect(self._pointed_token)
        self._steps.chosen.connect(self.call_chosen)
        self._quantity.activated.connect(lambda _: self._draw_steps())

    # -- showing ---------------------------------------------------------------------------

    @property
    def projected(self) -> bool:
        """Whether the projection is looked at."""
        return self._which.current == "pca"

    @property
    def counted(self) -> bool:
        """Whether statistics and histograms are looked at."""
        return self._pages.shows("spread")

    def show_view(self, view: View, channel: int, table: NDArray[np.uint8]) -> None:
        """Show a module's output; ``channel`` is the one that is large."""
        self._view, self._channel = view, channel
        self._which.setVisible(view.kind == "maps")
        self._show_basis(view)
        self._top.setVisible(view.kind != "vector")
        self._stack.setCurrentIndex(1 if view.kind == "matrix" else 0)
        if view.kind == "maps":
            self._draw_large(view, channel, table)
        elif view.kind == "matrix":
            self._draw_tokens(view, channel)
        if view.wish.counted:
            self._draw_spread(view)
        self._steps.set_marker(view.wish.call)

    def show_pixel(self, pixel: Pixel | None, selected: Pixel | None) -> None:
        """Show the shared crosshair, the selected pixel, and the vector at the cursor."""
        self._large.canvas.set_crosshair(pixel)
        self._large.canvas.set_marker(selected)
        self._pixel = pixel or selected
        self._draw_vector()

    def show_steps(
        self, over: dict[str, NDArray[np.float32]], names: Sequence[str], note: str
    ) -> None:
        """Show statistics ``[calls, 6]`` of each branch, names of the calls, or what is missing."""
        self._over, self._names, self._note = over, names, note
        calls = max((len(rows) for rows in over.values()), default=0)
        seen = max((int(np.isfinite(rows[:, 0]).sum()) for rows in over.values()), default=0)
        self._known.setText("" if seen == calls else tr("{seen} of {calls} calls seen",
                                                        seen=seen, calls=calls))  # fmt: skip
        self._known.setToolTip(note)
        self._draw_steps()

    def fit(self) -> None:
        """Show all of the large map."""
        self._large.canvas.fit()

    def _show_basis(self, view: View) -> None:
        there = self.projected and view.kind == "maps" and view.basis_step is not None
        self._basis.setVisible(there)
        self._basis_note.setVisible(there)
        if there and view.basis_step is not None:
            self._basis_note.setText(tr("components of step {step}", step=view.basis_step + 1))
            self._basis.setEnabled(view.basis_step != view.step)

    def _draw_large(self, view: View, channel: int, table: NDArray[np.uint8]) -> None:
        if self.projected:
            shares = " + ".join(f"{share:.0%}" for share in view.explained)
            self._large.set_title(tr("PCA of {count} channels", count=view.channels))
            note = tr("{shares} of the variance", shares=shares) if shares else ""
            self._large.set_picture(view.colours, note)
            if view.wish.projected and view.colours is None:
                self._large.set_note(tr("nothing to project"))
            self._large.set_chosen(False)
            return
        self._large.set_title(tr("Channel {number}", number=channel))
        self._large.set_map(
            view.shown[channel], view.levels_of(channel), table, branch_name(view.name)
        )
        self._large.set_chosen(True)

    def _draw_tokens(self, view: View, channel: int) -> None:
        self._tokens_title.setText(tr("Channel {number} over the tokens", number=channel))
        self._tokens.set_curves(
            [
                Curve(branch_name(name), view.values[number, channel, :, 0], branch_series(name))
                for number, name in enumerate(view.branches)
            ],
            tr("token"),
        )

    def _draw_vector(self) -> None:
        view, pixel = self._view, self._pixel
        if view is None:
            return
        if view.kind == "vector":
            row, column = 0, 0
        elif pixel is None:
            self._tokens.set_marker(None)
            note = (
                tr("Point at a pixel of any map to read all channels there.")
                if view.kind == "maps"
                else tr("Point at a token to read all of its channels.")
            )
            self._vector.set_curves((), note=note)
            return
        else:
            row, column = view.cell(pixel)
        if view.kind == "matrix":
            self._tokens.set_marker(row)
        curves = [
            Curve(branch_name(name), view.values[number, :, row, column], branch_series(name))
            for number, name in enumerate(view.branches)
        ]
        if view.name == "difference":
            values = view.shown[:, row, column]
            curves = [Curve(branch_name("difference"), values, branch_series("difference"))]
        self._vector.set_curves(curves, tr("channel"), bars=True)
        self._vector.set_marker(self._channel)

    def _draw_spread(self, view: View) -> None:
        rows = []
        for name, item in view.described.items():
            numbers = (item.mean, item.std, item.minimum, item.maximum, item.mean_absolute)
            values = (*(look.short_number(value) for value in numbers), f"{item.zeros:.0%}")
            rows.append(Row(branch_name(name), values, branch_series(name)))
        columns = (tr("mean"), tr("std"), tr("min"), tr("max"), tr("|x|"), tr("zeros"))
        self._table.set_rows(columns, rows)
        nan = sum(item.nan for name, item in view.described.items() if name != "difference")
        infinite = sum(
            item.infinite for name, item in view.described.items() if name != "difference"
        )
        self._bad.setVisible(bool(nan or infinite))
        self._bad.setText(
            tr(
                "{nan} values are not a number and {infinite} are infinite: hatched in the maps, "
                "left out of these numbers.",
                nan=nan,
                infinite=infinite,
            )
        )
        self._histogram.set_series(
            [
                Series(branch_name(name), counts, view.edges)
                for name, counts in zip(view.branches, view.counts, strict=True)
            ],
            levels=view.levels,
        )

    def _draw_steps(self) -> None:
        which = self._quantity.currentData()
        curves = [
            Curve(branch_name(name), rows[:, which], branch_series(name))
            for name, rows in self._over.items()
            if np.isfinite(rows[:, which]).any()
        ]
        self._steps.set_curves(curves, tr("call"), self._names, note=self._note)
        if self._view is not None:
            self._steps.set_marker(self._view.wish.call)

    # -- what a person does ----------------------------------------------------------------

    def _chose_map(self, which: str) -> None:
        self.projection_wanted.emit(which == "pca")

    def _chose_token(self, place: int) -> None:
        count = max(self._tokens.count, 1)
        self.pixel_chosen.emit((0.5, (place + 0.5) / count))

    def _pointed_token(self, place: int | None) -> None:
        count = max(self._tokens.count, 1)
        self.hovered.emit(None if place is None else (0.5, (place + 0.5) / count))
