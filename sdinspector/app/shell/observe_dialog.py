"""Shows the denoiser a picture of one's own: asks which, with which caption, at which timesteps."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImageReader, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app import theme
from sdinspector.app.context import AppContext
from sdinspector.app.runs import RunControl
from sdinspector.app.shell.fields import SeedField
from sdinspector.app.shell.parts import dialog_buttons, name, role
from sdinspector.app.texts import tr

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")
SIDE = 168
#: From fine detail to layout; at high noise the words decide most.
TIMESTEPS = (100, 300, 500, 700, 900)
HIGHEST = 999
MOST = 200


def is_picture(path: Path) -> bool:
    """Return whether a path looks like a file with a picture."""
    return path.suffix.lower() in ENDINGS and path.is_file()


def parse_timesteps(text: str) -> tuple[int, ...]:
    """Return whole numbers from 0 to 999, as they stand in a text.

    Raises
    ------
    ValueError
        For anything else, an empty text, or more than 200 of them.
    """
    parts = [part for part in re.split(r"[\s,;]+", text.strip()) if part]
    steps = tuple(int(part) for part in parts)
    if not steps or len(steps) > MOST or any(not 0 <= step <= HIGHEST for step in steps):
        raise ValueError(text)
    return steps


class ObserveDialog(QDialog):
    """Picture, caption, timesteps and seed of an observation; Observe starts it."""

    def __init__(
        self, context: AppContext, runs: RunControl, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.setWindowTitle(tr("Observe a picture"))
        self._context, self._runs = context, runs
        self.picture: Path | None = None
        self._build()
        context.document.busy_changed.connect(self._check)
        self._check()

    def set_picture(self, path: Path) -> None:
        """Choose a picture; one that cannot be read is said to be so."""
        reader = QImageReader(str(path))
        reader.setAutoTransform(True)
        size = reader.size()
        if size.isValid():  # a large photograph is read at the size that is shown
            box = QSize(2 * SIDE, 2 * SIDE)
            reader.setScaledSize(size.scaled(box, Qt.AspectRatioMode.KeepAspectRatio))
        image = reader.read()
        self.picture = None if image.isNull() else path
        if image.isNull():
            self.preview.setText(tr("{name} cannot be read as a picture.", name=path.name))
        else:
            pixmap = QPixmap.fromImage(image).scaled(
                QSize(SIDE, SIDE),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            self.preview.setPixmap(pixmap)
            self.preview.setToolTip(f"{path}\n{size.width()} × {size.height()}")
        self.file.setText(path.name)
        self._check()
        self.caption.setFocus()

    def observe(self) -> None:
        """Start it and close; where it cannot start the dialog stays."""
        if self.picture is None or not self.start.isEnabled():
            return
        steps = parse_timesteps(self.timesteps.text())
        if self._runs.observe(self.picture, self.caption.text(), steps, self.seed.seed()):
            self.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one picture."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Choose the picture that was dropped."""
        for url in event.mimeData().urls():
            if url.isLocalFile():
                event.acceptProposedAction()
                self.set_picture(Path(url.toLocalFile()))
                return

    def _build(self) -> None:
        self.preview = QLabel(tr("Drop a picture here"))
        self.preview.setFixedSize(SIDE, SIDE)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setWordWrap(True)
        self.preview.setProperty("role", "frame")
        self.preview.setAccessibleName(tr("The picture"))
        self.file = QLabel(tr("none yet"))
        self.file.setProperty("role", "muted")
        choose = QPushButton(tr("&Choose…"))
        choose.setToolTip(tr("Choose a file with a picture."))
        choose.clicked.connect(self._ask)
        file_row = QHBoxLayout()
        file_row.addWidget(self.file, 1)
        file_row.addWidget(choose)
        self.caption = QLineEdit(self._context.document.spec.prompt)
        name(self.caption, tr("Caption"), tr("The text of the conditional branch."))
        self.timesteps = QLineEdit(", ".join(map(str, TIMESTEPS)))
        name(
            self.timesteps,
            tr("Timesteps"),
            tr("How much noise the picture gets: t from 0 (none) to 999; one denoiser call each."),
        )
        self.seed = SeedField()
        self.seed.set_seed(self._context.document.spec.seed)
        name(self.seed, tr("Seed"), tr("Seed of the noise, which is the same at every timestep."))
        self.problem = QLabel()
        self.problem.setProperty("role", "muted")
        self.problem.setWordWrap(True)
        form = QFormLayout()
        form.setHorizontalSpacing(theme.SPACE)
        form.setVerticalSpacing(theme.GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("Picture"), file_row)
        form.addRow(tr("C&aption"), self.caption)
        form.addRow(tr("&Timesteps"), self.timesteps)
        form.addRow(tr("&Seed"), self.seed)
        form.addRow("", self.problem)
        columns = QHBoxLayout()
        columns.setSpacing(theme.WIDE)
        columns.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignTop)
        columns.addLayout(form, 1)
        buttons, self.start = dialog_buttons(self, tr("&Observe"))
        self.start.clicked.connect(self.observe)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.WIDE)
        layout.addLayout(columns)
        layout.addWidget(buttons)
        self.timesteps.textChanged.connect(self._check)
        self.setMinimumWidth(600)

    def _ask(self) -> None:
        folder = self._context.settings["folder.export"] or str(Path.home())
        patterns = " ".join(f"*{ending}" for ending in ENDINGS)
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("Observe a picture"), folder, f"{tr('Pictures')} ({patterns})"
        )
        if chosen:
            self.set_picture(Path(chosen))

    def _check(self, *_: object) -> None:
        problem = ""
        try:
            count = len(parse_timesteps(self.timesteps.text()))
            hint = tr(
                "{count} denoiser calls; the picture is cropped around its middle and resized to "
                "the model's size.",
                count=count,
            )
        except ValueError:
            hint = problem = tr("Timesteps are whole numbers from 0 to 999, with commas between.")
        if self._context.document.busy:
            hint = problem = tr("A run is going: wait for its end, or stop it.")
        self.problem.setText(hint)
        role(self.problem, "warning" if problem else "muted")
        self.start.setEnabled(self.picture is not None and not problem)
