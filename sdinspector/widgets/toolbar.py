"""The row of controls above a view: choices of one, switches, buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QWidget,
)

from sdinspector.widgets import look


class Choice(QWidget):
    """Buttons in a row of which one is down. Left and Right go from one to the next."""

    chosen = Signal(str)
    """Key of the button that a person pressed."""

    def __init__(
        self, name: str, entries: Sequence[tuple[str, str, str]], parent: QWidget | None = None
    ) -> None:
        """Take (key, text, tooltip) of each button."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.GAP // 2)
        for key, text, tip in entries:
            button = QToolButton(self)
            button.setText(text)
            button.setCheckable(True)
            button.setToolTip(tip)
            button.setAccessibleName(f"{name}: {text}")
            button.setMinimumHeight(button.sizeHint().height())
            button.clicked.connect(lambda _=False, which=key: self.chosen.emit(which))
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button)

    def set_current(self, key: str) -> None:
        """Press a button; emits nothing."""
        button = self._buttons.get(key)
        if button is not None:
            button.setChecked(True)

    def set_enabled(self, key: str, on: bool, why: str = "") -> None:
        """Allow or forbid one; ``why`` becomes its tooltip where it is forbidden."""
        button = self._buttons[key]
        if not button.property("tip"):
            button.setProperty("tip", button.toolTip())
        button.setEnabled(on)
        button.setToolTip(button.property("tip") if on or not why else why)

    def button(self, key: str) -> QToolButton:
        """Return the button of a key."""
        return self._buttons[key]

    @property
    def current(self) -> str:
        """Key of the button that is down."""
        down = self._group.checkedButton()
        return next((key for key, button in self._buttons.items() if button is down), "")


class Toolbar(QWidget):
    """Controls from the left, then a stretch, then buttons at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons: list[tuple[QToolButton, str]] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2 * look.GAP)

    def add_choice(self, name: str, entries: Sequence[tuple[str, str, str]]) -> Choice:
        """Add buttons of which one is down."""
        choice = Choice(name, entries, self)
        self._row.addWidget(choice)
        return choice

    def add_switch(self, text: str, tip: str) -> QCheckBox:
        """Add a switch."""
        box = QCheckBox(text, self)
        box.setToolTip(tip)
        box.setAccessibleName(text)
        self._row.addWidget(box)
        return box

    def add_list(self, name: str, tip: str, entries: Sequence[tuple[str, str]]) -> QComboBox:
        """Add a list of (key, text); the key is the item's data."""
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setToolTip(tip)
        for key, text in entries:
            box.addItem(text, key)
        self._row.addWidget(box)
        return box

    def add_text(self, name: str) -> QLabel:
        """Add a muted text that changes."""
        label = QLabel(self)
        label.setProperty("role", "muted")
        label.setAccessibleName(name)
        label.setToolTip(name)
        self._row.addWidget(label)
        return label

    def add_widget(self, widget: QWidget) -> None:
        """Add a control that was made elsewhere."""
        self._row.addWidget(widget)

    def add_stretch(self) -> None:
        """Push what follows to the right."""
        self._row.addStretch(1)

    def add_button(self, icon: str, name: str, tip: str, checkable: bool = False) -> QToolButton:
        """Add a button with an icon."""
        button = QToolButton(self)
        button.setIconSize(QSize(18, 18))
        button.setAccessibleName(name)
        button.setToolTip(tip)
        button.setCheckable(checkable)
        button.setIcon(look.icon(icon, self.palette()))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._icons.append((button, icon))
        self._row.addWidget(button)
        return button

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for button, icon in getattr(self, "_icons", ()):
                button.setIcon(look.icon(icon, self.palette()))
