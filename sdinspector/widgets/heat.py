"""A column of bars in the module tree: where much happens, and where it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QColor, QPainter
from PySide6.QtWidgets import (
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from sdinspector.app.texts import tr
from sdinspector.widgets import look

HEAT_ROLE = Qt.ItemDataRole.UserRole + 3
_BAR = 9


@dataclass(frozen=True)
class Warmth:
    """How warm one module is.

    Attributes
    ----------
    share
        Length of its bar: 0 … 1, or −1 … 1 from the middle.
    text
        The number in words, for the tooltip.
    below
        It is the mean of the modules below, not the module's own.
    """

    share: float
    text: str
    below: bool = False


@dataclass(frozen=True)
class Heat:
    """What the column shows: its title, the modules' warmth by tree path.

    ``signed`` bars grow from the middle to both sides.
    """

    title: str
    modules: Mapping[str, Warmth] = field(default_factory=dict)
    signed: bool = False


class HeatDelegate(QStyledItemDelegate):
    """Paints a bar in a cell; pale where it stands for the modules below."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the background as any cell has it, then the bar."""
        super().paint(painter, option, index)
        found = index.data(HEAT_ROLE)
        if found is None:
            return
        warmth, signed = found
        tone = look.tones(option.palette)
        rect = QRectF(option.rect).adjusted(4, 0, -6, 0)
        track = QRectF(rect.left(), rect.center().y() - _BAR / 2, rect.width(), _BAR)
        share = min(max(warmth.share, -1.0), 1.0)
        painter.save()
        if signed:
            middle, half = track.center().x(), track.width() / 2
            length = share * half
            bar = QRectF(middle, track.top(), length, _BAR).normalized()
            colour = QColor(look.series_colour(5 if share > 0 else 0, tone.dark))
            painter.fillRect(QRectF(middle - 0.5, track.top() - 1, 1, _BAR + 2), tone.faint)
        else:
            bar = QRectF(track.left(), track.top(), max(share * track.width(), 1.0), _BAR)
            colour = QColor(tone.accent)
        if warmth.below:
            colour.setAlpha(95)
        painter.fillRect(bar, colour)
        painter.restore()


class HeatButton(QToolButton):
    """Opens the menu that says what the bars stand for."""

    chosen = Signal(str)
    """``"mean_absolute"``, ``"change"``, or ``""`` for no bars."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tip = tr("Bars beside the modules: how strong each one's output is at this step")
        self.setAccessibleName(tr("Heat column"))
        self.setToolTip(self._tip)
        self.setIconSize(QSize(18, 18))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = self._menu = QMenu(self)
        group = QActionGroup(menu)
        for key, title in (
            ("mean_absolute", tr("Mean |x| of each output")),
            ("change", tr("Its change since the call before")),
            ("", tr("No bars")),
        ):
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(key == "mean_absolute")
            action.triggered.connect(lambda _=False, which=key: self.chosen.emit(which))
            group.addAction(action)
        # Not through setMenu: that would paint an arrow over the icon.
        self.clicked.connect(lambda: menu.popup(self.mapToGlobal(self.rect().bottomLeft())))
        self.dress()

    def set_reason(self, why: str) -> None:
        """Say why there can be no bars now; empty where there can."""
        self.setEnabled(not why)
        self.setToolTip(why or self._tip)

    def dress(self) -> None:
        """Take the icon anew, in the colours of the window it lies in."""
        parent = self.parentWidget()
        self.setIcon(look.icon("histogram", (parent or self).palette()))
