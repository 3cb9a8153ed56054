"""Two fields that Qt does not have: a seed of 63 bits, and the guidance scale with its slider."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QMouseEvent, QValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QHBoxLayout,
    QSlider,
    QWidget,
)

from sdinspector.app import theme
from sdinspector.app.number_box import NumberBox, inset
from sdinspector.app.shell.parts import name
from sdinspector.app.texts import tr
from sdinspector.core.spec import MAX_SEED

DEFAULT_SCALE = 7.5
SLIDER_END = 20.0
PER_UNIT = 10


class SeedField(QAbstractSpinBox):
    """A whole number from 0 to 2⁶³ − 1; arrow keys and wheel step it.

    Signals
    -------
    changed : object
        The seed, as a Python integer.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._seed = 0  # Qt asks for it while it builds
        super().__init__(parent)
        inset(self)
        self.lineEdit().setText("0")
        self.lineEdit().textEdited.connect(self._edited)
        self.editingFinished.connect(self._show)

    def seed(self) -> int:
        """Return the seed."""
        return self._seed

    def set_seed(self, seed: int) -> None:
        """Show a seed; tells nothing."""
        self._seed = seed
        self._show()

    def stepBy(self, steps: int) -> None:
        """Go up or down."""
        self._take(min(MAX_SEED, max(0, self._seed + steps)))
        self._show()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Say which way it can go."""
        flags = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self._seed > 0:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        if self._seed < MAX_SEED:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        return flags

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Take digits alone."""
        if not text:
            return QValidator.State.Intermediate, text, position
        good = text.isascii() and text.isdigit() and int(text) <= MAX_SEED
        state = QValidator.State.Acceptable if good else QValidator.State.Invalid
        return state, text, position

    def _edited(self, text: str) -> None:
        if text.isascii() and text.isdigit() and int(text) <= MAX_SEED:
            self._take(int(text))

    def _take(self, seed: int) -> None:
        if seed != self._seed:
            self._seed = seed
            self.changed.emit(seed)

    def _show(self) -> None:
        if self.lineEdit().text() != str(self._seed):
            self.lineEdit().setText(str(self._seed))


class GuidanceField(QWidget):
    """The guidance scale: a slider for 0 to 20, and a box for any number.

    Signals
    -------
    changed : float
    """

    changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round(SLIDER_END * PER_UNIT))
        self.slider.setSingleStep(1)
        self.slider.setPageStep(PER_UNIT)
        self.slider.setMinimumWidth(84)
        self.box = NumberBox()
        self.box.setRange(-1000.0, 1_000_000.0)
        self.box.setDecimals(2)
        self.box.setSingleStep(0.5)
        self.box.setFixedWidth(56)
        self.setFocusProxy(self.box)
        self._tip = tip = tr(
            "Guidance scale s: ε = ε_∅ + s·(ε_y − ε_∅). 1 follows the prompt plainly, higher "
            "values more strongly; at 1 and below diffusers ignores it and runs the conditional "
            "branch alone. Double-click the slider for 7.5."
        )
        name(self.slider, tr("Guidance scale, slider"), tip)
        name(self.box, tr("Guidance scale"), tip)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.box)
        self.slider.valueChanged.connect(self._slid)
        self.box.valueChanged.connect(self._typed)
        self.slider.installEventFilter(self)

    def value(self) -> float:
        """Return the scale."""
        return self.box.value()

    def set_value(self, scale: float) -> None:
        """Show a scale; tells nothing."""
        box, slider = QSignalBlocker(self.box), QSignalBlocker(self.slider)
        self.box.setValue(scale if math.isfinite(scale) else DEFAULT_SCALE)
        self.slider.setValue(round(self.box.value() * PER_UNIT))
        del box, slider

    def set_usable(self, on: bool) -> None:
        """Take a scale, or say that the model takes none."""
        self.setEnabled(on)
        why = tr("This model has guidance distilled into it and takes no scale.")
        for part in (self.slider, self.box):
            part.setToolTip(self._tip if on else why)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Reset at a double-click on the slider."""
        if event.type() == QEvent.Type.MouseButtonDblClick and isinstance(event, QMouseEvent):
            self.box.setValue(DEFAULT_SCALE)
            return True
        return super().eventFilter(watched, event)

    def _slid(self, position: int) -> None:
        self.box.setValue(position / PER_UNIT)

    def _typed(self, scale: float) -> None:
        blocker = QSignalBlocker(self.slider)
        self.slider.setValue(round(scale * PER_UNIT))
        del blocker
        self.changed.emit(scale)
