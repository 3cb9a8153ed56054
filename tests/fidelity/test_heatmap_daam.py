"""The DAAM recipe against the package daam 0.2.0, whose maps are stored with how they were made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sdinspector.analysis import heatmaps
from sdinspector.core import CaptureSpec, RunSpec
from sdinspector.engine import Model, open_model, run_iter
from sdinspector.recording import Recording, attention
from tests import tiny
from tests.fidelity import narrow_model

STORED = Path(__file__).parents[1] / "data" / "daam_maps.npz"


@pytest.fixture(scope="module")
def stored() -> tuple[list[dict[str, Any]], list[np.ndarray]]:
    """Return what the package was asked and the maps that it gave."""
    with np.load(STORED) as file:
        entries = json.loads(str(file["about"]))["entries"]
        span = (file["high"] - file["low"])[:, None, None]
        return entries, list(file["maps"] / 65535.0 * span + file["low"][:, None, None])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Model]:
    folder = tiny.save(narrow_model.pipeline(), tmp_path_factory.mktemp("narrow") / "narrow")
    opened = open_model(str(folder), device="cpu")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def recordings(model: Model, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Recording]:
    """Return a recording of each of the 20 prompts, as the package ran them."""
    folder = tmp_path_factory.mktemp("narrow-runs")
    found = {}
    for seed, prompt in enumerate(narrow_model.PROMPTS):
        spec = RunSpec(
            prompt=prompt,
            seed=seed,
            steps=narrow_model.STEPS,
            guidance_scale=narrow_model.GUIDANCE,
            scheduler="ddim",
            capture=CaptureSpec(statistics=()),
        )
        calls = run_iter(model, spec, folder / f"{seed}.sdrec")
        done = next(done for done in calls if done.call == done.calls - 1)
        calls.close()  # a picture of 512² is not needed
        found[prompt] = Recording.open(done.path)
    return found


def test_the_recipe_agrees_with_the_package_for_every_word_of_20_prompts(stored, recordings):
    entries, maps = stored
    assert len({entry["prompt"] for entry in entries}) == 20
    worst, least = 0.0, 1.0
    for entry, expected in zip(entries, maps, strict=True):
        sums = attention.sum_calls(recordings[entry["prompt"]])
        # The package takes every place where a word stands in the prompt for one word.
        places = [index for index, text in attention.words_of(sums.tokens) if text == entry["word"]]
        columns = [
            column for index in places for column in attention.columns_of_word(sums.tokens, index)
        ]
        found = heatmaps.heat_map(
            sums.maps,
            columns,
            "daam",
            calls=sums.count,
            size=(64, 64),
            normalise=entry["kind"] == "normalised",
        )
        worst = max(worst, float(np.abs(found - expected).max() / np.ptp(expected)))
        least = min(least, float(np.corrcoef(found.ravel(), expected.ravel())[0, 1]))
    assert worst <= 1e-3
    assert least >= 0.999


def test_words_of_several_tokens_and_repeated_words_are_among_the_prompts(stored, recordings):
    sums = attention.sum_calls(recordings["the white horse left of the blue river"])
    lengths = [
        len(attention.columns_of_word(sums.tokens, index))
        for index, _ in attention.words_of(sums.tokens)
    ]
    assert max(lengths) > 3
    texts = [text for _, text in attention.words_of(sums.tokens)]
    assert texts.count("the") == 2
