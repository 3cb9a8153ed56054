"""The widgets of the page that trains, laid out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
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

#: Milliseconds in which the second press of Discard counts.
SURE = 4000


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
        self.discard.setToolTip(
            tr("Delete the saved state, at the second press; the pictures stay where they are")
        )
        self._sure = QTimer(self)  # the second press counts for so long
        self._sure.setSingleShot(True)
        self._sure.setInterval(SURE)
        self._sure.timeout.connect(self._disarm)
        self.which.currentIndexChanged.connect(lambda _: self._disarm())
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * look.GAP)
        row.addWidget(label)
        row.addWidget(self.which, 1)
        for button in (self.resume, self.discard):
            button.setAccessibleName(button.text())
            row.addWidget(button)
        self.resume.clicked.connect(self._resume)
        self.discard.clicked.connect(self._discard)
        self._bar.hide()

    def _resume(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.resume_wanted.emit(chosen)

    def _discard(self) -> None:
        """Ask once more: what is deleted cannot come back."""
        chosen = self._chosen()
        if chosen is None:
            return
        if self._sure.isActive():
            self._disarm()
            self.discard_wanted.emit(chosen)
        else:
            self.discard.setText(tr("Really discard"))
            self._sure.start()

    def _disarm(self) -> None:
        self._sure.stop()
        self.discard.setText(tr("Discard"))

    def _chosen(self) -> Unfinished | None:
        place = self.which.currentIndex()
        return self._unfinished[place] if 0 <= place < len(self._unfinished) else None


def _places(event: QDragEnterEvent | QDropEvent) -> list[Path]:
    places = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [one for one in places if one.is_dir() or one.suffix.lower() in (".jsonl", ".csv")]
