"""Files and folders: what the window opens, saves, exports and observes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMenu

from sdinspector.app.shell.export_dialog import ExportDialog
from sdinspector.app.shell.observe_dialog import ObserveDialog, is_picture
from sdinspector.app.shell.recordings_dialog import RecordingsDialog
from sdinspector.app.texts import tr
from sdinspector.core import InspectorError

if TYPE_CHECKING:
    from sdinspector.main_window import MainWindow


class FileDesk(QObject):
    """Acts for the window where files are concerned."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._context = window.context
        self._runs = window.runs

    def ask_recording(self) -> None:
        """Ask for a recording: a zip, or the manifest in its folder."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._window,
            tr("Open recording"),
            str(_recordings_folder()),
            tr("Recordings") + " (manifest.json *.zip)",
        )
        if chosen:
            self._context.open_recording(Path(chosen))

    def ask_model(self) -> None:
        """Ask for a model's folder."""
        folder = QFileDialog.getExistingDirectory(self._window, tr("Open model folder"))
        if folder:
            self._context.open_model(folder)

    def open_place(self, place: Path) -> None:
        """Open a file or a folder as what it is: a recording, or a model."""
        if is_recording(place):
            self._context.open_recording(place)
        elif is_picture(place):
            self.observe(place)
        elif place.is_dir() or place.suffix == ".safetensors":
            self._context.open_model(str(place))
        else:
            self._context.tell(
                tr(
                    "{name} is no recording, model or picture. Drop a folder NAME.sdrec, a zip of "
                    "one, a folder with a model_index.json, or a picture to observe.",
                    name=place.name,
                ),
                "warning",
            )

    def save_picture(self) -> None:
        """Save the decoded picture as it is on the disk, with its settings in it."""
        recording = self._context.scene.recording
        picture = None if recording is None else Path(recording.path) / "image.png"
        if recording is None or picture is None or not picture.is_file():
            self._context.tell(tr("There is no finished picture to save: press Run first."))
            return
        folder = Path(self._context.settings["folder.export"] or Path.home())
        proposal = folder / f"{Path(recording.path).stem}.png"
        name, _ = QFileDialog.getSaveFileName(
            self._window, tr("Save picture"), str(proposal), tr("PNG picture") + " (*.png)"
        )
        if name:
            path = Path(name).with_suffix(".png")
            self._context.settings["folder.export"] = str(path.parent)
            context = self._context
            context.read(
                "save-picture",
                shutil.copyfile,
                picture,
                path,
                on_result=lambda written: context.tell(tr("Written: {path}", path=written)),
            )

    def export(self) -> None:
        """Export what the view in front shows."""
        host = self._window.host_in_front()
        figures = host.figures() if host is not None else []
        if not figures and host is not self._window.tabs.currentWidget():
            front: Any = self._window.tabs.currentWidget()
            figures = front.figures() if front is not None else []
        if not figures:
            self._context.tell(tr("The view in front shows nothing that can be exported yet."))
            return
        ExportDialog(figures, self._context, self._window).show()

    def show_recordings(self) -> None:
        """Browse the recordings."""
        try:
            dialog = RecordingsDialog(self._context, self._window)
        except InspectorError as error:
            self._context.report(error)
            return
        dialog.chosen.connect(self._context.open_recording)
        dialog.show()

    def observe(self, picture: Path | None = None) -> None:
        """Ask for a picture and a caption, and show them to the denoiser."""
        dialog = ObserveDialog(self._context, self._runs, self._window)
        if picture is not None:
            dialog.set_picture(picture)
        dialog.show()

    def make_recent_menu(self) -> QMenu:
        """Return the menu of recent recordings; it is filled when it opens."""
        menu = QMenu(tr("Open re&cent"), self._window)
        menu.setObjectName("menu.recent")
        menu.aboutToShow.connect(lambda: self._fill_recent(menu))
        return menu

    def _fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        entries = self._context.settings["recent.recordings"]
        for entry in entries:
            action = menu.addAction(Path(entry).stem.replace("&", "&&"))
            action.setToolTip(entry)
            action.triggered.connect(
                lambda _=False, path=entry: self._context.open_recording(Path(path))
            )
        if not entries:
            menu.addAction(tr("nothing yet")).setEnabled(False)


def is_recording(place: Path) -> bool:
    """Whether a place is, or by its name is meant to be, a recording."""
    return place.suffix in (".sdrec", ".zip") or (place / "manifest.json").is_file()


def _recordings_folder() -> Path:
    from sdinspector.core import paths

    try:
        return paths.recordings()
    except InspectorError:
        return Path.home()
