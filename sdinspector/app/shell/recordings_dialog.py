"""The browser of recordings: what was run, when, how it ended; open, delete, show the folder."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app import theme
from sdinspector.app.context import AppContext
from sdinspector.app.system import reveal
from sdinspector.app.texts import mark, tr
from sdinspector.core import paths

if TYPE_CHECKING:
    from sdinspector.recording import RecordingSummary

COLUMNS = (mark("When"), mark("Prompt"), mark("Status"), mark("Calls"), mark("Kind"))
STATUS = {
    "running": mark("running"),
    "complete": mark("complete"),
    "cancelled": mark("cancelled"),
    "failed": mark("failed"),
    "interrupted": mark("interrupted"),
    "unreadable": mark("unreadable"),
}
KIND = {
    "run": mark("run"),
    "observe": mark("observe"),
    "inversion": mark("inversion"),
    "fork": mark("fork"),
    "encode": mark("encode"),
    "text": mark("text"),
    "objective": mark("objective"),
    "training": mark("training"),
}


class RecordingsDialog(QDialog):
    """Lists the recordings of the person's folder.

    Signals
    -------
    chosen : Path
        To be shown in the window.
    """

    chosen = Signal(object)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context = context
        self._folder = paths.recordings()
        self.setWindowTitle(tr("Recordings"))
        self._build()
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """List anew, in the reader pool."""
        self._context.read("recordings/list", _list, self._folder, on_result=self._show)

    def selected(self) -> list[Path]:
        """Return the paths of the chosen lines."""
        return [item.data(0, Qt.ItemDataRole.UserRole) for item in self.table.selectedItems()]

    def delete(self, chosen: Sequence[Path]) -> None:
        """Delete recordings for good, in the reader pool."""
        shown = self._context.scene.recording
        if shown is not None and Path(shown.path) in chosen:
            self._context.document.set_panes(())
        self._context.read("recordings/delete", _delete, list(chosen), on_result=self._deleted)

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search prompts"))
        self.search.setAccessibleName(tr("Search prompts"))
        self.search.setClearButtonEnabled(True)
        self.table = QTreeWidget()
        self.table.setAccessibleName(tr("Recordings"))
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setAlternatingRowColors(True)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setHeaderLabels([tr(title) for title in COLUMNS])
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.place = QLabel(str(self._folder))
        self.place.setProperty("role", "muted")
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.open_button = QPushButton(tr("&Open"))
        self.open_button.setProperty("primary", 1)
        self.open_button.setDefault(True)
        self.delete_button = QPushButton(tr("&Delete…"))
        self.reveal_button = QPushButton(tr("Show &folder"))
        self.refresh_button = QPushButton(tr("&Refresh"))
        for button, tip in (
            (self.open_button, tr("Show this recording in the window.")),
            (self.delete_button, tr("Delete the chosen recordings from the disk.")),
            (self.reveal_button, tr("Show the recording in the file manager.")),
            (self.refresh_button, tr("Look for new recordings.")),
        ):
            button.setToolTip(tip)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.delete_button)
        row.addWidget(self.reveal_button)
        row.addWidget(self.refresh_button)
        row.addStretch(1)
        row.addWidget(self.open_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.GAP)
        for widget in (self.search, self.table, self.place):
            layout.addWidget(widget)
        layout.addLayout(row)
        self.resize(780, 480)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.table.itemDoubleClicked.connect(lambda *_: self._open())
        self.table.itemSelectionChanged.connect(self._enable)
        self.open_button.clicked.connect(self._open)
        self.delete_button.clicked.connect(self._ask_delete)
        self.reveal_button.clicked.connect(lambda: reveal(self.selected()[0]))
        self.refresh_button.clicked.connect(self.refresh)
        self._enable()

    def _show(self, summaries: list[RecordingSummary]) -> None:
        self.table.clear()
        for summary in summaries:
            prompt = summary.prompt or (summary.error.message if summary.error else "")
            cells = [
                _when(summary.created),
                prompt,
                tr(STATUS.get(summary.status, summary.status)),
                str(summary.calls) if summary.calls else "",
                tr(KIND.get(summary.kind, summary.kind)),
            ]
            item = QTreeWidgetItem(cells)
            item.setData(0, Qt.ItemDataRole.UserRole, summary.path)
            item.setToolTip(1, prompt)
            item.setToolTip(0, str(summary.path))
            item.setTextAlignment(3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.addTopLevelItem(item)
        first = self.table.topLevelItem(0)
        if first is not None:
            self.table.setCurrentItem(first)
        self._filter(self.search.text())
        self._enable()

    def _filter(self, text: str) -> None:
        for row in range(self.table.topLevelItemCount()):
            item = self.table.topLevelItem(row)
            if item is not None:
                item.setHidden(text.lower() not in item.text(1).lower())

    def _enable(self) -> None:
        count = len(self.table.selectedItems())
        self.open_button.setEnabled(count == 1)
        self.reveal_button.setEnabled(count == 1)
        self.delete_button.setEnabled(count > 0)

    def _open(self) -> None:
        chosen = self.selected()
        if len(chosen) == 1:
            self.chosen.emit(chosen[0])
            self.close()

    def _ask_delete(self) -> None:
        chosen = self.selected()
        text = tr(
            "Delete {count} recordings from the disk? This cannot be undone.", count=len(chosen)
        )
        answer = QMessageBox.question(self, tr("Delete recordings"), text)
        if answer == QMessageBox.StandardButton.Yes:
            self.delete(chosen)

    def _deleted(self, errors: list[OSError]) -> None:
        for error in errors:
            self._context.report(error)
        self.refresh()


def _when(created: str) -> str:
    try:
        return f"{datetime.fromisoformat(created).astimezone():%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return created


def _list(folder: Path) -> Any:
    from sdinspector.recording import list_recordings

    return list_recordings(folder)


def _delete(chosen: list[Path]) -> list[OSError]:
    errors = []
    for path in chosen:
        try:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        except OSError as error:
            errors.append(error)
    return errors
