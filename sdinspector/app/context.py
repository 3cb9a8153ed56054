"""The application without its window: owns the models, the threads and the services."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from sdinspector.app.display import DisplayModel
from sdinspector.app.document import Document, visible_part
from sdinspector.app.follow import Follower
from sdinspector.app.futures import Futures
from sdinspector.app.garbage import GarbageCollector
from sdinspector.app.guidance import GuidanceControl
from sdinspector.app.jobs import Job, ListModels, OpenModel, TokenizeJob
from sdinspector.app.messages import Message, describe
from sdinspector.app.model_thread import ModelThread
from sdinspector.app.queueing import Handle
from sdinspector.app.readers import ReaderPool
from sdinspector.app.scene import SceneKeeper
from sdinspector.app.selection import SelectionModel
from sdinspector.app.settings import Settings
from sdinspector.app.texts import tr
from sdinspector.app.training import TrainingControl
from sdinspector.app.viewer import (
    DisplayState,
    OnError,
    OnResult,
    Pane,
    Pixel,
    Scene,
    SelectionState,
)
from sdinspector.core import InspectorError, ModelCard, RunSpec

if TYPE_CHECKING:
    from sdinspector.recording import Recording

log = logging.getLogger(__name__)

KEPT_DISPLAY = ("colour_map", "diverging_map", "opacity", "shared_levels", "smooth")
KEEP_MILLISECONDS = 3000
#: Kinds of recordings that hold no run: they leave the parameters of the next one alone.
NO_RUNS = ("encode", "text", "objective", "training")
#: Those of them that are about one prompt.
PROMPTED = ("text", "objective")


class AppContext(QObject):
    """What viewers and window act through; implements ``Services``.

    Signals
    -------
    message : Message
        To be shown in the message bar.
    hovered : tuple or None
        The pixel under the pointer, in any viewer.
    recording_opened : Recording
        Another recording is shown.
    models_listed : list
        What can be opened on this machine.
    """

    message = Signal(object)
    hovered = Signal(object)
    recording_opened = Signal(object)
    models_listed = Signal(object)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.garbage = GarbageCollector(self)
        self.worker = ModelThread(self)
        self.worker.model_closed.connect(self.garbage.collect)
        self.readers = ReaderPool(self)
        self.document = Document(self)
        self.selection = SelectionModel(self)
        self.display = DisplayModel(self)
        self.scenes = SceneKeeper(self.document, self.selection, self.display, self)
        self.follower = Follower(self.readers, self)
        self.guidance = GuidanceControl(self.document, self)
        self.futures = Futures(self)
        self.training = TrainingControl(self)
        self.opening: str | None = None
        self.closed = False
        self._restore()
        # Not only when the window closes: a crash, or a computer switched off, loses little.
        self._keeper = QTimer(self, interval=KEEP_MILLISECONDS)
        self._keeper.timeout.connect(self._keep)
        self._keeper.start()
        self.worker.model_changed.connect(self.document.set_model)
        self.worker.failed.connect(self._tell_failure)
        self.readers.failed.connect(self.report)
        self.follower.grew.connect(self._grew)
        self.follower.failed.connect(self.report)

    # --- Services -------------------------------------------------------------------------

    @property
    def scene(self) -> Scene:
        """The scene as it is now."""
        return self.scenes.scene

    def submit(
        self, job: Job, on_result: OnResult | None = None, on_error: OnError | None = None
    ) -> Handle:
        """Give the model's thread a job."""
        return self.worker.submit(job, on_result, on_error)

    def read(
        self,
        slot: str,
        function: Callable[..., Any],
        *args: Any,
        on_result: OnResult,
        on_error: OnError | None = None,
    ) -> None:
        """Call ``function(*args)`` in the reader pool."""
        self.readers.read(slot, function, *args, on_result=on_result, on_error=on_error)

    def select(self, *, remember: bool = True, **changes: Any) -> None:
        """Change the selection; a person who picks a call of a growing run stops following it."""
        if "call" in changes and self.document.busy:
            newest = changes["call"] >= self.scene.calls - 1
            self.display.set(follow=newest)
        self.selection.select(remember=remember, **changes)

    def set_display(self, **changes: Any) -> None:
        """Change how things are drawn."""
        self.display.set(**changes)

    def hover(self, pixel: Pixel | None) -> None:
        """Tell every viewer which pixel the pointer is over."""
        self.hovered.emit(pixel)

    def change_spec(self, **changes: Any) -> None:
        """Change parameters of the next run."""
        self.document.set_spec(dataclasses.replace(self.document.spec, **changes))

    def undo(self) -> None:
        """Go back to the selection before."""
        self.selection.undo()

    def redo(self) -> None:
        """Go forward again."""
        self.selection.redo()

    def report(self, error: Exception) -> None:
        """Show an error in the message bar."""
        # What has a sentence of its own needs no traceback.
        expected = isinstance(error, InspectorError) or error.__traceback__ is None
        log.warning("Reported: %s", error, exc_info=None if expected else error)
        self.message.emit(describe(error))

    def tell(self, text: str, severity: str = "info") -> None:
        """Show a sentence in the message bar."""
        self.message.emit(Message(text, severity=severity))

    def open_recording(self, path: Path) -> None:
        """Show another recording; one that still grows is followed."""
        self.read("open", _open, Path(path), on_result=self._opened, on_error=self._not_opened)

    # --- model and prompt -----------------------------------------------------------------

    def open_model(self, source: str) -> Handle:
        """Open another model in place of the present one."""
        self.opening = source
        job = OpenModel(source=source, device=self.settings["device"], dtype=self.settings["dtype"])
        return self.worker.submit(job, self._model_opened, self._model_failed)

    def list_models(self) -> None:
        """Look for models; the answer comes as ``models_listed``."""
        self.worker.submit(ListModels(), self.models_listed.emit, self.report)

    def tokenize(self, text: str, on_result: OnResult) -> None:
        """Cut a prompt into tokens once a model is open."""
        self.worker.submit(TokenizeJob(text=text), on_result, lambda _: None)

    def show_recording(self, recording: Recording, *, call: int | None = None) -> None:
        """Show a recording that is open already, at its newest call or at the one given.

        One that grows is followed; at a given call the selection stays there.
        """
        pane, before, kept = _pane(recording), self.scene.recording, self.selection.state
        self.document.set_panes((pane,))
        at = max(0, pane.calls - 1) if call is None else call
        if before is not None and before.spec.prompt == recording.spec.prompt:
            self.selection.reset(dataclasses.replace(kept, call=at))
        else:
            state = SelectionState(call=at, layer=kept.layer, branch=kept.branch)
            self.selection.reset(state)
        if recording.status == "running":
            self.display.set(follow=call is None)
            self.follower.follow(recording)
        else:
            self.follower.stop()
        self.recording_opened.emit(recording)

    def start(self) -> None:
        """Start the model's thread, which opens the model of last time."""
        self.open_model(self.settings["model"])
        self.worker.start()

    def shut_down(self) -> None:
        """Keep the settings, stop all threads. Safe to call twice."""
        if self.closed:
            return
        self.closed = True
        self._keeper.stop()
        self._keep()
        self.scenes.stop()
        self.follower.stop()
        self.worker.shut_down()
        self.readers.close()
        self.futures.close()
        self.garbage.stop()

    # --- inside ---------------------------------------------------------------------------

    def _model_opened(self, card: ModelCard) -> None:
        source, self.opening = self.opening or card.source, None
        self.settings["model"] = source
        if source != "shapes":
            self.settings.add_recent("recent.models", source)
        self.list_models()

    def _model_failed(self, error: Exception) -> None:
        source, self.opening = self.opening, None
        self.settings.remove_recent("recent.models", source or "")
        instead = self.document.model is None and source != "shapes"
        if instead:  # said first, so that the reason lies on top
            self.tell(tr("The built-in model is opened instead."), "warning")
        self.report(error)
        if instead:
            self.open_model("shapes")

    def _opened(self, recording: Recording) -> None:
        self.settings.add_recent("recent.recordings", str(recording.path))
        self.show_recording(recording)
        if recording.kind in NO_RUNS:
            if recording.kind in PROMPTED and recording.spec.prompt:
                self.change_spec(prompt=recording.spec.prompt)
            return
        spec, hidden = visible_part(recording.spec, self.document.spec.capture)
        if recording.kind == "observe":  # its picture was looked at, not started from
            spec = dataclasses.replace(spec, init="", strength=1.0)
        self.document.set_spec(spec)
        if hidden:
            names = ", ".join(hidden).replace("_", " ")
            self.tell(
                tr(
                    "This recording was made with settings that have no control here ({names}): "
                    "Run makes the picture without them.",
                    names=names,
                )
            )
        if recording.spec.start:
            self.tell(
                tr(
                    "This recording begins with the latent of an inverted picture; Run draws noise "
                    "of a seed instead. To change the picture, run on from one of its steps."
                )
            )
        if recording.read_only:
            self.tell(
                tr(
                    "This recording has edits that this version does not know: it can be looked "
                    "at, but not replayed."
                ),
                "warning",
            )

    def _not_opened(self, error: Exception) -> None:
        path = getattr(error, "facts", {}).get("path")
        if path:
            self.settings.remove_recent("recent.recordings", str(path))
        self.report(error)

    def _grew(self, recording: Recording) -> None:
        if self.scene.recording is not recording:
            return
        pane = _pane(recording)
        self.document.set_panes((pane, *self.document.panes[1:]))
        if self.display.state.follow and pane.calls:
            self.selection.select(remember=False, call=pane.calls - 1)

    def _tell_failure(self, error: Exception, details: str) -> None:
        self.message.emit(describe(error, details))

    def _restore(self) -> None:
        names = {field.name: field for field in dataclasses.fields(DisplayState)}
        kept = {
            name: value
            for name, value in self.settings["display"].items()
            if name in KEPT_DISPLAY
            and name in names
            and isinstance(value, type(getattr(DisplayState(), name)))
        }
        self.display.set(**kept)
        if self.settings["spec"]:
            try:
                spec = RunSpec.from_json(self.settings["spec"])
                # A start that was chosen days ago would change every run, and is hardly seen.
                self.document.set_spec(dataclasses.replace(spec, init="", strength=1.0))
            except (KeyError, TypeError, ValueError, AttributeError):
                log.warning("The parameters of last time cannot be read", exc_info=True)

    def _keep(self) -> None:
        state = self.display.state
        self.settings["display"] = {name: getattr(state, name) for name in KEPT_DISPLAY}
        self.settings["spec"] = self.document.spec.to_json()
        self.settings.save()


def _open(path: Path) -> Recording:
    from sdinspector.recording import Recording

    return Recording.open(path)


def _pane(recording: Recording) -> Pane:
    return Pane(
        recording,
        recording.calls,
        Path(recording.path).stem,
        finished=recording.status != "running",
    )
