"""Reads both branches of a call, also an unconditional one that was added after the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sdinspector.core import InspectorError
from sdinspector.recording import manifest, tensors
from sdinspector.recording.files import cannot_write
from sdinspector.recording.layout import ADDED_UNCOND, CAPTURES
from sdinspector.recording.lock import WriterLock
from sdinspector.recording.reader import Recording
from sdinspector.recording.tensors import Array

UNCOND, COND = "noise_uncond", "noise_cond"


def pair(recording: Recording, call: int) -> tuple[Array | None, Array]:
    """Return ε_∅ and ε_y of a call, ``[C, h, w]`` each.

    Parameters
    ----------
    recording
        A run or an observation.
    call
        Number of the scheduler call; negative counts from the end.

    Returns
    -------
    tuple of ndarray
        The unconditional prediction, recorded or added afterwards (see :func:`add_uncond`), or
        ``None`` where there is neither; and the conditional one.

    Raises
    ------
    InspectorError
        ``recording.no-call``, ``recording.array-missing`` where there is no conditional
        prediction, ``recording.file-missing`` or ``recording.file-damaged``.
    """
    index = recording.call(call).index
    cond = recording.array(index, COND)
    if recording.has(index, UNCOND):
        return recording.array(index, UNCOND), cond
    path = recording.file(ADDED_UNCOND)
    if not path.exists():
        return None, cond
    try:
        return tensors.load(path, _key(index)), cond
    except InspectorError as error:
        if error.code == "recording.array-missing":
            return None, cond
        raise


def calls_without_uncond(recording: Recording) -> tuple[int, ...]:
    """Return the calls that have no unconditional prediction, neither recorded nor added.

    A file of added ones that cannot be read counts as none, so that it is made again.

    Raises
    ------
    InspectorError
        As :meth:`Recording.has`.
    """
    added: set[str] = set()
    try:
        path = recording.file(ADDED_UNCOND)
        if path.exists():
            added = set(tensors.header(path).shapes)
    except InspectorError as error:
        if error.code != "recording.file-damaged":
            raise
    return tuple(
        call
        for call in range(recording.calls)
        if not recording.has(call, UNCOND) and _key(call) not in added
    )


def add_uncond(
    recording: Recording, arrays: Mapping[int, Array], metadata: Mapping[str, Any]
) -> None:
    """Store unconditional predictions beside the calls of a finished recording.

    They lie in ``captures/noise_uncond.safetensors``, apart from what was recorded, because they
    had no part in the run. The file appears whole; an earlier one is replaced, and what it held
    of other calls is kept.

    Parameters
    ----------
    recording
        Of an archive, the copy in the cache is added to.
    arrays
        ε_∅ ``[C, h, w]`` by the number of its scheduler call.
    metadata
        What made them.

    Raises
    ------
    InspectorError
        ``recording.being-written``, ``recording.disk-full``, ``recording.cannot-write``, or what
        opening it raises.
    """
    folder = recording.folder
    manifest.read(folder)
    lock = WriterLock(folder)
    try:
        try:
            (folder / CAPTURES).mkdir(exist_ok=True)
        except OSError as error:
            raise cannot_write(error, folder / CAPTURES) from error
        named = {_key(call): array for call, array in arrays.items()}
        path = recording.file(ADDED_UNCOND)
        tensors.save(path, {**_earlier(recording), **named}, metadata, replace=True)
    finally:
        lock.release()


def _earlier(recording: Recording) -> dict[str, Array]:
    path = recording.file(ADDED_UNCOND)
    try:
        return tensors.load_all(path) if path.exists() else {}
    except InspectorError:  # damaged: made again
        return {}


def _key(call: int) -> str:
    return f"{UNCOND}/{call:04d}"
