"""An observation is one denoiser call on a picture noised as in training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import DDPMScheduler

from sdinspector.core import CaptureSpec, InspectorError
from sdinspector.engine import Model, encode, observe
from tests.fidelity.plain_runs import out

PICTURE = np.random.default_rng(1).integers(0, 256, (16, 16, 3), dtype=np.uint8)


@pytest.mark.parametrize("scale", [7.5, 1.0])
def test_observation_is_the_denoiser_on_the_noised_picture(
    tiny_model: Model, tmp_path: Path, scale: float
) -> None:
    times = [900, 0, 250]
    recording = observe(
        tiny_model, PICTURE, "a red star", times, out(tmp_path), seed=5, guidance_scale=scale
    )
    assert (recording.kind, recording.status) == ("observe", "complete")
    assert recording.timesteps == (900.0, 0.0, 250.0)
    pipeline = tiny_model.pipeline
    clean = torch.from_numpy(encode(tiny_model, PICTURE).latent)[None]
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(5))
    scheduler = DDPMScheduler.from_config(pipeline.scheduler.config)
    cond, uncond = pipeline.encode_prompt(
        "a red star", "cpu", 1, do_classifier_free_guidance=True, negative_prompt=""
    )
    for call, time in enumerate(times):
        latent = scheduler.add_noise(clean, noise, torch.tensor([time]))
        assert np.array_equal(recording.array(call, "latent"), latent[0].numpy())
        with torch.no_grad():
            if scale > 1.0:
                both = pipeline.unet(
                    torch.cat([latent] * 2), time, torch.cat([uncond, cond])
                ).sample
                assert np.array_equal(recording.array(call, "noise_uncond"), both[0].numpy())
                expected = both[1]
            else:
                expected = pipeline.unet(latent, time, cond).sample[0]
        assert np.array_equal(recording.array(call, "noise_cond"), expected.numpy())
    assert np.array_equal(recording.final_latent(), clean[0].numpy())
    assert np.array_equal(recording.image(), PICTURE)
    assert np.array_equal(recording.conditioning()["noise"], noise[0].numpy())


def test_true_noise_gives_back_the_picture(tiny_model: Model, tmp_path: Path) -> None:
    recording = observe(tiny_model, PICTURE, "", [300], out(tmp_path))
    call = recording.call(0)
    stored = recording.conditioning()
    clean = call.a * recording.array(0, "latent") + call.b * stored["noise"]
    np.testing.assert_allclose(clean, stored["clean"], atol=1e-5)


def test_observation_of_a_file_of_any_size_captures_as_a_run_does(
    tiny_model: Model, tmp_path: Path
) -> None:
    from PIL import Image

    Image.fromarray(np.tile(PICTURE, (2, 5, 1))).save(tmp_path / "photo.jpg")
    recording = observe(
        tiny_model,
        tmp_path / "photo.jpg",
        "a red star",
        [500],
        out(tmp_path),
        capture=CaptureSpec(),
        width=24,
        height=16,
    )
    name = next(name for name in recording.call(0).names if name.startswith("cross_attention/"))
    assert recording.array(0, name).shape[-2:] == (8, 12)
    assert recording.spec.init == str(tmp_path / "photo.jpg")
    assert recording.image().shape == (16, 24, 3)


@pytest.mark.parametrize("times", [[], [1000], [-1], [5, 2000]])
def test_timesteps_outside_the_schedule_are_refused(
    tiny_model: Model, tmp_path: Path, times: list[int]
) -> None:
    with pytest.raises(InspectorError) as caught:
        observe(tiny_model, PICTURE, "", times, out(tmp_path))
    assert caught.value.code == "observe.timesteps"
    assert not out(tmp_path).exists()
