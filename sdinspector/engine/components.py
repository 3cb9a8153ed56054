"""Looks into the text encoder and the VAE: what they make of a recording's prompts and latents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
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
    prompts = {str(call.metadata.get("tokens", COND)): spec.prompt_at(call.index)}
    if UNCOND in call.branches:
        prompts = {UNCOND: spec.negative_prompt, **prompts}
    recorded = recording.conditioning()
    found: dict[str, list[NDArray[np.generic]]] = {name: [] for name, _, _ in outputs}
    apart = 0.0
    for name, prompt in prompts.items():
        copies = Copies()
        with copying(encoder, outputs, copies):
            # On its own: the pipeline encodes the two prompts one after the other as well.
            embedding = to_numpy(embed(model, prompt, None)[0][0])
        for output, array in copies.arrays.items():
            found[output].append(array)
        known = recorded.get(name)
        apart = worse(apart, _UNKNOWN if known is None else relative_difference(embedding, known))
    arrays = {name: np.concatenate(parts) for name, parts in found.items() if parts}
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
        with copying(model.pipeline.vae, decodes, copies):
            apart = _decode(model, recording, call)
    if encodes:
        with copying(model.pipeline.vae, encodes, copies):
            apart = worse(apart, _encode(model, recording))
    return copies.arrays, apart


def _decode(model: Model, recording: Recording, call: Call) -> float:
    final = recording.final_latent()
    latent = final if final is not None else recording.array(call.index, "denoised")
    fresh = autoencoder.decode(model, latent)
    # An observation's picture is the one that was shown, not a decoded one.
    picture = recording.image() if final is not None and recording.is_run else None
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
