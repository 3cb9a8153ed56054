"""The commands about noise: ``objective``, the loss that the denoiser was trained on."""

from __future__ import annotations

import argparse
import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sdinspector.cli.shared import (
    Bar,
    Commands,
    check_early,
    command,
    model_options,
    numbers,
    usage,
)
from sdinspector.export import files
from sdinspector.recording import SUFFIX

if TYPE_CHECKING:
    from sdinspector.recording import Recording


def add_commands(commands: Commands) -> None:
    """Add ``objective``."""
    objective = command(
        commands, "objective", _objective, "look at the training loss of a picture, over t"
    )
    objective.add_argument(
        "picture", metavar="PICTURE", help=f"or a recording {SUFFIX}, whose result is taken"
    )
    objective.add_argument("--prompt", help="its caption (a recording has its own)")
    model_options(objective)
    objective.add_argument("--out", required=True, metavar=f"NAME{SUFFIX}")
    objective.add_argument("--overwrite", action="store_true")
    objective.add_argument("--t", type=int, metavar="T", help="timestep that is looked at closely")
    objective.add_argument("--seed", type=int, default=0, help="of its noise (default: 0)")
    objective.add_argument(
        "--timesteps", metavar="T,T,…", help="of the curve (default: 20, evenly spread)"
    )
    objective.add_argument(
        "--seeds", type=int, default=4, metavar="N", help="noises a timestep (default: 4)"
    )
    objective.add_argument(
        "--gamma", type=float, default=5.0, help="of the min-SNR weights (default: 5)"
    )
    objective.add_argument("--width", type=int, default=0)
    objective.add_argument("--height", type=int, default=0)
    objective.add_argument("--csv", metavar="FILE", help="write the curve as a table")
    objective.add_argument("--json", action="store_true", help="print JSON")


# -- objective -------------------------------------------------------------------------------

_COLUMNS = (
    "timestep",
    "snr",
    "weight",
    "loss",
    "loss_spread",
    "loss_uncond",
    "loss_uncond_spread",
    "gap",
)


def _objective(options: argparse.Namespace) -> int:
    from sdinspector import engine
    from sdinspector.engine.objective import objective
    from sdinspector.recording import Recording

    source: Any = options.picture
    if str(source).endswith((SUFFIX, f"{SUFFIX}.zip")):
        source = Recording.open(source)
    elif options.prompt is None:
        usage('a picture needs its caption: --prompt "a red circle", or --prompt "" for none.')
    caption = source.spec.prompt if options.prompt is None else options.prompt
    places = numbers(options.timesteps, int, "--timesteps") if options.timesteps else None
    _free(options.csv, options.overwrite)
    picture = "" if isinstance(source, Recording) else str(source)
    check_early(options.out, overwrite=options.overwrite, picture=picture)
    with Bar(options.quiet or options.json) as bar:
        model = engine.open_model(
            options.model, options.device, options.dtype, on_progress=bar.progress
        )
        recording = objective(
            model,
            source,
            caption,
            options.out,
            timestep=options.t,
            seed=options.seed,
            timesteps=places,
            seeds=options.seeds,
            gamma=options.gamma,
            width=options.width,
            height=options.height,
            overwrite=options.overwrite,
            on_draw=lambda draw: bar.show("draws", draw.done, draw.total),
        )
    rows = _curve(recording)
    if options.csv:
        save_csv(options.csv, _COLUMNS, rows)
    about = recording.manifest["objective"]
    if options.json:
        told = {**about, "curve": rows, "out": str(recording.path)}
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return 0
    print(_objective_table(about, rows))
    print(recording.path)
    return 0


def _curve(recording: Recording) -> list[dict[str, float]]:
    """Return the curve's rows: means over seeds, and their standard deviations."""
    arrays, _ = recording.capture(recording.captures[1])
    means = [arrays[name].mean(axis=1) for name in ("loss", "loss_uncond")]
    spreads = [arrays[name].std(axis=1) for name in ("loss", "loss_uncond")]
    columns = [
        arrays["timesteps"],
        arrays["snr"],
        arrays["weight"],
        means[0],
        spreads[0],
        means[1],
        spreads[1],
        means[1] - means[0],
    ]
    return [
        {name: value.item() for name, value in zip(_COLUMNS, row, strict=True)}
        for row in zip(*columns, strict=True)
    ]


def _objective_table(about: dict[str, Any], rows: list[dict[str, float]]) -> str:
    what = {"epsilon": "the noise ε", "v_prediction": "the velocity v", "sample": "the picture x₀"}
    look = (
        f"t = {about['timestep']}, seed {about['seed']}: loss {about['loss']:.6f} with the "
        f"caption, {about['loss_uncond']:.6f} without"
    )
    lines = [
        f"the denoiser predicts {what[about['prediction_type']]}; loss: mean squared error",
        look,
        "",
        f"{'t':>4} {'SNR':>10} {'min-SNR':>8}  {'loss':>18}  {'without caption':>18}  {'gap':>9}",
    ]
    for row in rows:
        known = f"{row['loss']:.5f} ± {row['loss_spread']:.5f}"
        blind = f"{row['loss_uncond']:.5f} ± {row['loss_uncond_spread']:.5f}"
        lines.append(
            f"{row['timestep']:>4} {row['snr']:>10.4g} {row['weight']:>8.4f}  {known:>18}  "
            f"{blind:>18}  {row['gap']:>9.5f}"
        )
    mean = np.mean([row["loss"] for row in rows])
    return "\n".join([*lines, "", f"mean over these timesteps: {mean:.6f}"])


# -- what the commands share -----------------------------------------------------------------


def _free(file: str | None, overwrite: bool) -> None:
    if file and not overwrite and Path(file).exists():
        usage(f"{file} is there already; choose another name or --overwrite.")


def as_csv(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    """Return rows as CSV text, their columns in this order."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def save_csv(file: str, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    """Write rows as a CSV file."""
    files.save(Path(file), as_csv(columns, rows).encode())
