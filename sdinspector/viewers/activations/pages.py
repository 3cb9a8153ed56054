"""Plots that share a place: one at a time, or all where there is room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.toolbar import Choice

#: From this height on all pages stand below each other, and nothing needs to be chosen.
_STACKED = 400


class Pages(QWidget):
    """A few plots: one at a time where there is little room, all of them where there is enough."""

    arranged = Signal()
    """Other pages are shown than before."""

    def __init__(self, pages: Sequence[tuple[str, str, str, QWidget]]) -> None:
        """Take (key, title, tooltip, widget) of each page."""
        super().__init__()
        self._pages = {key: widget for key, _, _, widget in pages}
        self._shown: tuple[str, ...] = ()
        self.choice = Choice(tr("Plot"), [(key, title, tip) for key, title, tip, _ in pages], self)
        self.choice.set_current(pages[0][0])
        self.choice.chosen.connect(lambda _: self._arrange())
        self._titles: dict[str, QLabel] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(look.GAP)
        row = QHBoxLayout()
        row.addWidget(self.choice)
        row.addStretch(1)
        self.column.addLayout(row)
        for key, title, _, widget in pages:
            label = QLabel(title, self)
            label.setFont(look.scaled(self.font(), 0.92, bold=True))
            self._titles[key] = label
            self.column.addWidget(label)
            self.column.addWidget(widget, 1)
        self._arrange()

    def shows(self, key: str) -> bool:
        """Return whether a page is shown."""
        return key in self._shown

    def minimumSizeHint(self) -> QSize:
        """Return what one page needs: all are shown only where there is room."""
        return QSize(160, 150)

    def sizeHint(self) -> QSize:
        """Return a size for one page."""
        return QSize(280, 190)

    def _arrange(self) -> None:
        stacked = self.isVisible() and self.height() >= _STACKED
        self.choice.setVisible(not stacked)
        for key, widget in self._pages.items():
            self._titles[key].setVisible(stacked)
            widget.setVisible(stacked or key == self.choice.current)
        shown = tuple(self._pages) if stacked else (self.choice.current,)
        if shown != self._shown:
            self._shown = shown
            self.arranged.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many as there is room for."""
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Show as many as there is room for."""
        super().showEvent(event)
        self._arrange()
