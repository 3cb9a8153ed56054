"""Brings activations of many channels to the eye: three colours, an order, a grid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdinspector.core import InspectorError

Measure: TypeAlias = Literal["index", "variance", "mean_abs", "branch_difference"]
MEASURES: tuple[Measure, ...] = ("index", "variance", "mean_abs", "branch_difference")


@dataclass(frozen=True)
class Pca:
    """The three principal components of an activation's channels, kept to colour others alike.

    Attributes
    ----------
    mean
        Mean of each channel over pixels, ``[C]``.
    components
        ``[3, C]``, of length 1, the strongest first; zeros where the activation has fewer.
    explained
        Fraction of the variance that each explains, ``[3]``.
    low, high
        Smallest and largest score of each in the activation they were found in, ``[3]``: black
        and full colour.
    nonfinite
        How many pixels were left out, for a value that is not finite.
    """

    mean: NDArray[np.float32]
    components: NDArray[np.float32]
    explained: NDArray[np.float32]
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    nonfinite: int

    def colour(self, activation: NDArray[Any]) -> NDArray[np.uint8]:
        """Colour an activation ``[C, h, w]`` with these components, ``[h, w, 3]``.

        Each component has the full range of its colour, however little it explains. Pixels with a
        value that is not finite are black.

        Raises
        ------
        ValueError
            Where the channels are others.
        """
        channels, height, width = activation.shape
        if channels != len(self.mean):
            raise ValueError(f"{channels} channels, and components of {len(self.mean)}")
        pixels = activation.reshape(channels, -1).T.astype(np.float32)
        good: NDArray[np.bool_] = np.all(np.isfinite(pixels), axis=1)
        scores = _project(np.where(good[:, None], pixels, self.mean), self)
        span = self.high - self.low
        flat = np.full_like(scores, 0.5)  # a component of nothing says nothing: medium
        shown = np.divide(scores - self.low, span, out=flat, where=span > 0.0)
        rgb = np.clip(np.rint(shown * 255.0), 0.0, 255.0).astype(np.uint8)
        rgb[~good] = 0
        return np.asarray(rgb.reshape(height, width, 3))

    def share(self, activation: NDArray[Any]) -> NDArray[np.float32]:
        """Return which fraction of an activation's variance each component explains, ``[3]``.

        Of the activation that they were found in, it is :attr:`explained`; of another ``[C, h,
        w]`` it says how well the components fit there. Zeros where nothing varies.
        """
        pixels = activation.reshape(activation.shape[0], -1).T.astype(np.float64)
        pixels = pixels[np.all(np.isfinite(pixels), axis=1)]
        if not len(pixels):
            return np.zeros(3, dtype=np.float32)
        centred = pixels - pixels.mean(axis=0)
        total = float(np.square(centred).sum())
        if total == 0.0:
            return np.zeros(3, dtype=np.float32)
        scores = np.square(centred @ self.components.T.astype(np.float64)).sum(axis=0)
        return np.asarray(scores / total, dtype=np.float32)


def pca(activation: NDArray[Any]) -> Pca:
    """Find the three directions in which an activation's pixels differ most.

    Principal component analysis over pixels (Pearson 1901): each pixel is a vector of C channels.
    The sign of a component is fixed so that its largest entry is positive.

    Parameters
    ----------
    activation
        ``[C, h, w]``.

    Raises
    ------
    ValueError
        Where the array has not three axes, or is empty.
    """
    if activation.ndim != 3 or activation.size == 0:
        raise ValueError(f"an activation has the shape [C, h, w]: {activation.shape}")
    channels = activation.shape[0]
    pixels = activation.reshape(channels, -1).T.astype(np.float32)
    good: NDArray[np.bool_] = np.all(np.isfinite(pixels), axis=1)
    left_out = int(good.size - good.sum())
    pixels = pixels[good]
    mean = (
        pixels.mean(axis=0, dtype=np.float64).astype(np.float32)
        if len(pixels)
        else np.zeros(channels, np.float32)
    )
    centred = pixels - mean
    # Squares of large activations overflow float32; the scale goes out before.
    scale = float(np.abs(centred).max(initial=0.0)) or 1.0
    centred /= np.float32(scale)
    components = np.zeros((3, channels), dtype=np.float32)
    explained = np.zeros(3, dtype=np.float32)
    found, variances, total = _principal(centred)
    count = len(variances)
    if count:
        components[:count] = found
        explained[:count] = variances / total
    unscaled = Pca(mean, components, explained, explained, explained, left_out)
    scores = _project(pixels, unscaled) if len(pixels) else np.zeros((1, 3), np.float32)
    return Pca(mean, components, explained, scores.min(axis=0), scores.max(axis=0), left_out)


def _project(pixels: NDArray[np.float32], found: Pca) -> NDArray[np.float32]:
    return np.asarray((pixels - found.mean) @ found.components.T)


def _principal(
    centred: NDArray[np.float32],
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return up to three components, their variances (times the count), and the sum of all."""
    total = float(np.square(centred, dtype=np.float64).sum())
    if total == 0.0:
        return np.zeros((0, centred.shape[1])), np.zeros(0), 1.0
    # The smaller of the two square matrices has the same eigenvalues: quick for 1280 channels.
    wide = centred.shape[1] > centred.shape[0]
    square = (centred @ centred.T if wide else centred.T @ centred).astype(np.float64)
    values, vectors = np.linalg.eigh(square)
    values, vectors = values[::-1][:3], vectors[:, ::-1][:, :3]
    kept = values > total * 1e-9
    values, vectors = values[kept], vectors[:, kept]
    found = (centred.T.astype(np.float64) @ vectors if wide else vectors).T
    found = found / np.linalg.norm(found, axis=1, keepdims=True)
    largest = np.take_along_axis(found, np.abs(found).argmax(axis=1)[:, None], axis=1)
    return found * np.sign(largest), values, total


def pca_rgb(activation: NDArray[Any]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Colour an activation ``[C, h, w]`` by its own three principal components.

    Returns
    -------
    rgb, explained
        ``[h, w, 3]`` uint8, and the fraction of the variance that red, green and blue explain.
        See :func:`pca`, which also keeps the components for other steps.
    """
    found = pca(activation)
    return found.colour(activation), found.explained


def _by_channel(activation: NDArray[Any]) -> NDArray[Any]:
    """Return ``[branch, C, n]`` of ``[branch, C, h, w]``, ``[branch, n, C]`` or ``[branch, C]``."""
    if activation.ndim == 4:
        return activation.reshape(*activation.shape[:2], -1)
    if activation.ndim == 3:
        return activation.transpose(0, 2, 1)
    if activation.ndim == 2:
        return activation[:, :, None]
    raise ValueError(
        f"an activation has the shape [branch, C, …] or [branch, n, C]: {activation.shape}"
    )


def channel_measure(
    activation: NDArray[Any], by: Measure, *, branch: int = -1
) -> NDArray[np.float32]:
    r"""Return what channels are sorted by, a number a channel, ``[C]``.

    Parameters
    ----------
    activation
        ``[branch, C, h, w]``, ``[branch, n, C]`` or ``[branch, C]``.
    by
        ``"index"``; ``"variance"`` over pixels or positions; ``"mean_abs"``, the mean of \|x\|;
        ``"branch_difference"``, the mean of \|cond − uncond\|.
    branch
        Which of the branches is measured, but for the difference; the last is the conditional
        one.

    Returns
    -------
    ndarray
        ``[C]`` float32; of a channel with a value that is not finite, not-a-number.

    Raises
    ------
    InspectorError
        ``activation.one-branch`` where a difference is asked for of one branch alone.
    """
    values = _by_channel(activation)
    if by == "index":
        return np.arange(values.shape[1], dtype=np.float32)
    if by == "branch_difference":
        if len(values) < 2:
            raise InspectorError(
                "activation.one-branch",
                "Only one branch ran in this recording, so there is no difference between the "
                "branches. Run with a guidance scale above 1, or with both branches.",
            )
        measured = np.abs(_wide(values[-1]) - _wide(values[0])).mean(axis=1)
    elif by == "mean_abs":
        measured = np.abs(_wide(values[branch])).mean(axis=1)
    elif by == "variance":
        with np.errstate(invalid="ignore"):  # infinite less infinite is not a number: said so
            measured = _wide(values[branch]).var(axis=1)
    else:
        raise ValueError(f"channels are not sorted by {by!r}")
    with np.errstate(over="ignore"):
        result = measured.astype(np.float32)
    return np.where(np.isfinite(result), result, np.float32(np.nan))


def _wide(values: NDArray[Any]) -> NDArray[np.float64]:
    return values.astype(np.float64)


def channel_order(activation: NDArray[Any], by: Measure, *, branch: int = -1) -> NDArray[np.intp]:
    """Return the channels in the order of a measure, ``[C]``: the largest first.

    By index the first comes first; equal channels keep their order, not-a-number comes last. See
    :func:`channel_measure`.
    """
    measured = channel_measure(activation, by, branch=branch)
    if by == "index":
        return np.arange(len(measured))
    return np.argsort(-np.nan_to_num(measured, nan=-np.inf), kind="stable")


def grid_of_sequence(count: int, aspect: float | tuple[int, int]) -> tuple[int, int] | None:
    """Return the picture grid that a sequence of ``count`` positions is, or ``None`` for none.

    Parameters
    ----------
    count
        Positions n of an activation ``[branch, n, C]``.
    aspect
        Height and width of the latent, whose halves, quarters … are tried (odd sides are rounded
        up, as the strided convolutions do); or, less surely, height over width alone.

    Returns
    -------
    tuple of int or None
        Height and width. The 77 positions of a text are no grid of a square picture.
    """
    if count < 1:
        return None
    if isinstance(aspect, tuple):
        height, width = aspect
        while True:
            if height * width == count:
                return height, width
            if (height <= 1 and width <= 1) or height * width < count:
                return None
            height, width = math.ceil(height / 2), math.ceil(width / 2)
    if not (math.isfinite(aspect) and aspect > 0.0):
        return None
    pairs = [(count // side, side) for side in range(1, count + 1) if count % side == 0]
    best = min(pairs, key=lambda pair: abs(math.log(pair[0] / pair[1] / aspect)))
    # Half a cell of rounding on the shorter side is what downsampling can make of an aspect.
    slack = math.log1p(0.5 / min(best))
    return best if abs(math.log(best[0] / best[1] / aspect)) <= slack else None
