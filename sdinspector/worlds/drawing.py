"""Draws scenes: the picture, and the exact mask of every object and every word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sdinspector.worlds.captions import Caption, Mention, write_caption
from sdinspector.worlds.outlines import coverage
from sdinspector.worlds.palette import BACKGROUNDS, COLOURS
from sdinspector.worlds.scenes import Scene, random_scene

PIXELS = 64
"""Side of the world's pictures."""


@dataclass(frozen=True)
class Drawing:
    """A scene as a picture.

    Attributes
    ----------
    scene
        What was drawn.
    picture
        uint8 [h, w, 3], sRGB.
    masks
        float32 [objects, h, w]: the part of each pixel that shows the object (0..1; what another
        object hides is not counted). With `background` the masks sum to one everywhere.
    background
        float32 [h, w].
    """

    scene: Scene
    picture: NDArray[np.uint8]
    masks: NDArray[np.float32]
    background: NDArray[np.float32]

    def mask_of(self, mention: Mention) -> NDArray[np.float32]:
        """The part of each pixel [h, w] that shows what these words name."""
        return self.background if mention.thing is None else self.masks[mention.thing]


@dataclass(frozen=True)
class Sample:
    """A drawn scene with its caption."""

    drawing: Drawing
    caption: Caption

    @property
    def picture(self) -> NDArray[np.uint8]:
        """uint8 [h, w, 3]."""
        return self.drawing.picture

    @property
    def text(self) -> str:
        """The caption's text."""
        return self.caption.text


def draw(scene: Scene, pixels: int = PIXELS) -> Drawing:
    """Draw a scene, anti-aliased.

    Parameters
    ----------
    scene
        Objects and background.
    pixels
        Side of the picture.
    """
    order = range(len(scene.things))
    if scene.relation == "inside":
        order = reversed(order)  # type: ignore[assignment]
    canvas = np.empty((pixels, pixels, 3), dtype=np.float32)
    canvas[:] = BACKGROUNDS[scene.background]
    seen = np.ones((pixels, pixels), dtype=np.float32)
    masks = np.zeros((len(scene.things), pixels, pixels), dtype=np.float32)
    for index in order:
        thing = scene.things[index]
        cover = coverage(thing.shape, thing.x, thing.y, thing.radius, pixels)
        canvas += cover[..., None] * (np.array(COLOURS[thing.colour], np.float32) - canvas)
        masks *= 1.0 - cover
        seen *= 1.0 - cover
        masks[index] = cover
    return Drawing(scene, np.rint(canvas).astype(np.uint8), masks, seen)


@dataclass(frozen=True)
class ShapesWorld:
    """An endless, reproducible collection of captioned pictures.

    The sample of one seed and index is always the same, whatever was drawn before it.

    Attributes
    ----------
    seed
        Of the whole collection.
    held_out
        False: training scenes only; True: held-out ones only; None: both.
    objects, relation
        As for `random_scene`.
    pixels
        Side of the pictures.
    """

    seed: int = 0
    held_out: bool | None = False
    objects: int | None = None
    relation: str | None = None
    pixels: int = PIXELS

    def scene(self, index: int) -> tuple[Scene, Caption]:
        """The scene at an index and its caption, not drawn."""
        rng = np.random.default_rng((self.seed, index))
        while True:
            scene = random_scene(rng, self.objects, self.relation)
            if self.held_out is None or scene.held_out == self.held_out:
                return scene, write_caption(rng, scene)

    def __getitem__(self, index: int) -> Sample:
        scene, caption = self.scene(index)
        return Sample(draw(scene, self.pixels), caption)
