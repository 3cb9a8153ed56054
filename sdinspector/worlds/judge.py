"""Reads a picture of the shapes world: which objects it shows, and whether a caption holds.

The judge knows the palette and the six outlines, and nothing of any model: each pixel gets the
nearest colour of the palette, connected pixels of one object colour are an object, and its shape is
that of the six outlines, drawn at its size, which covers it best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sdinspector.worlds.outlines import SHAPES, coverage
from sdinspector.worlds.palette import BACKGROUNDS, COLOURS, palette
from sdinspector.worlds.scenes import Scene, Thing

Scalar = TypeVar("Scalar", bound=np.generic)
Mask = NDArray[np.bool_]
Box = tuple[int, int, int, int]

FLAT = 48.0
"""Largest difference between neighbours, 0..255, within one colour."""
REACH = 3
"""Pixels from an edge pixel to the flat ones whose colours it may have."""
SMALLEST_SIDE = 5.0 / 64.0
"""Specks are no objects: least square root of the area, as a part of the picture's side."""
LEAST_OVERLAP = 0.65
"""Intersection over union with the best outline, under which a shape counts as none."""


@dataclass(frozen=True)
class Found:
    """An object seen in a picture.

    Attributes
    ----------
    colour
        A name in `COLOURS`.
    shape
        A name in `SHAPES`, or None where no outline covers it well.
    overlap
        Intersection over union with the best outline.
    box
        left, top, right, bottom in pixels, the last two exclusive.
    mask
        Its pixels, bool [h, w].
    """

    colour: str
    shape: str | None
    overlap: float
    box: Box
    mask: Mask

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the box, x and y in pixels."""
        left, top, right, bottom = self.box
        return (left + right) / 2.0, (top + bottom) / 2.0


@dataclass(frozen=True)
class Reading:
    """What a picture shows: its background and its objects, largest first."""

    background: str
    objects: tuple[Found, ...]


@dataclass(frozen=True)
class Verdict:
    """Whether a picture shows what its scene says.

    Attributes
    ----------
    count
        As many objects as named, no more.
    shapes, colours
        All named shapes (colours) are among those seen.
    objects
        The count is right, and every object has its own shape and colour.
    relation
        The objects are right and stand to each other as named; True for one right object.
    background
        The background has its colour.
    """

    count: bool
    shapes: bool
    colours: bool
    objects: bool
    relation: bool
    background: bool

    @property
    def all(self) -> bool:
        """Objects, relation and background right."""
        return self.objects and self.relation and self.background


def _shifted(values: NDArray[Scalar], dy: int, dx: int) -> NDArray[Scalar]:
    """Values moved by whole pixels; the edge is repeated."""
    height, width = values.shape[:2]
    rows = np.clip(np.arange(height) + dy, 0, height - 1)
    columns = np.clip(np.arange(width) + dx, 0, width - 1)
    return values[rows][:, columns]


def _near(mask: Mask, reach: int) -> Mask:
    """Pixels with a set one at most `reach` away in both directions."""
    wide = mask.copy()
    for step in range(1, reach + 1):
        wide |= _shifted(mask, 0, step) | _shifted(mask, 0, -step)
    tall = wide.copy()
    for step in range(1, reach + 1):
        tall |= _shifted(wide, step, 0) | _shifted(wide, -step, 0)
    return tall


def read_colours(picture: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Palette index of each pixel, [h, w].

    Flat pixels take the nearest colour. At an edge the blend of two colours can lie next to a
    third (white and red make pink), so an edge pixel may take only a colour that is flat nearby.
    """
    _, values = palette()
    pixels = picture.astype(np.float32)
    distance = np.linalg.norm(pixels[:, :, None, :] - values, axis=-1)
    nearest = distance.argmin(axis=-1)
    flat = np.ones(nearest.shape, dtype=bool)
    for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        flat &= np.abs(pixels - _shifted(pixels, dy, dx)).max(axis=-1) < FLAT
    allowed = np.stack(
        [_near(flat & (nearest == index), REACH) for index in range(len(values))], axis=-1
    )
    allowed |= ~allowed.any(axis=-1, keepdims=True)
    chosen = np.where(allowed, distance, np.inf).argmin(axis=-1)
    indices: NDArray[np.int64] = np.where(flat, nearest, chosen)
    return indices


def label_components(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the connected regions of equal value (8 neighbours), [h, w], 0 upwards.

    Every pixel takes the least number among its equal neighbours until nothing changes.
    """
    height, width = values.shape
    labels = np.arange(height * width).reshape(height, width)
    padded_values = np.pad(values, 1, constant_values=np.iinfo(np.int64).min)
    steps = [(dy, dx) for dy in (0, 1, 2) for dx in (0, 1, 2) if (dy, dx) != (1, 1)]
    same = [padded_values[dy : dy + height, dx : dx + width] == values for dy, dx in steps]
    while True:
        padded = np.pad(labels, 1, constant_values=height * width)
        least = labels.copy()
        for (dy, dx), equal in zip(steps, same, strict=True):
            neighbour = padded[dy : dy + height, dx : dx + width]
            np.minimum(least, neighbour, out=least, where=equal)
        # The number is itself a pixel's place, whose own number may be smaller still.
        least = least.ravel()[least]
        if np.array_equal(least, labels):
            return np.unique(labels, return_inverse=True)[1].reshape(height, width)
        labels = least


@lru_cache(maxsize=1)
def _extents() -> dict[str, tuple[float, float, float, float]]:
    """Left, top, right, bottom of each outline of radius 1."""
    extents: dict[str, tuple[float, float, float, float]] = {}
    side = 512
    for shape in SHAPES:
        box = _box(coverage(shape, 0.5, 0.5, 0.25, side) >= 0.5)
        left, top, right, bottom = ((edge / side - 0.5) / 0.25 for edge in box)
        extents[shape] = (left, top, right, bottom)
    return extents


def _box(mask: Mask) -> Box:
    ys, xs = np.nonzero(mask)
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


def _within(inner: Box, outer: Box) -> bool:
    starts = inner[0] >= outer[0] and inner[1] >= outer[1]
    return starts and inner[2] <= outer[2] and inner[3] <= outer[3]


def recognise(mask: Mask, unknown: Mask) -> tuple[str | None, float]:
    """The outline that covers a region best.

    Parameters
    ----------
    mask
        The region, bool [h, w], square.
    unknown
        Pixels that do not count: what another object may hide.

    Returns
    -------
    shape, overlap
        Name (None under `LEAST_OVERLAP`) and intersection over union.
    """
    side = mask.shape[0]
    left, top, right, bottom = (edge / side for edge in _box(mask))
    best: tuple[str | None, float] = (None, 0.0)
    for shape, (west, north, east, south) in _extents().items():
        fitted = ((right - left) / (east - west) + (bottom - top) / (south - north)) / 2.0
        for radius in (0.95 * fitted, fitted, 1.05 * fitted):
            x = (left + right) / 2.0 - radius * (west + east) / 2.0
            y = (top + bottom) / 2.0 - radius * (north + south) / 2.0
            outline = coverage(shape, x, y, radius, side) >= 0.5
            union = ((outline | mask) & ~unknown).sum()
            overlap = float((outline & mask & ~unknown).sum() / max(union, 1))
            if overlap > best[1]:
                best = (shape, overlap)
    return best if best[1] >= LEAST_OVERLAP else (None, best[1])


def read_picture(picture: NDArray[np.uint8]) -> Reading:
    """Find the objects of a picture uint8 [h, w, 3], h = w."""
    names, _ = palette()
    colours = read_colours(picture)
    counts = {name: int((colours == names.index(name)).sum()) for name in BACKGROUNDS}
    background = max(counts, key=lambda name: counts[name])
    components = label_components(colours)
    sizes = np.bincount(components.ravel())
    smallest = (SMALLEST_SIDE * picture.shape[0]) ** 2
    seen: list[tuple[str, Mask, Box]] = []
    for label in np.argsort(-sizes):
        if sizes[label] < smallest:
            break
        mask = components == label
        name, box = names[int(colours[mask][0])], _box(mask)
        # What shows through the hole of a ring is a piece of the object behind it.
        hole = any(name == other and _within(box, around) for other, _, around in seen)
        if name in COLOURS and not hole:
            seen.append((name, mask, box))
    found: list[Found] = []
    for name, mask, box in seen:
        on_top = np.zeros(mask.shape, dtype=bool)
        for _, other, inner in seen:
            if inner != box and _within(inner, box):
                on_top |= _near(other, 1)
        shape, overlap = recognise(mask, on_top & ~mask)
        found.append(Found(name, shape, overlap, box, mask))
    return Reading(background, tuple(found))


def relation_holds(relation: str, first: Found, second: Found) -> bool:
    """Whether the first object is "left of", "above", "inside" … the second.

    A side counts where the centres lie further apart that way than across it.
    """
    if relation == "inside":
        return _within(first.box, second.box)
    dx, dy = (b - a for a, b in zip(first.centre, second.centre, strict=True))
    along = {"left of": dx, "right of": -dx, "above": dy, "below": -dy}
    if relation in along:
        across = abs(dy) if relation in ("left of", "right of") else abs(dx)
        return along[relation] > across
    if relation == "next to":
        return abs(dx) > abs(dy)
    return True


def _between(found: Sequence[Found]) -> bool:
    middle, one, other = (np.array(item.centre) for item in found)
    return bool(np.dot(one - middle, other - middle) < 0)


def judge(picture: NDArray[np.uint8], scene: Scene) -> Verdict:
    """Whether a picture shows a scene's objects, as its caption names them.

    Sizes and exact places are not judged.
    """
    reading = read_picture(picture)
    seen = list(reading.objects)

    def match(thing: Thing) -> Found | None:
        for item in seen:
            if (item.colour, item.shape) == (thing.colour, thing.shape):
                return item
        return None

    matched = [match(thing) for thing in scene.things]
    right = [item for item in matched if item is not None]
    count = len(seen) == len(scene.things)
    objects = count and len({id(item) for item in right}) == len(scene.things)
    relation = objects
    if objects and scene.relation == "between":
        relation = _between(right)
    elif objects and scene.relation is not None and len(right) == 2:
        relation = relation_holds(scene.relation, right[0], right[1])
    return Verdict(
        count=count,
        shapes=sorted(t.shape for t in scene.things) == sorted(f.shape or "" for f in seen),
        colours=sorted(t.colour for t in scene.things) == sorted(f.colour for f in seen),
        objects=objects,
        relation=relation,
        background=reading.background == scene.background,
    )
