"""How many pictures a second follow the VAE view's sliders and its brush.

``python benchmarks/decode.py [--seconds 4] [--repeat 3]`` opens the whole window with the built-in
model, encodes a drawn scene, and moves a gain slider and the brush with real mouse events as fast
as a mouse reports them. A frame counts when the window has painted another decoded picture. Beside
it, in the same run, AutoencoderKL decodes the same latent in a loop by itself. The exit status is 1
where fewer than 10 frames a second are painted.
"""

# ruff: noqa: SLF001  (what a view shows is asked of its insides)

from __future__ import annotations

import argparse
import math
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from benchmarks.spread import machine, told

BOUND = 10.0  # frames a second
MOUSE = 8  # milliseconds between two moves: 125 a second


class Painted(QObject):
    """Counts the frames of a window that show another picture than the one before."""

    def __init__(self, window: QWidget, picture: Any) -> None:
        super().__init__(window)
        self._window, self._picture = window, picture
        self._last = None
        self.times: list[float] = []
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802
        """Let the window paint, then look at what it shows."""
        if event.type() != QEvent.Type.UpdateRequest:
            return False
        self._window.event(event)
        now = self._picture()
        if now is not self._last:
            self._last = now
            self.times.append(time.perf_counter())
        return True


def pause(milliseconds: int) -> None:
    """Let the event loop run for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def rate(painted: Painted, seconds: float, move: Any) -> float:
    """Return the frames a second while ``move(n)`` is called for each move of the mouse."""
    painted.times.clear()
    ended, number = time.perf_counter() + seconds, 0
    while time.perf_counter() < ended:
        move(number)
        number += 1
        pause(MOUSE)
    times = list(painted.times)
    pause(300)
    return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0


def alone(seconds: float) -> float:
    """Return how many latents a second AutoencoderKL decodes, with nothing else to do."""
    import torch
    from diffusers import AutoencoderKL

    from sdinspector.core import paths

    vae = AutoencoderKL.from_pretrained(paths.builtin_model() / "vae").eval()
    latent = torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        vae.decode(latent)
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            vae.decode(latent)
            count += 1
    return count / (time.perf_counter() - began)


def main() -> int:
    """Measure and print; the exit status says whether the bound held."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="sdinspector-decode-"))
    os.environ["SDINSPECTOR_HOME"] = str(home)
    print(machine())
    try:
        found = measure(home, options.seconds, options.repeat)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    for name, rates in found.items():
        print(f"  {name:44s}  {told(rates, 1)} a second")
    return 0 if all(median(found[name]) >= BOUND for name in list(found)[:2]) else 1


def measure(home: Path, seconds: float, repeat: int) -> dict[str, list[float]]:
    """Return rates by what was moved."""
    from sdinspector.app.bootstrap import make_application, open_window
    from sdinspector.worlds import ShapesWorld, draw

    picture = home / "scene.png"
    scene, _ = ShapesWorld(held_out=None).scene(5)
    Image.fromarray(draw(scene, 64).picture).save(picture)
    app = make_application(["sdinspector"])
    window, context = open_window()
    while context.document.model is None:
        pause(50)
    window.desk.show_viewer("vae")
    window.flush()
    viewer = window.hosts["vae"].viewer
    viewer.encode(picture)
    while viewer._opened is None:
        pause(50)
    pause(500)
    channels = viewer._board.channels
    slider, canvas = channels.rows[0].gain.slider, channels.rows[1].canvas.viewport()
    painted = Painted(window, lambda: viewer._board.canvas.right)

    def slide(number: int) -> None:
        share = 0.5 + 0.4 * math.sin(number / 25)
        place = QPoint(round(share * slider.width()), slider.height() // 2)
        QTest.mouseMove(slider, place)
        slider.setSliderPosition(
            round(slider.minimum() + share * (slider.maximum() - slider.minimum()))
        )

    def stroke(number: int) -> None:
        middle = canvas.rect().center()
        reach = 0.3 * min(canvas.width(), canvas.height())
        across, down = reach * math.cos(number / 20), reach * math.sin(number / 33)
        QTest.mouseMove(canvas, middle + QPoint(round(across), round(down)))

    found: dict[str, list[float]] = {"gain slider": [], "brush": [], "AutoencoderKL alone": []}
    for _ in range(repeat):
        QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=slider.rect().center())
        found["gain slider"].append(rate(painted, seconds, slide))
        QTest.mouseRelease(slider, Qt.MouseButton.LeftButton)
        channels.brush.setChecked(True)
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center())
        found["brush"].append(rate(painted, seconds, stroke))
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center())
        channels.brush.setChecked(False)
        channels.clear.click()
        found["AutoencoderKL alone"].append(alone(seconds / 2))
    window.close()
    context.shut_down()
    del app
    return found


if __name__ == "__main__":
    sys.exit(main())
