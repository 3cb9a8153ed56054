"""Pictures with captions are found however people keep them; what is missing is told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sdinspector.core import InspectorError, TrainingSpec
from sdinspector.engine import training_data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "pictures"
    place.mkdir()
    return place


def picture(path: Path) -> Path:
    Image.fromarray(np.full((8, 8, 3), 90, np.uint8)).save(path)
    return path


def captions(found: training_data.Pictures) -> list[tuple[str, str]]:
    return [(Path(str(item.picture)).name, item.caption) for item in found.items]


def test_captions_from_text_files_beside(folder: Path) -> None:
    picture(folder / "one.png")
    picture(folder / "two.jpg")
    (folder / "one.txt").write_text("a red\n barn ", "utf-8")
    (folder / "alone.txt").write_text("nothing", "utf-8")
    found = training_data.find(folder)
    assert captions(found) == [("one.png", "a red barn")]
    assert found.source == "text files"
    assert len(found.remarks) == 2


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_captions_from_a_table(folder: Path, ending: str) -> None:
    picture(folder / "one.png")
    picture(folder / "other.png")
    table = folder / f"metadata.{ending}"
    if ending == "csv":
        table.write_text('file_name,text\none.png,"a barn, red"\n', "utf-8")
    else:
        row = {"file_name": "one.png", "text": "a barn, red"}
        table.write_text(json.dumps(row) + "\n\n", "utf-8")
    for place in (folder, table):
        assert captions(training_data.find(place)) == [("one.png", "a barn, red")]
    assert "1 pictures" in training_data.find(folder).remarks[0]


def test_captions_from_names(folder: Path) -> None:
    picture(folder / "red_circle-02.png")
    picture(folder / "a blue star.webp")
    assert captions(training_data.find(folder)) == [
        ("a blue star.webp", "a blue star"),
        ("red_circle-02.png", "red circle"),
    ]


def test_one_caption_for_all(folder: Path) -> None:
    picture(folder / "IMG_0001.png")
    found = training_data.find(folder, "a photo of my dog")
    assert captions(found) == [("IMG_0001.png", "a photo of my dog")]


def test_drawn_scenes_are_the_worlds() -> None:
    found = training_data.find("shapes:3", size=64)
    assert len(found.items) == 3
    assert found.items[0].picture.shape == (64, 64, 3)  # type: ignore[union-attr]
    assert found.items[0].caption


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda folder: folder.rmdir(), "training.no-folder"),
        (lambda folder: None, "training.empty"),
        (lambda folder: picture(folder / "DSC_0042.jpg"), "training.no-captions"),
        (lambda folder: (folder / "a.txt").write_text("words"), "training.no-pictures"),
        (
            lambda folder: (folder / "m.jsonl").write_text('{"file_name": "no.png", "text": "x"}'),
            "training.missing",
        ),
        (lambda folder: (folder / "m.jsonl").write_text("{broken"), "training.table"),
        (lambda folder: (folder / "m.csv").write_text("a,b\n1,2\n"), "training.row"),
        (
            lambda folder: [(folder / name).touch() for name in ("a.csv", "b.csv")],
            "training.tables",
        ),
        (lambda folder: (folder / "m.csv").write_text("file_name,text\n"), "training.empty"),
    ],
)
def test_what_is_missing_is_told(folder: Path, make, code: str) -> None:  # type: ignore[no-untyped-def]
    make(folder)
    with pytest.raises(InspectorError) as caught:
        training_data.find(folder)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": 0},
        {"batch": 0},
        {"learning_rate": float("nan")},
        {"caption_dropout": 1.5},
        {"average": 1.0},
        {"rank": 0},
        {"method": "none"},
    ],
)
def test_settings_that_make_no_sense_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InspectorError) as caught:
        TrainingSpec(**changes).validate()  # type: ignore[arg-type]
    assert caught.value.code == "training.setting"


def test_settings_go_through_json() -> None:
    spec = TrainingSpec(steps=7, prompts=("a", "b"), min_snr=5.0)
    assert TrainingSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec
