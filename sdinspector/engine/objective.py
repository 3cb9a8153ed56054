"""The training objective, looked at: what the denoiser should have said, and what it said."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from sdinspector.analysis import noise_schedule
from sdinspector.core import Cancelled, CaptureSpec, InspectorError, RunSpec, ShouldStop
from sdinspector.engine import noising, plain
from sdinspector.engine.capture import stoppable
from sdinspector.engine.conditioning import COND, UNCOND
from sdinspector.engine.devices import memory_errors_explained, to_numpy
from sdinspector.engine.libraries import versions
from sdinspector.engine.model import Model
from sdinspector.engine.text import embed, tokenize
from sdinspector.recording import Recording, RecordingWriter

PLACES = 20
"""How many timesteps a curve has where none are named."""


@dataclass(frozen=True)
class Look:
    """One draw of the objective, arrays ``[C, h, w]``.

    Attributes
    ----------
    timestep, seed
        t, and the seed of ε.
    clean, noise, noised
        x₀, ε and x_t = √ᾱ·x₀ + √(1−ᾱ)·ε.
    target
        What the model is trained to say: ε, v = √ᾱ·ε − √(1−ᾱ)·x₀, or x₀.
    prediction, prediction_uncond
        What it says with the caption, and without (an empty one).
    error, error_uncond
        The squared differences from the target, float32.
    loss, loss_uncond
        Their means.
    """

    timestep: int
    seed: int
    clean: NDArray[np.generic]
    noise: NDArray[np.generic]
    noised: NDArray[np.generic]
    target: NDArray[np.generic]
    prediction: NDArray[np.generic]
    prediction_uncond: NDArray[np.generic]
    error: NDArray[np.generic]
    error_uncond: NDArray[np.generic]
    loss: float
    loss_uncond: float

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what a recording keeps, by name."""
        names = ("clean", "noise", "noised", "target", "prediction", "prediction_uncond")
        return {name: getattr(self, name) for name in (*names, "error", "error_uncond")}


@dataclass(frozen=True)
class Prepared:
    """What the looks at one source share.

    Attributes
    ----------
    clean
        x₀ and its picture.
    alpha_bar
        ᾱ of the model's noise schedule, ``[T]``.
    prediction_type
        ``"epsilon"``, ``"v_prediction"`` or ``"sample"``.
    """

    clean: noising.Clean
    alpha_bar: NDArray[np.float64]
    prediction_type: str


@dataclass(frozen=True)
class DrawDone:
    """A draw (t, seed) of the curve that is finished; ``done`` of ``total``."""

    done: int
    total: int
    timestep: int
    seed: int
    loss: float
    loss_uncond: float
    path: Path


Draws: TypeAlias = Generator[DrawDone, None, Recording]


def even_timesteps(model: Model, count: int = PLACES) -> list[int]:
    """Return timesteps spread evenly over the model's schedule, each in the middle of its share."""
    total = int(noising.training_scheduler(model).config.num_train_timesteps)
    return noise_schedule.even_timesteps(total, count)


def prepare(model: Model, source: noising.Source, width: int = 0, height: int = 0) -> Prepared:
    """Encode a source once for many looks; its ``clean`` is a source itself.

    Raises
    ------
    InspectorError
        As :func:`look_at_objective`, but for the timestep.
    """
    kind = noising.prediction_type(noising.training_scheduler(model))
    with torch.no_grad(), memory_errors_explained("encoding the picture"):
        clean = noising.clean_of(model, source, width, height)
    _check_latent(model, clean.latent)
    return Prepared(clean, noising.alpha_bars(model), kind)


def look_at_objective(
    model: Model,
    source: noising.Source,
    caption: str,
    timestep: int,
    seed: int = 0,
    *,
    width: int = 0,
    height: int = 0,
    should_stop: ShouldStop | None = None,
) -> Look:
    """Look at the objective for one picture, caption, timestep and noise.

    Parameters
    ----------
    model
        The open model.
    source, width, height
        See :func:`sdinspector.engine.noising.clean_of`.
    caption
        The text that goes with the picture.
    timestep, seed
        t, and the seed of ε.
    should_stop
        Asked before every block of the denoiser.

    Raises
    ------
    InspectorError
        ``observe.timesteps``, ``picture.…``, ``latent.shape``, ``objective.no-latent``,
        ``scheduler.prediction-type``, ``memory.full``.
    Cancelled
        ``should_stop`` said so.
    """
    noising.checked_timesteps(model, [timestep])
    with torch.no_grad(), memory_errors_explained("looking at the objective"):
        clean = noising.clean_of(model, source, width, height)
        return _Objective(model, clean.latent, caption).look(timestep, seed, should_stop)


def objective(
    model: Model,
    source: noising.Source,
    caption: str,
    out: str | Path,
    *,
    on_draw: Any = None,
    **settings: Any,
) -> Recording:
    """Record the objective; see :func:`objective_iter`. ``on_draw`` gets each :class:`DrawDone`."""
    with closing(objective_iter(model, source, caption, out, **settings)) as draws:
        while True:
            try:
                done = next(draws)
            except StopIteration as end:
                recording: Recording = end.value
                return recording
            if on_draw is not None:
                on_draw(done)


def objective_iter(
    model: Model,
    source: noising.Source,
    caption: str,
    out: str | Path,
    *,
    timestep: int | None = None,
    seed: int = 0,
    timesteps: Sequence[int] | None = None,
    seeds: int = 4,
    gamma: float = noise_schedule.GAMMA,
    width: int = 0,
    height: int = 0,
    should_stop: ShouldStop | None = None,
    overwrite: bool = False,
) -> Draws:
    """Record one look at the objective and the loss over t, yielding after each draw.

    Every draw is a call of its own with a batch of one, so that its loss is what anyone computes
    for the same x₀, t and seed. A seed's ε is the same at every t: the curve of a seed is smooth,
    and the spread between seeds is that of noise alone. Seeds go one after another, so that what
    was finished when it is stopped is whole curves; the rest of the arrays is NaN.

    Parameters
    ----------
    model, source, caption, width, height, should_stop
        See :func:`look_at_objective`.
    out, overwrite
        The recording's folder, of the kind ``objective``, and whether one may be replaced.
    timestep, seed
        Of the look; the middle of the schedule where left out.
    timesteps
        Of the curve; twenty spread evenly where left out.
    seeds
        How many of the curve: ``seed``, ``seed`` + 1, …
    gamma
        γ of the min-SNR weights that are drawn in.

    Raises
    ------
    InspectorError
        As :func:`look_at_objective`; ``objective.seeds``, ``objective.gamma``, ``recording.…``.
    Cancelled
        ``should_stop`` said so.
    """
    places = noising.checked_timesteps(
        model, even_timesteps(model) if timesteps is None else timesteps
    )
    timestep = even_timesteps(model, 1)[0] if timestep is None else timestep
    noising.checked_timesteps(model, [timestep])
    _check(seeds, gamma)
    spec = RunSpec(
        prompt=caption,
        seed=seed,
        steps=1,
        width=width,
        height=height,
        init=noising.source_text(source),
        capture=CaptureSpec.nothing(),
    )
    spec.validate(model.card.size_multiple)
    with torch.no_grad(), memory_errors_explained("encoding the picture"):
        clean = noising.clean_of(model, source, width, height)
        draws = _Objective(model, clean.latent, caption)
    curve = _Curve(places, list(range(seed, seed + seeds)))
    with RecordingWriter(
        out,
        kind="objective",
        spec=spec,
        model=model.about(),
        tokens={COND: tokenize(model, caption).tokens, UNCOND: tokenize(model, "").tokens},
        preview=model.card.preview,
        libraries=versions(),
        overwrite=overwrite,
        extra={"threads": torch.get_num_threads()},
    ) as writer:
        writer.image(clean.picture)
        writer.final(clean.latent)
        look = draws.look(timestep, seed, should_stop)
        writer.capture(look.arrays(), {"timestep": timestep, "seed": seed})
        alpha_bar = noising.alpha_bars(model)
        about = {"schedule_timesteps": len(alpha_bar), **_about(look, curve, draws.kind, gamma)}
        writer.update(objective=about)
        try:
            for done, (row, column) in enumerate(curve.cells(), start=1):
                found = draws.losses(places[row], curve.seeds[column], should_stop)
                curve.take(row, column, found)
                yield DrawDone(
                    done,
                    curve.loss.size,
                    places[row],
                    curve.seeds[column],
                    *found,
                    path=writer.path,
                )
        finally:
            writer.capture(curve.arrays(alpha_bar, draws.kind, gamma), {})
    return Recording.open(writer.path)


def _check(seeds: int, gamma: float) -> None:
    if seeds < 1:
        raise InspectorError(
            "objective.seeds", f"A curve needs one seed or more, not {seeds}.", seeds=seeds
        )
    if not (np.isfinite(gamma) and gamma > 0.0):
        raise InspectorError(
            "objective.gamma", f"Gamma must be a number above 0, not {gamma}.", gamma=gamma
        )


def _check_latent(model: Model, latent: NDArray[Any]) -> None:
    channels = model.card.latent_channels
    if latent.ndim != 3 or latent.shape[0] != channels:
        raise InspectorError(
            "latent.shape",
            f"A latent of this model has the shape [{channels}, h, w], not {list(latent.shape)}.",
            channels=channels,
            shape=list(latent.shape),
        )


def _about(look: Look, curve: _Curve, kind: str, gamma: float) -> dict[str, Any]:
    return {
        "prediction_type": kind,
        "timestep": look.timestep,
        "seed": look.seed,
        "loss": look.loss,
        "loss_uncond": look.loss_uncond,
        "timesteps": curve.timesteps,
        "seeds": curve.seeds,
        "gamma": gamma,
    }


@dataclass
class _Curve:
    """Losses ``[timesteps, seeds]`` as they come in; NaN where none has."""

    timesteps: list[int]
    seeds: list[int]
    loss: NDArray[np.float64] = field(init=False)
    loss_uncond: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        shape = (len(self.timesteps), len(self.seeds))
        self.loss, self.loss_uncond = np.full(shape, np.nan), np.full(shape, np.nan)

    def cells(self) -> list[tuple[int, int]]:
        """Row and column of each draw in order: a seed's whole curve after another's."""
        rows = range(len(self.timesteps))
        return [(row, column) for column in range(len(self.seeds)) for row in rows]

    def take(self, row: int, column: int, losses: tuple[float, float]) -> None:
        self.loss[row, column], self.loss_uncond[row, column] = losses

    def arrays(
        self, alpha_bar: NDArray[np.float64], kind: str, gamma: float
    ) -> dict[str, NDArray[Any]]:
        """Return what a recording keeps of the curve, by name."""
        snr = noise_schedule.curves(alpha_bar).snr[self.timesteps]
        return {
            "timesteps": np.array(self.timesteps, dtype=np.int64),
            "seeds": np.array(self.seeds, dtype=np.int64),
            "loss": self.loss,
            "loss_uncond": self.loss_uncond,
            "snr": snr,
            "weight": noise_schedule.min_snr_weight(snr, kind, gamma),
        }


class _Objective:
    """The objective of one x₀ and caption: embeddings made once for the many draws."""

    def __init__(self, model: Model, latent: NDArray[Any], caption: str) -> None:
        self._model = model
        self._scheduler = noising.training_scheduler(model)
        self.kind = noising.prediction_type(self._scheduler)
        _check_latent(model, latent)
        self._cond, self._uncond = embed(model, caption, "")
        self._clean = noising.as_latents(model, latent, self._cond.dtype)
        self._noise: tuple[int, torch.Tensor] | None = None

    @torch.no_grad()
    def look(self, timestep: int, seed: int, should_stop: ShouldStop | None) -> Look:
        noise, noised, target = self._pose(timestep, seed)
        cond, uncond = self._answers(noised, timestep, should_stop)
        error, error_uncond = _squared(cond, target), _squared(uncond, target)
        return Look(
            timestep=timestep,
            seed=seed,
            clean=to_numpy(self._clean[0]),
            noise=to_numpy(noise[0]),
            noised=to_numpy(noised[0]),
            target=to_numpy(target[0]),
            prediction=to_numpy(cond[0]),
            prediction_uncond=to_numpy(uncond[0]),
            error=to_numpy(error[0]),
            error_uncond=to_numpy(error_uncond[0]),
            loss=float(error.mean()),
            loss_uncond=float(error_uncond.mean()),
        )

    @torch.no_grad()
    def losses(
        self, timestep: int, seed: int, should_stop: ShouldStop | None
    ) -> tuple[float, float]:
        """Return the loss with the caption and without."""
        _, noised, target = self._pose(timestep, seed)
        cond, uncond = self._answers(noised, timestep, should_stop)
        return float(_squared(cond, target).mean()), float(_squared(uncond, target).mean())

    def _pose(self, timestep: int, seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return ε, x_t and the target."""
        if self._noise is None or self._noise[0] != seed:
            drawn = noising.noise_of(seed, self._clean.shape, self._model, self._clean.dtype)
            self._noise = (seed, drawn)
        noise = self._noise[1]
        time = torch.tensor([timestep], device=self._model.device)
        noised = self._scheduler.add_noise(self._clean, noise, time)
        return noise, noised, noising.target_of(self._scheduler, self._clean, noise, time)

    def _answers(
        self, noised: torch.Tensor, timestep: int, should_stop: ShouldStop | None
    ) -> list[torch.Tensor]:
        """Return what the denoiser says with the caption and without."""
        if should_stop is not None and should_stop():
            raise Cancelled
        time = torch.tensor(timestep, device=self._model.device)
        with (
            memory_errors_explained("looking at the objective"),
            stoppable(self._model.pipeline.unet, should_stop),
        ):
            return [
                plain.denoise(self._model, noised, time, text, 1.0)
                for text in (self._cond, self._uncond)
            ]


def _squared(prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return (prediction.float() - target.float()) ** 2
