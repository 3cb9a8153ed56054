"""The VAE: pictures to latents and back, and the linear map that stands in for it in previews."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sdinspector.analysis import preview as linear
from sdinspector.core import InspectorError, Preview, paths
from sdinspector.engine import pictures
from sdinspector.engine.devices import memory_errors_explained, to_numpy
from sdinspector.engine.model import Model
from sdinspector.worlds import ShapesWorld
from sdinspector.worlds import draw as draw_scene

log = logging.getLogger(__name__)

# Published linear factors, one row a latent channel, for the two VAEs that most models share.
KNOWN_PREVIEWS = {
    0.18215: Preview(
        matrix=(
            (0.3512, 0.2297, 0.3227),
            (0.3250, 0.4974, 0.2350),
            (-0.2829, 0.1762, 0.2721),
            (-0.2120, -0.2616, -0.7177),
        ),
        source="known",
    ),
    0.13025: Preview(
        matrix=(
            (0.3651, 0.4232, 0.4341),
            (-0.2533, -0.0042, 0.1068),
            (0.1076, 0.1111, -0.0362),
            (-0.3165, -0.2492, -0.2188),
        ),
        bias=(0.1084, -0.0175, -0.0011),
        source="known",
    ),
}
_KNOWN_WIDTHS = (128, 256, 512, 512)
_FIT_SIDE = 256
_FIT_PIXELS = 6 * _FIT_SIDE * _FIT_SIDE  # of all pictures together, so that small ones are more
_FIT_MOST = 40


@dataclass(frozen=True)
class Encoding:
    """What the VAE's encoder makes of a picture.

    Attributes
    ----------
    mean, std
        Of the posterior, ``[C, h, w]`` float32, before scaling.
    latent
        The mean in the scaled latent space, where the denoiser works: mean · scaling factor.
    picture
        The picture as it was encoded, ``[H, W, 3]`` uint8.
    """

    mean: NDArray[np.generic]
    std: NDArray[np.generic]
    latent: NDArray[np.generic]
    picture: NDArray[np.uint8]


def encode(model: Model, picture: pictures.Picture, width: int = 0, height: int = 0) -> Encoding:
    """Encode a picture with the model's VAE.

    Parameters
    ----------
    model
        The open model.
    picture
        See :func:`sdinspector.engine.pictures.read`.
    width, height
        Size to fit it to, in pixels; 0 for the model's own.

    Raises
    ------
    InspectorError
        ``picture.…``, ``memory.full``.
    """
    width, height = model.picture_size(width, height)
    image = pictures.fit(pictures.read(picture), width, height)
    with torch.no_grad(), memory_errors_explained("encoding the picture"):
        posterior = model.pipeline.vae.encode(as_tensor(model, image)).latent_dist
        factor = model.pipeline.vae.config.scaling_factor
        return Encoding(
            mean=to_numpy(posterior.mean[0]),
            std=to_numpy(posterior.std[0]),
            latent=to_numpy(posterior.mode()[0] * factor),
            picture=np.asarray(image),
        )


def as_tensor(model: Model, image: Image.Image) -> torch.Tensor:
    """Return a picture as the VAE takes it, ``[1, 3, H, W]`` from −1 to 1."""
    tensor: torch.Tensor = model.pipeline.image_processor.preprocess(image)
    return tensor.to(model.device, model.pipeline.vae.dtype)


def decode(model: Model, latent: NDArray[Any] | torch.Tensor) -> NDArray[np.uint8]:
    """Decode a latent exactly as the pipeline does.

    Parameters
    ----------
    model
        The open model.
    latent
        ``[C, h, w]`` in the scaled latent space.

    Returns
    -------
    ndarray
        ``[H, W, 3]`` uint8.

    Raises
    ------
    InspectorError
        ``latent.shape``, ``memory.full``.
    """
    tensor = torch.as_tensor(latent)
    channels = int(model.pipeline.vae.config.latent_channels)
    if tensor.ndim != 3 or tensor.shape[0] != channels:
        raise InspectorError(
            "latent.shape",
            f"A latent of this model has the shape [{channels}, h, w], not {list(tensor.shape)}.",
            channels=channels,
            shape=list(tensor.shape),
        )
    tensor = tensor.to(model.device, model.dtype)[None]
    with memory_errors_explained("decoding the picture"):
        # What is no number (a run at an absurd scale) is black; all else stays as it is.
        image = torch.nan_to_num(decoded(model, tensor), nan=-1.0)
        picture = model.pipeline.image_processor.postprocess(image, output_type="pil")[0]
    return np.asarray(picture)


@torch.no_grad()
def decoded(model: Model, latents: torch.Tensor) -> torch.Tensor:
    """Return the VAE's raw output ``[1, 3, H, W]`` for scaled latents ``[1, C, h, w]``."""
    vae = model.pipeline.vae
    image: torch.Tensor = vae.decode(latents / vae.config.scaling_factor, return_dict=False)[0]
    return image


def preview_of(model: Model) -> Preview | None:
    """Return the linear latent to RGB map of a model's VAE.

    Published factors where the VAE has the shape of the one they were made for; else a
    least-squares fit to what this VAE decodes, remembered on disk by the VAE's own hash. ``None``
    where the fit fails (a VAE that decodes to no numbers).
    """
    config = model.pipeline.vae.config
    if tuple(config.block_out_channels) == _KNOWN_WIDTHS and config.latent_channels == 4:
        known = KNOWN_PREVIEWS.get(round(float(config.scaling_factor), 5))
        if known is not None:
            return known
    file = _preview_file(model)
    if file is not None:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            return Preview.from_json(json.loads(file.read_text(encoding="utf-8")))
    try:
        preview = fit_preview(model)
    except ValueError:
        log.warning("the VAE's latents have no linear preview", exc_info=True)
        return None
    if file is not None:
        temporary = file.with_name(f"{file.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            temporary.write_text(json.dumps(preview.to_json()), encoding="utf-8")
            temporary.replace(file)
    return preview


def fit_preview(model: Model) -> Preview:
    """Fit the linear map to what the VAE makes of a few drawn pictures.

    The pictures are encoded and decoded; the decoded ones, averaged down to the latent's size,
    are what the map has to give for the latents.

    Raises
    ------
    ValueError
        Where the VAE gives numbers that are not finite.
    """
    factor = model.card.vae_scale_factor
    side = max(factor, min(_FIT_SIDE, model.card.width) // factor * factor)
    latents, colours = [], []
    for number in range(min(_FIT_MOST, _FIT_PIXELS // (side * side))):
        tensor = as_tensor(model, _drawn(number, side))
        with torch.no_grad():
            posterior = model.pipeline.vae.encode(tensor).latent_dist
            latent = posterior.mode() * model.pipeline.vae.config.scaling_factor
            small = torch.nn.functional.avg_pool2d(decoded(model, latent).float(), factor)
        latents.append(to_numpy(latent.float())[0])
        colours.append(np.moveaxis(to_numpy(small)[0], 0, -1))
    return linear.fit(np.stack(latents), np.stack(colours))


def _drawn(number: int, side: int) -> Image.Image:
    """Return a picture to fit colours to; always the same.

    Every third is a jumble of colours on a gradient, the others are scenes with a plain ground: a
    map that is fitted to jumbles alone gives white and black, which are most of many pictures, a
    tint.
    """
    if number % 3:
        scene, _ = ShapesWorld(held_out=None).scene(number)
        return Image.fromarray(draw_scene(scene, side).picture)
    random = np.random.default_rng(number)
    corners = random.integers(0, 256, (2, 2, 3), dtype=np.uint8)
    image = Image.fromarray(corners).resize((side, side), Image.Resampling.BILINEAR)
    draw = ImageDraw.Draw(image)
    for index in range(12):
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        x, y = (int(value) for value in random.integers(-side // 8, side, 2))
        size = int(random.integers(side // 8, side // 2 + 1))
        shape = draw.rectangle if index % 2 else draw.ellipse
        shape((x, y, x + size, y + size), fill=colour)
    return image


def _preview_file(model: Model) -> Path | None:
    """Return where the fit of this VAE is remembered; its name hashes the VAE's own tensors."""
    vae = model.pipeline.vae
    digest = hashlib.sha256(json.dumps(dict(vae.config), sort_keys=True, default=str).encode())
    for name, tensor in sorted(vae.state_dict().items()):
        digest.update(name.encode())
        digest.update(to_numpy(tensor.float()).tobytes())
    try:
        folder = paths.cache() / "previews"
        folder.mkdir(exist_ok=True)
    except (InspectorError, OSError):
        return None
    return folder / f"{digest.hexdigest()[:32]}.json"
