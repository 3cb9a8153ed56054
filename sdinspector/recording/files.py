"""Files that appear whole or not at all, and what is said when the disk refuses them."""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from sdinspector.core import InspectorError
from sdinspector.recording.layout import NUMBERED

T = TypeVar("T")

# On Windows a reader, an indexer or a virus scanner can hold a file for a moment. Elsewhere a
# refused permission stays refused and waiting would only hide it.
RETRIES = 40 if os.name == "nt" else 0
_PAUSE_SECONDS = 0.05
FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
"""What an operating system says when there is no room."""


def patiently(action: Callable[[], T]) -> T:
    """Return what ``action`` returns; on Windows, try again while the file is held by another."""
    for _ in range(RETRIES):
        try:
            return action()
        except PermissionError:
            time.sleep(_PAUSE_SECONDS)
    return action()


def write_whole(
    path: Path,
    parts: Iterable[bytes | memoryview],
    *,
    replace: bool = False,
    refused: Callable[[OSError, Path], InspectorError] | None = None,
) -> None:
    """Write a file under a temporary name beside ``path``, then rename it.

    Parameters
    ----------
    path
        Where the file shall be; its folder must exist.
    parts
        The contents, piece by piece.
    replace
        Whether a file that is there already is replaced.
    refused
        Makes the error where the disk refuses; :func:`cannot_write` where left out.

    Raises
    ------
    InspectorError
        ``recording.disk-full``, ``recording.cannot-write`` or, without ``replace``,
        ``recording.file-exists``. No temporary file stays behind.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.tmp")
    if not replace and path.exists():
        raise InspectorError(
            "recording.file-exists",
            f"{path} is there already, and recorded files are never changed.",
            path=str(path),
        )
    try:
        try:
            with temporary.open("xb") as file:
                for part in parts:
                    file.write(part)
            patiently(lambda: temporary.replace(path))
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise (refused or cannot_write)(error, path) from error


def cannot_write(error: OSError, path: Path) -> InspectorError:
    """Return the error that tells a person why ``path`` could not be written."""
    reason = error.strerror or str(error)
    if error.errno in FULL:
        return InspectorError(
            "recording.disk-full",
            f"The disk is full: {path} could not be written. What was recorded before is kept. "
            "Free some space, or record to another folder.",
            path=str(path),
            reason=reason,
        )
    return InspectorError(
        "recording.cannot-write",
        f"Cannot write {path}: {reason}. What was recorded before is kept. "
        "Choose a folder that you may write to.",
        path=str(path),
        reason=reason,
    )


def plain(value: Any) -> Any:
    """Return ``value`` made of JSON's types alone.

    Arrays and tuples become lists, numpy numbers become Python's, objects with ``to_json`` what
    that returns. Numbers that JSON has not (infinite, not a number) become ``None``.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    for method in ("to_json", "tolist"):
        if hasattr(value, method):
            return plain(getattr(value, method)())
    return str(value)


# Making an encoder costs more than using it on the short values of a call.
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def to_json(value: Any) -> str:
    """Return ``value`` as strict JSON text that can be stored as UTF-8."""
    text = _ENCODER.encode(plain(value))
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character pair, as a broken command line can bring it
        text = json.dumps(plain(value), allow_nan=False)
    return text


def to_lines(values: Mapping[str, Any], depth: int = 2, margin: str = "") -> str:
    """Return strict JSON text with a line for each key, down to ``depth`` dictionaries.

    The library's own indent takes many times as long.
    """
    lines = []
    for key, value in values.items():
        if depth > 1 and isinstance(value, Mapping) and value:
            text = to_lines(value, depth - 1, f"{margin} ")
        else:
            text = to_json(value)
        lines.append(f"{margin} {to_json(str(key))}: {text}")
    return "{\n" + ",\n".join(lines) + f"\n{margin}}}"


def inside(root: Path, name: str) -> Path:
    """Return the path of ``name`` below ``root``.

    Raises
    ------
    InspectorError
        ``recording.path-leaves`` where a link or ``..`` leads out of ``root``.
    """
    path = root / name
    real_root, real = os.path.realpath(root), os.path.realpath(path)
    if real != real_root and not real.startswith(os.path.join(real_root, "")):  # noqa: PTH118
        raise InspectorError(
            "recording.path-leaves",
            f"{path} leads out of the recording's own folder. A recording never does that: it is "
            "damaged, or was made to do harm. It is not read.",
            path=str(path),
        )
    return path


def numbered(folder: Path) -> set[int]:
    """Return the numbers of the numbered safetensors files in ``folder``; none where it is not."""
    try:
        return {
            int(match[1]) for path in folder.iterdir() if (match := NUMBERED.fullmatch(path.name))
        }
    except OSError:
        return set()
