"""Fields for numbers: text off the frame, and what people paste is taken: 1e6, 7,5, +3."""

from __future__ import annotations

import math
import re

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

from sdinspector.app import theme

_BEGUN = re.compile(r"[+-]?\d*[.,]?\d*(?:[eE][+-]?\d*)?")


def read_number(text: str) -> float | None:
    """Return the finite number that a text stands for, or ``None``."""
    try:
        value = float(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def inset(box: QAbstractSpinBox) -> None:
    """Keep a number box's text off its frame; a style sheet's padding does not reach it."""
    box.lineEdit().setTextMargins(theme.TIGHT, 0, theme.TIGHT, 0)


class WholeBox(QSpinBox):
    """A spin box for whole numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        inset(self)


class NumberBox(QDoubleSpinBox):
    """A spin box that does not swallow the letter of an exponent.

    Qt's own refuses the e of 1e6 and takes what was meant for a million as sixteen. A number
    outside the range becomes its nearer end; a text that is none leaves the value as it was.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        inset(self)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Say whether a text is a number, can become one, or cannot."""
        bare = text.strip()
        if not _BEGUN.fullmatch(bare.replace("−", "-")):
            return QValidator.State.Invalid, text, position
        value = read_number(bare)
        inside = value is not None and self.minimum() <= value <= self.maximum()
        state = QValidator.State.Acceptable if inside else QValidator.State.Intermediate
        return state, text, position

    def valueFromText(self, text: str) -> float:
        """Return the number of a text."""
        value = read_number(text)
        return self.value() if value is None else value

    def fixup(self, text: str) -> str:
        """Return what becomes of a text that will not do when the field is left."""
        value = read_number(text)
        kept = self.value() if value is None else min(max(value, self.minimum()), self.maximum())
        return self.textFromValue(kept)
