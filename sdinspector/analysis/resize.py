"""Resizes maps exactly as torch does, with two small matrices instead of torch."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CUBIC = -0.75  # torch's coefficient; Pillow's is -0.5 and differs by up to 5 % of the range


def bilinear(maps: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Resize the last two axes as ``torch.nn.functional.interpolate(mode="bilinear")`` does.

    Half-pixel centres (``align_corners=False``), edges repeated, no antialiasing.

    Parameters
    ----------
    maps
        ``[..., h, w]``; float64 stays, anything else becomes float32.
    size
        New height and width.

    Raises
    ------
    ValueError
        Where a side is less than 1, or there are fewer than two axes.
    """
    return _resized(maps, size, _linear_taps)


def bicubic(maps: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Resize the last two axes as ``torch.nn.functional.interpolate(mode="bicubic")`` does.

    Cubic convolution with a = −0.75; otherwise as :func:`bilinear`. Values can overshoot.
    """
    return _resized(maps, size, _cubic_taps)


def nearest(maps: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Resize the last two axes without mixing values, as torch's ``mode="nearest"`` does."""
    height, width = _checked(maps, size)
    rows = np.arange(height) * maps.shape[-2] // height
    columns = np.arange(width) * maps.shape[-1] // width
    return np.asarray(maps[..., rows[:, None], columns])


_Taps = Callable[[NDArray[Any]], NDArray[Any]]


def _resized(maps: NDArray[Any], size: tuple[int, int], taps: _Taps) -> NDArray[Any]:
    height, width = _checked(maps, size)
    values = maps if maps.dtype == np.float64 else maps.astype(np.float32, copy=False)
    rows = _matrix(maps.shape[-2], height, taps, values.dtype.name)
    columns = _matrix(maps.shape[-1], width, taps, values.dtype.name).T
    # The axis that shrinks most goes first: less to multiply in the second.
    if height * maps.shape[-1] <= maps.shape[-2] * width:
        return np.asarray((rows @ values) @ columns)
    return np.asarray(rows @ (values @ columns))


def _checked(maps: NDArray[Any], size: tuple[int, int]) -> tuple[int, int]:
    height, width = size
    if maps.ndim < 2 or min(height, width, *maps.shape[-2:]) < 1:
        raise ValueError(f"cannot resize {maps.shape} to {size}")
    return height, width


@lru_cache(maxsize=64)
def _matrix(old: int, new: int, taps: _Taps, precision: str) -> NDArray[Any]:
    """Return ``[new, old]``: what each new value takes from each old one."""
    # torch rounds the scale and the positions to the precision of the maps, the latter once (a
    # fused multiply-add). Rounded otherwise, positions differ enough to show at 1e-5.
    number: Any = np.dtype(precision).type
    scale = float(number(old) / number(new))
    centres = (scale * (np.arange(new) + 0.5) - 0.5).astype(precision).astype(np.float64)
    first = np.floor(centres)
    weights = taps(centres - first)
    reach = weights.shape[1]
    places = first[:, None].astype(int) + np.arange(reach) - (reach // 2 - 1)
    matrix = np.zeros((new, old), dtype=precision)
    np.add.at(matrix, (np.arange(new)[:, None], np.clip(places, 0, old - 1)), weights)
    matrix.flags.writeable = False
    return matrix


def _linear_taps(fraction: NDArray[Any]) -> NDArray[Any]:
    return np.stack([1.0 - fraction, fraction], axis=1)


def _cubic_taps(fraction: NDArray[Any]) -> NDArray[Any]:
    """Weights of the four neighbours (Keys 1981, cubic convolution)."""

    def near(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(((_CUBIC + 2) * x - (_CUBIC + 3)) * x * x + 1)

    def far(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(((_CUBIC * x - 5 * _CUBIC) * x + 8 * _CUBIC) * x - 4 * _CUBIC)

    return np.stack(
        [far(fraction + 1), near(fraction), near(1 - fraction), far(2 - fraction)], axis=1
    )
