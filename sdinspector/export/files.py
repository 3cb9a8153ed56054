"""Writes exported files whole, and says clearly when that is not possible."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.core import InspectorError
from sdinspector.recording.files import FULL, to_json, write_whole

SOFTWARE = "sdinspector"


def save(path: Path, contents: bytes) -> Path:
    """Write a file, replacing one that is there; it appears whole or not at all.

    Raises
    ------
    InspectorError
        ``export.disk-full`` or ``export.cannot-write``.
    """
    write_whole(path, [contents], replace=True, refused=_refused)
    return path


def save_npz(path: Path, arrays: Mapping[str, NDArray[Any]], about: Mapping[str, Any]) -> Path:
    """Write arrays as a compressed NPZ with their settings as the JSON string ``about``.

    Raises
    ------
    InspectorError
        As :func:`save`.
    ValueError
        Where an array is itself called ``about``.
    """
    if "about" in arrays:
        raise ValueError("an array cannot be called 'about'")
    stream = io.BytesIO()
    # numpy's savez takes names as keywords, and so cannot store an array called "file".
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in {**arrays, "about": np.array(to_json(about))}.items():
            part = io.BytesIO()
            np.lib.format.write_array(part, np.asarray(array), allow_pickle=False)
            archive.writestr(f"{name}.npy", part.getvalue())
    return save(path, stream.getvalue())


def read_about(text: str) -> dict[str, Any]:
    """Return the settings that an exported file carries, from their JSON text."""
    found = json.loads(text)
    return found if isinstance(found, dict) else {}


def ending(path: Path, known: tuple[str, ...], what: str) -> str:
    """Return the lower-case ending of a file name, without its dot.

    Raises
    ------
    InspectorError
        ``export.ending`` where it is none of ``known``.
    """
    found = path.suffix.lower().removeprefix(".")
    if found not in known:
        names = ", ".join(f".{name}" for name in known)
        raise InspectorError(
            "export.ending",
            f"Cannot write {what} to {path.name!r}: the name must end in one of {names}.",
            name=path.name,
            what=what,
            endings=list(known),
        )
    return found


def _refused(error: OSError, path: Path) -> InspectorError:
    reason = error.strerror or str(error)
    if error.errno in FULL:
        return InspectorError(
            "export.disk-full",
            f"The disk is full: {path} could not be written. Free some space, or choose another "
            "folder.",
            path=str(path),
            reason=reason,
        )
    return InspectorError(
        "export.cannot-write",
        f"Cannot write {path}: {reason}. Choose a folder that exists and that you may write to.",
        path=str(path),
        reason=reason,
    )
