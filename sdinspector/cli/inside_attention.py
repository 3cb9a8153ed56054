"""Exports attention: words, heads, where words are heard, and what a place looks at."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sdinspector.analysis import heatmaps
from sdinspector.cli.exporting import chosen_calls, ending
from sdinspector.cli.shared import numbers, usage
from sdinspector.cli.source import Source
from sdinspector.core import Branch, FigureSpec, InspectorError, denoiser_path
from sdinspector.export import (
    attention_figure,
    choose_layers,
    heads_figure,
    heads_table_figure,
    heard_figure,
    self_attention_figure,
    subjects_of,
)
from sdinspector.recording import Recording
from sdinspector.recording.attention import (
    AttentionSums,
    attention_layers,
    heard,
    network_order,
    sum_calls,
    tokens_of_call,
)
from sdinspector.recording.attention_summary import PREFIX

if TYPE_CHECKING:
    from sdinspector.engine.probing import Probe


def attention_of(recording: Recording, source: Source, options: argparse.Namespace) -> FigureSpec:
    """Return the maps of words or tokens, of the prompt or of any text."""
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


def heads_of(recording: Recording, source: Source, options: argparse.Namespace) -> FigureSpec:
    """Return one word's map in every head, or the numbers of all heads as a table."""
    sums, heads = _sums(recording, source, options)
    text = options.text or ""
    if ending(options) == ".csv":
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


def heard_where(recording: Recording, options: argparse.Namespace) -> FigureSpec:
    """Return where and when one word is heard, from the recording alone."""
    if options.branch == "difference":
        usage("--branch difference is for activations.")
    if len(options.word or []) + len(options.token or []) != 1:
        usage("what is heard is one word: name it with --word (or --token).")
    found = heard(recording, options.branch or "cond")
    (subject,) = subjects_of(
        found.tokens, options.word or (), options.token or (), _prompt(recording, options)
    )
    return heard_figure(recording, found, subject, table=ending(options) == ".csv")


def self_attention(recording: Recording, source: Source, options: argparse.Namespace) -> FigureSpec:
    """Return what a place of the picture looks at, layer by layer; always by a replay."""
    place = numbers(options.pixel or "", float, "--pixel")
    if len(place) != 2 or not all(0.0 <= part <= 1.0 for part in place):
        usage("--pixel is two fractions of the picture, x,y: 0.5,0.5 is its middle.")
    wanted = chosen_calls(options.step or "-1", recording.calls)
    if wanted is None or len(wanted) != 1:
        usage("--step of self-attention is one call.")
    call = recording.call(wanted[0])
    from sdinspector.engine import anatomy

    model = source.model(recording, "self-attention")
    known = [
        denoiser_path(node.path)
        for node in anatomy(model).walk()
        if node.kind == "self_attention" and node.path.startswith("unet.")
    ]
    layers = choose_layers(sorted(known, key=network_order), options.layer or ())
    shapes = model.shapes(*call.shapes["latent"][-2:])
    names = {}
    for path in layers:
        height, width = shapes[f"unet.{path.rpartition('.transformer_blocks.')[0]}"][-2:]
        row, column = (
            min(int(part * count), count - 1)
            for part, count in ((place[1], height), (place[0], width))
        )
        names[path] = f"self_attention/{path}@{row},{column}"
    arrays = source.arrays(recording, call.index, list(names.values()))
    rows = {path: arrays[name] for path, name in names.items()}
    return self_attention_figure(
        recording, call.index, rows, (place[0], place[1]), heads=options.head
    )
