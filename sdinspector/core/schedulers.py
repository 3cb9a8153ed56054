"""The schedulers that a run can name, and what their short names stand for."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any

from sdinspector.core.errors import InspectorError


@dataclass(frozen=True)
class SchedulerChoice:
    """A scheduler by its short name, its title, its diffusers class and its settings."""

    name: str
    title: str
    class_name: str
    settings: dict[str, Any] = field(default_factory=dict)


SCHEDULERS: tuple[SchedulerChoice, ...] = (
    SchedulerChoice("pndm", "PNDM", "PNDMScheduler"),
    SchedulerChoice("ddim", "DDIM", "DDIMScheduler"),
    SchedulerChoice("ddpm", "DDPM", "DDPMScheduler"),
    SchedulerChoice("lms", "LMS", "LMSDiscreteScheduler"),
    SchedulerChoice("euler", "Euler", "EulerDiscreteScheduler"),
    SchedulerChoice("euler-a", "Euler ancestral", "EulerAncestralDiscreteScheduler"),
    SchedulerChoice("heun", "Heun", "HeunDiscreteScheduler"),
    SchedulerChoice("kdpm2", "KDPM2", "KDPM2DiscreteScheduler"),
    SchedulerChoice("kdpm2-a", "KDPM2 ancestral", "KDPM2AncestralDiscreteScheduler"),
    SchedulerChoice("dpm++2m", "DPM++ 2M", "DPMSolverMultistepScheduler"),
    SchedulerChoice(
        "dpm++2m-karras",
        "DPM++ 2M Karras",
        "DPMSolverMultistepScheduler",
        {"use_karras_sigmas": True},
    ),
    SchedulerChoice(
        "dpm++2m-sde",
        "DPM++ 2M SDE",
        "DPMSolverMultistepScheduler",
        {"algorithm_type": "sde-dpmsolver++"},
    ),
    SchedulerChoice("dpm++2s", "DPM++ 2S (single-step)", "DPMSolverSinglestepScheduler"),
    SchedulerChoice(
        "dpm++sde",
        "DPM++ SDE (single-step)",
        "DPMSolverSinglestepScheduler",
        {"algorithm_type": "sde-dpmsolver++"},
    ),
    SchedulerChoice("deis", "DEIS", "DEISMultistepScheduler"),
    SchedulerChoice("unipc", "UniPC", "UniPCMultistepScheduler"),
    SchedulerChoice("lcm", "LCM", "LCMScheduler"),
)


def find_scheduler(name: str) -> SchedulerChoice:
    """Return the scheduler that a short name or a diffusers class name stands for.

    Case is ignored. A class name that several choices share gives the first, which is the one
    with the class's own settings.

    Raises
    ------
    InspectorError
        ``scheduler.unknown`` with the nearest names.
    """
    wanted = name.strip().lower()
    for choice in SCHEDULERS:
        if choice.name == wanted:
            return choice
    for choice in SCHEDULERS:
        if wanted in (choice.class_name.lower(), choice.class_name.lower() + "scheduler"):
            return choice
    names = [choice.name for choice in SCHEDULERS]
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.6) or names
    raise InspectorError(
        "scheduler.unknown",
        f"There is no scheduler called {name!r}. Try one of: {', '.join(near)}.",
        name=name,
        near=near,
    )
