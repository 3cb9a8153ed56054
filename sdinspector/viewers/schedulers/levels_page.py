"""Which noise levels some schedulers visit, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar, get_args

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QSplitter, QVBoxLayout, QWidget

from sdinspector.analysis.noise_schedule import NoiseCurves, NoiseLevels, Values, curves
from sdinspector.app.jobs import NoiseCurveJob, NoiseLevelsJob
from sdinspector.app.messages import describe
from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import JobHandle, Pixel, Scene, Services
from sdinspector.core import FigureSpec
from sdinspector.viewers.schedulers import figures, plots, wording
from sdinspector.viewers.schedulers.choices import DEFAULT, SchedulerList
from sdinspector.viewers.schedulers.data import Quantity
from sdinspector.widgets import look
from sdinspector.widgets.point_plot import PointPlot
from sdinspector.widgets.toolbar import Toolbar

#: Milliseconds after the last change of the steps until the schedulers are asked.
REST = 80
#: Timesteps that a model has as a rule; the model's own number takes its place.
TIMESTEPS = 1000
_STEPS = 30


class LevelsPage(QWidget):
    """The training curve with each scheduler's timesteps on it, its visits, its step sizes."""

    title: ClassVar[str] = mark("Noise levels")
    tip: ClassVar[str] = mark("Which timesteps schedulers visit, and how large their steps are")

    has_maps: ClassVar[bool] = False

    timestep_chosen = Signal(float)
    """A visited timestep was clicked."""
    levels_changed = Signal()
    """What the schedulers visit is known, or another set of them is chosen."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._model: object = None
        self._curve: NoiseCurves | None = None
        self._levels: dict[str, NoiseLevels] = {}
        self._refused: dict[str, str] = {}
        self._asked: dict[str, int] = {}  # for how many steps each was asked
        self._handles: dict[str, JobHandle] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST)
        self._build()
        self._connect()
        kept = services.settings.of_viewer("schedulers", "chosen", list(DEFAULT))
        self.list.choose([name for name in kept if isinstance(name, str)])
        self.steps.setValue(services.settings.of_viewer("schedulers", "steps", _STEPS))
        self._timer.stop()

    # -- making it -------------------------------------------------------------------------

    def _build(self) -> None:
        self.list = SchedulerList(self)
        self.bar = Toolbar(self)
        label = QLabel(tr("Steps"))
        self.steps = QSpinBox()
        self.steps.setRange(1, TIMESTEPS)
        self.steps.setAccessibleName(tr("Steps of a run"))
        self.steps.setToolTip(tr("How many steps each scheduler is asked for"))
        self.steps.setFixedWidth(72)
        label.setBuddy(self.steps)
        self.bar.add_widget(label)
        self.bar.add_widget(self.steps)
        self.quantity = self.bar.add_choice(
            tr("Quantity"),
            [
                ("alpha_bar", "ᾱ", tr("The share of the picture in x_t, in squares")),
                ("sigma", "σ", tr("Noise beside a picture left at its own size, √((1−ᾱ)/ᾱ)")),
                ("snr", "SNR", tr("Signal-to-noise ratio ᾱ/(1−ᾱ), in squares")),
            ],
        )
        self.quantity.set_current("snr")
        self.bar.add_stretch()
        self.told = self.bar.add_text(tr("What the curve says"))
        self.curve = PointPlot(
            tr("Noise schedule with the visited timesteps"),
            tr(
                "The schedule that the model was trained with, over t, and where each scheduler "
                "calls the denoiser. Click a dot to see a picture at that timestep. Keys: arrows "
                "go from call to call, Return chooses."
            ),
            self,
        )
        self.visits = PointPlot(
            tr("Visited timesteps"),
            tr(
                "One row a scheduler, from the right: its calls, with their steps' numbers. Rings "
                "are further calls of a step. Click a dot to see a picture at that timestep."
            ),
            self,
        )
        self.sizes = PointPlot(
            tr("Step sizes"),
            tr("Δ log SNR: how far each call is from the one before, over the steps"),
            self,
        )
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(2 * look.GAP, 0, 0, 0)
        column.setSpacing(2 * look.GAP)
        column.addWidget(self.bar)
        column.addWidget(self.curve, 5)
        column.addWidget(self.visits)
        column.addWidget(self.sizes, 4)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(1)
        self.split.addWidget(self.list)
        self.split.addWidget(right)
        self.split.setStretchFactor(0, 0)
        self.split.setStretchFactor(1, 1)
        self.split.setSizes([226, 600])
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.split)

    def _connect(self) -> None:
        self.list.changed.connect(self._chosen)
        self.steps.valueChanged.connect(lambda _: self._timer.start())
        self._timer.timeout.connect(self._steps_changed)
        self.quantity.chosen.connect(lambda _: self._draw())
        for plot in (self.curve, self.visits, self.sizes):
            plot.pointed.connect(self._point)
            plot.chosen.connect(self._choose)

    # -- the page's contract ---------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Ask a model that has just been opened."""
        model = None if scene.model is None else scene.model.digest
        if model == self._model:
            return
        self._model = model
        self._drop()
        self._curve = None
        if model is not None:
            self._handles["curve"] = self._services.submit(NoiseCurveJob(), self._take_curve)
            self._ask()
        self._draw()
        self.levels_changed.emit()

    def set_crosshair(self, pixel: Pixel | None) -> None:
        """There is no picture to point at."""

    def explanation(self) -> str:
        """Say what is seen, with the formulas."""
        return wording.explain_levels()

    def figures(self, scene: Scene) -> list[FigureSpec]:
        """Return curve, levels by call, step sizes, and all numbers."""
        if self._curve is None:
            return []
        return figures.of_levels(self._curve, self.levels, self._quantity(), scene.model)

    def fit(self) -> None:
        """There is no map to fit."""

    def stop(self) -> None:
        """Drop what is asked for."""
        self._timer.stop()
        self._drop()

    # -- what others want to know ----------------------------------------------------------

    @property
    def levels(self) -> dict[str, NoiseLevels]:
        """What each ticked scheduler visits, where that is known."""
        return {name: self._levels[name] for name in self.list.chosen if name in self._levels}

    @property
    def refused(self) -> Mapping[str, str]:
        """Why schedulers do not take that many steps."""
        return self._refused

    @property
    def curve_values(self) -> NoiseCurves | None:
        """The noise schedule of the training, where it is known."""
        return self._curve

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each ticked scheduler's colour."""
        return {name: self.list.number(name) for name in self.list.chosen}

    # -- asking ----------------------------------------------------------------------------

    def _chosen(self) -> None:
        self._services.settings.keep_for_viewer("schedulers", "chosen", list(self.list.chosen))
        self._ask()
        self._draw()
        self.levels_changed.emit()

    def _steps_changed(self) -> None:
        self._services.settings.keep_for_viewer("schedulers", "steps", self.steps.value())
        self._ask()

    def _ask(self) -> None:
        """Ask what is not known yet of the ticked schedulers."""
        steps = self.steps.value()
        if self._model is None:
            return
        for name in self.list.chosen:
            if self._asked.get(name) == steps:
                continue
            if name in self._handles:
                self._handles[name].cancel()
            self._asked[name] = steps
            self._handles[name] = self._services.submit(
                NoiseLevelsJob(scheduler=name, steps=steps, slot=f"schedulers/levels/{name}"),
                partial(self._take, name),
                partial(self._refuse, name),
            )

    def _take_curve(self, alpha_bar: Values) -> None:
        self._curve = curves(alpha_bar)
        self.steps.setMaximum(len(alpha_bar))
        self._draw()
        self.levels_changed.emit()

    def _take(self, name: str, levels: NoiseLevels) -> None:
        self._levels[name] = levels
        self._refused.pop(name, None)
        self._draw()
        self.levels_changed.emit()

    def _refuse(self, name: str, error: Exception) -> None:
        self._levels.pop(name, None)
        self._refused[name] = describe(error).text
        self._draw()
        self.levels_changed.emit()

    def _drop(self) -> None:
        for handle in self._handles.values():
            handle.cancel()
        self._handles.clear()
        self._asked.clear()
        self._levels.clear()
        self._refused.clear()

    # -- drawing ---------------------------------------------------------------------------

    def _quantity(self) -> Quantity:
        current = self.quantity.current
        return next(name for name in get_args(Quantity) if name == current)

    def _draw(self) -> None:
        notes = {name: (wording.summary(one), False) for name, one in self.levels.items()}
        notes |= {
            name: (why, True) for name, why in self._refused.items() if name in self.list.chosen
        }
        self.list.set_notes(notes)
        curve, levels, numbers = self._curve, self.levels, self.numbers
        if curve is None:
            for plot in (self.curve, self.visits, self.sizes):
                plot.set_series((), plot.axes, tr("Reading the noise schedule …"))
            return
        refused = sum(wrong for _, wrong in notes.values())
        self.told.setText(wording.curve_told(curve, refused, self.steps.value()))
        self.curve.set_series(*plots.of_curve(curve, levels, numbers, self._quantity()))
        self.visits.set_series(
            *plots.of_visits(curve, levels, numbers),
            tr("Tick a scheduler at the left to see which timesteps it visits."),
        )
        self.sizes.set_series(
            *plots.of_sizes(levels, numbers),
            tr("Tick a scheduler at the left to see how large its steps are."),
        )
        self.visits.setFixedHeight(plots.height_of_rows(len(levels), self.font()))

    # -- the pointer -----------------------------------------------------------------------

    def _point(self, at: tuple[str, int] | None) -> None:
        for plot in (self.curve, self.visits, self.sizes):
            if plot is not self.sender():
                plot.set_pointed(at)

    def _choose(self, key: str, place: int) -> None:
        levels = self._levels.get(key)
        if levels is not None and np.isfinite(levels.timesteps[place]):
            self.timestep_chosen.emit(float(levels.timesteps[place]))
