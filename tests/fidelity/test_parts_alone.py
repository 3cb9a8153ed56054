"""VAE, tokenizer and text encoder by themselves, beside the libraries called directly."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from PIL import Image

from sdinspector.cli import main
from sdinspector.core import Cancelled, InspectorError
from sdinspector.engine import open_model, picture_bench, text_layers
from sdinspector.recording import Recording

PROMPTS = (
    "",
    "a photograph of an astronaut riding a horse",
    "a red circle " * 60,
    "naïve 東京 🙂 l'œuvre",
)


@pytest.fixture(scope="module")
def shapes():
    model = open_model("shapes", device="cpu")
    yield model
    model.close()


@pytest.fixture(params=["tiny", "shapes"])
def model(request, tiny_model):
    return tiny_model if request.param == "tiny" else request.getfixturevalue("shapes")


def picture(size=(96, 64)) -> Image.Image:
    rng = np.random.default_rng(3)
    small = rng.integers(0, 256, (6, 9, 3), dtype=np.uint8)
    return Image.fromarray(small).resize(size, Image.Resampling.BILINEAR)


# -- text ------------------------------------------------------------------------------------


@pytest.mark.parametrize("prompt", PROMPTS)
def test_ids_states_and_embedding_are_those_of_the_encoder(model, prompt):
    found = text_layers.look_at_text(model, prompt)
    pipeline = model.pipeline
    ids = pipeline.tokenizer(
        prompt, padding="max_length", max_length=77, truncation=True, return_tensors="pt"
    ).input_ids
    assert found.ids.tolist() == ids[0].tolist()
    with torch.no_grad():
        plain = pipeline.text_encoder(ids)
        given, _ = pipeline.encode_prompt(prompt, "cpu", 1, do_classifier_free_guidance=False)
        deep = pipeline.text_encoder(ids, output_hidden_states=True).hidden_states
    assert torch.equal(torch.from_numpy(found.embedding), plain.last_hidden_state[0])
    assert torch.equal(torch.from_numpy(found.embedding), given[0])
    assert torch.equal(torch.from_numpy(found.states), torch.cat(deep))
    assert found.used == len(deep) - 1


def test_attention_is_that_of_the_states_and_hears_nothing_that_comes_later(model):
    before = model.pipeline.text_encoder.config._attn_implementation
    found = text_layers.look_at_text(model, "a red circle")
    assert model.pipeline.text_encoder.config._attn_implementation == before
    assert found.attention.sum(axis=-1) == pytest.approx(1.0, abs=1e-5)
    assert not np.triu(found.attention, 1).any()
    # Softmax of the first layer's own projections of the states that go into it.
    encoder = model.pipeline.text_encoder
    layer = encoder.encoder.layers[0]
    with torch.no_grad():
        inner = layer.layer_norm1(torch.from_numpy(found.states[0]))
        attention = layer.self_attn
        heads = found.attention.shape[1]
        query, key = (
            part(inner).view(77, heads, -1).transpose(0, 1)
            for part in (attention.q_proj, attention.k_proj)
        )
        scores = query @ key.transpose(1, 2) / query.shape[-1] ** 0.5
        scores += torch.full((77, 77), float("-inf")).triu(1)
        wanted = scores.softmax(dim=-1).numpy()
    assert np.abs(found.attention[0] - wanted).max() < 1e-6


def test_the_attention_implementation_is_set_back_after_a_failure(tiny_model, monkeypatch):
    encoder = tiny_model.pipeline.text_encoder
    before = encoder.config._attn_implementation
    real = encoder.forward

    def fails(*args, **settings):
        if settings.get("output_attentions"):
            raise RuntimeError("no")
        return real(*args, **settings)

    monkeypatch.setattr(encoder, "forward", fails)
    with pytest.raises(RuntimeError, match="no"):
        text_layers.look_at_text(tiny_model, "a")
    assert encoder.config._attn_implementation == before


def test_clip_skip_is_an_earlier_state_through_the_last_norm(model):
    layers = model.pipeline.text_encoder.config.num_hidden_layers
    if layers < 2:
        pytest.skip("an encoder of one layer has none to leave out")
    found = text_layers.look_at_text(model, "a red circle", clip_skip=1)
    assert found.used == layers - 1
    norm = model.pipeline.text_encoder.final_layer_norm
    with torch.no_grad():
        wanted = norm(torch.from_numpy(found.states[layers - 1]))
    assert torch.equal(torch.from_numpy(found.embedding), wanted)


def test_clip_skip_beyond_the_encoder_says_how_many_layers_there_are(tiny_model):
    with pytest.raises(InspectorError, match="layers") as error:
        text_layers.look_at_text(tiny_model, "a", clip_skip=99)
    assert error.value.code == "text.clip-skip"


def test_a_token_is_its_own_nearest_neighbour(shapes):
    found = text_layers.look_at_text(shapes, "red square")
    table = shapes.pipeline.text_encoder.get_input_embeddings().weight.detach().numpy()
    near = text_layers.vocabulary_neighbours(shapes, table[found.ids[1:3]], 3)
    assert [row[0][0] for row in near] == found.ids[1:3].tolist()
    assert near[0][0][2] == pytest.approx(1.0, abs=1e-5)
    assert near[0][1][2] < 0.999


def test_a_text_recording_holds_what_was_seen(tiny_model, tmp_path):
    recording = text_layers.record_text(tiny_model, "a red circle", tmp_path / "a.sdrec")
    assert (recording.kind, recording.status) == ("text", "complete")
    found = text_layers.look_at_text(tiny_model, "a red circle")
    arrays, _ = Recording.open(tmp_path / "a.sdrec").capture(recording.captures[0])
    assert np.array_equal(arrays["text/embedding"], found.embedding)
    assert np.array_equal(arrays["text/states"], found.states)
    assert np.array_equal(arrays["text/ids"], found.ids)


# -- pictures --------------------------------------------------------------------------------


def test_encoding_and_decoding_are_those_of_the_vae(model):
    found = picture_bench.look_at_picture(model, picture())
    vae = model.pipeline.vae
    pixels = model.pipeline.image_processor.preprocess(Image.fromarray(found.picture))
    with torch.no_grad():
        posterior = vae.encode(pixels).latent_dist
    assert torch.equal(torch.from_numpy(found.mean), posterior.mean[0])
    assert torch.equal(torch.from_numpy(found.std), posterior.std[0])
    factor = vae.config.scaling_factor
    assert torch.equal(torch.from_numpy(found.latent), posterior.mean[0] * factor)
    with torch.no_grad():
        # From the latent as it is kept: another layout of the same numbers sums in another order.
        image = vae.decode(torch.from_numpy(found.latent)[None] / factor).sample
    wanted = model.pipeline.image_processor.postprocess(image, output_type="pil")[0]
    assert np.array_equal(found.reconstruction, np.asarray(wanted))
    assert found.placing == ""


def test_a_sample_is_the_posteriors_own(tiny_model):
    found = picture_bench.look_at_picture(tiny_model, picture(), seed=5)
    again = picture_bench.look_at_picture(tiny_model, picture(), seed=5)
    other = picture_bench.look_at_picture(tiny_model, picture(), seed=6)
    assert np.array_equal(found.latent, again.latent)
    assert not np.array_equal(found.latent, other.latent)
    noise = torch.randn(1, *found.mean.shape, generator=torch.Generator().manual_seed(5))[0]
    wanted = (
        found.mean + found.std * noise.numpy()
    ) * tiny_model.pipeline.vae.config.scaling_factor
    assert np.abs(found.latent - wanted).max() < 1e-6


@pytest.mark.parametrize("how", ["crop", "pad", "fit"])
def test_a_picture_is_brought_to_size_and_it_is_said_how(tiny_model, how):
    found = picture_bench.look_at_picture(
        tiny_model, picture((90, 50)), how=how, width=32, height=32
    )
    assert found.picture.shape == (32, 32, 3)
    assert found.placing == how
    edge = found.picture[0, 16]
    assert (edge.tolist() == [128, 128, 128]) == (how == "pad")


def test_a_size_that_will_not_do_names_those_that_will(tiny_model):
    with pytest.raises(InspectorError, match=r"Use \d+ or \d+"):
        picture_bench.look_at_picture(tiny_model, picture(), width=33)


def test_similarity_against_the_formula():
    one = np.asarray(picture())
    assert picture_bench.similarity(one, one) == (float("inf"), 1.0)
    other = np.clip(one.astype(int) + 10, 0, 255).astype(np.uint8)
    psnr, ssim = picture_bench.similarity(one, other)
    error = np.mean((one.astype(float) - other) ** 2)
    assert psnr == pytest.approx(10 * np.log10(255**2 / error))
    assert 0.5 < ssim < 1.0


def test_large_pictures_go_in_tiles_and_can_be_stopped(tiny_model, monkeypatch):
    monkeypatch.setattr(picture_bench, "TILED_FROM", 32)
    vae = tiny_model.pipeline.vae
    calls: list[tuple[int, int]] = []
    found = picture_bench.look_at_picture(
        tiny_model, picture((96, 64)), on_tile=lambda *call: calls.append(call)
    )
    assert found.tiled
    assert found.reconstruction.shape == (64, 96, 3)
    assert [done for done, _ in calls] == list(range(1, len(calls) + 1))
    assert calls[-1][0] == calls[-1][1]
    assert not vae.use_tiling
    assert not vae.encoder._forward_hooks
    with pytest.raises(Cancelled):
        picture_bench.look_at_picture(tiny_model, picture((96, 64)), should_stop=lambda: True)
    assert not vae.use_tiling
    assert not vae.encoder._forward_hooks


# -- the command line ------------------------------------------------------------------------


def test_encode_writes_what_reads_back_equal(tiny_folder, tiny_model, tmp_path, capsys):
    picture().save(tmp_path / "in.png")
    out = tmp_path / "out"
    words = ["encode", str(tmp_path / "in.png"), "--model", str(tiny_folder), "--out", str(out)]
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    found = picture_bench.look_at_picture(tiny_model, picture())
    with np.load(out / "latent.npz") as arrays:
        assert np.array_equal(arrays["latent"], found.latent)
        assert np.array_equal(arrays["mean"], found.mean)
        assert np.array_equal(arrays["std"], found.std)
    with Image.open(out / "reconstruction.png") as image:
        assert np.array_equal(np.asarray(image), found.reconstruction)
    with Image.open(out / "latent.png") as image:
        channels = found.latent.shape[0]
        wanted = found.latent.shape[:0:-1] if channels == 4 else None
        assert wanted is None or image.size == tuple(wanted)
        assert channels != 4 or image.mode == "RGBA"
    recording = Recording.open(out / "encode.sdrec")
    assert recording.kind == "encode"
    assert np.array_equal(recording.image(), found.reconstruction)
    assert told["psnr"] == pytest.approx(found.psnr)
    assert told["latent"] == [1, *found.latent.shape]
    with pytest.raises(SystemExit):
        main(words)
    assert "--overwrite" in capsys.readouterr().err
    assert main([*words, "--overwrite", "--quiet"]) == 0
    assert "PSNR" in capsys.readouterr().out


def test_encode_of_no_picture_says_so(tiny_folder, tmp_path, capsys):
    (tmp_path / "no.png").write_bytes(b"no picture")
    words = ["--model", str(tiny_folder), "--out", str(tmp_path / "out"), "--quiet"]
    assert main(["encode", str(tmp_path / "no.png"), *words]) == 1
    assert "Cannot read" in capsys.readouterr().err


def test_tokens_prints_table_and_shapes(tiny_folder, capsys):
    prompt = "a photograph of an astronaut riding a horse"
    words = ["tokens", prompt, "--model", str(tiny_folder), "--quiet"]
    assert main(words) == 0
    table = capsys.readouterr().out
    assert "1 × 77 ×" in table
    assert "batch × tokens × width" in table
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["tokens"]) == 77
    assert {"index", "id", "piece", "kind"} <= set(told["tokens"][0])
    assert told["shape"][:2] == [1, 77]
    assert [told["tokens"][i]["kind"] for i in (0, 1, 76)] == ["bos", "word", "padding"]


def test_tokens_says_what_is_cut_and_keeps_all(tiny_folder, tmp_path, capsys):
    words = ["tokens", "red circle " * 60, "--model", str(tiny_folder), "--quiet"]
    assert main([*words, "--near", "2", "--out", str(tmp_path / "t.npz")]) == 0
    assert "never sees it" in capsys.readouterr().out
    with np.load(tmp_path / "t.npz") as arrays:
        assert arrays["embedding"].shape[0] == 77
        assert arrays["attention"].ndim == 4
    for wrong in (["--out", str(tmp_path / "t.txt")], ["--near", "-1"]):
        with pytest.raises(SystemExit):
            main([*words, *wrong])
