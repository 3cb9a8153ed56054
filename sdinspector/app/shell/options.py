"""The parameters of a run that are set seldom, in a panel below a button of the top bar."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app import theme
from sdinspector.app.number_box import NumberBox, WholeBox
from sdinspector.app.shell.parts import field_label, icon_button, name, role
from sdinspector.app.texts import mark, tr
from sdinspector.core import CaptureSpec, RunSpec

BRANCHES = {
    "auto": mark("As diffusers: both above scale 1"),
    "both": mark("Always both"),
    "cond": mark("The conditional one alone"),
}
DEFAULT = RunSpec()


class RunOptions(QFrame):
    """Guidance rescale, branches, where to start from, and what is recorded.

    Signals
    -------
    edited : RunSpec
        The parameters with the change that a person made.
    budget_set : int
        Most megabytes of one recording.
    opened
        It comes on the screen: what it tells of the next run is wanted.
    """

    edited = Signal(object)
    opened = Signal()
    budget_set = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("options")
        self.setAccessibleName(tr("More settings of the run"))
        self._spec = RunSpec()
        self._build()
        self._connect()

    @property
    def special(self) -> bool:
        """Whether anything in here is not as it is at first."""
        fields = ("guidance_rescale", "branches", "init", "capture")
        return any(getattr(self._spec, key) != getattr(DEFAULT, key) for key in fields)

    def set_spec(self, spec: RunSpec) -> None:
        """Show these parameters; tells nothing."""
        self._spec = spec
        blockers = [QSignalBlocker(widget) for widget in self._fields()]
        self.rescale.setValue(spec.guidance_rescale)
        self.branches.setCurrentIndex(max(0, self.branches.findData(spec.branches)))
        if self.init.text() != spec.init:
            self.init.setText(spec.init)
        self.strength.setValue(spec.strength)
        self.strength.setEnabled(bool(spec.init))
        capture = spec.capture
        self.attention.setChecked(bool(capture.attention))
        self.uncond.setChecked(capture.both_branches)
        self.uncond.setEnabled(bool(capture.attention))
        self.statistics.setChecked(bool(capture.statistics))
        if _patterns(self.activations.text()) != capture.activations:
            self.activations.setText(", ".join(capture.activations))
        del blockers

    def set_cost(self, text: str, *, over: bool = False) -> None:
        """Show what a run takes on the disk, and whether that is more than the budget."""
        self.cost.setText(text)
        role(self.cost, "warning" if over else "muted")

    def set_budget(self, megabytes: int) -> None:
        """Show the budget; tells nothing."""
        blocker = QSignalBlocker(self.budget)
        self.budget.setValue(megabytes)
        del blocker

    def show_below(self, button: QWidget) -> None:
        """Open under a button, right edges in line."""
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + 3))
        self.move(corner)
        self.show()
        self.rescale.setFocus(Qt.FocusReason.PopupFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that it is seen."""
        super().showEvent(event)
        self.opened.emit()

    # --- inside -------------------------------------------------------------------------------

    def _build(self) -> None:
        self.rescale = _number(0.0, 1.0, 0.05)
        name(
            self.rescale,
            tr("Guidance rescale"),
            tr(
                "φ: how far the guided prediction is brought back to the standard deviation of "
                "ε_y, against overexposure at high scales (Lin et al. 2023). 0 leaves it."
            ),
        )
        self.branches = QComboBox()
        for key, title in BRANCHES.items():
            self.branches.addItem(tr(title), key)
        name(
            self.branches,
            tr("Branches"),
            tr(
                "Which predictions each call evaluates. Always both makes s = 0 the unconditional "
                "prediction and lets every scale be tried afterwards."
            ),
        )
        self.init = QLineEdit()
        self.init.setPlaceholderText(tr("noise"))
        self.init.setClearButtonEnabled(True)
        name(
            self.init,
            tr("Start from a picture"),
            tr("A picture that the run starts from (image to image); empty to start from noise."),
        )
        for clear in self.init.findChildren(QToolButton):
            name(clear, tr("Start from noise"), tr("Take no picture; start from noise."))
        browse = icon_button("folder", tr("Choose a picture"), tr("Choose a file."), self._ask)
        start = QHBoxLayout()
        start.setSpacing(theme.TIGHT)
        start.addWidget(self.init, 1)
        start.addWidget(browse)
        self.strength = _number(0.0, 1.0, 0.05)
        name(
            self.strength,
            tr("Strength"),
            tr("How far back into noise the picture goes: 0 leaves it, 1 forgets it."),
        )
        self._build_capture()
        indented = QHBoxLayout()
        indented.setContentsMargins(22, 0, 0, 0)
        indented.addWidget(self.uncond)
        form = QFormLayout()
        form.setHorizontalSpacing(theme.SPACE)
        form.setVerticalSpacing(theme.GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(_heading(tr("Guidance")))
        form.addRow(tr("&Rescale φ"), self.rescale)
        form.addRow(tr("&Branches"), self.branches)
        form.addRow(_heading(tr("Start from")))
        form.addRow(field_label(tr("&Picture"), self.init, left=True), start)
        form.addRow(tr("Stren&gth"), self.strength)
        form.addRow(_heading(tr("Recorded at every call, besides the latents")))
        form.addRow(self.attention)
        form.addRow(indented)
        form.addRow(self.statistics)
        form.addRow(tr("&Activations"), self.activations)
        form.addRow(tr("&Disk budget"), self.budget)
        form.addRow("", self.cost)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.WIDE, theme.SPACE, theme.WIDE, theme.WIDE)
        box.addLayout(form)
        self.setMinimumWidth(430)

    def _build_capture(self) -> None:
        self.attention = QCheckBox(tr("Cross-attention of every word, layer and head"))
        self.uncond = QCheckBox(tr("of the unconditional branch too"))
        self.statistics = QCheckBox(tr("Statistics of the blocks"))
        name(self.attention, tr("Record cross-attention"), tr("Maps of all heads at every call."))
        name(
            self.uncond,
            tr("Record the unconditional branch's cross-attention"),
            tr("Where the negative prompt is heard; doubles the maps."),
        )
        name(
            self.statistics,
            tr("Record statistics"),
            tr("Mean, deviation, extremes of resnets, transformer blocks and samplers."),
        )
        self.activations = QLineEdit()
        self.activations.setPlaceholderText(tr("none; any is recovered later by replay"))
        name(
            self.activations,
            tr("Record activations"),
            tr("Patterns over module paths with commas between, such as mid_block.*"),
        )
        self.budget = WholeBox()
        self.budget.setRange(1, 10_000_000)
        self.budget.setSuffix(" MB")
        self.budget.setSingleStep(512)
        name(
            self.budget,
            tr("Disk budget"),
            tr("The most that one recording may take on the disk; a run over it does not begin."),
        )
        self.cost = QLabel(tr("What it takes is known once a model is open."))
        self.cost.setProperty("role", "muted")
        self.cost.setWordWrap(True)

    def _fields(self) -> tuple[QWidget, ...]:
        return (
            self.rescale, self.branches, self.init, self.strength, self.attention, self.uncond,
            self.statistics, self.activations,
        )  # fmt: skip

    def _connect(self) -> None:
        self.rescale.valueChanged.connect(self._changed)
        self.branches.currentIndexChanged.connect(self._changed)
        self.init.textChanged.connect(self._changed)
        self.strength.valueChanged.connect(self._changed)
        for box in (self.attention, self.uncond, self.statistics):
            box.toggled.connect(self._changed)
        self.activations.textChanged.connect(self._changed)
        self.budget.valueChanged.connect(self.budget_set)

    def _changed(self, *_: object) -> None:
        before = self._spec.capture
        capture = CaptureSpec(
            attention=(before.attention or DEFAULT.capture.attention)
            if self.attention.isChecked()
            else (),
            statistics=(before.statistics or DEFAULT.capture.statistics)
            if self.statistics.isChecked()
            else (),
            activations=_patterns(self.activations.text()),
            both_branches=self.uncond.isChecked() and self.attention.isChecked(),
        )
        new = dataclasses.replace(
            self._spec,
            guidance_rescale=self.rescale.value(),
            branches=self.branches.currentData(),
            init=self.init.text().strip(),
            strength=self.strength.value(),
            capture=capture,
        )
        self.strength.setEnabled(bool(new.init))
        self.uncond.setEnabled(self.attention.isChecked())
        if new != self._spec:
            self._spec = new
            self.edited.emit(new)

    def _ask(self) -> None:
        folder = str(Path(self.init.text()).parent) if self.init.text() else str(Path.home())
        # A dialog takes the focus, and with it a popup; it comes back with what was chosen.
        chosen, _ = QFileDialog.getOpenFileName(
            self.parentWidget(), tr("Start from a picture"), folder
        )
        if chosen:
            self.init.setText(chosen)
        self.show()


class OptionsButton(QToolButton):
    """Opens the panel; marked where a setting in it is not the usual one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("framed", "true")
        self.setProperty("icon_name", "settings")
        self.setCheckable(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.panel = RunOptions(self)
        self.setAccessibleName(tr("More settings of the run"))
        self.clicked.connect(self._open)
        self.panel.edited.connect(lambda _: self.look())
        self.look()

    def set_spec(self, spec: RunSpec) -> None:
        """Show these parameters."""
        self.panel.set_spec(spec)
        self.look()

    def _open(self) -> None:
        self.panel.show_below(self)
        self.look()  # the click itself has turned its highlight over

    def look(self) -> None:
        """Say whether anything in the panel is special."""
        tip = tr("Guidance rescale, branches, image to image, and what is recorded.")
        if self.panel.special:
            tip += "\n" + tr("Something in here is not as usual.")
        self.setToolTip(tip)
        self.setCheckable(self.panel.special)
        self.setChecked(self.panel.special)


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(theme.font(theme.BODY, bold=True))
    label.setContentsMargins(0, theme.TIGHT, 0, 0)
    return label


def _number(low: float, high: float, step: float) -> NumberBox:
    box = NumberBox()
    box.setRange(low, high)
    box.setSingleStep(step)
    box.setDecimals(2)
    return box


def _patterns(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
