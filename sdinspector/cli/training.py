"""The commands that make the built-in model and measure it: ``train`` and ``evaluate``."""

from __future__ import annotations

import argparse
import json

from sdinspector.cli.shared import Bar, Commands, command, numbers


def add_commands(commands: Commands) -> None:
    """Add ``train`` and ``evaluate``."""
    train = command(commands, "train", _train, "train the built-in model from nothing")
    train.add_argument("what", choices=("shapes",))
    train.add_argument("--out", required=True, metavar="FOLDER", help="the model, when done")
    train.add_argument("--work", metavar="FOLDER", help="state to resume from (default: OUT.work)")
    train.add_argument("--preset", default="full", choices=("full", "tiny"))
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--fresh", action="store_true", help="start over, ignore saved state")

    evaluate = command(commands, "evaluate", _evaluate, "measure a model on the shapes world")
    evaluate.add_argument("--model", default="shapes", metavar="shapes|FOLDER")
    evaluate.add_argument("--prompts", type=int, default=500)
    evaluate.add_argument("--steps", type=int, default=30)
    evaluate.add_argument("--scales", default="1,3,5,7.5", metavar="S,S,…")
    evaluate.add_argument("--seed", type=int, default=1)
    evaluate.add_argument("--json", action="store_true", help="print JSON")


def _train(options: argparse.Namespace) -> int:
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
