"""What the guidance viewer reads, in the reader pool, and the arithmetic of one tick."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import guidance, preview
from sdinspector.core import Preview
from sdinspector.export.recordings import about_call
from sdinspector.recording import Recording
from sdinspector.recording.branches import pair

#: Calls looked through at a time for the curves of a run.
CHUNK = 64


@dataclass(frozen=True)
class Colours:
    """A latent as colours ``[h, w, 3]``, and where they were cut off ``[h, w]``."""

    rgb: NDArray[np.uint8]
    cut: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """The share of pixels whose colour was cut off."""
        return float(self.cut.mean()) if self.cut.size else 0.0


@dataclass(frozen=True)
class StepView:
    """All that the slider needs of one scheduler call: no denoiser is asked again.

    Attributes
    ----------
    call, step, steps, timestep
        Where in the run.
    scale, rescale
        s and φ that the run used.
    latent, cond
        x_t and ε_y, ``[C, h, w]`` float32.
    uncond
        ε_∅; ``None`` where that branch did not run and was not added.
    recorded
        x̂₀ as it was recorded.
    a, b, clip
        x̂₀ = a·x_t + b·ε, and how it is clipped.
    linear
        The map to colours.
    about
        Settings of run and call, for an export.
    """

    call: int
    step: int
    steps: int
    timestep: float
    scale: float
    rescale: float
    latent: NDArray[np.float32]
    cond: NDArray[np.float32]
    uncond: NDArray[np.float32] | None
    recorded: NDArray[np.float32]
    a: float
    b: float
    clip: Any
    linear: Preview
    about: dict[str, Any] = field(default_factory=dict)

    def guided(self, scale: float, rescale: float) -> NDArray[np.float32]:
        """Return ε for a scale and a rescale, ``[C, h, w]``; ε_y where there is no ε_∅."""
        with np.errstate(all="ignore"):  # absurd scales overflow, and are shown so
            return guidance.guided(self.uncond, self.cond, scale, rescale)

    def denoised(self, scale: float, rescale: float) -> NDArray[np.float32]:
        """Return x̂₀ for a scale and a rescale, ``[C, h, w]``, clipped as the scheduler clips."""
        with np.errstate(all="ignore"):
            result = guidance.denoised(self.latent, self.guided(scale, rescale), self.a, self.b)
            if isinstance(self.clip, int | float):
                result = np.clip(result, -self.clip, self.clip)
        return result

    def colours(self, latent: NDArray[np.float32]) -> Colours:
        """Return a latent through the linear map."""
        with np.errstate(all="ignore"):
            rgb = preview.to_rgb_float(latent, self.linear)
            return Colours(preview.quantised(rgb), preview.saturated(rgb))

    def push(self) -> NDArray[np.uint8] | None:
        """Return ε_y − ε_∅ as colours ``[h, w, 3]``, grey where the branches agree.

        Only the direction of the linear map counts here, not its offset; the strongest colour is
        that of the largest difference.
        """
        difference = self.difference
        if difference is None:
            return None
        free = Preview(matrix=self.linear.matrix, source=self.linear.source)
        colour = preview.to_rgb_float(difference, free) - np.float32(0.5)
        finite = np.abs(colour[np.isfinite(colour)])
        top = float(finite.max()) if finite.size else 0.0
        return preview.quantised(colour / np.float32(2.0 * top or 1.0) + np.float32(0.5))

    @property
    def difference(self) -> NDArray[np.float32] | None:
        """ε_y − ε_∅, ``[C, h, w]``."""
        return None if self.uncond is None else self.cond - self.uncond


@dataclass(frozen=True)
class Norms:
    """How the branches compare at calls 0 … n − 1 of a run; not-a-number where one is missing.

    Attributes
    ----------
    uncond, cond, difference
        Root mean squares of ε_∅, ε_y and ε_y − ε_∅.
    cosine
        Of the angle between ε_∅ and ε_y.
    scale
        s that each call used.
    step
        Step that each call belongs to.
    """

    uncond: NDArray[np.float64]
    cond: NDArray[np.float64]
    difference: NDArray[np.float64]
    cosine: NDArray[np.float64]
    scale: NDArray[np.float64]
    step: NDArray[np.int64]

    @property
    def calls(self) -> int:
        """How many calls have been looked at."""
        return len(self.step)


def no_norms() -> Norms:
    """Return the norms of no call at all."""
    none = np.zeros(0)
    return Norms(none, none, none, none, none, np.zeros(0, dtype=np.int64))


def read_step(recording: Recording, call: int) -> StepView:
    """Read one call. A recording without a linear map is shown in the grey of its channels."""
    facts = recording.call(call)
    uncond, cond = pair(recording, call)
    latent = _floats(recording.array(call, "latent"))
    linear = recording.preview
    if linear is None or len(linear.matrix) != len(latent):
        share = 1.0 / (3.0 * len(latent))
        linear = Preview(matrix=((share,) * 3,) * len(latent), source="grey")
    return StepView(
        call=call,
        step=facts.step,
        steps=max(recording.spec.steps, facts.step + 1),
        timestep=facts.timestep,
        scale=facts.scale,
        rescale=recording.spec.guidance_rescale,
        latent=latent,
        cond=_floats(cond),
        uncond=None if uncond is None else _floats(uncond),
        recorded=_floats(recording.array(call, "denoised")),
        a=facts.a,
        b=facts.b,
        clip=facts.clip,
        linear=linear,
        about=about_call(recording, call),
    )


def read_norms(recording: Recording, before: Norms, calls: int) -> Norms:
    """Look through the next calls, at most ``CHUNK`` of them."""
    rows = []
    for call in range(before.calls, min(calls, before.calls + CHUNK)):
        uncond, cond = pair(recording, call)
        if uncond is None:
            size = float(np.sqrt(np.mean(np.square(_floats(cond), dtype=np.float64))))
            row = (np.nan, size, np.nan, np.nan)
        else:
            row = guidance.norms_and_cosine(uncond, cond)
        rows.append((*row, recording.scale(call), recording.step_of_call(call)))
    columns = np.array(rows, dtype=np.float64).reshape(-1, 6).T
    known = (before.uncond, before.cond, before.difference, before.cosine, before.scale)
    joined = [np.concatenate(both) for both in zip(known, columns[:5], strict=True)]
    steps = np.concatenate([before.step, columns[5].astype(np.int64)])
    return Norms(*joined, step=steps)


def _floats(values: NDArray[Any]) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, dtype=np.float32)
