"""Letters on exported pictures: DejaVu Sans, and a font of the system for Chinese."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

    Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont

#: Ideographs and the punctuation between them.
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_RUNS = re.compile(f"[{_WIDE}]+|[^{_WIDE}]+")
_PIECES = re.compile(rf"\s*(?:[{_WIDE}]|[^\s{_WIDE}]+)")
#: What never begins a line.
_CLOSING = "，。；：、！？）”…"
#: Files of fonts with Chinese letters that come with systems; Pillow looks for them.
_FONTS = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "wqy-microhei.ttc",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "msyh.ttc",
    "simsun.ttc",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "STHeiti Light.ttc",
    "Arial Unicode.ttf",
)


def has_wide(text: str) -> bool:
    """Return whether a text has letters that DejaVu Sans lacks: Chinese ones."""
    return re.search(f"[{_WIDE}]", text) is not None


def length(text: str, size: int) -> float:
    """Return the width of a line in pixels."""
    return sum(_font_of(part, size).getlength(part) for part in _RUNS.findall(text))


def wrapped(text: str, size: int, width: int) -> list[str]:
    """Break a text into lines between its words, Chinese between any two letters."""
    lines = [""]
    for piece in _PIECES.findall(" ".join(text.split())):
        longer = lines[-1] + piece if lines[-1] else piece.strip()
        closing = piece in _CLOSING
        if not lines[-1] or closing or length(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(piece.strip())
    return lines


def write(
    draw: ImageDraw.ImageDraw,
    place: tuple[int, int],
    text: str,
    size: int,
    ink: tuple[int, int, int],
    *,
    anchor: str = "la",
) -> None:
    """Write a line; ``anchor`` is ``"la"``, ``"ma"`` or ``"ra"`` as Pillow has them."""
    if not has_wide(text):
        draw.text(place, text, fill=ink, font=font(size), anchor=anchor)
        return
    left = place[0] - {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]] * length(text, size)
    own = font(size)
    rise = own.getmetrics()[0] if hasattr(own, "getmetrics") else size
    for part in _RUNS.findall(text):
        chosen = _font_of(part, size)
        draw.text((left, place[1] + rise), part, fill=ink, font=chosen, anchor="ls")
        left += chosen.getlength(part)


def _font_of(part: str, size: int) -> Font:
    return (wide_font(size) if has_wide(part) else None) or font(size)


@cache
def font(size: int) -> Font:
    """Return DejaVu Sans, which has the letters of formulas, or else Pillow's own font."""
    from PIL import ImageFont

    found = importlib.util.find_spec("matplotlib")  # finds, does not import
    if found is not None and found.origin:
        path = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
        if path.is_file():
            return ImageFont.truetype(str(path), size)
    return ImageFont.load_default(size)


@cache
def wide_font(size: int) -> ImageFont.FreeTypeFont | None:
    """Return the system's font for Chinese, or ``None`` where none is known to be there."""
    from PIL import ImageFont

    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None


def families(texts: str) -> list[str]:
    """Return the font families that matplotlib needs for these texts, in their order."""
    chosen = wide_font(12) if has_wide(texts) else None
    if chosen is None:
        return ["DejaVu Sans"]
    from matplotlib import font_manager

    path = str(chosen.path)
    name = font_manager.FontProperties(fname=path).get_name()
    if not any(entry.fname == path for entry in font_manager.fontManager.ttflist):
        font_manager.fontManager.addfont(path)
    return ["DejaVu Sans", name]
