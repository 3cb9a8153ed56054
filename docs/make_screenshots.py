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
PAGES = {"schedulers": ("levels", "noise", "inversion"), "training": ("objective", "train")}
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
    made = context.scene.recording.path
    window.desk.check_identity()
    wait(lambda: not window.runs.checking)
    fill_benches(window, context)
    context.open_recording(made)
    wait(lambda: context.scene.recording is not None and context.scene.recording.path == made)
    for theme in ("light", "dark"):
        window.desk.set_theme(theme)
        take_theme(window, context, folder, theme)
    window.close()
    context.shut_down()
    del app
    return 0


def fill_benches(window: Any, context: Any) -> None:
    """Let the views that take a picture of one's own show something: a drawn scene."""
    from PIL import Image

    from sdinspector.core import TrainingSpec
    from sdinspector.worlds import ShapesWorld, draw

    scene, caption = ShapesWorld(held_out=None).scene(5)
    picture = Path(os.environ["SDINSPECTOR_HOME"]) / "scene.png"
    Image.fromarray(draw(scene, 64).picture).save(picture)
    show(window, "vae")
    vae = window.hosts["vae"].viewer
    vae.encode(picture)
    wait(lambda: vae._opened is not None and vae._opened.original is not None)  # noqa: SLF001
    vae._board.channels.rows[3].gain.number.setValue(0.3)  # noqa: SLF001
    show(window, "schedulers")
    schedulers = window.hosts["schedulers"].viewer
    schedulers.show_page("noise")
    schedulers.pages["noise"].encode(picture)
    pause(3000)
    schedulers.pages["noise"].set_timestep(240)
    schedulers.show_page("inversion")
    inversion = schedulers.pages["inversion"]
    inversion.take_picture(picture)
    inversion.caption.setText(caption.text)
    inversion.invert()
    wait(inversion.run.isVisible)
    show(window, "training")
    pages = window.hosts["training"].viewer.pages
    objective = pages["objective"].widget
    objective.picture_given.emit(picture)
    objective.caption_field.setText(caption.text)
    objective.caption_field.editingFinished.emit()
    pause(5000)
    objective.curve.run.click()
    wait(objective.curve.run.isEnabled)
    form, live = pages["train"].widget.form, pages["train"].widget.live
    form.set_place("shapes:24")
    form.set_spec(TrainingSpec(steps=60, batch=2, prompts=(PROMPT, "a green ring"), every=12))
    form.control.setValue(24)
    wait(live.begin.isEnabled)
    live.begin.click()
    wait(lambda: context.training.state == "idle")


def show(window: Any, viewer: str) -> None:
    """Bring a view to the front and let it be built."""
    window.desk.show_viewer(viewer)
    pause(300)


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
    for viewer, pages in PAGES.items():
        window.desk.show_viewer(viewer)
        for page in pages:
            window.hosts[viewer].viewer.show_page(page)
            pause(800)
            shoot(window, folder / f"{viewer}-{page}-{theme}.png")
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
