"""How the window looks: two palettes, one spacing scale, one ramp of font sizes, its icons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from sdinspector.core import InspectorError, paths

Theme: TypeAlias = Literal["system", "light", "dark"]
THEMES: tuple[Theme, ...] = ("system", "light", "dark")

#: All distances are multiples of this many pixels.
UNIT = 4
TIGHT, GAP, SPACE, WIDE = UNIT, 2 * UNIT, 3 * UNIT, 4 * UNIT
#: Factors on the system's font size.
SMALL, BODY, TITLE = 0.88, 1.0, 1.2
RADIUS = 4


@dataclass(frozen=True)
class Colours:
    """One theme. Text on its ground has a contrast of 4.5 : 1 at the least."""

    window: str
    base: str
    raised: str
    text: str
    muted: str
    disabled: str
    line: str
    field_line: str
    accent: str
    accent_hover: str
    on_accent: str
    soft: str
    hover: str
    good: str
    warning: str
    bad: str


LIGHT = Colours(
    window="#f3f4f5",
    base="#ffffff",
    raised="#fbfbfc",
    text="#1b1f24",
    muted="#545c66",
    disabled="#959ca5",
    line="#d5d9de",
    field_line="#8a939e",
    accent="#0b6e8a",
    accent_hover="#085a72",
    on_accent="#ffffff",
    soft="#d9ebf0",
    hover="#e6e9ec",
    good="#1a7048",
    warning="#8a5a00",
    bad="#b3261e",
)
DARK = Colours(
    window="#1d2024",
    base="#15181b",
    raised="#262a2f",
    text="#e4e7ea",
    muted="#a3abb5",
    disabled="#686f78",
    line="#353a41",
    field_line="#6a727c",
    accent="#4fb3cf",
    accent_hover="#74c7de",
    on_accent="#08191f",
    soft="#1f3b45",
    hover="#2d3238",
    good="#62c793",
    warning="#e3b25a",
    bad="#f28b82",
)


def is_dark(app: QGuiApplication | None = None) -> bool:
    """Return whether the application's present palette has a dark window."""
    palette = (app or QGuiApplication).palette()
    return palette.color(QPalette.ColorRole.Window).lightnessF() < 0.5


def colours() -> Colours:
    """Return the colours that are in force."""
    return DARK if is_dark() else LIGHT


def apply(app: QApplication, theme: str = "system") -> bool:
    """Dress the application; return whether it is dark now.

    Parameters
    ----------
    theme
        ``"light"``, ``"dark"``, or ``"system"`` to follow the desktop.
    """
    scheme = app.styleHints().colorScheme()
    dark = theme == "dark" or (theme != "light" and scheme == Qt.ColorScheme.Dark)
    chosen = DARK if dark else LIGHT
    app.setStyle("Fusion")
    app.setPalette(_palette(chosen))
    app.setStyleSheet(_sheet(chosen))
    icon.cache_clear()
    return dark


def font(factor: float = BODY, *, bold: bool = False) -> QFont:
    """Return the application's font at a step of the ramp."""
    new = QFont(QApplication.font())
    if new.pointSizeF() > 0:
        new.setPointSizeF(new.pointSizeF() * factor)
    else:
        new.setPixelSize(max(8, round(new.pixelSize() * factor)))
    if bold:
        new.setWeight(QFont.Weight.DemiBold)
    return new


@lru_cache(maxsize=256)
def icon(name: str, colour: str = "") -> QIcon:
    """Return an icon of ``resources/icons`` in the text colour; an empty one if it is missing.

    Parameters
    ----------
    name
        File name without ``.svg``. ``currentColor`` in the file takes the colour.
    colour
        ``#rrggbb``; empty for the theme's text colour, with a pale twin for disabled buttons.
    """
    from PySide6.QtSvg import QSvgRenderer

    result = QIcon()
    try:
        text = (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    except (OSError, InspectorError):
        return result
    look = colours()
    modes = ((QIcon.Mode.Normal, colour or look.text), (QIcon.Mode.Disabled, look.disabled))
    for mode, shade in modes:
        renderer = QSvgRenderer(QByteArray(text.replace("currentColor", shade).encode()))
        if not renderer.isValid():
            return QIcon()
        for size in (16, 20, 24, 32, 48):
            pixmap = QPixmap(size, size)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter, QRectF(0, 0, size, size))
            painter.end()
            result.addPixmap(pixmap, mode)
    return result


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(name: str) -> float:
    colour = QColor(name)
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _icon_path(name: str) -> str:
    try:
        return (paths.resources() / "icons" / f"{name}.svg").as_posix()
    except InspectorError:
        return ""


def _palette(look: Colours) -> QPalette:
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette()
    for which, name in (
        (role.Window, look.window),
        (role.WindowText, look.text),
        (role.Base, look.base),
        (role.AlternateBase, look.raised),
        (role.ToolTipBase, look.raised),
        (role.ToolTipText, look.text),
        (role.PlaceholderText, look.muted),
        (role.Text, look.text),
        (role.Button, look.raised),
        (role.ButtonText, look.text),
        (role.BrightText, look.bad),
        (role.Light, look.raised),
        (role.Midlight, look.hover),
        (role.Mid, look.line),
        (role.Dark, look.field_line),
        (role.Shadow, look.line),
        (role.Highlight, look.accent),
        (role.HighlightedText, look.on_accent),
        (role.Accent, look.accent),
        (role.Link, look.accent),
        (role.LinkVisited, look.accent_hover),
    ):
        palette.setColor(which, QColor(name))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(group.Disabled, which, QColor(look.disabled))
    palette.setColor(group.Disabled, role.Highlight, QColor(look.line))
    return palette


def _sheet(look: Colours) -> str:
    """Return the style sheet; what a palette can say is left to the palette."""
    values = {**look.__dict__, "radius": RADIUS, "tight": TIGHT, "gap": GAP, "space": SPACE}
    suffix = "dark" if look is DARK else "light"
    values["arrow"] = _icon_path(f"arrow-{suffix}")
    values["tick"] = _icon_path(f"tick-{suffix}")
    return re.sub(r"@([a-z_]+?)(?=px\b|\b)", lambda match: str(values[match[1]]), _SHEET)


_SHEET = """
QToolTip { color: @text; background: @raised; border: 1px solid @field_line; padding: @tightpx; }
QMainWindow::separator { background: @line; width: 1px; height: 1px; margin: 0; }
QMainWindow::separator:hover { background: @accent; }
QMenuBar { background: @window; border-bottom: 1px solid @line; padding: 1px @tightpx; }
QMenuBar::item { padding: @tightpx @gappx; border-radius: @radiuspx; background: transparent; }
QMenuBar::item:selected { background: @hover; }
QMenu { background: @raised; border: 1px solid @field_line; padding: @tightpx 0; }
QMenu::item { padding: 5px 26px 5px 26px; }
QMenu::item:selected { background: @soft; color: @text; }
QMenu::item:disabled { color: @disabled; }
QMenu::separator { height: 1px; background: @line; margin: @tightpx 0; }

QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit {
    background: @base; border: 1px solid @field_line; border-radius: @radiuspx;
    padding: 3px 6px; min-height: 18px; selection-background-color: @accent;
    selection-color: @on_accent; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus {
    border: 1px solid @accent; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
    background: @window; border-color: @line; color: @disabled; }
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"] { border-color: @bad; }
QAbstractSpinBox { padding: 1px 0; }
QAbstractSpinBox QLineEdit { border: 0; padding: 0; margin: 0; min-height: 0;
    background: transparent; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: 0; }
QAbstractSpinBox::up-arrow, QAbstractSpinBox::down-arrow { width: 0; height: 0; image: none; }
QComboBox { padding-right: 20px; }
QComboBox::drop-down { border: 0; width: 20px; subcontrol-position: center right; }
QComboBox::down-arrow { image: url(@arrow); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: @raised; border: 1px solid @field_line; outline: 0;
    selection-background-color: @soft; selection-color: @text; padding: 2px; }

QPushButton, QToolButton[framed="true"] {
    background: @raised; border: 1px solid @field_line; border-radius: @radiuspx;
    padding: @tightpx @spacepx; min-height: 18px; }
QPushButton:hover, QToolButton[framed="true"]:hover { background: @hover; }
QPushButton:pressed, QToolButton[framed="true"]:pressed { background: @line; }
QPushButton:focus, QToolButton[framed="true"]:focus { border-color: @accent; }
QPushButton:disabled { color: @disabled; border-color: @line; background: @window; }
QPushButton[primary="1"] { background: @accent; border-color: @accent; color: @on_accent;
    font-weight: 600; }
QPushButton[primary="1"]:hover { background: @accent_hover; border-color: @accent_hover; }
QPushButton[primary="1"]:focus { border-color: @text; }
QPushButton[primary="1"]:disabled { background: @window; border-color: @line; color: @disabled; }
QToolButton { border: 1px solid transparent; border-radius: @radiuspx; padding: 3px;
    background: transparent; }
QToolButton:hover { background: @hover; }
QToolButton:pressed { background: @line; }
QToolButton:checked { background: @soft; border-color: @accent; }
QToolButton:focus { border-color: @accent; }
QToolButton[framed="true"] { padding: 3px; }

QTabBar { background: @window; }
QTabBar::tab { background: transparent; color: @muted; padding: 6px 14px; border: 0;
    border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: @text; background: @hover; }
QTabBar::tab:selected { color: @text; border-bottom-color: @accent; }
QTabBar::tab:focus { color: @accent; }
QTabBar::tab:disabled { color: @disabled; }
QTabWidget::pane { border: 0; border-top: 1px solid @line; }

QDockWidget { font-weight: 600; }
QDockWidget::title { background: @window; padding: 6px @gappx; border-bottom: 1px solid @line;
    text-align: left; }
QHeaderView::section { background: @window; color: @muted; border: 0;
    border-bottom: 1px solid @line; border-right: 1px solid @line; padding: @tightpx 6px; }
QTreeView, QTableView, QListView { background: @base; border: 1px solid @line; outline: 0;
    alternate-background-color: @raised; selection-background-color: @soft;
    selection-color: @text; }
QTreeView::item, QListView::item { padding: 2px 3px; }
QTreeView::item:hover, QListView::item:hover { background: @hover; }
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected {
    background: @soft; color: @text; }

QScrollBar { background: transparent; border: 0; }
QScrollBar:vertical { width: 11px; }
QScrollBar:horizontal { height: 11px; }
QScrollBar::handle { background: @field_line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QCheckBox { spacing: 6px; }
QCheckBox::indicator, QTreeView::indicator, QListView::indicator { width: 13px; height: 13px;
    border-radius: 3px; border: 1px solid @field_line; background: @base; }
QCheckBox::indicator:hover { border-color: @accent; }
QCheckBox::indicator:focus { border-color: @accent; }
QCheckBox::indicator:checked, QTreeView::indicator:checked, QListView::indicator:checked {
    background: @accent; border-color: @accent; image: url(@tick); }
QCheckBox::indicator:disabled { border-color: @line; background: @window; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }

QSlider::groove:horizontal { height: 4px; background: @line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; border-radius: 2px; }
QSlider::handle:horizontal { background: @raised; border: 1px solid @muted; width: 13px;
    height: 13px; margin: -6px 0; border-radius: 7px; }
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { border: 2px solid @accent; }
QProgressBar { background: @line; border: 0; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }

QStatusBar { background: @window; border-top: 1px solid @line; }
QStatusBar::item { border: 0; }
QSplitter::handle { background: @line; }
QSplitter::handle:hover { background: @accent; }

QLabel[role="muted"], QLabel[role="caption"] { color: @muted; }
QLabel[role="frame"] { color: @muted; background: @base; border: 1px solid @line; }
QLabel[role="warning"] { color: @warning; }
QLabel[role="bad"] { color: @bad; }
QLabel[role="good"] { color: @good; }
#topBar { background: @window; border-bottom: 1px solid @line; }
#options { background: @raised; border: 1px solid @field_line; }
#messageBar { border-bottom: 1px solid @line; background: @raised; }
#messageBar[severity="error"] { border-left: 3px solid @bad; }
#messageBar[severity="warning"] { border-left: 3px solid @warning; }
#messageBar[severity="info"] { border-left: 3px solid @accent; }
#badge { border: 1px solid @field_line; border-radius: 9px; padding: 1px 9px; color: @muted;
    background: transparent; min-height: 15px; }
#badge:hover { background: @hover; }
#badge:focus { border-color: @accent; }
#badge[verdict="identical"] { color: @good; border-color: @good; }
#badge[verdict="differs"] { color: @bad; border-color: @bad; }
"""
