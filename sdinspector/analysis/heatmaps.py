"""Heat maps of words from cross-attention: the published recipes, as pure functions of arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import resize
from sdinspector.analysis.recipes import RECIPES, RecipeInfo, find_recipe
from sdinspector.core import InspectorError
from sdinspector.core.halves import as_float32

__all__ = [
    "RECIPES",
    "Heads",
    "RecipeInfo",
    "check_heads",
    "find_recipe",
    "heat_map",
    "heat_maps",
    "mask",
    "normalised",
    "recipe_layers",
    "to_picture",
]

Map: TypeAlias = NDArray[np.float32]
Heads: TypeAlias = Mapping[str, Sequence[int]] | Sequence[int] | None
"""Heads by layer (all of a layer that is not named), one choice for all layers, or all."""


_RESIZE = {"bicubic": resize.bicubic, "bilinear": resize.bilinear, "nearest": resize.nearest}


def heat_map(
    maps: Mapping[str, NDArray[Any]],
    columns: Sequence[int],
    recipe: str = "daam",
    *,
    calls: int,
    size: tuple[int, int],
    heads: Heads = None,
    normalise: bool = False,
    own_layers: bool = True,
    grid: tuple[int, int] | None = None,
) -> Map:
    """Make the heat map of a word.

    Parameters
    ----------
    maps
        Module path to ``[heads, tokens, h, w]``: probabilities added up over ``calls`` calls
        (``sum_calls`` makes them), the last of the tokens all padding together.
    columns
        The word's columns; a word of several tokens is their mean.
    recipe
        One of :data:`RECIPES`, which tell the sources of the formulas.
    calls
        How many calls were added up.
    size
        Height and width of the latent.
    heads
        Which heads, from 0.
    normalise
        Divide by the sum of the maps of all the prompt's words (without BOS, EOS and padding)
        + 1e-6, as DAAM does on request: each pixel then says which share a word has of it.
    own_layers
        Whether the recipe leaves out layers that it does not use (:attr:`RecipeInfo.layers`).
        False takes what is given, for a person who chose a layer.
    grid
        Height and width of the one resolution that ``prompt-to-prompt`` takes, instead of its own.

    Returns
    -------
    ndarray
        ``[h, w]`` float32. What is not finite in the maps stays visible as not-a-number around
        its place.

    Raises
    ------
    InspectorError
        ``heatmap.no-recipe``, ``heatmap.no-layers`` where the recipe takes none of the layers
        given, ``heatmap.no-head``.
    ValueError
        Where there are no columns or maps, or a column is not there.
    """
    made = heat_maps(
        maps,
        [columns],
        recipe,
        calls=calls,
        size=size,
        heads=heads,
        normalise=normalise,
        own_layers=own_layers,
        grid=grid,
    )
    return np.asarray(made[0])


def heat_maps(
    maps: Mapping[str, NDArray[Any]],
    words: Sequence[Sequence[int]],
    recipe: str = "daam",
    *,
    calls: int,
    size: tuple[int, int],
    heads: Heads = None,
    normalise: bool = False,
    own_layers: bool = True,
    grid: tuple[int, int] | None = None,
) -> Map:
    """Make the heat maps of several words, ``[words, h, w]``; see :func:`heat_map`."""
    info = find_recipe(recipe)
    if not maps or calls < 1:
        raise ValueError("a heat map of no attention")
    tokens = next(iter(maps.values())).shape[1]
    groups = [tuple(columns) for columns in words]
    if any(not columns for columns in groups) or not groups:
        raise ValueError("a heat map of no column")
    if not all(0 <= column < tokens for columns in groups for column in columns):
        raise ValueError(f"columns are 0 to {tokens - 1}, not {groups}")
    prompt = _word_columns(tokens) if normalise else ()
    wanted = sorted({column for columns in groups for column in columns}.union(prompt))
    shapes = {path: array.shape for path, array in maps.items()}
    paths = recipe_layers(shapes, recipe, size, own_layers=own_layers, grid=grid)
    by_token = _by_token({path: maps[path] for path in paths}, wanted, info, size, heads)
    if info.calls == "mean":
        by_token /= np.float32(calls)
    place = {column: index for index, column in enumerate(wanted)}
    result = np.stack(
        [by_token[[place[column] for column in columns]].mean(axis=0) for columns in groups]
    )
    if normalise:
        share = by_token[[place[column] for column in prompt]].sum(axis=0) + np.float32(1e-6)
        result = result / share
    return result.astype(np.float32, copy=False)


def _word_columns(tokens: int) -> tuple[int, ...]:
    """Return the columns of the prompt's words: all but BOS, EOS and padding."""
    return tuple(range(1, tokens - 2))


def recipe_layers(
    shapes: Mapping[str, tuple[int, ...]],
    recipe: str,
    size: tuple[int, int],
    *,
    own_layers: bool = True,
    grid: tuple[int, int] | None = None,
) -> tuple[str, ...]:
    """Return the paths, of those given, that a recipe takes.

    Parameters
    ----------
    shapes
        Module path to a shape that ends in the layer's grid, ``(…, h, w)``.
    recipe, size, own_layers, grid
        As for :func:`heat_map`.

    Raises
    ------
    InspectorError
        ``heatmap.no-recipe`` or ``heatmap.no-layers``.
    """
    info = find_recipe(recipe)
    paths = tuple(shapes)
    if own_layers and info.layers != "all":
        paths = tuple(path for path in paths if path.startswith(("down_blocks.", "up_blocks.")))
    if info.layers == "one-grid" and paths:
        wanted = grid or (size[0] / 4, size[1] / 4)
        grids = {shapes[path][-2:] for path in paths}
        nearest = min(grids, key=lambda found: (_distance(found, wanted), found))
        paths = tuple(path for path in paths if shapes[path][-2:] == nearest)
    if not paths:
        raise InspectorError(
            "heatmap.no-layers",
            f"The recipe {info.title} takes the attention of the down and up blocks, and none of "
            "them is among the chosen layers. Choose other layers or another recipe.",
            recipe=info.name,
            layers=list(shapes),
        )
    return paths


def _distance(grid: tuple[int, ...], wanted: tuple[float, float]) -> float:
    return sum(abs(math.log(a / b)) for a, b in zip(grid, wanted, strict=True))


def _by_token(
    maps: Mapping[str, NDArray[Any]],
    columns: Sequence[int],
    info: RecipeInfo,
    size: tuple[int, int],
    heads: Heads,
) -> Map:
    """Return a map ``[columns, h, w]`` of each column, summed over calls as the maps are."""
    total = np.zeros((len(columns), *size), dtype=np.float32)
    parts = 0
    for path, array in maps.items():
        values, count = _of_layer(array, path, columns, heads)
        if info.clips == "heads" and values.shape[-2:] != size:
            # Cubic convolution undershoots, and what is clipped differs from head to head.
            resized = _resized(values, size, info.resizing)
            total += np.maximum(resized, 0.0, out=resized).sum(axis=0)
        else:
            total += _resized(values.sum(axis=0), size, info.resizing)
        parts += count if info.heads == "mean" else 1
    if info.clips == "mean":
        np.maximum(total, 0.0, out=total)
    return total / np.float32(parts)


def _of_layer(
    array: NDArray[Any], path: str, columns: Sequence[int], heads: Heads
) -> tuple[Map, int]:
    """Return the chosen heads and columns of a layer ``[heads, columns, h, w]``, and how many."""
    there = array.shape[0]
    wanted = heads.get(path) if isinstance(heads, Mapping) else heads
    if wanted is None:
        every = list(columns) == list(range(array.shape[1]))
        return as_float32(array if every else array[:, list(columns)]), there
    chosen = list(dict.fromkeys(int(head) for head in wanted))
    check_heads(path, there, chosen)
    return as_float32(array[np.ix_(chosen, list(columns))]), len(chosen)


def check_heads(path: str, there: int, chosen: Sequence[int]) -> None:
    """Refuse heads that a layer has not.

    Raises
    ------
    InspectorError
        ``heatmap.no-head``.
    """
    wrong = [head for head in chosen if not 0 <= head < there]
    if wrong or not chosen:
        asked = f"no head {wrong[0]}" if wrong else "to have one chosen at least"
        raise InspectorError(
            "heatmap.no-head",
            f"The layer {path} has {there} heads, 0 to {there - 1}, and {asked}.",
            layer=path,
            heads=there,
            asked=list(chosen),
        )


def _resized(maps: Map, size: tuple[int, int], how: str) -> Map:
    """Resize ``[..., h, w]``; what is not finite stays where it is instead of taking the row."""
    if maps.shape[-2:] == size:
        return maps
    function = _RESIZE[how]
    bad = ~np.isfinite(maps)
    if how == "nearest" or not bad.any():
        return function(maps, size).astype(np.float32, copy=False)
    result = function(np.where(bad, np.float32(0.0), maps), size)
    touched = np.abs(function(bad.astype(np.float32), size)) > 1e-6
    return np.where(touched, np.float32(np.nan), result).astype(np.float32, copy=False)


# From a map to the screen.


def to_picture(heat: NDArray[Any], size: tuple[int, int], recipe: str = "daam") -> Map:
    """Resize a heat map ``[h, w]`` to the picture's height and width, as the recipe displays it.

    Cubic convolution can go below 0 by a little there, as in the packages: only heads' maps are
    clipped.
    """
    return _resized(heat.astype(np.float32, copy=False), size, find_recipe(recipe).resizing)


def normalised(heat: NDArray[Any], recipe: str = "daam") -> Map:
    """Bring a map to 0…1: (m − min)/(max − min + 1e-8), or m/max, as the recipe has it.

    What is not finite stays as it is and does not count. A map of nothing but equal values (under
    m/max: of nothing above 0) comes out as zeros.
    """
    values = heat.astype(np.float32)
    finite = np.isfinite(values)
    inside = values[finite]
    if inside.size == 0:
        return values
    low, high = float(inside.min()), float(inside.max())
    if find_recipe(recipe).scale == "range":
        return (values - np.float32(low)) / np.float32(high - low + 1e-8)
    if high <= 0.0:
        return np.where(finite, np.float32(0.0), values)
    return values / np.float32(high)


def mask(heat: NDArray[Any], threshold: float = 0.4, recipe: str = "daam") -> NDArray[np.bool_]:
    """Return where the map, brought to 0…1 by :func:`normalised`, is above ``threshold`` (τ).

    DAAM and OVAM both publish τ = 0.4, the first of (m − min)/(max − min), the second of m/max,
    both after resizing to the picture. What is not finite is outside.
    """
    return np.asarray(normalised(heat, recipe) > threshold)
