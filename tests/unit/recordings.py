"""Small recordings for tests, written by the real writer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sdinspector.core import Preview, RunSpec, Token
from sdinspector.recording import Recording, RecordingWriter

TOKENS = {
    "cond": (Token(0, 49406, "<|startoftext|>", "bos"), Token(1, 736, "red</w>", "word", 0, "red")),
    "uncond": (Token(0, 49406, "<|startoftext|>", "bos"),),
}
PREVIEW = Preview(((0.3, 0.2, 0.3), (0.3, 0.5, 0.2), (-0.3, 0.2, 0.3), (-0.2, -0.3, -0.7)))


def writer(path: Path, **changes: Any) -> RecordingWriter:
    """Begin a recording."""
    settings: dict[str, Any] = {
        "spec": RunSpec(prompt="a red circle", steps=3, scheduler="heun"),
        "model": {"source": "shapes", "dtype": "float32"},
        "tokens": TOKENS,
        "preview": PREVIEW,
    }
    return RecordingWriter(path, **(settings | changes))


def call_arrays(call: int) -> dict[str, np.ndarray]:
    """Return what a scheduler call holds; every number says which call it is of."""
    base = np.arange(4 * 8 * 8, dtype=np.float32).reshape(4, 8, 8) + 1000 * call
    return {
        "latent": base,
        "noise_uncond": base + 0.25,
        "noise_cond": base + 0.5,
        "denoised": base + 0.75,
        "cross_attention/mid_block.attentions.0": np.full((2, 3, 4, 4), call, np.float16),
    }


def call_facts(call: int) -> dict[str, Any]:
    """Return the metadata of a scheduler call of Heun: two calls a step, but for the last."""
    return {
        "step": call // 2,
        "timestep": 900.0 - 100 * call,
        "order": 1 + call % 2,
        "scale": 7.5,
        "input_scale": 0.5,
        "a": 1.25,
        "b": -0.5,
        "clip": None,
        "branches": ["uncond", "cond"],
    }


def finished(path: Path, calls: int = 5, **changes: Any) -> Recording:
    """Write a whole recording and open it."""
    with writer(path, **changes) as out:
        out.conditioning({"cond": np.ones((77, 8), np.float32)})
        for call in range(calls):
            out.step(call, call_arrays(call), call_facts(call))
        out.final(np.full((4, 8, 8), 9.0, np.float32))
        out.image(np.full((16, 16, 3), 200, np.uint8), {"prompt": "a red circle"})
    return Recording.open(path)
