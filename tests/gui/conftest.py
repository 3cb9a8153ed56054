"""What every test of the window gets: its own home, and a look at what it leaves behind."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
import traceback
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from sdinspector.app import theme
from sdinspector.app.context import AppContext
from sdinspector.app.settings import Settings
from sdinspector.app.viewer import Viewer
from sdinspector.core import FigureSpec, RunSpec
from sdinspector.main_window import MainWindow
from tests.gui.samples import Stage


@pytest.fixture(autouse=True, scope="session")
def patience():
    """Waits end as soon as they can; a busy machine may take its time."""
    with pytest.MonkeyPatch.context() as patch:
        wait = QtBot.waitUntil

        def wait_until(self, callback, *, timeout=60_000):
            return wait(self, callback, timeout=timeout)

        patch.setattr(QtBot, "waitUntil", wait_until)
        yield


@pytest.fixture(autouse=True, scope="session")
def collection_on_this_thread_alone():
    """No thread of a library ends what a test has left of Qt; the program has a class for it."""
    enabled = gc.isenabled()
    gc.disable()
    yield
    if enabled:
        gc.enable()


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """Settings, recordings and caches of a test live in its own folder."""
    monkeypatch.setenv("SDINSPECTOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def no_question_unanswered(monkeypatch):
    """A modal box would stop the tests for ever; it fails the test instead."""
    from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

    def refuse(*_args, **_kwargs):
        pytest.fail("a modal box was opened")

    monkeypatch.setattr(QDialog, "exec", refuse)
    for name in ("question", "critical", "warning", "information", "about"):
        monkeypatch.setattr(QMessageBox, name, refuse)
    for name in ("getOpenFileName", "getSaveFileName", "getExistingDirectory"):
        monkeypatch.setattr(QFileDialog, name, refuse)


def settle() -> None:
    """Let deferred deletions happen; ``processEvents`` alone leaves them out."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()


@pytest.fixture(autouse=True)
def nothing_left_behind(request, qapp, monkeypatch) -> Iterator[None]:
    """Fail a test that leaves a running QThread or QTimer, a widget, or a Python thread."""
    threads: list[tuple[weakref.ref[QThread], str]] = []
    timers: list[tuple[weakref.ref[QTimer], str]] = []
    start_thread, start_timer = QThread.start, QTimer.start

    def note_thread(self, *args):
        threads.append((weakref.ref(self), _where()))
        return start_thread(self, *args)

    def note_timer(self, *args):
        timers.append((weakref.ref(self), _where()))
        return start_timer(self, *args)

    monkeypatch.setattr(QThread, "start", note_thread)
    monkeypatch.setattr(QTimer, "start", note_timer)
    before_widgets = {id(widget) for widget in QApplication.topLevelWidgets()}
    before_threads = set(threading.enumerate())
    yield

    def look() -> list[str]:
        settle()
        left = [f"QThread started at {where}" for ref, where in threads if _runs(ref, "isRunning")]
        left += [f"QTimer started at {where}" for ref, where in timers if _runs(ref, "isActive")]
        left += [
            f"{type(widget).__name__} {widget.objectName()!r}"
            for widget in QApplication.topLevelWidgets()
            if id(widget) not in before_widgets and not _harmless(widget)
        ]
        left += [
            f"Python thread {thread.name}"
            for thread in set(threading.enumerate()) - before_threads
            if thread.is_alive()
            and not isinstance(thread, threading._DummyThread)
            and not thread.name.startswith(("tqdm", "tmon", "Thread-auto_conversion"))
        ]
        return left

    gc.collect(1)
    left = look()
    if left:  # perhaps a cycle holds it; collecting is slow once torch is loaded
        gc.collect()
        left = look()
    if not QThreadPool.globalInstance().waitForDone(1000):
        left.append("work in the global thread pool")
    assert not left, "left behind: " + "; ".join(left)


def _where() -> str:
    for frame in reversed(traceback.extract_stack()[:-2]):
        if "sdinspector" in frame.filename or "tests" in frame.filename:
            return f"{frame.filename}:{frame.lineno}"
    return "?"


def _runs(ref, method: str) -> bool:
    item = ref()
    if item is None:
        return False
    try:
        return bool(getattr(item, method)())
    except RuntimeError:  # deleted
        return False


def _harmless(widget) -> bool:
    # Qt keeps the popups of combo boxes and tooltips by itself.
    return widget.metaObject().className() in {"QTipLabel", "QComboBoxPrivateContainer"}


@pytest.fixture
def dressed(qapp):
    """The application in the light theme."""
    theme.apply(qapp, "light")
    return qapp


class Probe(Viewer):
    """A viewer that notes what it is shown."""

    id = "probe"
    title = "Probe"
    description = "Notes what it is shown."
    shortcut = "Ctrl+9"

    def build(self, services, parent):
        self.services, self.scenes, self.pixels, self.closed = services, [], [], False
        self.label = QLabel(parent)
        return self.label

    def show(self, scene):
        self.scenes.append(scene)
        self.label.setText(f"{scene.calls} calls")

    def hover(self, pixel):
        self.pixels.append(pixel)

    def figures(self, scene):
        array = np.arange(6, dtype=np.float32).reshape(2, 3)
        return [FigureSpec("probe", "A probe", "map", {"map": array})]

    def close(self):
        self.closed = True


@pytest.fixture
def make_window(dressed, qtbot):
    """Return a function that opens a window with a probe; all are closed at the end."""
    opened = []

    def make(model="shapes", *, viewers=(Probe,), start=True) -> MainWindow:
        settings = Settings.of_this_person()
        settings["model"] = str(model)
        context = AppContext(settings)
        window = MainWindow(context, None if viewers is None else list(viewers))
        opened.append(window)
        window.show()
        qtbot.waitExposed(window)
        if start:
            context.start()
        return window

    yield make
    for window in opened:
        close(window)


def close(window) -> None:
    """Close and delete a window with its application."""
    context = window.context
    window.close()
    window.deleteLater()
    context.deleteLater()
    settle()


@pytest.fixture
def window(make_window, tiny_folder, qtbot):
    """A window whose model, the tiny one, is ready."""
    window = make_window(tiny_folder)
    qtbot.waitUntil(lambda: window.context.document.model is not None, timeout=60_000)
    return window


@pytest.fixture
def recording(tiny_model, tmp_path):
    """A finished recording of three steps."""
    from sdinspector.engine import run

    spec = RunSpec(prompt="a blue star", negative_prompt="red", seed=5, steps=3, scheduler="euler")
    return run(tiny_model, spec, out=tmp_path / "three.sdrec")


@pytest.fixture
def stage(qtbot, dressed):
    """Makes stages of a viewer's class; at the end none of them has failed."""
    stages = []

    def make(kind):
        stages.append(Stage(qtbot, kind))
        return stages[-1]

    yield make
    for item in stages:
        assert item.host.failed is None
