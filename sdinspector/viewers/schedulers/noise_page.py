"""A picture at any noise level: as latent at once, decoded as soon as the VAE can."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QWidget

from sdinspector.analysis import preview
from sdinspector.analysis.noise_schedule import NoiseCurves, NoiseLevels
from sdinspector.analysis.statistics import levels as levels_of
from sdinspector.app.jobs import DecodeJob, NoiseJob, PictureJob
from sdinspector.app.naming import new_path
from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import JobHandle, Pixel, Scene, Services
from sdinspector.core import FigureSpec, InspectorError
from sdinspector.export import colours
from sdinspector.viewers.schedulers import figures, wording
from sdinspector.viewers.schedulers.choices import title_of
from sdinspector.viewers.schedulers.data import Clean, mixed, read_clean, read_path
from sdinspector.viewers.schedulers.noise_board import NoiseBoard
from sdinspector.widgets.latest import Latest
from sdinspector.widgets.mosaic import Mosaic

Picture = NDArray[np.uint8]
#: Where the slider stands at first: enough noise to be seen, enough picture to be known.
FIRST = 300


class NoisePage(NoiseBoard):
    """x_t of a picture under a slider over t."""

    title: ClassVar[str] = mark("Noise a picture")
    tip: ClassVar[str] = mark("What a picture looks like at each timestep, as latent and decoded")

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._scene = Scene()
        self._curve: NoiseCurves | None = None
        self._visited: Mapping[str, NoiseLevels] = {}
        self._numbers: Mapping[str, int] = {}
        self._own = False  # a picture of one's own is shown, not the scene's recording
        self._asked: object = None
        self._clean: Clean | None = None
        self._noise: NDArray[np.floating] | None = None
        self._latent: NDArray[np.float32] | None = None
        self._decoded: tuple[int, Picture] | None = None
        self._span = (-1.0, 1.0)
        self._handles: dict[str, JobHandle] = {}
        self._reader = Latest(services, "schedulers/clean")
        self.slider.setRange(0, FIRST)
        self.number.setRange(0, FIRST)
        self.set_timestep(FIRST)
        self._connect()
        self._tell()

    def _connect(self) -> None:
        services = self._services
        self.picture_given.connect(self.encode)
        self.connect_buttons(
            self.open, self.paste_button, tr("A picture to add noise to"), services
        )
        self.run.clicked.connect(self._take_recording)
        self.seed.valueChanged.connect(lambda _: self._draw_noise())
        self.slider.valueChanged.connect(self.set_timestep)
        self.number.valueChanged.connect(self.set_timestep)
        self.ticks.currentIndexChanged.connect(lambda _: self._mark())
        self.back.clicked.connect(lambda: self.slider.go(-1))
        self.forward.clicked.connect(lambda: self.slider.go(1))
        for panel in self.pictures.values():
            panel.canvas.hovered.connect(services.hover)
            panel.canvas.clicked.connect(lambda pixel: services.select(pixel=pixel))

    # -- the page's contract ---------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Take the recording's latent until a person brings a picture."""
        before, self._scene = self._scene, scene
        pane = scene.pane
        self.run.setEnabled(pane is not None)
        known = None if before.recording is None else before.recording.id
        if pane is not None and pane.recording.kind == "encode" and pane.recording.id != known:
            self._own = False  # it was opened: that is what is to be seen
        if pane is not None and not self._own and not scene.busy:
            asked = (scene.generation, pane.recording.id, pane.finished)
            if asked != self._asked:
                self._asked = asked
                self._reader.ask(
                    "scene", asked, read_clean, pane.recording, on_result=self._take_latent
                )
        if _digest(before) != _digest(scene):
            self._draw_noise()
        elif before.display != scene.display:
            self._draw_still()
            self._draw()
        self._tell()
        for panel in self.pictures.values():
            panel.canvas.set_marker(scene.selection.pixel)

    def set_crosshair(self, pixel: Pixel | None) -> None:
        """Show which pixel the pointer is over."""
        for panel in self.pictures.values():
            panel.canvas.set_crosshair(pixel)
        for panel in self.channels.values():
            panel.canvas.set_place(pixel)

    def explanation(self) -> str:
        """Say what is seen, with the formulas."""
        return wording.explain_noise()

    def figures(self, scene: Scene) -> list[FigureSpec]:
        """Return the pictures, and the channels of x_t, x₀ and ε."""
        if self._clean is None or self._latent is None or self._noise is None:
            return []
        pictures: dict[str, Picture] = {}
        if self._decoded is not None and self._decoded[0] == self.timestep:
            pictures["decoded"] = self._decoded[1]
        linear = self._colours()
        if linear is not None:
            pictures["colours"] = linear[0]
        if self._clean.picture is not None:
            pictures["original"] = self._clean.picture
        arrays = {
            "latent": self._latent,
            "clean": self._clean.latent,
            "noise": np.asarray(self._noise, np.float32),
        }
        alpha_bar, sigma, snr = self._level()
        about = {
            "timestep": self.timestep,
            "seed": self.seed.value(),
            "alpha_bar": alpha_bar,
            "sigma": sigma,
            "snr": snr,
        }
        table = scene.display.diverging_map
        return figures.of_noise(self._clean, arrays, pictures, about, table)

    def fit(self) -> None:
        """Show all of every map."""
        for canvas in self.canvases:
            canvas.fit()

    def stop(self) -> None:
        """Drop what is being read, encoded and decoded."""
        self._reader.forget()
        for handle in self._handles.values():
            handle.cancel()

    # -- the noise level -------------------------------------------------------------------

    @property
    def timestep(self) -> int:
        """T."""
        return self.slider.value()

    def set_timestep(self, timestep: int) -> None:
        """Go to a timestep."""
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(timestep)
            self.number.setValue(self.slider.value())
        self._draw()
        self._decode()

    def set_schedule(
        self,
        curve: NoiseCurves | None,
        visited: Mapping[str, NoiseLevels],
        numbers: Mapping[str, int],
    ) -> None:
        """Take the model's noise schedule, and the timesteps that schedulers visit."""
        another = curve is not self._curve
        self._curve, self._visited, self._numbers = curve, dict(visited), dict(numbers)
        if another and curve is not None:
            last, t = len(curve.alpha_bar) - 1, self.timestep
            with QSignalBlocker(self.slider), QSignalBlocker(self.number):
                self.slider.setMaximum(last)
                self.number.setMaximum(last)
            self.set_timestep(min(t, last))
        kept = self.ticks.currentData()
        with QSignalBlocker(self.ticks):
            self.ticks.clear()
            self.ticks.addItem(tr("none"), "")
            for name in self._visited:
                self.ticks.addItem(title_of(name), name)
            place = self.ticks.findData(kept) if kept else -1
            self.ticks.setCurrentIndex(place if place >= 0 else min(1, self.ticks.count() - 1))
        self._mark()
        self._tell()

    def _mark(self) -> None:
        name = self.ticks.currentData() or ""
        levels = self._visited.get(name)
        marks = [] if levels is None else [round(t) for t in levels.timesteps.tolist()]
        self.slider.set_marks(marks, self._numbers.get(name, -1))
        for button in (self.back, self.forward):
            button.setEnabled(bool(marks))

    def _level(self) -> tuple[float, float, float]:
        """Return ᾱ, σ and SNR at t."""
        curve, t = self._curve, self.timestep
        if curve is None:
            return 1.0, 0.0, float("inf")
        return float(curve.alpha_bar[t]), float(curve.sigma[t]), float(curve.snr[t])

    # -- where the picture comes from ------------------------------------------------------

    def encode(self, picture: Path | Picture) -> None:
        """Encode a picture once, at the model's size."""
        card = self._scene.model
        if card is None:
            return
        name = picture.stem if isinstance(picture, Path) else tr("pasted picture")
        try:
            out = new_path(f"noised {name}")
        except InspectorError as error:
            self._services.report(error)
            return
        job = PictureJob(
            picture=picture,
            out=out,
            width=card.width,
            height=card.height,
            slot="schedulers/picture",
        )
        self._handles["picture"] = self._services.submit(
            job, partial(self._encoded, name), self._not_encoded
        )
        self.source.set_text(tr("Encoding {name} …", name=name))

    def _not_encoded(self, error: Exception) -> None:
        self.source.set_text("" if self._clean is None else self._clean.title)
        self._services.report(error)

    def _encoded(self, name: str, path: Path) -> None:
        self._own = True
        self._services.settings.add_recent("recent.recordings", str(path))
        self._asked = path
        self._reader.ask("own", path, read_path, path, name, on_result=self._take_latent)

    def _take_recording(self) -> None:
        self._own, self._asked = False, None
        self.show_scene(self._scene)

    def _take_latent(self, clean: Clean | None) -> None:
        self._clean = clean
        self._decoded = None
        self.source.set_text("" if clean is None else clean.title)
        self._draw_noise()
        self._tell()

    def _usable(self) -> bool:
        """Whether the latent is one of the model that is open."""
        card, clean = self._scene.model, self._clean
        return card is not None and clean is not None and clean.digest in ("", card.digest)

    # -- asking the model ------------------------------------------------------------------

    def _draw_noise(self) -> None:
        """Ask for ε of the seed; x_t follows."""
        self._noise = self._latent = None
        if not self._usable() or self._clean is None:
            return
        clean = self._clean
        job = NoiseJob(shape=clean.latent.shape, seed=self.seed.value())
        old = self._handles.get("noise")
        if old is not None:
            old.cancel()
        self._handles["noise"] = self._services.submit(job, self._take_noise)
        if clean.picture is None:
            job = DecodeJob(latent=clean.latent, slot="schedulers/decode-clean")
            self._handles["clean"] = self._services.submit(job, self._take_clean)

    def _take_noise(self, noise: NDArray[np.floating]) -> None:
        if self._clean is None or noise.shape != self._clean.latent.shape:
            return
        self._noise = noise
        both = np.stack([self._clean.latent, np.asarray(noise, np.float32)])
        self._span = levels_of(both, symmetric=True)
        self._draw_still()
        self._draw()
        self._decode()
        self._tell()

    def _take_clean(self, picture: Picture) -> None:
        if self._clean is not None:
            self.pictures["clean"].canvas.set_image(picture, smooth=self._scene.display.smooth)

    def _decode(self) -> None:
        """Decode x_t; one at a time, then the newest, so that a run gets its turn in between."""
        latent, clean, t = self._latent, self._clean, self.timestep
        before = self._handles.get("decode")
        if latent is None or (before is not None and before.active):
            return

        def take(picture: Picture) -> None:
            if self._clean is clean:
                self._take_decoded(t, picture)
            if self._latent is not latent:  # it has moved on since
                self._decode()

        job = DecodeJob(latent=latent, slot="schedulers/decode")
        self._handles["decode"] = self._services.submit(job, take)

    def _take_decoded(self, t: int, picture: Picture) -> None:
        self._decoded = (t, picture)
        panel = self.pictures["decoded"]
        panel.canvas.set_image(picture, smooth=self._scene.display.smooth)
        panel.title.set_text(tr("x_t decoded, t = {t}", t=t))

    # -- drawing ---------------------------------------------------------------------------

    def _tell(self) -> None:
        """Say why there is nothing to see, where that is so."""
        if self._clean is None:
            self.say(wording.no_picture())
        elif not self._usable():
            self.say(wording.another_model(self._clean.name))
        elif self._noise is None or self._curve is None:
            if self.stack.currentWidget() is self.note:
                self.say(tr("Drawing the noise …"))
        else:
            self.say("")

    def _table(self) -> NDArray[np.uint8]:
        name = self._scene.display.diverging_map
        return colours.table(name if name in colours.NAMES else colours.DIVERGING[0])

    def _colours(self) -> tuple[Picture, float] | None:
        """Return x_t in linear colours, and the share of them that was cut off."""
        card = self._scene.model
        linear = None if card is None else card.preview
        if linear is None or self._latent is None or len(linear.matrix) != len(self._latent):
            return None
        rgb = preview.to_rgb_float(self._latent, linear)
        return preview.quantised(rgb), float(preview.saturated(rgb).mean())

    def _channels(self, key: str, values: NDArray[np.floating[Any]]) -> None:
        canvas = self.channels[key].canvas
        if isinstance(canvas, Mosaic):
            labels = [str(number) for number in range(len(values))]
            canvas.set_maps(values, self._span, self._table(), labels)

    def _draw_still(self) -> None:
        """Draw what stays while t moves."""
        clean, noise = self._clean, self._noise
        if clean is None or noise is None:
            return
        if clean.picture is not None:
            smooth = self._scene.display.smooth
            self.pictures["clean"].canvas.set_image(clean.picture, smooth=smooth)
        self._channels("clean", clean.latent)
        self._channels("noise", noise)
        self.scale.set_scale(self._table(), self._span, tr("latent units"))

    def _draw(self) -> None:
        """Mix x_t and draw it; made for many a second."""
        clean, noise, curve = self._clean, self._noise, self._curve
        if clean is None or noise is None or curve is None:
            return
        alpha_bar, sigma, snr = self._level()
        self._latent = mixed(clean.latent, noise, alpha_bar)
        self.facts.set_text(wording.facts(self.timestep, alpha_bar, sigma, snr))
        linear, panel = self._colours(), self.pictures["colours"]
        panel.canvas.set_image(None if linear is None else linear[0], smooth=False)
        panel.title.set_text(wording.linear(None if linear is None else linear[1]))
        self._channels("latent", self._latent)
        factors = wording.factors(alpha_bar)
        for key, text in factors.items():
            self.channels[key].title.set_text(text)


def _digest(scene: Scene) -> str:
    return "" if scene.model is None else scene.model.digest
