"""The UNet drawn in its U shape, in the centre."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import Scene, Services, Viewer
from sdinspector.core import ModelCard, ModuleInfo
from sdinspector.widgets import look
from sdinspector.widgets.module_model import shape_text, short_bytes, short_count
from sdinspector.widgets.u_diagram import UDiagram
from sdinspector.widgets.u_parts import has_u


class UShapeViewer(Viewer):
    """Blocks, layers and skip connections; kept in step with the module tree."""

    id = "u-shape"
    title = mark("UNet")
    description = mark("The UNet as a U: blocks, layers, skip connections, and what feeds in")
    icon = "architecture"
    shortcut = "Ctrl+2"
    place = "centre"
    order = 20

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make the drawing and the line that describes the selected part."""
        self._model: ModelCard | None = None
        self._layer: str | None = None
        self._pointed: str | None = None
        page = QWidget(parent)
        self._diagram = UDiagram()
        area = QScrollArea(page)
        area.setWidget(self._diagram)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName(tr("The UNet as a U"))
        area.setToolTip("")
        self._name = QLabel(page)
        self._name.setAccessibleName(tr("Selected module"))
        self._name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._name.setFont(look.scaled(page.font(), 1.0, bold=True))
        self._facts = QLabel(page)
        self._facts.setProperty("role", "muted")
        self._facts.setAccessibleName(tr("Facts of the selected module"))
        line = QHBoxLayout()
        line.setContentsMargins(3 * look.GAP, look.GAP, 3 * look.GAP, 2 * look.GAP)
        line.setSpacing(3 * look.GAP)
        line.addWidget(self._name)
        line.addWidget(self._facts, 1)
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(area, 1)
        box.addLayout(line)
        self._diagram.chosen.connect(lambda path: services.select(layer=path))
        self._diagram.pointed.connect(self._point)
        return page

    def show(self, scene: Scene) -> None:
        """Show the open model and the selected module."""
        self._model, self._layer = scene.model, scene.selection.layer
        self._diagram.set_card(scene.model)
        self._diagram.set_path(scene.selection.layer)
        self._describe()

    def empty(self, scene: Scene) -> str | None:
        """Return that a model with a UNet must be open."""
        if scene.model is None:
            return tr("The drawing appears as soon as a model is open.")
        if not has_u(scene.model):
            return tr(
                "{name} has no UNet with down and up blocks, so there is no U to draw; "
                "its modules are in the tree at the left.",
                name=scene.model.class_name,
            )
        return None

    def _point(self, path: str | None) -> None:
        self._pointed = path
        self._describe()

    def _describe(self) -> None:
        path = self._pointed or self._layer
        info = self._model.root.find(path) if self._model is not None and path else None
        if info is None:
            self._name.setText(tr("Nothing selected"))
            self._facts.setText(tr("Point at a part to read what it is; click to select it."))
        else:
            self._name.setText(info.path)
            self._facts.setText(_facts(info))


def _facts(info: ModuleInfo) -> str:
    parts = [info.class_name]
    if info.shape:
        parts.append(tr("output {shape}", shape=shape_text(info.shape)))
    if info.parameters:
        parts.append(tr("{count} parameters", count=short_count(info.parameters)))
        parts.append(short_bytes(info.bytes))
    return "   ·   ".join(parts)
