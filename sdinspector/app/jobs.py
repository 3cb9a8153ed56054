"""What the model's thread can be asked to do: small frozen dataclasses, no Qt, no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdinspector.app.texts import mark
from sdinspector.core import CaptureSpec, RunSpec, TrainingSpec

if TYPE_CHECKING:
    from sdinspector.recording import Recording, ReplayCache

#: Told the number of the coming call, it says the guidance scale from there on, or nothing.
Live: TypeAlias = Callable[[int], float | None]


@dataclass(frozen=True, kw_only=True)
class Job:
    """A piece of work for the model's thread.

    Attributes
    ----------
    slot
        Viewer and purpose (``"latents/decode"``). Of the jobs of a slot that wait, the newest
        replaces the others, and their handles go silent; jobs without a slot all run.
    title
        English source text for the progress line.
    interactive
        Served between two calls of a run; must be short.
    needs_model
        Waits until a model is open.
    """

    title: ClassVar[str] = mark("Working")
    interactive: ClassVar[bool] = False
    needs_model: ClassVar[bool] = True
    slot: str | None = None


@dataclass(frozen=True, kw_only=True)
class OpenModel(Job):
    """Open a model in place of the one that is open. Result: ``ModelCard``."""

    title: ClassVar[str] = mark("Opening the model")
    needs_model: ClassVar[bool] = False
    source: str = "shapes"
    device: str = "auto"
    dtype: str = "auto"
    slot: str | None = "model"


@dataclass(frozen=True, kw_only=True)
class ListModels(Job):
    """Look for models on this machine. Result: list of the engine's ``ModelSource``."""

    title: ClassVar[str] = mark("Looking for models")
    interactive: ClassVar[bool] = True
    needs_model: ClassVar[bool] = False
    slot: str | None = "models"


@dataclass(frozen=True, kw_only=True)
class RunJob(Job):
    """Run a prompt and record it at ``out``. Result: the recording's path.

    ``live`` is asked on the model's thread before each call, with the call's number: a guidance
    scale holds from that call on, ``None`` changes nothing. It must answer at once.
    """

    title: ClassVar[str] = mark("Running")
    spec: RunSpec
    out: Path
    live: Live | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class ForkJob(Job):
    """Go on from call ``step`` of a recording with changes. Result: the new recording's path.

    ``live`` as for :class:`RunJob`, asked from call ``step`` on.
    """

    title: ClassVar[str] = mark("Running on from a step")
    recording: Path
    step: int
    out: Path
    changes: dict[str, Any] = field(default_factory=dict)
    live: Live | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class AddUncondJob(Job):
    """Add the unconditional branch to the calls of a recording that lack it: one call each.

    A generator job. Result: the recording's path.
    """

    title: ClassVar[str] = mark("Adding the unconditional branch")
    recording: Path
    slot: str | None = "add-uncond"


@dataclass(frozen=True, kw_only=True)
class SweepJob(Job):
    """Run a prompt at each of some guidance scales, one after another, into ``folder``.

    A generator job; its events count the calls of all runs. Result: the paths of the recordings,
    in the order of ``scales``.
    """

    title: ClassVar[str] = mark("Running at several guidance scales")
    spec: RunSpec
    scales: tuple[float, ...]
    folder: Path


@dataclass(frozen=True, kw_only=True)
class ObserveJob(Job):
    """Show the denoiser a given picture and caption. Result: the recording's path."""

    title: ClassVar[str] = mark("Observing a picture")
    picture: Path | NDArray[np.uint8]
    caption: str
    timesteps: tuple[int, ...]
    out: Path
    seed: int = 0
    guidance_scale: float = 7.5
    negative_prompt: str = ""
    capture: CaptureSpec = field(default_factory=CaptureSpec)


@dataclass(frozen=True, kw_only=True)
class InvertJob(Job):
    """Walk a picture up to noise with DDIM and back down. Result: the recording's path.

    A generator job; its events count both ways together and say which way they are of. What is
    stopped on the way up leaves no recording.
    """

    title: ClassVar[str] = mark("Inverting a picture")
    picture: Path | NDArray[np.uint8]
    caption: str
    out: Path
    steps: int = 50
    guidance_scale: float = 1.0
    negative_prompt: str = ""
    placing: Literal["crop", "pad", "fit"] = "crop"
    capture: CaptureSpec = field(default_factory=CaptureSpec)
    slot: str | None = "invert"


@dataclass(frozen=True, kw_only=True)
class ReplayJob(Job):
    """Recover arrays of one call by name, and cache them. Result: the engine's ``Replay``.

    A viewer asks a :class:`~sdinspector.app.fetch.Fetcher`, which looks first at what is stored.
    """

    title: ClassVar[str] = mark("Replaying a step")
    interactive: ClassVar[bool] = True
    recording: Recording
    call: int
    names: tuple[str, ...] = ()
    cache: ReplayCache | None = None
    slot: str | None = "replay"


@dataclass(frozen=True, kw_only=True)
class ProbeJob(Job):
    """Ask the queries of some calls about any text (OVAM). Result: the engine's ``Probe``.

    A generator job: the handle's ``on_event`` hears of each call, as ``done`` of ``total``. It has
    a denoiser call for each, so it waits while a run goes. An answer is cached.
    """

    title: ClassVar[str] = mark("Asking about a text")
    recording: Recording
    text: str
    calls: tuple[int, ...] | None = None
    layers: tuple[str, ...] | None = None
    cache: ReplayCache | None = None
    slot: str | None = "probe"


@dataclass(frozen=True, kw_only=True)
class ParametersJob(Job):
    """Describe the parameters of a module. Result: the engine's ``Parameters``."""

    title: ClassVar[str] = mark("Reading parameters")
    interactive: ClassVar[bool] = True
    path: str
    slot: str | None = "parameters"


@dataclass(frozen=True, kw_only=True)
class DecodeJob(Job):
    """Decode a latent ``[C, h, w]`` with the VAE. Result: uint8 ``[H, W, 3]``.

    ``tiled`` decodes large ones as the VAE's bench does; a run's picture is never cut.
    """

    title: ClassVar[str] = mark("Decoding")
    interactive: ClassVar[bool] = True
    latent: NDArray[np.floating[Any]]
    tiled: bool = False
    slot: str | None = "decode"


@dataclass(frozen=True, kw_only=True)
class PictureJob(Job):
    """Encode a picture, decode it again, keep both at ``out``. Result: the recording's path.

    ``placing`` is "crop", "pad" or "fit"; ``width`` and ``height`` of 0 are the picture's own;
    ``seed`` takes a sample of the posterior, ``None`` its mean.
    """

    title: ClassVar[str] = mark("Encoding a picture")
    picture: Path | NDArray[np.uint8]
    out: Path
    placing: Literal["crop", "pad", "fit"] = "crop"
    width: int = 0
    height: int = 0
    seed: int | None = None
    slot: str | None = "vae/picture"


@dataclass(frozen=True, kw_only=True)
class ObjectiveSourceJob(Job):
    """Make x₀ of a picture, or of a recording's result. Result: the engine's ``Prepared``."""

    title: ClassVar[str] = mark("Encoding a picture")
    interactive: ClassVar[bool] = True
    source: Path | NDArray[np.uint8] | Recording
    slot: str | None = "objective/source"


@dataclass(frozen=True, kw_only=True)
class ObjectiveLookJob(Job):
    """Look at one draw of the training objective of x₀. Result: the engine's ``Look``."""

    title: ClassVar[str] = mark("Looking at the objective")
    interactive: ClassVar[bool] = True
    latent: NDArray[np.floating[Any]]
    caption: str
    timestep: int
    seed: int
    slot: str | None = "objective/look"


@dataclass(frozen=True, kw_only=True)
class ObjectiveCurveJob(Job):
    """Record the loss of x₀ over t, and one look, at ``out``. Result: the recording's path.

    A generator job: the handle's ``on_event`` hears of each draw. ``timesteps`` are spread evenly
    over the schedule; ``origin`` is the path of what x₀ was made of.
    """

    title: ClassVar[str] = mark("Drawing the loss over t")
    latent: NDArray[np.floating[Any]]
    picture: NDArray[np.uint8]
    caption: str
    timestep: int
    seed: int
    timesteps: tuple[int, ...]
    seeds: int
    gamma: float
    out: Path
    origin: str = ""
    slot: str | None = "objective/curve"


@dataclass(frozen=True, kw_only=True)
class TokenizeJob(Job):
    """Cut a prompt into tokens. Result: the engine's ``TokenizedText``."""

    title: ClassVar[str] = mark("Reading the prompt")
    interactive: ClassVar[bool] = True
    text: str
    slot: str | None = "prompt/tokens"


@dataclass(frozen=True, kw_only=True)
class TextJob(Job):
    """Encode a text and keep what lies in between. Result: ``core.text_states.TextStates``."""

    title: ClassVar[str] = mark("Encoding the text")
    interactive: ClassVar[bool] = True
    text: str
    clip_skip: int = 0
    near: int = 0
    slot: str | None = "text/states"


@dataclass(frozen=True, kw_only=True)
class NoiseCurveJob(Job):
    """Tell the model's noise schedule. Result: ᾱ over the training timesteps, ``[T]`` float64."""

    title: ClassVar[str] = mark("Reading the noise schedule")
    interactive: ClassVar[bool] = True
    slot: str | None = "schedulers/curve"


@dataclass(frozen=True, kw_only=True)
class NoiseLevelsJob(Job):
    """Walk a scheduler through its calls. Result: ``analysis.noise_schedule.NoiseLevels``.

    ``scheduler`` is a short name, the model's own where empty. No denoiser runs. Give each
    scheduler a slot of its own.
    """

    title: ClassVar[str] = mark("Reading noise levels")
    interactive: ClassVar[bool] = True
    scheduler: str
    steps: int


@dataclass(frozen=True, kw_only=True)
class NoiseJob(Job):
    """Draw the noise of a seed as runs and benches do. Result: ε, an array of ``shape``."""

    title: ClassVar[str] = mark("Drawing noise")
    interactive: ClassVar[bool] = True
    shape: tuple[int, ...]
    seed: int = 0
    slot: str | None = "schedulers/noise"


@dataclass(frozen=True, kw_only=True)
class IdentityJob(Job):
    """Run the plain diffusers pipeline beside a recording. Result: ``IdentityReport``."""

    title: ClassVar[str] = mark("Comparing with the plain pipeline")
    recording: Path
    slot: str | None = "identity"


@dataclass(frozen=True, kw_only=True)
class FindPicturesJob(Job):
    """Look for pictures with captions to train on. Result: the engine's ``Found``."""

    title: ClassVar[str] = mark("Looking for pictures")
    interactive: ClassVar[bool] = True
    needs_model: ClassVar[bool] = False
    place: str
    caption: str = ""
    slot: str | None = "training/pictures"


@dataclass(frozen=True, kw_only=True)
class TrainJob(Job):
    """Train the open model on pictures; the model itself is not changed.

    A generator job; its events are the engine's ``TrainingStep``. Result: ``TrainingResult``.
    Stopped at any time it keeps its state, from which another such job goes on.

    Attributes
    ----------
    place, caption
        Where the pictures are (``shapes:N`` draws them), and one caption for all; may be empty.
    out
        Folder of the result.
    control
        How many drawn scenes' loss is taken before and after as well.
    resume
        Go on from the state beside ``out``, if there is one; else start over.
    finish
        Asked on the model's thread before each step: the steps done are to be all.
    """

    title: ClassVar[str] = mark("Training")
    spec: TrainingSpec
    place: str
    out: Path
    caption: str = ""
    control: int = 0
    resume: bool = True
    finish: Callable[[], bool] = field(default=bool, compare=False)
    slot: str | None = "training"


@dataclass(frozen=True, kw_only=True)
class FunctionJob(Job):
    """Call ``function(context, *arguments)``; a generator is driven step by step.

    ``context`` is the thread's :class:`~sdinspector.app.model_thread.Context`: the open model,
    ``progress(...)`` and ``should_stop()``.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    waits_for_model: bool = False
