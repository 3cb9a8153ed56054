"""Pictures go through the VAE exactly as the pipeline sends them, whatever form they come in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from sdinspector.analysis import preview
from sdinspector.core import InspectorError
from sdinspector.engine import Model, decode, encode
from sdinspector.engine.autoencoder import KNOWN_PREVIEWS, as_tensor, fit_preview, preview_of
from sdinspector.engine.pictures import fit, read


def test_encode_is_the_autoencoders_own(tiny_model: Model) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    found = encode(tiny_model, pixels)
    vae = tiny_model.pipeline.vae
    # The layout in memory that the pipeline's image processor makes; it decides the last digit.
    nested = np.ascontiguousarray(pixels[None]).astype(np.float32) / 255.0
    tensor = torch.from_numpy(nested.transpose(0, 3, 1, 2)) * 2.0 - 1.0
    with torch.no_grad():
        posterior = vae.encode(tensor).latent_dist
    assert np.array_equal(found.mean, posterior.mean[0].numpy())
    assert np.array_equal(found.std, posterior.std[0].numpy())
    assert np.array_equal(found.latent, (posterior.mean * vae.config.scaling_factor)[0].numpy())
    assert np.array_equal(found.picture, pixels)


def test_decode_is_the_pipelines_own(tiny_model: Model) -> None:
    latent = torch.randn(4, 8, 12, generator=torch.Generator().manual_seed(0))
    vae = tiny_model.pipeline.vae
    with torch.no_grad():
        image = vae.decode(latent[None] / vae.config.scaling_factor).sample
    expected = ((image / 2 + 0.5).clamp(0, 1)[0].permute(1, 2, 0).numpy() * 255).round()
    assert np.array_equal(decode(tiny_model, latent.numpy()), expected.astype(np.uint8))


@pytest.mark.parametrize("shape", [(3, 8, 8), (4, 8), (1, 4, 8, 8)])
def test_wrong_latent_is_one_clear_error(tiny_model: Model, shape: tuple[int, ...]) -> None:
    with pytest.raises(InspectorError) as caught:
        decode(tiny_model, np.zeros(shape, np.float32))
    assert caught.value.code == "latent.shape"


def test_fitted_preview_is_the_best_linear_map_and_is_remembered(
    tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = fit_preview(tiny_model)
    assert fitted.source == "fitted"
    monkeypatch.setattr("sdinspector.engine.autoencoder.fit_preview", lambda _model: 1 / 0)
    assert preview_of(tiny_model) == fitted
    assert tiny_model.card.preview == fitted


def test_known_preview_of_sd1_is_the_published_one() -> None:
    latent = np.zeros((4, 1, 1), np.float32)
    latent[0] = 1.0
    rgb = preview.to_rgb_float(latent, KNOWN_PREVIEWS[0.18215])
    np.testing.assert_allclose(rgb[0, 0], (np.array([0.3512, 0.2297, 0.3227]) + 1) / 2, rtol=1e-6)


def test_pictures_of_every_kind_become_upright_rgb(tmp_path: Path) -> None:
    red = np.zeros((4, 6, 3), np.uint8)
    red[..., 0] = 255
    grey16 = np.full((4, 6), 65535, np.uint16)
    for picture, corner in (
        (red, (255, 0, 0)),
        (red / 255.0, (255, 0, 0)),
        (grey16, (255, 255, 255)),
        (grey16[..., None], (255, 255, 255)),
        (Image.fromarray(red).convert("P"), (255, 0, 0)),
        (Image.new("RGBA", (6, 4), (255, 0, 0, 0)), (255, 255, 255)),
        (Image.new("L", (6, 4), 7), (7, 7, 7)),
        (Image.new("1", (6, 4), 1), (255, 255, 255)),
    ):
        found = read(picture)
        assert (found.mode, found.size) == ("RGB", (6, 4))
        assert found.getpixel((0, 0)) == corner
    Image.fromarray(grey16).save(tmp_path / "16.png")
    assert read(tmp_path / "16.png").getpixel((0, 0)) == (255, 255, 255)
    rotated = Image.fromarray(red)
    exif = rotated.getexif()
    exif[0x0112] = 6
    rotated.save(tmp_path / "rotated.jpg", exif=exif)
    assert read(tmp_path / "rotated.jpg").size == (4, 6)


def test_fit_keeps_the_middle_and_never_distorts() -> None:
    wide = Image.new("RGB", (40, 10), "blue")
    wide.paste("red", (15, 0, 25, 10))
    found = fit(wide, 20, 20)
    assert found.size == (20, 20)
    assert found.getpixel((10, 10)) == (255, 0, 0)
    assert fit(found, 20, 20) is found


def test_bad_pictures_are_one_clear_error_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    (tmp_path / "text.png").write_text("no picture")
    Image.new("RGB", (30, 30)).save(tmp_path / "large.png")
    monkeypatch.setattr("sdinspector.engine.pictures.MAX_PIXELS", 500)
    for picture, code in (
        (tmp_path / "missing.png", "picture.missing"),
        (tmp_path / "broken.png", "picture.unreadable"),
        (tmp_path / "text.png", "picture.unreadable"),
        (tmp_path / "large.png", "picture.too-large"),
        (np.zeros((2, 2, 7)), "picture.shape"),
    ):
        with pytest.raises(InspectorError) as caught:
            read(picture)
        assert caught.value.code == code


def test_pictures_enter_between_minus_one_and_one(tiny_model: Model) -> None:
    tensor = as_tensor(tiny_model, Image.new("RGB", (16, 16), (255, 0, 0)))
    assert tensor.shape == (1, 3, 16, 16)
    assert tensor[0, :, 0, 0].tolist() == [1.0, -1.0, -1.0]


def test_a_latent_that_is_no_number_decodes_to_black(tiny_model: Model) -> None:
    picture = decode(tiny_model, np.full((4, 8, 8), np.nan, np.float32))
    assert picture.max() == 0
