from __future__ import annotations

import os
import sys
import threading
import weakref

import pytest
from PySide6.QtCore import QObject, Signal

from sdinspector.app.jobs import FunctionJob, OpenModel, RunJob
from sdinspector.app.model_thread import NICENESS, ModelThread
from sdinspector.app.queueing import JobQueue, State
from sdinspector.app.worker import EXECUTORS
from sdinspector.core import Cancelled, InspectorError, ModelCard, ModuleInfo, Progress, RunSpec


class Interactive(FunctionJob):
    interactive = True


EXECUTORS[Interactive] = EXECUTORS[FunctionJob]


class FakeModel:
    """Stands for the engine's model: something with a card that can be closed."""

    def __init__(self, source: str) -> None:
        root = ModuleInfo("", "", "Pipeline", "model")
        self.card = ModelCard(source, source, "Pipeline", "cpu", "float32", source, root, bytes=8)
        self.ballast = bytearray(1000)

    def close(self) -> None:
        del self.ballast


class FakeEngine:
    def __init__(self) -> None:
        self.models: list[weakref.ref[FakeModel]] = []

    def open_model(self, source, device, dtype, on_progress):
        on_progress(Progress(1, 2, "loading"))
        if source == "missing":
            raise InspectorError("model.folder-missing", "There is no such folder.", path=source)
        model = FakeModel(source)
        self.models.append(weakref.ref(model))
        return model


@pytest.fixture
def engine(monkeypatch):
    fake = FakeEngine()
    monkeypatch.setattr("sdinspector.app.worker._engine", lambda: fake)
    monkeypatch.setattr("sdinspector.app.worker._import_libraries", lambda context: None)
    return fake


@pytest.fixture
def worker(qapp):
    thread = ModelThread()
    thread.start()
    yield thread
    thread.shut_down()
    thread.deleteLater()


def job(function, *arguments, slot=None, kind=FunctionJob):
    return kind(function=function, arguments=arguments, slot=slot)


class Gate:
    """Holds the model's thread inside a job until the test opens it."""

    def __init__(self) -> None:
        self.entered, self.opened = threading.Event(), threading.Event()

    def __call__(self, _context) -> None:
        self.entered.set()
        assert self.opened.wait(20)


def collect(worker, count, qtbot):
    with qtbot.waitSignals([worker.job_ended] * count, timeout=5000):
        pass


def test_a_result_reaches_the_gui_thread(worker, qtbot):
    answers = []
    worker.submit(
        job(lambda _, number: (number, threading.current_thread()), 7),
        lambda answer: answers.append((answer, threading.current_thread())),
    )
    qtbot.waitUntil(lambda: bool(answers))
    (number, computed), told = answers[0]
    assert number == 7
    assert told is threading.main_thread()
    assert computed is not told


def test_the_newest_waiting_job_of_a_slot_replaces_the_older_ones(worker, qtbot):
    gate, answers = Gate(), []
    worker.submit(job(gate))
    gate.entered.wait(5)
    handles = [
        worker.submit(job(lambda _, n: n, number, slot="view/map"), answers.append)
        for number in range(5)
    ]
    gate.opened.set()
    qtbot.waitUntil(lambda: not handles[-1].active)
    assert answers == [4]
    assert [handle.state for handle in handles[:-1]] == [State.CANCELLED] * 4


def test_jobs_without_a_slot_all_run_in_order(worker, qtbot):
    answers = []
    for number in range(20):
        worker.submit(job(lambda _, n: n, number), answers.append)
    qtbot.waitUntil(lambda: len(answers) == 20)
    assert answers == list(range(20))


def test_an_exception_ends_the_job_and_not_the_thread(worker, qtbot):
    def fail(_context):
        raise InspectorError("test.wrong", "This went wrong.")

    errors, answers = [], []
    worker.submit(job(fail), on_error=errors.append)
    worker.submit(job(lambda _: "still here"), answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    assert [error.code for error in errors] == ["test.wrong"]
    assert answers == ["still here"]


def test_an_error_that_nobody_asked_for_is_told_with_its_details(worker, qtbot):
    def fail(_context):
        raise ValueError("a bad number")

    with qtbot.waitSignal(worker.failed) as told:
        worker.submit(job(fail))
    error, details = told.args
    assert isinstance(error, ValueError)
    assert "in fail" in details


def test_an_error_on_the_screen_keeps_no_frame_alive(worker, qtbot):
    class Heavy:
        pass

    alive = []

    def fail(_context):
        heavy = Heavy()
        alive.append(weakref.ref(heavy))
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise RuntimeError("outer") from inner

    errors = []
    worker.submit(job(fail), on_error=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert alive[0]() is None


def test_interactive_jobs_are_served_between_two_calls_of_a_run(worker, qtbot):
    order, gate = [], threading.Event()

    def run(_context):
        for call in range(3):
            order.append(f"call {call}")
            yield call
            if call == 0:
                assert gate.wait(20)

    seen = []
    worker.submit(job(run), on_event=seen.append)
    worker.submit(job(lambda _: order.append("waits its turn")))
    qtbot.waitUntil(lambda: seen == [0])
    worker.submit(job(lambda _: order.append("replay"), kind=Interactive))
    gate.set()
    qtbot.waitUntil(lambda: not worker.active)
    assert order == ["call 0", "call 1", "replay", "call 2", "waits its turn"]


def test_cancelling_a_run_closes_its_generator(worker, qtbot):
    closed, seen = [], []

    def run(context):
        try:
            while True:
                yield "call"
        finally:
            closed.append(context.should_stop())

    handle = worker.submit(job(run), on_event=seen.append)
    qtbot.waitUntil(lambda: len(seen) > 2)
    worker.stop_job(handle)
    qtbot.waitUntil(lambda: not handle.active)
    assert handle.state is State.CANCELLED
    assert closed == [True]


def test_a_job_that_raises_cancelled_counts_as_stopped_and_not_as_failed(worker, qtbot):
    def poll(context):
        while not context.should_stop():
            threading.Event().wait(0.001)
        raise Cancelled

    handle = worker.submit(job(poll))
    with qtbot.assertNotEmitted(worker.failed):
        worker.stop_job(handle)
        qtbot.waitUntil(lambda: not handle.active)
    assert handle.state is State.CANCELLED


def test_a_cancelled_handle_calls_nobody_any_more(worker, qtbot):
    gate, answers = Gate(), []
    handle = worker.submit(job(gate), answers.append)
    gate.entered.wait(5)
    handle.cancel()
    gate.opened.set()
    qtbot.waitUntil(lambda: not worker.active)
    assert answers == []


def test_stopping_a_job_that_still_waits_ends_it_at_once(worker, qtbot):
    gate = Gate()
    worker.submit(job(gate))
    gate.entered.wait(5)
    waiting = worker.submit(job(lambda _: None))
    with qtbot.waitSignal(worker.job_ended):
        worker.stop_job(waiting)
    assert waiting.state is State.CANCELLED
    gate.opened.set()
    qtbot.waitUntil(lambda: not worker.active)


def test_shutting_down_during_a_run_waits_for_the_thread_to_end(qapp):
    worker, running = ModelThread(), threading.Event()

    def run(_context):
        while True:
            running.set()
            yield "call"

    worker.start()
    worker.submit(job(run))
    assert running.wait(5)
    worker.shut_down()
    assert not worker.running
    worker.shut_down()


def test_a_thread_that_never_started_shuts_down(qapp):
    worker = ModelThread()
    handle = worker.submit(job(lambda _: None))
    worker.shut_down()
    assert handle.state is State.CANCELLED


def test_jobs_that_need_a_model_wait_for_it(worker, engine, qtbot):
    order = []
    needing = FunctionJob(function=lambda context: context.model.card.source, waits_for_model=True)
    worker.submit(needing, order.append)
    worker.submit(OpenModel(source="shapes"), lambda card: order.append(card.name))
    qtbot.waitUntil(lambda: len(order) == 2)
    assert order == ["shapes", "shapes"]


def test_opening_another_model_frees_the_one_before(worker, engine, qtbot):
    for source in ("first", "second"):
        with qtbot.waitSignal(worker.model_changed):
            worker.submit(OpenModel(source=source))
    first, second = engine.models
    qtbot.waitUntil(lambda: first() is None)
    assert second() is not None
    worker.shut_down()
    assert second() is None


def test_a_model_that_cannot_be_opened_leaves_the_old_one_open(worker, engine, qtbot):
    errors = []
    with qtbot.waitSignal(worker.model_changed):
        worker.submit(OpenModel(source="shapes"))
    worker.submit(OpenModel(source="missing"), on_error=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert worker.card is not None
    assert worker.card.source == "shapes"


def test_a_run_that_waits_for_a_model_that_fails_is_told_so(worker, engine, qtbot, tmp_path):
    handle = worker.submit(RunJob(spec=RunSpec(), out=tmp_path / "x.sdrec"))
    worker.submit(OpenModel(source="missing"), on_error=lambda _: None)
    qtbot.waitUntil(lambda: not worker.active)
    assert handle.state is State.CANCELLED


def test_two_thousand_signals_emitted_from_python_arrive(qapp, qtbot):
    # PySide6 6.12.0 on Python 3.11 aborts after some five hundred.
    class Source(QObject):
        told = Signal(object, bool)

    source, seen = Source(), []
    source.told.connect(lambda number, flag: seen.append((number, flag)))
    for number in range(2000):
        source.told.emit(number, True)  # noqa: FBT003
    assert seen[-1] == (1999, True)
    assert len(seen) == 2000


def test_two_thousand_signals_from_the_thread_arrive_in_order(worker, qtbot):
    seen, ended = [], []

    def talk(_context):
        yield from range(2000)

    worker.submit(job(talk), ended.append, on_event=seen.append)
    qtbot.waitUntil(lambda: bool(ended), timeout=10000)
    assert seen == list(range(2000))


def test_a_closed_queue_takes_nothing():
    queue = JobQueue()
    queue.close()
    from sdinspector.app.queueing import Handle

    handle = Handle(job(lambda _: None))
    assert queue.put(handle) == [handle]
    assert not handle.active
    assert queue.take() is None


@pytest.mark.skipif(sys.platform != "linux", reason="threads have nice values of their own there")
def test_the_thread_that_computes_and_what_it_starts_yield_to_the_window(worker, qtbot):
    def niceness():
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def measure(_context):
        started = []
        helper = threading.Thread(target=lambda: started.append(niceness()))
        helper.start()
        helper.join()
        return niceness(), started[0]

    before = niceness()
    answers = []
    worker.submit(job(measure), on_result=answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == [(before + NICENESS, before + NICENESS)]
    assert niceness() == before
