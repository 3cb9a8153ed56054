"""OVAM: asks a recording's own queries about any text, also words that are not in the prompt."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sdinspector.core import InspectorError, ShouldStop, Token, Verdict, denoiser_path, verdict_of
from sdinspector.engine.attention import check_readable
from sdinspector.engine.capture import Plan
from sdinspector.engine.model import Model
from sdinspector.engine.replaying import Denoiser
from sdinspector.engine.text import tokenize
from sdinspector.engine.wanted import cross_attentions, no_layer, text_keys
from sdinspector.recording import Recording


@dataclass(frozen=True)
class Probe:
    """What the queries of some scheduler calls make of a text, added up.

    Attributes
    ----------
    text
        What was asked about.
    maps
        Module path to ``[heads, tokens, h, w]`` float32: probabilities over the text's own tokens
        (BOS, its words, the first EOS, and in the last column all padding), summed over calls;
        over tokens each pixel sums to the number of calls.
    calls
        Which calls were added, in order.
    tokens
        The tokens of the columns but the last.
    cut
        The end of the text that did not fit the text encoder; empty where all did.
    difference
        Largest relative difference of the repeated predictions from the recorded ones.
    """

    text: str
    maps: dict[str, NDArray[np.float32]]
    calls: tuple[int, ...]
    tokens: tuple[Token, ...]
    cut: str
    difference: float

    @property
    def verdict(self) -> Verdict:
        """Whether the repeated calls were the recorded ones to the last bit."""
        return verdict_of(self.difference)


@dataclass(frozen=True)
class Probed:
    """One call of a probe is done: ``done`` of ``total``."""

    call: int
    done: int
    total: int


def probe(
    model: Model,
    recording: Recording,
    calls: int | Sequence[int] | None,
    text: str,
    layers: Sequence[str] | None = None,
    *,
    should_stop: ShouldStop | None = None,
) -> Probe:
    """Ask a recording's cross-attentions about a text.

    softmax over the text's tokens of Q·(X·W_K)ᵀ·scale with the queries Q of the recorded calls
    (Marcos-Manchón et al., "Open-Vocabulary Attention Maps", CVPR 2024). Each call is repeated
    once; the picture is not changed by the question.

    Parameters
    ----------
    model
        The model of the recording.
    recording
        A run or an observation.
    calls
        Numbers of scheduler calls, or one; all where left out (``None``).
    text
        Any words; encoded as the pipeline encodes a prompt.
    layers
        Paths of cross-attentions, with or without ``unet.``; all where left out.
    should_stop
        Asked before every block; :class:`~sdinspector.core.Cancelled` is raised.

    Raises
    ------
    InspectorError
        ``replay.no-text``, ``replay.no-layer``, ``replay.wrong-model``, ``recording.no-call``,
        ``capture.no-cross-attention``, ``capture.fused``, ``memory.full``.
    """
    chosen = [calls] if isinstance(calls, int) else calls
    with closing(
        probe_iter(model, recording, text, chosen, layers, should_stop=should_stop)
    ) as steps:
        while True:
            try:
                next(steps)
            except StopIteration as end:
                result: Probe = end.value
                return result


def probe_iter(
    model: Model,
    recording: Recording,
    text: str,
    calls: Sequence[int] | None = None,
    layers: Sequence[str] | None = None,
    *,
    should_stop: ShouldStop | None = None,
) -> Generator[Probed, None, Probe]:
    """Probe, yielding after each denoiser call; see :func:`probe`.

    Memory is one float32 copy of a call's attention, however many calls are added.
    """
    if not text.strip():
        raise InspectorError("replay.no-text", "Write a word, or a few, to look for.")
    wanted = range(recording.calls) if calls is None else dict.fromkeys(calls)
    chosen = [recording.call(call) for call in wanted]
    paths = _paths(model, layers)
    keys = text_keys(model, text, paths)
    denoiser = Denoiser(model, recording)
    words = tokenize(model, text)
    sums: dict[str, NDArray[np.float32]] = {}
    difference = 0.0
    for done, call in enumerate(chosen, start=1):
        replayed = denoiser.call(call, Plan(probes=tuple(keys)), should_stop)
        difference = max(difference, replayed.difference)
        for item in keys:
            maps = replayed[f"ovam/{item.path}@{text}"].astype(np.float32, copy=False)
            if item.path in sums:
                sums[item.path] += maps
            else:
                sums[item.path] = maps
        yield Probed(call.index, done, len(chosen))
    return Probe(
        text=text,
        maps=sums,
        calls=tuple(call.index for call in chosen),
        tokens=tuple(token for token in words.tokens if token.kind != "padding"),
        cut=words.cut,
        difference=difference,
    )


def _paths(model: Model, layers: Sequence[str] | None) -> list[str]:
    known = cross_attentions(model)
    wanted = known if layers is None else list(dict.fromkeys(map(denoiser_path, layers)))
    for path in wanted:
        if path not in known:
            raise no_layer(path, known)
        check_readable(path, model.pipeline.unet.get_submodule(path))
    return wanted
