"""Reads a recording, finished or still growing, one slice at a time."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.core import InspectorError
from sdinspector.recording import archive, manifest, png, tensors
from sdinspector.recording.calls import Call, from_header
from sdinspector.recording.described import Described
from sdinspector.recording.files import inside, numbered
from sdinspector.recording.layout import (
    ADDED_UNCOND,
    CAPTURES,
    CONDITIONING,
    FINAL,
    IMAGE,
    MANIFEST,
    MAX_CALLS,
    STEPS,
    SUMMARY,
    capture_name,
    step_name,
)
from sdinspector.recording.lock import Pulse
from sdinspector.recording.manifest import Manifest
from sdinspector.recording.tensors import Array, Header, Index

_HEADERS_KEPT = 64


@dataclass(frozen=True)
class _State:
    """What was found at the last look; replaced as a whole, so that threads see no mixture."""

    manifest: Manifest
    stamp: tuple[int, ...]
    status: str
    calls: int
    captures: tuple[int, ...]
    files: tuple[tuple[int, ...], ...]


class Recording(Described):
    """A recording as it was at the last :meth:`refresh`; cheap to open, safe to read from threads.

    No file is held open, so a recording can be deleted or replaced while it is shown.
    """

    def __init__(self, path: Path, *, source: Path | None = None) -> None:
        self.path = source or path
        self.folder = path
        self._pulse = Pulse(path)
        self._guard = threading.Lock()
        self._refreshing = threading.Lock()
        self._headers: OrderedDict[int, Header] = OrderedDict()
        self._facts: dict[int, tuple[float, float, int]] = {}
        self._picture: tuple[tuple[int, ...], NDArray[np.uint8]] | None = None
        self._state = self._look(None)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Recording:
        """Open a folder ``NAME.sdrec`` or an archive ``NAME.sdrec.zip`` (unpacked in the cache).

        Raises
        ------
        InspectorError
            ``recording.missing``, ``recording.not-a-recording``, ``recording.wrong-format``,
            ``recording.version-unknown``, ``recording.manifest-damaged``,
            ``recording.manifest-invalid``, ``recording.path-leaves``, ``recording.cannot-read``,
            or ``recording.archive-…``.
        """
        place = Path(os.path.abspath(path))  # noqa: PTH100 (links stay as they were given)
        if place.is_file() and place.name == MANIFEST:
            place = place.parent
        if place.is_file():
            return cls(archive.unpacked(place), source=place)
        return cls(place)

    def __repr__(self) -> str:
        return f"<Recording {self.path} {self.status}, {self.calls} calls>"

    def _described(self) -> Manifest:
        return self._state.manifest

    # What is on the disk.

    @property
    def status(self) -> str:
        """``"running"``, ``"complete"``, ``"cancelled"``, ``"failed"`` or ``"interrupted"``."""
        return self._state.status

    @property
    def calls(self) -> int:
        """Number of finished scheduler calls on the disk, without gaps from 0."""
        return self._state.calls

    @property
    def missing_calls(self) -> int:
        """Calls that the manifest counts and the folder lacks: above 0 for a partial copy."""
        return max(0, (self._state.manifest.calls or 0) - self.calls)

    @property
    def captures(self) -> tuple[int, ...]:
        """Numbers of the replays that were kept."""
        return self._state.captures

    def refresh(self) -> bool:
        """Look at what has grown since; a few file-system calls, no array is read.

        Returns
        -------
        bool
            Whether anything changed.

        Raises
        ------
        InspectorError
            ``recording.missing`` where the folder is gone, ``recording.replaced`` where another
            recording has taken its place, and as :meth:`open`.
        """
        with self._refreshing:  # of two at once the later look must win
            return self._refresh()

    def _refresh(self) -> bool:
        before = self._state
        after = self._look(before)
        if after.manifest.id != before.manifest.id:
            raise InspectorError(
                "recording.replaced",
                f"{self.path} now holds another recording. Open it again.",
                path=str(self.path),
            )
        self._state = after
        return after != before

    def _look(self, before: _State | None) -> _State:
        path = self.folder / MANIFEST
        stamp = _stamp(path)
        if before is not None and stamp == before.stamp and stamp:
            found = before.manifest
        else:
            inside(self.folder, MANIFEST)
            found = manifest.read(self.folder)
        if before is None:
            inside(self.folder, STEPS)
            calls = _count(self.folder / STEPS)
        else:
            calls = before.calls
            while calls < MAX_CALLS and (self.folder / step_name(calls)).exists():
                calls += 1
        status = found.status
        if status == "running" and not self._pulse.alive():
            # The writer may have finished between the two looks: its last manifest came first.
            again = manifest.read(self.folder)
            status = again.status if again.status != "running" else "interrupted"
            found = again
        return _State(
            manifest=found,
            stamp=stamp,
            status=status,
            calls=calls,
            captures=_captures(self.folder / CAPTURES),
            files=tuple(
                _stamp(self.folder / name)
                for name in (CONDITIONING, FINAL, SUMMARY, IMAGE, ADDED_UNCOND)
            ),
        )

    def file(self, name: str) -> Path:
        """Return where the part ``name`` lies (see ``layout``).

        Raises
        ------
        InspectorError
            ``recording.path-leaves`` where a link leads out of the recording.
        """
        return inside(self.folder, name)

    # Calls and their arrays.

    def call(self, index: int) -> Call:
        """Return what is known of scheduler call ``index`` (negative counts from the end).

        Raises
        ------
        InspectorError
            ``recording.no-call``, ``recording.file-missing``, ``recording.file-damaged`` or
            ``recording.step-invalid``.
        """
        index = self._checked(index)
        header = self._header(index)
        try:
            return from_header(index, header, self.spec)
        except (TypeError, ValueError, OverflowError) as error:
            raise InspectorError(
                "recording.step-invalid",
                f"{self.folder / step_name(index)} is not valid: {error}.",
                path=str(self.folder / step_name(index)),
                reason=str(error),
            ) from error

    def array(self, call: int, name: str, index: Index = None) -> Array:
        """Read an array of scheduler call ``call``, or a part of it.

        Parameters
        ----------
        call
            Number of the call; negative counts from the end.
        name
            ``"latent"``, ``"noise_uncond"``, ``"noise_cond"``, ``"denoised"`` ``[C, h, w]``,
            ``"statistics/<path>"`` ``[branch, 6]``, ``"cross_attention/<path>"``
            ``[heads, tokens, h, w]``, ``"activation/<path>"``.
        index
            An integer, a slice or a tuple of these; only that part is read.

        Raises
        ------
        InspectorError
            ``recording.no-call``, ``recording.array-missing``, ``recording.index``,
            ``recording.file-missing`` or ``recording.file-damaged``.
        """
        return tensors.load(self.file(step_name(self._checked(call))), name, index)

    def has(self, index: int, name: str) -> bool:
        """Return whether scheduler call ``index`` holds an array called ``name``."""
        return 0 <= index < self.calls and name in self._header(index).shapes

    def timestep(self, index: int) -> float:
        """Return t of scheduler call ``index``, without opening its file where that is known."""
        return self._fact(index)[0]

    def scale(self, index: int) -> float:
        """Return the guidance scale used at scheduler call ``index``."""
        return self._fact(index)[1]

    @property
    def timesteps(self) -> tuple[float, ...]:
        """Timestep t of each call."""
        return tuple(self._fact(index)[0] for index in range(self.calls))

    @property
    def guidance(self) -> tuple[float, ...]:
        """Guidance scale used at each call."""
        return tuple(self._fact(index)[1] for index in range(self.calls))

    @property
    def steps(self) -> int:
        """Number of steps of which at least one call is on the disk."""
        return 0 if self.calls == 0 else self.step_of_call(self.calls - 1) + 1

    def step_of_call(self, index: int) -> int:
        """Return the step that scheduler call ``index`` belongs to."""
        return self._fact(index)[2]

    def call_of_step(self, step: int) -> int:
        """Return the first call of a step; of one that is not on the disk, the nearest call.

        Raises
        ------
        InspectorError
            ``recording.no-call`` where there is no call at all.
        """
        low, high = 0, self._checked(-1)
        while low < high:  # steps never go down from one call to the next
            middle = (low + high) // 2
            if self.step_of_call(middle) < step:
                low = middle + 1
            else:
                high = middle
        return low

    # The other files.

    def conditioning(self) -> dict[str, Array]:
        """Read all that the denoiser was given besides x_t; empty where nothing was stored."""
        return self._optional(CONDITIONING)

    def final_latent(self) -> Array | None:
        """Read the latent ``[C, h, w]`` after the last call, or ``None`` before there is one."""
        return self._optional(FINAL).get("latent")

    def summary(self) -> dict[str, Array]:
        """Read the stored sums over steps; empty where there are none."""
        return self._optional(SUMMARY)

    def capture(self, number: int) -> tuple[dict[str, Array], dict[str, Any]]:
        """Read a kept replay: its arrays and its metadata.

        Raises
        ------
        InspectorError
            ``recording.file-missing`` or ``recording.file-damaged``.
        """
        path = self.file(capture_name(number))
        return tensors.load_all(path), tensors.header(path).metadata

    def image(self) -> NDArray[np.uint8] | None:
        """Read the decoded picture ``[h, w, 3]``, or ``None`` before there is one.

        It is kept, since many views lie over it, and read-only.

        Raises
        ------
        InspectorError
            ``recording.file-damaged`` where it is there and is no readable picture.
        """
        path = self.file(IMAGE)
        stamp, kept = _stamp(path), self._picture
        if not stamp:
            return None
        if kept is not None and kept[0] == stamp:
            return kept[1]
        try:
            picture = png.decode(path)
        except Exception as error:  # Pillow raises a dozen kinds for damaged files
            raise InspectorError(
                "recording.file-damaged",
                f"{path} cannot be read: {error}. It is damaged or was not copied whole; "
                "the other files of the recording are not affected.",
                path=str(path),
                reason=str(error),
            ) from error
        picture.flags.writeable = False
        self._picture = (stamp, picture)
        return picture

    # Within.

    def _optional(self, name: str) -> dict[str, Array]:
        path = self.file(name)
        return tensors.load_all(path) if path.exists() else {}

    def _checked(self, index: int) -> int:
        calls = self.calls
        if not -calls <= index < calls:
            raise InspectorError(
                "recording.no-call",
                f"{self.path} has {calls} scheduler calls; there is no call {index}.",
                path=str(self.path),
                call=index,
                calls=calls,
            )
        return index % calls

    def _header(self, index: int) -> Header:
        with self._guard:
            known = self._headers.get(index)
            if known is not None:
                self._headers.move_to_end(index)
                return known
        header = tensors.header(self.file(step_name(index)))
        with self._guard:
            self._headers[index] = header
            while len(self._headers) > _HEADERS_KEPT:
                self._headers.popitem(last=False)
        return header

    def _fact(self, index: int) -> tuple[float, float, int]:
        """Return timestep, scale and step of a call: from the manifest once it is complete."""
        index = self._checked(index)
        known = self._facts.get(index)
        if known is not None:
            return known
        found = self._state.manifest
        lists = (found.timesteps, found.guidance, found.steps)
        if all(len(values) >= self.calls for values in lists):
            return found.timesteps[index], found.guidance[index], found.steps[index]
        call = self.call(index)
        self._facts[index] = (call.timestep, call.scale, call.step)
        return self._facts[index]


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _captures(folder: Path) -> tuple[int, ...]:
    return tuple(sorted(numbered(folder)))


def _count(folder: Path) -> int:
    numbers = numbered(folder)
    return next(index for index in range(len(numbers) + 1) if index not in numbers)
