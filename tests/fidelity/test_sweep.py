"""A sweep is plain runs, one after another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sdinspector.core import Cancelled, Edit, InspectorError
from sdinspector.engine import Model, run, sweep, sweep_iter
from sdinspector.recording import Recording, list_recordings
from tests.fidelity.plain_runs import SPEC, equal, plain_run, spec_for

SCALES = (0.0, 1.0, 2.5, 7.5, -2.0, 7.5)


@pytest.mark.parametrize("scheduler", ["", "heun", "euler-a", "dpm++sde"])
def test_each_of_a_sweep_equals_a_plain_run_at_its_scale(
    tiny_model: Model, tmp_path: Path, scheduler: str
) -> None:
    spec = spec_for(scheduler)
    by_hand = replace(spec, branches="both", edits=(Edit("guidance", from_call=1, value=9.0),))
    recordings = sweep(tiny_model, by_hand, SCALES, tmp_path / "sweep")
    assert [recording.path.name for recording in recordings] == [
        "01-s0.sdrec", "02-s1.sdrec", "03-s2.5.sdrec", "04-s7.5.sdrec", "05-s-2.sdrec",
        "06-s7.5.sdrec",
    ]  # fmt: skip
    for index, (recording, scale) in enumerate(zip(recordings, SCALES, strict=True)):
        plain = replace(spec, guidance_scale=scale)
        assert recording.spec == plain
        assert recording.has(0, "noise_uncond") is (scale > 1.0)
        assert equal(recording.final_latent(), plain_run(tiny_model, plain))
        about = recording.manifest["sweep"]
        assert (about["index"], about["scales"]) == (index, list(SCALES))
    assert len({recording.manifest["sweep"]["id"] for recording in recordings}) == 1
    assert len({recording.id for recording in recordings}) == len(SCALES)


def test_progress_counts_over_all_runs(tiny_model: Model, tmp_path: Path) -> None:
    steps = list(sweep_iter(tiny_model, SPEC, (1.0, 3.0), tmp_path))
    assert [(done.call, done.calls) for done in steps] == [(call, 10) for call in range(10)]
    assert [done.path.name for done in steps] == ["01-s1.sdrec"] * 5 + ["02-s3.sdrec"] * 5
    assert steps[5].step == 0


def test_what_is_finished_stays_when_a_sweep_is_stopped(tiny_model: Model, tmp_path: Path) -> None:
    seen: list[int] = []
    with pytest.raises(Cancelled):
        sweep(
            tiny_model,
            SPEC,
            (1.0, 3.0, 5.0),
            tmp_path,
            on_step=lambda done: seen.append(done.call),
            should_stop=lambda: len(seen) == 7,
        )
    kept = {one.path.name: (one.status, one.calls) for one in list_recordings(tmp_path)}
    assert kept == {"01-s1.sdrec": ("complete", 5), "02-s3.sdrec": ("cancelled", 2)}
    closed = sweep_iter(tiny_model, SPEC, (2.0,), tmp_path / "closed")
    next(closed)
    closed.close()
    assert Recording.open(tmp_path / "closed" / "01-s2.sdrec").status == "cancelled"


@pytest.mark.parametrize(
    ("scales", "code"),
    [
        ((), "sweep.no-scales"),
        ((1.0, float("nan")), "spec.not-finite"),
        ((1.0, 2.0), "recording.exists"),
    ],
)
def test_what_cannot_be_swept_is_told_before_the_first_run(
    tiny_model: Model, tmp_path: Path, scales: tuple[float, ...], code: str
) -> None:
    taken = run(tiny_model, replace(SPEC, steps=1), tmp_path / "02-s2.sdrec")
    with pytest.raises(InspectorError) as caught:
        next(sweep_iter(tiny_model, SPEC, scales, tmp_path))
    assert caught.value.code == code
    assert not (tmp_path / "01-s1.sdrec").exists()
    if code == "recording.exists":
        again = sweep(tiny_model, SPEC, scales, tmp_path, overwrite=True)
        assert again[1].id != taken.id
        assert np.isfinite(again[1].final_latent()).all()
