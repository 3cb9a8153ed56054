"""Takes the inversion of a picture out of a recording: both ways, and how far they are apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.core import FigureSpec
from sdinspector.export.recordings import about_call
from sdinspector.recording import Recording
from sdinspector.recording.inversion import figures_of, read_path, relative_errors, way_down


def inversion_figure(recording: Recording) -> FigureSpec:
    """Return how far the way down is from the way up at each level, and the latents' lengths.

    Raises
    ------
    InspectorError
        ``inversion.no-path``, or as reading the recording raises.
    """
    path = read_path(recording)
    down = way_down(recording, path.steps)
    return FigureSpec(
        name="inversion-error",
        title=f"Way down against way up, {path.steps} steps, s = {recording.spec.guidance_scale:g}",
        kind="lines",
        arrays={
            # x₀ is beside the schedule: no call reaches it from below.
            "x": np.arange(path.steps + 1),
            "relative error": relative_errors(path.latents, down),
        },
        unit="‖down − up‖ / ‖up‖",
        about={**about_inversion(recording), "x_label": "steps from the picture"},
    )


def inversion_table(recording: Recording) -> FigureSpec:
    """Return the same as columns, with the timestep of each level (−1: x₀, before the schedule).

    Raises
    ------
    InspectorError
        As :func:`inversion_figure`.
    """
    path = read_path(recording)
    down = way_down(recording, path.steps)
    return FigureSpec(
        name="inversion-error",
        title="Way down against way up",
        kind="table",
        arrays={
            "step": np.arange(path.steps + 1),
            "timestep": np.concatenate([[-1], path.timesteps]),
            "norm_up": _norms(path.latents),
            "norm_down": _norms(down),
            "relative_error": relative_errors(path.latents, down),
        },
        about=about_inversion(recording),
    )


def inversion_arrays(recording: Recording) -> dict[str, NDArray[Any]]:
    """Return both ways: ``latents`` (up) and ``way_down`` ``[N + 1, C, h, w]`` by level, and more.

    Raises
    ------
    InspectorError
        As :func:`inversion_figure`.
    """
    path = read_path(recording)
    down = way_down(recording, path.steps)
    errors = relative_errors(path.latents, down)
    return {
        **path.arrays(),
        "way_down": down.astype(path.latents.dtype),
        "relative_errors": errors,
    }


def about_inversion(recording: Recording) -> dict[str, Any]:
    """Return what a file says of an inversion: the run's settings and its figures."""
    figures = {key: value for key, value in figures_of(recording).items() if key != "errors"}
    return {**about_call(recording, None), "inversion": figures}


def _norms(latents: NDArray[Any]) -> NDArray[np.float64]:
    flat = latents.reshape(len(latents), -1).astype(np.float64)
    norms: NDArray[np.float64] = np.linalg.norm(flat, axis=1)
    return norms
