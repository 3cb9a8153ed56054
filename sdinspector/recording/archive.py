"""Recordings in one file: ``NAME.sdrec.zip``, unpacked in the cache and packed again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import time
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from sdinspector.core import InspectorError, paths
from sdinspector.recording.files import cannot_write, patiently
from sdinspector.recording.layout import MANIFEST, MAX_CALLS, MEMBER

MAX_BYTES = 64 * 2**30
"""What an archive may unpack to."""
KEPT_BYTES = 8 * 2**30
"""What unpacked archives may take in the cache before old ones go."""
_KEPT_SECONDS = 24 * 3600.0
_SPARE_BYTES = 64 * 2**20
_CHUNK = 2**20


def unpacked(file: Path) -> Path:
    """Return the folder in the cache that holds the recording in the archive ``file``.

    Raises
    ------
    InspectorError
        ``recording.archive-damaged``, ``recording.not-a-recording``, ``recording.path-leaves``,
        ``recording.archive-too-large``, ``recording.disk-full``, ``recording.cannot-write`` or
        ``recording.cannot-read``.
    """
    store = paths.cache() / "archives"
    try:
        found = file.stat()
        name = f"{os.path.realpath(file)}\0{found.st_size}\0{found.st_mtime_ns}"
    except OSError as error:
        raise _unreadable(file, error) from error
    place = store / hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    if (place / MANIFEST).is_file():
        with contextlib.suppress(OSError):
            os.utime(place)
        return place
    part = store / f".{place.name}.{uuid.uuid4().hex[:12]}.part"
    with _explained(file):
        _extract(file, part)
    try:
        patiently(lambda: part.rename(place))
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        # Another reader was faster; otherwise the cache cannot be written.
        if not (place / MANIFEST).is_file():
            raise cannot_write(error, place) from error
    _forget(store, keep=place)
    return place


def manifest_bytes(file: Path, most: int) -> bytes:
    """Return the manifest of the recording in an archive without unpacking the rest."""
    with _explained(file), zipfile.ZipFile(file) as archive:
        members = _members(archive, file)
        with archive.open(members[MANIFEST]) as stream:
            return stream.read(most + 1)


def count_calls(file: Path) -> int:
    """Return the number of step files in an archive."""
    with _explained(file), zipfile.ZipFile(file) as archive:
        return sum(name.startswith("steps/") for name in _members(archive, file))


def pack(folder: Path, file: Path) -> None:
    """Write the recording ``folder`` as one archive that appears whole or not at all.

    Raises
    ------
    InspectorError
        ``recording.disk-full`` or ``recording.cannot-write``.
    """
    temporary = file.with_name(f".{file.name}.{uuid.uuid4().hex[:12]}.tmp")
    names = sorted(
        name
        for path in folder.rglob("*")
        if path.is_file() and MEMBER.fullmatch(name := path.relative_to(folder).as_posix())
    )
    try:
        try:
            with zipfile.ZipFile(temporary, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for name in names:
                    archive.write(folder / name, f"{folder.name}/{name}")
            patiently(lambda: temporary.replace(file))
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise cannot_write(error, file) from error


def _members(archive: zipfile.ZipFile, file: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the recording's files by their place in it; anything suspicious is refused."""
    infos = archive.infolist()
    if len(infos) > 2 * MAX_CALLS:
        raise _too_large(file, f"it holds {len(infos)} files")
    for info in infos:
        parts = PurePosixPath(info.orig_filename.replace("\\", "/")).parts
        link = stat.S_ISLNK(info.external_attr >> 16)
        if link or not parts or ".." in parts or parts[0].startswith("/") or ":" in parts[0]:
            raise InspectorError(
                "recording.path-leaves",
                f"{file} holds {info.orig_filename!r}, which leads out of the recording's own "
                "folder. It is damaged, or was made to do harm. It is not opened.",
                path=str(file),
                name=info.orig_filename,
            )
    tops = [
        PurePosixPath(info.filename).parent
        for info in infos
        if PurePosixPath(info.filename).name == MANIFEST
        and len(PurePosixPath(info.filename).parts) <= 2
    ]
    if len(tops) != 1:
        raise InspectorError(
            "recording.not-a-recording",
            f"{file} is no recording: it must hold one {MANIFEST}, and it has {len(tops)}.",
            path=str(file),
        )
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        path = PurePosixPath(info.filename)
        if info.is_dir() or not path.is_relative_to(tops[0]):
            continue
        name = path.relative_to(tops[0]).as_posix()
        if MEMBER.fullmatch(name):
            members[name] = info
    return members


def _extract(file: Path, part: Path) -> None:
    try:
        part.mkdir(parents=True)
    except OSError as error:
        raise cannot_write(error, part) from error
    try:
        with zipfile.ZipFile(file) as archive:
            members = _members(archive, file)
            declared = sum(info.file_size for info in members.values())
            room = max(0, shutil.disk_usage(part).free - _SPARE_BYTES)
            if declared > MAX_BYTES:
                raise _too_large(file, f"it unpacks to {declared / 2**30:.1f} GB")
            if declared > room:
                raise InspectorError(
                    "recording.disk-full",
                    f"{file} unpacks to {declared / 2**20:.0f} MB and {part.parent} has "
                    f"{room / 2**20:.0f} MB free. Free some space, or unpack it elsewhere and "
                    "open the folder.",
                    path=str(file),
                    bytes=declared,
                    free=room,
                )
            for name, info in members.items():
                _copy(archive, info, part / name)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _copy(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    try:
        target.parent.mkdir(exist_ok=True)
        out = target.open("xb")
    except OSError as error:
        raise cannot_write(error, target) from error
    with out, archive.open(info) as stream:
        written = 0
        while chunk := stream.read(_CHUNK):
            written += len(chunk)
            if written > info.file_size:
                raise zipfile.BadZipFile(f"{info.filename} is larger than it says")
            try:
                out.write(chunk)
            except OSError as error:
                raise cannot_write(error, target) from error
        if written != info.file_size:
            raise zipfile.BadZipFile(f"{info.filename} is smaller than it says")


@contextlib.contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unreadable(file, error) from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,  # a compression that this Python lacks
        RuntimeError,  # a password
        ValueError,
        UnicodeError,
        OverflowError,
    ) as error:
        raise InspectorError(
            "recording.archive-damaged",
            f"{file} cannot be unpacked: {error}. It is no recording, is damaged, or was not "
            "copied whole.",
            path=str(file),
            reason=str(error),
        ) from error


def _unreadable(file: Path, error: OSError) -> InspectorError:
    reason = error.strerror or str(error)
    return InspectorError(
        "recording.cannot-read", f"Cannot read {file}: {reason}.", path=str(file), reason=reason
    )


def _too_large(file: Path, reason: str) -> InspectorError:
    return InspectorError(
        "recording.archive-too-large",
        f"{file} is not opened: {reason}, more than a recording can be ({MAX_BYTES // 2**30} GB).",
        path=str(file),
        reason=reason,
    )


def _forget(store: Path, keep: Path) -> None:
    """Remove unpacked archives that nobody opened for a day while they take too much room."""
    with contextlib.suppress(OSError):
        folders = [path for path in store.iterdir() if path.is_dir() and path != keep]
        sizes = {
            path: sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
            for path in [*folders, keep]
        }
        total = sum(sizes.values())
        for path in sorted(folders, key=lambda path: path.stat().st_mtime):
            if total <= KEPT_BYTES or time.time() - path.stat().st_mtime < _KEPT_SECONDS:
                break
            shutil.rmtree(path, ignore_errors=True)
            total -= sizes[path]
