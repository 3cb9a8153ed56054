"""Lists the recordings of a folder without opening their arrays."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sdinspector.core import InspectorError
from sdinspector.recording import archive, manifest
from sdinspector.recording.layout import MANIFEST, MAX_MANIFEST_BYTES, SUFFIX, ZIP_SUFFIX
from sdinspector.recording.reader import Recording


@dataclass(frozen=True)
class RecordingSummary:
    """One line of a list of recordings.

    ``error`` says why one cannot be opened; then ``status`` is ``"unreadable"`` and only the path
    and the time of its folder are known. ``created`` is ISO 8601 in UTC.
    """

    path: Path
    id: str = ""
    kind: str = ""
    status: str = "unreadable"
    prompt: str = ""
    created: str = ""
    calls: int = 0
    error: InspectorError | None = None


def list_recordings(folder: str | os.PathLike[str]) -> list[RecordingSummary]:
    """Return the recordings in ``folder``, newest first; none where there is no folder.

    Folders ``*.sdrec`` and archives ``*.sdrec.zip`` count; so do those in its plain folders, one
    level down, where runs lie that belong together. Unreadable ones are listed with their error.

    Raises
    ------
    InspectorError
        ``recording.cannot-read`` where the folder is there and cannot be listed.
    """
    try:
        found, inside = _look(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        reason = error.strerror or str(error)
        raise InspectorError(
            "recording.cannot-read",
            f"Cannot list {folder}: {reason}.",
            path=str(folder),
            reason=reason,
        ) from error
    for group in inside:
        with contextlib.suppress(OSError):  # somebody else's folder is no reason to list nothing
            found += _look(group)[0]
    summaries = [_summary(path) for path in found]
    return sorted(summaries, key=lambda item: (item.created, item.path.name), reverse=True)


def _look(folder: str | os.PathLike[str]) -> tuple[list[Path], list[Path]]:
    """Return the recordings and the plain folders in a folder; hidden ones are left out."""
    found: list[Path] = []
    folders: list[Path] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.name.endswith((SUFFIX, ZIP_SUFFIX)):
                found.append(Path(entry.path))
            elif entry.is_dir():
                folders.append(Path(entry.path))
    return found, folders


def _summary(path: Path) -> RecordingSummary:
    try:
        if path.is_file():
            return _packed(path)
        found = Recording.open(path)
    except InspectorError as error:
        return RecordingSummary(path, created=_changed(path), error=error)
    return RecordingSummary(
        path=path,
        id=found.id,
        kind=found.kind,
        status=found.status,
        prompt=found.spec.prompt,
        created=found.created or _changed(path),
        calls=found.calls,
    )


def _packed(path: Path) -> RecordingSummary:
    """Summarise an archive without unpacking more than its manifest."""
    data = archive.manifest_bytes(path, MAX_MANIFEST_BYTES)
    found = manifest.parse(data, path / MANIFEST)
    return RecordingSummary(
        path=path,
        id=found.id,
        kind=found.kind,
        status="interrupted" if found.status == "running" else found.status,
        prompt=found.spec.prompt,
        created=found.created or _changed(path),
        calls=archive.count_calls(path),
    )


def _changed(path: Path) -> str:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="milliseconds")
    except (OSError, OverflowError, ValueError):
        return ""
