"""The one way that text reaches a person: translated, then filled with its facts."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication

CONTEXT = "sdinspector"


def tr(text: str, /, **facts: Any) -> str:
    """Return an English source text in the language of the window, ``{names}`` filled in.

    Parameters
    ----------
    text
        The English text, written out as a literal so that the extraction finds it.
    **facts
        Values for the names in braces.
    """
    translated = QCoreApplication.translate(CONTEXT, text)
    return translated.format(**facts) if facts else translated


def mark(text: str) -> str:
    """Return the text unchanged; it marks a literal that is translated later, where it is shown."""
    return text
