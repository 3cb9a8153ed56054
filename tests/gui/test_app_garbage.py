from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject

from sdinspector.app.garbage import GarbageCollector


class Tied(QObject):
    """An object in a cycle, which reference counts never end."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


def drop(ends: list[str]) -> weakref.ref[Tied]:
    """Leave such an object to the collection; the thread that ends it is added to ``ends``."""
    return weakref.ref(Tied(), lambda _: ends.append(threading.current_thread().name))


@pytest.fixture
def collecting():
    gc.enable()
    collector = GarbageCollector()
    yield collector
    collector.stop()
    collector.deleteLater()
    gc.disable()


def allocate_much() -> None:
    kept = [[] for _ in range(5_000)]
    del kept


def test_another_thread_ends_no_qt_object_and_this_one_does(qapp, collecting):
    ends: list[str] = []
    ref = drop(ends)
    thread = threading.Thread(target=allocate_much)
    thread.start()
    thread.join()
    assert ref() is not None
    collecting.collect()
    assert ref() is None
    assert ends == [threading.main_thread().name]


def test_without_it_another_thread_does(qapp):
    gc.collect()
    ends: list[str] = []
    ref = drop(ends)
    gc.enable()
    try:
        thread = threading.Thread(target=allocate_much, name="allocates")
        thread.start()
        thread.join()
    finally:
        gc.disable()
    assert ref() is None
    assert ends == ["allocates"]


def test_garbage_goes_by_itself_in_time(qtbot, collecting, monkeypatch):
    collecting._timer.setInterval(1)
    ref = drop([])

    def gone():
        assert [[] for _ in range(1_000)]
        return ref() is None

    qtbot.waitUntil(gone)


def test_the_interpreters_own_collection_returns_with_the_end_of_the_last(qapp):
    gc.enable()
    first, second = GarbageCollector(), GarbageCollector()
    assert not gc.isenabled()
    first.stop()
    first.stop()
    assert not gc.isenabled()
    second.stop()
    assert gc.isenabled()
    gc.disable()
    first.deleteLater()
    second.deleteLater()
