"""The plain data that every part shares."""

from __future__ import annotations

import json
import math
import os
import pickle
import subprocess
import sys

import pytest

from sdinspector.core import (
    SCHEDULERS,
    CaptureSpec,
    Edit,
    InspectorError,
    ModuleInfo,
    Preview,
    Progress,
    RunSpec,
    Token,
    denoiser_path,
    find_scheduler,
    matches,
    paths,
    tree_path,
)


class TestErrors:
    def test_an_error_keeps_its_code_and_facts_through_a_pickle(self):
        error = pickle.loads(pickle.dumps(InspectorError("a.b", "Text.", path="x")))  # noqa: S301
        assert (error.code, str(error), error.facts) == ("a.b", "Text.", {"path": "x"})


class TestRunSpec:
    def test_it_comes_back_from_json_with_keys_that_are_not_known(self):
        spec = RunSpec(
            prompt="a red circle",
            seed=7,
            branches="both",
            scheduler_settings={"use_karras_sigmas": True},
            edits=(Edit("guidance", from_call=3, value=2.0), Edit("dream", to_call=4)),
            capture=CaptureSpec(activations=("mid_block.*",), both_branches=True),
        )
        data = json.loads(json.dumps(spec.to_json() | {"mood": [1]}))
        again = RunSpec.from_json(data)
        assert again.extra == {"mood": [1]}
        assert again.to_json() == data
        assert RunSpec.from_json(spec.to_json()) == spec

    def test_keys_that_are_missing_take_their_defaults(self):
        spec = RunSpec.from_json({"prompt": "x"})
        assert (spec.steps, spec.guidance_scale, spec.scheduler) == (30, 7.5, "")
        assert spec.edits == ()

    @pytest.mark.parametrize(
        ("changes", "both"),
        [
            ({"guidance_scale": 7.5}, True),
            ({"guidance_scale": 1.0}, False),
            ({"guidance_scale": 0.0}, False),
            ({"guidance_scale": 0.0, "branches": "both"}, True),
            ({"guidance_scale": 7.5, "branches": "cond"}, False),
            ({"guidance_scale": 1.0, "edits": (Edit("guidance", value=3.0),)}, True),
            ({"guidance_scale": 1.0, "edits": (Edit("prompt", value="x"),)}, False),
        ],
    )
    def test_auto_runs_both_branches_above_one_and_for_a_curve(self, changes, both):
        assert RunSpec(**changes).evaluates_both() is both

    @pytest.mark.parametrize(
        ("changes", "both"),
        [
            ({"guidance_scale": 7.5}, [True] * 4),
            ({"guidance_scale": 1.0}, [False] * 4),
            ({"guidance_scale": 0.0, "branches": "both"}, [True] * 4),
            ({"guidance_scale": 7.5, "branches": "cond"}, [False] * 4),
            ({"guidance_scale": 1.0, "edits": (Edit("guidance", value=0.5),)}, [True] * 4),
            (
                {"guidance_scale": 0.5, "edits": (Edit("guidance", "", 2, 2, 3.0),)},
                [False, False, True, True],
            ),
            ({"guidance_scale": 7.5, "edits": (Edit("guidance", "", 2, None, 0.5),)}, [True] * 4),
            ({"guidance_scale": 1.0, "edits": (Edit("prompt", value="x"),)}, [False] * 4),
        ],
    )
    def test_a_change_in_mid_run_leaves_the_branches_of_the_calls_before_it(self, changes, both):
        spec = RunSpec(**changes)
        assert [spec.evaluates_both_at(call) for call in range(4)] == both
        assert spec.evaluates_both() is any(both)

    def test_guidance_changed_from_a_call_on_keeps_the_past_and_the_list_short(self):
        prompt = Edit("prompt", from_call=1, value="b")
        spec = RunSpec(
            guidance_scale=1.0,
            edits=(Edit("guidance", "", 2, None, 3.0), prompt, Edit("guidance", "", 5, 6, 4.0)),
        )
        changed = spec.with_guidance(4, 2.0)
        assert changed.edits == (
            Edit("guidance", "", 2, 3, 3.0),
            prompt,
            Edit("guidance", "", 4, None, 2.0),
        )
        for call in range(4):
            assert changed.guidance_at(call) == spec.guidance_at(call)
            assert changed.evaluates_both_at(call) is spec.evaluates_both_at(call)
        for number in range(50):
            changed = changed.with_guidance(4, float(number))
        assert len(changed.edits) == 3
        assert changed.with_guidance(0, 9.0).edits == (prompt, Edit("guidance", value=9.0))

    def test_the_last_edit_that_acts_wins(self):
        spec = RunSpec(
            prompt="a",
            guidance_scale=7.5,
            edits=(
                Edit("guidance", from_call=2, value=3),
                Edit("guidance", from_call=4, to_call=5, value=1),
                Edit("prompt", from_call=1, value="b"),
            ),
        )
        assert [spec.guidance_at(call) for call in range(7)] == [7.5, 7.5, 3, 3, 1, 1, 3]
        assert [spec.prompt_at(call) for call in range(3)] == ["a", "b", "b"]
        assert spec.unknown_edits() == ()

    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"prompt": ""},
            {"seed": 2**63 - 1},
            {"steps": 1000},
            {"width": 64, "height": 4096},
            {"guidance_scale": -3.0},
            {"edits": (Edit("guidance", value=1), Edit("prompt", value=""))},
        ],
    )
    def test_what_can_be_run_is_accepted(self, changes):
        RunSpec(**changes).validate()

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"seed": -1}, "spec.range"),
            ({"seed": 2**63}, "spec.range"),
            ({"seed": 1.5}, "spec.range"),
            ({"steps": 0}, "spec.range"),
            ({"steps": 1001}, "spec.range"),
            ({"steps": True}, "spec.range"),
            ({"guidance_scale": math.nan}, "spec.not-finite"),
            ({"guidance_scale": math.inf}, "spec.not-finite"),
            ({"guidance_rescale": 1.1}, "spec.rescale"),
            ({"strength": 0.0}, "spec.strength"),
            ({"strength": 1.5}, "spec.strength"),
            ({"branches": "none"}, "spec.branches"),
            ({"width": 100}, "spec.size-multiple"),
            ({"height": 5000}, "spec.size-range"),
            ({"height": -8}, "spec.size-range"),
            ({"edits": (Edit("dream"),)}, "spec.edit-unknown"),
            ({"edits": (Edit("mute_head"),)}, "spec.edit-inactive"),
            ({"edits": (Edit("guidance", value="x"),)}, "spec.not-finite"),
        ],
    )
    def test_what_cannot_be_run_is_refused_by_name(self, changes, code):
        with pytest.raises(InspectorError) as caught:
            RunSpec(**changes).validate()
        assert caught.value.code == code

    def test_a_size_that_is_no_multiple_names_the_two_nearest(self):
        with pytest.raises(InspectorError, match="96 or 104"):
            RunSpec(width=100).validate()


class TestCaptureSpec:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", CaptureSpec.nothing()),
            ("none", CaptureSpec.nothing()),
            ("all", CaptureSpec.everything()),
            ("attention,statistics", CaptureSpec()),
            ("activations=mid_block.*", CaptureSpec((), (), ("mid_block.*",))),
            ("activations=a, activations=b", CaptureSpec((), (), ("a", "b"))),
            ("attention,both-branches", CaptureSpec(("*",), (), (), both_branches=True)),
        ],
    )
    def test_the_command_line_s_form_is_understood(self, text, expected):
        assert CaptureSpec.parse(text) == expected
        assert CaptureSpec.from_json(expected.to_json()) == expected

    @pytest.mark.parametrize("text", ["dreams", "attention,all", "both-branches=x"])
    def test_anything_else_is_refused(self, text):
        with pytest.raises(InspectorError) as caught:
            CaptureSpec.parse(text)
        assert caught.value.code == "capture.unknown"

    def test_patterns_match_whole_paths_and_case(self):
        assert matches("mid_block.attentions.0", ("down.*", "mid_block.*"))
        assert not matches("mid_block", ("MID_BLOCK",))
        assert not matches("mid_block", ())


class TestSchedulers:
    def test_short_names_are_unique_and_found_in_any_case(self):
        assert len({choice.name for choice in SCHEDULERS}) == len(SCHEDULERS)
        for choice in SCHEDULERS:
            assert find_scheduler(choice.name.upper()) is choice

    def test_a_class_name_means_the_class_with_its_own_settings(self):
        for choice in SCHEDULERS:
            found = find_scheduler(choice.class_name)
            assert (found.class_name, found.settings) == (choice.class_name, {})

    def test_a_misspelt_name_gets_the_nearest(self):
        with pytest.raises(InspectorError, match="euler") as caught:
            find_scheduler("eular")
        assert caught.value.code == "scheduler.unknown"


class TestSmallThings:
    def test_a_token_comes_back_from_json(self):
        token = Token(3, 736, "red</w>", "word", 0, "red")
        assert Token.from_json(token.to_json()) == token
        with pytest.raises(ValueError, match="kind"):
            Token.from_json(token.to_json() | {"kind": "noun"})

    def test_a_preview_comes_back_from_json(self):
        preview = Preview(((1.0, 2.0, 3.0),), (0.5, 0.0, -0.5), "known")
        assert Preview.from_json(preview.to_json()) == preview

    def test_progress_has_a_fraction_where_the_end_is_known(self):
        assert Progress(1, 4).fraction == 0.25
        assert Progress(9, 4).fraction == 1.0
        assert Progress(3, 0).fraction is None

    def test_module_trees_are_walked_parents_first_and_searched(self):
        leaf = ModuleInfo("unet.a.0", "0", "Conv2d", "convolution")
        root = ModuleInfo(
            "",
            "",
            "Model",
            "model",
            children=(ModuleInfo("unet.a", "a", "L", "container", children=(leaf,)),),
        )
        assert [node.path for node in root.walk()] == ["", "unet.a", "unet.a.0"]
        assert root.find("unet.a.0") is leaf
        assert root.find("vae") is None

    @pytest.mark.parametrize("path", ["down_blocks.0", "mid_block.attentions.0"])
    def test_paths_of_recordings_and_of_the_tree_find_each_other(self, path):
        assert denoiser_path(tree_path(path)) == path
        assert tree_path(tree_path(path)) == tree_path(path)

    def test_a_component_keeps_its_name_in_the_tree(self):
        assert tree_path("vae.decoder") == "vae.decoder"


class TestPaths:
    def test_all_lie_below_the_home_that_is_set(self, tmp_path, monkeypatch):
        monkeypatch.setenv("SDINSPECTOR_HOME", str(tmp_path / "home"))
        for folder in (paths.recordings(), paths.cache(), paths.settings()):
            assert folder.is_dir()
            assert folder.is_relative_to(tmp_path / "home")

    def test_a_home_that_cannot_be_made_is_told(self, tmp_path, monkeypatch):
        (tmp_path / "file").write_bytes(b"")
        monkeypatch.setenv("SDINSPECTOR_HOME", str(tmp_path / "file"))
        with pytest.raises(InspectorError, match="SDINSPECTOR_HOME") as caught:
            paths.cache()
        assert caught.value.code == "folder.cannot-make"


def test_importing_the_core_brings_the_standard_library_and_numpy_alone():
    code = (
        "import sys, sdinspector.core;"
        "heavy = {'torch', 'PySide6', 'PIL', 'safetensors', 'platformdirs'} & set(sys.modules);"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_a_process_waits_without_spinning_unless_told_otherwise(monkeypatch):
    from sdinspector.core import process

    for name in process.DEFAULTS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRANSFORMERS_VERBOSITY", "info")
    process.prepare()
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
    assert os.environ["TRANSFORMERS_VERBOSITY"] == "info"
    for name in process.DEFAULTS:
        monkeypatch.delenv(name, raising=False)
