"""Recordings that are damaged, lie, or were made to do harm: a clear error each, never a crash."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from sdinspector.core import InspectorError
from sdinspector.recording import Recording, manifest
from tests.unit.recordings import call_arrays, finished


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    return finished(tmp_path / "a.sdrec", calls=3).path


def code_of(path: Path) -> str:
    with pytest.raises(InspectorError) as caught:
        Recording.open(path)
    assert str(path.name) in caught.value.message
    assert caught.value.message.endswith(".")
    return caught.value.code


def changed(path: Path, **keys: object) -> Path:
    data = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    (path / "manifest.json").write_text(json.dumps(data | keys), encoding="utf-8")
    return path


class TestManifest:
    def test_a_path_that_is_not_there(self, tmp_path):
        assert code_of(tmp_path / "a.sdrec") == "recording.missing"

    def test_a_folder_without_a_manifest(self, tmp_path):
        (tmp_path / "a.sdrec").mkdir()
        assert code_of(tmp_path / "a.sdrec") == "recording.not-a-recording"

    @pytest.mark.parametrize(
        "data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": ' * 100_000, b"nul"]
    )
    def test_a_manifest_that_is_no_json(self, whole, data):
        (whole / "manifest.json").write_bytes(data)
        assert code_of(whole) == "recording.manifest-damaged"

    @pytest.mark.parametrize("data", ["[]", "3", "{}", '{"format": "other", "version": 1}'])
    def test_a_manifest_of_something_else(self, whole, data):
        (whole / "manifest.json").write_text(data)
        assert code_of(whole) == "recording.wrong-format"

    @pytest.mark.parametrize("version", [2, 0, "1", None, True, 1.5])
    def test_an_unknown_version_names_both_versions(self, whole, version):
        assert code_of(changed(whole, version=version)) == "recording.version-unknown"

    def test_a_manifest_that_is_too_large_is_not_read(self, whole, monkeypatch):
        monkeypatch.setattr(manifest, "MAX_MANIFEST_BYTES", 100)
        assert code_of(whole) == "recording.manifest-damaged"

    @pytest.mark.parametrize(
        "keys",
        [
            {"id": "../../etc"},
            {"id": ""},
            {"id": 3},
            {"status": "interrupted"},
            {"status": None},
            {"kind": None},
            {"spec": None},
            {"spec": {"seed": -1}},
            {"spec": {"seed": "7"}},
            {"spec": {"steps": 10**12}},
            {"spec": {"width": 2**40}},
            {"spec": {"guidance_scale": float("nan")}},
            {"spec": {"guidance_scale": "high"}},
            {"spec": {"edits": 3}},
            {"spec": {"edits": [{"kind": "guidance", "value": "x"}]}},
            {"spec": {"edits": [{"kind": "guidance", "value": 1, "from_call": -1}]}},
            {"spec": {"scheduler_settings": [1]}},
            {"tokens": 3},
            {"tokens": {"cond": [3]}},
            {"tokens": {"cond": [{"index": 0, "id": 1, "piece": "x", "kind": "noun"}]}},
            {"tokens": {"cond": [{"id": 1, "piece": "x", "kind": "word"}]}},
            {"preview": {"matrix": [[1, 2]]}},
            {"preview": {"matrix": [[1, 2, float("inf")]]}},
            {"preview": []},
            {"layers": [1]},
            {"layers": {"mid": 3}},
            {"layers": {"mid": {"heads": 0}}},
            {"layers": {"mid": {"grid": [-1, 3]}}},
            {"calls": -1},
            {"calls": 10**9},
            {"calls": "many"},
            {"timesteps": [1, "x"]},
            {"timesteps": [float("nan")]},
            {"timesteps": 3},
            {"guidance": [True]},
            {"guidance": [float("inf")]},
            {"steps": [-1]},
            {"steps": [1.5]},
            {"model": 3},
            {"parent": 3},
        ],
    )
    def test_a_value_that_is_not_valid(self, whole, keys):
        assert code_of(changed(whole, **keys)) == "recording.manifest-invalid"

    def test_a_required_key_that_is_missing_is_named(self, whole):
        data = json.loads((whole / "manifest.json").read_text())
        del data["spec"]
        (whole / "manifest.json").write_text(json.dumps(data))
        with pytest.raises(InspectorError, match="'spec' is missing"):
            Recording.open(whole)

    def test_a_manifest_that_is_a_folder(self, whole):
        (whole / "manifest.json").unlink()
        (whole / "manifest.json").mkdir()
        assert code_of(whole) == "recording.cannot-read"


class TestCounts:
    """The manifest may claim what it likes: what lies in the folder counts."""

    def test_lists_that_are_too_short_are_not_believed(self, whole):
        recording = Recording.open(changed(whole, timesteps=[1], guidance=[2], steps=[0]))
        assert recording.timesteps == (900.0, 800.0, 700.0)
        assert recording.guidance == (7.5, 7.5, 7.5)
        assert recording.steps == 2

    def test_steps_that_were_not_copied_are_counted_as_missing(self, whole):
        (whole / "steps" / "0001.safetensors").unlink()
        recording = Recording.open(whole)
        assert (recording.calls, recording.missing_calls) == (1, 2)
        np.testing.assert_array_equal(recording.array(0, "latent"), call_arrays(0)["latent"])

    def test_without_the_folder_of_steps_there_are_no_calls(self, whole):
        for path in (whole / "steps").iterdir():
            path.unlink()
        (whole / "steps").rmdir()
        assert Recording.open(whole).calls == 0


class TestFiles:
    def damaged(self, path: Path, data: bytes) -> None:
        recording = Recording.open(path)
        (path / "steps" / "0001.safetensors").write_bytes(data)
        for read in (lambda: recording.call(1), lambda: recording.array(1, "latent")):
            with pytest.raises(InspectorError) as caught:
                read()
            assert caught.value.code == "recording.file-damaged"
            assert "0001.safetensors" in caught.value.message
        np.testing.assert_array_equal(recording.array(0, "latent"), call_arrays(0)["latent"])
        np.testing.assert_array_equal(recording.array(2, "latent"), call_arrays(2)["latent"])

    @pytest.mark.parametrize("keep", [0, 4, 8, 100, -1])
    def test_a_file_that_was_cut_short_does_not_touch_the_others(self, whole, keep):
        self.damaged(whole, (whole / "steps" / "0001.safetensors").read_bytes()[:keep])

    @pytest.mark.parametrize("length", [0, 1, 2**20, 2**40, 2**63, 2**64 - 1])
    def test_a_header_whose_length_lies(self, whole, length):
        data = (whole / "steps" / "0001.safetensors").read_bytes()
        self.damaged(whole, struct.pack("<Q", length) + data[8:])

    @pytest.mark.parametrize(
        "entry",
        [
            {"dtype": "F32", "shape": [4], "data_offsets": [0, 2**40]},
            {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 16]},
            {"dtype": "F32", "shape": [2**63, 2**63], "data_offsets": [0, 16]},
            {"dtype": "F32", "shape": [4], "data_offsets": [8, 24]},
            {"dtype": "F32", "shape": [-4], "data_offsets": [0, 16]},
            {"dtype": "X9", "shape": [4], "data_offsets": [0, 16]},
            {"shape": [4]},
            3,
        ],
    )
    def test_a_header_whose_sizes_lie(self, whole, entry):
        text = json.dumps({"latent": entry}).encode()
        self.damaged(whole, struct.pack("<Q", len(text)) + text + b"\0" * 16)

    def test_a_precision_that_numpy_has_not(self, whole):
        entry = {"dtype": "BF16", "shape": [8], "data_offsets": [0, 16]}
        text = json.dumps({"latent": entry}).encode()
        path = whole / "steps" / "0001.safetensors"
        path.write_bytes(struct.pack("<Q", len(text)) + text + b"\0" * 16)
        with pytest.raises(InspectorError) as caught:
            Recording.open(whole).array(1, "latent")
        assert caught.value.code == "recording.file-damaged"

    @pytest.mark.parametrize("value", ['"soon"', "[1]", "true", '{"a": 1}'])
    def test_metadata_of_the_wrong_type(self, whole, value):
        text = json.dumps({"__metadata__": {"timestep": value}}).encode()
        (whole / "steps" / "0001.safetensors").write_bytes(struct.pack("<Q", len(text)) + text)
        with pytest.raises(InspectorError) as caught:
            Recording.open(whole).call(1)
        assert caught.value.code == "recording.step-invalid"

    def test_a_step_that_is_no_number_at_all(self, whole):
        text = json.dumps({"__metadata__": {"step": "NaN"}}).encode()
        (whole / "steps" / "0001.safetensors").write_bytes(struct.pack("<Q", len(text)) + text)
        with pytest.raises(InspectorError) as caught:
            Recording.open(whole).call(1)
        assert caught.value.code == "recording.step-invalid"

    def test_metadata_of_another_program_is_kept_as_text(self, whole):
        text = json.dumps({"__metadata__": {"format": "pt", "deep": "[" * 100_000}}).encode()
        (whole / "steps" / "0001.safetensors").write_bytes(struct.pack("<Q", len(text)) + text)
        assert Recording.open(whole).call(1).metadata["format"] == "pt"

    def test_a_file_that_vanished_while_it_was_shown(self, whole):
        recording = Recording.open(whole)
        (whole / "steps" / "0001.safetensors").unlink()
        with pytest.raises(InspectorError) as caught:
            recording.array(1, "latent")
        assert caught.value.code == "recording.file-missing"

    @pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
    def test_a_picture_that_is_none(self, whole, data):
        (whole / "image.png").write_bytes(data)
        with pytest.raises(InspectorError) as caught:
            Recording.open(whole).image()
        assert caught.value.code == "recording.file-damaged"

    def test_a_picture_that_claims_to_be_huge_is_not_decoded(self, whole):
        data = bytearray((whole / "image.png").read_bytes())
        data[16:24] = struct.pack(">II", 2**20, 2**20)
        (whole / "image.png").write_bytes(data)
        with pytest.raises(InspectorError) as caught:
            Recording.open(whole).image()
        assert caught.value.code == "recording.file-damaged"


class TestPaths:
    """Nothing outside a recording is read through it."""

    def link(self, place: Path, target: Path, *, folder: bool = False) -> None:
        try:
            place.symlink_to(target, target_is_directory=folder)
        except OSError:
            pytest.skip("links cannot be made here")

    @pytest.mark.parametrize("name", ["steps/0001.safetensors", "image.png", "final.safetensors"])
    def test_a_file_that_is_a_link_to_the_outside(self, whole, tmp_path, name):
        recording = Recording.open(whole)
        (whole / name).rename(tmp_path / "outside")
        self.link(whole / name, tmp_path / "outside")
        read = {
            "steps/0001.safetensors": lambda: recording.array(1, "latent"),
            "image.png": recording.image,
            "final.safetensors": recording.final_latent,
        }[name]
        with pytest.raises(InspectorError) as caught:
            read()
        assert caught.value.code == "recording.path-leaves"

    def test_a_folder_of_steps_that_is_a_link_to_the_outside(self, whole, tmp_path):
        (whole / "steps").rename(tmp_path / "steps")
        self.link(whole / "steps", tmp_path / "steps", folder=True)
        assert code_of(whole) == "recording.path-leaves"

    def test_a_manifest_that_is_a_link_to_the_outside(self, whole, tmp_path):
        (whole / "manifest.json").rename(tmp_path / "manifest.json")
        self.link(whole / "manifest.json", tmp_path / "manifest.json")
        assert code_of(whole) == "recording.path-leaves"

    def test_the_recording_itself_may_be_reached_by_a_link(self, whole, tmp_path):
        self.link(tmp_path / "b.sdrec", whole, folder=True)
        recording = Recording.open(tmp_path / "b.sdrec")
        assert recording.array(0, "latent").shape == (4, 8, 8)
