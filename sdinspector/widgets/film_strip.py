"""A strip of small pictures, one for each step, to travel along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.texts import tr
from sdinspector.widgets import look

SPEEDS = (2, 5, 10, 20, 30, 60)
_EDGE = 3


@dataclass(frozen=True)
class Frame:
    """One place of the strip: its number as people count, and what is written below it."""

    title: str
    note: str = ""


class _Strip(QAbstractScrollArea):
    """The painted strip; it knows frames, pictures and the current one."""

    chosen = Signal(int)
    play_pressed = Signal()
    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frames: tuple[Frame, ...] = ()
        self.expected = 0
        self.current = -1
        self.pictures: dict[int, QImage] = {}
        self.ratio = 1.0
        self._hover = -1
        self._wheel = 0
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.horizontalScrollBar().valueChanged.connect(lambda _: self.wanted.emit())
        self.setAccessibleName(tr("Film strip"))
        self.setToolTip(
            tr(
                "The denoised prediction x̂₀ of each step. Click or drag to travel, the wheel goes "
                "step by step. Keys: Left, Right, Home, End; Space plays."
            )
        )

    # -- geometry --------------------------------------------------------------------------

    def count(self) -> int:
        """Return the number of places, those still to come included."""
        return max(len(self.frames), self.expected)

    def lay_out(self) -> None:
        """Fit the scroll bar to the number of places."""
        span = round(self.count() * self.pitch()) + 2 * _EDGE
        bar = self.horizontalScrollBar()
        bar.setRange(0, max(0, span - self.viewport().width()))
        bar.setPageStep(self.viewport().width())
        bar.setSingleStep(max(1, round(self.pitch())))
        self.viewport().update()

    def label_height(self) -> int:
        """Return the room for the text below the pictures."""
        return QFontMetrics(look.scaled(self.font(), 0.85)).height() + 4

    def thumb(self) -> tuple[float, float]:
        """Return width and height of a picture."""
        height = max(24.0, self.viewport().height() - self.label_height() - 2 * _EDGE)
        width = min(height / self.ratio, 2.5 * height)
        return width, height

    def pitch(self) -> float:
        """Return the distance between two places."""
        return self.thumb()[0] + look.GAP

    def place(self, index: int) -> QRectF:
        """Return the rectangle of a picture in the viewport."""
        width, height = self.thumb()
        x = _EDGE + index * self.pitch() - self.horizontalScrollBar().value()
        return QRectF(x, _EDGE, width, height)

    def index_at(self, x: float) -> int:
        """Return the place under a viewport position, the nearest that exists."""
        where = (x - _EDGE + self.horizontalScrollBar().value()) / self.pitch()
        return min(max(int(where), 0), len(self.frames) - 1)

    def seen(self) -> range:
        """Return the places that are in sight."""
        start = self.horizontalScrollBar().value() / self.pitch()
        stop = start + self.viewport().width() / self.pitch()
        return range(max(0, int(start)), min(self.count(), int(stop) + 1))

    def reveal(self, index: int) -> None:
        """Scroll so that a place and a neighbour on each side are in sight."""
        bar = self.horizontalScrollBar()
        left = _EDGE + index * self.pitch()
        margin = min(self.pitch(), self.viewport().width() / 4)
        if left - margin < bar.value():
            bar.setValue(int(left - margin))
        elif left + self.pitch() + margin > bar.value() + self.viewport().width():
            bar.setValue(int(left + self.pitch() + margin - self.viewport().width()) + 1)

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the places that are in sight."""
        tone = look.tones(self.palette())
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), tone.ground)
        small = look.scaled(self.font(), 0.85)
        painter.setFont(small)
        metrics = QFontMetrics(small)
        for index in self.seen():
            rect = self.place(index)
            current = index == self.current
            picture = self.pictures.get(index)
            if picture is not None:
                enlarged = picture.width() < rect.width() * self.devicePixelRatioF()
                painter.setRenderHint(
                    QPainter.RenderHint.SmoothPixmapTransform, not enlarged
                )
                painter.drawImage(rect, picture)
            else:
                come = index < len(self.frames)
                style = Qt.PenStyle.SolidLine if come else Qt.PenStyle.DotLine
                painter.setPen(QPen(tone.line if come else tone.faint, 1, style))
                painter.setBrush(tone.raised if come else Qt.BrushStyle.NoBrush)
                painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
            if current:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(tone.accent, 3, j=Qt.PenJoinStyle.MiterJoin))
                painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
            elif index == self._hover and index < len(self.frames):
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(tone.muted, 1))
                painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
            if index < len(self.frames):
                self._paint_label(painter, metrics, rect, index, tone)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tone.accent, 1, Qt.PenStyle.DotLine))
            painter.drawRect(QRect(0, 0, self.viewport().width() - 1,
                                   self.viewport().height() - 1))

    def _paint_label(
        self, painter: QPainter, metrics: QFontMetrics, rect: QRectF, index: int, tone: look.Tones
    ) -> None:
        frame = self.frames[index]
        full = f"{frame.title}  {frame.note}" if frame.note else frame.title
        text = full if metrics.horizontalAdvance(full) <= rect.width() else frame.title
        box = QRectF(rect.left(), rect.bottom() + 2, rect.width(), self.label_height())
        if metrics.horizontalAdvance(text) > rect.width() + look.GAP and index % 2:
            return  # too narrow even for the number: every second one
        painter.setPen(tone.accent if index == self.current else tone.muted)
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, centre, text)

    # -- Qt's events -----------------------------------------------------------------------

    def choose(self, index: int) -> None:
        """Go to a place that exists and say so."""
        if self.frames:
            index = min(max(index, 0), len(self.frames) - 1)
            if index != self.current:
                self.chosen.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the place under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton and self.frames:
            self.choose(self.index_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Travel while dragging."""
        if not self.frames:
            return
        index = self.index_at(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.choose(index)
        if index != self._hover:
            self._hover = index
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer."""
        super().leaveEvent(event)
        self._hover = -1
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go step by step; sideways scrolls."""
        delta = event.angleDelta()
        if abs(delta.x()) > abs(delta.y()):
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - delta.x())
        else:
            self._wheel += delta.y()
            steps = int(self._wheel / 120)
            self._wheel -= steps * 120
            if steps:
                self.choose(self.current - steps)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the strip, play or pause."""
        page = max(1, len(self.seen()) - 1)
        last = len(self.frames) - 1
        targets = {
            Qt.Key.Key_Left: self.current - 1,
            Qt.Key.Key_Right: self.current + 1,
            Qt.Key.Key_PageUp: self.current - page,
            Qt.Key.Key_PageDown: self.current + page,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space:
            self.play_pressed.emit()
        elif key in targets and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.choose(targets[key])
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the current place in sight."""
        super().resizeEvent(event)
        self.lay_out()
        if self.current >= 0:
            self.reveal(self.current)
        self.wanted.emit()

    def minimumSizeHint(self) -> QSize:
        """Return the least height at which pictures can be told apart."""
        return QSize(160, 60)


class FilmStrip(QWidget):
    """The strip with its transport: step back, play or pause, step on, speed."""

    chosen = Signal(int)
    """Index of the frame that a person, or playing, goes to."""
    played = Signal(bool)
    """Playing has begun or ended."""
    wanted = Signal()
    """Other places came into sight: see :meth:`missing`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._build()
        self._connect()
        self._dress()
        self.set_frames(())

    # -- what is shown ---------------------------------------------------------------------

    def set_frames(
        self, frames: Sequence[Frame], expected: int = 0, ratio: float = 1.0
    ) -> None:
        """Show places; pictures that are there stay.

        Parameters
        ----------
        frames
            One for each step that is finished.
        expected
            How many there will be at the end of the run; those to come are dotted.
        ratio
            Height of a picture by its width.
        """
        strip = self._strip
        strip.frames, strip.expected, strip.ratio = tuple(frames), expected, ratio
        strip.pictures = {key: item for key, item in strip.pictures.items() if key < len(frames)}
        if strip.current >= len(frames):
            strip.current = len(frames) - 1
        strip.lay_out()
        self._say()

    def clear_pictures(self) -> None:
        """Drop all pictures (another recording is shown)."""
        self._strip.pictures.clear()
        self._strip.viewport().update()

    def set_pictures(self, pictures: Mapping[int, NDArray[np.uint8]]) -> None:
        """Show pictures (``[h, w, 3]`` uint8) at their places."""
        for index, rgb in pictures.items():
            data = np.ascontiguousarray(rgb, dtype=np.uint8)
            height, width = data.shape[:2]
            image = QImage(data.data, width, height, width * 3, QImage.Format.Format_RGB888)
            self._strip.pictures[index] = image.copy()
        self._strip.viewport().update()

    def missing(self) -> list[int]:
        """Return the places without a picture, those in sight first."""
        have, count = self._strip.pictures, len(self._strip.frames)
        seen = [index for index in self._strip.seen() if index < count and index not in have]
        rest = [index for index in range(count) if index not in have and index not in set(seen)]
        return seen + rest

    def set_current(self, index: int) -> None:
        """Highlight a place and bring it into sight; emits nothing."""
        if index != self._strip.current:
            self._strip.current = index
            if index >= 0:
                self._strip.reveal(index)
            self._strip.viewport().update()
            self._say()

    @property
    def current(self) -> int:
        """The place that is highlighted, −1 for none."""
        return self._strip.current

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._timer.isActive()

    def play(self, on: bool = True) -> None:
        """Begin to play, from the start where it stands at the end, or pause."""
        if on == self.playing or (on and len(self._strip.frames) < 2):
            return
        if on:
            if self._strip.current >= len(self._strip.frames) - 1:
                self._strip.choose(0)
            self._timer.start(round(1000 / SPEEDS[self._speed.currentIndex()]))
        else:
            self._timer.stop()
        self._dress()
        self.played.emit(on)

    # -- making it -------------------------------------------------------------------------

    def _build(self) -> None:
        self._strip = _Strip(self)
        self._back = self._button(tr("Step back"), tr("One step back (Left)"))
        self._play = self._button(tr("Play"), tr("Play the steps, or pause (Space)"))
        self._on = self._button(tr("Step on"), tr("One step on (Right)"))
        self._speed = QComboBox(self)
        for speed in SPEEDS:
            self._speed.addItem(tr("{speed} / s", speed=speed))
        self._speed.setCurrentIndex(SPEEDS.index(10))
        self._speed.setAccessibleName(tr("Playing speed"))
        self._speed.setToolTip(tr("Steps a second while playing"))
        self._caption = QLabel(self)
        self._caption.setAccessibleName(tr("Step and timestep"))
        self._note = QLabel(self)
        self._note.setProperty("role", "muted")
        self._note.setAccessibleName(tr("Timestep"))
        buttons = QHBoxLayout()
        buttons.setSpacing(look.GAP // 2)
        for button in (self._back, self._play, self._on):
            buttons.addWidget(button)
        buttons.addStretch(1)
        side = QVBoxLayout()
        side.setSpacing(look.GAP)
        side.addLayout(buttons)
        side.addWidget(self._caption)
        side.addWidget(self._note)
        side.addStretch(1)
        side.addWidget(self._speed)
        box = QWidget(self)
        box.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        box.setFixedWidth(QFontMetrics(self.font()).horizontalAdvance("0") * 16)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * look.GAP, look.GAP, 2 * look.GAP, look.GAP)
        row.setSpacing(2 * look.GAP)
        row.addWidget(box)
        row.addWidget(self._strip, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setAccessibleName(name)
        button.setToolTip(tip)
        button.setIconSize(QSize(18, 18))
        return button

    def _connect(self) -> None:
        self._strip.chosen.connect(self._chosen)
        self._strip.wanted.connect(self.wanted)
        self._strip.play_pressed.connect(lambda: self.play(not self.playing))
        self._play.clicked.connect(lambda: self.play(not self.playing))
        self._back.clicked.connect(lambda: self._strip.choose(self._strip.current - 1))
        self._on.clicked.connect(lambda: self._strip.choose(self._strip.current + 1))
        self._timer.timeout.connect(self._tick)
        self._speed.currentIndexChanged.connect(self._set_speed)

    def _dress(self) -> None:
        palette = self.palette()
        self._back.setIcon(look.icon("previous", palette))
        self._on.setIcon(look.icon("next", palette))
        self._play.setIcon(look.icon("pause" if self.playing else "play", palette))
        self._play.setAccessibleName(tr("Pause") if self.playing else tr("Play"))

    def _say(self) -> None:
        strip = self._strip
        many = bool(strip.frames)
        for widget in (self._back, self._play, self._on, self._speed):
            widget.setEnabled(many)
        if 0 <= strip.current < len(strip.frames):
            frame = strip.frames[strip.current]
            self._caption.setText(
                tr("Step {step} of {steps}", step=frame.title, steps=strip.count())
            )
            self._note.setText(frame.note)
        else:
            self._caption.setText(tr("No step"))
            self._note.setText("")
        strip.setAccessibleDescription(f"{self._caption.text()}, {self._note.text()}")

    def _set_speed(self, index: int) -> None:
        self._timer.setInterval(round(1000 / SPEEDS[index]))

    def _tick(self) -> None:
        strip = self._strip
        if strip.current < len(strip.frames) - 1:
            strip.choose(strip.current + 1)
        elif strip.expected <= len(strip.frames):
            self.play(False)

    def _chosen(self, index: int) -> None:
        self.set_current(index)
        self.chosen.emit(index)

    # -- Qt's events -----------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return a height at which pictures can be told apart."""
        return QSize(600, 128)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop playing: nobody looks."""
        super().hideEvent(event)
        self.play(False)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_note"):
            self._dress()

    def strip_position(self, index: int) -> QPointF:
        """Return the middle of a place in this widget's coordinates."""
        return QPointF(
            self._strip.viewport().mapTo(self, self._strip.place(index).center().toPoint())
        )
