"""Drives the page of the objective."""

from __future__ import annotations

from sdinspector.app.viewer import Pixel, Scene, Services
from sdinspector.core import FigureSpec
from sdinspector.viewers.training.objective_page import ObjectivePage


class Looking:
    """One draw of the objective, live, and its curve over t."""

    def __init__(self, services: Services, page: ObjectivePage) -> None:
        self._services, self._page = services, page
        self._scene = Scene()

    def show(self, scene: Scene) -> None:
        """Show the recording's result until a person brings a picture."""
        self._scene = scene

    def hover(self, pixel: Pixel | None) -> None:
        """Show the shared crosshair."""

    def figures(self, scene: Scene) -> list[FigureSpec]:  # noqa: ARG002
        """Return the maps and the curve."""
        return []

    def close(self) -> None:
        """Drop what is being read and computed."""
