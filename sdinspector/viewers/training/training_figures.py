"""What can be exported of a training."""

from __future__ import annotations

import numpy as np

from sdinspector.core import FigureSpec
from sdinspector.viewers.training.history import History


def of_training(history: History) -> list[FigureSpec]:
    """Return the curves, the gradients by block, and the pictures on the way."""
    if not history.steps:
        return []
    steps = np.array(history.steps, np.int64)
    figures = [
        FigureSpec(
            "training-loss",
            "Loss of each batch by step, and its exponential mean",
            "lines",
            {
                "x": steps,
                "loss": np.array(history.loss),
                "smoothed": np.array(history.smoothed),
            },
            unit="mean squared error",
            about=history.about,
        ),
        FigureSpec(
            "training-rate",
            "Learning rate by step",
            "lines",
            {"x": steps, "learning rate": np.array(history.rates)},
            about=history.about,
        ),
        _gradients(history),
    ]
    for (step, prompt), picture in sorted(history.samples.items()):
        text = history.prompts[prompt] if prompt < len(history.prompts) else ""
        figures.append(
            FigureSpec(
                f"training-sample-{prompt}-step-{step:05d}",
                f"After step {step}: {text}",
                "rgb",
                {"image": picture},
                about=history.about,
            )
        )
    return figures


def _gradients(history: History) -> FigureSpec:
    blocks = sorted({block for row in history.gradients for block in row})
    arrays: dict[str, np.ndarray] = {"step": np.array(history.steps, np.int64)}
    for block in blocks:
        arrays[block] = np.array([row.get(block, 0.0) for row in history.gradients])
    return FigureSpec(
        "training-gradients",
        "Norm of the gradient by block and step",
        "table",
        arrays,
        about=history.about,
    )
