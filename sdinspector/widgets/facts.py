"""Names and values in sections, to read and to copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from sdinspector.widgets import look


@dataclass(frozen=True)
class Section:
    """A title and what stands below it: (name, value, or (name, value, tooltip))."""

    title: str
    facts: tuple[tuple[str, ...], ...]


class FactSheet(QWidget):
    """Sections of facts; the values can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sections: tuple[Section, ...] = ()
        self._values: dict[tuple[str, str], QLabel] = {}
        self._sheet: QWidget | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addStretch(1)

    def set_sections(self, sections: Sequence[Section]) -> None:
        """Show facts; where only values change nothing is built anew."""
        sections = tuple(section for section in sections if section.facts)
        if sections == self._sections:
            return
        if _names(sections) != _names(self._sections):
            self._rebuild(sections)
        self._sections = sections
        for section in sections:
            for name, value, *tip in section.facts:
                label = self._values[section.title, name]
                if label.text() == value:
                    continue
                label.setText(value)
                label.setToolTip(tip[0] if tip else value)
                label.setAccessibleName(f"{name}: {value}")

    def value(self, title: str, name: str) -> str:
        """Return the value that is shown under a title and a name."""
        return self._values[title, name].text()

    def _rebuild(self, sections: tuple[Section, ...]) -> None:
        self._values.clear()
        if self._sheet is not None:
            self._box.removeWidget(self._sheet)
            self._sheet.hide()
            self._sheet.deleteLater()
        sheet = self._sheet = QWidget(self)
        grid = QGridLayout(sheet)  # one for all sections, so that their columns align
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3 * look.GAP)
        grid.setVerticalSpacing(look.GAP)
        grid.setColumnStretch(1, 1)
        row = 0
        for section in sections:
            if row:
                grid.setRowMinimumHeight(row, 2 * look.GAP)
                row += 1
            title = QLabel(section.title, sheet)
            title.setFont(look.scaled(self.font(), 1.0, bold=True))
            grid.addWidget(title, row, 0, 1, 2)
            row += 1
            for name, *_ in section.facts:
                label, value = self._line(name, sheet)
                grid.addWidget(label, row, 0)
                grid.addWidget(value, row, 1)
                self._values[section.title, name] = value
                row += 1
        self._box.insertWidget(0, sheet)

    def _line(self, name: str, parent: QWidget) -> tuple[QLabel, QLabel]:
        label = QLabel(name, parent)
        label.setProperty("role", "muted")
        label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        value = QLabel(parent)
        value.setTextFormat(Qt.TextFormat.PlainText)
        value.setWordWrap(True)
        value.setMinimumWidth(60)
        value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label, value


def _names(sections: tuple[Section, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(item.title, tuple(fact[0] for fact in item.facts)) for item in sections]
