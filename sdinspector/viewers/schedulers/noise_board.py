"""The widgets of the page that noises a picture, laid out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QSpinBox,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.texts import tr
from sdinspector.viewers.schedulers import wording
from sdinspector.widgets import look
from sdinspector.widgets.canvas import Canvas
from sdinspector.widgets.colour_bar import ColourBar
from sdinspector.widgets.drop_page import DropPage
from sdinspector.widgets.mosaic import Mosaic
from sdinspector.widgets.still_label import StillLabel
from sdinspector.widgets.tick_slider import TickSlider
from sdinspector.widgets.toolbar import Toolbar


class Panel(QWidget):
    """A canvas with a line above that changes while a slider moves."""

    def __init__(self, canvas: Canvas, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = canvas
        self.title = StillLabel(canvas.accessibleName(), self)
        self.title.set_font(look.scaled(self.font(), 0.92))
        self.title.set_text(title)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look.GAP)
        box.addWidget(self.title)
        box.addWidget(canvas, 1)


class NoiseBoard(DropPage):
    """Where the picture comes from, the slider over t, pictures above and channels below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build_source()
        self._build_slider()
        self._build_panels()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * look.GAP)
        box.addWidget(self.bar)
        box.addWidget(self.line)
        box.addWidget(self.facts)
        box.addWidget(self.shown, 1)

    @property
    def canvases(self) -> tuple[Canvas, ...]:
        """All pictures and mosaics."""
        panels = (*self.pictures.values(), *self.channels.values())
        return tuple(panel.canvas for panel in panels)

    def say(self, text: str) -> None:
        """Say why there is nothing to see; an empty text shows the pictures."""
        self.note.setText(text)
        self.stack.setCurrentWidget(self.note if text else self.panels)
        self.line.setVisible(not text)
        self.facts.setVisible(not text)

    # -- making it -------------------------------------------------------------------------

    def _build_source(self) -> None:
        self.bar = bar = Toolbar(self)
        self.open = bar.add_button(
            "open", tr("Open a picture"), tr("Open a picture to add noise to")
        )
        self.paste_button = bar.add_button(
            "copy", tr("Paste a picture"), tr("Take the picture in the clipboard")
        )
        self.run = bar.add_button(
            "run", tr("This recording's latent"), tr("Take the final latent of what is shown")
        )
        label = QLabel(tr("Seed of ε"))
        self.seed = QSpinBox()
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setAccessibleName(tr("Seed of ε"))
        self.seed.setToolTip(tr("Seed of the noise; it means the same as that of a run"))
        label.setBuddy(self.seed)
        bar.add_widget(label)
        bar.add_widget(self.seed)
        self.source = StillLabel(tr("What is noised"), self, muted=True)
        bar.layout().addWidget(self.source, 1)
        label = QLabel(tr("Ticks of"))
        bar.add_widget(label)
        self.ticks = bar.add_list(
            tr("Ticks of a scheduler"),
            tr("Mark the timesteps that a scheduler visits; those of the page before are listed"),
            [("", tr("none"))],
        )
        label.setBuddy(self.ticks)

    def _build_slider(self) -> None:
        self.line = Toolbar(self)
        label = QLabel("t", self.line)
        label.setFont(look.scaled(self.font(), 1.15, bold=True))
        self.number = QSpinBox()
        self.number.setAccessibleName(tr("Timestep t, as a number"))
        self.number.setToolTip(tr("Timestep t, from 0 (hardly any noise) to T − 1 (almost only)"))
        self.number.setFixedWidth(72)
        label.setBuddy(self.number)
        self.slider = TickSlider(
            tr("Timestep t"),
            tr(
                "How much noise: drag, or press Left, Right, Page Up, Page Down, Home, End; with "
                "Ctrl, Left and Right go to the next tick"
            ),
        )
        self.slider.setPageStep(50)
        self.line.add_widget(label)
        self.line.add_widget(self.number)
        self.back = self.line.add_button(
            "previous", tr("Tick before"), tr("Go to the visited timestep below (Ctrl+Left)")
        )
        self.line.layout().addWidget(self.slider, 1)
        self.forward = self.line.add_button(
            "next", tr("Next tick"), tr("Go to the visited timestep above (Ctrl+Right)")
        )
        self.facts = StillLabel(tr("Noise level"), self, muted=True)

    def _build_panels(self) -> None:
        names = {
            "clean": tr("x₀, the picture"),
            "colours": tr("x_t in linear colours"),
            "decoded": tr("x_t decoded"),
        }
        self.pictures = {key: Panel(Canvas(name, self), name, self) for key, name in names.items()}
        names = {"clean": tr("Channels of x₀"), "noise": tr("Channels of ε")}
        names |= {"latent": tr("Channels of x_t")}
        self.channels = {key: Panel(Mosaic(name, self), name, self) for key, name in names.items()}
        self.scale = ColourBar(self)
        self.panels = QWidget(self)
        grid = QGridLayout(self.panels)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3 * look.GAP)
        grid.setVerticalSpacing(2 * look.GAP)
        for row, panels in enumerate((self.pictures, self.channels)):
            grid.setRowStretch(row, 1)
            for column, panel in enumerate(panels.values()):
                grid.addWidget(panel, row, column)
                grid.setColumnStretch(column, 1)
        grid.addWidget(self.scale, 2, 0, 1, 3)
        self.note = QLabel(wording.no_picture(), self)
        self.note.setWordWrap(True)
        self.note.setProperty("role", "muted")
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setMargin(4 * look.GAP)
        self.shown = QWidget(self)
        self.stack = QStackedLayout(self.shown)
        self.stack.addWidget(self.note)
        self.stack.addWidget(self.panels)
