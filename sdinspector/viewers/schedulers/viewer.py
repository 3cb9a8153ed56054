"""The schedulers viewer: pages about noise levels, one of which is in front."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedLayout, QVBoxLayout, QWidget

from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import Pixel, Scene, Services, Viewer
from sdinspector.core import FigureSpec
from sdinspector.viewers.schedulers.inversion_page import InversionPage
from sdinspector.viewers.schedulers.levels_page import LevelsPage
from sdinspector.viewers.schedulers.noise_page import NoisePage
from sdinspector.viewers.schedulers.pages import Page
from sdinspector.widgets import look
from sdinspector.widgets.export_button import save_figures
from sdinspector.widgets.toolbar import Toolbar

#: The pages by their names, in the order of their buttons; another one is another entry.
PAGES: dict[str, Any] = {"levels": LevelsPage, "noise": NoisePage, "inversion": InversionPage}


class SchedulersViewer(Viewer):
    """What noise is, and how schedulers go through it; no run is needed."""

    id = "schedulers"
    title = mark("Schedulers")
    description = mark("Noise levels: which ones schedulers visit, and what they do to a picture")
    icon = "schedulers"
    shortcut = "Ctrl+9"
    place = "centre"
    order = 90

    # -- making it -------------------------------------------------------------------------

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make the head and the pages."""
        self._services = services
        self._scene = Scene()
        self._help: QLabel | None = None
        self._widget = QWidget(parent)
        self.pages = {key: kind(services, self._widget) for key, kind in PAGES.items()}
        self._build_head()
        self._stack = QStackedLayout()
        for page in self.pages.values():
            self._stack.addWidget(page)
        box = QVBoxLayout(self._widget)
        box.setContentsMargins(3 * look.GAP, 2 * look.GAP, 3 * look.GAP, 2 * look.GAP)
        box.setSpacing(2 * look.GAP)
        box.addWidget(self._bar)
        box.addLayout(self._stack, 1)
        self._connect()
        self.show_page(next(iter(PAGES)))
        return self._widget

    def _build_head(self) -> None:
        self._bar = bar = Toolbar(self._widget)
        entries = [(key, tr(kind.title), tr(kind.tip)) for key, kind in PAGES.items()]
        self.choice = bar.add_choice(tr("Page"), entries)
        bar.add_stretch()
        self.fit = bar.add_button("fit", tr("Fit"), tr("Show all of every map (F)"))
        self.explain = bar.add_button("help", tr("Explain"), tr("What is seen here, and why"))
        self.save = bar.add_button("save", tr("Save"), tr("Save what is shown"))
        self.choice.chosen.connect(self.show_page)
        self.fit.clicked.connect(lambda: self.page.fit())  # noqa: PLW0108  (of the page then)
        self.explain.clicked.connect(self._show_help)
        self.save.clicked.connect(
            lambda: save_figures(self.figures(self._scene), self._services, self._widget)
        )

    def _connect(self) -> None:
        """What schedulers visit is known to one page, and used by the one that noises."""
        levels = self.pages["levels"]
        levels.timestep_chosen.connect(self._noise_at)
        levels.levels_changed.connect(self._tell_levels)

    def _noise_at(self, timestep: float) -> None:
        self.show_page("noise")
        self.pages["noise"].set_timestep(round(timestep))

    def _tell_levels(self) -> None:
        levels = self.pages["levels"]
        self.pages["noise"].set_schedule(levels.curve_values, levels.levels, levels.numbers)

    # -- pages -----------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The page in front."""
        return self.pages[self.choice.current]

    def show_page(self, key: str) -> None:
        """Bring a page to the front."""
        self.choice.set_current(key)
        page = self.pages[key]
        self._stack.setCurrentWidget(page)
        self.fit.setVisible(getattr(page, "has_maps", True))
        page.show_scene(self._scene)

    # -- the viewer's contract -------------------------------------------------------------

    def empty(self, scene: Scene) -> str | None:
        """Return why nothing is shown: only a model is needed."""
        return None if scene.model is not None else tr("The model is on its way.")

    def show(self, scene: Scene) -> None:
        """Show the page in front what there is."""
        self._scene = scene
        self.pages["levels"].show_scene(scene)  # others draw its timesteps
        if self.page is not self.pages["levels"]:
            self.page.show_scene(scene)

    def hover(self, pixel: Pixel | None) -> None:
        """Show the shared crosshair."""
        self.page.set_crosshair(pixel)

    def figures(self, scene: Scene) -> list[FigureSpec]:
        """Return what the page in front shows."""
        return self.page.figures(scene)

    def close(self) -> None:
        """Drop what the pages have asked for."""
        for page in self.pages.values():
            page.stop()

    def _show_help(self) -> None:
        if self._help is None:
            self._help = QLabel(self._widget, Qt.WindowType.Popup)
            self._help.setWordWrap(True)
            self._help.setTextFormat(Qt.TextFormat.RichText)
            self._help.setMargin(4 * look.GAP)
            self._help.setFixedWidth(540)
            self._help.setAccessibleName(tr("What is seen here"))
        self._help.setText(self.page.explanation())
        self._help.adjustSize()
        corner = self._bar.mapToGlobal(self._bar.rect().topRight())
        self._help.move(corner.x() - self._help.width(), corner.y() + 9 * look.GAP)
        self._help.show()
