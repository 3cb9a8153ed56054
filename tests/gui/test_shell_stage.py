"""Views draw another recording one after the other, and everything else together."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from sdinspector.app.context import AppContext
from sdinspector.app.settings import Settings
from sdinspector.app.shell.host import ViewerHost
from sdinspector.app.shell.stage import Stage
from sdinspector.app.viewer import Scene, Services, Viewer


class _Writing(Viewer):
    """Writes down when it draws, and when the event loop has turned after that."""

    log: ClassVar[list[str]] = []
    title = "Writing"

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        return QLabel("", parent)

    def empty(self, scene: Scene) -> str | None:
        return None

    def show(self, scene: Scene) -> None:
        self.log.append(self.id)
        QTimer.singleShot(0, lambda: self.log.append("turn"))


class _First(_Writing):
    id = "first"


class _Second(_Writing):
    id = "second"

    def eager(self, scene: Scene) -> bool:
        return not scene.busy


@pytest.fixture
def stage(qtbot: QtBot) -> Any:
    context = AppContext(Settings())
    window = QWidget()
    box = QHBoxLayout(window)
    hosts = {kind.id: ViewerHost(kind, context, pytest.fail) for kind in (_First, _Second)}
    for host in hosts.values():
        box.addWidget(host)
    stage = Stage(hosts, window)
    qtbot.addWidget(window, before_close_func=lambda _: context.shut_down())
    window.show()
    qtbot.waitExposed(window)
    _Writing.log.clear()
    yield stage
    window.hide()  # and lives until here: the test closes what it adds, it does not keep it


def test_each_view_draws_another_recording_in_a_turn_of_its_own(stage: Stage, qtbot: QtBot) -> None:
    stage.show(Scene(generation=1))
    assert _Writing.log == []
    qtbot.waitUntil(lambda: _Writing.log.count("turn") == 2)
    assert _Writing.log == ["first", "turn", "second", "turn"]


def test_views_draw_a_change_of_the_same_recording_together(stage: Stage, qtbot: QtBot) -> None:
    stage.show(Scene(generation=1))
    qtbot.waitUntil(lambda: _Writing.log.count("turn") == 2)
    _Writing.log.clear()
    stage.show(Scene(generation=1, busy=True))
    assert _Writing.log == ["first", "second"]


def test_views_that_wait_draw_the_newest_scene_once(stage: Stage, qtbot: QtBot) -> None:
    stage.show(Scene(generation=1))
    stage.show(Scene(generation=1, busy=True))
    qtbot.waitUntil(lambda: _Writing.log.count("turn") == 2)
    qtbot.wait(30)
    assert [name for name in _Writing.log if name != "turn"] == ["first", "second"]


def test_nothing_is_drawn_after_the_stop(stage: Stage, qtbot: QtBot) -> None:
    stage.show(Scene(generation=1))
    stage.stop()
    qtbot.wait(30)
    assert _Writing.log == []


def hide_all(stage: Stage) -> None:
    """Draw once, so that the views are built, and hide them."""
    stage.show(Scene(generation=1))
    stage.flush()
    for host in stage._hosts.values():
        host.hide()


def test_hidden_views_that_ask_for_it_draw_when_the_window_rests(
    stage: Stage, qtbot: QtBot
) -> None:
    hide_all(stage)
    _Writing.log.clear()
    stage.show(Scene(generation=2))
    assert stage.resting
    qtbot.waitUntil(lambda: "second" in _Writing.log)
    qtbot.waitUntil(lambda: not stage.resting)
    assert "first" not in _Writing.log
    _Writing.log.clear()
    stage._hosts["second"].show()  # is drawn already
    assert _Writing.log == []


def test_hidden_views_are_left_alone_while_something_runs(stage: Stage, qtbot: QtBot) -> None:
    hide_all(stage)
    qtbot.waitUntil(lambda: not stage.resting)
    _Writing.log.clear()
    stage.show(Scene(generation=2, busy=True))
    assert not stage.resting
