"""A picture at any noise level: as latent at once, decoded as soon as the VAE can."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from sdinspector.app.texts import mark
from sdinspector.app.viewer import Pixel, Scene, Services
from sdinspector.core import FigureSpec
from sdinspector.widgets.drop_page import DropPage


class NoisePage(DropPage):
    """x_t of a picture under a slider over t."""

    title: ClassVar[str] = mark("Noise a picture")
    tip: ClassVar[str] = mark("What a picture looks like at each timestep, as latent and decoded")

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services

    def show_scene(self, scene: Scene) -> None:
        """Draw a scene."""

    def set_crosshair(self, pixel: Pixel | None) -> None:
        """Show which pixel the pointer is over."""

    def explanation(self) -> str:
        """Say what is seen, with the formulas."""
        return ""

    def figures(self, scene: Scene) -> list[FigureSpec]:  # noqa: ARG002
        """Return what can be exported of what is shown."""
        return []

    def fit(self) -> None:
        """Show all of every map."""

    def stop(self) -> None:
        """Drop what is asked for."""
