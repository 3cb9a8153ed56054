"""Describes attention heads in numbers: how spread out they look, and at which tokens."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.core import Token


@dataclass(frozen=True)
class HeadStatistics:
    """Numbers of the heads of one cross-attention layer.

    Pixels with a value that is not finite are left out and counted.

    Attributes
    ----------
    entropy
        ``[heads]``, in nats: −Σ p·ln p over the columns, mean over pixels; 0 where every pixel
        looks at one token alone, ln(columns) where it looks at all alike. All padding is one
        column, as it is stored, so that this is at most the entropy over all positions.
    concentration
        ``[heads]``: the largest probability among the columns, mean over pixels ("confidence" of
        Voita et al. 2019, arXiv 1905.09418, section 4).
    shares
        ``[heads, tokens]``: the probability's mean over pixels; a head's shares sum to 1.
    coverage
        ``[heads, tokens]``: the part of the picture that a token's map effectively covers,
        (Σm)²/(n·Σm²) over the n pixels (the participation ratio): 1 for an even map, 1/n for a
        single pixel, not-a-number for a map of zeros.
    nonfinite
        ``[heads]``: how many pixels were left out.
    """

    entropy: NDArray[np.float32]
    concentration: NDArray[np.float32]
    shares: NDArray[np.float32]
    coverage: NDArray[np.float32]
    nonfinite: NDArray[np.int64]

    @property
    def bos(self) -> NDArray[np.float32]:
        """Share of attention on BOS, ``[heads]``."""
        return self.shares[:, 0]

    @property
    def padding(self) -> NDArray[np.float32]:
        """Share of attention on all padding together, ``[heads]``."""
        return self.shares[:, -1]

    @property
    def eos(self) -> NDArray[np.float32]:
        """Share of attention on the first EOS, ``[heads]``."""
        return self.shares[:, -2]

    def word(self, columns: Sequence[int]) -> NDArray[np.float32]:
        """Return the share of attention on a word: the sum over its columns, ``[heads]``."""
        return np.asarray(self.shares[:, list(columns)].sum(axis=1))


def head_statistics(maps: NDArray[Any]) -> HeadStatistics:
    """Describe the heads of one layer.

    Parameters
    ----------
    maps
        ``[heads, tokens, h, w]``: probabilities of one call, or added up over several, which are
        brought back to sum to 1 over tokens. Of a sum, these are the numbers of the calls' mean
        distribution.

    Raises
    ------
    ValueError
        Where the array has not four axes, or one of them is empty.
    """
    if maps.ndim != 4 or maps.size == 0:
        raise ValueError(f"attention of a layer has the shape [heads, tokens, h, w]: {maps.shape}")
    heads, tokens = maps.shape[:2]
    values = maps.astype(np.float32).reshape(heads, tokens, -1)
    total = values.sum(axis=1, keepdims=True)
    good = np.isfinite(total) & (total > 0.0)  # [heads, 1, n]
    values = np.divide(values, total, out=np.zeros_like(values), where=good)
    count = good.sum(axis=2)  # [heads, 1]
    logarithm = np.log(values, out=np.zeros_like(values), where=values > 0.0)
    squares = np.square(values).sum(axis=2)
    sums = values.sum(axis=2)
    return HeadStatistics(
        entropy=_over(-(values * logarithm).sum(axis=(1, 2)), count[:, 0]),
        concentration=_over(values.max(axis=1).sum(axis=1), count[:, 0]),
        shares=_over(sums, count),
        coverage=_over(np.square(sums), count * squares),
        nonfinite=(values.shape[2] - count[:, 0]).astype(np.int64),
    )


def _over(above: NDArray[Any], below: NDArray[Any]) -> NDArray[np.float32]:
    """Divide; not-a-number where there is nothing to divide by."""
    below = np.broadcast_to(below, above.shape)
    out = np.full(above.shape, np.nan, dtype=np.float32)
    return np.asarray(np.divide(above, below, out=out, where=below > 0, casting="same_kind"))


def describe_heads(maps: Mapping[str, NDArray[Any]]) -> dict[str, HeadStatistics]:
    """Describe the heads of several layers by their module paths."""
    return {path: head_statistics(array) for path, array in maps.items()}


def heads_table(
    maps: Mapping[str, NDArray[Any]], tokens: Sequence[Token]
) -> dict[str, NDArray[np.generic]]:
    """Return the statistics of all heads as a table: equally long columns, one row a head.

    Parameters
    ----------
    maps
        Module path to ``[heads, tokens, h, w]``.
    tokens
        The tokens of the maps' columns, with or without padding.

    Returns
    -------
    dict
        ``layer``, ``head``, ``entropy``, ``relative_entropy`` (over its largest possible value),
        ``concentration``, ``bos``, ``eos``, ``padding``, and ``word 1: red`` … for each word,
        numbered from 1.

    Raises
    ------
    ValueError
        Where the tokens do not fit the maps.
    """
    shown = [token for token in tokens if token.kind != "padding"]
    if any(array.shape[1] != len(shown) + 1 for array in maps.values()):
        raise ValueError(f"the maps do not have the {len(shown) + 1} columns of these tokens")
    words: dict[int, tuple[str, list[int]]] = {}
    for column, token in enumerate(shown):
        if token.word is not None:
            words.setdefault(token.word, (token.text, []))[1].append(column)
    found = describe_heads(maps)
    columns: dict[str, list[NDArray[np.generic]]] = {}

    def put(name: str, values: NDArray[Any]) -> None:
        columns.setdefault(name, []).append(values)

    for path, statistics in found.items():
        heads = len(statistics.entropy)
        put("layer", np.full(heads, path))
        put("head", np.arange(heads))
        put("entropy", statistics.entropy)
        put("relative_entropy", statistics.entropy / math.log(len(shown) + 1))
        put("concentration", statistics.concentration)
        put("bos", statistics.bos)
        put("eos", statistics.eos)
        put("padding", statistics.padding)
        for word, (text, places) in words.items():
            put(f"word {word + 1}: {text}", statistics.word(places))
    return {name: np.concatenate(values) for name, values in columns.items()}
