"""What a training does, as it goes: the loss, the rate, pictures on the way, the result."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.shell.parts import role
from sdinspector.app.texts import tr
from sdinspector.viewers.training.history import History, StepNames
from sdinspector.widgets import look
from sdinspector.widgets.curves import Curve, Curves
from sdinspector.widgets.strip_view import Frame, StripView
from sdinspector.widgets.toolbar import Toolbar


class LivePanel(QWidget):
    """Buttons, plots, a strip of pictures, and what came of it.

    Signals
    -------
    begin_wanted, pause_wanted, finish_wanted, use_wanted, open_wanted
        A button was pressed.
    marked : int or None
        Place of the step that is looked at; the last one where ``None``.
    heat_set : bool
        Whether the module tree is to show the gradients.
    """

    begin_wanted = Signal()
    pause_wanted = Signal()
    finish_wanted = Signal()
    use_wanted = Signal()
    open_wanted = Signal()
    marked = Signal(object)
    heat_set = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = History()
        self._build_bar()
        self._build_plots()
        self._build_strip()
        self._build_result()
        box = QVBoxLayout(self)
        box.setContentsMargins(2 * look.GAP, 0, 0, 0)
        box.setSpacing(2 * look.GAP)
        box.addWidget(self._bar)
        box.addWidget(self.status)
        box.addWidget(self.loss, 5)
        box.addWidget(self.rate, 2)
        box.addWidget(self._strip_part, 4)
        box.addWidget(self._result_part)
        self.set_history(History())
        self.set_result("")

    # -- what is shown ---------------------------------------------------------------------

    def set_history(self, history: History) -> None:
        """Draw a training as far as it is."""
        self._history = history
        names = StepNames(history.steps)
        note = "" if history.steps else tr("The loss appears here, step by step.")
        self.loss.set_curves(
            (
                Curve(tr("loss"), np.array(history.loss), 0),
                Curve(tr("smoothed"), np.array(history.smoothed), 1),
            ),
            axis=tr("step"),
            names=names,
            note=note,
        )
        self.rate.set_curves(
            (Curve(tr("learning rate"), np.array(history.rates), 2),),
            axis=tr("step"),
            names=names,
            note=note and tr("The learning rate"),
        )
        if tuple(self.prompt.itemText(i) for i in range(self.prompt.count())) != history.prompts:
            self.prompt.clear()
            self.prompt.addItems(list(history.prompts))
        self._strip_part.setVisible(bool(history.prompts))
        self._draw_strip()

    def set_status(self, text: str, *, bad: bool = False) -> None:
        """Say how far it is, or what is the matter."""
        self.status.setText(text)
        role(self.status, "warning" if bad else "muted")

    def set_buttons(self, *, begin: bool, pause: bool, finish: bool, why: str = "") -> None:
        """Allow what can be pressed; ``why`` is told where a training cannot begin."""
        self.begin.setEnabled(begin)
        self.begin.setToolTip(why or tr("Train a copy of the open model with these settings"))
        self.pause.setEnabled(pause)
        self.finish.setEnabled(finish)

    def set_result(
        self, text: str, tip: str = "", *, usable: bool = False, recorded: bool = False
    ) -> None:
        """Say what came of it, with buttons to use it; nothing hides both."""
        self.result.setText(text)
        self.result.setToolTip(tip)
        self.use.setVisible(usable)
        self.open.setVisible(recorded)
        self._result_part.setVisible(bool(text))

    # -- inside ----------------------------------------------------------------------------

    def _build_bar(self) -> None:
        self._bar = Toolbar(self)
        self.begin = QPushButton(tr("Train"))
        self.begin.setProperty("primary", 1)
        self.pause = QPushButton(tr("Pause"))
        self.pause.setToolTip(
            tr("Stop after this step and keep the state: it can go on later, or after a crash")
        )
        self.finish = QPushButton(tr("End here"))
        self.finish.setToolTip(tr("Take the steps done for all, and write the result"))
        for button, signal in (
            (self.begin, self.begin_wanted),
            (self.pause, self.pause_wanted),
            (self.finish, self.finish_wanted),
        ):
            button.setAccessibleName(button.text())
            button.clicked.connect(signal)
            self._bar.add_widget(button)
        self._bar.add_stretch()
        self.heat: QCheckBox = self._bar.add_switch(
            tr("Gradients in the tree"),
            tr("Bars in the module tree: the norm of each block's gradient at the marked step"),
        )
        self.heat.setChecked(True)
        self.heat.toggled.connect(self.heat_set)
        self.help = self._bar.add_button(
            "help", tr("Explain"), tr("What is trained, and what to look for")
        )
        self.status = QLabel(self)
        self.status.setWordWrap(True)
        self.status.setAccessibleName(tr("How far the training is"))

    def _build_plots(self) -> None:
        self.loss = Curves(
            tr("Loss by step"),
            tr("Mean squared error of each batch and its exponential mean; a click marks a step"),
            self,
        )
        self.loss.setMinimumHeight(90)
        self.rate = Curves(
            tr("Learning rate by step"), tr("Warm-up, then down along a cosine"), self
        )
        self.rate.setMinimumHeight(50)
        for plot in (self.loss, self.rate):
            plot.chosen.connect(self._mark)

    def _build_strip(self) -> None:
        self._strip_part = QWidget(self)
        self.strip = StripView(self._strip_part)
        self.strip.setMinimumHeight(104)
        self.strip.setAccessibleName(tr("Pictures on the way"))
        self.strip.setToolTip(
            tr("Made from the same seed after so many steps; a click marks the step in the plots")
        )
        self.prompt = QComboBox(self._strip_part)
        self.prompt.setAccessibleName(tr("Prompt of the pictures"))
        self.prompt.setToolTip(tr("Which prompt's pictures are in the strip"))
        self.prompt.currentIndexChanged.connect(lambda _: self._draw_strip())
        self.strip.chosen.connect(self._show_sample)
        box = QVBoxLayout(self._strip_part)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look.GAP)
        box.addWidget(self.prompt)
        box.addWidget(self.strip, 1)

    def _build_result(self) -> None:
        self._result_part = QWidget(self)
        self.result = QLabel(self._result_part)
        self.result.setWordWrap(True)
        self.result.setAccessibleName(tr("What came of the training"))
        self.use = QPushButton(tr("Use it"))
        self.use.setToolTip(tr("Open the trained model in place of the present one"))
        self.open = QPushButton(tr("Recording"))
        self.open.setToolTip(tr("Open what was recorded of this training"))
        row = QHBoxLayout(self._result_part)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * look.GAP)
        row.addWidget(self.result, 1)
        self.use.setAccessibleName(tr("Use the trained model"))
        self.open.setAccessibleName(tr("Show the recording of the training"))
        for button, signal in ((self.use, self.use_wanted), (self.open, self.open_wanted)):
            button.clicked.connect(signal)
            row.addWidget(button)

    def _draw_strip(self) -> None:
        prompt, strip = self.prompt.currentIndex(), self.strip
        steps = self._history.sampled(prompt)
        pictures = [self._history.samples[step, prompt] for step in steps]
        if pictures:
            strip.ratio = pictures[0].shape[0] / pictures[0].shape[1]
        follow = strip.current in (-1, len(strip.frames) - 1)
        strip.frames = tuple(Frame(tr("step {number}", number=step)) for step in steps)
        strip.pictures.clear()
        strip.set_pictures(dict(enumerate(pictures)))
        if follow or strip.current >= len(steps):
            strip.current = len(steps) - 1
        strip.lay_out()
        if steps and follow:
            strip.reveal(strip.current)

    def _show_sample(self, place: int) -> None:
        """Mark the step after which the chosen picture was made."""
        steps = self._history.sampled(self.prompt.currentIndex())
        self.strip.current = place
        self.strip.viewport().update()
        if place < len(steps) and steps[place] in self._history.steps:
            self._mark(self._history.steps.index(steps[place]))

    def _mark(self, place: int) -> None:
        mark = None if self.loss.marker == place else place  # once more lets it go
        self.loss.set_marker(mark)
        self.rate.set_marker(mark)
        self.marked.emit(mark)
