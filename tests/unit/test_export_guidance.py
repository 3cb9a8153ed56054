"""Guidance as files: both branches of a call, how they differ, the pictures of a sweep."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sdinspector.analysis import guidance
from sdinspector.core import InspectorError, RunSpec
from sdinspector.export import (
    about_guidance,
    branches_figure,
    export_figure,
    guidance_arrays,
    guidance_sheet,
    magnitude_figure,
    sheets,
    sweep_figure,
)
from sdinspector.recording import Recording
from sdinspector.recording.branches import add_uncond
from tests.unit.recordings import call_arrays, call_facts, finished, writer


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    """Return a recording of four calls, of which the first ran with the words alone."""
    rng = np.random.default_rng(0)
    with writer(tmp_path / "a.sdrec") as out:
        for call in range(4):
            names = ("latent", "noise_uncond", "noise_cond", "denoised")
            arrays = {name: rng.normal(size=(4, 8, 6)).astype(np.float32) for name in names}
            if call == 0:
                del arrays["noise_uncond"]
            out.step(call, arrays, call_facts(call))
        out.image(np.full((16, 12, 3), 90, np.uint8))
    return Recording.open(out.path)


def test_arrays_are_the_formulas_at_the_chosen_scale(recording: Recording) -> None:
    uncond, cond = recording.array(1, "noise_uncond"), recording.array(1, "noise_cond")
    arrays = guidance_arrays(recording, 1, scale=3.0, rescale=0.4)
    guided = guidance.combine(uncond, cond, 3.0, 0.4)
    np.testing.assert_array_equal(arrays["guided"], guided)
    np.testing.assert_array_equal(
        arrays["denoised"], 1.25 * recording.array(1, "latent") - 0.5 * guided
    )
    np.testing.assert_array_equal(arrays["difference"], cond - uncond)
    np.testing.assert_allclose(
        arrays["magnitude"], np.linalg.norm(cond - uncond, axis=0), rtol=1e-6
    )
    as_run = guidance_arrays(recording, -1)["guided"]
    last = [recording.array(3, name) for name in ("noise_uncond", "noise_cond")]
    np.testing.assert_array_equal(as_run, guidance.combine(*last, 7.5))


def test_a_scheduler_that_clips_is_followed(tmp_path: Path) -> None:
    with writer(tmp_path / "clipped.sdrec") as out:
        out.step(0, call_arrays(3), call_facts(0) | {"clip": 0.5})
    assert np.abs(guidance_arrays(Recording.open(out.path), 0)["denoised"]).max() == 0.5


def test_absurd_scales_are_drawn_and_no_number_is_refused(recording: Recording) -> None:
    for scale in (1e6, -1e6, 1e39, 0.0):
        image = guidance_sheet(recording, 2, scale=scale).arrays["image"]
        assert image.dtype == np.uint8
    for changes in ({"scale": float("nan")}, {"rescale": float("inf")}):
        with pytest.raises(InspectorError) as caught:
            guidance_arrays(recording, 2, **changes)
        assert caught.value.code == "guidance.not-finite"


def test_a_branch_that_did_not_run_is_told_and_one_that_was_added_is_used(
    recording: Recording,
) -> None:
    for make in (guidance_arrays, guidance_sheet, magnitude_figure):
        with pytest.raises(InspectorError) as caught:
            make(recording, 0)
        assert caught.value.code == "guidance.no-branch"
    with pytest.raises(InspectorError) as caught:
        branches_figure(recording, [0])
    assert caught.value.code == "guidance.no-branch"
    added = np.zeros((4, 8, 6), np.float32)
    add_uncond(recording, {0: added}, {})
    np.testing.assert_array_equal(guidance_arrays(recording, 0)["noise_uncond"], added)
    assert about_guidance(recording, 0)["branch_added_afterwards"]
    assert not about_guidance(recording, 1)["branch_added_afterwards"]


def test_the_table_has_a_row_for_each_call(recording: Recording, tmp_path: Path) -> None:
    path = export_figure(branches_figure(recording), tmp_path / "b.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["call"] for row in rows] == ["0", "1", "2", "3"]
    assert [row["step"] for row in rows] == ["0", "0", "1", "1"]
    assert (rows[0]["norm_uncond"], rows[0]["cosine"]) == ("nan", "nan")
    norms = guidance.norms_and_cosine(
        recording.array(2, "noise_uncond"), recording.array(2, "noise_cond")
    )
    names = ("norm_uncond", "norm_cond", "norm_difference", "cosine")
    assert tuple(float(rows[2][name]) for name in names) == norms
    assert float(rows[0]["norm_cond"]) > 0
    assert len(branches_figure(recording, [1, 3]).arrays["call"]) == 2
    curves = export_figure(branches_figure(recording, curves=True), tmp_path / "b.svg")
    assert "|ε_y − ε_∅|" in curves.read_text(encoding="utf-8")


def test_the_sheet_names_both_scales_and_carries_its_settings(
    recording: Recording, tmp_path: Path
) -> None:
    figure = guidance_sheet(recording, 1, scale=3.0)
    path = export_figure(figure, tmp_path / "sheet.png")
    with Image.open(path) as image:
        about = json.loads(image.text["about"])
    assert (about["recorded_scale"], about["scale"], about["call"]) == (7.5, 3.0, 1)
    other = guidance_sheet(recording, 1, scale=1.0).arrays["image"]
    assert figure.arrays["image"].shape == other.shape
    assert not np.array_equal(figure.arrays["image"], other)


def test_latents_of_other_widths_have_a_sheet_too(tmp_path: Path) -> None:
    for channels in (3, 16):
        with writer(tmp_path / f"{channels}.sdrec", preview=None) as out:
            names = ("latent", "noise_uncond", "noise_cond", "denoised")
            rng = np.random.default_rng(channels)
            arrays = {name: rng.normal(size=(channels, 4, 4)) for name in names}
            out.step(0, arrays, call_facts(0))
        guidance_sheet(Recording.open(out.path), 0)


def test_a_sweeps_pictures_stand_in_a_row_with_their_scales_beneath(tmp_path: Path) -> None:
    spec = RunSpec(prompt="a red circle")
    runs = [
        finished(tmp_path / f"{scale}.sdrec", calls=1, spec=replace(spec, guidance_scale=scale))
        for scale in (1.0, 4.0, 7.5)
    ]
    with writer(tmp_path / "stopped.sdrec") as out:
        out.step(0, call_arrays(0), call_facts(0))
    stopped = Recording.open(out.path)
    figure = sweep_figure([*runs, stopped])
    assert figure.about["scales"] == [1.0, 4.0, 7.5]
    assert figure.arrays["image"].shape[1] > 3 * figure.arrays["image"].shape[0] / 2
    with pytest.raises(InspectorError) as caught:
        sweep_figure([stopped])
    assert caught.value.code == "guidance.no-pictures"


def test_labels_beneath_leave_the_pictures_their_size() -> None:
    panels = [sheets.Panel(np.zeros((64, 64, 3), np.uint8), f"s = {n}") for n in range(3)]
    above, beneath = (sheets.sheet("t", panels, 3, beneath=one) for one in (False, True))
    assert above.shape == beneath.shape
    black = [
        np.flatnonzero((image == 0).all(axis=(2,)).sum(axis=1) > 100) for image in (above, beneath)
    ]
    assert len(black[0]) == len(black[1]) == 256
    assert black[1][0] < black[0][0]
