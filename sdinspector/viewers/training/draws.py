"""What the page of the objective shows: a source, one draw, a curve; read from recordings too."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import losses, noise_schedule
from sdinspector.analysis.losses import Spread, Tenths
from sdinspector.core import Preview
from sdinspector.export.recordings import about_call
from sdinspector.recording import Recording

#: The maps of a draw, in the order in which they come about.
MAPS = ("clean", "noise", "noised", "target", "prediction", "prediction_uncond")
ERRORS = ("error", "error_uncond")


@dataclass(frozen=True)
class Source:
    """x₀ ``[C, h, w]``, its picture, the schedule: what every draw of it shares.

    Attributes
    ----------
    name, origin
        For people; the path of what it was made of, or the empty string.
    latent, picture
        x₀ in the denoiser's space, and what it is of, ``[H, W, 3]``.
    alpha_bar
        ᾱ of the model's noise schedule, ``[T]``.
    kind
        Prediction type: ``"epsilon"``, ``"v_prediction"``, ``"sample"``.
    """

    name: str
    origin: str
    latent: NDArray[np.float32]
    picture: NDArray[np.uint8]
    alpha_bar: NDArray[np.float64]
    kind: str

    @property
    def total(self) -> int:
        """T, the number of timesteps of the schedule."""
        return len(self.alpha_bar)

    @property
    def snr(self) -> NDArray[np.float64]:
        """ᾱ/(1−ᾱ) of each timestep."""
        return noise_schedule.curves(self.alpha_bar).snr

    def weight(self, gamma: float) -> NDArray[np.float64]:
        """Return the min-SNR weight of each timestep."""
        return noise_schedule.min_snr_weight(self.snr, self.kind, gamma)


@dataclass(frozen=True)
class Draw:
    """One draw of the objective: its arrays by name (see ``MAPS``, ``ERRORS``), ``[C, h, w]``."""

    caption: str
    timestep: int
    seed: int
    arrays: dict[str, NDArray[Any]]
    loss: float
    loss_uncond: float

    @property
    def channels(self) -> int:
        """Channels of the latent."""
        return len(self.arrays["clean"])

    def error(self, name: str, channel: int) -> NDArray[np.float32]:
        """Return a squared error as a map: the mean over the channels, or one of them."""
        found = np.asarray(self.arrays[name], np.float32)
        return found.mean(axis=0) if channel < 0 else found[channel]


@dataclass(frozen=True)
class Curve:
    """Losses ``[timesteps, seeds]``, with the caption and without; NaN where none is drawn."""

    caption: str
    timesteps: NDArray[np.int64]
    seeds: NDArray[np.int64]
    loss: NDArray[np.float64]
    loss_uncond: NDArray[np.float64]
    total: int
    about: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def begun(cls, caption: str, timesteps: list[int], seeds: list[int], total: int) -> Curve:
        """Return a curve of which nothing is drawn yet."""
        nothing = np.full((len(timesteps), len(seeds)), np.nan)
        return cls(caption, np.array(timesteps), np.array(seeds), nothing, nothing.copy(), total)

    def taken(self, timestep: int, seed: int, loss: float, loss_uncond: float) -> Curve:
        """Return the curve with one draw more."""
        at = np.flatnonzero(self.timesteps == timestep), np.flatnonzero(self.seeds == seed)
        known, blind = self.loss.copy(), self.loss_uncond.copy()
        known[np.ix_(*at)], blind[np.ix_(*at)] = loss, loss_uncond
        return dataclasses.replace(self, loss=known, loss_uncond=blind)

    @property
    def drawn(self) -> int:
        """How many draws there are."""
        return int(np.isfinite(self.loss).sum())

    @property
    def spreads(self) -> tuple[Spread, Spread]:
        """With the caption, and without."""
        return losses.over_seeds(self.loss), losses.over_seeds(self.loss_uncond)

    @property
    def tenths(self) -> Tenths:
        """The two ends of the curve with the caption."""
        return losses.tenths(self.timesteps, self.loss, self.total)


@dataclass(frozen=True)
class Stored:
    """What a recording of the kind ``objective`` holds."""

    recording: Recording
    draw: Draw
    curve: Curve | None
    kind: str
    gamma: float
    preview: Preview | None


def read_stored(recording: Recording) -> Stored | None:
    """Read a recording of the kind ``objective``; ``None`` where it holds no draw yet.

    Raises
    ------
    InspectorError
        ``recording.…``.
    """
    if not recording.captures:
        return None
    told = dict(recording.manifest.get("objective") or {})
    caption = recording.spec.prompt
    captures = recording.captures
    arrays, about = recording.capture(captures[0])
    draw = Draw(
        caption,
        int(about["timestep"]),
        int(about["seed"]),
        arrays,
        float(told.get("loss", arrays["error"].mean())),
        float(told.get("loss_uncond", arrays["error_uncond"].mean())),
    )
    curve = None
    if len(captures) > 1:
        found, _ = recording.capture(captures[1])
        curve = Curve(
            caption,
            found["timesteps"],
            found["seeds"],
            found["loss"],
            found["loss_uncond"],
            int(told.get("schedule_timesteps", 1000)),
            about_call(recording, None),
        )
    return Stored(
        recording,
        draw,
        curve,
        str(told.get("prediction_type", "epsilon")),
        float(told.get("gamma", noise_schedule.GAMMA)),
        recording.preview,
    )
