"""What the VAE viewer reads and works out, in the reader pool."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import latents
from sdinspector.analysis.latents import ChannelFacts
from sdinspector.analysis.similarity import similarity
from sdinspector.export.recordings import about_call
from sdinspector.recording import Recording


@dataclass(frozen=True)
class Opened:
    """A latent to work on, and the pictures at both of its ends.

    Attributes
    ----------
    recording
        Where it is from: of the kind ``encode``, or any run.
    latent
        ``[C, h, w]`` float32, scaled, as it is stored.
    original
        The picture that was encoded, ``[H, W, 3]``; ``None`` of a run.
    decoded
        The latent decoded, as it is stored; ``None`` where it has to be decoded first.
    mean, std
        Of the posterior, before scaling; ``None`` of a run.
    facts
        Each channel beside N(0, 1).
    encoded
        How it was made: placing, seed, tiled.
    """

    recording: Recording
    latent: NDArray[np.float32]
    original: NDArray[np.uint8] | None
    decoded: NDArray[np.uint8] | None
    mean: NDArray[np.float32] | None
    std: NDArray[np.float32] | None
    facts: tuple[ChannelFacts, ...]
    encoded: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called."""
        return Path(self.recording.path).stem


@dataclass(frozen=True)
class Compared:
    """Two pictures beside one another.

    Attributes
    ----------
    difference
        After minus before, mean over the colours, in levels of 255, ``[H, W]``.
    psnr, ssim
        See :func:`sdinspector.analysis.similarity.similarity`.
    """

    difference: NDArray[np.float32]
    psnr: float
    ssim: float


def read_path(path: Path) -> Opened | None:
    """Open a recording and read its latent."""
    return read_opened(Recording.open(path), 0)


def read_opened(recording: Recording, calls: int) -> Opened | None:
    """Read a latent and its pictures; ``None`` where the recording has no latent yet.

    Raises
    ------
    InspectorError
        ``recording.…``.
    """
    final = recording.final_latent()
    latent = final
    if latent is None and calls:
        latent = recording.array(calls - 1, "denoised")
    if latent is None:
        return None
    captured: dict[str, Any] = {}
    if recording.kind == "encode" and recording.captures:
        captured = recording.capture(recording.captures[0])[0]
    values = np.ascontiguousarray(latent, dtype=np.float32)
    numbers = {
        name: np.asarray(captured[name], np.float32) if name in captured else None
        for name in ("mean", "std")
    }
    original = captured.get("picture")
    return Opened(
        recording=recording,
        latent=values,
        original=None if original is None else np.asarray(original, np.uint8),
        decoded=recording.image() if final is not None else None,
        mean=numbers["mean"],
        std=numbers["std"],
        facts=tuple(latents.channel_facts(values)),
        encoded=dict(recording.manifest.get("encode") or {}),
        about=about_call(recording, None),
    )


def compare(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> Compared | None:
    """Compare two pictures; ``None`` where they are not of one size."""
    if before.shape != after.shape:
        return None
    psnr, ssim = similarity(before, after)
    apart = after.astype(np.float32) - before.astype(np.float32)
    return Compared(apart.mean(axis=2), psnr, ssim)


def save_latent(path: Path, latent: NDArray[np.float32]) -> Path:
    """Write a latent as a run can start from it.

    Raises
    ------
    InspectorError
        ``export.cannot-write``, ``export.disk-full``.
    """
    from sdinspector.export.files import save_npz

    return save_npz(path, {"latent": latent}, {"shape": list(latent.shape)})
