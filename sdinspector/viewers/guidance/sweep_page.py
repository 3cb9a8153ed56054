"""A sweep: the same run at one guidance scale after another, its pictures in a row."""

from __future__ import annotations

import math
import re
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.texts import tr
from sdinspector.viewers.guidance.sweep_pair import SweepPair, Swept
from sdinspector.viewers.guidance.wording import scale_text
from sdinspector.widgets import look
from sdinspector.widgets.map_panel import MapPanel
from sdinspector.widgets.toolbar import Toolbar

FIRST_SCALES = "1, 2, 3, 5, 7.5, 12"
#: More runs than that in one sweep are a slip of the finger.
MOST = 24
_SMALLEST = 130


def read_scales(text: str) -> tuple[float, ...]:
    """Return the numbers of a list such as ``1, 2 7.5; 12``, each once, in their order.

    Raises
    ------
    ValueError
        Naming what is no finite number; where there is none, or more than ``MOST``.
    """
    parts = [part for part in re.split(r"[\s,;]+", text.strip()) if part]
    scales: list[float] = []
    for part in parts:
        try:
            scale = float(part)
        except ValueError:
            scale = math.nan
        if not math.isfinite(scale):
            raise ValueError(tr("“{part}” is no number: write scales as 1, 3, 7.5", part=part))
        if scale not in scales:
            scales.append(scale)
    if not scales:
        raise ValueError(tr("Write the scales to run, such as 1, 3, 7.5"))
    if len(scales) > MOST:
        raise ValueError(
            tr("{count} scales are too many: at most {most}", count=len(scales), most=MOST)
        )
    return tuple(scales)


class SweepPage(QWidget):
    """A list of scales, a button, and the pictures as they come."""

    run_wanted = Signal(tuple)
    stop_wanted = Signal()
    opened = Signal(object)
    """Path of the recording whose picture was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._swept: list[Swept] = []
        self._panels: list[MapPanel] = []
        self._running = False
        self._why = ""
        self._columns = 0
        self._build()

    @property
    def swept(self) -> tuple[Swept, ...]:
        """What is shown, in the order of the scales."""
        return tuple(self._swept)

    def begin(self) -> None:
        """A sweep begins: the pictures of the one before go."""
        self._swept.clear()
        self._fill()
        self.set_running(True)

    def add(self, swept: Swept) -> None:
        """Show another run's picture."""
        self._swept.append(swept)
        self._fill()

    def set_colour_map(self, name: str) -> None:
        """Show differences through another colour map."""
        self._pair.set_colour_map(name)

    @property
    def compared(self) -> SweepPair | None:
        """The two that are compared, where two are."""
        return self._pair if self._two.isChecked() and len(self._swept) > 1 else None

    def set_running(self, on: bool, text: str = "") -> None:
        """Show whether a sweep goes, and how far it is."""
        self._running = on
        self._progress.setText(text)
        self._allow()

    def set_runnable(self, on: bool, why: str = "") -> None:
        """Allow or forbid a sweep."""
        self._why = "" if on else why
        self._allow()

    # -- inside ----------------------------------------------------------------------------

    def _build(self) -> None:
        self._bar = Toolbar(self)
        label = QLabel(tr("Guidance scales"), self._bar)
        self._scales = QLineEdit(FIRST_SCALES, self._bar)
        self._scales.setMinimumWidth(170)
        self._scales.setAccessibleName(tr("Guidance scales"))
        self._scales.setToolTip(tr("Scales to run, separated by commas; each is a plain run"))
        label.setBuddy(self._scales)
        self._run = QPushButton(tr("Run sweep"))
        self._stop = QPushButton(tr("Stop sweep"))
        for button in (self._run, self._stop):
            button.setAccessibleName(button.text())
        self._stop.setToolTip(tr("Stop within one denoiser call; finished runs are kept"))
        for widget in (label, self._scales, self._run, self._stop):
            self._bar.add_widget(widget)
        self._progress = self._bar.add_text(tr("Progress of the sweep"))
        self._bar.add_stretch()
        self._two = self._bar.add_switch(
            tr("Compare two"), tr("Two of the pictures side by side, and where they differ")
        )
        self._wrong = QLabel(self)
        self._wrong.setProperty("role", "warning")
        self._wrong.hide()
        self._note = QLabel(
            tr(
                "A sweep runs the shown recording's prompt, seed and settings again for each "
                "scale, one after another, so that each equals a plain run. The runs are kept as "
                "recordings."
            ),
            self,
        )
        self._note.setWordWrap(True)
        self._note.setProperty("role", "muted")
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        self._grid = QGridLayout(inner)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(3 * look.GAP)
        self._area.setWidget(inner)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * look.GAP)
        box.addWidget(self._bar)
        box.addWidget(self._wrong)
        box.addWidget(self._note, 1)
        box.addWidget(self._area, 1)
        self._pair = SweepPair(self)
        box.addWidget(self._pair, 1)
        self._run.clicked.connect(self._ask)
        self._scales.returnPressed.connect(self._ask)
        self._scales.textEdited.connect(lambda _: self._wrong.hide())
        self._stop.clicked.connect(self.stop_wanted)
        self._two.toggled.connect(self._arrange)
        self._pair.opened.connect(lambda number: self._clicked(number, None))
        self._fill()
        self._allow()

    def _ask(self) -> None:
        if not self._run.isEnabled():
            return
        try:
            scales = read_scales(self._scales.text())
        except ValueError as error:
            self._wrong.setText(str(error))
            self._wrong.show()
            return
        self._wrong.hide()
        self.run_wanted.emit(scales)

    def _allow(self) -> None:
        self._run.setEnabled(not self._running and not self._why)
        self._run.setToolTip(
            self._why or tr("Run the shown recording again with each of the scales")
        )
        self._stop.setEnabled(self._running)

    def _fill(self) -> None:
        while len(self._panels) > len(self._swept):
            panel = self._panels.pop()
            self._grid.removeWidget(panel)
            panel.deleteLater()
        for number, one in enumerate(self._swept):
            if number == len(self._panels):
                panel = MapPanel("")
                panel.setMinimumSize(_SMALLEST, _SMALLEST)
                panel.canvas.clicked.connect(partial(self._clicked, number))
                self._panels.append(panel)
            self._panels[number].set_title(tr("s = {scale}", scale=scale_text(one.scale)))
            self._panels[number].set_picture(one.picture, smooth=True)
        self._pair.set_swept(self._swept)
        self._arrange()
        count = max(1, len(self._panels))
        columns = count if count <= 4 else math.ceil(count / math.ceil(count / 6))
        for number, panel in enumerate(self._panels):
            self._grid.addWidget(panel, number // columns, number % columns)
        for column in range(max(self._columns, columns)):
            self._grid.setColumnStretch(column, int(column < columns))
        self._columns = columns

    def _arrange(self, *_: object) -> None:
        """Show all pictures, or two of them, or what a sweep is."""
        several = len(self._swept) > 1
        two = several and self._two.isChecked()
        self._two.setEnabled(several)
        self._note.setVisible(not self._swept)
        self._area.setVisible(bool(self._swept) and not two)
        self._pair.setVisible(two)

    def _clicked(self, number: int, _pixel: object) -> None:
        if number < len(self._swept):
            self.opened.emit(self._swept[number].path)
