"""Guidance over the steps: norms and cosine of the branches, and the scale as a curve."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.number_box import NumberBox, WholeBox
from sdinspector.app.texts import mark, tr
from sdinspector.core import curves
from sdinspector.viewers.guidance.data import Norms
from sdinspector.widgets import look
from sdinspector.widgets.curve_editor import CurveEditor
from sdinspector.widgets.curves import Curve, Curves
from sdinspector.widgets.toolbar import Toolbar

_NAMES = {
    "constant": (mark("Constant"), mark("The same scale at every step")),
    "linear": (mark("Linear"), mark("From the first scale to the second in a straight line")),
    "cosine": (mark("Cosine"), mark("From the first scale to the second, slow at both ends")),
    "step": (mark("Step"), mark("The first scale, and from a step on the second")),
    "interval": (
        mark("Interval"),
        mark("The first scale in an interval of steps, 1 outside (Kynkäänniemi et al. 2024)"),
    ),
}
_USES_LAST = ("linear", "cosine", "step")
_USES_START = ("step", "interval")
_COMES = {QEvent.Type.Enter, QEvent.Type.FocusIn}
_GOES = {QEvent.Type.Leave, QEvent.Type.FocusOut}


class StepsPage(QWidget):
    """Plots over the steps of a run, and the curve that another run can be given."""

    chosen = Signal(int)
    """A call was clicked."""
    run_wanted = Signal(tuple, int)
    """Scales of all calls, and the first call that is to be computed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._calls = 0
        self._places: list[int] = []
        self._call = 0
        self._runnable = True
        self._build()

    def set_norms(self, norms: Norms, call: int) -> None:
        """Show what is known of the calls, and which one is chosen."""
        self._call = call
        self._places = [int(step) for step in norms.step]
        steps = [tr("step {step}", step=step + 1) for step in self._places]
        self._norms.set_curves(
            [
                Curve("ε_∅", norms.uncond, 0),
                Curve("ε_y", norms.cond, 1),
                Curve("ε_y − ε_∅", norms.difference, 2),
            ],
            axis=tr("step"),
            names=steps,
        )
        self._cosine.set_curves(
            [Curve("cos(ε_∅, ε_y)", norms.cosine, 3)], tr("step"), steps, zero=False
        )
        for plot in (self._norms, self._cosine):
            plot.set_marker(call)
        recorded = tuple(float(scale) for scale in norms.scale)
        if recorded:
            self._editor.set_recorded(recorded)
            self._editor.set_numbers([step + 1 for step in self._places])
        self._editor.set_marker(call)
        if len(recorded) != self._calls:
            self._calls = len(recorded)
            self._editor.set_curve(None)
            for box in (self._start, self._stop):
                box.setMaximum(max(self._places, default=0) + 1)
            with QSignalBlocker(self._stop):
                self._stop.setValue(self._stop.maximum())
        self._allow()

    def set_runnable(self, on: bool, why: str = "") -> None:
        """Allow or forbid running with the curve."""
        self._runnable = on
        tips = (
            tr("Run the whole prompt again with this curve, as a new recording"),
            tr("Keep the steps before the chosen one and run on with this curve"),
        )
        for button, tip in zip((self._run, self._onward), tips, strict=True):
            button.setToolTip(tip if on else why)
        self._allow()

    # -- inside ----------------------------------------------------------------------------

    def _build(self) -> None:
        self._norms = Curves(
            tr("Norms of the predictions"),
            tr("Root mean square of ε_∅, ε_y and their difference at each step"),
            self,
        )
        self._cosine = Curves(
            tr("Cosine of the two predictions"),
            tr("Cosine of the angle between ε_∅ and ε_y at each step; 1: the words say nothing"),
            self,
        )
        self._editor = CurveEditor(tr("Guidance scale over the steps"), parent=self)
        self._bar = Toolbar(self)
        self._kind = self._bar.add_list(
            tr("Curve"),
            tr("A curve to begin with; draw on the plot to change it by hand"),
            [(kind, tr(_NAMES[kind][0])) for kind in curves.KINDS],
        )
        self._first = _scale_box(tr("First scale"), 3.0)
        self._last = _scale_box(tr("Second scale"), 1.0)
        self._start, self._stop = _step_box(tr("From step")), _step_box(tr("To step"))
        self._labels: dict[str, QLabel] = {}
        for key, text, box in (
            ("first", "s", self._first),
            ("last", "→", self._last),
            ("start", tr("from step"), self._start),
            ("stop", tr("to step"), self._stop),
        ):
            label = QLabel(text, self._bar)
            label.setProperty("role", "muted")
            self._labels[key] = label
            self._bar.add_widget(label)
            self._bar.add_widget(box)
        self._bar.add_stretch()
        self._clear = self._bar.add_button("delete", tr("No curve"), tr("Take the curve away"))
        self._onward = QPushButton(tr("Run on from the chosen step"))
        self._run = QPushButton(tr("Run with this curve"))
        self._onward.installEventFilter(self)
        for button in (self._onward, self._run):
            button.setAccessibleName(button.text())
            self._bar.add_widget(button)
        plots = QHBoxLayout()
        plots.setSpacing(3 * look.GAP)
        plots.addLayout(_titled(tr("Root mean square of the predictions"), self._norms))
        plots.addLayout(_titled(tr("Cosine between ε_∅ and ε_y"), self._cosine))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * look.GAP)
        box.addLayout(plots, 4)
        box.addWidget(self._bar)
        box.addWidget(self._editor, 5)
        self._kind.activated.connect(self._preset)
        for spin in (self._first, self._last, self._start, self._stop):
            spin.valueChanged.connect(self._preset)
        for plot in (self._norms, self._cosine):
            plot.chosen.connect(self.chosen)
        self._editor.chosen.connect(self.chosen)
        self._editor.edited.connect(lambda _: self._allow())
        self._clear.clicked.connect(self._take_away)
        self._run.clicked.connect(lambda: self._ask(0))
        self._onward.clicked.connect(lambda: self._ask(self._call))
        self._fit_fields()
        self.set_runnable(True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hatch the steps that running on would keep, while the mouse or the focus is there."""
        if watched is self._onward and event.type() in _COMES | _GOES:
            comes = event.type() in _COMES and self._onward.isEnabled()
            self._editor.set_locked_until(self._call if comes else 0)
        return super().eventFilter(watched, event)

    @property
    def curve(self) -> tuple[float, ...] | None:
        """The edited curve, one scale a call; ``None`` where there is none."""
        return self._editor.curve()

    def set_first(self, scale: float) -> None:
        """Begin curves with this scale, unless there is one already."""
        if self.curve is None:
            with QSignalBlocker(self._first):
                self._first.setValue(scale)

    def _preset(self, *_: object) -> None:
        self._fit_fields()
        if not self._calls:
            return
        self._editor.set_curve(
            curves.make_curve(
                self._kind.currentData(),
                self._places,
                first=self._first.value(),
                last=self._last.value(),
                start=self._start.value() - 1,
                stop=max(self._start.value(), self._stop.value()) - 1,
            )
        )
        self._allow()

    def _fit_fields(self) -> None:
        kind = self._kind.currentData()
        self._kind.setToolTip(tr(_NAMES[kind][1]))
        shown = {
            "first": True,
            "last": kind in _USES_LAST,
            "start": kind in _USES_START,
            "stop": kind == "interval",
        }
        boxes = {
            "first": self._first,
            "last": self._last,
            "start": self._start,
            "stop": self._stop,
        }
        for key, on in shown.items():
            boxes[key].setVisible(on)
            self._labels[key].setVisible(on)

    def _take_away(self) -> None:
        self._editor.set_curve(None)
        self._allow()

    def _allow(self) -> None:
        curve = self.curve
        self._clear.setEnabled(curve is not None)
        self._run.setEnabled(self._runnable and curve is not None)
        onward = curve is not None and 0 < self._call < self._calls
        self._onward.setEnabled(self._runnable and onward)

    def _ask(self, call: int) -> None:
        curve = self.curve
        if curve is not None:
            self.run_wanted.emit(tuple(curve), call)


def _titled(title: str, widget: QWidget) -> QVBoxLayout:
    label = QLabel(title)
    label.setFont(look.scaled(widget.font(), 0.92, bold=False))
    column = QVBoxLayout()
    column.setSpacing(look.GAP)
    column.addWidget(label)
    column.addWidget(widget, 1)
    return column


def _scale_box(name: str, value: float) -> NumberBox:
    box = NumberBox()
    box.setRange(-1000.0, 1_000_000.0)
    box.setDecimals(2)
    box.setSingleStep(0.5)
    box.setValue(value)
    box.setFixedWidth(72)
    box.setAccessibleName(name)
    box.setToolTip(name)
    return box


def _step_box(name: str) -> QSpinBox:
    box = WholeBox()
    box.setRange(1, 1)
    box.setFixedWidth(56)
    box.setAccessibleName(name)
    box.setToolTip(name)
    return box
