"""Measures how well heat maps find what their words name, against masks that are known.

(A) Drawn pictures go through ``observe`` with their captions, and the masks are those they were
drawn from, exact to the pixel. (B) Pictures are generated from the captions, and the masks are read
from them: nearest colour of the palette, connected pixels; only pictures that the judge finds
right count. Recipe, layers, heads and threshold are chosen on some captions and reported on others.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import masks
from sdinspector.core import Cancelled, CaptureSpec, InspectorError, RunSpec, ShouldStop, Token
from sdinspector.engine.localisation_scores import (
    PUBLISHED,
    PUBLISHED_THRESHOLD,
    RADII,
    THRESHOLDS,
    Case,
    Choice,
    Mask,
    Spot,
    choose_heads,
    choose_layers,
    choose_radius,
    disc_scores,
    scores,
)
from sdinspector.engine.model import Model
from sdinspector.engine.observing import observe
from sdinspector.engine.sampling import run
from sdinspector.recording import Recording
from sdinspector.recording.attention import AttentionSums, columns_of_word, sum_calls, words_of
from sdinspector.worlds import Caption, Scene, ShapesWorld
from sdinspector.worlds.judge import judge, read_colours, read_picture
from sdinspector.worlds.palette import palette

PARTS = ("observed", "generated")
TIMESTEPS = (1, 100, 200)
KINDS = {"shape": "nouns", "colour": "colours", "background": "backgrounds"}

OnProgress = Callable[[str, int, int, dict[str, float]], None]


@dataclass(frozen=True)
class Plan:
    """What is measured.

    Attributes
    ----------
    choose, report
        Captions on which recipe, layers, heads and τ are chosen, and others on which they are
        scored.
    timesteps
        At which drawn pictures are looked at; their maps are added up as a run's steps are.
    steps, guidance
        Of generated pictures.
    seed
        Of the captions; the noise of each is seeded by its number.
    parts
        ``"observed"`` (A), ``"generated"`` (B).
    """

    choose: int = 100
    report: int = 200
    timesteps: tuple[int, ...] = TIMESTEPS
    steps: int = 30
    guidance: float = 2.0
    seed: int = 11
    parts: tuple[str, ...] = PARTS


def localise(
    model: Model,
    plan: Plan | None = None,
    *,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> dict[str, Any]:
    """Measure heat maps on the shapes world.

    Parameters
    ----------
    model
        One that knows the shapes world's captions.
    plan
        What to measure; the usual where left out.
    on_progress
        Called after each caption with the part, captions done, in all, and figures so far.
    should_stop
        Asked before each caption.

    Returns
    -------
    dict
        Fit for JSON; :func:`format_tables` makes it readable.

    Raises
    ------
    InspectorError
        ``localisation.captions`` for none, ``observe.timesteps``, ``spec.…``.
    Cancelled
        Where ``should_stop`` says so.
    """
    plan = plan or Plan()
    if plan.choose < 1 or plan.report < 1:
        raise InspectorError(
            "localisation.captions",
            "Choosing and reporting need one caption each at least.",
            choose=plan.choose,
            report=plan.report,
        )
    world = ShapesWorld(plan.seed, held_out=None)
    result: dict[str, Any] = {
        "choose": plan.choose,
        "report": plan.report,
        "timesteps": list(plan.timesteps),
        "steps": plan.steps,
        "guidance": plan.guidance,
        "seed": plan.seed,
        "model": model.about(),
    }
    # Each recording replaces the one before: only its sums are kept.
    with tempfile.TemporaryDirectory(prefix="sdinspector-", ignore_cleanup_errors=True) as folder:
        out = Path(folder) / "localisation.sdrec"
        for part in plan.parts:

            def case(index: int, part: str = part) -> Case | None:
                if should_stop is not None and should_stop():
                    raise Cancelled
                make = _observed if part == "observed" else _generated
                return make(model, world, index, plan, out)

            result[part] = _measure(part, case, plan, on_progress)
    return result


# Pictures with known masks.


def _observed(model: Model, world: ShapesWorld, index: int, plan: Plan, out: Path) -> Case:
    sample = world[index]
    recording = observe(
        model,
        sample.picture,
        sample.text,
        plan.timesteps,
        out,
        seed=index,
        # The attention is the conditional branch's; the other need not run.
        guidance_scale=1.0,
        capture=CaptureSpec(statistics=()),
        overwrite=True,
    )
    drawing = sample.drawing
    seen = {number: mask >= 0.5 for number, mask in enumerate(drawing.masks)}
    sums = {"all": sum_calls(recording)}
    if recording.calls > 1:
        for call in range(recording.calls):
            sums[f"t = {recording.timestep(call):g}"] = sum_calls(recording, [call])
    return _case(recording, sample.caption, seen, drawing.background >= 0.5, sums)


def _generated(model: Model, world: ShapesWorld, index: int, plan: Plan, out: Path) -> Case | None:
    scene, caption = world.scene(index)
    spec = RunSpec(
        prompt=caption.text,
        seed=index,
        steps=plan.steps,
        guidance_scale=plan.guidance,
        capture=CaptureSpec(statistics=()),
    )
    recording = run(model, spec, out, overwrite=True)
    picture = recording.image()
    if picture is None or not judge(picture, scene).all:
        return None
    background = read_colours(picture) == palette()[0].index(scene.background)
    sums = {"all": sum_calls(recording)}
    return _case(recording, caption, found_masks(picture, scene), background, sums)


def found_masks(picture: NDArray[np.uint8], scene: Scene) -> dict[int, Mask]:
    """Return the mask of each object of a scene, read from a picture that shows them all."""
    objects = {(item.colour, item.shape): item.mask for item in read_picture(picture).objects}
    return {number: objects[thing.colour, thing.shape] for number, thing in enumerate(scene.things)}


def _case(
    recording: Recording,
    caption: Caption,
    seen: Mapping[int, Mask],
    background: Mask,
    sums: Mapping[str, AttentionSums],
) -> Case:
    tokens = sums["all"].tokens
    starts = word_starts(caption.text, tokens)
    spots = []
    for mention in caption.mentions:
        columns = tuple(
            column
            for word, start in starts.items()
            if mention.start <= start < mention.end
            for column in columns_of_word(tokens, word)
        )
        mask = background if mention.thing is None else seen[mention.thing]
        if mention.kind in KINDS and columns and mask.any():
            spots.append(Spot(mention.kind, columns, mask))
    shape = recording.call(0).shapes["latent"]
    return Case(tuple(spots), sums, (int(shape[-2]), int(shape[-1])))


def word_starts(text: str, tokens: Sequence[Token]) -> dict[int, int]:
    """Return at which character of a caption each of its words begins, by the word's index."""
    starts: dict[int, int] = {}
    place = 0
    lower = text.lower()
    for word, spelled in words_of(tokens):
        found = lower.find(spelled.lower(), place)
        if found >= 0:
            starts[word] = found
            place = found + len(spelled)
    return starts


# Choosing and reporting.


def _measure(
    part: str, case: Callable[[int], Case | None], plan: Plan, on_progress: OnProgress | None
) -> dict[str, Any]:
    """Choose on the first captions, report on those after, and return the rows of a table."""
    accepted = 0

    def cases(numbers: range) -> Iterator[Case]:
        nonlocal accepted
        for index in numbers:
            found = case(index)
            accepted += found is not None
            if on_progress is not None:
                figures = {"accepted": accepted / (index + 1)} if part == "generated" else {}
                on_progress(part, index + 1, plan.choose + plan.report, figures)
            if found is not None:
                yield found

    # Chosen on all calls together, so that the sums of single ones need not be held.
    known = [
        dataclasses.replace(found, sums={"all": found.sums["all"]})
        for found in cases(range(plan.choose))
    ]
    chosen: dict[str, dict[str, Choice]] = {}
    radius: dict[str, int] = {}
    for kind in KINDS:
        having = [case for case in known if case.of(kind)]
        if having:
            chosen[kind] = {
                "layers": choose_layers(having, kind),
                "heads": choose_heads(having, kind),
                "published": Choice(PUBLISHED, PUBLISHED_THRESHOLD, None),
            }
            radius[kind] = choose_radius(having, kind)
    fitted = len(known)
    known.clear()
    overlap: dict[tuple[str, str, str], list[float]] = {}
    for found in cases(range(plan.choose, plan.choose + plan.report)):
        for kind, ways in chosen.items():
            if not found.of(kind):
                continue
            for way, choice in ways.items():
                for name in found.sums if way == "heads" else ("all",):
                    row = scores(found, kind, choice.settings, name)
                    value = float(row[THRESHOLDS.index(choice.threshold)])
                    overlap.setdefault((kind, way, name), []).append(value)
            disc = float(disc_scores(found, kind)[radius[kind]])
            overlap.setdefault((kind, "disc", "all"), []).append(disc)
    rows = [
        _row(kind, name, chosen[kind][way], values)
        for (kind, way, name), values in sorted(overlap.items(), key=_order)
        if way != "disc"
    ]
    rows += [
        _disc_row(kind, RADII[radius[kind]], values)
        for (kind, way, _), values in overlap.items()
        if way == "disc"
    ]
    rows.sort(key=lambda row: list(KINDS.values()).index(row["words"]))
    return {"accepted": accepted / (plan.choose + plan.report), "fitted": fitted, "rows": rows}


def _order(item: tuple[tuple[str, str, str], Any]) -> tuple[int, int]:
    kind, way, name = item[0]
    ways = ("heads", "layers", "published", "disc")
    return list(KINDS).index(kind), 10 * ways.index(way) + (name != "all")


def _row(kind: str, name: str, choice: Choice, values: Sequence[float]) -> dict[str, Any]:
    settings = choice.settings
    return {
        "words": KINDS[kind],
        "calls": name,
        "recipe": settings.recipe,
        "normalise": settings.normalise,
        "layers": settings.layers,
        "heads": {path: list(heads) for path, heads in settings.heads.items()},
        "threshold": choice.threshold,
        "chosen": choice.overlap,
        **_mean(values),
    }


def _disc_row(kind: str, radius: float, values: Sequence[float]) -> dict[str, Any]:
    return {"words": KINDS[kind], "disc": radius, **_mean(values)}


def _mean(values: Sequence[float]) -> dict[str, Any]:
    """Return count, mean and half of the interval, which one value alone does not have."""
    mean, half = masks.mean_ci(values)
    return {"count": len(values), "iou": mean, "half": half if len(values) > 1 else None}


# The tables.

_HEADS = ("words", "steps", "recipe", "layers", "τ", "captions", "mean IoU")
_TITLES = {
    "observed": "(A) Drawn pictures through `observe`, exact masks",
    "generated": "(B) Generated pictures, masks read from their pixels",
}


def format_tables(result: Mapping[str, Any]) -> str:
    """Return the result of :func:`localise` as Markdown."""
    lines = []
    for part, title in _TITLES.items():
        if part not in result:
            continue
        rows = result[part]["rows"]
        lines += [f"### {title}", "", _said(result, part), ""]
        if not rows:
            lines += [
                "Too few pictures show what their captions say: there is nothing to score.",
                "",
            ]
            continue
        lines += ["| " + " | ".join(_HEADS) + " |", "| --- | --- | --- | --- |" + " ---: |" * 3]
        lines += ["| " + " | ".join(_cells(row)) + " |" for row in rows]
        lines += ["", *_heads_said(rows)]
    return "\n".join(lines).rstrip()


def _said(result: Mapping[str, Any], part: str) -> str:
    common = (
        f"Recipe, layers, heads and τ chosen on {result['choose']} captions, scored on "
        f"{result['report']} others, seed {result['seed']}."
    )
    if part == "observed":
        times = ", ".join(map(str, result["timesteps"]))
        return f"{common} Timesteps {times}, one call each."
    found = result["generated"]
    return (
        f"{common} {result['steps']} steps, guidance {result['guidance']:g}; the judge accepts "
        f"{100 * found['accepted']:.1f} % of the pictures ({found['fitted']} of those chosen on), "
        "and only those count."
    )


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    count, found = str(row["count"]), _interval(row["iou"], row["half"])
    if "disc" in row:
        return row["words"], "–", f"centred disc of radius {row['disc']:g}", "–", "–", count, found
    recipe = row["recipe"] + (", share of words" if row["normalise"] else "")
    if row["chosen"] is None:
        recipe += ", as published"
    layers = f"`{row['layers']}`" if "." in row["layers"] else row["layers"]
    threshold = f"{row['threshold']:.2f}"
    return row["words"], row["calls"], recipe, layers, threshold, count, found


def _heads_said(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return which heads were chosen, as ``export --layer`` takes them."""
    lines = []
    for row in rows:
        if row.get("heads") and row["calls"] == "all":
            named = ", ".join(
                f"`{path}:{','.join(map(str, heads))}`" for path, heads in row["heads"].items()
            )
            lines += [f"Heads for {row['words']}: {named}.", ""]
    return lines


def _interval(mean: float, half: float | None) -> str:
    return f"{mean:.3f}" if half is None else f"{mean:.3f} ± {half:.3f}"
