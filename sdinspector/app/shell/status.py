"""The status bar: how far the work is, whether the picture is the plain pipeline's, on what."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QStatusBar, QWidget

from sdinspector.app import theme
from sdinspector.app.shell.parts import icon_button, name, role
from sdinspector.app.system import memory, readable_bytes
from sdinspector.app.texts import tr
from sdinspector.core import ModelCard, Progress

MEMORY_INTERVAL = 2000


class StatusBar(QStatusBar):
    """Shows progress, seconds, the identity badge, device, precision and memory.

    Signals
    -------
    stop_wanted, check_wanted
    """

    stop_wanted = Signal()
    check_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(theme.GAP, 0, theme.GAP, 0)
        self.text = QLabel()
        self.text.setAccessibleName(tr("What is going on"))
        self.bar = QProgressBar()
        self.bar.setFixedWidth(160)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.cancel = icon_button(
            "close",
            tr("Stop the run"),
            tr("Stop within one denoiser call; finished steps are kept (Esc)."),
            self.stop_wanted.emit,
            framed=False,
        )
        self.badge = QPushButton()
        self.badge.setObjectName("badge")
        self.badge.clicked.connect(self.check_wanted)
        self.device = QLabel()
        name(self.device, tr("Device and precision"), tr("Where the model runs, and in what."))
        self.memory = QLabel()
        name(self.memory, tr("Memory"), tr("Memory that this program holds."))
        self.addWidget(self.text)
        self.addWidget(self.bar)
        self.addWidget(self.cancel)
        for widget in (self.badge, self.device, self.memory):
            if isinstance(widget, QLabel):
                widget.setProperty("role", "muted")
                widget.setContentsMargins(theme.GAP, 0, 0, 0)
            self.addPermanentWidget(widget)
        self._timer = QTimer(self)
        self._timer.setInterval(MEMORY_INTERVAL)
        self._timer.timeout.connect(self._show_memory)
        self._timer.start()
        self.set_idle(tr("Starting"))
        self.set_card(None)
        self.set_identity(None, checkable=False)
        self._show_memory()

    def set_idle(self, text: str) -> None:
        """Nothing is going on; say what was last."""
        self.text.setText(text)
        self.bar.hide()
        self.cancel.hide()

    def set_progress(self, progress: Progress, *, stoppable: bool) -> None:
        """Show how far the work is."""
        self.text.setText(progress.text)
        self.bar.setRange(0, max(0, progress.total))
        self.bar.setValue(progress.done)
        self.bar.show()
        self.cancel.setVisible(stoppable)

    def set_card(self, card: ModelCard | None) -> None:
        """Show where the model runs."""
        self.device.setText(f"{card.device.upper()} {card.dtype}" if card else tr("no model"))

    def set_identity(self, report: Any, *, checkable: bool, checking: bool = False) -> None:
        """Show what is known: a report, an exception, or ``None`` for not checked."""
        verdict, text = "unknown", tr("not checked")
        tip = tr(
            "Is this picture identical to the plain pipeline's? Press to run plain diffusers with "
            "the same settings and compare the final latents bit for bit."
        )
        if checking:
            text = tr("running the plain pipeline …")
        elif report is None:
            pass
        elif isinstance(report, Exception):
            verdict, text = "differs", tr("check failed")
            tip = str(report)
        elif report.identical:
            verdict, text = "identical", "✓ " + tr("identical to the plain pipeline")
            tip = tr(
                "Plain diffusers with the same settings ended in the same latent, bit for bit "
                "({seconds:.1f} s).",
                seconds=report.seconds,
            )
        else:
            verdict = "differs"
            difference = f"{report.max_difference:.2g}"
            text = "✗ " + tr("differs from the plain pipeline by {value}", value=difference)
            tip = tr("Largest difference of the final latents. Press to check again.")
        self.badge.setText(text)
        self.badge.setToolTip(tip)
        self.badge.setAccessibleName(tr("Identity with the plain pipeline: {text}", text=text))
        self.badge.setEnabled(checkable and not checking)
        role(self.badge, verdict, "verdict")

    def refresh_icons(self) -> None:
        """Draw the icons again: the theme has changed."""
        self.cancel.setIcon(theme.icon("close"))

    def _show_memory(self) -> None:
        held = memory()
        self.memory.setText("" if held is None else readable_bytes(held))
