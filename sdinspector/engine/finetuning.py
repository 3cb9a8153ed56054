"""Trains an open model on pictures of one's own: all of its UNet, or a LoRA.

The loss is that of the model's own training: noise a latent, let the UNet say what it is to say,
mean squared error (Ho et al. 2020, arXiv 2006.11239), with captions dropped now and then (Ho &
Salimans 2022, arXiv 2207.12598). What is trained is a copy: the open model stays as it is.
"""

from __future__ import annotations

import contextlib
import copy
import json
import shutil
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from PIL import Image

from sdinspector.core import InspectorError, ShouldStop, TrainingSpec
from sdinspector.core.training import LARGE
from sdinspector.engine import lora
from sdinspector.engine.devices import memory_errors_explained
from sdinspector.engine.finetuning_loss import DenoisingLoss, Item, Told
from sdinspector.engine.finetuning_record import History, grouped, write_recording
from sdinspector.engine.model import Model
from sdinspector.engine.sources import quiet
from sdinspector.engine.training_data import Pictures
from sdinspector.engine.training_loop import LoopOptions, Training, train
from sdinspector.recording.files import write_whole
from sdinspector.recording.trainings import ABOUT, HISTORY, SAMPLES, STATE, clear, work_of

BYTES = 4
"""Of a number that is trained."""
RATES = {"whole": 2e-4, "lora": 1e-3}


@dataclass(frozen=True)
class TrainingStep:
    """What one step gave.

    Attributes
    ----------
    done, total
        Steps done and to do.
    loss, smoothed
        Of this step, and the exponential mean of the steps so far, corrected at the start.
    learning_rate, gradient_norm
        Of this step; the norm before it is clipped to 1.
    gradients
        Norm of the gradient by block of the UNet, ``"unet.mid_block.attentions.0"``.
    seconds, left
        That the step took, and that the rest will take at this pace.
    samples
        Pictures that were made after it, one a prompt; of the first step, those made before it
        too. At the end they are in the recording alone.
    """

    done: int
    total: int
    loss: float
    smoothed: float
    learning_rate: float
    gradient_norm: float
    gradients: dict[str, float]
    seconds: float
    left: float
    samples: tuple[Path, ...] = ()


@dataclass(frozen=True)
class TrainingResult:
    """What came of it.

    Attributes
    ----------
    out
        Folder of the model or the LoRA, which :func:`open_model` opens; ``None`` where it was
        stopped.
    method, steps
        "whole" or "lora", and the steps done.
    before, after
        Mean loss of the pictures at fixed timesteps and noise, with their captions.
    control_before, control_after
        The same of other pictures, if there were any: what the training did to all the rest.
    recording
        Of the kind ``training``; ``None`` where it was stopped.
    remarks
        Of the pictures.
    """

    out: Path | None
    method: str
    steps: int
    before: float
    after: float
    control_before: float | None = None
    control_after: float | None = None
    recording: Path | None = None
    remarks: tuple[str, ...] = field(default=())


Steps: TypeAlias = Generator[TrainingStep, None, TrainingResult]


def finetune(
    model: Model,
    pictures: Pictures,
    spec: TrainingSpec,
    out: str | Path,
    *,
    on_step: Callable[[TrainingStep], None] | None = None,
    **settings: Any,
) -> TrainingResult:
    """Train to the end; see :func:`finetune_iter`."""
    with closing(finetune_iter(model, pictures, spec, out, **settings)) as steps:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                result: TrainingResult = end.value
                return result
            if on_step is not None:
                on_step(step)


def finetune_iter(
    model: Model,
    pictures: Pictures,
    spec: TrainingSpec,
    out: str | Path,
    *,
    work: str | Path | None = None,
    control: Pictures | None = None,
    resume: bool = True,
    overwrite: bool = False,
    save_seconds: float = 60.0,
    should_stop: ShouldStop | None = None,
    should_finish: ShouldStop | None = None,
    on_progress: Told | None = None,
) -> Steps:
    """Train, yielding after each step.

    Closed in between, it keeps its state as if it had been stopped.

    Parameters
    ----------
    model
        The open model; it is not changed.
    pictures, control
        To train on; and others, whose loss is taken before and after alone.
    spec
        Settings.
    out, overwrite
        Folder of the result, and whether one that is there may be replaced.
    work
        Folder of the state, from which a training that was stopped or killed goes on and ends
        with the weights of one that was not; beside ``out`` where left out.
    resume
        Go on from that state; else start over.
    save_seconds
        Between two saved states; one is saved as well when it is stopped.
    should_stop
        Asked before each step; what is done is kept, and a later call goes on from it.
    should_finish
        Asked before each step: the steps done are to be all, and their result is kept.

    Raises
    ------
    InspectorError
        ``training.setting``, ``training.empty``, ``training.out``, ``training.other``,
        ``training.state``, ``training.diverged``, ``training.room``, ``training.write``,
        ``picture.…``, ``scheduler.prediction-type``, ``memory.full``.
    """
    spec.validate()
    job = _Job(model, pictures, spec, Path(out).expanduser(), on_progress or _silent)
    job.check_out(overwrite=overwrite)
    watched = 0 if control is None else len(control.items)
    job.begin(Path(work).expanduser() if work else None, resume=resume, control=watched)
    with memory_errors_explained("training"):
        job.prepare(control)
        yield from job.steps(save_seconds, should_stop or _never, should_finish or _never)
        return job.finish(overwrite=overwrite)


class _Job:
    """One training on its way."""

    def __init__(
        self, model: Model, pictures: Pictures, spec: TrainingSpec, out: Path, told: Told
    ) -> None:
        if not pictures.items:
            raise InspectorError("training.empty", "There is nothing to train on: no pictures.")
        self.model, self.pictures, self.spec, self.out, self.told = model, pictures, spec, out, told
        self.method = spec.method_for(sum(w.numel() for w in model.pipeline.unet.parameters()))
        self._before: dict[str, Any] = {}
        self._finished = False

    def check_out(self, *, overwrite: bool) -> None:
        """Refuse a place that is taken, before anything is done."""
        if self.out.exists() and not overwrite and (self.out.is_file() or any(self.out.iterdir())):
            raise InspectorError(
                "training.out",
                f"{self.out} is there already. Choose another place, or allow it to be replaced "
                "(--overwrite).",
                path=str(self.out),
            )

    def begin(self, work: Path | None, *, resume: bool, control: int = 0) -> None:
        """Open the folder of the state; ``control`` is how many others are watched."""
        self.work = work or work_of(self.out)
        about = {
            "spec": self.spec.to_json(),
            "method": self.method,
            "model": self.model.card.digest,
            "captions": [item.caption for item in self.pictures.items],
        }
        # Where things are may change, and is for whoever goes on.
        places = {
            "place": self.pictures.place,
            "caption": self.pictures.caption,
            "source": self.model.source,
            "control": control,
        }
        file = self.work / ABOUT
        try:
            if not resume:
                clear(self.work)
            (self.work / SAMPLES).mkdir(parents=True, exist_ok=True)
            known = json.loads(file.read_text("utf-8")) if file.is_file() else None
            if known is None:
                _write(file, about | places)
            elif {name: known.get(name) for name in about} != about:
                raise InspectorError(
                    "training.other",
                    f"{self.work} holds the state of a training with other settings, pictures or "
                    "another model. Start over (--fresh), or choose another place.",
                    path=str(self.work),
                )
            self._before = dict((known or {}).get("before") or {})
            self._about = about | places
        except (OSError, ValueError) as error:
            raise _cannot_write(self.work, error) from error

    def prepare(self, control: Pictures | None) -> None:
        """Encode pictures and captions, copy the UNet, take the losses before."""
        self.loss = DenoisingLoss(self.model, self.spec, self.told)
        self.items = self.loss.encoded(self.pictures, "encoding the pictures")
        self.control: list[Item] = []
        if control is not None:
            self.control = self.loss.encoded(control, "encoding the others")
        self.unet = copy.deepcopy(self.model.pipeline.unet).float()
        if self.model.device.type == "cpu":  # up to twice as quick
            self.unet.to(memory_format=torch.channels_last)
        if sum(weight.numel() for weight in self.unet.parameters()) > LARGE:
            self.unet.enable_gradient_checkpointing()  # activations are made again in place of kept
        torch.manual_seed(self.spec.seed)  # LoRA's first matrices are random
        if self.method == "lora":
            lora.add(self.unet, self.spec.rank, self.spec.alpha)
        else:
            self.unet.requires_grad_(requires_grad=True)
        self.loss.unet = self.unet
        self._check_room()
        if not self._before:
            self._before = {
                "loss": self.loss.mean(self.items, "loss before"),
                "control": self.loss.mean(self.control, "loss of others before"),
            }
            self._samples(0, self.spec.steps)
            _write(self.work / ABOUT, {**self._about, "before": self._before})

    def _check_room(self) -> None:
        """Refuse to begin where the state and the result will not fit."""
        weights = sum(weight.numel() for weight in self.unet.parameters())
        trained = sum(weight.numel() for weight in self.unet.parameters() if weight.requires_grad)
        # Weights, their average and the two moments, while the state before is still there.
        whole = self.method == "whole"
        need = BYTES * (2 * (4 * trained) + (weights if whole else trained))
        if whole:
            parts = self.model.pipeline.components.values()
            others = [part for part in parts if isinstance(part, torch.nn.Module)]
            need += sum(_bytes(part) for part in others if part is not self.model.pipeline.unet)
        free = shutil.disk_usage(self.work).free
        if free < need:
            raise InspectorError(
                "training.room",
                f"This training takes up to {need / 1e6:.0f} MB beside {self.out}, and "
                f"{free / 1e6:.0f} MB are free. Make room on the disk, or choose another place.",
                path=str(self.out),
                need=f"{need / 1e6:.0f} MB",
                free=f"{free / 1e6:.0f} MB",
            )

    def steps(
        self, save_seconds: float, should_stop: ShouldStop, should_finish: ShouldStop
    ) -> Generator[TrainingStep, None, None]:
        """Train, yielding after each step."""
        spec = self.spec
        options = LoopOptions(
            steps=spec.steps,
            batch=spec.batch,
            learning_rate=spec.learning_rate or RATES[self.method],
            warmup=spec.warmup,
            average=spec.average,
            seed=spec.seed,
            save_seconds=save_seconds,
            accumulation=spec.accumulation,
        )
        self.training = Training(self.unet, options, partial=self.method == "lora", watched=True)
        state = self.work / STATE
        if state.exists():
            self.training.load(state)
        self.history = History(self.work / HISTORY, self.training.done)
        times: list[float] = []
        first = tuple(sorted((self.work / SAMPLES).glob(f"{0:06d}-*.png")))

        def ends() -> bool:
            self._finished = should_finish()
            return self._finished or should_stop()

        steps = train(self.training, self.items, self.loss, state=state, should_stop=ends)
        for event in steps:
            figures = event.metrics
            gradients = grouped(self.training.gradients)
            self.history.add(event.done, figures, gradients)
            times = [*times[-20:], figures["seconds"]]
            yield TrainingStep(
                done=event.done,
                total=event.total,
                loss=figures["loss"],
                smoothed=self.history.smoothed,
                learning_rate=figures["learning_rate"],
                gradient_norm=figures["gradient_norm"],
                gradients=gradients,
                seconds=figures["seconds"],
                left=float(np.median(times)) * (event.total - event.done),
                samples=first + self._samples(event.done, event.total),
            )
            first = ()

    def finish(self, *, overwrite: bool) -> TrainingResult:
        """Keep the result, unless it was stopped."""
        training = self.training
        before, other = float(self._before["loss"]), self._before.get("control")
        if not training.done or (training.done < self.spec.steps and not self._finished):
            return TrainingResult(
                None, self.method, training.done, before, float("nan"), other,
                remarks=self.pictures.remarks,
            )  # fmt: skip
        if self.spec.average:
            training.apply_average()
        after = float(self.loss.mean(self.items, "loss after") or 0.0)
        result = TrainingResult(
            out=self.out,
            method=self.method,
            steps=training.done,
            before=before,
            after=after,
            control_before=other,
            control_after=None
            if other is None
            else self.loss.mean(self.control, "loss of others after"),
            recording=self.out / "training.sdrec",
            remarks=self.pictures.remarks,
        )
        part = self.out.with_name(self.out.name + ".part")
        try:
            shutil.rmtree(part, ignore_errors=True)
            self._save(part)
            if self.out.exists() and overwrite:
                shutil.rmtree(self.out)
            part.replace(self.out)
        except OSError as error:
            raise _cannot_write(self.out, error) from error
        write_recording(self.model, self.spec, result, self.history, self.work / SAMPLES)
        with contextlib.suppress(OSError):
            clear(self.work)
        return result

    @torch.no_grad()
    def _samples(self, done: int, total: int) -> tuple[Path, ...]:
        """Make a picture of each prompt, if it is time."""
        spec = self.spec
        if not spec.prompts or not spec.every or (done % spec.every and done != total):
            return ()
        self.unet.eval()
        pipeline = self._pipeline()
        files = []
        for number, prompt in enumerate(spec.prompts):
            picture: Image.Image = pipeline(
                prompt,
                num_inference_steps=spec.sampling_steps,
                guidance_scale=spec.guidance,
                width=spec.width or self.model.card.width,
                height=spec.height or self.model.card.height,
                generator=torch.Generator("cpu").manual_seed(spec.seed + number),
            ).images[0]
            file = self.work / SAMPLES / f"{done:06d}-{number}.png"
            picture.save(file)
            files.append(file)
        self.unet.train()
        return tuple(files)

    def _pipeline(self) -> Any:
        """Return a pipeline around the UNet that is trained; the open model's stays as it is."""
        own = self.model.pipeline
        parts = {**own.components, "unet": self.unet}
        parts["scheduler"] = type(own.scheduler).from_config(own.scheduler.config)
        with quiet():
            pipeline = type(own)(**parts, requires_safety_checker=False)
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    def _save(self, folder: Path) -> None:
        if self.method == "lora":
            lora.save(self.unet, folder, self.model.source)
            return
        unet = self.unet.to(memory_format=torch.contiguous_format)
        unet.eval().requires_grad_(requires_grad=False)
        with quiet():
            self._pipeline().save_pretrained(folder, safe_serialization=True)


def _bytes(module: torch.nn.Module) -> int:
    return sum(weight.numel() * weight.element_size() for weight in module.parameters())


def _write(file: Path, value: Any) -> None:
    write_whole(
        file,
        [json.dumps(value, indent=1).encode()],
        replace=True,
        refused=lambda error, path: _cannot_write(path, error),
    )


def _cannot_write(path: Path, error: Exception) -> InspectorError:
    return InspectorError(
        "training.write",
        f"{path} cannot be written: {error}. Make room on the disk, or choose another place.",
        path=str(path),
        why=str(error),
    )


def _silent(*_: object) -> None:
    return None


def _never() -> bool:
    return False
