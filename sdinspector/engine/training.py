"""Trains the built-in model from nothing: autoencoder, text encoder, UNet, UNet again, decoder.

Each stage keeps its state in a work folder and can be stopped and resumed; the finished model is
a diffusers folder that `StableDiffusionPipeline.from_pretrained` opens. The stages themselves are
in `training_autoencoder`, `training_text` and `training_denoiser`, the loop that they share, which
serves captioned pictures of any kind, in `training_loop`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from numpy.typing import NDArray
from transformers import CLIPTextModel, CLIPTokenizer

from sdinspector.core import Cancelled, InspectorError
from sdinspector.engine.training_autoencoder import (
    Pictures,
    autoencoder_loss,
    decoder_loss,
    measure_psnr,
    new_autoencoder,
    set_scaling_factor,
)
from sdinspector.engine.training_contrast import Contrast, OpposedBank, contrast_loss
from sdinspector.engine.training_denoiser import (
    LatentBank,
    TextStates,
    caption_losses,
    denoising_loss,
    fill_bank,
    new_unet,
    one_step,
    unet_call,
)
from sdinspector.engine.training_export import export_model, newest
from sdinspector.engine.training_loop import Collection, LoopOptions, Training, train
from sdinspector.engine.training_text import (
    ContrastivePair,
    new_text_encoder,
    text_loss,
    write_tokenizer,
)
from sdinspector.worlds import ShapesWorld
from sdinspector.worlds.variants import VariantGroups

STAGES = ("vae", "text", "unet", "contrast", "decoder")

ProgressFunction = Callable[[str, int, int, dict[str, float]], None]
"""Called with stage, steps done, steps in all, and the step's figures."""


@dataclass(frozen=True)
class Preset:
    """Sizes and lengths of a whole training.

    Attributes
    ----------
    vae, text, unet, contrast, decoder
        The loops of the stages. A text item is a group of four pictures.
    bank
        Pictures that the UNet learns from.
    snr_limits, offset_noise, caption_noise
        See `denoising_loss`.
    vae_widths, unet_widths, text_width, text_layers
        Channels a level, and the text encoder's size.
    """

    vae: LoopOptions
    text: LoopOptions
    unet: LoopOptions
    contrast: LoopOptions
    decoder: LoopOptions
    bank: int
    snr_limits: tuple[float, float] = (0.6, 8.0)
    offset_noise: float = 0.1
    caption_noise: float = 0.2
    vae_widths: tuple[int, ...] = (16, 32, 64)
    unet_widths: tuple[int, ...] = (32, 64, 96, 96)
    text_width: int = 128
    text_layers: int = 3


PRESETS: MappingProxyType[str, Preset] = MappingProxyType(
    {
        "full": Preset(
            vae=LoopOptions(2500, 8, 2e-3, warmup=50, average=0.998, weight_decay=0.0),
            text=LoopOptions(1500, 32, 1e-3, warmup=30, average=0.99),
            unet=LoopOptions(10_000, 32, 2e-3, warmup=100, average=0.998),
            contrast=LoopOptions(3700, 32, 1e-3, warmup=40, average=0.995),
            decoder=LoopOptions(1500, 8, 5e-4, warmup=50, average=0.995, weight_decay=0.0),
            bank=30_000,
        ),
        "tiny": Preset(
            vae=LoopOptions(2, 2, 1e-3),
            text=LoopOptions(2, 2, 1e-3),
            unet=LoopOptions(2, 2, 1e-3),
            contrast=LoopOptions(2, 2, 1e-3),
            decoder=LoopOptions(2, 2, 1e-3),
            bank=8,
            vae_widths=(8, 8, 8),
            unet_widths=(16, 16, 16, 16),
            text_width=16,
            text_layers=1,
        ),
    }
)


@dataclass(frozen=True)
class _Run:
    """What every stage needs to know."""

    work: Path
    preset: Preset
    resume: bool
    seed: int
    compile: bool
    on_progress: ProgressFunction | None
    should_stop: Callable[[], bool] | None

    def train(
        self,
        stage: str,
        training: Training,
        data: Collection[Any],
        compute_loss: Callable[[Sequence[Any], torch.Generator], Any],
    ) -> None:
        """Train to the end and put the average in place, or raise `Cancelled`."""
        state = self.work / f"{stage}.state"
        for event in train(
            training,
            data,
            compute_loss,
            state=state,
            resume=self.resume,
            should_stop=self.should_stop,
        ):
            self.progress(stage, event.done, event.total, event.metrics)
        if training.done < training.options.steps:
            raise Cancelled
        training.apply_average()
        training.module.eval()

    def progress(self, stage: str, done: int, total: int, metrics: dict[str, float]) -> None:
        if self.on_progress is not None:
            self.on_progress(stage, done, total, metrics)

    def finished(self, *parts: str) -> bool:
        return self.resume and all((self.work / part / "config.json").exists() for part in parts)


@dataclass(frozen=True)
class _Captioned:
    """The shapes world as captioned pictures."""

    world: ShapesWorld
    length: int

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8], str]:
        sample = self.world[index]
        return sample.picture, sample.text


def train_shapes(
    out: str | os.PathLike[str],
    *,
    work: str | os.PathLike[str] | None = None,
    preset: str = "full",
    stages: Sequence[str] = STAGES,
    resume: bool = True,
    seed: int = 0,
    on_progress: ProgressFunction | None = None,
    should_stop: Callable[[], bool] | None = None,
    compile: bool = False,  # noqa: A002 - the name that torch and its users have for it
    threads: int | None = None,
) -> Path:
    """Train the built-in model.

    Parameters
    ----------
    out
        Folder for the model, diffusers layout, float16. Written when the UNet stage is done;
        what was there is replaced.
    work
        Folder for states and intermediate models; `out` with ".work" after it where not given.
    preset
        A name in `PRESETS`: "full", or "tiny" (seconds; the model is good for nothing).
    stages
        Which of `STAGES` to run. A stage that is left out must have been finished in `work`.
    resume
        Go on from what `work` holds; False starts over.
    seed
        Of weights, data and noise.
    on_progress
        Called after every step with (stage, done, total, metrics); stages are "vae", "text",
        "bank", "unet", "contrast" and "decoder".
    should_stop
        Asked before every step. True saves the state and raises `Cancelled`.
    compile
        Compile the UNet with `torch.compile`. It needs a C++ compiler and minutes; whether its
        steps are faster then hangs on the machine, so try it.
    threads
        torch's CPU threads; None leaves them.

    Returns
    -------
    `out`.

    Raises
    ------
    InspectorError
        "training.preset", "training.stage", "training.stage-missing", "training.state",
        "training.write", "training.diverged".
    Cancelled
        `should_stop` said so; call again to go on.
    """
    target = Path(out)
    if preset not in PRESETS:
        raise InspectorError(
            "training.preset",
            f"There is no preset {preset!r}; there are {', '.join(PRESETS)}.",
            preset=preset,
            presets=list(PRESETS),
        )
    for stage in stages:
        if stage not in STAGES:
            raise InspectorError(
                "training.stage",
                f"There is no stage {stage!r}; there are {', '.join(STAGES)}.",
                stage=stage,
                stages=list(STAGES),
            )
    if threads is not None:
        torch.set_num_threads(threads)
    run = _Run(
        work=Path(work) if work is not None else target.with_name(target.name + ".work"),
        preset=PRESETS[preset],
        resume=resume,
        seed=seed,
        compile=compile,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    try:
        run.work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InspectorError(
            "training.write",
            f"{run.work} cannot be made: {error}",
            path=str(run.work),
            why=str(error),
        ) from error
    if "vae" in stages and not run.finished("vae"):
        _train_autoencoder(run)
    if "text" in stages and not run.finished("text_encoder"):
        _train_text(run)
    if "unet" in stages:
        _need(run, "vae", "text_encoder")
        _train_unet(run)
    if "contrast" in stages:
        _need(run, "vae", "text_encoder", "unet")
        _train_against_opposites(run)
    if "decoder" in stages:
        _need(run, "vae", "text_encoder", "unet")
        _train_decoder(run)
    if {"unet", "contrast", "decoder"} & set(stages):
        export_model(run.work, target)
    return target


def _need(run: _Run, *parts: str) -> None:
    for part in parts:
        if not (run.work / part / "config.json").exists():
            raise InspectorError(
                "training.stage-missing",
                f"This stage needs {part}, which {run.work} does not hold; run its stage first.",
                part=part,
                path=str(run.work),
            )


def _fresh_pictures(run: _Run) -> list[NDArray[np.uint8]]:
    """Return pictures that no stage trains on, to measure the autoencoder with."""
    world = ShapesWorld(run.seed + 99, held_out=None)
    return [world[i].picture for i in range(128)]


def _train_autoencoder(run: _Run) -> None:
    torch.manual_seed(run.seed)
    preset = run.preset
    vae = new_autoencoder(preset.vae_widths)
    pictures = Pictures(ShapesWorld(run.seed), 1_000_000)
    training = Training(vae, replace(preset.vae, seed=run.seed))
    run.train("vae", training, pictures, autoencoder_loss(vae))
    fresh = _fresh_pictures(run)
    set_scaling_factor(vae, fresh)
    steps = preset.vae.steps
    run.progress("vae", steps, steps, {"psnr": measure_psnr(vae, fresh)})
    vae.save_pretrained(run.work / "vae")
    # Latents of another encoder are worth nothing to the UNet.
    (run.work / "bank.pt").unlink(missing_ok=True)


def _train_text(run: _Run) -> None:
    torch.manual_seed(run.seed)
    preset = run.preset
    world = ShapesWorld(run.seed)
    tokenizer = write_tokenizer(
        (world.scene(i)[1].text for i in range(4000)), run.work / "tokenizer"
    )
    encoder = new_text_encoder(tokenizer, preset.text_width, preset.text_layers)
    pair = ContrastivePair(encoder)
    training = Training(pair, replace(preset.text, seed=run.seed))
    run.train("text", training, VariantGroups(run.seed), text_loss(pair, tokenizer))
    encoder.save_pretrained(run.work / "text_encoder")


def _bank(run: _Run) -> LatentBank:
    path = run.work / "bank.pt"
    if run.resume and path.exists():
        stored = torch.load(path, map_location="cpu", weights_only=True)
        return LatentBank(stored["latents"], tuple(stored["captions"]))
    vae = AutoencoderKL.from_pretrained(run.work / "vae").eval()
    pictures = _Captioned(ShapesWorld(run.seed + 1), run.preset.bank)
    bank = fill_bank(vae, pictures, lambda done, total: run.progress("bank", done, total, {}))
    temporary = path.with_name("bank.pt.part")
    torch.save({"latents": bank.latents, "captions": list(bank.captions)}, temporary)
    temporary.replace(path)
    return bank


def _train_unet(run: _Run) -> None:
    tokenizer = CLIPTokenizer.from_pretrained(run.work / "tokenizer")
    states = TextStates(tokenizer, CLIPTextModel.from_pretrained(run.work / "text_encoder"))
    bank = _bank(run)
    torch.manual_seed(run.seed)
    preset = run.preset
    unet = new_unet(preset.unet_widths, preset.text_width)
    training = Training(unet, replace(preset.unet, seed=run.seed))
    call = unet_call(unet)
    loss = denoising_loss(
        torch.compile(call) if run.compile else call,
        states,
        snr_limits=preset.snr_limits,
        offset_noise=preset.offset_noise,
        caption_noise=preset.caption_noise,
    )
    run.train("unet", training, bank, loss)
    probe = LatentBank(bank.latents[:128], bank.captions[:128])
    run.progress("unet", preset.unet.steps, preset.unet.steps, caption_losses(unet, states, probe))
    unet.save_pretrained(run.work / "unet")
    shutil.rmtree(run.work / "unet_finished", ignore_errors=True)  # it came from another


def _train_against_opposites(run: _Run) -> None:
    """Teach the UNet to tell a caption from one with a fact wrong."""
    tokenizer = CLIPTokenizer.from_pretrained(run.work / "tokenizer")
    states = TextStates(tokenizer, CLIPTextModel.from_pretrained(run.work / "text_encoder"))
    latents = _bank(run).latents
    torch.manual_seed(run.seed)
    options = run.preset.contrast
    unet = UNet2DConditionModel.from_pretrained(run.work / "unet")
    training = Training(unet, replace(options, seed=run.seed))
    call = unet_call(unet)
    loss = contrast_loss(
        torch.compile(call) if run.compile else call,
        states,
        Contrast(),
        done=lambda: training.done / options.steps,
    )
    bank = OpposedBank.of(latents, ShapesWorld(run.seed + 1))
    run.train("contrast", training, bank, loss)
    unet.save_pretrained(run.work / "unet_finished")


def _train_decoder(run: _Run) -> None:
    """Teach the decoder, and nothing else, to take the latents that sampling ends with."""
    vae = AutoencoderKL.from_pretrained(run.work / "vae")
    vae.encoder.requires_grad_(requires_grad=False)
    vae.quant_conv.requires_grad_(requires_grad=False)
    unet = UNet2DConditionModel.from_pretrained(newest(run.work, "unet")).eval()
    tokenizer = CLIPTokenizer.from_pretrained(run.work / "tokenizer")
    encoder = CLIPTextModel.from_pretrained(newest(run.work, "text_encoder"))
    states = TextStates(tokenizer, encoder)
    preset = run.preset
    training = Training(vae, replace(preset.decoder, seed=run.seed))
    pictures = _Captioned(ShapesWorld(run.seed + 2), 1_000_000)
    run.train("decoder", training, pictures, decoder_loss(vae, one_step(unet, states)))
    steps = preset.decoder.steps
    run.progress("decoder", steps, steps, {"psnr": measure_psnr(vae, _fresh_pictures(run))})
    vae.save_pretrained(run.work / "vae_finished")
