"""The plain diffusers pipelines that share a model's parts: where runs begin, and what they equal.

A pipeline object is only a bundle. A second bundle with a scheduler of its own lends its methods
to a run without touching the one that the model holds.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionPipeline
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from sdinspector.core import InspectorError, RunSpec
from sdinspector.engine import pictures
from sdinspector.engine.model import Model

_LATENT_FILES = (".safetensors", ".npz", ".npy")


@dataclass(frozen=True)
class Start:
    """Where a run begins.

    Attributes
    ----------
    latents
        x_t of the first call, ``[1, C, h, w]``.
    timesteps
        One a scheduler call.
    steps
        How many inference steps they stand for.
    step_options
        What ``scheduler.step`` takes besides: the generator, η.
    """

    latents: torch.Tensor
    timesteps: torch.Tensor
    steps: int
    step_options: dict[str, Any]


def pipeline_for(
    model: Model, scheduler: Any, *, from_picture: bool = False, both: bool = False
) -> Any:
    """Return a plain diffusers pipeline of the model's parts with its own scheduler.

    Parameters
    ----------
    model, scheduler
        The open model, and a fresh scheduler.
    from_picture
        Whether it is the one for image to image.
    both
        Whether it evaluates both branches at any guidance scale, not only above 1. Else the stock
        loop stops where a scale that is changed on the way crosses 1.
    """
    maker = StableDiffusionImg2ImgPipeline if from_picture else StableDiffusionPipeline
    if both:
        # It asks this of itself before the loop and at each step of it.
        maker = type(maker.__name__, (maker,), {"do_classifier_free_guidance": True})
    pipeline = maker(**model.pipeline.components, requires_safety_checker=False)
    # Put in afterwards, as people do: the constructor would correct the scheduler's settings.
    pipeline.scheduler = scheduler
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def generator_of(spec: RunSpec) -> torch.Generator:
    """Return the one generator of a run; on the CPU, so that a seed means the same everywhere."""
    return torch.Generator("cpu").manual_seed(spec.seed)


def start(
    model: Model,
    spec: RunSpec,
    scheduler: Any,
    dtype: torch.dtype,
    size: tuple[int, int],
    *,
    given: NDArray[Any] | None = None,
) -> Start:
    """Prepare timesteps, first latent and generator with the pipeline's own methods.

    Parameters
    ----------
    model, spec
        The open model and the run.
    scheduler
        A fresh one; its timesteps are set here.
    dtype
        Precision of the latent: the text embeddings'.
    size
        Width and height of the picture in pixels.
    given
        The latent ``[C, h, w]`` that ``spec.start`` names.

    Raises
    ------
    InspectorError
        ``scheduler.cannot-schedule``, ``spec.strength-steps``, ``spec.start``, ``picture.…``,
        ``latent.…``.
    """
    generator = generator_of(spec)
    pipeline = pipeline_for(model, scheduler, from_picture=bool(spec.init))
    try:
        scheduler.set_timesteps(spec.steps, device=model.device)
    except (ValueError, IndexError, ZeroDivisionError) as error:
        raise InspectorError(
            "scheduler.cannot-schedule",
            f"The scheduler {type(scheduler).__name__} cannot make {spec.steps} steps: {error}",
            name=type(scheduler).__name__,
            steps=spec.steps,
            why=str(error),
        ) from error
    if spec.init:
        latents, timesteps, steps = _from_init(
            pipeline, model, spec, dtype=dtype, size=size, generator=generator
        )
    else:
        timesteps, steps = scheduler.timesteps, spec.steps
        first = first_latent(model, spec, dtype, size, given)
        latents = pipeline.prepare_latents(
            1,
            model.card.latent_channels,
            size[1],
            size[0],
            dtype,
            model.device,
            generator,
            latents=first,
        )
    return Start(latents, timesteps, steps, pipeline.prepare_extra_step_kwargs(generator, 0.0))


def digest_of(latent: NDArray[Any]) -> str:
    """Return what ``RunSpec.start`` calls a latent: the digest of its values as float32."""
    values = np.ascontiguousarray(latent, dtype="<f4")
    return f"sha256:{hashlib.sha256(values.tobytes()).hexdigest()}"


def first_latent(
    model: Model,
    spec: RunSpec,
    dtype: torch.dtype,
    size: tuple[int, int],
    given: NDArray[Any] | None,
) -> torch.Tensor | None:
    """Return the latent ``[1, C, h, w]`` that a run was given; ``None`` where it draws its own.

    Raises
    ------
    InspectorError
        ``spec.start`` where it is not the one that the run names; ``latent.shape``.
    """
    if not spec.start:
        return None
    if given is None or digest_of(given) != spec.start:
        raise InspectorError(
            "spec.start",
            "This run begins with the latent of an inverted picture, which its description alone "
            "does not hold. Fork the recording at step 0.",
            start=spec.start,
        )
    _check_shape(model, given, size, "The latent that this run begins with")
    return torch.from_numpy(np.array(given))[None].to(model.device, dtype)


def _check_shape(model: Model, latent: NDArray[Any], size: tuple[int, int], what: str) -> None:
    factor = model.card.vae_scale_factor
    wanted = (model.card.latent_channels, size[1] // factor, size[0] // factor)
    if latent.shape != wanted:
        raise InspectorError(
            "latent.shape",
            f"{what} has the shape {list(latent.shape)}; this run needs {list(wanted)}.",
            channels=wanted[0],
            shape=list(latent.shape),
        )


def _from_init(
    pipeline: Any,
    model: Model,
    spec: RunSpec,
    *,
    dtype: torch.dtype,
    size: tuple[int, int],
    generator: torch.Generator,
) -> tuple[torch.Tensor, torch.Tensor, int]:
    """Noise a picture or latent to where ``strength`` says, as image to image does."""
    image = init_tensor(pipeline, model, spec.init, size)
    timesteps, steps = pipeline.get_timesteps(spec.steps, spec.strength, model.device)
    if len(timesteps) == 0:
        raise InspectorError(
            "spec.strength-steps",
            f"A strength of {spec.strength} leaves none of {spec.steps} steps. Raise either.",
            strength=spec.strength,
            steps=spec.steps,
        )
    latents = pipeline.prepare_latents(
        image, timesteps[:1].repeat(1), 1, 1, dtype, model.device, generator
    )
    return latents, timesteps, steps


def init_tensor(pipeline: Any, model: Model, init: str, size: tuple[int, int]) -> torch.Tensor:
    """Return a run's beginning as the image-to-image pipeline takes it.

    A latent file (``.safetensors``, ``.npz`` with ``latent``, ``.npy``) is taken as it is, in the
    scaled latent space; a picture is cropped around its middle and resized to ``size``.

    Raises
    ------
    InspectorError
        ``picture.…``, ``latent.missing``, ``latent.unreadable``, ``latent.shape``.
    """
    path = Path(init).expanduser()
    if path.suffix.lower() not in _LATENT_FILES:
        image = pictures.fit(pictures.read(path), *size)
        tensor: torch.Tensor = pipeline.image_processor.preprocess(image)
        return tensor
    latent = _latent_in(path)
    _check_shape(model, latent, size, f"The latent in {path}")
    return torch.from_numpy(latent)[None]


def _latent_in(path: Path) -> np.ndarray[Any, np.dtype[np.float32]]:
    if not path.is_file():
        raise InspectorError("latent.missing", f"There is no latent {path}.", path=str(path))
    try:
        if path.suffix == ".safetensors":
            array = load_file(path)["latent"]
        else:
            loaded = np.load(path, allow_pickle=False)
            array = loaded["latent"] if path.suffix == ".npz" else loaded
        return np.asarray(array, dtype=np.float32)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise InspectorError(
            "latent.unreadable",
            f"Cannot read a latent from {path}: {error}.",
            path=str(path),
            why=str(error),
        ) from error


def denoise(
    model: Model,
    latents: torch.Tensor,
    timestep: torch.Tensor,
    text: torch.Tensor,
    scale: float,
) -> torch.Tensor:
    """Call the denoiser exactly as ``StableDiffusionPipeline`` does.

    Parameters
    ----------
    model
        The open model.
    latents
        ``[branches, C, h, w]``, scaled for the denoiser.
    timestep
        Of this call.
    text
        ``[branches, positions, width]``.
    scale
        Guidance scale, which models with guidance distilled into them are told.
    """
    pipeline = model.pipeline
    condition = None
    if pipeline.unet.config.time_cond_proj_dim is not None:
        condition = pipeline.get_guidance_scale_embedding(
            torch.tensor(scale - 1).repeat(1),
            embedding_dim=pipeline.unet.config.time_cond_proj_dim,
        ).to(device=model.device, dtype=latents.dtype)
    output: torch.Tensor = pipeline.unet(
        latents,
        timestep,
        encoder_hidden_states=text,
        timestep_cond=condition,
        cross_attention_kwargs=None,
        added_cond_kwargs=None,
        return_dict=False,
    )[0]
    return output
