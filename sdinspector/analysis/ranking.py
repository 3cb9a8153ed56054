"""Heat maps of every word of a prompt at once, and which words act most at a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis.heatmaps import Heads, Map, heat_maps
from sdinspector.core import Token

Special: TypeAlias = Literal["bos", "eos", "padding"]


@dataclass(frozen=True)
class Rank:
    """How strongly a word acts at a place.

    Attributes
    ----------
    key
        Index of the word, or ``"bos"``, ``"eos"`` or ``"padding"``.
    label
        The word as the prompt spells it, or the kind of the token.
    value
        Value of its map there.
    share
        The value over the sum of all that are ranked; not-a-number where that is 0.
    """

    key: int | Special
    label: str
    value: float
    share: float


@dataclass(frozen=True)
class WordMaps:
    """The heat map of every word, ``maps[i]`` ``[h, w]`` that of ``keys[i]``."""

    keys: tuple[int | Special, ...]
    labels: tuple[str, ...]
    columns: tuple[tuple[int, ...], ...]
    maps: Map
    recipe: str

    def of(self, key: int | str) -> Map:
        """Return the map ``[h, w]`` of a word or special token.

        Raises
        ------
        KeyError
            Where there is none.
        """
        if key not in self.keys:
            raise KeyError(key)
        return np.asarray(self.maps[self.keys.index(key)])

    def rank(self, y: float, x: float) -> tuple[Rank, ...]:
        """Return every word's value at a place, the largest first, not-a-number last.

        Parameters
        ----------
        y, x
            Place as fractions 0…1 of height and width; the cell that it lies in counts.
        """
        height, width = self.maps.shape[1:]
        row = min(max(int(y * height), 0), height - 1)
        column = min(max(int(x * width), 0), width - 1)
        values = self.maps[:, row, column].astype(np.float64)
        total = float(values.sum())
        shares = values / total if total else np.full_like(values, np.nan)
        order = np.argsort(-np.nan_to_num(values, nan=-np.inf), kind="stable")
        return tuple(
            Rank(self.keys[i], self.labels[i], float(values[i]), float(shares[i])) for i in order
        )


def word_maps(
    maps: Mapping[str, NDArray[Any]],
    tokens: Sequence[Token],
    recipe: str = "daam",
    *,
    calls: int,
    size: tuple[int, int],
    heads: Heads = None,
    normalise: bool = False,
    own_layers: bool = True,
    grid: tuple[int, int] | None = None,
    specials: bool = True,
) -> WordMaps:
    """Make the heat map of every word of a prompt, with BOS, EOS and padding if ``specials``.

    Parameters
    ----------
    maps, recipe, calls, size, heads, normalise, own_layers, grid
        As for :func:`heat_map`.
    tokens
        The tokens of the columns, with or without padding.
    specials
        Whether BOS, EOS and padding are among the results.

    Raises
    ------
    InspectorError, ValueError
        As :func:`heat_map`; also where the tokens do not fit the maps.
    """
    found = _columns_by_key(tokens, specials)
    width = 1 + sum(token.kind != "padding" for token in tokens)
    if any(array.shape[1] != width for array in maps.values()):
        raise ValueError(f"the maps do not have the {width} columns of these tokens")
    made = np.zeros((0, *size), dtype=np.float32)
    if found:  # an empty prompt has no words
        made = heat_maps(
            maps,
            [columns for _, columns in found.values()],
            recipe,
            calls=calls,
            size=size,
            heads=heads,
            normalise=normalise,
            own_layers=own_layers,
            grid=grid,
        )
    return WordMaps(
        keys=tuple(found),
        labels=tuple(label for label, _ in found.values()),
        columns=tuple(columns for _, columns in found.values()),
        maps=made,
        recipe=recipe,
    )


def _columns_by_key(
    tokens: Sequence[Token], specials: bool
) -> dict[int | Special, tuple[str, tuple[int, ...]]]:
    found: dict[int | Special, tuple[str, tuple[int, ...]]] = {}
    column = 0
    for token in tokens:
        if token.kind == "padding":
            continue
        if token.kind != "word":
            if specials:
                found[token.kind] = (token.kind.upper(), (column,))
        elif token.word is not None:
            label, columns = found.get(token.word, (token.text or token.piece, ()))
            found[token.word] = (label, (*columns, column))
        column += 1
    if specials:
        found["padding"] = ("padding", (column,))
    return found


def rank_words(
    maps: Mapping[str, NDArray[Any]],
    tokens: Sequence[Token],
    y: float,
    x: float,
    recipe: str = "daam",
    *,
    calls: int,
    size: tuple[int, int],
    **settings: Any,
) -> tuple[Rank, ...]:
    """Rank the words of a prompt at one place; see :func:`word_maps` and :meth:`WordMaps.rank`.

    For many places, as under a moving cursor, make the maps once.
    """
    return word_maps(maps, tokens, recipe, calls=calls, size=size, **settings).rank(y, x)
