"""Puts trained parts together as a model in diffusers layout."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer

from sdinspector.core import InspectorError
from sdinspector.engine.training_denoiser import new_scheduler


def newest(work: Path, part: str) -> Path:
    """Return where a part lies as it was last trained: NAME_finished where there is one."""
    finished = work / f"{part}_finished"
    return finished if finished.exists() else work / part


def export_model(work: Path, out: Path) -> None:
    """Put the parts together as a float16 diffusers folder at `out`, at once or not at all.

    Parameters
    ----------
    work
        Folder with the tokenizer and unet, text_encoder and vae; of each the part called
        NAME_finished where there is one.
    out
        Where the model goes; what was there is replaced.
    """
    temporary = out.with_name(out.name + ".part")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        pipeline = StableDiffusionPipeline(
            vae=AutoencoderKL.from_pretrained(newest(work, "vae")).to(torch.float16),
            text_encoder=CLIPTextModel.from_pretrained(newest(work, "text_encoder")).to(
                torch.float16
            ),
            tokenizer=CLIPTokenizer.from_pretrained(work / "tokenizer"),
            unet=UNet2DConditionModel.from_pretrained(newest(work, "unet")).to(torch.float16),
            scheduler=new_scheduler(),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
        pipeline.save_pretrained(temporary, safe_serialization=True)
        _read_as_single_precision(temporary / "text_encoder" / "config.json")
        for part in ("vae", "unet"):
            _forget_folder(temporary / part / "config.json")
        for name in ("vocab.json", "merges.txt"):  # for libraries that know no tokenizer.json
            shutil.copy(work / "tokenizer" / name, temporary / "tokenizer" / name)
        if out.exists():
            shutil.rmtree(out)
        temporary.replace(out)
    except OSError as error:
        raise InspectorError(
            "training.write",
            f"The model could not be written to {out}: {error}",
            path=str(out),
            why=str(error),
        ) from error


def _read_as_single_precision(config: Path) -> None:
    """Have a text encoder stored in float16 opened in float32, as diffusers opens the rest.

    transformers opens a model in the type that its configuration names, diffusers in float32, and
    parts of two types make no picture.
    """
    settings = json.loads(config.read_text("utf-8"))
    settings["dtype"] = "float32"
    config.write_text(json.dumps(settings, indent=2) + "\n", "utf-8")


def _forget_folder(config: Path) -> None:
    """Take out where on this machine the part was read from."""
    settings = json.loads(config.read_text("utf-8"))
    settings.pop("_name_or_path", None)
    config.write_text(json.dumps(settings, indent=2) + "\n", "utf-8")
