"""Reading for a viewer: one request on its way, and only the newest that came since waits."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from sdinspector.app.viewer import Services


@dataclass(frozen=True)
class _Wish:
    group: Hashable
    key: Hashable
    function: Callable[..., Any]
    args: tuple[Any, ...]
    on_result: Callable[[Any], None]
    on_error: Callable[[Exception], None] | None = None


class Latest:
    """Keeps a viewer's picture moving while a person drags.

    A slot of the reader pool drops the answer of every request but the newest, so that nothing
    would be shown while requests come faster than answers. Here the next request leaves when the
    one before has answered, and those in between are skipped.

    Parameters
    ----------
    services
        Of the viewer.
    slot
        ``"<viewer id>/<purpose>"``.
    """

    def __init__(self, services: Services, slot: str) -> None:
        self._services, self._slot = services, slot
        self._flying: _Wish | None = None
        self._waiting: _Wish | None = None
        self._group: Hashable = None
        self._shown: Hashable = None

    def ask(
        self,
        group: Hashable,
        key: Hashable,
        function: Callable[..., Any],
        *args: Any,
        on_result: Callable[[Any], None],
        on_error: Callable[[Exception], None] | None = None,
    ) -> None:
        """Call ``function(*args)`` in the reader pool and hand its answer over.

        Parameters
        ----------
        group
            What the answer belongs to (a recording, a generation). Once another group is asked
            for, answers of this one are dropped.
        key
            What is asked for within the group; what was answered last or is on its way already is
            not asked for again.
        on_error
            Told what went wrong, in place of the window's message bar.
        """
        if group != self._group:
            self._group, self._shown = group, None
        wish = _Wish(group, key, function, args, on_result, on_error)
        newest = self._waiting or self._flying
        if newest is not None and (newest.group, newest.key) == (group, key):
            return
        if newest is None and self._shown == key:
            return
        if self._flying is None:
            self._send(wish)
        else:
            self._waiting = wish

    def forget(self) -> None:
        """Drop what waits and what comes."""
        self._group, self._shown, self._waiting = None, None, None

    @property
    def pending(self) -> bool:
        """Whether an answer is on its way."""
        return self._flying is not None

    def _send(self, wish: _Wish) -> None:
        self._flying = wish
        self._services.read(
            self._slot,
            wish.function,
            *wish.args,
            on_result=lambda answer: self._answered(wish, answer),
            on_error=lambda error: self._failed(wish, error),
        )

    def _answered(self, wish: _Wish, answer: Any) -> None:
        self._next()
        if wish.group == self._group:
            self._shown = wish.key
            wish.on_result(answer)

    def _failed(self, wish: _Wish, error: Exception) -> None:
        self._next()
        if wish.group == self._group:
            (wish.on_error or self._services.report)(error)

    def _next(self) -> None:
        wish, self._flying, self._waiting = self._waiting, None, None
        if wish is not None and wish.group == self._group:
            self._send(wish)
