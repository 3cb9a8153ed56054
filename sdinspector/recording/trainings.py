"""The folder beside a result in which a training keeps what it needs to go on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STATE = "state.pt"
"""Weights, optimizer and generator."""
HISTORY = "history.jsonl"
"""Figures of every step, one JSON object a line."""
ABOUT = "training.json"
"""Settings, captions, model and where the pictures are."""
SAMPLES = "samples"
"""Pictures made on the way, ``STEP-PROMPT.png``."""
_ENDING = ".work"


@dataclass(frozen=True)
class Unfinished:
    """A training that was stopped or killed.

    Attributes
    ----------
    out
        Where its result shall be.
    done, total
        Steps done (those after the last saved state are done again) and asked for.
    place, caption
        Where its pictures are, and the one caption for all of them, if there is one.
    model
        Source of the model that is trained.
    control
        Drawn scenes that are watched beside.
    settings
        See :class:`sdinspector.core.TrainingSpec`.
    changed
        When it was last at work, in seconds since 1970.
    """

    out: Path
    done: int
    total: int
    place: str
    caption: str
    model: str
    control: int
    settings: dict[str, Any] = field(compare=False)
    changed: float = field(default=0.0, compare=False)


def work_of(out: Path) -> Path:
    """Return the folder in which the training of a result keeps its state."""
    return out.with_name(out.name + _ENDING)


def clear(work: Path) -> None:
    """Delete what a training has kept to go on, and its folder if nothing else is in it.

    Raises
    ------
    OSError
        What is there cannot be deleted.
    """
    if not work.is_dir():
        return
    for name in (STATE, STATE + ".part", HISTORY, ABOUT):
        (work / name).unlink(missing_ok=True)
    for picture in (work / SAMPLES).glob("*.png"):
        picture.unlink()
    for folder in (work / SAMPLES, work):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def is_unfinished(out: Path) -> bool:
    """Return whether a training for a result can go on."""
    work = work_of(out)
    return not out.exists() and all((work / name).is_file() for name in (STATE, ABOUT))


def unfinished(folder: Path) -> list[Unfinished]:
    """Return the trainings in a folder that have a state and no result, the newest first."""
    found = []
    for about in folder.glob(f"*{_ENDING}/{ABOUT}"):
        out = about.parent.with_name(about.parent.name.removesuffix(_ENDING))
        if not is_unfinished(out):
            continue
        try:
            known = json.loads(about.read_text("utf-8"))
            history = about.with_name(HISTORY)
            done = history.read_bytes().count(b"\n") if history.is_file() else 0
            found.append(
                Unfinished(
                    out=out,
                    done=done,
                    total=int(known["spec"]["steps"]),
                    place=str(known["place"]),
                    caption=str(known["caption"]),
                    model=str(known["source"]),
                    control=int(known.get("control") or 0),
                    settings=dict(known["spec"]),
                    changed=(about.parent / STATE).stat().st_mtime,
                )
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue  # nothing that could go on
    return sorted(found, key=lambda one: -one.changed)
