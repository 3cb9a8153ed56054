"""Takes latents, embeddings and the encoder's attention out of recordings that are no runs."""

from __future__ import annotations

import warnings
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
    "objective": ("image", "objective"),
    "training": ("image", "training"),
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
    owner = next((kind for kind, parts in PARTS.items() if what in parts), "run")
    if having is None and (owner == "run" or what in ("image", "latents")):
        return
    if having is not None and what in having:
        return
    hint = f" A recording of the kind {owner!r} has it."
    if having:
        hint = f" It has {', '.join(having)}."
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


def objective_figure(recording: Recording) -> FigureSpec:
    """Return the loss over t, the mean of the seeds, with the caption and without.

    Raises
    ------
    InspectorError
        ``export.not-finished``, or as reading the recording.
    """
    arrays = objective_arrays(recording)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a timestep that no seed reached
        losses = {name: np.nanmean(arrays[name], axis=1) for name in ("loss", "loss_uncond")}
    return FigureSpec(
        name="objective-loss",
        title=f"Loss over t: {recording.spec.prompt}",
        kind="lines",
        arrays={
            "x": arrays["timesteps"],
            "with caption": losses["loss"],
            "without": losses["loss_uncond"],
        },
        unit="mean squared error",
        about={**about_call(recording, None), "objective": recording.manifest.get("objective")},
    )


def objective_arrays(recording: Recording) -> dict[str, NDArray[Any]]:
    """Return all that was recorded of an objective: the draw ``[C, h, w]``, the curve.

    Raises
    ------
    InspectorError
        ``export.not-finished``, or as reading the recording.
    """
    found: dict[str, NDArray[Any]] = {}
    for number in recording.captures:
        found |= recording.capture(number)[0]
    if "loss" not in found:
        raise _not_finished(recording)
    return found


def training_figure(recording: Recording) -> FigureSpec:
    """Return the loss of each step of a training, and its exponential mean.

    Raises
    ------
    InspectorError
        ``export.not-finished``, or as reading the recording.
    """
    arrays = _captured(recording)
    return FigureSpec(
        name="training-loss",
        title="Loss by step",
        kind="lines",
        arrays={"x": arrays["step"], "loss": arrays["loss"], "smoothed": arrays["smoothed"]},
        unit="mean squared error",
        about={**about_call(recording, None), "training": recording.manifest.get("training")},
    )


def training_table(recording: Recording) -> FigureSpec:
    """Return all figures of a training by step, with the norm of each block's gradient.

    Raises
    ------
    InspectorError
        ``export.not-finished``, or as reading the recording.
    """
    arrays = _captured(recording)
    _, facts = recording.capture(recording.captures[0])
    gradients = arrays["gradients"]
    columns = {name: array for name, array in arrays.items() if array.ndim == 1}
    blocks = {name: gradients[:, place] for place, name in enumerate(facts["blocks"])}
    return FigureSpec(
        name="training",
        title="A training by step",
        kind="table",
        arrays={"step": columns.pop("step"), **columns, **blocks},
        about={**about_call(recording, None), "training": recording.manifest.get("training")},
    )


def training_arrays(recording: Recording) -> dict[str, NDArray[Any]]:
    """Return all that was recorded of a training.

    Raises
    ------
    InspectorError
        ``export.not-finished``, or as reading the recording.
    """
    return _captured(recording)


def _about_text(recording: Recording) -> dict[str, Any]:
    return {**about_call(recording, None), "text": recording.manifest.get("text")}


def _captured(recording: Recording) -> dict[str, NDArray[Any]]:
    if not recording.captures:
        raise _not_finished(recording)
    return recording.capture(recording.captures[0])[0]


def _not_finished(recording: Recording) -> InspectorError:
    return InspectorError(
        "export.not-finished",
        f"{recording.path} holds nothing yet: it was not finished. Make it again.",
        path=str(recording.path),
    )
