"""A strip of small pictures, one for each step, to travel along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QHideEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.still_label import StillLabel
from sdinspector.widgets.strip_view import Frame, StripView

__all__ = ["SPEEDS", "FilmStrip", "Frame"]

SPEEDS = (2, 5, 10, 20, 30, 60)


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

    def set_frames(self, frames: Sequence[Frame], expected: int = 0, ratio: float = 1.0) -> None:
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
        self._strip.set_pictures(pictures)

    def set_smooth(self, *, on: bool) -> None:
        """Interpolate between the pixels of small pictures, or show them as squares."""
        if on != self._strip.smooth:
            self._strip.smooth = on
            self._strip.viewport().update()

    def missing(self) -> list[int]:
        """Return the places without a picture, those in sight first."""
        have, count = self._strip.pictures, len(self._strip.frames)
        seen = [index for index in self._strip.seen() if index < count and index not in have]
        rest = [index for index in range(count) if index not in have and index not in set(seen)]
        return seen + rest

    def set_current(self, index: int) -> None:
        """Highlight a place and bring it into sight; emits nothing."""
        before = self._strip.current
        if index != before:
            self._strip.current = index
            if index >= 0:
                self._strip.reveal(index)
            self._strip.repaint_places(before, index)
            self._say()

    @property
    def current(self) -> int:
        """The place that is highlighted, −1 for none."""
        return self._strip.current

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._timer.isActive()

    def play(self, *, on: bool = True) -> None:
        """Begin to play, from the start where it stands at the end, or pause."""
        if on == self.playing or (on and len(self._strip.frames) < 2):
            return
        if on:
            if self._strip.current >= len(self._strip.frames) - 1:
                self._strip.choose(0)
            self._timer.start(int(1000 / SPEEDS[self._speed.currentIndex()]))
        else:
            self._timer.stop()
        self._dress()
        self.played.emit(on)

    def add_switch(self, text: str, tip: str) -> QCheckBox:
        """Add a switch of the viewer's own to the controls, hidden at first."""
        box = QCheckBox(text, self)
        box.setToolTip(tip)
        box.setAccessibleName(text)
        box.hide()
        self._side.insertWidget(self._side.count() - 1, box)
        return box

    # -- making it -------------------------------------------------------------------------

    def _build(self) -> None:
        self._strip = StripView(self)
        self._back = self._button(tr("Step back"), tr("One step back (Left)"))
        self._play = self._button(tr("Play"), tr("Play the steps, or pause (Space)"))
        self._on = self._button(tr("Step on"), tr("One step on (Right)"))
        self._speed = QComboBox(self)
        for speed in SPEEDS:
            self._speed.addItem(tr("{speed} / s", speed=speed))
        self._speed.setCurrentIndex(SPEEDS.index(10))
        self._speed.setAccessibleName(tr("Playing speed"))
        self._speed.setToolTip(tr("Steps a second while playing"))
        self._caption = StillLabel(tr("Step and timestep"), self)
        self._note = StillLabel(tr("Timestep"), self, muted=True)
        buttons = QHBoxLayout()
        buttons.setSpacing(look.GAP // 2)
        for button in (self._back, self._play, self._on):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self._speed)
        side = self._side = QVBoxLayout()
        side.setSpacing(look.GAP)
        side.addLayout(buttons)
        side.addWidget(self._caption)
        side.addWidget(self._note)
        side.addStretch(1)
        box = QWidget(self)
        box.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        box.setFixedWidth(QFontMetrics(self.font()).horizontalAdvance("0") * 26)
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
        self._strip.play_pressed.connect(lambda: self.play(on=not self.playing))
        self._play.clicked.connect(lambda: self.play(on=not self.playing))
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
            self._caption.set_text(
                tr("Step {step} of {steps}", step=frame.title, steps=strip.count())
            )
            self._note.set_text(frame.note)
        else:
            self._caption.set_text(tr("No step"))
            self._note.set_text("")
        strip.setAccessibleDescription(f"{self._caption.text()}, {self._note.text()}")

    def _set_speed(self, index: int) -> None:
        self._timer.setInterval(int(1000 / SPEEDS[index]))

    def _tick(self) -> None:
        strip = self._strip
        if strip.current < len(strip.frames) - 1:
            strip.choose(strip.current + 1)
        elif strip.expected <= len(strip.frames):
            self.play(on=False)

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
        self.play(on=False)

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
