"""Scores heat maps against known masks, and chooses how to make them: recipe, layers, heads, τ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import heatmaps
from sdinspector.recording.attention import AttentionSums

Mask = NDArray[np.bool_]
Unit = tuple[str, int]
"""A layer's path and one of its heads."""

THRESHOLDS = tuple(round(0.05 * number, 2) for number in range(2, 19))
RADII = tuple(round(0.02 * number, 2) for number in range(3, 40))
"""Of the centred disc, as parts of the picture's longer side."""
OWN = "its own"
"""The layers that a recipe takes by itself."""
MOST_HEADS = 8
LEAST_GAIN = 0.005
"""Of the mean overlap, for which a further head is taken."""
_SHORTLIST = 24


@dataclass(frozen=True)
class Settings:
    """How a heat map is made.

    Attributes
    ----------
    recipe
        One of :data:`sdinspector.analysis.heatmaps.RECIPES`.
    normalise
        Whether a word's map is its share of all the prompt's words.
    layers
        Name of the layers for people.
    paths
        The layers; none for the recipe's own.
    heads
        Which heads of each; all where it is empty.
    """

    recipe: str
    normalise: bool
    layers: str
    paths: tuple[str, ...] = ()
    heads: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


PUBLISHED = Settings("daam", normalise=False, layers=OWN)
PUBLISHED_THRESHOLD = 0.4


@dataclass(frozen=True)
class Spot:
    """A word of a caption and where it is seen: its kind, its columns, and a mask [H, W]."""

    kind: str
    columns: tuple[int, ...]
    mask: Mask


@dataclass(frozen=True)
class Case:
    """One picture.

    Attributes
    ----------
    spots
        Its words.
    sums
        Its attention by name: ``"all"`` calls, or one.
    size
        Height and width of the latent.
    """

    spots: tuple[Spot, ...]
    sums: Mapping[str, AttentionSums]
    size: tuple[int, int]

    def of(self, kind: str) -> tuple[Spot, ...]:
        """Return the words of one kind."""
        return tuple(spot for spot in self.spots if spot.kind == kind)


@dataclass(frozen=True)
class Choice:
    """Settings, threshold, and the mean overlap they were chosen for; ``None`` if not chosen."""

    settings: Settings
    threshold: float
    overlap: float | None


def overlaps(
    heat: NDArray[np.floating], mask: Mask, levels: Sequence[float]
) -> NDArray[np.float64]:
    """Return |a∩b| / (|a∪b| + 1e-8) of ``heat > level`` with a mask, for each level."""
    above = heat.reshape(-1) > np.asarray(levels, dtype=heat.dtype)[:, None]
    inside = mask.reshape(-1)
    both = above[:, inside].sum(axis=1)
    either = above.sum(axis=1) + inside.sum() - both
    return np.asarray(both / (either + 1e-8), dtype=np.float64)


def disc_overlaps(mask: Mask) -> NDArray[np.float64]:
    """Return the overlap of centred discs with a mask, for each of ``RADII``."""
    height, width = mask.shape
    y, x = np.mgrid[0:height, 0:width]
    away = np.hypot(y + 0.5 - height / 2, x + 0.5 - width / 2) / max(height, width)
    return overlaps(-away, mask, [-radius for radius in RADII])


def disc_scores(case: Case, kind: str) -> NDArray[np.float64]:
    """Return the mean over a case's words of one kind, for each of ``RADII``."""
    return np.asarray(np.mean([disc_overlaps(spot.mask) for spot in case.of(kind)], axis=0))


def scores(case: Case, kind: str, settings: Settings, name: str = "all") -> NDArray[np.float64]:
    """Return the mean overlap of a case's words of one kind, for each of ``THRESHOLDS``."""
    sums = case.sums[name]
    spots = case.of(kind)
    heat = heatmaps.heat_maps(
        {path: sums.maps[path] for path in settings.paths} or sums.maps,
        [spot.columns for spot in spots],
        settings.recipe,
        calls=sums.count,
        size=case.size,
        heads=settings.heads or None,
        normalise=settings.normalise,
        own_layers=not settings.paths,
    )
    return _mean_overlaps(heat, spots, settings.recipe)


def _mean_overlaps(
    heat: NDArray[np.float32], spots: Sequence[Spot], recipe: str
) -> NDArray[np.float64]:
    """Return the mean over words: maps are resized and brought to 0…1 as the recipe displays."""
    found = []
    for one, spot in zip(heat, spots, strict=True):
        height, width = spot.mask.shape
        large = heatmaps.to_picture(one, (height, width), recipe)
        found.append(overlaps(heatmaps.normalised(large, recipe), spot.mask, THRESHOLDS))
    return np.asarray(np.mean(found, axis=0))


# Choosing.


def settings_of_layers(maps: Mapping[str, NDArray[np.float32]]) -> tuple[Settings, ...]:
    """Return every way of making a map that is tried with all heads: recipes × sets of layers.

    The sets are each recipe's own layers; the down blocks; the up blocks; the layers of one
    resolution; each layer alone. On a set of layers recipes differ by how they resize and scale,
    and DAAM and OVAM stand for the two ways.
    """
    sets: dict[str, tuple[str, ...]] = {}
    for name in ("down", "up"):
        sets[name] = tuple(path for path in maps if path.startswith(f"{name}_blocks."))
    for path, values in maps.items():
        grid = f"{values.shape[-2]}×{values.shape[-1]}"
        sets[grid] = (*sets.get(grid, ()), path)
    sets |= {path: (path,) for path in maps}
    both = (False, True)
    own = [Settings(recipe, share, OWN) for recipe in heatmaps.RECIPES for share in both]
    return (
        *own,
        *(
            Settings(recipe, share, name, paths)
            for name, paths in sets.items()
            if paths
            for recipe in ("daam", "ovam")
            for share in both
        ),
    )


def choose_layers(cases: Sequence[Case], kind: str) -> Choice:
    """Return the recipe, layers and threshold of the largest mean overlap over cases."""
    tried = settings_of_layers(cases[0].sums["all"].maps)
    mean = np.mean([[scores(case, kind, one) for one in tried] for case in cases], axis=0)
    best, level = np.unravel_index(int(mean.argmax()), mean.shape)
    return Choice(tried[int(best)], THRESHOLDS[int(level)], float(mean[best, level]))


def choose_heads(cases: Sequence[Case], kind: str) -> Choice:
    """Return a few heads whose mean map overlaps best, taken one by one as long as that helps.

    Each round takes the head that adds most to the mean overlap over cases, from the best of the
    first round. Maps are made by DAAM's recipe of the chosen heads alone.
    """
    found = (_take_heads(cases, kind, normalise) for normalise in (False, True))
    return max(found, key=lambda choice: choice.overlap or 0.0)


def choose_radius(cases: Sequence[Case], kind: str) -> int:
    """Return which of ``RADII`` overlaps best."""
    return int(np.mean([disc_scores(case, kind) for case in cases], axis=0).argmax())


def _take_heads(cases: Sequence[Case], kind: str, normalise: bool) -> Choice:
    maps = cases[0].sums["all"].maps
    units = [(path, head) for path, values in maps.items() for head in range(len(values))]
    parts = [_maps_by_unit(case, kind, units, normalise) for case in cases]
    spots = [case.of(kind) for case in cases]
    taken: list[int] = []
    best = Choice(PUBLISHED, THRESHOLDS[0], None)
    reached = 0.0
    candidates = list(range(len(units)))
    while len(taken) < MOST_HEADS:
        gains = []
        for number in candidates:
            chosen = [*taken, number]
            mean = np.mean(
                [
                    _mean_overlaps(_share(of_case, chosen, normalise), words, "daam")
                    for of_case, words in zip(parts, spots, strict=True)
                ],
                axis=0,
            )
            gains.append((float(mean.max()), number, int(mean.argmax())))
        gains.sort(key=lambda gain: (-gain[0], gain[1]))
        overlap, number, level = gains[0]
        if taken and overlap < reached + LEAST_GAIN:
            break
        reached = overlap
        taken.append(number)
        best = Choice(
            _settings_of_heads([units[one] for one in taken], normalise), THRESHOLDS[level], overlap
        )
        candidates = [one for _, one, _ in gains[: _SHORTLIST + 1] if one != number]
    return best


def _maps_by_unit(
    case: Case, kind: str, units: Sequence[Unit], normalise: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the words' maps by head ``[units, words, h, w]``, and all words' sum or nothing."""
    sums = case.sums["all"]
    columns = [spot.columns for spot in case.of(kind)]
    prompt = [(column,) for column in range(1, len(sums.tokens) - 1)] if normalise else []
    found = np.stack(
        [
            heatmaps.heat_maps(
                {path: sums.maps[path]},
                [*columns, *prompt],
                "daam",
                calls=sums.count,
                size=case.size,
                heads=[head],
                own_layers=False,
            )
            for path, head in units
        ]
    )
    return found[:, : len(columns)], found[:, len(columns) :].sum(axis=1)


def _share(
    parts: tuple[NDArray[np.float32], NDArray[np.float32]], chosen: Sequence[int], normalise: bool
) -> NDArray[np.float32]:
    words, prompt = parts
    mean: NDArray[np.float32] = words[chosen].mean(axis=0)
    return mean / (prompt[chosen].mean(axis=0) + np.float32(1e-6)) if normalise else mean


def _settings_of_heads(units: Sequence[Unit], normalise: bool) -> Settings:
    heads: dict[str, tuple[int, ...]] = {}
    for path, head in units:
        heads[path] = (*heads.get(path, ()), head)
    count = len(units)
    return Settings("daam", normalise, f"{count} head{'s' * (count > 1)}", tuple(heads), heads)
