"""A slider with its number beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from sdinspector.app.number_box import NumberBox
from sdinspector.widgets import look

#: Positions of the slider for each unit.
_FINE = 100


class Fader(QWidget):
    """A number to drag or to type. A double-click on the slider brings the neutral value back.

    Parameters
    ----------
    sign
        What stands in front: "×", "+".
    name, tip
        Accessible name and tooltip.
    low, high, neutral
        Ends of the slider, which are those of the number too, and what changes nothing.
    """

    changed = Signal(float)
    """A person chose another value."""

    def __init__(
        self,
        sign: str,
        name: str,
        tip: str,
        *,
        span: tuple[float, float],
        neutral: float,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._neutral = neutral
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(round(span[0] * _FINE), round(span[1] * _FINE))
        self.slider.setSingleStep(_FINE // 20)
        self.slider.setPageStep(_FINE // 4)
        self.slider.setMinimumWidth(48)
        self.number = NumberBox(self)
        self.number.setRange(*span)
        self.number.setDecimals(2)
        self.number.setSingleStep(0.05)
        self.number.setKeyboardTracking(False)
        self.number.setFixedWidth(66)
        for part in (self.slider, self.number):
            part.setAccessibleName(name)
            part.setToolTip(tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.GAP)
        label = QLabel(sign, self)
        label.setProperty("role", "muted")
        label.setFixedWidth(10)
        row.addWidget(label)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self.set_value(neutral)
        self.slider.valueChanged.connect(self._slid)
        self.number.valueChanged.connect(self._typed)
        self.slider.installEventFilter(self)

    @property
    def value(self) -> float:
        """The number."""
        return self.number.value()

    def set_value(self, value: float) -> None:
        """Show another number; emits nothing."""
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(round(value * _FINE))
            self.number.setValue(value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Bring the neutral value back on a double-click."""
        if watched is self.slider and event.type() == QEvent.Type.MouseButtonDblClick:
            self.set_value(self._neutral)
            self.changed.emit(self._neutral)
            return True
        return super().eventFilter(watched, event)

    def _slid(self, position: int) -> None:
        with QSignalBlocker(self.number):
            self.number.setValue(position / _FINE)
        self.changed.emit(self.number.value())

    def _typed(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value * _FINE))
        self.changed.emit(value)
