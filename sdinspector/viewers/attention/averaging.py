"""Keeps the recordings that a person averages over, and gets their maps one after the other."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from sdinspector.app.messages import describe
from sdinspector.app.viewer import Scene, Services
from sdinspector.core import Cancelled
from sdinspector.core import paths as folders
from sdinspector.viewers.attention.average_dialog import AverageDialog
from sdinspector.viewers.attention.averages import (
    Asked,
    Averaged,
    Member,
    average,
    list_candidates,
    read_member,
    sought,
)
from sdinspector.viewers.attention.data import AttentionView
from sdinspector.viewers.attention.sources import Sources
from sdinspector.widgets.latest import Latest

#: Ways of asking (steps, layers, heads …) whose maps are kept.
_KEPT = 12


class Averaging:
    """Averages the word that is shown over recordings; one is read at a time, in the pool.

    Parameters
    ----------
    services, sources
        Of the viewer.
    on_change
        Called when a recording was read or the average is there.

    Attributes
    ----------
    paths
        The other recordings; empty where nothing is averaged.
    averaged
        What came last.
    """

    def __init__(self, services: Services, sources: Sources, on_change: Callable[[], None]) -> None:
        self._services, self._sources, self._on_change = services, sources, on_change
        self._reader = Latest(services, "attention/member")
        self._worker = Latest(services, "attention/average")
        self._members: OrderedDict[Asked, dict[Path, Member | tuple[str, str]]] = OrderedDict()
        self._asked: Asked | None = None
        self.paths: tuple[Path, ...] = ()
        self.averaged: Averaged | None = None

    # -- which recordings ------------------------------------------------------------------

    def choose(self, paths: tuple[Path, ...]) -> None:
        """Average over these and the one that is shown; over none ends it."""
        self.paths = paths
        if not paths:
            self.averaged, self._asked = None, None
            self._reader.forget()
            self._worker.forget()

    def clear(self) -> None:
        """Let go of everything: another recording is shown, or the window goes."""
        self.choose(())
        self._members.clear()

    def ask(self, scene: Scene, view: AttentionView, key: str, parent: QWidget) -> AverageDialog:
        """Open the list of recordings to choose from."""
        dialog = AverageDialog(view.label(key), self.paths, parent)
        recording, word = scene.recording, sought(view, key)
        if recording is not None and word is not None:
            self._services.read(
                "attention/candidates",
                list_candidates,
                folders.recordings(),
                recording.id,
                (word,),
                view.question.branch,
                on_result=dialog.show_candidates,
            )
        dialog.open()
        return dialog

    # -- getting the average ---------------------------------------------------------------

    def applies(self, view: AttentionView, key: str, second: str) -> bool:
        """Return whether what is shown is averaged: a word, or two, of the prompt."""
        words = [sought(view, word) for word in (key, second) if word]
        return bool(self.paths and words) and None not in words

    def need(
        self,
        scene: Scene,
        view: AttentionView,
        keys: tuple[str, str],
        under: str,
    ) -> None:
        """See to it that the average of a word, or of a difference, is made."""
        recording, picture, (key, second) = scene.recording, self._sources.picture, keys
        if recording is None or scene.call is None or not self.applies(view, key, second):
            return
        question, calls = view.question, view.question.calls
        self._asked = asked = Asked(
            recipe=question.recipe,
            layers=question.layers,
            heads=question.heads,
            branch=question.branch,
            timesteps=None if calls is None else tuple(recording.timestep(call) for call in calls),
            under=under if under in ("none", "denoised") else "picture",
            moment=recording.timestep(scene.call) if under == "denoised" else 0.0,
        )
        known = self._members.setdefault(asked, {})
        self._members.move_to_end(asked)
        while len(self._members) > _KEPT:
            self._members.popitem(last=False)
        group = (scene.generation, recording.id)
        missing = next((path for path in self.paths if path not in known), None)
        if missing is not None:
            self._reader.ask(
                group,
                (asked, missing),
                read_member,
                missing,
                asked,
                lambda: self._asked != asked,
                on_result=partial(self._take, asked, missing),
                on_error=partial(self._fail, asked, missing),
            )
            return
        self._worker.ask(
            group,
            (asked, self.paths, key, second, question, picture is None),
            average,
            view,
            key,
            second,
            None if under == "none" else picture,
            [known[path] for path in self.paths],
            on_result=self._done,
        )

    @property
    def progress(self) -> tuple[int, int] | None:
        """How many recordings of how many are read; ``None`` where all are."""
        if self._asked is None or not self.paths:
            return None
        known = self._members.get(self._asked, {})
        done = sum(path in known for path in self.paths)
        return None if done == len(self.paths) else (done, len(self.paths))

    def _take(self, asked: Asked, path: Path, member: Member) -> None:
        self._members.setdefault(asked, {})[path] = member
        self._on_change()

    def _fail(self, asked: Asked, path: Path, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            why = (path.name.removesuffix(".zip").removesuffix(".sdrec"), describe(error).text)
            self._members.setdefault(asked, {})[path] = why
        self._on_change()

    def _done(self, averaged: Averaged) -> None:
        if self.paths:
            self.averaged = averaged
            self._on_change()
