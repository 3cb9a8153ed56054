"""What recording costs: CPU time and memory beside the plain diffusers pipeline, in one session.

``python benchmarks/cost.py [--model shapes] [--rounds 9] [--steps 30]`` runs, in an order that is
shuffled every round, the plain pipeline twice (the second is the control: how far two equal things
differ here) and recordings with nothing, the default and everything captured. It prints ratios of
CPU time (all threads) to the first plain run of the same round: median and middle 90 %.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psutil
import torch

from sdinspector.core import CaptureSpec, RunSpec
from sdinspector.engine import open_model, run

PROMPT = "a small blue star left of a large green ring"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="shapes")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=30)
    options = parser.parse_args()
    model = open_model(options.model)
    folder = Path(tempfile.mkdtemp(prefix="sdinspector-cost-"))
    captures = {
        "recorded, nothing captured": CaptureSpec.nothing(),
        "recorded, default capture": CaptureSpec(),
        "recorded, everything captured": CaptureSpec.everything(),
    }

    def plain() -> None:
        model.pipeline(
            PROMPT,
            num_inference_steps=options.steps,
            guidance_scale=7.5,
            generator=torch.Generator("cpu").manual_seed(0),
        )

    def recorded(name: str) -> Callable[[], None]:
        def work() -> None:
            spec = RunSpec(prompt=PROMPT, steps=options.steps, capture=captures[name])
            run(model, spec, folder / f"{len(name)}.sdrec", overwrite=True)

        return work

    model.pipeline.set_progress_bar_config(disable=True)
    ways: dict[str, Callable[[], None]] = {"plain": plain, "plain again (control)": plain}
    ways.update({name: recorded(name) for name in captures})
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    wall: dict[str, list[float]] = {name: [] for name in ways}
    for work in ways.values():
        work()  # first calls allocate and choose kernels
    shuffle = random.Random(0)  # noqa: S311
    for _ in range(options.rounds):
        for name in shuffle.sample(list(ways), len(ways)):
            gc.collect()
            began, clock = time.process_time(), time.perf_counter()
            ways[name]()
            cpu[name].append(time.process_time() - began)
            wall[name].append(time.perf_counter() - clock)
    print(f"{platform.platform()}, {os.cpu_count()} cores, torch {torch.__version__}")
    print(f"{model.card.name}, {options.steps} steps, {options.rounds} rounds")
    print(f"{'':32s}{'CPU s':>8s}{'wall s':>8s}   CPU time / plain: median (5 % to 95 %)")
    for name in ways:
        ratios = sorted(a / b for a, b in zip(cpu[name], cpu["plain"], strict=True))
        low, high = (
            ratios[int(0.05 * len(ratios))],
            ratios[min(len(ratios) - 1, int(0.95 * len(ratios)))],
        )
        print(
            f"{name:32s}{statistics.median(cpu[name]):8.2f}{statistics.median(wall[name]):8.2f}"
            f"   {statistics.median(ratios):.3f} ({low:.3f} to {high:.3f})"
        )
    for name in captures:
        size = sum(
            f.stat().st_size for f in (folder / f"{len(name)}.sdrec").rglob("*") if f.is_file()
        )
        print(f"{name:32s}{size / 1e6:8.1f} MB on disk")
    _memory(model, folder)
    shutil.rmtree(folder)
    return 0


def _memory(model: object, folder: Path) -> None:
    """Print how far resident memory grows in a long run against a short one."""
    process = psutil.Process()
    for steps in (10, 100):
        gc.collect()
        before = process.memory_info().rss
        highest = before

        def look(_: object) -> None:
            nonlocal highest
            highest = max(highest, process.memory_info().rss)

        run(
            model,  # type: ignore[arg-type]
            RunSpec(prompt=PROMPT, steps=steps, capture=CaptureSpec.everything()),
            folder / f"memory{steps}.sdrec",
            on_step=look,
        )
        print(
            f"{steps:4d} steps, everything captured: "
            f"memory grows by {(highest - before) / 1e6:.1f} MB"
        )


if __name__ == "__main__":
    sys.exit(main())
