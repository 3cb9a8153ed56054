"""Captions that say one thing wrong: what a denoiser must tell from the right ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sdinspector.worlds.captions import Caption, Mention
from sdinspector.worlds.outlines import SHAPES
from sdinspector.worlds.palette import COLOURS
from sdinspector.worlds.scenes import Scene

TURNS: tuple[tuple[str, str], ...] = (
    (" left ", " right "),
    (" above ", " below "),
    (" over ", " under "),
)
"""Words that turn a relation round where one takes the other's place."""


@dataclass(frozen=True)
class Opposite:
    """A caption with one fact wrong.

    Attributes
    ----------
    text
        The caption.
    detail
        Whether the fact is one shape, which shows when little noise is left; a relation or a
        colour shows while there is much.
    """

    text: str
    detail: bool


def turn_round(text: str) -> str | None:
    """The caption with its relation turned round; None where it has no relation of `TURNS`."""
    for one, other in TURNS:
        if one in text:
            return text.replace(one, other)
        if other in text:
            return text.replace(other, one)
    return None


def _reworded(caption: Caption, words: Mapping[Mention, str]) -> str:
    """The caption with other words for some of its mentions, and "a" or "an" as they need."""
    text = caption.text
    for mention in sorted(words, key=lambda each: -each.start):
        text = text[: mention.start] + words[mention] + text[mention.end :]
    return re.sub(
        r"\b(?:a|an) (?=(\w))", lambda found: "an " if found[1] in "aeiou" else "a ", text
    )


def _other(rng: np.random.Generator, options: Sequence[str], taken: set[str]) -> str:
    left = [option for option in options if option not in taken]
    return left[int(rng.integers(len(left)))]


def oppose(rng: np.random.Generator, scene: Scene, caption: Caption) -> Opposite:
    """Say one fact of a caption wrong.

    The relation turned round (half the time where there is one), the colours or the shapes of two
    objects exchanged, or the shape or the colour of one replaced.
    """
    things = scene.things
    mentions = {(mention.thing, mention.kind): mention for mention in caption.mentions}
    turned = turn_round(caption.text)
    chance = float(rng.random())
    if len(things) == 2 and turned is not None and chance < 0.5:
        return Opposite(turned, detail=False)
    if len(things) > 1 and chance < 0.72:
        one, other = (int(index) for index in rng.permutation(len(things))[:2])
        shapes_differ = things[one].shape != things[other].shape
        kind = "shape" if chance >= 0.62 and shapes_differ else "colour"
        first, second = mentions[one, kind], mentions[other, kind]
        words = {
            first: caption.text[second.start : second.end],
            second: caption.text[first.start : first.end],
        }
        return Opposite(_reworded(caption, words), detail=False)
    index = int(rng.integers(len(things)))
    if scene.relation == "inside":
        index = 0 if rng.random() < 0.7 else 1
    if rng.random() < 0.75:
        shape = _other(rng, tuple(SHAPES), {things[index].shape})
        return Opposite(_reworded(caption, {mentions[index, "shape"]: shape}), detail=True)
    colour = _other(rng, tuple(COLOURS), {thing.colour for thing in things})
    return Opposite(_reworded(caption, {mentions[index, "colour"]: colour}), detail=False)
