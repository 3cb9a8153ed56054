"""What is exported: files hold what was recorded, with its settings."""

from __future__ import annotations

import csv
import errno
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sdinspector.analysis import guidance
from sdinspector.core import FigureSpec, InspectorError, RunSpec
from sdinspector.export import (
    ENDINGS,
    QUANTITIES,
    TITLES,
    activation_figure,
    branch_of,
    channels_figure,
    colours,
    export_figure,
    export_recording,
    latents_figure,
    latents_sheet,
    picture,
    quantity_of,
    sheets,
)
from sdinspector.export.figures import map_panels
from sdinspector.recording import Recording
from tests.unit.recordings import call_arrays, finished, writer


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return finished(tmp_path / "a.sdrec", calls=4)


def figures() -> dict[str, FigureSpec]:
    maps = np.arange(48, dtype=np.float32).reshape(3, 4, 4)
    about = {"word": "red", "labels": ["one", "two", "three"]}
    return {
        "rgb": FigureSpec("f", "A picture", "rgb", {"image": np.full((6, 8, 3), 7, np.uint8)}),
        "map": FigureSpec(
            "f",
            "Cross-attention of “red”",
            "map",
            {"map": maps[0]},
            unit="probability",
            about=about,
        ),
        "mosaic": FigureSpec("f", "Channels", "mosaic", {"maps": maps}, about=about),
        "lines": FigureSpec("f", "Loss", "lines", {"train": np.ones(3), "x": np.arange(3)}),
        "table": FigureSpec(
            "f", "Words", "table", {"word": np.array(["red", "a,b"]), "p": np.array([0.1, 0.25])}
        ),
    }


def read_npz(path: Path) -> tuple[dict[str, np.ndarray], dict]:
    with np.load(path, allow_pickle=False) as data:
        arrays = {name: data[name] for name in data.files}
    return arrays, json.loads(str(arrays.pop("about")))


class TestColours:
    @pytest.mark.parametrize("name", colours.NAMES)
    def test_a_table_is_256_colours_that_nobody_can_change(self, name):
        table = colours.table(name)
        assert (table.shape, table.dtype) == ((256, 3), np.uint8)
        assert colours.table(name) is table
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 0

    @pytest.mark.parametrize("name", ["viridis", "magma", "inferno", "cividis"])
    def test_the_published_tables_are_matplotlib_s(self, name):
        matplotlib = pytest.importorskip("matplotlib")
        expected = np.round(np.asarray(matplotlib.colormaps[name].colors)[:, :3] * 255)
        np.testing.assert_array_equal(colours.table(name), expected)

    @pytest.mark.parametrize("name", colours.SEQUENTIAL)
    def test_sequential_tables_grow_lighter_all_the_way(self, name):
        assert np.diff(lightness(colours.table(name))).min() > -0.35

    def test_the_diverging_table_is_lightest_and_colourless_at_zero_and_even_on_both_sides(self):
        table = colours.table("balance")
        light = lightness(table)
        assert np.ptp(table[127].astype(int)) <= 4
        assert np.ptp(table[128].astype(int)) <= 4
        assert np.diff(light[:128]).min() > -0.35
        assert np.diff(light[128:]).max() < 0.35
        np.testing.assert_allclose(light[:128], light[:127:-1], atol=4.0)
        assert table[0, 2] > table[0, 0]
        assert table[255, 0] > table[255, 2]

    def test_values_take_the_colours_between_the_levels_and_the_ends_beyond(self):
        shown = colours.apply(np.array([-9, 0.0, 1.0, 9, np.inf, -np.inf]), "gray", (0.0, 1.0))
        assert shown[:, 0].tolist() == [0, 0, 255, 255, 255, 0]

    def test_what_is_no_number_has_a_colour_of_its_own(self):
        shown = colours.apply(np.array([[np.nan, 0.0]]), "viridis", (0.0, 1.0))
        assert shown[0, 0].tolist() == list(colours.NO_NUMBER)
        for name in colours.NAMES:
            assert list(colours.NO_NUMBER) not in colours.table(name).tolist()

    @pytest.mark.parametrize("levels", [(1.0, 1.0), (1.0, 0.0), (0.0, np.inf), (np.nan, 1.0)])
    def test_levels_that_do_not_rise_are_refused(self, levels):
        with pytest.raises(ValueError, match="rise"):
            colours.apply(np.zeros(3), "gray", levels)

    def test_an_unknown_table_is_refused(self):
        with pytest.raises(KeyError):
            colours.table("jet")


def lightness(table: np.ndarray) -> np.ndarray:
    """CIE L* of sRGB colours, 0 to 100."""
    value = table / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    return np.where(luminance > 0.008856, 116 * np.cbrt(luminance) - 16, 903.3 * luminance)


class TestFigures:
    @pytest.mark.parametrize(
        ("kind", "ending"), [(kind, ending) for kind in ENDINGS for ending in ENDINGS[kind]]
    )
    def test_each_kind_can_be_written_as_each_of_its_types(self, tmp_path, kind, ending):
        if ending in ("svg", "pdf") or (kind, ending) == ("lines", "png"):
            pytest.importorskip("matplotlib")
        path = export_figure(figures()[kind], tmp_path / f"f.{ending.upper()}")
        start = {"png": b"\x89PNG", "npz": b"PK", "pdf": b"%PDF", "svg": b"<?xml"}.get(ending, b"")
        assert path.read_bytes().startswith(start)
        assert [found.name for found in tmp_path.iterdir()] == [path.name]

    def test_a_type_that_the_kind_has_not_names_those_it_has(self, tmp_path):
        with pytest.raises(InspectorError, match=r"\.png, \.npz") as caught:
            export_figure(figures()["mosaic"], tmp_path / "f.csv")
        assert caught.value.code == "export.ending"

    def test_npz_holds_the_arrays_as_they_are_and_the_settings(self, tmp_path):
        figure = figures()["mosaic"]
        arrays, about = read_npz(export_figure(figure, tmp_path / "f.npz"))
        assert arrays.keys() == {"maps"}
        assert arrays["maps"].dtype == np.float32
        np.testing.assert_array_equal(arrays["maps"], figure.arrays["maps"])
        assert about["word"] == "red"
        assert about["levels"] == [0.0, 47.0]
        assert about["software"].startswith("sdinspector ")

    def test_a_picture_is_written_pixel_by_pixel_with_its_settings(self, tmp_path):
        with Image.open(export_figure(figures()["rgb"], tmp_path / "f.png")) as found:
            np.testing.assert_array_equal(np.array(found), np.full((6, 8, 3), 7))
            assert json.loads(found.text["about"])["title"] == "A picture"

    def test_a_map_as_csv_reads_back_to_the_same_numbers(self, tmp_path):
        values = np.random.default_rng(0).random((3, 4)).astype(np.float32)
        figure = FigureSpec("f", "", "map", {"map": values})
        path = export_figure(figure, tmp_path / "f.csv")
        np.testing.assert_array_equal(np.loadtxt(path, delimiter=",", dtype=np.float32), values)

    def test_a_table_as_csv_keeps_names_and_commas(self, tmp_path):
        path = export_figure(figures()["table"], tmp_path / "f.csv")
        with path.open(newline="", encoding="utf-8") as file:
            assert list(csv.reader(file)) == [["word", "p"], ["red", "0.1"], ["a,b", "0.25"]]

    def test_lines_as_csv_have_x_first(self, tmp_path):
        path = export_figure(figures()["lines"], tmp_path / "f.csv")
        assert path.read_text().splitlines() == ["x,train", "0,1.0", "1,1.0", "2,1.0"]

    def test_svg_keeps_its_text_and_its_settings(self, tmp_path):
        pytest.importorskip("matplotlib")
        path = export_figure(figures()["map"], tmp_path / "f.svg")
        text = "".join(ET.parse(path).getroot().itertext())  # noqa: S314 (our own file)
        assert "Cross-attention of “red”" in text
        assert "probability" in text
        assert '"word": "red"' in text

    def test_the_same_figure_gives_the_same_file(self, tmp_path):
        pytest.importorskip("matplotlib")
        for ending in ("svg", "pdf", "png", "csv"):
            first, second = (
                export_figure(figures()["map"], tmp_path / f"{name}.{ending}").read_bytes()
                for name in "ab"
            )
            assert first == second

    def test_a_map_of_one_value_or_of_none_can_be_written(self, tmp_path):
        for number, values in enumerate((np.zeros((3, 3)), np.full((3, 3), np.nan))):
            figure = FigureSpec("f", "Flat", "map", {"map": values}, colour_map="balance")
            assert export_figure(figure, tmp_path / f"{number}.png").exists()

    @pytest.mark.parametrize(
        ("kind", "arrays"),
        [
            ("map", {"map": np.zeros((2, 2, 2))}),
            ("mosaic", {"maps": np.zeros((0, 2, 2))}),
            ("rgb", {"image": np.zeros((2, 2))}),
            ("lines", {"x": np.zeros(2), "y": np.zeros(3)}),
            ("lines", {"y": np.zeros(3)}),
            ("table", {}),
        ],
    )
    def test_arrays_of_another_form_are_refused_before_anything_is_written(
        self, tmp_path, kind, arrays
    ):
        with pytest.raises(ValueError, match=r"shape|columns"):
            export_figure(FigureSpec("f", "", kind, arrays), tmp_path / "f.npz")
        assert not any(tmp_path.iterdir())

    @pytest.mark.parametrize(
        ("number", "code"),
        [(errno.ENOSPC, "export.disk-full"), (errno.EACCES, "export.cannot-write")],
    )
    def test_a_disk_that_refuses_is_told_and_the_old_file_stays(
        self, tmp_path, monkeypatch, number, code
    ):
        path = export_figure(figures()["map"], tmp_path / "f.csv")
        before = path.read_bytes()

        def refuse(self: Path, target: Path) -> Path:
            raise OSError(number, "no")

        monkeypatch.setattr(Path, "replace", refuse)
        with pytest.raises(InspectorError) as caught:
            export_figure(figures()["map"], path)
        assert caught.value.code == code
        assert path.read_bytes() == before
        assert [found.name for found in tmp_path.iterdir()] == ["f.csv"]

    def test_a_folder_that_is_not_there_is_told(self, tmp_path):
        with pytest.raises(InspectorError) as caught:
            export_figure(figures()["map"], tmp_path / "nowhere" / "f.png")
        assert caught.value.code == "export.cannot-write"

    def test_without_matplotlib_maps_are_still_written_and_vectors_say_what_is_missing(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        assert export_figure(figures()["mosaic"], tmp_path / "f.png").exists()
        with pytest.raises(InspectorError, match="pip install matplotlib") as caught:
            export_figure(figures()["mosaic"], tmp_path / "f.svg")
        assert caught.value.code == "export.matplotlib-missing"


class TestSheets:
    def test_small_maps_are_enlarged_by_a_whole_factor(self):
        values = np.array([[0.0, 1.0], [2.0, 3.0]])
        figure = FigureSpec("f", "Title", "map", {"map": values}, colour_map="gray")
        sheet = picture(figure)
        for value in range(4):
            shade = colours.apply(values, "gray", (0.0, 3.0)).reshape(-1, 3)[value]
            same = (sheet == shade).all(axis=-1)
            assert same.sum() >= 240 * 240

    def test_a_long_title_is_broken_into_lines_and_not_cut(self):
        panel = sheets.Panel(np.zeros((8, 8, 3), np.uint8), "")
        short = sheets.sheet("word", [panel])
        long = sheets.sheet("word " * 60, [panel])
        assert long.shape[1] == short.shape[1]
        assert long.shape[0] > short.shape[0]

    def test_panels_of_other_sizes_and_one_long_label_fit_the_sheet(self):
        panels = [
            sheets.Panel(np.zeros((4, 9, 3), np.uint8), "label " * 50),
            sheets.Panel(np.zeros((700, 300, 3), np.uint8), "tall"),
        ]
        sheet = sheets.sheet("", panels, columns=2)
        assert sheet.shape[0] > 700
        assert sheet.dtype == np.uint8

    def test_a_map_of_few_cells_is_as_large_as_the_picture_beside_it(self):
        picture = sheets.Panel(np.full((64, 64, 3), (9, 8, 7), np.uint8), "picture")
        cells = sheets.Panel(np.full((16, 16, 3), (6, 5, 4), np.uint8), "map")
        sheet = sheets.sheet("", [picture, cells])
        sizes = [(sheet == colour).all(axis=-1).sum() for colour in ((9, 8, 7), (6, 5, 4))]
        assert sizes == [256 * 256, 256 * 256]

    def test_more_maps_than_can_be_labelled_are_one_picture_in_rows(self):
        maps = np.zeros((sheets.MOST_LABELLED + 6, 8, 8))
        maps[-1] = 1.0
        figure = FigureSpec("f", "Many", "mosaic", {"maps": maps}, colour_map="gray")
        panel = sheets.stitched(maps, "gray", (0.0, 1.0))
        assert picture(figure).shape[1] < 700
        assert (panel.image[-48:, 5 * 50 : 5 * 50 + 48] == 255).all()
        assert (panel.image[:48, :48] == 0).all()

    def test_maps_with_levels_of_their_own_use_all_colours_each(self, tmp_path):
        maps = np.stack([np.eye(4), 0.01 * np.eye(4)])
        figure = FigureSpec(
            "f", "", "mosaic", {"maps": maps}, colour_map="gray", about={"own_levels": True}
        )
        white = (map_panels(figure)[1].image == 255).all(axis=-1)
        np.testing.assert_array_equal(white, np.eye(4, dtype=bool))
        _, about = read_npz(export_figure(figure, tmp_path / "f.npz"))
        assert about["levels"] == [[0.0, 1.0], [0.0, 0.01]]

    def test_a_sheet_of_nothing_is_refused(self):
        with pytest.raises(ValueError, match="nothing"):
            sheets.sheet("", [])


class TestActivations:
    def test_numbers_that_are_none_are_shown_and_counted(self, recording, tmp_path):
        values = np.ones((3, 8, 8), np.float32)
        values[1, 2, 3], values[1, 0, 0] = np.nan, np.inf
        figure = activation_figure(recording, 1, "conv_in", values)
        assert "2 values are no finite number" in figure.title
        assert (figure.about["nan"], figure.about["infinite"]) == (1, 1)
        shown = map_panels(figure)[1].image
        assert tuple(shown[2, 3]) == colours.NO_NUMBER
        table = channels_figure(recording, 1, "conv_in", values)
        assert table.arrays["nan"].tolist() == [0, 1, 0]
        assert table.arrays["mean"].tolist() == [1, 1, 1]

    def test_what_ran_once_for_both_branches_is_the_conditional_one_s(self):
        values = np.ones((1, 3, 4, 4))
        both = ("uncond", "cond")
        assert branch_of(values, "cond", both, "vae.decoder").shape == (3, 4, 4)
        with pytest.raises(InspectorError) as caught:
            branch_of(values, "difference", both, "vae.decoder")
        assert caught.value.code == "export.no-branch"


class TestRecordings:
    def test_the_picture_goes_out_as_it_is_with_the_run_s_settings(self, recording, tmp_path):
        (path,) = export_recording(recording, "image", tmp_path / "p.png")
        with Image.open(path) as found:
            np.testing.assert_array_equal(np.array(found), recording.image())
            about = json.loads(found.text["about"])
        assert about["spec"] == recording.spec.to_json()
        assert about["recording"] == recording.id
        arrays, about = read_npz(export_recording(recording, "image", tmp_path / "p.npz")[0])
        np.testing.assert_array_equal(arrays["image"], recording.image())
        assert about["model"]["source"] == "shapes"

    def test_the_latents_of_one_call_are_those_recorded(self, recording, tmp_path):
        path = tmp_path / "l.npz"
        arrays, about = read_npz(export_recording(recording, "latents", path, call=2)[0])
        assert arrays.keys() == {"latent", "noise_uncond", "noise_cond", "denoised", "final"}
        for name in ("latent", "noise_uncond", "noise_cond", "denoised"):
            np.testing.assert_array_equal(arrays[name], call_arrays(2)[name])
        assert (about["call"], about["step"], about["timestep"]) == (2, 1, 700.0)
        assert (about["scale"], about["a"], about["b"]) == (7.5, 1.25, -0.5)

    def test_without_a_call_all_of_them_are_stacked(self, recording, tmp_path):
        arrays, _ = read_npz(export_recording(recording, "latents", tmp_path / "l.npz")[0])
        assert arrays["latent"].shape == (4, 4, 8, 8)
        np.testing.assert_array_equal(arrays["denoised"][3], call_arrays(3)["denoised"])
        np.testing.assert_array_equal(arrays["timesteps"], recording.timesteps)
        np.testing.assert_array_equal(arrays["steps"], [0, 0, 1, 1])
        np.testing.assert_array_equal(arrays["guidance"], [7.5] * 4)

    def test_a_branch_that_did_not_always_run_is_no_number_where_it_did_not(self, tmp_path):
        with writer(tmp_path / "b.sdrec") as out:
            alone = call_arrays(0)
            del alone["noise_uncond"]
            out.step(0, alone, {"timestep": 1})
            out.step(1, call_arrays(1), {"timestep": 0})
        recording = Recording.open(out.path)
        arrays, _ = read_npz(export_recording(recording, "latents", tmp_path / "l.npz")[0])
        assert np.isnan(arrays["noise_uncond"][0]).all()
        np.testing.assert_array_equal(arrays["noise_uncond"][1], call_arrays(1)["noise_uncond"])

    def test_the_latents_as_a_sheet_show_the_channels_and_the_colours(self, recording, tmp_path):
        for call in (None, 1):
            path = tmp_path / "l.png"
            assert export_recording(recording, "latents", path, call=call) == [path]
            with Image.open(path) as found:
                about = json.loads(found.text["about"])
                assert found.size[0] > 5 * 240
            assert about["call"] == (3 if call is None else 1)
            assert about["quantity"] == "denoised"

    def test_without_a_colour_map_of_the_vae_the_sheet_has_the_channels_alone(self, tmp_path):
        bare = finished(tmp_path / "b.sdrec", preview=None)
        full = finished(tmp_path / "c.sdrec")
        assert latents_sheet(bare, 0).shape[1] < latents_sheet(full, 0).shape[1]

    @pytest.mark.parametrize("quantity", QUANTITIES)
    def test_each_quantity_makes_a_figure_that_names_step_and_timestep(self, recording, quantity):
        figure = latents_figure(recording, 2, quantity)
        assert figure.title == f"{TITLES[quantity]}, step 2 of 3, t = 700"
        assert figure.arrays["maps"].shape == (4, 8, 8)
        assert figure.about["labels"][3] == "channel 3"
        json.dumps(figure.about)

    def test_the_guided_prediction_uses_the_call_s_scale_and_the_run_s_rescale(self, tmp_path):
        recording = finished(tmp_path / "b.sdrec", spec=RunSpec(guidance_rescale=0.5))
        arrays = call_arrays(1)
        np.testing.assert_array_equal(
            quantity_of(recording, 1, "guided"),
            guidance.combine(arrays["noise_uncond"], arrays["noise_cond"], 7.5, 0.5),
        )

    def test_a_single_branch_is_the_guided_prediction(self, tmp_path):
        with writer(tmp_path / "b.sdrec") as out:
            out.step(0, {"latent": np.zeros((4, 2, 2)), "noise_cond": np.ones((4, 2, 2))})
            out.step(1, {"latent": np.zeros((4, 2, 2)), "noise_uncond": np.ones((4, 2, 2))})
            out.step(2, {"latent": np.zeros((4, 2, 2))})
        recording = Recording.open(out.path)
        for call in (0, 1):
            np.testing.assert_array_equal(
                quantity_of(recording, call, "guided"), np.ones((4, 2, 2))
            )
        with pytest.raises(InspectorError) as caught:
            quantity_of(recording, 2, "guided")
        assert caught.value.code == "recording.array-missing"

    def test_what_is_not_there_is_told(self, tmp_path):
        with writer(tmp_path / "b.sdrec") as out:
            pass
        recording = Recording.open(out.path)
        for what, name, code in (
            ("image", "p.png", "export.no-image"),
            ("latents", "l.npz", "recording.no-call"),
            ("latents", "l.png", "recording.no-call"),
            ("dreams", "d.png", "export.unknown"),
            ("image", "p.jpg", "export.ending"),
            ("latents", "l", "export.ending"),
        ):
            with pytest.raises(InspectorError) as caught:
                export_recording(recording, what, tmp_path / name)
            assert caught.value.code == code


def test_importing_the_export_brings_neither_qt_nor_torch_nor_matplotlib():
    code = (
        "import sys, sdinspector.export;"
        "heavy = {'torch', 'PySide6', 'matplotlib'} & set(sys.modules);"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
