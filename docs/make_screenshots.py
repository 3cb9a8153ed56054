"""Make the screenshots of the README from the real program: real model, real run, real window.

``python docs/make_screenshots.py [FOLDER]`` writes PNG files (``docs/screenshots`` where left out).
It needs no display: Qt draws off screen.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCALE = 2.0
PROMPT = "a red circle left of a blue star on a white background"
WORD = 2  # "circle"
MODULE = "unet.up_blocks.3.resnets.0.conv1"
PATIENCE = 120_000  # milliseconds for the model to open or a run to end
SIZES = ((1280, 800), (2560, 1440))

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["SDINSPECTOR_HOME"] = tempfile.mkdtemp(prefix="sdinspector-shots-")
sys.path.insert(0, str(ROOT))


def main() -> int:
    """Take all screenshots and return the exit status."""
    from sdinspector.app.bootstrap import make_application, open_window
    from sdinspector.core import RunSpec

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    app = make_application(["sdinspector"])
    window, context = open_window()
    window.desk.set_theme("light")
    window.resize(*SIZES[0])
    wait(lambda: context.document.model is not None)
    shoot(window, folder / "first-start.png")
    context.document.set_spec(RunSpec(prompt=PROMPT, seed=7, guidance_scale=SCALE))
    pause(500)
    window.runs.run()
    wait(lambda: not window.runs.active)
    window.desk.check_identity()
    wait(lambda: not window.runs.checking)
    encode_a_scene(window)
    for theme in ("light", "dark"):
        window.desk.set_theme(theme)
        take_theme(window, context, folder, theme)
    window.close()
    context.shut_down()
    del app
    return 0


def encode_a_scene(window: Any) -> None:
    """Show the VAE a drawn scene and take a part of one channel away."""
    from PIL import Image

    from sdinspector.worlds import ShapesWorld, draw

    scene, _ = ShapesWorld(held_out=None).scene(5)
    picture = Path(os.environ["SDINSPECTOR_HOME"]) / "scene.png"
    Image.fromarray(draw(scene, 64).picture).save(picture)
    window.desk.show_viewer("vae")
    pause(300)
    viewer = window.hosts["vae"].viewer
    viewer.encode(picture)
    wait(lambda: viewer._opened is not None and viewer._own)  # noqa: SLF001
    viewer._board.channels.rows[3].gain.number.setValue(0.3)  # noqa: SLF001


def take_theme(window: Any, context: Any, folder: Path, theme: str) -> None:
    """Take the window at both sizes and each view at the smaller one, in one theme."""
    for width, height in SIZES:
        window.resize(width, height)
        context.select(call=context.scene.calls - 1)
        window.desk.show_viewer("picture")
        shoot(window, folder / f"window-{width}x{height}-{theme}.png")
    window.resize(*SIZES[0])
    context.select(call=14, word=WORD, layer=MODULE, channel=5, pixel=(0.35, 0.5))
    for viewer in ("attention", "activations", "latents", "u-shape", "text", "vae", "details"):
        window.desk.show_viewer(viewer)
        pause(1500)  # for what is replayed
        shoot(window, folder / f"{viewer}-{theme}.png")
    window.desk.show_viewer("guidance")
    context.select(call=4)
    context.guidance.set_scale(6.0)  # what is looked at; nothing is run
    pause(1500)
    shoot(window, folder / f"guidance-{theme}.png")
    context.guidance.set_scale(SCALE)
    context.select(call=14)
    window.resize(*SIZES[1])
    window.desk.show_viewer("attention")
    shoot(window, folder / f"attention-2560x1440-{theme}.png")


def shoot(window: Any, path: Path) -> None:
    """Let the window settle and save what it shows."""
    pause(700)
    window.grab().save(str(path))
    print(path)


def pause(milliseconds: int) -> None:
    """Let the event loop run for a while."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait(until: Callable[[], bool]) -> None:
    """Let the event loop run until something holds.

    Raises
    ------
    SystemExit
        Where that took too long.
    """
    for _ in range(PATIENCE // 50):
        if until():
            return
        pause(50)
    raise SystemExit("the program did not get there in time")


if __name__ == "__main__":
    sys.exit(main())
