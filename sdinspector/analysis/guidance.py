"""Arithmetic of classifier-free guidance and of the denoised prediction."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

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
    _check(noise_uncond, noise_cond)
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


def denoised(latent: Array, output: Array, a: float, b: float, clip: float | None = None) -> Array:
    r"""Return the denoised prediction x̂₀ = a·x_t + b·output.

    Parameters
    ----------
    latent, output
        x_t and the guided output of the denoiser, ``[C, h, w]``.
    a, b
        The two numbers that the recording holds for each call; they depend on scheduler,
        prediction type and timestep.
    clip
        Bound of \|x̂₀\| where the scheduler clips it.

    Returns
    -------
    ndarray
        ``[C, h, w]`` in the precision of the inputs.
    """
    result: Array = a * latent + b * output
    return result if clip is None else np.clip(result, -clip, clip)


class Norms(NamedTuple):
    r"""How the two branches of a call compare; norms are root mean squares over all elements.

    Attributes
    ----------
    uncond, cond, difference
        \|ε_∅\|, \|ε_y\| and \|ε_y − ε_∅\|.
    cosine
        Of the angle between ε_∅ and ε_y, −1 to 1; not a number where one of them is 0.
    """

    uncond: float
    cond: float
    difference: float
    cosine: float


def norms_and_cosine(noise_uncond: Array, noise_cond: Array) -> Norms:
    """Return the norms of both branches and of their difference, and the cosine between them.

    Parameters
    ----------
    noise_uncond, noise_cond
        ε_∅ and ε_y of one sample, ``[C, h, w]``; reckoned in float64.

    Raises
    ------
    ValueError
        Where the two shapes differ, or there are no elements.
    """
    _check(noise_uncond, noise_cond)
    uncond, cond = (one.astype(np.float64).ravel() for one in (noise_uncond, noise_cond))
    root = float(np.sqrt(uncond.size))
    lengths = [float(np.linalg.norm(one)) for one in (uncond, cond, cond - uncond)]
    product = lengths[0] * lengths[1]
    cosine = float(np.clip(uncond @ cond / product, -1.0, 1.0)) if product else float("nan")
    return Norms(lengths[0] / root, lengths[1] / root, lengths[2] / root, cosine)


def magnitude(noise_uncond: Array, noise_cond: Array) -> Array:
    r"""Return \|ε_y − ε_∅\| at each place of the latent, ``[h, w]``: where the words act.

    The L2 norm over channels, in the precision of the inputs but float32 at the least.

    Parameters
    ----------
    noise_uncond, noise_cond
        ε_∅ and ε_y of one sample, ``[C, h, w]``.

    Raises
    ------
    ValueError
        Where the two shapes differ, or there are no elements.
    """
    _check(noise_uncond, noise_cond)
    dtype = np.result_type(noise_uncond, noise_cond, np.float32)
    difference = noise_cond.astype(dtype) - noise_uncond.astype(dtype)
    result: Array = np.sqrt(np.square(difference).sum(axis=0))
    return result


def _check(noise_uncond: Array, noise_cond: Array) -> None:
    if noise_uncond.shape != noise_cond.shape:
        raise ValueError(f"shapes differ: {noise_uncond.shape} and {noise_cond.shape}")
    if noise_uncond.size == 0:
        raise ValueError("there is no noise prediction")
