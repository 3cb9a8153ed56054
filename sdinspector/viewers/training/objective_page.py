"""The widgets of the page of the objective, laid out."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.number_box import NumberBox, WholeBox
from sdinspector.app.texts import tr
from sdinspector.viewers.training import wording
from sdinspector.viewers.training.curve_panel import CurvePanel
from sdinspector.viewers.training.draw_panel import DrawPanel
from sdinspector.widgets import look
from sdinspector.widgets.drop_page import DropPage
from sdinspector.widgets.toolbar import Toolbar

FIRST_TOTAL = 1000


class ObjectivePage(DropPage):
    """Where the picture comes from above, the maps at the left, the curve at the right."""

    draw_changed = Signal()
    """A person chose another t, seed or caption."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption = ""
        self._help: QLabel | None = None
        self._build_source()
        self._build_draw_bar()
        self.facts = QLabel(self)
        self.facts.setProperty("role", "muted")
        self.facts.setAccessibleName(tr("What is looked at"))
        self.facts.setWordWrap(True)
        self.note = QLabel(wording.nothing(), self)
        self.note.setWordWrap(True)
        self.note.setProperty("role", "muted")
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setMargin(4 * look.GAP)
        self.maps = DrawPanel(self)
        self.curve = CurvePanel(self)
        left = QWidget(self)
        self.stack = QStackedLayout(left)
        self.stack.addWidget(self.note)
        self.stack.addWidget(self.maps)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(1)
        for part in (left, self.curve):
            self.split.addWidget(part)
        self.split.setStretchFactor(0, 4)
        self.split.setStretchFactor(1, 3)
        self.split.setSizes([440, 330])
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * look.GAP)
        for part in (self.source_bar, self.draw_bar, self.facts):
            box.addWidget(part)
        area = QScrollArea(self)  # where the window is small nothing is squeezed or cut
        area.setWidget(self.split)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box.addWidget(area, 1)
        self._connect()

    # -- what is shown ---------------------------------------------------------------------

    @property
    def caption(self) -> str:
        """The caption that goes with the picture."""
        return self.caption_field.text()

    def set_caption(self, caption: str) -> None:
        """Show another caption; emits nothing."""
        self._caption = caption
        self.caption_field.setText(caption)

    @property
    def timestep(self) -> int:
        """The t that is looked at."""
        return int(self.number.value())

    def set_timestep(self, timestep: int) -> None:
        """Show another t; emits nothing."""
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(timestep)
            self.number.setValue(timestep)
        self.curve.plot.set_marker(self.timestep)

    def set_total(self, total: int) -> None:
        """Let t go from 0 to ``total`` − 1; emits nothing."""
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            for part in (self.slider, self.number):
                part.setRange(0, total - 1)
                part.setToolTip(
                    tr(
                        "The timestep t, 0 to {last}: how much noise; Page Up and Page Down leap",
                        last=total - 1,
                    )
                )
            self.slider.setPageStep(max(1, total // 20))
        self.curve.plot.set_marker(self.timestep)

    def set_seed(self, seed: int) -> None:
        """Show another seed; emits nothing."""
        with QSignalBlocker(self.seed):
            self.seed.setValue(seed)

    def set_channels(self, count: int, *, coloured: bool) -> None:
        """Offer the channels of a latent; colours only where there is a linear map."""
        entries = [("-1", tr("as colours"))] if coloured else []
        entries += [(str(n), tr("channel {number}", number=n)) for n in range(count)]
        if [self.channel.itemData(n) for n in range(self.channel.count())] == [
            key for key, _ in entries
        ]:
            return
        before = self.channel.currentData()
        with QSignalBlocker(self.channel):
            self.channel.clear()
            for key, text in entries:
                self.channel.addItem(text, key)
            self.channel.setCurrentIndex(max(0, self.channel.findData(before)))
        self.maps.set_channel(int(self.channel.currentData()))

    def set_note(self, text: str) -> None:
        """Say something in place of the maps."""
        self.note.setText(text)
        self.stack.setCurrentWidget(self.note)

    def set_usable(self, *, on: bool) -> None:
        """Let t, seed and channel be changed: there is something to look at."""
        for part in (self.slider, self.number, self.seed, self.channel):
            part.setEnabled(on)

    # -- building --------------------------------------------------------------------------

    def _build_source(self) -> None:
        self.source_bar = bar = Toolbar(self)
        self.open = bar.add_button("open", tr("Open a picture"), tr("Open a picture to look at"))
        self.paste_button = bar.add_button(
            "copy", tr("Paste a picture"), tr("Look at the picture in the clipboard")
        )
        self.run = bar.add_button(
            "run",
            tr("This run's result"),
            tr("Look at the final latent of the run that is shown, with its prompt"),
        )
        label = QLabel(tr("Caption"), bar)
        self.caption_field = QLineEdit(bar)
        self.caption_field.setAccessibleName(tr("Caption"))
        self.caption_field.setToolTip(
            tr("The text that goes with the picture in training; Return asks the denoiser again")
        )
        self.caption_field.setPlaceholderText(tr("what the picture shows"))
        label.setBuddy(self.caption_field)
        bar.add_widget(label)
        bar.add_widget(self.caption_field)
        self.caption_field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.explain = bar.add_button(
            "help", tr("Explain"), tr("The formula, and why little noise is the harder to tell")
        )

    def _build_draw_bar(self) -> None:
        self.draw_bar = bar = Toolbar(self)
        label = QLabel("t", bar)
        self.slider = QSlider(Qt.Orientation.Horizontal, bar)
        self.slider.setMinimumWidth(140)
        self.slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.number = NumberBox(bar)  # what is typed beyond an end becomes that end
        self.number.setDecimals(0)
        self.number.setKeyboardTracking(False)
        self.seed = WholeBox(bar)
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setKeyboardTracking(False)
        self.seed.setPrefix(tr("seed "))
        self.seed.setMaximumWidth(120)
        self.seed.setAccessibleName(tr("Seed of ε"))
        self.seed.setToolTip(tr("Seed of the noise ε; it is the same at every t"))
        for part in (self.slider, self.number):
            part.setAccessibleName(tr("Timestep t"))
        label.setBuddy(self.slider)
        for part in (label, self.slider, self.number, self.seed):
            bar.add_widget(part)
        self.channel = bar.add_list(
            tr("Latents as"),
            tr("Latents as colours through the linear map, or one channel of them and its error"),
            [],
        )
        self.channel.setMinimumWidth(110)

    def _connect(self) -> None:
        self.slider.valueChanged.connect(self._slid)
        self.number.valueChanged.connect(self._slid)
        self.curve.chosen.connect(self._slid)
        self.seed.valueChanged.connect(lambda _: self.draw_changed.emit())
        self.caption_field.editingFinished.connect(self._captioned)
        self.channel.currentIndexChanged.connect(
            lambda _: self.maps.set_channel(int(self.channel.currentData()))
        )
        self.explain.clicked.connect(self._explain)
        self.set_total(FIRST_TOTAL)
        self.set_timestep(FIRST_TOTAL // 2)
        self.set_usable(on=False)

    # -- inside ----------------------------------------------------------------------------

    def _slid(self, timestep: float) -> None:
        self.set_timestep(int(timestep))
        self.draw_changed.emit()

    def _captioned(self) -> None:
        if self.caption != self._caption:
            self._caption = self.caption
            self.draw_changed.emit()

    def _explain(self) -> None:
        if self._help is None:
            self._help = QLabel(wording.explanation(), self, Qt.WindowType.Popup)
            self._help.setWordWrap(True)
            self._help.setTextFormat(Qt.TextFormat.RichText)
            self._help.setMargin(4 * look.GAP)
            self._help.setFixedWidth(540)
            self._help.setAccessibleName(tr("The training objective"))
        self._help.adjustSize()
        corner = self.source_bar.mapToGlobal(self.source_bar.rect().bottomRight())
        self._help.move(corner.x() - self._help.width(), corner.y() + look.GAP)
        self._help.show()
