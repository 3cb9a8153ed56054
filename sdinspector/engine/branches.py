"""Adds the unconditional branch to a recording that was made without it."""

from __future__ import annotations

import time
from collections.abc import Generator

import numpy as np
import torch
from numpy.typing import NDArray

from sdinspector.core import Cancelled, InspectorError, ShouldStop
from sdinspector.engine import plain
from sdinspector.engine.capture import stoppable
from sdinspector.engine.conditioning import UNCOND, from_recording
from sdinspector.engine.devices import DTYPES, memory_errors_explained, to_numpy
from sdinspector.engine.libraries import versions
from sdinspector.engine.model import Model
from sdinspector.engine.replaying import as_tensor, replay
from sdinspector.engine.sampling import CallDone, OnStep, drive
from sdinspector.engine.schedules import scaled_input, time_as_tensor
from sdinspector.engine.text import embed
from sdinspector.recording import Call, Recording
from sdinspector.recording.branches import add_uncond as store
from sdinspector.recording.branches import calls_without_uncond
from sdinspector.recording.lock import being_written


def add_uncond(
    model: Model,
    recording: Recording,
    on_step: OnStep | None = None,
    should_stop: ShouldStop | None = None,
) -> Recording:
    """Add ε_∅ to every call of a recording that has ε_y alone; see :func:`add_uncond_iter`."""
    return drive(add_uncond_iter(model, recording, should_stop), on_step)


def add_uncond_iter(
    model: Model, recording: Recording, should_stop: ShouldStop | None = None
) -> Generator[CallDone, None, Recording]:
    """Ask the denoiser about the negative prompt at each call that lacks it, and store the answers.

    One denoiser call each, on the recorded x_t. What was recorded is not touched: the answers lie
    in a file of their own, written when all are there, and
    :func:`sdinspector.recording.branches.pair` finds them. They are those of a batch of 1, as the
    recorded branch was; a run with both branches has a batch of 2, which moves the last digits
    (by some 2e-6).

    Parameters
    ----------
    model
        The model of the recording.
    recording
        A run or an observation that is finished. Where no call lacks the branch, nothing is done.
    should_stop
        Asked before every block of the denoiser; what is stopped stores nothing.

    Yields
    ------
    CallDone
        Its ``call`` and ``calls`` count the answers.

    Raises
    ------
    InspectorError
        ``branches.not-a-run``; ``branches.no-guidance`` for a model with guidance distilled into
        it;
        ``replay.wrong-model``, ``replay.no-conditioning``, ``recording.…``, ``memory.full``.
    Cancelled
        Where ``should_stop`` said so.
    """
    if not recording.is_run and recording.kind != "observe":
        raise InspectorError(
            "branches.not-a-run",
            f"{recording.path.name} is a recording of kind {recording.kind!r}, which has no "
            "branches. Choose a run or an observed picture.",
            path=str(recording.path),
            kind=recording.kind,
        )
    if not model.card.takes_guidance:
        raise InspectorError(
            "branches.no-guidance",
            "This model has guidance distilled into it and knows no unconditional branch, so none "
            "can be added. Open a model that takes guidance, and run the prompt with that.",
            model=model.card.name,
        )
    if recording.status == "running":
        raise being_written(recording.folder)
    missing = calls_without_uncond(recording)
    if not missing:
        return recording
    # Checks shapes first; of the same weights in other files one call tells.
    text = _negative(model, recording)
    if recording.model.get("digest") != model.card.digest:
        replay(model, recording, missing[0], should_stop=should_stop)
    answers: dict[int, NDArray[np.generic]] = {}
    for number, index in enumerate(missing):
        began = time.perf_counter()
        if should_stop is not None and should_stop():
            raise Cancelled
        call = recording.call(index)
        with stoppable(model.pipeline.unet, should_stop):
            answers[index] = _answer(model, recording, call, text)
        if number + 1 == len(missing):
            made_with = {"digest": model.card.digest, "libraries": versions()}
            store(recording, answers, made_with)
            recording.refresh()
        yield CallDone(
            call=number,
            calls=len(missing),
            step=call.step,
            steps=recording.steps,
            timestep=call.timestep,
            path=recording.path,
            seconds=time.perf_counter() - began,
        )
    return recording


def _negative(model: Model, recording: Recording) -> torch.Tensor:
    """Return the embeddings of the negative prompt, recorded or made now."""
    known = from_recording(model, recording.conditioning(), recording.tokens).embeddings
    if UNCOND in known:
        return known[UNCOND]
    spec = recording.spec
    with torch.no_grad(), memory_errors_explained("encoding the negative prompt"):
        made: torch.Tensor = embed(model, spec.prompt, spec.negative_prompt)[1]
    return made


@torch.no_grad()
def _answer(
    model: Model, recording: Recording, call: Call, text: torch.Tensor
) -> NDArray[np.generic]:
    """Return ε_∅ of a call, ``[C, h, w]``."""
    dtype = DTYPES.get(str(call.metadata.get("dtype")), model.dtype)
    latents = as_tensor(recording.array(call.index, "latent"), model, dtype)
    with memory_errors_explained("adding the unconditional branch"):
        output = plain.denoise(
            model,
            scaled_input(latents, call.input_scale),
            time_as_tensor(call.timestep, model.device),
            text,
            call.scale,
        )
    return to_numpy(output[0])
