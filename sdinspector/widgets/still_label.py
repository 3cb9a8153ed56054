"""A line of text that changes with every frame without the window being laid out again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class StillLabel(QWidget):
    """Takes the room it is given, whatever it says.

    A label's text decides its size, so that each new text asks every layout up to the window for
    new sizes, and half of the window is painted again. This one asks nobody.

    Parameters
    ----------
    name
        For people who cannot see it.
    parent
        The widget it lies in.
    muted
        In the colour of what is less important.
    """

    def __init__(self, name: str, parent: QWidget | None = None, *, muted: bool = False) -> None:
        super().__init__(parent)
        self._label = QLabel(self)
        self._label.setAccessibleName(name)
        if muted:
            self._label.setProperty("role", "muted")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_alignment(self, alignment: Qt.AlignmentFlag) -> None:
        """Put the text at the left or at the right."""
        self._label.setAlignment(alignment | Qt.AlignmentFlag.AlignVCenter)

    def set_font(self, font: QFont) -> None:
        """Take another font for the text."""
        self._label.setFont(font)
        self.updateGeometry()

    def text(self) -> str:
        """Return what it says."""
        return self._label.text()

    def set_text(self, text: str) -> None:
        """Say something else; all of it is in the tooltip where the room is too small."""
        if text != self._label.text():
            self._label.setText(text)
            tight = self._label.sizeHint().width() > self.width()
            self.setToolTip(text if tight else "")

    def sizeHint(self) -> QSize:
        """Return a line's height, and no width of its own."""
        return QSize(0, QFontMetrics(self._label.font()).height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the text all the room."""
        super().resizeEvent(event)
        self._label.resize(self.size())

    def changeEvent(self, event: QEvent) -> None:
        """Take another height in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
