"""Takes latents, embeddings and the encoder's attention out of recordings that are no runs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import embeddings
from sdinspector.core import FigureSpec, InspectorError
from sdinspector.export.recordings import about_call
from sdinspector.recording import Recording

PARTS = {
    "encode": ("image", "latents"),
    "text": ("tokens", "embedding", "encoder-attention"),
}
"""What can be taken out of a recording of each kind that is no run."""


def check_part(recording: Recording, what: str) -> None:
    """Refuse a part that a recording of this kind does not have.

    Raises
    ------
    InspectorError
        ``export.other-kind``.
    """
    having = PARTS.get(recording.kind)
    if having is None and what not in PARTS["text"]:
        return
    if having is not None and what in having:
        return
    hint = f" It has {', '.join(having)}." if having else " A recording of the kind 'text' has it."
    raise InspectorError(
        "export.other-kind",
        f"{recording.path} is a recording of the kind {recording.kind!r}, which has no "
        f"{what}.{hint}",
        path=str(recording.path),
        kind=recording.kind,
        what=what,
        parts=list(having or ()),
    )


def encoded_figure(recording: Recording) -> FigureSpec:
    """Return the latent channels of an encoded picture, each with levels of its own.

    An NPZ of it holds ``mean``, ``std`` ``[C, h, w]`` and ``picture`` ``[H, W, 3]`` as well.

    Raises
    ------
    InspectorError
        ``export.not-finished``, or as reading the recording.
    """
    arrays = _captured(recording)
    latent = arrays.pop("latent")
    shape = " × ".join(str(side) for side in (1, *latent.shape))
    return FigureSpec(
        name="encoded-latent",
        title=f"Latent of a picture: {shape}, batch × channels × height × width",
        kind="mosaic",
        arrays={"maps": latent, **arrays},
        unit="latent units",
        about={
            **about_call(recording, None),
            "encode": recording.manifest.get("encode"),
            "labels": [f"channel {number}" for number in range(len(latent))],
            "own_levels": True,
        },
    )


def tokens_figure(recording: Recording) -> FigureSpec:
    """Return the positions of a prompt as a table: index, id, piece, kind, norm of the embedding.

    Raises
    ------
    InspectorError
        As :func:`encoded_figure`.
    """
    tokens = recording.tokens["cond"]
    columns: dict[str, NDArray[Any]] = {
        "index": np.array([token.index for token in tokens]),
        "id": np.array([token.id for token in tokens]),
        "piece": np.array([token.piece for token in tokens]),
        "kind": np.array([token.kind for token in tokens]),
        "norm": embeddings.norms(_captured(recording)["text/embedding"]),
    }
    return FigureSpec(
        name="tokens",
        title=f"Tokens of {recording.spec.prompt!r}",
        kind="table",
        arrays=columns,
        about=_about_text(recording),
    )


def embedding_figure(recording: Recording) -> FigureSpec:
    """Return what the UNet is given of a prompt as a map ``[positions, width]``.

    Raises
    ------
    InspectorError
        As :func:`encoded_figure`.
    """
    values = _captured(recording)["text/embedding"].astype(np.float32)
    shape = " × ".join(str(side) for side in (1, *values.shape))
    return FigureSpec(
        name="embedding",
        title=f"Embedding of {recording.spec.prompt!r}: {shape}, batch × tokens × width",
        kind="map",
        arrays={"map": values},
        colour_map="balance",
        unit="embedding",
        about=_about_text(recording),
    )


def encoder_attention_figure(recording: Recording) -> FigureSpec:
    """Return the text encoder's attention, a map ``[asking, heard]`` for each head of each layer.

    Positions are those before the padding.

    Raises
    ------
    InspectorError
        As :func:`encoded_figure`.
    """
    values = _captured(recording)["text/attention"].astype(np.float32)
    layers, heads = values.shape[:2]
    spoken = sum(token.kind != "padding" for token in recording.tokens["cond"])
    maps = values[:, :, :spoken, :spoken].reshape(layers * heads, spoken, spoken)
    names = [(layer, head) for layer in range(layers) for head in range(heads)]
    return FigureSpec(
        name="encoder-attention",
        title=f"Text encoder: {layers} layers × {heads} heads, rows ask, columns are heard",
        kind="mosaic",
        arrays={"maps": maps},
        levels=(0.0, 1.0),
        unit="probability",
        about={
            **_about_text(recording),
            "labels": [f"layer {layer}, head {head}" for layer, head in names],
            "pieces": [token.piece for token in recording.tokens["cond"][:spoken]],
        },
    )


def _about_text(recording: Recording) -> dict[str, Any]:
    return {**about_call(recording, None), "text": recording.manifest.get("text")}


def _captured(recording: Recording) -> dict[str, NDArray[Any]]:
    if not recording.captures:
        raise InspectorError(
            "export.not-finished",
            f"{recording.path} holds nothing yet: it was not finished. Make it again.",
            path=str(recording.path),
        )
    return recording.capture(recording.captures[0])[0]
