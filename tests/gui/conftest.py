"""What every test of the window gets: its own home, and a look at what it leaves behind."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Wherever a thread or a timer was started, this says where, should it be left behind.
import traceback
import weakref

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication

from sdinspector.app import theme


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
        gc.collect()


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
        if thread.is_alive() and not isinstance(thread, threading._DummyThread)
        and not thread.name.startswith(("tqdm", "tmon", "Thread-auto_conversion"))
    ]
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
