"""A small painted table of numbers, quick enough to change with every frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets import look


@dataclass(frozen=True)
class Row:
    """One line: its name, its values as text, the series whose colour marks it."""

    name: str
    values: tuple[str, ...]
    series: int | None = None


class ValueTable(QWidget):
    """Rows of numbers under column titles, right-aligned, with a colour mark in front."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[str, ...] = ()
        self._rows: tuple[Row, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name or tr("Values"))
        self.setToolTip(name or tr("Values"))

    def set_rows(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Show a table."""
        taller = len(rows) != len(self._rows)
        self._columns, self._rows = tuple(columns), tuple(rows)
        lines = [
            ", ".join(f"{title} {value}" for title, value in zip(columns, row.values, strict=False))
            for row in rows
        ]
        self.setAccessibleDescription(
            "; ".join(f"{row.name}: {line}" for row, line in zip(rows, lines, strict=True))
        )
        if taller:
            self.updateGeometry()
        self.update()

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown."""
        return self._rows

    def sizeHint(self) -> QSize:
        """Return a line for the titles and one for each row."""
        height = self._line() * (len(self._rows) + 1)
        return QSize(240, height)

    def minimumSizeHint(self) -> QSize:
        """Return the same height in less width."""
        return QSize(140, self.sizeHint().height())

    def _small(self) -> QFont:
        return look.scaled(self.font(), 0.88)

    def _line(self) -> int:
        return QFontMetrics(self._small()).height() + 3

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint titles, rule and rows."""
        if not self._columns:
            return
        tone = look.tones(self.palette())
        painter = QPainter(self)
        font = self._small()
        painter.setFont(font)
        metrics = QFontMetrics(font)
        line = self._line()
        first = max((metrics.horizontalAdvance(row.name) for row in self._rows), default=0) + 18
        width = max((self.width() - first) / len(self._columns), 1.0)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(tone.muted)
        for number, title in enumerate(self._columns):
            box = QRectF(first + number * width, 0, width, line)
            painter.drawText(box, right, title)
        painter.setPen(QPen(tone.line, 1))
        painter.drawLine(0, line - 1, self.width(), line - 1)
        for place, row in enumerate(self._rows):
            top = (place + 1) * line
            if row.series is not None:
                mark = QRectF(0, top + line / 2 - 4, 8, 8)
                painter.fillRect(mark, look.series_colour(row.series, tone.dark))
            painter.setPen(tone.text)
            painter.drawText(QRectF(14, top, first - 14, line), left, row.name)
            for number, value in enumerate(row.values):
                box = QRectF(first + number * width, top, width, line)
                painter.drawText(box, right, value)
