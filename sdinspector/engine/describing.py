r"""Six numbers for each output of a module: the cheapest way to see what happens in it.

Mean, standard deviation (of the population), smallest, largest, mean of \|x\|, fraction of exact
zeros. Not-a-number stays visible: any in an output makes its numbers not-a-number.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from sdinspector.engine.copying import Copies

TOGETHER = 2**17
"""Outputs of up to so many values are put aside and described together when the call is over."""

_PIECE = 2**15
_TOGETHER_IN_CACHE = 2**17


class Describer:
    """Describes outputs while a model computes; one for the many calls of a run.

    On small models it is the number of Python calls that a capture costs, so on the CPU small
    outputs are copied, four microseconds each, and described in one go with others of their size.
    Large ones, and those on another device, are described at once and not copied.

    Parameters
    ----------
    copies
        Where the numbers go, ``[branch, 6]`` float32 each.
    """

    def __init__(self, copies: Copies) -> None:
        self._copies = copies
        self._places: dict[str, torch.Tensor] = {}
        self._blocks: list[tuple[list[str], NDArray[np.float32]]] = []
        self._came: set[str] = set()
        self._new: dict[str, torch.Tensor] = {}

    def begin(self) -> None:
        """Forget a call that did not come to its end."""
        self._came.clear()
        self._new.clear()

    def take(self, name: str, output: torch.Tensor) -> None:
        """Describe an output ``[branch, …]``, now or in :meth:`settle`."""
        place = self._places.get(name)
        if place is not None and place.shape == output.shape:
            place.copy_(output)
            self._came.add(name)
        elif output.is_cpu and output.numel() <= TOGETHER:
            self._new[name] = output.to(torch.float32, copy=True)
        elif output.is_cpu:
            flat = output.detach().flatten(1).float().numpy()
            self._copies.arrays[name] = np.stack([describe_row(row) for row in flat])
        else:
            self._copies.take(name, describe(output), owned=True)

    def settle(self) -> None:
        """Describe what was put aside."""
        for names, values in self._blocks:
            if not self._came.isdisjoint(names):
                rows = describe_rows(values).reshape(len(names), -1, 6)
                for name, numbers in zip(names, rows, strict=True):
                    if name in self._came:
                        self._copies.arrays[name] = numbers
        self._came.clear()
        if self._new:
            self._arrange()

    def _arrange(self) -> None:
        """Describe outputs that came for the first time, and keep places for the next call."""
        groups: dict[tuple[int, ...], list[str]] = {}
        for name, output in self._new.items():
            groups.setdefault((len(output), output[0].numel()), []).append(name)
        self._places.clear()
        self._blocks.clear()
        for (branches, count), names in groups.items():
            block = torch.empty(len(names), branches, count)
            for place, name in zip(block, names, strict=True):
                output = self._new[name]
                self._places[name] = place.view(output.shape)
                self._places[name].copy_(output)
            values = block.view(-1, count).numpy()
            self._blocks.append((names, values))
            rows = describe_rows(values).reshape(len(names), -1, 6)
            self._copies.arrays.update(zip(names, rows, strict=True))
        self._new.clear()


def describe(output: torch.Tensor) -> torch.Tensor:
    """Return six numbers for each sample of a batch, ``[branch, 6]`` float32, on any device."""
    flat = output.detach().flatten(1).float()
    count = flat.shape[1]
    mean = flat.mean(dim=1)
    spread = torch.linalg.vector_norm(flat - mean[:, None], dim=1) / count**0.5
    absolute = flat.abs()
    zeros = 1.0 - torch.count_nonzero(flat, dim=1) / count
    low, high = flat.amin(dim=1), flat.amax(dim=1)
    return torch.stack([mean, spread, low, high, absolute.mean(dim=1), zeros], dim=1)


def describe_row(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return six numbers of a long row ``[n]``, worked out piece by piece in the CPU's cache."""
    count = len(values)
    starts = range(0, count, _PIECE)
    room = np.empty(min(_PIECE, count), np.float32)
    low, high, least = np.empty((3, len(starts)), np.float32)
    shifted = squares = absolute = 0.0
    with np.errstate(all="ignore"):
        # Taken off before squaring, so that a mean far from zero does not drown the spread.
        centre = float(np.einsum("i->", values[:_PIECE])) / len(room)
        if not np.isfinite(centre):
            centre = 0.0
        for number, start in enumerate(starts):
            piece = values[start : start + _PIECE]
            work = room[: len(piece)]
            low[number], high[number] = np.minimum.reduce(piece), np.maximum.reduce(piece)
            np.abs(piece, out=work)
            least[number] = np.minimum.reduce(work)
            absolute += float(np.einsum("i->", work))
            np.subtract(piece, np.float32(centre), out=work)
            shifted += float(np.einsum("i->", work))
            squares += float(np.einsum("i,i->", work, work))
        mean = shifted / count
        spread = np.sqrt(np.maximum(squares / count - mean * mean, 0.0))
        zeros = 0.0
        if not np.minimum.reduce(least) > 0.0:
            zeros = 1.0 - np.count_nonzero(values) / count
        return np.array(
            [
                float(np.float32(centre)) + mean,
                spread,
                np.minimum.reduce(low),
                np.maximum.reduce(high),
                absolute / count,
                zeros,
            ],
            np.float32,
        )


def describe_rows(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return six numbers for each row of ``[rows, n]``: ``[rows, 6]`` float32."""
    rows, count = values.shape
    several = max(1, _TOGETHER_IN_CACHE // max(1, count))
    room = np.empty((min(several, rows), count), np.float32)
    result = np.empty((rows, 6), np.float32)
    with np.errstate(all="ignore"):
        for start in range(0, rows, several):
            some = values[start : start + several]
            _describe_into(result[start : start + several], some, room[: len(some)])
    return result


def _describe_into(
    result: NDArray[np.float32], values: NDArray[np.float32], room: NDArray[np.float32]
) -> None:
    count = np.float32(values.shape[1])
    mean, spread, low, high, absolute, zeros = result.T
    np.divide(np.einsum("ij->i", values), count, out=mean)
    np.subtract(values, mean[:, None], out=room)
    np.sqrt(np.einsum("ij,ij->i", room, room) / count, out=spread)
    np.minimum.reduce(values, axis=1, out=low)
    np.maximum.reduce(values, axis=1, out=high)
    np.abs(values, out=room)
    np.divide(np.einsum("ij->i", room), count, out=absolute)
    zeros[:] = 0.0
    if not (np.minimum.reduce(room, axis=1) > 0.0).all():
        zeros[:] = 1.0 - np.count_nonzero(values, axis=1) / count
