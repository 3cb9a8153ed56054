"""Says which words and which layers of cross-attention an export is of, by what a person typed."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from sdinspector.core import InspectorError, Token, denoiser_path, matches
from sdinspector.recording.attention import columns_of_word, find_word, words_of


@dataclass(frozen=True)
class Subject:
    """What a heat map is of: a word, or a single token.

    Attributes
    ----------
    label
        Its name for people.
    columns
        Those of the attention that are its own; a map is their mean.
    """

    label: str
    columns: tuple[int, ...]


def choose_layers(known: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the layers that are named, in the order of ``known``; all where none is.

    Parameters
    ----------
    known
        Module paths without ``unet.`` in front.
    wanted
        Paths, with it or without, or shell-style patterns (``"up_blocks.*"``). A path may stop
        early: ``"mid_block"`` is every layer in it.

    Raises
    ------
    InspectorError
        ``attention.no-layer`` with the nearest paths.
    """
    patterns = tuple(denoiser_path(path) for path in wanted)
    for pattern in patterns:
        if not any(_fits(path, pattern) for path in known):
            near = nearest(pattern, known)
            raise InspectorError(
                "attention.no-layer",
                f"There is no attention layer {pattern!r}."
                + (f" Near: {', '.join(near)}." if near else ""),
                layer=pattern,
                near=list(near),
            )
    return tuple(
        path for path in known if not patterns or any(_fits(path, one) for one in patterns)
    )


def _fits(path: str, pattern: str) -> bool:
    return path.startswith(f"{pattern}.") or matches(path, (pattern,))


def nearest(path: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return the known paths most like one that is not there, best first."""
    inside = [name for name in known if path in name][:3]
    alike = difflib.get_close_matches(path, known, n=3, cutoff=0.3)
    return tuple(dict.fromkeys([*inside, *alike]))[:3]


def subjects_of(
    tokens: Sequence[Token],
    words: Sequence[str] = (),
    columns: Sequence[int] = (),
    prompt: str = "",
) -> tuple[Subject, ...]:
    """Return what maps are made of: the words and tokens asked for, or every word of the prompt.

    Parameters
    ----------
    tokens
        Those of the columns, padding left out.
    words
        Texts, in any case.
    columns
        Single tokens by position; the one after the last token is all padding.
    prompt
        The whole prompt, to tell a word that was cut off from one that was never there.

    Raises
    ------
    InspectorError
        ``attention.no-word``, ``attention.word-cut``, ``attention.no-token`` or
        ``attention.no-words``.
    """
    found = []
    for text in words:
        word = find_word(tokens, text, prompt=prompt)
        found.append(Subject(dict(words_of(tokens))[word], columns_of_word(tokens, word)))
    for column in columns:
        if not 0 <= column <= len(tokens):
            raise InspectorError(
                "attention.no-token",
                f"There is no token {column}: the prompt's tokens are 0 (BOS) to "
                f"{len(tokens) - 1}, and {len(tokens)} is all padding.",
                token=column,
                tokens=len(tokens),
            )
        found.append(Subject(token_name(tokens, column), (column,)))
    if not found:
        found = [Subject(text, columns_of_word(tokens, word)) for word, text in words_of(tokens)]
    if not found:
        raise InspectorError(
            "attention.no-words",
            "The prompt has no words. Choose a token: 0 is BOS.",
        )
    return tuple(found)


def token_name(tokens: Sequence[Token], column: int) -> str:
    """Return the name of a column: BOS, EOS, padding, or the token's piece."""
    if column >= len(tokens):
        return "padding"
    token = tokens[column]
    return token.piece.removesuffix("</w>") if token.kind == "word" else token.kind.upper()
