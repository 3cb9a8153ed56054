"""What a person has done to a latent, kept apart from the latent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import latents

Latent = NDArray[np.float32]
#: Strokes that can be taken back.
_STROKES = 50


class Changes:
    """Strokes of the brush, then channels exchanged, then gains and offsets.

    Place *i* of the result is ``gain_i · painted[order_i] + offset_i``.

    Parameters
    ----------
    latent
        ``[C, h, w]``, which is left as it is.
    """

    def __init__(self, latent: Latent) -> None:
        count = len(latent)
        self._latent = latent
        self._painted = latent
        self._before: list[Latent] = []
        self._stroke: Latent | None = None
        self.gains = [1.0] * count
        self.offsets = [0.0] * count
        self.order = list(range(count))

    def result(self) -> Latent:
        """Return the changed latent."""
        ordered = latents.adjusted(self._painted, order=self.order)
        return latents.adjusted(ordered, self.gains, self.offsets)

    @property
    def any(self) -> bool:
        """Whether anything differs from the latent."""
        count = len(self.order)
        plain = (self.gains, self.offsets, self.order) == (
            [1.0] * count,
            [0.0] * count,
            list(range(count)),
        )
        return not plain or self._painted is not self._latent

    def paint(self, place: int, at: tuple[float, float], radius: float, value: float) -> None:
        """Touch the channel that is shown at a place; ``at`` is (x, y) as fractions."""
        if self._stroke is None:
            self._stroke = self._painted
        height, width = self._painted.shape[1:]
        middle = (at[1] * height, at[0] * width)
        self._painted = latents.painted(self._painted, self.order[place], middle, radius, value)

    def lift(self) -> None:
        """End a stroke, so that it can be taken back as one."""
        if self._stroke is not None:
            self._before.append(self._stroke)
            del self._before[:-_STROKES]
            self._stroke = None

    @property
    def can_undo(self) -> bool:
        """Whether there is a stroke to take back."""
        return bool(self._before)

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._before:
            self._painted = self._before.pop()

    def exchange(self, place: int, channel: int) -> None:
        """Show a channel at a place; what was there goes where that one was."""
        other = self.order.index(channel)
        self.order[place], self.order[other] = self.order[other], self.order[place]
