"""What the schedulers viewer says."""

from __future__ import annotations

import math

from sdinspector.analysis.noise_schedule import NoiseCurves, NoiseLevels
from sdinspector.app.texts import tr
from sdinspector.viewers.schedulers import data
from sdinspector.viewers.schedulers.data import Quantity, strides
from sdinspector.widgets import look

#: Quantities as they are written in formulas; the same in every language.
SYMBOLS: dict[Quantity, str] = {"alpha_bar": "ᾱ", "sigma": "σ", "snr": "SNR"}


def timestep(t: float) -> str:
    """Return t as short as it can be: schedulers that work in σ have some that are not whole."""
    return f"{t:.2f}".rstrip("0").rstrip(".")


def level(t: float, alpha_bar: float, sigma: float, snr: float) -> str:
    """Return a noise level in one line."""
    return "   ".join(
        (
            f"t {timestep(t)}",
            f"ᾱ {look.number(alpha_bar)}",
            f"σ {look.number(sigma)}",
            f"SNR {look.number(snr)}",
        )
    )


def curve_notes(curves: NoiseCurves) -> list[str]:
    """Return what the read-out says of each training timestep."""
    rows = zip(curves.alpha_bar, curves.sigma, curves.snr, strict=True)
    return [level(t, *map(float, row)) for t, row in enumerate(rows)]


def call_notes(title: str, levels: NoiseLevels) -> list[str]:
    """Return what the read-out says of each call."""
    steps, order, far = levels.step, levels.order, strides(levels)
    rows = zip(levels.timesteps, levels.alpha_bar, levels.sigma, levels.snr, strict=True)
    notes = []
    for call, row in enumerate(rows):
        count = steps.count(steps[call]) if len(steps) != levels.steps else 1
        which = tr("step {step}", step=steps[call] + 1)
        if count > 1:
            which = tr(
                "step {step}, call {call} of {count}",
                step=steps[call] + 1,
                call=order[call],
                count=count,
            )
        parts = [title, which, level(*map(float, row))]
        if call:
            parts.append(f"Δ log SNR {look.number(float(far[call]))}")
        notes.append("   ".join(parts))
    return notes


def summary(levels: NoiseLevels) -> str:
    """Return how many calls there are, and how many see more noise than picture."""
    calls = len(levels.sigma)
    # Hard spaces, so that the comparison stays on one line.
    text = tr("{noisy} of {calls} calls at SNR\xa0<\xa01", noisy=levels.noisy, calls=calls)
    further = calls - len(set(levels.step))
    if further:
        text += "\n" + tr("further calls of a step: {count}", count=further)
    return text


def explain_levels() -> str:
    """Explain the page of noise levels, as rich text."""
    return tr(
        "<h3>Noise levels</h3>"
        "<p style='font-size:120%'>x_t = √ᾱ·x₀ + √(1−ᾱ)·ε</p>"
        "<p>A model is trained on all timesteps t = 0 … T−1, with the noise schedule ᾱ(t). A run "
        "visits only a few of them; which ones, and how it goes from one to the next, is what a "
        "scheduler is.</p>"
        "<p><b>ᾱ</b> is the share of the picture in x_t, in squares. <b>σ = √((1−ᾱ)/ᾱ)</b> is the "
        "noise beside a picture left at its own size, x = x₀ + σ·ε: the space in which Euler, "
        "Heun and Karras' levels are written. <b>SNR = ᾱ/(1−ᾱ) = 1/σ²</b>. Left of the dashed "
        "line there is more picture than noise, right of it more noise than picture "
        "(SNR &lt; 1): that is where the layout is decided.</p>"
        "<p>The dots are the calls of the denoiser. A run begins at the right; the numbers below "
        "the dots are its steps. A ring is a further call of the same step: Heun and KDPM2 look "
        "twice, PNDM repeats one.</p>"
        "<p><b>Δ log SNR</b> is how far a call is from the one before: the size of a step. Evenly "
        "laid timesteps (DDIM, PNDM, Euler) take by far their largest step at the very end; with "
        "Karras' levels the steps grow slowly.</p>"
        "<p>The levels are read off the scheduler while it walks; no denoiser runs. Click a dot "
        "to see a picture at that timestep.</p>"
        "<p style='font-size:85%'>Ho et al. 2020, arXiv 2006.11239, eq. 4; Kingma et al. 2021, "
        "arXiv 2107.00630 (SNR); Karras et al. 2022, arXiv 2206.00364, eq. 5.</p>"
    )


def explain_noise() -> str:
    """Explain the page that noises a picture, as rich text."""
    return tr(
        "<h3>A picture at a noise level</h3>"
        "<p style='font-size:120%'>x_t = √ᾱ·x₀ + √(1−ᾱ)·ε</p>"
        "<p>This is what the denoiser is trained on: the latent <b>x₀</b> of a picture, made "
        "smaller, plus noise <b>ε</b> from N(0, 1). Both factors follow from t, and their squares "
        "sum to 1, so that x_t keeps about the size that the denoiser is used to.</p>"
        "<p>The slider moves t; the latent follows at once, and the VAE decodes what it is given, "
        "as fast as it can. Its picture of a noisy latent is no picture with grain on it: the "
        "decoder has never seen such latents. A seed means the same ε here as in a run or an "
        "observation, at every t: one noise is moved in and out.</p>"
        "<p>Watch what goes first as t grows: fine edges, while SNR is still far above 1. Large "
        "areas of colour can be made out longest. A run goes the other way: its first steps "
        "decide the layout, its last ones the edges.</p>"
        "<p>The ticks on the slider are the timesteps that a scheduler visits.</p>"
        "<p style='font-size:85%'>Ho et al. 2020, arXiv 2006.11239, eq. 4.</p>"
    )


def no_picture() -> str:
    """Say what to do where there is no picture yet."""
    return tr(
        "Drop a picture here, open or paste one: it is encoded once, then the slider adds noise to "
        "its latent. Or press Run (Ctrl+Return) and take that run's result."
    )


def curve_told(curve: NoiseCurves, refused: int, steps: int) -> str:
    """Say where there is as much noise as picture, and whether schedulers are left out."""
    if refused:
        return tr(
            "{count} of them cannot take {steps} steps: see the list", count=refused, steps=steps
        )
    found = data.half_way(curve)
    if found >= len(curve.snr):
        return tr("SNR is above 1 at every timestep")
    return tr("SNR falls below 1 at t = {t}", t=timestep(found))


def another_model(name: str) -> str:
    """Say that a latent is of no use to the model that is open."""
    return tr(
        "{name} was made with another model than the one that is open, and its latent means "
        "nothing to this VAE. Open that model, or drop a picture here.",
        name=name,
    )


def facts(t: int, alpha_bar: float, sigma: float, snr: float) -> str:
    """Say in one line how much noise there is."""
    more = tr("more picture than noise") if snr >= 1.0 else tr("more noise than picture")
    return f"{level(t, alpha_bar, sigma, snr)}   {more}"


def factors(alpha_bar: float) -> dict[str, str]:
    """Return the titles of the channels: both terms of the sum, and the sum."""
    picture, noise = math.sqrt(alpha_bar), math.sqrt(1.0 - alpha_bar)
    return {
        "clean": tr("Channels of x₀, × √ᾱ = {factor}", factor=f"{picture:.3f}"),
        "noise": tr("+ ε, × √(1−ᾱ) = {factor}", factor=f"{noise:.3f}"),
        "latent": tr("= x_t"),
    }


def linear(cut: float | None) -> str:
    """Return the title of x_t in linear colours, with the share of them that was cut off."""
    if cut is None:
        return tr("x_t has no linear colours")
    if cut < 0.005:
        return tr("x_t in linear colours")
    return tr("x_t in linear colours, {share} % cut off", share=round(100 * cut))
