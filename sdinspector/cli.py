"""The command line: the same engine as the window, for servers and scripts.

Results go to standard output, progress and errors to standard error. Exit status: 0 done,
1 failed with one clear line, 2 wrong usage. Heavy libraries are imported by the command that
needs them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeAlias

from sdinspector import __version__
from sdinspector.core import (
    SCHEDULERS,
    CaptureSpec,
    Edit,
    InspectorError,
    Progress,
    RunSpec,
    find_scheduler,
)

if TYPE_CHECKING:
    from sdinspector.recording import Recording

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001

COMMANDS = ("gui", "models", "record", "observe", "fork", "export", "train", "evaluate")
FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    Parameters
    ----------
    arguments
        Words after the program's name; the process's own where left out.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or (words[0] not in COMMANDS and not words[0].startswith("-")):
        if words and not Path(words[0]).exists():
            near = difflib.get_close_matches(words[0], COMMANDS, n=1, cutoff=0.7)
            if near:
                _usage(f"there is no command {words[0]!r}. Did you mean {near[0]!r}?")
        words.insert(0, "gui")
    options = build_parser().parse_args(words)
    _use_utf8()
    try:
        return int(options.run(options) or 0)
    except InspectorError as error:
        print(f"sdinspector: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        return FAILED
    except KeyboardInterrupt:
        print("sdinspector: stopped; what was finished is kept.", file=sys.stderr)
        return INTERRUPTED


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="sdinspector",
        description="A microscope for Stable Diffusion. Without a command it opens the window.",
    )
    parser.add_argument("--version", action="version", version=f"sdinspector {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    _add_looking(commands)
    _add_running(commands)
    _add_training(commands)
    return parser


def _add_looking(commands: _Commands) -> None:
    gui = _command(commands, "gui", _gui, "open the window, with a model or a recording")
    gui.add_argument("source", nargs="?", default="", metavar="MODEL or RECORDING")

    models = _command(commands, "models", _models, "list what can be opened here")
    models.add_argument("--json", action="store_true", help="print JSON")

    export = _command(commands, "export", _export, "write a part of a recording to a file")
    export.add_argument("recording", metavar="NAME.sdrec")
    export.add_argument("what", choices=("image", "latents"))
    export.add_argument("--step", type=int, metavar="N", help="scheduler call; all where left out")
    export.add_argument("--out", required=True, metavar="FILE", help="type by the file's ending")


def _add_running(commands: _Commands) -> None:
    record = _command(commands, "record", _record, "run a prompt and record it")
    record.add_argument("--prompt", required=True, metavar="TEXT")
    record.add_argument("--negative", default="", metavar="TEXT", help="negative prompt")
    record.add_argument("--seed", type=int, default=0)
    record.add_argument("--steps", type=int, default=30)
    record.add_argument("--guidance", type=float, default=7.5, metavar="S")
    record.add_argument("--rescale", type=float, default=0.0, metavar="PHI")
    record.add_argument("--branches", choices=("auto", "both", "cond"), default="auto")
    record.add_argument("--scheduler", default="", metavar="NAME", help=_scheduler_help())
    record.add_argument("--width", type=int, default=0, metavar="PIXELS")
    record.add_argument("--height", type=int, default=0, metavar="PIXELS")
    record.add_argument("--init", default="", metavar="PICTURE", help="start from this picture")
    record.add_argument("--strength", type=float, default=1.0, metavar="0..1")
    _model_options(record)
    _capture_option(record)
    _out_options(record)

    observe = _command(commands, "observe", _observe, "look at a picture through the model")
    observe.add_argument("picture", metavar="PICTURE")
    observe.add_argument("--prompt", required=True, metavar="TEXT", help="caption of the picture")
    observe.add_argument(
        "--timesteps", default="100,300,500,700,900", metavar="T,T,…", help="0 to 999 each"
    )
    observe.add_argument("--seed", type=int, default=0, help="of the noise")
    _model_options(observe)
    _capture_option(observe)
    _out_options(observe)

    fork = _command(commands, "fork", _fork, "go on from a recorded call with a change")
    fork.add_argument("recording", metavar="NAME.sdrec")
    fork.add_argument("--step", type=int, required=True, metavar="K", help="scheduler call")
    fork.add_argument("--guidance", type=float, metavar="S")
    fork.add_argument("--prompt", metavar="TEXT")
    fork.add_argument("--model", default=None, help="where the recording's own cannot be found")
    _device_options(fork)
    _out_options(fork)


def _add_training(commands: _Commands) -> None:
    train = _command(commands, "train", _train, "train the built-in model from nothing")
    train.add_argument("what", choices=("shapes",))
    train.add_argument("--out", required=True, metavar="FOLDER", help="the model, when done")
    train.add_argument("--work", metavar="FOLDER", help="state to resume from (default: OUT.work)")
    train.add_argument("--preset", default="full", choices=("full", "tiny"))
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--fresh", action="store_true", help="start over, ignore saved state")

    evaluate = _command(commands, "evaluate", _evaluate, "measure a model on the shapes world")
    evaluate.add_argument("--model", default="shapes", metavar="shapes|FOLDER")
    evaluate.add_argument("--prompts", type=int, default=500)
    evaluate.add_argument("--steps", type=int, default=30)
    evaluate.add_argument("--scales", default="1,3,5,7.5", metavar="S,S,…")
    evaluate.add_argument("--seed", type=int, default=1)
    evaluate.add_argument("--json", action="store_true", help="print JSON")


# ------------------------------------------------------------------------------ the commands


def _gui(options: argparse.Namespace) -> int:
    from sdinspector.app.bootstrap import main as open_window

    return open_window(["sdinspector", *([options.source] if options.source else [])])


def _models(options: argparse.Namespace) -> int:
    from sdinspector.engine import list_models

    found = list_models()
    if options.json:
        rows = [
            {"name": m.name, "source": m.source, "class": m.class_name, "bytes": m.bytes}
            for m in found
        ]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    width = max((len(model.source) for model in found), default=0)
    for model in found:
        size = f"{model.bytes / 1e6:8.1f} MB"
        print(f"{model.source:<{width}}  {model.class_name:<28} {size}")
    return 0


def _record(options: argparse.Namespace) -> int:
    if options.scheduler:
        find_scheduler(options.scheduler)
    spec = RunSpec(
        prompt=options.prompt,
        negative_prompt=options.negative,
        seed=options.seed,
        steps=options.steps,
        guidance_scale=options.guidance,
        guidance_rescale=options.rescale,
        branches=options.branches,
        scheduler=options.scheduler,
        width=options.width,
        height=options.height,
        init=options.init,
        strength=options.strength,
        capture=CaptureSpec.parse(options.capture),
    )
    spec.validate()
    from sdinspector.engine import open_model, run

    with _Bar(options.quiet) as bar:
        model = open_model(options.model, options.device, options.dtype, on_progress=bar.progress)
        recording = run(model, spec, out=options.out, on_step=bar.step, overwrite=options.overwrite)
    _report(recording)
    return 0


def _observe(options: argparse.Namespace) -> int:
    timesteps = _numbers(options.timesteps, int, "--timesteps")
    capture = CaptureSpec.parse(options.capture)
    from sdinspector.engine import observe, open_model

    with _Bar(options.quiet) as bar:
        model = open_model(options.model, options.device, options.dtype, on_progress=bar.progress)
        recording = observe(
            model,
            options.picture,
            options.prompt,
            timesteps,
            out=options.out,
            seed=options.seed,
            capture=capture,
            on_step=bar.step,
            overwrite=options.overwrite,
        )
    _report(recording)
    return 0


def _fork(options: argparse.Namespace) -> int:
    from sdinspector.recording import Recording

    parent = Recording.open(options.recording)
    changes: dict[str, Any] = {}
    edits = []
    if options.guidance is not None:
        edits.append(Edit("guidance", from_call=options.step, value=options.guidance))
    if options.prompt is not None:
        edits.append(Edit("prompt", from_call=options.step, value=options.prompt))
    if edits:
        changes["edits"] = (*parent.spec.edits, *edits)
    from sdinspector.engine import fork, open_model

    source = options.model or str(parent.model.get("source", "shapes"))
    with _Bar(options.quiet) as bar:
        model = open_model(source, options.device, options.dtype, on_progress=bar.progress)
        recording = fork(
            model,
            parent,
            options.step,
            out=options.out,
            on_step=bar.step,
            overwrite=options.overwrite,
            **changes,
        )
    _report(recording)
    return 0


def _export(options: argparse.Namespace) -> int:
    from sdinspector.export import export_recording
    from sdinspector.recording import Recording

    recording = Recording.open(options.recording)
    for path in export_recording(recording, options.what, options.out, call=options.step):
        print(path)
    return 0


def _train(options: argparse.Namespace) -> int:
    from sdinspector.engine.training import train_shapes

    with _Bar(quiet=False) as bar:
        folder = train_shapes(
            options.out,
            work=options.work,
            preset=options.preset,
            resume=not options.fresh,
            seed=options.seed,
            on_progress=bar.training,
        )
    print(folder)
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    scales = tuple(_numbers(options.scales, float, "--scales"))
    from sdinspector.engine.evaluation import evaluate, format_table

    with _Bar(quiet=False) as bar:
        result = evaluate(
            options.model,
            prompts=options.prompts,
            steps=options.steps,
            scales=scales,
            seed=options.seed,
            on_progress=bar.training,
        )
    print(json.dumps(result, indent=2) if options.json else format_table(result))
    return 0


# ------------------------------------------------------------------------------ shared parts


def _command(
    commands: _Commands,
    name: str,
    function: Any,
    summary: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:])
    parser.set_defaults(run=function)
    return parser


def _model_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", default="shapes", metavar="shapes|FOLDER|NAME", help="(default: shapes)"
    )
    _device_options(parser)


def _device_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--dtype", default="auto", help="auto, float32, float16 or bfloat16")
    parser.add_argument("--quiet", action="store_true", help="no progress")


def _capture_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--capture",
        default="attention,statistics",
        metavar="WHAT",
        help="attention,statistics,activations=PATTERN; or all; or none "
        "(default: attention,statistics)",
    )


def _out_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", required=True, metavar="NAME.sdrec")
    parser.add_argument("--overwrite", action="store_true", help="replace a finished recording")


def _scheduler_help() -> str:
    return "one of " + ", ".join(choice.name for choice in SCHEDULERS) + "; or a class name"


def _numbers(text: str, kind: type[Any], option: str) -> list[Any]:
    try:
        numbers = [kind(part) for part in text.split(",") if part.strip()]
    except ValueError:
        numbers = []
    if not numbers:
        _usage(f"{option} takes numbers with commas between them, not {text!r}.")
    return numbers


def _usage(message: str) -> NoReturn:
    print(f"sdinspector: {message}", file=sys.stderr)
    raise SystemExit(WRONG_USAGE)


def _report(recording: Recording) -> None:
    print(Path(recording.path))


def _use_utf8() -> None:
    # A Windows console may still be set to a code page that has no x̂ and no ×.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


class _Bar:
    """One progress bar on standard error, fed by every kind of progress the engine reports."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._stage = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def progress(self, progress: Progress) -> None:
        """Show the progress of loading a model."""
        self._show(progress.text, progress.done, progress.total, "")

    def step(self, event: Any) -> None:
        """Show a finished scheduler call."""
        self._show("denoising", event.call + 1, event.calls, "")

    def training(self, stage: str, done: int, total: int, metrics: dict[str, float]) -> None:
        """Show training or evaluation, with its figures behind the bar."""
        text = "  ".join(f"{name} {value:.4g}" for name, value in metrics.items())
        self._show(stage, done, total, text)

    def _show(self, stage: str, done: int, total: int, text: str) -> None:
        if self._quiet:
            return
        if self._bar is None or stage != self._stage:
            from tqdm import tqdm

            if self._bar is not None:
                self._bar.close()
            self._bar = tqdm(total=total or None, desc=stage, file=sys.stderr, leave=False)
            self._stage = stage
        self._bar.total = total or None
        self._bar.n = done
        if text:
            self._bar.set_postfix_str(text, refresh=False)
        self._bar.refresh()


if __name__ == "__main__":
    sys.exit(main())
