"""The UNet drawn as a U: blocks, their layers, skip connections, and what feeds in."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from sdinspector.app.texts import tr
from sdinspector.core import ModelCard
from sdinspector.widgets import look
from sdinspector.widgets.u_layout import lay_out
from sdinspector.widgets.u_parts import Box, Metrics, ULayout, has_u

_TILES = ("resnet", "attention", "sampler", "convolution", "embedding", "vae")


class UDiagram(QWidget):
    """The U of a model. Hover names a part and lights up its connections, a click chooses it.

    Keys: arrows go to the part that lies in that direction, Home to the first, End to the last.
    """

    chosen = Signal(str)
    """Path of the module that a person went to."""
    pointed = Signal(object)
    """Path of the module under the pointer, or ``None``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card: ModelCard | None = None
        self._layout = ULayout()
        self._scale = 1.0
        self._path: str | None = None
        self._hover: Box | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("The UNet as a U"))
        self.setToolTip(
            tr("Click a block or a layer to select it everywhere; arrow keys go from part to part.")
        )

    def set_card(self, card: ModelCard | None) -> None:
        """Show a model's U."""
        if card is self._card:
            return
        self._card = card
        self._hover = None
        self._lay_out()

    def set_path(self, path: str | None) -> None:
        """Highlight the part that stands for a module; emits nothing."""
        if path != self._path:
            self._path = path
            box = self._layout.find(path)
            self.setAccessibleDescription(box.tip if box else "")
            self.update()

    @property
    def drawing(self) -> ULayout:
        """Where everything is."""
        return self._layout

    def minimumSizeHint(self) -> QSize:
        """Return the room that the drawing needs."""
        return self.sizeHint()

    def sizeHint(self) -> QSize:
        """Return the room that the drawing needs."""
        if self._card is None or not has_u(self._card):
            return QSize(320, 240)
        need = lay_out(self._card, 0, 0, self._metrics(1.0))
        return QSize(math.ceil(need.width), math.ceil(need.height))

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint lines first, boxes over them."""
        drawing = self._layout
        if not drawing.boxes:
            return
        tone = look.tones(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = drawing.find(self._path)
        lit = {box.path for box in (chosen, self._hover) if box is not None and box.path}
        self._paint_feeds(painter, tone, lit)
        self._paint_flows(painter, tone)
        painter.setFont(self._sized(0.85))
        painter.setPen(tone.muted)
        centre, right = Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignRight
        for label in drawing.labels:
            where = right | Qt.AlignmentFlag.AlignVCenter if label.right else centre
            painter.drawText(label.rect, where, label.text)
        for box in drawing.boxes:
            if box.kind not in _TILES:
                inside = chosen is not None and chosen.path.startswith(box.path + ".")
                self._paint_box(painter, tone, box, chosen is box, inside and bool(box.path))
        self._paint_skips(painter, tone, lit)  # over the blocks, so that they reach their layers
        for box in drawing.boxes:
            if box.kind in _TILES:
                self._paint_tile(painter, tone, box, chosen is box, self._hover is box)
        self._paint_legend(painter, tone)
        if self.hasFocus() and chosen is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tone.accent, 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(chosen.rect.adjusted(-3, -3, 3, 3), 5, 5)

    def _paint_box(
        self, painter: QPainter, tone: look.Tones, box: Box, chosen: bool, holds: bool
    ) -> None:
        rect = box.rect
        hover = self._hover is box
        if box.kind == "note":
            painter.setBrush(tone.raised)
            painter.setPen(QPen(tone.line, 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
            painter.setPen(tone.muted)
            painter.setFont(self._sized(0.9))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, box.title)
            return
        colour = look.kind_colour(box.kind, tone.dark) or tone.muted
        fill = tone.accent_soft if chosen else tone.raised
        edge = tone.accent if chosen or holds else colour if box.kind == "text" else tone.line
        if hover and not chosen:
            fill, edge = look.mix(tone.raised, tone.accent, 0.06), tone.accent
        painter.setBrush(fill)
        painter.setPen(QPen(edge, 2 if chosen else 1.2))
        painter.drawRoundedRect(rect, 6, 6)
        pad = 8.0
        inner = rect.adjusted(pad, 4, -pad, -4)
        title = self._sized(0.95, bold=True)
        small = self._sized(0.85)
        metrics = QFontMetricsF(title)
        painter.setFont(title)
        painter.setPen(tone.text)
        painter.drawText(
            inner,
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop,
            metrics.elidedText(box.title, Qt.TextElideMode.ElideRight, inner.width()),
        )
        painter.setFont(small)
        painter.setPen(tone.muted)
        below = inner.adjusted(0, metrics.height() - 1, 0, 0)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        room, elide = below.width(), Qt.TextElideMode.ElideRight
        lines = [
            QFontMetricsF(small).elidedText(line, elide, room) for line in box.note.split("\n")
        ]
        painter.drawText(below, left, "\n".join(lines))

    def _paint_tile(
        self, painter: QPainter, tone: look.Tones, box: Box, chosen: bool, hover: bool
    ) -> None:
        colour = look.kind_colour(box.kind, tone.dark) or tone.muted
        strength = 1.0 if chosen else 0.34 if hover else 0.17
        painter.setBrush(look.mix(tone.raised, colour, strength))
        painter.setPen(QPen(colour, 1.6 if hover or chosen else 1.0))
        painter.drawRoundedRect(box.rect, 4, 4)
        dark_text = QColor("#101418") if tone.dark else QColor("white")
        painter.setPen(dark_text if chosen else look.mix(colour, tone.text, 0.35))
        short = len(box.title) < 3
        painter.setFont(self._sized(0.88 if short else 0.82, bold=short))
        painter.drawText(box.rect, Qt.AlignmentFlag.AlignCenter, box.title)
        if box.crosses:
            text = look.kind_colour("text", tone.dark) or tone.accent
            painter.setPen(QPen(tone.raised, 1))
            painter.setBrush(text)
            painter.drawEllipse(box.rect.topRight() + QPointF(-1.5, 1.5), 3.4, 3.4)

    def _paint_skips(self, painter: QPainter, tone: look.Tones, lit: set[str]) -> None:
        plain = look.mix(tone.muted, look.kind_colour("resnet", tone.dark) or tone.muted, 0.75)
        plain.setAlphaF(0.6)
        ordered = sorted(
            self._layout.skips, key=lambda skip: bool({skip.source, skip.target} & lit)
        )
        for skip in ordered:
            on = bool({skip.source, skip.target} & lit)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tone.accent if on else plain, 2.2 if on else 1.2))
            painter.drawPath(_rounded(skip.points, 7))
            _arrow(painter, skip.points[-2], skip.points[-1], 4.5)

    def _paint_flows(self, painter: QPainter, tone: look.Tones) -> None:
        colour = look.mix(tone.muted, tone.text, 0.2)
        for points in self._layout.flows:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 1.7))
            painter.drawPath(_rounded(points, 7))
            _arrow(painter, points[-2], points[-1], 6)

    def _paint_feeds(self, painter: QPainter, tone: look.Tones, lit: set[str]) -> None:
        colour = QColor(look.kind_colour("text", tone.dark) or tone.accent)
        on = any(path.startswith("text_encoder") for path in lit)
        colour.setAlphaF(1.0 if on else 0.55)
        for points in self._layout.feeds:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 2.0 if on else 1.3))
            painter.drawPath(_rounded(points, 7))
        for points in self._layout.feeds:
            if len(points) == 2 and points[0].y() == points[1].y():
                _arrow(painter, points[0], points[1], 4.5, colour)

    def _paint_legend(self, painter: QPainter, tone: look.Tones) -> None:
        area = self._layout.legend
        small = self._sized(0.82)
        metrics = QFontMetricsF(small)
        entries = (
            ("resnet", "R", tr("resnet")),
            ("attention", "A", tr("attention")),
            ("skip", "", tr("skip connection")),
            ("text", "", tr("text embeddings")),
        )
        row = metrics.height() + 3
        wide = max(metrics.horizontalAdvance(text) for _, _, text in entries) + row + 16
        columns = 2 if area.width() >= 2 * wide + 10 else 1
        if area.width() < wide:
            return
        rows = math.ceil(len(entries) / columns)
        left = area.right() - columns * wide
        top = area.bottom() - rows * row
        painter.setFont(small)
        for number, (kind, letter, text) in enumerate(entries):
            x = left + (number // rows) * wide
            y = top + (number % rows) * row
            colour = look.kind_colour(kind, tone.dark)
            if letter and colour is not None:
                tile = QRectF(x + 2, y + 1, row - 3, row - 3)
                painter.setBrush(look.mix(tone.raised, colour, 0.17))
                painter.setPen(QPen(colour, 1))
                painter.drawRoundedRect(tile, 3, 3)
                painter.setPen(look.mix(colour, tone.text, 0.35))
                painter.drawText(tile, Qt.AlignmentFlag.AlignCenter, letter)
            else:
                line = colour or look.kind_colour("resnet", tone.dark) or tone.muted
                painter.setPen(QPen(line, 1.6))
                painter.drawLine(QPointF(x, y + row / 2), QPointF(x + row, y + row / 2))
            painter.setPen(tone.muted)
            spot = QRectF(x + row + 6, y, wide - row - 6, row)
            painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter, text)

    # -- inner workings --------------------------------------------------------------------

    def _sized(self, factor: float, bold: bool = False) -> QFont:
        return look.scaled(self.font(), factor * self._scale, bold)

    def _metrics(self, scale: float) -> Metrics:
        small = QFontMetricsF(look.scaled(self.font(), 0.85 * scale))
        body = QFontMetricsF(look.scaled(self.font(), scale))
        return Metrics(body.height(), small.height(), body.horizontalAdvance("0"))

    def _lay_out(self) -> None:
        if self._card is not None and has_u(self._card):
            width, height = self.width(), self.height()
            need = lay_out(self._card, 0, 0, self._metrics(1.0))
            room = min(width / need.width, height / need.height)
            # Larger windows get larger type, in coarse steps so that it does not wobble.
            self._scale = min(max(1.0, math.floor(room * 0.92 * 8) / 8), 2.0)
            self._layout = lay_out(self._card, width, height, self._metrics(self._scale))
        else:
            self._layout = ULayout()
        self.updateGeometry()
        self.update()

    def _go(self, box: Box | None) -> None:
        if box is not None and box.path and box.path != self._path:
            self.set_path(box.path)
            self.chosen.emit(box.path)

    # -- Qt's events -----------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up what is under the pointer."""
        box = self._layout.at(event.position())
        if box is not self._hover:
            self._hover = box
            hand = Qt.CursorShape.PointingHandCursor
            self.setCursor(hand if box else Qt.CursorShape.ArrowCursor)
            self.pointed.emit(box.path if box else None)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer."""
        super().leaveEvent(event)
        if self._hover is not None:
            self._hover = None
            self.pointed.emit(None)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(self._layout.at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from part to part."""
        directions = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        parts = [box for box in self._layout.boxes if box.path]
        key = Qt.Key(event.key())
        plain = not event.modifiers() & Qt.KeyboardModifier.AltModifier
        if not parts or not plain:
            event.ignore()
        elif key == Qt.Key.Key_Home:
            self._go(parts[0])
        elif key == Qt.Key.Key_End:
            self._go(parts[-1])
        elif key in directions:
            here = self._layout.find(self._path)
            self._go(self._layout.neighbour(here, *directions[key]) if here else parts[0])
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Name the part in the tooltip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = QPointF(event.pos())
            hits = [box for box in self._layout.boxes if box.tip and box.rect.contains(place)]
            if hits:
                QToolTip.showText(event.globalPos(), hits[-1].tip, self)
                return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_layout"):
            self._lay_out()


def _rounded(points: Sequence[QPointF], radius: float) -> QPainterPath:
    """Return a line through the points with its corners rounded."""
    path = QPainterPath(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        to, fro = before - corner, after - corner
        long_to, long_fro = math.hypot(to.x(), to.y()), math.hypot(fro.x(), fro.y())
        reach = min(radius, long_to / 2, long_fro / 2)
        if reach <= 0:
            path.lineTo(corner)
            continue
        path.lineTo(corner + to * (reach / long_to))
        path.quadTo(corner, corner + fro * (reach / long_fro))
    path.lineTo(points[-1])
    return path


def _arrow(
    painter: QPainter, start: QPointF, end: QPointF, size: float, colour: QColor | None = None
) -> None:
    """Paint the head of an arrow in the pen's colour."""
    delta = end - start
    length = math.hypot(delta.x(), delta.y())
    if length < 1e-6:
        return
    along = delta / length
    aside = QPointF(-along.y(), along.x())
    back = end - along * size
    painter.save()
    painter.setBrush(colour or painter.pen().color())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon(QPolygonF([end, back + aside * size * 0.55, back - aside * size * 0.55]))
    painter.restore()
