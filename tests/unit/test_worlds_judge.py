from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sdinspector.worlds import COLOURS, SHAPES, Scene, ShapesWorld, Thing, draw
from sdinspector.worlds.judge import judge, label_components, read_picture


@pytest.mark.parametrize("objects", [1, 2, 3])
def test_drawn_pictures_are_judged_right(objects: int) -> None:
    world = ShapesWorld(21, held_out=None, objects=objects)
    samples = [world[index] for index in range(100)]
    right = [judge(sample.picture, sample.drawing.scene).all for sample in samples]
    assert np.mean(right) >= 0.99


def test_noisy_and_blurred_pictures_are_still_read() -> None:
    rng = np.random.default_rng(0)
    world = ShapesWorld(22, held_out=None, objects=2)
    right = []
    for index in range(60):
        sample = world[index]
        picture = sample.picture.astype(np.float32)
        blurred = sum(np.roll(picture, (dy, dx), (0, 1)) for dy in (0, 1) for dx in (0, 1)) / 4
        noisy = np.clip(blurred + rng.normal(0, 5, picture.shape), 0, 255).astype(np.uint8)
        right.append(judge(noisy, sample.drawing.scene).all)
    assert np.mean(right) >= 0.9


@pytest.mark.parametrize("change", ["shape", "colour"])
def test_a_wrong_object_is_noticed(change: str) -> None:
    options = {"shape": tuple(SHAPES), "colour": tuple(COLOURS)}[change]
    world = ShapesWorld(23, held_out=None, objects=1)
    for index in range(30):
        sample = world[index]
        scene = sample.drawing.scene
        (thing,) = scene.things
        other = next(option for option in options if option != getattr(thing, change))
        verdict = judge(sample.picture, replace(scene, things=(replace(thing, **{change: other}),)))
        assert not verdict.objects
        assert verdict.shapes == (change == "colour")
        assert verdict.colours == (change == "shape")


def test_a_relation_turned_round_is_noticed() -> None:
    world = ShapesWorld(24, held_out=None, objects=2, relation="left of")
    for index in range(30):
        sample = world[index]
        verdict = judge(sample.picture, replace(sample.drawing.scene, relation="right of"))
        assert verdict.objects
        assert not verdict.relation


def test_missing_and_superfluous_objects_are_noticed() -> None:
    red = Thing("circle", "red", None, 0.3, 0.5, 0.18)
    blue = Thing("star", "blue", None, 0.7, 0.5, 0.18)
    both = Scene((red, blue), "left of", ("left", "right"))
    alone = Scene((red,), None, ("alone",))
    assert not judge(draw(alone).picture, both).count
    assert not judge(draw(both).picture, alone).objects
    assert not judge(np.full((64, 64, 3), 250, np.uint8), alone).objects


def test_noise_holds_no_objects_of_a_caption() -> None:
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 256, (64, 64, 3)).astype(np.uint8)
    scene, _ = ShapesWorld(25).scene(0)
    assert not judge(noise, scene).objects


def test_objects_are_read_with_colour_shape_and_box() -> None:
    things = (
        Thing("ring", "green", None, 0.3, 0.3, 0.2),
        Thing("cross", "pink", None, 0.75, 0.75, 0.15),
    )
    reading = read_picture(draw(Scene(things, "and", ("left", "right"), "black")).picture)
    assert reading.background == "black"
    assert [(found.colour, found.shape) for found in reading.objects] == [
        ("green", "ring"),
        ("pink", "cross"),
    ]
    assert reading.objects[0].centre == pytest.approx((0.3 * 64, 0.3 * 64), abs=1.0)


def test_components_touch_at_corners_and_end_where_values_do() -> None:
    values = np.array([[1, 0, 2], [0, 1, 2], [3, 0, 1]])
    labels = label_components(values)
    assert labels[0, 0] == labels[1, 1] == labels[2, 2]
    assert labels[0, 2] == labels[1, 2]
    assert len(np.unique(labels)) == 4
