"""Exports what lies inside the network: attention, heads and activations, recorded or replayed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import statistics
from sdinspector.cli import inside_attention
from sdinspector.cli.exporting import chosen_calls, ending
from sdinspector.cli.shared import Bar, usage
from sdinspector.cli.source import Source
from sdinspector.core import FigureSpec, denoiser_path
from sdinspector.export import (
    Side,
    activation_figure,
    attention_sheet,
    average_figure,
    branch_of,
    channels_figure,
    export_figure,
    save_picture,
    steps_figure,
)
from sdinspector.recording import Recording


def export(recording: Recording, options: argparse.Namespace, out: Path) -> Path:
    """Write what the options of ``export`` name; returns the file."""
    with Bar(options.quiet) as bar:
        source = Source(options, bar)
        figure = source.signed(_figure(recording, source, options))
        if options.average:
            if figure.kind != "map":
                usage("--average is of one word: name it with --word.")
            others = [Recording.open(path) for path in options.average]
            figure = average_figure(
                [figure, *(source.signed(_figure(other, source, options)) for other in others)]
            )
        if options.what == "attention" and ending(options) == ".png":
            return save_picture(figure, attention_sheet(recording, figure), out)
        return export_figure(figure, out)


def _figure(recording: Recording, source: Source, options: argparse.Namespace) -> FigureSpec:
    if options.what == "activation":
        return _activation(recording, source, options)
    if options.what == "heard":
        return inside_attention.heard_where(recording, options)
    make = {
        "attention": inside_attention.attention_of,
        "heads": inside_attention.heads_of,
        "self-attention": inside_attention.self_attention,
    }
    return make[options.what](recording, source, options)


def _activation(recording: Recording, source: Source, options: argparse.Namespace) -> FigureSpec:
    if len(options.layer or []) != 1:
        usage("an activation is of one module: name it with --layer.")
    layer = denoiser_path(options.layer[0])
    side: Side = options.branch or "cond"
    if options.step == "all":
        if side == "difference" or options.channel:
            usage("--step all shows the statistics of one branch over all channels.")
        return steps_figure(recording, layer, _rows(recording, source, layer, side), side=side)
    calls = chosen_calls(options.step or "-1", recording.calls)
    if calls is None or len(calls) != 1:
        usage("--step of an activation is one call, or all.")
    call = recording.call(calls[0]).index
    name = f"activation/{layer}"
    values = branch_of(
        source.arrays(recording, call, [name])[name], side, recording.call(call).branches, layer
    )
    make = channels_figure if ending(options) == ".csv" else activation_figure
    return make(recording, call, layer, values, side=side, channels=options.channel or ())


def _rows(recording: Recording, source: Source, layer: str, side: Side) -> dict[int, NDArray[Any]]:
    """Return a module's six numbers at each call: recorded, or of its output."""
    rows = {}
    name = f"statistics/{layer}"
    for call in range(recording.calls):
        if not recording.has(call, name) and recording.has(call, f"activation/{layer}"):
            values = recording.array(call, f"activation/{layer}")
            found = np.array([statistics.describe(one).row() for one in values])
        else:
            found = source.arrays(recording, call, [name])[name]
        rows[call] = branch_of(found, side, recording.call(call).branches, layer)
    return rows
