"""What the page of the objective says."""

from __future__ import annotations

import math

import numpy as np

from sdinspector.app.texts import tr
from sdinspector.viewers.training.draws import Curve, Draw, Source
from sdinspector.widgets import look

#: Letters of a caption that fit into a line of the panel.
_MOST = 56
_SIGNS = {"epsilon": "ε", "v_prediction": "v", "sample": "x₀"}


def sign(kind: str) -> str:
    """Return how a prediction type's target is written."""
    return _SIGNS.get(kind, kind)


def nothing() -> str:
    """Say what to do where there is nothing yet."""
    return tr(
        "Drop a picture here, open or paste one, and write its caption: the denoiser is asked for "
        "the noise that is added to it, as in training. Or press Run (Ctrl+Return): the result of "
        "a run and its prompt will do, too."
    )


def no_curve() -> str:
    """Say what to do where there is no curve yet."""
    return tr("Press Draw curve: the loss at some timesteps, with the noise of some seeds.")


def source_text(source: Source, timestep: int) -> str:
    """Say what x₀ is, and how much noise there is at a timestep."""
    channels, height, width = source.latent.shape
    alpha_bar = float(source.alpha_bar[min(timestep, source.total - 1)])
    snr = float(source.snr[min(timestep, source.total - 1)])
    return tr(
        "{name}: x₀ 1 × {channels} × {height} × {width}   ·   the denoiser predicts {target}   ·   "
        "at t = {t}: √ᾱ = {signal}, √(1−ᾱ) = {noise}, SNR {snr}",
        name=source.name,
        channels=channels,
        height=height,
        width=width,
        target=sign(source.kind),
        t=timestep,
        signal=f"{math.sqrt(alpha_bar):.4f}",
        noise=f"{math.sqrt(1.0 - alpha_bar):.4f}",
        snr=look.number(snr),
    )


def losses(draw: Draw) -> str:
    """Say both losses of a draw and the gap between them."""
    gap = draw.loss_uncond - draw.loss
    share = f"{100.0 * gap / draw.loss_uncond:.1f}" if draw.loss_uncond > 0.0 else "–"
    return tr(
        "loss {loss} with the caption, {blind} without\ngap {gap}, {share} %",
        loss=f"{draw.loss:.7f}",
        blind=f"{draw.loss_uncond:.7f}",
        gap=f"{gap:.7f}".replace("-", "−"),
        share=share.replace("-", "−"),
    )


def values(draw: Draw, place: tuple[int, int]) -> str:
    """Say what all maps hold at a row and column."""
    row, column = place

    def numbers(name: str) -> str:
        found = np.asarray(draw.arrays[name])[:, row, column]
        return " ".join(look.short_number(float(value)) for value in found)

    return tr(
        "x {x}  y {y}   target {target}   predicted {prediction}   squared error {error}",
        x=column,
        y=row,
        target=numbers("target"),
        prediction=numbers("prediction"),
        error=numbers("error"),
    )


def curve_title(curve: Curve, caption: str) -> str:
    """Say what a curve is of."""
    seeds = f"{curve.seeds[0]} … {curve.seeds[-1]}" if len(curve.seeds) > 1 else curve.seeds[0]
    words = curve.caption if len(curve.caption) <= _MOST else f"{curve.caption[:_MOST]}…"
    name = f"“{words}”" if words else tr("the empty caption")
    text = tr("Loss over t, {caption}, seeds {seeds}", caption=name, seeds=seeds)
    if curve.caption != caption:
        text += "   ·   " + tr("of the caption before: draw it again")
    return text


def tenths(curve: Curve) -> str:
    """Say how the two ends of a curve compare, where both have been drawn."""
    found = curve.tenths
    if not math.isfinite(found.ratio):
        return ""
    return tr(
        "Mean of the lowest tenth of t: {lowest}, of the highest: {highest}. Ratio {ratio}.",
        lowest=f"{found.lowest:.3g}",
        highest=f"{found.highest:.3g}",
        ratio=f"{found.ratio:.3g}",
    )


def explanation() -> str:
    """Explain the objective, as rich text."""
    return tr(
        "<h3>The training objective</h3>"
        "<p style='font-size:120%'>x_t = √ᾱ·x₀ + √(1 − ᾱ)·ε &nbsp;&nbsp; "
        "L = mean (target − output(x_t, t, caption))²</p>"
        "<p>x₀ is the picture's latent, ε the noise of a seed, ᾱ falls from nearly 1 at t = 0 to "
        "nearly 0 at the last t. The target is ε, v = √ᾱ·ε − √(1−ᾱ)·x₀, or x₀ itself. Nothing "
        "else enters: no dropout, no weight.</p>"
        "<p><b>The gap</b> between the loss with the caption and without is what the caption tells "
        "the denoiser about this picture at this t. Where it is nil, guidance has nothing to "
        "stretch.</p>"
        "<p><b>Why little noise is the harder to tell.</b> What is asked for is the noise. At "
        "large t, x_t nearly is the noise: the denoiser has only to repeat its input. At small t "
        "the noise is a faint grain over a picture that has grain of its own. An error Δ of the "
        "implied x₀ is an error √SNR·Δ of ε, and SNR = ᾱ/(1−ᾱ) runs over some six orders of "
        "magnitude. So with ε the loss is largest at small t; with x₀ the order is reversed, and v "
        "lies between. Losses of two runs compare only at the same t and noise.</p>"
        "<p><b>min-SNR weights</b>: min(SNR, γ)/SNR for ε, min(SNR, γ)/(SNR + 1) for v, "
        "min(SNR, γ) for x₀. They are drawn in, never multiplied in.</p>"
        "<p>Whiskers reach from the lowest to the highest of the seeds. A seed's noise is the same "
        "at every t.</p>"
        "<p style='font-size:85%'>Ho et al. 2020, arXiv 2006.11239; Salimans &amp; Ho 2022, arXiv "
        "2202.00512; Hang et al. 2023, arXiv 2303.09556.</p>"
    )
