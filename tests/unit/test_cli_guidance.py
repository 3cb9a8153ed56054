"""Guidance as a person types it: a sweep, a curve, and its export."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sdinspector import engine
from sdinspector.cli import main
from sdinspector.recording import Recording


@pytest.fixture(scope="module", autouse=True)
def _open_the_tiny_one(tiny_folder: Path) -> Iterator[None]:
    real = engine.open_model
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "open_model", lambda *_, **__: real(str(tiny_folder), device="cpu"))
        yield


def run(*words: object) -> int:
    try:
        return main([str(word) for word in words])
    except SystemExit as stop:
        return int(stop.code or 0)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run along a curve, made by the command line."""
    path = tmp_path_factory.mktemp("runs") / "run.sdrec"
    curve = ["--guidance-curve", "linear:8:2", "--scheduler", "heun"]
    assert run("record", "--prompt", "a star", "--steps", 3, *curve, "--quiet", "--out", path) == 0
    return path


def test_a_curve_is_by_step_and_both_branches_run(recording: Path) -> None:
    found = Recording.open(recording)
    assert found.guidance == (8.0, 8.0, 5.0, 5.0, 2.0)
    assert all(found.has(call, "noise_uncond") for call in range(5))


@pytest.mark.parametrize(
    ("curve", "status"),
    [("interval:7:1:1:1", 0), ("step:7:0:2", 0), ("zigzag:1:2", 2), ("linear:1", 2),
     ("linear:a:b", 2), ("linear:1:2:3:4:5", 2), ("interval:7:1:3:1", 1), ("linear:nan:2", 1)],
)  # fmt: skip
def test_curves_that_are_none_are_refused(
    curve: str, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.sdrec"
    words = ("--prompt", "a", "--steps", 3, "--scheduler", "ddim", "--quiet", "--out", path)
    assert run("record", "--guidance-curve", curve, *words) == status
    assert path.exists() is (status == 0)
    if status == 0:
        expected = {"interval": (1.0, 7.0, 1.0), "step": (7.0, 7.0, 0.0)}
        assert Recording.open(path).guidance == expected[curve.split(":", 1)[0]]
    else:
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_sweep_prints_its_recordings_and_draws_a_sheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet, folder = tmp_path / "sheet.png", tmp_path / "sweep"
    words = ("--scales", "1,2,7.5", "--steps", 2, "--out", folder, "--quiet")
    assert run("sweep", "a red circle", *words, "--sheet", sheet) == 0
    names = ("01-s1.sdrec", "02-s2.sdrec", "03-s7.5.sdrec")
    printed = capsys.readouterr().out.splitlines()
    assert printed == [*(str(folder / name) for name in names), str(sheet)]
    scales = [Recording.open(folder / name).spec.guidance_scale for name in names]
    assert scales == [1.0, 2.0, 7.5]
    with Image.open(sheet) as image:
        assert image.width > image.height
    assert run("sweep", "a red circle", *words) == 1
    assert "There is a recording" in capsys.readouterr().err
    assert run("sweep", "a red circle", *words, "--overwrite") == 0


@pytest.mark.parametrize(
    ("scales", "sheet", "status"),
    [("one,two", "a.png", 2), ("", "a.png", 2), ("1,nan", "a.png", 1), ("1", "a.npy", 2)],
)
def test_a_sweep_that_cannot_be_is_refused(
    scales: str, sheet: str, status: int, tmp_path: Path
) -> None:
    words = ("--out", tmp_path / "sweep", "--sheet", tmp_path / sheet, "--quiet")
    assert run("sweep", "a", f"--scales={scales}", *words) == status
    assert not (tmp_path / "sweep").exists()


def test_guidance_is_exported_by_the_files_ending(recording: Path, tmp_path: Path) -> None:
    def export(name: str, *words: object) -> Path:
        out = tmp_path / name
        assert run("export", recording, "guidance", "--out", out, *words) == 0
        return out

    with np.load(export("a.npz", "--step", 1, "--scale", 3, "--rescale", 0.5)) as arrays:
        names = {"noise_uncond", "noise_cond", "difference", "guided", "denoised", "magnitude"}
        assert set(arrays) == names | {"about"}
        assert arrays["magnitude"].shape == (8, 8)
        assert arrays["denoised"].shape == (4, 8, 8)
    with Image.open(export("a.png")) as image:
        assert image.width > 800
    with export("a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["scale"]) for row in rows] == [8.0, 8.0, 5.0, 5.0, 2.0]
    assert "cosine" in export("curves.svg").read_text(encoding="utf-8")
    assert "ε_y − ε_∅" in export("map.svg", "--step", "2").read_text(encoding="utf-8")
    with export("some.csv", "--step", "1-2").open(encoding="utf-8", newline="") as file:
        assert [row["call"] for row in csv.DictReader(file)] == ["1", "2"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--out", "a.csv", "--scale", 3), 2),
        (("--out", "a.png", "--step", "all"), 2),
        (("--out", "a.png", "--step", 99), 1),
        (("--out", "a.png", "--scale", "nan"), 1),
        (("--out", "a.txt"), 1),
        (("--out", "a.png", "--word", "star"), 2),
    ],
)
def test_wrong_exports_are_one_clear_line(
    recording: Path, words: tuple[Any, ...], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", recording, "guidance", *words) == status
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_run_without_the_branch_says_how_to_get_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.sdrec"
    words = ("--guidance", 1, "--steps", 2, "--quiet", "--out", path)
    assert run("record", "--prompt", "a", *words) == 0
    capsys.readouterr()
    assert run("export", path, "guidance", "--out", tmp_path / "a.npz") == 1
    assert "Add the branch" in capsys.readouterr().err
