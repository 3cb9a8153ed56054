"""Keeps the results of replays, in memory and on the disk, least recently used out first."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sdinspector.core import InspectorError
from sdinspector.recording import tensors
from sdinspector.recording.files import to_json
from sdinspector.recording.tensors import Array

DISK_BYTES = 4 * 2**30
MEMORY_BYTES = 512 * 2**20
_SUFFIX = ".safetensors"


class ReplayCache:
    """Arrays that can be made again, bounded on disk and in memory; safe to use from threads.

    Several processes may share a folder. A cache never fails: what cannot be stored is made again,
    what is damaged is dropped.

    Parameters
    ----------
    folder
        Where the files go; made when first needed.
    disk_limit, memory_limit
        Bytes; 0 keeps nothing there.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        disk_limit: int = DISK_BYTES,
        memory_limit: int = MEMORY_BYTES,
    ) -> None:
        self._folder = Path(folder)
        self._disk_limit = disk_limit
        self._memory_limit = memory_limit
        self._guard = threading.Lock()
        self._memory: OrderedDict[str, Mapping[str, Array]] = OrderedDict()
        self._memory_bytes = 0
        self._disk_bytes: int | None = None  # counted when the first file is written

    @staticmethod
    def key(recording: str, call: int, **settings: Any) -> str:
        """Return the key of a result.

        Parameters
        ----------
        recording, call
            The recording's ``id`` and the scheduler call.
        **settings
            All else that decides the result (layers, branch, digest of the model), of JSON's
            types; the order does not matter.
        """
        text = to_json({"call": call, **dict(sorted(settings.items()))})
        return f"{_digest(recording)}-{_digest(text)}"

    def get(self, key: str) -> Mapping[str, Array] | None:
        """Return what was stored under ``key``, or ``None``; the arrays cannot be written to."""
        with self._guard:
            found = self._memory.get(key)
            if found is not None:
                self._memory.move_to_end(key)
                return found
        path = self._path(key)
        try:
            arrays = tensors.load_all(path)
            os.utime(path)  # the time of the file says when it was used last
        except InspectorError as error:
            if error.code == "recording.file-damaged":
                with contextlib.suppress(OSError):
                    path.unlink()
            return None
        except OSError:
            return None
        return self._remember(key, arrays)

    def put(self, key: str, arrays: Mapping[str, Array]) -> None:
        """Store arrays under ``key``; what is larger than a limit is not kept there."""
        size = sum(array.nbytes for array in arrays.values())
        self._remember(key, {name: array.copy() for name, array in arrays.items()})
        if size > self._disk_limit:
            return
        path = self._path(key)
        with contextlib.suppress(InspectorError, OSError):
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                tensors.save(path, arrays)
                self._trim(path)

    def forget(self, recording: str) -> None:
        """Drop everything of the recording with that ``id``."""
        prefix = _digest(recording)
        with self._guard:
            for key in [key for key in self._memory if key.startswith(prefix)]:
                self._drop(key)
            self._disk_bytes = None
        for path in self._folder.glob(f"{prefix}/*{_SUFFIX}"):
            with contextlib.suppress(OSError):
                path.unlink()

    def clear_memory(self) -> None:
        """Let go of what is held in memory; the files stay."""
        with self._guard:
            self._memory.clear()
            self._memory_bytes = 0

    def _path(self, key: str) -> Path:
        recording, _, name = key.partition("-")
        return self._folder / recording / f"{name}{_SUFFIX}"

    def _remember(self, key: str, arrays: dict[str, Array]) -> Mapping[str, Array]:
        for array in arrays.values():
            array.flags.writeable = False
        kept = MappingProxyType(arrays)
        with self._guard:
            if key in self._memory:
                self._drop(key)
            self._memory[key] = kept
            self._memory_bytes += _size(kept)
            while self._memory and self._memory_bytes > self._memory_limit:
                self._drop(next(iter(self._memory)))
        return kept

    def _drop(self, key: str) -> None:
        self._memory_bytes -= _size(self._memory.pop(key))

    def _trim(self, newest: Path) -> None:
        """Count what lies on the disk and remove what was not used for longest."""
        with self._guard:
            if self._disk_bytes is not None:
                self._disk_bytes += newest.stat().st_size
                if self._disk_bytes <= self._disk_limit:
                    return
            files = []
            for path in self._folder.glob(f"*/*{_SUFFIX}"):
                with contextlib.suppress(OSError):  # another process trims as well
                    found = path.stat()
                    files.append((found.st_mtime_ns, found.st_size, path))
            self._disk_bytes = sum(size for _, size, _ in files)
            for _, size, path in sorted(files, key=lambda item: (item[0], item[2].name)):
                if self._disk_bytes <= self._disk_limit:
                    return
                with contextlib.suppress(OSError):
                    path.unlink()
                    self._disk_bytes -= size


def _size(arrays: Mapping[str, Array]) -> int:
    return sum(array.nbytes for array in arrays.values())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
