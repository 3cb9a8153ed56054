"""Observe: show the denoiser a given picture, noised to chosen timesteps, one call each."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import torch
from diffusers.utils.torch_utils import randn_tensor

from sdinspector.core import Cancelled, CaptureSpec, RunSpec, ShouldStop
from sdinspector.engine import autoencoder, noising, pictures, plain
from sdinspector.engine.capture import Watcher, make_plan
from sdinspector.engine.conditioning import COND, condition, evaluates_both
from sdinspector.engine.devices import memory_errors_explained, to_numpy
from sdinspector.engine.model import Model
from sdinspector.engine.sampling import CallDone, Calls, OnStep, drive
from sdinspector.engine.schedules import coefficients
from sdinspector.engine.storing import (
    Prediction,
    Stepped,
    begin_recording,
    denoised,
    picture_text,
    step_record,
)
from sdinspector.recording import Recording


def observe(
    model: Model,
    picture: pictures.Picture,
    caption: str,
    timesteps: Sequence[int],
    out: str | Path,
    *,
    seed: int = 0,
    on_step: OnStep | None = None,
    should_stop: ShouldStop | None = None,
    capture: CaptureSpec | None = None,
    guidance_scale: float = 7.5,
    negative_prompt: str = "",
    width: int = 0,
    height: int = 0,
    overwrite: bool = False,
) -> Recording:
    """Look at what the denoiser makes of a picture and a caption.

    The picture is encoded (mean of the posterior, scaled), one noise ε is drawn, and for each
    timestep x_t = √ᾱ·x₀ + √(1−ᾱ)·ε goes through the denoiser once.

    Parameters
    ----------
    model
        The open model.
    picture
        A file, Pillow image or array; cropped around its middle and resized to the size.
    caption
        The conditional branch's text.
    timesteps
        From 0 (clean) to 999, in any order; one call each, in this order.
    out, on_step, should_stop, overwrite
        As for :func:`sdinspector.engine.run`.
    seed
        Of the noise.
    capture
        What to keep of each call; the default capture where left out.
    guidance_scale, negative_prompt
        For x̂₀; both branches run where the scale is above 1.
    width, height
        In pixels; 0 for the model's own.

    Returns
    -------
    Recording
        Of kind ``observe``; its final latent is x₀, its picture the one that was shown.

    Raises
    ------
    InspectorError
        ``observe.timesteps``, ``picture.…``, ``spec.…``, ``recording.…``, ``memory.full``.
    """
    calls = observe_iter(
        model,
        picture,
        caption,
        timesteps,
        out,
        seed=seed,
        should_stop=should_stop,
        capture=capture,
        guidance_scale=guidance_scale,
        negative_prompt=negative_prompt,
        width=width,
        height=height,
        overwrite=overwrite,
    )
    return drive(calls, on_step)


def observe_iter(
    model: Model,
    picture: pictures.Picture,
    caption: str,
    timesteps: Sequence[int],
    out: str | Path,
    *,
    seed: int = 0,
    should_stop: ShouldStop | None = None,
    capture: CaptureSpec | None = None,
    guidance_scale: float = 7.5,
    negative_prompt: str = "",
    width: int = 0,
    height: int = 0,
    overwrite: bool = False,
) -> Calls:
    """Observe, yielding after each call; see :func:`observe`."""
    width, height = model.picture_size(width, height)
    spec = RunSpec(
        prompt=caption,
        negative_prompt=negative_prompt,
        seed=seed,
        steps=max(1, len(timesteps)),
        guidance_scale=guidance_scale,
        width=width,
        height=height,
        init=str(picture) if isinstance(picture, str | Path) else "",
        capture=capture or CaptureSpec(),
        extra={"timesteps": [int(timestep) for timestep in timesteps]},
    )
    spec.validate(model.card.size_multiple)
    scheduler = noising.training_scheduler(model)
    times = torch.tensor(noising.checked_timesteps(model, timesteps), device=model.device)
    both = evaluates_both(model, spec)
    watcher = Watcher(model.pipeline.unet, make_plan(model.pipeline.unet, spec.capture))
    with torch.no_grad(), memory_errors_explained("encoding the picture"):
        encoding = autoencoder.encode(model, picture, width, height)
        conditioning = condition(model, spec)
        clean = torch.from_numpy(encoding.latent)[None].to(model.device, conditioning.dtype)
        noise = randn_tensor(
            clean.shape, plain.generator_of(spec), model.device, conditioning.dtype
        )
    writer = begin_recording(
        model,
        spec,
        out,
        kind="observe",
        conditioning=conditioning,
        plan=watcher.plan,
        latent_size=(int(clean.shape[-2]), int(clean.shape[-1])),
        overwrite=overwrite,
        extra={
            "total_calls": len(times),
            "total_steps": len(times),
            "picture": [width, height],
        },
        arrays={"clean": to_numpy(clean[0]), "noise": to_numpy(noise[0])},
    )
    with writer:
        writer.image(encoding.picture, picture_text(model, spec))
        for call, timestep in enumerate(times):
            began = time.perf_counter()
            if should_stop is not None and should_stop():
                raise Cancelled
            with torch.no_grad(), memory_errors_explained("observing the picture"):
                latents = scheduler.add_noise(clean, noise, timestep[None])
                with watcher.watching(conditioning.columns(COND, both), should_stop) as kept:
                    output = plain.denoise(
                        model,
                        torch.cat([latents] * 2) if both else latents,
                        timestep,
                        conditioning.batch(COND, both),
                        guidance_scale,
                    )
                pair = output.chunk(2) if both else (None, output)
                prediction = Prediction(pair[0], pair[1], kept)
                factors = coefficients(scheduler, timestep)
                guided = prediction.guided(guidance_scale, 0.0)
                arrays, metadata = step_record(
                    prediction,
                    Stepped(latents, denoised(latents, guided, factors), factors, guidance_scale),
                    step=call,
                    order=1,
                    timestep=timestep,
                    tokens=COND,
                )
                writer.step(call, arrays, metadata)
            yield CallDone(
                call=call,
                calls=len(times),
                step=call,
                steps=len(times),
                timestep=int(timestep),
                path=writer.path,
                seconds=time.perf_counter() - began,
            )
        writer.final(to_numpy(clean[0]))
    return Recording.open(writer.path)
