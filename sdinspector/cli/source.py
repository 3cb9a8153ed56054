"""Where the export gets arrays from: the recording, or a replay with its model."""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.cli.shared import Bar
from sdinspector.core import (
    Branch,
    FigureSpec,
    InspectorError,
    RunSpec,
    denoiser_path,
    verdict_of,
    worse,
)
from sdinspector.recording import Recording
from sdinspector.recording.attention import attention_layers, network_order

if TYPE_CHECKING:
    from sdinspector.engine import Model


class Source:
    """Gets arrays from a recording, or by replay with a model that is opened when first needed.

    Parameters
    ----------
    options
        Of ``export``: model, device, dtype.
    bar
        Shows what takes long.
    """

    def __init__(self, options: argparse.Namespace, bar: Bar) -> None:
        self._options, self.bar = options, bar
        self._model: Model | None = None
        self._name = ""
        self._difference: float | None = None

    def replayed(self, difference: float) -> None:
        """Remember how well a replay agreed with what was recorded; the worst counts."""
        self._difference = worse(self._difference or 0.0, difference)

    def signed(self, figure: FigureSpec) -> FigureSpec:
        """Return a figure that says how well the replays it was made of agreed, if any."""
        difference, self._difference = self._difference, None
        if difference is None:
            return figure
        known = None if math.isnan(difference) else difference
        said = {"verdict": verdict_of(difference), "difference": known}
        return dataclasses.replace(figure, about={**figure.about, "replay": said})

    def model(self, recording: Recording, what: str) -> Model:
        """Return the recording's model, opened once for all recordings of one.

        Raises
        ------
        InspectorError
            ``export.no-model`` where it cannot be opened.
        """
        options = self._options
        name = options.model or str(recording.model.get("source", "shapes"))
        if self._model is None or name != self._name:
            from sdinspector.engine import open_model

            if self._model is not None:
                self._model.close()
            self._model, self._name = None, name
            try:
                self._model = open_model(
                    name, options.device, options.dtype, on_progress=self.bar.progress
                )
            except InspectorError as error:
                raise InspectorError(
                    "export.no-model",
                    f"{recording.path.name} does not hold {what}, and the model that could replay "
                    f"it cannot be opened. {error} Name the model with --model.",
                    path=str(recording.path),
                    what=what,
                    model=name,
                ) from error
        return self._model

    def arrays(
        self, recording: Recording, call: int, names: Sequence[str]
    ) -> dict[str, NDArray[Any]]:
        """Return arrays of a call, replaying it for those that are not recorded."""
        missing = [name for name in names if not recording.has(recording.call(call).index, name)]
        found: dict[str, NDArray[Any]] = {}
        if missing:
            from sdinspector.engine import replay

            model = self.model(recording, missing[0].partition("/")[2])
            done = replay(model, recording, call, missing)
            self.replayed(done.difference)
            found |= done
        return found | {name: recording.array(call, name) for name in names if name not in found}

    def summed(
        self, recording: Recording, names: Mapping[str, str], calls: Sequence[int]
    ) -> dict[str, NDArray[np.float32]]:
        """Return arrays of several calls added up: the name of each by its module path."""
        total: dict[str, NDArray[np.float32]] = {}
        for number, call in enumerate(calls):
            self.bar.show("replaying", number, len(calls))
            arrays = self.arrays(recording, call, list(names.values()))
            for path, name in names.items():
                part = arrays[name].astype(np.float32)
                total[path] = total[path] + part if path in total else part
        return total

    def cross_attentions(self, recording: Recording, branch: Branch) -> tuple[str, ...]:
        """Return the paths of all cross-attentions, in the order of the network.

        The model is asked only where the recording does not hold them all.
        """
        stored = attention_layers(recording, branch=branch)
        if stored and recording.spec.capture.attention == RunSpec().capture.attention:
            return stored
        from sdinspector.engine import anatomy

        tree = anatomy(self.model(recording, "the attention of all layers"))
        found = [denoiser_path(node.path) for node in tree.walk() if node.kind == "cross_attention"]
        if not found:
            from sdinspector.engine.capture import no_cross_attention

            raise no_cross_attention()
        return tuple(sorted(found, key=network_order))
