"""Colours that hand-painted widgets share: derived from the palette, so that they follow it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor, QFont, QIcon, QPalette

from sdinspector.app import theme

#: Distance between two parts that belong together, in pixels; all gaps are multiples of it.
GAP = theme.UNIT

_KINDS = {  # (light theme, dark theme)
    "self_attention": ("#7a4bbf", "#b79bf5"),
    "cross_attention": ("#7a4bbf", "#b79bf5"),
    "attention": ("#7a4bbf", "#b79bf5"),
    "transformer": ("#7a4bbf", "#b79bf5"),
    "resnet": ("#2467ad", "#77b2f2"),
    "sampler": ("#14786f", "#55c9ba"),
    "convolution": ("#53647a", "#9fb0c6"),
    "embedding": ("#a05c00", "#e6ad4f"),
    "text": ("#a05c00", "#e6ad4f"),
    "vae": ("#a3316b", "#ef8cbb"),
    "block": ("#53647a", "#9fb0c6"),
}
_SERIES = (
    ("#0068a8", "#5cb6f2"),
    ("#b86e00", "#f0b13c"),
    ("#00805c", "#35c79b"),
    ("#b0448a", "#ec92c8"),
    ("#5b4bb5", "#a99cf5"),
    ("#b23a32", "#f58c82"),
)


@dataclass(frozen=True)
class Tones:
    """The colours of a palette under the names that painting code thinks in.

    Attributes
    ----------
    dark
        The background is dark.
    ground
        What pictures lie on.
    raised
        Surface of boxes and chips.
    text, muted, faint
        Main text; second-rank text, still readable; hints and ticks.
    line
        Hairlines and frames.
    accent, accent_soft, on_accent
        What is selected; its soft background; text on ``accent``.
    bad, good
        Something is wrong; something was found right.
    """

    dark: bool
    ground: QColor
    raised: QColor
    text: QColor
    muted: QColor
    faint: QColor
    line: QColor
    accent: QColor
    accent_soft: QColor
    on_accent: QColor
    bad: QColor
    good: QColor


#: Colours that were looked up before, by the palette's key.
_known: dict[int, Tones] = {}


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """Return ``first`` with ``share`` (0 … 1) of ``second`` in it."""
    keep = 1.0 - share
    return QColor.fromRgbF(
        first.redF() * keep + second.redF() * share,
        first.greenF() * keep + second.greenF() * share,
        first.blueF() * keep + second.blueF() * share,
    )


def tones(palette: QPalette) -> Tones:
    """Return the theme's colours that go with a palette."""
    return _known.get(palette.cacheKey()) or _remember(palette)


def _remember(palette: QPalette) -> Tones:
    """Look at a palette's background; painting asks for the same ones hundreds of times."""
    found = _tones(palette.color(QPalette.ColorRole.Window).lightnessF() < 0.5)
    if len(_known) > 256:
        _known.clear()
    _known[palette.cacheKey()] = found
    return found


@lru_cache(maxsize=2)
def _tones(dark: bool) -> Tones:
    colours = theme.DARK if dark else theme.LIGHT
    window, muted = QColor(colours.window), QColor(colours.muted)
    return Tones(
        dark=dark,
        ground=mix(window, QColor("black"), 0.30 if dark else 0.05),
        raised=QColor(colours.base if not dark else colours.raised),
        text=QColor(colours.text),
        muted=muted,
        faint=mix(muted, window, 0.30),
        line=QColor(colours.line),
        accent=QColor(colours.accent),
        accent_soft=QColor(colours.soft),
        on_accent=QColor(colours.on_accent),
        bad=QColor(colours.bad),
        good=QColor(colours.good),
    )


def icon(name: str, palette: QPalette) -> QIcon:
    """Return an icon in the text colour of a palette."""
    return theme.icon(name, tones(palette).text.name())


def kind_colour(kind: str, dark: bool) -> QColor | None:
    """Return the colour that stands for a kind of module, or ``None`` where it has none."""
    pair = _KINDS.get(kind)
    return QColor(pair[dark]) if pair else None


def series_colour(index: int, dark: bool) -> QColor:
    """Return the colour of curve or channel number ``index``; they repeat after six."""
    return QColor(_SERIES[index % len(_SERIES)][dark])


def scaled(font: QFont, factor: float, bold: bool = False) -> QFont:
    """Return a font of ``factor`` times the size; figures keep equal widths where it has them."""
    new = QFont(font)
    if font.pointSizeF() > 0:
        new.setPointSizeF(font.pointSizeF() * factor)
    else:
        new.setPixelSize(max(6, round(font.pixelSize() * factor)))
    if bold:
        new.setWeight(QFont.Weight.DemiBold)
    return new


def number(value: float) -> str:
    """Return a value as read-outs show it: four significant digits, a true minus, NaN as such."""
    if value != value:  # noqa: PLR0124  (NaN alone differs from itself)
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    if size != 0 and (size >= 1e5 or size < 1e-3):
        text = f"{value:.2e}"
    else:
        text = f"{value:.4g}" if size >= 10 else f"{value:.3f}"
    return text.replace("-", "−")


def short_number(value: float) -> str:
    """Return a value in three significant digits, for narrow columns."""
    text = number(value)
    return f"{value:.3g}".replace("-", "−") if len(text) > 5 and "e" not in text else text
