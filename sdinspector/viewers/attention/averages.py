"""A word's map over several recordings: which of them hold it, their maps, mean and spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import averages, heatmaps, ranking, resize
from sdinspector.app.messages import describe
from sdinspector.app.texts import tr
from sdinspector.core import Branch, InspectorError, Token
from sdinspector.export.recordings import about_call
from sdinspector.recording import Recording, list_recordings
from sdinspector.recording.attention import (
    attention_layers,
    find_word,
    sum_calls,
    tokens_of_call,
)
from sdinspector.viewers.attention.data import (
    AttentionView,
    Map,
    latent_size,
    read_picture,
)


@dataclass(frozen=True)
class Sought:
    """A word, told so that it is found in another prompt too.

    Attributes
    ----------
    special
        ``"bos"``, ``"eos"`` or ``"padding"``; empty for a word.
    text, occurrence
        The word, and which of several equal ones, from 0.
    """

    special: str = ""
    text: str = ""
    occurrence: int = 0

    def find(self, tokens: Sequence[Token], prompt: str = "") -> Any:
        """Return the key of the word's map in another recording.

        Raises
        ------
        InspectorError
            ``attention.no-word`` or ``attention.word-cut``.
        """
        if self.special:
            return self.special
        return find_word(tokens, self.text, occurrence=self.occurrence, prompt=prompt)


def sought(view: AttentionView, key: str) -> Sought | None:
    """Return how a word of the view is found elsewhere; ``None`` for a text of its own."""
    if key.startswith("probe:") or key not in view.keys:
        return None
    if not key.startswith("word:"):
        return Sought(special=key)
    text = view.label(key)
    same = [
        other
        for other, label in zip(view.keys, view.labels, strict=True)
        if other.startswith("word:") and label.casefold() == text.casefold()
    ]
    return Sought(text=text, occurrence=same.index(key))


# Which recordings there are.


@dataclass(frozen=True)
class Candidate:
    """A recording of the folder; ``why`` says why it cannot be averaged, empty where it can."""

    path: Path
    prompt: str
    seed: int | None
    created: str
    why: str = ""


def list_candidates(
    folder: Path, shown: str, words: Sequence[Sought], branch: Branch
) -> list[Candidate]:
    """Return the folder's recordings but the shown one; first those that hold all words.

    Parameters
    ----------
    folder, shown
        Where to look, and the id of the recording that is shown.
    words, branch
        What has to be there.
    """
    found = []
    for summary in list_recordings(folder):
        if summary.id == shown:
            continue
        if summary.error is not None:
            why = describe(summary.error).text
            found.append(Candidate(summary.path, summary.path.name, None, summary.created, why))
            continue
        try:
            recording = Recording.open(summary.path)
            why, seed = _why_not(recording, words, branch), recording.spec.seed
        except InspectorError as error:
            why, seed = describe(error).text, None
        found.append(Candidate(summary.path, summary.prompt, seed, summary.created, why))
    return sorted(found, key=lambda item: bool(item.why))


def _why_not(recording: Recording, words: Sequence[Sought], branch: Branch) -> str:
    if recording.calls == 0:
        return tr("holds no step")
    for word in words:
        try:
            word.find(tokens_of_call(recording, 0, branch))
        except InspectorError:
            return tr("has no word “{text}”", text=word.text)
    if not attention_layers(recording, 0, branch):
        if branch == "uncond" and attention_layers(recording):
            return tr("holds no attention of the unconditional branch")
        return tr("was recorded without attention")
    return ""


# Their maps.


@dataclass(frozen=True)
class Asked:
    """Which maps are made of each recording.

    Attributes
    ----------
    recipe, layers, heads, branch
        As in the question about the recording that is shown.
    timesteps
        Of the calls that are added up there; ``None`` for all. In another recording the nearest
        call stands for one timestep, and those between the ends for several.
    under, moment
        What lies under the map, and the timestep of the selected call.
    """

    recipe: str
    layers: tuple[str, ...]
    heads: tuple[int, ...]
    branch: Branch
    timesteps: tuple[float, ...] | None
    under: str = "picture"
    moment: float = 0.0


@dataclass(frozen=True, eq=False)
class Member:
    """The maps of one recording's words, for each call where the recipe adds calls up."""

    name: str
    tokens: tuple[Token, ...]
    prompt: str
    maps: ranking.WordMaps
    picture: NDArray[np.uint8] | None
    nonfinite: int
    about: dict[str, Any]

    def of(self, word: Sought) -> Map:
        """Return a word's map."""
        found: Map = self.maps.of(word.find(self.tokens, self.prompt))
        return found


def read_member(path: Path, asked: Asked, should_stop: Callable[[], bool]) -> Member:
    """Read one recording and make the maps of its words.

    Raises
    ------
    InspectorError
        Where it cannot be read, or holds not what is asked for.
    Cancelled
        Where ``should_stop`` says so.
    """
    recording = Recording.open(path)
    calls = calls_at(recording, asked.timesteps)
    layers = asked.layers or None
    sums = sum_calls(recording, calls, layers, asked.branch, should_stop)
    maps = ranking.word_maps(
        sums.maps,
        sums.tokens,
        asked.recipe,
        calls=sums.count,
        size=latent_size(recording, sums),
        heads=asked.heads or None,
        own_layers=not asked.layers,
    )
    picture = None
    if asked.under != "none":
        (call,) = calls_at(recording, (asked.moment,)) or (0,)
        finished = recording.status != "running"
        picture = read_picture(recording, call, finished=finished, what=asked.under)
    return Member(
        name=Path(recording.path).stem,
        tokens=sums.tokens,
        prompt=recording.spec.prompt if asked.branch == "cond" else "",
        maps=replace(maps, maps=maps.maps / per(asked.recipe, sums.count)),
        picture=picture,
        nonfinite=sums.nonfinite,
        about={**about_call(recording, None), "calls": list(sums.calls)},
    )


def calls_at(recording: Recording, timesteps: tuple[float, ...] | None) -> tuple[int, ...] | None:
    """Return the calls that stand for some timesteps of another recording."""
    if timesteps is None:
        return None
    own = recording.timesteps
    if not own:
        raise InspectorError(
            "attention.no-step", tr("This recording holds no step yet."), path=recording.path
        )
    low, high = min(timesteps), max(timesteps)
    if len(timesteps) > 1:
        between = tuple(call for call, time in enumerate(own) if low <= time <= high)
        if between:
            return between
    middle = (low + high) / 2
    return (min(range(len(own)), key=lambda call: abs(own[call] - middle)),)


def per(recipe: str, calls: int) -> np.float32:
    """Return what a map is divided by, so that a longer run weighs no more."""
    return np.float32(calls if heatmaps.find_recipe(recipe).calls == "sum" else 1)


# Their mean and spread.


@dataclass(frozen=True, eq=False)
class Averaged:
    """A word's maps over several recordings in one.

    Attributes
    ----------
    view, key, second
        Of the recording that is shown: its maps, the word, and what is set against it.
    average
        Mean, standard deviation, number of recordings.
    picture
        Mean of their pictures.
    left_out
        Name of each recording that was left out, and why.
    about
        Settings of each that counts.
    """

    view: AttentionView
    key: str
    second: str
    average: averages.Average
    picture: NDArray[np.uint8] | None = None
    left_out: tuple[tuple[str, str], ...] = ()
    about: list[dict[str, Any]] = field(default_factory=list)


def average(
    view: AttentionView,
    key: str,
    second: str,
    picture: NDArray[np.uint8] | None,
    members: Sequence[Member | tuple[str, str]],
) -> Averaged:
    """Average a word's map, or the difference of two, over recordings.

    Parameters
    ----------
    view, key, second, picture
        Of the recording that is shown, which is one of them.
    members
        The others; in the place of one that cannot be read its name and why.
    """
    words = [word for word in (sought(view, key), sought(view, second)) if word is not None]
    heat = view.of(key)
    if heat is None:
        raise KeyError(key)
    other = view.of(second) if second else None
    share = per(view.question.recipe, view.count)
    maps = [(heat if other is None else heat - other) / share]
    pictures = [] if picture is None else [picture]
    about = [{**view.about, "calls": _calls(view)}]
    left_out = []
    for member in members:
        if isinstance(member, tuple):
            left_out.append(member)
            continue
        try:
            first, *rest = (member.of(word) for word in words)
        except InspectorError as error:
            left_out.append((member.name, describe(error).text))
            continue
        maps.append(first - rest[0] if rest else first)
        about.append(member.about)
        if member.picture is not None and picture is not None:
            pictures.append(member.picture)
    return Averaged(
        view=view,
        key=key,
        second=second,
        average=averages.average_maps(maps),
        picture=mean_picture(pictures),
        left_out=tuple(left_out),
        about=about,
    )


def _calls(view: AttentionView) -> list[int]:
    calls = view.question.calls
    return list(range(view.question.upto) if calls is None else calls)


def mean_picture(pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8] | None:
    """Return the mean of pictures ``[H, W, 3]`` at the size of the first; ``None`` of none."""
    if not pictures:
        return None
    size = (pictures[0].shape[0], pictures[0].shape[1])
    total = np.zeros((*size, 3), dtype=np.float32)
    for item in pictures:
        values = item.astype(np.float32)
        if item.shape[:2] != size:
            values = np.moveaxis(resize.bilinear(np.moveaxis(values, 2, 0), size), 0, 2)
        total += values
    mean = np.rint(np.clip(total / len(pictures), 0.0, 255.0))
    return np.asarray(mean, dtype=np.uint8)
