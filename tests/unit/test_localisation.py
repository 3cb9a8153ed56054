"""Where heat maps find words: scores, choices and masks, and the command that prints the table."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sdinspector.analysis import masks
from sdinspector.cli import main
from sdinspector.core import Cancelled, InspectorError, Token
from sdinspector.engine import Model
from sdinspector.engine.localisation import (
    Plan,
    format_tables,
    found_masks,
    localise,
    word_starts,
)
from sdinspector.engine.localisation_scores import (
    PUBLISHED,
    RADII,
    THRESHOLDS,
    Case,
    Spot,
    choose_heads,
    choose_layers,
    choose_radius,
    disc_overlaps,
    overlaps,
    scores,
)
from sdinspector.recording import Recording
from sdinspector.recording.attention import AttentionSums
from sdinspector.worlds import ShapesWorld

GOOD = "up_blocks.1.attentions.0.transformer_blocks.0.attn2"
NOISE = "down_blocks.0.attentions.0.transformer_blocks.0.attn2"


def a_case(seed: int) -> Case:
    """Return a picture whose noun one head of one layer shows, among heads of noise."""
    rng = np.random.default_rng(seed)
    top, left = rng.integers(0, 10, 2)
    cells = np.zeros((16, 16), dtype=np.float32)
    cells[top : top + 6, left : left + 6] = 1.0
    maps = {name: rng.random((2, 5, 16, 16)).astype(np.float32) for name in (NOISE, GOOD)}
    maps[GOOD][1, 2] = 0.1 + 0.8 * cells
    tokens = tuple(
        Token(index, index, "", kind, word)
        for index, (kind, word) in enumerate(
            [("bos", None), ("word", 0), ("word", 1), ("eos", None)]
        )
    )
    spot = Spot("shape", (2,), np.kron(cells, np.ones((4, 4))).astype(bool))
    return Case((spot,), {"all": AttentionSums(maps, (0,), tokens)}, (16, 16))


class TestScores:
    def test_overlaps_are_the_intersection_over_union_at_each_level(self):
        rng = np.random.default_rng(0)
        heat, mask = rng.random((8, 9)).astype(np.float32), rng.random((8, 9)) > 0.6
        expected = [masks.iou(heat > np.float32(level), mask) for level in THRESHOLDS]
        np.testing.assert_allclose(overlaps(heat, mask, THRESHOLDS), expected)

    def test_a_centred_disc_finds_itself(self):
        y, x = np.mgrid[0:64, 0:64] + 0.5
        disc = np.hypot(y - 32, x - 32) < 0.3 * 64
        found = disc_overlaps(disc)
        assert RADII[int(found.argmax())] == 0.3
        assert found.max() == pytest.approx(1.0)

    def test_words_of_one_kind_in_one_picture_count_as_their_mean(self):
        one, other = a_case(1), a_case(2)
        spots = (*one.spots, *other.spots)
        both = Case(spots, one.sums, one.size)
        single = [scores(Case((spot,), one.sums, one.size), "shape", PUBLISHED) for spot in spots]
        np.testing.assert_allclose(scores(both, "shape", PUBLISHED), np.mean(single, axis=0))

    def test_the_layer_that_shows_the_word_is_chosen(self):
        choice = choose_layers([a_case(seed) for seed in range(4)], "shape")
        assert choice.settings.paths == (GOOD,)

    def test_the_head_that_shows_the_word_is_chosen_and_noise_is_not_added(self):
        cases = [a_case(seed) for seed in range(4)]
        choice = choose_heads(cases, "shape")
        assert choice.settings.heads == {GOOD: (1,)}
        assert choice.settings.layers == "1 head"
        level = THRESHOLDS.index(choice.threshold)
        again = np.mean([scores(case, "shape", choice.settings)[level] for case in cases])
        assert choice.overlap == pytest.approx(again)
        assert again > 0.85

    def test_the_radius_is_the_best_over_pictures(self):
        cases = [a_case(seed) for seed in range(4)]
        mean = np.mean([disc_overlaps(case.spots[0].mask) for case in cases], axis=0)
        assert choose_radius(cases, "shape") == int(mean.argmax())


class TestPictures:
    def test_words_are_found_at_their_characters_also_where_they_repeat(self):
        text = "a red star, a blue star"
        words = ["a", "red", "star", ",", "a", "blue", "star"]
        tokens = tuple(
            Token(index + 1, 0, word, "word", index, word) for index, word in enumerate(words)
        )
        starts = word_starts(text, tokens)
        found = [text[start : start + len(words[word])] for word, start in starts.items()]
        assert found == words
        assert list(starts.values()) == sorted(starts.values())

    def test_masks_read_from_a_drawn_picture_are_those_it_was_drawn_from(self):
        world = ShapesWorld(5, objects=2, relation="left of")
        for index in range(5):
            drawing = world[index].drawing
            found = found_masks(drawing.picture, drawing.scene)
            for number, mask in found.items():
                assert masks.iou(mask, drawing.masks[number] >= 0.5) > 0.9


class TestCommand:
    def test_it_prints_a_table_of_words_against_exact_masks(self, tiny_folder, capsys):
        words = ["--choose", "3", "--report", "2", "--timesteps", "100,300", "--quiet"]
        model = ["--model", str(tiny_folder), "--only", "observed"]
        assert main(["localise", *words, *model]) == 0
        told = capsys.readouterr().out
        assert "(A) Drawn pictures" in told
        assert "(B)" not in told
        assert "| nouns | t = 300 | daam" in told
        assert "daam, as published" in told
        assert "centred disc of radius" in told
        assert main(["localise", *words, *model, "--json"]) == 0
        result = json.loads(capsys.readouterr().out)
        assert result["timesteps"] == [100, 300]
        assert format_tables(result) == told.rstrip()

    def test_where_no_picture_shows_its_caption_it_says_so(self, tiny_folder, capsys):
        words = ["--choose", "1", "--report", "1", "--steps", "1", "--only", "generated", "--quiet"]
        assert main(["localise", *words, "--model", str(tiny_folder)]) == 0
        told = capsys.readouterr().out
        assert "accepts 0.0 % of the pictures" in told
        assert "nothing to score" in told

    def test_generated_pictures_that_are_right_are_scored_against_their_pixels(
        self, tiny_model: Model, monkeypatch
    ):
        plan = Plan(choose=3, report=2, steps=1, parts=("generated",))
        world = ShapesWorld(plan.seed, held_out=None)
        # The tiny model draws nothing that can be judged: show what its captions ask for instead.
        monkeypatch.setattr(Recording, "image", lambda self: world[self.spec.seed].picture)
        result = localise(tiny_model, plan)
        assert (result["generated"]["accepted"], result["generated"]["fitted"]) == (1.0, 3)
        nouns = [row for row in result["generated"]["rows"] if row["words"] == "nouns"]
        assert [row["count"] for row in nouns] == [2, 2, 2, 2]
        assert all(0.0 < row["iou"] < 1.0 for row in nouns)
        assert "accepts 100.0 % of the pictures (3 of those chosen on)" in format_tables(result)

    def test_no_captions_are_refused_before_anything_runs(self, tiny_model: Model):
        with pytest.raises(InspectorError) as caught:
            localise(tiny_model, Plan(choose=0))
        assert caught.value.code == "localisation.captions"

    def test_it_stops_between_captions_and_leaves_no_folder(
        self, tiny_model: Model, tmp_path: Path, monkeypatch
    ):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        done: list[int] = []
        with pytest.raises(Cancelled):
            localise(
                tiny_model,
                Plan(choose=3, report=1),
                on_progress=lambda part, count, *_: done.append(count),
                should_stop=lambda: len(done) == 2,
            )
        assert done == [1, 2]
        assert not any(tmp_path.iterdir())
