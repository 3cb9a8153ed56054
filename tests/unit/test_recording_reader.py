"""Reading recordings: slices, growth, and many threads at once."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from sdinspector.core import Edit, InspectorError, RunSpec
from sdinspector.recording import Recording, list_recordings, reader, tensors
from sdinspector.recording.lock import Pulse
from tests.unit.recordings import PREVIEW, TOKENS, call_arrays, call_facts, finished, writer


def age(path: Path, seconds: float) -> None:
    """Move a file's time into the past, or the future where negative."""
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


def change_owner(folder: Path, **changes: object) -> None:
    file = folder / "writer.lock"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


class TestWhatItSays:
    def test_it_gives_back_what_was_written(self, tmp_path):
        spec = RunSpec(prompt="un círculo 红", seed=2**63 - 1, extra={"mood": "blue"})
        recording = finished(
            tmp_path / "a.sdrec",
            spec=spec,
            layers={"mid_block": {"heads": 8, "grid": [8, 8], "new": 1}},
            libraries={"torch": "2.13"},
            extra={"unheard-of": [1, 2]},
        )
        assert recording.spec == spec
        assert recording.tokens == TOKENS
        assert recording.preview == PREVIEW
        assert recording.layers == {"mid_block": {"heads": 8, "grid": [8, 8], "new": 1}}
        assert recording.model["source"] == "shapes"
        assert recording.manifest["unheard-of"] == [1, 2]
        assert recording.manifest["libraries"] == {"torch": "2.13"}
        assert (recording.kind, recording.status, recording.version) == ("run", "complete", 1)
        assert recording.parent is None
        assert recording.error is None
        assert not recording.read_only

    def test_a_call_says_all_that_its_file_does(self, tmp_path):
        call = finished(tmp_path / "a.sdrec").call(3)
        assert (call.index, call.step, call.timestep, call.order) == (3, 1, 600.0, 2)
        assert (call.scale, call.input_scale, call.a, call.b, call.clip) == (
            7.5,
            0.5,
            1.25,
            -0.5,
            None,
        )
        assert call.branches == ("uncond", "cond")
        assert set(call.names) == set(call_arrays(0))
        assert call.shapes["latent"] == (4, 8, 8)
        assert call.metadata["call"] == 3

    def test_what_a_call_does_not_say_follows_from_the_rest(self, tmp_path):
        with writer(tmp_path / "a.sdrec", spec=RunSpec(guidance_scale=3.0)) as out:
            out.step(0, {"latent": np.zeros(2), "noise_cond": np.zeros(2)}, {"mystery": {"x": 1}})
        recording = Recording.open(out.path)
        call = recording.call(0)
        assert (call.step, call.scale, call.order, call.branches) == (0, 3.0, 1, ("cond",))
        assert np.isnan(call.timestep)
        assert call.metadata["mystery"] == {"x": 1}
        assert recording.guidance == (3.0,)

    def test_steps_and_calls_find_each_other(self, tmp_path):
        recording = finished(tmp_path / "a.sdrec", calls=5)
        assert [recording.step_of_call(call) for call in range(5)] == [0, 0, 1, 1, 2]
        assert recording.steps == 3
        assert [recording.call_of_step(step) for step in (0, 1, 2)] == [0, 2, 4]
        assert recording.call_of_step(99) == 4

    def test_edits_of_a_kind_that_does_not_act_make_it_read_only(self, tmp_path):
        spec = RunSpec(edits=(Edit("dream", value=1),))
        assert finished(tmp_path / "a.sdrec", spec=spec).read_only

    def test_the_other_files_are_read_or_said_to_be_absent(self, tmp_path):
        whole = finished(tmp_path / "a.sdrec")
        assert whole.conditioning()["cond"].shape == (77, 8)
        np.testing.assert_array_equal(whole.final_latent(), np.full((4, 8, 8), 9.0))
        np.testing.assert_array_equal(whole.image(), np.full((16, 16, 3), 200))
        with writer(tmp_path / "b.sdrec"):
            bare = Recording.open(tmp_path / "b.sdrec")
            assert bare.conditioning() == {}
            assert bare.final_latent() is None
            assert bare.image() is None
            assert (bare.calls, bare.steps, bare.timesteps) == (0, 0, ())


class TestArrays:
    @pytest.mark.parametrize(
        "index",
        [
            None,
            (),
            0,
            -1,
            np.int64(2),
            slice(1, 3),
            slice(None, None, 2),
            slice(None, None, -1),
            slice(3, 1, -1),
            slice(2, 2),
            slice(7, 99),
            slice(-2, None),
            (slice(None), 3),
            (1, slice(2, 5), -1),
            (slice(0, 0), slice(None), slice(1, 2)),
            (0, 0, 0),
        ],
    )
    def test_a_part_is_what_numpy_would_take(self, tmp_path, index):
        recording = finished(tmp_path / "a.sdrec", calls=2)
        whole = call_arrays(1)["latent"]
        part = recording.array(1, "latent", index)
        expected = whole if index is None else whole[index]
        assert part.shape == expected.shape
        assert part.dtype == expected.dtype
        np.testing.assert_array_equal(part, expected)

    @pytest.mark.parametrize("index", [4, -5, (0, 0, 0, 0), (0, 8), "x", 1.5])
    def test_a_part_that_is_not_there_is_an_error_with_the_shape(self, tmp_path, index):
        recording = finished(tmp_path / "a.sdrec", calls=1)
        with pytest.raises(InspectorError, match=r"\(4, 8, 8\)") as caught:
            recording.array(0, "latent", index)
        assert caught.value.code == "recording.index"

    def test_calls_count_from_the_end_too(self, tmp_path):
        recording = finished(tmp_path / "a.sdrec", calls=3)
        assert recording.call(-1).index == 2
        np.testing.assert_array_equal(recording.array(-1, "latent"), call_arrays(2)["latent"])

    def test_what_was_not_captured_is_told(self, tmp_path):
        recording = finished(tmp_path / "a.sdrec")
        assert recording.has(0, "latent")
        assert not recording.has(0, "activation/mid_block")
        assert not recording.has(99, "latent")
        with pytest.raises(InspectorError) as caught:
            recording.array(0, "activation/mid_block")
        assert caught.value.code == "recording.array-missing"
        for call in (5, -6):
            with pytest.raises(InspectorError) as caught:
                recording.array(call, "latent")
            assert caught.value.code == "recording.no-call"

    def test_an_array_outlives_its_file(self, tmp_path):
        recording = finished(tmp_path / "a.sdrec", calls=1)
        latent = recording.array(0, "latent")
        os.truncate(recording.file("steps/0000.safetensors"), 0)
        np.testing.assert_array_equal(latent, call_arrays(0)["latent"])

    def test_many_threads_read_at_once(self, tmp_path):
        recording = finished(tmp_path / "a.sdrec", calls=12)

        def look(number: int) -> bool:
            call = number % 12
            same = recording.array(call, "latent", 1) == call_arrays(call)["latent"][1]
            return bool(same.all()) and recording.call(call).timestep == 900.0 - 100 * call

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(look, range(400)))


class TestGrowth:
    def test_a_growing_recording_is_followed_call_by_call(self, tmp_path):
        with writer(tmp_path / "a.sdrec") as out:
            recording = Recording.open(out.path)
            assert (recording.status, recording.calls) == ("running", 0)
            assert not recording.refresh()
            for call in range(3):
                out.step(call, call_arrays(call), call_facts(call))
                assert recording.calls == call
                assert recording.refresh()
                assert not recording.refresh()
                assert recording.calls == call + 1
                assert recording.timesteps[-1] == 900.0 - 100 * call
            out.image(np.zeros((4, 4, 3), np.uint8))
            assert recording.refresh()
        assert recording.status == "running"
        assert recording.refresh()
        assert recording.status == "complete"
        assert not recording.refresh()

    def test_a_refresh_opens_no_array_file(self, tmp_path, monkeypatch):
        with writer(tmp_path / "a.sdrec") as out:
            out.step(0, call_arrays(0), call_facts(0))
            monkeypatch.setattr(tensors, "safe_open", None)
            recording = Recording.open(out.path)
            recording.refresh()
            assert recording.calls == 1

    def test_a_complete_recording_opens_without_its_step_files_being_read(
        self, tmp_path, monkeypatch
    ):
        path = finished(tmp_path / "a.sdrec").path
        monkeypatch.setattr(tensors, "safe_open", None)
        recording = Recording.open(path)
        assert recording.timesteps == (900.0, 800.0, 700.0, 600.0, 500.0)
        assert recording.guidance == (7.5,) * 5
        assert recording.steps == 3

    def test_a_file_that_is_still_being_written_is_not_counted(self, tmp_path):
        recording = finished(tmp_path / "a.sdrec", calls=1)
        (recording.path / "steps" / ".0001.safetensors.ab12.tmp").write_bytes(b"half")
        assert not recording.refresh()
        assert Recording.open(recording.path).calls == 1

    def test_another_recording_in_its_place_is_noticed(self, tmp_path):
        recording = finished(tmp_path / "a.sdrec")
        finished(tmp_path / "a.sdrec", overwrite=True)
        with pytest.raises(InspectorError) as caught:
            recording.refresh()
        assert caught.value.code == "recording.replaced"

    def test_a_folder_that_is_gone_is_noticed(self, tmp_path):
        recording = finished(tmp_path / "a.sdrec")
        recording.path.rename(tmp_path / "b.sdrec")
        with pytest.raises(InspectorError) as caught:
            recording.refresh()
        assert caught.value.code == "recording.missing"

    def test_headers_are_kept_within_a_bound(self, tmp_path, monkeypatch):
        monkeypatch.setattr(reader, "_HEADERS_KEPT", 3)
        recording = finished(tmp_path / "a.sdrec", calls=8)
        for call in range(8):
            recording.call(call)
        assert len(recording._headers) == 3


class TestHeart:
    """When a recording that says it is running is believed."""

    def test_a_heart_that_stopped_reads_as_interrupted_and_may_start_again(self, tmp_path):
        with writer(tmp_path / "a.sdrec") as out:
            recording = Recording.open(out.path)
            age(out.path / "writer.lock", 60)
            recording._pulse = Pulse(out.path)
            assert recording.refresh()
            assert recording.status == "interrupted"
            age(out.path / "writer.lock", 0)
            assert recording.refresh()
            assert recording.status == "running"

    def test_no_lock_reads_as_interrupted(self, tmp_path):
        with writer(tmp_path / "a.sdrec") as out:
            recording = Recording.open(out.path)
            (out.path / "writer.lock").rename(tmp_path / "kept")
            recording.refresh()
            assert recording.status == "interrupted"
            (tmp_path / "kept").rename(out.path / "writer.lock")

    @pytest.mark.parametrize("hours", [-5, 5])
    def test_a_clock_that_goes_wrong_does_not_matter_while_the_heart_is_seen_to_beat(
        self, tmp_path, hours
    ):
        with writer(tmp_path / "a.sdrec") as out:
            file = out.path / "writer.lock"
            pulse = Pulse(out.path)
            age(file, hours * 3600)
            pulse.alive()
            age(file, hours * 3600 - 2)
            assert pulse.alive()

    @pytest.mark.skipif(os.name == "nt", reason="the heartbeat alone decides there")
    def test_a_process_that_is_gone_is_known_at_once_on_its_own_machine_only(self, tmp_path):
        with writer(tmp_path / "a.sdrec") as out:
            mine = (out.path / "writer.lock").read_text()
            change_owner(out.path, process=2**22 + 1)
            assert not Pulse(out.path).alive()
            change_owner(out.path, host="elsewhere")
            assert Pulse(out.path).alive()
            (out.path / "writer.lock").write_text(mine)

    @pytest.mark.parametrize("text", ["", "[]", "{", '{"process": "x"}', '{"process": -1}'])
    def test_a_lock_that_cannot_be_understood_counts_by_its_time(self, tmp_path, text):
        path = finished(tmp_path / "a.sdrec").path
        (path / "writer.lock").write_text(text)
        assert Pulse(path).alive()
        age(path / "writer.lock", 60)
        assert not Pulse(path).alive()

    def test_the_lock_of_a_dead_writer_can_be_taken(self, tmp_path):
        out = writer(tmp_path / "a.sdrec")
        copy = (out.path / "writer.lock").read_text()
        out.finish("failed")
        (out.path / "writer.lock").write_text(copy)
        age(out.path / "writer.lock", 60)
        assert finished(tmp_path / "a.sdrec", overwrite=True).status == "complete"


class TestList:
    def test_the_newest_comes_first_and_the_unreadable_say_why(self, tmp_path):
        first = finished(tmp_path / "first.sdrec", calls=1)
        second = finished(tmp_path / "second.sdrec", calls=2)
        for name, recording in (("01", first), ("02", second)):
            manifest = json.loads((recording.path / "manifest.json").read_text())
            manifest["created"] = f"2020-01-{name}T00:00:00.000+00:00"
            (recording.path / "manifest.json").write_text(json.dumps(manifest))
        broken = tmp_path / "broken.sdrec"
        broken.mkdir()
        (broken / "manifest.json").write_text("{")
        (tmp_path / "bad.sdrec.zip").write_bytes(b"no zip")
        (tmp_path / "notes.txt").write_text("no recording")
        (tmp_path / ".a.sdrec.part.sdrec").mkdir()
        found = list_recordings(tmp_path)
        readable = [item for item in found if item.error is None]
        assert [item.path.name for item in readable] == ["second.sdrec", "first.sdrec"]
        assert (readable[0].calls, readable[0].prompt, readable[0].status) == (
            2,
            "a red circle",
            "complete",
        )
        assert readable[1].id == first.id
        codes = {item.path.name: item.error.code for item in found if item.error}
        assert codes == {
            "broken.sdrec": "recording.manifest-damaged",
            "bad.sdrec.zip": "recording.archive-damaged",
        }

    def test_no_folder_has_no_recordings(self, tmp_path):
        assert list_recordings(tmp_path / "nowhere") == []
