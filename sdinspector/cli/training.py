"""The commands about the built-in model: ``train``, ``evaluate`` and ``localise``."""

from __future__ import annotations

import argparse
import json

from sdinspector.cli.shared import Bar, Commands, command, model_options, numbers


def add_commands(commands: Commands) -> None:
    """Add ``train``, ``evaluate`` and ``localise``."""
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
