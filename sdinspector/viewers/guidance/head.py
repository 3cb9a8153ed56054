"""The upper part of the guidance viewer: the slider, what a move does, what can be done."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.guidance import Reach
from sdinspector.app.number_box import NumberBox
from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.scale_slider import ScaleSlider
from sdinspector.widgets.toolbar import Toolbar

LOWEST, HIGHEST = -1_000_000.0, 1_000_000.0


class Head(QWidget):
    """Slider, number and rescale; the three kinds of live, the one that acts lit up."""

    scale_moved = Signal(float)
    scale_released = Signal(float)
    rescale_moved = Signal(float)
    onward_set = Signal(bool)
    live_set = Signal(bool)
    page_chosen = Signal(str)
    back_wanted = Signal()
    keep_wanted = Signal()
    branch_wanted = Signal()
    help_wanted = Signal()
    save_wanted = Signal()
    fit_wanted = Signal()
    decode_set = Signal(bool)
    ends_set = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build_bar()
        self._build_slider()
        self._build_reach()
        self._build_notice()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * look.GAP)
        for part in (self._bar, self._line, self._reaches, self._notice):
            box.addWidget(part)

    # -- what is shown ---------------------------------------------------------------------

    def set_value(self, scale: float, rescale: float) -> None:
        """Show s and φ; tells nothing."""
        self.slider.set_value(scale)
        boxes = QSignalBlocker(self.box), QSignalBlocker(self.rescale)
        if self.box.value() != scale:
            self.box.setValue(scale)
        if self.rescale.value() != rescale:
            self.rescale.setValue(rescale)
        del boxes

    def set_recorded(self, scale: float | None) -> None:
        """Mark the scale of the recording; a double-click on the slider goes there."""
        self.slider.set_recorded(scale)
        if scale is not None and math.isfinite(scale):
            self.slider.set_default(scale)

    def set_usable(self, on: bool, why: str = "") -> None:
        """Let the slider be moved, or say why not."""
        self.slider.set_unavailable(why)
        for part in (self.box, self.rescale):
            part.setEnabled(on)

    def set_reach(self, reach: Reach, text: str) -> None:
        """Light up what a move does now, and say it in words."""
        for key, lamp in self._lamps.items():
            lamp.set_lit(on=key in ("step", reach))
        self._words.setText(text)
        self._words.setToolTip(text)

    def set_allowed(self, *, onward: bool, live: bool) -> None:
        """Show which kinds of live are switched on."""
        for key, on in (("onward", onward), ("run", live)):
            with QSignalBlocker(self._lamps[key]):
                self._lamps[key].setChecked(on)

    def set_branching(self, *, on: bool, can_keep: bool) -> None:
        """Offer to go back and to keep, where a fork is shown."""
        for part in (self._back, self._keep):
            part.setVisible(on)
        self._keep.setEnabled(can_keep)

    def set_notice(self, text: str, button: str = "") -> None:
        """Say what is missing, with a button that mends it; nothing hides both."""
        self._missing.setText(text)
        self._mend.setText(button)
        self._mend.setVisible(bool(button))
        self._notice.setVisible(bool(text))

    def set_caption(self, text: str) -> None:
        """Say which step is shown."""
        self._caption.setText(text)

    # -- building --------------------------------------------------------------------------

    def _build_bar(self) -> None:
        self._bar = Toolbar(self)
        self.pages = self._bar.add_choice(
            tr("Page"),
            (
                ("step", tr("This step"), tr("What another scale makes of the chosen step")),
                ("steps", tr("Over the steps"), tr("Norms, cosine and the scale as a curve")),
                ("sweep", tr("Sweep"), tr("The same run at one scale after another")),
            ),
        )
        self.pages.set_current("step")
        self._caption = self._bar.add_text(tr("Step shown"))
        self._bar.add_stretch()
        self.decode = self._bar.add_switch(
            tr("Decode"),
            tr("When the slider rests, decode both pictures with the VAE"),
        )
        self.decode.setChecked(True)
        self._fit = self._bar.add_button("fit", tr("Fit"), tr("Show all of every map (F)"))
        self._help = self._bar.add_button(
            "help", tr("What guidance is"), tr("The formula and its symbols")
        )
        self._save = self._bar.add_button("save", tr("Save"), tr("Save what is shown"))
        self.pages.chosen.connect(self.page_chosen)
        self.decode.toggled.connect(self.decode_set)
        self._fit.clicked.connect(self.fit_wanted)
        self._help.clicked.connect(self.help_wanted)
        self._save.clicked.connect(self.save_wanted)

    def _build_slider(self) -> None:
        self._line = QWidget(self)
        self.slider = ScaleSlider(tr("Live guidance scale"), self._line)
        self.box = _number_box(tr("Guidance scale s, as a number"), LOWEST, HIGHEST, 0.1, 84)
        self.rescale = _number_box(tr("Guidance rescale φ"), 0.0, 1.0, 0.05, 64)
        row = QHBoxLayout(self._line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * look.GAP)
        for text, part in (("s", self.box), ("φ", self.rescale)):
            label = QLabel(text, self._line)
            label.setFont(look.scaled(self.font(), 1.15, bold=True))
            label.setBuddy(part)
            row.addWidget(label)
            row.addWidget(part)
            if part is self.box:
                row.addWidget(self.slider, 1)
        self.slider.moved.connect(self.scale_moved)
        self.slider.released.connect(self.scale_released)
        self.slider.ends_changed.connect(self.ends_set)
        self.box.valueChanged.connect(self.scale_moved)
        self.box.editingFinished.connect(lambda: self.scale_released.emit(self.box.value()))
        self.rescale.valueChanged.connect(self.rescale_moved)

    def _build_reach(self) -> None:
        self._reaches = QWidget(self)
        row = QHBoxLayout(self._reaches)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.GAP)
        self._lamps: dict[str, Lamp] = {}
        for key, text, tip in (
            ("step", tr("This step, at once"), tr("x̂₀ of the chosen step, from what is recorded")),
            (
                "onward",
                tr("From here on"),
                tr("Letting go keeps the steps before and runs on from the chosen one"),
            ),
            (
                "run",
                tr("During the run"),
                tr("Moving changes the steps still to come of the run that goes"),
            ),
        ):
            self._lamps[key] = Lamp(text, tip, fixed=key == "step", parent=self._reaches)
            row.addWidget(self._lamps[key])
        self._words = QLabel(self._reaches)
        self._words.setProperty("role", "muted")
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addSpacing(2 * look.GAP)
        row.addWidget(self._words, 1)
        self._back = QPushButton(tr("Back"), self._reaches)
        self._keep = QPushButton(tr("Keep"), self._reaches)
        self._back.setToolTip(tr("Show the recording again that this one left"))
        self._keep.setToolTip(
            tr("Move this future to your recordings; otherwise it goes when the program closes")
        )
        for part in (self._back, self._keep):
            part.setAccessibleName(part.text())
            row.addWidget(part)
        self._lamps["onward"].toggled.connect(self.onward_set)
        self._lamps["run"].toggled.connect(self.live_set)
        self._back.clicked.connect(self.back_wanted)
        self._keep.clicked.connect(self.keep_wanted)
        self.set_branching(on=False, can_keep=False)

    def _build_notice(self) -> None:
        self._notice = QWidget(self)
        row = QHBoxLayout(self._notice)
        row.setContentsMargins(0, 0, 0, 0)
        self._missing = QLabel(self._notice)
        self._missing.setProperty("role", "warning")
        self._missing.setWordWrap(True)
        self._mend = QPushButton(self._notice)
        self._mend.setAccessibleName(tr("Add the unconditional branch"))
        self._mend.setToolTip(tr("One denoiser call a step; the recording keeps the answer"))
        self._mend.clicked.connect(self.branch_wanted)
        row.addWidget(self._missing, 1)
        row.addWidget(self._mend)
        self._notice.hide()


def _number_box(name: str, low: float, high: float, step: float, width: int) -> NumberBox:
    box = NumberBox()
    box.setRange(low, high)
    box.setDecimals(2)
    box.setSingleStep(step)
    box.setFixedWidth(width)
    box.setKeyboardTracking(True)
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    box.setAccessibleName(name)
    box.setToolTip(name)
    return box


class Lamp(QToolButton):
    """A kind of live: pressed where it is switched on, with a dot where it acts now."""

    def __init__(self, text: str, tip: str, *, fixed: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self.setCheckable(True)
        self.setChecked(True)
        self.setToolTip(tip)
        self.setAccessibleName(text)
        if fixed:  # it always acts
            self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.set_lit(on=False)

    def set_lit(self, *, on: bool) -> None:
        """Show whether a move does this now."""
        self.setText(f"{'●' if on else '○'} {self._text}")
        self.setAccessibleDescription(tr("acts now") if on else "")
