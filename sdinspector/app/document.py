"""What is open, as an evented model: the model's card, the recordings, the run's parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from sdinspector.app.viewer import Pane
from sdinspector.core import CaptureSpec, ModelCard, RunSpec

FIRST_PROMPT = "a red circle left of a blue star on a white background"
#: Where the built-in model draws best (resources/models/README.md).
FIRST_SCALE = 2.0


class Document(QObject):
    """Changed on the GUI thread only.

    Signals
    -------
    model_changed : ModelCard or None
    panes_changed
        Other recordings are shown, or one has grown.
    spec_changed : RunSpec
        The parameters of the next run have changed.
    busy_changed : bool
        A run begins or has ended.
    """

    model_changed = Signal(object)
    panes_changed = Signal()
    spec_changed = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model: ModelCard | None = None
        self.panes: tuple[Pane, ...] = ()
        self.spec = RunSpec(prompt=FIRST_PROMPT, guidance_scale=FIRST_SCALE)
        #: Positions that the prompt takes, BOS and EOS included; the most until they are counted.
        self.tokens = 77
        self.busy = False
        self.generation = 0

    def set_model(self, card: ModelCard | None) -> None:
        """Another model is open, or none."""
        if card != self.model:
            self.model = card
            self.generation += 1
            self.model_changed.emit(card)

    def set_panes(self, panes: Iterable[Pane]) -> None:
        """Show these recordings; the generation grows where they are others than before."""
        new = tuple(panes)
        if new == self.panes:
            return
        if [pane.recording for pane in new] != [pane.recording for pane in self.panes]:
            self.generation += 1
        self.panes = new
        self.panes_changed.emit()

    def set_spec(self, spec: RunSpec) -> None:
        """The parameters of the next run."""
        if spec != self.spec:
            self.spec = spec
            self.spec_changed.emit(spec)

    def set_busy(self, busy: bool) -> None:
        """A run begins or has ended."""
        if busy != self.busy:
            self.busy = busy
            self.busy_changed.emit(busy)


def visible_part(spec: RunSpec, capture: CaptureSpec) -> tuple[RunSpec, list[str]]:
    """Return what the top bar shows of a spec, and the names of what it leaves out.

    A run must do what can be seen: parameters without a control take their defaults. What is
    captured is the person's own choice and stays.
    """
    hidden = ["edits"] if spec.edits else []
    return dataclasses.replace(spec, extra={}, edits=(), start="", capture=capture), hidden
