"""The pages of the text viewer: embedding, angles, attention, neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sdinspector.analysis import embeddings
from sdinspector.analysis.statistics import levels
from sdinspector.app.texts import tr
from sdinspector.core.text_states import TextStates
from sdinspector.export import colours
from sdinspector.viewers.text.wording import state_names, token_names
from sdinspector.widgets import look
from sdinspector.widgets.colour_bar import ColourBar
from sdinspector.widgets.token_matrix import TokenMatrix
from sdinspector.widgets.toolbar import Toolbar


class MatrixPage(QWidget):
    """A bar of choices, a matrix with named rows and columns, what its colours mean."""

    hovered = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = Toolbar(self)
        self.note = QLabel(self)
        self.note.setProperty("role", "muted")
        self.note.setAccessibleName(tr("What is shown"))
        self.matrix = TokenMatrix(name, self)
        self.scale = ColourBar(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * look.GAP)
        box.addWidget(self.bar)
        box.addWidget(self.note)
        box.addWidget(self.matrix, 1)
        box.addWidget(self.scale)
        self.values: NDArray[np.float32] = np.zeros((0, 0), np.float32)

    def draw(
        self,
        values: NDArray[np.float32],
        names: tuple[Sequence[str], Sequence[str]],
        span: tuple[float, float],
        table: str,
    ) -> None:
        """Show numbers ``[rows, columns]`` through a colour table."""
        self.values = values
        self.matrix.set_names(*names)
        self.matrix.set_image(values, span, colours.table(table), smooth=False)
        self.scale.set_scale(colours.table(table), span, "")


class EmbeddingPage(MatrixPage):
    """Tokens down, the vector's numbers across, at any depth of the encoder."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Embedding: tokens and numbers"), parent)
        self._found: TextStates | None = None
        self._table = "balance"
        self.depth = self.bar.add_list(
            tr("Depth"), tr("Which vectors: of any layer, or what the UNet is given"), []
        )
        self.padding = self.bar.add_switch(
            tr("Padding"), tr("Show the rows of the padding too: the UNet hears them as well")
        )
        self.bar.add_stretch()
        self.depth.currentIndexChanged.connect(self._draw)
        self.padding.toggled.connect(self._draw)

    def set_states(self, found: TextStates, table: str) -> None:
        """Show another prompt's states."""
        self._found, self._table = found, table
        names = [tr("embedding, after the final norm"), *state_names(found)]
        _fill(self.depth, names)
        self._draw()

    def _draw(self, *_: object) -> None:
        found = self._found
        if found is None:
            return
        depth = max(self.depth.currentIndex(), 0)
        rows = found.embedding if depth == 0 else found.states[depth - 1]
        shown = len(rows) if self.padding.isChecked() else found.spoken
        values = rows[:shown].astype(np.float32)
        # The first position of late layers is many times larger than all others.
        low, high = levels(values[1:] if shown > 2 else values, symmetric=True)
        columns = [tr("number {index}", index=index) for index in range(values.shape[1])]
        self.draw(values, (token_names(found.tokens[:shown]), columns), (low, high), self._table)
        lengths = embeddings.norms(values)
        self.note.setText(
            tr(
                "{rows} × {width}, tokens × width; length of the vectors {low} to {high}",
                rows=shown,
                width=values.shape[1],
                low=look.number(float(lengths.min())),
                high=look.number(float(lengths.max())),
            )
        )


class AnglesPage(MatrixPage):
    """Cosine of each token's vector with each other's, or with another prompt's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Cosine between tokens"), parent)
        self._found: TextStates | None = None
        self._other: TextStates | None = None
        self._table = "balance"
        self.bar.hide()

    def set_states(self, found: TextStates, other: TextStates | None, table: str) -> None:
        """Show the angles within a prompt, or between two."""
        self._found, self._other, self._table = found, other, table
        across = other or found
        rows = found.embedding[: found.spoken]
        columns = across.embedding[: across.spoken]
        values = embeddings.cosines(rows, columns)
        names = (
            token_names(found.tokens[: found.spoken]),
            token_names(across.tokens[: across.spoken]),
        )
        self.draw(values, names, (-1.0, 1.0), table)
        if other is None:
            self.note.setText(tr("Cosine of the embeddings, token with token of one prompt"))
            return
        same = embeddings.same_position(found.embedding, other.embedding)
        apart = int(np.argmin(same))
        self.note.setText(
            tr(
                "Rows: the prompt; columns: the other. At the same position least alike: {name}, "
                "{cosine}",
                name=token_names(found.tokens)[apart],
                cosine=look.number(float(same[apart])),
            )
        )


class AttentionPage(MatrixPage):
    """Which tokens each token hears, in each layer and head of the text encoder."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("The encoder's own attention"), parent)
        self._found: TextStates | None = None
        self._table = "viridis"
        self.layer = self.bar.add_list(tr("Layer"), tr("Which layer of the text encoder"), [])
        self.head = self.bar.add_list(tr("Head"), tr("Which head, or the mean of all"), [])
        self.bar.add_stretch()
        self.note.setText(
            tr("Rows ask, columns are heard; each row sums to 1. None hears what comes later.")
        )
        self.layer.currentIndexChanged.connect(self._draw)
        self.head.currentIndexChanged.connect(self._draw)

    def set_states(self, found: TextStates, table: str) -> None:
        """Show another prompt's attention."""
        self._found, self._table = found, table
        layers, heads = found.attention.shape[:2]
        _fill(self.layer, [tr("layer {layer}", layer=layer + 1) for layer in range(layers)])
        numbered = [tr("head {head}", head=head) for head in range(heads)]
        _fill(self.head, [tr("mean of the heads"), *numbered])
        self._draw()

    def _draw(self, *_: object) -> None:
        found = self._found
        if found is None:
            return
        layer = found.attention[max(self.layer.currentIndex(), 0)]
        head = max(self.head.currentIndex(), 0)
        whole = layer.mean(axis=0) if head == 0 else layer[head - 1]
        values = whole[: found.spoken, : found.spoken]
        names = token_names(found.tokens[: found.spoken])
        self.draw(values, (names, names), (0.0, float(values.max(initial=0.0)) or 1.0), self._table)


class NeighboursPage(QWidget):
    """Each token, its row of the vocabulary, and the entries that lie nearest to it."""

    chosen = Signal(int)
    """A token's index was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = QTableWidget(0, 6, self)
        self.table.setAccessibleName(tr("Tokens and their nearest neighbours"))
        self.table.setToolTip(
            tr("Entries of the vocabulary whose own embeddings have the greatest cosine")
        )
        self.table.setHorizontalHeaderLabels(
            [
                tr("position"),
                tr("id"),
                tr("piece"),
                tr("kind"),
                tr("length"),
                tr("nearest in the vocabulary"),
            ]
        )
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(5, QHeaderView.ResizeMode.Stretch)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.table)
        self.table.currentCellChanged.connect(lambda row, *_: row >= 0 and self.chosen.emit(row))

    def set_states(self, found: TextStates) -> None:
        """Show another prompt's tokens."""
        lengths = embeddings.norms(found.embedding)
        self.table.setRowCount(found.spoken)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, token in enumerate(found.tokens[: found.spoken]):
            near = found.near[row] if row < len(found.near) else ()
            told = ", ".join(
                f"{piece.replace('</w>', '')} {cosine:.2f}"
                for number, piece, cosine in near
                if number != token.id
            )
            texts = (
                str(token.index),
                str(token.id),
                token.piece,
                token.kind,
                look.number(float(lengths[row])),
                told,
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if column in (0, 1, 4):
                    item.setTextAlignment(right)
                self.table.setItem(row, column, item)


def _fill(box: QComboBox, names: Sequence[str]) -> None:
    """Put names into a list; what was chosen stays chosen where it is still there."""
    if [box.itemText(index) for index in range(box.count())] == list(names):
        return
    kept = box.currentIndex()
    with QSignalBlocker(box):
        box.clear()
        box.addItems(list(names))
        box.setCurrentIndex(kept if 0 <= kept < len(names) else 0)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
