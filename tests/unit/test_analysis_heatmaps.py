"""Heat maps of words: what each recipe makes of probabilities, and words ranked at a place."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sdinspector.analysis import averages, heatmaps, ranking, resize
from sdinspector.core import InspectorError, Token

DOWN, MID, UP = (
    "down_blocks.0.attentions.0.transformer_blocks.0.attn2",
    "mid_block.attentions.0.transformer_blocks.0.attn2",
    "up_blocks.3.attentions.0.transformer_blocks.0.attn2",
)
SIZE = (8, 12)
TOKENS = (
    Token(0, 1, "<|startoftext|>", "bos"),
    Token(1, 2, "red</w>", "word", 0, "red"),
    Token(2, 3, "octa", "word", 1, "octagon"),
    Token(3, 4, "gon</w>", "word", 1, "octagon"),
    Token(4, 5, "<|endoftext|>", "eos"),
    *(Token(index, 5, "<|endoftext|>", "padding") for index in range(5, 77)),
)


@pytest.fixture
def maps() -> dict[str, np.ndarray]:
    """Return the sum of two calls' probabilities: six columns, three layers, a picture 2:3."""
    rng = np.random.default_rng(0)
    found = {}
    for path, (heads, *grid) in {DOWN: (2, 8, 12), MID: (4, 1, 2), UP: (3, 2, 3)}.items():
        values = rng.random((heads, 6, *grid)).astype(np.float32)
        found[path] = 2.0 * values / values.sum(axis=1, keepdims=True)
    return found


def make(maps, columns, recipe="daam", **changes):
    return heatmaps.heat_map(maps, columns, recipe, **{"calls": 2, "size": SIZE} | changes)


class TestRecipes:
    @pytest.mark.parametrize("recipe", heatmaps.RECIPES)
    def test_a_map_has_the_latent_s_size_in_single_precision(self, maps, recipe):
        made = make(maps, [1], recipe)
        assert made.shape == SIZE
        assert made.dtype == np.float32
        assert made.min() >= 0.0

    @pytest.mark.parametrize("recipe", heatmaps.RECIPES)
    def test_half_precision_maps_give_nearly_the_same(self, maps, recipe):
        half = {path: array.astype(np.float16) for path, array in maps.items()}
        np.testing.assert_allclose(make(half, [1], recipe), make(maps, [1], recipe), rtol=2e-3)

    @pytest.mark.parametrize("recipe", heatmaps.RECIPES)
    def test_a_word_of_several_tokens_is_the_mean_of_their_maps(self, maps, recipe):
        both = make(maps, [2, 3], recipe)
        mean = (make(maps, [2], recipe) + make(maps, [3], recipe)) / 2
        np.testing.assert_allclose(both, mean, rtol=1e-5)

    @pytest.mark.parametrize("recipe", heatmaps.RECIPES)
    def test_several_words_at_once_are_the_words_one_by_one(self, maps, recipe):
        made = heatmaps.heat_maps(maps, [[3], [0], [2, 3]], recipe, calls=2, size=SIZE)
        for columns, one in zip(([3], [0], [2, 3]), made, strict=True):
            np.testing.assert_allclose(one, make(maps, columns, recipe), rtol=1e-6)

    def test_even_attention_gives_the_value_that_the_formula_says(self):
        even = {
            path: np.full((heads, 4, 2, 2), 3 * 0.25, np.float32)
            for path, heads in ((DOWN, 2), (MID, 5), (UP, 6))
        }
        expected = {
            "daam": 3 * 0.25,  # summed over three calls, mean over heads
            "ovam": 3 * 0.25 * (2 + 6) / 2,  # heads summed too, mean over two layers
            "attention-map-diffusers": 0.25 * (2 + 5 + 6) / 3,
            "prompt-to-prompt": 0.25,
            "raw": 0.25,
        }
        for recipe, value in expected.items():
            made = heatmaps.heat_map(even, [1], recipe, calls=3, size=(4, 4))
            np.testing.assert_allclose(made, value, rtol=1e-6)

    def test_layers_with_more_heads_weigh_more_in_daam_and_equal_in_ovam(self):
        two = {DOWN: np.zeros((1, 3, 2, 2), np.float32), UP: np.ones((3, 3, 2, 2), np.float32)}
        assert heatmaps.heat_map(two, [1], "daam", calls=1, size=(2, 2)).max() == 0.75
        assert heatmaps.heat_map(two, [1], "ovam", calls=1, size=(2, 2)).max() == 1.5

    def test_daam_clips_each_head_before_the_mean(self):
        spike = np.zeros((2, 3, 4, 4), np.float32)
        spike[0, 1, 1, 1] = spike[1, 1, 2, 2] = 1.0
        made = heatmaps.heat_map({UP: spike}, [1], "daam", calls=1, size=(8, 8))
        each = np.maximum(resize.bicubic(spike[:, 1], (8, 8)), 0.0)
        np.testing.assert_allclose(made, each.mean(axis=0), atol=1e-7)
        assert not np.allclose(made, np.maximum(resize.bicubic(spike[:, 1], (8, 8)).mean(0), 0.0))

    def test_the_middle_block_counts_only_where_a_recipe_takes_it(self, maps):
        changed = maps | {MID: maps[MID] * 0.5}
        for recipe, info in heatmaps.RECIPES.items():
            same = np.array_equal(make(maps, [1], recipe), make(changed, [1], recipe))
            assert same == (info.layers != "all")

    def test_prompt_to_prompt_takes_the_grid_nearest_to_a_quarter(self, maps):
        alone = make({UP: maps[UP]}, [1], "prompt-to-prompt")
        np.testing.assert_array_equal(make(maps, [1], "prompt-to-prompt"), alone)
        other = make(maps, [1], "prompt-to-prompt", grid=(8, 12))
        np.testing.assert_array_equal(other, make({DOWN: maps[DOWN]}, [1], "prompt-to-prompt"))

    def test_sixteen_squared_is_that_quarter_in_stable_diffusion_1(self):
        shapes = {f"up_blocks.{n}.attn2": (8, 5, side, side) for n, side in enumerate((16, 32, 64))}
        taken = heatmaps.recipe_layers(shapes, "prompt-to-prompt", (64, 64))
        assert taken == ("up_blocks.0.attn2",)

    def test_raw_shows_every_cell_as_it_is(self, maps):
        made = make({UP: maps[UP]}, [1], "raw", heads=[2])
        np.testing.assert_array_equal(made[::4, ::4], maps[UP][2, 1] / 2)
        assert len(np.unique(made)) == 6

    def test_a_chosen_layer_can_be_one_that_the_recipe_leaves_out(self, maps):
        middle = {MID: maps[MID]}
        with pytest.raises(InspectorError, match=r"DAAM takes.*none of them") as caught:
            make(middle, [1])
        assert caught.value.code == "heatmap.no-layers"
        for recipe in heatmaps.RECIPES:
            assert make(middle, [1], recipe, own_layers=False).shape == SIZE

    def test_unknown_recipes_are_told_with_those_that_there_are(self, maps):
        with pytest.raises(InspectorError, match="daam, ovam") as caught:
            make(maps, [1], "best")
        assert caught.value.code == "heatmap.no-recipe"


class TestHeads:
    def test_one_choice_holds_for_all_layers_or_each_has_its_own(self, maps):
        first = {DOWN: maps[DOWN][:1], UP: maps[UP][[0]]}
        np.testing.assert_allclose(make(maps, [1], heads=[0]), make(first, [1]), rtol=1e-6)
        mixed = {DOWN: maps[DOWN], UP: maps[UP][[2, 0]]}
        np.testing.assert_allclose(make(maps, [1], heads={UP: [2, 0]}), make(mixed, [1]), rtol=1e-6)

    @pytest.mark.parametrize("wrong", [[2], [-1], []])
    def test_heads_out_of_range_are_told_with_the_layer_s_own(self, maps, wrong):
        with pytest.raises(InspectorError, match="2 heads, 0 to 1") as caught:
            make(maps, [1], heads=wrong)
        assert caught.value.code == "heatmap.no-head"


class TestNormalise:
    def test_it_divides_by_the_sum_over_the_words_alone(self, maps):
        total = make(maps, [1]) + make(maps, [2]) + make(maps, [3])
        expected = make(maps, [2]) / (total + 1e-6)
        np.testing.assert_allclose(make(maps, [2], normalise=True), expected, rtol=1e-5)
        shares = sum(make(maps, [column], normalise=True) for column in (1, 2, 3))
        np.testing.assert_allclose(shares, 1.0, atol=1e-4)

    def test_a_prompt_of_no_words_has_nothing_to_divide_by_and_stays_finite(self):
        empty = {UP: np.full((1, 3, 2, 2), 1 / 3, np.float32)}
        made = heatmaps.heat_map(empty, [0], calls=1, size=(2, 2), normalise=True)
        assert np.isfinite(made).all()


class TestBadInput:
    def test_no_column_no_map_and_columns_that_are_not_there_are_refused(self, maps):
        for columns in ([], [6], [-1]):
            with pytest.raises(ValueError, match="column"):
                make(maps, columns)
        with pytest.raises(ValueError, match="no attention"):
            make({}, [1])

    @pytest.mark.parametrize("recipe", heatmaps.RECIPES)
    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_what_is_not_finite_stays_in_its_place(self, maps, recipe, bad):
        path = UP if recipe == "prompt-to-prompt" else DOWN
        maps[path][0, 1, 0, 0] = bad
        made = make(maps, [1], recipe)
        assert not np.isfinite(made[0, 0])
        assert np.isfinite(made[-1, -1])
        assert np.isfinite(make(maps, [2], recipe)).all()


class TestDisplay:
    def test_daam_is_scaled_by_its_range_and_ovam_by_its_maximum(self):
        heat = np.array([[1.0, 2.0], [3.0, 5.0]])
        np.testing.assert_allclose(heatmaps.normalised(heat, "daam"), (heat - 1) / 4, rtol=1e-6)
        np.testing.assert_allclose(heatmaps.normalised(heat, "ovam"), heat / 5, rtol=1e-6)
        assert heatmaps.mask(heat, 0.4, "daam").tolist() == [[False, False], [True, True]]
        assert heatmaps.mask(heat, 0.3, "ovam").tolist() == [[False, True], [True, True]]

    @pytest.mark.parametrize("recipe", heatmaps.RECIPES)
    def test_flat_and_empty_maps_give_no_warning_and_no_mask(self, recipe):
        flat = np.zeros((2, 2))
        assert heatmaps.normalised(flat, recipe).tolist() == [[0.0, 0.0], [0.0, 0.0]]
        missing = np.full((2, 2), np.nan)
        assert np.isnan(heatmaps.normalised(missing, recipe)).all()
        assert not heatmaps.mask(missing, 0.4, recipe).any()

    def test_what_is_not_finite_neither_counts_nor_is_inside(self):
        heat = np.array([[0.0, 1.0, np.nan, np.inf]])
        np.testing.assert_allclose(heatmaps.normalised(heat)[0, :3], [0.0, 1.0, np.nan], atol=1e-6)
        assert heatmaps.mask(heat)[0, :3].tolist() == [False, True, False]

    def test_a_picture_is_resized_as_the_recipe_displays_it(self, maps):
        heat = make(maps, [1])
        picture = (64, 96)
        for recipe, how in (("daam", resize.bicubic), ("ovam", resize.bilinear)):
            np.testing.assert_array_equal(
                heatmaps.to_picture(heat, picture, recipe), how(heat, picture)
            )


class TestRanking:
    def test_every_word_and_special_token_has_a_map(self, maps):
        made = ranking.word_maps(maps, TOKENS, calls=2, size=SIZE)
        assert made.keys == ("bos", 0, 1, "eos", "padding")
        assert made.labels == ("BOS", "red", "octagon", "EOS", "padding")
        assert made.columns == ((0,), (1,), (2, 3), (4,), (5,))
        np.testing.assert_allclose(made.of(1), make(maps, [2, 3]), rtol=1e-6)
        words = ranking.word_maps(maps, TOKENS, calls=2, size=SIZE, specials=False)
        assert words.keys == (0, 1)
        with pytest.raises(KeyError):
            words.of("bos")

    def test_words_are_ranked_by_the_cell_that_the_place_lies_in(self, maps):
        made = ranking.word_maps(maps, TOKENS, calls=2, size=SIZE)
        ranks = made.rank(0.99, 0.5)
        values = {key: made.of(key)[7, 6] for key in made.keys}
        assert [rank.key for rank in ranks] == sorted(values, key=lambda key: -values[key])
        assert [rank.value for rank in ranks] == sorted(
            (pytest.approx(value) for value in values.values()), key=lambda v: -v.expected
        )
        assert sum(rank.share for rank in ranks) == pytest.approx(1.0)
        assert made.rank(1.0, 1.0) == made.rank(0.999, 0.999)
        assert made.rank(-0.1, 0.0) == made.rank(0.0, 0.0)
        again = ranking.rank_words(maps, TOKENS, 0.99, 0.5, calls=2, size=SIZE)
        assert again == ranks

    def test_a_place_without_a_number_ranks_last_and_has_no_share(self, maps):
        maps[DOWN][0, 1, 0, 0] = np.nan
        ranks = ranking.word_maps(maps, TOKENS, calls=2, size=SIZE).rank(0.0, 0.0)
        assert ranks[-1].key == 0
        assert math.isnan(ranks[-1].value)

    def test_an_empty_prompt_has_special_tokens_alone(self):
        tokens = (TOKENS[0], TOKENS[4], *TOKENS[5:])
        even = {UP: np.full((1, 3, 2, 2), 1 / 3, np.float32)}
        made = ranking.word_maps(even, tokens, calls=1, size=(2, 2))
        assert made.keys == ("bos", "eos", "padding")
        none = ranking.word_maps(even, tokens, calls=1, size=(2, 2), specials=False)
        assert none.maps.shape == (0, 2, 2)
        assert none.rank(0.5, 0.5) == ()

    def test_tokens_of_another_prompt_are_refused(self, maps):
        with pytest.raises(ValueError, match="5 columns"):
            ranking.word_maps(maps, TOKENS[:4], calls=2, size=SIZE)


class TestAverages:
    def test_mean_and_spread_are_those_of_the_sample(self):
        rng = np.random.default_rng(1)
        stack = rng.random((5, 4, 6)).astype(np.float32)
        found = averages.average_maps(list(stack))
        np.testing.assert_allclose(found.mean, stack.mean(axis=0), rtol=1e-6)
        np.testing.assert_allclose(found.spread, stack.std(axis=0, ddof=1), rtol=1e-5)
        assert (found.count, found.nonfinite) == (5, 0)

    def test_one_map_alone_has_no_spread(self):
        found = averages.average_maps([np.ones((2, 2), np.float16)])
        assert found.mean.tolist() == [[1.0, 1.0], [1.0, 1.0]]
        assert np.isnan(found.spread).all()

    def test_smaller_maps_are_resized_to_the_largest(self):
        small, large = np.array([[0.0, 1.0]]), np.zeros((2, 4))
        found = averages.average_maps([small, large])
        np.testing.assert_allclose(found.mean, resize.bilinear(small, (2, 4)) / 2, rtol=1e-6)

    def test_maps_can_be_brought_to_one_scale_first(self):
        found = averages.average_maps(
            [np.array([[0.0, 10.0]]), np.array([[1.0, 2.0]])], normalise="daam"
        )
        np.testing.assert_allclose(found.mean, [[0.0, 1.0]], atol=1e-6)

    def test_what_is_not_finite_is_counted_and_shown(self):
        found = averages.average_maps([np.array([[np.inf, 1.0]]), np.array([[-np.inf, 1.0]])])
        assert found.nonfinite == 2
        assert np.isnan(found.mean[0, 0])
        assert found.mean[0, 1] == 1.0

    def test_an_average_of_nothing_is_refused(self):
        for nothing in ([], [np.zeros((0, 4))], [np.zeros(3)]):
            with pytest.raises(ValueError, match="no maps"):
                averages.average_maps(nothing)
