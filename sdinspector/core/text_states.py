"""What a text encoder makes of a prompt, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdinspector.core.tokens import Token

Neighbour: TypeAlias = tuple[int, str, float]
"""Row of the vocabulary, how it spells the piece, cosine."""


@dataclass(frozen=True)
class TextStates:
    """A prompt inside the text encoder.

    Attributes
    ----------
    prompt
        The text.
    tokens
        One for each position of the encoder's input.
    cut
        The end of the prompt that did not fit; empty where all did.
    count
        Tokens of the prompt without BOS and EOS, what was cut included.
    states
        Float32 ``[layers + 1, positions, width]``: the sum of token and position embeddings, then
        the residual stream after each layer, before the final layer norm.
    used
        Which of ``states`` the UNet's embedding is made of.
    embedding
        ``[positions, width]``: the final layer norm of that state, what cross-attention reads.
    attention
        Float32 ``[layers, heads, positions, positions]``: each row, of a token that asks, sums to
        1 over the tokens it hears; causal, so none hears those after it.
    near
        For each position the vocabulary's entries nearest to its token's own embedding; empty
        where nobody asked.
    """

    prompt: str
    tokens: tuple[Token, ...]
    cut: str
    count: int
    states: NDArray[np.float32]
    used: int
    embedding: NDArray[np.floating[Any]]
    attention: NDArray[np.float32]
    near: tuple[tuple[Neighbour, ...], ...] = ()

    @property
    def ids(self) -> NDArray[np.int64]:
        """Rows of the vocabulary, ``[positions]``."""
        return np.array([token.id for token in self.tokens], dtype=np.int64)

    @property
    def spoken(self) -> int:
        """Positions before the padding: BOS, the words, the first EOS."""
        return sum(token.kind != "padding" for token in self.tokens)
