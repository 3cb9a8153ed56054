"""A writer that is killed: every step that it finished opens."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sdinspector.recording import Recording
from tests.unit.recordings import call_arrays

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import sys
from tests.unit.recordings import call_arrays, call_facts, writer
for round in range(1000):
    with writer(sys.argv[1] + f"/{round}.sdrec") as out:
        for call in range(20):
            out.step(call, call_arrays(call), call_facts(call))
            print(round, call, flush=True)
"""


@pytest.mark.parametrize("seed", range(4))
def test_every_finished_step_opens_after_a_kill_at_a_random_moment(tmp_path, seed):
    rng = random.Random(seed)  # noqa: S311 (a moment to kill, not a secret)
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    said: list[tuple[int, int]] = []
    try:
        assert process.stdout is not None
        # Killed after some step, and then somewhere within the next ones: the reader is behind.
        for _ in range(rng.randrange(1, 120)):
            left, right = process.stdout.readline().split()
            said.append((int(left), int(right)))
    finally:
        process.kill()
        process.communicate()
    last_round, last_call = said[-1]
    for number in range(last_round + 1):
        recording = Recording.open(tmp_path / f"{number}.sdrec")
        expected = 20 if number < last_round else last_call + 1
        assert recording.calls >= expected
        assert recording.status in {"complete", "interrupted"}
        assert not (number < last_round and recording.status != "complete")
        for call in range(recording.calls):
            assert recording.call(call).metadata["call"] == call
            for name, array in call_arrays(call).items():
                np.testing.assert_array_equal(recording.array(call, name), array)
