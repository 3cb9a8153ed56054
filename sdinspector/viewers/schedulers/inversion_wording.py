"""What the page of inversions says."""

from __future__ import annotations

from typing import Any

import numpy as np

from sdinspector.app.texts import tr
from sdinspector.viewers.schedulers.inverting import Inverted
from sdinspector.widgets.facts import Section


def nothing() -> str:
    """Say what to do where there is nothing yet."""
    return tr(
        "Drop a picture here, open or paste one, say in the caption what it shows, and press "
        "Invert: the noise that makes this picture is sought, step by step, and run back down. "
        "A recording of an inversion that is opened is shown here too."
    )


def ready(name: str) -> str:
    """Say what to do once there is a picture."""
    return tr("{name} is ready: say in the caption what it shows, and press Invert.", name=name)


def warning(scale: float) -> str:
    """Say what guidance does to an inversion; empty where it does no harm."""
    if scale <= 1.0:
        return ""
    return tr(
        "Above 1 guidance multiplies what each step leaves out: the picture will not come back. "
        "Invert at 1, and raise guidance in a fork."
    )


def moving(*, upward: bool, step: int, steps: int) -> str:
    """Say how far it is."""
    if upward:
        return tr("up: step {step} of {steps}", step=step, steps=steps)
    return tr("down: step {step} of {steps}", step=step, steps=steps)


def sections(inverted: Inverted) -> list[Section]:
    """Return the figures."""
    found, spec = inverted.figures, inverted.recording.spec
    if not found.get("errors"):
        return []
    pictures = (
        (
            tr("against the original"),
            _likeness(found, ""),
            tr("The returned picture against the one that was encoded: PSNR, SSIM"),
        ),
        (
            tr("against the VAE's"),
            _likeness(found, "_round_trip"),
            tr("The returned picture against what the VAE alone makes of it: DDIM's own error"),
        ),
        (
            tr("the VAE alone"),
            _likeness(found, "_vae"),
            tr("What the VAE makes of the original without any step: the most that can come back"),
        ),
    )
    most = int(np.argmax(found["errors"]))
    latents = (
        (
            tr("error"),
            f"{found['latent_error']:.3f}   {_percent(found['relative_error'])}",
            tr("Length of the error, ‖x̂₀ − x₀‖, and its share of ‖x₀‖"),
        ),
        (
            tr("most on the way"),
            tr(
                "{share} at {level}", share=_percent(max(found["errors"])), level=_t(inverted, most)
            ),
        ),
    )
    asked = (
        (tr("Steps"), tr("{steps} up, {steps} down", steps=inverted.path.steps)),
        (tr("Guidance scale"), f"{spec.guidance_scale:g}"),
        (tr("Caption"), spec.prompt or tr("(empty)")),
    )
    return [
        Section(tr("Picture"), pictures),
        Section(tr("Latent"), latents),
        Section(tr("Settings"), asked),
    ]


def level(inverted: Inverted, number: int) -> str:
    """Say in one line where the chosen level is, and how far both ways are apart there."""
    place = tr("{level} of {steps} steps up", level=number, steps=inverted.path.steps)
    error = inverted.errors[number]
    apart = _percent(float(error)) if np.isfinite(error) else tr("not come yet")
    return tr(
        "{place}   {t}   way down against way up: {apart}",
        place=place,
        t=_t(inverted, number),
        apart=apart,
    )


def onward(inverted: Inverted, number: int) -> str:
    """Return the label of the prompt that the way down goes on with."""
    return tr("From {t} on", t=_t(inverted, max(number, 1)))


def level_names(inverted: Inverted) -> list[str]:
    """Return what the curve's read-out calls each level."""
    return [_t(inverted, number) for number in range(inverted.path.steps + 1)]


def explain() -> str:
    """Explain the page, as rich text."""
    return tr(
        "<h3>DDIM inversion</h3>"
        "<p style='font-size:120%'>x_t = √ᾱ_t·x̂₀ + √(1−ᾱ_t)·ε(x_t₋, t)</p>"
        "<p>DDIM without noise of its own is a fixed way from x_T to a picture, and a way can be "
        "walked backwards: from the latent x₀ of your picture up to the x_T that makes it. Run "
        "down from there with the same caption, the picture comes back; run down with "
        "<b>another</b> prompt, it is edited: choose a level in the films, write the prompt below "
        "and press <b>Run on</b>. At the right end everything is made anew; further left less "
        "changes. <b>Open as a run</b> shows the way down in all views.</p>"
        "<p><b>It does not come back exactly.</b> The step up ought to use the noise prediction "
        "at x_t, which is what it is looking for; it uses the one at the latent it has, x_t₋. The "
        "more steps, the smaller the difference. Guidance multiplies it: above 1 the ways part, "
        "which null-text inversion was made to mend.</p>"
        "<p>The upper film is the way up, the lower one the way down, level under level. The "
        "curve is ‖down − up‖ / ‖up‖ at each level: 0 at x_T, where the way down begins.</p>"
        "<p>The VAE loses something of its own, with no step at all: that is named beside, so "
        "that both losses can be told apart.</p>"
        "<p style='font-size:85%'>Song et al. 2020, arXiv 2010.02502, section 4.3; Mokady et al. "
        "2022, arXiv 2211.09794, section 3.1.</p>"
    )


def _t(inverted: Inverted, number: int) -> str:
    return "x₀" if number == 0 else f"t {int(inverted.path.timesteps[number - 1])}"


def _percent(share: float) -> str:
    return tr("{share} %", share=f"{100 * share:.2f}")


def _likeness(found: dict[str, Any], which: str) -> str:
    psnr, ssim = found.get(f"psnr{which}"), found.get(f"ssim{which}")
    if psnr is None:
        return tr("equal")
    return tr("{psnr} dB", psnr=f"{psnr:.1f}") + ("" if ssim is None else f"   {ssim:.3f}")
