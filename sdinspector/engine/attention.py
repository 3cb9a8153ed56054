"""Attention probabilities, worked out beside the model from its own queries and keys.

The model's attention is left as it is: another attention processor would change the picture's last
digits. Hooks on ``to_q`` and ``to_k`` see what it sees, and the softmax is taken once more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import torch
from torch import nn

from sdinspector.core import InspectorError

Look: TypeAlias = Callable[[torch.Tensor, torch.Tensor, tuple[int, int]], None]
"""Gets queries ``[batch, n, heads · d]``, keys ``[batch, m, heads · d]``, and the grid (h, w)."""


def check_readable(path: str, attention: Any) -> None:
    """Refuse an attention whose queries and keys the hooks would not see.

    Raises
    ------
    InspectorError
        ``capture.fused`` for fused projections, ``capture.unreadable`` for layers that attend to
        more than the text.
    """
    # The module's own flag stays set after unfusing; what counts is who does the work.
    if type(attention.processor).__name__.startswith("Fused"):
        raise InspectorError(
            "capture.fused",
            "This model's projections are fused, so its queries and keys cannot be read. Call "
            "unet.unfuse_qkv_projections() first, or capture no attention.",
            layer=path,
        )
    if attention.to_k is None or getattr(attention, "add_k_proj", None) is not None:
        raise InspectorError(
            "capture.unreadable",
            f"The attention of {path} attends to more than the text and cannot be read here.",
            layer=path,
        )


def transformer_path(attention_path: str) -> str:
    """Return the path of the module around an attention whose input has height and width."""
    return attention_path.rsplit(".transformer_blocks.", 1)[0]


def probabilities(
    query: torch.Tensor, key: torch.Tensor, attention: Any, columns: int
) -> torch.Tensor:
    """Return one sample's attention of every pixel over the prompt's tokens.

    softmax(q·kᵀ·scale) in float32 for each head, whatever the model's precision: SD 2 overflows
    float16.

    Parameters
    ----------
    query
        ``[n, heads · d]``, the output of ``to_q``.
    key
        ``[positions, heads · d]``, the output of ``to_k``.
    attention
        The diffusers ``Attention`` module.
    columns
        How many positions come before the padding.

    Returns
    -------
    torch.Tensor
        ``[heads, columns + 1, n]`` float32; the last column is the sum over the padding, so that
        columns sum to 1.
    """
    queries = _by_head(query, attention.heads, attention.norm_q).float()
    keys = _by_head(key, attention.heads, attention.norm_k).float()
    # Keys times queries: tokens come first, as they are stored, with no transposed copy.
    scores = torch.baddbmm(
        torch.empty((), device=query.device).expand(len(keys), keys.shape[1], queries.shape[1]),
        keys,
        queries.transpose(1, 2),
        beta=0,
        alpha=attention.scale,
    )
    whole = scores.softmax(dim=1)
    padding = whole[:, columns:].sum(dim=1, keepdim=True)
    return torch.cat([whole[:, :columns], padding], dim=1)


def row_probabilities(
    query: torch.Tensor, key: torch.Tensor, attention: Any, position: int
) -> torch.Tensor:
    """Return what one position of a self-attention looks at: a row, never the whole map.

    Parameters
    ----------
    query, key
        ``[n, heads · d]`` of one sample.
    attention
        The diffusers ``Attention`` module.
    position
        Which query.

    Returns
    -------
    torch.Tensor
        ``[heads, n]`` float32; each head's row sums to 1.
    """
    queries = _by_head(query[position : position + 1], attention.heads, attention.norm_q).float()
    keys = _by_head(key, attention.heads, attention.norm_k).float()
    scores = (keys @ queries.transpose(1, 2)).squeeze(2)
    rows: torch.Tensor = (scores * attention.scale).softmax(dim=1)
    return rows


def _by_head(tensor: torch.Tensor, heads: int, norm: nn.Module | None) -> torch.Tensor:
    split = tensor.view(tensor.shape[0], heads, -1).transpose(0, 1)
    return split if norm is None else norm(split[None])[0]


class AttentionReader:
    """Puts hooks on one attention and lets looks see query, key and grid once all are there.

    Parameters
    ----------
    attention
        The diffusers ``Attention`` module.
    transformer
        The module around it, whose input has the picture's height and width.
    looks
        Called once in each call of the attention.
    """

    def __init__(self, attention: Any, transformer: nn.Module, looks: Sequence[Look]) -> None:
        self._attention = attention
        self._transformer = transformer
        self._looks = looks
        self._grid: tuple[int, int] | None = None
        self._query: torch.Tensor | None = None
        self._key: torch.Tensor | None = None

    def attach(self) -> list[Any]:
        """Register the hooks and return their handles."""
        return [
            self._transformer.register_forward_pre_hook(self._see_input),
            self._attention.to_q.register_forward_hook(self._see_query),
            self._attention.to_k.register_forward_hook(self._see_key),
        ]

    def _see_input(self, _module: nn.Module, inputs: tuple[Any, ...]) -> None:
        height, width = inputs[0].shape[-2:]
        self._grid = (height, width)

    def _see_query(self, _module: nn.Module, _inputs: Any, output: torch.Tensor) -> None:
        self._query = output
        self._work()

    def _see_key(self, _module: nn.Module, _inputs: Any, output: torch.Tensor) -> None:
        self._key = output
        self._work()

    def _work(self) -> None:
        query, key, grid = self._query, self._key, self._grid
        if query is None or key is None or grid is None:
            return
        self._query = self._key = None
        for look in self._looks:
            look(query, key, grid)
