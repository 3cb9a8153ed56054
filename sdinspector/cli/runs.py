"""The commands that make recordings: ``record``, ``observe`` and ``fork``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sdinspector.cli.shared import Bar, Commands, command, device_options, model_options, numbers
from sdinspector.core import SCHEDULERS, CaptureSpec, RunSpec, find_scheduler

if TYPE_CHECKING:
    from sdinspector.engine import Model
    from sdinspector.recording import Recording


class _Make(Protocol):
    """Makes a recording with an open model; ``settings`` is what all of them take."""

    def __call__(self, model: Model, **settings: Any) -> Recording: ...


def add_commands(commands: Commands) -> None:
    """Add ``record``, ``observe`` and ``fork``."""
    record = command(commands, "record", _record, "run a prompt and record it")
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
    model_options(record)
    _capture_option(record)
    _out_options(record)

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

    def make(model: Model, **settings: Any) -> Recording:
        from sdinspector.engine import run

        return run(model, spec, **settings)

    return _recorded(options, options.model, make)


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


def _out_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", required=True, metavar="NAME.sdrec")
    parser.add_argument("--overwrite", action="store_true", help="replace a finished recording")


def _scheduler_help() -> str:
    return "one of " + ", ".join(choice.name for choice in SCHEDULERS) + "; or a class name"
