"""What the window's commands do: asks for files, tells what goes on, changes the theme."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMessageBox, QWidget

from sdinspector import __version__
from sdinspector.app import theme, work
from sdinspector.app.costs import cost_of, describe_cost
from sdinspector.app.jobs import OpenModel
from sdinspector.app.messages import Message
from sdinspector.app.queueing import Handle
from sdinspector.app.runs import RECORDING_JOBS
from sdinspector.app.shell.palette import CommandPalette, ShortcutPage
from sdinspector.app.texts import tr
from sdinspector.app.viewer import DisplayState, Scene
from sdinspector.core import ModelCard, Progress

if TYPE_CHECKING:
    from sdinspector.app.context import AppContext
    from sdinspector.app.runs import RunControl
    from sdinspector.main_window import MainWindow
    from sdinspector.recording import Recording


class Desk(QObject):
    """Acts for the window, between its widgets and the application."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._context = window.context
        self._runs = window.runs
        self._models: list[Any] = []
        self._recording_id: str | None = None

    def connect_to(self, context: AppContext, runs: RunControl) -> None:
        """Listen to the application."""
        context.document.model_changed.connect(self._model_changed)
        context.document.busy_changed.connect(self._window.top_bar.set_running)
        context.recording_opened.connect(self._recording_opened)
        context.models_listed.connect(self._models_listed)
        context.selection.history_changed.connect(self._history_changed)
        context.worker.job_started.connect(self._job_started)
        context.worker.job_progress.connect(self._job_progress)
        context.worker.job_ended.connect(self._job_ended)
        context.document.spec_changed.connect(self.show_cost)
        context.document.model_changed.connect(self.show_cost)
        self._window.top_bar.options.panel.budget_set.connect(self.set_budget)
        self._window.top_bar.options.panel.opened.connect(self.show_cost)
        runs.progress.connect(self._run_progress)
        runs.ended.connect(self._run_ended)
        runs.waiting.connect(self._run_waits)
        runs.identity.connect(self._identity)
        for name in ("theme", "language"):  # whatever the file says, the window opens
            with contextlib.suppress(KeyError):
                self._window.registry[f"view.{name}-{context.settings[name]}"].setChecked(True)
        context.display.changed.connect(self._display_changed)
        self._display_changed(context.display.state)
        QApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    # --- commands ---------------------------------------------------------------------------

    def run(self) -> None:
        """Run the prompt; an unlocked seed is drawn anew."""
        if self._runs.active:
            return
        if not self._window.top_bar.seed_locked:
            self._window.top_bar.draw_seed()
        self._window.message_bar.clear_severity("error")
        self._runs.run()

    def stop(self) -> None:
        """Stop the run and the check."""
        self._runs.stop()

    def new_seed(self) -> None:
        """Draw another seed."""
        self._window.top_bar.draw_seed()

    def check_identity(self) -> None:
        """Compare with the plain pipeline."""
        self._runs.check_identity()

    def undo(self) -> None:
        """Back to the selection before."""
        self._context.undo()

    def redo(self) -> None:
        """Forward again."""
        self._context.redo()

    def focus_prompt(self) -> None:
        """Put the cursor into the prompt."""
        self._window.top_bar.prompt.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._window.top_bar.prompt.selectAll()

    def next_part(self) -> None:
        """Go round the top bar, the docks and the view in front."""
        window = self._window
        parts: list[QWidget] = [window.top_bar.prompt]
        parts += [host for host in window.hosts.values() if host.isVisible()]
        focus = window.focusWidget()
        inside = [
            number
            for number, part in enumerate(parts)
            if focus is not None and (part is focus or part.isAncestorOf(focus))
        ]
        for step in range(1, len(parts) + 1):
            part = parts[((inside[0] if inside else -1) + step) % len(parts)]
            target = part if part.focusPolicy() != Qt.FocusPolicy.NoFocus else _first_field(part)
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def show_viewer(self, name: str) -> None:
        """Bring a view to the front, wherever it is, and the keys to it."""
        self._bring_forward(name)
        target = _first_field(self._window.hosts[name])
        if target is not None:
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def invert(self) -> None:
        """Show the page that inverts a picture."""
        self.show_viewer("schedulers")
        self._window.flush()  # made where it has not been seen yet
        viewer: Any = self._window.hosts["schedulers"].viewer
        if viewer is not None:
            viewer.show_page("inversion")

    def command_palette(self) -> None:
        """Show every command by its name."""
        CommandPalette(self._window.registry, self._window).show()

    def show_shortcuts(self) -> None:
        """Show all keys on one page."""
        ShortcutPage(self._window.registry, self._window).show()

    def show_about(self) -> None:
        """Show the version."""
        QMessageBox.about(
            self._window,
            tr("About sdinspector"),
            tr(
                "sdinspector {version}\n\nA desktop microscope for Stable Diffusion: run a prompt "
                "and look at every part of what happened.\n\nApache License 2.0",
                version=__version__,
            ),
        )

    def reset_layout(self) -> None:
        """Put all docks back."""
        self._window.reset_layout()

    def toggle_full_screen(self) -> None:
        """Use the whole screen, or no longer."""
        window = self._window
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def set_smooth(self, on: bool) -> None:
        """Enlarge pictures smoothly, or show their pixels."""
        self._context.set_display(smooth=on)

    def set_theme(self, name: str) -> None:
        """Dress the application and remember it."""
        self._context.settings["theme"] = name
        self._apply_theme()

    def set_language(self, name: str) -> None:
        """Remember the language for the next start."""
        self._context.settings["language"] = name
        self._context.tell(tr("The language changes at the next start."))

    def count_tokens(self, text: str) -> None:
        """Show how many tokens a prompt has."""
        if not self._context.closed:
            self._context.tokenize(text, self._tokens_counted)

    def set_budget(self, megabytes: int) -> None:
        """Remember the most that a recording may take."""
        self._context.settings["recording.budget_megabytes"] = megabytes
        self.show_cost()

    def show_cost(self, *_: object) -> None:
        """Say what the next run takes on the disk, where that is seen."""
        document, panel = self._context.document, self._window.top_bar.options.panel
        if not panel.isVisible():
            return
        budget = self._context.settings["recording.budget_megabytes"]
        panel.set_budget(budget)
        if document.model is None:
            return
        cost = cost_of(document.model, document.spec, document.tokens)
        panel.set_cost(describe_cost(cost), over=cost.total > budget * 1_000_000)

    # --- what the application tells ---------------------------------------------------------

    def show_message(self, message: Message) -> None:
        """Show a message."""
        self._window.message_bar.add(message)

    def viewer_failed(self, module: str, error: Exception) -> None:
        """Report a view that could not be loaded."""
        name = module.rsplit(".", 1)[-1]
        text = tr("The view {name} could not be loaded: {what}", name=name, what=error)
        self._context.message.emit(Message(text, repr(error), "warning"))

    def scene_changed(self, scene: Scene) -> None:
        """Follow which recording is shown."""
        recording = scene.recording
        name = None if recording is None else recording.id
        self._window.registry["file.save-picture"].setEnabled(recording is not None)
        finished = scene.pane is not None and scene.pane.finished
        checkable = finished and scene.model is not None and not scene.busy
        self._window.registry["run.check"].setEnabled(checkable)
        self._window.status.set_identity(
            self._runs.reports.get(name or ""),
            checkable=checkable,
            checking=self._runs.checking,
        )
        if name != self._recording_id:
            self._recording_id = name
            title = f"{scene.pane.label} – sdinspector" if scene.pane else "sdinspector"
            self._window.setWindowTitle(title)

    def _display_changed(self, state: DisplayState) -> None:
        self._window.registry["view.smooth"].setChecked(state.smooth)

    def theme_changed(self) -> None:
        """Draw the icons again."""
        window = self._window
        theme.icon.cache_clear()
        window.registry.refresh_icons()
        window.top_bar.refresh_icons()
        window.status.refresh_icons()
        window.message_bar.refresh_icons()
        for index in range(window.tabs.count()):
            widget = window.tabs.widget(index)
            for host in window.hosts.values():
                if host is widget:
                    window.tabs.setTabIcon(index, theme.icon(host.kind.icon))
        self._context.set_display(dark=theme.is_dark())

    def _bring_forward(self, name: str) -> None:
        dock = self._window.docks.get(name)
        if isinstance(dock, QDockWidget):
            dock.show()
            dock.raise_()
        else:
            self._window.tabs.setCurrentWidget(self._window.hosts[name])

    def _recording_opened(self, recording: Recording) -> None:
        """Bring the view to the front that shows this kind of recording best, where one does.

        What was told of the one before goes; warnings and errors stay.
        """
        self._window.message_bar.forget("info")
        for name, host in self._window.hosts.items():
            if recording.kind in host.kind.kinds:
                self._bring_forward(name)
                return

    def _model_changed(self, card: ModelCard | None) -> None:
        self._window.top_bar.set_card(card)
        self._window.status.set_card(card)
        self._list(self._models)
        if not self._runs.active:
            self._window.status.set_idle(tr("Ready") if card else tr("No model is open"))

    def _models_listed(self, models: list[Any]) -> None:
        self._models = models
        self._list(models)

    def _list(self, models: list[Any]) -> None:
        card = self._context.document.model
        entries = {"shapes": (tr("Shapes (built in)"), "")}
        for model in models:
            if model.source != "shapes":
                entries[str(model.source)] = (model.title or model.name, str(model.source))
        current = card.source if card else self._context.opening or "shapes"
        for source in (*self._context.settings["recent.models"], current):
            entries.setdefault(source, (Path(source).name, source))
        self._window.top_bar.set_models([(key, *value) for key, value in entries.items()], current)

    def _history_changed(self) -> None:
        self._window.registry["go.back"].setEnabled(self._context.selection.can_undo)
        self._window.registry["go.forward"].setEnabled(self._context.selection.can_redo)

    def _job_started(self, handle: Handle) -> None:
        quiet = handle.job.interactive or isinstance(handle.job, RECORDING_JOBS)
        if not quiet:
            self._job_progress(handle, Progress(0, 0, ""))

    def _job_progress(self, handle: Handle, progress: Progress) -> None:
        if isinstance(handle.job, RECORDING_JOBS):
            return
        title = tr(handle.job.title)
        text = f"{title}: {work.translated(progress.text)}" if progress.text else f"{title} …"
        if self._runs.active:
            text = tr("The run waits. {text}", text=text)
        self._window.status.set_progress(
            dataclasses.replace(progress, text=text), stoppable=self._runs.active
        )

    def _job_ended(self, handle: Handle) -> None:
        other = isinstance(handle.job, (OpenModel, *RECORDING_JOBS)) or handle.job.interactive
        if not (self._runs.active or other):
            self._window.status.set_idle(tr("Ready"))

    def _run_progress(self, progress: Progress) -> None:
        self._window.status.set_progress(progress, stoppable=True)

    def _run_waits(self) -> None:
        self._window.status.set_progress(
            Progress(0, 0, tr("The run waits until the model is ready")), stoppable=True
        )

    def _run_ended(self, how: str, seconds: float) -> None:
        texts = {
            "done": tr("Done in {seconds:.1f} s", seconds=seconds),
            "cancelled": tr("Stopped; finished steps are kept"),
            "failed": tr("The run failed; finished steps are kept"),
        }
        self._window.status.set_idle(texts[how])

    def _identity(self) -> None:
        self.scene_changed(self._context.scene)

    def _tokens_counted(self, tokenized: Any) -> None:
        card = self._context.document.model
        limit = card.max_tokens if card else 77
        self._context.document.tokens = min(tokenized.count + 2, limit)
        self.show_cost()
        # The prompt's own tokens, and the start and end tokens around them.
        self._window.top_bar.set_tokens(tokenized.count + 2, limit, tokenized.cut)

    def _scheme_changed(self, *_: object) -> None:
        if self._context.settings["theme"] == "system":
            self._apply_theme()

    def _apply_theme(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication) and not self._context.closed:
            theme.apply(app, self._context.settings["theme"])


def _first_field(part: QWidget) -> QWidget | None:
    for child in part.findChildren(QWidget):
        if (
            child.isVisible()
            and child.isEnabled()
            and child.focusPolicy() & Qt.FocusPolicy.TabFocus
        ):
            return child
    return None
