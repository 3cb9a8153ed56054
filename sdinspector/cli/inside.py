"""Exports what lies inside the network: attention, heads and activations, recorded or replayed."""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import heatmaps, statistics
from sdinspector.cli.exporting import chosen_calls
from sdinspector.cli.shared import Bar, usage
from sdinspector.core import (
    Branch,
    FigureSpec,
    InspectorError,
    RunSpec,
    denoiser_path,
    verdict_of,
    worse,
)
from sdinspector.export import (
    Side,
    activation_figure,
    attention_figure,
    attention_sheet,
    average_figure,
    branch_of,
    channels_figure,
    choose_layers,
    export_figure,
    heads_figure,
    heads_table_figure,
    save_picture,
    steps_figure,
    subjects_of,
)
from sdinspector.recording import Recording
from sdinspector.recording.attention import (
    AttentionSums,
    attention_layers,
    network_order,
    sum_calls,
    tokens_of_call,
)
from sdinspector.recording.attention_summary import PREFIX

if TYPE_CHECKING:
    from sdinspector.engine import Model
    from sdinspector.engine.probing import Probe


def export(recording: Recording, options: argparse.Namespace, out: Path) -> Path:
    """Write what the options of ``export`` name; returns the file."""
    with Bar(options.quiet) as bar:
        source = Source(options, bar)
        make = {"activation": _activation, "heads": _heads, "attention": _attention}[options.what]
        figure = source.signed(make(recording, source, options))
        if options.average:
            if figure.kind != "map":
                usage("--average is of one word: name it with --word.")
            others = [Recording.open(path) for path in options.average]
            figure = average_figure(
                [figure, *(source.signed(_attention(one, source, options)) for one in others)]
            )
        if options.what == "attention" and _ending(options) == ".png":
            return save_picture(figure, attention_sheet(recording, figure), out)
        return export_figure(figure, out)


class Source:
    """Gets arrays from a recording, or by replay with a model that is opened when first needed.

    Parameters
    ----------
    options
        Of ``export``: model, device, dtype.
    bar
        Shows what takes long.
    """

    def __init__(self, options: argparse.Namespace, bar: Bar) -> None:
        self._options, self.bar = options, bar
        self._model: Model | None = None
        self._name = ""
        self._difference: float | None = None

    def replayed(self, difference: float) -> None:
        """Remember how well a replay agreed with what was recorded; the worst counts."""
        self._difference = worse(self._difference or 0.0, difference)

    def signed(self, figure: FigureSpec) -> FigureSpec:
        """Return a figure that says how well the replays it was made of agreed, if any."""
        difference, self._difference = self._difference, None
        if difference is None:
            return figure
        known = None if math.isnan(difference) else difference
        said = {"verdict": verdict_of(difference), "difference": known}
        return dataclasses.replace(figure, about={**figure.about, "replay": said})

    def model(self, recording: Recording, what: str) -> Model:
        """Return the recording's model, opened once for all recordings of one.

        Raises
        ------
        InspectorError
            ``export.no-model`` where it cannot be opened.
        """
        options = self._options
        name = options.model or str(recording.model.get("source", "shapes"))
        if self._model is None or name != self._name:
            from sdinspector.engine import open_model

            if self._model is not None:
                self._model.close()
            self._model, self._name = None, name
            try:
                self._model = open_model(
                    name, options.device, options.dtype, on_progress=self.bar.progress
                )
            except InspectorError as error:
                raise InspectorError(
                    "export.no-model",
                    f"{recording.path.name} does not hold {what}, and the model that could replay "
                    f"it cannot be opened. {error} Name the model with --model.",
                    path=str(recording.path),
                    what=what,
                    model=name,
                ) from error
        return self._model

    def arrays(
        self, recording: Recording, call: int, names: Sequence[str]
    ) -> dict[str, NDArray[Any]]:
        """Return arrays of a call, replaying it for those that are not recorded."""
        missing = [name for name in names if not recording.has(recording.call(call).index, name)]
        found: dict[str, NDArray[Any]] = {}
        if missing:
            from sdinspector.engine import replay

            model = self.model(recording, missing[0].partition("/")[2])
            done = replay(model, recording, call, missing)
            self.replayed(done.difference)
            found |= done
        return found | {name: recording.array(call, name) for name in names if name not in found}

    def summed(
        self, recording: Recording, names: Mapping[str, str], calls: Sequence[int]
    ) -> dict[str, NDArray[np.float32]]:
        """Return arrays of several calls added up: the name of each by its module path."""
        total: dict[str, NDArray[np.float32]] = {}
        for number, call in enumerate(calls):
            self.bar.show("replaying", number, len(calls))
            arrays = self.arrays(recording, call, list(names.values()))
            for path, name in names.items():
                part = arrays[name].astype(np.float32)
                total[path] = total[path] + part if path in total else part
        return total

    def cross_attentions(self, recording: Recording, branch: Branch) -> tuple[str, ...]:
        """Return the paths of all cross-attentions, in the order of the network.

        The model is asked only where the recording does not hold them all.
        """
        stored = attention_layers(recording, branch=branch)
        if stored and recording.spec.capture.attention == RunSpec().capture.attention:
            return stored
        from sdinspector.engine import anatomy

        tree = anatomy(self.model(recording, "the attention of all layers"))
        found = [denoiser_path(node.path) for node in tree.walk() if node.kind == "cross_attention"]
        if not found:
            from sdinspector.engine.capture import no_cross_attention

            raise no_cross_attention()
        return tuple(sorted(found, key=network_order))


# Attention.


def _attention(recording: Recording, source: Source, options: argparse.Namespace) -> FigureSpec:
    sums, heads = _sums(recording, source, options)
    recipe = options.recipe or ("ovam" if options.text else "daam")
    return attention_figure(
        recording,
        sums,
        subjects_of(
            sums.tokens, options.word or (), options.token or (), _prompt(recording, options)
        ),
        recipe=recipe,
        heads=heads,
        text=options.text or "",
        # A person who names layers wants these, also those that the recipe leaves out.
        own_layers=not options.layer,
    )


def _heads(recording: Recording, source: Source, options: argparse.Namespace) -> FigureSpec:
    sums, heads = _sums(recording, source, options)
    text = options.text or ""
    if _ending(options) == ".csv":
        if options.word or options.token:
            usage("the table of heads has every word; --word is for maps (.png, .svg, .npz).")
        return heads_table_figure(recording, sums, chosen=heads, text=text)
    if len(options.word or []) + len(options.token or []) != 1:
        usage("maps of heads are of one word: name it with --word (or --token), or write a .csv.")
    (subject,) = subjects_of(
        sums.tokens, options.word or (), options.token or (), _prompt(recording, options)
    )
    return heads_figure(recording, sums, subject, chosen=heads, text=text)


def _prompt(recording: Recording, options: argparse.Namespace) -> str:
    if options.text:
        return str(options.text)
    spec = recording.spec
    return spec.negative_prompt if options.branch == "uncond" else spec.prompt


def _sums(
    recording: Recording, source: Source, options: argparse.Namespace
) -> tuple[AttentionSums, heatmaps.Heads]:
    """Return the attention of the chosen layers and calls, and the chosen heads."""
    branch: Branch = options.branch or "cond"
    if options.branch == "difference":
        usage("--branch difference is for activations.")
    heatmaps.find_recipe(getattr(options, "recipe", None) or "daam")
    wanted, heads = _layers_and_heads(options)
    calls = chosen_calls(options.step, recording.calls)
    calls = None if calls is None else [recording.call(call).index for call in calls]
    recording.call(0)  # says clearly where there is none
    layers = choose_layers(source.cross_attentions(recording, branch), list(wanted))
    if heads is None and any(chosen for chosen in wanted.values()):
        heads = {
            path: chosen
            for pattern, chosen in wanted.items()
            if chosen
            for path in choose_layers(layers, [pattern])
        }
    if options.text:
        if branch == "uncond":
            usage("--text asks the conditional branch; leave --branch out.")
        return _asked(recording, source, options.text, layers, calls), heads
    stored = attention_layers(recording, branch=branch)
    if set(layers) <= set(stored):
        return sum_calls(recording, calls, layers, branch), heads
    every = _of_one_prompt(recording, calls, branch)
    names = {path: PREFIX[branch] + path for path in layers}
    return (
        AttentionSums(
            maps=source.summed(recording, names, every),
            calls=every,
            tokens=tokens_of_call(recording, every[0], branch),
            branch=branch,
        ),
        heads,
    )


def _of_one_prompt(
    recording: Recording, calls: Sequence[int] | None, branch: Branch
) -> tuple[int, ...]:
    """Return the calls asked for, or all with the first one's prompt: columns mean words of it."""
    chosen = tuple(range(recording.calls) if calls is None else calls)
    first = tokens_of_call(recording, chosen[0], branch)
    alike = tuple(call for call in chosen if tokens_of_call(recording, call, branch) == first)
    if calls is not None and alike != chosen:
        raise InspectorError(
            "attention.mixed-prompts",
            "The prompt was changed between these steps, so that the columns of their attention "
            "mean different words. Choose steps with one prompt.",
            calls=list(chosen),
        )
    return alike


def _asked(
    recording: Recording,
    source: Source,
    text: str,
    layers: Sequence[str],
    calls: Sequence[int] | None,
) -> AttentionSums:
    """Return the attention that the recorded calls would give another text (OVAM)."""
    from sdinspector.engine import probe_iter

    model = source.model(recording, "the queries of its layers")
    steps = probe_iter(model, recording, text, calls, layers)
    while True:
        try:
            done = next(steps)
        except StopIteration as end:
            found: Probe = end.value
            break
        source.bar.show("asking", done.done, done.total)
    source.replayed(found.difference)
    return AttentionSums(maps=found.maps, calls=found.calls, tokens=found.tokens)


def _layers_and_heads(
    options: argparse.Namespace,
) -> tuple[dict[str, tuple[int, ...]], heatmaps.Heads]:
    """Return the heads named behind each layer's path (PATH:1,3), and those of every layer."""
    wanted: dict[str, tuple[int, ...]] = {}
    for item in options.layer or ():
        path, colon, behind = item.partition(":")
        try:
            wanted[path] = tuple(int(head) for head in behind.split(",")) if colon else ()
        except ValueError:
            usage(f"heads behind a layer are numbers with commas between them, not {item!r}.")
    if options.head and any(wanted.values()):
        usage("name heads behind their layers or with --head, not both.")
    return wanted, options.head


# Activations.


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
    make = channels_figure if _ending(options) == ".csv" else activation_figure
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


def _ending(options: argparse.Namespace) -> str:
    return Path(options.out).suffix.lower()
