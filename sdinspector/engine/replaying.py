"""Replay: one denoiser call again from the recording, which yields any layer and checks itself."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from sdinspector.core import InspectorError, ShouldStop, denoiser_path
from sdinspector.engine import plain
from sdinspector.engine.attention import check_readable
from sdinspector.engine.capture import Plan, Watcher
from sdinspector.engine.conditioning import COND, Conditioning, from_recording
from sdinspector.engine.devices import DTYPES, memory_errors_explained, to_numpy
from sdinspector.engine.model import Model
from sdinspector.engine.schedules import scaled_input, time_as_tensor
from sdinspector.engine.structure import kind_of
from sdinspector.recording import Call, Recording

WRONG_MODEL = 1e-2
"""Relative difference of a replayed prediction from which on it cannot be the same model."""

_QUANTITIES = ("cross_attention", "cross_attention_uncond", "statistics", "activation")


@dataclass(frozen=True)
class Replay(Mapping[str, NDArray[np.generic]]):
    """Arrays of one replayed call, by the names that step files use.

    Attributes
    ----------
    arrays
        ``"cross_attention/<path>"``, ``"activation/<path>"``, ``"statistics/<path>"``.
    call
        Which scheduler call was replayed.
    verdict
        ``"exact"`` where the prediction is the recorded one to the last bit, else ``"differs"``:
        another machine, precision, or number of threads.
    difference
        Largest difference from the recorded prediction, relative to its largest value.
    """

    arrays: dict[str, NDArray[np.generic]]
    call: int
    verdict: Literal["exact", "differs"]
    difference: float

    def __getitem__(self, name: str) -> NDArray[np.generic]:
        return self.arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)


def replay(
    model: Model,
    recording: Recording,
    step: int,
    layers: Sequence[str] = (),
    *,
    should_stop: ShouldStop | None = None,
) -> Replay:
    """Do one denoiser call again from the recorded x_t and keep what is asked for.

    Parameters
    ----------
    model
        The model of the recording.
    recording
        A run or an observation.
    step
        Number of the scheduler call.
    layers
        Names such as ``"activation/mid_block.attentions.0"``, or module paths alone (with or
        without ``unet.`` in front), which mean the attention of a cross-attention and the
        activation of anything else.
    should_stop
        Asked before every block.

    Returns
    -------
    Replay
        The arrays, and how well the replayed prediction agrees with the recorded one.

    Raises
    ------
    InspectorError
        ``replay.wrong-model`` where it does not agree at all, ``replay.no-layer`` with the
        nearest paths, ``replay.no-conditioning``, ``recording.…``, ``memory.full``.
    """
    plan = _plan(model, layers)
    call = recording.call(step)
    conditioning = from_recording(model, recording.conditioning(), recording.tokens)
    _check_shapes(model, recording, conditioning, step)
    both = "uncond" in call.branches
    name = str(call.metadata.get("tokens", COND))
    dtype = DTYPES.get(str(call.metadata.get("dtype")), model.dtype)
    latents = as_tensor(recording.array(step, "latent"), model, dtype)
    if both:
        latents = torch.cat([latents] * 2)
    watcher = Watcher(model.pipeline.unet, plan)
    columns = conditioning.columns(name, both)
    with (
        torch.no_grad(),
        memory_errors_explained("replaying the step"),
        watcher.watching(columns, should_stop) as kept,
    ):
        output = plain.denoise(
            model,
            scaled_input(latents, call.input_scale),
            time_as_tensor(call.timestep, model.device),
            conditioning.batch(name, both),
            call.scale,
        )
    difference = relative_difference(to_numpy(output), _recorded_prediction(recording, call))
    if difference > WRONG_MODEL:
        raise _wrong_model(model, recording, difference)
    return Replay(kept, step, "exact" if difference == 0.0 else "differs", difference)


def as_tensor(array: NDArray[Any], model: Model, dtype: torch.dtype) -> torch.Tensor:
    """Return a recorded array as the model's tensor with a batch of one in front."""
    return torch.from_numpy(np.array(array)).to(model.device, dtype)[None]


def _recorded_prediction(recording: Recording, call: Call) -> NDArray[np.generic]:
    """Return a call's recorded predictions ``[branch, C, h, w]`` in the order of the batch."""
    return np.stack([recording.array(call.index, f"noise_{name}") for name in call.branches])


def relative_difference(fresh: NDArray[Any], recorded: NDArray[Any]) -> float:
    """Return the largest difference over the largest recorded value.

    0 exactly where the two are equal to the last bit; infinite where shapes differ or a number is
    not finite in one alone.
    """
    if fresh.shape != recorded.shape:
        return float("inf")
    if np.array_equal(fresh, recorded, equal_nan=True):
        return 0.0
    wide = recorded.astype(np.float64)
    apart = float(np.abs(fresh.astype(np.float64) - wide).max()) / (np.abs(wide).max() or 1.0)
    return apart if np.isfinite(apart) and apart > 0.0 else float("inf")


def _check_shapes(
    model: Model, recording: Recording, conditioning: Conditioning, step: int
) -> None:
    """Refuse a model that could not even take the recorded inputs."""
    shape = recording.call(step).shapes.get("latent", ())
    width = conditioning.embeddings[COND].shape[-1]
    config = model.pipeline.unet.config
    if (shape and shape[0] != config.in_channels) or width != config.cross_attention_dim:
        raise _wrong_model(model, recording, float("inf"))


def _wrong_model(model: Model, recording: Recording, difference: float) -> InspectorError:
    name = str(recording.model.get("name") or recording.model.get("source") or "another model")
    how = f" (its predictions differ by {difference:.2g})" if np.isfinite(difference) else ""
    return InspectorError(
        "replay.wrong-model",
        f"{recording.path.name} was made with {name}, and the open model is another one{how}. "
        "Open the model that made it.",
        recorded=name,
        model=model.card.name,
        difference=difference,
    )


def _plan(model: Model, layers: Sequence[str]) -> Plan:
    """Sort the asked-for names into a capture plan."""
    unet = model.pipeline.unet
    modules = dict(unet.named_modules())
    chosen: dict[str, list[str]] = {name: [] for name in _QUANTITIES}
    for name in layers:
        quantity, _, rest = name.partition("/")
        if not rest:
            quantity, rest = "", name
        path = denoiser_path(rest)
        module = modules.get(path)
        if module is None or not path:
            raise _no_layer(path, list(modules))
        is_cross = kind_of(module) == "cross_attention"
        quantity = quantity or ("cross_attention" if is_cross else "activation")
        if quantity not in chosen or (quantity.startswith("cross_attention") and not is_cross):
            wanted = [item for item in modules if kind_of(modules[item]) == "cross_attention"]
            raise _no_layer(f"{quantity}/{path}", wanted)
        if quantity.startswith("cross_attention"):
            check_readable(path, module)
        chosen[quantity].append(path)
    return Plan(
        attention=_once([*chosen["cross_attention"], *chosen["cross_attention_uncond"]]),
        statistics=_once(chosen["statistics"]),
        activations=_once(chosen["activation"]),
        both_branches=bool(chosen["cross_attention_uncond"]),
    )


def _once(paths: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(paths))


def _no_layer(path: str, known: list[str]) -> InspectorError:
    near = difflib.get_close_matches(path.split("/", 1)[-1], known, n=3, cutoff=0.4)
    hint = f" Near: {', '.join(near)}." if near else ""
    return InspectorError(
        "replay.no-layer",
        f"The denoiser has nothing called {path!r} to replay.{hint}",
        layer=path,
        near=near,
    )
