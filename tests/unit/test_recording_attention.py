"""Attention read from recordings: words and columns, sums over calls, where a word is heard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sdinspector.core import Cancelled, InspectorError, Token
from sdinspector.recording import Recording, add_summary, attention
from sdinspector.recording.attention import Summary
from tests.unit.recordings import call_arrays, call_facts, writer

# Not in the order of the names, nor of the network.
LAYERS = {
    "mid_block.attentions.0.transformer_blocks.0.attn2": (2, 1, 2),
    "up_blocks.10.attentions.0.transformer_blocks.0.attn2": (1, 4, 6),
    "down_blocks.0.attentions.0.transformer_blocks.0.attn2": (2, 4, 6),
    "up_blocks.2.attentions.0.transformer_blocks.0.attn2": (3, 2, 3),
}
DOWN, MID, UP2, UP10 = (
    "down_blocks.0.attentions.0.transformer_blocks.0.attn2",
    "mid_block.attentions.0.transformer_blocks.0.attn2",
    "up_blocks.2.attentions.0.transformer_blocks.0.attn2",
    "up_blocks.10.attentions.0.transformer_blocks.0.attn2",
)


def prompt_tokens(*words: str, pieces: int = 1, length: int = 77) -> tuple[Token, ...]:
    """Return the tokens of a prompt whose words have ``pieces`` tokens each."""
    found = [Token(0, 1, "<|startoftext|>", "bos")]
    for index, word in enumerate(words):
        for _ in range(pieces):
            found.append(Token(len(found), 2, f"{word}</w>", "word", index, word))
    found = found[: length - 1]
    found.append(Token(len(found), 3, "<|endoftext|>", "eos"))
    while len(found) < length:
        found.append(Token(len(found), 3, "<|endoftext|>", "padding"))
    return tuple(found)


TOKENS = prompt_tokens("A", "red", "circle", "and", "a", "star")
COLUMNS = 9  # BOS, six words, EOS, padding


def maps(call: int, columns: int = COLUMNS, **layers: Any) -> dict[str, np.ndarray]:
    """Return probabilities of a call, as a run captures them."""
    rng = np.random.default_rng(call)
    found = {}
    for path, (heads, height, width) in (layers or LAYERS).items():
        values = rng.random((heads, columns, height, width))
        found[path] = (values / values.sum(axis=1, keepdims=True)).astype(np.float16)
    return found


def record(
    path: Path,
    calls: int = 4,
    *,
    attention_of: Any = maps,
    uncond: bool = False,
    facts: Any = call_facts,
    tokens: Any = None,
) -> Recording:
    with writer(path, tokens=tokens or {"cond": TOKENS, "uncond": prompt_tokens()}) as out:
        for call in range(calls):
            arrays = {"latent": call_arrays(call)["latent"]}
            arrays |= {f"cross_attention/{k}": v for k, v in attention_of(call).items()}
            if uncond:
                arrays |= {f"cross_attention_uncond/{k}": v for k, v in maps(call, 3).items()}
            out.step(call, arrays, facts(call))
    return Recording.open(path)


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return record(tmp_path / "a.sdrec")


class TestWords:
    def test_a_word_has_the_columns_of_its_tokens(self):
        tokens = prompt_tokens("red", "octagon", pieces=3)
        assert attention.columns_of_word(tokens, 1) == (4, 5, 6)
        assert attention.columns_of_word(attention.columns_of_tokens(tokens), 0) == (1, 2, 3)

    def test_words_are_found_in_any_case_and_by_occurrence(self):
        assert attention.words_of(TOKENS)[:2] == ((0, "A"), (1, "red"))
        assert attention.find_word(TOKENS, " CIRCLE ") == 2
        assert attention.find_word(TOKENS, "a") == 0
        assert attention.find_word(TOKENS, "a", occurrence=1) == 4
        with pytest.raises(InspectorError, match="only 2 times") as caught:
            attention.find_word(TOKENS, "a", occurrence=2)
        assert caught.value.code == "attention.no-word"

    def test_a_word_that_is_not_there_is_told_with_those_that_are(self):
        with pytest.raises(InspectorError, match=r"A, red, circle, and, a, star.*OVAM") as caught:
            attention.find_word(TOKENS, "square", prompt="A red circle and a star")
        assert caught.value.code == "attention.no-word"
        with pytest.raises(InspectorError, match="number 7") as caught:
            attention.columns_of_word(TOKENS, 6)
        assert caught.value.code == "attention.no-word"

    def test_an_empty_prompt_has_no_words(self):
        tokens = prompt_tokens()
        assert attention.words_of(tokens) == ()
        with pytest.raises(InspectorError, match="It has no words"):
            attention.find_word(tokens, "red")
        with pytest.raises(InspectorError, match="It has no words"):
            attention.columns_of_word(tokens, 0)

    def test_a_word_that_was_cut_off_is_told_from_one_that_was_never_there(self):
        words = [f"word{n}" for n in range(200)]
        tokens = prompt_tokens(*words)
        assert attention.columns_of_word(tokens, 74) == (75,)
        prompt = " ".join(words)
        for ask in (
            lambda: attention.columns_of_word(tokens, 75),
            lambda: attention.find_word(tokens, "Word150", prompt=prompt),
        ):
            with pytest.raises(InspectorError, match=r"cut off.*75 tokens") as caught:
                ask()
            assert caught.value.code == "attention.word-cut"
        for ask in (
            lambda: attention.find_word(tokens, "tree", prompt=prompt),
            lambda: attention.find_word(tokens, "ord15", prompt=prompt),
        ):
            with pytest.raises(InspectorError) as caught:
                ask()
            assert caught.value.code == ("attention.no-word")

    def test_a_full_prompt_without_padding_has_all_its_columns(self):
        tokens = prompt_tokens(*["red"] * 75)
        assert len(attention.columns_of_tokens(tokens)) == 77
        assert attention.columns_of_word(tokens, 74) == (75,)


class TestLayers:
    def test_they_come_in_the_order_in_which_data_flows(self, recording):
        assert attention.attention_layers(recording) == (DOWN, MID, UP2, UP10)

    def test_there_are_none_of_a_branch_or_call_that_is_not_there(self, recording):
        assert attention.attention_layers(recording, 0, "uncond") == ()
        assert attention.attention_layers(recording, 99) == ()


class TestSums:
    def test_they_are_the_sums_of_what_each_call_holds_in_single_precision(self, recording):
        sums = attention.sum_calls(recording)
        assert (sums.calls, sums.count, sums.branch) == ((0, 1, 2, 3), 4, "cond")
        assert [token.kind for token in sums.tokens] == ["bos"] + ["word"] * 6 + ["eos"]
        for path in LAYERS:
            expected = sum(maps(call)[path].astype(np.float64) for call in range(4))
            assert sums.maps[path].dtype == np.float32
            np.testing.assert_allclose(sums.maps[path], expected, rtol=1e-6)
            np.testing.assert_allclose(sums.maps[path].sum(axis=1), 4.0, atol=8e-3)

    def test_calls_and_layers_can_be_chosen(self, recording):
        sums = attention.sum_calls(recording, [3, -3, 1], [UP2])
        assert sums.calls == (3, 1)
        assert list(sums.maps) == [UP2]
        expected = maps(1)[UP2].astype(np.float32) + maps(3)[UP2]
        np.testing.assert_allclose(sums.maps[UP2], expected, rtol=1e-6)

    def test_many_half_precision_calls_lose_nothing(self, tmp_path):
        value = np.float16(0.3)
        recording = record(
            tmp_path / "long.sdrec",
            300,
            attention_of=lambda _: {MID: np.full((1, COLUMNS, 1, 1), value)},
        )
        total = attention.sum_calls(recording).maps[MID]
        np.testing.assert_allclose(total, 300 * float(value), rtol=1e-5)

    def test_they_grow_with_the_recording_and_read_only_what_is_new(self, tmp_path, monkeypatch):
        path = tmp_path / "grow.sdrec"
        read: list[str] = []
        whole = attention.tensors.load_some

        def load_some(file: Path, names: Any) -> dict[str, np.ndarray]:
            read.append(file.name)
            return whole(file, names)

        monkeypatch.setattr(attention.tensors, "load_some", load_some)
        with writer(path, tokens={"cond": TOKENS}) as out:
            before = None
            for call in range(3):
                arrays = {f"cross_attention/{k}": v for k, v in maps(call).items()}
                out.step(call, arrays, call_facts(call))
                before = attention.sum_calls(Recording.open(path), known=before)
                assert before.calls == tuple(range(call + 1))
        assert read == ["0000.safetensors", "0001.safetensors", "0002.safetensors"]
        expected = attention.sum_calls(Recording.open(path))
        for name, array in expected.maps.items():
            np.testing.assert_array_equal(before.maps[name], array)

    def test_one_call_can_be_read_while_the_run_has_not_gone_further(self, tmp_path):
        with writer(tmp_path / "a.sdrec", tokens={"cond": TOKENS}):
            nothing = Recording.open(tmp_path / "a.sdrec")
            with pytest.raises(InspectorError) as caught:
                attention.sum_calls(nothing)
        assert caught.value.code == "attention.not-captured"
        with pytest.raises(InspectorError) as caught:
            attention.sum_calls(nothing, [0])
        assert caught.value.code == "recording.no-call"

    def test_what_was_not_captured_is_told(self, recording, tmp_path):
        with pytest.raises(InspectorError, match="unconditional branch") as caught:
            attention.sum_calls(recording, branch="uncond")
        assert caught.value.code == "attention.not-captured"
        with pytest.raises(InspectorError, match=r"up_blocks\.9.*It holds: down_blocks\.0"):
            attention.sum_calls(recording, layers=["up_blocks.9.attn2"])
        bare = record(tmp_path / "bare.sdrec", attention_of=lambda _: {})
        with pytest.raises(InspectorError, match="holds no cross-attention"):
            attention.sum_calls(bare)
        with pytest.raises(InspectorError) as caught:
            attention.heard(bare)
        assert caught.value.code == "attention.not-captured"
        assert attention.summarise(bare) == {}

    def test_a_layer_that_later_calls_lack_is_told(self, tmp_path):
        recording = record(
            tmp_path / "a.sdrec",
            attention_of=lambda call: {k: v for k, v in maps(call).items() if k != UP2 or not call},
        )
        with pytest.raises(InspectorError, match=r"up_blocks\.2.*at call 1"):
            attention.sum_calls(recording)
        assert UP2 not in attention.heard(recording).layers

    def test_values_that_are_not_finite_are_kept_and_counted(self, tmp_path):
        def broken(call):
            found = maps(call)
            found[MID][0, 0, 0, call % 2] = (np.nan, np.inf)[call % 2]
            return found

        sums = attention.sum_calls(record(tmp_path / "a.sdrec", attention_of=broken))
        assert sums.nonfinite == 2
        assert np.isnan(sums.maps[MID][0, 0, 0, 0])
        assert np.isposinf(sums.maps[MID][0, 0, 0, 1])

    def test_it_can_be_stopped_between_calls(self, recording):
        answers = iter([False, True])
        with pytest.raises(Cancelled):
            attention.sum_calls(recording, should_stop=lambda: next(answers))
        with pytest.raises(Cancelled):
            attention.summarise(recording, should_stop=lambda: True)

    def test_calls_with_another_prompt_are_not_mixed_in(self, tmp_path):
        other = "cond@12345678"
        recording = record(
            tmp_path / "a.sdrec",
            attention_of=lambda call: maps(call, COLUMNS if call < 3 else 4),
            facts=lambda call: call_facts(call) | {"tokens": "cond" if call < 3 else other},
            tokens={"cond": TOKENS, other: prompt_tokens("tree")},
        )
        assert attention.sum_calls(recording).calls == (0, 1, 2)
        edited = attention.sum_calls(recording, [3])
        assert attention.words_of(edited.tokens) == ((0, "tree"),)
        with pytest.raises(InspectorError) as caught:
            attention.sum_calls(recording, [2, 3])
        assert caught.value.code == "attention.mixed-prompts"
        assert attention.heard(recording).calls == (0, 1, 2)
        assert attention.summarise(recording)["calls"].tolist() == [0, 1, 2]


class TestSummary:
    def test_it_is_used_where_it_covers_every_call(self, recording, monkeypatch):
        expected = attention.sum_calls(recording)
        rows = attention.heard(recording)
        add_summary(recording.path, attention.summarise(recording))
        monkeypatch.setattr(attention, "step_name", lambda _: pytest.fail("a step was read"))
        found = attention.sum_calls(recording)
        assert (found.calls, found.tokens) == (expected.calls, expected.tokens)
        for path in LAYERS:
            np.testing.assert_array_equal(found.maps[path], expected.maps[path])
        assert list(attention.sum_calls(recording, layers=[MID]).maps) == [MID]
        stored = attention.heard(recording)
        assert (stored.layers, stored.calls) == (rows.layers, rows.calls)
        np.testing.assert_array_equal(stored.matrix, rows.matrix)
        np.testing.assert_array_equal(stored.peak, rows.peak)

    def test_one_that_does_not_is_not(self, recording):
        short = Summary()
        short.add(0, {f"cross_attention/{k}": v for k, v in maps(0).items()})
        add_summary(recording.path, short.arrays())
        assert attention.sum_calls(recording).count == 4
        assert attention.heard(recording).calls == (0, 1, 2, 3)

    def test_a_damaged_one_is_no_loss(self, recording):
        (recording.path / "summary.safetensors").write_bytes(b"nothing of use")
        assert attention.sum_calls(recording).count == 4
        assert attention.heard(recording).matrix.shape[0] == 4

    def test_both_branches_are_summed_where_both_were_captured(self, tmp_path):
        recording = record(tmp_path / "a.sdrec", uncond=True)
        add_summary(recording.path, attention.summarise(recording))
        found = attention.sum_calls(recording, branch="uncond")
        assert len(found.tokens) == 2
        expected = sum(maps(call, 3)[UP2].astype(np.float32) for call in range(4))
        np.testing.assert_allclose(found.maps[UP2], expected, rtol=1e-6)
        assert attention.heard(recording, "uncond").matrix.shape == (4, 4, 3)

    def test_its_memory_does_not_grow_with_the_calls(self):
        summary = Summary()
        arrays = {f"cross_attention/{k}": v for k, v in maps(0).items()}
        for call in range(3):
            summary.add(call, arrays)
        first = {name: array for name, array in summary.arrays().items() if "sum/" in name}
        summary.add(3, arrays)
        second = summary.arrays()
        assert all(array is second[name] for name, array in first.items())

    def test_captured_arrays_are_not_changed(self):
        summary = Summary()
        arrays = {f"cross_attention/{MID}": np.ones((1, 3, 2, 2), np.float32)}
        summary.add(0, arrays)
        summary.add(1, arrays)
        assert arrays[f"cross_attention/{MID}"].max() == 1.0
        assert summary.arrays()[f"sum/{MID}"].max() == 2.0


class TestHeard:
    def test_it_is_the_mean_over_heads_and_pixels_and_the_peak_of_the_head_mean(self, recording):
        heard = attention.heard(recording)
        assert heard.matrix.shape == heard.peak.shape == (4, 4, COLUMNS)
        assert heard.layers == (DOWN, MID, UP2, UP10)
        for call in range(4):
            for row, path in enumerate(heard.layers):
                values = maps(call)[path].astype(np.float64)
                np.testing.assert_allclose(
                    heard.matrix[call, row], values.mean(axis=(0, 2, 3)), rtol=1e-5
                )
                np.testing.assert_allclose(
                    heard.peak[call, row], values.mean(axis=0).max(axis=(1, 2)), rtol=1e-5
                )

    def test_the_columns_of_a_call_and_layer_sum_to_one(self, recording):
        np.testing.assert_allclose(attention.heard(recording).matrix.sum(axis=2), 1.0, atol=2e-3)

    def test_a_word_is_the_mean_of_its_columns_with_layers_downwards(self, recording):
        heard = attention.heard(recording)
        word = heard.of([2, 3])
        assert word.shape == (4, 4)
        np.testing.assert_allclose(
            word[1, 3], (heard.matrix[3, 1, 2] + heard.matrix[3, 1, 3]) / 2, rtol=1e-6
        )
        np.testing.assert_allclose(heard.of([2], peak=True)[0], heard.peak[:, 0, 2])
