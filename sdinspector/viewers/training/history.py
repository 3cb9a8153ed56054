"""What a training has said so far, whether it goes or was recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.app.texts import tr
from sdinspector.core import TrainingSpec
from sdinspector.recording.trainings import HISTORY, SAMPLES

if TYPE_CHECKING:
    from sdinspector.recording import Recording

Picture = NDArray[np.uint8]


class StepNames(Sequence[str]):
    """Names of steps, made when they are read: "step 17"."""

    def __init__(self, steps: Sequence[int]) -> None:
        self._steps = steps

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, place: Any) -> Any:
        return tr("step {number}", number=self._steps[place])

    def __iter__(self) -> Iterator[str]:
        return (self[place] for place in range(len(self)))


@dataclass
class History:
    """Figures by step, each list as long as ``steps``.

    Attributes
    ----------
    steps
        Numbers of the steps, from 1; a training that went on begins where it went on.
    loss, smoothed, rates
        Loss, its exponential mean, and the learning rate.
    gradients
        Norms of the gradient by block's tree path.
    samples
        Pictures made on the way, by step and place of the prompt.
    prompts
        Of these.
    total
        Steps that were asked for.
    about
        Settings and result of a recorded one.
    """

    steps: list[int] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)
    smoothed: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    gradients: list[dict[str, float]] = field(default_factory=list)
    samples: dict[tuple[int, int], Picture] = field(default_factory=dict)
    prompts: tuple[str, ...] = ()
    total: int = 0
    about: dict[str, Any] = field(default_factory=dict)

    def take(self, step: Any) -> None:
        """Append a step of the engine's."""
        self.total = step.total
        self.steps.append(step.done)
        self.loss.append(step.loss)
        self.smoothed.append(step.smoothed)
        self.rates.append(step.learning_rate)
        self.gradients.append(step.gradients)

    def cut(self, step: int) -> None:
        """Forget this step and those after it: they are done again."""
        keep = sum(known < step for known in self.steps)
        for figures in (self.steps, self.loss, self.smoothed, self.rates, self.gradients):
            del figures[keep:]

    def sampled(self, prompt: int) -> list[int]:
        """Return the steps after which a prompt's picture was made."""
        return sorted(step for step, place in self.samples if place == prompt)


def read_history(recording: Recording) -> History:
    """Return what a recording of the kind ``training`` holds."""
    about = dict(recording.manifest.get("training") or {})
    settings = dict(about.get("settings") or {})
    found = History(
        prompts=tuple(settings.get("prompts") or ()),
        total=int(settings.get("steps") or 0),
        about=about,
    )
    if not recording.captures:
        return found
    arrays, facts = recording.capture(recording.captures[0])
    blocks = list(facts.get("blocks") or ())
    found.steps = [int(step) for step in arrays["step"]]
    found.loss = arrays["loss"].tolist()
    found.smoothed = arrays.get("smoothed", arrays["loss"]).tolist()
    found.rates = arrays["learning_rate"].tolist()
    rows = arrays["gradients"].tolist()
    found.gradients = [dict(zip(blocks, row, strict=True)) for row in rows]
    for name, array in arrays.items():
        parts = name.split("/")
        if parts[0] == "sample" and len(parts) == 3:
            found.samples[int(parts[1]), int(parts[2])] = np.asarray(array, np.uint8)
    return found


def read_recorded(path: Path) -> History:
    """Return what a recording at a path holds."""
    from sdinspector.recording import Recording

    return read_history(Recording.open(path))


def read_work(work: Path, spec: TrainingSpec) -> History:
    """Return what an unfinished training has said, from the folder of its state."""
    found = History(prompts=spec.prompts, total=spec.steps)
    history = work / HISTORY
    for line in history.read_text("utf-8").splitlines() if history.is_file() else ():
        try:
            row = json.loads(line)
        except ValueError:
            break  # cut off by a kill
        found.steps.append(int(row["done"]))
        found.loss.append(float(row["loss"]))
        found.smoothed.append(float(row.get("smoothed", row["loss"])))
        found.rates.append(float(row["learning_rate"]))
        found.gradients.append(dict(row["gradients"]))
    found.samples = read_samples(sorted((work / SAMPLES).glob("*.png")))
    return found


def read_samples(files: Sequence[Path]) -> dict[tuple[int, int], Picture]:
    """Return pictures ``STEP-PROMPT.png`` by step and place of the prompt."""
    from PIL import Image

    found = {}
    for file in files:
        step, _, prompt = file.stem.partition("-")
        with Image.open(file) as opened:
            found[int(step), int(prompt)] = np.asarray(opened.convert("RGB"))
    return found
