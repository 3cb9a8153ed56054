"""Gets what the attention view shows: from the recording, from the cache, by a replay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sdinspector.app.fetch import Fetched, Fetcher
from sdinspector.app.texts import tr
from sdinspector.app.viewer import Scene, Services
from sdinspector.core import InspectorError
from sdinspector.recording import Recording
from sdinspector.recording.attention import AttentionSums, Heard, tokens_of_call
from sdinspector.recording.attention_summary import PREFIX
from sdinspector.viewers.attention import paths
from sdinspector.viewers.attention.data import (
    AttentionView,
    Tiles,
    read_ahead,
    read_heads,
    read_layers,
    read_maps,
    read_picture,
)
from sdinspector.viewers.attention.looking import Looker
from sdinspector.viewers.attention.probes import Probes
from sdinspector.viewers.attention.store import Question, Store
from sdinspector.widgets.latest import Latest

#: How many steps are made ahead of the one that is shown.
AHEAD = 6


class Sources:
    """Asks for maps, small maps, matrix and picture, and keeps what came last.

    Parameters
    ----------
    services
        Of the viewer.
    on_change
        Called with what has come: ``"maps"``, ``"tiles"``, ``"heard"``, ``"picture"``.

    Attributes
    ----------
    view, heard, tiles, picture
        What came last.
    error
        Why there are no maps.
    tiles_error
        Why there are no small maps.
    single
        Branches of which the recording holds no attention, so that it is recovered step by step.
    """

    def __init__(self, services: Services, on_change: Callable[[str], None]) -> None:
        self._on_change = on_change
        self.store = Store()
        self.probes = Probes(services, self.store, lambda: on_change("probes"))
        self.looker = Looker(services, lambda _: on_change("tiles"), self._no_tiles)
        self._fetcher = Fetcher(services, "attention/replay")
        self._maps = Latest(services, "attention/maps")
        self._small = Latest(services, "attention/tiles")
        self._matrix = Latest(services, "attention/heard")
        self._below = Latest(services, "attention/picture")
        self._ahead = Latest(services, "attention/ahead")
        self._group: object = None
        self._scene = Scene()
        self._lost: Question | None = None
        self._settled = False  # what is wanted is shown; later answers only fill the store
        self._epoch = 0  # what was answered before counts no more
        self.begin(None)

    def begin(self, group: object) -> None:
        """Show another recording: let go of everything."""
        self._group = group
        self.view: AttentionView | None = None
        self.heard: Heard | None = None
        self.tiles: Tiles | None = None
        self.picture: NDArray[np.uint8] | None = None
        self.error: Exception | None = None
        self.tiles_error: Exception | None = None
        self.single: set[str] = set()
        self._lost = None
        self.looker.forget()
        self.probes.clear()
        self.store.clear()
        self._fetcher.cancel()

    def close(self) -> None:
        """Drop what is being read and asked; no answer comes any more."""
        for reader in (self._maps, self._small, self._matrix, self._below, self._ahead):
            reader.forget()
        self.store.wanted = ()
        self._fetcher.cancel()
        self.looker.forget()
        self.probes.clear()

    def forgive(self) -> None:
        """Try again what failed: another model is open."""
        self.probes.forgive()
        self.error, self.tiles_error, self._lost = None, None, None

    @property
    def summing(self) -> bool:
        """Whether maps are on their way."""
        return self._maps.pending

    # -- asking ----------------------------------------------------------------------------

    def ask(self, scene: Scene, question: Question, under: str) -> None:
        """Ask for the maps of a question, the matrix, and the picture below."""
        recording, call, pane = scene.recording, scene.call, scene.pane
        if recording is None or call is None or pane is None:
            return
        self._scene = scene
        self.store.wanted = (recording.id, question.span)
        ready = self.probes.ready(recording.id, question)
        known = self.store.view((recording.id, replace(question, probes=ready)))
        self._settled = known is not None
        if known is not None:  # made before, or ahead: no way through the pool
            if known is not self.view:
                self._epoch += 1
                self._show(known)
        else:
            self._ask_maps(recording, question, ready)
        self._ask_others(scene, question, under)

    def _ask_maps(self, recording: Recording, question: Question, ready: tuple[str, ...]) -> None:
        self._maps.ask(
            self._group,
            (question, ready, self._epoch),
            read_maps,
            self.store,
            recording,
            question,
            on_result=self._take,
            on_error=partial(self._failed, question),
        )

    def _ask_others(self, scene: Scene, question: Question, under: str) -> None:
        """Ask for the matrix, and for the picture below."""
        recording, call, pane = scene.recording, scene.call, scene.pane
        if recording is None or call is None or pane is None:
            return
        self._matrix.ask(
            (self._group, question.branch),
            scene.calls,
            self.store.heard,
            recording,
            question.branch,
            scene.calls,
            on_result=self._take_heard,
            on_error=lambda _: self._take_heard(None),
        )
        if under != "none":
            whole = under != "denoised" and pane.finished
            self._below.ask(
                self._group,
                "whole" if whole else (under, call),
                partial(read_picture, finished=pane.finished, what=under),
                recording,
                call,
                on_result=self._take_picture,
            )

    def ask_tiles(self, question: Question, key: str, mode: str, layer: str) -> None:
        """Ask for small maps: of heads or layers, or what the selected pixel looks at."""
        view, pane, call = self.view, self._scene.pane, self._scene.call
        if view is None or pane is None or call is None:
            return
        pixel = self._scene.selection.pixel
        if mode == "self" and pixel is not None:
            self.looker.look(pane, call, pixel, view.grids)
        if mode not in ("heads", "layers") or key not in view.keys:
            return
        text = key.removeprefix("probe:") if key.startswith("probe:") else ""
        columns = view.columns[view.keys.index(key)]
        self.tiles_error = None
        self._small.ask(
            self._group,
            (mode, layer if mode == "heads" else "", key, question.span, question.heads),
            partial(read_heads, layer=layer) if mode == "heads" else read_layers,
            self.store,
            pane.recording,
            question,
            columns,
            text,
            on_result=self._take_tiles,
            on_error=self._no_tiles,
        )

    # -- answers ---------------------------------------------------------------------------

    def _take(self, view: AttentionView | None) -> None:
        if view is None or self._settled:  # something else is wanted, or shown already
            return
        self._show(view)
        self._on_change("maps")

    def _show(self, view: AttentionView) -> None:
        before, self.view = self.view, view
        self.error, self._lost = None, None
        calls = view.question.calls
        if before is None or calls is None or len(calls) > 1:
            return
        if before.question == replace(view.question, calls=(calls[0] - 1,)):
            self._look_ahead(view.question, calls[0])

    def _look_ahead(self, question: Question, call: int) -> None:
        """Make the maps of the next steps: somebody goes on step by step, or plays."""
        pane = self._scene.pane
        if pane is None or self._maps.pending:
            return
        following = tuple(
            replace(question, calls=(number,))
            for number in range(call + 1, min(call + 1 + AHEAD, self._scene.calls))
        )
        if following and question.branch not in self.single and not question.probes:
            self._ahead.ask(
                self._group,
                following,
                read_ahead,
                self.store,
                pane.recording,
                following,
                on_result=lambda _: None,
                on_error=lambda _: None,  # the step itself tells when it is its turn
            )

    def _take_heard(self, heard: Heard | None) -> None:
        self.heard = heard
        self._on_change("heard")

    def _take_picture(self, picture: NDArray[np.uint8] | None) -> None:
        self.picture = picture
        self._on_change("picture")

    def _take_tiles(self, tiles: Tiles | None) -> None:
        if tiles is not None:
            self.tiles, self.tiles_error = tiles, None
            self._on_change("tiles")

    def _no_tiles(self, error: Exception) -> None:
        self.tiles_error = error
        self._on_change("tiles")

    # -- what was not captured -------------------------------------------------------------

    def _failed(self, question: Question, error: Exception) -> None:
        """Recover what was not captured by a replay, one step at a time; else say what is wrong."""
        pane = self._scene.pane
        if pane is None or getattr(error, "code", "") != "attention.not-captured":
            self._give_up(error)
            return
        layers = paths.known(self._scene)
        if not layers:
            self._give_up(
                InspectorError(
                    "attention.none",
                    tr(
                        "The denoiser of this recording has no cross-attention: the prompt does "
                        "not reach it through attention, so there is no map of a word."
                    ),
                )
            )
        elif question.calls is None or len(question.calls) > 1:
            self.single.add(question.branch)
            self._on_change("single")
        elif self._lost == question:
            if not self._fetcher.pending:
                self._give_up(self.error or error)
        else:
            self._recover(question, layers)

    def _recover(self, question: Question, layers: tuple[str, ...]) -> None:
        pane, calls = self._scene.pane, question.calls
        if pane is None or calls is None:
            return
        self._lost = question
        self.view = None
        self.error = InspectorError(
            "attention.recovering",
            tr(
                "Step {step} was recorded without attention; it is recovered by a replay …",
                step=pane.recording.step_of_call(calls[0]) + 1,
            ),
        )
        names = {path: PREFIX[question.branch] + path for path in layers}
        self._fetcher.fetch(
            pane,
            calls[0],
            tuple(names.values()),
            partial(self._recovered, question, names),
            self._give_up,
        )
        self._on_change("maps")

    def _recovered(self, question: Question, names: dict[str, str], found: Fetched) -> None:
        recording = self._scene.recording
        if recording is None or recording.id != found.recording_id:
            return
        maps = {
            path: np.asarray(found.arrays[name], dtype=np.float32) for path, name in names.items()
        }
        tokens = tokens_of_call(recording, found.call, question.branch)
        sums = AttentionSums(maps, (found.call,), tokens, question.branch)
        one = replace(question, calls=(found.call,))
        self.store.keep((recording.id, one.span), sums)
        self._on_change("recovered")

    def _give_up(self, error: Exception) -> None:
        if self._settled:
            return
        self._epoch += 1
        self.view, self.error = None, error
        self._on_change("maps")
