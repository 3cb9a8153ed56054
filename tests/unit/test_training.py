from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline
from safetensors.torch import load_file
from transformers import CLIPTokenizer

from sdinspector.core import Cancelled, InspectorError
from sdinspector.engine.evaluation import evaluate, format_table, held_out_prompts
from sdinspector.engine.training import STAGES, train_shapes
from sdinspector.engine.training_autoencoder import as_batch, edge_weights, psnr_of
from sdinspector.engine.training_denoiser import (
    LatentBank,
    denoising_loss,
    new_scheduler,
    spread_timesteps,
)
from sdinspector.engine.training_text import learn_merges, write_tokenizer
from sdinspector.worlds import ShapesWorld


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_shapes(tmp_path_factory.mktemp("trained") / "model", preset="tiny")


def test_training_writes_a_model_that_diffusers_opens(tiny: Path) -> None:
    pipeline = StableDiffusionPipeline.from_pretrained(tiny, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    image = pipeline("a red circle", num_inference_steps=2).images[0]
    assert image.size == (64, 64)
    assert pipeline.unet.config.layers_per_block == 2
    assert pipeline.vae.config.scaling_factor != 1.0


def test_the_model_names_no_folder_of_the_machine_that_trained_it(tiny: Path) -> None:
    for part in ("unet", "vae", "text_encoder"):
        assert "_name_or_path" not in json.loads((tiny / part / "config.json").read_text("utf-8"))


def test_the_weights_are_half_precision(tiny: Path) -> None:
    from safetensors import safe_open

    for part in ("unet", "vae", "text_encoder"):
        (path,) = (tiny / part).glob("*.safetensors")
        with safe_open(path, "pt") as file:
            floats = {str(file.get_tensor(key).dtype) for key in file.keys()}  # noqa: SIM118
        assert floats <= {"torch.float16", "torch.int64"}


def test_a_cancelled_training_goes_on_to_the_same_weights(tmp_path: Path, tiny: Path) -> None:
    out = tmp_path / "model"
    stages: list[str] = []
    for allowed in range(1, 30):
        count = iter(range(allowed))

        def stop(count=count) -> bool:  # type: ignore[no-untyped-def]
            return next(count, None) is None

        try:
            train_shapes(
                out,
                preset="tiny",
                should_stop=stop,
                on_progress=lambda stage, *_: stages.append(stage),
            )
            break
        except Cancelled:
            assert not out.exists()
    for part in ("unet", "vae", "text_encoder"):
        (mine,) = (out / part).glob("*.safetensors")
        (whole,) = (tiny / part).glob("*.safetensors")
        assert mine.read_bytes() == whole.read_bytes()
    assert {"vae", "text", "bank", "unet", "contrast", "decoder"} == set(stages)


def test_another_seed_gives_other_weights(tmp_path: Path, tiny: Path) -> None:
    out = train_shapes(tmp_path / "model", preset="tiny", seed=1)
    (mine,) = (out / "unet").glob("*.safetensors")
    (other,) = (tiny / "unet").glob("*.safetensors")
    assert mine.read_bytes() != other.read_bytes()


def test_the_unet_needs_the_stages_before_it(tmp_path: Path) -> None:
    with pytest.raises(InspectorError) as caught:
        train_shapes(tmp_path / "model", preset="tiny", stages=("unet",))
    assert caught.value.code == "training.stage-missing"


def test_the_decoder_stage_leaves_the_encoder_and_so_the_latents_as_they_are(tiny: Path) -> None:
    work = tiny.with_name(tiny.name + ".work")
    before = load_file(work / "vae" / "diffusion_pytorch_model.safetensors")
    after = load_file(work / "vae_finished" / "diffusion_pytorch_model.safetensors")
    same = {name for name in before if torch.equal(before[name], after[name])}
    assert all(name in same for name in before if name.startswith(("encoder.", "quant_conv.")))
    assert not any(name in same for name in before if name == "decoder.conv_out.weight")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"preset": "huge"}, "training.preset"), ({"stages": ("clip",)}, "training.stage")],
)
def test_unknown_presets_and_stages_are_named(
    tmp_path: Path, wrong: dict[str, object], code: str
) -> None:
    with pytest.raises(InspectorError) as caught:
        train_shapes(tmp_path / "model", **wrong)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert not (tmp_path / "model.work").exists()


def test_stages_are_named_in_the_order_they_need() -> None:
    assert STAGES == ("vae", "text", "unet", "contrast", "decoder")


@pytest.mark.parametrize(
    "text", ["a red circle", "", "Ünïcode 中文 😀", "zebra-striped & “quoted”", "x" * 500]
)
def test_any_text_encodes_without_unknown_pieces(tiny: Path, text: str) -> None:
    tokenizer = CLIPTokenizer.from_pretrained(tiny / "tokenizer")
    ids = tokenizer(text, truncation=True, padding="max_length", max_length=77).input_ids
    assert len(ids) == 77
    assert ids[0] == tokenizer.bos_token_id
    body = ids[1 : ids.index(tokenizer.eos_token_id)]
    assert tokenizer.unk_token_id not in body
    assert bool(body) == bool(text)


def test_every_word_of_the_world_is_one_token(tiny: Path) -> None:
    tokenizer = CLIPTokenizer.from_pretrained(tiny / "tokenizer")
    for index in range(50):
        text = ShapesWorld(0).scene(index)[1].text
        words = text.replace(",", " ,").split()
        assert [piece.removesuffix("</w>") for piece in tokenizer.tokenize(text)] == words


def test_merges_depend_on_the_texts_alone() -> None:
    texts = ["a red ring", "a red star"]
    assert learn_merges(texts) == learn_merges(reversed(texts))
    assert learn_merges(["ab"]) == [("a", "b</w>")]


def test_a_tokenizer_is_the_same_when_read_from_its_vocabulary(tmp_path: Path) -> None:
    tokenizer = write_tokenizer(["a red ring"], tmp_path)
    vocabulary = json.loads((tmp_path / "vocab.json").read_text("utf-8"))
    assert vocabulary == tokenizer.get_vocab()
    assert len(vocabulary) == len(set(vocabulary.values()))


def test_timesteps_cover_the_range_evenly() -> None:
    generator = torch.Generator().manual_seed(0)
    timesteps = spread_timesteps(10, generator)
    assert sorted(int(t) // 100 for t in timesteps) == list(range(10))
    many = torch.cat([spread_timesteps(4, generator) for _ in range(2000)])
    assert many.min() < 5
    assert many.max() > 994


def test_captions_are_dropped_as_often_as_asked() -> None:
    seen: list[str] = []

    class Texts:
        def __call__(self, captions: list[str]) -> torch.Tensor:
            seen.extend(captions)
            return torch.zeros(len(captions), 77, 4)

    loss = denoising_loss(lambda latents, *_: latents, Texts(), 0.25)  # type: ignore[arg-type]
    bank = LatentBank(torch.zeros(8, 4, 16, 16), ("x",) * 8)
    generator = torch.Generator().manual_seed(0)
    for _ in range(200):
        loss([bank[i] for i in range(8)], generator)
    assert seen.count("") / len(seen) == pytest.approx(0.25, abs=0.04)


def test_some_pictures_are_given_the_caption_of_another() -> None:
    asked: list[str] = []

    class Texts:
        def __call__(self, captions: list[str]) -> torch.Tensor:
            asked.extend(captions)
            return torch.zeros(len(captions), 77, 8)

    items = [(torch.zeros(4, 4, 4), f"caption {i}") for i in range(200)]
    loss = denoising_loss(lambda latents, *_: latents, Texts(), 0.0, caption_noise=0.25)  # type: ignore[arg-type]
    loss(items, torch.Generator().manual_seed(0))
    others = sum(text != given for (_, text), given in zip(items, asked, strict=True))
    assert 30 < others < 70


def test_the_loss_is_the_error_of_the_predicted_noise() -> None:
    states = lambda captions: torch.zeros(len(captions), 77, 4)  # noqa: E731
    bank = LatentBank(torch.zeros(64, 4, 16, 16), ("x",) * 64)
    items = [bank[i] for i in range(64)]
    zero, _ = denoising_loss(lambda latents, *_: 0 * latents, states)(  # type: ignore[arg-type]
        items, torch.Generator().manual_seed(0)
    )
    assert float(zero) == pytest.approx(1.0, abs=0.01)


def test_schedulers_made_from_the_configuration_do_not_clip(tiny: Path) -> None:
    pipeline = StableDiffusionPipeline.from_pretrained(tiny, local_files_only=True)
    assert DDIMScheduler.from_config(pipeline.scheduler.config).config.clip_sample is False
    assert new_scheduler().config.steps_offset == 1


def test_edges_weigh_more_than_flat_ground() -> None:
    picture = np.full((64, 64, 3), 250, np.uint8)
    picture[20:40, 20:40] = (214, 30, 36)
    weights = edge_weights(as_batch([picture]))[0, 0]
    assert weights[5, 5] == 1.0
    assert weights[30, 30] == 1.0
    assert weights[20, 30] == 5.0


def test_psnr_is_in_decibels_of_the_unit_range() -> None:
    assert psnr_of(0.01) == pytest.approx(20.0)


def test_evaluation_gives_a_table_fit_for_json(tiny: Path) -> None:
    calls: list[tuple[str, int, int]] = []
    result = evaluate(
        tiny,
        prompts=4,
        steps=2,
        scales=(1.0, 3.0),
        on_progress=lambda stage, done, total, _: calls.append((stage, done, total)),
    )
    assert json.loads(json.dumps(result)) == result
    assert [entry["scale"] for entry in result["scales"]] == [1.0, 3.0]
    assert calls[-1] == ("evaluate", 8, 8)
    table = format_table(result)
    assert "two: relation" in table
    assert "PSNR" in table


def test_evaluation_asks_for_held_out_scenes_only() -> None:
    prompts = held_out_prompts(40, seed=3)
    assert all(prompt.scene.held_out for prompt in prompts)
    assert [len(prompt.scene.things) for prompt in prompts] == [1] * 20 + [2] * 20
    assert len({prompt.scene.relation for prompt in prompts[20:]}) == 5
    assert len({prompt.seed for prompt in prompts}) == 40


def test_evaluating_what_is_no_model_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InspectorError) as caught:
        evaluate(tmp_path)
    assert caught.value.code == "evaluation.model"
