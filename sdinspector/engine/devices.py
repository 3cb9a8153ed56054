"""Which device and precision a model runs in, and what to say when its memory is full."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray

from sdinspector.core import InspectorError

DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
_FULL = ("out of memory", "not enough memory", "can't allocate memory", "cannot allocate memory")


def choose_device(name: str = "auto") -> torch.device:
    """Return the device of a name; ``"auto"`` is CUDA, else Apple's MPS, else the CPU.

    Raises
    ------
    InspectorError
        ``device.unknown`` for a name torch does not know, ``device.missing`` where the machine
        has no such device.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise InspectorError(
            "device.unknown",
            f"There is no device called {name!r}. Use auto, cpu, cuda, cuda:1 or mps.",
            name=name,
        ) from error
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count(),
        "mps": torch.backends.mps.is_available(),
    }
    if not there.get(device.type, False):
        raise InspectorError(
            "device.missing",
            f"This machine has no device {name!r} that torch can use. Use auto or cpu.",
            name=name,
        )
    return device


def choose_dtype(name: str, device: torch.device) -> torch.dtype:
    """Return the precision of a name; ``"auto"`` is float16 on CUDA and float32 elsewhere.

    Raises
    ------
    InspectorError
        ``dtype.unknown``.
    """
    if name == "auto":
        return torch.float16 if device.type == "cuda" else torch.float32
    if name not in DTYPES:
        raise InspectorError(
            "dtype.unknown",
            f"There is no precision called {name!r}. Use auto, {', '.join(DTYPES)}.",
            name=name,
        )
    return DTYPES[name]


def dtype_name(dtype: torch.dtype) -> str:
    """Return ``"float32"`` for ``torch.float32``, and so on."""
    return str(dtype).removeprefix("torch.")


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error means that memory of the device or of the machine ran out."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(text in str(error).lower() for text in _FULL)


@contextmanager
def memory_errors_explained(what: str) -> Iterator[None]:
    """Turn running out of memory into an :class:`InspectorError` (``memory.full``).

    Parameters
    ----------
    what
        What was being done, as it stands after "while": ``"opening the model"``.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        raise InspectorError(
            "memory.full",
            f"Memory ran out while {what}. Use a smaller picture, float16, capture less, or close "
            "other programs.",
            what=what,
        ) from error


def to_numpy(tensor: torch.Tensor) -> NDArray[np.generic]:
    """Return a tensor's own copy as an array; bfloat16, which numpy lacks, is widened."""
    tensor = tensor.detach()
    if tensor.dtype == torch.bfloat16:
        tensor = tensor.float()
    array: NDArray[np.generic] = tensor.to("cpu", copy=True).contiguous().numpy()
    return array
