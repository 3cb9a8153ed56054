"""A picture of one's own walked up to noise and back: what comes back, and where it is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from sdinspector.analysis.statistics import levels as levels_of
from sdinspector.app.jobs import InvertJob
from sdinspector.app.naming import new_path
from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import JobHandle, Pixel, Scene, Services
from sdinspector.core import FigureSpec, InspectorError
from sdinspector.export import colours
from sdinspector.recording.inversion import KIND
from sdinspector.viewers.schedulers import inversion_wording as wording
from sdinspector.viewers.schedulers import inverting
from sdinspector.viewers.schedulers.inversion_board import InversionBoard
from sdinspector.viewers.schedulers.inverting import Inverted, read_inverted, read_place
from sdinspector.widgets.curves import Curve
from sdinspector.widgets.latest import Latest
from sdinspector.widgets.strip_view import Frame

Picture = NDArray[np.uint8]


class InversionPage(InversionBoard):
    """One inversion: of a picture that a person brings, or of the recording that is shown."""

    title: ClassVar[str] = mark("Invert a picture")
    tip: ClassVar[str] = mark("Find the noise that makes a picture of your own, and run it back")

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._scene = Scene()
        self._picture: Path | Picture | None = None
        self._handle: JobHandle | None = None
        self._inverted: Inverted | None = None
        self._level = 0
        self._following = False  # the chosen level is the newest one of a run that goes
        self._asked: object = None
        self._reader = Latest(services, "schedulers/inversion")
        self._connect()
        self._allow()

    def _connect(self) -> None:
        services = self._services
        self.picture_given.connect(self.take_picture)
        self.connect_buttons(self.open, self.paste_button, tr("A picture to invert"), services)
        self.caption.returnPressed.connect(self.invert)
        self.guidance.valueChanged.connect(lambda _: self._warn())
        self.run.clicked.connect(self.invert)
        self.halt.clicked.connect(self._stop_inverting)
        self.as_run.clicked.connect(self._open_as_run)
        self.mode.chosen.connect(lambda _: self._draw_pictures())
        self.curve.chosen.connect(self.choose_level)
        self.prompt.returnPressed.connect(self.run_on)
        self.onward.clicked.connect(self.run_on)
        for strip in self.strips.values():
            strip.chosen.connect(self.choose_level)
        for canvas in (self.canvas, self.difference.canvas):
            canvas.hovered.connect(services.hover)
            canvas.clicked.connect(lambda pixel: services.select(pixel=pixel))

    # -- the page's contract ---------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Show the recording's inversion, where it has one and none goes here."""
        before, self._scene = self._scene, scene
        pane = scene.pane
        if pane is not None and pane.recording.kind == KIND and not self._active:
            asked = (scene.generation, pane.recording.id)
            if (asked, pane.calls, pane.finished) != self._asked:
                self._asked = (asked, pane.calls, pane.finished)
                self._reader.ask(
                    asked,
                    (pane.calls, pane.finished),
                    read_inverted,
                    pane.recording,
                    pane.calls,
                    on_result=self._show_inverted,
                )
        if self._shows_scene() and self._inverted is not None and scene.call is not None:
            level = self._inverted.level_of(scene.call)
            if scene.call != before.call or before.generation != scene.generation:
                self._mark(level)
        if before.display != scene.display:
            self._draw_pictures()
        self.canvas.set_marker(scene.selection.pixel)
        self._allow()

    def set_crosshair(self, pixel: Pixel | None) -> None:
        """Show which pixel the pointer is over."""
        self.canvas.set_crosshair(pixel)
        self.difference.canvas.set_crosshair(pixel)

    def explanation(self) -> str:
        """Say what is seen, with the formula."""
        return wording.explain()

    def figures(self, scene: Scene) -> list[FigureSpec]:  # noqa: ARG002
        """Return the pictures, and the error by level."""
        return [] if self._inverted is None else inverting.figures(self._inverted)

    def fit(self) -> None:
        """Show all of the pictures."""
        self.canvas.fit()
        self.difference.canvas.fit()

    def stop(self) -> None:
        """Drop what is being inverted and read."""
        self._reader.forget()
        if self._handle is not None:
            self._handle.cancel()

    # -- the picture -----------------------------------------------------------------------

    def take_picture(self, picture: Path | Picture) -> None:
        """Take a picture to invert; nothing runs yet."""
        self._picture = picture
        name = picture.stem if isinstance(picture, Path) else tr("pasted picture")
        self.source.setText(name)
        if self._inverted is None:
            self.say(wording.ready(name))
        self._allow()
        self.caption.setFocus()

    # -- inverting it ----------------------------------------------------------------------

    @property
    def _active(self) -> bool:
        return self._handle is not None and self._handle.active

    def invert(self) -> None:
        """Walk the picture up and down."""
        picture = self._picture
        if picture is None or self._active or self._scene.model is None:
            return
        caption = self.caption.text().strip()
        try:
            out = new_path(f"inverted {caption}")
        except InspectorError as error:
            self._services.report(error)
            return
        spec = self._services.settings["spec"] or {}
        job = InvertJob(
            picture=picture,
            caption=caption,
            out=out,
            steps=self.steps.value(),
            guidance_scale=self.guidance.value(),
            negative_prompt=str(spec.get("negative_prompt") or ""),
            placing=self.placing.currentData(),
        )
        handle: Any = self._services.submit(job, self._ended, self._failed)
        handle.on_event = self._advanced
        self._handle = handle
        if self._inverted is None:
            self.say(tr("Walking up …"))
        self._show_state(tr("Waiting …"), 0, 0)
        self._allow()

    def _advanced(self, event: Any) -> None:
        text = wording.moving(upward=event.upward, step=event.step + 1, steps=event.steps)
        self._show_state(text, event.call + 1, event.calls)
        if not event.upward:
            self._read(Path(event.path), event.step + 1)

    def _read(self, path: Path, calls: int) -> None:
        self._reader.ask(path, calls, read_place, path, calls, on_result=self._show_inverted)

    def _ended(self, path: Path) -> None:
        self._handle = None
        self._services.settings.add_recent("recent.recordings", str(path))
        self._reader.ask(path, "end", read_place, path, 0, on_result=self._show_inverted)
        self._show_state("", 0, -1)
        self._allow()

    def _failed(self, error: Exception) -> None:
        self._handle = None
        self._show_state("", 0, -1)
        if isinstance(error, InspectorError) and error.code.startswith("picture."):
            self._picture = None
            self.source.setText("")
        self._allow()
        self._say_ready()
        self._services.report(error)

    def _stop_inverting(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = None
        self._show_state(tr("stopped"), 0, -1)
        self._say_ready()
        self._allow()

    def _say_ready(self) -> None:
        """Say what to press, where nothing has come yet."""
        if self._inverted is None:
            none = self._picture is None
            self.say(wording.nothing() if none else wording.ready(self.source.text()))

    def _show_state(self, text: str, done: int, total: int) -> None:
        """Say how far it is; a total of 0: it is not known, below: nothing goes."""
        self.state.setText(text)
        self.progress.setVisible(total >= 0)
        if total >= 0:
            self.progress.setRange(0, total)
            self.progress.setValue(done)

    def run_on(self) -> None:
        """Fork the way down at the chosen level, with the prompt and the scale that stand there."""
        inverted = self._inverted
        if inverted is None or not self.onward.isEnabled():
            return
        spec = inverted.recording.spec
        call = inverted.call_of(self._level)
        asked = {"prompt": self.prompt.text(), "guidance_scale": self.onward_guidance.value()}
        changes = {name: value for name, value in asked.items() if value != getattr(spec, name)}
        self._services.futures.run_on(inverted.recording, call, kept=True, **changes)

    def _open_as_run(self) -> None:
        if self._inverted is not None:
            self._services.open_recording(Path(self._inverted.recording.path))

    def _allow(self) -> None:
        """Enable what can be done now; the tooltip says what is missing."""
        ready = self._picture is not None and self._scene.model is not None
        self.run.setVisible(not self._active)
        self.halt.setVisible(self._active)
        self.run.setEnabled(ready)
        futures = self._services.futures.active
        self.onward.setEnabled(
            self._scene.model is not None
            and self._inverted is not None
            and not self._active
            and (futures or not self._scene.busy)
        )
        self.as_run.setEnabled(
            self._inverted is not None and not self._active and not self._shows_scene()
        )

    def _warn(self) -> None:
        text = wording.warning(self.guidance.value())
        self.warning.setText(text)
        self.warning.setVisible(bool(text))

    # -- showing it ------------------------------------------------------------------------

    def _show_inverted(self, inverted: Inverted | None) -> None:
        if inverted is None:
            return
        another = self._inverted is None or self._inverted.recording.id != inverted.recording.id
        self._inverted = inverted
        if another:
            self._level = inverted.path.steps
            self.prompt.setText(inverted.recording.spec.prompt)
            self.onward_guidance.setValue(inverted.recording.spec.guidance_scale)
            if self._picture is None:
                self.source.setText(inverted.name)
        if another or self._following:
            self._following = not inverted.figures.get("errors")
            # At the end the noise that was sought is chosen: from there all can be made anew.
            newest = min(inverted.down, default=inverted.path.steps)
            self._level = newest if self._following else inverted.path.steps
        self.say("")
        self._draw_pictures()
        self.facts.set_sections(wording.sections(inverted))
        errors = inverted.errors
        self.curve.set_curves(
            [Curve(tr("‖down − up‖ / ‖up‖"), errors)], names=wording.level_names(inverted)
        )
        self._draw_ways(another=another)
        self._mark(self._level)
        self._allow()

    def _draw_ways(self, *, another: bool) -> None:
        inverted = self._inverted
        if inverted is None:
            return
        names = wording.level_names(inverted)
        height, width = inverted.path.picture.shape[:2]
        for key, pictures in (("up", inverted.up), ("down", inverted.down)):
            strip = self.strips[key]
            if another:
                strip.pictures.clear()
            strip.frames = tuple(Frame(name) for name in names)
            strip.ratio, strip.smooth = height / width, self._scene.display.smooth
            for level, picture in pictures.items():
                strip.pictures.setdefault(level, _image(picture))
            strip.lay_out()

    def _shows_scene(self) -> bool:
        shown = self._scene.recording
        return (
            shown is not None
            and self._inverted is not None
            and shown.id == self._inverted.recording.id
        )

    def choose_level(self, level: int) -> None:
        """Choose a noise level; where the inversion is shown as a run, its call is selected."""
        if self._inverted is None:
            return
        self._following = False
        self._mark(level)
        if self._shows_scene() and self._inverted.recording.calls:
            self._services.select(call=self._inverted.call_of(level))

    def _mark(self, level: int) -> None:
        inverted = self._inverted
        if inverted is None:
            return
        self._level = min(max(level, 0), inverted.path.steps)
        self.curve.set_marker(self._level)
        self.place.set_text(wording.level(inverted, self._level))
        self.edit_label.setText(wording.onward(inverted, self._level))
        for strip in self.strips.values():
            before, strip.current = strip.current, self._level
            strip.reveal(self._level)
            strip.repaint_places(before, self._level)

    def _draw_pictures(self) -> None:
        inverted, mode = self._inverted, self.mode.current
        if inverted is None:
            return
        smooth = self._scene.display.smooth
        apart = inverting.difference_of(inverted)
        if mode == "difference" and apart is not None:
            name = self._scene.display.diverging_map
            table = colours.table(name if name in colours.NAMES else colours.DIVERGING[0])
            span = levels_of(apart, symmetric=True)
            self.difference.set_map(apart, span, table, tr("levels of 255"))
            self.pictures.setCurrentWidget(self.difference)
            return
        original, returned = inverted.path.picture, inverted.returned
        sides: dict[str, Callable[[], tuple[Any, ...]]] = {
            "original": lambda: (original, None, tr("original"), ""),
            "returned": lambda: (None, returned, "", tr("returned")),
            "vae": lambda: (None, inverted.path.round_trip, "", tr("VAE alone")),
        }
        pair = sides.get(mode, lambda: (original, returned, tr("original"), tr("returned")))()
        if pair[0] is None and pair[1] is None:
            pair = (original, None, tr("original"), "")
        self.canvas.set_pair(*pair, smooth=smooth)
        self.canvas.set_marker(self._scene.selection.pixel)
        self.pictures.setCurrentWidget(self.canvas)


def _image(picture: Picture) -> QImage:
    data = np.ascontiguousarray(picture, dtype=np.uint8)
    height, width = data.shape[:2]
    return QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
