"""Draws labelled sheets of maps with colour bars as pictures, with Pillow alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.export import colours, lettering

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

_MARGIN, _GAP, _LINE = 16, 12, 22
_BAR, _SIDE, _NARROWEST = 14, 256, 208
_LEAST, _THREAD = 48, 2
MOST_LABELLED = 64
"""Maps of a mosaic that get a panel each; more than these are stitched to one picture."""
_INK, _PAPER, _RULE = (32, 32, 36), (255, 255, 255), (190, 190, 196)


@dataclass(frozen=True)
class Panel:
    """One picture of a sheet.

    Attributes
    ----------
    image
        ``[h, w, 3]`` uint8.
    label
        What it shows.
    bar
        Colour table, lowest and highest value of its colour bar; ``None`` for none.
    unit
        What the bar's numbers are.
    """

    image: NDArray[np.uint8]
    label: str
    bar: tuple[str, float, float] | None = None
    unit: str = ""


def map_panel(
    values: NDArray[Any], label: str, table: str, levels: tuple[float, float], unit: str = ""
) -> Panel:
    """Return a panel for a map ``[h, w]`` in a table's colours."""
    return Panel(colours.apply(values, table, levels), label, (table, *levels), unit)


def stitched(maps: NDArray[Any], table: str, levels: tuple[float, float], unit: str = "") -> Panel:
    """Return one panel with all of ``[n, h, w]`` maps, row by row, white threads between them.

    Small maps are enlarged by a whole factor.
    """
    count, height, width = maps.shape
    factor = max(1, _LEAST // max(height, width))
    height, width = height * factor, width * factor
    columns = max(1, round(math.sqrt(count * height / width)))
    rows = math.ceil(count / columns)
    across, down = width + _THREAD, height + _THREAD
    image = np.full((rows * down - _THREAD, columns * across - _THREAD, 3), 255, np.uint8)
    for number, values in enumerate(maps):
        top, left = number // columns * down, number % columns * across
        part = colours.apply(values, table, levels)
        image[top : top + height, left : left + width] = np.repeat(
            np.repeat(part, factor, axis=0), factor, axis=1
        )
    return Panel(image, "", (table, *levels), unit)


def sheet(
    title: str, panels: Sequence[Panel], columns: int | None = None, *, beneath: bool = False
) -> NDArray[np.uint8]:
    """Draw panels of about the same size on one white sheet, ``[H, W, 3]`` uint8.

    Small pictures are enlarged by a whole factor, every pixel alike, so that none is resampled;
    large ones are drawn pixel by pixel.

    Parameters
    ----------
    title
        Line at the top.
    panels
        At least one.
    columns
        How many side by side; as square as possible where left out.
    beneath
        Whether labels stand under their pictures, in the middle, and not above.

    Raises
    ------
    ValueError
        Where there are no panels.
    """
    from PIL import Image, ImageDraw

    if not panels:
        raise ValueError("a sheet of nothing")
    columns = columns or math.ceil(math.sqrt(len(panels)))
    rows = math.ceil(len(panels) / columns)
    side = _SIDE if len(panels) > 1 else 2 * _SIDE
    largest = max(max(panel.image.shape[:2]) for panel in panels)
    reach = largest * max(1, side // largest)
    # Each by its own whole factor, so that a map of few cells is as large as the picture beside it.
    factors = [max(1, reach // max(panel.image.shape[:2])) for panel in panels]
    shapes = [
        (factor * panel.image.shape[0], factor * panel.image.shape[1])
        for factor, panel in zip(factors, panels, strict=True)
    ]
    height = max(tall for tall, _ in shapes)
    width = max(_NARROWEST, *(wide for _, wide in shapes))
    label = _LINE if any(panel.label for panel in panels) else 0
    above = 0 if beneath else label
    below = _BAR + _LINE + 4 if any(panel.bar for panel in panels) else 0
    below += label - above
    cell = above + height + below + _GAP
    full = columns * width + (columns - 1) * _GAP
    lines = lettering.wrapped(title, 16, full)
    head = _MARGIN + len(lines) * _LINE + 8
    picture = Image.new("RGB", (full + 2 * _MARGIN, head + rows * cell - _GAP + _MARGIN), _PAPER)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        _text(draw, (_MARGIN, _MARGIN + number * _LINE), line, 16, full)
    for number, panel in enumerate(panels):
        left = _MARGIN + number % columns * (width + _GAP)
        top = head + number // columns * cell
        _draw(picture, draw, panel, (left, top + above, width, height), factors[number])
        if beneath:
            middle = left + shapes[number][1] // 2
            place = (middle, top + height + below - label + 4)
            _text(draw, place, panel.label, 13, width, anchor="ma")
        else:
            _text(draw, (left, top), panel.label, 13, width)
    return np.array(picture, dtype=np.uint8)


def _draw(
    picture: Image.Image,
    draw: ImageDraw.ImageDraw,
    panel: Panel,
    box: tuple[int, int, int, int],
    factor: int,
) -> None:
    from PIL import Image

    left, top, width, height = box
    large = np.repeat(np.repeat(panel.image, factor, axis=0), factor, axis=1)
    picture.paste(Image.fromarray(large), (left, top))
    if panel.bar is None:
        return
    name, low, high = panel.bar
    top += height + 4
    places = np.linspace(0, 255, width).astype(np.uint8)
    bar = np.repeat(colours.table(name)[places][None], _BAR, axis=0)
    picture.paste(Image.fromarray(bar), (left, top))
    draw.rectangle((left, top, left + width - 1, top + _BAR - 1), outline=_RULE)
    top += _BAR + 2
    ends = number_text(low), number_text(high)
    room = width - 2 * math.ceil(max(lettering.length(end, 12) for end in ends)) - _GAP
    _text(draw, (left, top), ends[0], 12, width // 2)
    _text(draw, (left + width // 2, top), panel.unit, 12, room, anchor="ma")
    _text(draw, (left + width - 1, top), ends[1], 12, width // 2, anchor="ra")


def number_text(value: float) -> str:
    """Return a number as a label has it: four digits, a true minus sign."""
    return f"{value:.4g}".replace("-", "\u2212")


def _text(
    draw: ImageDraw.ImageDraw,
    place: tuple[int, int],
    text: str,
    size: int,
    width: int,
    *,
    anchor: str = "la",
) -> None:
    """Write a line; what does not fit the width ends in an ellipsis."""
    if lettering.length(text, size) > width:
        while text and lettering.length(text + "…", size) > width:
            text = text[:-1]
        text = text and text + "…"
    lettering.write(draw, place, text, size, _INK, anchor=anchor)
