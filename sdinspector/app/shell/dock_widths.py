"""How wide the docks at the sides are: wider in a wider window, as long as nobody moved them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

#: Narrowest and widest of each side, in a window of 1280 and of 2560 pixels.
_SPANS = {"left": (290, 640), "right": (200, 330)}
_NARROW, _WIDE = 1280, 2560
_SLACK = 3


def default_width(place: str, window: int) -> int:
    """Return how wide the docks of a side are in a window of that width."""
    low, high = _SPANS[place]
    share = (window - _NARROW) / (_WIDE - _NARROW)
    return round(low + (high - low) * min(max(share, 0.0), 1.0))


def untouched(docks: Mapping[str, QDockWidget], window: int) -> dict[str, QDockWidget]:
    """Return the docks that have the width that goes with the window's: nobody moved them."""
    return {
        place: dock
        for place, dock in docks.items()
        if abs(dock.width() - default_width(place, window)) <= _SLACK
    }


def fit_docks(window: QMainWindow, docks: Mapping[str, QDockWidget]) -> None:
    """Give docks, the first of ``"left"`` or of ``"right"``, the width that goes with a window."""
    seen = {place: dock for place, dock in docks.items() if not dock.isFloating()}
    widths = [default_width(place, window.width()) for place in seen]
    if seen:
        window.resizeDocks([*seen.values()], widths, Qt.Orientation.Horizontal)
