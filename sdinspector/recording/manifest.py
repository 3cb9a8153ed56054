"""Reads and checks ``manifest.json``: the one file of a recording that names things."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdinspector.core import InspectorError, Preview, RunSpec, Token
from sdinspector.recording.files import patiently
from sdinspector.recording.layout import (
    FORMAT,
    MANIFEST,
    MAX_CALLS,
    MAX_MANIFEST_BYTES,
    STATUSES,
    VERSION,
)

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_MAX_SIDE = 2**20
_MAX_WHOLE = 2**63 - 1


@dataclass(frozen=True)
class Manifest:
    """The checked contents of ``manifest.json``; ``raw`` is all of it, unknown keys included."""

    id: str
    kind: str
    status: str
    created: str
    error: str | None
    spec: RunSpec
    model: dict[str, Any]
    tokens: dict[str, tuple[Token, ...]]
    preview: Preview | None
    layers: dict[str, dict[str, Any]]
    parent: dict[str, Any] | None
    calls: int | None
    timesteps: tuple[float, ...]
    guidance: tuple[float, ...]
    steps: tuple[int, ...]
    raw: dict[str, Any]


def read(folder: Path) -> Manifest:
    """Read and check the manifest of the recording ``folder``.

    Raises
    ------
    InspectorError
        ``recording.missing``, ``recording.not-a-recording``, ``recording.cannot-read``,
        ``recording.manifest-damaged``, ``recording.wrong-format``, ``recording.version-unknown``
        or ``recording.manifest-invalid``.
    """
    path = folder / MANIFEST
    try:
        if not folder.is_dir():
            raise FileNotFoundError
        if path.stat().st_size > MAX_MANIFEST_BYTES:
            raise _damaged(path, f"it is larger than {MAX_MANIFEST_BYTES // 2**20} MB")
        data = patiently(path.read_bytes)
    except FileNotFoundError as error:
        if folder.is_dir():
            raise InspectorError(
                "recording.not-a-recording",
                f"{folder} is no recording: it has no {MANIFEST}.",
                path=str(folder),
            ) from error
        raise InspectorError(
            "recording.missing",
            f"There is no recording {folder}. It was moved or deleted, or its name is misspelt.",
            path=str(folder),
        ) from error
    except OSError as error:
        raise InspectorError(
            "recording.cannot-read",
            f"Cannot read {path}: {error.strerror or error}.",
            path=str(path),
            reason=error.strerror or str(error),
        ) from error
    return parse(data, path)


def parse(data: bytes, path: Path) -> Manifest:
    """Check the bytes of a manifest; ``path`` is for the messages. Raises as :func:`read` does."""
    try:
        raw = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _damaged(path, str(error)) from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise InspectorError(
            "recording.wrong-format",
            f"{path} does not describe a recording of this program. Open a folder NAME.sdrec.",
            path=str(path),
        )
    version = raw.get("version")
    if version != VERSION or isinstance(version, bool):
        raise InspectorError(
            "recording.version-unknown",
            f"{path.parent} is a recording of version {version!r}, and this program reads version "
            f"{VERSION}. Open it with a newer sdinspector.",
            path=str(path.parent),
            version=version,
            known=VERSION,
        )
    try:
        return _checked(raw)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        text = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise InspectorError(
            "recording.manifest-invalid",
            f"{path} is not valid: {text}. It was changed by hand or by another program.",
            path=str(path),
            reason=text,
        ) from error


def _damaged(path: Path, reason: str) -> InspectorError:
    return InspectorError(
        "recording.manifest-damaged",
        f"{path} cannot be read: {reason}. It is damaged or was not copied whole.",
        path=str(path),
        reason=reason,
    )


def _checked(raw: dict[str, Any]) -> Manifest:
    identity, status, kind = raw["id"], raw["status"], raw["kind"]
    if not isinstance(identity, str) or not _ID.fullmatch(identity):
        raise ValueError("id is not made of letters and digits")
    if status not in STATUSES:
        raise ValueError(f"status {status!r} is none of {', '.join(STATUSES)}")
    if not isinstance(kind, str) or not kind:
        raise ValueError("kind is no name")
    preview = raw.get("preview")
    error = raw.get("error")
    calls = raw.get("calls")
    parent = raw.get("parent")
    return Manifest(
        id=identity,
        kind=kind,
        status=status,
        created=str(raw.get("created") or ""),
        error=None if error is None else str(error),
        spec=_spec(_object(raw["spec"], "spec")),
        model=_object(raw.get("model") or {}, "model"),
        tokens=_tokens(raw.get("tokens") or {}),
        preview=None if preview is None else _preview(_object(preview, "preview")),
        layers={
            str(path): _layer(_object(layer, f"layers[{path!r}]"))
            for path, layer in _object(raw.get("layers") or {}, "layers").items()
        },
        parent=None if parent is None else _object(parent, "parent"),
        calls=None if calls is None else _whole(calls, "calls", 0, MAX_CALLS),
        timesteps=tuple(_number(item, "timesteps") for item in _list(raw, "timesteps")),
        guidance=tuple(_number(item, "guidance") for item in _list(raw, "guidance")),
        steps=tuple(_whole(item, "steps", 0, MAX_CALLS) for item in _list(raw, "steps")),
        raw=raw,
    )


def _spec(data: dict[str, Any]) -> RunSpec:
    for name, highest in {
        "seed": _MAX_WHOLE,
        "steps": MAX_CALLS,
        "width": _MAX_SIDE,
        "height": _MAX_SIDE,
    }.items():
        if data.get(name) is not None:
            _whole(data[name], name, 0, highest)
    for name in ("guidance_scale", "guidance_rescale", "strength"):
        if name in data:
            _number(data[name], name)
    spec = RunSpec.from_json(data)
    for edit in spec.edits:
        _whole(edit.from_call, "edits", 0, MAX_CALLS)
        if edit.kind == "guidance":
            _number(edit.value, "the value of a guidance edit")
    return spec


def _tokens(data: Any) -> dict[str, tuple[Token, ...]]:
    if isinstance(data, list):
        data = {"cond": data}
    return {
        str(name): tuple(Token.from_json(_object(item, "tokens")) for item in items)
        for name, items in _object(data, "tokens").items()
    }


def _preview(data: dict[str, Any]) -> Preview:
    preview = Preview.from_json(data)
    for row in (*preview.matrix, preview.bias):
        for number in row:
            _number(number, "preview")
    return preview


def _layer(data: dict[str, Any]) -> dict[str, Any]:
    if data.get("heads") is not None:
        _whole(data["heads"], "heads", 1, _MAX_SIDE)
    for name in ("grid", "shape"):
        if data.get(name) is not None:
            for size in _list(data, name):
                _whole(size, name, 0, _MAX_WHOLE)
    return data


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{name} is no object")
    return value


def _list(data: dict[str, Any], name: str) -> list[Any]:
    value = data.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or (name not in ("grid", "shape") and len(value) > MAX_CALLS):
        raise TypeError(f"{name} is no list of a sensible length")
    return value


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} holds {value!r}, which is no finite number")
    return float(value)


def _whole(value: Any, name: str, lowest: int, highest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise ValueError(f"{name} holds {value!r}, not a whole number from {lowest} to {highest}")
    return value
