"""What can be exported of the activations that are shown."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sdinspector.app.texts import tr
from sdinspector.app.viewer import Scene
from sdinspector.core import FigureSpec
from sdinspector.export import colours
from sdinspector.recording.module_statistics import MEAN_ABSOLUTE
from sdinspector.viewers.activations.data import View
from sdinspector.viewers.activations.detail import branch_name


def figures_of(
    view: View, scene: Scene, channel: int, over: Mapping[str, NDArray[np.float32]]
) -> list[FigureSpec]:
    """Return mosaic (or matrix), channel, projection, vector at the selected pixel, statistics."""
    chosen = scene.display.diverging_map
    table = chosen if chosen in colours.NAMES else colours.DIVERGING[0]
    what = f"{view.wish.layer}, {branch_name(view.name)}"
    where = tr("{what}, step {step}", what=what, step=view.step + 1)
    stem = f"{view.wish.layer}-{view.name or 'output'}-call-{view.wish.call:04d}"
    about = {**view.about, "order": view.wish.order}
    found: list[FigureSpec] = []
    if view.kind == "matrix":
        found.append(
            FigureSpec(
                name=f"tokens-{stem}",
                title=tr("{where}: tokens × channels", where=where),
                kind="map",
                arrays={"map": np.ascontiguousarray(view.shown[view.order][:, :, 0].T)},
                colour_map=table,
                levels=view.levels,
                about=about | {"channels": [int(number) for number in view.order]},
            )
        )
    elif view.kind == "maps":
        labels = [str(number) for number in view.order]
        found.append(
            FigureSpec(
                name=f"channels-{stem}",
                title=where,
                kind="mosaic",
                arrays={"maps": view.shown[view.order]},
                colour_map=table,
                levels=view.levels,
                about=about | {"labels": labels},
            )
        )
        found.append(
            FigureSpec(
                name=f"channel-{channel}-{stem}",
                title=tr("{where}: channel {number}", where=where, number=channel),
                kind="map",
                arrays={"map": view.shown[channel]},
                colour_map=table,
                levels=view.levels_of(channel),
                about=about | {"channel": channel},
            )
        )
        if view.colours is not None:
            found.append(
                FigureSpec(
                    name=f"pca-{stem}",
                    title=tr("{where}: PCA", where=where),
                    kind="rgb",
                    arrays={"image": view.colours},
                    about=about
                    | {"explained": list(view.explained), "components_of_step": view.basis_step},
                )
            )
    found += _lines(view, scene, where, stem)
    if over:
        curves = {
            name or "output": rows[:, MEAN_ABSOLUTE].astype(np.float32)
            for name, rows in over.items()
        }
        count = len(next(iter(curves.values())))
        found.append(
            FigureSpec(
                name=f"steps-{view.wish.layer}",
                title=tr("{path}: mean |x| at each call", path=view.wish.layer),
                kind="lines",
                arrays={"x": np.arange(count), **curves},
                about=view.about,
            )
        )
    return found


def _lines(view: View, scene: Scene, where: str, stem: str) -> list[FigureSpec]:
    """Return the vector at the selected pixel; of an output without pixels, all of it."""
    pixel = scene.selection.pixel
    if view.kind == "vector":
        pixel = (0.5, 0.5)
    if pixel is None or view.kind == "matrix":
        return []
    row, column = view.cell(pixel)
    curves = {
        name or "output": view.values[number, :, row, column]
        for number, name in enumerate(view.branches)
    }
    return [
        FigureSpec(
            name=f"vector-{stem}",
            title=tr("{where}: all channels at x {x}, y {y}", where=where, x=column, y=row),
            kind="lines",
            arrays={"x": np.arange(view.channels), **curves},
            about=view.about | {"row": row, "column": column},
        )
    ]
