"""Both branches of a call, and one that was added after the run."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from sdinspector.core import InspectorError
from sdinspector.recording import Recording, pack
from sdinspector.recording.branches import add_uncond, calls_without_uncond, pair
from sdinspector.recording.layout import ADDED_UNCOND
from tests.unit.recordings import call_arrays, call_facts, writer


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    """Return a recording whose first two of three calls ran with the conditional branch alone."""
    with writer(tmp_path / "a.sdrec") as out:
        for call in range(3):
            arrays = call_arrays(call)
            if call < 2:
                del arrays["noise_uncond"]
            out.step(call, arrays, call_facts(call))
    return Recording.open(out.path)


def made(call: int) -> np.ndarray:
    return np.full((4, 8, 8), 10 + call, np.float32)


def test_a_branch_that_did_not_run_is_missing_until_it_is_added(recording: Recording) -> None:
    assert calls_without_uncond(recording) == (0, 1)
    assert pair(recording, 0)[0] is None
    uncond, cond = pair(recording, -1)
    np.testing.assert_array_equal(uncond, recording.array(2, "noise_uncond"))
    np.testing.assert_array_equal(cond, recording.array(2, "noise_cond"))
    following = Recording.open(recording.path)
    add_uncond(recording, {0: made(0), 1: made(1)}, {"digest": "x"})
    assert following.refresh()
    assert calls_without_uncond(following) == ()
    np.testing.assert_array_equal(pair(following, 1)[0], made(1))
    np.testing.assert_array_equal(pair(following, 1)[1], recording.array(1, "noise_cond"))


def test_what_was_recorded_stays_as_it_is(recording: Recording) -> None:
    before = {path: path.read_bytes() for path in recording.folder.rglob("*") if path.is_file()}
    add_uncond(recording, {0: made(0)}, {})
    assert {path: path.read_bytes() for path in before} == before
    added = {path for path in recording.folder.rglob("*") if path.is_file()} - set(before)
    assert added == {recording.folder / ADDED_UNCOND}
    assert not recording.has(0, "noise_uncond")
    assert recording.captures == ()


def test_adding_again_keeps_what_was_added(recording: Recording) -> None:
    add_uncond(recording, {0: made(0)}, {})
    assert calls_without_uncond(recording) == (1,)
    add_uncond(recording, {1: made(1)}, {})
    np.testing.assert_array_equal(pair(recording, 0)[0], made(0))
    np.testing.assert_array_equal(pair(recording, 1)[0], made(1))


def test_a_damaged_file_of_added_ones_is_told_and_made_again(recording: Recording) -> None:
    add_uncond(recording, {0: made(0), 1: made(1)}, {})
    (recording.folder / ADDED_UNCOND).write_bytes(b"broken")
    with pytest.raises(InspectorError) as caught:
        pair(recording, 0)
    assert caught.value.code == "recording.file-damaged"
    assert calls_without_uncond(recording) == (0, 1)
    add_uncond(recording, {0: made(5), 1: made(6)}, {})
    np.testing.assert_array_equal(pair(recording, 0)[0], made(5))


def test_an_archive_takes_the_added_branch_along(recording: Recording, tmp_path: Path) -> None:
    add_uncond(recording, {0: made(0)}, {})
    pack(recording.folder, tmp_path / "a.sdrec.zip")
    packed = Recording.open(tmp_path / "a.sdrec.zip")
    np.testing.assert_array_equal(pair(packed, 0)[0], made(0))
    assert pair(packed, 1)[0] is None
    # The copy in the cache is added to.
    add_uncond(packed, {1: made(1)}, {})
    np.testing.assert_array_equal(pair(Recording.open(tmp_path / "a.sdrec.zip"), 1)[0], made(1))


def test_a_recording_that_is_gone_or_being_written_is_refused(tmp_path: Path) -> None:
    with writer(tmp_path / "b.sdrec") as out:
        out.step(0, call_arrays(0), call_facts(0))
        running = Recording.open(out.path)
        with pytest.raises(InspectorError) as caught:
            add_uncond(running, {0: made(0)}, {})
        assert caught.value.code == "recording.being-written"
    shutil.rmtree(running.folder)
    with pytest.raises(InspectorError) as caught:
        add_uncond(running, {0: made(0)}, {})
    assert caught.value.code == "recording.missing"
