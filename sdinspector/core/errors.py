"""The one exception type that reaches a person."""

from __future__ import annotations

from typing import Any


class InspectorError(Exception):
    """Something went wrong that a person can understand and act on.

    The text is English and complete in itself: it says what is the matter and what to do next.
    The command line prints it; the window looks up a translation by ``code`` and fills it with
    ``facts``.

    Parameters
    ----------
    code
        A stable, dotted name of the kind of error, for example ``"model.folder-missing"``.
    message
        One or two English sentences: what is wrong and what to do about it.
    **facts
        The values that the message mentions (paths, numbers, names), so that a translation can
        mention them too.
    """

    def __init__(self, code: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would call the class with the message alone.
        return _rebuild, (self.code, self.message, self.facts)


class Cancelled(Exception):
    """Work was stopped because somebody asked for it; never shown as an error."""


def _rebuild(code: str, message: str, facts: dict[str, Any]) -> InspectorError:
    return InspectorError(code, message, **facts)
