"""What the pages of the schedulers viewer work out: series to plot, and a clean latent to noise."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis.noise_schedule import NoiseCurves, NoiseLevels, Values
from sdinspector.export.recordings import about_call
from sdinspector.recording import Recording

Quantity: TypeAlias = Literal["alpha_bar", "sigma", "snr"]
#: Quantities that span powers of ten.
LOGARITHMIC: tuple[Quantity, ...] = ("sigma", "snr")


def values_of(levels: NoiseLevels | NoiseCurves, quantity: Quantity) -> Values:
    """Return ᾱ, σ or SNR, ``[calls]`` or ``[T]``."""
    return np.asarray(getattr(levels, quantity))


def strides(levels: NoiseLevels) -> Values:
    """Return Δ log SNR of each call, ``[calls]``; of the first there is none (not a number)."""
    return np.concatenate([[np.nan], levels.stride])


def places(levels: NoiseLevels) -> Values:
    """Return where each call lies among the steps, ``[calls]``, from 1.

    The calls of one step share its room: the second of two lies half a step on.
    """
    shared = {step: levels.step.count(step) for step in set(levels.step)}
    return np.asarray(
        [
            step + 1 + (order - 1) / shared[step]
            for step, order in zip(levels.step, levels.order, strict=True)
        ]
    )


def half_way(curves: NoiseCurves) -> float:
    """Return the first timestep with more noise than picture (SNR < 1); T where there is none."""
    noisy = np.flatnonzero(curves.snr < 1.0)
    return float(noisy[0]) if noisy.size else float(len(curves.snr))


@dataclass(frozen=True)
class Clean:
    """A latent without noise.

    Attributes
    ----------
    name, title
        What it is called in files, and for people.
    latent
        x₀ ``[C, h, w]`` float32, in the space where the denoiser works.
    picture
        Its picture ``[H, W, 3]``; ``None`` where it has to be decoded first.
    digest
        Of the model whose latent it is.
    about
        Where it is from, for an export.
    """

    name: str
    title: str
    latent: NDArray[np.float32]
    picture: NDArray[np.uint8] | None
    digest: str = ""
    about: dict[str, Any] = field(default_factory=dict)


def read_path(path: Path, name: str) -> Clean | None:
    """Open a recording and read its clean latent, under a name of its own."""
    clean = read_clean(Recording.open(path))
    return None if clean is None else replace(clean, name=name, title=name)


def read_clean(recording: Recording) -> Clean | None:
    """Read x₀: a run's final latent, or that of the picture that was encoded or observed.

    ``None`` where the recording has no final latent (yet).

    Raises
    ------
    InspectorError
        ``recording.…``.
    """
    latent = recording.final_latent()
    if latent is None:
        return None
    name = Path(recording.path).stem
    return Clean(
        name=name,
        title=recording.spec.prompt or name,
        latent=np.ascontiguousarray(latent, dtype=np.float32),
        picture=recording.image(),
        digest=str(recording.model.get("digest") or ""),
        about=about_call(recording, None),
    )


def mixed(
    clean: NDArray[np.float32], noise: NDArray[np.floating], alpha_bar: float
) -> NDArray[np.float32]:
    """Return x_t = √ᾱ·x₀ + √(1−ᾱ)·ε (Ho et al. 2020, eq. 4).

    Parameters
    ----------
    clean, noise
        ``[C, h, w]``.
    alpha_bar
        ᾱ of the timestep.
    """
    picture, added = np.float32(np.sqrt(alpha_bar)), np.float32(np.sqrt(1.0 - alpha_bar))
    return np.asarray(picture * clean + added * noise.astype(np.float32), dtype=np.float32)
