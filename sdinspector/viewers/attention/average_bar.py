"""Above a map that is averaged: mean or spread, of how many recordings, the way back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QToolButton, QWidget

from sdinspector.app.shell.parts import role
from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.toolbar import Choice


class AverageBar(QWidget):
    """Mean or spread, the number of recordings, progress, and a button that ends it."""

    chosen = Signal(bool)
    """The spread (True) or the mean was chosen."""
    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = Choice(
            tr("Over recordings"),
            (
                ("mean", tr("Mean"), tr("The mean over the recordings, pixel by pixel")),
                (
                    "spread",
                    tr("Spread"),
                    tr(
                        "The standard deviation over the recordings (n − 1): where the word lands "
                        "now here, now there"
                    ),
                ),
            ),
            self,
        )
        self.note = QLabel(self)
        self.note.setProperty("role", "muted")
        self.note.setFont(look.scaled(self.font(), 0.92))
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.note.setAccessibleName(tr("Recordings averaged"))
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(64)
        self.progress.setAccessibleName(tr("Progress"))
        self.end = QToolButton(self)
        self.end.setIconSize(QSize(16, 16))
        self.end.setAccessibleName(tr("End the average"))
        self.end.setToolTip(tr("Back to the map of this recording alone"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * look.GAP)
        row.addWidget(self.choice)
        row.addWidget(self.note, 1)
        row.addWidget(self.progress)
        row.addWidget(self.end)
        self.choice.chosen.connect(lambda key: self.chosen.emit(key == "spread"))
        self.end.clicked.connect(self.ended)
        self._dress()
        self.hide()

    def show_state(
        self,
        *,
        spread: bool,
        count: int,
        wanted: int,
        left_out: tuple[tuple[str, str], ...] = (),
        progress: tuple[int, int] | None = None,
    ) -> None:
        """Show the bar.

        Parameters
        ----------
        spread
            The spread is shown, not the mean.
        count, wanted
            How many recordings the map is made of, and how many were asked for.
        left_out
            Names of the others, and why.
        progress
            How many of how many are read.
        """
        self.choice.set_current("spread" if spread else "mean")
        if progress is not None:
            text = tr("reading {done} of {total}", done=progress[0] + 1, total=progress[1])
            self.progress.setRange(0, progress[1])
            self.progress.setValue(progress[0])
        elif left_out:
            text = tr("{count} of {wanted} recordings", count=count, wanted=wanted)
        else:
            text = ""  # the caption above says how many
        reasons = "\n".join(f"{name}: {why}" for name, why in left_out)
        self.progress.setVisible(progress is not None)
        self.note.setText(text)
        self.note.setToolTip(tr("Left out:") + "\n" + reasons if reasons else text)
        role(self.note, "warning" if left_out else "muted")
        self.setVisible(True)

    def _dress(self) -> None:
        self.end.setIcon(look.icon("close", self.palette()))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "end"):
            self._dress()
