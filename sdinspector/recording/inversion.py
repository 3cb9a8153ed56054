"""Reads how a picture was inverted: the latents on the way up, and how far the way back is off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.core import InspectorError
from sdinspector.recording.reader import Recording
from sdinspector.recording.tensors import Array

KIND = "inversion"
KEY = "inversion"
"""Of the figures in the manifest."""


@dataclass(frozen=True)
class InversionPath:
    """The way up from a picture to noise, N steps.

    Attributes
    ----------
    latents
        ``[N + 1, C, h, w]``: x₀ first, x_T last.
    timesteps
        ``[N]``, ascending: the noise level that each step reaches, which the denoiser was told.
    noise_cond, noise_uncond
        ``[N, C, h, w]``: the denoiser's output at each step; the latter ``None`` where the
        conditional branch ran alone.
    picture
        The picture as it was encoded, ``[H, W, 3]`` uint8.
    round_trip
        What the VAE alone makes of x₀, ``[H, W, 3]`` uint8.
    """

    latents: Array
    timesteps: NDArray[np.int64]
    noise_cond: Array
    noise_uncond: Array | None
    picture: NDArray[np.uint8]
    round_trip: NDArray[np.uint8]

    @property
    def steps(self) -> int:
        """How many steps lead up, and as many down."""
        return len(self.timesteps)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what a recording keeps as its first capture."""
        found: dict[str, NDArray[Any]] = {
            "latents": self.latents,
            "timesteps": self.timesteps,
            "noise_cond": self.noise_cond,
            "picture": self.picture,
            "round_trip": self.round_trip,
        }
        if self.noise_uncond is not None:
            found["noise_uncond"] = self.noise_uncond
        return found


def read_path(recording: Recording) -> InversionPath:
    """Read the way up of an inversion.

    Raises
    ------
    InspectorError
        ``inversion.no-path`` where the recording holds none; as reading a capture raises.
    """
    if recording.kind != KIND or not recording.captures:
        raise _no_path(recording)
    arrays, _ = recording.capture(recording.captures[0])
    try:
        return InversionPath(
            latents=arrays["latents"],
            timesteps=arrays["timesteps"].astype(np.int64),
            noise_cond=arrays["noise_cond"],
            noise_uncond=arrays.get("noise_uncond"),
            picture=arrays["picture"].astype(np.uint8, copy=False),
            round_trip=arrays["round_trip"].astype(np.uint8, copy=False),
        )
    except KeyError as error:
        raise _no_path(recording) from error


def way_down(recording: Recording, steps: int) -> NDArray[np.floating[Any]]:
    """Return the latents of the way down by level, ``[steps + 1, C, h, w]``: x̂₀ first, x_T last.

    Levels that the run has not reached are not numbers. Of any run that begins at the latent of
    the inversion with as many steps, a fork for one.
    """
    first = recording.array(0, "latent")
    found = np.full((steps + 1, *first.shape), np.nan, dtype=np.float64)
    for call in range(min(recording.calls, steps)):
        found[steps - call] = recording.array(call, "latent")
    final = recording.final_latent()
    if final is not None and recording.calls == steps:
        found[0] = final
    return found


def relative_errors(up: NDArray[Any], down: NDArray[Any]) -> NDArray[np.float64]:
    """Return ‖down − up‖ / ‖up‖ at each level, ``[N + 1]``; not a number where down is none.

    Parameters
    ----------
    up, down
        ``[N + 1, C, h, w]``: latents at the same levels on both ways.
    """
    flat_up = up.reshape(len(up), -1).astype(np.float64)
    flat_down = down.reshape(len(down), -1).astype(np.float64)
    norms = np.linalg.norm(flat_up, axis=1)
    apart = np.linalg.norm(flat_down - flat_up, axis=1)
    errors: NDArray[np.float64] = apart / np.maximum(norms, np.finfo(np.float64).tiny)
    return errors


def figures_of(recording: Recording) -> dict[str, Any]:
    """Return the figures that the manifest keeps; empty before the run has come to its end."""
    found = recording.manifest.get(KEY)
    return dict(found) if isinstance(found, dict) else {}


def _no_path(recording: Recording) -> InspectorError:
    return InspectorError(
        "inversion.no-path",
        f"{recording.path.name} holds no inversion of a picture. Make one with: sdinspector "
        "invert PICTURE --prompt TEXT --out NAME.sdrec.",
        path=str(recording.path),
        kind=recording.kind,
    )
