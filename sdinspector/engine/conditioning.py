"""All that the denoiser is given besides x_t and t: the embeddings of every prompt of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sdinspector.core import InspectorError, RunSpec, Token
from sdinspector.engine.devices import to_numpy
from sdinspector.engine.model import Model
from sdinspector.engine.text import embed, prompt_columns, tokenize

COND, UNCOND = "cond", "uncond"
START = "start"
"""Name of the first latent among a recording's conditioning, where no seed draws it."""


@dataclass(frozen=True)
class Conditioning:
    """Embeddings and tokens by name: ``"cond"``, ``"uncond"``, and ``"cond@…"`` for edits.

    Attributes
    ----------
    embeddings
        ``[1, positions, width]`` each, as the pipeline makes them.
    tokens
        The tokens of each.
    prompts
        Name of the embedding for each prompt.
    """

    embeddings: Mapping[str, torch.Tensor]
    tokens: Mapping[str, tuple[Token, ...]]
    prompts: Mapping[str, str]

    @property
    def dtype(self) -> torch.dtype:
        """Precision of the embeddings, which the pipeline gives to the latent too."""
        return self.embeddings[COND].dtype

    def batch(self, name: str, both: bool) -> torch.Tensor:
        """Return the denoiser's text input: unconditional first where both branches run."""
        if not both:
            return self.embeddings[name]
        return torch.cat([self.embeddings[UNCOND], self.embeddings[name]])

    def columns(self, name: str, both: bool) -> list[int]:
        """Return for each branch of the batch how many positions come before the padding."""
        names = (UNCOND, name) if both else (name,)
        return [prompt_columns(self.tokens[item]) for item in names]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the embeddings as a recording stores them, ``[positions, width]``."""
        return {name: to_numpy(tensor[0]) for name, tensor in self.embeddings.items()}


def condition(model: Model, spec: RunSpec, *, live: bool = False) -> Conditioning:
    """Encode every prompt of a run with the pipeline's own ``encode_prompt``.

    Parameters
    ----------
    model
        The open model.
    spec
        Its prompt, its negative prompt where both branches run, and the prompts of its edits.
    live
        Whether the scale may change while it runs, so that the negative prompt may be needed.

    Raises
    ------
    InspectorError
        As :func:`evaluates_both`.
    """
    both = evaluates_both(model, spec)
    both = both or (live and model.card.takes_guidance and spec.branches == "auto")
    edited = [str(edit.value) for edit in spec.edits if edit.kind == "prompt"]
    prompts = list(dict.fromkeys([spec.prompt, *edited]))
    names = {prompt: COND if prompt == spec.prompt else _edited_name(prompt) for prompt in prompts}
    embeddings: dict[str, torch.Tensor] = {}
    tokens: dict[str, tuple[Token, ...]] = {}
    for prompt, name in names.items():
        negative = spec.negative_prompt if both and name == COND else None
        cond, uncond = embed(model, prompt, negative)
        embeddings[name] = cond
        tokens[name] = tokenize(model, prompt).tokens
        if uncond is not None:
            embeddings[UNCOND] = uncond
            tokens[UNCOND] = tokenize(model, spec.negative_prompt).tokens
    return Conditioning(embeddings, tokens, names)


def _edited_name(prompt: str) -> str:
    """Return the name of an edit's prompt: from its text, so that it is the same in every fork."""
    return f"{COND}@{hashlib.sha256(prompt.encode()).hexdigest()[:8]}"


def evaluates_both(model: Model, spec: RunSpec) -> bool:
    """Return whether both branches are evaluated at any call of a run.

    Raises
    ------
    InspectorError
        ``spec.no-guidance`` where both are asked for of a model with guidance distilled into it.
    """
    if model.card.takes_guidance:
        return spec.evaluates_both()
    if spec.branches == "both":
        raise InspectorError(
            "spec.no-guidance",
            "This model has guidance distilled into it and knows no unconditional branch. Use "
            "branches auto.",
        )
    return False


def from_recording(
    model: Model, arrays: Mapping[str, Any], tokens: Mapping[str, tuple[Token, ...]]
) -> Conditioning:
    """Return the conditioning that a recording stored.

    Raises
    ------
    InspectorError
        ``replay.no-conditioning`` where it stored none.
    """
    if COND not in arrays:
        raise InspectorError(
            "replay.no-conditioning",
            "This recording holds no text embeddings, so that its calls cannot be replayed.",
        )
    embeddings = {
        name: torch.from_numpy(np.array(array)).to(model.device, model.dtype)[None]
        for name, array in arrays.items()
        if name.split("@", 1)[0] in (COND, UNCOND)
    }
    return Conditioning(embeddings, dict(tokens), {})
