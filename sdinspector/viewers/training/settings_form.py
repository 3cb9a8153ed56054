"""The settings of a training, in a form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.number_box import NumberBox, WholeBox
from sdinspector.app.shell.parts import role
from sdinspector.app.texts import tr
from sdinspector.core import TrainingSpec
from sdinspector.widgets import look

MOST = 1_000_000
DRAWN = 200
FIRST = TrainingSpec(prompts=("",), every=50)


class RateBox(NumberBox):
    """A learning rate, written as people write it: 2e-4 is 0.0002."""

    def textFromValue(self, value: float) -> str:
        """Return the shortest text of a value."""
        return f"{value:g}"


class SettingsForm(QScrollArea):
    """Where the pictures are, what is trained and how, and where the result goes.

    Signals
    -------
    place_changed
        Other pictures, or another caption for all of them, were named.
    """

    place_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self._box = QVBoxLayout(inside)
        self._box.setContentsMargins(0, 0, 2 * look.GAP, 0)
        self._box.setSpacing(2 * look.GAP)
        self._chosen = "whole"
        self._labels: list[QLabel] = []
        self._build_pictures()
        self._build_method()
        self._build_steps()
        self._build_samples()
        self._build_result()
        self._box.addStretch(1)
        self.setWidget(inside)
        width = max(label.sizeHint().width() for label in self._labels)
        for label in self._labels:  # one column through all sections
            label.setFixedWidth(width)
        self._connect()
        self.set_spec(FIRST)

    # -- what it says ----------------------------------------------------------------------

    @property
    def place(self) -> str:
        """Where the pictures are: a folder or a table, or ``shapes:N``; empty for nowhere yet."""
        if self.source.currentData() == "shapes":
            return f"shapes:{self.count.value()}"
        return self.folder.text().strip()

    @property
    def caption(self) -> str:
        """The one caption for all pictures, or nothing."""
        return "" if self.source.currentData() == "shapes" else self.common.text().strip()

    @property
    def out(self) -> Path | None:
        """Where the result goes, if anything is said."""
        text = self.result.text().strip()
        return Path(text).expanduser() if text else None

    def spec(self) -> TrainingSpec:
        """Return the settings."""
        prompts = tuple(
            line.strip() for line in self.prompts.toPlainText().splitlines() if line.strip()
        )
        return TrainingSpec(
            method=self.method.currentData(),
            steps=self.steps.value(),
            batch=self.batch.value(),
            accumulation=self.accumulation.value(),
            learning_rate=self.rate.value(),
            warmup=self.warmup.value(),
            caption_dropout=self.dropout.value(),
            min_snr=self.gamma.value(),
            average=self.average.value(),
            seed=self.seed.value(),
            rank=self.rank.value(),
            alpha=self.alpha.value(),
            prompts=prompts,
            every=self.every.value() if prompts else 0,
            guidance=self.guidance.value(),
        )

    def set_spec(self, spec: TrainingSpec) -> None:
        """Show other settings."""
        self.method.setCurrentIndex(max(0, self.method.findData(spec.method)))
        numbers: tuple[tuple[Any, Any], ...] = (
            (self.steps, spec.steps),
            (self.batch, spec.batch),
            (self.accumulation, spec.accumulation),
            (self.rate, spec.learning_rate),
            (self.warmup, spec.warmup),
            (self.dropout, spec.caption_dropout),
            (self.gamma, spec.min_snr),
            (self.average, spec.average),
            (self.seed, spec.seed),
            (self.rank, spec.rank),
            (self.alpha, spec.alpha),
            (self.every, spec.every or FIRST.every),
            (self.guidance, spec.guidance),
        )
        for box, value in numbers:
            box.setValue(value)
        self.prompts.setPlainText("\n".join(spec.prompts).strip())

    def set_place(self, place: str, caption: str = "") -> None:
        """Name other pictures; tells it once."""
        name, _, count = place.partition(":")
        drawn = name == "shapes" and (not count or count.isdigit())
        with QSignalBlocker(self):
            self.source.setCurrentIndex(self.source.findData("shapes" if drawn else "folder"))
            if drawn:
                self.count.setValue(int(count or DRAWN))
            else:
                self.folder.setText(place)
                self.common.setText(caption)
        self._arrange()
        self.place_changed.emit()

    def set_found(self, text: str, *, bad: bool = False) -> None:
        """Say what was found at the place."""
        self.found.setText(text)
        role(self.found, "warning" if bad else "muted")
        self.found.setVisible(bool(text))

    def set_parameters(self, count: int) -> None:
        """Say what "by the model's size" comes to, for a UNet with so many parameters."""
        self._chosen = TrainingSpec().method_for(count)
        what = tr("whole UNet") if self._chosen == "whole" else tr("LoRA")
        self.method.setItemText(0, tr("By size: {what}", what=what))
        self._arrange()

    def set_locked(self, *, on: bool) -> None:
        """A training goes: its settings are looked at, not changed."""
        self.widget().setEnabled(not on)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Scroll the form with the wheel; a number changes only where the keys are."""
        if (
            event.type() == QEvent.Type.Wheel
            and isinstance(watched, QAbstractSpinBox | QComboBox)
            and not watched.hasFocus()
        ):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    # -- building --------------------------------------------------------------------------

    def _build_pictures(self) -> None:
        form = self._section(tr("Pictures"))
        self.source = QComboBox()
        self.source.addItem(tr("A folder of pictures"), "folder")
        self.source.addItem(tr("Drawn shapes"), "shapes")
        self._row(form, tr("From"), self.source, tr("Pictures of your own, or drawn scenes"))
        self.folder = QLineEdit()
        self.folder.setPlaceholderText(tr("drop a folder here"))
        browse = QToolButton()
        browse.setIcon(look.icon("folder", self.palette()))
        browse.setAccessibleName(tr("Choose a folder"))
        browse.setToolTip(tr("Choose a folder"))
        browse.clicked.connect(self._ask_folder)
        both = QHBoxLayout()
        both.setSpacing(look.GAP)
        both.addWidget(self.folder, 1)
        both.addWidget(browse)
        tip = tr(
            "Captions come from a table in it (metadata.jsonl or .csv: file_name, caption), else "
            "from NAME.txt beside NAME.png, else from the files' names"
        )
        self._folder_row = QWidget()
        both.setContentsMargins(0, 0, 0, 0)
        self._folder_row.setLayout(both)
        self._folder_label = self._label(tr("Folder"), self.folder, tip)
        form.addRow(self._folder_label, self._folder_row)
        self.common = QLineEdit()
        self.common.setPlaceholderText(tr("from the files"))
        self._common_label = self._row(
            form, tr("Caption"), self.common, tr("One for all pictures; empty: each has its own")
        )
        self.count = _whole(1, 100_000)
        self.count.setValue(DRAWN)
        self._count_label = self._row(
            form, tr("Scenes"), self.count, tr("How many scenes of coloured shapes are drawn")
        )
        self.found = QLabel()
        self.found.setWordWrap(True)
        self.found.hide()
        form.addRow(self.found)

    def _build_method(self) -> None:
        form = self._section(tr("What is trained"))
        self.method = QComboBox()
        for key, text in (
            ("auto", tr("By the model's size")),
            ("whole", tr("The whole UNet")),
            ("lora", tr("A LoRA")),
        ):
            self.method.addItem(text, key)
        self._row(
            form,
            tr("Method"),
            self.method,
            tr(
                "All weights of the UNet, or two thin matrices beside those of its attention: "
                "W + (α/r)·B·A (Hu et al. 2021). By size: a LoRA from 200 million weights on"
            ),
        )
        self.rank = _whole(1, 1024)
        self._rank_label = self._row(form, tr("Rank r"), self.rank, tr("Width of A and B"))
        self.alpha = _number(0.0, 4096.0, 2, 1.0, tr("as r"))
        self._alpha_label = self._row(
            form, tr("α"), self.alpha, tr("B·A is multiplied with α/r; 0 takes r for α")
        )

    def _build_steps(self) -> None:
        form = self._section(tr("Steps"))
        self.steps = _whole(1, MOST)
        self._row(form, tr("Steps"), self.steps, tr("Optimizer steps (AdamW)"))
        self.batch = _whole(1, 1024)
        self._row(form, tr("Batch"), self.batch, tr("Pictures at a time"))
        self.accumulation = _whole(1, 1024)
        self._row(
            form, tr("Accumulate"), self.accumulation, tr("Batches whose gradients make one step")
        )
        self.rate = RateBox()
        self.rate.setRange(0.0, 1.0)
        self.rate.setDecimals(9)
        self.rate.setSingleStep(1e-4)
        self.rate.setSpecialValueText(tr("by method"))
        self.rate.setKeyboardTracking(False)
        self._row(
            form,
            tr("Learning rate"),
            self.rate,
            tr("At its peak; 0 takes 2e-4 for the whole UNet and 1e-3 for a LoRA"),
        )
        self.warmup = _whole(0, MOST)
        self._row(
            form,
            tr("Warm-up"),
            self.warmup,
            tr("Steps until the peak of the rate; it falls along a cosine after that"),
        )
        self.dropout = _number(0.0, 1.0, 2, 0.05)
        self._row(
            form,
            tr("Caption dropout"),
            self.dropout,
            tr("How often the caption is the empty one: that trains ε_∅, which guidance needs"),
        )
        self.gamma = _number(0.0, 1000.0, 2, 1.0, tr("off"))
        self._row(
            form,
            tr("Min-SNR γ"),
            self.gamma,
            tr("Weighs the loss by min(SNR, γ)/SNR for ε (Hang et al. 2023); 0: the plain loss"),
        )
        self.average = _number(0.0, 0.9999, 4, 0.001, tr("off"))
        self._row(
            form,
            tr("EMA decay"),
            self.average,
            tr("Keep the exponential moving average of the weights; 0 keeps the weights"),
        )
        self.seed = _whole(0, 2**31 - 1)
        self._row(form, tr("Seed"), self.seed, tr("Of the order of pictures, of t, ε and dropout"))

    def _build_samples(self) -> None:
        form = self._section(tr("Pictures on the way"))
        self.prompts = QPlainTextEdit()
        self.prompts.setPlaceholderText(tr("one prompt a line; none: no pictures"))
        self.prompts.setTabChangesFocus(True)
        self.prompts.setFixedHeight(3 * self.fontMetrics().lineSpacing() + 4 * look.GAP)
        self._row(form, tr("Prompts"), self.prompts, tr("Made again with the same seed each time"))
        self.every = _whole(1, MOST)
        self._row(form, tr("Every"), self.every, tr("Steps between two of them"))
        self.guidance = _number(0.0, 100.0, 2, 0.5)
        self._row(form, tr("Guidance"), self.guidance, tr("Guidance scale of these pictures"))

    def _build_result(self) -> None:
        form = self._section(tr("Result"))
        self.result = QLineEdit()
        self.result.setPlaceholderText(tr("a new folder among the trained models"))
        self._row(
            form,
            tr("Folder"),
            self.result,
            tr("Where the trained model or LoRA is written; the open model is never changed"),
        )
        self.control = _whole(0, 10_000)
        self.control.setSpecialValueText(tr("none"))
        self._row(
            form,
            tr("Control"),
            self.control,
            tr("Drawn scenes whose loss is taken before and after: what else has changed"),
        )

    def _section(self, title: str) -> QFormLayout:
        label = QLabel(title)
        label.setFont(look.scaled(self.font(), 1.0, bold=True))
        self._box.addWidget(label)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, look.GAP)
        form.setHorizontalSpacing(2 * look.GAP)
        form.setVerticalSpacing(look.GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._box.addLayout(form)
        return form

    def _row(self, form: QFormLayout, text: str, widget: QWidget, tip: str) -> QLabel:
        label = self._label(text, widget, tip)
        form.addRow(label, widget)
        return label

    def _label(self, text: str, widget: QWidget, tip: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("role", "muted")
        label.setBuddy(widget)
        label.setToolTip(tip)
        self._labels.append(label)
        widget.setAccessibleName(text)
        widget.setToolTip(tip)
        widget.setMinimumWidth(60)
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(self)
        return label

    def _connect(self) -> None:
        self.source.activated.connect(lambda _: self._turned())
        self.folder.editingFinished.connect(self.place_changed)
        self.common.editingFinished.connect(self.place_changed)
        self.count.editingFinished.connect(self.place_changed)
        self.method.currentIndexChanged.connect(lambda _: self._arrange())

    def _turned(self) -> None:
        self._arrange()
        self.place_changed.emit()

    def _arrange(self) -> None:
        """Show the fields that count."""
        drawn = self.source.currentData() == "shapes"
        method = self.method.currentData()
        lora = "lora" in (method, self._chosen if method == "auto" else "")
        for widget, on in (
            (self._folder_label, not drawn),
            (self._folder_row, not drawn),
            (self._common_label, not drawn),
            (self.common, not drawn),
            (self._count_label, drawn),
            (self.count, drawn),
            (self._rank_label, lora),
            (self.rank, lora),
            (self._alpha_label, lora),
            (self.alpha, lora),
        ):
            widget.setVisible(on)

    def _ask_folder(self) -> None:
        start = self.folder.text() or str(Path.home())
        chosen = QFileDialog.getExistingDirectory(self, tr("Pictures to train on"), start)
        if chosen:
            self.set_place(chosen, self.common.text())


def _whole(low: int, high: int) -> QSpinBox:
    box = WholeBox()
    box.setRange(low, high)
    box.setKeyboardTracking(False)
    return box


def _number(low: float, high: float, decimals: int, step: float, special: str = "") -> NumberBox:
    box = NumberBox()
    box.setRange(low, high)
    box.setDecimals(decimals)
    box.setSingleStep(step)
    box.setKeyboardTracking(False)
    if special:
        box.setSpecialValueText(special)
    return box
