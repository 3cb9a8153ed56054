"""The text encoder by itself: every layer's states, its attention, and what the UNet is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sdinspector.analysis import embeddings
from sdinspector.core import InspectorError, RunSpec
from sdinspector.core.text_states import Neighbour, TextStates
from sdinspector.engine.devices import memory_errors_explained, to_numpy
from sdinspector.engine.libraries import versions
from sdinspector.engine.model import Model
from sdinspector.engine.text import tokenize
from sdinspector.recording import Recording, RecordingWriter


def look_at_text(model: Model, prompt: str, clip_skip: int = 0, near: int = 0) -> TextStates:
    """Encode a prompt and keep what lies in between.

    Parameters
    ----------
    model
        The open model.
    prompt
        Any text; an empty one is what the unconditional branch is given.
    clip_skip
        How many of the last layers are left out; 0 as the pipeline does by itself.
    near
        How many neighbours in the vocabulary to find for each token.

    Raises
    ------
    InspectorError
        ``text.clip-skip`` where the encoder has no layer to stop after; ``memory.full``.
    """
    encoder = model.pipeline.text_encoder
    text = tokenize(model, prompt)
    ids = torch.tensor([[token.id for token in text.tokens]], device=model.device)
    layers = int(encoder.config.num_hidden_layers)
    if not 0 <= clip_skip < layers:
        raise InspectorError(
            "text.clip-skip",
            f"This text encoder has {layers} layers: clip skip is from 0 to {layers - 1}, "
            f"not {clip_skip}.",
            layers=layers,
            clip_skip=clip_skip,
        )
    with torch.no_grad(), memory_errors_explained("encoding the text"):
        mask = _mask(model, ids)
        output = encoder(ids, attention_mask=mask, output_hidden_states=True)
        used = layers - clip_skip
        embedding = output.last_hidden_state
        if clip_skip:
            embedding = _final_norm(encoder)(output.hidden_states[used])
        with _eager(encoder):
            attention = encoder(ids, attention_mask=mask, output_attentions=True).attentions
    inner: Any = to_numpy(embedding[0])
    heard: Any = to_numpy(torch.cat(list(attention)).float())
    states: Any = to_numpy(torch.cat(list(output.hidden_states)).float())
    return TextStates(
        prompt=prompt,
        tokens=text.tokens,
        cut=text.cut,
        count=text.count,
        states=states,
        used=used,
        embedding=inner,
        attention=heard,
        near=_neighbours(model, ids[0], near) if near else (),
    )


def vocabulary_neighbours(
    model: Model, rows: NDArray[np.floating[Any]], count: int = 5
) -> list[list[Neighbour]]:
    """The vocabulary's entries whose input embeddings have the greatest cosine to some rows.

    Parameters
    ----------
    model
        The open model.
    rows
        ``[n, width]``: input embeddings, or states of any layer. Layers turn and stretch the
        space, so that neighbours of late states say little; those of input embeddings are exact.
    count
        How many for each.

    Returns
    -------
    list
        For each row (id, piece, cosine), the nearest first.
    """
    encoder, tokenizer = model.pipeline.text_encoder, model.pipeline.tokenizer
    table: Any = to_numpy(encoder.get_input_embeddings().weight.detach().float())
    indices, cosines = embeddings.nearest(rows, table, count)
    return [
        [
            (int(index), str(tokenizer.convert_ids_to_tokens(int(index))), float(cosine))
            for index, cosine in zip(row, found, strict=True)
        ]
        for row, found in zip(indices, cosines, strict=True)
    ]


def record_text(
    model: Model, prompt: str, out: str | Path, *, clip_skip: int = 0, overwrite: bool = False
) -> Recording:
    """Encode a prompt and keep all of it as a recording of the kind ``text``.

    Its first capture holds ``text/states``, ``text/attention`` and ``text/embedding`` as
    :class:`TextStates` has them, and ``text/ids``.

    Raises
    ------
    InspectorError
        See :func:`look_at_text`, and ``recording.…`` where it cannot be written.
    """
    found = look_at_text(model, prompt, clip_skip)
    width, height = model.picture_size(0, 0)
    with RecordingWriter(
        out,
        kind="text",
        spec=RunSpec(prompt=prompt, width=width, height=height),
        model=model.about(),
        tokens={"cond": list(found.tokens)},
        preview=model.card.preview,
        layers={},
        libraries=versions(),
        overwrite=overwrite,
    ) as writer:
        writer.update(text={"used": found.used, "clip_skip": clip_skip, "cut": found.cut})
        writer.capture(
            {
                "text/ids": found.ids,
                "text/states": found.states,
                "text/embedding": found.embedding,
                "text/attention": found.attention.astype(np.float16),
            },
            {"prompt": prompt},
        )
    return Recording.open(out)


def _neighbours(model: Model, ids: torch.Tensor, count: int) -> tuple[tuple[Neighbour, ...], ...]:
    """Return the neighbours of each token's own embedding; equal tokens are looked up once."""
    table = model.pipeline.text_encoder.get_input_embeddings().weight.detach()
    each, place = torch.unique(ids, return_inverse=True)
    rows: Any = to_numpy(table[each].float())
    found = vocabulary_neighbours(model, rows, count)
    return tuple(tuple(found[index]) for index in place.tolist())


def _mask(model: Model, ids: torch.Tensor) -> torch.Tensor | None:
    """Return the attention mask that the pipeline gives: none, unless the encoder asks for one."""
    if getattr(model.pipeline.text_encoder.config, "use_attention_mask", False):
        return torch.ones_like(ids)
    return None


def _final_norm(encoder: Any) -> Any:
    return next(
        module for name, module in encoder.named_modules() if name.endswith("final_layer_norm")
    )


@contextmanager
def _eager(encoder: Any) -> Iterator[None]:
    """Compute attention in the open, since fused kernels keep no probabilities; then as before."""
    before = encoder.config._attn_implementation  # noqa: SLF001  (there is no public name for it)
    encoder.set_attn_implementation("eager")
    try:
        yield
    finally:
        encoder.set_attn_implementation(before)
