"""Recordings of many steps for one call of a denoiser that takes long."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sdinspector.core import RunSpec
from sdinspector.engine import Model
from sdinspector.engine.sampling import Loop
from sdinspector.recording import Recording

NOISE = 0.1
"""Of what is noise in every step but the first, beside the array's own spread."""


def record_quickly(model: Model, spec: RunSpec, out: Path) -> Recording:
    """Record the first call of a run; the others are its arrays with other noise in each.

    Shapes, types, files and the sums over steps are those of a real run; only the values of all
    calls but the first are made up.
    """
    loop = Loop(model, spec)
    draw = np.random.default_rng(0)
    with loop.recorder(out) as writer:
        loop.record(0, writer, None)
        begun = Recording.open(out)
        first = {name: begun.array(0, name) for name in begun.call(0).names}
        metadata = begun.call(0).metadata
        for call in range(1, loop.calls):
            arrays = {name: _noisy(name, array, draw) for name, array in first.items()}
            about = {"call": call, "step": call, "timestep": float(loop.timesteps[call])}
            writer.step(call, arrays, {**metadata, **about})
        loop.finish(writer, None)
    return Recording.open(out)


def _noisy(name: str, array: NDArray[np.generic], draw: np.random.Generator) -> NDArray[np.generic]:
    """Return an array with noise; probabilities stay positive and sum to 1 over the tokens."""
    noise = draw.standard_normal(array.shape, dtype=np.float32)
    values = array.astype(np.float32)
    if name.startswith("cross_attention/"):
        values *= np.exp(NOISE * noise)
        values /= values.sum(axis=1, keepdims=True)
    else:
        values += NOISE * float(values.std()) * noise
    return values.astype(array.dtype)
