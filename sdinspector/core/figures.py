"""A picture that can be exported, as plain data: arrays and how to draw them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

FigureKind: TypeAlias = Literal["rgb", "map", "mosaic", "lines", "table"]


@dataclass(frozen=True)
class FigureSpec:
    """What an export needs to write one figure, as a picture or as numbers.

    Attributes
    ----------
    name
        Short file-name stem: ``"latents-x_t-step-07"``.
    title
        One line for people: what it shows, of which step and layer.
    kind
        ``"rgb"``: one ``[h, w, 3]`` uint8 array called ``image``; ``"map"``: one ``[h, w]`` array
        called ``map``; ``"mosaic"``: one ``[n, h, w]`` array called ``maps``; ``"lines"``: arrays
        ``x`` and one array a curve; ``"table"``: equally long columns.
    arrays
        The numbers, before any resizing or colour map.
    colour_map, levels, unit
        How a map is shown: name of the colour map, lowest and highest value, unit of the bar.
    about
        Settings that made it, for the file's metadata; must be of JSON's types.
    """

    name: str
    title: str
    kind: FigureKind
    arrays: dict[str, NDArray[np.generic]]
    colour_map: str = "viridis"
    levels: tuple[float, float] | None = None
    unit: str = ""
    about: dict[str, Any] = field(default_factory=dict)
