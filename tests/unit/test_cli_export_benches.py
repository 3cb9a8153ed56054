"""What ``encode`` and ``tokens`` recorded is exported as a run is."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sdinspector.cli import main
from sdinspector.core import Preview, RunSpec, Token
from sdinspector.recording import Recording, RecordingWriter

RANDOM = np.random.default_rng(0)
LATENT = RANDOM.standard_normal((4, 8, 12)).astype(np.float32)
EMBEDDING = RANDOM.standard_normal((77, 16)).astype(np.float32)
ATTENTION = RANDOM.random((2, 3, 77, 77)).astype(np.float16)
PICTURE = RANDOM.integers(0, 256, (16, 24, 3), dtype=np.uint8)


def run(*words: object) -> int:
    try:
        return main([str(word) for word in words])
    except SystemExit as stop:
        return int(stop.code or 0)


def writer(path: Path, kind: str, **more: object) -> RecordingWriter:
    spec = RunSpec(prompt="a, star", width=24, height=16)
    preview = Preview(matrix=((1.0, 0.0, 0.0),) * 4, source="fitted")
    return RecordingWriter(
        path, kind=kind, spec=spec, model={"source": "none"}, preview=preview, **more
    )  # type: ignore[arg-type]


@pytest.fixture
def encoded(tmp_path: Path) -> Path:
    path = tmp_path / "encoded.sdrec"
    extra = {"encode": {"placing": "crop", "seed": None}}
    with writer(path, "encode", tokens={}, extra=extra) as recording:
        arrays = {"latent": LATENT, "mean": LATENT * 8, "std": np.abs(LATENT), "picture": PICTURE}
        recording.capture(arrays, {})
        recording.final(LATENT)
        recording.image(PICTURE)
    return path


@pytest.fixture
def text(tmp_path: Path) -> Path:
    kinds = ["bos", "word", "word", "word", "eos", *["padding"] * 72]
    pieces = ["<start>", "a</w>", ",</w>", 'st"ar</w>', *["<end>"] * 73]
    tokens = [
        Token(number, 100 + number, piece, kind)  # type: ignore[arg-type]
        for number, (piece, kind) in enumerate(zip(pieces, kinds, strict=True))
    ]
    path = tmp_path / "text.sdrec"
    with writer(path, "text", tokens={"cond": tokens}) as recording:
        recording.update(text={"used": 2, "clip_skip": 0, "cut": ""})
        recording.capture({"text/embedding": EMBEDDING, "text/attention": ATTENTION}, {})
    return path


@pytest.fixture
def of_each_kind(encoded: Path, text: Path, tmp_path: Path) -> dict[str, Path]:
    with writer(tmp_path / "run.sdrec", "run", tokens={}):
        pass
    return {"encode": encoded, "text": text, "run": tmp_path / "run.sdrec"}


def test_latents_of_an_encoded_picture_read_back_equal(encoded: Path, tmp_path: Path) -> None:
    assert run("export", encoded, "latents", "--out", tmp_path / "a.npz") == 0
    with np.load(tmp_path / "a.npz") as arrays:
        assert np.array_equal(arrays["maps"], LATENT)
        assert np.array_equal(arrays["mean"], LATENT * 8)
        assert np.array_equal(arrays["picture"], PICTURE)
        assert json.loads(str(arrays["about"]))["encode"]["placing"] == "crop"
    assert run("export", encoded, "latents", "--out", tmp_path / "a.png") == 0
    assert run("export", encoded, "image", "--out", tmp_path / "b.png") == 0
    with Image.open(tmp_path / "a.png") as sheet, Image.open(tmp_path / "b.png") as image:
        assert sheet.width > image.width
        assert np.array_equal(np.asarray(image), PICTURE)


def test_tokens_are_a_table_whatever_their_pieces_are(text: Path, tmp_path: Path) -> None:
    assert run("export", text, "tokens", "--out", tmp_path / "a.csv") == 0
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 77
    assert [row["piece"] for row in rows[:4]] == ["<start>", "a</w>", ",</w>", 'st"ar</w>']
    assert [row["kind"] for row in rows[3:6]] == ["word", "eos", "padding"]
    assert float(rows[7]["norm"]) == pytest.approx(np.linalg.norm(EMBEDDING[7]), rel=1e-6)


def test_the_embedding_is_a_map_of_tokens_by_width(text: Path, tmp_path: Path) -> None:
    for ending in ("npz", "png", "csv"):
        assert run("export", text, "embedding", "--out", tmp_path / f"a.{ending}") == 0
    with np.load(tmp_path / "a.npz") as arrays:
        assert np.array_equal(arrays["map"], EMBEDDING)
        assert "1 × 77 × 16, batch × tokens × width" in str(arrays["about"])
    assert np.array_equal(np.loadtxt(tmp_path / "a.csv", np.float32, delimiter=","), EMBEDDING)


def test_the_encoders_attention_is_a_map_a_head_without_the_padding(
    text: Path, tmp_path: Path
) -> None:
    assert run("export", text, "encoder-attention", "--out", tmp_path / "a.npz") == 0
    with np.load(tmp_path / "a.npz") as arrays:
        assert np.array_equal(arrays["maps"][4], ATTENTION[1, 1, :5, :5].astype(np.float32))
        about = json.loads(str(arrays["about"]))
    assert about["labels"][4] == "layer 1, head 1"
    assert about["pieces"][1:3] == ["a</w>", ",</w>"]
    assert run("export", text, "encoder-attention", "--out", tmp_path / "a.svg") == 0


@pytest.mark.parametrize(
    ("kind", "words", "told"),
    [
        ("encode", ("attention",), "It has image, latents."),
        ("encode", ("embedding",), "It has image, latents."),
        ("text", ("image",), "It has tokens, embedding, encoder-attention."),
        ("text", ("guidance",), "kind 'text', which has no guidance"),
        ("encode", ("latents", "--step", 0), "has no steps"),
        ("run", ("embedding",), "kind 'text' has it"),
    ],
)
def test_a_part_that_is_not_there_is_one_clear_line(
    kind: str,
    words: tuple[object, ...],
    told: str,
    of_each_kind: dict[str, Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = of_each_kind[kind]
    out = path.with_name("out.npz")
    assert run("export", path, *words, "--out", out) == (2 if "--step" in words else 1)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert told in lines[0]
    assert not out.exists()


def test_a_recording_that_was_cut_off_before_it_held_anything_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with writer(tmp_path / "a.sdrec", "text", tokens={"cond": []}):
        pass
    assert Recording.open(tmp_path / "a.sdrec").captures == ()
    assert run("export", tmp_path / "a.sdrec", "embedding", "--out", tmp_path / "a.npz") == 1
    assert "was not finished" in capsys.readouterr().err


@pytest.fixture
def objective(tmp_path: Path) -> Path:
    path = tmp_path / "objective.sdrec"
    with writer(path, "objective", tokens={}) as recording:
        recording.capture({"clean": LATENT}, {"timestep": 500, "seed": 0})
        curve = {
            "timesteps": np.array([100, 900]),
            "seeds": np.array([0, 1]),
            "loss": np.array([[0.4, 0.2], [np.nan, np.nan]]),
            "loss_uncond": np.array([[0.5, 0.5], [0.1, np.nan]]),
        }
        recording.capture(curve, {})
    return path


@pytest.fixture
def training(tmp_path: Path) -> Path:
    path = tmp_path / "training.sdrec"
    with writer(path, "training", tokens={}, extra={"training": {"steps": 2}}) as recording:
        arrays = {
            "step": np.array([1, 2]),
            "loss": np.array([0.5, 0.25]),
            "smoothed": np.array([0.5, 0.4]),
            "gradients": np.array([[1.0, 2.0], [3.0, 4.0]], np.float32),
            "sample/2/0": PICTURE,
        }
        recording.capture(arrays, {"blocks": ["unet.a", "unet.b"]})
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def test_the_loss_over_t_is_the_mean_of_the_seeds(objective: Path, tmp_path: Path) -> None:
    out = tmp_path / "loss.csv"
    assert run("export", objective, "objective", "--out", out) == 0
    rows = rows_of(out)
    assert [float(row["x"]) for row in rows] == [100, 900]
    assert float(rows[0]["with caption"]) == pytest.approx(0.3)
    assert float(rows[1]["without"]) == pytest.approx(0.1)
    assert run("export", objective, "objective", "--out", tmp_path / "all.npz") == 0
    with np.load(tmp_path / "all.npz") as file:
        assert file["loss"].shape == (2, 2)
        assert np.array_equal(file["clean"], LATENT)


def test_a_training_is_written_by_step_with_its_gradients(training: Path, tmp_path: Path) -> None:
    out = tmp_path / "training.csv"
    assert run("export", training, "training", "--out", out) == 0
    rows = rows_of(out)
    assert [float(row["unet.b"]) for row in rows] == [2, 4]
    assert [float(row["loss"]) for row in rows] == [0.5, 0.25]
    assert run("export", training, "training", "--out", tmp_path / "loss.png") == 0
    assert run("export", training, "training", "--out", tmp_path / "all.npz") == 0
    with np.load(tmp_path / "all.npz") as file:
        assert np.array_equal(file["sample/2/0"], PICTURE)


@pytest.mark.parametrize("what", ["latents", "objective", "tokens", "attention"])
def test_a_training_has_nothing_of_other_kinds(training: Path, tmp_path: Path, what: str) -> None:
    assert run("export", training, what, "--out", tmp_path / "out.npz") == 1
