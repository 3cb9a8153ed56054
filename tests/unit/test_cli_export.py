"""The command line as a person types it: what is exported, and what is said where it cannot be."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sdinspector import engine
from sdinspector.analysis import heatmaps
from sdinspector.analysis.heads import heads_table
from sdinspector.cli import main
from sdinspector.engine import Model, replay
from sdinspector.recording import Recording
from sdinspector.recording.attention import attention_layers, heard, sum_calls, tokens_of_call
from tests import tiny

PROMPT = "a red circle left of the dog"
UP = "up_blocks.1.attentions.0.transformer_blocks.0.attn2"
MID = "mid_block.attentions.0.transformer_blocks.0.attn2"
Npz = tuple[dict[str, np.ndarray], dict]


@pytest.fixture(scope="module", autouse=True)
def _open_once(tiny_model: Model) -> Iterator[None]:
    """Open each model once for all commands of this file, which takes most of their time.

    The one that all tests share is there before, so that it is not among those that close here.
    """
    models: dict[str, Model] = {}
    real = engine.open_model

    def opened(source: str, *settings: Any, **more: Any) -> Model:
        if source not in models:
            models[source] = real(source, *settings, **more)
        return models[source]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "open_model", opened)
        yield
    for model in models.values():
        model.close()


@pytest.fixture(scope="module")
def folder(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with recordings made by the command line."""
    place = tmp_path_factory.mktemp("recordings")
    common = ["--model", str(tiny_folder), "--quiet", "--steps", "3"]
    wide = ["--width", "32", "--height", "16"]
    for name, words in {
        "a": ["--prompt", PROMPT, "--seed", "1"],
        "b": ["--prompt", "the blue circle", "--seed", "2"],
        "wide": ["--prompt", PROMPT, *wide],
        "bare": ["--prompt", PROMPT, "--seed", "1", "--capture", "none"],
        "alone": ["--prompt", PROMPT, "--guidance", "1"],
        "long": ["--prompt", "red " * 80 + "star", "--steps", "1"],
    }.items():
        assert main(["record", *common, *words, "--out", str(place / f"{name}.sdrec")]) == 0
    return place


@pytest.fixture
def export(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Path]:
    """Return a function that runs ``export`` and returns the file it printed."""

    def run(name: str, what: str, *words: str, out: str = "out.npz") -> Path:
        path = tmp_path / out
        capsys.readouterr()
        status = main(["export", str(folder / f"{name}.sdrec"), what, *words, "--out", str(path)])
        told = capsys.readouterr()
        assert status == 0, told.err
        assert told.out.strip() == str(path)
        return path

    return run


@pytest.fixture
def refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Return a function that runs ``export`` and returns exit status and the one line it said."""

    def run(name: str, what: str, *words: str, out: str = "out.npz") -> tuple[int, str]:
        path = tmp_path / out
        command = ["export", str(folder / f"{name}.sdrec"), what, *words]
        capsys.readouterr()
        try:
            status = main([*command, "--out", str(path), "--quiet"])
        except SystemExit as end:
            status = int(str(end.code))
        told = capsys.readouterr()
        assert not path.exists()
        assert told.out == ""
        assert len(told.err.splitlines()) == 1, told.err
        return status, told.err

    return run


def read(path: Path) -> Npz:
    with np.load(path, allow_pickle=False) as data:
        arrays = {name: data[name] for name in data.files}
    return arrays, json.loads(str(arrays.pop("about")))


def recorded(folder: Path, name: str = "a") -> Recording:
    return Recording.open(folder / f"{name}.sdrec")


class TestAttention:
    def test_a_word_s_map_is_the_recipe_s_at_the_latent_s_size(self, folder, export):
        arrays, about = read(export("a", "attention", "--word", "Circle"))
        sums = sum_calls(recorded(folder))
        expected = heatmaps.heat_map(sums.maps, [3], "daam", calls=sums.count, size=(8, 8))
        assert arrays.keys() == {"map"}
        assert arrays["map"].dtype == np.float32
        np.testing.assert_array_equal(arrays["map"], expected)
        assert (about["word"], about["columns"], about["recipe"]) == ("circle", [3], "daam")
        assert about["calls"] == list(range(recorded(folder).calls))
        assert about["spec"]["prompt"] == PROMPT
        assert MID not in about["layers"]

    def test_a_word_of_several_tokens_is_their_mean(self, folder, export):
        arrays, about = read(export("a", "attention", "--word", "dog"))
        assert len(about["columns"]) > 1
        single = [
            read(export("a", "attention", "--token", str(column)))[0]["map"]
            for column in about["columns"]
        ]
        np.testing.assert_allclose(arrays["map"], np.mean(single, axis=0), rtol=1e-6)

    def test_without_a_word_every_word_has_its_map(self, export):
        arrays, about = read(export("a", "attention"))
        assert about["labels"] == PROMPT.split()
        assert arrays["maps"].shape == (7, 8, 8)

    @pytest.mark.parametrize(("step", "calls"), [("1", [1]), ("0-1", [0, 1]), ("-1,0", [-1, 0])])
    def test_steps_are_one_or_a_range_or_several(self, folder, export, step, calls):
        recording = recorded(folder)
        calls = [call % recording.calls for call in calls]
        arrays, about = read(export("a", "attention", "--word", "red", f"--step={step}"))
        sums = sum_calls(recording, calls)
        expected = heatmaps.heat_map(sums.maps, [2], "daam", calls=len(calls), size=(8, 8))
        assert about["calls"] == calls
        np.testing.assert_array_equal(arrays["map"], expected)

    def test_layers_and_heads_are_those_named(self, folder, export):
        words = ["--word", "red", "--recipe", "raw"]
        arrays, about = read(export("a", "attention", *words, "--layer", "unet.mid_block:1"))
        sums = sum_calls(recorded(folder), layers=[MID])
        expected = heatmaps.heat_map(
            sums.maps, [2], "raw", calls=sums.count, size=(8, 8), heads=[1]
        )
        assert about["layers"] == [MID]
        assert about["heads"] == {MID: [1]}
        np.testing.assert_array_equal(arrays["map"], expected)

    def test_a_picture_that_is_not_square_has_a_map_that_is_not(self, export):
        arrays, _ = read(export("wide", "attention", "--word", "red"))
        assert arrays["map"].shape == (8, 16)

    def test_png_svg_and_csv_are_written(self, export):
        pytest.importorskip("matplotlib")
        with Image.open(export("a", "attention", "--word", "red", out="m.png")) as picture:
            assert json.loads(picture.text["about"])["word"] == "red"
            assert picture.size[0] > 3 * 128  # the picture, the map over it, and the map
        assert "“red”" in export("a", "attention", "--word", "red", out="m.svg").read_text()
        assert "red" in export("a", "attention", out="all.svg").read_text()
        values = np.loadtxt(
            export("a", "attention", "--word", "red", out="m.csv"), delimiter=",", dtype=np.float32
        )
        np.testing.assert_array_equal(
            values, read(export("a", "attention", "--word", "red"))[0]["map"]
        )

    def test_the_prompt_asked_about_as_any_text_has_the_recorded_attention(self, export):
        words = ["--word", "red", "--recipe", "daam"]
        asked, about = read(export("a", "attention", "--text", PROMPT, *words))
        there, _ = read(export("a", "attention", *words))
        assert about["text"] == PROMPT
        assert about["replay"]["verdict"] == "exact"
        np.testing.assert_allclose(asked["map"], there["map"], rtol=2e-3)

    def test_a_word_that_is_not_in_the_prompt_can_be_asked_about(self, export):
        arrays, about = read(export("a", "attention", "--text", "a star", "--word", "star"))
        assert about["recipe"] == "ovam"
        assert np.ptp(arrays["map"]) > 0

    def test_what_was_not_captured_is_replayed_and_says_how_well(self, export):
        words = ["--word", "red", "--step", "0-1"]
        replayed, about = read(export("bare", "attention", *words))
        there, plain = read(export("a", "attention", *words))
        assert about["replay"] == {"verdict": "exact", "difference": 0.0}
        assert "replay" not in plain
        np.testing.assert_array_equal(replayed["map"], there["map"])

    def test_the_unconditional_branch_can_be_replayed(self, export):
        arrays, about = read(
            export("a", "attention", "--branch", "uncond", "--token", "0", "--step", "0")
        )
        assert about["branch"] == "uncond"
        assert arrays["map"].shape == (8, 8)

    def test_an_average_holds_mean_and_spread_over_recordings(self, folder, export):
        other = str(folder / "b.sdrec")
        arrays, about = read(export("a", "attention", "--word", "circle", "--average", other))
        maps = []
        for name in "ab":
            one, said = read(export(name, "attention", "--word", "circle"))
            maps.append(one["map"] / len(said["calls"]))
        np.testing.assert_allclose(arrays["map"], np.mean(maps, axis=0), rtol=1e-6)
        np.testing.assert_allclose(arrays["spread"], np.std(maps, axis=0, ddof=1), rtol=1e-4)
        assert (about["count"], about["word"]) == (2, "circle")
        assert [item["spec"]["seed"] for item in about["recordings"]] == [1, 2]

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["--word", "star"], "no word 'star'"),
            (["--token", "99"], "no token 99"),
            (["--head", "9"], "and no head 9"),
            (["--recipe", "dam"], "daam"),
            (["--layer", "up_blocks.7"], "Near: up_blocks.1"),
            (["--layer", "mid_blok.attentions.0"], f"Near: {MID}"),
            (["--layer", "mid_block", "--text", "x", "--model", "/nowhere"], "--model"),
            (["--step", "77"], "no call 77"),
        ],
    )
    def test_what_is_not_there_is_told_in_one_line(self, refused, words, told):
        status, line = refused("a", "attention", *words)
        assert status == 1
        assert told in line

    def test_a_word_that_was_cut_off_is_told_from_one_that_never_was(self, refused):
        assert "was cut off" in refused("long", "attention", "--word", "star")[1]
        assert "has no word 'cube'" in refused("long", "attention", "--word", "cube")[1]

    def test_without_capture_and_without_a_model_it_says_what_is_missing(self, refused):
        words = ["--word", "red", "--model", "/nowhere"]
        status, line = refused("bare", "attention", *words)
        assert status == 1
        assert "does not hold" in line
        assert "--model" in line

    @pytest.mark.parametrize(
        ("what", "words"),
        [
            ("image", ["--word", "red"]),
            ("activation", ["--recipe", "daam"]),
            ("activation", []),
            ("attention", ["--channel", "3"]),
            ("attention", ["--average", "b.sdrec"]),
            ("attention", ["--branch", "difference"]),
            ("attention", ["--step", "first"]),
            ("attention", ["--layer", "mid_block:x"]),
            ("attention", ["--layer", "mid_block:1", "--head", "2"]),
            ("heads", []),
            ("activation", ["--layer", "conv_in", "--step", "0-2"]),
        ],
    )
    def test_options_that_mean_nothing_together_are_wrong_usage(self, refused, what, words):
        assert refused("a", what, *words)[0] == 2


class TestHeads:
    def test_the_table_has_a_row_for_each_head_and_a_share_for_each_word(self, folder, export):
        path = export("a", "heads", out="h.csv")
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        recording = recorded(folder)
        expected = heads_table(sum_calls(recording).maps, tokens_of_call(recording))
        assert [row["layer"] for row in rows] == expected["layer"].tolist()
        np.testing.assert_allclose(
            [float(row["entropy"]) for row in rows], expected["entropy"], rtol=1e-6
        )
        shares = [name for name in rows[0] if name.startswith(("bos", "eos", "padding", "word"))]
        for row in rows:
            assert sum(float(row[name]) for name in shares) == pytest.approx(1.0, abs=2e-3)

    def test_maps_of_the_heads_of_a_layer_come_with_their_numbers(self, folder, export):
        words = ["--layer", "up_blocks.1.attentions.0", "--word", "red"]
        arrays, about = read(export("a", "heads", *words))
        layer = sum_calls(recorded(folder)).maps[UP]
        assert arrays["maps"].shape == (len(layer), 8, 8)
        np.testing.assert_allclose(
            arrays["maps"][1], layer[1, 2] / recorded(folder).calls, rtol=1e-6
        )
        assert arrays["head"].tolist() == list(range(len(layer)))
        assert about["labels"][0] == "head 0"

    def test_chosen_heads_alone_are_shown(self, export):
        words = ["--word", "red", "--head", "0", "1"]
        arrays, about = read(export("a", "heads", *words))
        assert set(arrays["head"].tolist()) == {0, 1}
        assert about["labels"][0].startswith("down_blocks.0.attentions.0 head 0")
        assert export("a", "heads", *words, out="h.png").stat().st_size > 1000


class TestListening:
    def test_where_a_word_is_heard_is_layers_by_calls(self, folder, export):
        arrays, about = read(export("a", "heard", "--word", "red"))
        expected = heard(recorded(folder))
        np.testing.assert_array_equal(arrays["map"], expected.of([2]))
        np.testing.assert_array_equal(arrays["peak"], expected.of([2], peak=True))
        assert about["layers"] == list(expected.layers)
        path = export("a", "heard", "--word", "red", out="heard.csv")
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert [row["layer"] for row in rows] == about["layers"]
        assert float(rows[1]["call 2"]) == pytest.approx(float(arrays["map"][1, 2]))
        assert export("a", "heard", "--word", "red", out="heard.png").exists()

    def test_what_a_place_looks_at_is_a_map_a_layer_of_the_cell_there(
        self, folder, export, tiny_model: Model
    ):
        words = ["--pixel", "0.9,0.3", "--step", "1"]
        arrays, about = read(export("wide", "self-attention", *words))
        assert arrays["maps"].shape == (len(about["layers"]), 8, 16)
        name = "mid_block.attentions.0.transformer_blocks.0.attn1"
        assert name in about["layers"]
        number = about["layers"].index(name)
        assert about["grids"][number] == [4, 8]
        found = replay(tiny_model, recorded(folder, "wide"), 1, [f"self_attention/{name}@1,7"])
        (row,) = found.values()
        np.testing.assert_array_equal(
            arrays["maps"][number], np.kron(row.mean(axis=0), np.ones((2, 2), np.float32))
        )

    def test_what_is_asked_wrongly_is_told(self, refused):
        assert refused("a", "self-attention", "--pixel", "3,4")[0] == 2
        assert refused("a", "self-attention")[0] == 2
        assert refused("a", "heard")[0] == 2
        assert (
            "layer 'mid'" in refused("a", "self-attention", "--pixel", "0,0", "--layer", "mid")[1]
        )
        status, line = refused("bare", "heard", "--word", "red")
        assert status == 1
        assert "holds no cross-attention" in line


class TestActivation:
    def test_channels_are_those_of_a_replay(self, folder, export, tiny_model: Model):
        layer = "up_blocks.1.resnets.0"
        arrays, about = read(export("a", "activation", "--layer", f"unet.{layer}", "--step", "1"))
        found = replay(tiny_model, recorded(folder), 1, [f"activation/{layer}"])
        np.testing.assert_array_equal(arrays["maps"], found[f"activation/{layer}"][1])
        assert (about["layer"], about["branch"], about["call"]) == (layer, "cond", 1)
        assert about["replay"]["verdict"] == "exact"

    def test_one_channel_is_a_map_and_the_difference_is_of_the_branches(self, folder, export):
        words = ["--layer", "conv_in", "--step", "0"]
        cond, uncond, difference = (
            read(export("a", "activation", *words, "--branch", side, "--channel", "3"))[0]["map"]
            for side in ("cond", "uncond", "difference")
        )
        np.testing.assert_array_equal(difference, cond - uncond)

    def test_a_sequence_that_is_a_grid_is_maps_and_one_that_is_not_is_a_matrix(self, export):
        grid = read(export("wide", "activation", "--layer", MID))[0]["maps"]
        assert grid.shape[1:] == (4, 8)
        matrix = read(export("a", "activation", "--layer", "text_encoder.encoder.layers.0"))[0]
        assert matrix["map"].shape == (77, 16)

    def test_a_module_of_the_vae_can_be_taken(self, export):
        arrays, _ = read(export("a", "activation", "--layer", "vae.decoder.conv_out"))
        assert arrays["maps"].shape == (3, 16, 16)

    def test_csv_describes_each_channel(self, export):
        path = export("a", "activation", "--layer", "conv_in", "--channel", "2", "5", out="c.csv")
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert [row["channel"] for row in rows] == ["2", "5"]
        maps = read(export("a", "activation", "--layer", "conv_in"))[0]["maps"]
        assert float(rows[1]["mean"]) == pytest.approx(float(maps[5].mean()), rel=1e-5)
        assert rows[0]["nan"] == "0"

    def test_all_steps_show_how_recorded_statistics_change(self, folder, export):
        layer = "mid_block.resnets.0"
        arrays, about = read(export("a", "activation", "--layer", layer, "--step", "all"))
        recording = recorded(folder)
        rows = [recording.array(call, f"statistics/{layer}")[1] for call in range(recording.calls)]
        np.testing.assert_array_equal(arrays["mean"], np.array(rows)[:, 0])
        np.testing.assert_array_equal(arrays["max"], np.array(rows)[:, 3])
        assert arrays["x"].tolist() == list(range(recording.calls))
        assert "replay" not in about

    @pytest.mark.parametrize(
        ("name", "words", "told"),
        [
            ("a", ["--layer", "up_blcks.1.resnets.0"], "Near: up_blocks.1.resnets.0"),
            ("a", ["--layer", "conv_in", "--channel", "500"], "no channel 500"),
            ("alone", ["--layer", "conv_in", "--branch", "uncond"], "only the conditional"),
            ("alone", ["--layer", "conv_in", "--branch", "difference"], "only the conditional"),
            ("a", ["--layer", "conv_in", "--model", "/nowhere"], "--model"),
        ],
    )
    def test_what_is_not_there_is_told_in_one_line(self, refused, name, words, told):
        status, line = refused(name, "activation", *words)
        assert status == 1
        assert told in line


def test_a_denoiser_that_hears_no_words_says_so(tmp_path, capsys):
    model = tiny.save(tiny.wordless_pipeline(), tmp_path / "wordless")
    words = ["--model", str(model), "--prompt", "a star", "--steps", "1", "--quiet"]
    path = tmp_path / "w.sdrec"
    assert main(["record", *words, "--out", str(path)]) == 0
    for what in ("attention", "heads"):
        out = str(tmp_path / "m.csv")
        assert main(["export", str(path), what, "--out", out, "--quiet"]) == 1
        assert "no cross-attention" in capsys.readouterr().err


def test_observe_and_fork_print_the_recording_that_they_made(folder, tiny_folder, tmp_path, capsys):
    out = tmp_path / "seen.sdrec"
    picture = str(folder / "a.sdrec" / "image.png")
    words = ["--prompt", PROMPT, "--timesteps", "100,500", "--model", str(tiny_folder), "--quiet"]
    assert main(["observe", picture, *words, "--out", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    assert Recording.open(out).timesteps == (100, 500)
    assert attention_layers(Recording.open(out))
    parent, child = folder / "a.sdrec", tmp_path / "child.sdrec"
    words = ["--step", "1", "--guidance", "2", "--quiet"]
    assert main(["fork", str(parent), *words, "--out", str(child)]) == 0
    assert capsys.readouterr().out.strip() == str(child)
    assert Recording.open(child).guidance[-1] == 2


def test_the_command_runs_in_a_process_of_its_own_without_torch(folder, tmp_path):
    out = tmp_path / "m.csv"
    code = (
        "import sys; from sdinspector.cli import main;"
        f"status = main(['export', {str(folder / 'a.sdrec')!r}, 'attention', '--word', 'red',"
        f" '--out', {str(out)!r}]);"
        "sys.exit(status or ('torch' in sys.modules and 3) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(out)
    assert done.stderr == ""
