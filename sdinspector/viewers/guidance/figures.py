"""What can be saved of the guidance viewer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import guidance
from sdinspector.app.texts import tr
from sdinspector.app.viewer import DisplayState
from sdinspector.core import FigureSpec
from sdinspector.export import colours, sheets
from sdinspector.viewers.guidance.data import Norms, StepView
from sdinspector.viewers.guidance.wording import scale_text

if TYPE_CHECKING:
    from sdinspector.recording import Recording
    from sdinspector.viewers.guidance.sweep_pair import Swept


def of_step(
    view: StepView, scale: float, rescale: float, display: DisplayState
) -> list[FigureSpec]:
    """Return x̂₀ of the chosen scale, where the words act, and the predictions."""
    about = {**view.about, "scale": scale, "rescale": rescale}
    where = tr("step {step}, t = {timestep}", step=view.step + 1, timestep=f"{view.timestep:g}")
    stem = f"call-{view.call:04d}-s{scale_text(scale)}"
    latent = view.denoised(scale, rescale)
    diverging = display.diverging_map
    signed = diverging if diverging in colours.NAMES else colours.DIVERGING[0]
    found = [
        FigureSpec(
            name=f"guidance-denoised-{stem}",
            title=tr("x̂₀ at s = {scale}, {where}", scale=scale_text(scale), where=where),
            kind="rgb",
            arrays={"image": view.colours(latent).rgb},
            about=about,
        ),
        _mosaic(f"guidance-latent-{stem}", tr("x̂₀, channels, {where}", where=where), latent, about),
    ]
    difference = view.difference
    if view.uncond is not None and difference is not None:
        found += [
            FigureSpec(
                name=f"guidance-magnitude-call-{view.call:04d}",
                title=tr("|ε_y − ε_∅|, {where}", where=where),
                kind="map",
                arrays={"map": guidance.magnitude(view.uncond, view.cond)},
                colour_map=display.colour_map,
                unit=tr("latent units"),
                about=about,
            ),
            _mosaic(
                f"guidance-difference-call-{view.call:04d}",
                tr("ε_y − ε_∅, channels, {where}", where=where),
                difference,
                about,
                signed,
            ),
            _mosaic(
                f"guidance-noise-{stem}",
                tr("ε at s = {scale}, {where}", scale=scale_text(scale), where=where),
                view.guided(scale, rescale),
                about,
                signed,
            ),
        ]
    return found


def of_steps(
    norms: Norms, curve: tuple[float, ...] | None, recording: Recording | None
) -> list[FigureSpec]:
    """Return norms and cosine, and the scales, as curves over the calls."""
    if not norms.calls or recording is None:
        return []
    about = {"recording": recording.id, "spec": recording.spec.to_json()}
    steps = norms.step + 1
    scales: dict[str, Any] = {"x": steps, "recorded": norms.scale}
    if curve is not None and len(curve) == norms.calls:
        scales["curve"] = np.asarray(curve)
    return [
        FigureSpec(
            name="guidance-norms",
            title=tr("Root mean square of the predictions"),
            kind="lines",
            arrays={
                "x": steps,
                "uncond": norms.uncond,
                "cond": norms.cond,
                "difference": norms.difference,
            },
            about=about,
        ),
        FigureSpec(
            name="guidance-cosine",
            title=tr("Cosine between ε_∅ and ε_y"),
            kind="lines",
            arrays={"x": steps, "cosine": norms.cosine},
            about=about,
        ),
        FigureSpec(
            name="guidance-scales",
            title=tr("Guidance scale over the steps"),
            kind="lines",
            arrays=scales,
            about=about,
        ),
    ]


def of_sweep(swept: Sequence[Swept], recording: Recording | None) -> list[FigureSpec]:
    """Return the pictures of a sweep as one sheet."""
    panels = [
        sheets.Panel(one.picture, f"s = {scale_text(one.scale)}")
        for one in swept
        if one.picture is not None
    ]
    if not panels:
        return []
    prompt = recording.spec.prompt if recording is not None else ""
    title = tr("Guidance sweep: {prompt}", prompt=prompt)
    return [
        FigureSpec(
            name="guidance-sweep",
            title=title,
            kind="rgb",
            arrays={"image": sheets.sheet(title, panels, len(panels))},
            about={
                "scales": [one.scale for one in swept],
                "recordings": [one.path.name for one in swept],
            },
        )
    ]


def of_pair(
    chosen: Sequence[Swept], apart: NDArray[np.float32] | None, display: DisplayState
) -> list[FigureSpec]:
    """Return where two pictures of a sweep differ."""
    if apart is None:
        return []
    names = [scale_text(one.scale) for one in chosen]
    return [
        FigureSpec(
            name="guidance-difference",
            title=tr(
                "Difference between s = {first} and s = {second}", first=names[0], second=names[1]
            ),
            kind="map",
            arrays={"map": apart},
            colour_map=display.colour_map,
            unit=tr("of 255"),
            about={
                "scales": [one.scale for one in chosen],
                "recordings": [one.path.name for one in chosen],
            },
        )
    ]


def _mosaic(
    name: str, title: str, values: Any, about: dict[str, Any], table: str = colours.DIVERGING[0]
) -> FigureSpec:
    labels = [tr("channel {number}", number=number) for number in range(len(values))]
    return FigureSpec(
        name=name,
        title=title,
        kind="mosaic",
        arrays={"maps": values},
        colour_map=table,
        unit=tr("latent units"),
        about={**about, "labels": labels},
    )
