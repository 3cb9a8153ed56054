"""What a noise schedule says of a timestep: ᾱ, σ and SNR, and the weights made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
GAMMA = 5.0
"""The bound of min-SNR weighting that Hang et al. (2023) recommend."""


@dataclass(frozen=True)
class NoiseCurves:
    """A schedule over its training timesteps t = 0 … T−1, each ``[T]`` float64.

    Attributes
    ----------
    alpha_bar
        ᾱ: x_t = √ᾱ·x₀ + √(1−ᾱ)·ε (Ho et al. 2020, eq. 4).
    sigma
        σ = √((1−ᾱ)/ᾱ): the noise beside a picture left at its own size, x = x₀ + σ·ε.
    snr
        ᾱ/(1−ᾱ) = 1/σ²: the share of picture to noise, in squares.
    """

    alpha_bar: Values
    sigma: Values
    snr: Values

    @property
    def log_snr(self) -> Values:
        """Natural logarithm of the SNR."""
        with np.errstate(divide="ignore"):
            return np.log(self.snr)


@dataclass(frozen=True)
class NoiseLevels:
    """The scheduler calls of a run, each array ``[calls]``.

    Attributes
    ----------
    scheduler
        The diffusers class.
    steps
        How many were asked for.
    step
        The step of each call, from 0; several calls share one in solvers of second order.
    timesteps
        t as the denoiser is given it, float64.
    sigma
        σ of x = x₀ + σ·ε, float64, as the scheduler itself uses it.
    """

    scheduler: str
    steps: int
    step: tuple[int, ...]
    timesteps: Values
    sigma: Values

    @property
    def alpha_bar(self) -> Values:
        """ᾱ = 1/(1 + σ²)."""
        return np.asarray(1.0 / (1.0 + self.sigma**2))

    @property
    def snr(self) -> Values:
        """1/σ²."""
        with np.errstate(divide="ignore"):
            return np.asarray(self.sigma**-2.0)

    @property
    def stride(self) -> Values:
        """How far log SNR is from that of the call before, ``[calls - 1]``: the size of a step."""
        return np.asarray(np.diff(np.log(self.snr)))

    @property
    def order(self) -> tuple[int, ...]:
        """Which call of its step each call is, from 1."""
        first: dict[int, int] = {}
        return tuple(call - first.setdefault(step, call) + 1 for call, step in enumerate(self.step))

    @property
    def noisy(self) -> int:
        """At how many calls there is more noise than picture: SNR below 1."""
        return int(np.count_nonzero(self.snr < 1.0))


def curves(alpha_bar: NDArray[Any]) -> NoiseCurves:
    """Return what follows from ᾱ.

    Parameters
    ----------
    alpha_bar
        ``[T]``, a scheduler's ``alphas_cumprod``, from 0 (pure noise; σ is infinite there) to 1
        (no noise; the SNR is).

    Raises
    ------
    ValueError
        Where a value lies outside 0 to 1.
    """
    values = np.asarray(alpha_bar, dtype=np.float64)
    if not np.all((values >= 0.0) & (values <= 1.0)):
        raise ValueError("ᾱ lies between 0 and 1")
    with np.errstate(divide="ignore"):
        return NoiseCurves(
            alpha_bar=values,
            sigma=np.sqrt((1.0 - values) / values),
            snr=values / (1.0 - values),
        )


def min_snr_weight(
    snr: NDArray[Any] | float, prediction_type: str = "epsilon", gamma: float = GAMMA
) -> Values:
    """Return the min-SNR weight of a timestep's squared error (Hang et al. 2023, arXiv 2303.09556).

    All three weigh the error of x₀ by min(SNR, γ); they differ by what the error is measured on:
    ε min(SNR, γ)/SNR, v min(SNR, γ)/(SNR + 1), x₀ itself min(SNR, γ).

    Parameters
    ----------
    snr
        ᾱ/(1−ᾱ).
    prediction_type
        ``"epsilon"``, ``"v_prediction"`` or ``"sample"``.
    gamma
        γ, above 0.

    Raises
    ------
    ValueError
        For any other prediction type, or a γ that is not above 0.
    """
    if not gamma > 0.0:
        raise ValueError("γ lies above 0")
    values = np.asarray(snr, dtype=np.float64)
    with np.errstate(divide="ignore"):
        if prediction_type == "epsilon":
            return np.asarray(np.minimum(1.0, gamma / values))
        if prediction_type == "v_prediction":
            return np.asarray(np.minimum(values, gamma) / (values + 1.0))
    if prediction_type == "sample":
        return np.asarray(np.minimum(values, gamma))
    raise ValueError(f"unknown prediction type {prediction_type!r}")


def time_of_sigma(alpha_bar: NDArray[Any], sigma: NDArray[Any]) -> Values:
    """Return the timesteps, in between too, at which a schedule has the given σ.

    Linear in log σ, as diffusers converts; a σ beyond an end is that end.

    Parameters
    ----------
    alpha_bar
        ``[T]``.
    sigma
        Of any shape, in the space where x = x₀ + σ·ε.
    """
    known = np.log(np.maximum(curves(alpha_bar).sigma, 1e-10))
    asked = np.log(np.maximum(np.asarray(sigma, dtype=np.float64), 1e-10))
    found: Values = np.interp(asked, known, np.arange(len(known), dtype=np.float64))
    return found
