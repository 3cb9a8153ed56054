"""Writing recordings: what is on the disk when, and what happens when the disk refuses."""
# ruff: noqa: PT012 (leaving a writer by an exception is what is tested)

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from sdinspector.core import Cancelled, InspectorError, RunSpec
from sdinspector.recording import (
    Recording,
    RecordingWriter,
    add_capture,
    add_summary,
    files,
    lock,
)
from tests.unit.recordings import call_arrays, call_facts, finished, writer


def manifest_of(path: Path) -> dict:
    return json.loads((path / "manifest.json").read_text(encoding="utf-8"))


def heartbeats() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "recording-heartbeat"]


def test_a_finished_recording_has_exactly_the_files_of_the_format(tmp_path):
    path = finished(tmp_path / "a.sdrec", calls=2).path
    found = sorted(p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file())
    assert found == [
        "conditioning.safetensors",
        "final.safetensors",
        "image.png",
        "manifest.json",
        "steps/0000.safetensors",
        "steps/0001.safetensors",
    ]


def test_the_manifest_says_running_at_once_and_all_of_it_at_the_end(tmp_path):
    path = tmp_path / "a.sdrec"
    with writer(path) as out:
        begun = manifest_of(path)
        assert (begun["format"], begun["version"], begun["status"]) == (
            "sdinspector-recording",
            1,
            "running",
        )
        assert begun["timesteps"] == []
        for call in range(3):
            out.step(call, call_arrays(call), call_facts(call))
        out.update(layers={"mid_block": {"heads": 2}}, seconds=1.5)
    ended = manifest_of(path)
    assert ended["status"] == "complete"
    assert ended["timesteps"] == [900.0, 800.0, 700.0]
    assert ended["guidance"] == [7.5, 7.5, 7.5]
    assert ended["steps"] == [0, 0, 1]
    assert ended["layers"] == {"mid_block": {"heads": 2}}
    assert ended["seconds"] == 1.5
    assert ended["id"] == begun["id"] == out.id
    assert ended["spec"]["prompt"] == "a red circle"


def test_a_change_of_what_is_asked_for_is_on_the_disk_at_once(tmp_path):
    with writer(tmp_path / "a.sdrec") as out:
        out.step(0, call_arrays(0), call_facts(0))
        following = Recording.open(out.path)
        changed = following.spec.with_guidance(1, 2.0)
        out.change_spec(changed)
        assert following.refresh()
        assert (following.status, following.spec) == ("running", changed)
    assert Recording.open(out.path).spec == changed
    with pytest.raises(ValueError, match="finished"):
        out.change_spec(changed)


def test_other_programs_can_read_the_step_files(tmp_path):
    path = finished(tmp_path / "a.sdrec", calls=1).path
    read = load_file(path / "steps" / "0000.safetensors")
    assert read.keys() == call_arrays(0).keys()
    for name, array in call_arrays(0).items():
        np.testing.assert_array_equal(read[name], array)
        assert read[name].dtype == array.dtype


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((), np.float64),
        np.zeros((0, 3), np.float32),
        np.arange(6, dtype=np.int64).reshape(2, 3)[:, ::2],
        np.array([True, False]),
        np.arange(3, dtype=">f4"),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array([1, 2], np.uint16),
    ],
)
def test_arrays_of_any_form_come_back_as_they_were(tmp_path, array):
    with writer(tmp_path / "a.sdrec") as out:
        out.step(0, {"odd": array, "half": np.ones(3, np.float16)})
    read = Recording.open(tmp_path / "a.sdrec").array(0, "odd")
    assert read.shape == array.shape
    assert read.dtype == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(read, array)


def test_a_type_that_numpy_files_cannot_hold_is_refused_and_leaves_nothing(tmp_path):
    with writer(tmp_path / "a.sdrec") as out:
        with pytest.raises(TypeError, match="complex"):
            out.step(0, {"latent": np.zeros(3, np.complex64)})
        assert not any((out.path / "steps").iterdir())
        out.step(0, call_arrays(0))


def test_calls_are_written_in_order_and_once(tmp_path):
    with writer(tmp_path / "a.sdrec") as out:
        out.step(0, call_arrays(0))
        for wrong in (0, 2):
            with pytest.raises(ValueError, match="next call"):
                out.step(wrong, call_arrays(0))
        out.final(np.zeros((4, 8, 8)))
        with pytest.raises(InspectorError) as caught:
            out.final(np.zeros((4, 8, 8)))
        assert caught.value.code == "recording.file-exists"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Cancelled(), "cancelled"),
        (KeyboardInterrupt(), "cancelled"),
        (GeneratorExit(), "cancelled"),
        (RuntimeError("out of memory"), "failed"),
    ],
)
def test_leaving_with_an_exception_says_how_it_ended(tmp_path, error, status):
    with pytest.raises(type(error)), writer(tmp_path / "a.sdrec") as out:
        out.step(0, call_arrays(0))
        raise error
    read = Recording.open(tmp_path / "a.sdrec")
    assert read.status == status
    assert read.calls == 1
    assert read.error == ("out of memory" if status == "failed" else None)
    assert heartbeats() == []


def test_finishing_twice_does_nothing_and_writing_afterwards_is_refused(tmp_path):
    out = writer(tmp_path / "a.sdrec")
    out.finish("cancelled")
    out.finish("complete")
    assert Recording.open(out.path).status == "cancelled"
    with pytest.raises(ValueError, match="finished"):
        out.step(0, call_arrays(0))


def test_a_writer_that_is_forgotten_stops_beating(tmp_path):
    out = writer(tmp_path / "a.sdrec")
    assert len(heartbeats()) == 1
    path = out.path
    del out
    assert heartbeats() == []
    assert Recording.open(path).status == "interrupted"


def test_the_heart_beats_while_a_recording_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "BEAT_SECONDS", 0.001)
    out = writer(tmp_path / "a.sdrec")
    file = out.path / "writer.lock"
    os.utime(file, (1, 1))
    deadline = threading.Event()
    for _ in range(2000):
        if file.stat().st_mtime > 1:
            break
        deadline.wait(0.005)
    assert file.stat().st_mtime > 1
    owner = json.loads(file.read_text())
    assert owner["process"] == os.getpid()
    assert owner["host"]
    out.finish()
    assert not file.exists()


class TestPlace:
    def test_folders_above_are_made(self, tmp_path):
        assert finished(tmp_path / "x" / "y" / "a.sdrec").status == "complete"

    def test_an_empty_folder_is_used(self, tmp_path):
        (tmp_path / "a.sdrec").mkdir()
        assert finished(tmp_path / "a.sdrec").status == "complete"
        assert [path.name for path in tmp_path.iterdir()] == ["a.sdrec"]

    def test_a_recording_is_replaced_only_where_that_is_allowed(self, tmp_path):
        old = finished(tmp_path / "a.sdrec")
        with pytest.raises(InspectorError) as caught:
            writer(tmp_path / "a.sdrec")
        assert caught.value.code == "recording.exists"
        assert Recording.open(tmp_path / "a.sdrec").id == old.id
        new = finished(tmp_path / "a.sdrec", calls=1, overwrite=True)
        assert (new.id != old.id, new.calls) == (True, 1)
        assert [path.name for path in tmp_path.iterdir()] == ["a.sdrec"]

    @pytest.mark.parametrize("kind", ["folder", "file"])
    def test_what_is_no_recording_is_never_replaced(self, tmp_path, kind):
        place = tmp_path / "holiday"
        if kind == "folder":
            place.mkdir()
            (place / "photo.jpg").write_bytes(b"precious")
        else:
            place.write_bytes(b"precious")
        with pytest.raises(InspectorError) as caught:
            writer(place, overwrite=True)
        assert caught.value.code == "recording.not-a-recording"
        assert (place / "photo.jpg" if kind == "folder" else place).read_bytes() == b"precious"

    def test_one_that_is_being_written_is_never_replaced(self, tmp_path):
        with writer(tmp_path / "a.sdrec") as out:
            with pytest.raises(InspectorError) as caught:
                writer(tmp_path / "a.sdrec", overwrite=True)
            assert caught.value.code == "recording.being-written"
            assert caught.value.facts["process"] == os.getpid()
            out.step(0, call_arrays(0))
        assert Recording.open(tmp_path / "a.sdrec").calls == 1

    def test_a_link_is_replaced_without_touching_what_it_leads_to(self, tmp_path):
        old = finished(tmp_path / "elsewhere.sdrec")
        try:
            (tmp_path / "a.sdrec").symlink_to(old.path, target_is_directory=True)
        except OSError:
            pytest.skip("links cannot be made here")
        finished(tmp_path / "a.sdrec", calls=1, overwrite=True)
        assert Recording.open(old.path).calls == 5

    def test_what_a_killed_writer_left_beside_is_swept_away_once_it_is_old(self, tmp_path):
        left = {
            ".a.sdrec.0123456789ab.part": False,
            ".a.sdrec.0123456789ab.old": False,
            ".a.sdrec.fresh6789abc.part": True,  # no name of ours
            ".b.sdrec.0123456789ab.part": True,  # another recording's
        }
        for name in left:
            (tmp_path / name).mkdir()
            os.utime(tmp_path / name, (1, 1))
        (tmp_path / ".a.sdrec.ba9876543210.part").mkdir()  # perhaps just being made
        finished(tmp_path / "a.sdrec")
        assert {name: (tmp_path / name).exists() for name in left} == left
        assert (tmp_path / ".a.sdrec.ba9876543210.part").exists()

    def test_a_place_below_a_file_is_refused(self, tmp_path):
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(InspectorError) as caught:
            writer(tmp_path / "file" / "a.sdrec")
        assert caught.value.code == "recording.cannot-write"

    def test_an_unknown_kind_is_refused(self, tmp_path):
        with pytest.raises(ValueError, match="kind"):
            writer(tmp_path / "a.sdrec", kind="dream")


class TestRefusal:
    """A disk that refuses: one clear error, and what was recorded stays."""

    @pytest.mark.parametrize(
        ("number", "code"),
        [
            (errno.ENOSPC, "recording.disk-full"),
            (errno.EROFS, "recording.cannot-write"),
            (errno.EACCES, "recording.cannot-write"),
        ],
    )
    def test_what_was_recorded_stays(self, tmp_path, monkeypatch, number, code):
        def refuse(self: Path, target: Path) -> Path:
            raise OSError(number, os.strerror(number), str(target))

        with pytest.raises(InspectorError) as caught, writer(tmp_path / "a.sdrec") as out:
            out.step(0, call_arrays(0), call_facts(0))
            monkeypatch.setattr(Path, "replace", refuse)
            out.step(1, call_arrays(1), call_facts(1))
        monkeypatch.undo()
        assert caught.value.code == code
        assert "0001.safetensors" in caught.value.message
        read = Recording.open(tmp_path / "a.sdrec")
        # The manifest was refused too, so nobody could say that it failed.
        assert (read.status, read.calls) == ("interrupted", 1)
        np.testing.assert_array_equal(read.array(0, "latent"), call_arrays(0)["latent"])
        assert sorted(path.name for path in (out.path / "steps").iterdir()) == ["0000.safetensors"]
        assert heartbeats() == []

    def test_a_failed_run_is_called_failed_where_the_manifest_can_be_written(
        self, tmp_path, monkeypatch
    ):
        real = Path.replace

        def refuse(self: Path, target: Path) -> Path:
            if target.name == "0001.safetensors":
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(self, target)

        monkeypatch.setattr(Path, "replace", refuse)
        with pytest.raises(InspectorError), writer(tmp_path / "a.sdrec") as out:
            out.step(0, call_arrays(0), call_facts(0))
            out.step(1, call_arrays(1), call_facts(1))
        read = Recording.open(tmp_path / "a.sdrec")
        assert read.status == "failed"
        assert "disk is full" in (read.error or "")

    def test_a_folder_that_cannot_be_made_leaves_nothing(self, tmp_path, monkeypatch):
        def refuse(self: Path, *args: object, **kwargs: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(Path, "mkdir", refuse)
        with pytest.raises(InspectorError) as caught:
            writer(tmp_path / "a.sdrec")
        assert caught.value.code == "recording.cannot-write"
        assert heartbeats() == []
        assert not any(tmp_path.iterdir())

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_a_disk_that_is_really_full_is_told_as_such(self, tmp_path, monkeypatch):
        real = Path.open
        monkeypatch.setattr(
            Path,
            "open",
            lambda self, mode="r", *rest, **more: (
                real(Path("/dev/full"), "wb") if mode == "xb" else real(self, mode, *rest, **more)
            ),
        )
        with pytest.raises(InspectorError) as caught:
            files.write_whole(tmp_path / "x", [b"data"])
        assert caught.value.code == "recording.disk-full"

    def test_a_file_that_is_held_for_a_moment_is_waited_for(self, tmp_path, monkeypatch):
        monkeypatch.setattr(files, "RETRIES", 5)
        monkeypatch.setattr(files, "_PAUSE_SECONDS", 0.0)
        real, refusals = Path.replace, iter([True, True])

        def held(self: Path, target: Path) -> Path:
            if next(refusals, False):
                raise PermissionError(errno.EACCES, "in use by another process")
            return real(self, target)

        monkeypatch.setattr(Path, "replace", held)
        assert finished(tmp_path / "a.sdrec").status == "complete"

    def test_a_folder_that_was_taken_away_is_told(self, tmp_path):
        out = writer(tmp_path / "a.sdrec")
        out.step(0, call_arrays(0))
        out.path.rename(tmp_path / "moved.sdrec")
        with pytest.raises(InspectorError) as caught:
            out.step(1, call_arrays(1))
        assert caught.value.code == "recording.lock-lost"
        with pytest.raises(InspectorError):
            out.finish()
        assert heartbeats() == []
        assert Recording.open(tmp_path / "moved.sdrec").calls == 1


class TestLater:
    """What may be added to a recording that is finished."""

    def test_captures_are_numbered_and_kept(self, tmp_path):
        recording = finished(tmp_path / "a.sdrec")
        assert add_capture(recording.path, {"x": np.ones(3)}, {"call": 2}) == 0
        assert add_capture(recording.path, {"x": np.zeros(3)}, {"call": 3}) == 1
        assert recording.refresh()
        assert recording.captures == (0, 1)
        arrays, facts = recording.capture(1)
        np.testing.assert_array_equal(arrays["x"], np.zeros(3))
        assert facts == {"call": 3}
        assert recording.status == "complete"

    def test_a_running_writer_keeps_captures_itself(self, tmp_path):
        with writer(tmp_path / "a.sdrec") as out:
            assert out.capture({"x": np.ones(3)}, {}) == 0
            with pytest.raises(InspectorError) as caught:
                add_capture(out.path, {"x": np.ones(3)}, {})
            assert caught.value.code == "recording.being-written"

    def test_nothing_is_added_to_a_folder_that_is_no_recording(self, tmp_path):
        with pytest.raises(InspectorError) as caught:
            add_capture(tmp_path, {"x": np.ones(3)}, {})
        assert caught.value.code == "recording.not-a-recording"
        assert not any(tmp_path.iterdir())

    def test_a_summary_is_written_once(self, tmp_path):
        recording = finished(tmp_path / "a.sdrec")
        assert recording.summary() == {}
        add_summary(recording.path, {"words": np.ones((2, 3))})
        assert recording.summary()["words"].shape == (2, 3)
        with pytest.raises(InspectorError) as caught:
            add_summary(recording.path, {"words": np.zeros((2, 3))})
        assert caught.value.code == "recording.file-exists"


def test_a_fork_takes_steps_over_as_they_are(tmp_path):
    source = finished(tmp_path / "a.sdrec")
    with writer(tmp_path / "b.sdrec", parent={"id": source.id, "call": 2}) as out:
        out.copy_step(source, 0)
        out.copy_step(source, 1)
        out.step(2, call_arrays(7), call_facts(2))
    fork = Recording.open(out.path)
    assert fork.parent == {"id": source.id, "call": 2}
    assert fork.timesteps == source.timesteps[:3]
    for call in range(2):
        name = f"steps/{call:04d}.safetensors"
        assert fork.file(name).read_bytes() == source.file(name).read_bytes()


def test_values_that_json_has_not_are_stored_as_nothing(tmp_path):
    with writer(tmp_path / "a.sdrec", extra={"loss": np.float32("nan"), "where": Path("x")}) as out:
        out.step(0, call_arrays(0), {"timestep": np.int64(981), "a": float("inf"), "scale": 1})
    read = Recording.open(out.path)
    assert read.manifest["loss"] is None
    assert read.manifest["where"] == "x"
    assert read.timesteps == (981.0,)
    assert np.isnan(read.call(0).a)


def test_a_prompt_that_is_no_whole_text_is_kept_all_the_same(tmp_path):
    prompt = "half a pair: \udcff, and 红色"
    with writer(tmp_path / "a.sdrec", spec=RunSpec(prompt=prompt)) as out:
        out.step(0, call_arrays(0), {"note": prompt})
        out.image(np.zeros((4, 4, 3), np.uint8), {"prompt": prompt})
    read = Recording.open(out.path)
    assert read.spec.prompt == prompt
    assert read.call(0).metadata["note"] == prompt
    assert read.image() is not None


def test_keys_that_the_writer_sets_cannot_be_updated(tmp_path):
    with writer(tmp_path / "a.sdrec") as out, pytest.raises(ValueError, match="status"):
        out.update(status="complete")


def test_the_picture_carries_its_settings(tmp_path):
    with writer(tmp_path / "a.sdrec") as out:
        with pytest.raises(ValueError, match="uint8"):
            out.image(np.zeros((4, 4, 3), np.float32))
        out.image(np.zeros((4, 4, 3), np.uint8), {"prompt": "ein Kreis, 红色"})
    with Image.open(out.path / "image.png") as picture:
        assert picture.text == {"prompt": "ein Kreis, 红色"}


def test_importing_recordings_brings_neither_qt_nor_torch():
    code = (
        "import sys, sdinspector.recording, sdinspector.analysis.resize;"
        "heavy = {'torch', 'PySide6', 'pyqtgraph', 'diffusers', 'PIL', 'matplotlib'};"
        "sys.exit(repr(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_the_writer_takes_tokens_as_a_list(tmp_path):
    with RecordingWriter(
        tmp_path / "a.sdrec",
        spec=RunSpec(),
        model={},
        tokens=[{"index": 0, "id": 1, "piece": "x", "kind": "word"}],
    ):
        pass
    assert Recording.open(tmp_path / "a.sdrec").tokens["cond"][0].piece == "x"
