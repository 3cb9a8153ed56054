"""The one place where errors appear: a bar that asks for nothing and can be dismissed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app import theme
from sdinspector.app.messages import Message
from sdinspector.app.shell.parts import dress, icon_button, role
from sdinspector.app.texts import tr

MOST = 20


class MessageBar(QFrame):
    """Shows the newest message; older ones come back as it is dismissed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setAccessibleName(tr("Message"))
        self._messages: list[Message] = []
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.more = QPushButton()
        self.more.setFlat(True)
        self.more.setAccessibleName(tr("Next message"))
        self.more.setToolTip(tr("Show the next message; this one comes back after the others."))
        self.more.clicked.connect(self._turn)
        self.details_button = QPushButton(tr("Details"))
        self.details_button.setCheckable(True)
        self.details_button.setToolTip(tr("Show the traceback."))
        self.copy_button = QPushButton(tr("Copy"))
        self.copy_button.setToolTip(tr("Copy the message and its details."))
        self.dismiss_button = icon_button(
            "close", tr("Dismiss"), tr("Dismiss this message."), self.dismiss, framed=False
        )
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setAccessibleName(tr("Details of the message"))
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setFixedHeight(160)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.text, 1)
        for widget in (self.more, self.details_button, self.copy_button, self.dismiss_button):
            row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE, 6, theme.GAP, 6)
        layout.setSpacing(theme.GAP)
        layout.addLayout(row)
        layout.addWidget(self.details)
        self.details_button.toggled.connect(self.details.setVisible)
        self.copy_button.clicked.connect(self._copy)
        self._show()

    @property
    def message(self) -> Message | None:
        """What is shown."""
        return self._messages[-1] if self._messages else None

    def add(self, message: Message) -> None:
        """Show a message on top of those that are there; the same one only once."""
        self._messages = [old for old in self._messages if old.text != message.text]
        self._messages = [*self._messages, message][-MOST:]
        self._show()

    def forget(self, severity: str) -> None:
        """Take back what was said of something that is no longer shown."""
        self._messages = [old for old in self._messages if old.severity != severity]
        self._show()

    def dismiss(self) -> None:
        """Take the message off; the one before it shows again."""
        del self._messages[-1:]
        self._show()

    def clear_severity(self, severity: str) -> None:
        """Take all messages of a severity off."""
        self._messages = [message for message in self._messages if message.severity != severity]
        self._show()

    def refresh_icons(self) -> None:
        """Draw the icon again: the theme has changed."""
        dress(self.dismiss_button)

    def _show(self) -> None:
        message = self.message
        self.setVisible(message is not None)
        if message is None:
            return
        role(self, message.severity, "severity")
        self.text.setText(message.text)
        self.text.setToolTip(message.text)
        others = len(self._messages) - 1
        self.more.setText(tr("and {count} more", count=others))
        self.more.setVisible(others > 0)
        self.details_button.setVisible(bool(message.details))
        self.copy_button.setVisible(bool(message.details))
        self.details_button.setChecked(False)
        self.details.setPlainText(message.details)
        self.details.hide()

    def _turn(self) -> None:
        """Put the message that is shown behind the others."""
        self._messages = [*self._messages[-1:], *self._messages[:-1]]
        self._show()

    def _copy(self) -> None:
        if self.message is not None:
            QGuiApplication.clipboard().setText(f"{self.message.text}\n\n{self.message.details}")
