"""What the attention view says: titles, notes, chips, and why there is nothing to see."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sdinspector.analysis.heatmaps import RECIPES
from sdinspector.app.texts import tr
from sdinspector.core import Token
from sdinspector.viewers.attention.averages import Averaged
from sdinspector.viewers.attention.data import AttentionView, short
from sdinspector.widgets.word_chips import Chip

SPECIALS = ("bos", "eos", "padding")


def chips(
    tokens: Sequence[Token], texts: Sequence[str], *, specials: bool, cut: str = ""
) -> list[Chip]:
    """Return a chip for each word, for BOS, EOS and padding on demand, for each text of its own."""
    found: list[Chip] = []
    pieces: dict[int, list[Token]] = {}
    for token in tokens:
        if token.word is not None:
            pieces.setdefault(token.word, []).append(token)
    if specials:
        tip = tr("Beginning of the text: where idle heads look")
        found.append(Chip("bos", "BOS", tip, "special"))
    for word, parts in pieces.items():
        text = parts[0].text or "".join(part.piece.removesuffix("</w>") for part in parts)
        tip = tr("Word {number}: “{text}”", number=word + 1, text=text)
        if len(parts) > 1:
            spelled = " + ".join(part.piece.removesuffix("</w>") for part in parts)
            tip += "\n" + tr("{count} tokens: {pieces}", count=len(parts), pieces=spelled)
        found.append(Chip(f"word:{word}", text, tip))
    if specials:
        found.append(Chip("eos", "EOS", tr("End of the text"), "special"))
        tip = tr("All padding behind the end of the text, added up")
        found.append(Chip("padding", tr("padding"), tip, "special"))
    if cut:
        tip = tr("Cut off: the text encoder did not read this. Shorten the prompt to follow it.")
        shown = cut if len(cut) < 40 else cut[:38] + " …"
        found.append(Chip("cut", shown, f"{tip}\n{cut[:300]}", "cut"))
    for text in texts:
        tip = tr("Not of the prompt: asked of the recorded queries (OVAM). Delete takes it away.")
        found.append(Chip(f"probe:{text}", text, tip, "extra"))
    return found


def most_local(view: AttentionView) -> str:
    """Return the word whose map stands out most from its own mean: the one to begin with."""
    best, score = "", -np.inf
    for key, heat in zip(view.keys, view.maps, strict=True):
        finite = heat[np.isfinite(heat)]
        if key.startswith("word:") and finite.size:
            contrast = float((finite.max() - finite.mean()) / (finite.mean() + 1e-6))
            if contrast > score:
                best, score = key, contrast
    return best or (view.keys[0] if view.keys else "")


def steps_text(view: AttentionView, calls_to_steps: Sequence[int]) -> str:
    """Return which steps were added up; ``calls_to_steps`` are the first and the last."""
    calls = view.question.calls
    if calls is None:
        count = calls_to_steps[-1] + 1
        if count == view.count:
            return tr("all {count} steps", count=count)
        return tr("all {count} steps ({calls} calls)", count=count, calls=view.count)
    if len(calls) == 1:
        return tr("step {step}", step=calls_to_steps[0] + 1)
    return tr("steps {first} to {last}", first=calls_to_steps[0] + 1, last=calls_to_steps[-1] + 1)


def layers_text(view: AttentionView) -> str:
    """Return which layers the map is made of."""
    if len(view.used) == 1:
        height, width = view.grids[view.used[0]]
        return f"{short(view.used[0])} ({height}×{width})"
    return tr("{count} of {all} layers", count=len(view.used), all=len(view.grids))


def note(view: AttentionView, steps: str) -> str:
    """Return how the map was made, in one line."""
    question = view.question
    parts = [tr(RECIPES[question.recipe].title), steps, layers_text(view)]
    if question.heads:
        parts.append(tr("head {number}", number=question.heads[0]))
    if question.branch == "uncond":
        parts.append(tr("unconditional"))
    if view.not_finite:
        parts.append(tr("{count} values not finite", count=view.not_finite))
    return " · ".join(parts)


def averaged(found: Averaged, steps: str, *, spread: bool) -> str:
    """Return what is shown of several recordings, in a few words."""
    question, count = found.view.question, found.average.count
    how = (
        tr("spread over {count} recordings", count=count)
        if spread
        else tr("mean of {count} recordings", count=count)
    )
    parts = [how, RECIPES[question.recipe].title]
    parts.append(tr("all steps") if question.calls is None else steps)
    if found.average.nonfinite:
        parts.append(tr("{count} values not finite", count=found.average.nonfinite))
    return " · ".join(parts)


def why_not_averaged(key: str, mode: str) -> str:
    """Return why what is shown cannot be averaged over recordings; empty where it can."""
    if mode == "self":
        return tr("What a pixel looks at is not averaged: choose Words, Heads or Layers.")
    if key.startswith("probe:"):
        return tr("A text of its own is not averaged: choose a word of the prompt.")
    return ""


def unit(view: AttentionView, *, per_call: bool = False) -> str:
    """Return what the numbers of a map are; ``per_call`` where it was divided by the calls."""
    info = RECIPES[view.question.recipe]
    if info.calls == "sum" and view.count > 1 and not per_call:
        return tr("probability, sum over {count} calls", count=view.count)
    return tr("probability") if info.heads == "mean" else tr("probability, sum over heads")


def asking(text: str, progress: tuple[int, int] | None) -> str:
    """Return what is said while a text is asked about."""
    if progress is None or progress[1] < 2:
        return tr("“{text}” is not in the prompt: the model is asked about it …", text=text)
    return tr(
        "“{text}” is not in the prompt: the model is asked about it, step {done} of {total} …",
        text=text,
        done=progress[0],
        total=progress[1],
    )


def cut_off(prompt: str, tokens: Sequence[Token]) -> str:
    """Return the end of a prompt that did not fit the text encoder; empty where all did.

    Only a prompt that left no position to padding can have been cut.
    """
    if any(token.kind == "padding" for token in tokens) or not tokens:
        return ""
    words = {token.word: token.text for token in tokens if token.word is not None}
    place, lower = 0, prompt.lower()
    for text in words.values():
        found = lower.find(text.lower(), place)
        if found < 0:
            return ""
        place = found + len(text)
    return prompt[place:].strip()


def not_there(key: str, view: AttentionView) -> str:
    """Return why a word has no map."""
    word = int(key.removeprefix("word:")) + 1
    words = ", ".join(dict.fromkeys(token.text for token in view.tokens if token.text)) or "–"
    return tr(
        "The text encoder did not read word {number} of the prompt, or there is none: it may have "
        "been cut off. Its words are: {words}. Any other text can be asked about in the box above.",
        number=word,
        words=words,
    )
