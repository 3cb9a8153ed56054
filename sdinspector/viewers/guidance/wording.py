"""How the guidance viewer says things."""

from __future__ import annotations

from sdinspector.app.guidance import Reach
from sdinspector.app.texts import tr
from sdinspector.viewers.guidance.data import StepView


def scale_text(scale: float) -> str:
    """Return a scale as short as it can be written."""
    return f"{scale:.4g}" if abs(scale) < 10000 else f"{scale:.3g}"


def help_text() -> str:
    """Return what the formula says, with its symbols, as rich text."""
    return tr(
        "<h3>Classifier-free guidance</h3>"
        "<p style='font-size:120%'>ε = ε_∅ + s·(ε_y − ε_∅)</p>"
        "<p><b>ε_∅</b> is the noise that the UNet predicts without the prompt (or with the "
        "negative one), <b>ε_y</b> the noise that it predicts with it, <b>s</b> the guidance "
        "scale. The difference ε_y − ε_∅ points to where the words lead; s says how far to go.</p>"
        "<p><b>s = 0</b> ignores the prompt, <b>s = 1</b> uses it plainly, larger scales "
        "exaggerate it. (Some articles print the formula with the two predictions swapped; that "
        "form is wrong for s &gt; 1.) diffusers runs the conditional branch alone for s ≤ 1 and "
        "ignores s there; a curve, or a change in the middle of a run, evaluates both.</p>"
        "<p><b>x̂₀ = a·x_t + b·ε</b> is what the model takes the end to be. Since the recording "
        "holds ε_∅ and ε_y of each step, another scale is arithmetic: this step changes at once, "
        "without asking the UNet again.</p>"
        "<p><b>Guidance rescale φ</b> pulls the contrast back to that of ε_y: "
        "φ·ε·std(ε_y)/std(ε) + (1 − φ)·ε.</p>"
        "<p style='font-size:85%'>Ho &amp; Salimans 2022, arXiv 2207.12598; Lin et al. 2023, "
        "arXiv 2305.08891 §3.4; guidance in an interval of steps: Kynkäänniemi et al. 2024, arXiv "
        "2404.07724.</p>"
    )


def step_caption(view: StepView) -> str:
    """Return which step is under the slider, and what it used."""
    return tr(
        "step {step} of {steps}, t = {timestep}, recorded at s = {scale}",
        step=view.step + 1,
        steps=view.steps,
        timestep=f"{view.timestep:g}",
        scale=scale_text(view.scale),
    )


def reach_text(reach: Reach, view: StepView | None) -> str:
    """Return what moving the slider does now."""
    if reach == "run":
        return tr("The slider changes the steps still to come.")
    if reach == "step" or view is None:
        return tr("Nothing is run.")
    return tr(
        "Letting the slider go runs on from step {step}.",
        step=view.step + 1,
    )
