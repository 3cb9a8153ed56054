"""Measures a model on the shapes world: held-out prompts, judged from the pictures' pixels.

Every prompt describes a scene that training never showed, in whatever words. The pictures come
from the plain diffusers pipeline with the model's own scheduler.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from numpy.typing import NDArray

from sdinspector.core import InspectorError
from sdinspector.core.paths import builtin_model
from sdinspector.engine.training_autoencoder import measure_psnr
from sdinspector.worlds import RELATIONS, Scene, ShapesWorld
from sdinspector.worlds.judge import Verdict, judge

PSNR_PICTURES = 200

ProgressFunction = Callable[[str, int, int, dict[str, float]], None]
"""Called with stage, prompts done, prompts in all, and the figures so far."""


@dataclass(frozen=True)
class Prompt:
    """A caption, the scene it describes, and the seed of its noise."""

    text: str
    scene: Scene
    seed: int


def held_out_prompts(count: int, seed: int = 1) -> list[Prompt]:
    """Prompts of held-out scenes: half of one object, half of two with a relation.

    The relations of the second half take turns, so that each is asked for equally often.
    """
    ones = ShapesWorld(seed, held_out=True, objects=1)
    prompts: list[Prompt] = []
    for index in range(count):
        if index < (count + 1) // 2:
            world = ones
        else:
            relation = RELATIONS[index % len(RELATIONS)]
            world = ShapesWorld(seed, held_out=True, objects=2, relation=relation)
        scene, caption = world.scene(index)
        prompts.append(Prompt(caption.text, scene, seed * 100_000 + index))
    return prompts


def _pipeline(source: str | os.PathLike[str] | StableDiffusionPipeline) -> StableDiffusionPipeline:
    if isinstance(source, StableDiffusionPipeline):
        return source
    folder = builtin_model() if source == "shapes" else Path(source)
    try:
        return StableDiffusionPipeline.from_pretrained(
            folder, torch_dtype=torch.float32, local_files_only=True, safety_checker=None
        )
    except (OSError, ValueError) as error:
        raise InspectorError(
            "evaluation.model",
            f"{folder} cannot be opened: {error}",
            path=str(folder),
            why=str(error),
        ) from error


@torch.no_grad()
def generate(
    pipeline: StableDiffusionPipeline,
    prompts: Sequence[Prompt],
    steps: int,
    scale: float,
) -> list[NDArray[np.uint8]]:
    """One picture uint8 [h, w, 3] a prompt, each from its own seed."""
    generators = [torch.Generator("cpu").manual_seed(prompt.seed) for prompt in prompts]
    output = pipeline(
        [prompt.text for prompt in prompts],
        num_inference_steps=steps,
        guidance_scale=scale,
        generator=generators,
        output_type="np",
    )
    return [np.rint(picture * 255.0).astype(np.uint8) for picture in output.images]


def evaluate(
    source: str | os.PathLike[str] | StableDiffusionPipeline,
    *,
    prompts: int = 500,
    steps: int = 30,
    scales: Sequence[float] = (1.0, 3.0, 5.0, 7.5),
    seed: int = 1,
    batch: int = 25,
    on_progress: ProgressFunction | None = None,
) -> dict[str, Any]:
    """Measure how well a model draws what held-out prompts say.

    Parameters
    ----------
    source
        "shapes", a diffusers folder, or a pipeline in float32.
    prompts
        How many: half of one object, half of two.
    steps
        Denoising steps.
    scales
        Guidance scales; the prompts and their noise are the same at each.
    seed
        Of prompts and noise.
    batch
        Pictures made at a time.
    on_progress
        Called after each batch with ("evaluate", done, total, figures).

    Returns
    -------
    Numbers and strings only, fit for JSON: "prompts", "steps", "seed", "psnr" (dB, of the
    autoencoder on fresh pictures), "scales" (one entry a guidance scale, see `summarise`) and
    "best" (the scale with the most prompts wholly right).

    Raises
    ------
    InspectorError
        "evaluation.model": the source cannot be opened; "evaluation.prompts": fewer than two.
    """
    if prompts < 2 or not scales:
        raise InspectorError(
            "evaluation.prompts",
            "An evaluation needs two prompts and one guidance scale at least.",
            prompts=prompts,
        )
    pipeline = _pipeline(source)
    pipeline.set_progress_bar_config(disable=True)
    asked = held_out_prompts(prompts, seed)
    fresh = ShapesWorld(seed, held_out=None)
    pictures = [fresh[index].picture for index in range(min(PSNR_PICTURES, prompts))]
    psnr = measure_psnr(pipeline.vae.eval(), pictures)
    entries: list[dict[str, float]] = []
    total = len(asked) * len(scales)
    for number, scale in enumerate(scales):
        verdicts: list[Verdict] = []
        for start in range(0, len(asked), batch):
            part = asked[start : start + batch]
            made = generate(pipeline, part, steps, scale)
            verdicts += [judge(image, ask.scene) for image, ask in zip(made, part, strict=True)]
            if on_progress is not None:
                done = number * len(asked) + len(verdicts)
                right = float(np.mean([v.objects and v.relation for v in verdicts]))
                on_progress("evaluate", done, total, {"scale": scale, "right": right})
        entries.append({"scale": float(scale), **summarise(asked, verdicts)})
    best = max(entries, key=lambda entry: entry["one_right"] + entry["two_right"])
    return {
        "prompts": prompts,
        "steps": steps,
        "seed": seed,
        "psnr": psnr,
        "scales": entries,
        "best": best["scale"],
    }


def summarise(prompts: Sequence[Prompt], verdicts: Sequence[Verdict]) -> dict[str, float]:
    """Shares (0..1) of prompts that hold.

    Returns
    -------
    "one_count", "two_count" : number of prompts.
    "one_shape", "one_colour", "one_right" : one object, and no other, is seen; its shape, its
    colour, both are right.
    "two_objects" : exactly the two objects named are seen, each with its shape and colour.
    "two_relation" : of those, the part whose relation is right.
    "two_right" : objects and relation right, of all.
    "background" : of all prompts.
    """
    pairs = list(zip(prompts, verdicts, strict=True))
    one = [verdict for prompt, verdict in pairs if len(prompt.scene.things) == 1]
    two = [verdict for prompt, verdict in pairs if len(prompt.scene.things) == 2]

    def share(values: Sequence[bool]) -> float:
        return float(np.mean(values)) if values else 0.0

    return {
        "one_count": float(len(one)),
        "one_shape": share([verdict.shapes for verdict in one]),
        "one_colour": share([verdict.colours for verdict in one]),
        "one_right": share([verdict.objects for verdict in one]),
        "two_count": float(len(two)),
        "two_objects": share([verdict.objects for verdict in two]),
        "two_relation": share([verdict.relation for verdict in two if verdict.objects]),
        "two_right": share([verdict.objects and verdict.relation for verdict in two]),
        "background": share([verdict.background for verdict in verdicts]),
    }


COLUMNS: tuple[tuple[str, str], ...] = (
    ("one_shape", "one: shape"),
    ("one_colour", "one: colour"),
    ("one_right", "one: both"),
    ("two_objects", "two: objects"),
    ("two_relation", "two: relation"),
    ("two_right", "two: all"),
    ("background", "background"),
)


def format_table(result: dict[str, Any]) -> str:
    """The result of `evaluate` as a table in Markdown, in per cent."""
    heads = ["guidance", *(title for _, title in COLUMNS)]
    lines = ["| " + " | ".join(heads) + " |", "|" + " ---: |" * len(heads)]
    for entry in result["scales"]:
        cells = [f"{entry['scale']:g}", *(f"{100 * entry[key]:.1f}" for key, _ in COLUMNS)]
        lines.append("| " + " | ".join(cells) + " |")
    lines.append("")
    lines.append(
        f"{result['prompts']} held-out prompts, {result['steps']} steps, seed {result['seed']}; "
        f"best at guidance {result['best']:g}; VAE PSNR {result['psnr']:.1f} dB"
    )
    return "\n".join(lines)
