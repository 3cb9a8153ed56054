"""The widgets of the page that inverts a picture, laid out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.number_box import NumberBox, WholeBox
from sdinspector.app.texts import tr
from sdinspector.core.spec import MAX_STEPS
from sdinspector.viewers.schedulers import inversion_wording as wording
from sdinspector.widgets import look
from sdinspector.widgets.curves import Curves
from sdinspector.widgets.drop_page import DropPage
from sdinspector.widgets.facts import FactSheet
from sdinspector.widgets.map_panel import MapPanel
from sdinspector.widgets.still_label import StillLabel
from sdinspector.widgets.strip_view import StripView
from sdinspector.widgets.toolbar import Toolbar
from sdinspector.widgets.wipe_canvas import WipeCanvas

#: As the command line has it.
FIRST_STEPS = 50
#: Heights of a strip, with its labels.
_LOWEST, _HIGHEST = 62, 120


class InversionBoard(DropPage):
    """What is inverted above, both pictures and the figures, and both ways below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build_source()
        self._build_line()
        self._build_pictures()
        self._build_figures()
        self._build_ways()
        self._build_edit()
        self.warning = QLabel(self)
        self.warning.setProperty("role", "warning")
        self.warning.setWordWrap(True)
        self.warning.hide()
        self.note = QLabel(wording.nothing(), self)
        self.note.setWordWrap(True)
        self.note.setProperty("role", "muted")
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setMargin(4 * look.GAP)
        self.found = QWidget(self)
        column = QVBoxLayout(self.found)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * look.GAP)
        column.addWidget(self.split, 4)
        column.addWidget(self.ways, 1)
        column.addWidget(self.edit)
        shown = QWidget(self)
        self.stack = QStackedLayout(shown)
        self.stack.addWidget(self.note)
        self.stack.addWidget(self.found)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * look.GAP)
        for part in (self.bar, self.line, self.warning):
            box.addWidget(part)
        box.addWidget(shown, 1)

    def say(self, text: str) -> None:
        """Say why there is nothing to see; an empty text shows the inversion."""
        self.note.setText(text)
        self.stack.setCurrentWidget(self.note if text else self.found)

    # -- making it -------------------------------------------------------------------------

    def _build_source(self) -> None:
        self.bar = bar = Toolbar(self)
        self.open = bar.add_button("open", tr("Open a picture"), tr("Open a picture to invert"))
        self.paste_button = bar.add_button(
            "copy", tr("Paste a picture"), tr("Take the picture in the clipboard")
        )
        self.placing = bar.add_list(
            tr("Placing"),
            tr("How the picture is brought to the model's size"),
            [("crop", tr("Crop")), ("pad", tr("Pad with grey")), ("fit", tr("Stretch"))],
        )
        self.source = bar.add_text(tr("What is inverted"))
        bar.add_stretch()
        self.as_run = QPushButton(tr("Open as a run"))
        self.as_run.setAccessibleName(self.as_run.text())
        self.as_run.setToolTip(
            tr("Show the way down in all views; there any step can be forked with another prompt")
        )
        bar.add_widget(self.as_run)

    def _build_line(self) -> None:
        self.line = line = Toolbar(self)
        label = QLabel(tr("Caption"))
        self.caption = QLineEdit()
        self.caption.setAccessibleName(tr("Caption"))
        self.caption.setPlaceholderText(tr("what the picture shows"))
        self.caption.setToolTip(tr("Text of the conditional branch, on both ways"))
        self.caption.setMinimumWidth(140)
        label.setBuddy(self.caption)
        line.add_widget(label)
        line.layout().addWidget(self.caption, 1)
        label = QLabel(tr("Steps"))
        self.steps = WholeBox()
        self.steps.setRange(1, MAX_STEPS)
        self.steps.setValue(FIRST_STEPS)
        self.steps.setAccessibleName(tr("Steps of each way"))
        self.steps.setToolTip(tr("Steps of each way; more come closer to the picture"))
        label.setBuddy(self.steps)
        line.add_widget(label)
        line.add_widget(self.steps)
        label = QLabel(tr("Guidance"))
        self.guidance = _scale(
            tr("Guidance scale of both ways"),
            tr(
                "Guidance scale s of both ways: up to 1 the conditional branch alone; above 1 the "
                "picture does not come back"
            ),
        )
        label.setBuddy(self.guidance)
        line.add_widget(label)
        line.add_widget(self.guidance)
        self.run = QPushButton(tr("Invert"))
        self.run.setToolTip(
            tr("Walk from the picture up to noise and back down (Return in the caption)")
        )
        self.halt = QPushButton(tr("Stop"))
        self.halt.setToolTip(
            tr("Stop within one denoiser call; what has come of the way down is kept")
        )
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(110)
        self.progress.setAccessibleName(tr("Progress of the inversion"))
        for widget in (self.run, self.halt, self.progress):
            line.add_widget(widget)
        for button in (self.run, self.halt):
            button.setAccessibleName(button.text())
        self.state = line.add_text(tr("How far the inversion is"))
        self.halt.hide()
        self.progress.hide()

    def _build_pictures(self) -> None:
        self.view_bar = bar = Toolbar(self)
        self.mode = bar.add_choice(
            tr("What to show"),
            [
                ("wipe", tr("Wipe"), tr("Original and returned, with a line between to drag")),
                ("original", tr("Original"), tr("The picture as it was encoded")),
                ("returned", tr("Returned"), tr("The picture that came back")),
                ("vae", tr("VAE alone"), tr("What the VAE alone makes of the original")),
                ("difference", tr("Difference"), tr("Returned minus original")),
            ],
        )
        self.mode.set_current("wipe")
        bar.add_stretch()
        self.canvas = WipeCanvas(tr("Original and returned picture"), self)
        self.difference = MapPanel(tr("Returned minus original, mean of the colours"), self)
        pictures = QWidget(self)
        self.pictures = QStackedLayout(pictures)
        self.pictures.addWidget(self.canvas)
        self.pictures.addWidget(self.difference)
        self.left = QWidget(self)
        column = QVBoxLayout(self.left)
        column.setContentsMargins(0, 0, 2 * look.GAP, 0)
        column.setSpacing(2 * look.GAP)
        column.addWidget(self.view_bar)
        column.addWidget(pictures, 1)

    def _build_figures(self) -> None:
        self.facts = FactSheet()
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.facts)
        self.curve = Curves(
            tr("Relative error by level"),
            tr(
                "‖down − up‖ / ‖up‖ at each noise level, the picture at the left, noise at the "
                "right. Click, or press Left and Right, to choose a level."
            ),
            self,
        )
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(2 * look.GAP, 0, 0, 0)
        column.setSpacing(2 * look.GAP)
        column.addWidget(area, 3)
        column.addWidget(self.curve, 2)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(1)
        self.split.addWidget(self.left)
        self.split.addWidget(right)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setSizes([420, 330])

    def _build_ways(self) -> None:
        """Both ways, the same level one above the other."""
        self.ways = QWidget(self)
        grid = QGridLayout(self.ways)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * look.GAP)
        grid.setVerticalSpacing(0)
        names = (
            ("up", tr("up"), tr("The way up: x_t of each level, the picture at the left")),
            ("down", tr("down"), tr("The way down, the same level below the same; read leftwards")),
        )
        keys = tr(
            "Click or drag to choose a level. Keys: Left, Right, Page Up, Page Down, Home, End."
        )
        self.strips: dict[str, StripView] = {}
        for row, (key, short, name) in enumerate(names):
            label = QLabel(short, self.ways)
            label.setProperty("role", "muted")
            label.setFont(look.scaled(self.font(), 0.92))
            strip = StripView(self.ways)
            strip.setAccessibleName(name)
            strip.setToolTip(f"{name}. {keys}")
            strip.setMinimumHeight(_LOWEST)
            strip.setMaximumHeight(_HIGHEST)
            label.setBuddy(strip)
            self.strips[key] = strip
            grid.addWidget(label, row, 0)
            grid.addWidget(strip, row, 1)
        grid.setColumnStretch(1, 1)
        up, down = (strip.horizontalScrollBar() for strip in self.strips.values())
        up.valueChanged.connect(down.setValue)
        down.valueChanged.connect(up.setValue)
        self.strips["up"].setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.place = StillLabel(tr("Chosen level"), self.ways, muted=True)
        grid.addWidget(self.place, 2, 1)

    def _build_edit(self) -> None:
        """What the run is to go on with, from the chosen level down."""
        self.edit = line = Toolbar(self)
        self.edit_label = QLabel(tr("Go on with"))
        self.prompt = QLineEdit()
        self.prompt.setAccessibleName(tr("Another prompt"))
        self.prompt.setToolTip(tr("Prompt of the way down from the chosen level on"))
        self.edit_label.setBuddy(self.prompt)
        line.add_widget(self.edit_label)
        line.layout().addWidget(self.prompt, 1)
        label = QLabel(tr("Guidance"))
        self.onward_guidance = _scale(
            tr("Guidance scale from there on"),
            tr("Guidance scale s from the chosen level on; above 1 the prompt is followed more"),
        )
        label.setBuddy(self.onward_guidance)
        line.add_widget(label)
        line.add_widget(self.onward_guidance)
        self.onward = QPushButton(tr("Run on"))
        self.onward.setAccessibleName(tr("Run on from the chosen level"))
        self.onward.setToolTip(
            tr(
                "Fork the way down at the chosen level with this prompt and scale: from the right "
                "end the whole picture is made anew, further left less of it changes"
            )
        )
        line.add_widget(self.onward)


def _scale(name: str, tip: str) -> NumberBox:
    box = NumberBox()
    box.setRange(0.0, 100.0)
    box.setSingleStep(0.5)
    box.setValue(1.0)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box
