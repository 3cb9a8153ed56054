"""Tokens of a prompt as the text encoder sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast, get_args

TokenKind: TypeAlias = Literal["bos", "word", "eos", "padding"]
_KINDS = get_args(TokenKind)


@dataclass(frozen=True)
class Token:
    """One position of the text encoder's input.

    Attributes
    ----------
    index
        Position in the sequence, 0 to 76 for CLIP.
    id
        Row of the vocabulary.
    piece
        The token's text as the vocabulary spells it (``"circle</w>"``).
    kind
        ``"bos"``, ``"word"``, ``"eos"`` or ``"padding"``.
    word
        Which word of the prompt the piece belongs to, counted from 0; ``None`` where it belongs
        to no word.
    text
        The word itself as the prompt spells it, or the empty string.
    """

    index: int
    id: int
    piece: str
    kind: TokenKind
    word: int | None = None
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary that JSON can hold."""
        return {
            "index": self.index,
            "id": self.id,
            "piece": self.piece,
            "kind": self.kind,
            "word": self.word,
            "text": self.text,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Token:
        """Read what :meth:`to_json` wrote; unknown keys are ignored.

        Raises
        ------
        KeyError, ValueError
            Where a key is missing or the kind is unknown.
        """
        kind = data["kind"]
        if kind not in _KINDS:
            raise ValueError(f"unknown token kind {kind!r}")
        word = data.get("word")
        return cls(
            index=int(data["index"]),
            id=int(data["id"]),
            piece=str(data["piece"]),
            kind=cast("TokenKind", kind),
            word=None if word is None else int(word),
            text=str(data.get("text", "")),
        )
