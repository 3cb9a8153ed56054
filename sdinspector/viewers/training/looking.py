"""Drives the page of the objective: a source, a draw that follows the hand, the curve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.app.jobs import ObjectiveLookJob, ObjectiveSourceJob
from sdinspector.app.texts import tr
from sdinspector.app.viewer import JobHandle, Pixel, Scene, Services
from sdinspector.core import FigureSpec
from sdinspector.viewers.training import figures, wording
from sdinspector.viewers.training.curving import Curving
from sdinspector.viewers.training.draws import Draw, Source, Stored, read_stored
from sdinspector.viewers.training.objective_page import ObjectivePage
from sdinspector.widgets.latest import Latest

if TYPE_CHECKING:
    from sdinspector.recording import Recording

Picture = NDArray[np.uint8]


class Looking:
    """One draw of the objective, live, and its curve over t."""

    def __init__(self, services: Services, page: ObjectivePage) -> None:
        self._services, self._page = services, page
        self._scene = Scene()
        self._given: Path | Picture | Recording | None = None
        self._own = False  # a picture of one's own is looked at, not the scene's recording
        self._asked: object = None
        self._stored: Stored | None = None
        self._source: Source | None = None
        self._draw: Draw | None = None
        self._handles: dict[str, JobHandle] = {}
        self._reader = Latest(services, "training/objective")
        self._curving = Curving(services, page.curve, self._curve_changed)
        self._connect()

    def _connect(self) -> None:
        page, services = self._page, self._services
        page.picture_given.connect(self.take)
        page.connect_buttons(page.open, page.paste_button, tr("Look at a picture"), services)
        page.run.clicked.connect(self._take_run)
        page.draw_changed.connect(self._look)
        page.maps.hovered.connect(services.hover)
        page.maps.clicked.connect(lambda pixel: services.select(pixel=pixel))
        page.curve.run_wanted.connect(self._begin_curve)
        page.curve.cancel_wanted.connect(self._curving.cancel)

    @property
    def source(self) -> Source | None:
        """What is looked at."""
        return self._source

    @property
    def draw(self) -> Draw | None:
        """The draw that is shown."""
        return self._draw

    @property
    def curving(self) -> Curving:
        """What draws the curve."""
        return self._curving

    # -- a page's contract -----------------------------------------------------------------

    def show(self, scene: Scene) -> None:
        """Show the recording's result until a person brings a picture."""
        before, self._scene = self._scene, scene
        pane = scene.pane
        self._page.run.setEnabled(pane is not None and not scene.busy)
        if before.model is not None and before.model != scene.model:
            self._model_gone()
        if pane is not None and not scene.busy:
            self._follow(pane.recording, (pane.recording.id, pane.finished))
        if before.display != scene.display and self._draw is not None:
            self._show_draw()
        self._page.maps.set_marker(scene.selection.pixel)

    def hover(self, pixel: Pixel | None) -> None:
        """Show the shared crosshair."""
        self._page.maps.set_crosshair(pixel)

    def figures(self, scene: Scene) -> list[FigureSpec]:
        """Return the maps of the draw and the curve."""
        page = self._page
        gamma = page.curve.gamma.value()
        return figures.of_objective(
            self._source,
            self._draw,
            self._curving.curve,
            gamma=gamma,
            preview=self._preview,
            display=scene.display,
        )

    def close(self) -> None:
        """Drop what is being read and computed."""
        self._reader.forget()
        self._curving.close()
        for handle in self._handles.values():
            handle.cancel()

    def _model_gone(self) -> None:
        """Make x₀ anew: it belongs to the model that was open before."""
        self._source = None
        self._page.set_usable(on=False)
        if self._stored is None:
            self._draw = None
            self._curving.show(None)
        self._curving.set_possible(on=False)
        if self._given is not None:
            self._open(self._given)

    # -- where x₀ comes from ---------------------------------------------------------------

    def take(self, picture: Path | Picture) -> None:
        """Look at a picture of one's own."""
        self._own, self._stored = True, None
        self._open(picture)

    def _follow(self, recording: Recording, asked: object) -> None:
        """Look at what the scene shows, where it is something to look at."""
        if asked == self._asked:
            return
        if recording.kind == "objective":
            self._asked, self._own = asked, False
            self._reader.ask("", asked, read_stored, recording, on_result=self._take_stored)
        elif recording.kind == "run" and not self._own and recording.status != "running":
            self._asked = asked
            self._take_recording(recording)

    def _take_run(self) -> None:
        recording = self._scene.recording
        if recording is not None:
            self._own = False
            self._take_recording(recording)

    def _take_recording(self, recording: Recording) -> None:
        self._stored = None
        self._page.set_caption(recording.spec.prompt_at(max(0, recording.calls - 1)))
        self._open(recording)

    def _take_stored(self, stored: Stored | None) -> None:
        """Show what a recording of the objective holds, with no call of the denoiser."""
        if stored is None:
            self._page.set_note(tr("This recording holds no draw yet."))
            return
        self._stored, self._source = stored, None
        page, draw = self._page, stored.draw
        page.set_caption(draw.caption)
        page.set_seed(draw.seed)
        if stored.curve is not None:
            page.set_total(stored.curve.total)
        page.set_timestep(draw.timestep)
        page.curve.gamma.setValue(stored.gamma)
        self._curving.show(stored.curve)
        self._draw = draw
        self._show_draw()
        self._open(stored.recording)

    def _open(self, given: Path | Picture | Recording) -> None:
        """Make x₀ of a picture or a recording."""
        self._given = given
        name = _name(given)
        if self._stored is None:
            self._page.facts.setText(tr("Encoding {name} …", name=name))
            if self._draw is None:
                self._page.set_note(tr("Encoding {name} …", name=name))
        if "source" in self._handles:
            self._handles["source"].cancel()
        self._handles["source"] = self._services.submit(
            ObjectiveSourceJob(source=given),
            on_result=lambda prepared: self._prepared(name, prepared),
            on_error=self._not_prepared,
        )

    def _prepared(self, name: str, prepared: Any) -> None:
        clean, page = prepared.clean, self._page
        self._source = Source(
            name=name,
            origin=clean.origin,
            latent=np.asarray(clean.latent),
            picture=clean.picture,
            alpha_bar=prepared.alpha_bar,
            kind=prepared.prediction_type,
        )
        page.set_total(self._source.total)
        page.set_usable(on=True)
        page.curve.set_source(self._source)
        if self._stored is None:
            self._draw = None  # it was of another picture
            page.set_note(tr("Asking the denoiser …"))
            page.curve.set_draw(None)
            self._curving.show(None)
            self._look()
        self._curving.set_possible(on=True)
        self._tell()

    def _not_prepared(self, error: Exception) -> None:
        """Tell what is wrong; what was there before stays."""
        self._services.report(error)
        if self._draw is None:
            self._page.set_note(wording.nothing())
        self._tell()

    # -- one draw --------------------------------------------------------------------------

    def _look(self) -> None:
        """Ask the denoiser about the t, the seed and the caption that are chosen."""
        source, page = self._source, self._page
        if source is None:
            return
        caption = page.caption
        self._handles["look"] = self._services.submit(
            ObjectiveLookJob(
                latent=source.latent,
                caption=caption,
                timestep=page.timestep,
                seed=page.seed.value(),
            ),
            on_result=lambda found: self._take(source, caption, found),
        )
        self._curving.set_caption(caption)
        self._tell()

    def _take(self, source: Source, caption: str, found: Any) -> None:
        if source is not self._source:
            return
        self._stored = None
        self._draw = Draw(
            caption,
            found.timestep,
            found.seed,
            found.arrays(),
            found.loss,
            found.loss_uncond,
        )
        self._show_draw()

    @property
    def _preview(self) -> Any:
        """The linear map of the draw's latents."""
        if self._stored is not None:
            return self._stored.preview
        return self._scene.model.preview if self._scene.model is not None else None

    @property
    def _kind(self) -> str:
        if self._stored is not None:
            return self._stored.kind
        return self._source.kind if self._source is not None else "epsilon"

    def _show_draw(self) -> None:
        page, draw, preview = self._page, self._draw, self._preview
        if draw is None:
            return
        coloured = preview is not None and len(preview.matrix) == draw.channels
        page.set_channels(draw.channels, coloured=coloured)
        page.maps.set_draw(draw, self._kind, preview, self._scene.display)
        page.stack.setCurrentWidget(page.maps)
        page.curve.set_draw(draw)
        page.maps.set_marker(self._scene.selection.pixel)

    def _tell(self) -> None:
        if self._source is None:
            self._page.facts.setText("")
            return
        text = wording.source_text(self._source, self._page.timestep)
        stored, model = self._stored, self._scene.model
        digest = "" if model is None else model.digest
        if stored is not None and stored.recording.model.get("digest") != digest:
            text += "   ·   " + tr("made with another model; moving t asks the one now open")
        self._page.facts.setText(text)

    # -- the curve -------------------------------------------------------------------------

    def _begin_curve(self) -> None:
        page, source = self._page, self._source
        if source is not None:
            self._curving.begin(source, page.caption, page.timestep, page.seed.value())

    def _curve_changed(self) -> None:
        self._page.curve.set_curve(self._curving.curve, self._page.caption)


def _name(given: Path | Picture | Recording) -> str:
    if isinstance(given, np.ndarray):
        return tr("pasted picture")
    if isinstance(given, Path):
        return given.stem
    return tr("this run's result") if given.kind == "run" else tr("this recording")
