"""Words of a prompt and the columns of attention maps that stand for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sdinspector.core import InspectorError, Token


def columns_of_tokens(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Return the tokens that have a column of their own: all but the padding."""
    return tuple(token for token in tokens if token.kind != "padding")


def words_of(tokens: Sequence[Token]) -> tuple[tuple[int, str], ...]:
    """Return index and text of each word of a prompt, in order."""
    found: dict[int, str] = {}
    for token in tokens:
        if token.word is not None:
            found.setdefault(token.word, token.text or token.piece.removesuffix("</w>"))
    return tuple(found.items())


def columns_of_word(tokens: Sequence[Token], word: int) -> tuple[int, ...]:
    """Return the columns of attention maps that belong to a word: one for each of its tokens.

    Parameters
    ----------
    tokens
        The branch's tokens, with or without padding.
    word
        Index of the word, from 0.

    Raises
    ------
    InspectorError
        ``attention.no-word`` where the prompt has no such word, ``attention.word-cut`` where the
        prompt filled all positions, so that the word may have been cut off.
    """
    found = tuple(token.index for token in tokens if token.word == word)
    if not found:
        raise _no_word(tokens, f"number {word + 1}", cut=_is_full(tokens))
    return found


def find_word(tokens: Sequence[Token], text: str, *, occurrence: int = 0, prompt: str = "") -> int:
    """Return the index of a word of the prompt, found by its text, in any case.

    Parameters
    ----------
    tokens
        The branch's tokens, with or without padding.
    text
        The word as a person types it.
    occurrence
        Which of several equal words, from 0.
    prompt
        The whole prompt; where it is given, a word that was cut off is told from one that was
        never there.

    Raises
    ------
    InspectorError
        ``attention.no-word`` or ``attention.word-cut``.
    """
    wanted = text.strip().casefold()
    found = [index for index, word in words_of(tokens) if word.casefold() == wanted]
    if occurrence < len(found):
        return found[occurrence]
    if found:
        times = "once" if len(found) == 1 else f"{len(found)} times"
        raise InspectorError(
            "attention.no-word",
            f"The prompt has the word {text!r} only {times}.",
            word=text,
            count=len(found),
        )
    in_prompt = bool(wanted) and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", prompt.casefold())
    raise _no_word(tokens, repr(text), cut=bool(in_prompt) and _is_full(tokens))


def _is_full(tokens: Sequence[Token]) -> bool:
    """Return whether a prompt left no position to padding, so that its end may have been cut."""
    return bool(tokens) and tokens[-1].kind == "eos" and len(tokens) >= 77


def _no_word(tokens: Sequence[Token], what: str, *, cut: bool) -> InspectorError:
    words = list(dict.fromkeys(text for _, text in words_of(tokens)))
    if cut:
        return InspectorError(
            "attention.word-cut",
            f"The word {what} was cut off: the text encoder reads "
            f"{len(tokens) - 2} tokens and the prompt has more. Shorten the prompt, or ask for "
            "the word as a text of its own (OVAM).",
            word=what,
            limit=len(tokens) - 2,
        )
    known = f"Its words are: {', '.join(words)}." if words else "It has no words."
    return InspectorError(
        "attention.no-word",
        f"The prompt has no word {what}. {known} A word that is not in the prompt can be asked "
        "for as a text of its own (OVAM).",
        word=what,
        words=words,
    )
