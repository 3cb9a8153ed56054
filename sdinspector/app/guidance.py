"""The live guidance scale: one value that slider, viewers and the run that goes share."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Literal, TypeAlias

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from sdinspector.app.document import Document
    from sdinspector.core import RunSpec

#: What moving the slider does besides showing this step at once.
Reach: TypeAlias = Literal["step", "onward", "run"]


class GuidanceControl(QObject):
    """The scale s and rescale φ under a person's hand; they are those of the next run, too.

    A tick reaches listeners at once and not with the next scene, so that it can be on the screen
    within a frame.

    Signals
    -------
    moved : float, float
        s and φ, at every tick, whoever moved them.
    reach_changed
        What a move does has changed; see ``reach``.
    """

    moved = Signal(float, float)
    reach_changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._scale = document.spec.guidance_scale
        self._rescale = document.spec.guidance_rescale
        self._live = True
        self._onward = True
        self._steering = False
        self._wanted: float | None = None
        document.spec_changed.connect(self._spec_changed)

    @property
    def scale(self) -> float:
        """The scale s that is being looked at."""
        return self._scale

    @property
    def rescale(self) -> float:
        """The guidance rescale φ that is being looked at."""
        return self._rescale

    @property
    def live(self) -> bool:
        """Whether moving the slider changes the steps to come of the run that goes."""
        return self._live

    @property
    def onward(self) -> bool:
        """Whether letting the slider go runs on from the chosen step."""
        return self._onward

    @property
    def reach(self) -> Reach:
        """What moving the slider does now, besides showing this step at once."""
        if self._steering and self._live:
            return "run"
        return "onward" if self._onward and not self._steering else "step"

    def set_scale(self, scale: float) -> None:
        """Look at another scale; numbers that are none are left alone."""
        if math.isfinite(scale) and scale != self._scale:
            self._take(scale, self._rescale)
            spec = self._document.spec
            self._document.set_spec(dataclasses.replace(spec, guidance_scale=scale))

    def set_rescale(self, rescale: float) -> None:
        """Look at another rescale, 0 to 1; it has no effect on a run that goes."""
        if 0.0 <= rescale <= 1.0 and rescale != self._rescale:
            self._take(self._scale, rescale)
            spec = self._document.spec
            self._document.set_spec(dataclasses.replace(spec, guidance_rescale=rescale))

    def set_live(self, on: bool) -> None:
        """Let the slider change the run that goes, or the next one alone."""
        if on != self._live:
            self._live = on
            if not on:
                self._wanted = None
            self.reach_changed.emit()

    def set_onward(self, on: bool) -> None:
        """Run on from the chosen step when the slider is let go, or do not."""
        if on != self._onward:
            self._onward = on
            self.reach_changed.emit()

    # --- the run that goes --------------------------------------------------------------------

    def begin_run(self) -> None:
        """A run begins that the slider can change; it starts with its own scale."""
        self._wanted = None
        self._steer(on=True)

    def end_run(self) -> None:
        """No run goes that the slider could change."""
        self._steer(on=False)
        self._wanted = None

    def scale_for(self, call: int) -> float | None:  # noqa: ARG002  (asked for each call)
        """Return the scale of a run's next call, ``None`` for what its description says.

        Called on the model's thread; reading one attribute needs no lock.
        """
        return self._wanted

    def _steer(self, *, on: bool) -> None:
        if on != self._steering:
            self._steering = on
            self.reach_changed.emit()

    def _spec_changed(self, spec: RunSpec) -> None:
        self._take(spec.guidance_scale, spec.guidance_rescale)

    def _take(self, scale: float, rescale: float) -> None:
        if (scale, rescale) == (self._scale, self._rescale):
            return
        if scale != self._scale and self._steering and self._live:
            self._wanted = scale
        self._scale, self._rescale = scale, rescale
        self.moved.emit(scale, rescale)
