"""Takes guidance out of a recording: both branches of a call, how they differ, and sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import guidance, preview, statistics
from sdinspector.core import FigureSpec, InspectorError, Preview
from sdinspector.export import colours, sheets
from sdinspector.export.recordings import about_call
from sdinspector.recording import Call, Recording
from sdinspector.recording.branches import pair

_WORDS = "|ε_y − ε_∅|: where the words act"
_UNIT = "latent units"
_COLUMNS = ("norm_uncond", "norm_cond", "norm_difference", "cosine")
_CURVES = ("|ε_∅|", "|ε_y|", "|ε_y − ε_∅|", "cosine")
# A sheet with a row of channels for each quantity; models with more have no rows.
_MOST_CHANNELS = 8
_IN_A_ROW = 8


def guidance_arrays(
    recording: Recording, call: int, *, scale: float | None = None, rescale: float | None = None
) -> dict[str, NDArray[Any]]:
    """Return both branches of a call and what a guidance scale makes of them.

    Parameters
    ----------
    recording
        A run or an observation.
    call
        Number of the scheduler call; negative counts from the end.
    scale, rescale
        s and φ; those that the run used where left out.

    Returns
    -------
    dict
        ``noise_uncond`` and ``noise_cond`` (ε_∅ and ε_y, recorded or added afterwards),
        ``difference`` ε_y − ε_∅, ``guided`` (see :func:`sdinspector.analysis.guidance.combine`)
        and ``denoised`` x̂₀ = a·x_t + b·guided, clipped as the scheduler clips, ``[C, h, w]``
        each; ``magnitude`` ``[h, w]``, the L2 norm of the difference over channels.

    Raises
    ------
    InspectorError
        ``guidance.no-branch`` where the unconditional branch did not run, ``guidance.not-finite``
        for a scale or rescale that is no finite number, and as reading the recording does.
    """
    found = recording.call(call)
    uncond, cond = pair(recording, found.index)
    if uncond is None:
        raise _no_branch(recording, found.index)
    s, phi = _chosen(recording, found, scale, rescale)
    with np.errstate(over="ignore", invalid="ignore"):  # absurd scales are allowed
        guided = guidance.combine(uncond, cond, s, phi)
        clip = found.clip if isinstance(found.clip, float) else None
        latent = recording.array(found.index, "latent")
        denoised = guidance.denoised(latent, guided, found.a, found.b, clip)
    return {
        "noise_uncond": uncond,
        "noise_cond": cond,
        "difference": cond - uncond,
        "guided": guided,
        "denoised": denoised,
        "magnitude": guidance.magnitude(uncond, cond),
    }


def about_guidance(
    recording: Recording, call: int, scale: float | None = None, rescale: float | None = None
) -> dict[str, Any]:
    """Return the settings that go with an export of a call; parameters as guidance_arrays."""
    found = recording.call(call)
    s, phi = _chosen(recording, found, scale, rescale)
    added = not recording.has(found.index, "noise_uncond")
    return {
        **about_call(recording, found.index),
        "recorded_scale": found.scale,
        "scale": s,
        "rescale": phi,
        "branch_added_afterwards": added,
    }


def guidance_sheet(
    recording: Recording, call: int, *, scale: float | None = None, rescale: float | None = None
) -> FigureSpec:
    """Draw a call's guidance on one labelled sheet: an ``rgb`` figure.

    On it are x̂₀ as recorded and at the chosen scale (in the recording's linear colours), the
    magnitude of the difference, the picture, and the channels of ε_∅, ε_y, their difference and
    the guided prediction, a row each. ε_∅ and ε_y share their levels.
    Parameters and errors as :func:`guidance_arrays`.
    """
    found = recording.call(call)
    arrays = guidance_arrays(recording, call, scale=scale, rescale=rescale)
    about = about_guidance(recording, call, scale, rescale)
    s = sheets.number_text(about["scale"])
    known = recording.preview
    panels = []
    if known is not None and len(known.matrix) == len(arrays["denoised"]):
        used = recording.array(found.index, "denoised")
        then = sheets.number_text(found.scale)
        panels.append(_colours(used, known, f"x̂₀ as recorded, s = {then}"))
        panels.append(_colours(arrays["denoised"], known, f"x̂₀ at s = {s}"))
    levels = statistics.levels(arrays["magnitude"])
    panels.append(sheets.map_panel(arrays["magnitude"], _WORDS, "inferno", levels, _UNIT))
    channels = len(arrays["guided"])
    columns = len(panels)
    if channels <= _MOST_CHANNELS:
        columns = max(columns, channels)
        picture = recording.image() if len(panels) < columns else None
        if picture is not None:
            panels.append(sheets.Panel(picture, "picture"))
        empty = sheets.Panel(np.full((1, 1, 3), 255, np.uint8), "")
        panels += [empty] * (-len(panels) % columns)
        named = {
            "ε_∅": arrays["noise_uncond"],
            "ε_y": arrays["noise_cond"],
            "ε_y − ε_∅": arrays["difference"],
            f"ε at s = {s}": arrays["guided"],
        }
        both = np.stack([arrays["noise_uncond"], arrays["noise_cond"]])
        shared = statistics.levels(both, symmetric=True)
        table = colours.DIVERGING[0]
        for name, values in named.items():
            is_branch = name in ("ε_∅", "ε_y")
            ends = shared if is_branch else statistics.levels(values, symmetric=True)
            panels += [
                sheets.map_panel(channel, f"{name}, channel {number}", table, ends, _UNIT)
                for number, channel in enumerate(values)
            ]
            panels += [empty] * (-len(panels) % columns)
    title = f"Guidance, {_where(recording, found)}"
    return FigureSpec(
        name=f"guidance-call-{found.index:04d}",
        title=title,
        kind="rgb",
        arrays={"image": sheets.sheet(title, panels, columns)},
        about=about,
    )


def magnitude_figure(recording: Recording, call: int) -> FigureSpec:
    """Return the magnitude of ε_y − ε_∅ over the latent as a map; errors as guidance_arrays."""
    found = recording.call(call)
    return FigureSpec(
        name=f"guidance-magnitude-call-{found.index:04d}",
        title=f"|ε_y − ε_∅|, {_where(recording, found)}",
        kind="map",
        arrays={"map": guidance_arrays(recording, call)["magnitude"]},
        colour_map="inferno",
        unit=_UNIT,
        about=about_guidance(recording, call),
    )


def branches_figure(
    recording: Recording, calls: Sequence[int] | None = None, *, curves: bool = False
) -> FigureSpec:
    """Return how the branches compare at each call: a table, or curves over the calls.

    Parameters
    ----------
    recording
        A run or an observation.
    calls
        Which scheduler calls; all where left out.
    curves
        Whether a figure of kind ``"lines"`` is wanted: the last four columns over the call, named
        by their symbols.

    Returns
    -------
    FigureSpec
        Columns ``call``, ``step`` (both from 0), ``timestep``, ``scale``, ``norm_uncond``,
        ``norm_cond``, ``norm_difference`` (root mean squares) and ``cosine``; the last four are
        not a number where a branch did not run, but ``norm_cond``.

    Raises
    ------
    InspectorError
        ``guidance.no-branch`` where none of the calls has both branches, ``recording.no-call``.
    """
    wanted = range(recording.calls) if calls is None else calls
    found = [recording.call(call) for call in wanted]
    rows = []
    for one in found:
        uncond, cond = pair(recording, one.index)
        norms = guidance.norms_and_cosine(cond if uncond is None else uncond, cond)
        missing = float("nan")
        rows.append(norms if uncond is not None else (missing, norms.cond, missing, missing))
    if all(np.isnan(row[0]) for row in rows):
        raise _no_branch(recording, found[0].index if found else 0)
    values = np.array(rows, dtype=np.float64)
    number = np.array([one.index for one in found])
    about = {**about_call(recording, None), "calls": number.tolist()}
    if curves:
        return FigureSpec(
            name="guidance-branches",
            title="Norms of the branches and the cosine between them",
            kind="lines",
            arrays={"x": number, **dict(zip(_CURVES, values.T, strict=True))},
            unit="root mean square, cosine",
            about={**about, "x_label": "scheduler call"},
        )
    facts = {
        "call": number,
        "step": np.array([one.step for one in found]),
        "timestep": np.array([one.timestep for one in found]),
        "scale": np.array([one.scale for one in found]),
    }
    return FigureSpec(
        name="guidance-branches",
        title="Norms of the branches and the cosine between them",
        kind="table",
        arrays={**facts, **dict(zip(_COLUMNS, values.T, strict=True))},
        about=about,
    )


def sweep_figure(recordings: Sequence[Recording]) -> FigureSpec:
    """Draw the pictures of a sweep in a row, with their scale beneath: an ``rgb`` figure.

    Parameters
    ----------
    recordings
        Runs in the order to show them; those without a picture are left out.

    Raises
    ------
    InspectorError
        ``guidance.no-pictures`` where none has one.
    """
    panels, shown = [], []
    for recording in recordings:
        image = recording.image()
        if image is not None:
            text = sheets.number_text(recording.spec.guidance_scale)
            panels.append(sheets.Panel(image, f"s = {text}"))
            shown.append(recording)
    if not panels:
        raise InspectorError(
            "guidance.no-pictures",
            "None of these runs has a picture, so there is nothing to put on a sheet. Let at least "
            "one come to its end.",
        )
    title = shown[0].spec.prompt or "Guidance sweep"
    return FigureSpec(
        name="guidance-sweep",
        title=title,
        kind="rgb",
        arrays={
            "image": sheets.sheet(title, panels, min(len(panels), _IN_A_ROW), beneath=True),
        },
        about={
            **about_call(shown[0], None),
            "scales": [recording.spec.guidance_scale for recording in shown],
            "recordings": [recording.id for recording in shown],
        },
    )


def _colours(latent: NDArray[Any], known: Preview, label: str) -> sheets.Panel:
    """Return the colour view of a latent, which says how much of it a screen cannot show."""
    with np.errstate(over="ignore", invalid="ignore"):
        rgb = preview.to_rgb_float(latent, known)
        cut = float(preview.saturated(rgb).mean())
        image = preview.quantised(rgb)
    return sheets.Panel(image, label + (f", {cut:.0%} cut off" if cut >= 0.005 else ""))


def _where(recording: Recording, call: Call) -> str:
    return f"step {call.step + 1} of {recording.spec.steps}, t = {call.timestep:g}"


def _chosen(
    recording: Recording, call: Call, scale: float | None, rescale: float | None
) -> tuple[float, float]:
    s = call.scale if scale is None else float(scale)
    phi = recording.spec.guidance_rescale if rescale is None else float(rescale)
    for name, value in (("scale", s), ("rescale", phi)):
        if not np.isfinite(value):
            raise InspectorError(
                "guidance.not-finite",
                f"The guidance {name} must be a finite number, not {value}. Name another.",
                name=name,
                value=value,
            )
    return s, phi


def _no_branch(recording: Recording, call: int) -> InspectorError:
    return InspectorError(
        "guidance.no-branch",
        f"Call {call} of {recording.path.name} ran without the unconditional branch, so there is "
        "no guidance to look at. Add the branch in the window's guidance view, or run again with "
        "--branches both.",
        path=str(recording.path),
        name=recording.path.name,
        call=call,
    )
