"""What the VAE viewer says."""

from __future__ import annotations

import math

import numpy as np

from sdinspector.app.texts import tr
from sdinspector.viewers.vae.data import Opened
from sdinspector.widgets import look


def shapes(opened: Opened, size: tuple[int, int] | None) -> str:
    """Say the shapes on the way, and what was done to the picture."""
    channels, height, width = opened.latent.shape
    latent = tr(
        "latent 1 × {channels} × {height} × {width}, batch × channels × height × width",
        channels=channels,
        height=height,
        width=width,
    )
    if opened.original is None:
        picture = "" if size is None else f"   →   {size[1]} × {size[0]}"
        return tr("{name}: its final {latent}", name=opened.name, latent=latent) + picture
    rows, columns = opened.original.shape[:2]
    done = {
        "crop": tr("cropped"),
        "pad": tr("padded"),
        "fit": tr("stretched"),
    }.get(str(opened.encoded.get("placing") or ""), tr("as it is"))
    text = tr(
        "picture {width} × {height}, {placing}   →   {latent}",
        width=columns,
        height=rows,
        placing=done,
        latent=latent,
    )
    if opened.encoded.get("tiled"):
        text += "   ·   " + tr("in tiles, seams blended")
    return text


def posterior(opened: Opened) -> str:
    """Say what the encoder's distribution is like."""
    if opened.mean is None or opened.std is None:
        return ""
    seed = opened.encoded.get("seed")
    kind = tr("its mean") if seed is None else tr("a sample, seed {seed}", seed=seed)
    return tr(
        "posterior before scaling: mean {mean} ± {spread}, deviation {std}; decoded is {kind}",
        mean=look.short_number(float(opened.mean.mean())),
        spread=look.short_number(float(opened.mean.std())),
        std=look.short_number(float(np.mean(opened.std))),
        kind=kind,
    )


def likeness(psnr: float, ssim: float) -> str:
    """Say how alike two pictures are."""
    decibels = "∞" if math.isinf(psnr) else f"{psnr:.1f}"
    structure = "–" if math.isnan(ssim) else f"{ssim:.3f}"
    return tr("PSNR {psnr} dB   SSIM {ssim}", psnr=decibels, ssim=structure)


def nothing() -> str:
    """Say what to do where there is nothing yet."""
    return tr(
        "Drop a picture here, open or paste one: it is encoded to a latent and decoded again. "
        "Or press Run (Ctrl+Return) and take that run's latent."
    )


def explanation() -> str:
    """Explain what is seen, with the formulas."""
    return tr(
        "The encoder gives each place of the latent a mean μ and a deviation σ: z = μ + σ·ε, or μ "
        "alone. The UNet works on x₀ = z · scaling factor, which is what is shown here; the "
        "decoder turns it back into pixels. What is lost on the way no denoiser can bring back."
        "\n\nEach channel goes through z' = gain · z + offset before it is decoded. Take one away "
        "with gain 0, exchange two, or paint: channels are no colours and no objects, and the "
        "decoder is not linear. Latents of pictures need not look like N(0, 1); noise is added to "
        "them until they do."
        "\n\nPSNR = 10·log₁₀(255² / MSE) in decibels; SSIM compares local means, contrasts and "
        "structures (Wang et al. 2004) and is 1 where both pictures are equal."
    )
