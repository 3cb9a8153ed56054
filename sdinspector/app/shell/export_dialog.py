"""Takes what a view shows away, as pictures or as numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app import theme
from sdinspector.app.context import AppContext
from sdinspector.app.shell.parts import dialog_buttons
from sdinspector.app.texts import mark, tr
from sdinspector.core import FigureSpec

#: Endings that each kind of figure can be written with, the commonest first.
ENDINGS: dict[str, tuple[str, ...]] = {
    "rgb": ("png", "npz"),
    "map": ("png", "npz", "csv", "svg", "pdf"),
    "mosaic": ("png", "npz", "svg", "pdf"),
    "lines": ("png", "csv", "npz", "svg", "pdf"),
    "table": ("csv", "npz"),
}
TITLES = {
    "png": mark("PNG picture"),
    "npz": mark("NPZ, numpy arrays"),
    "csv": mark("CSV table"),
    "svg": mark("SVG drawing"),
    "pdf": mark("PDF document"),
}


class ExportDialog(QDialog):
    """Choose a figure and a type, then a file."""

    def __init__(
        self, figures: list[FigureSpec], context: AppContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._figures, self._context = figures, context
        self.setWindowTitle(tr("Export"))
        self.figure = QComboBox()
        self.figure.setAccessibleName(tr("Figure"))
        self.figure.setToolTip(tr("What of the view to export."))
        for figure in figures:
            self.figure.addItem(figure.title)
        self.type = QComboBox()
        self.type.setAccessibleName(tr("Type of file"))
        self.type.setToolTip(tr("Pictures for people, NPZ and CSV for programs."))
        self.about = QLabel()
        self.about.setProperty("role", "muted")
        self.about.setWordWrap(True)
        form = QFormLayout()
        form.setHorizontalSpacing(theme.SPACE)
        form.setVerticalSpacing(theme.GAP)
        form.addRow(tr("&Figure"), self.figure)
        form.addRow(tr("&Type"), self.type)
        form.addRow("", self.about)
        buttons, self.save = dialog_buttons(self, tr("&Save as…"))
        self.save.clicked.connect(self._ask)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.WIDE)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.figure.currentIndexChanged.connect(self._show)
        self._show()
        self.setMinimumWidth(440)

    def chosen(self) -> FigureSpec:
        """Return the figure that is chosen."""
        return self._figures[self.figure.currentIndex()]

    def write(self, path: Path) -> None:
        """Write the figure, in the reader pool; the message bar tells of it."""
        context = self._context
        context.read(
            "export",
            _export,
            self.chosen(),
            path,
            on_result=lambda written: context.tell(tr("Written: {path}", path=written)),
            on_error=context.report,
        )

    def _show(self) -> None:
        figure = self.chosen()
        self.type.clear()
        for ending in ENDINGS[figure.kind]:
            self.type.addItem(tr(TITLES[ending]), ending)
        shapes = [
            f"{key} [{' × '.join(map(str, array.shape))}] {array.dtype}"
            for key, array in figure.arrays.items()
        ]
        self.about.setText("\n".join(shapes[:8]))
        self.about.setTextFormat(Qt.TextFormat.PlainText)

    def _ask(self) -> None:
        ending = self.type.currentData()
        folder = Path(self._context.settings["folder.export"] or Path.home())
        name, _ = QFileDialog.getSaveFileName(
            self,
            tr("Export"),
            str(folder / f"{self.chosen().name}.{ending}"),
            f"{self.type.currentText()} (*.{ending})",
        )
        if name:
            path = Path(name)
            if path.suffix.lower() != f".{ending}":
                path = path.with_name(f"{path.name}.{ending}")
            self._context.settings["folder.export"] = str(path.parent)
            self.write(path)
            self.accept()


def _export(figure: FigureSpec, path: Path) -> Any:
    from sdinspector.export import export_figure

    export_figure(figure, path)
    return path
