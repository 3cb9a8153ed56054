"""One hash for a model's configuration and weights: equal digests mean equal models."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from sdinspector.core import InspectorError, OnProgress, Progress, paths
from sdinspector.engine.folders import PARTS, ModelFolder

_CHUNK = 8 * 2**20
_KEPT = 64


def of_folder(folder: ModelFolder, report: OnProgress) -> str:
    """Return the SHA-256 of a model folder's content.

    Configurations count by their values, so that line ends and key order do not matter; weights
    count by every byte of their files. A file's hash is remembered with its size and time of
    change, so that opening a model again reads nothing twice.

    Parameters
    ----------
    folder
        A checked model folder.
    report
        Told of bytes hashed.
    """
    whole = hashlib.sha256()
    for part in PARTS:
        for file in sorted((folder.path / part).glob("*.json")):
            if ".safetensors.index." not in file.name:
                _add(whole, f"{part}/{file.name}", _of_json(file))
        for file in sorted((folder.path / part).glob("*.txt")):
            text = file.read_text(encoding="utf-8").replace("\r\n", "\n")
            _add(whole, f"{part}/{file.name}", hashlib.sha256(text.encode()).hexdigest())
    files = [file for part in PARTS for file in folder.weights.get(part, ())]
    total = sum(file.stat().st_size for file in files)
    done = 0
    with _remembered() as known:
        for file in files:
            report(Progress(done, total, "checking the weights"))
            stamp = file.stat()
            key = f"{file.resolve()}|{stamp.st_size}|{stamp.st_mtime_ns}"
            value = known.get(key)
            if value is None:
                value = _of_bytes(file, report, done, total)
            # Last used, last in the file: the oldest are forgotten first.
            known.pop(key, None)
            known[key] = value
            _add(whole, f"{file.parent.name}/{file.name}", value)
            done += stamp.st_size
    return whole.hexdigest()


def of_pipeline(pipeline: Any) -> str:
    """Return the SHA-256 of a pipeline's configurations and tensors as they are in memory."""
    whole = hashlib.sha256()
    _add(whole, "scheduler", _of_value(dict(pipeline.scheduler.config)))
    for name in ("text_encoder", "unet", "vae"):
        module = getattr(pipeline, name)
        config = module.config
        values = config.to_dict() if hasattr(config, "to_dict") else dict(config)
        _add(whole, name, _of_value(values))
        for key, tensor in sorted(module.state_dict().items()):
            _add(whole, f"{name}.{key}", f"{tensor.dtype}{tuple(tensor.shape)}")
            whole.update(_raw(tensor))
    return whole.hexdigest()


def _add(whole: Any, name: str, value: str) -> None:
    whole.update(f"{name}={value}\n".encode())


def _raw(tensor: torch.Tensor) -> Any:
    """Return a tensor's bytes as a buffer."""
    return tensor.detach().to("cpu").contiguous().reshape(-1).view(torch.uint8).numpy()


def _of_value(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _of_json(file: Path) -> str:
    try:
        return _of_value(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise InspectorError(
            "model.unreadable",
            f"Cannot read {file}: {error}. Copy or download the model again.",
            file=str(file),
            why=str(error),
        ) from error


def _of_bytes(file: Path, report: OnProgress, done: int, total: int) -> str:
    hashed = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            hashed.update(chunk)
            done += len(chunk)
            report(Progress(done, total, "checking the weights"))
    return hashed.hexdigest()


@contextlib.contextmanager
def _remembered() -> Iterator[dict[str, str]]:
    """Give the hashes remembered on disk, and remember them again; a broken memory is dropped."""
    known: dict[str, str] = {}
    file: Path | None = None
    with contextlib.suppress(OSError, ValueError, InspectorError):
        file = paths.cache() / "weights.json"
        known = {str(key): str(value) for key, value in json.loads(file.read_text()).items()}
    before = dict(known)
    yield known
    if file is None or known == before:
        return
    kept = dict(list(known.items())[-_KEPT:])
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        temporary.write_text(json.dumps(kept), encoding="utf-8")
        temporary.replace(file)
