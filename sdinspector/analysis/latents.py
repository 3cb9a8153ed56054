"""What can be done to a latent before it is decoded, and how it compares with N(0, 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Latent = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class ChannelFacts:
    """One latent channel beside the standard normal distribution that diffusion ends in.

    Attributes
    ----------
    mean, std
        0 and 1 for N(0, 1).
    skewness, kurtosis
        Third standardised moment, and the fourth less 3: both 0 for N(0, 1).
    distance
        Kolmogorov-Smirnov: the greatest distance between the channel's cumulative distribution
        and that of N(0, 1), from 0 to 1.
    """

    mean: float
    std: float
    skewness: float
    kurtosis: float
    distance: float


def adjusted(
    latent: Latent,
    gains: Sequence[float] | None = None,
    offsets: Sequence[float] | None = None,
    order: Sequence[int] | None = None,
) -> NDArray[np.float32]:
    """Change the channels of a latent ``[C, h, w]``: gain·channel + offset, then another order.

    Parameters
    ----------
    latent
        In the scaled latent space.
    gains, offsets
        One a channel; 1 and 0 where left out.
    order
        Which channel takes each place; two exchanged numbers swap two channels.

    Raises
    ------
    ValueError
        Where a list has not one entry a channel, or the order names a channel that is not there.
    """
    values = np.array(latent, dtype=np.float32)
    count = len(values)
    for numbers, name in ((gains, "gains"), (offsets, "offsets"), (order, "order")):
        if numbers is not None and len(numbers) != count:
            raise ValueError(f"{name} needs {count} entries, one a channel, not {len(numbers)}")
    if gains is not None:
        values *= np.asarray(gains, dtype=np.float32)[:, None, None]
    if offsets is not None:
        values += np.asarray(offsets, dtype=np.float32)[:, None, None]
    if order is None:
        return values
    if not all(0 <= channel < count for channel in order):
        raise ValueError(f"order names channels from 0 to {count - 1}")
    return values[list(order)]


def painted(
    latent: Latent, channel: int, at: tuple[float, float], radius: float, value: float
) -> NDArray[np.float32]:
    """Lay a soft round brush on one channel of a latent ``[C, h, w]``.

    Parameters
    ----------
    channel
        Which.
    at, radius
        Row and column of the middle, and the radius, in latent pixels; the middle of the first
        pixel is 0.5.
    value
        What the middle of the brush becomes; the edge is smooth over one pixel.
    """
    result = np.array(latent, dtype=np.float32)
    rows, columns = np.ogrid[: result.shape[1], : result.shape[2]]
    apart = np.hypot(rows + 0.5 - at[0], columns + 0.5 - at[1])
    share = np.clip(radius + 0.5 - apart, 0.0, 1.0).astype(np.float32)
    result[channel] += share * (np.float32(value) - result[channel])
    return result


def as_pictures(latent: Latent) -> tuple[NDArray[np.uint8], list[tuple[float, float]]]:
    """Scale each channel of ``[C, h, w]`` to its own range as uint8; returns them and the ranges.

    A plain ``latent * 127.5 + 127.5`` cast to uint8 wraps round what lies beyond −1 and 1. A
    channel of one value is 128 throughout; what is no number is 0.
    """
    scaled = np.zeros(latent.shape, dtype=np.uint8)
    ranges: list[tuple[float, float]] = []
    for place, channel in zip(scaled, latent.astype(np.float32), strict=True):
        finite = channel[np.isfinite(channel)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
        ranges.append((low, high))
        if high > low:
            share = np.nan_to_num((channel - low) / (high - low), nan=0.0, posinf=1.0, neginf=0.0)
            place[:] = np.round(share * 255.0)
        else:
            place[:] = 128
    return scaled, ranges


def channel_facts(latent: Latent) -> list[ChannelFacts]:
    """Compare each channel of ``[C, h, w]`` with N(0, 1)."""
    from scipy.stats import kstest, kurtosis, skew

    facts = []
    for channel in latent:
        values = channel.astype(np.float64).ravel()
        spread = float(values.std())
        flat = spread == 0.0
        facts.append(
            ChannelFacts(
                mean=float(values.mean()),
                std=spread,
                skewness=0.0 if flat else float(skew(values)),
                kurtosis=0.0 if flat else float(kurtosis(values)),
                distance=float(kstest(values, "norm").statistic),
            )
        )
    return facts
