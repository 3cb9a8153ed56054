"""The row of controls that says which maps are made: steps, layers, heads, recipe, branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QSpinBox, QWidget

from sdinspector.analysis.heatmaps import RECIPES
from sdinspector.app.number_box import WholeBox
from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.toolbar import Toolbar

Steps: TypeAlias = Literal["one", "all", "range"]


class ControlBar(Toolbar):
    """Steps, layers, heads, recipe and branch; what a person chose is told by one signal."""

    changed = Signal(str)
    """Something was chosen: ``"steps"``, ``"layers"``, ``"head"``, ``"recipe"``, ``"branch"``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.steps = self.add_choice(
            tr("Steps"),
            (
                ("one", tr("This step"), tr("The map of the chosen step alone")),
                ("all", tr("All steps"), tr("Every step of the run added up")),
                ("range", tr("Range"), tr("From one step to another, added up")),
            ),
        )
        self.first, self.last = self._add_step(tr("First step")), self._add_step(tr("Last step"))
        self.layers = self.add_list(
            tr("Layers"), tr("Which cross-attention layers the map is made of"), ()
        )
        self.heads = self.add_list(
            tr("Heads"), tr("Which heads of each layer the map is made of"), ()
        )
        self.recipe = self.add_list(
            tr("Recipe"),
            tr("How heads, layers and steps are put together"),
            [(name, tr(info.title)) for name, info in RECIPES.items()],
        )
        for index, info in enumerate(RECIPES.values()):
            about = f"{tr(info.description)}\n{tr(info.source)}"
            self.recipe.setItemData(index, about, _TOOLTIP)
        self.branch = self.add_list(
            tr("Branch"),
            tr("Whose attention: of the prompt, or of the unconditional branch"),
            (("cond", tr("cond")), ("uncond", tr("uncond"))),
        )
        for box, letters in ((self.layers, 11), (self.heads, 7), (self.recipe, 8)):
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(letters)
            box.view().setMinimumWidth(190)
        for box in (self.layers, self.recipe):
            box.setMinimumWidth(_NARROWEST)
        self.add_stretch()
        self.fit = self.add_button("fit", tr("Fit"), tr("Show the whole picture (F)"))
        self.save = self.add_button(
            "save", tr("Save"), tr("Save the map, all words or the matrix as PNG, NPZ or CSV")
        )
        self.show_range(on=False)

    def _add_step(self, name: str) -> QSpinBox:
        box = WholeBox(self)
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setRange(1, 1)
        box.setKeyboardTracking(False)
        box.setFixedWidth(50)
        self.add_widget(box)
        return box

    def _connect(self) -> None:
        self.steps.chosen.connect(self._steps_chosen)
        self.first.valueChanged.connect(lambda _: self.changed.emit("steps"))
        self.last.valueChanged.connect(lambda _: self.changed.emit("steps"))
        for box, name in (
            (self.layers, "layers"),
            (self.heads, "head"),
            (self.recipe, "recipe"),
            (self.branch, "branch"),
        ):
            box.activated.connect(lambda _=0, which=name: self.changed.emit(which))

    def _steps_chosen(self, key: str) -> None:
        self.show_range(on=key == "range")
        self.changed.emit("steps")

    # -- what is shown ---------------------------------------------------------------------

    def show_range(self, *, on: bool) -> None:
        """Show the two numbers of a range, or hide them."""
        self.first.setVisible(on)
        self.last.setVisible(on)

    def set_steps(self, mode: Steps, first: int, last: int, count: int) -> None:
        """Show how steps are added up; emits nothing."""
        self.steps.set_current(mode)
        self.show_range(on=mode == "range")
        for box, value in ((self.first, first), (self.last, last)):
            with QSignalBlocker(box):
                box.setRange(1, max(count, 1))
                box.setValue(value + 1)

    def set_layers(self, entries: Sequence[tuple[str, str, str]], current: str) -> None:
        """Offer layers (key, text, tooltip); emits nothing."""
        _fill(self.layers, entries, current)

    def set_heads(self, count: int, current: int | None) -> None:
        """Offer heads; emits nothing."""
        entries = [("", tr("All heads"), "")]
        entries += [(str(head), tr("Head {number}", number=head), "") for head in range(count)]
        if current is not None and current >= count:
            entries.append((str(current), tr("Head {number}", number=current), ""))
        _fill(self.heads, entries, "" if current is None else str(current))

    def set_recipe(self, name: str) -> None:
        """Show a recipe; emits nothing."""
        self.recipe.setCurrentIndex(max(0, self.recipe.findData(name)))
        info = RECIPES.get(name)
        if info is not None:
            about = f"{tr(info.description)}\n{tr(info.source)}"
            self.recipe.setToolTip(f"{tr(info.title)}\n{about}")

    def set_branch(self, name: str) -> None:
        """Show a branch; emits nothing."""
        self.branch.setCurrentIndex(max(0, self.branch.findData(name)))

    # -- what was chosen -------------------------------------------------------------------

    @property
    def head(self) -> int | None:
        """The chosen head, or ``None`` for all."""
        data = self.heads.currentData()
        return int(data) if data else None


_NARROWEST = 64  # these lists give way before the docks beside the view do
_TOOLTIP = 3  # Qt.ItemDataRole.ToolTipRole


def _fill(box: QComboBox, entries: Sequence[tuple[str, str, str]], current: str) -> None:
    now = [(box.itemData(index), box.itemText(index)) for index in range(box.count())]
    if now != [(key, text) for key, text, _ in entries]:
        box.clear()
        for key, text, tip in entries:
            box.addItem(text, key)
            if tip:
                box.setItemData(box.count() - 1, tip, _TOOLTIP)
    box.setCurrentIndex(max(0, box.findData(current)))


def layer_entries(
    grids: Mapping[str, tuple[int, int]], selected: str
) -> list[tuple[str, str, str]]:
    """Return what can be chosen of layers: the recipe's, all, the selected, one resolution."""
    entries = [
        ("recipe", tr("By recipe"), tr("The layers that the recipe takes")),
        ("all", tr("All layers"), tr("Every cross-attention, the middle block's too")),
        (
            "selected",
            selected or tr("Selected layer"),
            tr("The layer that is selected in the tree, the U or the matrix below"),
        ),
    ]
    sizes = sorted(set(grids.values()), key=lambda grid: -grid[0] * grid[1])
    entries += [
        (
            f"{height}x{width}",
            tr("{height} × {width}", height=height, width=width),
            tr("Layers of that resolution"),
        )
        for height, width in sizes
    ]
    return entries


def heading(text: str, parent: QWidget) -> QLabel:
    """Return a small title above a part of the view."""
    label = QLabel(text, parent)
    label.setFont(look.scaled(parent.font(), 0.92))
    label.setAccessibleName(tr("Title"))
    return label
