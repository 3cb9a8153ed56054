"""The model's module tree, at the left, with bars that show where things happen."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import Scene, Services, Viewer
from sdinspector.core import Branch, tree_path
from sdinspector.recording.module_statistics import (
    BRANCHES,
    MEAN_ABSOLUTE,
    ModuleStatistics,
    read_module_statistics,
)
from sdinspector.widgets import look
from sdinspector.widgets.calm import Calm
from sdinspector.widgets.heat import Heat, Warmth
from sdinspector.widgets.latest import Latest
from sdinspector.widgets.module_tree import ModuleTree


class ArchitectureViewer(Viewer):
    """Every module of the model; what is chosen here is selected everywhere."""

    id = "architecture"
    title = mark("Architecture")
    description = mark("The model's modules as a tree: search, open, select")
    icon = "tree"
    shortcut = "Ctrl+Shift+A"
    place = "left"
    order = 10
    captures = ("statistics",)

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make the tree."""
        self._reader = Latest(services, "architecture/heat")
        self._scene = Scene()
        self._group: object = None
        self._statistics: ModuleStatistics | None = None
        self._drawn: object = None
        self._what = "mean_absolute"
        self._tree = ModuleTree(parent)
        self._calm = Calm(self._warm, self._tree)
        self._tree.chosen.connect(lambda path: services.select(layer=path))
        self._tree.heat_chosen.connect(self._chose_heat)
        self._training = services.training
        self._training.gradients_changed.connect(self._calm.ask)
        return self._tree

    def show(self, scene: Scene) -> None:
        """Show the open model, the selected module, and the heat of the selected step."""
        before, self._scene = self._scene, scene
        self._tree.set_root(scene.model.root if scene.model is not None else None)
        self._tree.set_path(scene.selection.layer)
        recording = scene.recording
        group = (scene.generation, recording.id if recording is not None else None)
        if group != self._group:
            self._group, self._statistics = group, None
        if recording is not None and scene.calls:
            self._reader.ask(
                group,
                scene.calls,
                read_module_statistics,
                recording,
                scene.calls,
                self._statistics,
                on_result=self._take,
            )
        if scene.busy or scene.call != before.call:
            self._calm.ask()  # bars beside a view that plays
        else:
            self._warm()

    def empty(self, scene: Scene) -> str | None:
        """Return that a model must be open."""
        if scene.model is not None:
            return None
        return tr("The modules appear as soon as a model is open.")

    def close(self) -> None:
        """Drop what is being read."""
        self._calm.stop()
        self._reader.forget()

    def _take(self, statistics: ModuleStatistics) -> None:
        self._statistics = statistics
        self._warm()

    def _chose_heat(self, what: str) -> None:
        self._what = what
        self._warm()

    def _warm(self) -> None:
        scene, statistics = self._scene, self._statistics
        branch = scene.selection.branch
        gradients = self._training.gradients
        if gradients:
            self._drawn = None
            self._tree.set_heat(heat_of_gradients(gradients))
            return
        key = (self._group, statistics and statistics.calls, scene.call, branch, self._what)
        if key == self._drawn:
            return
        self._drawn = key
        if scene.call is None:
            self._tree.set_heat(None, tr("Bars need a run: press Run (Ctrl+Return)."))
        elif statistics is None:
            self._tree.set_heat(None)
        elif not statistics.stored.any():
            self._tree.set_heat(None, tr("This recording holds no statistics of its modules."))
        elif not self._what:
            self._tree.set_heat(None)
        else:
            self._tree.set_heat(heat_of(statistics, scene.call, branch, self._what))


def heat_of(statistics: ModuleStatistics, call: int, branch: Branch, what: str) -> Heat:
    """Return the bars of one call, on one scale for all calls and modules.

    Parameters
    ----------
    statistics
        Of the recording's modules.
    call, branch
        Which numbers; where the branch did not run, those of the other.
    what
        ``"mean_absolute"``, or ``"change"`` for its relative change since the call before.
    """
    place = BRANCHES.index(branch)
    if not statistics.stored[:, :, place].any():
        place = 1 - place
    values = statistics.values[:, :, place, MEAN_ABSOLUTE]
    call = min(call, len(values) - 1)
    signed = what == "change"
    if signed:
        values = _change(values)
    finite = np.abs(values[np.isfinite(values)])
    # Of changes the first are huge; bars that end at the scale's end have their number beside.
    top = float(np.quantile(finite, 0.9) if signed else finite.max()) if finite.size else 0.0
    modules: dict[str, Warmth] = {}
    below = _Below()
    for path, value in zip(statistics.paths, values[call], strict=True):
        if not np.isfinite(value):
            if statistics.stored[call, statistics.paths.index(path), place] and not signed:
                modules[tree_path(path)] = Warmth(1.0, tr("values are not finite"))
            continue
        full = tree_path(path)
        modules[full] = Warmth(float(value) / (top or 1.0), _told(float(value), what))
        below.add(full, float(value))
    for path, found in below.items():
        if path not in modules:
            mean = sum(found) / len(found)
            text = tr("{what}: mean of the {count} modules below that were recorded",
                      what=_told(mean, what), count=len(found))  # fmt: skip
            modules[path] = Warmth(mean / (top or 1.0), text, below=True)
    title = tr("Δ |x|") if signed else tr("|x|")
    return Heat(title, modules, signed)


def heat_of_gradients(norms: Mapping[str, float]) -> Heat:
    """Return the bars of a training's step: √Σ‖g‖² of each block, and of those above it."""
    top = max(norms.values(), default=0.0) or 1.0
    modules: dict[str, Warmth] = {}
    below = _Below()
    for path, norm in norms.items():
        text = tr("norm of the gradient {value}", value=look.number(norm))
        modules[path] = Warmth(norm / top, text)
        below.add(path, norm)
    for path, found in below.items():
        if path not in modules:
            norm = float(np.sqrt(np.square(found).sum()))
            text = tr("norm of the gradient of all below {value}", value=look.number(norm))
            modules[path] = Warmth(norm / top, text, below=True)
    return Heat(tr("‖g‖"), modules)


class _Below(dict[str, list[float]]):
    """Values of the modules below each module."""

    def add(self, path: str, value: float) -> None:
        """Note a module's value at all that it lies in."""
        parts = path.split(".")
        for count in range(1, len(parts)):
            self.setdefault(".".join(parts[:count]), []).append(value)


def _change(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the relative change from call to call; there is none at the first."""
    change = np.full_like(values, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        change[1:] = values[1:] / values[:-1] - 1
    return change


def _told(value: float, what: str) -> str:
    if what == "change":
        sign = "+" if value > 0 else "−"
        return tr("mean |x| {change} since the call before", change=f"{sign}{abs(value):.1%}")
    return tr("mean |x| {value}", value=look.number(value))
