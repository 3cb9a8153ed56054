"""Training on captions against others that say one fact wrong."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from sdinspector.engine.training_contrast import (
    Contrast,
    OpposedBank,
    contrast_loss,
    object_weights,
)
from sdinspector.worlds import ShapesWorld
from sdinspector.worlds.opposites import Opposite

PLAIN = Contrast(share=1.0, caption_noise=0.0, caption_dropout=0.0, fade=0.25)


def items(count: int, *, detail: bool = False) -> list[tuple[Tensor, str, Opposite]]:
    latents = torch.randn(count, 4, 16, 16, generator=torch.Generator().manual_seed(1))
    return [(latent, "right", Opposite("wrong", detail)) for latent in latents]


def states(captions: list[str]) -> Tensor:
    """The caption's truth as a state: 0 for the right one, 1 for a wrong one."""
    values = torch.tensor([float(caption == "wrong") for caption in captions])
    return values[:, None, None].expand(-1, 77, 8)


def run(denoise, how: Contrast, done: float = 0.0, *, detail: bool = False):
    loss = contrast_loss(denoise, states, how, lambda: done)
    return loss(items(8, detail=detail), torch.Generator().manual_seed(2))


def test_a_denoiser_that_does_not_read_pays_the_margin() -> None:
    def deaf(latents: Tensor, timesteps: Tensor, text: Tensor) -> Tensor:
        return torch.zeros_like(latents)

    total, figures = run(deaf, PLAIN)
    plain, _ = run(deaf, PLAIN, done=1.0)
    assert figures["gap"] == 0.0
    assert float(total - plain) == pytest.approx(PLAIN.weight * figures["hinge"], rel=1e-4)
    # Without a gap all of the margin is missing.
    assert figures["hinge"] == pytest.approx(PLAIN.margin * float(plain), rel=1e-4)
    _, detail = run(deaf, PLAIN, detail=True)
    assert detail["hinge"] > 0.0


def test_a_denoiser_that_does_worse_with_the_wrong_caption_pays_nothing() -> None:
    def reads(latents: Tensor, timesteps: Tensor, text: Tensor) -> Tensor:
        return torch.zeros_like(latents) + 3.0 * text[:, :1, :1, None]

    total, figures = run(reads, PLAIN)
    plain, _ = run(reads, PLAIN, done=1.0)
    assert figures["hinge"] == 0.0
    assert figures["gap"] > PLAIN.margin
    assert torch.equal(total, plain)


def test_the_gradient_widens_the_gap() -> None:
    voice = torch.full((1,), 0.01, requires_grad=True)

    def reads(latents: Tensor, timesteps: Tensor, text: Tensor) -> Tensor:
        return voice * text[:, :1, :1, None] + torch.zeros_like(latents)

    total, before = run(reads, PLAIN)
    total.backward()
    with torch.no_grad():
        voice -= 0.5 * voice.grad
    _, after = run(reads, PLAIN)
    assert after["gap"] > before["gap"]


def test_the_contrast_fades_over_the_last_part() -> None:
    def deaf(latents: Tensor, timesteps: Tensor, text: Tensor) -> Tensor:
        return torch.zeros_like(latents)

    totals = [float(run(deaf, PLAIN, done)[0]) for done in (0.0, 0.75, 0.875, 1.0)]
    assert totals[0] == totals[1]
    assert totals[2] == pytest.approx((totals[1] + totals[3]) / 2, rel=1e-5)
    assert totals[3] < totals[2] < totals[1]


def test_only_a_share_is_opposed_and_only_the_rest_loses_captions() -> None:
    asked: list[str] = []

    def note(captions: list[str]) -> Tensor:
        asked.extend(captions)
        return states(captions)

    how = Contrast(share=0.5, caption_dropout=1.0)
    loss = contrast_loss(lambda latents, *_: 0 * latents, note, how, lambda: 0.0)
    loss(items(8), torch.Generator().manual_seed(0))
    assert asked == ["right"] * 4 + [""] * 4 + ["wrong"] * 4


def test_objects_have_half_of_the_weight() -> None:
    latents = torch.zeros(1, 4, 16, 16)
    latents[:, :, 4:8, 4:8] = 2.0
    weights = object_weights(latents)
    assert weights.mean() == pytest.approx(1.0)
    # Half is spread over all, half over the object's sixteenth.
    assert weights[0, 5, 5] / weights[0, 0, 0] == pytest.approx(17.0)


def test_a_bank_has_the_captions_of_its_world() -> None:
    world = ShapesWorld(1)
    bank = OpposedBank.of(torch.zeros(5, 4, 16, 16), world)
    assert len(bank) == 5
    for index in range(5):
        _, caption, opposite = bank[index]
        assert caption == world.scene(index)[1].text
        assert opposite.text != caption
