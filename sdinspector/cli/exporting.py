"""The command that takes a part of a recording away: ``export``."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sdinspector.cli.shared import Commands, command, device_options, usage

if TYPE_CHECKING:
    from sdinspector.recording import Recording

# Which options each part has, besides --out: an option of another part is wrong usage, not ignored.
_INSIDE = {"step", "layer", "head", "branch", "model"}
_PARTS = {
    "image": set(),
    "latents": {"step"},
    "guidance": {"step", "scale", "rescale"},
    "attention": {*_INSIDE, "word", "token", "text", "recipe", "average"},
    "heads": {*_INSIDE, "word", "token", "text"},
    "heard": {"word", "token", "branch"},
    "self-attention": {"step", "layer", "head", "pixel", "model"},
    "activation": {*_INSIDE - {"head"}, "channel"},
    # Of recordings that invert makes:
    "inversion": set(),
    # Of recordings that tokens makes:
    "tokens": set(),
    "embedding": set(),
    "encoder-attention": set(),
    # Of those that objective and train make:
    "objective": set(),
    "training": set(),
}
_OPTIONS = sorted(set.union(*_PARTS.values()))


def add_commands(commands: Commands) -> None:
    """Add ``export``."""
    export = command(commands, "export", _export, "write a part of a recording to a file")
    export.add_argument("recording", metavar="NAME.sdrec")
    export.add_argument("what", choices=tuple(_PARTS))
    export.add_argument("--out", required=True, metavar="FILE", help="type by the file's ending")
    export.add_argument(
        "--step",
        metavar="N|A-B|N,M|all",
        help="scheduler calls, from 0 (latents and attention: all where left out; activation and "
        "guidance: the last; all: how its statistics change; a .csv of guidance: all)",
    )
    export.add_argument(
        "--word",
        action="append",
        metavar="W",
        help="a word of the prompt; may be repeated (all words where left out)",
    )
    export.add_argument(
        "--token", action="append", type=int, metavar="N", help="a token by position; 0 is BOS"
    )
    export.add_argument(
        "--text", metavar="TEXT", help="ask about any text instead of the prompt (OVAM)"
    )
    export.add_argument(
        "--layer",
        nargs="+",
        action="extend",
        metavar="PATH",
        help="modules, or patterns, or the beginning of paths; PATH:1,3 takes heads 1 and 3 of it",
    )
    export.add_argument("--head", nargs="+", type=int, metavar="N", help="heads of every layer")
    export.add_argument("--channel", nargs="+", type=int, metavar="N", help="of an activation")
    export.add_argument(
        "--pixel", metavar="X,Y", help="what this place looks at; fractions of the picture"
    )
    export.add_argument("--branch", choices=("cond", "uncond", "difference"))
    export.add_argument("--recipe", metavar="NAME", help="how heat maps are made (default: daam)")
    export.add_argument(
        "--average",
        nargs="+",
        metavar="OTHER.sdrec",
        help="the same word's map averaged over these recordings too, with its spread",
    )
    export.add_argument("--scale", type=float, metavar="S", help="guidance (default: the run's)")
    export.add_argument("--rescale", type=float, metavar="PHI", help="guidance rescale")
    export.add_argument("--model", help="for what is not recorded (default: the recording's own)")
    device_options(export)


def _export(options: argparse.Namespace) -> int:
    for name in _OPTIONS:
        if getattr(options, name) is not None and name not in _PARTS[options.what]:
            having = [part for part, names in _PARTS.items() if name in names]
            usage(f"--{name} belongs to {', '.join(having)}, not to {options.what}.")
    from sdinspector import export
    from sdinspector.recording import Recording

    recording = Recording.open(options.recording)
    export.check_part(recording, options.what)
    if options.what in ("objective", "training"):
        written = [_learning(recording, options.what, Path(options.out))]
    elif options.what != "image" and recording.kind in ("encode", "text"):
        written = [_bench(recording, options)]
    elif options.what in ("image", "latents"):
        calls = chosen_calls(options.step, recording.calls)
        if calls is not None and len(calls) != 1:
            usage("--step of latents is one call, or all.")
        call = calls[0] if calls else None
        written = export.export_recording(recording, options.what, options.out, call=call)
    elif options.what == "guidance":
        written = [_guidance(recording, options)]
    elif options.what == "inversion":
        written = [_inversion(recording, Path(options.out))]
    else:
        from sdinspector.cli import inside

        written = [inside.export(recording, options, Path(options.out))]
    for path in written:
        print(path)
    return 0


def _bench(recording: Recording, options: argparse.Namespace) -> Path:
    """Write a part of what ``encode`` or ``tokens`` recorded."""
    from sdinspector import export

    if options.step is not None:
        usage(f"--step is of a run, and {options.recording} has no steps.")
    figures = {
        "latents": export.encoded_figure,
        "tokens": export.tokens_figure,
        "embedding": export.embedding_figure,
        "encoder-attention": export.encoder_attention_figure,
    }
    return export.export_figure(figures[options.what](recording), options.out)


def _learning(recording: Recording, what: str, out: Path) -> Path:
    """Write the loss over t or by step as a curve or as columns, or all that was recorded."""
    from sdinspector import export
    from sdinspector.export import files

    kind = files.ending(out, ("npz", "csv", "png", "svg", "pdf"), what)
    if what == "objective":
        if kind == "npz":
            about = export.objective_figure(recording).about
            return files.save_npz(out, export.objective_arrays(recording), about)
        return export.export_figure(export.objective_figure(recording), out)
    if kind == "npz":
        about = export.training_figure(recording).about
        return files.save_npz(out, export.training_arrays(recording), about)
    make = export.training_table if kind == "csv" else export.training_figure
    return export.export_figure(make(recording), out)


def _guidance(recording: Recording, options: argparse.Namespace) -> Path:
    """Write one call's guidance (.png, .npz, .svg), or how the branches compare at each (.csv)."""
    from sdinspector import export
    from sdinspector.export import files

    kind = files.ending(Path(options.out), ("png", "npz", "csv", "svg", "pdf"), "guidance")
    chosen = {"scale": options.scale, "rescale": options.rescale}
    over_calls = kind == "csv" or (kind in ("svg", "pdf") and options.step in (None, "all"))
    if (over_calls or kind in ("svg", "pdf")) and any(one is not None for one in chosen.values()):
        usage("--scale and --rescale are for a .png or an .npz of guidance.")
    calls = chosen_calls(options.step if over_calls else options.step or "-1", recording.calls)
    if over_calls:
        figure = export.branches_figure(recording, calls, curves=kind != "csv")
        return export.export_figure(figure, options.out)
    if calls is None or len(calls) != 1:
        usage("--step of guidance is one call, unless a .csv is written.")
    (call,) = calls
    if kind == "png":
        sheet = export.guidance_sheet(recording, call, **chosen)
        return export.export_figure(sheet, options.out)
    if kind == "npz":
        arrays = export.guidance_arrays(recording, call, **chosen)
        about = export.about_guidance(recording, call, **chosen)
        return files.save_npz(Path(options.out), arrays, about)
    return export.export_figure(export.magnitude_figure(recording, call), options.out)


def _inversion(recording: Recording, out: Path) -> Path:
    """Write both ways (.npz), the error at each level as columns (.csv), or as a curve."""
    from sdinspector import export
    from sdinspector.export import files

    kind = files.ending(out, ("npz", "csv", "png", "svg", "pdf"), "an inversion")
    if kind == "npz":
        arrays = export.inversion_arrays(recording)
        return files.save_npz(out, arrays, export.about_inversion(recording))
    make = export.inversion_table if kind == "csv" else export.inversion_figure
    return export.export_figure(make(recording), out)


def ending(options: argparse.Namespace) -> str:
    """Return the ending of the file to write, in small letters, with its dot."""
    return Path(options.out).suffix.lower()


def chosen_calls(text: str | None, calls: int) -> Sequence[int] | None:
    """Return the scheduler calls that ``--step`` names, or ``None`` for all.

    Parameters
    ----------
    text
        ``"all"``, or numbers and ranges with commas between them; −1 is the last.
    calls
        How many there are, which negative numbers count back from.
    """
    if text is None or text == "all":
        return None
    chosen: list[int] = []
    for part in text.split(","):
        found = re.fullmatch(r"\s*(-?\d+)(?:-(\d+))?\s*", part)
        if found is None:
            chosen = []
            break
        first, last = int(found[1]), found[2]
        first += calls if first < 0 else 0
        chosen += range(first, int(last) + 1) if last else [first]
    if not chosen:
        usage(f"--step takes a number, a range such as 0-9, numbers with commas, or all: {text!r}.")
    return chosen
