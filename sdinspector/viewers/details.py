"""The run's details: what was asked, of which model, with which libraries; its tokens as chips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import Scene, Services, Viewer
from sdinspector.core import FigureSpec, InspectorError, RunSpec, find_scheduler
from sdinspector.recording import Call, Recording
from sdinspector.widgets import look
from sdinspector.widgets.calm import Calm
from sdinspector.widgets.facts import FactSheet, Section
from sdinspector.widgets.latest import Latest
from sdinspector.widgets.token_strip import TokenStrip


@dataclass(frozen=True)
class _Head:
    """What was read of the chosen call."""

    call: Call


class DetailsViewer(Viewer):
    """Facts of the recording, of its model and of the chosen call."""

    id = "details"
    title = mark("Run details")
    description = mark("What was asked, of which model, with which libraries; the tokens")
    icon = "details"
    shortcut = "Ctrl+Shift+D"
    place = "right"
    order = 10

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make chips and facts in one scrolled column."""
        self._services = services
        self._reader = Latest(services, "details/call")
        self._scene = Scene()
        self._head: _Head | None = None
        area = QScrollArea(parent)
        self._calm = Calm(self._draw, area)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(tr("Run details"))
        area.setToolTip(tr(self.description))
        area.setMinimumWidth(200)
        column = QWidget()
        box = QVBoxLayout(column)
        box.setContentsMargins(3 * look.GAP, 3 * look.GAP, 3 * look.GAP, 3 * look.GAP)
        box.setSpacing(look.GAP)
        self._titles: dict[str, QLabel] = {}
        self._strips: dict[str, TokenStrip] = {}
        for branch, title in (("cond", tr("Prompt")), ("uncond", tr("Negative prompt"))):
            label = QLabel(title, column)
            label.setFont(look.scaled(column.font(), 1.0, bold=True))
            strip = TokenStrip(column)
            strip.setAccessibleName(title)
            strip.word_clicked.connect(lambda word: services.select(word=word))
            box.addWidget(label)
            box.addWidget(strip)
            box.addSpacing(look.GAP)
            self._titles[branch], self._strips[branch] = label, strip
        self._facts = FactSheet(column)
        box.addWidget(self._facts, 1)
        area.setWidget(column)
        return area

    def show(self, scene: Scene) -> None:
        """Show a recording's facts."""
        if scene.generation != self._scene.generation:
            self._head = None
        self._scene = scene
        recording, call = scene.recording, scene.call
        if recording is None:
            return
        for branch, strip in self._strips.items():
            tokens = recording.tokens.get(branch, ())
            words = [token for token in tokens if token.kind == "word"]
            shown = bool(tokens) and (branch == "cond" or bool(words))
            strip.setVisible(shown)
            self._titles[branch].setVisible(shown)
            if shown:
                strip.set_tokens(tokens)
            strip.set_word(scene.selection.word if branch == "cond" else None)
        if self._head is None or call is None:
            self._draw()
        elif self._head.call.index == call:
            self._calm.ask()
        if call is not None:
            self._reader.ask(
                (scene.generation, recording.id),
                call,
                _read,
                recording,
                call,
                on_result=self._take,
            )

    def figures(self, scene: Scene) -> list[FigureSpec]:  # noqa: ARG002
        """Return nothing: these are no pictures, and the manifest holds them already."""
        return []

    def empty(self, scene: Scene) -> str | None:
        """Return that there must be a recording; one without steps has facts too."""
        if scene.recording is not None:
            return None
        return tr("Nothing to tell yet: press Run (Ctrl+Return), or open a recording.")

    def close(self) -> None:
        """Drop what is being read."""
        self._calm.stop()
        self._reader.forget()

    def _take(self, head: _Head) -> None:
        self._head = head
        self._calm.ask()

    def _draw(self) -> None:
        recording = self._scene.recording
        if recording is None:
            return
        sections = [_run(recording), _asked(recording.spec, recording.manifest)]
        if self._head is not None:
            sections.insert(0, _call(self._head.call))
        sections += [_model(recording.model), _libraries(recording.manifest)]
        self._facts.set_sections(sections)


def _read(recording: Recording, call: int) -> _Head:
    return _Head(recording.call(call))


def _call(call: Call) -> Section:
    branches = {"uncond": "ε_∅", "cond": "ε_y"}
    return Section(
        tr("This step"),
        (
            (tr("Step"), str(call.step + 1), tr("Counted from 1")),
            (tr("Call, from 0"), str(call.index), tr("Calls of the scheduler, counted from 0")),
            (tr("Timestep t"), f"{call.timestep:g}"),
            (tr("Guidance scale"), f"{call.scale:g}"),
            (tr("Branches"), ", ".join(branches.get(name, name) for name in call.branches)),
            (
                "x̂₀",
                f"{look.number(call.a)} · x_t  {_signed(call.b)} · ε",
                tr("How the denoised prediction follows from latent and output"),
            ),
        ),
    )


def _signed(value: float) -> str:
    text = look.number(abs(value))
    return f"− {text}" if value < 0 else f"+ {text}"


def _run(recording: Recording) -> Section:
    states = {
        "running": tr("running"),
        "complete": tr("complete"),
        "cancelled": tr("stopped"),
        "failed": tr("failed"),
        "interrupted": tr("interrupted: its program has gone"),
    }
    kinds = {
        "run": tr("run"),
        "observe": tr("observe"),
        "inversion": tr("inversion"),
        "fork": tr("fork"),
        "encode": tr("encode"),
        "text": tr("text"),
        "objective": tr("objective"),
        "training": tr("training"),
    }
    made = QDateTime.fromString(recording.created, Qt.DateFormat.ISODate).toLocalTime()
    when = QLocale().toString(made, QLocale.FormatType.ShortFormat)
    facts: list[tuple[str, ...]] = [
        (tr("Status"), states.get(recording.status, recording.status)),
        (tr("Kind"), kinds.get(recording.kind, recording.kind)),
        (tr("Made"), when or recording.created, recording.created),
    ]
    seconds = recording.manifest.get("seconds")
    if isinstance(seconds, int | float):
        facts.append((tr("Took"), tr("{seconds} s", seconds=f"{seconds:.1f}")))
    facts.append((tr("Calls"), str(recording.calls), tr("Scheduler calls on the disk")))
    if recording.error:
        facts.append((tr("Error"), recording.error))
    if recording.parent:
        facts.append((tr("Forked from"), str(recording.parent.get("id", "?"))))
    facts.append((tr("Folder"), recording.path.name, str(recording.path)))
    return Section(tr("Recording"), tuple(facts))


def _asked(spec: RunSpec, manifest: dict[str, Any]) -> Section:
    facts: list[tuple[str, ...]] = []
    if not manifest.get("tokens"):
        facts.append((tr("Prompt"), spec.prompt or tr("(empty)")))
    facts += [
        (tr("Prompt from call {call}", call=edit.from_call), str(edit.value))
        for edit in spec.edits
        if edit.kind == "prompt"
    ]
    facts += [
        (tr("Seed"), str(spec.seed)),
        (tr("Steps"), str(spec.steps)),
        (tr("Scheduler"), _scheduler(spec, manifest)),
        (tr("Guidance scale"), f"{spec.guidance_scale:g}"),
    ]
    if spec.guidance_rescale:
        facts.append((tr("Guidance rescale"), f"{spec.guidance_rescale:g}"))
    size = manifest.get("picture")
    if isinstance(size, list) and len(size) == 2:
        facts.append((tr("Picture"), f"{size[0]} × {size[1]}"))
    elif spec.width and spec.height:
        facts.append((tr("Picture"), f"{spec.width} × {spec.height}"))
    if spec.init:
        facts.append((tr("Starts from"), spec.init))
        facts.append((tr("Strength"), f"{spec.strength:g}"))
    if spec.start:
        facts.append((tr("Starts from"), tr("the latent of an inversion"), spec.start))
    if spec.edits:
        kinds = [f"{edit.kind} = {edit.value}" for edit in spec.edits]
        facts.append((tr("Edits"), "\n".join(kinds)))
    return Section(tr("Settings"), tuple(facts))


def _scheduler(spec: RunSpec, manifest: dict[str, Any]) -> str:
    told = manifest.get("scheduler")
    own = told.get("class") if isinstance(told, dict) else told
    name = spec.scheduler or str(own or "")
    if not name:
        return tr("the model's own")
    try:
        return find_scheduler(name).title
    except InspectorError:
        return name


def _model(model: dict[str, Any]) -> Section:
    names = {
        "name": tr("Name"),
        "source": tr("Source"),
        "class": tr("Class"),
        "class_name": tr("Class"),
        "device": tr("Device"),
        "dtype": tr("Precision"),
        "digest": tr("Digest"),
    }
    facts = []
    for key, title in names.items():
        value = model.get(key)
        if isinstance(value, str) and value:
            shown = value[:12] + "…" if key == "digest" and len(value) > 14 else value
            facts.append((title, shown, value))
    return Section(tr("Model"), tuple(facts))


def _libraries(manifest: dict[str, Any]) -> Section:
    libraries = manifest.get("libraries")
    if not isinstance(libraries, dict):
        return Section(tr("Libraries"), ())
    facts: list[tuple[str, ...]] = [(str(key), str(value)) for key, value in libraries.items()]
    threads = manifest.get("threads")
    if isinstance(threads, int):
        facts.append((tr("threads"), str(threads)))
    return Section(tr("Libraries"), tuple(facts))
