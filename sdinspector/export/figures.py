"""Writes a figure as a picture or as numbers, by the ending of the file's name."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector import __version__
from sdinspector.analysis import statistics
from sdinspector.core import FigureSpec
from sdinspector.export import colours, files, sheets, vector
from sdinspector.recording import png
from sdinspector.recording.files import to_json

ENDINGS: dict[str, tuple[str, ...]] = {
    "rgb": ("png", "npz", "svg", "pdf"),
    "map": ("png", "npz", "csv", "svg", "pdf"),
    "mosaic": ("png", "npz", "svg", "pdf"),
    "lines": ("png", "npz", "csv", "svg", "pdf"),
    "table": ("csv", "npz"),
}
"""What each kind of figure can be written as; the first is the usual one."""


def export_figure(figure: FigureSpec, path: str | os.PathLike[str]) -> Path:
    """Write one figure; returns its path.

    PNG of ``rgb`` is the picture itself, pixel by pixel; of a map or a mosaic it is a sheet with
    title, labels and colour bars; a mosaic of more maps than can be labelled is one picture, row by
    row. NPZ holds the arrays as they are and the settings as JSON in
    ``about``; PNG has them in its text chunks, SVG and PDF in their metadata.

    Raises
    ------
    InspectorError
        ``export.ending``, ``export.cannot-write``, ``export.disk-full`` or
        ``export.matplotlib-missing``.
    ValueError, KeyError
        Where the arrays are not those of the figure's kind.
    """
    path = Path(path)
    kind = files.ending(path, ENDINGS[figure.kind], f"a figure of kind {figure.kind!r}")
    _check(figure)
    about = about_of(figure)
    if kind == "npz":
        return files.save_npz(path, figure.arrays, about)
    if kind == "csv":
        return files.save(path, _csv(figure))
    if kind == "png" and figure.kind != "lines":
        return save_picture(figure, picture(figure), path)
    return files.save(path, vector.draw(figure, kind, levels_of(figure), to_json(about)))


def save_picture(figure: FigureSpec, rgb: NDArray[np.uint8], path: str | os.PathLike[str]) -> Path:
    """Write a drawing of a figure as PNG, with the figure's settings in its text chunks.

    Raises
    ------
    InspectorError
        ``export.cannot-write`` or ``export.disk-full``.
    """
    about = to_json(about_of(figure))
    text = {"Title": figure.title, "Software": files.SOFTWARE, "about": about}
    return files.save(Path(path), png.encode(rgb, text))


def about_of(figure: FigureSpec) -> dict[str, Any]:
    """Return all that a file says of the figure in it."""
    about: dict[str, Any] = {
        **figure.about,
        "figure": figure.name,
        "title": figure.title,
        "kind": figure.kind,
        "software": f"{files.SOFTWARE} {__version__}",
    }
    if figure.kind in ("map", "mosaic"):
        about |= {
            "colour_map": figure.colour_map,
            "levels": [list(statistics.levels(one)) for one in figure.arrays["maps"]]
            if vector.own_levels(figure)
            else list(levels_of(figure)),
            "unit": figure.unit,
        }
    return about


def picture(figure: FigureSpec) -> NDArray[np.uint8]:
    """Return what the PNG of an ``rgb``, ``map`` or ``mosaic`` figure shows, ``[H, W, 3]``."""
    if figure.kind == "rgb":
        return figure.arrays["image"].astype(np.uint8, copy=False)
    if figure.kind == "map":
        panels = map_panels(figure)
        return sheets.sheet(figure.title, panels, len(panels))
    levels = levels_of(figure)
    maps = figure.arrays["maps"]
    if len(maps) > sheets.MOST_LABELLED:
        panel = sheets.stitched(maps, figure.colour_map, levels, figure.unit)
        return sheets.sheet(figure.title, [panel])
    return sheets.sheet(figure.title, map_panels(figure))


def map_panels(figure: FigureSpec) -> list[sheets.Panel]:
    """Return the labelled panels of a ``map`` or ``mosaic`` figure.

    Maps of a mosaic share their levels, unless ``about["own_levels"]`` says otherwise; those
    beside a map have their own.
    """
    if figure.kind == "mosaic":
        shared = levels_of(figure)
        return [
            sheets.map_panel(
                values,
                vector.panel_label(figure, number),
                figure.colour_map,
                statistics.levels(values) if vector.own_levels(figure) else shared,
                figure.unit,
            )
            for number, values in enumerate(figure.arrays["maps"])
        ]
    further = vector.further_maps(figure)
    label = vector.map_label(figure, "map") if further else ""
    main = sheets.map_panel(
        figure.arrays["map"], label, figure.colour_map, levels_of(figure), figure.unit
    )
    return [
        main,
        *(
            sheets.map_panel(
                values,
                vector.map_label(figure, name),
                figure.colour_map,
                statistics.levels(values),
                figure.unit,
            )
            for name, values in further.items()
        ),
    ]


def levels_of(figure: FigureSpec) -> tuple[float, float]:
    """Return the figure's levels, or those of its values where it names none."""
    if figure.levels is not None:
        return figure.levels
    values = figure.arrays.get("map", figure.arrays.get("maps"))
    if values is None:
        return 0.0, 1.0
    return statistics.levels(values, symmetric=figure.colour_map in colours.DIVERGING)


def _check(figure: FigureSpec) -> None:
    """Refuse arrays that are not of the figure's kind, before anything is written."""
    arrays = figure.arrays
    if figure.kind in ("lines", "table"):
        lengths = {len(array) for array in arrays.values()}
        if len(lengths) != 1 or (figure.kind == "lines" and "x" not in arrays):
            raise ValueError(f"columns of different lengths, or none: {sorted(lengths)}")
        return
    name, axes = {"rgb": ("image", 3), "map": ("map", 2), "mosaic": ("maps", 3)}[figure.kind]
    if arrays[name].ndim != axes or arrays[name].size == 0:
        raise ValueError(f"{name} of a {figure.kind} has the shape {arrays[name].shape}")


def _csv(figure: FigureSpec) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    if figure.kind == "map":
        writer.writerows(_cells(figure.arrays["map"]))
    else:
        names = sorted(figure.arrays, key=lambda name: name != "x")  # x first, the rest as it is
        writer.writerow(names)
        writer.writerows(zip(*(_column(figure.arrays[name]) for name in names), strict=True))
    return stream.getvalue().encode("utf-8")


def _cells(values: NDArray[Any]) -> Iterable[list[Any]]:
    return (_column(row) for row in values)


def _column(values: NDArray[Any]) -> list[Any]:
    """Return values as text that reads back to the same number, no longer than it must be."""
    text: Callable[[Any], Any] = str if values.dtype.kind == "f" else (lambda value: value)
    return [text(value) for value in (values if values.dtype.kind == "f" else values.tolist())]
