"""What the page that trains says in words."""

from __future__ import annotations

from typing import Any

from sdinspector.app.texts import tr
from sdinspector.recording.trainings import Unfinished

SOURCES = {
    "table": lambda: tr("captions from a table"),
    "text files": lambda: tr("captions from text files beside them"),
    "file names": lambda: tr("captions from their names"),
    "one for all": lambda: tr("one caption for all"),
    "shapes": lambda: tr("drawn, with their captions"),
}


def explanation() -> str:
    """Explain what is trained, with the formulas."""
    return tr(
        "Each step takes a batch of latents x₀, a random t and noise ε for each, makes "
        "x_t = √ᾱ·x₀ + √(1−ᾱ)·ε, and lets the UNet say ε from x_t, t and the caption. The loss "
        "is the mean of (ε − ε_θ)²; its gradient goes back through the UNet, and AdamW takes a "
        "step. Now and then the caption is the empty one, so that there is an ε_∅ to guide away "
        "from. A single loss says little, since it depends on t far more than on how well the "
        "UNet has learnt: look at the smoothed line, at the pictures, and at the mean loss before "
        "and after, which is taken at the same t and ε.\n\n"
        "What is trained is a copy: all weights, or a LoRA, W + (α/r)·B·A. A small batch of "
        "pictures is soon learnt by heart; the control, drawn scenes that are not trained on, "
        "shows what that cost."
    )


def unfinished(one: Unfinished) -> str:
    """Name an unfinished training."""
    return tr("{name}: step {done} of {total}", name=one.out.name, done=one.done, total=one.total)


def found(count: int, source: str, remarks: tuple[str, ...]) -> str:
    """Say what pictures there are."""
    where = SOURCES[source]() if source in SOURCES else source
    first = tr("{count} pictures, {where}.", count=count, where=where)
    return " ".join((first, *remarks))


def progress(step: Any) -> str:
    """Say how far a training is."""
    return tr(
        "step {done} of {total}   loss {loss}   {pace} s a step   {left} left",
        done=step.done,
        total=step.total,
        loss=f"{step.smoothed:.3g}",
        pace=f"{step.seconds:.2g}",
        left=duration(step.left),
    )


def duration(seconds: float) -> str:
    """Return a time in words."""
    if seconds < 90:
        return tr("{seconds} s", seconds=round(seconds))
    if seconds < 5400:
        return tr("{minutes} min", minutes=round(seconds / 60))
    return tr("{hours} h", hours=f"{seconds / 3600:.1f}")


def result(
    steps: int,
    before: float,
    after: float,
    control_before: float | None,
    control_after: float | None,
) -> str:
    """Say what came of a training."""
    first = tr(
        "{steps} steps. Mean loss at fixed t and ε: {before} → {after} ({change})",
        steps=steps,
        **_change(before, after),
    )
    if control_before is None or control_after is None:
        return first
    control = _change(control_before, control_after)
    return f"{first}\n" + tr("Control: {before} → {after} ({change})", **control)


def _change(before: float, after: float) -> dict[str, str]:
    share = 100.0 * (after / before - 1.0) if before else 0.0
    return {
        "before": f"{before:.3g}",
        "after": f"{after:.3g}",
        "change": f"{share:+.1f} %".replace("-", "−"),
    }
