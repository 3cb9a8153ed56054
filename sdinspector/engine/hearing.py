"""Cross-attention of many layers: that of small ones is worked out together when a call is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

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


@dataclass
class _Block:
    """The queries and keys of one kind of layers, and where each goes."""

    kind: _Kind
    names: list[str]
    queries: torch.Tensor
    keys: torch.Tensor


@dataclass
class _Place:
    """Where a layer's query and key are put, as they come: ``[n, heads, d]``."""

    kind: _Kind
    query: torch.Tensor
    key: torch.Tensor

    def fits(self, query: torch.Tensor, key: torch.Tensor, columns: int) -> bool:
        """Return whether a layer has the shapes it had before."""
        kind = self.kind
        return (
            kind.pixels == len(query)
            and kind.positions == len(key)
            and kind.columns == columns
            and query.is_cpu
        )


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
        self._came: dict[str, tuple[int, int]] = {}
        self._new: dict[str, tuple[_Kind, torch.Tensor, torch.Tensor]] = {}

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
        if place is not None and place.fits(query, key, layer.columns):
            place.query.copy_(query.view(place.query.shape))
            place.key.copy_(key.view(place.key.shape))
            self._came[name] = grid
            return
        attention = layer.attention
        kind = _Kind(
            attention.heads, len(query), len(key), query.shape[1], attention.scale, layer.columns
        )
        normed = attention.norm_q is not None or attention.norm_k is not None
        small = kind.heads * kind.pixels * kind.positions <= TOGETHER
        if normed or not small or not query.is_cpu:
            maps = probabilities(query, key, attention, layer.columns, torch.float16)
            self._copies.take(name, maps.view(*maps.shape[:2], *grid), owned=True)
            return
        self._new[name] = (kind, query.float().clone(), key.float().clone())
        self._came[name] = grid

    def settle(self) -> None:
        """Work out what was put aside."""
        if self._new:
            self._arrange()
        for block in self._blocks:
            kind = block.kind
            if not any(name in self._came for name in block.names):
                continue
            whole = heard(block.queries, block.keys, kind.scale, kind.columns, torch.float16)
            parts = whole.view(len(block.names), kind.heads, kind.columns + 1, kind.pixels)
            for name, part in zip(block.names, parts, strict=True):
                if name in self._came:
                    maps = part.view(*part.shape[:2], *self._came[name])
                    self._copies.take(name, maps, owned=True)
        self._came.clear()

    def _arrange(self) -> None:
        """Make places for layers that came for the first time, beside those known."""
        known = {
            name: (place.kind, place.query.clone(), place.key.clone())
            for name, place in self._places.items()
        }
        groups: dict[_Kind, list[str]] = {}
        layers = known | self._new
        for name, (kind, _, _) in layers.items():
            groups.setdefault(kind, []).append(name)
        self._places.clear()
        self._blocks.clear()
        for kind, names in groups.items():
            deep = kind.width // kind.heads
            queries = torch.empty(len(names), kind.heads, kind.pixels, deep)
            keys = torch.empty(len(names), kind.heads, kind.positions, deep)
            for name, query, key in zip(names, queries, keys, strict=True):
                place = _Place(kind, query.transpose(0, 1), key.transpose(0, 1))
                place.query.copy_(layers[name][1].view(place.query.shape))
                place.key.copy_(layers[name][2].view(place.key.shape))
                self._places[name] = place
            self._blocks.append(_Block(kind, names, queries.flatten(0, 1), keys.flatten(0, 1)))
        self._new.clear()
