"""Trains the tokenizer and the text encoder of the built-in model: a small CLIP.

The text encoder is trained as the real one was: by contrast, so that a caption's embedding is
nearer to its own picture's than to those of the others (Radford et al. 2021, arXiv 2103.00020).
Batches hold groups that differ in one fact, without which colours bound to the wrong object or a
relation turned round would almost never be told apart. Beside the contrast stands a second task,
`training_facts`: what the caption says must be legible in the states that cross-attention reads.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from sdinspector.engine.training_autoencoder import as_batch
from sdinspector.engine.training_facts import FactHeads, read_facts
from sdinspector.worlds import Sample

MAX_TOKENS = 77
BOS, EOS = "<|startoftext|>", "<|endoftext|>"
WORD_END = "</w>"


def byte_characters() -> list[str]:
    """The 256 characters that byte-level BPE writes bytes as (Radford et al. 2019, GPT-2).

    Printable bytes stand for themselves; the others, in order, for the characters from U+0100 on.
    """
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    characters: list[str] = []
    shifted = 0
    for byte in range(256):
        if byte in printable:
            characters.append(chr(byte))
        else:
            characters.append(chr(256 + shifted))
            shifted += 1
    return characters


def learn_merges(texts: Iterable[str], limit: int = 1000) -> list[tuple[str, str]]:
    """Byte-pair merges (Sennrich et al. 2016) until every word of the texts is one piece.

    Parameters
    ----------
    texts
        Captions; split at whitespace and punctuation, lower case.
    limit
        Merges at the most.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update("".join(c if c.isalnum() else " " for c in text.lower()).split())
    counts.update({",": 1, ".": 1})
    characters = byte_characters()
    words: dict[str, list[str]] = {}
    for word in counts:
        *pieces, last = (characters[byte] for byte in word.encode())
        words[word] = [*pieces, last + WORD_END]
    merges: list[tuple[str, str]] = []
    while len(merges) < limit:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, pieces in words.items():
            for pair in itertools.pairwise(pieces):
                pairs[pair] += counts[word]
        if not pairs:
            break
        # Ties by spelling, so that the result hangs on the texts alone.
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        for word, pieces in words.items():
            words[word] = _merged(pieces, best)
    return merges


def _merged(pieces: list[str], pair: tuple[str, str]) -> list[str]:
    result: list[str] = []
    index = 0
    while index < len(pieces):
        if tuple(pieces[index : index + 2]) == pair:
            result.append(pieces[index] + pieces[index + 1])
            index += 2
        else:
            result.append(pieces[index])
            index += 1
    return result


def write_tokenizer(texts: Iterable[str], folder: Path) -> CLIPTokenizer:
    """Learn a byte-level BPE from captions, write it as a CLIPTokenizer and load it again.

    All 256 bytes are in the vocabulary, within a word and at its end, so any text encodes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    characters = byte_characters()
    merges = learn_merges(texts)
    pieces = [*characters, *(c + WORD_END for c in characters), *("".join(m) for m in merges)]
    vocabulary = {piece: index for index, piece in enumerate([*pieces, BOS, EOS])}
    # The slow and the fast tokenizer of older libraries read these two; newer ones the third.
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), "utf-8")
    lines = ["#version: 0.2", *(" ".join(merge) for merge in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", "utf-8")
    tokenizer = CLIPTokenizer(
        vocab=vocabulary, merges=list(merges), model_max_length=MAX_TOKENS, pad_token=EOS
    )
    tokenizer.save_pretrained(folder)
    return tokenizer


def new_text_encoder(tokenizer: CLIPTokenizer, width: int = 128, layers: int = 3) -> CLIPTextModel:
    """An untrained CLIPTextModel for this tokenizer."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=width,
            intermediate_size=3 * width,
            num_hidden_layers=layers,
            num_attention_heads=4,
            max_position_embeddings=MAX_TOKENS,
            projection_dim=width,
            hidden_act="quick_gelu",
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


class PictureEncoder(nn.Module):
    """The other tower of the contrast: a small convolutional network, thrown away afterwards.

    It ends in a flattened 4×4 grid and not in a mean, or it could not tell left from right.
    """

    def __init__(self, width: int, pixels: int = 64) -> None:
        super().__init__()
        channels = (3, 32, 64, 96, 128)
        layers: list[nn.Module] = []
        for before, after in itertools.pairwise(channels):
            layers += [nn.Conv2d(before, after, 3, 2, 1), nn.GroupNorm(8, after), nn.SiLU()]
        grid = pixels // 16
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Linear(128 * grid * grid, 256))
        self.head = nn.Sequential(nn.SiLU(), nn.Linear(256, width))

    def forward(self, pictures: Tensor) -> Tensor:
        """From pictures [b, 3, h, w] to embeddings [b, width]."""
        return self.head(self.body(pictures))  # type: ignore[no-any-return]


class ContrastivePair(nn.Module):
    """Both towers, the logit scale and the heads that read facts."""

    def __init__(self, text_encoder: CLIPTextModel, pixels: int = 64) -> None:
        super().__init__()
        width = int(text_encoder.config.hidden_size)
        self.text_encoder = text_encoder
        self.text_head = nn.Linear(width, width)
        self.picture_encoder = PictureEncoder(width, pixels)
        self.log_scale = nn.Parameter(torch.tensor(2.0))
        self.facts = FactHeads(width)

    def forward(self, pooled: Tensor, pictures: Tensor) -> Tensor:
        """Logits [captions, pictures] of pooled text states: scaled cosines of the embeddings."""
        texts = self.text_head(pooled)
        images = self.picture_encoder(pictures)
        scale = self.log_scale.clamp(max=4.6).exp()
        return scale * functional.normalize(texts, dim=-1) @ functional.normalize(images, dim=-1).T


def short_tokens(tokenizer: CLIPTokenizer, texts: Sequence[str], length: int = 0) -> Tensor:
    """Token ids padded to the longest text only, or to `length` where that is more.

    A causal encoder's states up to EOS are the same whatever follows, at a third of the work.
    """
    longest = max(len(ids) for ids in tokenizer(list(texts)).input_ids)
    encoded = tokenizer(
        list(texts),
        padding="max_length",
        truncation=True,
        max_length=min(max(longest, length), MAX_TOKENS),
        return_tensors="pt",
    )
    return torch.as_tensor(encoded.input_ids)


def text_loss(
    pair: ContrastivePair, tokenizer: CLIPTokenizer
) -> Callable[[Sequence[tuple[Sample, ...]], torch.Generator], tuple[Tensor, dict[str, float]]]:
    """Cross entropy of captions to pictures and of pictures to captions, halved, plus the facts'.

    One step in four looks at all 77 states, the others at few after EOS: cross-attention reads
    the padding too, and four times the work in every step would buy little.
    """

    def loss(
        groups: Sequence[tuple[Sample, ...]], generator: torch.Generator
    ) -> tuple[Tensor, dict[str, float]]:
        samples = [sample for group in groups for sample in group]
        whole = bool(torch.rand((), generator=generator) < 0.25)
        texts = [sample.text for sample in samples]
        tokens = short_tokens(tokenizer, texts, MAX_TOKENS if whole else 0)
        encoded = pair.text_encoder(tokens)
        logits = pair(encoded.pooler_output, as_batch([sample.picture for sample in samples]))
        targets = torch.arange(len(samples))
        both = functional.cross_entropy(logits, targets) + functional.cross_entropy(
            logits.T, targets
        )
        after = torch.randint(0, 45 if whole else 4, (len(samples),), generator=generator)
        told, read = pair.facts(encoded.last_hidden_state, read_facts(tokenizer, samples), after)
        top1 = (logits.argmax(dim=1) == targets).float().mean()
        figures = {"top1": float(top1), "facts": float(told.detach()), "read": float(read)}
        return 0.5 * both + told, figures

    return loss
