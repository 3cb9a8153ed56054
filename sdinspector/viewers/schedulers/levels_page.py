"""Which noise levels some schedulers visit, side by side."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from sdinspector.app.texts import mark
from sdinspector.app.viewer import Pixel, Scene, Services
from sdinspector.core import FigureSpec


class LevelsPage(QWidget):
    """The training curve with each scheduler's timesteps on it."""

    title: ClassVar[str] = mark("Noise levels")
    tip: ClassVar[str] = mark("Which timesteps schedulers visit, and how large their steps are")

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services

    def show_scene(self, scene: Scene) -> None:
        """Draw a scene."""

    def set_crosshair(self, pixel: Pixel | None) -> None:
        """There is no picture to point at."""

    def explanation(self) -> str:
        """Say what is seen, with the formulas."""
        return ""

    def figures(self, scene: Scene) -> list[FigureSpec]:  # noqa: ARG002
        """Return what can be exported of what is shown."""
        return []

    def fit(self) -> None:
        """There is no map to fit."""

    def stop(self) -> None:
        """Drop what is asked for."""
