"""Makes a recording's summary call by call: attention summed, and where each word is heard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
_TOGETHER = 2**17  # values: layers are added up together as long as they have no more
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
    """What a summary keeps of one branch while it grows: ``maps`` are parts of ``blocks``."""

    maps: Maps = field(default_factory=dict)
    blocks: dict[tuple[str, ...], NDArray[np.float32]] = field(default_factory=dict)
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
                flat = np.concatenate([row[path] for row in rows for path in layers])
                result[name + ending] = flat.reshape(len(rows), len(layers), -1)
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
    for paths, values in _alike(found):
        means, peaks = _of_layers(values)
        heard.update(zip(paths, means, strict=True))
        peak.update(zip(paths, peaks, strict=True))
        state.counts.update((path, state.counts.get(path, 0) + 1) for path in paths)
        _sum_up(state, paths, values)
    state.heard.append(heard)
    state.peak.append(peak)


def _alike(
    found: Mapping[str, Array],
) -> Iterator[tuple[tuple[str, ...], NDArray[np.float32]]]:
    """Yield layers of one shape together, a few small ones or one large one at a time.

    On small models it is the number of calls of numpy that a summary costs.
    """
    groups: dict[tuple[int, ...], list[str]] = {}
    for path, array in found.items():
        groups.setdefault(array.shape, []).append(path)
    for paths in groups.values():
        several = max(1, _TOGETHER // max(1, found[paths[0]].size))
        for start in range(0, len(paths), several):
            some = tuple(paths[start : start + several])
            yield some, as_float32(np.stack([found[path] for path in some]))


def _sum_up(state: _Branch, paths: tuple[str, ...], values: NDArray[np.float32]) -> None:
    """Add ``[layers, heads, tokens + 1, h, w]``; ``values`` may be kept."""
    if paths in state.blocks:
        state.blocks[paths] += values
        return
    # The first time, or other layers than before: what there is of them moves into a new block.
    for others in [block for block in state.blocks if not set(block).isdisjoint(paths)]:
        del state.blocks[others]
    for path, part in zip(paths, values, strict=True):
        if path in state.maps:
            np.add(part, state.maps[path], out=part)
        state.maps[path] = part
    state.blocks[paths] = values


def _of_layers(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return mean over heads and pixels, and the largest mean over heads, of each column."""
    layers, heads, columns = values.shape[:3]
    by_head = np.add.reduce(values, axis=1).reshape(layers, columns, -1)
    by_head *= np.float32(1.0 / heads)
    mean = np.add.reduce(by_head, axis=2) / np.float32(by_head.shape[2])
    return mean, np.maximum.reduce(by_head, axis=2)
