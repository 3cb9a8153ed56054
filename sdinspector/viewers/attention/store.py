"""What maps are asked for, and the sums over steps they are made of, kept between two looks."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from sdinspector.core import Branch
from sdinspector.recording import Recording
from sdinspector.recording.attention import (
    AttentionSums,
    Heard,
    heard,
    sum_calls,
    tokens_of_call,
)
from sdinspector.recording.attention_summary import ENDING, PREFIX, Summary, network_order

#: Sums over steps that are kept; each is as large as a step's attention, or twice that.
_KEPT = 6
#: Maps of all words that are kept, so that a second look and playing cost nothing but painting.
_VIEW_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Question:
    """Which maps are asked for.

    Attributes
    ----------
    calls
        The scheduler calls that are added up; ``None`` for all there are.
    upto
        How many calls there are.
    recipe
        One of ``heatmaps.RECIPES``.
    layers
        Paths of chosen layers; empty for those that the recipe takes.
    heads
        Chosen heads; empty for all.
    branch
        Whose attention.
    probes
        Texts that are not of the prompt and have been worked out.
    """

    calls: tuple[int, ...] | None
    upto: int
    recipe: str = "daam"
    layers: tuple[str, ...] = ()
    heads: tuple[int, ...] = ()
    branch: Branch = "cond"
    probes: tuple[str, ...] = ()

    @property
    def span(self) -> Hashable:
        """What was added up, as a key."""
        return (self.branch, ("all", self.upto) if self.calls is None else self.calls)


class Store:
    """Keeps what was read last: sums of steps, the summary of a run that grows.

    Used by the threads of the reader pool; one at a time works out what is not there.
    """

    def __init__(self) -> None:
        self._guard = threading.RLock()
        #: Held while maps are made: a step that is made ahead is waited for, not made twice.
        self.making = threading.Lock()
        self._view_guard = threading.Lock()  # held for moments only: the window looks in here
        self._sums: OrderedDict[Hashable, AttentionSums] = OrderedDict()
        self._heard: tuple[Hashable, Heard] | None = None
        self._growing: tuple[str, Summary, int] | None = None
        self._views: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._view_bytes = 0
        self.wanted: Hashable = None

    def sums(self, recording: Recording, question: Question) -> AttentionSums:
        """Return the sums over the question's calls.

        Raises
        ------
        Cancelled
            Where another span is wanted by now.
        """
        span = question.span
        key = (recording.id, span)
        with self._guard:
            found = self._sums.get(key)
            if found is not None:
                self._sums.move_to_end(key)
                return found

            def stop() -> bool:
                return self.wanted is not None and self.wanted != key

            found = sum_calls(
                recording,
                question.calls,
                None,
                question.branch,
                stop,
                known=self._known(recording, question),
                as_stored=True,
            )
            self.keep(key, found)
            return found

    def keep(self, key: Hashable, sums: AttentionSums) -> None:
        """Put sums in that came another way: a replay, a probe."""
        with self._guard:
            self._sums[key] = sums
            while len(self._sums) > _KEPT:
                self._sums.popitem(last=False)

    def get(self, key: Hashable) -> AttentionSums | None:
        """Return sums that were put in."""
        with self._guard:
            return self._sums.get(key)

    def view(self, key: Hashable) -> Any | None:
        """Return maps that were made before, or ``None``."""
        with self._view_guard:
            found = self._views.get(key)
            if found is None:
                return None
            self._views.move_to_end(key)
            return found[0]

    def keep_view(self, key: Hashable, view: Any, size: int) -> None:
        """Keep maps of ``size`` bytes; those not looked at for longest go first."""
        with self._view_guard:
            if key not in self._views:
                self._views[key] = (view, size)
                self._view_bytes += size
            while self._view_bytes > _VIEW_BYTES and len(self._views) > 1:
                self._view_bytes -= self._views.popitem(last=False)[1][1]

    def heard(self, recording: Recording, branch: Branch, upto: int) -> Heard:
        """Return where and when each word is heard."""
        key = (recording.id, branch, upto)
        with self._guard:
            if self._heard is None or self._heard[0] != key:
                running = recording.status == "running"
                found = (
                    self._grown(recording, branch, upto) if running else heard(recording, branch)
                )
                self._heard = (key, found)
            return self._heard[1]

    def _grown(self, recording: Recording, branch: Branch, upto: int) -> Heard:
        """Return the same of a run that grows: only the calls that came since are read."""
        if self._growing is None or self._growing[0] != recording.id:
            self._growing = (recording.id, Summary(), 0)
        name, summary, done = self._growing
        prefixes = tuple(PREFIX.values())
        for number in range(done, upto):
            call = recording.call(number)
            names = [item for item in call.names if item.startswith(prefixes)]
            arrays = {item: recording.array(number, item) for item in names}
            summary.add(number, arrays, str(call.metadata.get("tokens", "cond")))
        self._growing = (name, summary, max(done, upto))
        arrays, ending = summary.arrays(), ENDING[branch]
        if f"heard{ending}" not in arrays:
            return heard(recording, branch)  # tells that there is none
        start = f"sum{ending}/"
        layers = [item.removeprefix(start) for item in arrays if item.startswith(start)]
        calls = tuple(int(call) for call in arrays[f"calls{ending}"])
        return Heard(
            matrix=arrays[f"heard{ending}"],
            peak=arrays[f"peak{ending}"],
            layers=tuple(sorted(layers, key=network_order)),
            calls=calls,
            tokens=tokens_of_call(recording, calls[0], branch),
        )

    def clear(self) -> None:
        """Let go of everything."""
        with self._view_guard:
            self._views.clear()
            self._view_bytes = 0
        with self._guard:
            self._sums.clear()
            self._heard = None
            self._growing = None

    def _known(self, recording: Recording, question: Question) -> AttentionSums | None:
        """Return the longest sum that the question's begins with."""
        if question.calls is not None and len(question.calls) < 3:
            return None
        wanted = range(question.upto) if question.calls is None else question.calls
        best: AttentionSums | None = None
        for key, sums in self._sums.items():  # what a probe gave has a longer key
            same = isinstance(key, tuple) and len(key) == 2 and key[0] == recording.id
            if same and sums.branch == question.branch and set(sums.calls) <= set(wanted):
                best = sums if best is None or sums.count > best.count else best
        return best


def probe_key(recording: str, text: str, question: Question) -> Hashable:
    """Return under which key the store holds what a probe gave."""
    return (recording, "probe", text, question.span)
