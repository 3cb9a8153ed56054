"""The film strip: the denoised prediction of each step along the bottom of the window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from sdinspector.analysis import preview
from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import Scene, Services, Viewer
from sdinspector.core import FigureSpec, InspectorError, Preview
from sdinspector.recording import Recording
from sdinspector.widgets.film_strip import FilmStrip, Frame
from sdinspector.widgets.latest import Latest

#: Pictures read at a time: few enough that the first are there at once.
BATCH = 24
#: Where no linear map is known: all channels alike, ±3 is black and white.
_GREY = 1.0 / 3.0


@dataclass(frozen=True)
class _Place:
    """A scheduler call, the step it belongs to and its timestep."""

    call: int
    step: int
    timestep: float


class FilmViewer(Viewer):
    """Travel through the steps; fills while a run goes."""

    id = "film"
    title = mark("Film strip")
    description = mark("The denoised prediction x̂₀ of every step: click, drag or play")
    icon = "film"
    shortcut = "Ctrl+Shift+F"
    place = "bottom"
    order = 10

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make the strip."""
        self._services = services
        self._strip = FilmStrip(parent)
        self._facts = Latest(services, "film/steps")
        self._pictures = Latest(services, "film/pictures")
        self._group: object = None
        self._places: list[_Place] = []
        self._shown: list[_Place] = []
        self._every_call = False
        self._scene = Scene()
        self._calls_button = self._strip.add_switch(
            tr("Every call"),
            tr("Show every scheduler call: solvers such as Heun make two a step."),
        )
        self._strip.chosen.connect(self._go)
        self._strip.wanted.connect(self._read_pictures)
        self._calls_button.toggled.connect(self._set_every_call)
        return self._strip

    def show(self, scene: Scene) -> None:
        """Show a recording's steps and where the selection is among them."""
        self._scene = scene
        self._strip.set_smooth(on=scene.display.smooth)
        recording = scene.recording
        if recording is None:
            return
        group = (scene.generation, recording.id)
        if group != self._group:
            self._group = group
            self._places = []
            self._shown = []
            self._strip.play(on=False)
            self._strip.clear_pictures()
            self._strip.set_frames(())
        if len(self._places) < scene.calls:
            self._facts.ask(
                group,
                scene.calls,
                _read_places,
                recording,
                len(self._places),
                scene.calls,
                on_result=self._take_places,
            )
        self._show_current()

    def figures(self, scene: Scene) -> list[FigureSpec]:  # noqa: ARG002
        """Return nothing: each picture can be saved from the picture's own view."""
        return []

    def close(self) -> None:
        """Stop playing; what is still being read is not wanted any more."""
        self._strip.play(on=False)
        self._facts.forget()
        self._pictures.forget()

    # -- inner workings --------------------------------------------------------------------

    def _take_places(self, places: list[_Place]) -> None:
        known = len(self._places)
        self._places.extend(place for place in places if place.call >= known)
        self._lay_out()

    def _lay_out(self) -> None:
        places = self._places
        steps = {place.step for place in places}
        self._calls_button.setVisible(len(places) > len(steps))
        if self._every_call:
            shown = list(places)
        else:
            first: dict[int, _Place] = {}
            for place in places:
                first.setdefault(place.step, place)
            shown = list(first.values())
        if shown[: len(self._shown)] != self._shown:
            self._strip.clear_pictures()
        self._shown = shown
        pane, recording = self._scene.pane, self._scene.recording
        running = pane is not None and not pane.finished and recording is not None
        expected = 0
        if running and recording is not None:
            expected = _expected(recording, calls=self._every_call)
        ratio = _ratio(recording) if recording is not None else 1.0
        self._strip.set_frames([self._frame(place) for place in shown], expected, ratio)
        self._show_current()
        self._read_pictures()

    def _frame(self, place: _Place) -> Frame:
        title = str(place.call + 1) if self._every_call else str(place.step + 1)
        return Frame(title, tr("t {timestep}", timestep=f"{place.timestep:g}"))

    def _show_current(self) -> None:
        call = self._scene.call
        current = -1
        for index, place in enumerate(self._shown):
            if call is not None and place.call <= call:
                current = index
        self._strip.set_current(current)

    def _read_pictures(self) -> None:
        recording = self._scene.recording
        wanted = self._strip.missing()[:BATCH]
        if recording is None or not wanted:
            return
        calls = tuple(self._shown[index].call for index in wanted)
        self._pictures.ask(
            (self._group, self._every_call),
            calls,
            _read_pictures,
            recording,
            tuple(wanted),
            calls,
            on_result=self._take_pictures,
        )

    def _take_pictures(self, pictures: dict[int, NDArray[np.uint8]]) -> None:
        self._strip.set_pictures(pictures)
        if pictures:
            self._read_pictures()

    def _go(self, index: int) -> None:
        if 0 <= index < len(self._shown):
            playing = self._strip.playing
            self._services.select(remember=not playing, call=self._shown[index].call)

    def _set_every_call(self, on: bool) -> None:
        self._every_call = on
        self._shown = []
        self._strip.clear_pictures()
        self._lay_out()


def _ratio(recording: Recording) -> float:
    """Return height by width of the picture."""
    size = recording.manifest.get("picture") or (recording.spec.width, recording.spec.height)
    width, height = size
    return height / width if width and height else 1.0


def _expected(recording: Recording, *, calls: bool) -> int:
    """Return how many places there will be at the end of the run."""
    known = recording.manifest.get("total_calls" if calls else "total_steps")
    return int(known) if known else 0 if calls else recording.spec.steps


def _read_places(recording: Recording, start: int, stop: int) -> list[_Place]:
    return [
        _Place(call, recording.step_of_call(call), recording.timestep(call))
        for call in range(start, min(stop, recording.calls))
    ]


def _read_pictures(
    recording: Recording, indices: tuple[int, ...], calls: tuple[int, ...]
) -> dict[int, NDArray[np.uint8]]:
    pictures: dict[int, NDArray[np.uint8]] = {}
    for index, call in zip(indices, calls, strict=True):
        try:
            latent = recording.array(call, "denoised")
        except InspectorError:
            height, width = 8, 8  # a damaged step is a grey place, not the end of the strip
            pictures[index] = np.full((height, width, 3), 128, dtype=np.uint8)
            continue
        linear = recording.preview
        if linear is None or len(linear.matrix) != len(latent):
            share = _GREY / len(latent)
            linear = Preview(matrix=((share, share, share),) * len(latent))
        pictures[index] = preview.to_rgb(latent, linear)
    return pictures
