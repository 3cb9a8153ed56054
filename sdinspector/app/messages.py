"""Errors as a person reads them: translated by their code, complete in one sentence or two."""

from __future__ import annotations

import errno
import logging
import traceback
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from sdinspector.app.texts import CONTEXT, tr
from sdinspector.core import Cancelled, InspectorError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Message:
    """What the message bar shows.

    Attributes
    ----------
    text
        What is wrong and what to do, in the window's language.
    details
        The traceback, behind a button; may be empty.
    severity
        ``"error"``, ``"warning"`` or ``"info"``.
    """

    text: str
    details: str = ""
    severity: str = "error"


def describe(error: BaseException, details: str = "") -> Message:
    """Return the message for an exception.

    An :class:`InspectorError` is looked up by its code in the translations and filled with its
    facts; without a translation its own English text is shown.
    """
    if not details and error.__traceback__ is not None:
        details = "".join(traceback.format_exception(error))
    if isinstance(error, InspectorError):
        return Message(_translated(error), details)
    if isinstance(error, Cancelled):
        return Message(tr("Stopped."), "", "info")
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        return Message(
            tr(
                "There is not enough memory for this. Use a smaller picture or a smaller model, "
                "or close other programs; what was recorded so far is kept."
            ),
            details,
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Message(
            tr("The disk is full. Make room, then try again; what was recorded so far is kept."),
            details,
        )
    if isinstance(error, PermissionError):
        return Message(
            tr("Not allowed to use {path}. Choose another folder.", path=error.filename), details
        )
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Message(tr("Something went wrong: {what}", what=what), details)


def _translated(error: InspectorError) -> str:
    # Translations are keyed by the code, so that the English text may be reworded freely.
    text = QCoreApplication.translate(CONTEXT, error.code)
    if text == error.code:
        return error.message
    facts = {key: _listed(value) for key, value in error.facts.items()}
    try:
        return text.format(**facts)
    except (KeyError, IndexError, ValueError, AttributeError):
        log.warning("The translation of %s does not fit its facts", error.code)
        return error.message


def _listed(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
