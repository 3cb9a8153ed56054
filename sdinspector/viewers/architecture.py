"""The model's module tree, at the left."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import Scene, Services, Viewer
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

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make the tree."""
        self._tree = ModuleTree(parent)
        self._tree.chosen.connect(lambda path: services.select(layer=path))
        return self._tree

    def show(self, scene: Scene) -> None:
        """Show the open model and the selected module."""
        self._tree.set_root(scene.model.root if scene.model is not None else None)
        self._tree.set_path(scene.selection.layer)

    def empty(self, scene: Scene) -> str | None:
        """Return that a model must be open."""
        if scene.model is not None:
            return None
        return tr("The modules appear as soon as a model is open.")
