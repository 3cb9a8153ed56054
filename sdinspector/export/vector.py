"""Draws figures with matplotlib: curves, and maps as SVG and PDF."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from sdinspector.analysis import statistics
from sdinspector.core import FigureSpec, InspectorError
from sdinspector.export import colours, lettering
from sdinspector.export.files import SOFTWARE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DPI = 150


def draw(figure: FigureSpec, kind: str, levels: tuple[float, float], about: str) -> bytes:
    """Return a figure as the bytes of a file.

    Parameters
    ----------
    figure
        ``rgb``, ``map``, ``mosaic`` or ``lines``.
    kind
        ``"png"``, ``"svg"`` or ``"pdf"``. Text stays text in both of the latter.
    levels
        What the first and the last colour of a map stand for.
    about
        Settings as JSON text, for the file's metadata.

    Raises
    ------
    InspectorError
        ``export.matplotlib-missing``.
    """
    try:
        import matplotlib as mpl
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise InspectorError(
            "export.matplotlib-missing",
            f"matplotlib is needed to write a figure as .{kind} and is not installed. Install it "
            "with: pip install matplotlib",
            ending=kind,
        ) from error
    # Settings for this figure alone; its own canvas, because pyplot's state is not for threads.
    written = f"{figure.title} {figure.unit} {figure.about} {list(figure.arrays)}"
    fonts = lettering.families(written)
    with mpl.rc_context(
        {
            "svg.fonttype": "none",
            "pdf.fonttype": 42,
            "font.size": 9,
            "font.family": fonts,
            "svg.hashsalt": figure.name,
        }
    ):
        page = Figure(figsize=_size(figure), layout="constrained")
        FigureCanvasAgg(page)
        page.suptitle(figure.title, fontsize=10)
        _DRAW[figure.kind](page, figure, levels)
        stream = io.BytesIO()
        page.savefig(stream, format=kind, dpi=_DPI, metadata=_metadata(figure, kind, about))
    return stream.getvalue()


def _size(figure: FigureSpec) -> tuple[float, float]:
    if figure.kind == "mosaic":
        columns, rows = _grid(len(figure.arrays["maps"]))
        return max(4.0, 1.4 * columns + 1.0), max(3.0, 1.5 * rows + 0.6)
    if figure.kind == "map":
        return 5.0 * (1 + len(further_maps(figure))), 4.6
    return (6.4, 4.0) if figure.kind == "lines" else (5.0, 4.6)


def _grid(count: int) -> tuple[int, int]:
    columns = max(1, math.ceil(math.sqrt(count)))
    return columns, max(1, math.ceil(count / columns))


def _rgb(page: Figure, figure: FigureSpec, _: tuple[float, float]) -> None:
    axes = page.add_subplot()
    axes.imshow(figure.arrays["image"], interpolation="nearest")
    axes.set_axis_off()


def _map(page: Figure, figure: FigureSpec, levels: tuple[float, float]) -> None:
    further = further_maps(figure)
    grid = page.subplots(1, 1 + len(further), squeeze=False)[0]
    shown = _show(grid[0], figure.arrays["map"], figure.colour_map, levels)
    page.colorbar(shown, ax=grid[0], label=figure.unit)
    if further:
        grid[0].set_title(map_label(figure, "map"), fontsize=8)
    for axes, (name, values) in zip(grid[1:], further.items(), strict=True):
        shown = _show(axes, values, figure.colour_map, statistics.levels(values))
        page.colorbar(shown, ax=axes, label=figure.unit)
        axes.set_title(map_label(figure, name), fontsize=8)


def _mosaic(page: Figure, figure: FigureSpec, levels: tuple[float, float]) -> None:
    maps = figure.arrays["maps"]
    columns, rows = _grid(len(maps))
    grid = page.subplots(rows, columns, squeeze=False)
    shown = None
    for number, axes in enumerate(grid.flat):
        axes.set_axis_off()
        if number < len(maps):
            own = statistics.levels(maps[number]) if own_levels(figure) else levels
            shown = _show(axes, maps[number], figure.colour_map, own)
            axes.set_title(panel_label(figure, number), fontsize=7)
            if own_levels(figure):
                page.colorbar(shown, ax=axes)
    if shown is not None and not own_levels(figure):
        page.colorbar(shown, ax=grid, label=figure.unit)


def _lines(page: Figure, figure: FigureSpec, _: tuple[float, float]) -> None:
    axes = page.add_subplot()
    for name, values in figure.arrays.items():
        if name != "x":
            marker = str(figure.about.get("marker", ""))
            axes.plot(figure.arrays["x"], values, label=name, marker=marker, markersize=3)
    axes.set_xlabel(str(figure.about.get("x_label", "x")))
    axes.set_ylabel(figure.unit)
    axes.set_yscale("log" if figure.about.get("y_scale") == "log" else "linear")
    if len(figure.arrays) > 2:
        axes.legend()
    axes.grid(visible=True, alpha=0.3)


_DRAW = {"rgb": _rgb, "map": _map, "mosaic": _mosaic, "lines": _lines}


def _show(axes: Axes, values: NDArray[Any], name: str, levels: tuple[float, float]) -> Any:
    """Draw a map in the program's own colours; returns what a colour bar is made from."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    axes.set_axis_off()
    axes.imshow(colours.apply(values, name, levels), interpolation="nearest")
    return ScalarMappable(Normalize(*levels), ListedColormap(colours.table(name) / 255.0))


def own_levels(figure: FigureSpec) -> bool:
    """Return whether each map of a mosaic has levels of its own."""
    return bool(figure.about.get("own_levels", False))


def further_maps(figure: FigureSpec) -> dict[str, NDArray[Any]]:
    """Return the maps that a map figure holds beside ``map``: those of the same height and width.

    The spread of an average is one. Each has levels of its own.
    """
    main = figure.arrays["map"]
    return {
        name: values
        for name, values in figure.arrays.items()
        if name != "map" and values.shape == main.shape
    }


def map_label(figure: FigureSpec, name: str) -> str:
    """Return the label of one of several maps: from ``about["labels"]``, or its own name."""
    labels = figure.about.get("labels")
    return str(labels[name]) if isinstance(labels, dict) and name in labels else name


def panel_label(figure: FigureSpec, number: int) -> str:
    """Return the label of a map of a mosaic: from ``about["labels"]``, or its number."""
    labels = figure.about.get("labels")
    if isinstance(labels, list | tuple) and number < len(labels):
        return str(labels[number])
    return str(number)


def _metadata(figure: FigureSpec, kind: str, about: str) -> dict[str, Any]:
    if kind == "svg":
        return {"Title": figure.title, "Description": about, "Creator": SOFTWARE, "Date": None}
    if kind == "pdf":
        return {
            "Title": figure.title,
            "Subject": about,
            "Creator": SOFTWARE,
            "CreationDate": None,
        }
    return {"Title": figure.title, "Software": SOFTWARE, "about": about}
