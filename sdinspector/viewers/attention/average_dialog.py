"""Asks over which recordings a word's map is averaged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.shell.parts import dialog_buttons, name
from sdinspector.app.texts import tr
from sdinspector.viewers.attention.averages import Candidate
from sdinspector.widgets import look

_PROMPT, _SEED, _WHEN, _WHY = range(4)
_PATH = Qt.ItemDataRole.UserRole


class AverageDialog(QDialog):
    """Lists the recordings of the person's folder; those that cannot be averaged say why."""

    accepted_paths = Signal(tuple)
    """The recordings that were ticked, without the one that is shown."""

    def __init__(self, word: str, chosen: Sequence[Path], parent: QWidget | None = None) -> None:
        """Take the word that is averaged, and what is averaged already."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Average over recordings"))
        self._chosen = set(chosen)
        self._word = word
        self._build()
        self._connect()

    def _build(self) -> None:
        text = QLabel(
            tr(
                "The map of “{word}” is averaged with those of the recordings that are ticked, "
                "pixel by pixel, with its spread.",
                word=self._word,
            )
        )
        text.setWordWrap(True)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search prompts"))
        self.search.setAccessibleName(tr("Search prompts"))
        self.search.setToolTip(tr("Show recordings whose prompt holds this alone"))
        self.search.setClearButtonEnabled(True)
        table = self.table = QTreeWidget()
        table.setAccessibleName(tr("Recordings"))
        table.setToolTip(tr("Space ticks the line"))
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setHeaderLabels([tr("Prompt"), tr("Seed"), tr("When"), ""])
        header = table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_PROMPT, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(48)
        self.note = QLabel(tr("Looking through the recordings …"))
        self.note.setProperty("role", "muted")
        self.every = QPushButton(tr("&Tick all"))
        name(
            self.every,
            tr("Tick all"),
            tr("Tick every recording in the list that can be averaged"),
        )
        self.none = QPushButton(tr("Tick &none"))
        name(self.none, tr("Tick none"), tr("Take all ticks away"))
        buttons, self.start = dialog_buttons(self, tr("&Average"))
        name(
            self.start,
            tr("Average"),
            tr("Show the average in place of this recording's map"),
        )
        cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        name(cancel, tr("Cancel"), tr("Leave the map as it is"))
        row = QHBoxLayout()
        row.setSpacing(2 * look.GAP)
        row.addWidget(self.every)
        row.addWidget(self.none)
        row.addSpacing(2 * look.GAP)
        row.addWidget(self.note, 1)
        row.addWidget(buttons)
        box = QVBoxLayout(self)
        box.setSpacing(2 * look.GAP)
        for widget in (text, self.search, table):
            box.addWidget(widget)
        box.addLayout(row)
        self.resize(820, 460)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.table.itemChanged.connect(self._count)
        self.every.clicked.connect(lambda: self._tick(on=True))
        self.none.clicked.connect(lambda: self._tick(on=False))
        self.start.clicked.connect(self._accept)
        self.start.setEnabled(False)

    # -- what is listed --------------------------------------------------------------------

    def show_candidates(self, candidates: Sequence[Candidate]) -> None:
        """List recordings."""
        blocker = QSignalBlocker(self.table)
        self.table.clear()
        for candidate in candidates:
            seed = "" if candidate.seed is None else str(candidate.seed)
            cells = [candidate.prompt, seed, _when(candidate.created), candidate.why]
            item = QTreeWidgetItem(cells)
            item.setData(_PROMPT, _PATH, candidate.path)
            item.setTextAlignment(
                _SEED, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            )
            item.setToolTip(_PROMPT, f"{candidate.prompt}\n{candidate.path}")
            item.setToolTip(_WHY, candidate.why)
            if candidate.why:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            else:
                ticked = candidate.path in self._chosen
                state = Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
                item.setCheckState(_PROMPT, state)
            self.table.addTopLevelItem(item)
        blocker.unblock()
        self._filter(self.search.text())
        self._count()

    @property
    def ticked(self) -> tuple[Path, ...]:
        """The recordings that are ticked."""
        return tuple(
            item.data(_PROMPT, _PATH)
            for item in self._items()
            if item.checkState(_PROMPT) == Qt.CheckState.Checked
        )

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self.table.topLevelItem(row) for row in range(self.table.topLevelItemCount()))
        return [item for item in found if item is not None]

    def _able(self) -> list[QTreeWidgetItem]:
        return [item for item in self._items() if item.flags() & Qt.ItemFlag.ItemIsEnabled]

    def _filter(self, text: str) -> None:
        for item in self._items():
            item.setHidden(text.casefold() not in item.text(_PROMPT).casefold())

    def _tick(self, *, on: bool) -> None:
        for item in self._able():
            if not on or not item.isHidden():
                state = Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
                item.setCheckState(_PROMPT, state)

    def _count(self, *_: object) -> None:
        able, ticked = len(self._able()), len(self.ticked)
        if not able:
            self.note.setText(
                tr(
                    "No other recording holds “{word}” with attention. Run the prompt with "
                    "another seed.",
                    word=self._word,
                )
            )
        else:
            self.note.setText(
                tr("{ticked} of {able} and the one that is shown", ticked=ticked, able=able)
            )
        self.note.setToolTip(self.note.text())
        self.start.setEnabled(ticked > 0)
        self.every.setEnabled(able > 0)
        self.none.setEnabled(ticked > 0)

    def _accept(self) -> None:
        self.accepted_paths.emit(self.ticked)
        self.accept()


def _when(created: str) -> str:
    try:
        return f"{datetime.fromisoformat(created).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return created
