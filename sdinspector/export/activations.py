"""Makes figures of what a module put out: its channels as maps, their statistics as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import projection, statistics
from sdinspector.core import FigureSpec, InspectorError
from sdinspector.export.recordings import about_call
from sdinspector.recording import Recording

Side: TypeAlias = Literal["cond", "uncond", "difference"]
_SIDE_TITLES = {
    "cond": "conditional",
    "uncond": "unconditional",
    "difference": "conditional − unconditional",
}
COLUMNS = ("mean", "std", "min", "max", "mean |x|", "zeros")
"""The six numbers of a recording's statistics, in their order."""


def branch_of(
    values: NDArray[Any], side: Side, branches: Sequence[str], layer: str
) -> NDArray[Any]:
    """Return one branch of an activation, or the difference of the two.

    Parameters
    ----------
    values
        ``[branch, …]``.
    side
        Which.
    branches
        Those of the array, in its order; one that ran once for both (the VAE) has a single name.
    layer
        For the error.

    Raises
    ------
    InspectorError
        ``export.no-branch`` where that branch did not run.
    """
    if len(values) == 1 and len(branches) != 1:
        branches = ("cond",)
    wanted = ("cond", "uncond") if side == "difference" else (side,)
    if any(name not in branches for name in wanted):
        raise InspectorError(
            "export.no-branch",
            f"{layer} has no {_SIDE_TITLES[side]} output here: only the "
            f"{' and the '.join(_SIDE_TITLES.get(name, name) for name in branches)} branch ran.",
            layer=layer,
            branch=side,
        )
    parts = [values[list(branches).index(name)] for name in wanted]
    return np.asarray(parts[0] if len(parts) == 1 else parts[0].astype(np.float32) - parts[1])


def activation_figure(
    recording: Recording,
    call: int,
    layer: str,
    values: NDArray[Any],
    *,
    side: Side = "cond",
    channels: Sequence[int] = (),
    colour_map: str = "viridis",
) -> FigureSpec:
    """Return the channels of an activation as one figure.

    Parameters
    ----------
    recording, call, layer
        Where the activation is from.
    values
        ``[C, h, w]``, or ``[n, C]`` for a sequence: maps where n is a grid of the picture's shape,
        one map of n rows and C columns where not.
    side
        Which branch the values are of.
    channels
        Those to show; all where left out. One alone is a map.
    colour_map
        Of values; a difference has the diverging one.

    Raises
    ------
    InspectorError
        ``export.no-channel``.
    """
    maps = _as_maps(recording, values)
    stats = statistics.describe(values)
    about = {
        **about_call(recording, call),
        "layer": layer,
        "branch": side,
        "shape": list(values.shape),
        "nan": stats.nan,
        "infinite": stats.infinite,
    }
    broken = stats.nan + stats.infinite
    where = f"{layer}, {_SIDE_TITLES[side]}, {_step(recording, call)}"
    common: dict[str, Any] = {
        "colour_map": "balance" if side == "difference" else colour_map,
        "unit": "activation",
    }
    name = f"activation-{layer.replace('.', '-')}-call-{call:04d}"
    suffix = f", {broken} values are no finite number" if broken else ""
    if maps is None:
        title = f"{where}: {values.shape[0]} positions × {values.shape[1]} channels{suffix}"
        return FigureSpec(name, title, "map", {"map": _wide(values)}, about=about, **common)
    shown = _checked(channels, len(maps), layer)
    about["channels"] = list(shown)
    if len(shown) == 1:
        title = f"{where}: channel {shown[0]} of {len(maps)}{suffix}"
        return FigureSpec(name, title, "map", {"map": _wide(maps[shown[0]])}, about=about, **common)
    count = len(maps) if len(shown) == len(maps) else f"{len(shown)} of {len(maps)}"
    about["labels"] = [f"channel {channel}" for channel in shown]
    title = f"{where}: {count} channels{suffix}"
    return FigureSpec(
        name, title, "mosaic", {"maps": _wide(maps[list(shown)])}, about=about, **common
    )


def channels_figure(
    recording: Recording,
    call: int,
    layer: str,
    values: NDArray[Any],
    *,
    side: Side = "cond",
    channels: Sequence[int] = (),
) -> FigureSpec:
    """Return a table: the statistics of each channel; arguments as :func:`activation_figure`."""
    by_channel = values if values.ndim == 3 else np.moveaxis(values, -1, 0)
    shown = _checked(channels, len(by_channel), layer)
    found = [statistics.describe(by_channel[channel]) for channel in shown]
    rows = np.array([one.row() for one in found])
    arrays: dict[str, NDArray[np.generic]] = {"channel": np.array(shown)}
    arrays |= {name: rows[:, number] for number, name in enumerate(COLUMNS)}
    arrays["nan"] = np.array([one.nan for one in found])
    arrays["infinite"] = np.array([one.infinite for one in found])
    return FigureSpec(
        f"channels-{layer.replace('.', '-')}-call-{call:04d}",
        f"{layer}, {_SIDE_TITLES[side]}, {_step(recording, call)}: statistics of channels",
        "table",
        arrays,
        about={**about_call(recording, call), "layer": layer, "branch": side},
    )


def steps_figure(
    recording: Recording, layer: str, rows: Mapping[int, NDArray[Any]], *, side: Side = "cond"
) -> FigureSpec:
    """Return curves: how the statistics of a module's output change over the calls.

    Parameters
    ----------
    recording, layer, side
        Where they are from.
    rows
        For each scheduler call the six numbers of ``COLUMNS``.
    """
    calls = sorted(rows)
    numbers = np.stack([np.asarray(rows[call], dtype=np.float32) for call in calls])
    arrays: dict[str, NDArray[np.generic]] = {"x": np.array(calls)}
    arrays |= {name: numbers[:, number] for number, name in enumerate(COLUMNS)}
    return FigureSpec(
        f"steps-{layer.replace('.', '-')}",
        f"{layer}, {_SIDE_TITLES[side]}: statistics at each call",
        "lines",
        arrays,
        unit="activation",
        about={
            **about_call(recording, None),
            "layer": layer,
            "branch": side,
            "x_label": "scheduler call",
            "timesteps": [recording.timestep(call) for call in calls],
        },
    )


def _as_maps(recording: Recording, values: NDArray[Any]) -> NDArray[Any] | None:
    """Return ``[C, h, w]``, or nothing where a sequence's positions are no grid."""
    if values.ndim == 3:
        return values
    latent = recording.call(0).shapes.get("latent", (0, 1, 1))
    grid = projection.grid_of_sequence(values.shape[0], (latent[-2], latent[-1]))
    if grid is None:
        return None
    return np.ascontiguousarray(values.T).reshape(values.shape[1], *grid)


def _checked(channels: Sequence[int], count: int, layer: str) -> tuple[int, ...]:
    for channel in channels:
        if not 0 <= channel < count:
            raise InspectorError(
                "export.no-channel",
                f"{layer} has {count} channels, 0 to {count - 1}; there is no channel {channel}.",
                layer=layer,
                channel=channel,
                channels=count,
            )
    return tuple(channels) or tuple(range(count))


def _step(recording: Recording, call: int) -> str:
    found = recording.call(call)
    return f"step {found.step + 1} of {recording.spec.steps}, t = {found.timestep:g}"


def _wide(values: NDArray[Any]) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, dtype=np.float32)
