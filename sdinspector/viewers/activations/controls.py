"""The line of controls above the activations."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from sdinspector.app.texts import tr
from sdinspector.app.viewer import DisplayState
from sdinspector.export import colours
from sdinspector.viewers.activations.data import Order, Range, Shown, View
from sdinspector.widgets import look
from sdinspector.widgets.still_label import StillLabel
from sdinspector.widgets.toolbar import Choice, Toolbar


class Head(QWidget):
    """Which module is shown, of which step, and whether its output or its parameters."""

    mode_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = QLabel(self)
        self._name.setAccessibleName(tr("Module shown"))
        self._name.setFont(look.scaled(self.font(), 1.0, bold=True))
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._facts = StillLabel(tr("Step and origin"), self, muted=True)
        self._facts.set_alignment(Qt.AlignmentFlag.AlignRight)
        self._mode = Choice(
            tr("What to see of the module"),
            (
                ("output", tr("Output"), tr("What the module gives at the chosen step")),
                ("parameters", tr("Parameters"), tr("What the module has learned: its weights")),
            ),
            self,
        )
        self._mode.set_current("output")
        self._mode.chosen.connect(self.mode_chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * look.GAP)
        row.addWidget(self._name, 1)
        row.addWidget(self._facts, 1)
        row.addWidget(self._mode)

    @property
    def parameters(self) -> bool:
        """Whether the parameters are looked at, not the output."""
        return self._mode.current == "parameters"

    def show_text(self, name: str, facts: str = "") -> None:
        """Write the module's path, and of what it is shown."""
        self._name.setText(name)
        self._name.setToolTip(name)
        self._facts.set_text(facts)


class Controls(QWidget):
    """Branch, order, range and colours."""

    changed = Signal()
    """Something that decides what is drawn was chosen."""
    branch_chosen = Signal(str)
    table_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        bar = Toolbar(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(bar)
        self._branch = bar.add_choice(
            tr("Branch"),
            (
                ("cond", tr("cond"), tr("With the prompt")),
                ("uncond", tr("uncond"), tr("Without the prompt, or with the negative one")),
                ("difference", tr("diff"), tr("Conditional minus unconditional")),
            ),
        )
        self._branch.set_current("cond")
        self._order = bar.add_list(
            tr("Order of the channels"),
            tr("What the channels are sorted by; the largest comes first"),
            (
                ("index", tr("by number")),
                ("variance", tr("by variance")),
                ("mean_abs", tr("by mean |x|")),
                ("branch_difference", tr("by cond − uncond")),
            ),
        )
        self._keep = bar.add_button(
            "lock",
            tr("Keep the order"),
            tr("Keep the order of this step while others are looked at"),
            checkable=True,
        )
        self._range = bar.add_list(
            tr("Range of the colours"),
            tr(
                "Each channel its own range shows faint ones too; one range for all shows which "
                "are strong; one for the run shows when"
            ),
            (
                ("each", tr("range: each")),
                ("step", tr("range: all")),
                ("run", tr("range: run")),
            ),
        )
        self._table = bar.add_list(
            tr("Colour map"),
            tr("Colours of the channels; balance has zero in its middle"),
            [(name, name) for name in (*colours.DIVERGING, *colours.SEQUENTIAL)],
        )
        bar.add_stretch()
        self.fit = bar.add_button("fit", tr("Fit"), tr("Show all of the mosaic (F)"))
        self.save = bar.add_button(
            "save", tr("Save"), tr("Save mosaic, channel or plots as pictures or numbers")
        )
        self._keep.setIconSize(QSize(16, 16))
        self._branch.chosen.connect(self.branch_chosen)
        for box in (self._order, self._range):
            box.activated.connect(lambda _: self.changed.emit())
        self._keep.clicked.connect(lambda _: self.changed.emit())
        self._table.activated.connect(lambda _: self.table_chosen.emit(self._table.currentData()))

    @property
    def shown(self) -> Shown:
        """The branch, or the difference."""
        return cast("Shown", self._branch.current)

    @property
    def order(self) -> Order:
        """What the channels are sorted by."""
        return cast("Order", self._order.currentData())

    @property
    def range(self) -> Range:
        """Whose range the colours span."""
        return cast("Range", self._range.currentData())

    @property
    def keeps_order(self) -> bool:
        """Whether the order stays while steps change."""
        return self._keep.isChecked()

    def show_display(self, display: DisplayState) -> None:
        """Follow the shared settings."""
        self._table.setCurrentIndex(max(0, self._table.findData(display.diverging_map)))

    def show_mode(self, *, parameters: bool) -> None:
        """Show only what parameters have too: colours, fit, save."""
        for part in (self._branch, self._order, self._keep, self._range):
            part.setVisible(not parameters)

    def show_view(self, view: View) -> None:
        """Press what is shown, and forbid what this module has not."""
        both = {"uncond", "cond"} <= set(view.branches)
        free = view.branches == ("",)
        alone = tr("This call evaluated one branch alone: run with a guidance scale above 1.")
        if free:
            alone = tr("The VAE knows no branches: it sees the picture alone.")
        for key in ("cond", "uncond", "difference"):
            there = both or (key in view.branches)
            self._branch.set_enabled(key, there, alone)
        if not free:
            self._branch.set_current(view.name)
        place = self._order.findData("branch_difference")
        model = self._order.model()
        item = model.item(place) if hasattr(model, "item") else None
        if item is not None:
            item.setEnabled(both)
