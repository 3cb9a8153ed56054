"""Decides whether a recording may be put where a person asked for it, and clears the place."""

from __future__ import annotations

import contextlib
import re
import shutil
import time
import uuid
from pathlib import Path

from sdinspector.core import InspectorError
from sdinspector.recording.files import patiently
from sdinspector.recording.layout import MANIFEST, STALE_SECONDS
from sdinspector.recording.lock import Pulse, being_written


def check(path: Path, overwrite: bool) -> None:
    """Refuse a place that is taken by anything but an empty folder or a recording to replace."""
    if not path.exists() and not path.is_symlink():
        return
    if path.is_dir() and not any(path.iterdir()):
        return
    if not (path / MANIFEST).is_file():
        raise InspectorError(
            "recording.not-a-recording",
            f"{path} is there already and is no recording. Choose another name.",
            path=str(path),
        )
    if Pulse(path).alive():
        raise being_written(path)
    if not overwrite:
        raise InspectorError(
            "recording.exists",
            f"There is a recording {path} already. Choose another name, or allow it to be "
            "replaced (--overwrite).",
            path=str(path),
        )


def sweep(path: Path) -> None:
    """Remove what a writer of this place left beside it when it was killed while it began."""
    name = re.compile(re.escape(f".{path.name}.") + r"[0-9a-f]{12}\.(part|old)")
    with contextlib.suppress(OSError):
        for other in path.parent.iterdir():
            if (
                name.fullmatch(other.name)
                and time.time() - other.stat().st_mtime > STALE_SECONDS
                and not Pulse(other).alive()
            ):
                shutil.rmtree(other, ignore_errors=True)


def clear(path: Path) -> None:
    """Take away what :func:`check` allowed to be replaced."""
    if not path.exists():
        return
    # Renamed first, so that a reader finds the old one whole or the new one, never a half.
    old = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.old")
    patiently(lambda: path.rename(old))
    if old.is_symlink():
        old.unlink()  # the folder that it leads to is not ours to delete
    else:
        shutil.rmtree(old, ignore_errors=True)
