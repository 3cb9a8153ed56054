"""What the next run takes on the disk, against the budget that a person has set."""

from __future__ import annotations

import shutil
from pathlib import Path

from sdinspector.app.system import readable_bytes
from sdinspector.app.texts import tr
from sdinspector.core import (
    CaptureCost,
    InspectorError,
    ModelCard,
    RunSpec,
    capture_cost,
    find_scheduler,
)

#: Where the disk would be left with less than this, a run does not begin.
SPARE = 200_000_000


def cost_of(card: ModelCard, spec: RunSpec, tokens: int) -> CaptureCost:
    """Return what a run will take; ``tokens`` is the prompt's count, BOS and EOS included."""
    scheduler = ""
    if spec.scheduler:
        try:
            scheduler = find_scheduler(spec.scheduler).class_name
        except InspectorError:
            scheduler = spec.scheduler
    return capture_cost(card, spec, tokens, scheduler=scheduler)


def describe_cost(cost: CaptureCost) -> str:
    """Return the cost as a person reads it."""
    return tr(
        "About {call} a call, {total} for {calls} calls.",
        call=readable_bytes(cost.by_call),
        total=readable_bytes(cost.total),
        calls=cost.calls,
    )


def check_room(cost: CaptureCost, megabytes: int, folder: Path) -> None:
    """Refuse a run that would take more than the budget, or than the disk has.

    Raises
    ------
    InspectorError
        ``run.over-budget``, ``run.no-room``.
    """
    if cost.total > megabytes * 1_000_000:
        raise InspectorError(
            "run.over-budget",
            f"This run would take {readable_bytes(cost.total)} on the disk; the budget of one "
            f"recording is {readable_bytes(megabytes * 1_000_000)}. Record less, or raise the "
            "budget: both are below the button with the gear.",
            total=readable_bytes(cost.total),
            budget=readable_bytes(megabytes * 1_000_000),
        )
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return  # the writer will tell
    if cost.total > free - SPARE:
        raise InspectorError(
            "run.no-room",
            f"This run would take {readable_bytes(cost.total)}, and the disk of {folder} has "
            f"{readable_bytes(free)} left. Delete recordings (Ctrl+Shift+O), or record less.",
            total=readable_bytes(cost.total),
            free=readable_bytes(free),
            path=str(folder),
        )
