"""Makes the views of the steps that come next, so that playing has nothing to do but paint."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeAlias

from sdinspector.app.fetch import Fetched
from sdinspector.app.viewer import Scene, Services
from sdinspector.recording import Recording
from sdinspector.viewers.activations.data import View, Wish, array_name, prepare
from sdinspector.widgets.latest import Latest

MakeWish: TypeAlias = Callable[[str, int], Wish]
#: How many steps are made ahead of the one that is shown, and how many bytes of them are kept.
AHEAD = 6
ROOM = 128 * 2**20


class Ahead:
    """Views of recorded steps that nobody has asked for yet.

    One is made after the other, in the reader pool; all else is done on the GUI thread.

    Parameters
    ----------
    services
        Of the viewer.
    slot
        ``"<viewer id>/<purpose>"``, used by nothing else.
    """

    def __init__(self, services: Services, slot: str) -> None:
        self._worker = Latest(services, slot)
        self._views: OrderedDict[Hashable, View] = OrderedDict()
        self._wanted: list[tuple[Hashable, Recording, Wish]] = []
        self._making: Hashable = None
        self._waiting: Callable[[View | None], None] | None = None

    def get(self, group: Hashable, wish: Wish) -> View | None:
        """Return what a wish leads to, if it has been made."""
        return self._views.get((group, wish))

    def wait(self, group: Hashable, wish: Wish, on_view: Callable[[View | None], None]) -> bool:
        """Return whether a view is being made just now, so that it need not be made twice.

        ``on_view`` gets it, or ``None`` where it could not be made.
        """
        self._waiting = on_view if self._making == (group, wish) else None
        return self._waiting is not None

    def follow(
        self, group: Hashable, scene: Scene, view: View, before: View | None, wish: MakeWish
    ) -> None:
        """Begin to make the next steps' views where somebody goes on step by step, or plays.

        Parameters
        ----------
        group
            What the views belong to.
        scene, view, before
            What is shown now, and what was shown before.
        wish
            Returns what to show of a module at a call.
        """
        call, layer, recording = view.wish.call, view.wish.layer, scene.recording
        forward = before is not None and (before.wish.layer, before.wish.call) == (layer, call - 1)
        if not forward or recording is None or view.fetched.origin != "recorded":
            return
        following = range(call + 1, min(call + 1 + AHEAD, scene.calls))
        self._wanted = [(group, recording, wish(layer, number)) for number in following]
        self._make_next()

    def forget(self) -> None:
        """Let go of everything."""
        self._wanted = []
        self._making, self._waiting = None, None
        self._worker.forget()
        self._views.clear()

    def _make_next(self) -> None:
        while self._making is None and self._wanted:
            group, recording, wish = self._wanted.pop(0)
            if (group, wish) not in self._views:
                self._making = (group, wish)
                self._worker.ask(
                    group,
                    wish,
                    _make,
                    recording,
                    wish,
                    on_result=self._made,
                    on_error=lambda _: self._made(None),  # the step itself tells at its turn
                )

    def _made(self, view: View | None) -> None:
        key, waiting = self._making, self._waiting
        self._making, self._waiting = None, None
        if view is None:
            self._wanted = []
        else:
            self._views[key] = view
            held = sum(kept.values.nbytes for kept in self._views.values())
            while held > ROOM and len(self._views) > 1:
                held -= self._views.popitem(last=False)[1].values.nbytes
        if waiting is not None:
            waiting(view)
        self._make_next()


def _make(recording: Recording, wish: Wish) -> View | None:
    """Return the view of a step that is recorded; called in the reader pool."""
    name = array_name(wish.layer)
    if name not in recording.call(wish.call).shapes:
        return None
    array = recording.array(wish.call, name)
    fetched = Fetched(recording.id, wish.call, {name: array}, "recorded", "exact", 0.0)
    return prepare(recording, fetched, wish)
