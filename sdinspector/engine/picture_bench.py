"""The VAE by itself: a picture of one's own to a latent and back, with what is lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps

from sdinspector.analysis.similarity import similarity
from sdinspector.core import Cancelled, InspectorError, RunSpec, ShouldStop
from sdinspector.engine import autoencoder, pictures
from sdinspector.engine.devices import memory_errors_explained, to_numpy
from sdinspector.engine.libraries import versions
from sdinspector.engine.model import Model
from sdinspector.recording import Recording, RecordingWriter

Placing = Literal["crop", "pad", "fit"]
TILED_FROM = 1024
"""Pictures with a longer side go through the VAE in tiles."""
MAX_SIDE = 8192
"""A square of it is the largest picture that a recording holds."""

OnTile = Callable[[int, int], None]
"""Called after each tile with how many are done, and of how many."""


@dataclass(frozen=True)
class PictureStates:
    """A picture, its latent, and the picture that comes back.

    Attributes
    ----------
    picture
        What was encoded, ``[H, W, 3]`` uint8.
    mean, std
        Of the posterior, ``[C, h, w]``, before scaling.
    latent
        What was decoded: the mean, or a sample, times the scaling factor.
    reconstruction
        ``[H, W, 3]`` uint8.
    placing
        How the picture was brought to this size: "crop", "pad", "fit", or "" where it had it.
    seed
        Of the sample; ``None`` for the mean.
    tiled
        Whether it went through in tiles, whose seams are blended.
    psnr, ssim
        Of reconstruction against picture: peak signal-to-noise ratio in dB (infinite where
        they are equal) and structural similarity (Wang et al. 2004), 1 where they are equal.
    """

    picture: NDArray[np.uint8]
    mean: NDArray[np.generic]
    std: NDArray[np.generic]
    latent: NDArray[np.generic]
    reconstruction: NDArray[np.uint8]
    placing: str
    seed: int | None
    tiled: bool
    psnr: float
    ssim: float


def place(
    model: Model, picture: pictures.Picture, how: Placing = "crop", width: int = 0, height: int = 0
) -> tuple[Image.Image, str]:
    """Bring a picture to a size that the VAE takes.

    Parameters
    ----------
    model
        The open model.
    picture
        See :func:`sdinspector.engine.pictures.read`.
    how
        "crop" keeps the middle, "pad" keeps all and fills with grey, "fit" keeps all and
        stretches.
    width, height
        In pixels, multiples of the VAE's factor; 0 for the picture's own, rounded down to one.

    Returns
    -------
    picture, placing
        And what was done: "" where the picture had the size.

    Raises
    ------
    InspectorError
        ``picture.…``; ``spec.size-multiple`` where a side is no multiple of the factor;
        ``spec.size-range`` where it is above :data:`MAX_SIDE`.
    """
    image = pictures.read(picture)
    factor = model.card.vae_scale_factor
    size = (
        _side("width", width, image.width, factor),
        _side("height", height, image.height, factor),
    )
    if image.size == size:
        return image, ""
    if how == "pad":
        ground = (128, 128, 128)
        return ImageOps.pad(image, size, Image.Resampling.LANCZOS, color=ground), how
    if how == "fit":
        return image.resize(size, Image.Resampling.LANCZOS), how
    return pictures.fit(image, *size), "crop"


def look_at_picture(
    model: Model,
    picture: pictures.Picture,
    *,
    how: Placing = "crop",
    width: int = 0,
    height: int = 0,
    seed: int | None = None,
    on_tile: OnTile | None = None,
    should_stop: ShouldStop | None = None,
) -> PictureStates:
    """Encode a picture and decode it again.

    Parameters
    ----------
    model
        The open model.
    picture, how, width, height
        See :func:`place`.
    seed
        Takes a sample of the posterior, mean + std · ε, with ε of this seed; ``None`` the mean.
    on_tile, should_stop
        Progress of large pictures, and asked between tiles.

    Raises
    ------
    InspectorError
        ``picture.…``, ``spec.size-multiple``, ``memory.full``.
    Cancelled
        ``should_stop`` said so.
    """
    RunSpec(seed=seed or 0).validate()  # a seed that is none, before anything is done
    image, placing = place(model, picture, how, width, height)
    vae = model.pipeline.vae
    tiled = max(image.size) > TILED_FROM
    with (
        torch.no_grad(),
        memory_errors_explained("encoding the picture"),
        _tiles(vae, tiled, image.size, on_tile, should_stop),
    ):
        posterior = vae.encode(autoencoder.as_tensor(model, image)).latent_dist
        if seed is None:
            chosen = posterior.mode()
        else:
            chosen = posterior.sample(torch.Generator("cpu").manual_seed(seed))
        # As it is stored: how a tensor lies in memory decides the last digits of what follows.
        latent = to_numpy((chosen * vae.config.scaling_factor)[0])
        reconstruction = autoencoder.decode(model, latent)
    original = np.asarray(image)
    psnr, ssim = similarity(original, reconstruction)
    return PictureStates(
        picture=original,
        mean=to_numpy(posterior.mean[0]),
        std=to_numpy(posterior.std[0]),
        latent=latent,
        reconstruction=reconstruction,
        placing=placing,
        seed=seed,
        tiled=tiled,
        psnr=psnr,
        ssim=ssim,
    )


def decode_large(
    model: Model,
    latent: NDArray[Any],
    *,
    on_tile: OnTile | None = None,
    should_stop: ShouldStop | None = None,
) -> NDArray[np.uint8]:
    """Decode a latent ``[C, h, w]``, in tiles where :func:`look_at_picture` used them.

    Raises
    ------
    InspectorError
        ``latent.shape``, ``memory.full``.
    Cancelled
        ``should_stop`` said so.
    """
    factor = model.card.vae_scale_factor
    size = (latent.shape[-1] * factor, latent.shape[-2] * factor)
    tiled = max(size) > TILED_FROM
    with torch.no_grad(), _tiles(model.pipeline.vae, tiled, size, on_tile, should_stop):
        return autoencoder.decode(model, latent)


def record_picture(
    model: Model,
    picture: pictures.Picture,
    out: str | Path,
    *,
    overwrite: bool = False,
    **settings: Any,
) -> Recording:
    """Encode and decode a picture and keep all of it as a recording of the kind ``encode``.

    Its first capture holds ``picture``, ``mean``, ``std`` and ``latent`` as
    :class:`PictureStates` has them, its picture is the reconstruction, its final latent the
    scaled latent.

    Parameters
    ----------
    model, picture
        See :func:`look_at_picture`, as for all other settings.
    out
        The recording's folder.

    Raises
    ------
    InspectorError
        See :func:`look_at_picture`, and ``recording.…`` where it cannot be written.
    """
    found = look_at_picture(model, picture, **settings)
    height, width = found.picture.shape[:2]
    with RecordingWriter(
        out,
        kind="encode",
        spec=RunSpec(prompt="", width=width, height=height),
        model=model.about(),
        tokens={},
        preview=model.card.preview,
        libraries=versions(),
        overwrite=overwrite,
        extra={
            "encode": {
                "placing": found.placing,
                "seed": found.seed,
                "tiled": found.tiled,
                "psnr": found.psnr if np.isfinite(found.psnr) else None,
                "ssim": found.ssim if np.isfinite(found.ssim) else None,
            }
        },
    ) as writer:
        writer.capture(
            {
                "picture": found.picture,
                "mean": found.mean,
                "std": found.std,
                "latent": found.latent,
            },
            {},
        )
        writer.final(found.latent)
        writer.image(found.reconstruction)
    return Recording.open(out)


def _side(name: str, asked: int, own: int, factor: int) -> int:
    if max(asked, own if not asked else 0) > MAX_SIDE:
        raise InspectorError(
            "spec.size-range",
            f"The {name} must lie between {factor} and {MAX_SIDE} pixels, not {asked or own}.",
            name=name,
            value=asked or own,
            multiple=factor,
            highest=MAX_SIDE,
        )
    if not asked:
        return max(factor, own // factor * factor)
    if asked < factor or asked % factor:
        low = max(factor, asked // factor * factor)
        raise InspectorError(
            "spec.size-multiple",
            f"The {name} must be a multiple of {factor} pixels, and {asked} is not. "
            f"Use {low} or {low + factor}.",
            name=name,
            value=asked,
            multiple=factor,
            low=low,
            high=low + factor,
        )
    return asked


@contextmanager
def _tiles(
    vae: Any,
    tiled: bool,
    size: tuple[int, int],
    on_tile: OnTile | None,
    should_stop: ShouldStop | None,
) -> Iterator[None]:
    """Let the VAE work in tiles, if it is to, and report each; leaves the VAE as it was."""
    before = bool(getattr(vae, "use_tiling", False))
    done, total = 0, 2
    if tiled:
        vae.enable_tiling()
        # As diffusers cuts: tiles overlap by a quarter.
        stride = int(vae.tile_sample_min_size * (1 - vae.tile_overlap_factor))
        total = 2 * int(np.prod([-(-side // stride) for side in size]))

    def passed(*_: object) -> None:
        nonlocal done
        if should_stop is not None and should_stop():
            raise Cancelled
        done += 1
        if on_tile is not None:
            on_tile(min(done, total), total)

    handles = [part.register_forward_hook(passed) for part in (vae.encoder, vae.decoder)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
        if tiled and not before:
            vae.disable_tiling()
