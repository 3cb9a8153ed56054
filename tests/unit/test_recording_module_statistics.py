"""The statistics of modules over calls: what is stored, and what is not."""

from __future__ import annotations

import numpy as np

from sdinspector.recording import Recording
from sdinspector.recording.module_statistics import MEAN_ABSOLUTE, read_module_statistics
from tests.unit.recordings import call_arrays, call_facts, writer


def written(path, calls=3, branches=("uncond", "cond")):
    with writer(path) as out:
        for call in range(calls):
            arrays = call_arrays(call)
            for number, name in enumerate(("conv_in", "mid_block")):
                rows = np.arange(6, dtype=np.float32) + 10 * number + 100 * call
                arrays[f"statistics/{name}"] = np.stack([rows + 0.5] * (len(branches) - 1) + [rows])
            out.step(call, arrays, call_facts(call) | {"branches": list(branches)})
    return Recording.open(path)


def test_every_call_module_and_branch_has_its_numbers(tmp_path):
    found = read_module_statistics(written(tmp_path / "a.sdrec"), 3)
    assert found.paths == ("conv_in", "mid_block")
    assert found.values.shape == (3, 2, 2, 6)
    assert found.stored.all()
    assert np.array_equal(found.of("mid_block")[:, MEAN_ABSOLUTE], [14, 114, 214])
    assert np.array_equal(found.of("mid_block", "uncond")[:, 0], [10.5, 110.5, 210.5])


def test_a_branch_that_did_not_run_has_none(tmp_path):
    found = read_module_statistics(written(tmp_path / "a.sdrec", branches=("cond",)), 3)
    assert found.of("conv_in", "uncond") is None
    assert np.array_equal(found.of("conv_in")[:, 0], [0, 100, 200])


def test_a_module_that_was_not_captured_has_none(tmp_path):
    found = read_module_statistics(written(tmp_path / "a.sdrec"), 3, paths=["nothing", "conv_in"])
    assert found.of("nothing") is None
    assert found.of("conv_in") is not None
    assert found.of("elsewhere") is None


def test_later_calls_are_added_to_what_is_known(tmp_path):
    recording = written(tmp_path / "a.sdrec")
    first = read_module_statistics(recording, 1)
    for number in range(3):
        (recording.folder / "steps" / f"{number:04d}.safetensors").touch()
    (recording.folder / "steps" / "0000.safetensors").unlink()  # must not be read again
    both = read_module_statistics(recording, 3, first)
    assert np.array_equal(both.of("conv_in")[:, 0], [0, 100, 200])
    assert read_module_statistics(recording, 2, both) is both
