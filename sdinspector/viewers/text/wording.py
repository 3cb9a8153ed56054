"""What the text viewer says: names of tokens, states and shapes."""

from __future__ import annotations

from collections.abc import Sequence

from sdinspector.app.texts import tr
from sdinspector.core import Token
from sdinspector.core.text_states import TextStates


def token_names(tokens: Sequence[Token]) -> list[str]:
    """Name tokens as the chips do, with their position: "3 red"."""
    special = {"bos": "BOS", "eos": "EOS", "padding": tr("padding")}
    names = []
    for token in tokens:
        text = special.get(token.kind) or token.piece.replace("</w>", "")
        names.append(f"{token.index} {text}")
    return names


def state_names(found: TextStates) -> list[str]:
    """Name the states of an encoder: before the first layer, after each, and what is used."""
    names = [tr("token + position embedding")]
    for layer in range(1, len(found.states)):
        name = tr("after layer {layer}", layer=layer)
        names.append(tr("{name} (used)", name=name) if layer == found.used else name)
    return names


def shapes(found: TextStates) -> str:
    """Say the shapes on the way: ids, embedding, and where it is taken from."""
    positions, width = found.embedding.shape
    return tr(
        "ids 1 × {positions}, batch × tokens   →   embedding 1 × {positions} × {width}, "
        "batch × tokens × width",
        positions=positions,
        width=width,
    )


def explanation() -> str:
    """Explain what is seen, with the formulas."""
    return tr(
        "The tokenizer cuts the prompt into pieces of its vocabulary, puts BOS before and EOS "
        "behind them and fills up to 77. Each piece's row of the table, plus a row for its "
        "position, is a vector. Every layer lets the vectors hear those before them, "
        "softmax(Q·Kᵀ/√d)·V with a causal mask, and adds what it makes of that. The final layer "
        "norm gives the embedding: cross-attention in the UNet takes its keys and values from it."
        "\n\nBecause the mask is causal, a word's vector knows the words before it and none after "
        "it; EOS and padding know the whole prompt. The cosine a·b / (|a|·|b|) of two vectors "
        "is 1 where they point the same way."
    )
