"""Every recipe against a few lines of torch, on what the built-in model does in plain diffusers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from sdinspector.analysis import heatmaps
from sdinspector.core import CaptureSpec, RunSpec
from sdinspector.engine import Model, open_model, probe, run
from sdinspector.recording import Recording, attention
from tests.fidelity.plain_runs import plain_run

SQUARE = RunSpec(
    prompt="a red circle left of a blue star",
    seed=3,
    steps=3,
    guidance_scale=4.0,
    capture=CaptureSpec(statistics=()),
)
SPECS = {
    "square": SQUARE,
    "wide": replace(SQUARE, width=80, height=48),
    "one branch": replace(SQUARE, guidance_scale=1.0, width=48, height=96),
}
OTHER_TEXT = "green square"


@dataclass
class Case:
    """A run twice: recorded, and in plain diffusers with its queries ``[calls, n, C]`` noted."""

    recording: Recording
    queries: dict[str, torch.Tensor]
    model: Model
    spec: RunSpec

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the latent."""
        return self.recording.array(0, "latent").shape[1:]

    def scores(self, text: str) -> dict[str, torch.Tensor]:
        """Return diffusers' own probabilities ``[calls, heads, 77, h, w]`` by path."""
        pipeline = self.model.pipeline
        state, _ = pipeline.encode_prompt(text, "cpu", 1, do_classifier_free_guidance=False)
        found = {}
        for path, query in self.queries.items():
            layer: Any = pipeline.unet.get_submodule(path)
            key = layer.head_to_batch_dim(layer.to_k(state))
            halved = [torch.arange(side) for side in self.size]
            while len(halved[0]) * len(halved[1]) > query.shape[1]:
                halved = [side[::2] for side in halved]
            grid = [len(side) for side in halved]
            made = [
                layer.get_attention_scores(layer.head_to_batch_dim(one[None]), key) for one in query
            ]
            found[path] = torch.stack(made).transpose(2, 3).unflatten(3, grid)
        return found


@pytest.fixture(scope="module")
def shapes_model() -> Iterator[Model]:
    model = open_model("shapes", device="cpu")
    yield model
    model.close()


@pytest.fixture(scope="module", params=SPECS)
def case(
    request: pytest.FixtureRequest, shapes_model: Model, tmp_path_factory: pytest.TempPathFactory
) -> Case:
    spec = SPECS[request.param]
    folder: Path = tmp_path_factory.mktemp("recipes")
    recording = run(shapes_model, spec, folder / "run.sdrec")
    queries: dict[str, list[torch.Tensor]] = {}
    with ExitStack() as stack:
        for path, module in shapes_model.pipeline.unet.named_modules():
            if path.endswith("attn2"):
                seen = queries.setdefault(path, [])
                handle = module.to_q.register_forward_hook(
                    lambda _module, _inputs, output, seen=seen: seen.append(output[-1])
                )
                stack.callback(handle.remove)
        plain_run(shapes_model, spec)
    return Case(recording, {k: torch.stack(v) for k, v in queries.items()}, shapes_model, spec)


def daam(scores: dict[str, torch.Tensor], columns: list[int], size: tuple[int, int]) -> Any:
    merged = [
        interpolate(one.sum(0), size=size, mode="bicubic").clamp(min=0)
        for path, one in scores.items()
        if "mid" not in path
    ]
    return torch.cat(merged).mean(0)[columns].mean(0)


def ovam(scores: dict[str, torch.Tensor], columns: list[int], size: tuple[int, int]) -> Any:
    merged = [
        interpolate(one.sum((0, 1))[None], size=size, mode="bilinear")
        for path, one in scores.items()
        if "mid" not in path
    ]
    return torch.cat(merged).mean(0)[columns].mean(0)


def attention_map_diffusers(
    scores: dict[str, torch.Tensor], columns: list[int], size: tuple[int, int]
) -> Any:
    total, number = torch.zeros(77, *size), 0
    for one in scores.values():
        for call in one:
            total += interpolate(call.sum(0)[None], size=size, mode="bilinear")[0]
            number += 1
    return (total / number)[columns].mean(0)


def prompt_to_prompt(
    scores: dict[str, torch.Tensor], columns: list[int], size: tuple[int, int]
) -> Any:
    side = (size[0] // 4, size[1] // 4)
    out = [
        one.mean(0)
        for path, one in scores.items()
        if one.shape[-2:] == side and ("up" in path or "down" in path)
    ]
    mean = torch.cat(out).mean(0)
    return interpolate(mean[columns].mean(0)[None, None], size=size, mode="bicubic")[0, 0].clamp(0)


def raw(scores: dict[str, torch.Tensor], columns: list[int], size: tuple[int, int]) -> Any:
    merged = [interpolate(one.mean(0), size=size, mode="nearest") for one in scores.values()]
    return torch.cat(merged).mean(0)[columns].mean(0)


REFERENCES = {
    "daam": daam,
    "ovam": ovam,
    "attention-map-diffusers": attention_map_diffusers,
    "prompt-to-prompt": prompt_to_prompt,
    "raw": raw,
}


def agree(found: np.ndarray, expected: torch.Tensor) -> None:
    wanted = expected.detach().numpy()
    assert found.shape == wanted.shape
    assert np.abs(found - wanted).max() <= 1e-3 * np.ptp(wanted)
    assert np.corrcoef(found.ravel(), wanted.ravel())[0, 1] >= 0.999


def test_every_recipe_has_a_reference():
    assert set(REFERENCES) == set(heatmaps.RECIPES)


@pytest.mark.parametrize("recipe", REFERENCES)
def test_a_recipe_agrees_with_its_reference_for_every_word(case: Case, recipe: str):
    sums = attention.sum_calls(case.recording)
    assert sums.count == case.recording.calls == 4  # three steps of PNDM
    scores = case.scores(case.spec.prompt)
    for word, _ in attention.words_of(sums.tokens):
        columns = attention.columns_of_word(sums.tokens, word)
        found = heatmaps.heat_map(sums.maps, columns, recipe, calls=sums.count, size=case.size)
        agree(found, REFERENCES[recipe](scores, list(columns), case.size))


@pytest.mark.parametrize("recipe", ["ovam", "daam"])
def test_words_that_are_not_in_the_prompt_agree_too(case: Case, recipe: str):
    found = probe(case.model, case.recording, None, OTHER_TEXT)
    scores = case.scores(OTHER_TEXT)
    for word, text in attention.words_of(found.tokens):
        assert text in OTHER_TEXT
        columns = attention.columns_of_word(found.tokens, word)
        made = heatmaps.heat_map(
            found.maps, columns, recipe, calls=len(found.calls), size=case.size
        )
        agree(made, REFERENCES[recipe](scores, list(columns), case.size))


def test_asking_for_the_prompt_itself_gives_what_was_recorded(case: Case):
    found = probe(case.model, case.recording, None, case.spec.prompt)
    sums = attention.sum_calls(case.recording)
    assert found.tokens == sums.tokens
    for path, maps in sums.maps.items():
        np.testing.assert_allclose(found.maps[path], maps, atol=2e-3)


def test_one_step_of_one_layer_and_head_is_the_recorded_probability(case: Case):
    path = "up_blocks.3.attentions.1.transformer_blocks.0.attn2"
    sums = attention.sum_calls(case.recording, [2], [path])
    found = heatmaps.heat_map(sums.maps, [3], "raw", calls=1, size=case.size, heads=[1])
    expected = case.scores(case.spec.prompt)[path][2, 1, 3]
    np.testing.assert_allclose(found, expected.detach().numpy(), atol=1e-3)
