"""Takes pictures and latents out of a recording."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from sdinspector import __version__
from sdinspector.analysis import guidance, preview, statistics
from sdinspector.core import FigureSpec, InspectorError
from sdinspector.export import files, sheets
from sdinspector.recording import Recording, png
from sdinspector.recording.files import to_json

Quantity: TypeAlias = Literal["denoised", "latent", "noise_uncond", "noise_cond", "guided"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
TITLES: dict[Quantity, str] = {
    "denoised": "Denoised prediction x̂₀",
    "latent": "Latent x_t",
    "noise_uncond": "Noise prediction, unconditional",
    "noise_cond": "Noise prediction, conditional",
    "guided": "Noise prediction, guided",
}
_STORED = ("latent", "noise_uncond", "noise_cond", "denoised")


def export_recording(
    recording: Recording,
    what: str,
    out: str | os.PathLike[str],
    *,
    call: int | None = None,
    quantity: Quantity = "denoised",
) -> list[Path]:
    """Write a part of a recording; the type follows from the file's ending.

    Parameters
    ----------
    recording
        An open recording.
    what
        ``"image"``: the decoded picture as ``.png`` or ``.npz``. ``"latents"``: ``.png`` is a
        sheet of the channels and the colour view of one call, ``.npz`` holds x_t, the noise
        predictions and x̂₀ of one call or of all.
    out
        File to write.
    call
        Scheduler call. Where left out, an NPZ of latents holds all calls (first axis) and a PNG
        shows the last.
    quantity
        What the sheet shows.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InspectorError
        ``export.unknown``, ``export.ending``, ``export.no-image``, ``export.cannot-write``,
        ``export.disk-full``, or what reading the recording raises.
    """
    path = Path(out)
    if what == "image":
        return [_image(recording, path)]
    if what == "latents":
        return [_latents(recording, path, call, quantity)]
    raise InspectorError(
        "export.unknown",
        f"Cannot export {what!r} from a recording. Choose image or latents.",
        what=what,
    )


def quantity_of(recording: Recording, call: int, quantity: Quantity) -> NDArray[Any]:
    """Return one quantity of a scheduler call, ``[C, h, w]``.

    ``"guided"`` is combined from the branches with the call's own scale.

    Raises
    ------
    InspectorError
        ``recording.array-missing`` where the branch did not run, and as reading does.
    """
    if quantity != "guided":
        return recording.array(call, quantity)
    found = recording.call(call)
    if "noise_uncond" not in found.shapes:
        return recording.array(call, "noise_cond")
    uncond = recording.array(call, "noise_uncond")
    cond = recording.array(call, "noise_cond") if "noise_cond" in found.shapes else None
    return guidance.guided(uncond, cond, found.scale, recording.spec.guidance_rescale)


def about_call(recording: Recording, call: int | None) -> dict[str, Any]:
    """Return the settings that go with an export: the run's, and those of the call if any."""
    about: dict[str, Any] = {
        "software": f"{files.SOFTWARE} {__version__}",
        "recording": recording.id,
        "kind": recording.kind,
        "status": recording.status,
        "spec": recording.spec.to_json(),
        "model": recording.model,
    }
    if call is not None:
        found = recording.call(call)
        about |= {
            "call": found.index,
            "step": found.step,
            "timestep": found.timestep,
            "scale": found.scale,
            "a": found.a,
            "b": found.b,
        }
    return about


def latents_figure(
    recording: Recording,
    call: int,
    quantity: Quantity = "denoised",
    *,
    colour_map: str = "viridis",
    levels: tuple[float, float] | None = None,
) -> FigureSpec:
    """Return the channels of one quantity of a scheduler call as a mosaic figure.

    Parameters
    ----------
    recording, call, quantity
        What to show.
    colour_map
        Name of a colour table.
    levels
        Shared levels; those of the values where left out.

    Raises
    ------
    InspectorError
        As :func:`quantity_of`.
    """
    values = quantity_of(recording, call, quantity)
    found = recording.call(call)
    return FigureSpec(
        name=f"latents-{quantity}-call-{found.index:04d}",
        title=_title(recording, call, quantity),
        kind="mosaic",
        arrays={"maps": values},
        colour_map=colour_map,
        levels=levels,
        unit="latent units",
        about={
            **about_call(recording, call),
            "quantity": quantity,
            "labels": [f"channel {number}" for number in range(len(values))],
        },
    )


def latents_sheet(
    recording: Recording,
    call: int,
    quantity: Quantity = "denoised",
    *,
    colour_map: str = "viridis",
    levels: tuple[float, float] | None = None,
) -> NDArray[np.uint8]:
    """Draw the channels of a quantity and its colour view on one labelled sheet, ``[H, W, 3]``.

    The colour view is the linear map of the recording; it is left out where there is none.
    Parameters and errors as :func:`latents_figure`.
    """
    values = quantity_of(recording, call, quantity)
    low_high = levels or statistics.levels(values)
    panels = []
    known = recording.preview
    if known is not None and len(known.matrix) == len(values):
        rgb = preview.to_rgb_float(values, known)
        cut = preview.saturated(rgb).mean()
        label = "colours (linear)" + (f", {cut:.0%} cut off" if cut >= 0.005 else "")
        panels.append(sheets.Panel(preview.quantised(rgb), label))
    panels += [
        sheets.map_panel(channel, f"channel {number}", colour_map, low_high, "latent units")
        for number, channel in enumerate(values)
    ]
    columns = len(panels) if len(panels) <= 5 else None
    return sheets.sheet(_title(recording, call, quantity), panels, columns)


def _image(recording: Recording, path: Path) -> Path:
    kind = files.ending(path, ("png", "npz"), "a picture")
    rgb = recording.image()
    if rgb is None:
        raise InspectorError(
            "export.no-image",
            f"{recording.path} holds no picture: its run was not finished. Export its latents, or "
            "choose a finished recording.",
            path=str(recording.path),
        )
    about = about_call(recording, None)
    if kind == "npz":
        return files.save_npz(path, {"image": rgb}, about)
    return files.save(path, png.encode(rgb, _text(about, recording)))


def _latents(recording: Recording, path: Path, call: int | None, quantity: Quantity) -> Path:
    kind = files.ending(path, ("png", "npz"), "latents")
    if kind == "png":
        shown = recording.call(-1 if call is None else call).index
        about = {**about_call(recording, shown), "quantity": quantity}
        rgb = latents_sheet(recording, shown, quantity)
        return files.save(path, png.encode(rgb, _text(about, recording)))
    if call is not None:
        found = recording.call(call)
        arrays = {name: recording.array(call, name) for name in _STORED if name in found.shapes}
    else:
        arrays = _all_calls(recording)
    final = recording.final_latent()
    if final is not None:
        arrays["final"] = final
    return files.save_npz(path, arrays, about_call(recording, call))


def _all_calls(recording: Recording) -> dict[str, NDArray[Any]]:
    """Return each quantity of all calls, ``[calls, C, h, w]``; NaN where a branch did not run."""
    calls = recording.calls
    shape = recording.call(0).shapes.get("latent")  # says clearly where there is no call at all
    arrays: dict[str, NDArray[Any]] = {
        "timesteps": np.array(recording.timesteps),
        "guidance": np.array(recording.guidance),
        "steps": np.array([recording.step_of_call(index) for index in range(calls)]),
    }
    for name in _STORED:
        present = [index for index in range(calls) if recording.has(index, name)]
        if not present or shape is None:
            continue
        first = recording.array(present[0], name)
        stack = np.full((calls, *first.shape), np.nan, dtype=first.dtype)
        for index in present:
            stack[index] = recording.array(index, name)
        arrays[name] = stack
    return arrays


def _title(recording: Recording, call: int, quantity: Quantity) -> str:
    found = recording.call(call)
    total = recording.spec.steps
    return f"{TITLES[quantity]}, step {found.step + 1} of {total}, t = {found.timestep:g}"


def _text(about: dict[str, Any], recording: Recording) -> dict[str, str]:
    return {
        "Title": recording.spec.prompt,
        "Software": f"{files.SOFTWARE} {__version__}",
        "about": to_json(about),
    }
