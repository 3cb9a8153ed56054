"""Makes the views of the steps that come next, so that playing has nothing to do but paint."""

from __future__ import annotations

import threading
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

    Parameters
    ----------
    services
        Of the viewer.
    slot
        ``"<viewer id>/<purpose>"``, used by nothing else.
    """

    def __init__(self, services: Services, slot: str) -> None:
        self._worker = Latest(services, slot)
        self._guard = threading.Lock()
        self._views: OrderedDict[Hashable, View] = OrderedDict()
        self._wanted: tuple[Hashable, tuple[Wish, ...]] = (None, ())

    def get(self, group: Hashable, wish: Wish) -> View | None:
        """Return what a wish leads to, if it has been made."""
        with self._guard:
            return self._views.get((group, wish))

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
        self._wanted = (group, tuple(wish(layer, number) for number in following))
        if following:
            self._worker.ask(
                group,
                self._wanted,
                self._work,
                group,
                recording,
                on_result=lambda _: None,
                on_error=lambda _: None,  # the step itself tells when it is its turn
            )

    def forget(self) -> None:
        """Let go of everything."""
        self._wanted = (None, ())
        self._worker.forget()
        with self._guard:
            self._views.clear()

    def _work(self, group: Hashable, recording: Recording) -> None:
        """Make what is wanted at any time; called in the reader pool."""
        while True:
            wanted, wishes = self._wanted
            if wanted != group:
                return
            with self._guard:
                missing = [wish for wish in wishes if (group, wish) not in self._views]
            if not missing or not self._add(group, recording, missing[0]):
                return

    def _add(self, group: Hashable, recording: Recording, wish: Wish) -> bool:
        name = array_name(wish.layer)
        if name not in recording.call(wish.call).shapes:
            return False
        array = recording.array(wish.call, name)
        fetched = Fetched(recording.id, wish.call, {name: array}, "recorded", "exact", 0.0)
        view = prepare(recording, fetched, wish)
        with self._guard:
            self._views[group, wish] = view
            held = sum(kept.values.nbytes for kept in self._views.values())
            while held > ROOM and len(self._views) > 1:
                held -= self._views.popitem(last=False)[1].values.nbytes
        return held <= ROOM
