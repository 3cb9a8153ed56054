"""What a person chose in the attention view, and what is to be seen there."""

from __future__ import annotations

from dataclasses import dataclass

from sdinspector.app.viewer import Scene
from sdinspector.viewers.attention.controls import Steps
from sdinspector.viewers.attention.store import Question


@dataclass(frozen=True)
class Wishes:
    """What a person chose in this view alone; the rest is the shared selection.

    Attributes
    ----------
    steps, span
        Which steps are added up; first and last call of a range.
    layers
        ``"recipe"``, ``"all"``, ``"selected"`` or a resolution, ``"16x16"``.
    recipe
        One of ``heatmaps.RECIPES``.
    mode, measure
        Which small maps, and which number in the matrix.
    entry
        What is shown that is no word: ``"bos"``, ``"probe:a dog"``; empty for the selected word.
    second
        What is set against it; may be empty.
    specials
        BOS, EOS and padding are among the words.
    spread
        Of several recordings the standard deviation is shown, not the mean.
    """

    steps: Steps = "all"
    span: tuple[int, int] = (0, 0)
    layers: str = "recipe"
    recipe: str = "daam"
    mode: str = "words"
    measure: str = "mean"
    entry: str = ""
    second: str = ""
    specials: bool = False
    spread: bool = False


@dataclass(frozen=True)
class State:
    """What is to be seen.

    Attributes
    ----------
    scene, wishes, question
        The shared selection, what was chosen in this view, and the maps that follow from both.
    key
        The word, special token or text that is shown.
    layer
        The layer whose heads are shown.
    """

    scene: Scene
    wishes: Wishes
    question: Question
    key: str
    layer: str
