"""Recordings with attention that every number can be told of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sdinspector.recording import Recording
from sdinspector.recording.attention import Summary
from tests.gui.samples import TOKENS as TOKEN_LIST
from tests.gui.samples import begin, latent

LAYERS = {  # path: heads, height, width; the latent is 6 × 8
    "down_blocks.0.attentions.0.transformer_blocks.0.attn2": (2, 6, 8),
    "mid_block.attentions.0.transformer_blocks.0.attn2": (2, 3, 4),
    "up_blocks.1.attentions.0.transformer_blocks.0.attn2": (2, 3, 4),
    "up_blocks.2.attentions.0.transformer_blocks.0.attn2": (2, 6, 8),
}
PATHS = tuple(LAYERS)
TOKENS = 5  # BOS, red, cir, cle, EOS; one column more for the padding


def maps_of(path: str, call: int) -> np.ndarray:
    """Return a layer's probabilities ``[heads, tokens + 1, h, w]`` float16 at a call.

    Red lies at the left, circle at the right; both are heard more as the run goes on.
    """
    heads, height, width = LAYERS[path]
    seed = 100 * PATHS.index(path) + call
    scores = np.random.default_rng(seed).random((heads, TOKENS + 1, height, width))
    left = np.arange(width) < width // 2
    scores[:, 1] += np.where(left, 2.0 + 0.3 * call, 0.0)
    scores[:, 2:4] += np.where(left, 0.0, 1.5 + 0.2 * call)
    weights = np.exp(scores)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float16)


def attention_recording(
    path: Path,
    calls: int = 4,
    *,
    captured: bool = True,
    bad: bool = False,
    words: bool = True,
    shift: int = 0,
    **settings: Any,
) -> Recording:
    """Write a recording with the attention of all layers, and its summary.

    ``captured=False`` leaves the attention out, ``bad`` has one value that is no number,
    ``words=False`` an empty prompt, ``shift`` other numbers.
    """
    if not words:
        only = tuple(token for token in TOKEN_LIST["cond"] if token.kind != "word")
        settings = {"tokens": {"cond": only}} | settings
    facts = {
        name: {"class": "Attention", "kind": "cross_attention", "heads": heads, "grid": [h, w]}
        for name, (heads, h, w) in LAYERS.items()
    }
    summary = Summary()
    with begin(path, steps=calls, **({"layers": facts} | settings)) as writer:
        for call in range(calls):
            maps = {f"cross_attention/{name}": maps_of(name, call + shift) for name in LAYERS}
            if not words:
                maps = {name: array[:, [0, 4, 5]] for name, array in maps.items()}
            if bad and call == 1:
                maps[f"cross_attention/{PATHS[0]}"][0, 1, 2, 3] = np.nan
            summary.add(call, maps)
            arrays = {
                "latent": latent(call) + 2,
                "noise_cond": latent(call) / 3,
                "denoised": latent(call),
            }
            writer.step(
                call,
                arrays | (maps if captured else {}),
                {
                    "step": call, "timestep": 900.0 - 100 * call, "order": 1, "scale": 1.0,
                    "input_scale": 1.0, "a": 1.25, "b": -0.5, "clip": None,
                    "branches": ["cond"],
                },
            )  # fmt: skip
        writer.final(latent(calls))
        if captured:
            writer.summary(summary.arrays())
        rgb = np.zeros((48, 64, 3), np.uint8)
        rgb[:, :32] = (200, 30, 40)
        writer.image(rgb, {})
    return Recording.open(path)
