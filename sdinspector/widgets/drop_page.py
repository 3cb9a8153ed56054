"""A page that takes pictures: dropped on it, pasted, or chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QWidget

from sdinspector.app.texts import tr
from sdinspector.app.viewer import Services
from sdinspector.core import InspectorError

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")


class DropPage(QWidget):
    """Emits a picture however it came: a path, or an array ``[h, w, 4]`` uint8."""

    picture_given = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)

    def ask(self, title: str, folder: str) -> Path | None:
        """Ask for a file; emits nothing."""
        patterns = " ".join(f"*{ending}" for ending in ENDINGS)
        chosen, _ = QFileDialog.getOpenFileName(
            self, title, folder or str(Path.home()), f"{tr('Pictures')} ({patterns})"
        )
        return Path(chosen) if chosen else None

    def paste(self) -> None:
        """Emit the picture in the clipboard.

        Raises
        ------
        InspectorError
            ``picture.clipboard``: it holds none.
        """
        data = QGuiApplication.clipboard().mimeData()
        if not self._emit_picture(data):
            raise InspectorError(
                "picture.clipboard",
                "There is no picture in the clipboard. Copy one, then paste it here.",
            )

    def connect_buttons(
        self, choose: QAbstractButton, paste: QAbstractButton, title: str, services: Services
    ) -> None:
        """Let two buttons bring pictures: one asks for a file, one takes the clipboard's."""

        def ask() -> None:
            chosen = self.ask(title, services.settings["folder.export"])
            if chosen is not None:
                self.picture_given.emit(chosen)

        def take() -> None:
            try:
                self.paste()
            except InspectorError as error:
                services.report(error)

        choose.clicked.connect(ask)
        paste.clicked.connect(take)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file or a picture."""
        data = event.mimeData()
        if data.hasImage() or _files(data):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Emit what was dropped."""
        if self._emit_picture(event.mimeData()):
            event.acceptProposedAction()

    def _emit_picture(self, data: QMimeData | None) -> bool:
        if data is None:
            return False
        files = _files(data)
        if files:
            self.picture_given.emit(files[0])
            return True
        image = data.imageData() if data.hasImage() else None
        if isinstance(image, QImage) and not image.isNull():
            self.picture_given.emit(pixels(image))
            return True
        return False


def pixels(image: QImage) -> NDArray[np.uint8]:
    """Return a picture of Qt's as ``[h, w, 4]`` uint8: red, green, blue and opacity."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 4 * plain.width()].reshape(plain.height(), plain.width(), 4).copy()


def _files(data: QMimeData) -> list[Path]:
    places = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [place for place in places if place.suffix.lower() in ENDINGS]
