"""The loss over t: how many draws, the plot, what its two ends say."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from sdinspector.analysis.noise_schedule import GAMMA
from sdinspector.app.number_box import NumberBox, WholeBox
from sdinspector.app.texts import tr
from sdinspector.viewers.training import wording
from sdinspector.viewers.training.draws import Curve, Draw, Source
from sdinspector.widgets import look
from sdinspector.widgets.loss_plot import Dot, Lines, LossPlot, Second
from sdinspector.widgets.toolbar import Toolbar

FIRST_PLACES, FIRST_SEEDS = 20, 4
MOST_PLACES, MOST_SEEDS = 1000, 256


class CurvePanel(QWidget):
    """Draws are asked for here; the curve grows as they come."""

    run_wanted = Signal()
    cancel_wanted = Signal()
    chosen = Signal(int)
    """The t that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source: Source | None = None
        self._build_bar()
        self._build_options()
        self._build_plot()
        self._lay_out()
        self._connect()

    # -- what is shown ---------------------------------------------------------------------

    def set_source(self, source: Source | None) -> None:
        """Take another schedule for the second axis."""
        self._source = source
        if source is not None:
            self.places.setMaximum(min(MOST_PLACES, source.total))
        self._draw_second()

    def set_curve(self, curve: Curve | None, caption: str) -> None:
        """Show a curve, or say how to get one."""
        if curve is None:
            total = self._source.total if self._source is not None else 1000
            self.plot.set_lines(None, total, wording.no_curve())
            self.title.setText(tr("Loss over t"))
            self._tell_tenths("")
            return
        known, blind = curve.spreads
        self.plot.set_lines(Lines(curve.timesteps, known, blind), curve.total, tr("Waiting …"))
        self.title.setText(wording.curve_title(curve, caption))
        self._tell_tenths(wording.tenths(curve))

    def set_draw(self, draw: Draw | None) -> None:
        """Show where the draw lies that is looked at."""
        dot = None if draw is None else Dot(draw.timestep, draw.loss, draw.loss_uncond)
        self.plot.set_dot(dot)

    def set_running(self, *, on: bool, text: str, possible: bool) -> None:
        """Show whether draws are being made, and how far they are."""
        self.run.setEnabled(possible and not on)
        self.run.setToolTip(
            tr("Ask the denoiser at each timestep with the noise of each seed; kept as a recording")
            if possible
            else tr("Bring a picture first: open, paste or drop one")
        )
        self.cancel.setEnabled(on)
        self.progress.setText(text)
        self.progress.setVisible(bool(text))

    # -- building --------------------------------------------------------------------------

    def _build_bar(self) -> None:
        self.bar = Toolbar(self)
        self.run, self.cancel = QPushButton(tr("Draw curve")), QPushButton(tr("Cancel"))
        self.run.setAccessibleName(tr("Draw the loss over t"))
        self.cancel.setAccessibleName(tr("Cancel drawing"))
        self.cancel.setToolTip(tr("Stop within one denoiser call; what was drawn is kept"))
        self.places = _count(
            tr("Timesteps of the curve"),
            tr("At how many timesteps, spread evenly over the schedule"),
            FIRST_PLACES,
            MOST_PLACES,
            "t × ",
        )
        self.seeds = _count(
            tr("Seeds of the curve"),
            tr("How many seeds: the one that is looked at, and those after it"),
            FIRST_SEEDS,
            MOST_SEEDS,
            tr("seeds × "),
        )
        for part in (self.run, self.cancel, self.places, self.seeds):
            self.bar.add_widget(part)
        self.bar.add_stretch()

    def _build_options(self) -> None:
        self.options = Toolbar(self)
        self.second = self.options.add_list(
            tr("Second axis"),
            tr("What is drawn in on the axis at the right"),
            [
                ("", tr("no second axis")),
                ("snr", tr("SNR")),
                ("weight", tr("min-SNR weight")),
            ],
        )
        self.gamma = NumberBox()
        self.gamma.setRange(0.01, 1000.0)
        self.gamma.setDecimals(2)
        self.gamma.setValue(GAMMA)
        self.gamma.setPrefix("γ ")
        self.gamma.setKeyboardTracking(False)
        self.gamma.setAccessibleName(tr("γ of the min-SNR weights"))
        self.gamma.setToolTip(tr("min(SNR, γ): what the weights are cut off at; drawn in only"))
        self.options.add_widget(self.gamma)
        self.logarithmic = self.options.add_switch(
            tr("log"), tr("Space losses by their ratios, not by their differences")
        )
        self.logarithmic.setChecked(True)
        self.options.add_stretch()

    def _build_plot(self) -> None:
        self.progress = QLabel(self)
        self.progress.setProperty("role", "muted")
        self.progress.setAccessibleName(tr("Progress of the curve"))
        self.title = QLabel(self)
        self.title.setFont(look.scaled(self.font(), 0.92))
        self.title.setWordWrap(True)
        self.plot = LossPlot(
            tr("Loss over t"),
            tr(
                "Mean over the seeds, whiskers from the lowest to the highest. A click or the "
                "arrow keys choose the t that is looked at."
            ),
            self,
        )
        self.tenths = QLabel(self)
        self.tenths.setProperty("role", "muted")
        self.tenths.setWordWrap(True)
        self.tenths.setAccessibleName(tr("The two ends of the curve"))
        self.tenths.setToolTip(tr("Why they differ: behind the question mark"))

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(3 * look.GAP, 0, 0, 0)
        box.setSpacing(2 * look.GAP)
        for part in (self.bar, self.options, self.title):
            box.addWidget(part)
        box.addWidget(self.plot, 1)
        box.addWidget(self.progress)
        box.addWidget(self.tenths)

    def _connect(self) -> None:
        self.run.clicked.connect(self.run_wanted)
        self.cancel.clicked.connect(self.cancel_wanted)
        self.plot.chosen.connect(self.chosen)
        self.second.currentIndexChanged.connect(lambda _: self._draw_second())
        self.gamma.valueChanged.connect(lambda _: self._draw_second())
        self.logarithmic.toggled.connect(self.plot.set_logarithmic)
        self.set_curve(None, "")
        self.set_running(on=False, text="", possible=False)
        self._draw_second()

    def _tell_tenths(self, text: str) -> None:
        self.tenths.setText(text)
        self.tenths.setVisible(bool(text))

    def _draw_second(self) -> None:
        what, source = self.second.currentData(), self._source
        self.gamma.setEnabled(what == "weight")
        if source is None or not what:
            self.plot.set_second(None)
        elif what == "snr":
            self.plot.set_second(Second("SNR", source.snr, logarithmic=True))
        else:
            weights = source.weight(self.gamma.value())
            self.plot.set_second(Second(tr("weight"), weights, logarithmic=False))


def _count(name: str, tip: str, value: int, most: int, prefix: str) -> QSpinBox:
    box = WholeBox()
    box.setRange(1, most)
    box.setValue(value)
    box.setPrefix(prefix)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box
