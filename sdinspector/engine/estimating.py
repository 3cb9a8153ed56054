"""What a run will take on the disk, before it begins."""

from __future__ import annotations

from sdinspector.core import CaptureCost, RunSpec, capture_cost, find_scheduler
from sdinspector.engine.model import Model
from sdinspector.engine.text import prompt_columns, tokenize


def estimate(model: Model, spec: RunSpec) -> CaptureCost:
    """Work out what a run will take on the disk; see :func:`sdinspector.core.capture_cost`.

    Raises
    ------
    InspectorError
        ``scheduler.unknown``.
    """
    scheduler = find_scheduler(spec.scheduler).class_name if spec.scheduler else ""
    prompts = (spec.prompt, spec.negative_prompt)
    tokens = [prompt_columns(tokenize(model, prompt).tokens) for prompt in prompts]
    return capture_cost(model.card, spec, tokens[0], tokens[1], scheduler)
