"""Beside the large map: many small ones, the matrix layers × steps, the ranks at a pixel."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.texts import tr
from sdinspector.viewers.attention.controls import heading
from sdinspector.widgets import look
from sdinspector.widgets.matrix_view import MatrixView
from sdinspector.widgets.mosaic import Mosaic
from sdinspector.widgets.rank_bars import RankBars
from sdinspector.widgets.toolbar import Choice, Toolbar

#: Handles that are gaps until the pointer is over them.
QUIET = """QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: palette(mid); }"""


class SidePanel(QSplitter):
    """Small multiples above; matrix and ranks below."""

    mode_chosen = Signal(str)
    measure_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(2 * look.GAP)
        self.setStyleSheet(QUIET)
        self.addWidget(self._build_tiles())
        lower = QSplitter(Qt.Orientation.Horizontal, self)
        lower.setChildrenCollapsible(False)
        lower.setHandleWidth(3 * look.GAP)
        lower.addWidget(self._build_matrix())
        lower.addWidget(self._build_ranks())
        lower.setStretchFactor(0, 3)
        lower.setStretchFactor(1, 2)
        lower.setSizes([300, 180])
        self.addWidget(lower)
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)
        self.modes.chosen.connect(self.mode_chosen)
        self.measure.chosen.connect(self.measure_chosen)

    def say(self, text: str) -> None:
        """Say why there are no small maps; empty where there are."""
        self.message.setText(text)
        self._pages.setCurrentIndex(1 if text else 0)

    @property
    def saying(self) -> str:
        """Why there are no small maps, or the empty string."""
        return self.message.text() if self._pages.currentIndex() == 1 else ""

    def _build_tiles(self) -> QWidget:
        part = QWidget(self)
        bar = Toolbar(part)
        self.modes = bar.add_choice(
            tr("Small maps"),
            (
                ("words", tr("Words"), tr("A map for each word of the prompt")),
                ("heads", tr("Heads"), tr("Every head of the selected layer")),
                ("layers", tr("Layers"), tr("The word in every layer")),
                (
                    "self",
                    tr("Self-attention"),
                    tr("What the selected pixel looks at, layer by layer; click the picture"),
                ),
            ),
        )
        bar.add_stretch()
        self.caption = bar.add_text(tr("What the small maps are"))
        self.shared = bar.add_switch(
            tr("Shared levels"), tr("One range of colours for all small maps, so that they compare")
        )
        self.tiles = Mosaic(tr("Small maps"), part)
        self.tiles.setToolTip(
            tr("Click a map to choose its word, head or layer; Shift-click a word to compare")
        )
        self.message = QLabel(part)
        self.message.setProperty("role", "muted")
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setMargin(2 * look.GAP)
        frame = QWidget(part)
        self._pages = QStackedLayout(frame)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.addWidget(self.tiles)
        self._pages.addWidget(self.message)
        box = QVBoxLayout(part)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look.GAP)
        box.addWidget(bar)
        box.addWidget(frame, 1)
        return part

    def _build_matrix(self) -> QWidget:
        part = QWidget(self)
        self.matrix_title = heading(tr("Layers × steps"), part)
        self.matrix_note = QLabel(part)
        self.matrix_note.setProperty("role", "muted")
        self.matrix_note.setFont(look.scaled(part.font(), 0.88))
        self.matrix_note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.matrix_note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.measure = Choice(
            tr("Measure"),
            (
                ("mean", tr("Mean"), tr("Mean probability: how much the word is heard")),
                ("peak", tr("Peak"), tr("Largest probability: where the word has a place")),
            ),
            part,
        )
        self.measure.set_current("mean")
        self.matrix = MatrixView(tr("Layers × steps: where and when the word is heard"), part)
        row = QHBoxLayout()
        row.setSpacing(look.GAP)
        row.addWidget(self.matrix_title)
        row.addWidget(self.matrix_note, 1)
        row.addWidget(self.measure)
        box = QVBoxLayout(part)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look.GAP)
        box.addLayout(row)
        box.addWidget(self.matrix, 1)
        return part

    def _build_ranks(self) -> QWidget:
        part = QWidget(self)
        self.ranks_title = heading(tr("Words at the pixel"), part)
        self.ranks_title.setMinimumHeight(self.measure.sizeHint().height())
        self.ranks = RankBars(part)
        self.ranks.set_hint(tr("Point at the picture to rank the words there."))
        box = QVBoxLayout(part)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look.GAP)
        box.addWidget(self.ranks_title)
        box.addWidget(self.ranks, 1)
        return part
