"""The widgets of the page that trains, laid out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.texts import tr
from sdinspector.recording.trainings import Unfinished
from sdinspector.viewers.training import training_wording as wording
from sdinspector.viewers.training.live_panel import LivePanel
from sdinspector.viewers.training.settings_form import SettingsForm
from sdinspector.widgets import look


class TrainPage(QWidget):
    """Unfinished trainings above, settings at the left, what goes on at the right.

    Signals
    -------
    resume_wanted, discard_wanted : Unfinished
        What to do with an unfinished training.
    """

    resume_wanted = Signal(object)
    discard_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._unfinished: tuple[Unfinished, ...] = ()
        self._build_unfinished()
        self.form = SettingsForm(self)
        self.live = LivePanel(self)
        self.help: QLabel | None = None
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(self.form)
        split.addWidget(self.live)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setSizes([290, 500])
        split.setChildrenCollapsible(False)
        self.form.setMinimumWidth(250)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * look.GAP)
        box.addWidget(self._bar)
        box.addWidget(split, 1)
        self.live.help.clicked.connect(self._explain)

    def set_unfinished(self, trainings: Sequence[Unfinished], *, usable: bool) -> None:
        """Offer trainings to go on with."""
        trainings = tuple(trainings)
        if trainings != self._unfinished:
            self._unfinished = trainings
            self.which.clear()
            for one in trainings:
                self.which.addItem(wording.unfinished(one))
        self._bar.setVisible(bool(trainings))
        for button in (self.resume, self.discard):
            button.setEnabled(usable)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a folder or a table."""
        if _places(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the pictures in it."""
        places = _places(event)
        if places:
            event.acceptProposedAction()
            self.form.set_place(str(places[0]), self.form.common.text())

    def _explain(self) -> None:
        """Say what is trained; over the page, since below the plots there is no room for it."""
        if self.help is None:
            self.help = QLabel(wording.explanation(), self, Qt.WindowType.Popup)
            self.help.setWordWrap(True)
            self.help.setTextFormat(Qt.TextFormat.PlainText)
            self.help.setMargin(4 * look.GAP)
            self.help.setFixedWidth(540)
            self.help.setAccessibleName(tr("What is trained, and what to look for"))
        self.help.adjustSize()
        button = self.live.help
        corner = button.mapToGlobal(button.rect().bottomRight())
        self.help.move(corner.x() - self.help.width(), corner.y() + look.GAP)
        self.help.show()

    def _build_unfinished(self) -> None:
        self._bar = QWidget(self)
        label = QLabel(tr("Unfinished"), self._bar)
        self.which = QComboBox(self._bar)
        self.which.setAccessibleName(tr("Unfinished trainings"))
        self.which.setToolTip(tr("Trainings that were paused, or ended by a crash"))
        label.setBuddy(self.which)
        self.resume = QPushButton(tr("Go on"))
        self.resume.setToolTip(tr("Go on from the saved state, with its own settings"))
        self.discard = QPushButton(tr("Discard"))
        self.discard.setToolTip(tr("Delete the saved state; the pictures stay where they are"))
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * look.GAP)
        row.addWidget(label)
        row.addWidget(self.which, 1)
        for button, signal in (
            (self.resume, self.resume_wanted),
            (self.discard, self.discard_wanted),
        ):
            button.setAccessibleName(button.text())
            button.clicked.connect(lambda _=False, signal=signal: self._chosen(signal))
            row.addWidget(button)
        self._bar.hide()

    def _chosen(self, signal: object) -> None:
        place = self.which.currentIndex()
        if 0 <= place < len(self._unfinished):
            signal.emit(self._unfinished[place])  # type: ignore[attr-defined]


def _places(event: QDragEnterEvent | QDropEvent) -> list[Path]:
    places = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [one for one in places if one.is_dir() or one.suffix.lower() in (".jsonl", ".csv")]
