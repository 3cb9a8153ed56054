"""The top bar: which model, which prompt, and the parameters of the next run."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QWidget,
)

from sdinspector.app import theme
from sdinspector.app.number_box import WholeBox
from sdinspector.app.runs import draw_seed
from sdinspector.app.shell.fields import GuidanceField, SeedField
from sdinspector.app.shell.options import OptionsButton
from sdinspector.app.shell.parts import dress, field_label, icon_button, name, role
from sdinspector.app.texts import tr
from sdinspector.core import SCHEDULERS, InspectorError, ModelCard, RunSpec, find_scheduler
from sdinspector.core.spec import MAX_SIDE, MAX_STEPS

OPEN_FOLDER = "\0folder"
TYPING_PAUSE = 200
#: Most that the number boxes take: what is out of range is marked, not changed under the hand.
TYPED = 99_999


class TopBar(QWidget):
    """Shows a :class:`RunSpec` and tells of every change that a person makes.

    Signals
    -------
    spec_edited : RunSpec
    prompt_paused : str
        The prompt, once typing has paused.
    model_chosen : str
        A model's source.
    folder_wanted
        "Open folder…" was chosen in the list of models.
    live_set : bool
        Whether the guidance scale changes the run that goes.
    """

    spec_edited = Signal(object)
    prompt_paused = Signal(str)
    model_chosen = Signal(str)
    folder_wanted = Signal()
    live_set = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._spec = RunSpec()
        self._card: ModelCard | None = None
        self._source = "shapes"
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE)
        self._build()
        self._connect()
        self.set_models([("shapes", tr("Shapes (built in)"), "")], "shapes")

    # --- what is shown ----------------------------------------------------------------------

    @property
    def seed_locked(self) -> bool:
        """Whether the next run keeps the seed."""
        return self.lock.isChecked()

    def set_spec(self, spec: RunSpec) -> None:
        """Show these parameters; tells nothing."""
        self._spec = spec
        boxes = (self.steps, self.scheduler, self.width_box, self.height_box)
        blockers = [QSignalBlocker(widget) for widget in boxes]
        if self.prompt.text() != spec.prompt:
            self.prompt.setText(spec.prompt)
            self.prompt.setCursorPosition(0)
            self._pause.start()
        if self.negative.text() != spec.negative_prompt:
            self.negative.setText(spec.negative_prompt)
            self.negative.setCursorPosition(0)
        self.seed.set_seed(spec.seed)
        self.steps.setValue(spec.steps)
        self.guidance.set_value(spec.guidance_scale)
        self.scheduler.setCurrentIndex(max(0, self.scheduler.findData(_scheduler_name(spec))))
        self.options.set_spec(spec)
        self.width_box.setValue(spec.width or (self._card.width if self._card else 0))
        self.height_box.setValue(spec.height or (self._card.height if self._card else 0))
        del blockers
        self._mark()

    def set_card(self, card: ModelCard | None) -> None:
        """Fit the fields to the open model: size, own scheduler, whether it takes guidance."""
        self._card = card
        for box in (self.width_box, self.height_box):
            box.setSingleStep(card.size_multiple if card else 8)
        own = card.scheduler.removesuffix("Scheduler") if card else ""
        self.scheduler.setItemText(
            0, tr("Model's ({name})", name=own) if own else tr("Model's own")
        )
        takes = card is None or card.takes_guidance
        self.guidance.set_usable(takes)
        self.live.setEnabled(takes)
        self.set_spec(self._spec)
        self._pause.start()

    def set_models(self, models: Sequence[tuple[str, str, str]], current: str) -> None:
        """List models as (source, title, tooltip); the current one is chosen."""
        self._source = current
        blocker = QSignalBlocker(self.model)
        self.model.clear()
        for source, title, tip in models:
            self.model.addItem(title, source)
            self.model.setItemData(self.model.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.model.insertSeparator(self.model.count())
        self.model.addItem(tr("Open folder…"), OPEN_FOLDER)
        self.model.setCurrentIndex(max(0, self.model.findData(current)))
        del blocker

    def set_tokens(self, count: int, limit: int, cut: str) -> None:
        """Show how many of the text encoder's positions the prompt takes, and what is cut."""
        self.counter.setText(f"{count}/{limit}")
        role(self.counter, "warning" if cut else "muted")
        self.cut.setVisible(bool(cut))
        text = tr("Cut off, the text encoder takes {limit} tokens:", limit=limit)
        self.cut.setText(f"{text} “{_short(cut)}”")
        self.cut.setToolTip(cut)

    def set_running(self, running: bool) -> None:
        """Enable Run or Stop."""
        self.run.setEnabled(not running)
        self.stop.setEnabled(running)

    def draw_seed(self) -> None:
        """Put in a new seed."""
        self.seed.set_seed(draw_seed())
        self._edited()

    def refresh_icons(self) -> None:
        """Draw the icons again: the theme has changed."""
        self._dress_run()
        for button in self.findChildren(QToolButton):
            dress(button)

    # --- inside -------------------------------------------------------------------------------

    def _build(self) -> None:
        self.model = QComboBox()
        name(
            self.model,
            tr("Model"),
            tr("The diffusers model that runs. Others: the local hub cache, or any folder."),
        )
        self.scheduler = QComboBox()
        self.scheduler.addItem(tr("Model's own"), "")
        for choice in SCHEDULERS:
            self.scheduler.addItem(choice.title, choice.name)
        name(
            self.scheduler,
            tr("Scheduler"),
            tr("The sampler: which timesteps are visited, and how a latent follows from the last."),
        )
        for combo in (self.model, self.scheduler):
            combo.setMinimumContentsLength(14)
            combo.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            combo.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.prompt = QLineEdit()
        self.prompt.setPlaceholderText(tr("Describe the picture"))
        name(
            self.prompt,
            tr("Prompt"),
            tr("The text of the conditional branch. Return runs it."),
        )
        self.negative = QLineEdit()
        self.negative.setPlaceholderText(tr("nothing"))
        name(
            self.negative,
            tr("Negative prompt"),
            tr("The text of the unconditional branch, which guidance leads away from."),
        )
        self.counter = QLabel("–/77")
        self.counter.setProperty("role", "muted")
        self.counter.setMinimumWidth(QFontMetrics(self.font()).horizontalAdvance("000/77"))
        self.counter.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        name(
            self.counter,
            tr("Tokens of the prompt"),
            tr("Text encoder positions that the prompt takes, start and end tokens included."),
        )
        self.cut = QLabel()
        self.cut.setProperty("role", "warning")
        self.cut.setTextFormat(Qt.TextFormat.PlainText)
        self.cut.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.cut.hide()
        self._build_numbers()
        self.run = QPushButton(tr("Run"))
        self.run.setProperty("primary", 1)
        self.stop = QPushButton(tr("Stop"))
        self.stop.setEnabled(False)
        name(self.run, tr("Run"), tr("Run the prompt and record every step (Ctrl+Return)."))
        name(self.stop, tr("Stop"), tr("Stop within one denoiser call; steps are kept (Esc)."))
        for button in (self.run, self.stop):
            button.setMinimumWidth(92)
        self._dress_run()
        self._lay_out()

    def _build_numbers(self) -> None:
        self.seed = SeedField()
        self.seed.setFixedWidth(76)
        name(self.seed, tr("Seed"), tr("Seed of the generator that draws the first noise."))
        self.dice = icon_button(
            "seed", tr("New seed"), tr("Draw a new seed (Ctrl+D)."), self.draw_seed
        )
        self.lock = icon_button(
            "lock",
            tr("Keep the seed"),
            tr("Keep the seed from run to run; otherwise each run draws a new one."),
            lambda: None,
        )
        self.lock.setCheckable(True)
        self.lock.toggled.connect(self._dress_lock)
        self.lock.setChecked(True)
        self.steps = _whole_box(0, TYPED, 48)
        name(
            self.steps,
            tr("Steps"),
            tr("Number of inference steps. Some schedulers call the denoiser twice a step."),
        )
        self.guidance = GuidanceField()
        self.live = QCheckBox(tr("Live"))
        self.live.setChecked(True)
        name(
            self.live,
            tr("Live guidance"),
            tr(
                "While a run goes, moving the guidance scale changes the steps still to come; "
                "otherwise it is for the next run."
            ),
        )
        self.options = OptionsButton()
        dress(self.options)
        self.width_box = _whole_box(0, TYPED, 48)
        self.height_box = _whole_box(0, TYPED, 48)
        tip = tr("Size of the picture in pixels; a multiple of 8.")
        name(self.width_box, tr("Width in pixels"), tip)
        name(self.height_box, tr("Height in pixels"), tip)
        for box in (self.width_box, self.height_box):
            box.setSpecialValueText(tr("auto"))

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.SPACE, theme.GAP, theme.SPACE, theme.GAP)
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(3, 1)
        prompt = _row(self.prompt, self.counter)
        prompt.setStretch(0, 1)
        numbers = _row(
            self.negative,
            _spaced(field_label(tr("&Seed"), self.seed)),
            self.seed,
            self.dice,
            self.lock,
            _spaced(field_label(tr("S&teps"), self.steps)),
            self.steps,
            _spaced(field_label(tr("G&uidance"), self.guidance)),
            self.guidance,
            self.live,
            _spaced(field_label(tr("Si&ze"), self.width_box)),
            self.width_box,
            QLabel("×"),
            self.height_box,
            self.options,
        )
        numbers.setSpacing(theme.TIGHT + 1)
        numbers.setStretch(0, 3)
        numbers.setStretch(8, 1)
        rows: tuple[tuple[str, QWidget, str, QWidget, QLayout, QPushButton], ...] = (
            (tr("&Model"), self.model, tr("&Prompt"), self.prompt, prompt, self.run),
            (tr("Sche&duler"), self.scheduler, tr("&Negative"), self.negative, numbers, self.stop),
        )
        for row, (first, combo, second, buddy, fields, button) in enumerate(rows):
            grid.addWidget(field_label(first, combo), row, 0)
            grid.addWidget(combo, row, 1)
            grid.addWidget(_spaced(field_label(second, buddy)), row, 2)
            grid.addLayout(fields, row, 3)
            grid.addWidget(button, row, 4)
        grid.addWidget(self.cut, 2, 3)
        order = (
            self.model, self.prompt, self.run, self.stop, self.scheduler, self.negative, self.seed,
            self.dice, self.lock, self.steps, self.guidance.slider, self.guidance.box,
            self.live, self.width_box, self.height_box, self.options,
        )  # fmt: skip
        for before, after in itertools.pairwise(order):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self.prompt.textChanged.connect(lambda _: self._pause.start())
        self._pause.timeout.connect(lambda: self.prompt_paused.emit(self.prompt.text()))
        self.prompt.textEdited.connect(self._edited)
        self.negative.textEdited.connect(self._edited)
        self.seed.changed.connect(self._edited)
        self.guidance.changed.connect(self._edited)
        self.live.toggled.connect(self.live_set)
        for box in (self.steps, self.width_box, self.height_box):
            box.valueChanged.connect(self._edited)
        self.scheduler.currentIndexChanged.connect(self._edited)
        self.options.panel.edited.connect(self._take)
        self.model.activated.connect(self._choose_model)

    def _edited(self, *_: Any) -> None:
        changes: dict[str, Any] = {
            "prompt": self.prompt.text(),
            "negative_prompt": self.negative.text(),
            "seed": self.seed.seed(),
            "steps": self.steps.value(),
            "guidance_scale": self.guidance.value(),
            "width": self.width_box.value(),
            "height": self.height_box.value(),
        }
        if self._card is not None:  # the model's own size stays "the model's own"
            own = (self._card.width, self._card.height)
            if (changes["width"], changes["height"]) == own:
                changes["width"] = changes["height"] = 0
        if self.scheduler.currentData() != _scheduler_name(self._spec):
            changes["scheduler"] = self.scheduler.currentData()
            changes["scheduler_settings"] = {}
        self._take(dataclasses.replace(self._spec, **changes))
        self._mark()

    def _mark(self) -> None:
        """Mark the numbers that a run would refuse."""
        multiple = self._card.size_multiple if self._card else 8
        steps = self.steps.value()
        role(self.steps, "false" if 1 <= steps <= MAX_STEPS else "true", "invalid")
        for box in (self.width_box, self.height_box):
            good = box.value() <= MAX_SIDE and box.value() % multiple == 0
            role(box, "false" if good else "true", "invalid")

    def _take(self, new: RunSpec) -> None:
        if new != self._spec:
            self._spec = new
            self.spec_edited.emit(new)

    def _choose_model(self, index: int) -> None:
        source = self.model.itemData(index)
        if source != self._source:
            # The list shows what is open; it moves on when the other one has opened.
            self.model.setCurrentIndex(max(0, self.model.findData(self._source)))
            if source == OPEN_FOLDER:
                self.folder_wanted.emit()
            elif source:
                self.model_chosen.emit(source)

    def _dress_lock(self, locked: bool) -> None:
        self.lock.setProperty("icon_name", "lock" if locked else "unlock")
        dress(self.lock)

    def _dress_run(self) -> None:
        self.run.setIcon(theme.icon("run", theme.colours().on_accent))
        self.stop.setIcon(theme.icon("stop"))


def _whole_box(low: int, high: int, width: int) -> QSpinBox:
    box = WholeBox()
    box.setRange(low, high)
    box.setFixedWidth(width)
    return box


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.GAP)
    for widget in widgets:
        row.addWidget(widget)
    return row


def _spaced(label: QLabel) -> QLabel:
    label.setContentsMargins(theme.SPACE, 0, 0, 0)
    return label


def _scheduler_name(spec: RunSpec) -> str:
    """Return the short name of a spec's scheduler; empty for the model's own or a strange one."""
    if not spec.scheduler:
        return ""
    try:
        return find_scheduler(spec.scheduler).name
    except InspectorError:
        return ""


def _short(text: str, length: int = 120) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
