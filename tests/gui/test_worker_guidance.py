"""Guidance on the model's thread: steered runs, an added branch, a sweep; with a real model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sdinspector.app.jobs import AddUncondJob, ForkJob, OpenModel, RunJob, SweepJob
from sdinspector.app.model_thread import ModelThread
from sdinspector.app.queueing import Handle, State
from sdinspector.core import CaptureSpec, Edit, RunSpec
from sdinspector.recording import Recording, list_recordings
from sdinspector.recording.branches import calls_without_uncond

SPEC = RunSpec(prompt="a red circle", steps=4, guidance_scale=1.0, capture=CaptureSpec.nothing())


@pytest.fixture
def worker(qapp: Any, tiny_folder: Path) -> Iterator[ModelThread]:
    thread = ModelThread()
    thread.start()
    thread.submit(OpenModel(source=str(tiny_folder), device="cpu"))
    yield thread
    thread.shut_down()
    thread.deleteLater()


def finished(worker: ModelThread, qtbot: Any, handle: Handle, state: State = State.DONE) -> None:
    qtbot.waitUntil(lambda: not worker.active, timeout=60_000)
    assert handle.state is state


def test_a_hand_steers_a_run_and_a_fork(worker: ModelThread, qtbot: Any, tmp_path: Path) -> None:
    out, forked = tmp_path / "run.sdrec", tmp_path / "fork.sdrec"
    handle = worker.submit(RunJob(spec=SPEC, out=out, live={2: 5.0, 4: 0.5}.get))
    finished(worker, qtbot, handle)
    recording = Recording.open(out)
    assert recording.guidance == (1.0, 1.0, 5.0, 5.0, 0.5)
    assert recording.spec.edits == (
        Edit("guidance", from_call=2, to_call=3, value=5.0),
        Edit("guidance", from_call=4, value=0.5),
    )
    job = ForkJob(
        recording=out, step=3, out=forked, changes={"guidance_scale": 2.0}, live={4: 3.0}.get
    )
    finished(worker, qtbot, worker.submit(job))
    assert Recording.open(forked).guidance == (1.0, 1.0, 5.0, 2.0, 3.0)
    # Two wishes for the same are the same, whoever steers.
    assert job == ForkJob(recording=out, step=3, out=forked, changes={"guidance_scale": 2.0})


def test_a_branch_is_added_and_progress_told(
    worker: ModelThread, qtbot: Any, tmp_path: Path
) -> None:
    out = tmp_path / "run.sdrec"
    worker.submit(RunJob(spec=SPEC, out=out))
    told: list[tuple[int, int]] = []
    results: list[Any] = []
    handle = worker.submit(
        AddUncondJob(recording=out),
        results.append,
        on_event=lambda done: told.append((done.call, done.calls)),
    )
    finished(worker, qtbot, handle)
    assert results == [out]
    assert told == [(call, 5) for call in range(5)]
    assert calls_without_uncond(Recording.open(out)) == ()


def test_a_sweep_answers_with_its_recordings_and_keeps_them_when_stopped(
    worker: ModelThread, qtbot: Any, tmp_path: Path
) -> None:
    results: list[Any] = []
    job = SweepJob(spec=SPEC, scales=(1.0, 4.0), folder=tmp_path / "sweep")
    finished(worker, qtbot, worker.submit(job, results.append))
    (paths,) = results
    assert [path.name for path in paths] == ["01-s1.sdrec", "02-s4.sdrec"]
    latents = [Recording.open(path).final_latent() for path in paths]
    assert not np.array_equal(*latents)

    long = SweepJob(spec=SPEC, scales=(1.0,) * 99, folder=tmp_path / "long")
    seen: list[Any] = []
    handle = worker.submit(long, on_event=seen.append)
    qtbot.waitUntil(lambda: len(seen) > 5, timeout=60_000)
    worker.stop_job(handle)
    finished(worker, qtbot, handle, State.CANCELLED)
    status = {one.path.name: one.status for one in list_recordings(long.folder)}
    assert status["01-s1.sdrec"] == "complete"
    assert len(status) < 99
