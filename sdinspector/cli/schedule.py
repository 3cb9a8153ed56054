"""The command ``schedule``: the timesteps and noise levels that schedulers visit."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdinspector.analysis.noise_schedule import curves
from sdinspector.cli.noise import save_csv
from sdinspector.cli.shared import Bar, Commands, command, model_options, usage
from sdinspector.core import find_scheduler

if TYPE_CHECKING:
    from sdinspector.analysis.noise_schedule import NoiseLevels

_COLUMNS = ("scheduler", "call", "step", "timestep", "alpha_bar", "sigma", "snr")
_CURVE = ("timestep", "alpha_bar", "sigma", "snr")


def add_commands(commands: Commands) -> None:
    """Add ``schedule``."""
    parser = command(
        commands, "schedule", _schedule, "compare the noise levels that schedulers visit"
    )
    model_options(parser)
    parser.add_argument(
        "--scheduler", metavar="NAME,NAME,…", default="", help="(default: the model's own)"
    )
    parser.add_argument("--steps", type=int, default=30, help="of a run (default: 30)")
    parser.add_argument("--csv", metavar="FILE", help="write every call as a table")
    parser.add_argument(
        "--curve", metavar="FILE", help="write ᾱ, σ and SNR of all training timesteps as a table"
    )
    parser.add_argument("--overwrite", action="store_true")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _schedule(options: argparse.Namespace) -> int:
    from sdinspector import engine
    from sdinspector.engine.noise_levels import noise_levels, training_alpha_bar

    if options.steps < 1:
        usage(f"--steps is from 1, not {options.steps}.")
    for file in (options.csv, options.curve):
        if file and not options.overwrite and Path(file).exists():
            usage(f"{file} is there already; choose another name or --overwrite.")
    names = [name.strip() for name in options.scheduler.split(",") if name.strip()]
    for name in names:
        find_scheduler(name)  # before a model is loaded for nothing
    with Bar(options.quiet or options.json) as bar:
        model = engine.open_model(
            options.model, options.device, options.dtype, on_progress=bar.progress
        )
    found = {name or "own": noise_levels(model, name, options.steps) for name in names or [""]}
    rows = [row for name, levels in found.items() for row in _rows(name, levels)]
    if options.csv:
        save_csv(options.csv, _COLUMNS, rows)
    if options.curve:
        whole = curves(training_alpha_bar(model))
        save_csv(options.curve, _CURVE, _curve_rows(whole))
    if options.json:
        print(json.dumps({"steps": options.steps, "calls": rows}, indent=2))
        return 0
    print("\n\n".join(_table(name, levels) for name, levels in found.items()))
    return 0


def _rows(name: str, levels: NoiseLevels) -> list[dict[str, Any]]:
    columns = (levels.timesteps, levels.alpha_bar, levels.sigma, levels.snr)
    return [
        dict(zip(_COLUMNS, (name, call, levels.step[call], *values), strict=True))
        for call, values in enumerate(zip(*(column.tolist() for column in columns), strict=True))
    ]


def _curve_rows(whole: Any) -> list[dict[str, Any]]:
    columns = (whole.alpha_bar.tolist(), whole.sigma.tolist(), whole.snr.tolist())
    return [
        dict(zip(_CURVE, (t, *values), strict=True))
        for t, values in enumerate(zip(*columns, strict=True))
    ]


def _table(name: str, levels: NoiseLevels) -> str:
    strides = ["", *(f"{stride:9.3f}" for stride in levels.stride)]
    lines = [
        f"{name}: {levels.scheduler}, {levels.steps} steps, {len(levels.sigma)} calls",
        f"{'step':>4} {'t':>8} {'ᾱ':>10} {'σ':>10} {'SNR':>11} {'Δ log SNR':>9}",
    ]
    for step, t, bar, sigma, snr, stride in zip(
        levels.step,
        levels.timesteps,
        levels.alpha_bar,
        levels.sigma,
        levels.snr,
        strides,
        strict=True,
    ):
        lines.append(f"{step + 1:>4} {t:>8.2f} {bar:>10.6f} {sigma:>10.4f} {snr:>11.5g} {stride}")
    told = f"{levels.noisy} of {len(levels.snr)} calls see more noise than picture (SNR below 1)"
    lines.append(told)
    return "\n".join(lines)
