"""What can be saved of the schedulers viewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis.noise_schedule import NoiseCurves, NoiseLevels
from sdinspector.app.texts import tr
from sdinspector.core import FigureSpec, ModelCard
from sdinspector.export import colours
from sdinspector.viewers.schedulers.data import (
    LOGARITHMIC,
    Clean,
    Quantity,
    strides,
    values_of,
)
from sdinspector.viewers.schedulers.wording import SYMBOLS


def of_levels(
    curve: NoiseCurves,
    levels: Mapping[str, NoiseLevels],
    quantity: Quantity,
    model: ModelCard | None,
) -> list[FigureSpec]:
    """Return the training curve, the levels and step sizes by call, and a table of all calls."""
    about = _about(levels, model)
    symbol = SYMBOLS[quantity]
    scale = "log" if quantity in LOGARITHMIC else "linear"
    found = [
        FigureSpec(
            name=f"noise-schedule-{quantity}",
            title=tr("Noise schedule of the training: {quantity}", quantity=symbol),
            kind="lines",
            arrays={"x": np.arange(len(curve.alpha_bar)), quantity: values_of(curve, quantity)},
            unit=symbol,
            about={**about, "x_label": "t", "y_scale": scale},
        )
    ]
    if not levels:
        return found
    for name, title, unit, axis, read in (
        (
            f"schedulers-{quantity}",
            tr("{quantity} at each call", quantity=symbol),
            symbol,
            scale,
            lambda one: values_of(one, quantity),
        ),
        (
            "schedulers-timesteps",
            tr("Timesteps that are visited"),
            "t",
            "linear",
            lambda one: one.timesteps,
        ),
        ("schedulers-step-sizes", tr("Step sizes, Δ log SNR"), "Δ log SNR", "linear", strides),
    ):
        found.append(
            FigureSpec(
                name=name,
                title=title,
                kind="lines",
                arrays=_by_call(levels, read),
                unit=unit,
                about={**about, "x_label": tr("call"), "y_scale": axis, "marker": "o"},
            )
        )
    found.append(
        FigureSpec(
            name="schedulers-calls",
            title=tr("All calls of the schedulers"),
            kind="table",
            arrays=_table(levels),
            about=about,
        )
    )
    return found


def _about(levels: Mapping[str, NoiseLevels], model: ModelCard | None) -> dict[str, Any]:
    return {
        "model": "" if model is None else model.name,
        "digest": "" if model is None else model.digest,
        "schedulers": {name: one.scheduler for name, one in levels.items()},
        "steps": {name: one.steps for name, one in levels.items()},
    }


def _by_call(
    levels: Mapping[str, NoiseLevels], read: Callable[[NoiseLevels], NDArray[np.float64]]
) -> dict[str, NDArray[Any]]:
    """Return one curve a scheduler over the calls, from 1; what ends sooner leaves a gap."""
    most = max(len(one.sigma) for one in levels.values())
    arrays: dict[str, NDArray[Any]] = {"x": np.arange(1, most + 1)}
    for name, one in levels.items():
        padded = np.full(most, np.nan)
        padded[: len(one.sigma)] = read(one)
        arrays[name] = padded
    return arrays


def _table(levels: Mapping[str, NoiseLevels]) -> dict[str, NDArray[Any]]:
    each = list(levels.items())
    columns: dict[str, Callable[[NoiseLevels], Any]] = {
        "call": lambda one: range(len(one.sigma)),
        "step": lambda one: np.asarray(one.step) + 1,
        "call_of_step": lambda one: one.order,
        "timestep": lambda one: one.timesteps,
        "alpha_bar": lambda one: one.alpha_bar,
        "sigma": lambda one: one.sigma,
        "snr": lambda one: one.snr,
        "delta_log_snr": strides,
    }
    names = np.concatenate([np.full(len(one.sigma), name) for name, one in each])
    return {
        "scheduler": names,
        **{
            column: np.concatenate([np.asarray(read(one)) for _, one in each])
            for column, read in columns.items()
        },
    }


def of_noise(
    clean: Clean,
    arrays: Mapping[str, NDArray[np.float32]],
    pictures: Mapping[str, NDArray[np.uint8]],
    about: Mapping[str, Any],
    colour_map: str,
) -> list[FigureSpec]:
    """Return the pictures of a noised latent, and its channels beside those of x₀ and ε.

    Parameters
    ----------
    clean
        Where it is from.
    arrays
        ``latent`` x_t, ``clean`` x₀ and ``noise`` ε, each ``[C, h, w]``.
    pictures
        ``decoded``, ``colours`` (linear) and ``original``, those that there are.
    about
        Timestep, seed, ᾱ and what follows from it.
    colour_map
        Of the channels.
    """
    settings = {**clean.about, **about}
    t = int(about["timestep"])
    titles = {
        "decoded": tr("x_t decoded, t = {t}", t=t),
        "colours": tr("x_t in linear colours, t = {t}", t=t),
        "original": tr("x₀ of {name}", name=clean.name),
    }
    found = [
        FigureSpec(
            name=f"noised-{name}-t{t:04d}" if name != "original" else "noised-original",
            title=titles[name],
            kind="rgb",
            arrays={"image": picture},
            about=settings,
        )
        for name, picture in pictures.items()
    ]
    labels = [tr("channel {number}", number=number) for number in range(len(arrays["latent"]))]
    table = colour_map if colour_map in colours.NAMES else colours.DIVERGING[0]
    titles = {
        "latent": tr("x_t, channels, t = {t}", t=t),
        "clean": tr("x₀, channels"),
        "noise": tr("ε, channels, seed {seed}", seed=about["seed"]),
    }
    found += [
        FigureSpec(
            name=f"noised-{name}-t{t:04d}" if name == "latent" else f"noised-{name}",
            title=titles[name],
            kind="mosaic",
            arrays={"maps": values},
            colour_map=table,
            unit=tr("latent units"),
            about={**settings, "labels": labels},
        )
        for name, values in arrays.items()
    ]
    return found
