"""A sweep: the same run at one guidance scale after another, each a recording of its own."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

from sdinspector.core import InspectorError, RunSpec, ShouldStop
from sdinspector.engine.model import Model
from sdinspector.engine.sampling import CallDone, OnStep, drive, run_iter
from sdinspector.recording import SUFFIX, Recording


def sweep(
    model: Model,
    spec: RunSpec,
    scales: Sequence[float],
    folder: str | Path,
    *,
    on_step: OnStep | None = None,
    should_stop: ShouldStop | None = None,
    overwrite: bool = False,
) -> list[Recording]:
    """Run a prompt at each of some guidance scales; see :func:`sweep_iter`."""
    calls = sweep_iter(model, spec, scales, folder, should_stop, overwrite=overwrite)
    return drive(calls, on_step)


def sweep_iter(
    model: Model,
    spec: RunSpec,
    scales: Sequence[float],
    folder: str | Path,
    should_stop: ShouldStop | None = None,
    *,
    overwrite: bool = False,
) -> Generator[CallDone, None, list[Recording]]:
    """Run a prompt at each of some guidance scales, yielding after each scheduler call.

    The runs go one after another and not as a batch, so that each is bit for bit a plain run at
    its scale. Where it is stopped, the runs that are finished stay.

    Parameters
    ----------
    model
        The open model.
    spec
        What all runs share. Its own scale and its guidance edits do not count, and its branches
        are ``"auto"``.
    scales
        Guidance scales s, at least one; a scale may come twice.
    folder
        Where the recordings go, ``01-s1.sdrec``, ``02-s7.5.sdrec`` and so on in the order of
        ``scales``; it is made where it is not there. Each manifest says in ``"sweep"`` which sweep
        it is of (``id``), its number in it (``index``, from 0) and all ``scales``.
    should_stop
        Asked before every block of the denoiser.
    overwrite
        Whether recordings of these names may be replaced.

    Yields
    ------
    CallDone
        ``call`` and ``calls`` count over all runs; the rest is of the run that goes.

    Returns
    -------
    list of Recording
        In the order of ``scales``.

    Raises
    ------
    InspectorError
        ``sweep.no-scales``, and as :func:`~sdinspector.engine.sampling.run`; what is wrong with
        any of the scales or names is told before the first run.
    Cancelled
        Where ``should_stop`` said so.
    """
    specs = [at_scale(spec, scale) for scale in scales]
    if not specs:
        raise InspectorError(
            "sweep.no-scales",
            "A sweep needs at least one guidance scale. Name some, such as 1, 4 and 7.5.",
        )
    for one in specs:
        one.validate(model.card.size_multiple)
    paths = sweep_paths(folder, scales)
    if not overwrite:
        _refuse_taken(paths)
    common = {"id": uuid.uuid4().hex, "scales": [one.guidance_scale for one in specs]}
    recordings: list[Recording] = []
    for index, (one, path) in enumerate(zip(specs, paths, strict=True)):
        calls = run_iter(
            model,
            one,
            path,
            should_stop=should_stop,
            overwrite=overwrite,
            extra={"sweep": {**common, "index": index}},
        )
        recordings.append((yield from _counted(calls, index, len(specs))))
    return recordings


def at_scale(spec: RunSpec, scale: float) -> RunSpec:
    """Return the plain run at a guidance scale that is otherwise the same."""
    edits = tuple(edit for edit in spec.edits if edit.kind != "guidance")
    return replace(spec, guidance_scale=float(scale), edits=edits, branches="auto")


def sweep_paths(folder: str | Path, scales: Sequence[float]) -> list[Path]:
    """Return where the recordings of a sweep go, in the order of ``scales``."""
    return [
        Path(folder) / f"{number:02d}-s{float(scale):g}{SUFFIX}"
        for number, scale in enumerate(scales, start=1)
    ]


def _refuse_taken(paths: Sequence[Path]) -> None:
    """Refuse names that are taken, before hours are spent on those before them."""
    for path in paths:
        if path.exists():
            raise InspectorError(
                "recording.exists",
                f"There is a recording {path} already. Choose another name, or allow it to be "
                "replaced (--overwrite).",
                path=str(path),
            )


def _counted(
    calls: Generator[CallDone, None, Recording], index: int, runs: int
) -> Generator[CallDone, None, Recording]:
    """Drive one run of a sweep, its calls counted over all runs."""
    try:
        while True:
            try:
                done = next(calls)
            except StopIteration as end:
                recording: Recording = end.value
                return recording
            yield replace(done, call=index * done.calls + done.call, calls=runs * done.calls)
    finally:
        calls.close()
