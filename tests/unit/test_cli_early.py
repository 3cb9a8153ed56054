"""What is wrong with a place or a picture is told before a model is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdinspector.cli import main
from sdinspector.core import RunSpec
from sdinspector.recording import RecordingWriter

NO_MODEL = ("--model", "there-is-no-such-model")  # opening it would be the other error


@pytest.fixture
def taken(tmp_path: Path) -> Path:
    path = tmp_path / "taken.sdrec"
    with RecordingWriter(path, kind="run", spec=RunSpec(prompt="a"), model={}, tokens={}):
        pass
    return path


@pytest.mark.parametrize(
    "words",
    [
        ("record", "--prompt", "x"),
        ("observe", "none.png", "--prompt", "x"),
        ("invert", "none.png", "--prompt", "x"),
        ("objective", "none.png", "--prompt", "x"),
    ],
)
def test_a_taken_place(taken: Path, words: tuple[str, ...], capsys) -> None:  # type: ignore[no-untyped-def]
    assert main([*words, *NO_MODEL, "--out", str(taken)]) == 1
    assert "There is a recording" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["observe", "invert", "objective"])
def test_a_picture_that_is_not_there(command: str, tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    out = str(tmp_path / "new.sdrec")
    assert main([command, "none.png", "--prompt", "x", *NO_MODEL, "--out", out]) == 1
    assert "There is no picture none.png" in capsys.readouterr().err
    assert not Path(out).exists()
