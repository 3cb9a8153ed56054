"""The large map over the picture, with its colours and how it is laid over."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSlider,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.texts import tr
from sdinspector.export import colours
from sdinspector.viewers.attention.average_bar import AverageBar
from sdinspector.viewers.attention.controls import heading
from sdinspector.widgets import look
from sdinspector.widgets.colour_bar import ColourBar
from sdinspector.widgets.heat_canvas import HeatCanvas
from sdinspector.widgets.still_label import StillLabel
from sdinspector.widgets.toolbar import Toolbar


class MainPanel(QWidget):
    """Title, map over picture, colour bar, and the controls of how it is drawn."""

    dressed = Signal()
    """Opacity, colours, contour, smoothness or the picture below were changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build()
        self._connect()

    # -- what is shown ---------------------------------------------------------------------

    def set_map(
        self,
        values: NDArray[Any] | None,
        levels: tuple[float, float],
        table: NDArray[np.uint8],
        enlarged: NDArray[Any] | None,
        unit: str,
    ) -> None:
        """Show a map ``[h, w]``; ``enlarged`` is drawn in its place where it is given."""
        self._pages.setCurrentIndex(0)
        self.bar.setVisible(True)
        self.canvas.set_map(values, levels, table, enlarged)
        self.bar.set_scale(table, levels, unit)

    def set_title(self, title: str, note: str = "", tip: str = "") -> None:
        """Name what is shown; ``tip`` says more of it than there is room for."""
        if title != self.title.text():
            self.title.setText(title)
            self.canvas.setAccessibleName(title or tr("Heat map"))
        if note != self.note.text():
            self.note.set_text(note)
        self.note.setToolTip(tip or note)

    def say(self, text: str, progress: tuple[int, int] | None = None) -> None:
        """Say why there is no map; with (done, total) of work that can be stopped."""
        self.message.setText(text)
        working = progress is not None
        self.progress.setVisible(working)
        self.stop.setVisible(working)
        if progress is not None:
            self.progress.setRange(0, progress[1])
            self.progress.setValue(progress[0])
        self._pages.setCurrentIndex(1)
        self.bar.setVisible(False)

    @property
    def saying(self) -> str:
        """Why there is no map, or the empty string."""
        return self.message.text() if self._pages.currentIndex() == 1 else ""

    def set_opacity(self, opacity: float) -> None:
        """Show an opacity, 0 … 1; emits nothing."""
        with QSignalBlocker(self.opacity):
            self.opacity.setValue(round(100 * opacity))
        self.canvas.set_opacity(opacity)

    def set_colour_map(self, name: str) -> None:
        """Show which colour map is used; emits nothing."""
        self.table.setCurrentIndex(max(0, self.table.findData(name)))

    # -- making it -------------------------------------------------------------------------

    def _build(self) -> None:
        self.title = heading("", self)
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.title.setFont(look.scaled(self.font(), 1.0, bold=True))
        self.note = StillLabel(tr("What the map is made of"), self, muted=True)
        self.note.set_font(look.scaled(self.font(), 0.92))
        self.note.set_alignment(Qt.AlignmentFlag.AlignRight)
        self.canvas = HeatCanvas(tr("Heat map"), self)
        self.canvas.setToolTip(
            tr(
                "Point to rank the words at a pixel, click to select it. Hold O or Space to see "
                "the picture alone. Wheel zooms, dragging pans, F fits."
            )
        )
        self.message = QLabel(self)
        self.message.setProperty("role", "muted")
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bar = ColourBar(self)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        top = QHBoxLayout()
        top.setSpacing(2 * look.GAP)
        top.addWidget(self.title)
        top.addWidget(self.note, 1)
        frame = QWidget(self)
        self._pages = QStackedLayout(frame)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.addWidget(self.canvas)
        self._pages.addWidget(self._build_message())
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look.GAP)
        self.over = AverageBar(self)
        box.addLayout(top)
        box.addWidget(self.over)
        box.addWidget(frame, 1)
        box.addWidget(self.bar)
        box.addSpacing(look.GAP // 2)
        box.addWidget(self._build_first())
        box.addWidget(self._build_second())

    def _build_message(self) -> QWidget:
        part = QWidget(self)
        self.progress = QProgressBar(part)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(160)
        self.progress.setAccessibleName(tr("Progress"))
        self.stop = QPushButton(tr("Stop"), part)
        self.stop.setAccessibleName(tr("Stop asking"))
        self.stop.setToolTip(tr("Stop asking the model about this text"))
        box = QVBoxLayout(part)
        box.setContentsMargins(4 * look.GAP, 4 * look.GAP, 4 * look.GAP, 4 * look.GAP)
        box.setSpacing(3 * look.GAP)
        box.addStretch(1)
        box.addWidget(self.message)
        for widget in (self.progress, self.stop):
            box.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)
        return part

    def _build_first(self) -> Toolbar:
        row = Toolbar(self)
        self.original = row.add_button(
            "picture",
            tr("Picture alone"),
            tr("Hold to see the picture without the map (O or Space)"),
        )
        self.opacity = QSlider(Qt.Orientation.Horizontal, self)
        self.opacity.setRange(0, 100)
        self.opacity.setAccessibleName(tr("Opacity"))
        self.opacity.setToolTip(tr("Opacity of the map over the picture"))
        self.opacity.setMinimumWidth(60)
        row.add_widget(self.opacity)
        self.table = row.add_list(
            tr("Colour map"),
            tr("Colours of the maps"),
            [(name, name) for name in colours.SEQUENTIAL],
        )
        self.average = QPushButton(tr("Average…"), self)
        self.average.setAccessibleName(tr("Average…"))
        self.set_averageable("")
        row.add_widget(self.average)
        return row

    def set_averageable(self, why_not: str) -> None:
        """Allow to average what is shown over recordings, or say why that cannot be."""
        tip = tr("Average this map over other recordings with the word: seeds, prompts")
        self.average.setEnabled(not why_not)
        self.average.setToolTip(why_not or tip)

    def _build_second(self) -> Toolbar:
        row = Toolbar(self)
        self.under = row.add_list(
            tr("Picture below"),
            tr(
                "What lies under the map: the picture, where low values let it through "
                "(fading) or all do alike, x̂₀ of the step, or nothing"
            ),
            (
                ("fading", tr("Fading")),
                ("picture", tr("On picture")),
                ("denoised", tr("On x̂₀")),
                ("none", tr("Map alone")),
            ),
        )
        self.smooth = row.add_switch(
            tr("Smooth"),
            tr("Enlarge the map to the picture as the recipe does; off shows its own cells"),
        )
        row.add_stretch()
        self.outlined = row.add_switch(
            tr("Contour"), tr("Outline where the map, brought to 0 … 1, is above τ")
        )
        self.threshold = QDoubleSpinBox(self)
        self.threshold.setRange(0.0, 1.0)
        self.threshold.setSingleStep(0.05)
        self.threshold.setValue(0.4)
        self.threshold.setPrefix("τ ")
        self.threshold.setFixedWidth(62)
        self.threshold.setKeyboardTracking(False)
        self.threshold.setAccessibleName(tr("Threshold τ"))
        self.threshold.setToolTip(tr("Threshold of the contour; DAAM and OVAM publish 0.4"))
        row.add_widget(self.threshold)
        return row

    def _connect(self) -> None:
        self.opacity.valueChanged.connect(self.dressed)
        self.table.activated.connect(self.dressed)
        self.under.activated.connect(self.dressed)
        self.smooth.clicked.connect(self.dressed)
        self.outlined.clicked.connect(self.dressed)
        self.threshold.valueChanged.connect(self.dressed)
        self.original.pressed.connect(lambda: self.canvas.set_picture_alone(on=True))
        self.original.released.connect(lambda: self.canvas.set_picture_alone(on=False))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "title"):
            self.title.setFont(look.scaled(self.font(), 1.0, bold=True))
            self.note.set_font(look.scaled(self.font(), 0.92))


class Page(QWidget):
    """The whole view; holding O, or Space where nothing else takes it, shows the picture alone."""

    held = Signal(bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin."""
        if not self._ours(event):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.held.emit(True)  # noqa: FBT003  (a signal has no names)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End."""
        if not self._ours(event):
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            self.held.emit(False)  # noqa: FBT003

    @staticmethod
    def _ours(event: QKeyEvent) -> bool:
        return event.key() in (Qt.Key.Key_O, Qt.Key.Key_Space) and not event.modifiers()
