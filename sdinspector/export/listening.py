"""Makes figures of where and when a word is heard, and of what a place of the picture looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import heatmaps, resize
from sdinspector.core import FigureSpec
from sdinspector.export.attention import latent_size
from sdinspector.export.recordings import about_call
from sdinspector.export.subjects import Subject
from sdinspector.recording import Recording
from sdinspector.recording.attention import Heard


def heard_figure(
    recording: Recording, heard: Heard, subject: Subject, *, table: bool = False
) -> FigureSpec:
    """Return where and when a word is heard: layers down, scheduler calls across.

    ``map`` ``[layers, calls]`` is the probability's mean over heads and pixels, ``peak`` the
    largest over pixels of the mean over heads, which is high where a word lands in one place.

    Parameters
    ----------
    recording, heard, subject
        The matrix, and the word in it.
    table
        Whether to return the first as a table with the layers' names, a row a layer.
    """
    mean = heard.of(subject.columns)
    about = {
        **about_call(recording, None),
        "word": subject.label,
        "columns": list(subject.columns),
        "layers": list(heard.layers),
        "calls": list(heard.calls),
        "timesteps": [recording.timestep(call) for call in heard.calls],
    }
    name, title = f"heard-{subject.label}", f"Where and when “{subject.label}” is heard"
    if table:
        arrays: dict[str, NDArray[np.generic]] = {"layer": np.array(heard.layers)}
        arrays |= {f"call {call}": mean[:, place] for place, call in enumerate(heard.calls)}
        return FigureSpec(name, title, "table", arrays, about=about)
    about["labels"] = {"map": "mean over pixels", "peak": "highest pixel"}
    return FigureSpec(
        name,
        f"{title}: {len(heard.layers)} layers down, {len(heard.calls)} calls across",
        "map",
        {"map": mean, "peak": heard.of(subject.columns, peak=True)},
        colour_map="inferno",
        unit="probability",
        about=about,
    )


def self_attention_figure(
    recording: Recording,
    call: int,
    rows: Mapping[str, NDArray[np.generic]],
    place: tuple[float, float],
    *,
    heads: Sequence[int] | None = None,
) -> FigureSpec:
    """Return what a place of the picture looks at, a map for each layer, in their order.

    ``maps`` ``[n, h, w]`` are the mean over heads, brought to the latent's size by repeating
    cells; in its own grid each layer's map sums to 1.

    Parameters
    ----------
    recording, call
        Where the rows are from.
    rows
        Module path to ``[heads, h, w]``: the row of self-attention of the cell at ``place``.
    place
        x and y as fractions of the picture.
    heads
        Which heads count; all where left out.

    Raises
    ------
    InspectorError
        ``heatmap.no-head``.
    """
    size = latent_size(recording)
    maps = []
    for path, row in rows.items():
        if heads is not None:
            heatmaps.check_heads(path, len(row), heads)
        chosen = row if heads is None else row[list(heads)]
        mean = np.asarray(chosen, dtype=np.float32).mean(axis=0)
        maps.append(resize.nearest(mean, size))
    found = recording.call(call)
    return FigureSpec(
        f"self-attention-call-{call:04d}",
        f"What the place ({place[0]:.3f}, {place[1]:.3f}) looks at, step {found.step + 1} of "
        f"{recording.spec.steps}, t = {found.timestep:g}",
        "mosaic",
        {"maps": np.stack(maps)},
        colour_map="inferno",
        unit="probability",
        about={
            **about_call(recording, call),
            "x": place[0],
            "y": place[1],
            "heads": "all" if heads is None else list(heads),
            "layers": list(rows),
            "grids": [list(row.shape[1:]) for row in rows.values()],
            "labels": [path.partition(".transformer_blocks.0.attn1")[0] for path in rows],
            # Cells are of different sizes from layer to layer, and so are their probabilities.
            "own_levels": True,
        },
    )
