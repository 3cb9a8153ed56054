"""The training viewer: a switch between pages, each with a controller of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import Pixel, Scene, Services, Viewer
from sdinspector.core import FigureSpec
from sdinspector.viewers.training.looking import Looking
from sdinspector.viewers.training.objective_page import ObjectivePage
from sdinspector.viewers.training.teaching import Teaching
from sdinspector.viewers.training.train_page import TrainPage
from sdinspector.widgets import look
from sdinspector.widgets.export_button import save_figures
from sdinspector.widgets.toolbar import Toolbar


class Controller(Protocol):
    """What drives a page."""

    def show(self, scene: Scene) -> None:
        """Draw a scene; called while the viewer can be seen, whichever page is in front."""

    def hover(self, pixel: Pixel | None) -> None:
        """Show the shared crosshair."""

    def figures(self, scene: Scene) -> list[FigureSpec]:
        """Return what can be saved of the page."""

    def close(self) -> None:
        """Drop what is being read and computed."""


@dataclass(frozen=True)
class Page:
    """A page of the viewer: its button, its widget, what drives it, the recordings it shows."""

    title: str
    tip: str
    widget: QWidget
    controller: Controller
    kind: str


class TrainingViewer(Viewer):
    """What a denoiser is trained on, and training it; no run is needed."""

    id = "training"
    title = mark("Training")
    description = mark("The training objective of a picture, over t, and training the model")
    icon = "training"
    shortcut = "Ctrl+0"
    place = "centre"
    order = 100
    kinds = ("objective", "training")

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make the pages and the switch between them."""
        self._scene = Scene()
        self._recording = ""
        self._page = page = QWidget(parent)
        self.pages = self._make_pages(services, page)
        self._bar = Toolbar(page)
        self._choice = self._bar.add_choice(
            tr("Page"), [(key, entry.title, entry.tip) for key, entry in self.pages.items()]
        )
        self._bar.add_stretch()
        save = self._bar.add_button("save", tr("Save"), tr("Save what is shown"))
        save.clicked.connect(lambda: save_figures(self.figures(self._scene), services, page))
        self._stack = QStackedLayout()
        for entry in self.pages.values():
            self._stack.addWidget(entry.widget)
        self._choice.chosen.connect(self.show_page)
        self.show_page(next(iter(self.pages)))
        box = QVBoxLayout(page)
        box.setContentsMargins(3 * look.GAP, 2 * look.GAP, 3 * look.GAP, 2 * look.GAP)
        box.setSpacing(2 * look.GAP)
        box.addWidget(self._bar)
        box.addLayout(self._stack, 1)
        return page

    def _make_pages(self, services: Services, parent: QWidget) -> dict[str, Page]:
        objective, train = ObjectivePage(parent), TrainPage(parent)
        return {
            "objective": Page(
                tr("The objective"),
                tr("What the denoiser should have said of a picture, what it said, and the loss"),
                objective,
                Looking(services, objective),
                "objective",
            ),
            "train": Page(
                tr("Train"),
                tr("Train a copy of the open model on pictures with captions"),
                train,
                Teaching(services, train),
                "training",
            ),
        }

    def show_page(self, key: str) -> None:
        """Bring a page to the front."""
        self._choice.set_current(key)
        self._stack.setCurrentWidget(self.pages[key].widget)

    # -- the viewer's contract -------------------------------------------------------------

    def empty(self, scene: Scene) -> str | None:
        """Return why nothing is shown: only a model is needed."""
        return None if scene.model is not None else tr("The model is on its way.")

    def show(self, scene: Scene) -> None:
        """Show a scene on every page; a recording turns to the page that is made for it."""
        self._scene = scene
        recording = scene.recording
        shown = "" if recording is None else recording.id
        if recording is not None and shown != self._recording:
            for key, entry in self.pages.items():
                if entry.kind == recording.kind:
                    self.show_page(key)
        self._recording = shown
        for entry in self.pages.values():
            entry.controller.show(scene)

    def hover(self, pixel: Pixel | None) -> None:
        """Show the shared crosshair."""
        for entry in self.pages.values():
            entry.controller.hover(pixel)

    def figures(self, scene: Scene) -> list[FigureSpec]:
        """Return what the page in front shows."""
        return self.pages[self._choice.current].controller.figures(scene)

    def close(self) -> None:
        """Drop what is being read and computed."""
        for entry in self.pages.values():
            entry.controller.close()
