"""What can be exported of the attention view: the numbers that are on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.app.texts import tr
from sdinspector.app.viewer import Scene
from sdinspector.core import FigureSpec
from sdinspector.recording.attention import Heard
from sdinspector.viewers.attention import wording
from sdinspector.viewers.attention.data import AttentionView, Tiles, short

if TYPE_CHECKING:
    from sdinspector.viewers.attention.board import Board
    from sdinspector.viewers.attention.drawing import Drawing
    from sdinspector.viewers.attention.sources import Sources


def of(drawing: Drawing, board: Board, sources: Sources, scene: Scene) -> list[FigureSpec]:
    """Return the large map, the maps of all words, the small maps, the matrix."""
    view, shown, state = sources.view, board.shown, drawing.state
    if view is None or shown is None or state is None or state.key not in view.keys:
        return []
    if state.wishes.mode == "self":
        return []
    unit = wording.unit(view)
    title = board.main.title.text()
    note = board.main.note.text()
    found = [
        main_map(
            view,
            state.key,
            shown,
            f"{title} · {note}",
            scene,
            second=state.wishes.second,
            levels=board.levels,
            unit=unit,
        ),
        all_words(view, note, scene, unit),
    ]
    if state.wishes.mode in ("heads", "layers") and sources.tiles is not None:
        found.append(small_maps(view, state.key, sources.tiles, state.wishes.mode, scene))
    if sources.heard is not None and view.columns[view.keys.index(state.key)]:
        peak = state.wishes.measure == "peak"
        found.append(matrix(view, state.key, sources.heard, scene, peak=peak))
    return found


def about(view: AttentionView, key: str) -> dict[str, Any]:
    """Return how the maps were made, of JSON's types."""
    question = view.question
    return {
        **view.about,
        "word": view.label(key),
        "recipe": question.recipe,
        "layers": list(view.used),
        "heads": list(question.heads) or "all",
        "branch": question.branch,
        "calls": "all" if question.calls is None else list(question.calls),
        "calls_added": view.count,
    }


def main_map(
    view: AttentionView,
    key: str,
    shown: NDArray[np.float32],
    title: str,
    scene: Scene,
    *,
    second: str,
    levels: tuple[float, float],
    unit: str,
) -> FigureSpec:
    """Return the large map ``[h, w]`` at the latent's size."""
    facts = about(view, key)
    if second:
        facts["minus"] = view.label(second)
    display = scene.display
    return FigureSpec(
        name=f"attention-{_stem(view.label(key))}",
        title=title,
        kind="map",
        arrays={"map": shown},
        colour_map=display.diverging_map if second else display.colour_map,
        levels=levels,
        unit=unit,
        about=facts,
    )


def all_words(view: AttentionView, title: str, scene: Scene, unit: str) -> FigureSpec:
    """Return the maps of all words, BOS, EOS and padding included."""
    facts = {**about(view, ""), "labels": list(view.labels)}
    facts.pop("word")
    return FigureSpec(
        name="attention-words",
        title=title,
        kind="mosaic",
        arrays={"maps": view.maps},
        colour_map=scene.display.colour_map,
        unit=unit,
        about=facts,
    )


def small_maps(view: AttentionView, key: str, tiles: Tiles, mode: str, scene: Scene) -> FigureSpec:
    """Return the maps of the heads of a layer, or of every layer."""
    word, where = view.label(key), short(tiles.about) if tiles.about else ""
    title = (
        tr("{word}: heads of {layer}", word=word, layer=where)
        if mode == "heads"
        else tr("{word}: layer by layer", word=word)
    )
    return FigureSpec(
        name=f"attention-{mode}-{_stem(view.label(key))}",
        title=title,
        kind="mosaic",
        arrays={"maps": tiles.maps},
        colour_map=scene.display.colour_map,
        unit=tr("probability"),
        about={**about(view, key), "labels": list(tiles.labels), "layer": tiles.about},
    )


def matrix(view: AttentionView, key: str, heard: Heard, scene: Scene, *, peak: bool) -> FigureSpec:
    """Return where and when a word is heard, ``[layers, calls]``."""
    columns = view.columns[view.keys.index(key)]
    return FigureSpec(
        name=f"attention-heard-{_stem(view.label(key))}",
        title=tr("{word}: layers × steps", word=view.label(key)),
        kind="map",
        arrays={"map": heard.of(columns, peak=peak)},
        colour_map=scene.display.colour_map,
        unit=tr("probability"),
        about={
            "word": view.label(key),
            "measure": "peak" if peak else "mean",
            "layers": list(heard.layers),
            "calls": list(heard.calls),
        },
    )


def _stem(text: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in text).strip("-") or "map"
