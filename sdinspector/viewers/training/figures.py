"""What can be saved of the page of the objective."""

from __future__ import annotations

from typing import Any

import numpy as np

from sdinspector.analysis import preview as linear
from sdinspector.app.texts import tr
from sdinspector.app.viewer import DisplayState
from sdinspector.core import FigureSpec, Preview
from sdinspector.export import colours, sheets
from sdinspector.viewers.training.draws import ERRORS, MAPS, Curve, Draw, Source

_SIGNS = {"clean": "x₀", "noise": "ε", "noised": "x_t"}


def of_objective(
    source: Source | None,
    draw: Draw | None,
    curve: Curve | None,
    *,
    gamma: float,
    preview: Preview | None,
    display: DisplayState,
) -> list[FigureSpec]:
    """Return the maps of a draw, its errors, the curve, SNR and weights."""
    about: dict[str, Any] = {}
    if source is not None:
        about |= {"source": source.origin, "prediction_type": source.kind}
    found: list[FigureSpec] = []
    if draw is not None:
        found += _of_draw(draw, preview, display, about)
    if curve is not None and curve.drawn:
        found.append(_of_curve(curve, about))
    if source is not None:
        found.append(
            FigureSpec(
                name="objective-schedule",
                title=tr("SNR and min-SNR weight over t, γ = {gamma}", gamma=f"{gamma:g}"),
                kind="lines",
                arrays={
                    "x": np.arange(source.total),
                    "snr": source.snr,
                    "weight": source.weight(gamma),
                },
                about={**about, "gamma": gamma},
            )
        )
    return found


def _of_draw(
    draw: Draw, preview: Preview | None, display: DisplayState, about: dict[str, Any]
) -> list[FigureSpec]:
    about = {
        **about,
        "caption": draw.caption,
        "timestep": draw.timestep,
        "seed": draw.seed,
        "loss": draw.loss,
        "loss_uncond": draw.loss_uncond,
    }
    where = tr("t = {t}, seed {seed}", t=draw.timestep, seed=draw.seed)
    stem = f"t{draw.timestep:04d}-seed{draw.seed}"
    titles = {
        **_SIGNS,
        "target": tr("target"),
        "prediction": tr("prediction with the caption"),
        "prediction_uncond": tr("prediction without"),
        "error": tr("squared error with the caption"),
        "error_uncond": tr("squared error without"),
    }
    found = []
    if preview is not None and len(preview.matrix) == draw.channels:
        panels = [
            sheets.Panel(linear.to_rgb(draw.arrays[name], preview), titles[name]) for name in MAPS
        ]
        title = tr("One draw of the objective, {where}", where=where)
        sheet = sheets.sheet(title, panels, 3)
        found.append(FigureSpec(f"objective-{stem}", title, "rgb", {"image": sheet}, about=about))
    errors = {name: draw.error(name, -1) for name in ERRORS}
    top = max(float(v[np.isfinite(v)].max(initial=0.0)) for v in errors.values()) or 1.0
    found += [
        FigureSpec(
            name=f"objective-{name.replace('_', '-')}-{stem}",
            title=f"{titles[name]}, {where}",
            kind="map",
            arrays={"map": values},
            colour_map=display.colour_map,
            levels=(0.0, top),
            unit=tr("squared error"),
            about=about,
        )
        for name, values in errors.items()
    ]
    diverging = display.diverging_map
    labels = [tr("channel {number}", number=number) for number in range(draw.channels)]
    found += [
        FigureSpec(
            name=f"objective-{name.replace('_', '-')}-channels-{stem}",
            title=tr("{what}, channels, {where}", what=titles[name], where=where),
            kind="mosaic",
            arrays={"maps": np.asarray(draw.arrays[name], np.float32)},
            colour_map=diverging if diverging in colours.NAMES else colours.DIVERGING[0],
            unit=tr("latent units"),
            about={**about, "labels": labels},
        )
        for name in MAPS
    ]
    return found


def _of_curve(curve: Curve, about: dict[str, Any]) -> FigureSpec:
    known, blind = curve.spreads
    tenths = curve.tenths
    return FigureSpec(
        name="objective-curve",
        title=tr("Loss over t of “{caption}”", caption=curve.caption),
        kind="lines",
        arrays={
            "x": curve.timesteps,
            "with": known.mean,
            "with lowest": known.low,
            "with highest": known.high,
            "without": blind.mean,
            "without lowest": blind.low,
            "without highest": blind.high,
            "gap": blind.mean - known.mean,
        },
        about={
            **about,
            "caption": curve.caption,
            "seeds": curve.seeds.tolist(),
            "lowest_tenth": _finite(tenths.lowest),
            "highest_tenth": _finite(tenths.highest),
        },
    )


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
