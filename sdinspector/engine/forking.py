"""Fork: step the scheduler through recorded predictions, then go on with a change."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sdinspector.core import Cancelled, Edit, InspectorError, RunSpec, ShouldStop
from sdinspector.engine.comparing import WRONG_MODEL, relative_difference
from sdinspector.engine.conditioning import START
from sdinspector.engine.devices import to_numpy
from sdinspector.engine.model import Model
from sdinspector.engine.replaying import as_tensor, replay
from sdinspector.engine.sampling import Calls, Live, Loop, OnStep, drive, run_iter
from sdinspector.engine.storing import Prediction
from sdinspector.recording import Recording

# What may change in the middle of a run; at the first call anything may.
_MID_RUN = frozenset({"guidance_scale", "prompt", "edits", "capture"})
# The kinds of edit that stand for fields of the spec from a call on.
_BECOMES = (("guidance_scale", "guidance"), ("prompt", "prompt"))


def fork(
    model: Model,
    recording: Recording,
    step: int,
    out: str | Path,
    *,
    on_step: OnStep | None = None,
    should_stop: ShouldStop | None = None,
    overwrite: bool = False,
    **changes: Any,
) -> Recording:
    """Go on from a call of a recorded run with something changed, as a new recording.

    The calls before ``step`` are taken over as they were recorded, without the denoiser; stepping
    the scheduler through them restores multi-step solvers and the random generator exactly. With
    nothing changed the result is the original, bit for bit.

    Parameters
    ----------
    model
        The model of the recording.
    recording
        A run, also one that was cancelled.
    step
        Number of the scheduler call from which on things change; at 0 it is a new run.
    out, on_step, should_stop, overwrite
        As for :func:`sdinspector.engine.run`.
    **changes
        Fields of :class:`~sdinspector.core.RunSpec`. After the first call: ``guidance_scale`` and
        ``prompt`` (from here on), ``edits`` (the whole new list, the past unchanged), ``capture``.

    Raises
    ------
    InspectorError
        ``fork.…`` where the recording cannot be forked so; as :func:`sdinspector.engine.run`.
    """
    calls = fork_iter(
        model, recording, step, out, should_stop=should_stop, overwrite=overwrite, **changes
    )
    return drive(calls, on_step)


def fork_iter(
    model: Model,
    recording: Recording,
    step: int,
    out: str | Path,
    *,
    should_stop: ShouldStop | None = None,
    overwrite: bool = False,
    live: Live | None = None,
    **changes: Any,
) -> Calls:
    """Fork, yielding after each scheduler call; see :func:`fork`.

    Parameters
    ----------
    live
        As for :func:`~sdinspector.engine.sampling.run_iter`, asked from call ``step`` on.
    """
    _check(recording, step, out)
    spec = changed_spec(recording.spec, step, changes)
    start = recording.conditioning().get(START) if spec.start else None
    parent: dict[str, Any] = {
        "id": recording.id,
        "path": str(recording.path),
        "call": step,
        "changes": sorted(changes),
    }
    if step == 0:
        return (
            yield from run_iter(
                model,
                spec,
                out,
                should_stop=should_stop,
                overwrite=overwrite,
                parent=parent,
                live=live,
                start=start,
            )
        )
    if recording.model.get("digest") != model.card.digest:
        # It may be the same weights in other files: one call tells.
        replay(model, recording, step - 1, should_stop=should_stop)
    loop = Loop(model, spec, live=live is not None, start=start)
    if step > loop.calls:
        raise _no_call(recording, step)
    largest = 0.0
    with loop.recorder(out, overwrite=overwrite, parent=parent) as writer:
        for call in range(step):
            began = time.perf_counter()
            if should_stop is not None and should_stop():
                raise Cancelled
            largest = max(largest, _deviation(loop, recording, call))
            loop.advance(call, _recorded(loop, recording, call), scale_input=True)
            writer.copy_step(recording, call)
            yield loop.done(call, writer, began)
        largest = max(largest, _deviation(loop, recording, step))
        writer.update(parent={**parent, "exact": largest == 0.0, "difference": largest})
        for call in range(step, loop.calls):
            loop.heed(live, call, writer)
            yield loop.record(call, writer, should_stop)
        loop.finish(writer, should_stop)
    return Recording.open(writer.path)


def _check(recording: Recording, step: int, out: str | Path) -> None:
    if not recording.is_run:
        raise InspectorError(
            "fork.not-a-run",
            f"{recording.path.name} is no run but a recording of kind {recording.kind!r}; only "
            "runs can be forked.",
            kind=recording.kind,
        )
    if recording.read_only:
        raise InspectorError(
            "fork.read-only",
            f"{recording.path.name} holds edits that this version does not know, so it cannot be "
            "forked here.",
            path=str(recording.path),
        )
    if not 0 <= step <= recording.calls:
        raise _no_call(recording, step)
    if Path(out).absolute() == Path(recording.path).absolute():
        raise InspectorError(
            "fork.onto-itself",
            "A fork cannot be written over the recording it leaves. Choose another name.",
            path=str(recording.path),
        )


def _no_call(recording: Recording, step: int) -> InspectorError:
    return InspectorError(
        "fork.no-call",
        f"{recording.path.name} has {recording.calls} calls; it cannot be forked at {step}.",
        calls=recording.calls,
        call=step,
    )


def changed_spec(spec: RunSpec, step: int, changes: Mapping[str, Any]) -> RunSpec:
    """Return the description of a fork's whole run.

    Parameters
    ----------
    spec
        Of the original.
    step
        The first call that may differ.
    changes
        Fields of the spec. ``guidance_scale`` and ``prompt`` hold from ``step`` on: after the
        first call they become edits; at it they replace those of their kind, unless ``edits`` are
        given too.

    Raises
    ------
    InspectorError
        ``fork.unknown-change``, ``fork.cannot-change``, ``fork.past-changed``.
    """
    known = {name for name in RunSpec.__dataclass_fields__ if name != "extra"}
    unknown = sorted(set(changes) - known)
    if unknown:
        raise InspectorError(
            "fork.unknown-change",
            f"A run has no {', '.join(unknown)} that could change.",
            names=unknown,
        )
    if step == 0:
        replaced = {kind for name, kind in _BECOMES if name in changes and "edits" not in changes}
        kept = tuple(edit for edit in spec.edits if edit.kind not in replaced)
        return replace(spec, **{"edits": kept, **changes})
    fixed = sorted(name for name in set(changes) - _MID_RUN if changes[name] != getattr(spec, name))
    if fixed:
        raise InspectorError(
            "fork.cannot-change",
            f"In the middle of a run {', '.join(fixed)} cannot change; guidance_scale, prompt, "
            "edits and capture can. Fork at 0 to change anything.",
            names=fixed,
        )
    edits = tuple(changes.get("edits", spec.edits))
    if "prompt" in changes:
        edits = (*edits, Edit("prompt", from_call=step, value=changes["prompt"]))
    new = replace(spec, edits=edits, capture=changes.get("capture", spec.capture))
    if "guidance_scale" in changes:
        new = new.with_guidance(step, changes["guidance_scale"])
    for call in range(step):
        if _acting(spec, call) != _acting(new, call):
            raise InspectorError(
                "fork.past-changed",
                f"The edits change call {call}, which lies before the fork at {step}. Let them "
                f"begin at {step}, or fork at {call}.",
                call=call,
                step=step,
            )
    return new


def _acting(spec: RunSpec, call: int) -> tuple[float, str, bool]:
    """Return what a run's description says of a call that can change in mid-run."""
    return spec.guidance_at(call), spec.prompt_at(call), spec.evaluates_both_at(call)


def _recorded(loop: Loop, recording: Recording, call: int) -> Prediction:
    """Return the recorded predictions of a call as the denoiser gave them."""
    model = loop.model
    uncond = None
    if recording.has(call, "noise_uncond"):
        uncond = as_tensor(recording.array(call, "noise_uncond"), model, model.dtype)
    cond = as_tensor(recording.array(call, "noise_cond"), model, model.dtype)
    return Prediction(uncond, cond, {})


def _deviation(loop: Loop, recording: Recording, call: int) -> float:
    """Return how far x_t is from the recorded one, relative to its largest value.

    Raises
    ------
    InspectorError
        ``fork.not-reproducible`` where this machine, or these libraries, go another way.
    """
    if not recording.has(call, "latent"):
        return 0.0
    apart = relative_difference(to_numpy(loop.latents[0]), recording.array(call, "latent"))
    if apart > WRONG_MODEL:
        raise InspectorError(
            "fork.not-reproducible",
            f"Call {call} of {recording.path.name} does not come out as it was recorded, so it "
            "cannot be forked here: another version of the libraries, or another scheduler.",
            call=call,
            difference=apart,
        )
    return apart
