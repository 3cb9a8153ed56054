"""Looks into the text encoder and the VAE: what they make of a recording's prompts and latents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from sdinspector.core import InspectorError, worse
from sdinspector.engine import autoencoder
from sdinspector.engine.capture import copying
from sdinspector.engine.comparing import relative_difference
from sdinspector.engine.conditioning import COND, UNCOND
from sdinspector.engine.copying import Copies, Kept
from sdinspector.engine.devices import to_numpy
from sdinspector.engine.model import Model
from sdinspector.engine.text import embed
from sdinspector.engine.wanted import Output
from sdinspector.recording import Call, Recording

_ENCODER = ("encoder", "quant_conv")
_UNKNOWN = float("nan")


def text_outputs(
    model: Model,
    recording: Recording,
    call: Call,
    encoder: nn.Module,
    outputs: Sequence[Output],
) -> tuple[Kept, float]:
    """Encode a call's prompts again and keep outputs of the text encoder.

    Returns
    -------
    arrays, difference
        ``[branch, positions, C]`` each, unconditional first where both ran; and how far the
        embeddings are from the recorded ones.
    """
    spec = recording.spec
    negative = spec.negative_prompt if UNCOND in call.branches else None
    passes: list[Copies] = []

    def begin(_module: nn.Module, _inputs: Any) -> None:
        passes.append(Copies())

    def take(name: str, tensor: torch.Tensor) -> None:
        passes[-1].take(name, tensor)

    handle = encoder.register_forward_pre_hook(begin)
    try:
        with copying(encoder, outputs, take):
            embeddings = embed(model, spec.prompt_at(call.index), negative)
    finally:
        handle.remove()
    for copies in passes:
        copies.settle()
    arrays: Kept = {}
    for name, _, _ in outputs:
        # The pipeline encodes the prompt first; the denoiser has the unconditional branch first.
        found = [copies.arrays[name] for copies in reversed(passes) if name in copies.arrays]
        if found:
            arrays[name] = np.concatenate(found)
    recorded = recording.conditioning()
    apart = 0.0
    for name, embedding in zip(
        (str(call.metadata.get("tokens", COND)), UNCOND), embeddings, strict=True
    ):
        if embedding is not None:
            known = name in recorded
            here = (
                relative_difference(to_numpy(embedding[0]), recorded[name]) if known else _UNKNOWN
            )
            apart = worse(apart, here)
    return arrays, apart


def vae_outputs(
    model: Model, recording: Recording, call: Call, outputs: Sequence[Output]
) -> tuple[Kept, float]:
    """Decode a recording's last latent again, or encode its picture, and keep outputs of the VAE.

    Where there is no last latent yet, it is the call's x̂₀ that is decoded.

    Returns
    -------
    arrays, difference
        ``[1, …]`` each; and how far the picture, or the latent, is from the recorded one, which is
        not a number where none is recorded.
    """
    encodes = [output for output in outputs if output[2].split(".", 1)[0] in _ENCODER]
    decodes = [output for output in outputs if output not in encodes]
    copies = Copies()
    apart = 0.0
    if decodes:
        with copying(model.pipeline.vae, decodes, copies.take):
            apart = _decode(model, recording, call)
    if encodes:
        with copying(model.pipeline.vae, encodes, copies.take):
            apart = worse(apart, _encode(model, recording))
    copies.settle()
    return copies.arrays, apart


def _decode(model: Model, recording: Recording, call: Call) -> float:
    final = recording.final_latent()
    latent = final if final is not None else recording.array(call.index, "denoised")
    fresh = autoencoder.decode(model, latent)
    # An observation's picture is the one that was shown, not a decoded one.
    picture = recording.image() if final is not None and recording.kind == "run" else None
    if picture is None:
        return _UNKNOWN
    return relative_difference(fresh.astype(np.float32), picture.astype(np.float32))


def _encode(model: Model, recording: Recording) -> float:
    picture = recording.image()
    if picture is None:
        raise InspectorError(
            "replay.no-picture",
            f"{recording.path.name} holds no picture that could be encoded: its run did not come "
            "to an end.",
            name=recording.path.name,
        )
    height, width = picture.shape[:2]
    fresh = autoencoder.encode(model, picture, width, height).latent
    final = recording.final_latent() if recording.kind == "observe" else None
    if final is None:
        return _UNKNOWN
    same = torch.from_numpy(fresh).to(torch.from_numpy(final).dtype)
    return relative_difference(to_numpy(same), final)
