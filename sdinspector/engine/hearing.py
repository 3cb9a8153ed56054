"""Cross-attention of many layers: that of small ones is worked out together when a call is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sdinspector.engine.attention import heard, probabilities
from sdinspector.engine.copying import Copies

TOGETHER = 2**18
"""Layers of up to so many probabilities are put aside and worked out when the call is over."""


@dataclass(frozen=True)
class Layer:
    """A cross-attention (diffusers' ``Attention``) and how many positions come before padding."""

    attention: Any
    columns: int


@dataclass(frozen=True)
class _Kind:
    """What layers have in common that are worked out together."""

    heads: int
    pixels: int
    positions: int
    width: int
    scale: float
    columns: int
    grid: tuple[int, int]


@dataclass(frozen=True, eq=False)
class _Block:
    """Layers of one kind: ``queries`` ``[n, layers, heads · d]``, ``keys`` likewise."""

    kind: _Kind
    names: list[str]
    queries: torch.Tensor
    keys: torch.Tensor

    def work(self) -> NDArray[np.generic]:
        """Return what each layer hears, ``[layers, heads, columns + 1, h, w]`` float16."""
        kind = self.kind
        # A head of a layer is a part of a row here: nothing has to be put in another order.
        split = len(self.names) * kind.heads, kind.width // kind.heads
        queries = self.queries.view(kind.pixels, *split).transpose(0, 1)
        keys = self.keys.view(kind.positions, *split).transpose(0, 1)
        maps = heard(queries, keys, kind.scale, kind.columns, torch.float16).numpy()
        return maps.reshape(len(self.names), kind.heads, kind.columns + 1, *kind.grid)


@dataclass(frozen=True, eq=False)
class _Place:
    """Where a layer's query ``[n, heads · d]`` and key are put as they come: parts of a block."""

    kind: _Kind
    query: torch.Tensor
    key: torch.Tensor


class Listener:
    """Takes queries and keys while a model computes; one for the many calls of a run.

    On small models it is the number of Python calls that a capture costs, so on the CPU the
    queries and keys of small layers are copied and worked out in one go with others of their
    shape. Large ones, and those on another device, are worked out at once and not copied.

    Parameters
    ----------
    copies
        Where the maps go.
    """

    def __init__(self, copies: Copies) -> None:
        self._copies = copies
        self._places: dict[str, _Place] = {}
        self._blocks: list[_Block] = []
        self._came: set[str] = set()
        self._new: dict[str, _Place] = {}

    def begin(self) -> None:
        """Forget a call that did not come to its end."""
        self._came.clear()
        self._new.clear()

    def take(
        self,
        name: str,
        inputs: tuple[torch.Tensor, torch.Tensor],
        layer: Layer,
        grid: tuple[int, int],
    ) -> None:
        """Work out ``[heads, columns + 1, h, w]`` float16, now or in :meth:`settle`.

        Parameters
        ----------
        name
            Of the array.
        inputs
            One sample's query ``[n, heads · d]`` and key ``[positions, heads · d]``.
        layer
            Whose they are.
        grid
            Height and width, h · w = n.
        """
        query, key = inputs
        place = self._places.get(name)
        if (
            place is not None
            and place.query.shape == query.shape
            and place.key.shape == key.shape
            and place.kind.columns == layer.columns
            and place.kind.grid == grid
        ):
            place.query.copy_(query)
            place.key.copy_(key)
            self._came.add(name)
            return
        attention = layer.attention
        kind = _Kind(
            attention.heads,
            len(query),
            len(key),
            query.shape[1],
            attention.scale,
            layer.columns,
            grid,
        )
        normed = attention.norm_q is not None or attention.norm_k is not None
        small = kind.heads * kind.pixels * kind.positions <= TOGETHER
        if normed or not small or not query.is_cpu:
            maps = probabilities(query, key, attention, layer.columns, torch.float16)
            self._copies.take(name, maps.view(*maps.shape[:2], *grid), owned=True)
            return
        self._new[name] = _Place(
            kind, query.to(torch.float32, copy=True), key.to(torch.float32, copy=True)
        )

    def settle(self) -> None:
        """Work out what was put aside."""
        if self._new:
            self._arrange()
        for block in self._blocks:
            if not self._came.isdisjoint(block.names):
                for name, maps in zip(block.names, block.work(), strict=True):
                    if name in self._came:
                        self._copies.arrays[name] = maps
        self._came.clear()

    def _arrange(self) -> None:
        """Make places for layers that came for the first time, beside those known."""
        layers = self._places | self._new
        groups: dict[_Kind, list[str]] = {}
        for name, place in layers.items():
            groups.setdefault(place.kind, []).append(name)
        self._blocks.clear()
        for kind, names in groups.items():
            block = _Block(
                kind,
                names,
                torch.stack([layers[name].query for name in names], dim=1),
                torch.stack([layers[name].key for name in names], dim=1),
            )
            self._blocks.append(block)
            for number, name in enumerate(names):
                self._places[name] = _Place(kind, block.queries[:, number], block.keys[:, number])
        self._came.update(self._new)
        self._new.clear()
