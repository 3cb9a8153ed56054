"""Looks at what a module has learned: its parameters, their histogram, its kernels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from sdinspector.analysis.statistics import Statistics, describe, histogram
from sdinspector.core import tree_path
from sdinspector.engine.devices import dtype_name, to_numpy
from sdinspector.engine.model import Model
from sdinspector.engine.wanted import no_layer

MOST_VALUES = 2_000_000
"""Of larger modules, evenly spaced values stand for all in the histogram and the statistics."""
MOST_KERNELS = 65_536
"""Of larger convolutions the first output channels' kernels are given."""


@dataclass(frozen=True)
class Parameter:
    """One parameter tensor: its name below the module, shape, precision, count and bytes."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    count: int
    bytes: int


@dataclass(frozen=True)
class Parameters:
    """The parameters of a module and of all that lies below it.

    Attributes
    ----------
    path, class_name
        Of the module; the path with its component in front (``unet.conv_in``).
    items
        Each tensor, in the order of the model.
    count, bytes
        Of all of them.
    statistics
        Of their values, or ``None`` where there are none.
    counts, edges
        Histogram of their values, ``[bins]`` and ``[bins + 1]``.
    seen
        How many values the two are made from: all, or evenly spaced ones of a large module.
    kernels
        Of a convolution ``[out, in, kh, kw]`` float32, else ``None``; of a linear layer its
        matrix as ``[1, 1, out, in]``.
    kernel_shape
        Shape of the whole weight; its first axis is longer than that of ``kernels`` where it was
        cut.
    """

    path: str
    class_name: str
    items: tuple[Parameter, ...]
    count: int
    bytes: int
    statistics: Statistics | None
    counts: NDArray[np.int64]
    edges: NDArray[np.float64]
    seen: int
    kernels: NDArray[np.float32] | None
    kernel_shape: tuple[int, ...]


@torch.no_grad()
def parameters(model: Model, path: str, bins: int = 96) -> Parameters:
    """Describe the parameters of a module.

    Parameters
    ----------
    model
        The open model.
    path
        In the module tree: ``unet.conv_in``, ``vae.decoder``, ``text_encoder``; without a
        component, of the denoiser.
    bins
        Of the histogram.

    Raises
    ------
    InspectorError
        ``replay.no-layer`` with the nearest paths.
    """
    place = tree_path(path)
    component, _, rest = place.partition(".")
    root = getattr(model.pipeline, component, None)
    modules = dict(root.named_modules()) if isinstance(root, nn.Module) else {}
    if rest not in modules:
        raise no_layer(place, list(modules), component)
    module = modules[rest]
    tensors = list(module.named_parameters())
    values = _values([tensor for _, tensor in tensors])
    counts, edges = histogram(values, bins)
    kernels, shape = _kernels(module)
    return Parameters(
        path=place,
        class_name=type(module).__name__,
        items=tuple(
            Parameter(
                name,
                tuple(tensor.shape),
                dtype_name(tensor.dtype),
                tensor.numel(),
                tensor.numel() * tensor.element_size(),
            )
            for name, tensor in tensors
        ),
        count=sum(tensor.numel() for _, tensor in tensors),
        bytes=sum(tensor.numel() * tensor.element_size() for _, tensor in tensors),
        statistics=describe(values) if values.size else None,
        counts=counts,
        edges=edges,
        seen=values.size,
        kernels=kernels,
        kernel_shape=shape,
    )


def _values(tensors: list[torch.Tensor]) -> NDArray[np.float32]:
    """Return the values of all tensors, or evenly spaced ones of many."""
    total = sum(tensor.numel() for tensor in tensors)
    stride = -(-total // MOST_VALUES) or 1
    parts = [to_numpy(tensor.reshape(-1)[::stride].float()) for tensor in tensors]
    if not parts:
        return np.zeros(0, np.float32)
    return np.concatenate(parts).astype(np.float32, copy=False)


def _kernels(module: nn.Module) -> tuple[NDArray[np.float32] | None, tuple[int, ...]]:
    weight = getattr(module, "weight", None)
    if not isinstance(module, nn.Conv2d | nn.Linear) or not isinstance(weight, torch.Tensor):
        return None, ()
    shape = tuple(weight.shape)
    if isinstance(module, nn.Linear):
        weight = weight[None, None]
    else:
        weight = weight[: max(1, MOST_KERNELS // max(1, shape[1]))]
    return to_numpy(weight.float()).astype(np.float32, copy=False), shape
