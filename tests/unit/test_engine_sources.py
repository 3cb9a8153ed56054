"""Models open, or one clear sentence says why not."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from sdinspector.core import InspectorError, Progress
from sdinspector.engine import list_models, model_from_pipeline, open_model, sources
from sdinspector.engine.devices import (
    choose_device,
    choose_dtype,
    memory_errors_explained,
    to_numpy,
)
from tests import tiny


def error_of(action: Callable[[], object]) -> InspectorError:
    """Return the error that an action ends with."""
    with pytest.raises(InspectorError) as caught:
        action()
    return caught.value


@pytest.fixture
def folder(tiny_folder: Path, tmp_path: Path) -> Path:
    """Return a copy of the tiny model's folder that a test may break."""
    return Path(shutil.copytree(tiny_folder, tmp_path / "model"))


def test_importing_the_engine_imports_no_heavy_library() -> None:
    code = (
        "import sys, sdinspector.engine\n"
        "sys.exit(any(n in sys.modules for n in ('torch', 'diffusers', 'transformers')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_exported_name_is_found() -> None:
    from sdinspector import engine

    for name in engine.__all__:
        assert callable(getattr(engine, name)), name
    with pytest.raises(AttributeError):
        _ = engine.nonsense


def test_opened_model_equals_the_saved_pipeline_and_reports_progress(tiny_folder: Path) -> None:
    seen: list[Progress] = []
    model = open_model(str(tiny_folder), device="cpu", on_progress=seen.append)
    saved = tiny.two_level_pipeline()
    for name in ("text_encoder", "unet", "vae"):
        mine, theirs = getattr(model.pipeline, name), getattr(saved, name)
        assert not mine.training
        for key, value in theirs.state_dict().items():
            assert torch.equal(mine.state_dict()[key], value), key
    texts = {progress.text for progress in seen}
    assert {"checking the weights", "loading the unet", "loading the vae"} <= texts
    assert all(progress.fraction is None or progress.fraction <= 1.0 for progress in seen)
    model.close()


def test_card_describes_the_model(tiny_model) -> None:  # type: ignore[no-untyped-def]
    card = tiny_model.card
    assert (card.width, card.height, card.vae_scale_factor, card.size_multiple) == (16, 16, 2, 8)
    assert (card.class_name, card.device, card.dtype) == (
        "StableDiffusionPipeline",
        "cpu",
        "float32",
    )
    assert (card.prediction_type, card.scheduler, card.max_tokens) == (
        "epsilon",
        "PNDMScheduler",
        77,
    )
    pipeline = tiny.two_level_pipeline()
    parts = (pipeline.text_encoder, pipeline.unet, pipeline.vae)
    assert card.parameters == sum(p.numel() for part in parts for p in part.parameters())
    assert card.bytes == 4 * card.parameters
    assert card.takes_guidance
    assert card.preview is not None
    assert len(card.preview.matrix) == 4


def test_digest_knows_weights_and_settings_but_not_line_ends(
    tiny_model,
    folder: Path,  # type: ignore[no-untyped-def]
) -> None:
    def digest() -> str:
        model = open_model(folder, device="cpu")
        model.close()
        return model.card.digest

    assert digest() == tiny_model.card.digest
    config = folder / "unet" / "config.json"
    config.write_bytes(config.read_bytes().replace(b"\n", b"\r\n"))
    assert digest() == tiny_model.card.digest
    scheduler = folder / "scheduler" / "scheduler_config.json"
    settings = json.loads(scheduler.read_text())
    scheduler.write_text(json.dumps({**settings, "beta_end": 0.013}))
    assert digest() != tiny_model.card.digest
    scheduler.write_text(json.dumps(settings))
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    changed = bytearray(weights.read_bytes())
    changed[-1] ^= 1
    weights.write_bytes(bytes(changed))
    assert digest() != tiny_model.card.digest


def test_digest_of_a_pipeline_is_that_of_its_tensors() -> None:
    first = model_from_pipeline(tiny.two_level_pipeline())
    assert first.card.digest == model_from_pipeline(tiny.two_level_pipeline()).card.digest
    assert first.card.digest != model_from_pipeline(tiny.two_level_pipeline(seed=1)).card.digest


def test_closed_model_dies_and_says_so(tiny_folder: Path) -> None:
    model = open_model(str(tiny_folder), device="cpu")
    watched = [weakref.ref(getattr(model.pipeline, n)) for n in ("unet", "vae", "text_encoder")]
    watched.append(weakref.ref(model.pipeline))
    model.close()
    model.close()
    gc.collect()
    assert [ref() for ref in watched] == [None] * 4
    assert model.closed
    assert error_of(lambda: model.pipeline).code == "model.closed"


def test_missing_folder() -> None:
    for source in ("/no/such/folder", "./nothing", "just-a-name"):
        assert error_of(lambda source=source: open_model(source)).code == "model.folder-missing"


def test_name_that_is_not_in_the_cache() -> None:
    error = error_of(lambda: open_model("somebody/some-model"))
    assert error.code == "model.not-cached"
    assert "hf download somebody/some-model" in error.message


def test_folder_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    assert error_of(lambda: open_model(tmp_path)).code == "model.not-diffusers"


@pytest.mark.parametrize(
    ("name", "code"), [("a.safetensors", "model.single-file"), ("a.ckpt", "model.pickle")]
)
def test_single_file(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert error_of(lambda: open_model(tmp_path / name)).code == code


@pytest.mark.parametrize(
    "gone",
    [
        "model_index.json",
        "unet/",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/",
        "text_encoder/model.safetensors",
        "tokenizer/",
        "scheduler/scheduler_config.json",
    ],
)
def test_half_copied_folder_names_what_is_missing(folder: Path, gone: str) -> None:
    path = folder / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    error = error_of(lambda: open_model(folder))
    assert error.code == "model.incomplete"
    assert error.facts["missing"] == [gone]
    assert gone in error.message


def test_missing_shard_is_named(folder: Path) -> None:
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_name("part-1.safetensors"))
    shards = {"weight_map": {"a": "part-1.safetensors", "b": "part-2.safetensors"}}
    index = folder / "unet" / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text(json.dumps(shards))
    assert error_of(lambda: open_model(folder)).facts["missing"] == ["unet/part-2.safetensors"]


def change_index(folder: Path, **changes: object) -> None:
    index = folder / "model_index.json"
    index.write_text(json.dumps({**json.loads(index.read_text()), **changes}))


def test_unsupported_classes(folder: Path) -> None:
    change_index(folder, unet=["diffusers", "UNet2DModel"])
    error = error_of(lambda: open_model(folder))
    assert (error.code, error.facts["part"]) == ("model.unsupported-part", "unet")
    change_index(folder, _class_name="StableDiffusionXLPipeline")
    error = error_of(lambda: open_model(folder))
    assert error.code == "model.unsupported-class"
    assert "StableDiffusionXLPipeline" in error.message


@pytest.mark.parametrize("broken", ["model_index.json", "unet/config.json"])
def test_broken_json_names_the_file(folder: Path, broken: str) -> None:
    (folder / broken).write_text("{")
    error = error_of(lambda: open_model(folder))
    assert error.code == "model.unreadable"
    assert Path(error.facts["file"]).name in broken


@pytest.mark.parametrize("keep", [0, 5, 100, 5000])
def test_truncated_weights_name_the_file(folder: Path, keep: int) -> None:
    weights = folder / "vae" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:keep])
    error = error_of(lambda: open_model(folder))
    assert error.code == "model.unreadable"
    assert error.facts["file"] == str(weights)


def test_git_lfs_pointer_is_recognised(folder: Path) -> None:
    weights = folder / "vae" / "diffusion_pytorch_model.safetensors"
    weights.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    assert "git lfs pull" in error_of(lambda: open_model(folder)).message


def test_pickled_weights_are_never_opened(folder: Path) -> None:
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    error = error_of(lambda: open_model(folder))
    assert (error.code, error.facts["parts"]) == ("model.pickle-only", ["unet"])


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder"])
def test_weights_that_lack_a_tensor_are_not_filled_with_noise(folder: Path, part: str) -> None:
    from safetensors.torch import load_file, save_file

    weights = next((folder / part).glob("*.safetensors"))
    tensors = load_file(weights)
    del tensors[min(tensors)]
    save_file(tensors, weights, metadata={"format": "pt"})
    error = error_of(lambda: open_model(folder))
    assert (error.code, error.facts["part"]) == ("model.weights-missing", part)
    assert error.facts["count"] == 1


def test_weights_of_another_shape_are_refused(folder: Path) -> None:
    config = folder / "unet" / "config.json"
    settings = json.loads(config.read_text())
    config.write_text(json.dumps({**settings, "block_out_channels": [8, 32]}))
    assert error_of(lambda: open_model(folder)).code == "model.cannot-load"


def test_inpainting_model_is_refused(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    config = folder / "unet" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "in_channels": 9}))
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    tensors = load_file(weights)
    tensors["conv_in.weight"] = torch.zeros(8, 9, 3, 3)
    save_file(tensors, weights, metadata={"format": "pt"})
    error = error_of(lambda: open_model(folder))
    assert (error.code, error.facts["part"]) == ("model.unsupported-part", "unet")


def test_fp16_variant_opens_where_there_is_no_other(folder: Path) -> None:
    for part in ("unet", "vae", "text_encoder"):
        weights = next((folder / part).glob("*.safetensors"))
        weights.rename(weights.with_suffix(".fp16.safetensors"))
    model = open_model(folder, device="cpu")
    assert model.card.dtype == "float32"
    model.close()


def test_models_of_the_hub_cache_are_listed_and_open(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub

    repository = tmp_path / "models--somebody--tiny"
    snapshot = repository / "snapshots" / ("0" * 40)
    snapshot.parent.mkdir(parents=True)
    shutil.copytree(tiny_folder, snapshot)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    scan = huggingface_hub.scan_cache_dir
    monkeypatch.setattr(huggingface_hub, "scan_cache_dir", lambda: scan(tmp_path))
    found = {model.source: model for model in list_models()}
    assert found["somebody/tiny"].class_name == "StableDiffusionPipeline"
    assert found["somebody/tiny"].bytes > 1000
    model = open_model("somebody/tiny", device="cpu")
    assert model.card.name == "tiny"
    model.close()


def test_missing_builtin_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources.paths, "builtin_model", lambda: tmp_path / "shapes")
    assert error_of(open_model).code == "model.builtin-missing"


def test_devices_and_precisions() -> None:
    cpu = choose_device("cpu")
    assert choose_dtype("auto", cpu) == torch.float32
    assert choose_dtype("auto", torch.device("cuda")) == torch.float16
    assert choose_dtype("bfloat16", cpu) == torch.bfloat16
    assert error_of(lambda: choose_device("gpu9")).code == "device.unknown"
    assert error_of(lambda: choose_device("cuda:99")).code == "device.missing"
    assert error_of(lambda: choose_dtype("int4", cpu)).code == "dtype.unknown"


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes."),
        RuntimeError("[enforce fail] . DefaultCPUAllocator: can't allocate memory"),
    ],
)
def test_running_out_of_memory_is_one_clear_error(error: Exception) -> None:
    with pytest.raises(InspectorError) as caught, memory_errors_explained("denoising"):
        raise error
    assert caught.value.code == "memory.full"
    assert "while denoising" in caught.value.message


def test_other_runtime_errors_pass_through() -> None:
    with pytest.raises(RuntimeError, match="shape"), memory_errors_explained("denoising"):
        raise RuntimeError("shape mismatch")


def test_bfloat16_is_widened_without_loss() -> None:
    tensor = torch.randn(5).bfloat16()
    array = to_numpy(tensor)
    assert array.dtype == "float32"
    assert torch.equal(torch.from_numpy(array).bfloat16(), tensor)
