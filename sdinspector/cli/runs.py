"""The commands that make recordings: ``record``, ``sweep``, ``observe`` and ``fork``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sdinspector.cli.shared import (
    Bar,
    Commands,
    check_early,
    command,
    device_options,
    model_options,
    numbers,
    usage,
)
from sdinspector.core import SCHEDULERS, CaptureSpec, RunSpec, edits_of, find_scheduler, make_curve
from sdinspector.core.curves import KINDS

if TYPE_CHECKING:
    from sdinspector.engine import Model
    from sdinspector.recording import Recording


class _Make(Protocol):
    """Makes a recording with an open model; ``settings`` is what all of them take."""

    def __call__(self, model: Model, **settings: Any) -> Recording: ...


def add_commands(commands: Commands) -> None:
    """Add ``record``, ``sweep``, ``observe`` and ``fork``."""
    record = command(commands, "record", _record, "run a prompt and record it")
    record.add_argument("--prompt", required=True, metavar="TEXT")
    _run_options(record)
    record.add_argument("--guidance", type=float, default=7.5, metavar="S")
    record.add_argument(
        "--guidance-curve",
        metavar="KIND:FIRST:LAST[:START[:STOP]]",
        help=f"guidance by step instead, from 0: {', '.join(KINDS)}; an interval has FIRST within "
        "START and STOP, 1 outside; both branches run throughout",
    )
    record.add_argument("--branches", choices=("auto", "both", "cond"), default="auto")
    _out_options(record)

    sweep = command(commands, "sweep", _sweep, "run a prompt at one guidance scale after another")
    sweep.add_argument("prompt", metavar="PROMPT")
    sweep.add_argument("--scales", required=True, metavar="S,S,…", help="guidance scales")
    sweep.add_argument("--sheet", metavar="FILE.png", help="the pictures in a row")
    _run_options(sweep)
    _out_options(sweep, "FOLDER")

    observe = command(commands, "observe", _observe, "look at a picture through the model")
    observe.add_argument("picture", metavar="PICTURE")
    observe.add_argument("--prompt", required=True, metavar="TEXT", help="caption of the picture")
    observe.add_argument(
        "--timesteps", default="100,300,500,700,900", metavar="T,T,…", help="0 to 999 each"
    )
    observe.add_argument("--seed", type=int, default=0, help="of the noise")
    model_options(observe)
    _capture_option(observe)
    _out_options(observe)

    fork = command(commands, "fork", _fork, "go on from a recorded call with a change")
    fork.add_argument("recording", metavar="NAME.sdrec")
    fork.add_argument("--step", type=int, required=True, metavar="K", help="scheduler call")
    fork.add_argument("--guidance", type=float, metavar="S")
    fork.add_argument("--prompt", metavar="TEXT")
    fork.add_argument("--model", default=None, help="where the recording's own cannot be found")
    device_options(fork)
    _out_options(fork)


def _run_options(parser: argparse.ArgumentParser) -> None:
    """Add what every run of a prompt takes."""
    parser.add_argument("--negative", default="", metavar="TEXT", help="negative prompt")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--rescale", type=float, default=0.0, metavar="PHI")
    parser.add_argument("--scheduler", default="", metavar="NAME", help=_scheduler_help())
    parser.add_argument("--width", type=int, default=0, metavar="PIXELS")
    parser.add_argument("--height", type=int, default=0, metavar="PIXELS")
    parser.add_argument("--init", default="", metavar="PICTURE", help="start from this picture")
    parser.add_argument("--strength", type=float, default=1.0, metavar="0..1")
    model_options(parser)
    _capture_option(parser)


def _spec(options: argparse.Namespace, **more: Any) -> RunSpec:
    """Return the run that the options of :func:`_run_options` describe."""
    if options.scheduler:
        find_scheduler(options.scheduler)
    spec = RunSpec(
        prompt=options.prompt,
        negative_prompt=options.negative,
        seed=options.seed,
        steps=options.steps,
        guidance_rescale=options.rescale,
        scheduler=options.scheduler,
        width=options.width,
        height=options.height,
        init=options.init,
        strength=options.strength,
        capture=CaptureSpec.parse(options.capture),
        **more,
    )
    spec.validate()
    return spec


def _record(options: argparse.Namespace) -> int:
    spec = _spec(options, guidance_scale=options.guidance, branches=options.branches)
    curve = _curve(options.guidance_curve)

    def make(model: Model, **settings: Any) -> Recording:
        from sdinspector.engine import run
        from sdinspector.engine.sampling import steps_of_run

        edits = () if curve is None else edits_of(curve(steps_of_run(model, spec)))
        return run(model, replace(spec, edits=edits), **settings)

    return _recorded(options, options.model, make)


def _curve(text: str | None) -> Callable[[Sequence[float]], tuple[float, ...]] | None:
    """Return what makes the curve that ``--guidance-curve`` names, of the steps of the calls."""
    if text is None:
        return None
    kind, *rest = text.split(":")
    try:
        values = [float(part) for part in rest]
    except ValueError:
        values = []
    if kind not in KINDS or not 2 <= len(values) <= 4:
        usage(
            f"--guidance-curve is KIND:FIRST:LAST[:START[:STOP]], KIND one of {', '.join(KINDS)}: "
            f"{text!r}."
        )
    first, last, *ends = values
    named = dict(zip(("start", "stop"), ends, strict=False))

    def make(steps: Sequence[float]) -> tuple[float, ...]:
        return make_curve(kind, steps, first=first, last=last, **named)

    make((0,))  # what is wrong with the numbers is told before a model is opened
    return make


def _sweep(options: argparse.Namespace) -> int:
    scales = numbers(options.scales, float, "--scales")
    sheet = options.sheet
    if sheet is not None and Path(sheet).suffix.lower() not in (".png", ".svg", ".pdf"):
        usage(f"--sheet is a picture, .png, .svg or .pdf: {sheet!r}.")
    spec = _spec(options)
    for scale in scales:
        replace(spec, guidance_scale=scale).validate()
    from sdinspector.engine import open_model, sweep

    with Bar(options.quiet) as bar:
        model = open_model(options.model, options.device, options.dtype, on_progress=bar.progress)
        recordings = sweep(
            model, spec, scales, options.out, on_step=bar.step, overwrite=options.overwrite
        )
    for recording in recordings:
        print(Path(recording.path))
    if sheet is not None:
        from sdinspector.export import export_figure, sweep_figure

        print(export_figure(sweep_figure(recordings), sheet))
    return 0


def _observe(options: argparse.Namespace) -> int:
    timesteps = numbers(options.timesteps, int, "--timesteps")
    capture = CaptureSpec.parse(options.capture)

    def make(model: Model, **settings: Any) -> Recording:
        from sdinspector.engine import observe

        return observe(
            model,
            options.picture,
            options.prompt,
            timesteps,
            seed=options.seed,
            capture=capture,
            **settings,
        )

    return _recorded(options, options.model, make)


def _fork(options: argparse.Namespace) -> int:
    from sdinspector.recording import Recording

    parent = Recording.open(options.recording)
    named = {"guidance_scale": options.guidance, "prompt": options.prompt}
    changes = {name: value for name, value in named.items() if value is not None}

    def make(model: Model, **settings: Any) -> Recording:
        from sdinspector.engine import fork

        return fork(model, parent, options.step, **settings, **changes)

    return _recorded(options, options.model or str(parent.model.get("source", "shapes")), make)


def _recorded(options: argparse.Namespace, source: str, make: _Make) -> int:
    """Open the model, make the recording under one progress bar, and print where it lies."""
    check_early(options.out, overwrite=options.overwrite, picture=getattr(options, "picture", ""))
    from sdinspector.engine import open_model

    with Bar(options.quiet) as bar:
        model = open_model(source, options.device, options.dtype, on_progress=bar.progress)
        recording = make(model, out=options.out, on_step=bar.step, overwrite=options.overwrite)
    print(Path(recording.path))
    return 0


def _capture_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--capture",
        default="attention,statistics",
        metavar="WHAT",
        help="attention,statistics,activations=PATTERN; or all; or none "
        "(default: attention,statistics)",
    )


def _out_options(parser: argparse.ArgumentParser, metavar: str = "NAME.sdrec") -> None:
    parser.add_argument("--out", required=True, metavar=metavar)
    parser.add_argument("--overwrite", action="store_true", help="replace a finished recording")


def _scheduler_help() -> str:
    return "one of " + ", ".join(choice.name for choice in SCHEDULERS) + "; or a class name"
