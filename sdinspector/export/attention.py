"""Makes figures of cross-attention: a word's heat map, all words, averages, heads."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import averages, heatmaps
from sdinspector.analysis.heads import heads_table
from sdinspector.core import FigureSpec
from sdinspector.export import colours, sheets
from sdinspector.export.figures import map_panels
from sdinspector.export.recordings import about_call
from sdinspector.export.subjects import Subject
from sdinspector.recording import Recording
from sdinspector.recording.attention import AttentionSums

_OPACITY = 0.6


def latent_size(recording: Recording) -> tuple[int, int]:
    """Return height and width of the latent, the size that heat maps are made at."""
    shape = recording.call(0).shapes["latent"]
    return int(shape[-2]), int(shape[-1])


def attention_figure(
    recording: Recording,
    sums: AttentionSums,
    subjects: Sequence[Subject],
    *,
    recipe: str = "daam",
    heads: heatmaps.Heads = None,
    text: str = "",
    own_layers: bool = True,
) -> FigureSpec:
    """Return heat maps at the latent's size, before any resizing to the picture.

    Parameters
    ----------
    recording
        Where the attention is from.
    sums
        The attention, of the layers and calls that count.
    subjects
        One alone is a map, several are a mosaic.
    recipe
        One of :data:`sdinspector.analysis.heatmaps.RECIPES`.
    heads
        Those of every layer that count, or of each by its path; all where left out.
    text
        The text that was asked about in place of the prompt (OVAM), for title and settings.
    own_layers
        Whether the recipe leaves out layers that it does not use.

    Raises
    ------
    InspectorError
        ``heatmap.…``.
    """
    size = latent_size(recording)
    taken = heatmaps.recipe_layers(
        {path: maps.shape for path, maps in sums.maps.items()}, recipe, size, own_layers=own_layers
    )
    sums = dataclasses.replace(sums, maps={path: sums.maps[path] for path in taken})
    maps = heatmaps.heat_maps(
        sums.maps,
        [subject.columns for subject in subjects],
        recipe,
        calls=sums.count,
        size=size,
        heads=heads,
        own_layers=False,
    )
    about = {**_about(recording, sums, recipe, heads, text), "words": _words(subjects)}
    rest = _titled(recording, sums, recipe, heads, text)
    if len(maps) == 1:
        about |= about["words"][0]
        name, title, arrays = subjects[0].label, f"“{subjects[0].label}”", {"map": maps[0]}
    else:
        # A word that is heard little would not show on the levels of one that is heard much.
        about |= {"labels": [subject.label for subject in subjects], "own_levels": True}
        name, title, arrays = "words", f"{len(maps)} words", {"maps": maps}
    return FigureSpec(
        name=f"attention-{name}",
        title=f"Cross-attention of {title}, {rest}",
        kind="map" if len(maps) == 1 else "mosaic",
        arrays=arrays,
        colour_map="inferno",
        unit=_unit(recipe),
        about=about,
    )


def average_figure(figures: Sequence[FigureSpec]) -> FigureSpec:
    """Return one word's map averaged over several recordings, with its spread.

    ``map`` is the mean and ``spread`` the standard deviation over recordings, of the largest size
    among them. Where the recipe adds calls up, each map is divided by their number first, so that
    a longer run weighs no more. The settings of each are in ``about["recordings"]``.

    Parameters
    ----------
    figures
        Of kind ``map``, one for each recording.
    """
    first = figures[0]
    info = heatmaps.find_recipe(str(first.about["recipe"]))
    average = averages.average_maps(
        [
            np.asarray(figure.arrays["map"], dtype=np.float32)
            / (len(figure.about["calls"]) if info.calls == "sum" else 1)
            for figure in figures
        ]
    )
    return FigureSpec(
        name=f"{first.name}-average",
        title=f"Cross-attention of “{first.about['word']}”, mean of {average.count} recordings, "
        f"recipe {info.name}",
        kind="map",
        arrays={"map": average.mean, "spread": average.spread},
        colour_map=first.colour_map,
        unit=_unit(info.name, per_call=True),
        about={
            **{key: first.about[key] for key in ("word", "recipe", "branch", "layers", "heads")},
            "count": average.count,
            "nonfinite": average.nonfinite,
            "labels": {"map": "mean", "spread": "spread (standard deviation)"},
            "recordings": [figure.about for figure in figures],
        },
    )


def heads_figure(
    recording: Recording,
    sums: AttentionSums,
    subject: Subject,
    *,
    chosen: heatmaps.Heads = None,
    text: str = "",
) -> FigureSpec:
    """Return one word's map in every head, and the numbers of each head.

    ``maps`` ``[n, h, w]`` are mean probabilities over the calls, at the latent's size by repeating
    cells; the other arrays, a number a map, are the columns of
    :func:`sdinspector.analysis.heads.heads_table`.

    Raises
    ------
    InspectorError
        ``heatmap.no-head``.
    """
    table = heads_table_figure(recording, sums, chosen=chosen, text=text)
    rows = list(zip(table.arrays["layer"].tolist(), table.arrays["head"].tolist(), strict=True))
    maps = [
        heatmaps.heat_map(
            {layer: sums.maps[layer]},
            subject.columns,
            "raw",
            calls=sums.count,
            size=latent_size(recording),
            heads=[head],
        )
        for layer, head in rows
    ]
    several = len(sums.maps) > 1
    return FigureSpec(
        name=f"heads-{subject.label}",
        title=f"Heads for “{subject.label}”, {_titled(recording, sums, '', None, text)}",
        kind="mosaic",
        arrays={"maps": np.stack(maps), **table.arrays},
        colour_map="inferno",
        unit=_unit("raw"),
        about={
            **table.about,
            "word": subject.label,
            "columns": list(subject.columns),
            "labels": [
                f"{short_path(layer)} head {head}" if several else f"head {head}"
                for layer, head in rows
            ],
        },
    )


def heads_table_figure(
    recording: Recording,
    sums: AttentionSums,
    *,
    chosen: heatmaps.Heads = None,
    text: str = "",
) -> FigureSpec:
    """Return the numbers of heads as a table, a row a head.

    Raises
    ------
    InspectorError
        ``heatmap.no-head``.
    """
    arrays = heads_table(sums.maps, sums.tokens)
    keep = np.zeros(len(arrays["head"]), dtype=bool)
    for path, values in sums.maps.items():
        of_layer = chosen.get(path) if isinstance(chosen, Mapping) else chosen
        if of_layer is not None:
            heatmaps.check_heads(path, len(values), of_layer)
        shown = range(len(values)) if of_layer is None else of_layer
        keep |= (arrays["layer"] == path) & np.isin(arrays["head"], list(shown))
    return FigureSpec(
        name="heads",
        title=f"Heads, {_titled(recording, sums, '', None, text)}",
        kind="table",
        arrays={name: values[keep] for name, values in arrays.items()},
        about=_about(recording, sums, "raw", chosen, text),
    )


def short_path(path: str) -> str:
    """Return a cross-attention's path as a label: ``up_blocks.3.attentions.0``."""
    return path.partition(".transformer_blocks.0.attn2")[0]


def attention_sheet(recording: Recording, figure: FigureSpec) -> NDArray[np.uint8]:
    """Draw heat maps beside the picture, one word's also over it, ``[H, W, 3]`` uint8.

    Over the picture a map is resized and stretched as its recipe shows it; beside it, its values
    are as they are.
    """
    picture = recording.image()
    panels = map_panels(figure)
    beside = []
    if picture is not None:
        beside.append(sheets.Panel(picture, "picture"))
        if figure.kind == "map":
            recipe = str(figure.about["recipe"])
            over = overlay(picture, figure.arrays["map"], recipe, figure.colour_map)
            beside.append(sheets.Panel(over, f"“{figure.about['word']}” over it"))
    shown = [*beside, *panels]
    return sheets.sheet(figure.title, shown, len(shown) if len(shown) <= 5 else None)


def overlay(
    picture: NDArray[np.uint8],
    heat: NDArray[Any],
    recipe: str,
    colour_map: str = "inferno",
    opacity: float = _OPACITY,
) -> NDArray[np.uint8]:
    """Lay a heat map over a picture ``[H, W, 3]``.

    Parameters
    ----------
    picture, heat, recipe
        The map ``[h, w]`` is resized to the picture and brought to 0…1 as its recipe does.
    colour_map, opacity
        How it is laid over.
    """
    size = (picture.shape[0], picture.shape[1])
    large = heatmaps.normalised(heatmaps.to_picture(heat, size, recipe), recipe)
    colour = colours.apply(large, colour_map, (0.0, 1.0))
    mixed = (1.0 - opacity) * picture.astype(np.float32) + opacity * colour
    return np.asarray(np.rint(mixed), dtype=np.uint8)


def _unit(recipe: str, *, per_call: bool = False) -> str:
    """Return the unit of a map's values, which follows from what the recipe adds up."""
    info = heatmaps.find_recipe(recipe)
    added = [name for name in ("heads", "calls") if getattr(info, name) == "sum"]
    if per_call and "calls" in added:
        added.remove("calls")
    return " × ".join(["probability", *added])


def _about(
    recording: Recording, sums: AttentionSums, recipe: str, heads: heatmaps.Heads, text: str
) -> dict[str, Any]:
    about = {
        **about_call(recording, None),
        "calls": list(sums.calls),
        "timesteps": [recording.timestep(call) for call in sums.calls],
        "branch": sums.branch,
        "layers": list(sums.maps),
        "heads": _heads_json(heads),
        "recipe": recipe,
        "tokens": [token.to_json() for token in sums.tokens],
        "nonfinite": sums.nonfinite,
    }
    return about | ({"text": text} if text else {})


def _heads_json(heads: heatmaps.Heads) -> Any:
    if isinstance(heads, Mapping):
        return {path: list(chosen) for path, chosen in heads.items()}
    return "all" if heads is None else list(heads)


def _words(subjects: Sequence[Subject]) -> list[dict[str, Any]]:
    return [{"word": subject.label, "columns": list(subject.columns)} for subject in subjects]


def _titled(
    recording: Recording, sums: AttentionSums, recipe: str, heads: heatmaps.Heads, text: str
) -> str:
    """Return what a title says after the word: text, steps, layers, heads, recipe."""
    count = len(sums.calls)
    if count == 1:
        steps = f"t = {recording.timestep(sums.calls[0]):g}"
    else:
        steps = "all calls" if count == recording.calls else f"{count} of {recording.calls} calls"
    paths = tuple(sums.maps)
    layers = paths[0] if len(paths) == 1 else f"{len(paths)} layers"
    parts = [f"in the text “{text}”"] if text else []
    parts += [steps, layers]
    if isinstance(heads, Mapping):
        parts.append("chosen heads")
    elif heads is not None:
        parts.append(("head " if len(heads) == 1 else "heads ") + ", ".join(map(str, heads)))
    if sums.branch == "uncond":
        parts.append("unconditional branch")
    if sums.nonfinite:
        parts.append(f"{sums.nonfinite} values are no finite number")
    return ", ".join([*parts, f"recipe {recipe}"] if recipe else parts)
