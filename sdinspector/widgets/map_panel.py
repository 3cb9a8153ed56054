"""A canvas with a title above and a colour bar below: one map of a view of several."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.canvas import Canvas
from sdinspector.widgets.colour_bar import ColourBar


class MapPanel(QWidget):
    """One map: what it is, the map itself, what its colours mean."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title_text = title
        self._chosen = False
        self._build(title)
        self._dress()

    def set_map(
        self,
        image: NDArray[Any] | None,
        levels: tuple[float, float],
        table: NDArray[np.uint8],
        unit: str = "",
        smooth: bool = False,
    ) -> None:
        """Show numbers ``[h, w]`` through a colour table."""
        self.canvas.set_image(image, levels, table, smooth)
        self.bar.setVisible(True)
        self.bar.set_scale(table, levels, unit)
        bad = self.canvas.not_finite
        self.set_note(tr("{count} not finite", count=bad) if bad else "")

    def set_picture(
        self, image: NDArray[np.uint8] | None, note: str = "", smooth: bool = False
    ) -> None:
        """Show colours ``[h, w, 3]``; there is nothing for a colour bar to say."""
        self.canvas.set_image(image, smooth=smooth)
        self.bar.setVisible(False)
        self.set_note(note)

    def set_title(self, title: str) -> None:
        """Name what is shown."""
        if title != self._title_text:
            self._title_text = title
            self._title.setText(title)
            self.canvas.setAccessibleName(title)

    def set_note(self, note: str) -> None:
        """Write a remark beside the title."""
        if note != self._note.text():
            self._note.setText(note)

    def set_chosen(self, chosen: bool) -> None:
        """Highlight the title: this map is the selected channel."""
        if chosen != self._chosen:
            self._chosen = chosen
            self._dress()

    def _build(self, title: str) -> None:
        self._title = QLabel(title, self)
        self._title.setAccessibleName(tr("Title"))
        self._note = QLabel(self)
        self._note.setProperty("role", "muted")
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.canvas = Canvas(title, self)
        self.bar = ColourBar(self)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # so that all canvases of a view are equally high
        self.bar.setSizePolicy(policy)
        top = QHBoxLayout()
        top.setSpacing(look.GAP)
        top.addWidget(self._title)
        top.addWidget(self._note, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look.GAP)
        box.addLayout(top)
        box.addWidget(self.canvas, 1)
        box.addWidget(self.bar)

    def _dress(self) -> None:
        tone = look.tones(self.palette())
        for label, bold in ((self._title, self._chosen), (self._note, False)):
            label.setFont(look.scaled(self.font(), 0.92, bold))
        # Not through a palette: the application's style sheet would put the old one back.
        self._title.setStyleSheet(f"color: {tone.accent.name()}" if self._chosen else "")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "bar"):
            self._dress()
