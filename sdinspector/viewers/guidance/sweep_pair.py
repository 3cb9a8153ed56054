"""Two pictures of a sweep side by side, and where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sdinspector.app.texts import tr
from sdinspector.export import colours
from sdinspector.viewers.guidance.wording import scale_text
from sdinspector.widgets import look
from sdinspector.widgets.map_panel import MapPanel


@dataclass(frozen=True)
class Swept:
    """One run of a sweep: its scale, its recording, its picture ``[H, W, 3]``."""

    scale: float
    path: Path
    picture: NDArray[np.uint8] | None


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how far two pictures are apart at each pixel, 0 to 255: mean over the colours."""
    apart = np.abs(one.astype(np.float32) - other.astype(np.float32))
    mean: NDArray[np.float32] = apart.mean(axis=-1)
    return mean


class SweepPair(QWidget):
    """Which two, the two, and the map of their difference."""

    opened = Signal(int)
    """The number of the run whose picture was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._swept: tuple[Swept, ...] = ()
        self._colour_map = "viridis"
        self._lists = (self._list(tr("First scale")), self._list(tr("Second scale")))
        self._panels = (MapPanel(""), MapPanel(""))
        self._apart = MapPanel("")
        self._touched = False
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(3 * look.GAP)
        self._label = QLabel(tr("|first − second|"), self)
        self._label.setProperty("role", "muted")
        for head, panel in zip(
            (*self._lists, self._label), (*self._panels, self._apart), strict=True
        ):
            column = QVBoxLayout()
            column.setSpacing(0)
            head.setFixedHeight(self._lists[0].sizeHint().height())
            column.addWidget(head)
            column.addWidget(panel, 1)
            columns.addLayout(column, 1)
        for number, (chooser, panel) in enumerate(zip(self._lists, self._panels, strict=True)):
            chooser.currentIndexChanged.connect(self._show)
            chooser.activated.connect(self._touch)
            panel.canvas.clicked.connect(lambda *_, which=number: self._clicked(which))

    def set_colour_map(self, name: str) -> None:
        """Show the difference through another colour map."""
        if name != self._colour_map:
            self._colour_map = name
            self._show()

    def set_swept(self, swept: Sequence[Swept]) -> None:
        """Offer these runs; until a person chooses two, they are the first and the last."""
        self._touched = self._touched and bool(swept)
        self._swept = tuple(swept)
        for number, chooser in enumerate(self._lists):
            kept = chooser.currentIndex() if self._touched else -1
            with QSignalBlocker(chooser):
                chooser.clear()
                for one in self._swept:
                    chooser.addItem(tr("s = {scale}", scale=scale_text(one.scale)))
                last = len(self._swept) - 1
                chooser.setCurrentIndex(kept if 0 <= kept <= last else (0, last)[number])
        self._show()

    @property
    def chosen(self) -> tuple[Swept, ...]:
        """The two that are compared; nothing where there are none."""
        indices = [chooser.currentIndex() for chooser in self._lists]
        return tuple(self._swept[i] for i in indices if 0 <= i < len(self._swept))

    @property
    def apart(self) -> NDArray[np.float32] | None:
        """The difference ``[H, W]``, 0 to 255; ``None`` where there are not two pictures."""
        pictures = [one.picture for one in self.chosen]
        if len(pictures) < 2 or pictures[0] is None or pictures[1] is None:
            return None
        if pictures[0].shape != pictures[1].shape:
            return None
        return difference(pictures[0], pictures[1])

    def _list(self, name: str) -> QComboBox:
        chooser = QComboBox(self)
        chooser.setAccessibleName(name)
        chooser.setToolTip(name)
        return chooser

    def _touch(self, *_: object) -> None:
        self._touched = True

    def _show(self, *_: object) -> None:
        table = colours.table(self._colour_map)
        for panel, one in zip(self._panels, self.chosen, strict=False):
            panel.canvas.setAccessibleName(tr("s = {scale}", scale=scale_text(one.scale)))
            panel.set_picture(one.picture, smooth=True)
        apart = self.apart
        if apart is None:
            self._apart.set_map(None, (0.0, 1.0), table)
            return
        self._apart.set_map(apart, (0.0, max(float(apart.max()), 1.0)), table, smooth=True)
        self._apart.set_note(tr("mean {value} of 255", value=look.number(float(apart.mean()))))

    def _clicked(self, which: int) -> None:
        if self._swept:
            self.opened.emit(self._lists[which].currentIndex())
