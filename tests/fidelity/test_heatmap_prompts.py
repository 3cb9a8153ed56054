"""From a real run to maps, matrix and table, for prompts of every length, square and not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sdinspector.analysis import heads, heatmaps, ranking
from sdinspector.core import CaptureSpec, InspectorError, RunSpec
from sdinspector.engine import Model, run
from sdinspector.recording import attention

LENGTHS = (0, 1, 75, 200)


@pytest.mark.parametrize("words", LENGTHS)
@pytest.mark.parametrize(("size", "scale"), [((16, 16), 7.5), ((16, 32), 1.0)])
def test_a_run_gives_a_map_for_every_word_that_was_read(
    tiny4_model: Model, tmp_path: Path, words: int, size: tuple[int, int], scale: float
) -> None:
    height, width = size
    prompt = " ".join(["red"] * words)
    spec = RunSpec(
        prompt=prompt,
        steps=2,
        scheduler="ddim",
        guidance_scale=scale,
        width=8 * width,
        height=8 * height,
        capture=CaptureSpec(statistics=(), both_branches=True),
    )
    recording = run(tiny4_model, spec, tmp_path / "run.sdrec")
    sums = attention.sum_calls(recording)
    read = min(words, 75)
    assert len(attention.words_of(sums.tokens)) == read
    assert len(sums.tokens) == read + 2
    for path, maps in sums.maps.items():
        assert maps.shape[1] == read + 3, path
        assert maps.shape[2] * width == maps.shape[3] * height, path
        np.testing.assert_allclose(maps.sum(axis=1), sums.count, atol=sums.count * 2e-3)
    for recipe in heatmaps.RECIPES:
        made = ranking.word_maps(sums.maps, sums.tokens, recipe, calls=sums.count, size=size)
        assert made.maps.shape == (read + 3, height, width)
        assert np.isfinite(made.maps).all()
    heard = attention.heard(recording)
    assert heard.matrix.shape == (2, len(sums.maps), read + 3)
    np.testing.assert_allclose(heard.matrix.sum(axis=2), 1.0, atol=2e-3)
    table = heads.heads_table(sums.maps, sums.tokens)
    assert len(table["head"]) == sum(len(maps) for maps in sums.maps.values())
    if words > 75:
        with pytest.raises(InspectorError) as caught:
            attention.columns_of_word(recording.tokens["cond"], 75)
        assert caught.value.code == "attention.word-cut"


def test_the_unconditional_branch_is_read_where_it_ran_and_was_captured(
    tiny_model: Model, tmp_path: Path
) -> None:
    spec = RunSpec(
        prompt="a red star",
        negative_prompt="blue",
        steps=2,
        scheduler="ddim",
        capture=CaptureSpec(statistics=(), both_branches=True),
    )
    both = run(tiny_model, spec, tmp_path / "both.sdrec")
    sums = attention.sum_calls(both, branch="uncond")
    assert attention.words_of(sums.tokens) == ((0, "blue"),)
    made = ranking.word_maps(sums.maps, sums.tokens, calls=sums.count, size=(8, 8))
    assert made.keys == ("bos", 0, "eos", "padding")
    assert attention.heard(both, "uncond").matrix.shape[2] == 4
    alone = run(
        tiny_model,
        RunSpec(prompt="a red star", steps=1, guidance_scale=1.0, capture=spec.capture),
        tmp_path / "one.sdrec",
    )
    with pytest.raises(InspectorError, match="unconditional branch") as caught:
        attention.sum_calls(alone, branch="uncond")
    assert caught.value.code == "attention.not-captured"


def test_the_stored_summary_is_what_the_calls_say(tiny_model: Model, tmp_path: Path) -> None:
    spec = RunSpec(prompt="a red star", steps=3, capture=CaptureSpec(statistics=()))
    recording = run(tiny_model, spec, tmp_path / "run.sdrec")
    stored, anew = recording.summary(), attention.summarise(recording)
    assert set(stored) >= set(anew)
    for name, array in anew.items():
        np.testing.assert_allclose(stored[name], array, rtol=1e-3, atol=1e-4)
