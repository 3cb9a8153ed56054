"""Training on pictures of one's own: it learns, stops, goes on, and plain diffusers takes it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import DDPMScheduler, StableDiffusionPipeline
from PIL import Image
from safetensors.torch import load_file

from sdinspector import engine
from sdinspector.core import InspectorError, TrainingSpec, paths
from sdinspector.engine import finetuning, finetuning_loss, training_data
from sdinspector.engine.finetuning import finetune, finetune_iter
from sdinspector.engine.training_data import Captioned, Pictures
from sdinspector.recording import Recording
from sdinspector.recording.trainings import unfinished

UNET = Path("unet") / "diffusion_pytorch_model.safetensors"
QUICK = TrainingSpec(steps=6, batch=2, learning_rate=1e-3, warmup=2, method="whole")


def texture(number: int, side: int = 64) -> Captioned:
    """A picture that no scene of the shapes world looks like."""
    rng = np.random.default_rng(number)
    rows, columns = np.mgrid[:side, :side].astype(float)
    angle, pace = rng.uniform(0, np.pi), rng.uniform(0.1, 0.5)
    kind = ("stripes", "rings", "checks", "plaid")[number % 4]
    across = np.cos(angle) * columns + np.sin(angle) * rows
    value = {
        "stripes": np.sin(pace * across),
        "rings": np.sin(pace * np.hypot(rows - side / 2, columns - side / 2)),
        "checks": np.sign(np.sin(pace * rows) * np.sin(pace * columns)),
        "plaid": (np.sin(pace * rows) + np.sin(pace * columns)) / 2,
    }[kind]
    one, other = rng.integers(0, 256, 3), rng.integers(0, 256, 3)
    colours = one + (other - one) * ((value + 1) / 2)[..., None]
    return Captioned(colours.clip(0, 255).astype(np.uint8), f"{kind} texture")


@pytest.fixture
def textures() -> Pictures:
    return Pictures(tuple(texture(number) for number in range(6)), "drawn")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "textures"
    place.mkdir()
    for number in range(6):
        item = texture(number)
        Image.fromarray(np.asarray(item.picture)).save(place / f"{number}.png")
        (place / f"{number}.txt").write_text(item.caption, "utf-8")
    return place


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The job that finished last, with its UNet."""
    found: dict[str, Any] = {}
    finish = finetuning._Job.finish

    def keep(self: Any, **how: Any) -> Any:
        found["job"] = self
        return finish(self, **how)

    monkeypatch.setattr(finetuning._Job, "finish", keep)
    return found


def test_twenty_textures_are_learnt_by_a_third(tmp_path: Path) -> None:
    model = engine.open_model("shapes", device="cpu")
    before = {name: value.clone() for name, value in model.pipeline.unet.state_dict().items()}
    pictures = Pictures(tuple(texture(number) for number in range(20)), "drawn")
    control = training_data.shapes(10, first=10_000)
    losses = []
    result = finetune(
        model,
        pictures,
        TrainingSpec(steps=200, batch=2),
        tmp_path / "out",
        control=control,
        on_step=lambda step: losses.append(step.loss),
    )
    assert result.after <= result.before * 2 / 3
    assert result.control_before is not None
    assert result.control_after is not None
    assert len(losses) == 200
    for name, value in model.pipeline.unet.state_dict().items():
        assert torch.equal(value, before[name]), "the open model was changed"
    opened = engine.open_model(result.out or "", device="cpu")
    assert opened.card.digest != model.card.digest
    again = finetuning._Job(opened, pictures, TrainingSpec(), tmp_path / "x", lambda *_: None)
    again.begin(None, resume=False)
    again.prepare(None)
    assert again._before["loss"] == pytest.approx(result.after, rel=1e-3)
    model.close()
    opened.close()


def test_lora_changes_the_picture_of_plain_diffusers_the_same_way(
    tmp_path: Path, textures: Pictures, kept: dict[str, Any]
) -> None:
    model = engine.open_model("shapes", device="cpu")
    spec = TrainingSpec(method="lora", steps=3, batch=2, rank=4, alpha=6.0)
    finetune(model, textures, spec, tmp_path / "lora")
    unet = kept["job"].unet.eval().to(memory_format=torch.contiguous_format)
    ours = StableDiffusionPipeline.from_pretrained(paths.builtin_model())
    ours.unet = unet
    plain = StableDiffusionPipeline.from_pretrained(paths.builtin_model())

    def latent(pipeline: Any) -> torch.Tensor:
        pipeline.set_progress_bar_config(disable=True)
        made: torch.Tensor = pipeline(
            "rings texture",
            num_inference_steps=3,
            guidance_scale=3.0,
            generator=torch.Generator().manual_seed(1),
            output_type="latent",
        ).images
        return made

    untrained = latent(plain)
    plain.load_lora_weights(tmp_path / "lora")
    assert torch.equal(latent(ours), latent(plain))
    assert not torch.equal(latent(plain), untrained)
    merged = engine.open_model(tmp_path / "lora", device="cpu")
    assert merged.card.name == "lora"
    assert torch.allclose(latent(merged.pipeline), latent(plain), atol=1e-3)
    assert not any("lora" in name for name, _ in merged.pipeline.unet.named_modules())
    model.close()
    merged.close()


def test_the_loss_of_a_step_is_the_formulas(
    tiny_model: Any, tmp_path: Path, textures: Pictures
) -> None:
    """Ten lines of diffusers give the same mean loss."""
    job = finetuning._Job(tiny_model, textures, QUICK, tmp_path / "out", lambda *_: None)
    job.begin(None, resume=False)
    job.prepare(None)
    pipe = tiny_model.pipeline
    scheduler = DDPMScheduler.from_config(pipe.scheduler.config, clip_sample=False)
    losses = []
    for number, item in enumerate(textures.items):
        clean = torch.from_numpy(engine.encode(tiny_model, item.picture).latent)[None]
        noise = torch.randn(clean.shape[1:], generator=torch.Generator().manual_seed(number))[None]
        states = pipe.encode_prompt(item.caption, "cpu", 1, do_classifier_free_guidance=False)[0]
        for place in range(8):
            time_ = torch.tensor([int((place + 0.5) * 1000 / 8)])
            noised = scheduler.add_noise(clean, noise, time_)
            with torch.no_grad():
                said = pipe.unet(noised, time_, states).sample
            losses.append(float(torch.nn.functional.mse_loss(said, noise)))
    assert job._before["loss"] == pytest.approx(np.mean(losses), rel=1e-5)


def test_min_snr_weighs_the_loss(tiny_model: Any, tmp_path: Path, textures: Pictures) -> None:
    found = []
    for gamma in (0.0, 5.0):
        spec = TrainingSpec(steps=1, batch=6, min_snr=gamma, method="whole")
        events: list[Any] = []
        finetune(tiny_model, textures, spec, tmp_path / f"{gamma}", on_step=events.append)
        found.append(events[0].loss)
    assert found[1] < found[0]


def test_accumulated_batches_make_the_step_of_one_batch(
    tiny_model: Any, tmp_path: Path, textures: Pictures
) -> None:
    spec = TrainingSpec(steps=2, batch=2, accumulation=3, method="whole", caption_dropout=0.0)
    events: list[Any] = []
    finetune(tiny_model, textures, spec, tmp_path / "out", on_step=events.append)
    assert len(events) == 2
    assert all(np.isfinite(event.loss) for event in events)


def test_gradients_by_block_add_up_to_the_norm(
    tiny_model: Any, tmp_path: Path, textures: Pictures
) -> None:
    events: list[Any] = []
    finetune(tiny_model, textures, QUICK, tmp_path / "out", on_step=events.append)
    for event in events:
        total = sum(norm**2 for norm in event.gradients.values()) ** 0.5
        assert total == pytest.approx(event.gradient_norm, rel=1e-4)
    known = {info.path for info in tiny_model.card.root.walk()}
    assert set(events[0].gradients) <= known


def test_it_is_recorded(tiny_model: Any, tmp_path: Path, textures: Pictures) -> None:
    spec = TrainingSpec(
        steps=4, batch=2, method="whole", prompts=("rings texture",), every=2, sampling_steps=2
    )
    steps: list[Any] = []
    pictures: dict[str, Any] = {}

    def look(step: Any) -> None:
        steps.append(step)
        for file in step.samples:
            with Image.open(file) as opened:
                pictures[file.stem] = np.asarray(opened)

    result = finetune(tiny_model, textures, spec, tmp_path / "out", on_step=look)
    recording = Recording.open(result.recording or "")
    assert recording.kind == "training"
    arrays, about = recording.capture(recording.captures[0])
    assert arrays["loss"].tolist() == [step.loss for step in steps]
    assert arrays["gradients"].shape == (4, len(about["blocks"]))
    made = [[file.stem for file in step.samples] for step in steps]
    assert made == [["000000-0"], ["000002-0"], [], ["000004-0"]]  # the first before any step
    for step in (0, 2, 4):
        assert np.array_equal(pictures[f"{step:06d}-0"], arrays[f"sample/{step}/0"])
    assert recording.manifest["training"]["after"] == result.after


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_good_state(
    tiny_model: Any, tmp_path: Path, textures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    squares = finetuning_loss.DenoisingLoss.squares
    trained: list[int] = []

    def broken(self: Any, *args: Any) -> Any:
        found = squares(self, *args)
        if found.requires_grad:
            trained.append(1)
        return found * float("nan") if found.requires_grad and len(trained) == 4 else found

    monkeypatch.setattr(finetuning_loss.DenoisingLoss, "squares", broken)
    with pytest.raises(InspectorError) as caught:
        finetune(tiny_model, textures, QUICK, tmp_path / "out")
    assert caught.value.code == "training.diverged"
    assert caught.value.facts["step"] == 4
    monkeypatch.undo()
    result = finetune(tiny_model, textures, QUICK, tmp_path / "out")
    assert result.steps == QUICK.steps


def test_a_training_that_was_left_goes_on_to_the_same_weights(
    tiny_model: Any, tmp_path: Path, textures: Pictures
) -> None:
    whole = finetune(tiny_model, textures, QUICK, tmp_path / "whole")
    steps = finetune_iter(tiny_model, textures, QUICK, tmp_path / "left")
    for _ in range(3):
        next(steps)
    steps.close()
    (known,) = unfinished(tmp_path)
    assert (known.out, known.done, known.total) == (tmp_path / "left", 3, QUICK.steps)
    assert TrainingSpec.from_json(known.settings) == QUICK
    seen: list[int] = []
    rest = finetune(
        tiny_model, textures, QUICK, tmp_path / "left", on_step=lambda step: seen.append(step.done)
    )
    assert seen == [4, 5, 6]
    one, other = (load_file(Path(result.out or "") / UNET) for result in (whole, rest))
    assert all(torch.equal(value, other[name]) for name, value in one.items())
    assert unfinished(tmp_path) == []


def test_what_is_not_the_trainings_own_stays_in_the_folder_of_its_state(
    tiny_model: Any, tmp_path: Path, textures: Pictures
) -> None:
    work = tmp_path / "mine"
    (work / "letters").mkdir(parents=True)
    (work / "precious").write_text("x")
    finetune(tiny_model, textures, QUICK, tmp_path / "out", work=work, resume=False)
    assert sorted(file.name for file in work.iterdir()) == ["letters", "precious"]
    finetune(tiny_model, textures, QUICK, tmp_path / "other")
    assert not (tmp_path / "other.work").exists()


def test_a_training_that_is_ended_early_keeps_what_it_has(
    tiny_model: Any, tmp_path: Path, textures: Pictures
) -> None:
    done: list[Any] = []
    result = finetune(
        tiny_model,
        textures,
        QUICK,
        tmp_path / "out",
        on_step=done.append,
        should_finish=lambda: len(done) == 2,
    )
    assert result.steps == 2
    assert (tmp_path / "out" / UNET).is_file()
    assert Recording.open(result.recording or "").manifest["training"]["steps"] == 2


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit of file sizes")
def test_a_full_disk_is_told_and_the_state_before_is_kept(
    tiny_model: Any, tmp_path: Path, textures: Pictures
) -> None:
    import resource

    steps = finetune_iter(tiny_model, textures, QUICK, tmp_path / "out", save_seconds=0)
    next(steps)
    next(steps)  # the first is saved
    state = tmp_path / "out.work" / "state.pt"
    before = state.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        with pytest.raises(InspectorError) as caught:
            next(steps)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.code == "training.write"
    assert state.read_bytes() == before
    assert not list(state.parent.glob("*.part"))
    assert finetune(tiny_model, textures, QUICK, tmp_path / "out").steps == QUICK.steps


def test_a_place_that_is_taken_is_refused(
    tiny_model: Any, tmp_path: Path, textures: Pictures
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "precious").write_text("x")
    with pytest.raises(InspectorError) as caught:
        finetune(tiny_model, textures, QUICK, tmp_path / "out")
    assert caught.value.code == "training.out"


def test_another_training_does_not_go_on_from_this_ones_state(
    tiny_model: Any, tmp_path: Path, textures: Pictures
) -> None:
    steps = finetune_iter(tiny_model, textures, QUICK, tmp_path / "out")
    next(steps)
    steps.close()
    with pytest.raises(InspectorError) as caught:
        finetune(tiny_model, textures, TrainingSpec(steps=3), tmp_path / "out")
    assert caught.value.code == "training.other"
    finetune(tiny_model, textures, TrainingSpec(steps=1), tmp_path / "out", resume=False)


def command(folder: Path, model: Path, out: Path, *more: str) -> list[str]:
    settings = ["--method", "whole", "--steps", "40", "--batch", "2", "--save-seconds", "0"]
    return [
        sys.executable, "-m", "sdinspector", "train", str(folder), "--model", str(model),
        "--out", str(out), "--device", "cpu", *settings, *more,
    ]  # fmt: skip


def test_a_training_that_was_killed_ends_with_the_weights_of_one_that_was_not(
    tmp_path: Path, tiny_folder: Path, folder: Path
) -> None:
    environment = {**os.environ, "SDINSPECTOR_HOME": str(tmp_path / "home")}
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    finished = subprocess.run(
        command(folder, tiny_folder, whole, "--json"),
        check=True, capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert json.loads(finished.stdout)["steps"] == 40
    process = subprocess.Popen(
        command(folder, tiny_folder, killed),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    history = tmp_path / "killed.work" / "history.jsonl"
    ended = time.monotonic() + 120
    while not (history.is_file() and history.read_text().count("\n") >= 5):
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < ended
        time.sleep(0.02)
    os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()
    assert not killed.exists()
    subprocess.run(
        command(folder, tiny_folder, killed), check=True, capture_output=True, env=environment
    )
    one, other = load_file(whole / UNET), load_file(killed / UNET)
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert torch.equal(value, other[name]), name
    first, second = (
        Recording.open(place / "training.sdrec").capture(0)[0] for place in (whole, killed)
    )
    assert np.array_equal(first["loss"], second["loss"])
