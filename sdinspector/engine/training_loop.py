"""The training loop that every stage shares: optimizer, schedule, average, saved state.

A stage gives a module and a function from (batch, generator) to a loss; the loop does the rest and
yields an event a step. Stopped at any step and resumed, it ends with the weights that an
uninterrupted run of the same seed has: what chance a step sees follows from the saved generators,
and its data from the seed and the step's number alone.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from sdinspector.core import InspectorError

ItemT_co = TypeVar("ItemT_co", covariant=True)
ItemT = TypeVar("ItemT")

STATE_FORMAT = "sdinspector-training"
STATE_VERSION = 1


class Collection(Protocol[ItemT_co]):
    """Training data: a fixed number of items, each always the same."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> ItemT_co: ...


@dataclass(frozen=True)
class LoopOptions:
    """How long and how fast to train.

    Attributes
    ----------
    steps
        Optimizer steps in all; the schedule ends with the last.
    batch
        Items a step.
    learning_rate
        Its peak: reached after `warmup` steps, then down to `final_rate` of it along a cosine.
    warmup
        Steps of linear rise.
    final_rate
        Learning rate at the end, as a part of the peak.
    weight_decay
        Of AdamW.
    clip
        Largest norm of the gradient.
    average
        Decay of the exponential moving average of the weights, a step.
    seed
        Of data order and of all chance.
    save_seconds
        Time between two saved states.
    accumulation
        Batches whose gradients are added up for one step.
    """

    steps: int
    batch: int
    learning_rate: float
    warmup: int = 100
    final_rate: float = 0.02
    weight_decay: float = 0.01
    clip: float = 1.0
    average: float = 0.999
    seed: int = 0
    save_seconds: float = 120.0
    accumulation: int = 1

    def rate(self, step: int) -> float:
        """Learning rate of a step (0 is the first)."""
        if step < self.warmup:
            return self.learning_rate * (step + 1) / self.warmup
        part = (step - self.warmup) / max(1, self.steps - self.warmup)
        cosine = 0.5 * (1.0 + math.cos(math.pi * min(1.0, part)))
        return self.learning_rate * (self.final_rate + (1.0 - self.final_rate) * cosine)


@dataclass(frozen=True)
class TrainingEvent:
    """What one step gave.

    Attributes
    ----------
    done, total
        Steps done and to do.
    metrics
        "loss", "learning_rate", "gradient_norm", "seconds" and what the stage adds.
    """

    done: int
    total: int
    metrics: dict[str, float]


LossFunction = Callable[[Sequence[Any], torch.Generator], tuple[Tensor, dict[str, float]]]
"""From the items of a batch and a generator to the loss and further figures."""


def batch_indices(seed: int, step: int, batch: int, length: int) -> list[int]:
    """Which items a step sees: a new order each time that all were seen.

    A function of its arguments alone, so that a resumed run needs no saved order.
    """
    if length < 1:
        raise InspectorError("training.empty", "There is nothing to train on: no items.")
    indices: list[int] = []
    position = step * batch
    while len(indices) < batch:
        epoch, offset = divmod(position + len(indices), length)
        order = _order(seed, epoch, length)
        indices.extend(int(i) for i in order[offset : offset + batch - len(indices)])
    return indices


_orders: dict[tuple[int, int, int], np.ndarray[Any, np.dtype[np.int64]]] = {}


def _order(seed: int, epoch: int, length: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    key = (seed, epoch, length)
    if key not in _orders:
        # Only the running order and, at its border, the next are ever asked for again.
        while len(_orders) > 3:
            del _orders[next(iter(_orders))]
        _orders[key] = np.random.default_rng((seed, epoch)).permutation(length)
    return _orders[key]


class Training:
    """Weights on their way: module, average, optimizer, generator and the count of steps.

    Attributes
    ----------
    module
        What is trained; all that requires gradients.
    average
        Name to averaged weight, float32: what is worth keeping at the end.
    done
        Steps done.
    gradients
        Norm of each trained parameter's gradient in the last step, by name; empty unless
        ``watched``.

    Parameters
    ----------
    partial
        Keep in saved states what is trained alone: the rest comes with the model.
    watched
        Note the norms of the gradients.
    """

    def __init__(
        self,
        module: nn.Module,
        options: LoopOptions,
        *,
        partial: bool = False,
        watched: bool = False,
    ) -> None:
        self.module = module
        self.options = options
        self.done = 0
        self.partial, self.watched = partial, watched
        self.gradients: dict[str, float] = {}
        self.named = {n: p for n, p in module.named_parameters() if p.requires_grad}
        self.average = {n: p.detach().clone() for n, p in self.named.items()}
        self.optimizer = torch.optim.AdamW(
            list(self.named.values()),
            lr=options.learning_rate,
            weight_decay=options.weight_decay,
            betas=(0.9, 0.99),
            fused=True,  # a third of the time of the plain one on a CPU
        )
        self.generator = torch.Generator("cpu").manual_seed(options.seed)

    def save(self, path: Path) -> None:
        """Write the whole state, at once or not at all."""
        state = {
            "format": STATE_FORMAT,
            "version": STATE_VERSION,
            "done": self.done,
            "module": self.named if self.partial else self.module.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(path.name + ".part")
        try:
            with temporary.open("wb") as file:
                torch.save(state, file)
            temporary.replace(path)
        except (OSError, RuntimeError) as error:  # torch's writer has errors of its own
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise InspectorError(
                "training.write",
                f"{path} cannot be written: {error}. Make room on the disk; the state saved before "
                "is kept.",
                path=str(path),
                why=str(error),
            ) from error

    def load(self, path: Path) -> None:
        """Go on from a saved state.

        Raises
        ------
        InspectorError
            "training.state": the file is no training state, or one of another model.
        """
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
            if state["format"] != STATE_FORMAT or state["version"] != STATE_VERSION:
                raise ValueError("unknown format or version")
            if self.partial and set(state["module"]) != set(self.named):
                raise ValueError("other weights are trained there")
            self.module.load_state_dict(state["module"], strict=not self.partial)
            self.optimizer.load_state_dict(state["optimizer"])
            with torch.no_grad():
                for name, value in self.average.items():
                    value.copy_(state["average"][name])
            self.generator.set_state(state["generator"])
            self.done = int(state["done"])
        except Exception as error:
            raise InspectorError(
                "training.state",
                f"{path} is no state that this training can go on from: {error}",
                path=str(path),
                why=str(error),
            ) from error

    def apply_average(self) -> None:
        """Put the averaged weights in the place of the trained ones."""
        with torch.no_grad():
            for name, parameter in self.named.items():
                parameter.copy_(self.average[name])

    def step(self, items: Sequence[Any], compute_loss: LossFunction) -> dict[str, float]:
        """One optimizer step.

        Raises
        ------
        InspectorError
            "training.diverged": the loss or its gradient is not finite; the weights are as before.
        """
        rate = self.options.rate(self.done)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        parts = self.options.accumulation
        size = -(-len(items) // parts)
        value = 0.0
        metrics: dict[str, float] = {}
        for start in range(0, len(items), size):
            some = items[start : start + size]
            share = len(some) / len(items)
            loss, figures = compute_loss(some, self.generator)
            self._check("loss", float(loss.detach()))
            (loss * share).backward()  # type: ignore[no-untyped-call]
            value += share * float(loss.detach())
            for name, figure in figures.items():
                metrics[name] = metrics.get(name, 0.0) + share * figure
        if self.watched:
            self._note_gradients()
        norm = nn.utils.clip_grad_norm_(self.named.values(), self.options.clip)
        self._check("gradient", float(norm))
        self.optimizer.step()
        self.done += 1
        # A young average forgets faster, or it would hold the random start for long.
        decay = min(self.options.average, (1.0 + self.done) / (10.0 + self.done))
        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.average.values()), list(self.named.values()), 1.0 - decay
            )
        return {"loss": value, "learning_rate": rate, "gradient_norm": float(norm), **metrics}

    def _check(self, what: str, value: float) -> None:
        """Stop before a number that is none reaches the weights."""
        if not math.isfinite(value):
            raise InspectorError(
                "training.diverged",
                f"The {what} is {value} at step {self.done + 1}; try a smaller learning rate.",
                what=what,
                value=value,
                step=self.done + 1,
            )

    def _note_gradients(self) -> None:
        named = {name: weight.grad for name, weight in self.named.items()}
        there = {name: gradient for name, gradient in named.items() if gradient is not None}
        norms = torch._foreach_norm(list(there.values()))  # noqa: SLF001
        values = torch.stack(norms).tolist() if norms else []
        self.gradients = dict(zip(there, values, strict=True))


def train(
    training: Training,
    data: Collection[ItemT],
    compute_loss: Callable[[Sequence[ItemT], torch.Generator], tuple[Tensor, dict[str, float]]],
    *,
    state: Path | None = None,
    resume: bool = True,
    should_stop: Callable[[], bool] | None = None,
) -> Iterator[TrainingEvent]:
    """Train until the options' last step, yielding an event a step.

    Parameters
    ----------
    training
        What to train; changed in place.
    data
        Items to learn from.
    compute_loss
        From the items of a batch and a generator to the loss and further figures.
    state
        File that keeps the state, written every `save_seconds`, when stopped, closed or diverged,
        and at the end.
    resume
        Whether to go on from that file where it exists.
    should_stop
        Asked before each step; True ends the loop (the state is saved).
    """
    if resume and state is not None and state.exists():
        training.load(state)
    options = training.options
    saved = time.monotonic()
    training.module.train()
    while training.done < options.steps:
        if should_stop is not None and should_stop():
            break
        start = time.monotonic()
        together = options.batch * options.accumulation
        chosen = batch_indices(options.seed, training.done, together, len(data))
        try:
            metrics = training.step([data[i] for i in chosen], compute_loss)
            metrics["seconds"] = time.monotonic() - start
            yield TrainingEvent(training.done, options.steps, metrics)
        except (InspectorError, GeneratorExit):
            if state is not None:  # the weights are those of the last good step
                training.save(state)
            raise
        if state is not None and time.monotonic() - saved > options.save_seconds:
            training.save(state)
            saved = time.monotonic()
    if state is not None:
        training.save(state)
