"""What the page of inversions reads of a recording, in the reader pool, and what it exports."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import preview
from sdinspector.app.texts import tr
from sdinspector.core import FigureSpec, Preview
from sdinspector.export import inversion_figure, inversion_table
from sdinspector.export.inversion import about_inversion
from sdinspector.recording import Recording
from sdinspector.recording.inversion import (
    KIND,
    InversionPath,
    figures_of,
    read_path,
    relative_errors,
    way_down,
)

Picture = NDArray[np.uint8]
#: Where no linear map is known: all channels alike, ±3 is black and white.
_GREY = 1.0 / 3.0


@dataclass(frozen=True)
class Inverted:
    """An inversion as far as it has come.

    Attributes
    ----------
    recording
        Where it is from.
    path
        The way up, N steps.
    returned
        The picture that came back; ``None`` before the way down has ended.
    errors
        Of the way down against the way up by level, ``[N + 1]``; not a number where it has not
        come yet.
    up, down
        Small pictures of the latents in linear colours, by level; ``down`` holds those there are.
    figures
        Of the manifest; empty before the end.
    """

    recording: Recording
    path: InversionPath
    returned: Picture | None
    errors: NDArray[np.float64]
    up: dict[int, Picture]
    down: dict[int, Picture]
    figures: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called."""
        return Path(self.recording.path).stem

    def call_of(self, level: int) -> int:
        """Return the call whose x_t is at a level; of the picture's own, the last."""
        return min(self.path.steps - level, self.path.steps - 1)

    def level_of(self, call: int) -> int:
        """Return the level of a call's x_t."""
        return self.path.steps - call


def read_inverted(recording: Recording, calls: int) -> Inverted | None:  # noqa: ARG001
    """Read an inversion; ``None`` of another recording, or where there is no call yet.

    ``calls`` is only there to tell one state of a growing recording from another.
    """
    if recording.kind != KIND or not recording.captures or not recording.calls:
        return None
    path = read_path(recording)
    down = way_down(recording, path.steps)
    linear = recording.preview
    channels = path.latents.shape[1]
    if linear is None or len(linear.matrix) != channels:
        share = _GREY / channels
        linear = Preview(matrix=((share, share, share),) * channels)
    come = np.isfinite(down).all(axis=(1, 2, 3))
    return Inverted(
        recording=recording,
        path=path,
        returned=recording.image(),
        errors=relative_errors(path.latents, down),
        up={level: preview.to_rgb(latent, linear) for level, latent in enumerate(path.latents)},
        down={
            level: preview.to_rgb(latent.astype(np.float32), linear)
            for level, latent in enumerate(down)
            if come[level]
        },
        figures=figures_of(recording),
        about=about_inversion(recording),
    )


def read_place(path: Path, calls: int) -> Inverted | None:
    """Open a recording and read its inversion."""
    return read_inverted(Recording.open(path), calls)


def difference_of(inverted: Inverted) -> NDArray[np.float32] | None:
    """Return returned minus original, mean over the colours, in levels of 255, ``[H, W]``."""
    if inverted.returned is None:
        return None
    apart = inverted.returned.astype(np.float32) - inverted.path.picture.astype(np.float32)
    return apart.mean(axis=2)


def figures(inverted: Inverted) -> list[FigureSpec]:
    """Return the three pictures, and the error by level as a curve and as columns."""
    pictures = {
        "original": (tr("The picture as it was encoded"), inverted.path.picture),
        "vae": (tr("What the VAE alone makes of it"), inverted.path.round_trip),
    }
    if inverted.returned is not None:
        pictures["returned"] = (tr("The picture that came back"), inverted.returned)
    found = [
        FigureSpec(f"inversion-{key}", title, "rgb", {"image": picture}, about=inverted.about)
        for key, (title, picture) in pictures.items()
    ]
    return [*found, inversion_figure(inverted.recording), inversion_table(inverted.recording)]
