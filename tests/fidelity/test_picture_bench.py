"""Tiles, samples and similarity of the VAE's bench, beside AutoencoderKL and the formulas."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import correlate1d

from sdinspector.cli import main
from sdinspector.core import InspectorError
from sdinspector.engine import Model, decode, model_from_pipeline, open_model, picture_bench
from sdinspector.recording import Recording
from tests import tiny


def noise(width: int, height: int) -> NDArray[np.uint8]:
    small = np.random.default_rng(1).integers(0, 256, (7, 5, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


@contextmanager
def tiling(vae: Any) -> Iterator[None]:
    vae.enable_tiling()
    try:
        yield
    finally:
        vae.disable_tiling()


@torch.no_grad()
def posterior_of(model: Model, picture: NDArray[np.uint8]) -> Any:
    pixels = model.pipeline.image_processor.preprocess(Image.fromarray(picture))
    return model.pipeline.vae.encode(pixels).latent_dist


@pytest.mark.parametrize("size", [(48, 40), (16, 64), (64, 16)])
def test_tiles_are_those_of_the_autoencoder_with_tiling(
    size: tuple[int, int], tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_bench, "TILED_FROM", 32)
    picture, vae = noise(*size), tiny_model.pipeline.vae
    calls: list[tuple[int, int]] = []
    found = picture_bench.look_at_picture(
        tiny_model, picture, on_tile=lambda *call: calls.append(call)
    )
    whole = posterior_of(tiny_model, picture).mean[0].numpy()
    with tiling(vae), torch.no_grad():
        wanted = posterior_of(tiny_model, picture).mean
        # Scaled and stored; the encoder's own output lies differently in memory.
        factor = vae.config.scaling_factor
        stored = (wanted * factor).contiguous()
        image = vae.decode(stored / factor).sample
    shown = tiny_model.pipeline.image_processor.postprocess(image, output_type="pil")[0]
    assert found.tiled
    assert torch.equal(torch.from_numpy(found.mean), wanted[0])
    assert np.array_equal(found.reconstruction, np.asarray(shown))
    assert not np.array_equal(found.mean, whole)  # else this would show nothing
    assert calls[-1] == (len(calls), len(calls))
    assert not vae.use_tiling


def test_a_vae_that_works_in_tiles_anyhow_goes_on_doing_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(picture_bench, "TILED_FROM", 32)
    model = model_from_pipeline(tiny.two_level_pipeline(), "tiny")
    model.pipeline.vae.enable_tiling()
    picture_bench.look_at_picture(model, noise(48, 40))
    assert model.pipeline.vae.use_tiling
    model.close()


def test_a_sample_is_bit_for_bit_the_posteriors_own(tiny_model: Model) -> None:
    picture = noise(32, 24)
    found = picture_bench.look_at_picture(tiny_model, picture, seed=5)
    posterior = posterior_of(tiny_model, picture)
    sample = posterior.sample(torch.Generator().manual_seed(5))
    factor = tiny_model.pipeline.vae.config.scaling_factor
    assert torch.equal(torch.from_numpy(found.latent), (sample * factor)[0])
    assert torch.equal(torch.from_numpy(found.std), posterior.std[0])
    assert not np.array_equal(found.latent, found.mean * factor)


@pytest.mark.parametrize("side", [64, 256])
def test_the_reconstruction_is_what_the_stored_latent_decodes_to(side: int, tmp_path: Path) -> None:
    model = open_model("shapes", device="cpu")
    recording = picture_bench.record_picture(model, noise(side, side), tmp_path / "a.sdrec")
    latent, vae = recording.final_latent(), model.pipeline.vae
    assert latent is not None
    with torch.no_grad():
        image = vae.decode(torch.from_numpy(latent)[None] / vae.config.scaling_factor).sample
    shown = model.pipeline.image_processor.postprocess(image, output_type="pil")[0]
    assert np.array_equal(recording.image(), np.asarray(shown))
    assert np.array_equal(decode(model, latent), np.asarray(shown))
    model.close()


def test_sizes_beyond_what_a_recording_holds_are_refused_at_once(tiny_model: Model) -> None:
    for picture, asked in ((noise(16, 16), 100_000), (np.zeros((8, 9000, 3), np.uint8), 0)):
        with pytest.raises(InspectorError) as caught:
            picture_bench.look_at_picture(tiny_model, picture, width=asked)
        assert caught.value.code == "spec.size-range"


@pytest.mark.parametrize("seed", [-3, 2**70])
def test_a_seed_that_is_none_is_one_clear_error(seed: int, tiny_model: Model) -> None:
    with pytest.raises(InspectorError, match="Seed"):
        picture_bench.look_at_picture(tiny_model, noise(16, 16), seed=seed)


def test_similarity_is_wangs_formula() -> None:
    one = noise(40, 32)
    grain = np.random.default_rng(2).normal(0, 20, one.shape)
    other = np.clip(one + grain, 0, 255).astype(np.uint8)
    psnr, ssim = picture_bench.similarity(one, other)
    x, y = one.astype(float), other.astype(float)
    window = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    window /= window.sum()

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        blurred = correlate1d(correlate1d(values, window, axis=0), window, axis=1)
        return blurred[5:-5, 5:-5]  # windows that lie inside the picture

    mx, my = mean(x), mean(y)
    vx, vy, vxy = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    local = (2 * mx * my + c1) * (2 * vxy + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    assert ssim == pytest.approx(local.mean(), abs=1e-9)
    assert psnr == pytest.approx(10 * np.log10(255**2 / np.mean((x - y) ** 2)))
    assert 0.1 < ssim < 0.95


def test_a_run_starts_from_the_latent_that_encode_wrote(
    tiny_folder: Path, tiny_model: Model, tmp_path: Path
) -> None:
    Image.fromarray(noise(16, 16)).save(tmp_path / "in.png")
    model = ("--model", str(tiny_folder), "--device", "cpu", "--quiet")
    assert main(["encode", str(tmp_path / "in.png"), *model, "--out", str(tmp_path / "out")]) == 0
    start = ("--strength", "0.5", "--steps", "4", "--scheduler", "ddim", "--seed", "3")
    for name, init in (("latent", "out/latent.npz"), ("picture", "in.png")):
        words = ("--prompt", "a star", "--init", str(tmp_path / init), *start, *model)
        assert main(["record", *words, "--out", str(tmp_path / f"{name}.sdrec")]) == 0
    first = Recording.open(tmp_path / "latent.sdrec").array(0, "latent")
    clean = Recording.open(tmp_path / "out" / "encode.sdrec").final_latent()
    assert clean is not None
    scheduler = tiny_model.pipeline.scheduler
    t = int(Recording.open(tmp_path / "latent.sdrec").timestep(0))
    share = float(scheduler.alphas_cumprod[t])
    added = (first - share**0.5 * clean) / (1 - share) ** 0.5
    wanted = torch.randn(1, *clean.shape, generator=torch.Generator().manual_seed(3))[0].numpy()
    assert np.abs(added - wanted).max() < 1e-4
