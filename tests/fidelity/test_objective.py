"""The objective: its loss is the one of training, draw by draw."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import torch
from diffusers import DDPMScheduler
from PIL import Image

from sdinspector.cli import main
from sdinspector.core import Cancelled, InspectorError
from sdinspector.engine import model_from_pipeline, noising, open_model, run
from sdinspector.engine.objective import even_timesteps, look_at_objective, objective
from sdinspector.recording import Recording
from sdinspector.worlds import ShapesWorld
from tests import tiny
from tests.fidelity.plain_runs import out

PICTURE = np.random.default_rng(1).integers(0, 256, (16, 16, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def shapes():
    model = open_model("shapes", device="cpu")
    yield model
    model.close()


def reference(pipeline, picture, caption, t, seed):
    """Return the loss that a training script computes."""
    pixels = pipeline.image_processor.preprocess(Image.fromarray(picture))
    x0 = pipeline.vae.encode(pixels).latent_dist.mean * pipeline.vae.config.scaling_factor
    noise = torch.randn(x0.shape, generator=torch.Generator().manual_seed(seed))
    bar = DDPMScheduler.from_config(pipeline.scheduler.config).alphas_cumprod[t]
    xt = bar.sqrt() * x0 + (1 - bar).sqrt() * noise
    ids = pipeline.tokenizer(caption, padding="max_length", truncation=True, return_tensors="pt")
    output = pipeline.unet(xt, t, pipeline.text_encoder(ids.input_ids)[0]).sample
    velocity = bar.sqrt() * noise - (1 - bar).sqrt() * x0
    target = {"epsilon": noise, "v_prediction": velocity, "sample": x0}
    kind = pipeline.scheduler.config.get("prediction_type", "epsilon")
    return float(torch.nn.functional.mse_loss(output, target[kind]))


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction", "sample"])
def test_loss_is_that_of_a_training_script(kind):
    pipeline = tiny.two_level_pipeline()
    pipeline.scheduler = DDPMScheduler.from_config(tiny.SCHEDULER, prediction_type=kind)
    model = model_from_pipeline(pipeline)
    for t, seed in ((0, 0), (37, 5), (500, 1), (999, 2)):
        found = look_at_objective(model, PICTURE, "a red star", t, seed)
        with torch.no_grad():
            assert abs(found.loss - reference(pipeline, PICTURE, "a red star", t, seed)) < 1e-6
            assert abs(found.loss_uncond - reference(pipeline, PICTURE, "", t, seed)) < 1e-6
        assert found.error.mean() == pytest.approx(found.loss, abs=1e-6)
        assert found.loss != found.loss_uncond


def test_loss_of_the_built_in_model_is_that_of_a_training_script(shapes):
    sample = ShapesWorld(held_out=None)[3]
    picture, caption = sample.picture, sample.text
    for t in (20, 700):
        found = look_at_objective(shapes, picture, caption, t, 9)
        with torch.no_grad():
            expected = reference(shapes.pipeline, picture, caption, t, 9)
        assert abs(found.loss - expected) < 1e-6


def test_little_noise_is_the_harder_to_tell(shapes, tmp_path):
    """Why: docs/objective.md."""
    sample = ShapesWorld(held_out=None)[3]
    picture, caption = sample.picture, sample.text
    places = [*range(6, 100, 12), *range(906, 1000, 12)]
    found = objective(shapes, picture, caption, out(tmp_path), timesteps=places, seeds=8)
    loss = found.capture(1)[0]["loss"]
    lowest, highest = loss[:8], loss[8:]
    assert lowest.size == highest.size == 64
    print(f"lowest tenth {lowest.mean():.4f}, highest tenth {highest.mean():.4f}")
    assert lowest.mean() >= 3 * highest.mean()


def test_recording_holds_the_look_and_the_curve(tiny_model, tmp_path):
    events = []
    made = objective(
        tiny_model,
        PICTURE,
        "a red star",
        out(tmp_path),
        timestep=120,
        seed=4,
        timesteps=[900, 10],
        seeds=3,
        on_draw=events.append,
    )
    recording = Recording.open(made.path)
    assert (recording.kind, recording.status, recording.captures) == (
        "objective",
        "complete",
        (0, 1),
    )
    look = look_at_objective(tiny_model, PICTURE, "a red star", 120, 4)
    kept, metadata = recording.capture(0)
    assert (metadata["timestep"], metadata["seed"]) == (120, 4)
    for name, array in look.arrays().items():
        assert np.array_equal(kept[name], array), name
    curve, _ = recording.capture(1)
    assert curve["timesteps"].tolist() == [900, 10]
    assert curve["seeds"].tolist() == [4, 5, 6]
    for row, t in enumerate((900, 10)):
        for column, seed in enumerate((4, 5, 6)):
            one = look_at_objective(tiny_model, PICTURE, "a red star", t, seed)
            assert curve["loss"][row, column] == one.loss
            assert curve["loss_uncond"][row, column] == one.loss_uncond
    assert [(event.done, event.total) for event in events] == [(n, 6) for n in range(1, 7)]
    assert [event.seed for event in events] == [4, 4, 5, 5, 6, 6]
    assert recording.manifest["objective"]["loss"] == look.loss
    assert np.array_equal(recording.image(), PICTURE)
    assert np.array_equal(recording.final_latent(), look.clean)


def test_a_seed_has_one_noise_at_every_timestep(tiny_model):
    one = look_at_objective(tiny_model, PICTURE, "", 10, 7)
    other = look_at_objective(tiny_model, PICTURE, "", 990, 7)
    assert np.array_equal(one.noise, other.noise)
    assert not np.array_equal(one.noised, other.noised)


def test_what_was_drawn_before_it_was_stopped_is_kept(tiny_model, tmp_path):
    drawn = []

    def stop() -> bool:
        return len(drawn) >= 3

    with pytest.raises(Cancelled):
        objective(
            tiny_model,
            PICTURE,
            "",
            out(tmp_path),
            timesteps=[5, 500],
            seeds=2,
            should_stop=stop,
            on_draw=drawn.append,
        )
    recording = Recording.open(out(tmp_path))
    assert recording.status == "cancelled"
    assert np.isnan(recording.capture(1)[0]["loss"]).tolist() == [[False, False], [False, True]]
    assert not any(module._forward_pre_hooks for module in tiny_model.pipeline.unet.modules())


def test_result_of_a_run_is_looked_at_as_it_is(tiny_model, tmp_path):
    from sdinspector.core import RunSpec

    made = run(tiny_model, RunSpec(prompt="a red star", steps=2), tmp_path / "run.sdrec")
    found = look_at_objective(tiny_model, made, "a red star", 300)
    assert np.array_equal(found.clean, made.final_latent())
    words = ["objective", str(made.path), "--model", tiny_model.card.source, "--quiet"]
    assert main([*words, "--timesteps", "5", "--out", str(tmp_path / "o.sdrec")]) == 0
    assert Recording.open(tmp_path / "o.sdrec").spec.prompt == "a red star"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"timesteps": []}, "observe.timesteps"),
        ({"timesteps": [1000]}, "observe.timesteps"),
        ({"timestep": -1}, "observe.timesteps"),
        ({"seeds": 0}, "objective.seeds"),
        ({"gamma": 0.0}, "objective.gamma"),
        ({"gamma": float("nan")}, "objective.gamma"),
        ({"seed": -1}, "spec.range"),
        ({"width": 13}, "spec.size-multiple"),
    ],
)
def test_bad_settings_are_refused_before_anything_is_written(tiny_model, tmp_path, settings, code):
    with pytest.raises(InspectorError) as caught:
        objective(tiny_model, PICTURE, "", out(tmp_path), **settings)
    assert caught.value.code == code
    assert not out(tmp_path).exists()


def test_noised_is_what_is_added_and_what_is_decoded(tiny_model):
    clean = noising.clean_of(tiny_model, PICTURE)
    found = noising.noised(tiny_model, clean.latent, 250, seed=3)
    bar = noising.alpha_bars(tiny_model)[250]
    noise = torch.randn(1, *clean.latent.shape, generator=torch.Generator().manual_seed(3))[0]
    expected = np.sqrt(bar) * clean.latent + np.sqrt(1 - bar) * noise.numpy()
    np.testing.assert_allclose(found.latent, expected, atol=1e-6)
    assert found.picture.shape == (16, 16, 3)
    assert found.alpha_bar == pytest.approx(bar)


def test_even_timesteps_lie_in_the_middle_of_their_shares(tiny_model):
    assert even_timesteps(tiny_model, 4) == [125, 375, 625, 875]
    assert even_timesteps(tiny_model, 1) == [500]


def test_command_writes_recording_table_and_json(tiny_folder, tmp_path, capsys):
    Image.fromarray(PICTURE).save(tmp_path / "in.png")
    words = ["objective", str(tmp_path / "in.png"), "--model", str(tiny_folder), "--quiet"]
    words += ["--out", str(tmp_path / "o.sdrec"), "--csv", str(tmp_path / "o.csv")]
    words += ["--timesteps", "10,500", "--seeds", "2", "--t", "40", "--seed", "1"]
    assert main([*words, "--prompt", "a red star"]) == 0
    assert "without caption" in capsys.readouterr().out
    assert main([*words, "--prompt", "a red star", "--json", "--overwrite"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["timestep"], told["seeds"]) == (40, [1, 2])
    rows = list(csv.DictReader((tmp_path / "o.csv").read_text().splitlines()))
    assert [float(row["loss"]) for row in rows] == [row["loss"] for row in told["curve"]]
    gap = told["curve"][0]["loss_uncond"] - told["curve"][0]["loss"]
    assert told["curve"][0]["gap"] == pytest.approx(gap)
    with pytest.raises(SystemExit):
        main([*words, "--prompt", ""])
    assert "--overwrite" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([*words, "--overwrite"])
    assert "--prompt" in capsys.readouterr().err
