"""The colours of the shapes world: object colours and backgrounds, well apart in RGB."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

COLOURS: MappingProxyType[str, tuple[int, int, int]] = MappingProxyType(
    {
        "red": (214, 30, 36),
        "green": (34, 150, 50),
        "blue": (30, 80, 220),
        "yellow": (245, 220, 40),
        "purple": (135, 40, 180),
        "orange": (250, 130, 20),
        "cyan": (40, 210, 220),
        "pink": (250, 140, 200),
    }
)
"""Object colours, sRGB, 0..255."""

BACKGROUNDS: MappingProxyType[str, tuple[int, int, int]] = MappingProxyType(
    {"white": (250, 250, 250), "black": (10, 10, 10), "grey": (128, 128, 128)}
)
"""Background colours, sRGB, 0..255. No object has one of them."""

DEFAULT_BACKGROUND = "white"
"""What a caption that names no background stands for."""


def palette() -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """All names and their colours, objects first.

    Returns
    -------
    names
        Colour names, then background names.
    values
        float32 [names, 3], sRGB 0..255.
    """
    names = (*COLOURS, *BACKGROUNDS)
    values = [*COLOURS.values(), *BACKGROUNDS.values()]
    return names, np.array(values, dtype=np.float32)
