"""How soon a tick of the guidance slider is on the screen, and what a minute of dragging costs.

    python benchmarks/slider.py [--ticks 1000] [--drag 60]

Ticks: real key events on the slider of the guidance view, in the whole window, with recordings of
latents of 64² and 128²; the clock is read when the slider tells of its new value and when the
window has painted. Meanwhile the open model counts its own denoiser calls.

Drag: the mouse drags the slider and lets it go again and again, so that each time a fork of the
built-in model's run begins and the one before is ended; threads, jobs that wait, memory and the
delay of the event loop are looked at.
"""

# ruff: noqa: SLF001  (what a view shows is asked of its insides)

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QEventLoop, QPoint, Qt, QThread, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.sizes import NARROW, random_model
from benchmarks.spread import machine, quantile, told
from benchmarks.stopwatch import Stopwatch, settle
from sdinspector.app.jobs import FunctionJob

PROMPT = "a red circle left of a blue star on a white background"
MEDIAN, MOST, DELAY = 8.0, 16.0, 50.0
LEFT = Qt.MouseButton.LeftButton
TICK = 0.005


def main() -> int:
    """Measure and report; returns 1 where a bound does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--ticks", type=int, default=1000)
    parser.add_argument("--drag", type=float, default=60.0, help="seconds of dragging")
    chosen = parser.parse_args()
    held = True
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SDINSPECTOR_HOME"] = folder
        print(machine())
        narrow = Path(folder) / "narrow"
        model = random_model("narrow", NARROW)
        model.pipeline.save_pretrained(narrow)
        model.close()
        bench = Bench(str(narrow))
        for side in (64, 128):
            held &= bench.ticks(side, chosen.ticks)
        bench.open("shapes")
        held &= bench.drag(chosen.drag)
        bench.close()
    return 0 if held else 1


def _count_calls(context: Any) -> list[int]:
    """On the model's thread: count the denoiser's calls from now on."""
    calls = [0]

    def called(*_: Any) -> None:
        calls[0] += 1

    context.model.pipeline.unet.register_forward_hook(called)
    return calls


class Bench:
    """The window on its guidance view."""

    def __init__(self, source: str) -> None:
        from sdinspector.app.bootstrap import open_window

        self.window, self.context = open_window(start=False)
        self.window.resize(1280, 800)
        self.context.settings["model"] = source
        self.context.start()
        self.watch = Stopwatch(self.window)
        self.until(lambda: self.context.document.model is not None)
        self.window.desk.show_viewer("guidance")

    @property
    def viewer(self) -> Any:
        """The guidance viewer."""
        return self.window.hosts["guidance"].viewer

    def open(self, source: str) -> None:
        """Open another model."""
        before = self.context.document.model
        self.context.open_model(source)
        self.until(lambda: self.context.document.model not in (before, None))

    def close(self) -> None:
        """Close the window."""
        self.window.close()
        self.context.shut_down()

    def until(self, done: Any, seconds: float = 600.0) -> None:
        """Let the event loop run until something holds."""
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                raise SystemExit("what was waited for did not come")
            wait(20)

    def run(self, **changes: Any) -> None:
        """Run a prompt in the window and choose its second call."""
        import dataclasses

        document = self.context.document
        spec = dataclasses.replace(document.spec, prompt=PROMPT, **changes)
        document.set_spec(spec)
        self.window.desk.run()
        self.until(lambda: not self.window.runs.active)
        self.until(lambda: self.context.scene.pane is not None and self.context.scene.pane.finished)
        self.context.select(call=1)
        self.until(lambda: self.viewer._view is not None and self.viewer._view.call == 1)
        settle(lambda: bool(self.context.readers.idle))

    def ticks(self, side: int, count: int) -> bool:
        """Press a key on the slider ``count`` times; return whether the bounds hold."""
        self.run(steps=3, scheduler="ddim", width=8 * side, height=8 * side, guidance_scale=7.5)
        self.viewer._head.decode.setChecked(False)
        shape = self.viewer._view.latent.shape
        if shape[1:] != (side, side):
            raise SystemExit(f"the latent is {shape}, not {side}²")
        counted: list[list[int]] = []
        self.context.submit(
            FunctionJob(function=_count_calls, waits_for_model=True), counted.append
        )
        self.until(lambda: bool(counted))
        self.context.guidance.set_onward(False)
        bar, page = self.viewer._head.slider, self.viewer._step
        bar.setFocus()
        times: list[float] = []
        told_at = [0.0]
        bar.moved.connect(lambda _: told_at.__setitem__(0, time.perf_counter()))
        for number in range(count):
            before = page.chosen_rgb
            # First in line: what a listener before ours does counts, too.
            began = time.perf_counter()
            key = Qt.Key.Key_Right if number // 40 % 2 == 0 else Qt.Key.Key_Left
            QTest.keyClick(bar, key)
            painted = self.watch.until(lambda before=before: page.chosen_rgb is not before)
            times.append(painted - began)
        wait(700)
        milliseconds = [1000 * value for value in times]
        most = quantile(milliseconds, 0.99)
        print(
            f"latents of {side}², {count} ticks, to painted, ms: median {told(milliseconds, 2)}, "
            f"99 of 100 {most:.2f}, most {max(milliseconds):.2f}; "
            f"denoiser calls {counted[0][0]}"
        )
        self.viewer._head.decode.setChecked(True)
        self.context.guidance.set_onward(True)
        middle = quantile(milliseconds, 0.5)
        return middle <= MEDIAN and most <= MOST and counted[0][0] == 0

    def drag(self, seconds: float) -> bool:
        """Drag and let go for a while; return whether nothing grows and no event waits long."""
        self.run(steps=20, scheduler="", width=0, height=0, guidance_scale=3.0)
        self.context.select(call=4)
        self.until(lambda: self.viewer._view.call == 4)
        bar = self.viewer._head.slider
        for scale in (4.0, 3.0, 5.0):  # the first time makes what is kept from then on
            self.pull(bar, bar.value(), scale, 200)
            wait(600)
        self.until(lambda: not self.window.runs.active)
        delays: list[float] = []
        last = [time.perf_counter()]

        def beat() -> None:
            now = time.perf_counter()
            delays.append(max(0.0, now - last[0] - TICK))
            last[0] = now

        heart = QTimer()
        heart.setTimerType(Qt.TimerType.PreciseTimer)
        heart.setInterval(int(1000 * TICK))
        heart.timeout.connect(beat)
        heart.start()
        process = psutil.Process()
        rows: list[tuple[int, int, float]] = []
        end = time.monotonic() + seconds
        number = 0
        while time.monotonic() < end:
            number += 1
            target = 2.0 + 7.0 * ((number * 7) % 10) / 10
            self.pull(bar, bar.value(), target, 700)
            wait(500 if number % 5 else 3000)  # most forks are ended, some may finish
            queued = len(self.context.worker.active)
            rows.append((threading.active_count(), queued, process.memory_info().rss / 1e6))
        heart.stop()
        wanted = self.context.guidance.scale
        self.until(lambda: not self.window.runs.active)
        wait(1500)
        recording = self.context.scene.recording
        fresh = recording.guidance[-1] == wanted and self.viewer._view.scale == wanted
        page = self.viewer._step
        fresh &= bool((page.latent == self.viewer._view.denoised(wanted, 0.0)).all())
        half = len(rows) // 2
        early, late = rows[:half], rows[half:]
        milliseconds = [1000 * value for value in delays]
        most = quantile(milliseconds, 0.99)
        growth = max(row[2] for row in late) - max(row[2] for row in early)
        print(
            f"dragging for {seconds:.0f} s, {number} forks: delay of the window, ms: 99 of 100 "
            f"{most:.1f}, most {max(milliseconds):.1f}; threads {early[0][0]} to {late[-1][0]}; "
            f"jobs that wait, at most {max(row[1] for row in rows)}; memory, most of the second "
            f"half over most of the first {growth:+.1f} MB; shown last is "
            f"{'the newest' if fresh else 'STALE'}; Qt threads {_qt_threads()}"
        )
        steady = late[-1][0] <= early[0][0] and max(row[1] for row in rows) <= 2 and growth < 16.0
        return most <= DELAY and steady and fresh

    def pull(self, bar: Any, start: float, target: float, milliseconds: int) -> None:
        """Drag the slider's knob from one scale to another in so long."""
        y = bar.height() // 2
        QTest.mousePress(bar, LEFT, pos=QPoint(round(bar.x_of(start)), y))
        moves = max(2, milliseconds // 16)
        for move in range(1, moves + 1):
            scale = start + (target - start) * move / moves
            QTest.mouseMove(bar, QPoint(round(bar.x_of(scale)), y))
            wait(16)
        QTest.mouseRelease(bar, LEFT, pos=QPoint(round(bar.x_of(target)), y))


def wait(milliseconds: int) -> None:
    """Let the event loop run for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _qt_threads() -> int:
    application = QApplication.instance()
    return len(application.findChildren(QThread)) if application is not None else 0


if __name__ == "__main__":
    sys.exit(main())
