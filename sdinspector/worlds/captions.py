"""The caption grammar of the shapes world: many wordings, each word tied to what it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sdinspector.worlds.scenes import INVERSE, Scene, Thing

SIZE_WORDS: dict[str, tuple[str, ...]] = {
    "small": ("small", "small", "small", "tiny", "little"),
    "large": ("large", "large", "large", "big", "huge"),
}
RELATION_WORDS: dict[str, tuple[str, ...]] = {
    "left of": ("left of", "left of", "to the left of", "on the left of"),
    "right of": ("right of", "right of", "to the right of", "on the right of"),
    "above": ("above", "above", "over"),
    "below": ("below", "below", "under", "beneath"),
    "inside": ("inside", "inside", "inside of", "within"),
    "next to": ("next to", "beside"),
    "and": ("and", "and", "with"),
}
TRAILING_WORDS: dict[str, tuple[str, ...]] = {
    "left of": ("to its left", "on its left"),
    "right of": ("to its right", "on its right"),
    "above": ("above it",),
    "below": ("below it", "under it"),
}
OPENINGS: tuple[str, ...] = ("a picture of ", "an image of ", "a drawing of ", "there is ")


Option = TypeVar("Option")


@dataclass(frozen=True)
class Mention:
    """Words of a caption that name something that can be seen.

    Attributes
    ----------
    start, end
        Characters `caption[start:end]`.
    kind
        "shape", "colour", "size" or "background".
    thing
        Index into the scene's objects; None for the background.
    """

    start: int
    end: int
    kind: str
    thing: int | None


@dataclass(frozen=True)
class Caption:
    """A caption and what its words name."""

    text: str
    mentions: tuple[Mention, ...]


class _Writer:
    """Collects text and, as it goes, which characters name what."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.text = ""
        self.mentions: list[Mention] = []

    def choose(self, options: Sequence[Option]) -> Option:
        return options[int(self.rng.integers(len(options)))]

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def say(self, words: str) -> None:
        self.text += words

    def name(self, words: str, kind: str, thing: int | None) -> None:
        start = len(self.text)
        self.text += words
        self.mentions.append(Mention(start, len(self.text), kind, thing))

    def object(self, index: int, thing: Thing) -> None:
        """One object: "a small red circle", or a freer wording of it."""
        size = self.choose(SIZE_WORDS[thing.size]) if thing.size else ""
        form = float(self.rng.random())
        colour_last = form >= 0.9
        first = size or (thing.shape if colour_last else thing.colour)
        if form < 0.82 or colour_last:
            self.say("an " if first[0] in "aeiou" else "a ")
        if size:
            self.name(size, "size", index)
            self.say(" ")
        if colour_last:
            self.name(thing.shape, "shape", index)
            self.say(self.choose((" in ", " that is ")))
            self.name(thing.colour, "colour", index)
        else:
            self.name(thing.colour, "colour", index)
            self.say(" ")
            self.name(thing.shape, "shape", index)

    def background(self, name: str) -> None:
        on, after = self.choose(
            (("on a ", " background"), ("on a ", " background"), ("on ", ""), ("against ", ""))
        )
        self.say(on)
        self.name(name, "background", None)
        self.say(after)


def _objects(writer: _Writer, scene: Scene) -> None:
    things, relation = scene.things, scene.relation
    if len(things) == 1:
        writer.object(0, things[0])
        return
    if len(things) == 3:
        writer.object(0, things[0])
        writer.say(" between " if relation == "between" else ", ")
        writer.object(1, things[1])
        writer.say(" and ")
        writer.object(2, things[2])
        return
    words = writer.choose(RELATION_WORDS[relation or "and"])
    if relation in INVERSE and writer.chance(0.08):
        # "a blue star with a red circle to its left": the first object is named second.
        writer.object(1, things[1])
        writer.say(" with ")
        writer.object(0, things[0])
        writer.say(" " + writer.choose(TRAILING_WORDS[relation]))
        return
    writer.object(0, things[0])
    writer.say(f" is {words} " if relation != "and" and writer.chance(0.15) else f" {words} ")
    writer.object(1, things[1])


def write_caption(rng: np.random.Generator, scene: Scene) -> Caption:
    """A caption of a scene, in one of its many wordings."""
    writer = _Writer(rng)
    first = scene.background_said and writer.chance(0.12)
    if first:
        writer.background(scene.background)
        writer.say(", ")
    elif writer.chance(0.15):
        writer.say(writer.choose(OPENINGS))
    _objects(writer, scene)
    if scene.background_said and not first:
        writer.say(" ")
        writer.background(scene.background)
    return Caption(writer.text, tuple(writer.mentions))
