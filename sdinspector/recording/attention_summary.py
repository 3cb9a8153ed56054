"""Makes a recording's summary call by call: attention summed, and where each word is heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.core.halves import as_float32
from sdinspector.recording.tensors import Array

Maps = dict[str, NDArray[np.float32]]

PREFIX: Mapping[str, str] = {"cond": "cross_attention/", "uncond": "cross_attention_uncond/"}
"""How step files name the attention of each branch."""
ENDING: Mapping[str, str] = {"cond": "", "uncond": "_uncond"}
"""How a summary names the same: ``sum/<path>`` and ``sum_uncond/<path>``."""
_BLOCKS = {"down_blocks": 0, "mid_block": 1, "up_blocks": 2}


def network_order(path: str) -> tuple[Any, ...]:
    """Return a sort key that puts module paths in the order in which the data flows."""
    parts = path.split(".")
    return (
        _BLOCKS.get(parts[0], len(_BLOCKS)),
        [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts],
    )


@dataclass
class _Branch:
    """What a summary keeps of one branch while it grows."""

    maps: Maps = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    calls: list[int] = field(default_factory=list)
    heard: list[dict[str, NDArray[np.float32]]] = field(default_factory=list)
    peak: list[dict[str, NDArray[np.float32]]] = field(default_factory=list)
    prompt: str | None = None


class Summary:
    """Sums over calls and the word × layer × call matrix, made call by call in bounded memory.

    Memory is one float32 copy of a call's attention, and two short rows a layer and call.
    Calls whose prompt is not that of the first are left out: their columns mean other words.
    """

    def __init__(self) -> None:
        self._branches = {branch: _Branch() for branch in PREFIX}

    def add(self, call: int, arrays: Mapping[str, Array], prompt: str = "cond") -> None:
        """Take in one scheduler call.

        Parameters
        ----------
        call
            Its number.
        arrays
            The call's arrays by the names of step files; those that are no cross-attention are
            passed over.
        prompt
            Name of the conditional branch's tokens, as in the step's metadata.
        """
        for branch, prefix in PREFIX.items():
            found = {
                name.removeprefix(prefix): array
                for name, array in arrays.items()
                if name.startswith(prefix)
            }
            if found:
                _take(self._branches[branch], call, found, prompt if branch == "cond" else branch)

    def arrays(self) -> dict[str, Array]:
        """Return what a recording's summary holds; empty where no attention was captured.

        ``"sum/<path>"`` ``[heads, tokens + 1, h, w]`` float32, ``"heard"`` and ``"peak"``
        ``[calls, layers, tokens + 1]`` float32 with the layers in the order of the network, and
        ``"calls"`` ``[calls]`` int64; with ``_uncond`` the same of the other branch. Layers that
        were not captured at every call are left out.
        """
        result: dict[str, Array] = {}
        for branch, state in self._branches.items():
            layers = [path for path, count in state.counts.items() if count == len(state.calls)]
            if not layers:
                continue
            ending = ENDING[branch]
            layers.sort(key=network_order)
            for path in layers:
                result[f"sum{ending}/{path}"] = state.maps[path]
            for name, rows in (("heard", state.heard), ("peak", state.peak)):
                result[name + ending] = np.stack(
                    [np.stack([row[path] for path in layers]) for row in rows]
                )
            result[f"calls{ending}"] = np.array(state.calls, dtype=np.int64)
        return result


def _take(state: _Branch, call: int, found: Mapping[str, Array], prompt: str) -> None:
    if state.prompt is None:
        state.prompt = prompt
    if prompt != state.prompt:
        return
    state.calls.append(call)
    heard: dict[str, NDArray[np.float32]] = {}
    peak: dict[str, NDArray[np.float32]] = {}
    for path, array in found.items():
        values = as_float32(array, copy=True)
        heard[path], peak[path] = _of_layer(values)
        if path in state.maps:
            state.maps[path] += values
        else:
            state.maps[path] = values
        state.counts[path] = state.counts.get(path, 0) + 1
    state.heard.append(heard)
    state.peak.append(peak)


def _of_layer(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return mean over heads and pixels, and the largest mean over heads, of each column."""
    by_head = np.add.reduce(values, axis=0).reshape(values.shape[1], -1)
    by_head *= np.float32(1.0 / values.shape[0])
    mean = np.add.reduce(by_head, axis=1) / np.float32(by_head.shape[1])
    return mean, np.maximum.reduce(by_head, axis=1)
