"""The tree part of the module tree: its columns use the room, until a person drags one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QTreeView, QWidget

from sdinspector.widgets.module_model import CLASS, HEAT, NAME, PARAMETERS, SHAPE

#: Widths in digits; of the name the least and the most.
_DIGITS = {HEAT: 8, CLASS: 23, PARAMETERS: 11, SHAPE: 12}
_NAME = (24, 44)


class ModuleView(QTreeView):
    """Shows name and bar whole, and the rest where there is room for it, else by scrolling."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fitting = False
        self._dragged = False
        self.header().sectionResized.connect(self._section_resized)

    def fit_columns(self) -> None:
        """Divide the room that there is; leaves what a person dragged."""
        if self._dragged or self.model() is None:
            return
        digit = self.fontMetrics().horizontalAdvance("0")
        widths = {column: digit * count for column, count in _DIGITS.items()}
        shown = {column for column in widths if not self.isColumnHidden(column)}
        room, rest = self.viewport().width(), sum(widths[column] for column in shown)
        if room < rest + digit * _NAME[0]:  # not all of them: name and bar fill what is seen
            rest = widths[HEAT] if HEAT in shown else 0
        widths[NAME] = min(max(room - rest, digit * _NAME[0]), digit * _NAME[1])
        self._fitting = True
        for column, width in widths.items():
            self.setColumnWidth(column, width)
        self._fitting = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room."""
        super().resizeEvent(event)
        self.fit_columns()

    def showEvent(self, event: QShowEvent) -> None:
        """Measure in the font that is there now."""
        super().showEvent(event)
        self.fit_columns()

    def _section_resized(self, section: int) -> None:
        header = self.header()
        last = header.logicalIndex(header.count() - 1)  # takes what is left by itself
        pressed = QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton
        if pressed and not self._fitting and section != last and header.underMouse():
            self._dragged = True
