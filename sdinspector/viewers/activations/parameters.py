"""What a module has learned: its tensors, the spread of their values, its kernels."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSplitter,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sdinspector.analysis import statistics
from sdinspector.app.jobs import ParametersJob
from sdinspector.app.texts import tr
from sdinspector.app.viewer import JobHandle, Scene, Services
from sdinspector.core import FigureSpec
from sdinspector.export import colours
from sdinspector.viewers.activations.hints import said
from sdinspector.widgets import look
from sdinspector.widgets.colour_bar import ColourBar
from sdinspector.widgets.histogram import Histogram, Series
from sdinspector.widgets.module_model import shape_text, short_bytes, short_count
from sdinspector.widgets.mosaic import Mosaic
from sdinspector.widgets.token_matrix import TokenMatrix
from sdinspector.widgets.toolbar import Choice
from sdinspector.widgets.value_table import Row, ValueTable

if TYPE_CHECKING:
    from sdinspector.engine.parameters import Parameters

_MOSAIC, _MATRIX, _NONE = range(3)


class ParametersPage(QWidget):
    """Kernels at the left, tensors and histogram at the right."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._scene = Scene()
        self._asked: object = None
        self._handle: JobHandle | None = None
        self._found: Parameters | None = None
        self._failed: Exception | None = None
        self._build()
        self._which.chosen.connect(lambda _: self._draw())

    def show_scene(self, scene: Scene) -> str | None:
        """Show the selected module's parameters; return why there are none, as rich text."""
        self._scene = scene
        layer = scene.selection.layer
        if layer is None:
            text = tr("Choose a module in the tree or in the U to see what it has learned.")
            return html.escape(text)
        if scene.model is None:
            return html.escape(tr("Parameters need the model: open it at the upper left."))
        key = (scene.model.digest, layer)
        if key != self._asked:
            self._asked, self._found, self._failed = key, None, None
            self._handle = self._services.submit(
                ParametersJob(path=layer, slot="activations/parameters"), self._take, self._fail
            )
        if self._failed is not None:
            return said(self._failed, layer)
        self._draw()
        return None

    def figures(self) -> list[FigureSpec]:
        """Return the kernels and the histogram."""
        found = self._found
        if found is None:
            return []
        about = {"layer": found.path, "class": found.class_name, "shape": list(found.kernel_shape)}
        figures: list[FigureSpec] = []
        maps, labels = self._maps(found)
        if maps is not None:
            matrix = len(maps) == 1 and not labels
            figures.append(
                FigureSpec(
                    name=f"kernels-{found.path}",
                    title=tr("{path}: weight", path=found.path),
                    kind="map" if matrix else "mosaic",
                    arrays={"map": maps[0]} if matrix else {"maps": maps},
                    colour_map=self._table_name(),
                    levels=statistics.levels(maps, symmetric=self._signed()),
                    about=about | ({} if matrix else {"labels": labels}),
                )
            )
        if found.counts.sum():
            middles = (found.edges[:-1] + found.edges[1:]) / 2
            figures.append(
                FigureSpec(
                    name=f"histogram-{found.path}",
                    title=tr("{path}: histogram of the parameters", path=found.path),
                    kind="lines",
                    arrays={"x": middles, "count": found.counts},
                    about=about,
                )
            )
        return figures

    def fit(self) -> None:
        """Show all of the kernels."""
        (self.mosaic if self._stack.currentIndex() == _MOSAIC else self.matrix).fit()

    def close_page(self) -> None:
        """Ask for nothing more."""
        if self._handle is not None:
            self._handle.cancel()

    # -- making it -------------------------------------------------------------------------

    def _build(self) -> None:
        left, right = QWidget(self), self._build_right()
        self._title = QLabel(left)
        self._title.setAccessibleName(tr("Kernels shown"))
        self._title.setFont(look.scaled(self.font(), 0.92))
        self._which = Choice(
            tr("Kernels"),
            (
                ("channel", tr("of the channel"), tr("What the selected output channel is made of:"
                 " one kernel for each input channel")),
                ("all", tr("all"), tr("The kernels of all output channels")),
            ),
            left,
        )  # fmt: skip
        self._which.set_current("channel")
        self.mosaic = Mosaic(tr("Kernels of the convolution"), left)
        self.matrix = TokenMatrix(tr("Weight matrix"), left)
        self._none = QLabel(left)
        self._none.setWordWrap(True)
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.setProperty("role", "muted")
        self._bar = ColourBar(left)
        self._stack = QStackedLayout()
        for widget in (self.mosaic, self.matrix, self._none):
            self._stack.addWidget(widget)
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self._which)
        box = QVBoxLayout(left)
        box.setContentsMargins(0, 0, 3 * look.GAP, 0)
        box.setSpacing(look.GAP)
        box.addLayout(top)
        box.addLayout(self._stack, 1)
        box.addWidget(self._bar)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([420, 360])
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(split)

    def _build_right(self) -> QWidget:
        right = QWidget(self)
        self._total = QLabel(right)
        self._total.setAccessibleName(tr("Number of parameters"))
        self._total.setFont(look.scaled(self.font(), 0.92))
        self._list = QTableWidget(0, 4, right)
        self._list.setAccessibleName(tr("Parameter tensors"))
        self._list.setToolTip(tr("Each tensor: its name, shape, precision and number of values"))
        self._list.setHorizontalHeaderLabels(
            [tr("Tensor"), tr("Shape"), tr("Precision"), tr("Values")]
        )
        self._list.verticalHeader().hide()
        self._list.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self._list.setShowGrid(False)
        self._list.setTextElideMode(Qt.TextElideMode.ElideLeft)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = self._list.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._numbers = ValueTable(tr("Statistics of the parameters"), right)
        self._histogram = Histogram(right)
        box = QVBoxLayout(right)
        box.setContentsMargins(3 * look.GAP, 0, 0, 0)
        box.setSpacing(2 * look.GAP)
        box.addWidget(self._total)
        box.addWidget(self._list, 3)
        box.addWidget(self._numbers)
        box.addWidget(self._histogram, 2)
        return right

    # -- drawing ---------------------------------------------------------------------------

    def _take(self, found: Any) -> None:
        if self._asked is not None and found.path == self._asked[1]:  # type: ignore[index]
            self._found = found
            self._fill(found)
            self._draw()

    def _fail(self, error: Exception) -> None:
        self._failed = error
        self._total.setText(str(error))

    def _fill(self, found: Parameters) -> None:
        self._total.setText(
            tr("{count} parameters, {size}", count=short_count(found.count),
               size=short_bytes(found.bytes))
            if found.items
            else tr("{name} has no parameters: nothing in it is learned.", name=found.class_name)
        )  # fmt: skip
        self._list.setVisible(bool(found.items))
        self._numbers.setVisible(bool(found.items))
        self._list.setRowCount(len(found.items))
        for row, item in enumerate(found.items):
            cells = (item.name, shape_text(item.shape), item.dtype, f"{item.count:,}")
            for column, text in enumerate(cells):
                cell = QTableWidgetItem(text)
                cell.setToolTip(f"{item.name}: {short_bytes(item.bytes)}")
                if column == 3:
                    cell.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self._list.setItem(row, column, cell)
        item = found.statistics
        if item is None:
            self._histogram.set_series(())
            return
        numbers = (item.mean, item.std, item.minimum, item.maximum, item.mean_absolute)
        name = tr("all") if found.seen == found.count else tr("sample")
        self._numbers.set_rows(
            (tr("mean"), tr("std"), tr("min"), tr("max"), tr("|w|"), tr("zeros")),
            [Row(name, (*(look.short_number(value) for value in numbers), f"{item.zeros:.0%}"), 0)],
        )
        self._histogram.set_series([Series(tr("values"), found.counts, found.edges)])

    def _draw(self) -> None:
        found = self._found
        if found is None:
            self._title.setText(tr("reading …"))
            return
        maps, labels = self._maps(found)
        convolution = (
            found.kernels is not None
            and found.kernels.shape[2:] != (1, 1)
            and (len(found.kernel_shape) == 4)
        )
        self._which.setVisible(convolution)
        self._bar.setVisible(maps is not None)
        if maps is None:
            self._title.setText("")
            self._none.setText(
                tr("{name} is no convolution and no linear layer, so it has no kernels to draw. "
                   "Choose one within it.", name=found.class_name)
            )  # fmt: skip
            self._stack.setCurrentIndex(_NONE)
            return
        table = colours.table(self._table_name())
        levels = statistics.levels(maps, symmetric=self._signed())
        self._bar.set_scale(table, levels, tr("weight"))
        if labels:
            self.mosaic.set_maps(maps, levels, table, labels)
            self._stack.setCurrentIndex(_MOSAIC)
        else:
            out, into = maps[0].shape
            self.matrix.set_names(
                [tr("out {number}", number=number) for number in range(out)],
                [tr("in {number}", number=number) for number in range(into)],
            )
            self.matrix.set_image(maps[0], levels, table)
            self._stack.setCurrentIndex(_MATRIX)
        self._title.setText(self._named(found))

    def _named(self, found: Parameters) -> str:
        if found.kernels is None:
            return ""
        shape = found.kernel_shape
        if len(shape) == 2 or shape[2:] == (1, 1):
            return tr("{out} outputs (down) × {into} inputs (across)", out=shape[0], into=shape[1])
        if self._which.current == "channel":
            return tr("channel {number}: {count} kernels {size}", number=self._channel(found),
                      count=shape[1], size=shape_text(shape[2:]))  # fmt: skip
        text = tr("{count} kernels {size}", count=len(found.kernels) * shape[1],
                  size=shape_text(shape[2:]))  # fmt: skip
        if len(found.kernels) < shape[0]:
            text += tr(", outputs 0 … {last} of {all}", last=len(found.kernels) - 1, all=shape[0])
        return text

    def _channel(self, found: Parameters) -> int:
        chosen = self._scene.selection.channel or 0
        most = len(found.kernels) if found.kernels is not None else 1
        return chosen if chosen < most else 0

    def _maps(self, found: Parameters) -> tuple[NDArray[np.float32] | None, list[str]]:
        """Return kernels ``[n, kh, kw]`` and their labels; a matrix is one without labels."""
        kernels = found.kernels
        if kernels is None or not kernels.size:
            return None, []
        if len(found.kernel_shape) == 2:
            return kernels[0], []
        if kernels.shape[2:] == (1, 1):
            return np.ascontiguousarray(kernels[None, :, :, 0, 0]), []
        if self._which.current == "channel":
            chosen = kernels[self._channel(found)]
            return chosen, [tr("in {number}", number=number) for number in range(len(chosen))]
        out, into = kernels.shape[:2]
        labels = [f"{into_ch} → {out_ch}" for out_ch in range(out) for into_ch in range(into)]
        return kernels.reshape(out * into, *kernels.shape[2:]), labels

    def _table_name(self) -> str:
        name = self._scene.display.diverging_map
        return name if name in colours.NAMES else colours.DIVERGING[0]

    def _signed(self) -> bool:
        return self._table_name() in colours.DIVERGING
