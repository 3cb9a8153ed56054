from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from sdinspector.core import InspectorError
from sdinspector.engine.training_loop import LoopOptions, Training, batch_indices, train

OPTIONS = LoopOptions(steps=12, batch=4, learning_rate=1e-2, warmup=3, save_seconds=1e9)
POINTS = [torch.tensor([float(i), float(i % 3)]) for i in range(10)]


def _training(options: LoopOptions = OPTIONS) -> Training:
    torch.manual_seed(0)
    return Training(nn.Sequential(nn.Linear(2, 8), nn.SiLU(), nn.Linear(8, 1)), options)


def _loss_of(training: Training):  # type: ignore[no-untyped-def]
    def loss(
        items: Sequence[Tensor], generator: torch.Generator
    ) -> tuple[Tensor, dict[str, float]]:
        batch = torch.stack(list(items))
        noise = torch.randn(batch.shape, generator=generator)
        return (training.module(batch + noise) - batch.sum(1, keepdim=True)).square().mean(), {}

    return loss


def _train_until(training: Training, stop: int, state: Path) -> None:
    def reached() -> bool:
        return training.done >= stop

    list(train(training, POINTS, _loss_of(training), state=state, should_stop=reached))


def test_a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one(tmp_path: Path) -> None:
    whole = _training()
    list(train(whole, POINTS, _loss_of(whole)))
    state = tmp_path / "state"
    for stop in (5, 9, 12):
        part = _training()
        torch.manual_seed(stop)  # what else happens to chance must not matter
        _train_until(part, stop, state)
        assert part.done == stop
    for name, weight in whole.named.items():
        assert torch.equal(weight, part.named[name])
        assert torch.equal(whole.average[name], part.average[name])


def test_stopping_keeps_the_step_that_was_done(tmp_path: Path) -> None:
    training = _training()
    asked = iter([False, False, True])
    events = list(
        train(
            training,
            POINTS,
            _loss_of(training),
            state=tmp_path / "state",
            should_stop=lambda: next(asked),
        )
    )
    assert [event.done for event in events] == [1, 2]
    again = _training()
    again.load(tmp_path / "state")
    assert again.done == 2


def test_every_item_is_seen_once_before_any_is_seen_twice() -> None:
    seen = [i for step in range(5) for i in batch_indices(0, step, 4, 10)]
    assert sorted(seen[:10]) == list(range(10))
    assert sorted(seen[10:20]) == list(range(10))
    assert seen[:10] != seen[10:20]
    assert len(batch_indices(0, 0, 25, 10)) == 25


def test_no_data_is_an_error() -> None:
    training = _training()
    with pytest.raises(InspectorError) as caught:
        next(train(training, [], _loss_of(training)))
    assert caught.value.code == "training.empty"


def test_the_rate_rises_to_its_peak_and_falls_along_a_cosine() -> None:
    options = LoopOptions(steps=100, batch=1, learning_rate=1.0, warmup=10, final_rate=0.1)
    rates = [options.rate(step) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[10] == pytest.approx(1.0)
    assert rates[55] == pytest.approx(0.55)
    assert rates[100] == pytest.approx(0.1)
    assert all(a >= b for a, b in itertools.pairwise(rates[10:]))


def test_a_loss_that_is_not_finite_ends_training_and_leaves_the_weights() -> None:
    training = _training()
    before = [weight.clone() for weight in training.named.values()]
    with pytest.raises(InspectorError) as caught:
        training.step(POINTS[:2], lambda _items, _generator: (torch.tensor(float("nan")), {}))
    assert caught.value.code == "training.diverged"
    assert all(torch.equal(a, b) for a, b in zip(before, training.named.values(), strict=True))


@pytest.mark.parametrize("damage", ["cut", "other model", "no state"])
def test_a_state_that_does_not_fit_is_a_clear_error(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "state"
    training = _training()
    training.save(path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:200])
    elif damage == "other model":
        training = Training(nn.Linear(2, 2), OPTIONS)
    else:
        torch.save({"weights": 1}, path)
    with pytest.raises(InspectorError) as caught:
        training.load(path)
    assert caught.value.code == "training.state"
    assert str(path) in caught.value.message


def test_a_state_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.with_name("state.part").mkdir()
    with pytest.raises(InspectorError) as caught:
        _training().save(path)
    assert caught.value.code == "training.write"


def test_the_average_follows_the_weights() -> None:
    training = _training()
    list(train(training, POINTS, _loss_of(training)))
    average = {name: value.clone() for name, value in training.average.items()}
    assert any(not torch.equal(average[name], training.named[name]) for name in average)
    training.apply_average()
    assert all(torch.equal(average[name], training.named[name]) for name in average)
