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
Hooks: TypeAlias = list[tuple[Callable[..., Any], Callable[..., None]]]
"""Each with the method that registers it."""


CACHED = 3 * 2**16
"""Values of three quarters of a megabyte: so much is worked on at a time on a CPU."""

_STEEP, _NOTHING = 40.0, -80.0
"""From which score on others of the pixel may be far below it, and what exp makes next to 0 of."""


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
    query: torch.Tensor,
    key: torch.Tensor,
    attention: Any,
    columns: int,
    dtype: torch.dtype = torch.float32,
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
    dtype
        Of the result.

    Returns
    -------
    torch.Tensor
        ``[heads, columns + 1, n]``; the last column is the sum over the padding, so that columns
        sum to 1.
    """
    queries = _by_head(query, attention.heads, attention.norm_q).float()
    keys = _by_head(key, attention.heads, attention.norm_k).float()
    return heard(queries, keys, attention.scale, columns, dtype)


def heard(
    queries: torch.Tensor, keys: torch.Tensor, scale: float, columns: int, dtype: torch.dtype
) -> torch.Tensor:
    """Return the same for queries ``[heads, n, d]`` and keys ``[heads, positions, d]``, float32.

    The heads may be of several layers.
    """
    heads, positions, _ = keys.shape
    pixels = queries.shape[1]
    queries = queries.transpose(1, 2)
    result = queries.new_empty((heads, columns + 1, pixels), dtype=dtype)
    # A few heads at a time on the CPU, in the same memory, so that the work stays in its cache.
    parts = -(-heads * positions * pixels // CACHED) if queries.is_cpu else 1
    few = -(-heads // min(parts, heads))
    room = queries.new_empty((few, positions, pixels))
    for first in range(0, heads, few):
        part = slice(first, first + few)
        # Keys times queries: tokens come first, as they are stored, with no transposed copy.
        scores = room[: heads - first]
        torch.baddbmm(scores, keys[part], queries[part], beta=0, alpha=scale, out=scores)
        # The softmax by hand: only what is kept has to be divided.
        weights = _below_largest(scores).exp_()
        padding = weights[:, columns:].sum(dim=1, keepdim=True)
        kept = torch.cat((weights[:, :columns], padding), dim=1)
        result[part] = kept.div_(kept.sum(dim=1, keepdim=True))
    return result


def _below_largest(scores: torch.Tensor) -> torch.Tensor:
    """Take each pixel's largest score off ``[heads, positions, n]``, so that exp is at most 1."""
    largest = scores.amax(dim=1, keepdim=True)
    scores.sub_(largest)
    # A CPU takes many times as long over results too small for float32's full precision, which
    # large scores lead to; they are nothing beside the largest either way.
    if scores.is_cpu and largest.max().item() > _STEEP:
        scores.clamp_(min=_NOTHING)
    return scores


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
    """Hooks on one attention that let looks see query, key and grid once all are there.

    Parameters
    ----------
    attention
        The diffusers ``Attention`` module.
    transformer
        The module around it, whose input has the picture's height and width.
    looks
        Called once in each call of the attention.

    Attributes
    ----------
    grid
        Height and width of the layer, once it was called.
    """

    def __init__(self, attention: Any, transformer: nn.Module, looks: Sequence[Look]) -> None:
        self._attention = attention
        self._transformer = transformer
        self._looks = looks
        self.grid: tuple[int, int] | None = None
        self._query: torch.Tensor | None = None
        self._key: torch.Tensor | None = None

    def hooks(self) -> Hooks:
        """Return the hooks to register; the size of the latent must stay once the grid is known."""
        found: Hooks = [
            (self._attention.to_q.register_forward_hook, self._see_query),
            (self._attention.to_k.register_forward_hook, self._see_key),
        ]
        if self.grid is None:
            found.append((self._transformer.register_forward_pre_hook, self._see_input))
        return found

    def begin(self) -> None:
        """Forget a call that did not come to its end."""
        self._query = self._key = None

    def _see_input(self, _module: nn.Module, inputs: tuple[Any, ...]) -> None:
        height, width = inputs[0].shape[-2:]
        self.grid = (height, width)

    def _see_query(self, _module: nn.Module, _inputs: Any, output: torch.Tensor) -> None:
        self._query = output
        self._work()

    def _see_key(self, _module: nn.Module, _inputs: Any, output: torch.Tensor) -> None:
        self._key = output
        self._work()

    def _work(self) -> None:
        query, key, grid = self._query, self._key, self.grid
        if query is None or key is None or grid is None:
            return
        self._query = self._key = None
        for look in self._looks:
            look(query, key, grid)
