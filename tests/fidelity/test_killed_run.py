"""A real run whose process is killed: what it finished stays and opens."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sdinspector.recording import Recording

ROOT = Path(__file__).resolve().parents[2]
MOMENTS = 20
CALLS = 400
# One process imports the libraries and opens the model once; each run is a fork of it.
RUNS = """
import os, sys
from sdinspector.core import CaptureSpec, RunSpec
from sdinspector.engine import open_model, run
folder, model, calls, times = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
import torch
torch.set_num_threads(1)  # so that no thread is missing in a fork
model = open_model(model)
for number in range(times):
    child = os.fork()
    if not child:
        spec = RunSpec(prompt="a red circle", steps=calls, capture=CaptureSpec.everything())
        try:
            run(model, spec, f"{folder}/{number}.sdrec",
                on_step=lambda done: print(os.getpid(), number, done.call, flush=True))
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    print("gone", number, 0, flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks the run, to kill it many times")
def test_every_finished_step_opens_after_twenty_kills_of_a_run(tiny_folder, tmp_path):
    chance = random.Random(0)  # noqa: S311
    process = subprocess.Popen(
        [sys.executable, "-c", RUNS, str(tmp_path), str(tiny_folder), str(CALLS), str(MOMENTS)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    finished = {}
    for number in range(MOMENTS):
        last_call = chance.randrange(0, 12)
        spins = chance.randrange(0, 200_000)  # a moment somewhere within the next call
        for line in process.stdout:
            pid, _, call = line.split()
            if pid != "gone" and int(call) == last_call:
                for _ in range(spins):
                    pass
                os.kill(int(pid), signal.SIGKILL)
                finished[number] = last_call + 1
            if pid == "gone":
                break
    process.communicate()
    assert len(finished) == MOMENTS
    for number, calls in finished.items():
        recording = Recording.open(tmp_path / f"{number}.sdrec")
        assert recording.status == "interrupted"
        assert calls <= recording.calls < CALLS
        for call in range(recording.calls):
            assert recording.call(call).index == call
            for name in recording.call(call).names:
                assert np.asarray(recording.array(call, name)).size
        assert recording.final_latent() is None
