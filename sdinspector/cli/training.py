"""The commands that train and measure models: ``train``, ``evaluate`` and ``localise``."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sdinspector.cli.shared import INTERRUPTED, Bar, Commands, command, model_options, numbers
from sdinspector.core import TrainingSpec


def add_commands(commands: Commands) -> None:
    """Add ``train``, ``evaluate`` and ``localise``."""
    train = command(
        commands,
        "train",
        _train,
        "train a model on pictures with captions, or the built-in model from nothing",
    )
    train.add_argument(
        "what",
        metavar="FOLDER|TABLE|shapes:N|shapes",
        help="pictures with captions; shapes:N draws N scenes; shapes alone trains the built-in "
        "model from nothing",
    )
    train.add_argument("--out", required=True, metavar="FOLDER", help="the model, when done")
    train.add_argument("--work", metavar="FOLDER", help="state to resume from (default: OUT.work)")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--fresh", action="store_true", help="start over, ignore saved state")
    train.add_argument(
        "--preset", default="full", choices=("full", "tiny"), help="of training from nothing"
    )
    model_options(train)
    _own_pictures(train.add_argument_group("pictures of one's own"))

    evaluate = command(commands, "evaluate", _evaluate, "measure a model on the shapes world")
    evaluate.add_argument("--model", default="shapes", metavar="shapes|FOLDER")
    evaluate.add_argument("--prompts", type=int, default=500)
    evaluate.add_argument("--steps", type=int, default=30)
    evaluate.add_argument("--scales", default="1,2,3,5", metavar="S,S,…")
    evaluate.add_argument("--seed", type=int, default=1)
    evaluate.add_argument("--json", action="store_true", help="print JSON")

    localise = command(
        commands, "localise", _localise, "measure how well heat maps find what words name"
    )
    model_options(localise)
    localise.add_argument("--choose", type=int, default=100, metavar="N", help="captions to fit on")
    localise.add_argument("--report", type=int, default=200, metavar="N", help="others, to score")
    localise.add_argument(
        "--timesteps", default="1,100,200", metavar="T,T,…", help="of drawn pictures, 0 to 999 each"
    )
    localise.add_argument("--steps", type=int, default=30, help="of generated pictures")
    localise.add_argument("--guidance", type=float, default=2.0, metavar="S", help="of these")
    localise.add_argument("--seed", type=int, default=11)
    localise.add_argument(
        "--only", choices=("observed", "generated"), help="drawn or generated pictures alone"
    )
    localise.add_argument("--json", action="store_true", help="print JSON")


def _own_pictures(own: Any) -> None:
    """Add the settings of a training on pictures of one's own."""
    own.add_argument("--caption", default="", metavar="TEXT", help="one for all pictures")
    own.add_argument(
        "--method",
        default="auto",
        choices=("auto", "whole", "lora"),
        help="train the whole UNet or a LoRA (auto: LoRA for large models)",
    )
    own.add_argument("--steps", type=int, default=200)
    own.add_argument("--batch", type=int, default=4)
    own.add_argument("--accumulate", type=int, default=1, metavar="N", help="batches a step")
    own.add_argument(
        "--rate", type=float, default=0.0, help="learning rate (0: 2e-4 whole, 1e-3 LoRA)"
    )
    own.add_argument("--warmup", type=int, default=10, metavar="STEPS")
    own.add_argument("--dropout", type=float, default=0.1, metavar="P", help="of captions")
    own.add_argument("--min-snr", type=float, default=0.0, metavar="GAMMA", help="0: plain loss")
    own.add_argument("--ema", type=float, default=0.0, metavar="DECAY", help="average the weights")
    own.add_argument("--rank", type=int, default=8, help="of LoRA")
    own.add_argument("--alpha", type=float, default=0.0, help="of LoRA (0: the rank)")
    own.add_argument("--width", type=int, default=0)
    own.add_argument("--height", type=int, default=0)
    own.add_argument(
        "--sample", action="append", default=[], metavar="PROMPT", help="make pictures of it"
    )
    own.add_argument("--every", type=int, default=50, metavar="STEPS", help="between two of them")
    own.add_argument("--guidance", type=float, default=3.0, metavar="S", help="of these")
    own.add_argument(
        "--control",
        type=int,
        metavar="N",
        help="take the loss of N drawn shapes before and after (default: 200 for the built-in "
        "model, else none)",
    )
    own.add_argument(
        "--save-seconds", type=float, default=60.0, metavar="S", help="between saved states"
    )
    own.add_argument("--overwrite", action="store_true", help="replace OUT")
    own.add_argument("--json", action="store_true", help="print JSON")


def _train(options: argparse.Namespace) -> int:
    if options.what != "shapes" or Path(options.what).exists():
        return _train_on_pictures(options)
    from sdinspector.engine.training import train_shapes

    with Bar(quiet=False) as bar:
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


def _train_on_pictures(options: argparse.Namespace) -> int:
    spec = TrainingSpec(
        method=options.method,
        steps=options.steps,
        batch=options.batch,
        accumulation=options.accumulate,
        learning_rate=options.rate,
        warmup=options.warmup,
        caption_dropout=options.dropout,
        min_snr=options.min_snr,
        average=options.ema,
        seed=options.seed,
        rank=options.rank,
        alpha=options.alpha,
        width=options.width,
        height=options.height,
        prompts=tuple(options.sample),
        every=options.every if options.sample else 0,
        guidance=options.guidance,
    )
    spec.validate()
    from sdinspector.engine import open_model, training_data
    from sdinspector.engine.finetuning import TrainingStep, finetune

    pictures = training_data.find(options.what, options.caption)
    for remark in pictures.remarks:
        print(f"sdinspector: {remark}", file=sys.stderr)
    with Bar(options.quiet) as bar:
        model = open_model(options.model, options.device, options.dtype, on_progress=bar.progress)
        count = options.control
        if count is None:
            count = 200 if model.source == "shapes" else 0
        side = model.card.width
        control = training_data.control(count, side)

        def told(step: TrainingStep) -> None:
            figures = {"loss": step.smoothed, "rate": step.learning_rate, "left s": step.left}
            bar.training("training", step.done, step.total, figures)

        with _stopped_by_the_keyboard() as should_stop:
            result = finetune(
                model,
                pictures,
                spec,
                options.out,
                work=options.work,
                control=control,
                resume=not options.fresh,
                overwrite=options.overwrite,
                save_seconds=options.save_seconds,
                should_stop=should_stop,
                on_step=told,
                on_progress=bar.training,
            )
    found = {**dataclasses.asdict(result), "pictures": len(pictures.items), "control": count}
    if options.json:
        print(json.dumps(found, indent=2, default=str))
    else:
        print(_told(found))
    return 0 if result.out is not None else INTERRUPTED


def _told(found: dict[str, Any]) -> str:
    """Return what came of a training, for people."""
    if found["out"] is None:
        return f"stopped after {found['steps']} steps; the same command goes on from there"
    lines = [
        f"{found['out']}: {found['method']}, {found['steps']} steps, {found['pictures']} pictures",
        _change("mean loss of the pictures", found["before"], found["after"]),
    ]
    if found["control_before"] is not None:
        name = f"mean loss of {found['control']} shapes"
        lines.append(_change(name, found["control_before"], found["control_after"]))
    lines.append("(fixed timesteps and noise, no caption dropped)")
    return "\n".join(lines)


def _change(what: str, before: float, after: float) -> str:
    return f"{what}: {before:.4f} before, {after:.4f} after ({100 * (after / before - 1):+.1f} %)"


@contextlib.contextmanager
def _stopped_by_the_keyboard() -> Iterator[Callable[[], bool]]:
    """Let Ctrl+C end a training after the step that is being done; the second one at once."""
    asked = False

    def ask(*_: object) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)


def _evaluate(options: argparse.Namespace) -> int:
    scales = tuple(numbers(options.scales, float, "--scales"))
    from sdinspector.engine.evaluation import evaluate, format_table

    with Bar(quiet=False) as bar:
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


def _localise(options: argparse.Namespace) -> int:
    timesteps = tuple(numbers(options.timesteps, int, "--timesteps"))
    from sdinspector.engine import open_model
    from sdinspector.engine.localisation import PARTS, Plan, format_tables, localise

    plan = Plan(
        choose=options.choose,
        report=options.report,
        timesteps=timesteps,
        steps=options.steps,
        guidance=options.guidance,
        seed=options.seed,
        parts=(options.only,) if options.only else PARTS,
    )
    with Bar(options.quiet) as bar:
        model = open_model(options.model, options.device, options.dtype, on_progress=bar.progress)
        result = localise(model, plan, on_progress=bar.training)
    print(json.dumps(result, indent=2) if options.json else format_tables(result))
    return 0
