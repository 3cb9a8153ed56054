"""Scenes that differ from a given one in a single fact: what a text encoder must tell apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sdinspector.worlds.captions import write_caption
from sdinspector.worlds.drawing import PIXELS, Sample, draw
from sdinspector.worlds.outlines import SHAPES
from sdinspector.worlds.palette import BACKGROUNDS, COLOURS
from sdinspector.worlds.scenes import CONTAINERS, INVERSE, Scene, place, random_scene


def _other(rng: np.random.Generator, options: tuple[str, ...], *taken: str) -> str:
    left = [option for option in options if option not in taken]
    return left[int(rng.integers(len(left)))]


def _change_colour(rng: np.random.Generator, scene: Scene) -> Scene | None:
    index = int(rng.integers(len(scene.things)))
    taken = [thing.colour for thing in scene.things]
    things = list(scene.things)
    things[index] = replace(things[index], colour=_other(rng, tuple(COLOURS), *taken))
    return replace(scene, things=tuple(things))


def _change_shape(rng: np.random.Generator, scene: Scene) -> Scene | None:
    index = int(rng.integers(len(scene.things)))
    options = CONTAINERS if scene.relation == "inside" and index == 1 else tuple(SHAPES)
    things = list(scene.things)
    things[index] = replace(things[index], shape=_other(rng, options, things[index].shape))
    return replace(scene, things=tuple(things))


def _change_size(rng: np.random.Generator, scene: Scene) -> Scene | None:
    if scene.relation == "inside" or len(scene.things) == 3:
        return None
    index = int(rng.integers(len(scene.things)))
    things = list(scene.things)
    sizes = [size for size in (None, "small", "large") if size != things[index].size]
    things[index] = replace(things[index], size=sizes[int(rng.integers(len(sizes)))])
    return replace(scene, things=tuple(things))


def _change_background(rng: np.random.Generator, scene: Scene) -> Scene | None:
    background = _other(rng, tuple(BACKGROUNDS), scene.background)
    return replace(scene, background=background, background_said=True)


def _swap_colours(_rng: np.random.Generator, scene: Scene) -> Scene | None:
    if len(scene.things) < 2 or scene.things[0].shape == scene.things[1].shape:
        return None
    first, second, *rest = scene.things
    swapped = (replace(first, colour=second.colour), replace(second, colour=first.colour))
    return replace(scene, things=(*swapped, *rest))


def _change_relation(rng: np.random.Generator, scene: Scene) -> Scene | None:
    if scene.relation not in INVERSE:
        return None
    turned = INVERSE[scene.relation]
    if rng.random() < 0.4:
        turned = _other(rng, tuple(INVERSE), scene.relation, turned)
    return replace(scene, relation=turned)


_CHANGES: tuple[Callable[[np.random.Generator, Scene], Scene | None], ...] = (
    _change_colour,
    _change_shape,
    _change_size,
    _change_background,
    _swap_colours,
    _swap_colours,
    _change_relation,
    _change_relation,
)


def vary(rng: np.random.Generator, scene: Scene) -> Scene:
    """The scene with one fact changed and its objects placed anew.

    One of: a colour, a shape, a size or the background; the colours of two objects swapped; the
    relation turned round.
    """
    while True:
        changed = _CHANGES[int(rng.integers(len(_CHANGES)))](rng, scene)
        if changed is not None:
            things, roles = place(rng, changed.things, changed.relation)
            return replace(changed, things=things, roles=roles)


@dataclass(frozen=True)
class VariantGroups:
    """Training items of `size` samples each: a scene and variations of it, none held out.

    Attributes
    ----------
    seed, length
        Of the collection; each index always gives the same group.
    size
        Samples in a group.
    pixels
        Side of the pictures.
    """

    seed: int = 0
    length: int = 100_000
    size: int = 4
    pixels: int = PIXELS

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> tuple[Sample, ...]:
        rng = np.random.default_rng((self.seed, index))
        scenes: list[Scene] = []
        while len(scenes) < self.size:
            scene = vary(rng, scenes[0]) if scenes else random_scene(rng)
            if not scene.held_out:
                scenes.append(scene)
        return tuple(
            Sample(draw(scene, self.pixels), write_caption(rng, scene)) for scene in scenes
        )
