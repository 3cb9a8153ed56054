"""Keeps what a training said on the way, and makes a recording of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sdinspector.core import InspectorError, RunSpec, TrainingSpec
from sdinspector.engine.libraries import versions
from sdinspector.engine.model import Model
from sdinspector.recording import RecordingWriter

if TYPE_CHECKING:
    from sdinspector.engine.finetuning import TrainingResult

SMOOTHING = 0.05
"""Share of a new loss in the exponential mean."""
FIGURES = ("loss", "smoothed", "mse", "learning_rate", "gradient_norm", "seconds")


class History:
    """Figures of every step, on the disk as they come; what a kill has cut off is left out.

    Parameters
    ----------
    file
        One JSON object a line.
    done
        Steps that the saved state has; later ones are forgotten, they come again.
    """

    def __init__(self, file: Path, done: int) -> None:
        self._file = file
        self._mean = 0.0
        self.rows: list[dict[str, Any]] = []
        if done and file.is_file():
            for line in file.read_text("utf-8").splitlines():
                try:
                    row = json.loads(line)
                except ValueError:
                    break
                if row["done"] == len(self.rows) + 1 and row["done"] <= done:
                    self._take(row)
        self._put("w", "".join(json.dumps(row) + "\n" for row in self.rows))

    def add(self, done: int, figures: dict[str, float], gradients: dict[str, float]) -> None:
        """Keep a step."""
        kept = {name: figures[name] for name in FIGURES if name in figures}
        row = {"done": done, **kept, "gradients": gradients}
        self._take(row)
        self._put("a", json.dumps(row) + "\n")

    @property
    def smoothed(self) -> float:
        """Exponential mean of the losses so far, corrected for its start at nothing."""
        return self._mean / (1.0 - (1.0 - SMOOTHING) ** len(self.rows))

    def _take(self, row: dict[str, Any]) -> None:
        self.rows.append(row)
        self._mean += SMOOTHING * (row["loss"] - self._mean)
        row["smoothed"] = self.smoothed

    def arrays(self) -> tuple[dict[str, NDArray[Any]], list[str]]:
        """Return figures ``[steps]`` by name, ``gradients`` ``[steps, blocks]`` and its blocks."""
        blocks = sorted({block for row in self.rows for block in row["gradients"]})
        arrays: dict[str, NDArray[Any]] = {
            name: np.array([row[name] for row in self.rows], np.float64) for name in FIGURES
        }
        arrays["step"] = np.array([row["done"] for row in self.rows], np.int64)
        arrays["gradients"] = np.array(
            [[row["gradients"].get(block, 0.0) for block in blocks] for row in self.rows],
            np.float32,
        ).reshape(len(self.rows), len(blocks))
        return arrays, blocks

    def _put(self, mode: str, text: str) -> None:
        try:
            with self._file.open(mode, encoding="utf-8") as stream:
                stream.write(text)
        except OSError as error:
            raise InspectorError(
                "training.write",
                f"{self._file} cannot be written: {error}. Make room on the disk; the state saved "
                "before is kept.",
                path=str(self._file),
                why=str(error),
            ) from error


def write_recording(
    model: Model, spec: TrainingSpec, result: TrainingResult, history: History, samples: Path
) -> None:
    """Write a recording of the kind ``training``.

    Its first capture holds ``step``, ``loss``, ``smoothed``, ``mse``, ``learning_rate``,
    ``gradient_norm`` and ``seconds`` ``[steps]``, ``gradients`` ``[steps, blocks]``, and the
    pictures on the way as ``sample/<step>/<prompt>`` ``[H, W, 3]``; its metadata the names of the
    blocks.
    """
    if result.recording is None:
        return
    arrays, blocks = history.arrays()
    last: NDArray[np.uint8] | None = None
    for file in sorted(samples.glob("*.png")):
        step, _, number = file.stem.partition("-")
        with Image.open(file) as opened:
            last = np.asarray(opened.convert("RGB"))
        arrays[f"sample/{int(step)}/{int(number)}"] = last
    about = {
        "settings": spec.to_json(),
        "method": result.method,
        "steps": result.steps,
        "before": result.before,
        "after": result.after,
        "control_before": result.control_before,
        "control_after": result.control_after,
        "out": str(result.out),
    }
    with RecordingWriter(
        result.recording,
        kind="training",
        spec=RunSpec(prompt=spec.prompts[0] if spec.prompts else "", seed=spec.seed),
        model=model.about(),
        tokens={},
        preview=model.card.preview,
        libraries=versions(),
        overwrite=True,
        extra={"training": about},
    ) as writer:
        writer.capture(arrays, {"blocks": blocks})
        if last is not None:
            writer.image(last)


def grouped(norms: dict[str, float]) -> dict[str, float]:
    """Add the norms of parameters' gradients up by block: √Σ‖g‖²."""
    squares: dict[str, float] = {}
    for name, norm in norms.items():
        parts = name.split(".")
        count = {"down_blocks": 4, "up_blocks": 4, "mid_block": 3}.get(parts[0], 1)
        path = "unet." + ".".join(parts[:count])
        squares[path] = squares.get(path, 0.0) + norm * norm
    return {path: value**0.5 for path, value in squares.items()}
