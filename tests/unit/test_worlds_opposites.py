"""Captions that say one thing wrong."""

from __future__ import annotations

import re

import numpy as np
import pytest

from sdinspector.worlds import COLOURS, SHAPES, ShapesWorld
from sdinspector.worlds.opposites import oppose, turn_round

WORLD = ShapesWorld(5)


def facts(text: str) -> list[str]:
    """Shapes, colours and words of place, in the order they are said."""
    places = ("left", "right", "above", "below", "over", "under")
    return [word for word in re.findall(r"\w+", text) if word in {*SHAPES, *COLOURS, *places}]


@pytest.mark.parametrize("index", range(60))
def test_one_fact_is_wrong_and_the_rest_is_kept(index):
    scene, caption = WORLD.scene(index)
    opposite = oppose(np.random.default_rng(index), scene, caption)
    right, wrong = facts(caption.text), facts(opposite.text)
    assert len(right) == len(wrong)
    changed = [(a, b) for a, b in zip(right, wrong, strict=True) if a != b]
    assert len(changed) in (1, 2)
    if len(changed) == 2:
        assert changed[0] == changed[1][::-1], "two words have changed places"
    if opposite.detail:
        assert len(changed) == 1
        assert set(changed[0]) <= set(SHAPES)


def test_articles_fit_the_words_that_took_the_place_of_others():
    for index in range(300):
        scene, caption = WORLD.scene(index)
        text = oppose(np.random.default_rng(index), scene, caption).text
        assert not re.search(r"\ba [aeiou]", text), text
        assert not re.search(r"\ban [^aeiou]", text), text


def test_every_kind_of_mistake_comes_up():
    kinds = set()
    for index in range(400):
        scene, caption = WORLD.scene(index)
        opposite = oppose(np.random.default_rng(index), scene, caption)
        right, wrong = facts(caption.text), facts(opposite.text)
        changed = [(a, b) for a, b in zip(right, wrong, strict=True) if a != b]
        kind = next(
            name
            for name, words in (("shape", SHAPES), ("colour", COLOURS), ("place", changed[0]))
            if changed[0][0] in words
        )
        kinds.add((kind, len(changed)))
    assert kinds == {("shape", 1), ("shape", 2), ("colour", 1), ("colour", 2), ("place", 1)}


def test_a_relation_is_turned_round():
    assert turn_round("a red star to the left of a ring") == "a red star to the right of a ring"
    assert turn_round("a red star under a ring") == "a red star over a ring"
    assert turn_round("a red star beside a ring") is None
