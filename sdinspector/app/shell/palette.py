"""The command palette: every action by name, and the page of all shortcuts."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app import theme
from sdinspector.app.actions import MENUS, ActionRegistry, ActionSpec, shortcut_text
from sdinspector.app.texts import tr


class CommandPalette(QDialog):
    """Type a few letters of what you want, press Return."""

    def __init__(self, registry: ActionRegistry, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(tr("Command palette"))
        self._entries = [
            (_full_name(spec, action), action) for spec, action in registry if action.isEnabled()
        ]
        blank = QPixmap(18, 18)
        blank.fill(Qt.GlobalColor.transparent)
        self._blank = QIcon(blank)  # keeps the names in one column
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("What do you want to do?"))
        self.field.setAccessibleName(tr("Name of a command"))
        self.field.setClearButtonEnabled(True)
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setIconSize(QSize(18, 18))
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setAccessibleName(tr("Commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.field.returnPressed.connect(self._trigger)
        self.list.itemClicked.connect(lambda _: self._trigger())
        self._filter("")
        self.resize(520, 380)
        frame = parent.frameGeometry()
        self.move(frame.center().x() - self.width() // 2, frame.top() + 90)

    def showEvent(self, event: QShowEvent) -> None:
        """Put the cursor into the field: X11 gives a popup the keys but no focus."""
        super().showEvent(event)
        self.activateWindow()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while the field has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step and self.list.topLevelItemCount():
                now = self.list.currentIndex().row()
                self._go_to((now + step) % self.list.topLevelItemCount())
                return True
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        self.list.clear()
        found = [
            (title.lower().find(words[0]) if words else 0, title, action)
            for title, action in self._entries
            if all(word in title.lower() for word in words)
        ]
        for _, title, action in sorted(found, key=lambda item: item[:2]):
            item = QTreeWidgetItem([title, shortcut_text(action)])
            item.setIcon(0, action.icon() if not action.icon().isNull() else self._blank)
            item.setForeground(1, self.palette().placeholderText())
            item.setData(0, Qt.ItemDataRole.UserRole, action)
            item.setToolTip(0, action.toolTip())
            self.list.addTopLevelItem(item)
        self._go_to(0)

    def _go_to(self, row: int) -> None:
        item = self.list.topLevelItem(row)
        if item is not None:
            self.list.setCurrentItem(item)

    def _trigger(self) -> None:
        item = self.list.currentItem()
        self.close()
        if item is not None:
            action: QAction = item.data(0, Qt.ItemDataRole.UserRole)
            action.trigger()


class ShortcutPage(QDialog):
    """All key sequences, by menu."""

    def __init__(self, registry: ActionRegistry, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.table = QTreeWidget()
        self.table.setAccessibleName(tr("Keyboard shortcuts"))
        self.table.setColumnCount(3)
        self.table.setHeaderLabels([tr("Command"), tr("Keys"), tr("What it does")])
        self.table.setAlternatingRowColors(True)
        self._fill(registry)
        self.table.expandAll()
        header = self.table.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        note = QLabel(
            tr(
                "Alt and an underlined letter goes to a field of the top bar; Tab goes from field "
                "to field; F6 from part to part of the window."
            )
        )
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACE)
        for widget in (self.table, note, buttons):
            layout.addWidget(widget)
        self.resize(760, 560)

    def _fill(self, registry: ActionRegistry) -> None:
        for menu, title in MENUS:
            top = QTreeWidgetItem([plain(tr(title))])
            for spec, action in registry:
                if spec.menu == menu and spec.shortcuts:
                    keys = "  ".join(key.toString() for key in action.shortcuts())
                    tip = tr(spec.tip) if spec.tip else ""
                    top.addChild(QTreeWidgetItem([plain(action.text()), keys, tip]))
            if top.childCount():
                self.table.addTopLevelItem(top)


def _full_name(spec: ActionSpec, action: QAction) -> str:
    name = plain(action.text())
    return f"{plain(tr(spec.submenu))}: {name}" if spec.submenu else name


def plain(text: str) -> str:
    """Return a menu's text without its mnemonic, be it a letter or, in Chinese, ``(&O)``."""
    text = re.sub(r"\(&\w\)", "", text)
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")
