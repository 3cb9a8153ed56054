"""Small building blocks that the window's parts share."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)

from sdinspector.app import theme


def field_label(text: str, buddy: QWidget, *, left: bool = False) -> QLabel:
    """Return the label of a field; ``&`` gives the key that goes there.

    ``left`` makes it one as forms have them, at the left edge and in the colour of text.
    """
    label = QLabel(text)
    label.setBuddy(buddy)
    if left:
        return label
    label.setProperty("role", "muted")
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def name(widget: QWidget, accessible: str, tip: str) -> None:
    """Give a control its accessible name and its tooltip."""
    widget.setAccessibleName(accessible)
    widget.setToolTip(tip)


def icon_button(
    icon: str, accessible: str, tip: str, function: Callable[[], object], *, framed: bool = True
) -> QToolButton:
    """Return a small button with an icon; its text stands in where the icon is missing."""
    button = QToolButton()
    button.setProperty("framed", framed)
    button.setProperty("icon_name", icon)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    name(button, accessible, tip)
    dress(button)
    button.clicked.connect(lambda _checked=False: function())
    return button


def dress(button: QToolButton) -> None:
    """Draw a button's icon in the theme's colour."""
    icon = theme.icon(button.property("icon_name") or "")
    button.setIcon(icon)
    if icon.isNull():
        button.setText(button.accessibleName())


def role(widget: QWidget, value: str, key: str = "role") -> None:
    """Set a property that the style sheet looks at, and let it look."""
    if widget.property(key) != value:
        widget.setProperty(key, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def dialog_buttons(dialog: QDialog, text: str) -> tuple[QDialogButtonBox, QPushButton]:
    """Return a row with Cancel, connected, and the button that does it, which Enter presses."""
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    does = QPushButton(text)
    does.setProperty("primary", 1)
    does.setDefault(True)
    buttons.addButton(does, QDialogButtonBox.ButtonRole.ActionRole)
    buttons.rejected.connect(dialog.reject)
    return buttons, does
