"""What recording costs: CPU time, memory and disk, beside plain diffusers and two other packages.

``python benchmarks/cost.py [--size built-in middle sd15] [--rounds N] [--steps N] [--parts]``

1. Own share: CPU time of hooks, copies and writer over the rest, in one run with the default
   capture.
2. Beside: in an order that is shuffled every round, the plain pipeline twice (the second is the
   control: how far two equal things differ here), recordings, and the packages daam and
   attention-map-diffusers where they are installed (``benchmarks/README.md`` says how). CPU time of
   all threads over that of the plain run of the same round.
3. Disk: bytes a step.
4. Memory: how far the process grows in runs of few and of many steps.

Intervals are 95 % intervals of the median. The exit status is 1 where a bound does not hold.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import importlib.util
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psutil
import torch

from benchmarks.meter import Meter
from benchmarks.sizes import SIZES, Size, make
from benchmarks.spread import interval, machine, told
from sdinspector.core import CaptureSpec, RunSpec
from sdinspector.engine import Model, run
from sdinspector.recording import Recording

PROMPT = "a small blue star left of a large green ring"
TOKENS = 12  # of the prompt above, BOS and EOS among them
DISK_BOUND = 6.0  # megabytes a step, at SD 1.5's size
MEMORY_FACTOR, MEMORY_ROOM = 1.2, 16.0  # of one step's captured bytes; megabytes on top
MEMORY_STEPS = {"built-in": (10, 100, 300), "middle": (2, 8), "sd15": (2, 4)}
CAPTURES = {
    "nothing": CaptureSpec.nothing(),
    "default": CaptureSpec(),
    "everything": CaptureSpec.everything(),
}
Way = Callable[[], None]


def main() -> int:
    """Measure and print; the exit status says whether all bounds held."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", nargs="+", choices=list(SIZES), default=["built-in", "middle"])
    parser.add_argument("--rounds", type=int, help="repeats; each size has its own number")
    parser.add_argument("--steps", type=int, help="of a run; each size has its own number")
    parser.add_argument("--threads", type=int, help="of torch; its own choice where left out")
    parser.add_argument("--parts", action="store_true", help="what the own share is spent on")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=("share", "beside", "memory"),
        default=["share", "beside", "memory"],
    )
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    if options.child:
        return grow(options.size[0], options.child[0], int(options.child[1]))
    print(machine())
    print(f"torch {torch.__version__} with {torch.get_num_threads()} threads")
    held = True
    for name in options.size:
        size = SIZES[name]
        size = replace(
            size, steps=options.steps or size.steps, rounds=options.rounds or size.rounds
        )
        print(f"\n{size.title}: {size.steps} steps, {size.rounds} rounds")
        folder = Path(tempfile.mkdtemp(prefix="sdinspector-cost-"))
        try:
            if {"share", "beside"} & set(options.only):
                model = make(name)
                model.pipeline.set_progress_bar_config(disable=True)
                held &= weigh(model, name, size, folder, parts=options.parts)
                if "beside" in options.only:
                    beside(model, size, folder)
                model.close()
                del model
                gc.collect()
            if "memory" in options.only:
                held &= memory(name, options.threads)
        finally:
            shutil.rmtree(folder)
    return 0 if held else 1


def spec_of(capture: str, steps: int) -> RunSpec:
    """Return the run that is measured."""
    return RunSpec(prompt=PROMPT, steps=steps, capture=CAPTURES[capture])


# -- own share and disk ---------------------------------------------------------------------------


def weigh(model: Model, name: str, size: Size, folder: Path, *, parts: bool) -> bool:
    """Print the own share and the bytes a step; return whether they are within their bounds."""
    out = folder / "share.sdrec"
    run(model, spec_of("default", 1), out)  # the first run allocates and chooses kernels
    meters = []
    for _ in range(size.rounds):
        gc.collect()
        meter = Meter()
        with meter.running():
            run(model, spec_of("default", size.steps), out, overwrite=True)
        meters.append(meter)
    shares = [meter.share for meter in meters]
    in_steps = [meter.share_in_steps for meter in meters]
    print(f"  own share of the default capture   {told(shares)}   bound {size.bound}")
    print(f"  the same in the steps alone        {told(in_steps)}")
    if parts:
        for part in sorted(meters[0].parts, key=meters[0].parts.__getitem__, reverse=True):
            of_total = [meter.parts[part] / (meter.total - meter.own) for meter in meters]
            each = statistics.median(meter.parts[part] / meter.calls[part] for meter in meters)
            count = meters[0].calls[part]
            print(f"    {part:44s}{told(of_total, 4)}  {count:6d} × {1e6 * each:.0f} µs")
    left = hooks_left(model, folder)
    print(f"  hooks put on with capture off      {left}")
    per_step, sums = on_disk(out), on_disk(out, summary=True)
    print(
        f"  on disk                            {per_step:.2f} MB a step with {tokens_of(out)} "
        f"tokens, {sums:.2f} MB of sums"
    )
    small = name != "sd15" or (per_step <= DISK_BOUND and tokens_of(out) <= TOKENS)
    return statistics.median(shares) <= size.bound and not left and small


def hooks_left(model: Model, folder: Path) -> int:
    """Return how many hooks a run with nothing captured puts on, and how many it leaves."""
    meter = Meter()
    with meter.running():
        run(model, spec_of("nothing", 1), folder / "nothing.sdrec", overwrite=True)
    modules = model.pipeline.unet.modules()
    kept = sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in modules)  # noqa: SLF001
    return kept + sum(count for part, count in meter.calls.items() if part.startswith("hook "))


def tokens_of(path: Path) -> int:
    """Return how many tokens of the prompt are stored, BOS and EOS among them."""
    return sum(token.kind != "padding" for token in Recording.open(path).tokens["cond"])


def on_disk(path: Path, *, summary: bool = False) -> float:
    """Return the mean size of a step file, or that of the sums, in megabytes."""
    if summary:
        return (path / "summary.safetensors").stat().st_size / 1e6
    return statistics.mean(file.stat().st_size for file in (path / "steps").iterdir()) / 1e6


# -- beside others --------------------------------------------------------------------------------


def beside(model: Model, size: Size, folder: Path) -> None:
    """Print CPU times and their ratios to the plain pipeline's, all ways interleaved."""
    for work in ways_of(model, 1, folder).values():
        work()
    ways = ways_of(model, size.steps, folder)
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    shuffle = random.Random(0)  # noqa: S311
    for _ in range(size.rounds):
        for name in shuffle.sample(list(ways), len(ways)):
            gc.collect()
            began = time.process_time()
            ways[name]()
            cpu[name].append(time.process_time() - began)
    print(f"  {'':44s}{'CPU s':>7s}   CPU time over plain, median (95 % interval)")
    for name, times in cpu.items():
        ratios = [a / b for a, b in zip(times, cpu["plain"], strict=True)]
        note = "" if name == "plain" else f"   {told(ratios)}"
        print(f"  {name:44s}{statistics.median(times):7.2f}{note}")
    ours = cpu["recorded, default capture"]
    for name in ways:
        if name.startswith("daam"):
            ratios = [a / b for a, b in zip(ours, cpu[name], strict=True)]
            verdict = "worse" if interval(ratios)[0] > 1.0 else "no worse"
            print(f"  default capture over {name:23s}       {told(ratios)}   {verdict}")


def ways_of(model: Model, steps: int, folder: Path) -> dict[str, Way]:
    """Return everything that is interleaved, by name."""

    def plain() -> None:
        model.pipeline(
            PROMPT,
            num_inference_steps=steps,
            guidance_scale=7.5,
            generator=torch.Generator("cpu").manual_seed(0),
        )

    def recorded(capture: str) -> Way:
        out = folder / f"{capture}.sdrec"
        return lambda: void(run(model, spec_of(capture, steps), out, overwrite=True))

    ways: dict[str, Way] = {
        "plain": plain,
        "plain again (control)": plain,
        "recorded, nothing captured": recorded("nothing"),
        "recorded, default capture": recorded("default"),
    }
    if importlib.util.find_spec("daam"):
        trace = importlib.import_module("daam").trace

        def with_daam() -> None:
            with trace(model.pipeline):
                plain()

        ways["daam 0.2.0 (sums over steps)"] = with_daam
    if importlib.util.find_spec("attention_map_diffusers"):
        attention_capture = importlib.import_module("attention_map_diffusers").AttentionCapture

        def with_maps(**settings: Any) -> Way:
            def work() -> None:
                with attention_capture(model.pipeline, **settings) as capture:
                    plain()
                    capture.compute()

            return work

        ways["attention-map-diffusers (last step, mean)"] = with_maps()
        ways["attention-map-diffusers (all steps, heads)"] = with_maps(
            timesteps="all", heads="all", mode="exact"
        )
    return ways


def void(_: object) -> None:
    """Forget a result."""


# -- memory ---------------------------------------------------------------------------------------


def memory(name: str, threads: int | None) -> bool:
    """Print how far memory grows, each run in a process of its own; return whether bounds hold."""
    held = True
    captures = ("default",) if name == "sd15" else ("default", "everything")
    for capture in captures:
        for steps in MEMORY_STEPS[name]:
            command = [sys.executable, __file__, "--size", name, "--child", capture, str(steps)]
            if threads:
                command += ["--threads", str(threads)]
            answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            found = json.loads(answer.splitlines()[-1])
            bound = MEMORY_FACTOR * found["captured"] + MEMORY_ROOM
            if capture == "default":  # of which the bound speaks
                held &= found["growth"] <= bound
            print(
                f"  memory, {capture:10s}{steps:4d} steps: grows by {found['growth']:6.1f} MB, "
                f"bound {bound:.1f} MB (one step's captured bytes: {found['captured']:.1f} MB)"
            )
    return held


def grow(name: str, capture: str, steps: int) -> int:
    """Print how far this process grows in a run, beyond two steps with nothing captured."""
    model = make(name)
    model.pipeline.set_progress_bar_config(disable=True)
    folder = Path(tempfile.mkdtemp(prefix="sdinspector-cost-"))
    try:
        peaks = []
        for wanted, count in (("nothing", 2), ("nothing", 2), (capture, steps)):
            gc.collect()
            out = folder / f"{wanted}.sdrec"
            with highest() as peak:
                run(model, spec_of(wanted, count), out, overwrite=True)
            peaks.append(peak())
        recording = Recording.open(out)
        call = recording.call(0)
        captured = sum(recording.array(0, array).nbytes for array in call.names if "/" in array)
    finally:
        shutil.rmtree(folder)
    print(json.dumps({"growth": (peaks[-1] - peaks[-2]) / 1e6, "captured": captured / 1e6}))
    return 0


@contextmanager
def highest() -> Iterator[Callable[[], int]]:
    """Watch this process's resident memory; yields what tells the highest that was seen."""
    process, over = psutil.Process(), threading.Event()
    seen = [process.memory_info().rss]

    def watch() -> None:
        while not over.wait(0.002):
            seen[0] = max(seen[0], process.memory_info().rss)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield lambda: seen[0]
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
