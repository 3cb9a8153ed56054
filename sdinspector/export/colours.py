"""The colour tables of every map that is shown or exported: one place, 256 colours each.

``viridis``, ``magma`` and ``inferno`` are Nathaniel Smith's, Stéfan van der Walt's and Eric
Firing's, released under CC0. ``cividis`` is Nuñez's, Anderton's and Renslow's (PLOS ONE 2018,
13(7): e0199239), as matplotlib distributes it. ``balance`` and ``gray`` are computed here.
"""

from __future__ import annotations

import base64
import zlib
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sdinspector.export._tables import TABLES

SEQUENTIAL: Final = ("viridis", "magma", "inferno", "cividis", "gray")
DIVERGING: Final = ("balance",)
NAMES: Final = SEQUENTIAL + DIVERGING
NO_NUMBER: Final = (255, 0, 255)
"""The colour of what is not a number: in none of the tables, so that it cannot be overlooked."""

# Ends and middle of the diverging table in OKLCh (Ottosson 2020): lightness, chroma, hue.
_BLUE, _RED = np.deg2rad(258.0), np.deg2rad(29.0)
_DARKEST, _LIGHTEST, _CHROMA = 0.36, 0.975, 0.155


@cache
def table(name: str) -> NDArray[np.uint8]:
    """Return a colour table: ``[256, 3]`` uint8, low values first; not to be written to.

    Parameters
    ----------
    name
        One of ``NAMES``. ``"balance"`` is for signed data: zero, in the middle, is near white.

    Raises
    ------
    KeyError
        Where there is no such table.
    """
    if name == "gray":
        colours = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    elif name == "balance":
        colours = _balance()
    else:
        data = zlib.decompress(base64.b85decode(TABLES[name]))
        # Stored as differences from one colour to the next, which are small and pack well.
        steps = np.frombuffer(data, dtype=np.uint8).reshape(256, 3)
        colours = np.cumsum(steps, axis=0, dtype=np.uint8)
    colours.flags.writeable = False
    return colours


def apply(values: NDArray[Any], name: str, levels: tuple[float, float]) -> NDArray[np.uint8]:
    """Return the colours of an array.

    Parameters
    ----------
    values
        Any shape.
    name
        Name of the table.
    levels
        The values that the first and the last colour stand for; beyond them the colour is that of
        the end.

    Returns
    -------
    ndarray
        The shape of ``values`` with three colours more; ``NO_NUMBER`` where there is no number.

    Raises
    ------
    KeyError, ValueError
        For an unknown table, or levels that are not two rising finite numbers.
    """
    low, high = levels
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"levels must rise, and {levels} do not")
    numbers = values.astype(np.float64)
    missing = np.isnan(numbers)
    scaled = (np.where(missing, low, numbers) - low) * (256.0 / (high - low))
    colours = table(name)[np.clip(scaled, 0, 255).astype(np.uint8)]
    colours[missing] = NO_NUMBER
    return colours


def _balance() -> NDArray[np.uint8]:
    """Blue to near white to red: equal steps of lightness on both sides, no colour at zero."""
    position = np.linspace(-1.0, 1.0, 256)
    distance = np.abs(position)
    lightness = _LIGHTEST - (_LIGHTEST - _DARKEST) * distance
    # Chroma grows from nothing and falls again where dark colours cannot hold it.
    chroma = _CHROMA * np.sin(np.pi * 0.72 * distance)
    hue = np.where(position < 0, _BLUE, _RED)
    oklab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
    return _srgb(oklab)


def _srgb(oklab: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Convert OKLab to sRGB bytes (Ottosson 2020, https://bottosson.github.io/posts/oklab)."""
    to_lms = [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
    to_linear = [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
    linear = np.clip((oklab @ np.transpose(to_lms)) ** 3 @ np.transpose(to_linear), 0.0, 1.0)
    gamma = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(gamma * 255), dtype=np.uint8)
