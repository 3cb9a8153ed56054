"""Values ranked as bars: which words made this pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets import look


@dataclass(frozen=True)
class Bar:
    """One bar: what it stands for, its name, its value; ``faint`` for what is no word."""

    key: str
    text: str
    value: float
    faint: bool = False


class RankBars(QWidget):
    """Bars, longest first, with names and numbers. A click chooses."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self._highest = 1.0
        self._current = ""
        self._hint = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Words ranked at the pixel"))
        self.setToolTip(tr("What the pixel under the cursor attends to; click a word to see it"))

    def set_bars(self, bars: Sequence[Bar], highest: float) -> None:
        """Show bars, ranked; ``highest`` is the value of a bar of full length."""
        ranked = sorted(bars, key=lambda bar: -_sortable(bar.value))
        now = (tuple(ranked), highest if highest > 0 else 1.0)
        if now == (self._bars, self._highest):
            return
        self._bars, self._highest = now
        self.setAccessibleDescription(
            ", ".join(f"{bar.text} {look.number(bar.value)}" for bar in ranked[:5])
        )
        self.update()

    def set_hint(self, hint: str) -> None:
        """Say what to do where there are no bars."""
        if hint != self._hint:
            self._hint = hint
            self.update()

    def set_current(self, key: str) -> None:
        """Highlight a bar; emits nothing."""
        if key != self._current:
            self._current = key
            self.update()

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The bars as they are ranked."""
        return self._bars

    def sizeHint(self) -> QSize:
        """Return room for eight bars."""
        return QSize(170, 8 * self._row())

    def minimumSizeHint(self) -> QSize:
        """Return room for three bars."""
        return QSize(110, 3 * self._row())

    def _row(self) -> int:
        return QFontMetrics(look.scaled(self.font(), 0.88)).height() + 3

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint names, bars, numbers."""
        tone = look.tones(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = look.scaled(self.font(), 0.88)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        row = self._row()
        if not self._bars:
            painter.setPen(tone.muted)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), flags, self._hint)
            return
        shown = self._shown()
        names = min(
            max(metrics.horizontalAdvance(bar.text) for bar in shown) + 6, int(self.width() * 0.42)
        )
        numbers = max(metrics.horizontalAdvance(look.number(bar.value)) for bar in shown) + 6
        reach = max(self.width() - names - numbers, 8)
        middle = Qt.AlignmentFlag.AlignVCenter
        for index, bar in enumerate(shown):
            top = index * row
            here = bar.key == self._current
            if here:
                painter.fillRect(QRectF(0, top, self.width(), row), tone.accent_soft)
            painter.setPen(tone.muted if bar.faint else tone.text)
            painter.setFont(look.scaled(self.font(), 0.88, bold=here))
            text = metrics.elidedText(bar.text, Qt.TextElideMode.ElideRight, names - 4)
            painter.drawText(
                QRectF(2, top, names - 4, row), middle | Qt.AlignmentFlag.AlignLeft, text
            )
            painter.setFont(font)
            share = min(max(_sortable(bar.value) / self._highest, 0.0), 1.0)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.mix(tone.muted, tone.ground, 0.45) if bar.faint else tone.accent)
            painter.drawRoundedRect(
                QRectF(names, top + 3, max(reach * share, 1.0), row - 6), 1.5, 1.5
            )
            painter.setPen(tone.muted)
            painter.drawText(
                QRectF(self.width() - numbers, top, numbers - 2, row),
                middle | Qt.AlignmentFlag.AlignRight,
                look.number(bar.value),
            )
        rest = len(self._bars) - len(shown)
        if rest:
            painter.setPen(tone.muted)
            place = QRectF(2, len(shown) * row, self.width() - 4, row)
            painter.drawText(
                place, middle | Qt.AlignmentFlag.AlignLeft, tr("and {count} more", count=rest)
            )
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tone.accent, 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _shown(self) -> tuple[Bar, ...]:
        room = max(self.height() // self._row(), 1)
        return self._bars if len(self._bars) <= room else self._bars[: max(room - 1, 1)]

    def bar_at(self, place: QPoint) -> Bar | None:
        """Return the bar at a place of the widget."""
        shown, index = self._shown(), place.y() // self._row()
        return shown[index] if 0 <= index < len(shown) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the word."""
        bar = self.bar_at(event.position().toPoint())
        if bar is not None:
            self.chosen.emit(bar.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next bar."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None or not self._bars:
            event.ignore()
            return
        keys = [bar.key for bar in self._bars]
        place = keys.index(self._current) + step if self._current in keys else 0
        self.chosen.emit(keys[min(max(place, 0), len(keys) - 1)])

    def event(self, event: QEvent) -> bool:
        """Say a bar's number in full."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            bar = self.bar_at(event.pos())
            if bar is not None:
                QToolTip.showText(event.globalPos(), f"{bar.text}: {bar.value:.6g}", self)
                return True
        return super().event(event)


def _sortable(value: float) -> float:
    return value if value == value else float("-inf")  # noqa: PLR0124  (NaN alone differs)
