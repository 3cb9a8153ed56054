"""The widgets of the VAE viewer, laid out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QLabel,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.number_box import WholeBox
from sdinspector.app.texts import tr
from sdinspector.viewers.vae import wording
from sdinspector.viewers.vae.channels import Channels
from sdinspector.widgets import look
from sdinspector.widgets.drop_page import DropPage
from sdinspector.widgets.map_panel import MapPanel
from sdinspector.widgets.toolbar import Toolbar
from sdinspector.widgets.wipe_canvas import WipeCanvas


class Board(DropPage):
    """Where the picture comes from above, the pictures at the left, the channels at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build_source()
        self._build_view()
        self.shapes = _text(tr("Shapes"))
        self.posterior = _text(tr("Posterior"))
        self.help = QLabel(wording.explanation(), self)
        self.help.setWordWrap(True)
        self.help.hide()
        self.canvas = WipeCanvas(tr("Original and reconstruction"), self)
        self.difference = MapPanel(tr("Decoded minus original, mean of the colours"), self)
        self.note = QLabel(wording.nothing(), self)
        self.note.setWordWrap(True)
        self.note.setProperty("role", "muted")
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setMargin(4 * look.GAP)
        pictures = QWidget(self)
        self.stack = QStackedLayout(pictures)
        for part in (self.canvas, self.difference, self.note):
            self.stack.addWidget(part)
        self.stack.setCurrentWidget(self.note)
        self.channels = Channels(self)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 2 * look.GAP, 0)
        column.setSpacing(2 * look.GAP)
        column.addWidget(self.view_bar)
        column.addWidget(pictures, 1)
        self.likeness = _text(tr("How alike both pictures are"))
        self.likeness.setVisible(True)
        column.addWidget(self.likeness)
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(2 * look.GAP, 0, 0, 0)
        column.addWidget(self.channels)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(1)
        self.split.addWidget(left)
        self.split.addWidget(right)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setSizes([420, 330])
        box = QVBoxLayout(self)
        box.setContentsMargins(3 * look.GAP, 2 * look.GAP, 3 * look.GAP, 2 * look.GAP)
        box.setSpacing(2 * look.GAP)
        for part in (self.source_bar, self.shapes, self.posterior, self.help):
            box.addWidget(part)
        box.addWidget(self.split, 1)

    def _build_source(self) -> None:
        self.source_bar = bar = Toolbar(self)
        self.open = bar.add_button("open", tr("Open a picture"), tr("Open a picture to encode"))
        self.paste_button = bar.add_button(
            "copy", tr("Paste a picture"), tr("Encode the picture in the clipboard")
        )
        self.run = bar.add_button(
            "run", tr("This run's latent"), tr("Work on the final latent of the run that is shown")
        )
        self.placing = bar.add_list(
            tr("Placing"),
            tr("How a picture is brought to a size that the VAE takes"),
            [("crop", tr("Crop")), ("pad", tr("Pad with grey")), ("fit", tr("Stretch"))],
        )
        self.size = bar.add_list(
            tr("Size"),
            tr("The picture's own size, rounded down to multiples of the VAE's factor, or another"),
            [("own", tr("own size")), ("model", tr("the model's size"))],
        )
        self.sample = bar.add_switch(
            tr("Sample"), tr("Decode a sample μ + σ·ε of the posterior, not its mean μ")
        )
        self.seed = WholeBox()
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setAccessibleName(tr("Seed of the sample"))
        self.seed.setToolTip(tr("Seed of ε"))
        self.seed.setEnabled(False)
        bar.add_widget(self.seed)
        bar.add_stretch()
        self.explain = bar.add_button(
            "help", tr("Explain"), tr("What is seen here"), checkable=True
        )

    def _build_view(self) -> None:
        self.view_bar = bar = Toolbar(self)
        self.mode = bar.add_choice(
            tr("What to show"),
            [
                ("wipe", tr("Wipe"), tr("Both pictures, with a line between them to drag")),
                (
                    "before",
                    tr("Before"),
                    tr("The original; of a run, the unchanged latent decoded"),
                ),
                ("after", tr("After"), tr("The latent as it is now, decoded")),
                ("difference", tr("Difference"), tr("After minus before")),
            ],
        )
        self.mode.set_current("wipe")
        bar.add_stretch()
        self.start = bar.add_button(
            "branch",
            tr("Start from this latent"),
            tr("Let the next run start from this latent (image to image)"),
        )
        self.save = bar.add_button("export", tr("Save"), tr("Save latent, pictures and numbers"))


def _text(name: str) -> QLabel:
    label = QLabel()
    label.setProperty("role", "muted")
    label.setAccessibleName(name)
    label.setWordWrap(True)
    label.hide()
    return label
