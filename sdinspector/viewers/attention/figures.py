"""What can be exported of the attention view: the numbers that are on the screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.app.texts import tr
from sdinspector.app.viewer import Scene
from sdinspector.core import FigureSpec
from sdinspector.export.listening import self_attention_figure
from sdinspector.recording.attention import Heard
from sdinspector.viewers.attention import wording
from sdinspector.viewers.attention.averages import Averaged
from sdinspector.viewers.attention.board import levels_of
from sdinspector.viewers.attention.data import AttentionView, Tiles, short
from sdinspector.viewers.attention.looking import Looks

if TYPE_CHECKING:
    from sdinspector.viewers.attention.board import Board
    from sdinspector.viewers.attention.drawing import Drawing
    from sdinspector.viewers.attention.sources import Sources


def of(drawing: Drawing, board: Board, sources: Sources, scene: Scene) -> list[FigureSpec]:
    """Return the large map, the maps of all words, the small maps, the matrix."""
    view, shown, state = sources.view, board.shown, drawing.state
    if view is None or shown is None or state is None:
        return []
    title = f"{board.main.title.text()} · {board.main.note.text()}"
    if state.wishes.mode == "self" and scene.selection.pixel is not None:
        looks = sources.looker.looks
        return [] if looks is None else looked(looks, view, shown, title, scene)
    if state.key not in view.keys:
        return []
    unit = wording.unit(view)
    averaged = drawing.averaged()
    if averaged is not None:
        first = average_map(averaged, title, scene, wording.unit(view, per_call=True))
    else:
        first = main_map(
            view,
            state.key,
            shown,
            title,
            scene,
            second=state.wishes.second,
            levels=board.levels,
            unit=unit,
        )
    found = [first, all_words(view, drawing.note(view), scene, unit)]
    if state.wishes.mode in ("heads", "layers") and sources.tiles is not None:
        found.append(small_maps(view, state.key, sources.tiles, state.wishes.mode, scene))
    if sources.heard is not None and view.columns[view.keys.index(state.key)]:
        peak = state.wishes.measure == "peak"
        found.append(matrix(view, state.key, sources.heard, scene, peak=peak))
    return found


def average_map(found: Averaged, title: str, scene: Scene, unit: str) -> FigureSpec:
    """Return mean and spread ``[h, w]`` over recordings, whichever of them is on the screen."""
    facts = about(found.view, found.key)
    kept = ["word", "recipe", "layers", "heads", "branch"]
    word, signed = found.view.label(found.key), bool(found.second)
    if signed:
        facts["minus"] = found.view.label(found.second)
        kept.append("minus")
    display = scene.display
    return FigureSpec(
        name=f"attention-{_stem(word)}-average",
        title=title,
        kind="map",
        arrays={"map": found.average.mean, "spread": found.average.spread},
        colour_map=display.diverging_map if signed else display.colour_map,
        levels=levels_of(found.average.mean, signed=signed),
        unit=unit,
        about={
            **{name: facts[name] for name in kept},
            "count": found.average.count,
            "nonfinite": found.average.nonfinite,
            "labels": {"map": tr("mean"), "spread": tr("spread (standard deviation)")},
            "left_out": [list(item) for item in found.left_out],
            "recordings": found.about,
        },
    )


def looked(
    looks: Looks, view: AttentionView, shown: NDArray[np.float32], title: str, scene: Scene
) -> list[FigureSpec]:
    """Return what a pixel looks at: the mean over layers ``[h, w]``, and a map for each layer."""
    recording, head = scene.recording, scene.selection.head
    if recording is None or looks.pixel != scene.selection.pixel:
        return []
    there = min(len(row) for row in looks.rows.values())
    heads = None if head is None or head >= there else (head,)
    layers = self_attention_figure(recording, looks.call, looks.rows, looks.pixel, heads=heads)
    layers = replace(layers, colour_map=scene.display.colour_map)
    kept = ("labels", "grids", "own_levels", "layers")
    facts = {name: value for name, value in layers.about.items() if name not in kept}
    own = [path.removesuffix("attn2") + "attn1" for path in view.used]
    mean = FigureSpec(
        name=f"{layers.name}-mean",
        title=title,
        kind="map",
        arrays={"map": shown},
        colour_map=scene.display.colour_map,
        levels=levels_of(shown, signed=False),
        unit=tr("probability"),
        about={**facts, "layers": [path for path in own if path in looks.rows] or list(looks.rows)},
    )
    return [mean, layers]


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
