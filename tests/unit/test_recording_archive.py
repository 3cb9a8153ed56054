"""Recordings in one zip file: opened through the cache, and refused where they do harm."""

from __future__ import annotations

import json
import stat
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sdinspector.core import InspectorError, paths
from sdinspector.recording import Recording, archive, list_recordings, pack
from tests.unit.recordings import call_arrays, finished


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SDINSPECTOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    file = tmp_path / "a.sdrec.zip"
    pack(finished(tmp_path / "a.sdrec").path, file)
    return file


def zipped(file: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w") as out:
        for name, data in members.items():
            out.writestr(name, data)
    return file


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def code_of(file: Path) -> str:
    with pytest.raises(InspectorError) as caught:
        Recording.open(file)
    assert file.name in caught.value.message
    store = paths.cache() / "archives"
    assert not store.exists() or not any(store.iterdir()), "something was left in the cache"
    return caught.value.code


def test_a_packed_recording_opens_and_is_the_same(packed, tmp_path):
    recording = Recording.open(packed)
    original = Recording.open(tmp_path / "a.sdrec")
    assert recording.path == packed
    assert recording.id == original.id
    assert contents(recording.folder) == contents(original.folder)
    np.testing.assert_array_equal(recording.array(4, "latent"), call_arrays(4)["latent"])


def test_it_is_unpacked_once_and_again_when_it_changed(packed, tmp_path):
    first = Recording.open(packed).folder
    assert Recording.open(packed).folder == first
    pack(finished(tmp_path / "b.sdrec", calls=1).path, packed)
    again = Recording.open(packed)
    assert again.folder != first
    assert again.calls == 1


def test_files_at_the_top_of_the_archive_open_too(tmp_path):
    recording = finished(tmp_path / "a.sdrec")
    file = zipped(tmp_path / "b.sdrec.zip", contents(recording.path))
    assert Recording.open(file).calls == 5


def test_what_is_no_part_of_a_recording_is_left_in_the_archive(tmp_path):
    members = contents(finished(tmp_path / "a.sdrec").path)
    extra = {"run.exe": b"x", "steps/evil.py": b"x", "__MACOSX/manifest.txt": b"x", "deep/": b""}
    recording = Recording.open(zipped(tmp_path / "b.sdrec.zip", members | extra))
    assert contents(recording.folder).keys() == members.keys()


def test_one_that_was_packed_while_it_ran_reads_as_interrupted(tmp_path):
    members = contents(finished(tmp_path / "a.sdrec").path)
    manifest = json.loads(members["manifest.json"]) | {"status": "running"}
    members["manifest.json"] = json.dumps(manifest).encode()
    members["writer.lock"] = b"{}"
    file = zipped(tmp_path / "b.sdrec.zip", members)
    assert Recording.open(file).status == "interrupted"
    assert {item.path.name: item.status for item in list_recordings(tmp_path)} == {
        "a.sdrec": "complete",
        "b.sdrec.zip": "interrupted",
    }


def test_a_list_of_recordings_looks_one_folder_down_and_no_deeper(tmp_path):
    for place in ("a.sdrec", "sweep/b.sdrec", "sweep/deep/c.sdrec", ".hidden/d.sdrec"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        finished(tmp_path / place)
    assert {item.path.name for item in list_recordings(tmp_path)} == {"a.sdrec", "b.sdrec"}


def test_a_list_of_recordings_unpacks_nothing(packed, home):
    listed = {item.path.name: item for item in list_recordings(packed.parent)}
    assert listed["a.sdrec.zip"].calls == 5
    assert listed["a.sdrec.zip"].id == listed["a.sdrec"].id
    assert not (home / "cache" / "archives").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../manifest.json",
        "a.sdrec/../../manifest.json",
        "/etc/manifest.json",
        "C:/manifest.json",
        "C:manifest.json",
        "..\\manifest.json",
        "\\\\server\\share\\manifest.json",
        "steps/../../../0000.safetensors",
    ],
)
def test_a_name_that_leaves_the_folder_is_refused(tmp_path, name):
    members = contents(finished(tmp_path / "a.sdrec").path)
    file = zipped(tmp_path / "b.sdrec.zip", members | {name: b"x"})
    assert code_of(file) == "recording.path-leaves"


def test_a_link_is_refused(tmp_path):
    file = zipped(tmp_path / "b.sdrec.zip", contents(finished(tmp_path / "a.sdrec").path))
    link = zipfile.ZipInfo("steps/0009.safetensors")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "a") as out:
        out.writestr(link, "/etc/passwd")
    assert code_of(file) == "recording.path-leaves"


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(packed, monkeypatch):
    monkeypatch.setattr(archive, "MAX_BYTES", 1000)
    assert code_of(packed) == "recording.archive-too-large"


def test_an_archive_that_does_not_fit_the_disk_is_refused(packed, monkeypatch):
    monkeypatch.setattr(archive, "_SPARE_BYTES", 2**62)
    assert code_of(packed) == "recording.disk-full"


def test_too_many_files_are_refused(packed, monkeypatch):
    monkeypatch.setattr(archive, "MAX_CALLS", 2)
    assert code_of(packed) == "recording.archive-too-large"


@pytest.mark.parametrize("count", [0, 2])
def test_an_archive_must_hold_one_recording(tmp_path, count):
    members = contents(finished(tmp_path / "a.sdrec").path)
    several = {
        f"{number}/{name}": data for number in range(count) for name, data in members.items()
    }
    file = zipped(tmp_path / "b.sdrec.zip", several or {"readme.txt": b"x"})
    assert code_of(file) == "recording.not-a-recording"


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.99])
def test_an_archive_that_was_cut_short_is_damaged(packed, keep):
    data = packed.read_bytes()
    packed.write_bytes(data[: int(keep * len(data)) if isinstance(keep, float) else keep])
    assert code_of(packed) == "recording.archive-damaged"


def test_an_archive_with_a_flipped_byte_is_damaged(packed):
    with zipfile.ZipFile(packed) as opened:
        info = next(
            item for item in opened.infolist() if item.filename.endswith("0001.safetensors")
        )
    data = bytearray(packed.read_bytes())
    data[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0xFF
    packed.write_bytes(data)
    assert code_of(packed) == "recording.archive-damaged"


@pytest.mark.parametrize("claimed", [1, 10**6])
def test_an_archive_whose_sizes_lie_is_damaged(packed, claimed):
    data = bytearray(packed.read_bytes())
    place = data.index(b"PK\x01\x02")  # the first entry of the directory
    data[place + 24 : place + 28] = struct.pack("<I", claimed)
    packed.write_bytes(data)
    assert code_of(packed) == "recording.archive-damaged"


def test_an_encrypted_archive_is_refused(packed):
    data = bytearray(packed.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 4)
    packed.write_bytes(data)
    assert code_of(packed) == "recording.archive-damaged"


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    assert code_of(tmp_path / "picture.png") == "recording.archive-damaged"


def test_old_archives_leave_the_cache_when_it_grows_too_large(packed, tmp_path, monkeypatch):
    first = Recording.open(packed).folder
    monkeypatch.setattr(archive, "KEPT_BYTES", 0)
    monkeypatch.setattr(archive, "_KEPT_SECONDS", -1.0)
    pack(finished(tmp_path / "b.sdrec", calls=1).path, tmp_path / "b.sdrec.zip")
    second = Recording.open(tmp_path / "b.sdrec.zip").folder
    assert not first.exists()
    assert second.exists()
    assert Recording.open(packed).calls == 5


def test_packing_to_a_place_that_cannot_be_written_leaves_nothing(tmp_path):
    recording = finished(tmp_path / "a.sdrec")
    with pytest.raises(InspectorError) as caught:
        pack(recording.path, tmp_path / "nowhere" / "a.sdrec.zip")
    assert caught.value.code == "recording.cannot-write"
