"""Tokens and embeddings are those of the libraries; words are what a person calls so."""

from __future__ import annotations

import pytest
import torch

from sdinspector.engine import Model, tokenize
from sdinspector.engine.text import embed, prompt_columns

PROMPTS = [
    "",
    "   ",
    "a red circle",
    "A Red CIRCLE",
    "it's a dog's 1234-piece puzzle, isn't it?",
    "héllo wörld 🙂🙂 日本語 नमस्ते",
    "tab\tand\nline  ends",
    "red " * 75,
    "red " * 76,
    "blue circle " * 100,
]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_ids_are_those_the_pipeline_gives_its_encoder(tiny_model: Model, prompt: str) -> None:
    tokenizer = tiny_model.pipeline.tokenizer
    ids = tokenizer(prompt, padding="max_length", max_length=77, truncation=True).input_ids
    text = tokenize(tiny_model, prompt)
    assert [token.id for token in text.tokens] == ids
    assert [token.piece for token in text.tokens] == tokenizer.convert_ids_to_tokens(ids)
    assert [token.index for token in text.tokens] == list(range(77))
    kinds = [token.kind for token in text.tokens]
    words = kinds.count("word")
    assert kinds == ["bos"] + ["word"] * words + ["eos"] + ["padding"] * (75 - words)
    assert text.count == len(tokenizer(prompt, add_special_tokens=False).input_ids)
    assert words == min(75, text.count)
    assert prompt_columns(text.tokens) == words + 2


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("a red circle", ["a", "red", "circle"]),
        ("A Red CIRCLE", ["A", "Red", "CIRCLE"]),
        ("it's 1234!", ["it's", "1234", "!"]),
        ("high-quality, photo", ["high", "-", "quality", ",", "photo"]),
        ("🙂🙂 日本語", ["🙂🙂", "日本語"]),
        ("नमस्ते", ["नमस्ते"]),
    ],
)
def test_words_are_joined_and_spelt_as_the_prompt_has_them(
    tiny_model: Model, prompt: str, words: list[str]
) -> None:
    tokens = [token for token in tokenize(tiny_model, prompt).tokens if token.kind == "word"]
    found = {token.word: token.text for token in tokens}
    assert list(found.values()) == words
    assert list(found) == list(range(len(words)))


def test_what_is_cut_is_told(tiny_model: Model) -> None:
    assert tokenize(tiny_model, "red " * 75).cut == ""
    assert tokenize(tiny_model, "red " * 76).cut == "red"
    text = tokenize(tiny_model, "red " * 75 + "blue circle, STAR")
    assert (text.cut, text.count) == ("blue circle, STAR", 79)


@pytest.mark.parametrize("prompt", ["", "a red circle", "blue circle " * 100])
def test_embeddings_are_those_of_the_text_encoder(tiny_model: Model, prompt: str) -> None:
    pipeline = tiny_model.pipeline
    tokens = torch.tensor([[token.id for token in tokenize(tiny_model, prompt).tokens]])
    with torch.no_grad():
        expected = pipeline.text_encoder(tokens)[0]
    cond, uncond = embed(tiny_model, prompt, None)
    assert torch.equal(cond, expected)
    assert uncond is None
    assert torch.equal(embed(tiny_model, "star", prompt)[1], expected)
