"""The one way by which a viewer gets arrays of a call: recorded, cached, or replayed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray

from sdinspector.app import replays
from sdinspector.app.jobs import ReplayJob
from sdinspector.app.readers import alive
from sdinspector.app.replays import Found
from sdinspector.app.viewer import JobHandle, OnError, Pane, Services
from sdinspector.core import InspectorError, Verdict, denoiser_path, verdict_of, worse

if TYPE_CHECKING:
    from sdinspector.recording import Recording


@dataclass(frozen=True)
class Fetched:
    """Arrays of one scheduler call, and where they come from.

    Attributes
    ----------
    recording_id, call
        What they belong to.
    arrays
        By name, as asked for; they may be read-only.
    origin
        ``"recorded"`` where all lie in the recording, ``"cached"`` where some were replayed
        earlier, ``"replayed"`` where some were replayed for this request.
    verdict
        ``"exact"`` where the replay's prediction was the recorded one to the last bit (and for
        what is recorded), ``"differs"``, or ``"unchecked"`` where nothing is recorded that could
        be compared with.
    difference
        Largest relative difference of the replayed prediction from the recorded one.
    """

    recording_id: str
    call: int
    arrays: dict[str, NDArray[Any]]
    origin: Literal["recorded", "cached", "replayed"]
    verdict: Verdict
    difference: float

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.arrays[_spelled(name)]


@dataclass(frozen=True)
class _Wish:
    recording: Recording
    call: int
    names: tuple[str, ...]
    on_result: Callable[[Fetched], None]
    on_error: OnError | None

    def resembles(self, other: _Wish) -> bool:
        """Return whether the two ask for the same, be it of another call."""
        return self.recording is other.recording and self.names == other.names


class Fetcher:
    """Gets arrays for one purpose of a viewer; the newest request wins.

    One request is on its way, and only the newest that came since waits. What is on its way is
    answered as long as the one that waits asks for the same arrays of another call, so that the
    view keeps moving while a person plays or drags; what belongs to another recording or layer is
    dropped, and its replay stopped.

    All of it is called, and calls back, on the GUI thread.

    Parameters
    ----------
    services
        Of the viewer.
    slot
        ``"<viewer id>/<purpose>"``, used by nothing else.
    """

    def __init__(self, services: Services, slot: str) -> None:
        self._services, self._slot = services, slot
        self._cache = replays.cache_of(services.settings)
        self._flying: _Wish | None = None
        self._waiting: _Wish | None = None
        self._job: JobHandle | None = None

    @property
    def pending(self) -> bool:
        """Whether an answer is on its way."""
        self._forget_ended()
        return self._flying is not None

    @property
    def replaying(self) -> bool:
        """Whether the answer waits for the model, which may take a while."""
        self._forget_ended()
        return self._job is not None

    def fetch(
        self,
        pane: Pane,
        call: int,
        names: Sequence[str],
        on_result: Callable[[Fetched], None],
        on_error: OnError | None = None,
    ) -> None:
        """Get arrays of a call: from the recording, else from the cache, else by a replay.

        Parameters
        ----------
        pane
            Shows the recording.
        call
            Number of the scheduler call.
        names
            ``"activation/mid_block.attentions.0"``, with or without ``unet.``; the answer spells
            them without, as step files do. See :func:`sdinspector.engine.replay` for all there
            are.
        on_result
            Gets a :class:`Fetched` with every array.
        on_error
            Gets what went wrong, in place of the window's message bar. ``fetch.no-model`` where
            something is not stored and no model is open; ``fetch.read-only``; ``replay.…``,
            ``recording.…``, ``memory.full``.
        """
        spelled = tuple(dict.fromkeys(_spelled(name) for name in names))
        wish = _Wish(pane.recording, call, spelled, on_result, on_error)
        self._forget_ended()
        if self._flying is None:
            self._send(wish)
        elif self._flying.resembles(wish):
            self._waiting = wish
        else:
            self.cancel()
            self._send(wish)

    def cancel(self) -> None:
        """Drop what is on its way and what waits; a viewer that closes calls this."""
        job, self._job, self._flying, self._waiting = self._job, None, None, None
        if job is not None:
            job.cancel()

    def _forget_ended(self) -> None:
        """Let go of a replay that was stopped or taken out by somebody else, without a word."""
        if self._job is not None and not self._job.active:
            self.cancel()

    def _send(self, wish: _Wish) -> None:
        self._flying = wish
        self._services.read(
            f"{self._slot}/stored",
            replays.look_up,
            wish.recording,
            self._cache,
            wish.call,
            wish.names,
            on_result=lambda found: self._looked_up(wish, found),
            on_error=lambda error: self._failed(wish, error),
        )

    def _looked_up(self, wish: _Wish, found: Found) -> None:
        if wish is not self._flying:
            return
        if not found.missing:
            origin: Literal["cached", "recorded"] = "cached" if found.cached else "recorded"
            self._answer(wish, found, origin)
            return
        if refusal := _refusal(self._services, wish.recording, found.missing):
            self._failed(wish, refusal)
            return
        if self._waiting is not None:  # not worth a call of the denoiser any more
            self._next()
            return
        job = ReplayJob(
            recording=wish.recording,
            call=wish.call,
            names=tuple(found.missing),
            cache=self._cache,
            slot=f"{self._slot}/replay",
        )
        self._job = self._services.submit(
            job,
            lambda replayed: self._replayed(wish, found, replayed),
            lambda error: self._failed(wish, error),
        )

    def _replayed(self, wish: _Wish, found: Found, replayed: Any) -> None:
        if wish is not self._flying:
            return
        found.arrays |= replayed.arrays
        found.difference = worse(found.difference, replayed.difference)
        self._answer(wish, found, "replayed")

    def _answer(
        self, wish: _Wish, found: Found, origin: Literal["recorded", "cached", "replayed"]
    ) -> None:
        self._next()
        if not alive(wish.on_result):
            return
        wish.on_result(
            Fetched(
                recording_id=wish.recording.id,
                call=wish.call,
                arrays={name: found.arrays[name] for name in wish.names},
                origin=origin,
                verdict=verdict_of(found.difference),
                difference=found.difference,
            )
        )

    def _failed(self, wish: _Wish, error: Exception) -> None:
        if wish is not self._flying:
            return
        self._next()
        (wish.on_error or self._services.report)(error)

    def _next(self) -> None:
        wish, self._flying, self._waiting, self._job = self._waiting, None, None, None
        if wish is not None:
            self._send(wish)


def _spelled(name: str) -> str:
    quantity, slash, path = name.partition("/")
    return f"{quantity}/{denoiser_path(path)}" if slash else name


def _refusal(
    services: Services, recording: Recording, missing: Sequence[str]
) -> InspectorError | None:
    """Return why a replay is out of the question, or ``None``."""
    if recording.read_only:
        return InspectorError(
            "fetch.read-only",
            f"{recording.path.name} has edits that this version does not know, so what it did not "
            "record cannot be worked out here.",
            name=recording.path.name,
        )
    if services.scene.model is not None:
        return None  # whether it is the right one, the replay itself finds out
    model = str(recording.model.get("name") or recording.model.get("source") or "that made it")
    return InspectorError(
        "fetch.no-model",
        f"{missing[0].replace('/', ' of ', 1)} is not in {recording.path.name}, and no model is "
        f"open to work it out. Open the model {model} to look inside.",
        what=missing[0],
        name=recording.path.name,
        model=model,
    )
