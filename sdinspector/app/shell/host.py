"""The frame around one viewer: builds it late, shows it only while visible, survives its errors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QStackedLayout, QVBoxLayout, QWidget

from sdinspector.app import theme
from sdinspector.app.texts import tr
from sdinspector.app.viewer import Pixel, Scene, Services, Viewer
from sdinspector.core import FigureSpec

log = logging.getLogger(__name__)
T = TypeVar("T")
SMALLEST = QSize(260, 150)


class ViewerHost(QWidget):
    """Holds a viewer, or says why there is nothing to see."""

    def __init__(
        self,
        kind: type[Viewer],
        services: Services,
        report: Callable[[Exception], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.kind = kind
        self.viewer: Viewer | None = None
        self.failed: Exception | None = None
        self._services = services
        self._report = report
        self._scene: Scene | None = None
        self._stale = False
        self._widget: QWidget | None = None
        self.setObjectName(f"viewer.{kind.id}")
        self.setAccessibleName(tr(kind.title))
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._note.setProperty("role", "muted")
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note.setMinimumWidth(120)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.WIDE)
        inner.addWidget(self._note)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(page)

    def minimumSizeHint(self) -> QSize:
        """Return little: a message above must not make the window grow, but the view shrink."""
        return super().minimumSizeHint().boundedTo(SMALLEST)

    @property
    def note(self) -> str:
        """Why nothing is shown, or the empty string."""
        return self._note.text() if self._stack.currentIndex() == 0 else ""

    def show_scene(self, scene: Scene, *, later: bool = False) -> None:
        """Draw a scene now or when the viewer is next seen; ``later`` waits for draw_stale."""
        self._scene = scene
        self._stale = True
        if not later:
            self.draw_stale()

    def draw_stale(self) -> bool:
        """Draw what has not been drawn, if it can be seen; returns whether there was anything."""
        if not (self._stale and self.isVisible()):
            return False
        self._draw()
        return True

    def draw_eagerly(self) -> bool:
        """Draw what cannot be seen yet, where the viewer asks for it; returns whether it did."""
        scene, viewer = self._scene, self.viewer
        if not self._stale or scene is None or viewer is None or self.failed is not None:
            return False
        if not self._guarded(lambda viewer: viewer.eager(scene)):
            return False
        self._draw()
        return True

    def hover(self, pixel: Pixel | None) -> None:
        """Pass on which pixel the pointer is over."""
        if self.viewer is not None and self._widget is not None and self.isVisible():
            self._guarded(lambda viewer: viewer.hover(pixel))

    def figures(self) -> list[FigureSpec]:
        """Return what can be exported of what is shown."""
        scene = self._scene
        if self.viewer is None or scene is None:
            return []
        return self._guarded(lambda viewer: viewer.figures(scene)) or []

    def close_viewer(self) -> None:
        """The window is going."""
        if self.viewer is not None and self.failed is None:
            self._guarded(lambda viewer: viewer.close())

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what has changed while it was hidden."""
        super().showEvent(event)
        if self._stale:
            self._draw()

    def _draw(self) -> None:
        self._stale = False
        scene = self._scene
        if scene is None or self.failed is not None or not self._build():
            return
        reason = self._guarded(lambda viewer: viewer.empty(scene))
        if self._has_failed():
            return
        if reason:
            self._note.setText(reason)
            self._stack.setCurrentIndex(0)
            return
        self._stack.setCurrentIndex(1)
        self._guarded(lambda viewer: viewer.show(scene))

    def _build(self) -> bool:
        if self._widget is None:
            try:
                self.viewer = self.kind()
                self._widget = self.viewer.build(self._services, self)
            except Exception as error:  # noqa: BLE001  (one broken viewer is not the window)
                self._fail(error)
                return False
            self._stack.addWidget(self._widget)
        return True

    def _guarded(self, function: Callable[[Viewer], T]) -> T | None:
        try:
            return None if self.viewer is None else function(self.viewer)
        except Exception as error:  # noqa: BLE001
            self._fail(error)
            return None

    def _has_failed(self) -> bool:
        return self.failed is not None

    def _fail(self, error: Exception) -> None:
        self.failed = error
        log.error("The viewer %s failed", self.kind.id, exc_info=error)
        self._note.setText(
            tr("This view failed and is switched off until the next start: {what}", what=error)
        )
        self._stack.setCurrentIndex(0)
        self._report(error)
