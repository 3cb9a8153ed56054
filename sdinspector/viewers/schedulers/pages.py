"""What a page of the schedulers viewer is, and which there are."""

from __future__ import annotations

from typing import ClassVar, Protocol

from sdinspector.app.viewer import Pixel, Scene
from sdinspector.core import FigureSpec


class Page(Protocol):
    """A page: a widget made with the services and a parent.

    Attributes
    ----------
    title, tip
        English source texts (``mark("…")``) of its button.
    has_maps
        There is something to zoom; ``True`` where a page does not say.
    """

    title: ClassVar[str]
    tip: ClassVar[str]

    def show_scene(self, scene: Scene) -> None:
        """Draw a scene; called for the page in front alone."""

    def set_crosshair(self, pixel: Pixel | None) -> None:
        """Show which pixel the pointer is over."""

    def explanation(self) -> str:
        """Say what is seen, with the formulas, as rich text."""

    def figures(self, scene: Scene) -> list[FigureSpec]:
        """Return what can be exported of what is shown."""

    def fit(self) -> None:
        """Show all of every map."""

    def stop(self) -> None:
        """Drop what is asked for; the window is going."""
