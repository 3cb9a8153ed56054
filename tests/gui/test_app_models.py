from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from sdinspector.app import messages
from sdinspector.app.context import AppContext
from sdinspector.app.display import DisplayModel
from sdinspector.app.document import Document, visible_part
from sdinspector.app.naming import new_path
from sdinspector.app.readers import ReaderPool
from sdinspector.app.scene import SceneKeeper
from sdinspector.app.selection import SelectionModel
from sdinspector.app.settings import DEFAULTS, RECENT, Settings
from sdinspector.app.viewer import Viewer, discover
from sdinspector.core import CaptureSpec, Edit, InspectorError, RunSpec


def test_settings_return_as_they_were_kept(tmp_path):
    settings = Settings(tmp_path / "settings.json")
    settings["theme"] = "dark"
    settings.keep_for_viewer("latents", "zoom", 3)
    settings.add_recent("recent.recordings", "/a")
    settings.save()
    again = Settings(tmp_path / "settings.json")
    assert again["theme"] == "dark"
    assert again.of_viewer("latents", "zoom", 1) == 3
    assert again["recent.recordings"] == ["/a"]


def test_unknown_settings_are_dropped_and_wrong_types_take_their_default(tmp_path):
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"version": 1, "nonsense": 1, "theme": [], "model": "mine"}))
    settings = Settings(file)
    assert (settings["theme"], settings["model"]) == ("system", "mine")
    settings.save()
    assert "nonsense" not in json.loads(file.read_text())


def test_a_broken_settings_file_is_put_aside(tmp_path):
    file = tmp_path / "settings.json"
    file.write_text("{broken")
    assert Settings(file)["theme"] == "system"
    assert (tmp_path / "settings.broken.json").read_text() == "{broken"


def test_a_setting_of_the_wrong_type_is_refused():
    with pytest.raises(TypeError):
        Settings()["theme"] = 7


def test_a_viewers_setting_of_another_type_takes_the_default():
    settings = Settings()
    settings.keep_for_viewer("latents", "zoom", "wide")
    assert settings.of_viewer("latents", "zoom", 1.0) == 1.0


def test_recent_things_are_listed_once_newest_first_and_not_for_ever():
    settings = Settings()
    for number in range(RECENT + 5):
        settings.add_recent("recent.recordings", str(number))
    settings.add_recent("recent.recordings", "7")
    assert settings["recent.recordings"][0] == "7"
    assert len(settings["recent.recordings"]) == RECENT
    assert DEFAULTS["recent.recordings"] == []


def test_what_is_changed_is_on_the_disk_before_the_window_closes(qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr("sdinspector.app.context.KEEP_MILLISECONDS", 20)
    file = tmp_path / "settings.json"
    context = AppContext(Settings(file))
    try:
        context.document.set_spec(RunSpec(prompt="a ring of glass"))
        qtbot.waitUntil(lambda: file.exists() and "glass" in file.read_text("utf-8"))
        before = file.stat().st_mtime_ns
        with qtbot.waitSignal(context._keeper.timeout):
            pass
        assert file.stat().st_mtime_ns == before, "nothing has changed, nothing is written"
    finally:
        context.shut_down()


def test_settings_that_cannot_be_written_raise_nothing(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    settings = Settings(tmp_path / "file" / "settings.json")
    settings.save()
    assert "could not be written" in caplog.text


def test_selections_go_back_and_forward(qapp):
    selection = SelectionModel()
    selection.select(word=1)
    selection.select(layer="unet.mid_block")
    selection.undo()
    assert (selection.state.word, selection.state.layer) == (1, None)
    selection.undo()
    assert selection.state.word is None
    selection.redo()
    assert selection.state.word == 1
    selection.select(head=3)
    assert not selection.can_redo


def test_a_drag_is_one_entry_in_the_history(qapp):
    selection = SelectionModel()
    for call in range(1, 20):
        selection.select(call=call)
    selection.undo()
    assert selection.state.call == 0


def test_play_leaves_the_history_alone(qapp):
    selection = SelectionModel()
    selection.select(remember=False, call=4)
    assert not selection.can_undo


def test_selecting_what_is_selected_tells_nobody(qapp, qtbot):
    selection = SelectionModel()
    with qtbot.assertNotEmitted(selection.changed):
        selection.select(call=0)


def test_many_changes_between_two_frames_are_told_once(qapp, qtbot):
    document, selection, display = Document(), SelectionModel(), DisplayModel()
    scenes = SceneKeeper(document, selection, display)
    told = []
    scenes.changed.connect(told.append)
    for call in range(50):
        selection.select(call=call)
        display.set(opacity=call / 50)
    qtbot.waitUntil(lambda: bool(told))
    assert len(told) == 1
    assert told[0].selection.call == 49
    scenes.stop()


@pytest.fixture
def pool(qapp):
    readers = ReaderPool()
    yield readers
    readers.close()


def test_reading_answers_on_the_gui_thread_from_another(pool, qtbot):
    answers = []
    pool.read(
        "a",
        threading.current_thread,
        on_result=lambda thread: answers.append((thread, threading.current_thread())),
    )
    qtbot.waitUntil(lambda: bool(answers))
    read, told = answers[0]
    assert told is threading.main_thread()
    assert read is not told


def test_of_a_slot_only_the_newest_request_answers(pool, qtbot):
    gate, entered, answers, calls = threading.Event(), threading.Event(), [], []

    def read(number):
        calls.append(number)
        entered.set()
        assert gate.wait(20)
        return number

    pool.read("slot", read, 0, on_result=answers.append)
    assert entered.wait(20)
    for number in range(1, 30):
        pool.read("slot", read, number, on_result=answers.append)
    gate.set()
    qtbot.waitUntil(lambda: pool.idle)
    assert answers == [29]
    assert len(calls) <= 3


def test_slots_do_not_disturb_each_other(pool, qtbot):
    answers = []
    for name in "abcdef":
        pool.read(name, str.upper, name, on_result=answers.append)
    qtbot.waitUntil(lambda: pool.idle)
    assert sorted(answers) == list("ABCDEF")


def test_a_reading_that_fails_is_told_once(pool, qtbot):
    errors = []
    pool.read("a", int, "x", on_result=lambda _: None, on_error=errors.append)
    with qtbot.waitSignal(pool.failed) as told:
        pool.read("b", int, "y", on_result=lambda _: None)
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], ValueError)
    assert isinstance(told.args[0], ValueError)


def test_a_closed_pool_answers_nobody(qapp):
    readers, answers = ReaderPool(), []
    readers.read("a", str, 1, on_result=answers.append)
    readers.close()
    readers.read("b", str, 2, on_result=answers.append)
    readers.close()
    assert answers == []


def test_only_what_can_be_seen_of_a_spec_is_run_again():
    spec = RunSpec(
        prompt="a", guidance_rescale=0.5, edits=(Edit("guidance", value=3.0),), extra={"x": 1},
        capture=CaptureSpec.nothing(),
    )  # fmt: skip
    shown, hidden = visible_part(spec, CaptureSpec(both_branches=True))
    own = CaptureSpec(both_branches=True)
    assert shown == RunSpec(prompt="a", guidance_rescale=0.5, capture=own)
    assert hidden == ["edits"]


def test_a_recordings_name_has_the_time_and_the_prompts_first_words(tmp_path):
    path = new_path("A red circle, left of: a blue star / on white and much more text", tmp_path)
    assert path.name.endswith("-a-red-circle-left-of-a-blue-star-on-white.sdrec")
    path.mkdir()
    assert new_path("A red circle, left of: a blue star / on white", tmp_path) != path
    assert new_path("", tmp_path).name.endswith("-untitled.sdrec")
    assert new_path("红色的圆", tmp_path).name.endswith("-红色的圆.sdrec")


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (InspectorError("x.y", "A sentence."), "A sentence."),
        (MemoryError(), "not enough memory"),
        (RuntimeError("CUDA out of memory. Tried …"), "not enough memory"),
        (OSError(28, "No space left on device"), "disk is full"),
        (PermissionError(13, "Permission denied", "/x"), "/x"),
        (ValueError("odd"), "ValueError: odd"),
    ],
)
def test_each_error_is_one_sentence_that_says_what_to_do(error, part):
    assert part in messages.describe(error).text


def test_modules_that_cannot_be_imported_are_left_out_of_the_viewers(tmp_path, monkeypatch, caplog):
    package = tmp_path / "some_viewers"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "broken.py").write_text("import nothing_of_that_name\n")
    (package / "good.py").write_text(
        "from sdinspector.app.viewer import Viewer\n"
        "class Good(Viewer):\n"
        "    id, title, order = 'good', 'Good', 5\n"
        "    def build(self, services, parent): ...\n"
        "    def show(self, scene): ...\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    failures = []
    kinds = discover("some_viewers", lambda name, error: failures.append(name))
    assert [kind.id for kind in kinds] == ["good"]
    assert failures == ["some_viewers.broken"]
    assert issubclass(kinds[0], Viewer)


def test_every_icon_that_is_named_exists():
    import re

    from sdinspector.core import paths

    named = set()
    root = Path(messages.__file__).parent
    for file in root.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        named |= set(re.findall(r'icon_button\(\s*"([a-z-]+)"', text))
        named |= set(re.findall(r'theme\.icon\("([a-z-]+)"', text))
    missing = {
        name for name in named if not (paths.resources() / "icons" / f"{name}.svg").is_file()
    }
    assert named
    assert not missing
