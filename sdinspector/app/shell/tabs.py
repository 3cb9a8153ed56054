"""The tabs of the views, which do without icons and wide gaps where there is little room."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtGui import QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import QTabWidget, QWidget

from sdinspector.app.shell.parts import role

#: From roomy to narrow: what the style sheet knows them by, and whether there are icons.
WAYS = (("", True), ("tight", True), ("tight", False), ("tightest", False))
ICON = QSize(18, 18)


class ViewTabs(QTabWidget):
    """Tabs with icons where there is room for all of them, else narrower ones without.

    Where even those have no room, arrows appear at the end.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setIconSize(ICON)
        self._icons: list[QIcon] = []
        self._widths: list[int] = []
        self._way = 0

    def setTabIcon(self, index: int, icon: QIcon | QPixmap) -> None:
        """Give a tab its icon, to be shown where there is room."""
        while len(self._icons) <= index:
            self._icons.append(QIcon())
        self._icons[index] = QIcon(icon)
        if WAYS[self._way][1]:
            super().setTabIcon(index, icon)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose anew how wide tabs are."""
        super().resizeEvent(event)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Measure again with another font or style."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._widths = []

    def tabInserted(self, index: int) -> None:
        """Measure again with another tab."""
        super().tabInserted(index)
        self._icons.insert(index, self.tabIcon(index))
        self._widths = []

    def fit(self) -> None:
        """Choose the roomiest tabs that are all seen."""
        if not self._widths:
            self._widths = [self._measured(way) for way in range(len(WAYS))]
        room = self.width()
        way = next((way for way, width in enumerate(self._widths) if width <= room), len(WAYS) - 1)
        self._apply(way)

    def _measured(self, way: int) -> int:
        self._apply(way)
        bar = self.tabBar()
        return sum(bar.tabSizeHint(place).width() for place in range(bar.count()))

    def _apply(self, way: int) -> None:
        if way == self._way:
            return
        self._way = way
        room, pictured = WAYS[way]
        role(self.tabBar(), room, "room")
        QCoreApplication.sendEvent(self.tabBar(), QEvent(QEvent.Type.StyleChange))  # lay out anew
        for index, icon in enumerate(self._icons):
            super().setTabIcon(index, icon if pictured else QIcon())
