"""A prompt's tokens as the text encoder sees them, and the embeddings made of them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import torch

from sdinspector.core import Token
from sdinspector.core.tokens import TokenKind
from sdinspector.engine.model import Model


@dataclass(frozen=True)
class TokenizedText:
    """A prompt as tokens.

    Attributes
    ----------
    tokens
        One for each position of the encoder's input: BOS, the words, EOS, padding.
    cut
        The end of the prompt that did not fit, as the prompt spells it; empty where all did.
    count
        How many tokens the prompt has without BOS and EOS, what was cut included.
    """

    tokens: tuple[Token, ...]
    cut: str
    count: int


@dataclass(frozen=True)
class _Piece:
    """A token of the whole prompt, before anything is cut: where it lies and to what it belongs."""

    start: int
    word: int
    text: str


def tokenize(model: Model, text: str) -> TokenizedText:
    """Cut a prompt into tokens exactly as the pipeline does.

    Parameters
    ----------
    model
        The open model.
    text
        Any prompt, also an empty one.

    Returns
    -------
    TokenizedText
        Words are what a person would call so: pieces that follow each other without a gap, and
        are all letters and digits (an apostrophe inside included) or all not, are one word.
    """
    pipeline = model.pipeline
    tokenizer = pipeline.tokenizer
    prompt = pipeline.maybe_convert_prompt(text, tokenizer)
    length = int(tokenizer.model_max_length)
    ids = tokenizer(prompt, padding="max_length", max_length=length, truncation=True).input_ids
    whole = tokenizer(prompt, return_offsets_mapping=True, add_special_tokens=False)
    pieces = _pieces(prompt, whole["offset_mapping"])
    fitting = min(len(pieces), length - 2)
    names = tokenizer.convert_ids_to_tokens(ids)
    tokens = []
    for index, (number, name) in enumerate(zip(ids, names, strict=True)):
        kind = _kind(index, fitting)
        piece = pieces[index - 1] if kind == "word" else None
        tokens.append(
            Token(
                index=index,
                id=int(number),
                piece=str(name),
                kind=kind,
                word=piece.word if piece else None,
                text=piece.text if piece else "",
            )
        )
    cut = prompt[pieces[fitting].start :].strip() if len(pieces) > fitting else ""
    return TokenizedText(tuple(tokens), cut, len(pieces))


def _kind(index: int, words: int) -> TokenKind:
    if index == 0:
        return "bos"
    if index <= words:
        return "word"
    return "eos" if index == words + 1 else "padding"


def _pieces(prompt: str, offsets: list[tuple[int, int]]) -> list[_Piece]:
    """Join the tokenizer's pieces to words."""
    words: list[tuple[int, int]] = []  # where each begins and ends
    word_of = []
    for start, end in offsets:
        if words and start <= words[-1][1] and _alike(prompt, words[-1], start, end):
            words[-1] = (words[-1][0], max(words[-1][1], end))
        else:
            words.append((start, end))
        word_of.append(len(words) - 1)
    return [
        _Piece(start, word, prompt[slice(*words[word])].strip())
        for (start, _), word in zip(offsets, word_of, strict=True)
    ]


def _alike(prompt: str, word: tuple[int, int], start: int, end: int) -> bool:
    # Bytes of one character (an emoji is four) lie at the same place: always one word.
    if start < word[1]:
        return True
    return _is_word(prompt[slice(*word)]) == _is_word(prompt[start:end])


def _is_word(text: str) -> bool:
    """Return whether a text is letters, marks, digits and apostrophes alone."""
    return all(unicodedata.category(char)[0] in "LMN" or char in "'’" for char in text)


def prompt_columns(tokens: tuple[Token, ...]) -> int:
    """Return how many positions come before the padding: BOS, the words, the first EOS."""
    return sum(token.kind != "padding" for token in tokens)


@torch.no_grad()
def embed(model: Model, prompt: str, negative_prompt: str | None) -> tuple[Any, Any]:
    """Return the embeddings that the pipeline's own ``encode_prompt`` makes.

    Parameters
    ----------
    model
        The open model.
    prompt, negative_prompt
        Texts of the two branches; ``None`` for no unconditional branch.

    Returns
    -------
    tuple of torch.Tensor
        Conditional and unconditional embeddings ``[1, positions, width]``; the second is
        ``None`` without that branch.
    """
    cond, uncond = model.pipeline.encode_prompt(
        prompt, model.device, 1, negative_prompt is not None, negative_prompt
    )
    return cond, uncond
