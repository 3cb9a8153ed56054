"""``invert`` on the command line, what it prints, and what can be taken out of its recording."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sdinspector.cli import main
from sdinspector.recording import Recording
from sdinspector.recording.inversion import read_path

STEPS = 3


def run(*words: object) -> int:
    try:
        return main([str(word) for word in words])
    except SystemExit as stop:
        return int(stop.code or 0)


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    colours = np.random.default_rng(2).integers(0, 256, (20, 32, 3), dtype=np.uint8)
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    Image.fromarray(colours).save(path)
    return path


@pytest.fixture(scope="module")
def inverted(tiny_folder: Path, photo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("inverted") / "photo.sdrec"
    words = ("invert", photo, "--prompt", "a star", "--steps", STEPS, "--model", tiny_folder)
    assert run(*words, "--out", path, "--quiet") == 0
    return path


def test_figures_are_printed_and_the_recording_named(
    tiny_folder: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.sdrec"
    words = ("invert", photo, "--prompt", "a star", "--steps", 2, "--model", tiny_folder)
    assert run(*words, "--guidance", 4, "--out", out) == 0
    text = capsys.readouterr().out
    figures = Recording.open(out).manifest["inversion"]
    assert f"PSNR {figures['psnr']:.2f} dB" in text
    assert f"{figures['latent_error']:.4g}" in text
    assert "guidance above 1" in text
    assert text.splitlines()[-1] == str(out)
    assert run(*words, "--out", out, "--overwrite", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["recording"] == str(out)
    assert told["guidance_scale"] == 1.0
    assert len(told["errors"]) == 2 + 1
    assert {"psnr", "psnr_round_trip", "psnr_vae", "latent_error", "relative_error"} <= set(told)


def test_an_inversion_is_forked_with_another_prompt_and_the_fork_forked_again(
    inverted: Path, tiny_folder: Path, tmp_path: Path
) -> None:
    edit, back = tmp_path / "edit.sdrec", tmp_path / "back.sdrec"
    model = ("--model", tiny_folder, "--quiet")
    changes = ("--prompt", "a circle", "--guidance", 5)
    assert run("fork", inverted, "--step", 0, *changes, "--out", edit, *model) == 0
    changes = ("--prompt", "a star", "--guidance", 1)
    assert run("fork", edit, "--step", 0, *changes, "--out", back, *model) == 0
    first, edited, again = (Recording.open(path) for path in (inverted, edit, back))
    assert np.array_equal(edited.array(0, "latent"), first.array(0, "latent"))
    assert not np.array_equal(edited.final_latent(), first.final_latent())
    assert np.array_equal(again.final_latent(), first.final_latent())


@pytest.mark.parametrize("what", ["image", "latents", "attention"])
def test_what_a_run_exports_an_inversion_exports(inverted: Path, tmp_path: Path, what: str) -> None:
    assert run("export", inverted, what, "--out", tmp_path / f"{what}.png") == 0
    with Image.open(tmp_path / f"{what}.png") as picture:
        assert picture.width > 0


def test_both_ways_are_exported_as_arrays_columns_and_a_curve(
    inverted: Path, tmp_path: Path
) -> None:
    for ending in ("npz", "csv", "png", "svg"):
        assert run("export", inverted, "inversion", "--out", tmp_path / f"a.{ending}") == 0
    recording = Recording.open(inverted)
    path = read_path(recording)
    with np.load(tmp_path / "a.npz") as arrays:
        assert np.array_equal(arrays["latents"], path.latents)
        assert np.array_equal(arrays["noise_cond"], path.noise_cond)
        assert np.array_equal(arrays["way_down"][0], recording.final_latent())
        assert np.array_equal(arrays["way_down"][-1], recording.array(0, "latent"))
        about = json.loads(str(arrays["about"]))
    assert about["inversion"]["psnr"] == recording.manifest["inversion"]["psnr"]
    with (tmp_path / "a.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["timestep"]) for row in rows] == [-1, *path.timesteps]
    errors = [float(row["relative_error"]) for row in rows]
    assert errors == recording.manifest["inversion"]["errors"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--steps", 0), "Steps must be a whole number"),
        (("--scheduler", "euler"), "Only DDIM can be walked backwards, and 'euler'"),
        (("--width", 13), "must be a multiple of"),
        (("--guidance", "inf"), "must be a finite number"),
        (("--capture", "nonsense"), "Cannot capture 'nonsense'"),
    ],
)
def test_bad_input_is_one_clear_line(
    tiny_folder: Path,
    photo: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[object, ...],
    told: str,
) -> None:
    out = photo.with_name("bad.sdrec")
    rest = ("--prompt", "a", "--model", tiny_folder, "--out", out, "--quiet")
    assert run("invert", photo, *words, *rest) == 1
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("sdinspector: ")
    assert told in error
    assert not out.exists()


def test_what_is_no_picture_is_told(
    tiny_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "a.png"
    bad.write_text("no picture")
    rest = ("--prompt", "a", "--model", tiny_folder, "--out", tmp_path / "a.sdrec", "--quiet")
    for place, told in ((bad, "Cannot read the picture"), (tmp_path / "b.png", "no picture")):
        assert run("invert", place, *rest) == 1
        assert told in capsys.readouterr().err


def test_a_run_has_no_inversion_to_export(
    inverted: Path, tiny_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fork = tmp_path / "fork.sdrec"
    assert run("fork", inverted, "--step", 1, "--out", fork, "--model", tiny_folder, "--quiet") == 0
    assert run("export", fork, "inversion", "--out", tmp_path / "a.csv") == 1
    assert "holds no inversion" in capsys.readouterr().err
