"""What is known of one scheduler call of a recording, read from the head of its file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sdinspector.core import RunSpec
from sdinspector.recording.tensors import Header


@dataclass(frozen=True)
class Call:
    """One scheduler call of a recording, without its arrays.

    Attributes
    ----------
    index
        Number of the call, from 0.
    step
        Index into the schedule that the call belongs to; several calls can share it.
    timestep
        t that the denoiser was given.
    order
        Which of its solver's evaluations the call is, from 1.
    scale
        Guidance scale used.
    input_scale
        What x_t was multiplied by before the denoiser saw it.
    a, b
        Denoised prediction x̂₀ = a·x_t + b·output; not-a-number where the call has none.
    clip
        How x̂₀ was clipped; ``None`` where it was not.
    branches
        Which branches ran, in the order of the batch.
    metadata
        All that the file says of itself, unknown keys included.
    shapes
        Shape of each array by name.
    """

    index: int
    step: int
    timestep: float
    order: int
    scale: float
    input_scale: float
    a: float
    b: float
    clip: Any
    branches: tuple[str, ...]
    metadata: dict[str, Any]
    shapes: dict[str, tuple[int, ...]] = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the arrays of this call."""
        return tuple(self.shapes)


def from_header(index: int, header: Header, spec: RunSpec) -> Call:
    """Return call number ``index`` as its file's header has it.

    Raises
    ------
    TypeError, ValueError, OverflowError
        Where a value is not of its type.
    """
    data = header.metadata
    branches = data.get("branches")
    if not isinstance(branches, list):
        branches = [name for name in ("uncond", "cond") if f"noise_{name}" in header.shapes]
    return Call(
        index=index,
        step=int(_number(data, "step", index)),
        timestep=_number(data, "timestep", math.nan),
        order=int(_number(data, "order", 1)),
        scale=_number(data, "scale", spec.guidance_at(index)),
        input_scale=_number(data, "input_scale", 1.0),
        a=_number(data, "a", math.nan),
        b=_number(data, "b", math.nan),
        clip=data.get("clip"),
        branches=tuple(str(name) for name in branches),
        metadata=data,
        shapes=header.shapes,
    )


def _number(data: Mapping[str, Any], name: str, default: float) -> float:
    value = data.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} is {value!r}, which is no number")
    return float(value)
