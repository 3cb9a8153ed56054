"""How soon the window is there, and how well it answers while a model loads and runs.

``python benchmarks/window.py [--repeat 3]`` starts the program on a virtual screen (Xvfb and
xdotool must be installed), types into the prompt with real key events while the model loads,
presses Run, and prints one table. Beside each start stands, in the same session, what
``python -c "from diffusers import StableDiffusionPipeline"`` takes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

DISPLAY = ":96"
TYPED = "the quick brown fox jumps over the lazy dog and runs on and on until the model is there"
TICK = 0.002  # seconds between two ticks of the event loop's pulse
ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Measure and print; the exit status says whether all bounds held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(options.steps)
    rows = []
    with_screen = {**os.environ, "DISPLAY": DISPLAY, "QT_QPA_PLATFORM": "xcb"}
    screen = subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", "1280x800x24"])
    try:
        _wait_for_screen(with_screen)
        for _ in range(options.repeat):
            plain = _seconds(
                [sys.executable, "-c", "from diffusers import StableDiffusionPipeline"]
            )
            rows.append({**_start(with_screen, options.steps), "plain_import_s": plain})
    finally:
        screen.terminate()
        screen.wait()
    return _report(rows)


def _wait_for_screen(environment: dict[str, str]) -> None:
    for _ in range(100):
        if not subprocess.run(
            ["xdotool", "getdisplaygeometry"], env=environment, capture_output=True, check=False
        ).returncode:
            return
        time.sleep(0.05)
    raise SystemExit("Xvfb did not start")


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def _start(environment: dict[str, str], steps: int) -> dict[str, Any]:
    home = tempfile.mkdtemp(prefix="sdinspector-bench-")
    command = [sys.executable, __file__, "--child", "--steps", str(steps)]
    environment = {**environment, "SDINSPECTOR_HOME": home, "BENCH_STARTED": repr(time.time())}
    child_process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        if child_process.stdout is None:
            raise SystemExit("no output of the program")
        for line in child_process.stdout:
            if line.startswith("READY"):
                # Real key events through the X server, some twenty a second, as fast typing is.
                subprocess.run(
                    ["xdotool", "type", "--delay", "45", TYPED], env=environment, check=True
                )
                subprocess.run(["xdotool", "key", "F12"], env=environment, check=True)
            elif line.startswith("{"):
                return dict(json.loads(line))
        raise SystemExit(f"the program ended with status {child_process.wait()}")
    finally:
        child_process.wait(timeout=120)
        shutil.rmtree(home, ignore_errors=True)


def child(steps: int) -> int:  # noqa: PLR0915
    """Be the program, with a pulse that measures its event loop."""
    started = float(os.environ["BENCH_STARTED"])
    sys.path.insert(0, str(ROOT))
    from PySide6.QtCore import QEvent, QObject, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from sdinspector.app.bootstrap import make_application, open_window

    app = make_application(["sdinspector"])
    facts: dict[str, Any] = {}
    ticks: list[float] = []
    marks: dict[str, float] = {}

    class FirstPaint(QObject):
        def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() == QEvent.Type.Paint and "painted" not in marks:
                marks["painted"] = time.time()
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_F12:  # type: ignore[attr-defined]
                marks.setdefault("typed", time.time())
            return False

    watcher = FirstPaint()
    app.installEventFilter(watcher)
    window, context = open_window()
    pulse = QTimer()
    pulse.setTimerType(Qt.TimerType.PreciseTimer)
    pulse.setInterval(round(TICK * 1000))
    pulse.timeout.connect(lambda: ticks.append(time.time()))
    pulse.start()
    prompt = window.top_bar.prompt

    def ask_for_input() -> None:
        if "painted" not in marks:
            QTimer.singleShot(1, ask_for_input)
            return
        marks["input"] = time.time()
        window.activateWindow()
        prompt.setFocus()
        prompt.selectAll()
        print("READY", flush=True)

    QTimer.singleShot(0, ask_for_input)

    def model_opened(card: object) -> None:
        if card is not None and "model" not in marks:
            marks["model"] = time.time()
            start_run()

    def start_run() -> None:
        if "model" not in marks or "typed" not in marks:
            QTimer.singleShot(20, start_run)
            return
        if "run" in marks:
            return
        facts["text"] = prompt.text() if hasattr(prompt, "text") else prompt.toPlainText()
        context.document.set_spec(_with_steps(context.document.spec, steps))
        marks["run"] = time.time()
        window.runs.run()

    def run_ended(status: str, seconds: float) -> None:
        marks["ended"] = time.time()
        facts.update(status=status, run_s=seconds)
        QTimer.singleShot(300, finish)

    def finish() -> None:
        load = _delays(ticks, marks["input"], marks["model"])
        run = _delays(ticks, marks["run"], marks["ended"])
        facts.update(
            painted_s=marks["painted"] - started,
            input_s=marks["input"] - started,
            model_s=marks["model"] - started,
            load_longest_ms=max(load) * 1000,
            run_p99_ms=_percentile(run, 0.99) * 1000,
            run_longest_ms=max(run) * 1000,
            keys_lost=len(TYPED) - len(facts["text"]) if facts["text"] != TYPED else 0,
        )
        print(json.dumps(facts), flush=True)
        window.close()

    context.worker.model_changed.connect(model_opened)
    window.runs.ended.connect(run_ended)
    QTimer.singleShot(180_000, window.close)
    code = QApplication.exec()
    context.shut_down()
    return code


def _with_steps(spec: Any, steps: int) -> Any:
    import dataclasses

    return dataclasses.replace(spec, steps=steps)


def _delays(ticks: list[float], start: float, end: float) -> list[float]:
    """Return, for each millisecond from start to end, how long an event then would have waited."""
    inside = [*(tick for tick in ticks if start < tick < end), end]
    delays = []
    instant, index = start, 0
    while instant < end:
        while inside[index] < instant:
            index += 1
        delays.append(max(0.0, inside[index] - instant - TICK))
        instant += 0.001
    return delays


def _percentile(values: list[float], fraction: float) -> float:
    return sorted(values)[min(len(values) - 1, int(fraction * len(values)))]


def _report(rows: list[dict[str, Any]]) -> int:
    def spread(name: str) -> str:
        values = [row[name] for row in rows]
        return f"{statistics.median(values):8.2f}   ({min(values):.2f} to {max(values):.2f})"

    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{len(rows)} starts; median (lowest to highest)")
    for name, text in (
        ("plain_import_s", "plain import of StableDiffusionPipeline, s"),
        ("painted_s", "window painted, s"),
        ("input_s", "window takes input, s"),
        ("model_s", "built-in model ready, s"),
        ("load_longest_ms", "longest gap until the model is ready, ms"),
        ("run_s", "run, s"),
        ("run_p99_ms", "99th percentile of the delay during a run, ms"),
        ("run_longest_ms", "longest delay during a run, ms"),
        ("keys_lost", "keys lost of " + str(len(TYPED))),
    ):
        print(f"{text:50s} {spread(name)}")
    shares = [row["input_s"] / row["plain_import_s"] for row in rows]
    print(f"{'window / plain import':50s} {statistics.median(shares):8.2f}")
    return 0 if all(row["status"] == "done" and not row["keys_lost"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
