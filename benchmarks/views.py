"""How soon a click is on the screen, and how many frames a second playing through a recording has.

``python benchmarks/views.py [--repeat 5] [--steps 30]`` makes two recordings with random models:
one with the attention of SD 1.5 (16 layers of 8 heads, 64² latents), one with modules of 1280
channels. Of each one call is real, the other steps are that call with noise. It opens the whole
window with them, clicks with real mouse events, and reads the clock when the window has painted
what was asked for: the picture of the click, from the disk to the screen. Frames are timed from the
change of the step to the end of painting, one as soon as the one before is painted; then the
window plays by itself at 60 steps a second. The exit status is 1 where 95 of 100 clicks are not
within their bound, or fewer than 95 of 100 steps are painted while it plays.
"""

# ruff: noqa: SLF001  (what a view shows is asked of its insides)

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from benchmarks.sizes import NARROW, WIDE, random_model
from benchmarks.spread import machine, quantile, told
from benchmarks.stopwatch import Stopwatch, settle

PROMPT = "a small blue star left of a large green ring"
CLICK, FRAME = 50.0, 1000.0 / 60.0  # milliseconds
PLAYED = 57.0  # steps a second, of the 60 that are asked for
MODULES = ("unet.up_blocks.1.attentions.0", "unet.up_blocks.1.resnets.0")  # 1280 channels of 16²
LARGE = "unet.up_blocks.1.upsamplers.0"  # 1280 channels of 32²
Times = dict[str, list[float]]


def main() -> int:
    """Measure and print; the exit status says whether the bounds held."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--size", type=int, nargs=2, default=(1280, 800), help="of the window")
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="sdinspector-views-"))
    os.environ["SDINSPECTOR_HOME"] = str(home)
    print(machine())
    try:
        bench = Bench(record(home, options.steps), home, options.size)
        clicks, frames, played = bench.measure(options.repeat)
        bench.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(f"window {options.size[0]} × {options.size[1]}, {os.environ['QT_QPA_PLATFORM']}")
    held = report("from click to painted, ms", clicks, CLICK)
    report("from another step to painted, ms", frames, FRAME)
    print(f"{'played at 60 steps a second':52s}  steps painted a second")
    for name, rates in played.items():
        print(f"  {name:50s}  {told(rates, 1)}")
        held &= median(rates) >= PLAYED
    return 0 if held else 1


def report(title: str, found: Times, bound: float) -> bool:
    """Print one table; return whether 95 of 100 are within the bound."""
    print(f"{title:52s}  median (95 % interval)       95 of 100    most   bound {bound:.1f}")
    held = True
    for name, times in found.items():
        milliseconds = [1000 * value for value in times]
        most = quantile(milliseconds, 0.95)
        held &= most <= bound
        print(
            f"  {name:50s}  {told(milliseconds, 1):25s}{most:11.1f}{max(milliseconds):9.1f}"
            f"   {'' if most <= bound else 'above the bound'}"
        )
    return held


def record(folder: Path, steps: int) -> dict[str, Any]:
    """Make the recordings and return the models' cards."""
    from benchmarks.many_steps import record_quickly
    from sdinspector.core import CaptureSpec, RunSpec

    cards = {}
    paths = tuple(path.removeprefix("unet.") for path in (*MODULES, LARGE))
    for name, changes, capture in (
        ("attention", NARROW, CaptureSpec()),
        ("activations", WIDE, CaptureSpec(activations=paths)),
    ):
        model = random_model(name, changes)
        cards[name] = model.card
        spec = RunSpec(prompt=PROMPT, steps=steps, capture=capture)
        record_quickly(model, spec, folder / f"{name}.sdrec")
        model.close()
    return cards


class Bench:
    """The window, and what is done with it."""

    def __init__(self, cards: dict[str, Any], folder: Path, size: Sequence[int]) -> None:
        from sdinspector.app.bootstrap import open_window

        gc.freeze()  # as the window does when it has imported the libraries
        self.cards, self.folder = cards, folder
        self.window, self.context = open_window(start=False)
        self.window.resize(*size)
        self.watch = Stopwatch(self.window)
        self.clicks: Times = {}
        self.frames: Times = {}
        self.played: Times = {}
        self.settle()

    def measure(self, repeat: int) -> tuple[Times, Times, Times]:
        """Do everything ``repeat`` times; return clicks, frames and rates."""
        for _ in range(repeat):
            self.attention()
            self.activations()
        return self.clicks, self.frames, self.played

    def close(self) -> None:
        """Close the window."""
        self.window.close()
        self.context.shut_down()

    # -- what a person does ----------------------------------------------------------------

    def attention(self) -> None:
        """Open the attention view, click words and cells, play."""
        self.open("attention", view="picture")
        self.context.select(call=self.context.scene.calls - 1)
        self.settle()
        tab = self.place_of_tab("attention")

        def opened() -> bool:
            viewer = self.window.hosts["attention"].viewer
            return (
                viewer is not None
                and viewer._sources.view is not None
                and bool(viewer._drawing.matrix._drawn)
            )

        if self.window.hosts["attention"].viewer is None:
            self.click(self.window.tabs.tabBar(), tab)
            self.watch.until(opened)  # the first time builds the widgets: not what is measured
            self.settle()
            self.open("attention", view="picture")
        viewer = self.window.hosts["attention"].viewer
        self.timed(
            "attention: the tab, a moment after opening",
            lambda: self.click(self.window.tabs.tabBar(), tab),
            opened,
        )
        self.open("attention", view="picture", ahead=False)
        viewer._sources.begin(None)
        self.timed(
            "attention: the tab, nothing read before",
            lambda: self.click(self.window.tabs.tabBar(), tab),
            opened,
        )
        board, state = viewer._board, viewer._drawing
        for key in board.chips.keys[1:5]:
            self.timed(
                "attention: another word: its map and its matrix",
                lambda key=key: self.click(board.chips, board.chips.centre_of(key)),
                lambda key=key: state.state.key == key and state.matrix._drawn[0] == key,
            )
        matrix = board.side.matrix
        for row, column in ((0, 3), (7, 12), (15, 21)):
            self.timed(
                "attention: a cell of the matrix: that step's maps",
                lambda row=row, column=column: self.click(
                    matrix, matrix.cell(row, column).center().toPoint()
                ),
                lambda column=column: viewer._sources.view.question.calls == (column,),
            )
        for mode in ("heads", "layers", "words"):
            button = board.side.modes.button(mode)
            self.timed(
                f"attention: small maps by {mode}",
                lambda button=button: self.click(button, button.rect().center()),
                lambda mode=mode: (
                    mode == "words"
                    or (viewer._sources.tiles is not None and viewer._sources.tiles.mode == mode)
                ),
            )
        self.step(
            "attention: 16 layers × 8 heads, maps of all words",
            lambda call: viewer._sources.view.question.calls == (call,),
        )
        self.play("attention: 16 layers × 8 heads", lambda: viewer._sources.view.question.calls)

    def activations(self) -> None:
        """Choose modules in the tree, play."""
        self.open("activations", view="activations")
        self.context.select(layer=MODULES[0], call=0)
        self.settle()
        viewer = self.window.hosts["activations"].viewer
        tree = self.window.hosts["architecture"].viewer._tree

        def shows(layer: str, call: int) -> bool:
            view = viewer._view
            return view is not None and (view.wish.layer, view.wish.call) == (layer, call)

        for call in (5, 11, 17):
            for layer in (MODULES[1], MODULES[0], LARGE):
                side = "32²" if layer == LARGE else "16²"
                self.context.select(call=call)
                tree.set_path(layer)  # opens the way to it
                tree.set_path(self.context.scene.selection.layer)
                self.settle()
                index = tree._proxy.mapFromSource(tree._model.index_of(layer))
                tree._view.scrollTo(index)
                place = tree._view.visualRect(index).center()
                self.timed(
                    f"activations: a module in the tree: 1280 channels of {side}",
                    lambda place=place: self.click(tree._view.viewport(), place),
                    lambda layer=layer, call=call: shows(layer, call),
                )
        for layer, side in ((MODULES[0], "16²"), (LARGE, "32²")):
            self.context.select(layer=layer, call=0)
            self.settle()
            self.step(
                f"activations: 1280 channels of {side}",
                lambda call, layer=layer: shows(layer, call),
            )
            self.play(f"activations: 1280 channels of {side}", lambda: viewer._view.wish.call)

    # -- how -------------------------------------------------------------------------------

    def open(self, name: str, view: str, *, ahead: bool = True) -> None:
        """Show a recording afresh; ``ahead=False``: hidden views read nothing while it rests."""
        from sdinspector.recording import Recording

        self.context.document.set_model(self.cards[name])
        self.window.desk.show_viewer(view)
        self.context.show_recording(Recording.open(self.folder / f"{name}.sdrec"))
        self.window.flush()
        if not ahead:
            self.window._stage.stop()
        self.settle()
        settle(lambda: not self.window._stage.resting)

    def settle(self) -> None:
        """Let all that is being read and painted come to an end."""
        settle(lambda: bool(self.context.readers.idle))

    def place_of_tab(self, name: str) -> QPoint:
        """Return where a view's tab is."""
        tabs = self.window.tabs
        return tabs.tabBar().tabRect(tabs.indexOf(self.window.hosts[name])).center()

    def click(self, widget: QWidget, place: QPoint) -> None:
        """Click with the left button."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def timed(self, name: str, act: Callable[[], None], done: Callable[[], bool]) -> None:
        """Note how long it takes from acting to what it shows."""
        began = time.perf_counter()
        act()
        self.clicks.setdefault(name, []).append(self.watch.until(done) - began)
        self.settle()

    def step(self, name: str, shown: Callable[[int], bool]) -> None:
        """Go through all steps, each as soon as the one before is painted."""
        self.context.select(call=0, remember=False)
        self.settle()
        for call in range(1, self.context.scene.calls):
            began = time.perf_counter()
            self.context.select(call=call, remember=False)
            ended = self.watch.until(lambda call=call: shown(call))
            self.frames.setdefault(name, []).append(ended - began)
        self.settle()

    def play(self, name: str, shown: Callable[[], Any]) -> None:
        """Let the film strip play as fast as it can; note how many steps a second are painted."""
        strip = self.window.hosts["film"].viewer._strip
        self.context.select(call=0, remember=False)
        self.settle()
        strip._speed.setCurrentIndex(strip._speed.count() - 1)
        seen: list[tuple[Any, float]] = [(shown(), 0.0)]

        def over() -> bool:
            if shown() != seen[-1][0]:
                seen.append((shown(), time.perf_counter()))
            return not strip.playing

        strip.play()
        self.watch.until(over)
        times = [when for _, when in seen[1:]]
        if len(times) > 1:
            rate = (len(times) - 1) / (times[-1] - times[0])
            self.played.setdefault(name, []).append(rate)
        self.settle()


if __name__ == "__main__":
    sys.exit(main())
