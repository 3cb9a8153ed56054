"""Replay: one denoiser call again from the recording, which yields any layer and checks itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sdinspector.core import InspectorError, ShouldStop, Verdict, verdict_of, worse
from sdinspector.engine import components, plain
from sdinspector.engine.capture import Plan, Watcher, stoppable
from sdinspector.engine.comparing import WRONG_MODEL, WRONG_PICTURE, relative_difference
from sdinspector.engine.conditioning import COND, Conditioning, from_recording
from sdinspector.engine.copying import Kept
from sdinspector.engine.devices import DTYPES, memory_errors_explained, to_numpy
from sdinspector.engine.model import Model
from sdinspector.engine.schedules import scaled_input, time_as_tensor
from sdinspector.engine.wanted import Wanted, never_called, read_names
from sdinspector.recording import Call, Recording


@dataclass(frozen=True)
class Replay(Mapping[str, NDArray[np.generic]]):
    """Arrays of one replayed call, by the names that step files use.

    Attributes
    ----------
    arrays
        All that was asked for, by name.
    call
        Which scheduler call was replayed.
    verdict
        ``"exact"`` where the prediction is the recorded one to the last bit, else ``"differs"``:
        another machine, precision, or number of threads. For the text encoder the embeddings are
        compared, for the VAE the picture or latent; ``"unchecked"`` where none is recorded.
    difference
        Largest difference from the recorded prediction, relative to its largest value; not a
        number where it is unchecked.
    """

    arrays: Kept
    call: int
    verdict: Verdict
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
        Names of arrays, or module paths alone (with or without ``unet.`` in front), which mean
        the attention of a cross-attention and the activation of anything else.

        ``cross_attention/<path>``, ``cross_attention_uncond/<path>``
            Probabilities ``[heads, tokens, h, w]`` float16, the last column all padding.
        ``self_attention/<path>@<row>,<column>``
            ``[heads, h, w]`` float32: what that cell of the layer's own grid looks at, in the
            conditional branch; sums to 1.
        ``ovam/<path>@<text>``
            ``[heads, tokens, h, w]`` float32: the conditional branch's queries asked about the
            tokens of any text (Marcos-Manchón et al., CVPR 2024).
        ``activation/<path>``, ``statistics/<path>``
            Output ``[branch, …]``, and ``[branch, 6]``. Paths that begin with ``text_encoder``
            are of the text encoder on the call's prompts; with ``vae``, of the VAE, which decodes
            the last latent (or the call's x̂₀ where there is none) or encodes the picture.
    should_stop
        Asked before every block.

    Returns
    -------
    Replay
        The arrays, and how well the replay agrees with what was recorded.

    Raises
    ------
    InspectorError
        ``replay.wrong-model`` where it does not agree at all; ``replay.no-layer`` with the
        nearest paths, ``replay.never-called``, ``replay.no-branch``, ``replay.no-cell``,
        ``replay.no-conditioning``, ``capture.…`` where something cannot be looked at;
        ``recording.…``, ``memory.full``.
    """
    wanted = read_names(model, layers)
    call = recording.call(step)
    arrays: Kept = {}
    difference = 0.0
    if wanted.denoises:
        denoised = Denoiser(model, recording).call(call, wanted.plan, should_stop)
        arrays |= denoised.arrays
        difference = denoised.difference
    for component in wanted.outputs:
        with stoppable(getattr(model.pipeline, component), should_stop):
            found, apart = _component(model, recording, call, component, wanted)
        arrays |= found
        difference = worse(difference, apart)
    for name in wanted.names:
        if name not in arrays:
            raise _missing(name)
    ordered = {name: arrays[name] for name in wanted.names}
    return Replay(ordered, step, verdict_of(difference), difference)


class Denoiser:
    """Repeats denoiser calls of one recording.

    Parameters
    ----------
    model
        The model of the recording.
    recording
        A run or an observation.

    Raises
    ------
    InspectorError
        ``replay.no-conditioning``.
    """

    def __init__(self, model: Model, recording: Recording) -> None:
        self._model, self._recording = model, recording
        self._conditioning = from_recording(model, recording.conditioning(), recording.tokens)

    def call(self, call: Call, plan: Plan, should_stop: ShouldStop | None = None) -> Replay:
        """Repeat one call with the plan's looks.

        Raises
        ------
        InspectorError
            ``replay.wrong-model``, ``recording.…``, ``memory.full``.
        """
        model, recording = self._model, self._recording
        _check_shapes(model, recording, self._conditioning, call)
        both = "uncond" in call.branches
        name = str(call.metadata.get("tokens", COND))
        dtype = DTYPES.get(str(call.metadata.get("dtype")), model.dtype)
        latents = as_tensor(recording.array(call.index, "latent"), model, dtype)
        if both:
            latents = torch.cat([latents] * 2)
        watcher = Watcher(model.pipeline.unet, plan)
        columns = self._conditioning.columns(name, both)
        with (
            torch.no_grad(),
            memory_errors_explained("replaying the step"),
            watcher.watching(columns, should_stop) as kept,
        ):
            output = plain.denoise(
                model,
                scaled_input(latents, call.input_scale),
                time_as_tensor(call.timestep, model.device),
                self._conditioning.batch(name, both),
                call.scale,
            )
        difference = relative_difference(to_numpy(output), _recorded_prediction(recording, call))
        if difference > WRONG_MODEL:
            raise _wrong_model(model, recording, difference)
        return Replay(kept, call.index, verdict_of(difference), difference)


def _component(
    model: Model,
    recording: Recording,
    call: Call,
    component: str,
    wanted: Wanted,
) -> tuple[Kept, float]:
    """Let the text encoder or the VAE work, and refuse those of another model."""
    outputs = wanted.outputs[component]
    with torch.no_grad(), memory_errors_explained("looking inside the model"):
        if component == "vae":
            kept, difference = components.vae_outputs(model, recording, call, outputs)
        else:
            encoder = getattr(model.pipeline, component)
            kept, difference = components.text_outputs(model, recording, call, encoder, outputs)
    if difference > (WRONG_PICTURE if component == "vae" else WRONG_MODEL):
        raise _wrong_model(model, recording, difference)
    return kept, difference


def _missing(name: str) -> InspectorError:
    """Return why an array did not come out of a call."""
    if name.startswith("cross_attention_uncond/"):
        return InspectorError(
            "replay.no-branch",
            "Only the conditional branch ran at this step, so there is no unconditional attention "
            "to show. Run with guidance above 1, or with both branches.",
        )
    return never_called(name.partition("/")[2])


def as_tensor(array: NDArray[Any], model: Model, dtype: torch.dtype) -> torch.Tensor:
    """Return a recorded array as the model's tensor with a batch of one in front."""
    return torch.from_numpy(np.array(array)).to(model.device, dtype)[None]


def _recorded_prediction(recording: Recording, call: Call) -> NDArray[np.generic]:
    """Return a call's recorded predictions ``[branch, C, h, w]`` in the order of the batch."""
    return np.stack([recording.array(call.index, f"noise_{name}") for name in call.branches])


def _check_shapes(
    model: Model, recording: Recording, conditioning: Conditioning, call: Call
) -> None:
    """Refuse a model that could not even take the recorded inputs."""
    shape = call.shapes.get("latent", ())
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
