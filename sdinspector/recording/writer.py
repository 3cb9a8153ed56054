"""Writes a recording while a run goes on; whatever is finished stays readable, come what may."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
import weakref
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sdinspector.core import Cancelled, InspectorError, Preview, RunSpec
from sdinspector.recording import manifest, place, png, tensors
from sdinspector.recording.attention_summary import Summary
from sdinspector.recording.files import (
    cannot_write,
    numbered,
    patiently,
    plain,
    to_lines,
    write_whole,
)
from sdinspector.recording.layout import (
    CAPTURES,
    CONDITIONING,
    FINAL,
    FORMAT,
    IMAGE,
    KINDS,
    MANIFEST,
    STATUSES,
    STEPS,
    SUMMARY,
    VERSION,
    capture_name,
    step_name,
)
from sdinspector.recording.lock import WriterLock
from sdinspector.recording.tensors import Array

if TYPE_CHECKING:
    from sdinspector.recording.reader import Recording

_RESERVED = frozenset({"format", "version", "id", "kind", "status", "created", "error"})


class RecordingWriter:
    """The one writer of a recording; a context manager.

    Leaving the context finishes the recording: ``complete``, or ``cancelled`` after
    :class:`~sdinspector.core.Cancelled`, ``KeyboardInterrupt`` or a closed generator, or
    ``failed`` after any other exception.

    Parameters
    ----------
    path
        Folder to make, ``NAME.sdrec``; folders above it are made too.
    kind
        ``"run"``, ``"observe"``, ``"inversion"``, ``"encode"``, ``"text"``, ``"objective"`` or
        ``"training"``.
    spec
        What the run was asked to do.
    model
        Source, class, dtype, device and digest of the model.
    tokens
        Tokens of each branch and encoder (``{"cond": […], "uncond": […]}``); a list alone is
        that of ``"cond"``. :class:`~sdinspector.core.Token` or its JSON form.
    preview
        Linear latent to RGB map.
    layers
        What is known of each captured layer: class, kind, heads, grid, shape.
    libraries
        Versions of the libraries that took part.
    parent
        Of a fork: id, path and call of the recording it left.
    overwrite
        Whether a recording that is there already is replaced. Only a recording is: any other
        folder is refused.
    extra
        More keys for the manifest.
    summarise
        Whether attention is added up while it is written, for ``summary.safetensors``: one float32
        copy of a call's attention in memory, however many calls there are.

    Raises
    ------
    InspectorError
        ``recording.exists``, ``recording.not-a-recording``, ``recording.being-written``,
        ``recording.cannot-write`` or ``recording.disk-full``.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        kind: str = "run",
        spec: RunSpec,
        model: Mapping[str, Any],
        tokens: Mapping[str, Any] | list[Any],
        preview: Preview | None = None,
        layers: Mapping[str, Any] | None = None,
        libraries: Mapping[str, Any] | None = None,
        parent: Mapping[str, Any] | None = None,
        overwrite: bool = False,
        extra: Mapping[str, Any] | None = None,
        summarise: bool = False,
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"unknown kind of recording {kind!r}")
        self.path = Path(os.path.abspath(path))  # noqa: PTH100 (links stay as they were given)
        self.id = uuid.uuid4().hex
        self._facts: list[tuple[float | None, float | None, int | None]] = []
        self._finished = False
        self._summary = Summary() if summarise else None
        self._manifest: dict[str, Any] = {
            **(extra or {}),
            "format": FORMAT,
            "version": VERSION,
            "id": self.id,
            "kind": kind,
            "status": "running",
            "created": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "spec": spec.to_json(),
            "model": dict(model),
            "tokens": dict(tokens) if isinstance(tokens, Mapping) else {"cond": list(tokens)},
            "preview": preview,
            "layers": dict(layers or {}),
            "libraries": dict(libraries or {}),
            "parent": parent,
            "timesteps": [],
            "guidance": [],
        }
        self._lock = self._create(overwrite)
        self._release = weakref.finalize(self, self._lock.release)

    def _create(self, overwrite: bool) -> WriterLock:
        """Make the folder with lock and manifest beside its place, then rename it there."""
        part = self.path.with_name(f".{self.path.name}.{self.id[:12]}.part")
        lock: WriterLock | None = None
        try:
            place.check(self.path, overwrite)
            place.sweep(self.path)
            (part / STEPS).mkdir(parents=True)
            lock = WriterLock(part)
            write_whole(part / MANIFEST, [to_lines(self._manifest).encode()])
            place.clear(self.path)
            patiently(lambda: part.rename(self.path))
            lock.moved(self.path)
        except BaseException as error:
            if lock is not None:
                lock.release()
            shutil.rmtree(part, ignore_errors=True)
            if isinstance(error, OSError):
                raise cannot_write(error, self.path) from error
            raise
        return lock

    @property
    def calls(self) -> int:
        """Number of scheduler calls written so far."""
        return len(self._facts)

    def conditioning(self, arrays: Mapping[str, Array]) -> None:
        """Write all that the denoiser is given besides x_t; once."""
        self._save(CONDITIONING, arrays)

    def step(
        self, call: int, arrays: Mapping[str, Array], metadata: Mapping[str, Any] | None = None
    ) -> None:
        """Write one scheduler call.

        Parameters
        ----------
        call
            Its number; calls are written in order, from 0, each once.
        arrays
            ``latent``, ``noise_uncond``, ``noise_cond``, ``denoised`` ``[C, h, w]``, and
            ``statistics/…``, ``cross_attention/…``, ``activation/…`` by module path. A branch
            that did not run has no array.
        metadata
            ``step``, ``timestep``, ``order``, ``scale``, ``input_scale``, ``a``, ``b``, ``clip``,
            ``branches``; others are kept.

        Raises
        ------
        InspectorError
            ``recording.disk-full``, ``recording.cannot-write`` or ``recording.lock-lost``; the
            calls written before stay readable.
        ValueError
            Where ``call`` is not the next one.
        """
        if call != self.calls:
            raise ValueError(f"the next call to write is {self.calls}, not {call}")
        data = {"call": call, **(metadata or {})}
        self._save(step_name(call), arrays, data)
        self._remember(data)
        self._add_up(call, arrays, data)

    def copy_step(self, source: Recording, call: int) -> None:
        """Take scheduler call ``call`` over from another recording, file and all, for a fork."""
        if call != self.calls:
            raise ValueError(f"the next call to write is {self.calls}, not {call}")
        metadata = source.call(call).metadata
        file = source.file(step_name(call))
        try:
            contents = file.read_bytes()
        except OSError as error:
            raise InspectorError(
                "recording.file-missing",
                f"{file} cannot be read: {error.strerror or error}.",
                path=str(file),
            ) from error
        self._check_lock()
        write_whole(self.path / step_name(call), [contents])
        self._remember({"call": call, **metadata})
        if self._summary is not None:
            names = [name for name in source.call(call).names if name.startswith("cross_attention")]
            self._add_up(call, tensors.load_some(file, names), metadata)

    def _add_up(self, call: int, arrays: Mapping[str, Array], metadata: Mapping[str, Any]) -> None:
        if self._summary is not None:
            self._summary.add(call, arrays, str(metadata.get("tokens", "cond")))

    def _remember(self, data: Mapping[str, Any]) -> None:
        values = plain([data.get(name) for name in ("timestep", "scale", "step")])
        self._facts.append((values[0], values[1], values[2]))

    def capture(self, arrays: Mapping[str, Array], metadata: Mapping[str, Any]) -> int:
        """Write a replay that is to be kept; returns its number."""
        self._check_lock()
        return _save_capture(self.path, arrays, metadata)

    def final(self, latent: Array) -> None:
        """Write the latent ``[C, h, w]`` after the last call."""
        self._save(FINAL, {"latent": latent})

    def summary(self, arrays: Mapping[str, Array]) -> None:
        """Write the sums over steps that are derived from the calls."""
        self._save(SUMMARY, arrays)

    def image(self, rgb: Array, text: Mapping[str, str] | None = None) -> None:
        """Write the decoded picture.

        Parameters
        ----------
        rgb
            ``[h, w, 3]`` uint8.
        text
            Settings for the PNG's text chunks.
        """
        self._check_lock()
        write_whole(self.path / IMAGE, [png.encode(rgb, text)])

    def update(self, **manifest_keys: Any) -> None:
        """Keep keys for the manifest; they are written when the recording is finished.

        ``layers`` are added to those known already; any other key replaces what it held.
        """
        taken = _RESERVED.intersection(manifest_keys)
        if taken:
            raise ValueError(f"the writer itself sets {sorted(taken)}")
        layers = manifest_keys.pop("layers", None)
        self._manifest["layers"].update(layers or {})
        self._manifest.update(manifest_keys)

    def change_spec(self, spec: RunSpec) -> None:
        """Write down at once that the run is now asked to do something else.

        Raises
        ------
        InspectorError
            As :meth:`step`.
        """
        self._check_lock()
        self._manifest["spec"] = spec.to_json()
        self._save_manifest()

    def finish(self, status: str = "complete", error: str | None = None) -> None:
        """Write the last manifest and let the recording go; a second call does nothing.

        Raises
        ------
        InspectorError
            As :meth:`step`. The lock is given up all the same, and what was recorded stays.
        """
        if status not in STATUSES or status == "running":
            raise ValueError(f"a recording does not end {status!r}")
        if self._finished:
            return
        self._finished = True
        try:
            if not self._lock.held():
                raise self._lost()
            self._save_sums()
            self._manifest |= {
                "status": status,
                "error": error,
                "finished": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "calls": self.calls,
                **self._lists(),
            }
            self._save_manifest()
        finally:
            self._release()

    def _save_manifest(self) -> None:
        text = to_lines(self._manifest).encode()
        write_whole(self.path / MANIFEST, [text], replace=True)

    def _save_sums(self) -> None:
        """Write the summary; it is derived, so that failing to is no loss."""
        sums = {} if self._summary is None else self._summary.arrays()
        if sums and not (self.path / SUMMARY).exists():
            with contextlib.suppress(InspectorError):
                tensors.save(self.path / SUMMARY, sums)

    def _lists(self) -> dict[str, list[Any]]:
        """Return timestep, scale and step of each call; a list that would have gaps is left out."""
        lists = dict(
            zip(("timesteps", "guidance", "steps"), zip(*self._facts, strict=True), strict=False)
        )
        return {name: [] if None in values else list(values) for name, values in lists.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.finish()
            return
        cancelled = isinstance(error, Cancelled | KeyboardInterrupt | GeneratorExit)
        # The first error is the one to tell; a disk that is full refuses the manifest as well.
        with contextlib.suppress(InspectorError):
            if cancelled:
                self.finish("cancelled")
            else:
                self.finish("failed", str(error) or type(error).__name__)

    def _save(
        self, name: str, arrays: Mapping[str, Array], metadata: Mapping[str, Any] | None = None
    ) -> None:
        self._check_lock()
        tensors.save(self.path / name, arrays, metadata)

    def _check_lock(self) -> None:
        if self._finished:
            raise ValueError("the recording is finished")
        if not self._lock.held():
            raise self._lost()

    def _lost(self) -> InspectorError:
        return InspectorError(
            "recording.lock-lost",
            f"{self.path} was moved, deleted or taken over by another program while it was being "
            "written. Run again, to another name.",
            path=str(self.path),
        )


def add_capture(
    path: str | os.PathLike[str], arrays: Mapping[str, Array], metadata: Mapping[str, Any]
) -> int:
    """Keep a replay in a recording that is finished; returns its number.

    Raises
    ------
    InspectorError
        ``recording.being-written`` while another writes it, ``recording.disk-full``,
        ``recording.cannot-write``, or what opening it raises.
    """
    folder = Path(path)
    manifest.read(folder)
    lock = WriterLock(folder)
    try:
        return _save_capture(folder, arrays, metadata)
    finally:
        lock.release()


def add_summary(path: str | os.PathLike[str], arrays: Mapping[str, Array]) -> None:
    """Store sums over steps in a finished recording that has none; raises as add_capture does."""
    folder = Path(path)
    manifest.read(folder)
    lock = WriterLock(folder)
    try:
        tensors.save(folder / SUMMARY, arrays)
    finally:
        lock.release()


def _save_capture(folder: Path, arrays: Mapping[str, Array], metadata: Mapping[str, Any]) -> int:
    try:
        (folder / CAPTURES).mkdir(exist_ok=True)
    except OSError as error:
        raise cannot_write(error, folder / CAPTURES) from error
    number = max(numbered(folder / CAPTURES), default=-1) + 1
    tensors.save(folder / capture_name(number), arrays, metadata)
    return number
