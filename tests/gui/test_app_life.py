from __future__ import annotations

import gc
import sys
import threading
import weakref

import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication

from sdinspector.app.bootstrap import ExceptionHook, open_window
from sdinspector.app.context import AppContext
from sdinspector.app.jobs import FunctionJob, OpenModel, RunJob
from sdinspector.app.model_thread import ModelThread
from sdinspector.app.queueing import State
from sdinspector.app.settings import Settings
from sdinspector.core import RunSpec
from sdinspector.main_window import MainWindow
from tests.gui.conftest import Probe, close, settle

TIMES = 50


@pytest.fixture
def light_collections():
    """Leave what is imported out of collections, as the program does; torch takes seconds each."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def test_opening_and_closing_fifty_windows_leaves_nothing(light_collections, dressed, monkeypatch):
    monkeypatch.setattr("sdinspector.app.worker._import_libraries", lambda context: None)
    monkeypatch.setattr("sdinspector.app.worker._engine", lambda: None)
    left: list[weakref.ref] = []
    for _ in range(TIMES):
        context = AppContext(Settings())
        window = MainWindow(context, [Probe])
        window.show()
        context.worker.start()
        QApplication.processEvents()
        left += [weakref.ref(item) for item in (window, context, context.worker, window.desk)]
        close(window)
        del window, context
    gc.collect()
    settle()
    assert [ref() for ref in left if ref() is not None] == []
    assert not [item for item in gc.get_objects() if isinstance(item, QThread | QTimer)]


@pytest.mark.usefixtures("light_collections")
def test_fifty_model_changes_with_a_cancelled_run_each_leave_no_model_and_no_hook(
    request, qtbot, tiny_folder, tmp_path, monkeypatch
):
    from sdinspector import engine
    from sdinspector.engine import structure

    # The shapes of all outputs are the slow part of opening; they are the same each time.
    measure, known = structure.output_shapes, {}

    def measure_once(pipeline, *rest):
        if rest not in known:
            known[rest] = measure(pipeline, *rest)
        return known[rest]

    monkeypatch.setattr(structure, "output_shapes", measure_once)
    opened: list[weakref.ref] = []
    hooks = []
    open_model = engine.open_model

    class Engine:
        run_iter = staticmethod(engine.run_iter)

        @staticmethod
        def open_model(*args, **kwargs):
            model = open_model(*args, **kwargs)
            opened.extend(weakref.ref(item) for item in (model, model.pipeline.unet))
            return model

    monkeypatch.setattr("sdinspector.app.worker._engine", lambda: Engine)
    before = set(threading.enumerate())
    worker = ModelThread()
    request.addfinalizer(worker.shut_down)
    worker.start()

    def count_hooks(context):
        return sum(
            len(module._forward_hooks) + len(module._forward_pre_hooks)
            for module in context.model.pipeline.unet.modules()
        )

    for number in range(TIMES):
        worker.submit(OpenModel(source=str(tiny_folder), device="cpu"))
        out = tmp_path / f"{number}.sdrec"
        run = worker.submit(RunJob(spec=RunSpec(prompt="red", steps=200), out=out))
        seen = []
        run.on_event = seen.append
        qtbot.waitUntil(lambda seen=seen: bool(seen))
        worker.stop_job(run)
        worker.submit(FunctionJob(function=count_hooks, waits_for_model=True), hooks.append)
        qtbot.waitUntil(lambda: not worker.active)
        assert run.state is State.CANCELLED
    gc.collect()
    settle()
    assert len(opened) == 2 * TIMES
    assert [ref() for ref in opened[:-2] if ref() is not None] == []
    assert hooks == [0] * TIMES
    worker.shut_down()
    worker.deleteLater()
    gc.collect()
    settle()
    assert [ref() for ref in opened if ref() is not None] == []
    new = set(threading.enumerate()) - before
    # Python keeps a dummy for a thread of Qt's; tqdm has a monitor of its own.
    assert [thread for thread in new if type(thread) is threading.Thread] == []


def test_what_nobody_caught_is_logged_and_told(qapp, caplog):
    context = AppContext(Settings())
    told = []
    context.message.connect(told.append)
    hook = ExceptionHook(context)
    try:
        try:
            raise ZeroDivisionError("a division")
        except ZeroDivisionError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        thread = threading.Thread(target=lambda: 1 // 0, name="divides")
        thread.start()
        thread.join()
        settle()
    finally:
        hook.remove()
        context.shut_down()
        context.deleteLater()
    assert len(told) == 2
    assert "a division" in told[0].text
    assert "ZeroDivisionError" in told[1].details
    assert "Nobody caught this" in caplog.text
    assert sys.excepthook is not hook._hook


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"version": 1, "theme": 7}', "\x00\xff"])
def test_the_program_starts_whatever_the_settings_file_holds(qapp, own_home, text):
    file = own_home / "config" / "settings.json"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="latin-1")
    window, context = open_window(start=False)
    assert context.settings["theme"] == "system"
    assert window.isVisible()
    close(window)


def test_a_layout_that_is_nonsense_does_not_keep_the_window_from_opening(qapp, own_home):
    settings = Settings.of_this_person()
    settings["window.geometry"] = settings["window.state"] = "nonsense"
    settings["spec"] = {"steps": "many", "prompt": 3}
    settings["display"] = {"opacity": "thick", "unknown": 1, "colour_map": "magma"}
    settings.save()
    window, context = open_window(start=False)
    assert context.display.state.colour_map == "magma"
    assert context.display.state.opacity == 0.6
    assert context.document.spec.steps == 30
    close(window)
