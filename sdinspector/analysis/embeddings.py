"""Arithmetic of text embeddings: lengths, angles between them, neighbours in a vocabulary."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.floating[Any]]


def norms(rows: Rows) -> NDArray[np.float32]:
    """Euclidean length of each row of ``[n, width]``."""
    values: NDArray[np.float32] = np.linalg.norm(rows.astype(np.float32), axis=-1)
    return values


def cosines(rows: Rows, others: Rows | None = None) -> NDArray[np.float32]:
    """Cosine between rows, ``[n, m]``.

    Parameters
    ----------
    rows
        ``[n, width]``.
    others
        ``[m, width]``; the same rows where left out.

    Returns
    -------
    ndarray
        cos(a, b) = a·b / (|a|·|b|), within −1 and 1; NaN where a row is all zeros.
    """
    one = _unit(rows)
    other = one if others is None else _unit(others)
    values: NDArray[np.float32] = np.clip(one @ other.T, -1.0, 1.0)
    return values


def same_position(one: Rows, other: Rows) -> NDArray[np.float32]:
    """Cosine of the rows at the same position of two ``[n, width]``, ``[n]``."""
    values: NDArray[np.float32] = np.einsum("ij,ij->i", _unit(one), _unit(other))
    return np.clip(values, -1.0, 1.0)


def nearest(
    rows: Rows, table: Rows, count: int = 5
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The rows of a table with the greatest cosine to each of some rows.

    Parameters
    ----------
    rows
        ``[n, width]``.
    table
        ``[size, width]``, a vocabulary's embeddings say.
    count
        How many, at most ``size``.

    Returns
    -------
    indices, cosines
        ``[n, count]`` each, the nearest first; equal ones in the table's order.
    """
    count = max(0, min(count, len(table)))
    found = np.nan_to_num(cosines(rows, table), nan=-2.0)
    order = np.argsort(-found, axis=1, kind="stable")[:, :count]
    return order.astype(np.int64), np.take_along_axis(found, order, axis=1)


def _unit(rows: Rows) -> NDArray[np.float32]:
    values = rows.astype(np.float32)
    with np.errstate(all="ignore"):
        scaled: NDArray[np.float32] = values / np.linalg.norm(values, axis=-1, keepdims=True)
    return scaled
