"""Shows a latent as colours through a linear map, and fits that map to a VAE."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.core import Preview


def to_rgb_float(latent: NDArray[Any], preview: Preview) -> NDArray[np.float32]:
    """Return a latent's colours before they are cut off.

    Parameters
    ----------
    latent
        ``[C, h, w]``, in the VAE's scaled latent space.
    preview
        The linear map; rgb = z·matrix + bias, then (rgb + 1)/2.

    Returns
    -------
    ndarray
        ``[h, w, 3]`` float32; 0 to 1 where a screen can show it. Not-a-number stays so.

    Raises
    ------
    ValueError
        Where the latent has not one channel for each row of the matrix.
    """
    matrix = np.asarray(preview.matrix, dtype=np.float32)
    if latent.ndim != 3 or latent.shape[0] != len(matrix):
        raise ValueError(f"a latent of shape {latent.shape} has not {len(matrix)} channels")
    flat = latent.reshape(len(matrix), -1).astype(np.float32, copy=False)
    rgb = flat.T @ matrix + np.asarray(preview.bias, dtype=np.float32)
    result: NDArray[np.float32] = ((rgb + np.float32(1)) / np.float32(2)).reshape(
        *latent.shape[1:], 3
    )
    return result


def to_rgb(latent: NDArray[Any], preview: Preview) -> NDArray[np.uint8]:
    """Return a latent's colours as a picture ``[h, w, 3]``; not-a-number is black.

    See :func:`to_rgb_float` for the parameters.
    """
    return quantised(to_rgb_float(latent, preview))


def quantised(rgb: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return colours 0 to 1 as bytes, cut off at both ends; not-a-number is black."""
    bounded = np.clip(np.nan_to_num(rgb, nan=0.0), 0.0, 1.0)
    result: NDArray[np.uint8] = np.round(bounded * 255.0).astype(np.uint8)
    return result


def saturated(rgb: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return where a colour was cut off or is no number: ``[h, w]`` from ``[h, w, 3]``."""
    shown = np.logical_and(rgb >= 0.0, rgb <= 1.0)
    return np.asarray(np.logical_not(np.all(shown, axis=-1)))


def fit(latents: NDArray[Any], pictures: NDArray[Any]) -> Preview:
    """Fit the linear map of a VAE by least squares.

    Parameters
    ----------
    latents
        ``[n, C, h, w]``, in the scaled latent space.
    pictures
        ``[n, h, w, 3]``, −1 to 1: the decoded pictures, averaged down to the latents' size.

    Returns
    -------
    Preview
        With ``source`` ``"fitted"``. Channels that say nothing get the smallest weights that
        fit.

    Raises
    ------
    ValueError
        Where the shapes do not belong together, or a number is not finite.
    """
    if (
        latents.ndim != 4
        or pictures.ndim != 4
        or pictures.shape != (latents.shape[0], *latents.shape[2:], 3)
    ):
        raise ValueError(f"{latents.shape} and {pictures.shape} do not belong together")
    channels = latents.shape[1]
    inputs = np.moveaxis(latents, 1, -1).reshape(-1, channels).astype(np.float64)
    colours = pictures.reshape(-1, 3).astype(np.float64)
    if not (np.isfinite(inputs).all() and np.isfinite(colours).all()):
        raise ValueError("latents or pictures hold numbers that are not finite")
    inputs = np.concatenate([inputs, np.ones((len(inputs), 1))], axis=1)
    rows = np.linalg.lstsq(inputs, colours, rcond=None)[0]
    triples = [(float(red), float(green), float(blue)) for red, green, blue in rows]
    return Preview(matrix=tuple(triples[:-1]), bias=triples[-1], source="fitted")
