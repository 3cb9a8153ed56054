"""A field that opens over a painted number to have it typed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets.axis_ticks import parsed, trimmed


class EndEditor(QLineEdit):
    """A number typed in place. Return takes it, Escape or leaving gives it up."""

    taken = Signal(float)
    """A number was typed; the owner answers with :meth:`done` or :meth:`refuse`."""

    def __init__(self, parent: QWidget, value: float, end: str) -> None:
        super().__init__(trimmed(value).replace("−", "-"), parent)
        name = tr("Lower end of the scale") if end == "low" else tr("Upper end of the scale")
        self._tip = tr("Type a number and press Return; Escape leaves it as it was")
        self.setAccessibleName(name)
        self.setToolTip(self._tip)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.textEdited.connect(lambda _: self._mark(""))

    def place(self, number: QRectF) -> None:
        """Open over the number, inside the parent."""
        self.ensurePolished()
        room = self.parentWidget().rect()
        width = min(72, room.width())
        tall = self.sizeHint().height()
        left = min(max(round(number.center().x() - width / 2), 0), room.width() - width)
        top = min(max(round(number.center().y() - tall / 2), 0), max(room.height() - tall, 0))
        self.setGeometry(left, top, width, tall)
        self.selectAll()
        self.show()
        self.setFocus()

    def done(self) -> None:
        """Close; the keys go to the parent again."""
        if self.isVisible():
            self.hide()
            self.parentWidget().setFocus()
            self.deleteLater()

    def refuse(self, why: str) -> None:
        """Stay open and mark what was typed as wrong."""
        self._mark(why)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the number or give it up."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            value = parsed(self.text())
            if value is None:
                self.refuse(tr("This is not a number"))
            else:
                self.taken.emit(value)
        elif event.key() == Qt.Key.Key_Escape:
            self.done()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Give it up, unless the window alone was left."""
        super().focusOutEvent(event)
        if event.reason() not in (
            Qt.FocusReason.ActiveWindowFocusReason,
            Qt.FocusReason.PopupFocusReason,
        ):
            self.hide()
            self.deleteLater()

    def _mark(self, why: str) -> None:
        self.setProperty("invalid", bool(why))
        self.setToolTip(why or self._tip)
        self.style().unpolish(self)
        self.style().polish(self)
