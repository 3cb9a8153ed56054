from __future__ import annotations

import numpy as np
import pytest

from sdinspector.worlds import BACKGROUNDS, COLOURS, RELATIONS, SHAPES, ShapesWorld, draw
from sdinspector.worlds.captions import SIZE_WORDS
from sdinspector.worlds.outlines import coverage
from sdinspector.worlds.scenes import Scene, Thing, random_scene
from sdinspector.worlds.variants import VariantGroups, vary


def test_a_sample_is_the_same_whatever_was_drawn_before() -> None:
    world = ShapesWorld(3)
    alone = world[17]
    for index in range(5):
        world[index]
    again = world[17]
    assert again.text == alone.text
    assert np.array_equal(again.picture, alone.picture)


def test_masks_and_background_sum_to_one_everywhere() -> None:
    for index in range(40):
        drawing = ShapesWorld(1)[index].drawing
        total = drawing.masks.sum(axis=0) + drawing.background
        assert np.abs(total - 1.0).max() < 1e-5


def test_the_mask_of_a_colour_word_covers_pixels_of_that_colour() -> None:
    for index in range(40):
        sample = ShapesWorld(2)[index]
        for mention in sample.caption.mentions:
            said = sample.text[mention.start : mention.end]
            shown = sample.picture[sample.drawing.mask_of(mention) > 0.999].astype(int)
            if mention.kind == "colour":
                assert np.abs(shown - COLOURS[said]).max() <= 1
            if mention.kind == "background":
                assert np.abs(shown - BACKGROUNDS[said]).max() <= 1


def test_mentions_name_what_the_scene_holds() -> None:
    for index in range(200):
        scene, caption = ShapesWorld(4).scene(index)
        named: dict[int, dict[str, str]] = {}
        for mention in caption.mentions:
            if mention.thing is not None:
                words = caption.text[mention.start : mention.end]
                named.setdefault(mention.thing, {})[mention.kind] = words
        assert len(named) == len(scene.things)
        for number, thing in enumerate(scene.things):
            assert named[number]["colour"] == thing.colour
            assert named[number]["shape"] == thing.shape
            if thing.size is not None:
                assert named[number]["size"] in SIZE_WORDS[thing.size]


def test_captions_use_the_right_article() -> None:
    for index in range(300):
        text = ShapesWorld(5).scene(index)[1].text
        assert " a orange" not in f" {text}"
        assert " an red" not in f" {text}"


def test_captions_are_worded_in_many_ways() -> None:
    texts = [ShapesWorld(6, objects=1).scene(index)[1].text for index in range(300)]
    assert any(text.startswith("a picture of") for text in texts)
    assert any(" in " in text for text in texts)
    assert any(text.startswith(("on ", "against ")) for text in texts)
    assert any(text.split()[0] in COLOURS for text in texts)


def test_a_caption_without_a_background_means_white() -> None:
    scenes = [ShapesWorld(7).scene(index)[0] for index in range(200)]
    assert {scene.background for scene in scenes if not scene.background_said} == {"white"}
    assert {scene.background for scene in scenes if scene.background_said} == set(BACKGROUNDS)


def test_objects_lie_inside_the_picture_and_apart() -> None:
    for index in range(300):
        scene, _ = ShapesWorld(8, held_out=None).scene(index)
        for thing in scene.things:
            assert thing.x - thing.radius >= 0.0
            assert thing.x + thing.radius <= 1.0
            assert thing.y - thing.radius >= 0.0
            assert thing.y + thing.radius <= 1.0
        drawing = draw(scene)
        if scene.relation != "inside":
            assert (drawing.masks.sum(axis=0) <= 1.0 + 1e-5).all()
        assert (drawing.masks.sum(axis=(1, 2)) > 20).all()


@pytest.mark.parametrize("relation", RELATIONS)
def test_relations_are_true_in_the_picture(relation: str) -> None:
    world = ShapesWorld(9, held_out=None, objects=2, relation=relation)
    for index in range(60):
        first, second = world.scene(index)[0].things
        dx, dy = second.x - first.x, second.y - first.y
        if relation == "inside":
            assert np.hypot(dx, dy) + first.radius < second.radius
        else:
            along = {"left of": dx, "right of": -dx, "above": dy, "below": -dy}[relation]
            across = abs(dy) if relation in {"left of", "right of"} else abs(dx)
            assert along > 2.0 * across


def test_a_tenth_of_all_descriptions_is_held_out() -> None:
    scenes = [ShapesWorld(12, held_out=None).scene(index)[0] for index in range(3000)]
    held = {scene.description for scene in scenes if scene.held_out}
    every = {scene.description for scene in scenes}
    assert 0.08 < len(held) / len(every) < 0.12


def test_no_wording_of_a_held_out_scene_is_ever_shown() -> None:
    star, ring = Thing("star", "blue", "small"), Thing("ring", "green")
    scene = Scene((star, ring), "left of", ("left", "right"))
    turned = Scene((ring, star), "right of", ("right", "left"))
    above = Scene((star, ring), "above", ("above", "below"))
    assert scene.description == turned.description != above.description
    shown = {ShapesWorld(0).scene(index)[0].description for index in range(2000)}
    held = {ShapesWorld(0, held_out=True).scene(index)[0].description for index in range(400)}
    assert not shown & held
    groups = VariantGroups(3)
    for index in range(20):
        assert not any(sample.drawing.scene.held_out for sample in groups[index])


def test_training_shows_every_colour_of_every_shape() -> None:
    pairs = {
        (thing.colour, thing.shape)
        for index in range(1500)
        for thing in ShapesWorld(0, objects=1).scene(index)[0].things
    }
    assert len(pairs) == len(COLOURS) * len(SHAPES)


def test_held_out_worlds_show_nothing_else() -> None:
    assert all(ShapesWorld(11, held_out=True).scene(index)[0].held_out for index in range(60))


def test_the_same_scene_is_drawn_at_any_size() -> None:
    scene, _ = ShapesWorld(12).scene(0)
    small, large = draw(scene, 64), draw(scene, 256)
    blocks = large.masks.reshape(len(scene.things), 64, 4, 64, 4).mean(axis=(2, 4))
    assert np.abs(blocks - small.masks).mean() < 0.01


@pytest.mark.parametrize("shape", SHAPES)
def test_coverage_is_the_exact_area_of_a_shape(shape: str) -> None:
    coarse = coverage(shape, 0.5, 0.5, 0.3, 64).sum() / 64**2
    fine = (coverage(shape, 0.5, 0.5, 0.3, 1024) >= 0.5).mean()
    assert coarse == pytest.approx(fine, rel=0.01)


def test_a_variant_differs_in_what_its_caption_says() -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        scene = random_scene(rng)
        other = vary(rng, scene)

        def facts(of: type(scene)) -> object:  # type: ignore[valid-type]
            looks = [(thing.shape, thing.colour, thing.size) for thing in of.things]
            return looks, of.relation, of.background

        assert facts(other) != facts(scene)
