"""Arithmetic of classifier-free guidance and of the denoised prediction."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]


def combine(noise_uncond: Array, noise_cond: Array, scale: float, rescale: float = 0.0) -> Array:
    """Return the guided noise prediction.

    ε = ε_∅ + s·(ε_y − ε_∅) (Ho & Salimans 2022, as diffusers has it: s = 1 is the conditional
    prediction). With φ > 0 it is then pulled towards the contrast of the conditional prediction:
    φ·ε·std(ε_y)/std(ε) + (1 − φ)·ε (Lin et al. 2023, arXiv 2305.08891, section 3.4).

    Parameters
    ----------
    noise_uncond, noise_cond
        ε_∅ and ε_y of one sample, ``[C, h, w]``.
    scale
        s.
    rescale
        φ, 0 to 1.

    Returns
    -------
    ndarray
        ``[C, h, w]`` in the precision of the inputs.

    Raises
    ------
    ValueError
        Where the two shapes differ.
    """
    if noise_uncond.shape != noise_cond.shape:
        raise ValueError(f"shapes differ: {noise_uncond.shape} and {noise_cond.shape}")
    guided: Array = noise_uncond + scale * (noise_cond - noise_uncond)
    if rescale > 0.0:
        # torch's std divides by n - 1.
        contrast = np.std(noise_cond, ddof=1) / np.std(guided, ddof=1)
        guided = rescale * (guided * contrast) + (1.0 - rescale) * guided
    return guided


def guided(
    noise_uncond: Array | None, noise_cond: Array | None, scale: float, rescale: float = 0.0
) -> Array:
    """Return the prediction that the scheduler stepped with, whichever branches ran.

    Where one branch alone ran it is that branch's prediction, whatever the scale, as diffusers
    does it.

    Raises
    ------
    ValueError
        Where there is no branch at all.
    """
    if noise_uncond is not None and noise_cond is not None:
        return combine(noise_uncond, noise_cond, scale, rescale)
    alone = noise_cond if noise_cond is not None else noise_uncond
    if alone is None:
        raise ValueError("there is no noise prediction")
    return alone


def denoised(latent: Array, output: Array, a: float, b: float) -> Array:
    """Return the denoised prediction x̂₀ = a·x_t + b·output, without clipping.

    Parameters
    ----------
    latent, output
        x_t and the guided output of the denoiser, ``[C, h, w]``.
    a, b
        The two numbers that the recording holds for each call; they depend on scheduler,
        prediction type and timestep.
    """
    result: Array = a * latent + b * output
    return result
