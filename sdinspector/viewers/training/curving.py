"""Draws the loss over t on the model's thread and fills its panel as the draws come in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sdinspector.analysis.noise_schedule import even_timesteps
from sdinspector.app.jobs import ObjectiveCurveJob
from sdinspector.app.naming import new_path
from sdinspector.app.texts import tr
from sdinspector.app.viewer import JobHandle, Services
from sdinspector.core import InspectorError
from sdinspector.viewers.training.curve_panel import CurvePanel
from sdinspector.viewers.training.draws import Curve, Source


class Curving:
    """One curve at a time; what was drawn stays when it is stopped.

    Parameters
    ----------
    changed
        Called when there is another curve, or more of it.
    """

    def __init__(self, services: Services, panel: CurvePanel, changed: Callable[[], None]) -> None:
        self._services, self._panel, self._changed = services, panel, changed
        self._handle: JobHandle | None = None
        self._path: Path | None = None
        self._possible = False
        self._curve: Curve | None = None

    @property
    def curve(self) -> Curve | None:
        """What has been drawn."""
        return self._curve

    @property
    def path(self) -> Path | None:
        """The recording of the curve that was begun last, once it is there."""
        return self._path

    @property
    def active(self) -> bool:
        """Whether draws wait or are being made."""
        return self._handle is not None and self._handle.active

    def show(self, curve: Curve | None) -> None:
        """Show a curve from elsewhere, or none."""
        self.cancel()
        self._curve = curve
        self._tell("")
        self._changed()

    def set_possible(self, *, on: bool) -> None:
        """Say whether there is something to draw a curve of."""
        self._possible = on
        if not self.active:
            self._tell("")

    def set_caption(self, caption: str) -> None:
        """Another caption is chosen: a curve of the one before says so."""
        if self._curve is not None:
            self._panel.set_curve(self._curve, caption)

    def begin(self, source: Source, caption: str, timestep: int, seed: int) -> None:
        """Ask at evenly spread timesteps with the noise of the seed and those after it."""
        panel = self._panel
        timesteps = even_timesteps(source.total, panel.places.value())
        count = panel.seeds.value()
        try:
            out = new_path(f"objective {caption or source.name}")
        except InspectorError as error:
            self._services.report(error)
            return
        self.cancel()
        self._path = None
        self._curve = Curve.begun(caption, timesteps, list(range(seed, seed + count)), source.total)
        handle: Any = self._services.submit(
            ObjectiveCurveJob(
                latent=source.latent,
                picture=source.picture,
                caption=caption,
                timestep=timestep,
                seed=seed,
                timesteps=tuple(timesteps),
                seeds=count,
                gamma=panel.gamma.value(),
                out=out,
                origin=source.origin,
            ),
            on_result=self._ended,
            on_error=self._failed,
        )
        handle.on_event = self._advanced
        self._handle = handle
        self._tell(tr("Waiting …"))
        self._changed()

    def cancel(self) -> None:
        """Stop within one denoiser call; what was drawn is kept."""
        if self._handle is None or not self._handle.active:
            return
        self._handle.cancel()
        self._handle = None
        self._keep()
        drawn = 0 if self._curve is None else self._curve.drawn
        self._tell(tr("Stopped; {count} draws are kept.", count=drawn))

    def close(self) -> None:
        """The viewer is going."""
        if self._handle is not None:
            self._handle.cancel()

    # -- inside ----------------------------------------------------------------------------

    def _advanced(self, event: Any) -> None:
        if self._curve is None:
            return
        self._path = Path(event.path)
        self._curve = self._curve.taken(event.timestep, event.seed, event.loss, event.loss_uncond)
        self._tell(tr("{done} of {total}", done=event.done, total=event.total))
        self._changed()

    def _ended(self, path: Path) -> None:
        self._handle, self._path = None, path
        self._keep()
        self._tell(tr("Kept as a recording."))

    def _failed(self, error: Exception) -> None:
        self._handle = None
        self._keep()
        self._tell("")
        self._services.report(error)

    def _keep(self) -> None:
        if self._path is not None:
            self._services.settings.add_recent("recent.recordings", str(self._path))

    def _tell(self, text: str) -> None:
        self._panel.set_running(on=self.active, text=text, possible=self._possible)
