"""What the latents viewer reads, in the reader pool: values, colours, statistics, levels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import preview, statistics
from sdinspector.analysis.statistics import Statistics
from sdinspector.app.viewer import LatentQuantity
from sdinspector.export import quantity_of
from sdinspector.export.recordings import about_call
from sdinspector.recording import Recording

#: Most bins of a histogram; small latents have fewer, so that outlines stay outlines.
BINS = 72
#: Calls looked through at a time for the levels of a run.
CHUNK = 64


@dataclass(frozen=True)
class LatentView:
    """One quantity of one scheduler call, ready to be shown.

    Attributes
    ----------
    quantity, call, step, timestep, scale
        What it is, and where in the run.
    values
        ``[C, h, w]`` float32; ``None`` where the branch did not run.
    dtype
        As it is stored.
    rgb, cut
        Linear colours ``[h, w, 3]``, and the share of them that was cut off; ``None`` where the
        recording has no linear map.
    statistics, counts, edges
        Of each channel; the histograms share their edges.
    about
        Settings of run and call, for an export.
    """

    quantity: LatentQuantity
    call: int
    step: int
    timestep: float
    scale: float
    values: NDArray[np.float32] | None = None
    dtype: str = ""
    rgb: NDArray[np.uint8] | None = None
    cut: float = 0.0
    statistics: tuple[Statistics, ...] = ()
    counts: tuple[NDArray[np.int64], ...] = ()
    edges: NDArray[np.float64] | None = None
    about: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Levels:
    """Smallest and largest value of a quantity in calls 0 … ``calls`` − 1."""

    calls: int = 0
    low: float = float("inf")
    high: float = float("-inf")

    def span(self, *, symmetric: bool) -> tuple[float, float] | None:
        """Return the levels, or ``None`` where nothing finite was found."""
        if not self.low <= self.high:
            return None
        if symmetric:
            high = max(abs(self.low), abs(self.high)) or 1.0
            return -high, high
        return (self.low, self.high) if self.low < self.high else (self.low - 0.5, self.low + 0.5)


def read_view(
    recording: Recording,
    call: int,
    quantity: LatentQuantity,
    span: tuple[float, float] | None = None,
) -> LatentView:
    """Read one quantity of a call; the histograms reach over ``span``, or over the values."""
    facts = recording.call(call)
    have = {
        "noise_uncond": recording.has(call, "noise_uncond"),
        "noise_cond": recording.has(call, "noise_cond"),
    }
    head = LatentView(quantity, call, facts.step, facts.timestep, facts.scale)
    if not have.get(quantity, any(have.values()) or quantity != "guided"):
        return head
    stored = quantity_of(recording, call, quantity)
    values = np.ascontiguousarray(stored, dtype=np.float32)
    rgb, cut = None, 0.0
    linear = recording.preview
    if linear is not None and len(linear.matrix) == len(values):
        colour = preview.to_rgb_float(values, linear)
        cut = float(preview.saturated(colour).mean())
        rgb = preview.quantised(colour)
    reach = span or statistics.levels(values)
    bins = min(BINS, max(12, round(1.1 * float(np.sqrt(values[0].size)))))
    counted = [statistics.histogram(channel, bins, reach) for channel in values]
    return LatentView(
        quantity,
        call,
        facts.step,
        facts.timestep,
        facts.scale,
        values,
        str(stored.dtype),
        rgb,
        cut,
        tuple(statistics.describe(channel) for channel in values),
        tuple(counts for counts, _ in counted),
        counted[0][1] if counted else None,
        about_call(recording, call),
    )


def read_levels(
    recording: Recording, quantity: LatentQuantity, before: Levels, calls: int
) -> Levels:
    """Look through the next calls for values beyond those of ``before``."""
    low, high = before.low, before.high
    stop = min(calls, before.calls + CHUNK)
    for call in range(before.calls, stop):
        if quantity in ("noise_uncond", "noise_cond") and not recording.has(call, quantity):
            continue
        values = quantity_of(recording, call, quantity)
        finite = values[np.isfinite(values)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    return Levels(stop, low, high)
