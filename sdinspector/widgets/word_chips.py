"""Words as chips to choose from: one is shown, another can be set against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QToolTip, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets import look

ChipKind: TypeAlias = Literal["word", "special", "extra", "cut"]
_PAD = 8
_CROSS = 13
_LINES = 3


@dataclass(frozen=True)
class Chip:
    """One chip.

    Attributes
    ----------
    key
        What it stands for.
    text, tip
        What is written on it and in its tooltip.
    kind
        ``"word"`` of the prompt, ``"special"`` (BOS, EOS, padding), ``"extra"``: not of the prompt,
        with a cross to take it away, ``"cut"``: struck through, cannot be chosen.
    """

    key: str
    text: str
    tip: str = ""
    kind: ChipKind = "word"


class WordChips(QWidget):
    """Chips, wrapped into lines.

    A click chooses; a click with Shift sets a second word against the first. Left and Right go on,
    with Shift they move the second word; Escape lets it go; Delete takes an extra chip away.
    """

    chosen = Signal(str)
    compared = Signal(str)
    """Key of the second word; empty where it was let go."""
    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: tuple[Chip, ...] = ()
        self._boxes: list[tuple[QRectF, Chip]] = []
        self._current = ""
        self._second = ""
        self._pair: tuple[QColor, QColor] | None = None
        self._shares: Mapping[str, float] = {}
        self._progress: dict[str, float] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Words"))
        self.setToolTip(
            tr(
                "Click a word to see where it lands; Shift-click another to see the difference. "
                "Left and Right go from word to word."
            )
        )

    # -- what is shown ---------------------------------------------------------------------

    def set_chips(self, chips: Sequence[Chip]) -> None:
        """Show chips."""
        if tuple(chips) != self._chips:
            self._chips = tuple(chips)
            self.setAccessibleDescription(" ".join(chip.text for chip in self._chips))
            self._lay_out()

    def set_chosen(self, key: str, second: str = "") -> None:
        """Highlight the word that is shown and the one set against it; emits nothing."""
        if (key, second) != (self._current, self._second):
            self._current, self._second = key, second
            self.update()

    def set_pair_colours(self, first: QColor, second: QColor) -> None:
        """Take the colours that the two words of a difference have in the map."""
        if (first, second) != self._pair:
            self._pair = (first, second)
            self.update()

    def set_shares(self, shares: Mapping[str, float]) -> None:
        """Underline chips by a share, 0 … 1."""
        if shares != self._shares:
            self._shares = shares
            self.update()

    def set_progress(self, key: str, share: float | None) -> None:
        """Fill a chip as its work goes on; ``None`` where it is done."""
        if share == self._progress.get(key):
            return
        if share is None:
            self._progress.pop(key, None)
        else:
            self._progress[key] = share
        self.update()

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the chips that can be chosen, in reading order."""
        return tuple(chip.key for chip in self._chips if chip.kind != "cut")

    @property
    def current(self) -> str:
        """Key of the chip that is highlighted."""
        return self._current

    def centre_of(self, key: str) -> QPoint:
        """Return the middle of a chip in the widget's pixels.

        Raises
        ------
        KeyError
            Where there is no such chip.
        """
        for box, chip in self._boxes:
            if chip.key == key:
                return box.center().toPoint()
        raise KeyError(key)

    # -- size ------------------------------------------------------------------------------

    def line_height(self) -> int:
        """Return the height of one line of chips with the gap below it."""
        return QFontMetrics(self.font()).height() + 8 + look.GAP

    def height_for(self, width: int) -> int:
        """Return the height that the chips take when wrapped at ``width``."""
        boxes = self._measure(width)
        return round(boxes[-1][0].bottom() + 2) if boxes else self.line_height() - look.GAP

    def sizeHint(self) -> QSize:
        """Return the size at the present width."""
        return QSize(max(self.width(), 160), self.height_for(max(self.width(), 160)))

    def _measure(self, width: int) -> list[tuple[QRectF, Chip]]:
        metrics = QFontMetrics(self.font())
        height = metrics.height() + 8
        boxes: list[tuple[QRectF, Chip]] = []
        x = y = 0.0
        for chip in self._chips:
            room = metrics.horizontalAdvance(chip.text) + 2 * _PAD
            if chip.kind == "extra":
                room += _CROSS
            room = min(room, max(width - 1, 24))
            if x + room > width - 1 and x > 0:
                x, y = 0.0, y + height + look.GAP
            boxes.append((QRectF(x + 0.5, y + 0.5, room, height - 1), chip))
            x += room + look.GAP
        return boxes

    def _lay_out(self) -> None:
        self._boxes = self._measure(self.width())
        self.updateGeometry()
        self.update()

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint the chips."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for box, chip in self._boxes:
            self._paint_chip(painter, box, chip)

    def _paint_chip(self, painter: QPainter, box: QRectF, chip: Chip) -> None:
        tone = look.tones(self.palette())
        first, second = chip.key == self._current, chip.key == self._second
        ground, ink, line = tone.raised, tone.text, tone.line
        if chip.kind in ("special", "cut"):
            ground, ink = QColor(Qt.GlobalColor.transparent), tone.muted
        if first or second:
            ground, ink = tone.accent, tone.on_accent
            if self._second and self._pair is not None:
                ground = self._pair[0] if first else self._pair[1]
                ink = QColor("white")
            line = ground
        pen = QPen(line, 1)
        if chip.kind == "extra" and not (first or second):
            pen = QPen(tone.muted, 1, Qt.PenStyle.DashLine)
        if first and self.hasFocus():
            pen = QPen(tone.text, 1.5)
        painter.setPen(pen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 4, 4)
        done = self._progress.get(chip.key)
        if done is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            plain = not (first or second)
            painter.setBrush(tone.accent_soft if plain else look.mix(ground, ink, 0.3))
            inner = box.adjusted(1, 1, -1, -1)
            inner.setWidth(inner.width() * min(max(done, 0.0), 1.0))
            painter.drawRoundedRect(inner, 3, 3)
        share = self._shares.get(chip.key, 0.0)
        if share > 0 and not (first or second):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tone.accent)
            width = (box.width() - 8) * min(share, 1.0)
            painter.drawRect(QRectF(box.left() + 4, box.bottom() - 2.5, width, 1.5))
        self._paint_text(painter, box, chip, ink)

    def _paint_text(self, painter: QPainter, box: QRectF, chip: Chip, ink: QColor) -> None:
        font = QFont(self.font())
        font.setStrikeOut(chip.kind == "cut")
        painter.setFont(font)
        painter.setPen(ink)
        room = box.adjusted(_PAD, 0, -_PAD, 0)
        if chip.kind == "extra":
            room.adjust(0, 0, -_CROSS, 0)
        text = QFontMetrics(font).elidedText(
            chip.text, Qt.TextElideMode.ElideRight, int(room.width()) + 1
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        if chip.kind == "extra":
            middle = _cross(box).center()
            painter.setPen(QPen(ink, 1.3))
            for sign in (-1, 1):
                painter.drawLine(
                    QPointF(middle.x() - 3, middle.y() - 3 * sign),
                    QPointF(middle.x() + 3, middle.y() + 3 * sign),
                )

    # -- what a person does ----------------------------------------------------------------

    def chip_at(self, place: QPoint) -> Chip | None:
        """Return the chip at a place of the widget."""
        return next((chip for box, chip in self._boxes if box.contains(QPointF(place))), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose, compare or take away."""
        place = event.position()
        for box, chip in self._boxes:
            if not box.contains(place) or chip.kind == "cut":
                continue
            if chip.kind == "extra" and _cross(box).contains(place):
                self.removed.emit(chip.key)
            elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._compare(chip.key)
            else:
                self.chosen.emit(chip.key)
            return

    def _compare(self, key: str) -> None:
        self.compared.emit("" if key in (self._second, self._current) else key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from word to word, compare, take away."""
        key, keys = event.key(), self.keys
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key))
        if step is not None and keys:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            start = (self._second or self._current) if shift else self._current
            place = keys.index(start) + step if start in keys else 0
            target = keys[min(max(place, 0), len(keys) - 1)]
            if shift:
                self.compared.emit("" if target == self._current else target)
            else:
                self.chosen.emit(target)
        elif key == Qt.Key.Key_Escape and self._second:
            self.compared.emit("")
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and any(
            chip.key == self._current and chip.kind == "extra" for chip in self._chips
        ):
            self.removed.emit(self._current)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Say what a chip is in its tooltip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            chip = self.chip_at(event.pos())
            if chip is not None and chip.tip:
                QToolTip.showText(event.globalPos(), chip.tip, self)
                return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self._boxes = self._measure(self.width())


class ChipRow(QScrollArea):
    """Chips that take the lines they need, three at most, and scroll beyond."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips = WordChips()
        self.setWidget(self.chips)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.chips.setAutoFillBackground(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()

    def set_chips(self, chips: Sequence[Chip]) -> None:
        """Show chips and take the height they need."""
        self.chips.set_chips(chips)
        self._fit()

    def reveal(self, key: str) -> None:
        """Bring a chip into sight."""
        if key in self.chips.keys:
            place = self.chips.centre_of(key)
            self.ensureVisible(place.x(), place.y(), 0, self.chips.line_height())

    def _fit(self) -> None:
        line = self.chips.line_height()
        width = max(self.width(), 120)
        needed = self.chips.height_for(width)
        most = _LINES * line - look.GAP
        if needed > most:
            width -= self.verticalScrollBar().sizeHint().width()
            needed = self.chips.height_for(width)
        self.chips.resize(width, needed)
        height = min(needed, most)
        if height != self.height() or self.minimumHeight() != height:
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self._fit()


def _cross(box: QRectF) -> QRectF:
    return QRectF(box.right() - _CROSS - 5, box.top(), _CROSS + 5, box.height())
