"""Saving what a viewer shows, through the one export dialog."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QDialog, QWidget

from sdinspector.app.texts import tr
from sdinspector.app.viewer import Services
from sdinspector.core import FigureSpec, InspectorError


def save_figures(figures: list[FigureSpec], services: Services, parent: QWidget) -> QDialog | None:
    """Open the export dialog for some figures, or say that there is nothing to save."""
    if not figures:
        services.report(
            InspectorError(
                "export.nothing",
                tr("There is nothing to save in this view yet. Press Run (Ctrl+Return) first."),
            )
        )
        return None
    from sdinspector.app.shell.export_dialog import ExportDialog

    context: Any = services  # the services of the window are its context
    dialog = ExportDialog(figures, context, parent)
    dialog.open()
    return dialog
