"""Copies of tensors that leave the device: at once from the CPU, without waiting from CUDA."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from sdinspector.engine.devices import to_numpy

Kept = dict[str, NDArray[np.generic]]


class Copies:
    """Takes copies while a model computes, and hands them over as arrays at the end.

    On CUDA a copy goes to pinned memory beside the computation: the next layer does not wait for
    it, and one synchronisation at the end makes all of them valid. Elsewhere it is made at once.

    Attributes
    ----------
    arrays
        What was taken, by name; complete after :meth:`settle`.
    """

    def __init__(self) -> None:
        self.arrays: Kept = {}
        self._travelling: dict[str, torch.Tensor] = {}
        self._device: torch.device | None = None

    def begin(self) -> Kept:
        """Let go of what was taken; return the new, empty :attr:`arrays`."""
        self.arrays = {}
        self._travelling.clear()
        return self.arrays

    def take(self, name: str, tensor: torch.Tensor, *, owned: bool = False) -> None:
        """Copy a tensor; a second one of the same name takes the place of the first.

        Parameters
        ----------
        name
            In :attr:`arrays`.
        tensor
            Of any device.
        owned
            Whether nobody else holds or changes it, so that on the CPU no copy is needed.
        """
        tensor = tensor.detach()
        if owned and tensor.is_cpu and tensor.dtype != torch.bfloat16:
            self.arrays[name] = tensor.numpy()
            return
        if tensor.is_cuda:
            host = _pinned(tensor)
            if host is not None:
                # The allocator hands the source's memory to later work of the same stream alone,
                # which comes after this copy: nothing has to hold it.
                host.copy_(tensor, non_blocking=True)
                self._travelling[name] = host
                self._device = tensor.device
                return
        self.arrays[name] = to_numpy(tensor)

    def settle(self) -> None:
        """Wait until every copy has arrived."""
        if self._device is None:
            return
        torch.cuda.current_stream(self._device).synchronize()
        for name, host in self._travelling.items():
            self.arrays[name] = host.numpy()
        self._travelling.clear()
        self._device = None


def _pinned(tensor: torch.Tensor) -> torch.Tensor | None:
    """Return pinned memory for a tensor, or ``None`` where the system gives none."""
    # numpy has no bfloat16; it is widened on the way.
    dtype = torch.float32 if tensor.dtype == torch.bfloat16 else tensor.dtype
    try:
        return torch.empty(tensor.shape, dtype=dtype, pin_memory=True)
    except RuntimeError:
        return None
