"""Scenes of the shapes world: what is where, drawn at random, and which are held out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sdinspector.worlds.outlines import SHAPES
from sdinspector.worlds.palette import BACKGROUNDS, COLOURS, DEFAULT_BACKGROUND

RELATIONS: tuple[str, ...] = ("left of", "right of", "above", "below", "inside")
"""What the first object of a caption can be to the second."""

ROLES: tuple[str, ...] = ("alone", "left", "right", "above", "below", "inside", "around")
"""What one object is in a scene of one or two."""

CONTAINERS: tuple[str, ...] = ("ring", "circle", "square")
"""Shapes that another can be inside of and still be seen for what they are."""

ROLES_OF_RELATION: dict[str, tuple[str, str]] = {
    "left of": ("left", "right"),
    "right of": ("right", "left"),
    "above": ("above", "below"),
    "below": ("below", "above"),
    "inside": ("inside", "around"),
}
INVERSE: dict[str, str] = {
    "left of": "right of",
    "right of": "left of",
    "above": "below",
    "below": "above",
}
MARGIN = 0.025
GAP = 0.045
RADII: dict[str, tuple[float, float]] = {
    "small": (0.125, 0.15),
    "medium": (0.17, 0.20),
    "large": (0.23, 0.26),
}
"""Radius by size word, as a part of the picture's side."""
RADII_IN_THREE = (0.115, 0.145)
RADII_INSIDE = (0.15, 0.18)
RADII_AROUND = (0.38, 0.42)
HELD_OUT_IN = 10
"""Of so many descriptions one is held out."""


@dataclass(frozen=True)
class Thing:
    """One object. Positions and radius are parts of the picture's side, y downwards.

    `size` is the size its caption says, None where it says none.
    """

    shape: str
    colour: str
    size: str | None = None
    x: float = 0.5
    y: float = 0.5
    radius: float = 0.18


@dataclass(frozen=True)
class Scene:
    """Objects in drawing order (later ones lie on top), first named first.

    Attributes
    ----------
    things
        One to three objects. With `relation` "inside" the second is drawn first.
    relation
        What the first object is to the second; "between" for the first of three; "and" where
        the objects are only listed; None for one object.
    roles
        What each object is in the picture (of `ROLES`, or "among" where there are three).
    background
        A name in `BACKGROUNDS`.
    background_said
        Whether the caption names it; white where it does not.
    """

    things: tuple[Thing, ...]
    relation: str | None
    roles: tuple[str, ...]
    background: str = DEFAULT_BACKGROUND
    background_said: bool = False

    @property
    def description(self) -> str:
        """All that a caption can say of the scene, the same for every wording.

        "a star left of a ring" and "a ring right of a star" describe one scene.
        """
        things, relation = self.things, self.relation or ""
        if relation in ("right of", "below"):
            things, relation = things[::-1], INVERSE[relation]
        named = [f"{thing.size or ''} {thing.colour} {thing.shape}" for thing in things]
        return "; ".join([*named, relation, self.background if self.background_said else ""])

    @property
    def held_out(self) -> bool:
        """Whether training never shows a scene of this description: one in ten, by a hash.

        Every colour, shape, size, background and relation, and every pair of them, is shown in
        other descriptions: what is held out is how they come together.
        """
        digest = hashlib.sha256(self.description.encode()).digest()
        return int.from_bytes(digest[:4], "big") % HELD_OUT_IN == 0


def _choice(rng: np.random.Generator, options: Sequence[str]) -> str:
    return options[int(rng.integers(len(options)))]


def _radius(rng: np.random.Generator, size: str | None) -> float:
    low, high = RADII[size or "medium"]
    return float(rng.uniform(low, high))


def _said_size(rng: np.random.Generator) -> str | None:
    return (None, None, "small", "large")[int(rng.integers(4))]


def _looks(rng: np.random.Generator, count: int) -> list[Thing]:
    """Objects without a place: no two of the same colour, so that words can tell them apart."""
    colours = rng.permutation(list(COLOURS))[:count]
    return [Thing(_choice(rng, tuple(SHAPES)), str(colour)) for colour in colours]


def _alone(rng: np.random.Generator, thing: Thing) -> Thing:
    radius = _radius(rng, thing.size)
    low, high = MARGIN + radius, 1.0 - MARGIN - radius
    return replace(
        thing, radius=radius, x=float(rng.uniform(low, high)), y=float(rng.uniform(low, high))
    )


def _line(rng: np.random.Generator, things: Sequence[Thing], horizontal: bool) -> list[Thing]:
    """Things one after the other, left to right or top to bottom, apart by `GAP` at least."""
    room = 1.0 - 2 * MARGIN - GAP * (len(things) - 1)
    shrink = min(1.0, room / sum(2 * thing.radius for thing in things))
    radii = [thing.radius * shrink for thing in things]
    slack = room - sum(2 * radius for radius in radii)
    cuts = np.sort(rng.uniform(0.0, max(slack, 0.0), len(things)))
    placed: list[Thing] = []
    start = MARGIN
    before = 0.0
    for thing, radius, cut in zip(things, radii, cuts, strict=True):
        start += float(cut) - before
        before = float(cut)
        along = start + radius
        low, high = MARGIN + radius, 1.0 - MARGIN - radius
        if placed:
            # Off the line by less than half of the way, so that the relation stays plain.
            last = placed[-1]
            gone, level = (along - last.x, last.y) if horizontal else (along - last.y, last.x)
            low, high = max(low, level - 0.4 * gone), min(high, level + 0.4 * gone)
        across = float(rng.uniform(low, high)) if low < high else float(np.clip(0.5, high, low))
        x, y = (along, across) if horizontal else (across, along)
        placed.append(replace(thing, x=x, y=y, radius=radius))
        start += 2 * radius + GAP
    return placed


def _inside(rng: np.random.Generator, inner: Thing, outer: Thing) -> list[Thing]:
    around = float(rng.uniform(*RADII_AROUND))
    radius = float(rng.uniform(*RADII_INSIDE))
    low, high = MARGIN + around, 1.0 - MARGIN - around
    x, y = float(rng.uniform(low, high)), float(rng.uniform(low, high))
    # Room is what keeps the inner one clear of a ring's band, and of the edge of the others.
    room = max(0.0, around * 0.56 - radius - 0.04)
    dx, dy = (float(d) for d in rng.uniform(-room, room, 2) / np.sqrt(2.0))
    return [
        replace(inner, x=x + dx, y=y + dy, radius=radius),
        replace(outer, x=x, y=y, radius=around),
    ]


def place(
    rng: np.random.Generator, things: Sequence[Thing], relation: str | None
) -> tuple[tuple[Thing, ...], tuple[str, ...]]:
    """Give objects places and radii that make `relation` true.

    Returns
    -------
    things, roles
        The objects in the order given, placed, and the role of each.
    """
    if len(things) == 1:
        return (_alone(rng, things[0]),), ("alone",)
    if relation == "inside":
        return tuple(_inside(rng, things[0], things[1])), ROLES_OF_RELATION["inside"]
    if len(things) == 2:
        actual = relation if relation in INVERSE else _choice(rng, tuple(INVERSE))
        if relation == "next to":
            actual = _choice(rng, ("left of", "right of"))
        sized = [replace(thing, radius=_radius(rng, thing.size)) for thing in things]
        swap = actual in ("right of", "below")
        line = _line(rng, sized[::-1] if swap else sized, actual in ("left of", "right of"))
        return tuple(line[::-1] if swap else line), ROLES_OF_RELATION[actual]
    sized = [replace(thing, radius=float(rng.uniform(*RADII_IN_THREE))) for thing in things]
    order = [1, 0, 2] if relation == "between" else [int(i) for i in rng.permutation(3)]
    if relation == "between" and rng.random() < 0.5:
        order.reverse()
    line = _line(rng, [sized[i] for i in order], bool(rng.random() < 0.5))
    placed = dict(zip(order, line, strict=True))
    return tuple(placed[i] for i in range(3)), ("among",) * 3


def random_scene(
    rng: np.random.Generator, objects: int | None = None, relation: str | None = None
) -> Scene:
    """A scene at random, held out or not.

    Parameters
    ----------
    rng
        Where chance comes from.
    objects
        How many; None: one (35 %), two (55 %) or three (10 %).
    relation
        For two or three objects; None draws one (for two: mostly one of `RELATIONS`).
    """
    count = objects or (1, 2, 3)[int(np.searchsorted((0.35, 0.90), rng.random()))]
    things = _looks(rng, count)
    if count == 1:
        things = [replace(things[0], size=_said_size(rng))]
        relation = None
    elif count == 2:
        drawn = _choice(rng, RELATIONS) if rng.random() < 0.86 else _choice(rng, ("and", "next to"))
        relation = relation or drawn
        if relation == "inside":
            things[1] = replace(things[1], shape=_choice(rng, CONTAINERS))
            things[0] = replace(things[0], size=(None, "small")[int(rng.integers(2))])
            things[1] = replace(things[1], size=(None, "large")[int(rng.integers(2))])
        else:
            things = [replace(thing, size=_said_size(rng)) for thing in things]
    else:
        relation = relation or ("between" if rng.random() < 0.5 else "and")
    placed, roles = place(rng, things, relation)
    said = bool(rng.random() < 0.6)
    background = _choice(rng, tuple(BACKGROUNDS)) if said else DEFAULT_BACKGROUND
    return Scene(placed, relation, roles, background, said)
