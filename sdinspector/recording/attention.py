"""Reads cross-attention from recordings: sums over calls, and when and where a word is heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sdinspector.core import Branch, Cancelled, InspectorError, ShouldStop, Token
from sdinspector.core.halves import as_float32
from sdinspector.recording import tensors
from sdinspector.recording.attention_summary import (
    ENDING,
    PREFIX,
    Maps,
    Summary,
    network_order,
)
from sdinspector.recording.attention_words import (
    columns_of_tokens,
    columns_of_word,
    find_word,
    words_of,
)
from sdinspector.recording.layout import SUMMARY, step_name
from sdinspector.recording.reader import Recording
from sdinspector.recording.tensors import Array

__all__ = [
    "AttentionSums",
    "Heard",
    "Summary",
    "attention_layers",
    "columns_of_tokens",
    "columns_of_word",
    "find_word",
    "heard",
    "network_order",
    "sum_calls",
    "summarise",
    "tokens_of_call",
    "words_of",
]


@dataclass(frozen=True)
class AttentionSums:
    """Attention summed over scheduler calls, every head and token kept.

    Attributes
    ----------
    maps
        Module path to ``[heads, tokens, h, w]`` float32: the probabilities of the calls added up.
        Those of a single call are float16, as they are stored, where that was asked for.
        Tokens are BOS, the prompt's, the first EOS, and in the last column all padding together;
        over tokens each pixel sums to the number of calls.
    calls
        Which calls were added, in order.
    tokens
        The tokens of the columns, padding left out: column ``i`` is ``tokens[i]``.
    branch
        Whose attention it is.
    """

    maps: Maps
    calls: tuple[int, ...]
    tokens: tuple[Token, ...]
    branch: Branch = "cond"

    @property
    def count(self) -> int:
        """Number of calls that were added."""
        return len(self.calls)

    @property
    def nonfinite(self) -> int:
        """Number of values that are infinite or not a number; they are kept as they are."""
        return sum(int(array.size - np.isfinite(array).sum()) for array in self.maps.values())


@dataclass(frozen=True)
class Heard:
    """When and where each token is heard: a number for each call, layer and column.

    Attributes
    ----------
    matrix
        ``[calls, layers, tokens + 1]`` float32: the probability's mean over heads and pixels.
        The columns of one call and layer sum to 1; the last is all padding.
    peak
        ``[calls, layers, tokens + 1]`` float32: over pixels, the largest mean over heads; it is
        high where a token is heard in one place, also if that place is small.
    layers
        Module path of each layer, in the order of the network.
    calls
        The call of each row.
    tokens
        The token of each column but the last.
    """

    matrix: NDArray[np.float32]
    peak: NDArray[np.float32]
    layers: tuple[str, ...]
    calls: tuple[int, ...]
    tokens: tuple[Token, ...]

    def of(self, columns: Sequence[int], *, peak: bool = False) -> NDArray[np.float32]:
        """Return the matrix ``[layers, calls]`` of a word: the mean over its columns."""
        source = self.peak if peak else self.matrix
        mean: NDArray[np.float32] = source[:, :, list(columns)].mean(axis=2, dtype=np.float32)
        return np.ascontiguousarray(mean.T)


# Which layers there are.


def attention_layers(
    recording: Recording, call: int = 0, branch: Branch = "cond"
) -> tuple[str, ...]:
    """Return the paths of the cross-attentions that a call holds, in the order of the network.

    Empty where no attention was captured or the call is not there yet.
    """
    if not 0 <= call < recording.calls:
        return ()
    prefix = PREFIX[branch]
    names = recording.call(call).names
    found = (name.removeprefix(prefix) for name in names if name.startswith(prefix))
    return tuple(sorted(found, key=network_order))


def tokens_of_call(
    recording: Recording, call: int = 0, branch: Branch = "cond"
) -> tuple[Token, ...]:
    """Return the tokens, padding left out, that the columns of a call's attention stand for.

    An edit can change the prompt in the midst of a run, and with it what the columns mean.
    """
    name = _prompt_name(recording, call, branch)
    return columns_of_tokens(recording.tokens.get(name, ()))


def _prompt_name(recording: Recording, call: int, branch: Branch) -> str:
    if branch == "uncond":
        return "uncond"
    return str(recording.call(call).metadata.get("tokens", "cond"))


# Sums.


def sum_calls(
    recording: Recording,
    calls: Sequence[int] | None = None,
    layers: Sequence[str] | None = None,
    branch: Branch = "cond",
    should_stop: ShouldStop | None = None,
    *,
    known: AttentionSums | None = None,
    as_stored: bool = False,
) -> AttentionSums:
    """Add up the recorded attention of several scheduler calls, in float32.

    Parameters
    ----------
    recording
        Finished or still growing.
    calls
        Which calls; where left out, all that have the prompt of the first, for which the
        recording's summary is used if there is one.
    layers
        Paths of cross-attentions; where left out, all that were captured.
    branch
        ``"cond"``, or ``"uncond"`` where it was captured.
    should_stop
        Asked before each call is read.
    known
        An earlier result for the same recording; only calls that it lacks are read.
    as_stored
        Leave the maps of a single call as the file holds them: half the memory, and no time is
        spent on what is not looked at.

    Raises
    ------
    InspectorError
        ``attention.not-captured``, ``attention.mixed-prompts`` where the calls had different
        prompts, or what reading raises.
    Cancelled
        Where ``should_stop`` says so.
    """
    chosen = _calls(recording, calls, branch)
    found = attention_layers(recording, chosen[0], branch) if chosen else ()
    if not found:
        raise _not_captured(branch)
    wanted = tuple(layers) if layers is not None else found
    for path in wanted:
        if path not in found:
            raise _not_captured(branch, path, found)
    tokens = tokens_of_call(recording, chosen[0], branch)
    maps = _from_summary(recording, chosen, wanted, branch) if calls is None else None
    if maps is None:
        single = as_stored and len(chosen) == 1
        maps = _add_up(
            recording, chosen, wanted, branch, should_stop, known=known, widen=not single
        )
    return AttentionSums(maps=maps, calls=chosen, tokens=tokens, branch=branch)


def _calls(recording: Recording, calls: Sequence[int] | None, branch: Branch) -> tuple[int, ...]:
    """Return the calls to read: those asked for, or all that have the first one's prompt."""
    if calls is not None:
        chosen = tuple(dict.fromkeys(recording.call(call).index for call in calls))
        if len({_prompt_name(recording, call, branch) for call in chosen}) > 1:
            raise InspectorError(
                "attention.mixed-prompts",
                "The prompt was changed between these steps, so that the columns of their "
                "attention mean different words. Choose steps with one prompt.",
                calls=list(chosen),
            )
        return chosen
    every = range(recording.calls)
    # Only an edit changes the prompt; without one no file needs to be opened for this.
    if branch == "uncond" or not any(name.startswith("cond@") for name in recording.tokens):
        return tuple(every)
    first = _prompt_name(recording, 0, branch) if recording.calls else ""
    return tuple(call for call in every if _prompt_name(recording, call, branch) == first)


def _from_summary(
    recording: Recording, calls: tuple[int, ...], layers: tuple[str, ...], branch: Branch
) -> Maps | None:
    """Return the stored sums, or ``None`` where they are not there or not of just these calls."""
    path = recording.file(SUMMARY)
    if not path.exists():
        return None
    ending = ENDING[branch]
    names = {layer: f"sum{ending}/{layer}" for layer in layers}
    try:
        shapes = tensors.header(path).shapes
        if f"calls{ending}" not in shapes or any(name not in shapes for name in names.values()):
            return None
        stored = tensors.load_some(path, [f"calls{ending}", *names.values()])
    except InspectorError:  # a damaged summary is no loss: it is derived from the calls
        return None
    if stored[f"calls{ending}"].tolist() != list(calls):
        return None
    return {layer: stored[name].astype(np.float32, copy=False) for layer, name in names.items()}


def _add_up(
    recording: Recording,
    calls: tuple[int, ...],
    layers: tuple[str, ...],
    branch: Branch,
    should_stop: ShouldStop | None,
    *,
    known: AttentionSums | None,
    widen: bool,
) -> Maps:
    maps: Maps = {}
    rest = calls
    if known is not None and _begins(known, calls, layers, branch):
        maps = {layer: as_float32(known.maps[layer], copy=True) for layer in layers}
        rest = tuple(call for call in calls if call not in set(known.calls))
    names = {layer: PREFIX[branch] + layer for layer in layers}
    for call in rest:
        if should_stop is not None and should_stop():
            raise Cancelled
        held = recording.call(call).shapes
        for layer, name in names.items():
            if name not in held:
                raise _not_captured(branch, layer, attention_layers(recording, call, branch), call)
        arrays = tensors.load_some(recording.file(step_name(call)), tuple(names.values()))
        for layer, name in names.items():
            if layer in maps:
                maps[layer] += as_float32(arrays[name])
            else:
                maps[layer] = as_float32(arrays[name]) if widen else arrays[name]
    return maps


def _begins(
    known: AttentionSums, calls: tuple[int, ...], layers: tuple[str, ...], branch: Branch
) -> bool:
    return (
        known.branch == branch
        and set(known.calls) <= set(calls)
        and all(layer in known.maps for layer in layers)
    )


def _not_captured(
    branch: Branch, layer: str = "", there: Sequence[str] = (), call: int | None = None
) -> InspectorError:
    if not there:
        which = "of the unconditional branch " if branch == "uncond" else ""
        return InspectorError(
            "attention.not-captured",
            f"This recording holds no cross-attention {which}at these steps. Open the model that "
            "made it, so that it can be recovered by replay, or record again with attention.",
            branch=branch,
        )
    where = "" if call is None else f" at call {call}"
    return InspectorError(
        "attention.not-captured",
        f"This recording holds no cross-attention of {layer}{where}. It holds: {', '.join(there)}.",
        layer=layer,
        layers=list(there),
        branch=branch,
    )


# Where each word is heard.


def summarise(recording: Recording, should_stop: ShouldStop | None = None) -> dict[str, Array]:
    """Make the summary of a recording anew from its calls; see :meth:`Summary.arrays`.

    Raises
    ------
    Cancelled
        Where ``should_stop``, asked before each call, says so.
    InspectorError
        What reading raises.
    """
    summary = Summary()
    prefixes = tuple(PREFIX.values())
    for index in range(recording.calls):
        if should_stop is not None and should_stop():
            raise Cancelled
        call = recording.call(index)
        names = tuple(name for name in call.names if name.startswith(prefixes))
        arrays = tensors.load_some(recording.file(step_name(index)), names)
        summary.add(index, arrays, str(call.metadata.get("tokens", "cond")))
    return summary.arrays()


def heard(
    recording: Recording, branch: Branch = "cond", should_stop: ShouldStop | None = None
) -> Heard:
    """Return when and where each token of the prompt is heard.

    Read from the recording's summary where it is there and covers every call; worked out from the
    calls otherwise.

    Raises
    ------
    InspectorError
        ``attention.not-captured``, or what reading raises.
    Cancelled
        Where ``should_stop`` says so.
    """
    ending = ENDING[branch]
    stored = _stored_matrices(recording, branch) or summarise(recording, should_stop)
    if f"heard{ending}" not in stored:
        raise _not_captured(branch)
    start = f"sum{ending}/"
    layers = sorted(
        (name.removeprefix(start) for name in stored if name.startswith(start)), key=network_order
    )
    calls = tuple(int(call) for call in stored[f"calls{ending}"])
    return Heard(
        matrix=np.asarray(stored[f"heard{ending}"], dtype=np.float32),
        peak=np.asarray(stored[f"peak{ending}"], dtype=np.float32),
        layers=tuple(layers),
        calls=calls,
        tokens=tokens_of_call(recording, calls[0], branch),
    )


def _stored_matrices(recording: Recording, branch: Branch) -> dict[str, Array] | None:
    """Return the small arrays of a summary that covers all calls, and empty ones for its sums."""
    path = recording.file(SUMMARY)
    ending = ENDING[branch]
    wanted = [f"heard{ending}", f"peak{ending}", f"calls{ending}"]
    if not path.exists():
        return None
    try:
        shapes = tensors.header(path).shapes
        if any(name not in shapes for name in wanted):
            return None
        stored = tensors.load_some(path, wanted)
    except InspectorError:
        return None
    if tuple(stored[f"calls{ending}"].tolist()) != _calls(recording, None, branch):
        return None
    names = (name for name in shapes if name.startswith(f"sum{ending}/"))
    return stored | {name: np.empty(0, dtype=np.float32) for name in names}
