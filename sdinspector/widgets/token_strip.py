"""The tokens of a prompt as chips."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sdinspector.app.texts import tr
from sdinspector.core import Token
from sdinspector.widgets import look

_PAD = 7


class TokenStrip(QWidget):
    """Chips for tokens, wrapped into lines; the pieces of one word touch.

    Padding is gathered in one chip that says how many there are.
    """

    word_clicked = Signal(int)
    """Index of the word that a clicked chip belongs to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens: tuple[Token, ...] = ()
        self._padding = 0
        self._word: int | None = None
        self._cut = ""
        self._boxes: list[tuple[QRectF, Token | None, str]] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Tokens of the prompt"))
        self.setToolTip(
            tr("What the text encoder reads. Click a word to follow it; Left and Right go on.")
        )

    def set_tokens(self, tokens: Sequence[Token], cut: str = "") -> None:
        """Show tokens, and struck through the text that was cut off behind them."""
        shown = tuple(token for token in tokens if token.kind != "padding")
        padding = len(tokens) - len(shown)
        if (shown, padding, cut) == (self._tokens, self._padding, self._cut):
            return
        self._tokens, self._padding, self._cut = shown, padding, cut
        self.setAccessibleDescription(" ".join(_text(token) for token in self._tokens))
        self._lay_out(self.width())
        self.updateGeometry()
        self.update()

    def set_word(self, word: int | None) -> None:
        """Highlight the pieces of a word; emits nothing."""
        if word != self._word:
            self._word = word
            self.update()

    def hasHeightForWidth(self) -> bool:
        """Return that chips wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that the chips take when wrapped at ``width``."""
        return self._measure(width)[1]

    def sizeHint(self) -> QSize:
        """Return the size at the present width."""
        width = max(self.width(), 160)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Return room for one short chip, at the height that wrapping takes."""
        return QSize(80, self.heightForWidth(max(self.width(), 80)))

    def _measure(self, width: int) -> tuple[list[tuple[QRectF, Token | None, str]], int]:
        metrics = QFontMetrics(self.font())
        height = metrics.height() + 6
        boxes: list[tuple[QRectF, Token | None, str]] = []
        x, y = 0.0, 0.0
        before: Token | None = None
        entries: list[tuple[Token | None, str]] = [(item, _text(item)) for item in self._tokens]
        if self._padding:
            entries.append((None, tr("{count} × padding", count=self._padding)))
        if self._cut:
            entries.append((None, self._cut))
        for token, text in entries:
            room = min(metrics.horizontalAdvance(text) + 2 * _PAD, max(width - 1, 24))
            joined = (
                token is not None
                and before is not None
                and token.word is not None
                and token.word == before.word
            )
            x += 1 if joined else (look.GAP if boxes else 0)
            if x + room > width - 1 and x > 0:
                x, y = 0.0, y + height + look.GAP
            boxes.append((QRectF(x + 0.5, y + 0.5, room, height), token, text))
            x += room
            before = token
        return boxes, round(y + height + 2) if boxes else 0

    def _lay_out(self, width: int) -> None:
        self._boxes = self._measure(width)[0]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint the chips."""
        tone = look.tones(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = Qt.AlignmentFlag.AlignCenter
        for box, token, text in self._boxes:
            special = token is None or token.kind != "word"
            chosen = token is not None and token.word is not None and token.word == self._word
            painter.setPen(QPen(tone.accent if chosen else tone.line, 1))
            if chosen:
                painter.setBrush(tone.accent)
            else:
                painter.setBrush(QColor(Qt.GlobalColor.transparent) if special else tone.raised)
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(tone.on_accent if chosen else tone.faint if special else tone.text)
            font = self.font()
            font.setStrikeOut(token is None and text == self._cut)
            painter.setFont(font)
            shown = QFontMetrics(font).elidedText(
                text, Qt.TextElideMode.ElideRight, int(box.width()) - _PAD
            )
            painter.drawText(box, centre, shown)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tone.accent, 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def token_at(self, place: QPoint) -> Token | None:
        """Return the token whose chip is at a place of the widget."""
        hits = (token for box, token, _ in self._boxes if box.contains(place))
        return next(hits, None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Follow the word under the pointer."""
        token = self.token_at(event.position().toPoint())
        if token is not None and token.word is not None:
            self.word_clicked.emit(token.word)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the word before or after."""
        words = sorted({token.word for token in self._tokens if token.word is not None})
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not words:
            event.ignore()
            return
        if self._word in words:
            place = min(max(words.index(self._word) + step, 0), len(words) - 1)
        else:
            place = 0 if step > 0 else len(words) - 1
        self.word_clicked.emit(words[place])

    def event(self, event: QEvent) -> bool:
        """Say what a token is in its tooltip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            token = self.token_at(event.pos())
            if token is not None:
                QToolTip.showText(event.globalPos(), _describe(token), self)
                return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self._lay_out(self.width())
        self.updateGeometry()


def _text(token: Token) -> str:
    if token.kind == "bos":
        return "BOS"
    if token.kind == "eos":
        return "EOS"
    return token.piece.removesuffix("</w>")


def _describe(token: Token) -> str:
    kinds = {
        "bos": tr("beginning of the text (BOS)"),
        "eos": tr("end of the text (EOS)"),
        "word": tr("piece of a word"),
        "padding": tr("padding"),
    }
    return tr(
        "Token {index}: “{piece}”, id {id}, {kind}",
        index=token.index,
        piece=token.piece,
        id=token.id,
        kind=kinds[token.kind],
    )
