"""A diffusers folder: checked file by file before anything is loaded, then loaded part by part."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from sdinspector.core import InspectorError, OnProgress, Progress
from sdinspector.engine.devices import is_out_of_memory

INDEX = "model_index.json"
# Img2img pipelines have the same parts; what differs is what one does with them.
SUPPORTED = ("StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline")
PARTS = ("tokenizer", "text_encoder", "unet", "vae", "scheduler")
PART_CLASSES = {
    "tokenizer": ("CLIPTokenizer", "CLIPTokenizerFast"),
    "text_encoder": ("CLIPTextModel",),
    "unet": ("UNet2DConditionModel",),
    "vae": ("AutoencoderKL",),
}
_WEIGHTS = {
    "text_encoder": "model",
    "unet": "diffusion_pytorch_model",
    "vae": "diffusion_pytorch_model",
}
_PICKLES = (".bin", ".ckpt", ".pt", ".pth")
_LFS = b"version https://git-lfs"


@dataclass(frozen=True)
class ModelFolder:
    """A diffusers folder that passed every check that needs no loading.

    Attributes
    ----------
    path
        The folder.
    classes
        Class name of each part, as ``model_index.json`` has it.
    weights
        The safetensors files of each part that has weights, in order of their names.
    variant
        The files' variant by part (``"fp16"``), or ``None`` for the plain ones.
    """

    path: Path
    classes: dict[str, str]
    weights: dict[str, tuple[Path, ...]]
    variant: dict[str, str | None]


def not_a_folder(path: Path) -> InspectorError:
    """Return the error for a file where a folder is needed."""
    if path.suffix.lower() in _PICKLES:
        return InspectorError(
            "model.pickle",
            f"{path.name} is a pickle, which can run any code when it is opened; this program "
            "reads safetensors only. Convert it to a diffusers folder first.",
            path=str(path),
        )
    return InspectorError(
        "model.single-file",
        f"{path.name} is a single file. Give a diffusers folder (one that holds {INDEX}); "
        "StableDiffusionPipeline.from_single_file(...).save_pretrained(FOLDER) makes one.",
        path=str(path),
    )


def inspect(folder: Path) -> ModelFolder:
    """Check a diffusers folder without loading it.

    Raises
    ------
    InspectorError
        ``model.not-diffusers``, ``model.unsupported-class``, ``model.unsupported-part``,
        ``model.incomplete`` (with the list of what is missing), ``model.pickle-only``,
        ``model.unreadable`` (with the file).
    """
    index = _index(folder)
    class_name = str(index.get("_class_name"))
    if class_name not in SUPPORTED:
        raise InspectorError(
            "model.unsupported-class",
            f"{folder.name} is a {class_name}. This version opens {SUPPORTED[0]} alone.",
            folder=str(folder),
            class_name=class_name,
        )
    classes = _classes(folder, index)
    missing: list[str] = []
    pickled: list[str] = []
    weights: dict[str, tuple[Path, ...]] = {}
    variant: dict[str, str | None] = {}
    for part in PARTS:
        _note_missing(folder, part, missing)
        if part in _WEIGHTS:
            weights[part], variant[part] = _weights_of(folder, part, missing, pickled)
    if missing:
        raise InspectorError(
            "model.incomplete",
            f"The model in {folder} is not complete: {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing. Copy or download it again.",
            folder=str(folder),
            missing=missing,
        )
    if pickled:
        raise InspectorError(
            "model.pickle-only",
            f"The weights of {', '.join(pickled)} in {folder} are pickles, which can run any code "
            "when they are opened; this program reads safetensors only. Save them again with "
            "save_pretrained(FOLDER, safe_serialization=True).",
            folder=str(folder),
            parts=pickled,
        )
    for files in weights.values():
        for file in files:
            _check_safetensors(file)
    return ModelFolder(folder, classes, weights, variant)


def _index(folder: Path) -> dict[str, Any]:
    file = folder / INDEX
    if not file.is_file():
        parts = [part for part in PARTS if (folder / part).is_dir()]
        if len(parts) >= 2:
            raise InspectorError(
                "model.incomplete",
                f"The model in {folder} is not complete: {INDEX} is missing. Copy or download it "
                "again.",
                folder=str(folder),
                missing=[INDEX],
            )
        raise InspectorError(
            "model.not-diffusers",
            f"{folder} is no diffusers model: it holds no {INDEX}. Choose the folder that does.",
            folder=str(folder),
        )
    return _json(file)


def _json(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(file, str(error)) from error
    if not isinstance(data, dict):
        raise _unreadable(file, "it is not a JSON object")
    return data


def _unreadable(file: Path, why: str) -> InspectorError:
    return InspectorError(
        "model.unreadable",
        f"Cannot read {file}: {why}. Copy or download the model again.",
        file=str(file),
        why=why,
    )


def _classes(folder: Path, index: dict[str, Any]) -> dict[str, str]:
    classes = {}
    for part in PARTS:
        entry = index.get(part)
        name = entry[1] if isinstance(entry, list) and len(entry) == 2 else None
        allowed = PART_CLASSES.get(part)
        if not isinstance(name, str) or (allowed is not None and name not in allowed):
            raise InspectorError(
                "model.unsupported-part",
                f"The {part} of {folder.name} is a {name}; this version knows "
                f"{' and '.join(allowed or ('diffusers schedulers',))}.",
                folder=str(folder),
                part=part,
                class_name=str(name),
            )
        classes[part] = name
    return classes


def _note_missing(folder: Path, part: str, missing: list[str]) -> None:
    inside = folder / part
    if not inside.is_dir():
        missing.append(f"{part}/")
        return
    if part == "tokenizer":
        whole = (inside / "tokenizer.json").is_file()
        names = () if whole else ("vocab.json", "merges.txt")
        missing += [f"{part}/{name}" for name in names if not (inside / name).is_file()]
        return
    config = "scheduler_config.json" if part == "scheduler" else "config.json"
    if (inside / config).is_file():
        _json(inside / config)
    else:
        missing.append(f"{part}/{config}")


def _weights_of(
    folder: Path, part: str, missing: list[str], pickled: list[str]
) -> tuple[tuple[Path, ...], str | None]:
    """Return the weight files of a part and their variant; the plain files come first."""
    inside, stem = folder / part, _WEIGHTS[part]
    for variant in (None, "fp16"):
        middle = f".{variant}" if variant else ""
        single = inside / f"{stem}{middle}.safetensors"
        if single.is_file():
            return (single,), variant
        shards = inside / f"{stem}.safetensors.index{middle}.json"
        if shards.is_file():
            names = sorted(set(_json(shards).get("weight_map", {}).values()))
            files = tuple(inside / str(name) for name in names)
            missing += [f"{part}/{file.name}" for file in files if not file.is_file()]
            return tuple(file for file in files if file.is_file()), variant
    if inside.is_dir():
        if any(file.suffix in _PICKLES for file in inside.iterdir()):
            pickled.append(part)
        else:
            missing.append(f"{part}/{stem}.safetensors")
    return (), None


def _check_safetensors(file: Path) -> None:
    """Open a weights file as far as its header and length, which finds a truncated one."""
    with file.open("rb") as stream:
        start = stream.read(len(_LFS))
    if start == _LFS:
        raise _unreadable(file, "it is a Git LFS pointer, not the weights; run 'git lfs pull'")
    try:
        with safe_open(file, framework="pt") as opened:
            opened.keys()
    except (SafetensorError, OSError, ValueError) as error:
        raise _unreadable(file, f"it is damaged or cut short ({error})") from error


def load(folder: ModelFolder, device: torch.device, dtype: torch.dtype, report: OnProgress) -> Any:
    """Load every part of a checked folder and put them together as diffusers would.

    Returns
    -------
    StableDiffusionPipeline
        In eval mode on ``device``, without a safety checker.

    Raises
    ------
    InspectorError
        ``model.cannot-load`` with the library's own reason, ``model.weights-missing``.
    """
    import diffusers
    import transformers

    total = len(PARTS) + 1
    parts: dict[str, Any] = {}
    for done, part in enumerate(PARTS):
        report(Progress(done, total, f"loading the {part.replace('_', ' ')}"))
        library = transformers if part in ("tokenizer", "text_encoder") else diffusers
        maker = getattr(library, folder.classes[part], None)
        if maker is None:
            raise InspectorError(
                "model.unsupported-part",
                f"The {part} of {folder.path.name} is a {folder.classes[part]}, which the "
                "installed libraries do not have.",
                folder=str(folder.path),
                part=part,
                class_name=folder.classes[part],
            )
        with _loading_errors_explained(folder, part):
            parts[part] = _load_part(maker, folder, part, dtype)
        if part in folder.weights:
            _check_complete(folder, part, parts[part])
    _check_latent(folder, parts)
    report(Progress(len(PARTS), total, f"moving the model to {device}"))
    with _loading_errors_explained(folder, "pipeline"):
        pipeline = diffusers.StableDiffusionPipeline(
            **parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False
        )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device)


def _load_part(maker: Any, folder: ModelFolder, part: str, dtype: torch.dtype) -> Any:
    where = folder.path / part
    if part not in folder.weights:
        return maker.from_pretrained(where, local_files_only=True)
    precision = {"dtype" if part == "text_encoder" else "torch_dtype": dtype}
    module = maker.from_pretrained(
        where,
        local_files_only=True,
        use_safetensors=True,
        variant=folder.variant[part],
        **precision,
    )
    return module.eval()


@contextlib.contextmanager
def _loading_errors_explained(folder: ModelFolder, part: str) -> Iterator[None]:
    try:
        yield
    except InspectorError:
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InspectorError(
            "model.cannot-load",
            f"The {part.replace('_', ' ')} of {folder.path} does not load: {why}",
            folder=str(folder.path),
            part=part,
            why=why,
        ) from error


def _check_complete(folder: ModelFolder, part: str, module: Any) -> None:
    """Refuse weights that lack tensors: the libraries would fill them with random numbers."""
    stored: set[str] = set()
    for file in folder.weights[part]:
        with safe_open(file, framework="pt") as opened:
            stored |= {_modern(key) for key in opened.keys()}  # noqa: SIM118 - no mapping
    lacking = sorted({_modern(key) for key in module.state_dict()} - stored)
    if lacking:
        raise InspectorError(
            "model.weights-missing",
            f"The weights of the {part.replace('_', ' ')} in {folder.path} lack {len(lacking)} "
            f"tensors, {lacking[0]} for one. Copy or download the model again.",
            folder=str(folder.path),
            part=part,
            count=len(lacking),
            first=lacking[0],
        )


def _check_latent(folder: ModelFolder, parts: dict[str, Any]) -> None:
    """Refuse a denoiser that wants more than a latent: inpainting, depth, upscaling models."""
    wants = int(parts["unet"].config.in_channels)
    has = int(parts["vae"].config.latent_channels)
    if wants != has:
        raise InspectorError(
            "model.unsupported-part",
            f"The unet of {folder.path.name} takes {wants} channels and its latent has {has}; "
            "models for inpainting, depth or upscaling do not open in this version.",
            folder=str(folder.path),
            part="unet",
            class_name=type(parts["unet"]).__name__,
        )


# Names that files still have and the libraries translate when they load.
_OLD_NAMES = (
    ("text_model.", ""),
    (".query.", ".to_q."),
    (".key.", ".to_k."),
    (".value.", ".to_v."),
    (".proj_attn.", ".to_out.0."),
)


def _modern(key: str) -> str:
    for old, new in _OLD_NAMES:
        key = key.replace(old, new)
    return key
