"""What the attention viewer works out in the reader pool: maps of words, heads and layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import heads, heatmaps, preview, ranking, resize
from sdinspector.app.texts import tr
from sdinspector.core import Cancelled, Token
from sdinspector.core.halves import as_float32
from sdinspector.export.recordings import about_call
from sdinspector.recording import Recording
from sdinspector.recording.attention import AttentionSums, sum_calls
from sdinspector.recording.attention_summary import network_order
from sdinspector.viewers.attention.store import Question, Store, probe_key

Map = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class AttentionView:
    """The maps of all words, ready to be shown.

    Attributes
    ----------
    question
        What they answer.
    tokens
        Of the columns, padding left out.
    keys, labels
        Of each map: ``"word:3"``, ``"bos"``, ``"probe:a dog"`` …, and as people read them.
    maps
        ``[n, h, w]`` at the latent's size.
    columns
        The tokens of each map; empty for a probe.
    count
        How many calls were added up.
    used
        The layers that the maps are made of.
    grids
        Height and width of each layer that is there, in the order of the network.
    heads
        Number of heads of each.
    not_finite
        Values of the attention that are NaN or infinite.
    about
        Settings of run and call, for an export.
    """

    question: Question
    tokens: tuple[Token, ...]
    keys: tuple[str, ...]
    labels: tuple[str, ...]
    maps: Map
    columns: tuple[tuple[int, ...], ...]
    count: int
    used: tuple[str, ...]
    grids: dict[str, tuple[int, int]]
    heads: dict[str, int]
    not_finite: int = 0
    about: dict[str, Any] = field(default_factory=dict)

    def of(self, key: str) -> Map | None:
        """Return the map ``[h, w]`` of a key, or ``None``."""
        if key not in self.keys:
            return None
        found: Map = self.maps[self.keys.index(key)]
        return found

    def label(self, key: str) -> str:
        """Return the text of a key."""
        return self.labels[self.keys.index(key)] if key in self.keys else key


@dataclass(frozen=True, eq=False)
class Tiles:
    """Maps of one word apart: ``mode`` says whether by head of a layer or by layer.

    Attributes
    ----------
    keys, labels
        Head or layer of each map, and as people read them.
    maps
        ``[n, h, w]``.
    mode, about
        ``"heads"``, ``"layers"`` or ``"self"``; the layer whose heads they are.
    """

    keys: tuple[Any, ...]
    labels: tuple[str, ...]
    maps: Map
    mode: str = "self"
    about: str = ""


def read_maps(store: Store, recording: Recording, question: Question) -> AttentionView | None:
    """Return the maps of every word, or ``None`` where something else is wanted by now.

    Raises
    ------
    InspectorError
        ``attention.not-captured``, ``heatmap.…``, ``recording.…``.
    """
    ready = tuple(
        text
        for text in question.probes
        if store.get(probe_key(recording.id, text, question)) is not None
    )
    question = replace(question, probes=ready)
    kept = (recording.id, question)
    with store.making:
        known: AttentionView | None = store.view(kept)
        if known is not None:
            return known
        try:
            sums = store.sums(recording, question)
        except Cancelled:
            return None
        view = _view_of(store, recording, question, sums)
        store.keep_view(kept, view, view.maps.nbytes)
    return view


def read_ahead(store: Store, recording: Recording, questions: Sequence[Question]) -> None:
    """Make the maps of steps that will be wanted next; stops where something else is wanted."""
    wanted = store.wanted
    for question in questions:
        kept = (recording.id, question)
        with store.making:
            if store.wanted != wanted:
                return
            if store.view(kept) is None:
                calls, branch = question.calls, question.branch
                sums = sum_calls(recording, calls, None, branch, as_stored=True)
                view = _view_of(store, recording, question, sums)
                store.keep_view(kept, view, view.maps.nbytes)


def _view_of(
    store: Store, recording: Recording, question: Question, sums: AttentionSums
) -> AttentionView:
    size = latent_size(recording, sums)
    how = _how(question, size, sums)
    words = ranking.word_maps(_chosen(sums, question), sums.tokens, question.recipe, **how)
    keys = [f"word:{key}" if isinstance(key, int) else key for key in words.keys]
    labels = [label_of(key, text) for key, text in zip(words.keys, words.labels, strict=True)]
    maps, columns = [*words.maps], [*words.columns]
    for text in question.probes:
        found = store.get(probe_key(recording.id, text, question))
        if found is not None:
            keys.append(f"probe:{text}")
            labels.append(text)
            maps.append(_probe_map(found, question, size))
            columns.append(())
    shapes = {path: array.shape for path, array in _chosen(sums, question).items()}
    used = heatmaps.recipe_layers(shapes, question.recipe, size, own_layers=not question.layers)
    last = sums.calls[-1]
    return AttentionView(
        question=question,
        tokens=sums.tokens,
        keys=tuple(keys),
        labels=tuple(labels),
        maps=np.stack(maps),
        columns=tuple(columns),
        count=sums.count,
        used=used,
        grids={path: tuple(array.shape[-2:]) for path, array in sums.maps.items()},
        heads={path: array.shape[0] for path, array in sums.maps.items()},
        not_finite=0 if np.isfinite(words.maps).all() else sums.nonfinite,
        about=about_call(recording, last),
    )


def read_heads(
    store: Store,
    recording: Recording,
    question: Question,
    columns: Sequence[int],
    text: str = "",
    *,
    layer: str,
) -> Tiles | None:
    """Return a word's map in every head of a layer, at the layer's own grid, mean over calls."""
    sums = _sums_of(store, recording, question, text, layer)
    if sums is None or layer not in sums.maps:
        return None
    array = as_float32(sums.maps[layer])
    share = np.float32(1.0 / sums.count)
    maps = array[:, _columns(array, columns, text)].mean(axis=1) * share
    spread = heads.head_statistics(array)
    labels = tuple(
        tr("{head} · {nats} nat", head=head, nats=f"{entropy:.2f}")
        for head, entropy in enumerate(spread.entropy)
    )
    return Tiles(tuple(range(len(maps))), labels, np.ascontiguousarray(maps), "heads", layer)


def read_layers(
    store: Store, recording: Recording, question: Question, columns: Sequence[int], text: str = ""
) -> Tiles | None:
    """Return a word's map in every layer: mean over heads and calls, cells enlarged as squares."""
    sums = _sums_of(store, recording, question, text)
    if sums is None:
        return None
    chosen = list(question.heads)
    size = largest([array.shape[-2:] for array in sums.maps.values()])
    share = np.float32(1.0 / sums.count)
    maps, labels, keys = [], [], []
    for path, array in sums.maps.items():
        if chosen and max(chosen) >= array.shape[0]:
            continue
        part = array[chosen] if chosen else array
        one = as_float32(part[:, _columns(array, columns, text)]).mean(axis=(0, 1)) * share
        height, width = one.shape
        maps.append(resize.nearest(one, size))
        labels.append(f"{short(path)} · {height}×{width}")
        keys.append(path)
    if not maps:
        heatmaps.check_heads(next(iter(sums.maps)), array.shape[0], chosen)
    return Tiles(tuple(keys), tuple(labels), np.stack(maps).astype(np.float32), "layers")


def _sums_of(
    store: Store, recording: Recording, question: Question, text: str, layer: str = ""
) -> AttentionSums | None:
    """Return the sums for the prompt or for a text of its own; ``None`` where there are none.

    Where one layer of one step is all that is wanted, no other is read.
    """
    if text:
        return store.get(probe_key(recording.id, text, question))
    known = store.get((recording.id, question.span))
    if known is None and layer and question.calls is not None and len(question.calls) == 1:
        return sum_calls(recording, question.calls, [layer], question.branch)
    try:
        return store.sums(recording, question)
    except Cancelled:
        return None


def _columns(array: NDArray[Any], columns: Sequence[int], text: str) -> list[int]:
    """Return a word's columns; those of a text lie between BOS and EOS, before the padding."""
    return list(range(1, array.shape[1] - 2)) if text else list(columns)


def read_picture(
    recording: Recording, call: int, *, finished: bool, what: str
) -> NDArray[np.uint8] | None:
    """Return the decoded picture where there is one, else x̂₀ of a call through the linear map."""
    if what != "denoised" and finished:
        picture = recording.image()
        if picture is not None:
            return picture
    linear = recording.preview
    latent = recording.array(call, "denoised")
    if linear is None or len(linear.matrix) != len(latent):
        return None
    return preview.quantised(preview.to_rgb_float(latent, linear))


def latent_size(recording: Recording, sums: AttentionSums | None = None) -> tuple[int, int]:
    """Return height and width of the recording's latent."""
    shape = recording.call(0).shapes.get("latent")
    if shape is not None:
        return int(shape[-2]), int(shape[-1])
    return largest([array.shape[-2:] for array in sums.maps.values()] if sums else [(1, 1)])


def largest(grids: Sequence[tuple[int, ...]]) -> tuple[int, int]:
    """Return the grid with the most cells."""
    height, width = max(grids, key=lambda grid: grid[0] * grid[1])
    return int(height), int(width)


def short(path: str) -> str:
    """Return a layer's path as short as it stays clear: ``down 1.0``, ``mid``, ``up 3.2``."""
    parts = path.removeprefix("unet.").split(".")
    numbers = [part for part in parts[1:] if part.isdigit()]
    name = {"down_blocks": "down", "mid_block": "mid", "up_blocks": "up"}.get(parts[0], parts[0])
    if name == "mid":
        numbers = numbers[:1] if numbers and numbers[0] != "0" else []
    deep = len(numbers) > 2 and numbers[2] != "0"
    return f"{name} {'.'.join(numbers[: 3 if deep else 2])}".strip()


def in_order(paths: Sequence[str]) -> list[str]:
    """Return layers in the order in which the data flows."""
    return sorted(paths, key=network_order)


def label_of(key: int | str, text: str) -> str:
    """Return a word, or the name of a special token."""
    return text if isinstance(key, int) else {"bos": "BOS", "eos": "EOS"}.get(key, "padding")


def _chosen(sums: AttentionSums, question: Question) -> dict[str, Any]:
    if not question.layers:
        return sums.maps
    return {path: sums.maps[path] for path in question.layers if path in sums.maps} or sums.maps


def _how(question: Question, size: tuple[int, int], sums: AttentionSums) -> dict[str, Any]:
    return {
        "calls": sums.count,
        "size": size,
        "heads": question.heads or None,
        "own_layers": not question.layers,
    }


def _probe_map(sums: AttentionSums, question: Question, size: tuple[int, int]) -> Map:
    columns = _columns(next(iter(sums.maps.values())), (), "text")
    return heatmaps.heat_map(
        _chosen(sums, question), columns, question.recipe, **_how(question, size, sums)
    )
