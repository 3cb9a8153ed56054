"""The list of schedulers: which are shown, in which colour, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QRect, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from sdinspector.app.texts import tr
from sdinspector.core.schedulers import SCHEDULERS, find_scheduler
from sdinspector.widgets import look
from sdinspector.widgets.point_painting import colour_of, paint_mark

DEFAULT = ("ddim", "euler", "dpm++2m-karras")
_SWATCH = 14
#: Where titles begin: after the box and the mark.
_INDENT = 46
_NOTE = int(Qt.ItemDataRole.UserRole) + 1
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop)


def title_of(name: str) -> str:
    """Return a scheduler's title, which is the same in every language."""
    return find_scheduler(name).title


class _NoteDelegate(QStyledItemDelegate):
    """Paints a scheduler's title as any list does, and its note below, smaller and muted."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return room for the note, wrapped."""
        size = super().sizeHint(option, index)
        note, _ = index.data(_NOTE) or ("", False)
        line = max(size.height(), QFontMetrics(option.font).height() + 2 * look.GAP)
        if not note:
            return QSize(size.width(), line)
        view = option.widget
        width = 180 if view is None else view.viewport().width()
        box = self._small(option).boundingRect(
            QRect(0, 0, width - _INDENT - 6, 10_000), _WRAP, note
        )
        return QSize(size.width(), line + box.height() + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint the first line with its box and mark, then the note."""
        note, wrong = index.data(_NOTE) or ("", False)
        whole = QRect(option.rect)
        line = QFontMetrics(option.font).height() + 2 * look.GAP
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(whole, look.tones(option.palette).accent_soft)
        first = QStyleOptionViewItem(option)
        first.rect = QRect(whole.left(), whole.top(), whole.width(), line)
        super().paint(painter, first, index)
        if note:
            tone = look.tones(option.palette)
            painter.save()
            painter.setFont(look.scaled(option.font, 0.88))
            painter.setPen(tone.bad if wrong else tone.muted)
            box = whole.adjusted(_INDENT, line - 3, -6, 0)
            painter.drawText(box, _WRAP, note)
            painter.restore()

    def _small(self, option: QStyleOptionViewItem) -> QFontMetrics:
        return QFontMetrics(look.scaled(option.font, 0.88))


class SchedulerList(QListWidget):
    """Schedulers to tick. Each ticked one keeps its colour and mark until it is taken away."""

    changed = Signal()
    """Another set of schedulers is ticked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers: dict[str, int] = {}
        self._notes: dict[str, tuple[str, bool]] = {}
        self._items: dict[str, QListWidgetItem] = {}
        for choice in SCHEDULERS:
            item = QListWidgetItem(choice.title, self)
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsUserCheckable
            )
            item.setCheckState(Qt.CheckState.Unchecked)
            item.setData(Qt.ItemDataRole.UserRole, choice.name)
            self._items[choice.name] = item
        self.setItemDelegate(_NoteDelegate(self))
        self.setIconSize(QSize(_SWATCH, _SWATCH))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Schedulers to compare"))
        self.setToolTip(tr("Tick the schedulers to compare; Space ticks the chosen line"))
        self.itemChanged.connect(self._ticked)

    # -- what is ticked --------------------------------------------------------------------

    @property
    def chosen(self) -> tuple[str, ...]:
        """Names of what is ticked, in the order of the list."""
        return tuple(name for name in self._items if name in self._numbers)

    def number(self, name: str) -> int:
        """Return the number of a ticked scheduler's colour."""
        return self._numbers[name]

    def choose(self, names: Sequence[str]) -> None:
        """Tick these alone; emits nothing. Names that are unknown are left aside."""
        with QSignalBlocker(self):
            self._numbers.clear()
            for name, item in self._items.items():
                on = name in names
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
                if on:
                    self._take_number(name)
        self._dress()

    def item_of(self, name: str) -> QListWidgetItem:
        """Return a scheduler's line."""
        return self._items[name]

    # -- what became of each ---------------------------------------------------------------

    def set_notes(self, notes: Mapping[str, tuple[str, bool]]) -> None:
        """Write a sentence below schedulers, and whether it says that something is wrong."""
        if dict(notes) != self._notes:
            self._notes = dict(notes)
            self._dress()

    def note_of(self, name: str) -> str:
        """Return the sentence below a scheduler."""
        return self._notes.get(name, ("", False))[0]

    # -- inside ----------------------------------------------------------------------------

    def _ticked(self, item: QListWidgetItem) -> None:
        name = item.data(Qt.ItemDataRole.UserRole)
        on = item.checkState() == Qt.CheckState.Checked
        if on == (name in self._numbers):
            return
        if on:
            self._take_number(name)
        else:
            del self._numbers[name]
        self._dress()
        self.changed.emit()

    def _take_number(self, name: str) -> None:
        """Give a scheduler the first colour that is free, so that the others keep theirs."""
        taken = set(self._numbers.values())
        self._numbers[name] = next(n for n in range(len(taken) + 1) if n not in taken)

    def _dress(self) -> None:
        with QSignalBlocker(self):
            for name, item in self._items.items():
                note, wrong = self._notes.get(name, ("", False))
                shown = note if name in self._numbers else ""
                item.setData(_NOTE, (shown, wrong))
                item.setToolTip(shown)
                item.setData(
                    Qt.ItemDataRole.AccessibleTextRole, f"{title_of(name)} {shown}".strip()
                )
                item.setIcon(self._swatch(self._numbers.get(name)))
        self.scheduleDelayedItemsLayout()

    def _swatch(self, number: int | None) -> QIcon:
        """Return the mark of a scheduler in the plots; nothing where it is not shown."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(QSize(_SWATCH, _SWATCH) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        if number is not None:
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour_of(number, look.tones(self.palette()).dark))
            paint_mark(painter, QRectF(0, 0, _SWATCH, _SWATCH).center(), 4.6, number)
            painter.end()
        return QIcon(picture)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the notes anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_items"):
            self._dress()
