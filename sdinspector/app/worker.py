"""What each kind of job does, on the model's thread; the window's only importer of the engine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.app import jobs, replays
from sdinspector.app.jobs import Job
from sdinspector.core import Cancelled, ModelCard, Progress

if TYPE_CHECKING:
    from sdinspector.app.model_thread import Context

#: A model up to this size stays until its successor is open, so that a failure loses nothing.
KEEP_WHILE_OPENING = 1_000_000_000
#: Of a latent that is looked at by itself.
NO_PICTURE: NDArray[np.uint8] = np.zeros((0, 0, 3), np.uint8)


def _engine() -> Any:
    from sdinspector import engine

    return engine


def _import_libraries(context: Context) -> None:
    from sdinspector.engine.warmup import import_libraries

    import_libraries(context.progress, context.should_stop)


def _open_model(context: Context, job: jobs.OpenModel) -> ModelCard:
    _import_libraries(context)
    engine = _engine()
    thread = context.thread
    old = thread.model
    if old is not None and old.card.bytes > KEEP_WHILE_OPENING:
        old = None
        thread.close_model()
    new = engine.open_model(job.source, job.device, job.dtype, on_progress=context.progress)
    del old
    thread.close_model()
    thread.model = new
    card: ModelCard = new.card
    return card


def _run(context: Context, job: jobs.RunJob) -> Any:
    calls = _engine().run_iter(
        context.model, job.spec, job.out, should_stop=context.should_stop, live=job.live
    )
    return _path_of(calls, job.out)


def _fork(context: Context, job: jobs.ForkJob) -> Any:
    recording = _recording(job.recording)
    calls = _engine().fork_iter(
        context.model,
        recording,
        job.step,
        out=job.out,
        should_stop=context.should_stop,
        live=job.live,
        **job.changes,
    )
    return _path_of(calls, job.out)


def _add_uncond(context: Context, job: jobs.AddUncondJob) -> Any:
    calls = _engine().add_uncond_iter(
        context.model, _recording(job.recording), should_stop=context.should_stop
    )
    return _path_of(calls, job.recording)


def _sweep(context: Context, job: jobs.SweepJob) -> Any:
    recordings = yield from _engine().sweep_iter(
        context.model, job.spec, job.scales, job.folder, should_stop=context.should_stop
    )
    return [recording.path for recording in recordings]


def _observe(context: Context, job: jobs.ObserveJob) -> Any:
    calls = _engine().observe_iter(
        context.model,
        job.picture,
        job.caption,
        list(job.timesteps),
        out=job.out,
        seed=job.seed,
        guidance_scale=job.guidance_scale,
        negative_prompt=job.negative_prompt,
        capture=job.capture,
        should_stop=context.should_stop,
    )
    return _path_of(calls, job.out)


def _invert(context: Context, job: jobs.InvertJob) -> Any:
    calls = _engine().invert_iter(
        context.model,
        job.picture,
        job.caption,
        out=job.out,
        steps=job.steps,
        guidance_scale=job.guidance_scale,
        negative_prompt=job.negative_prompt,
        how=job.placing,
        capture=job.capture,
        should_stop=context.should_stop,
    )
    return _path_of(calls, job.out)


def _path_of(calls: Any, out: Any) -> Any:
    """Drive an engine generator; answer with the path, since readers open their own."""
    yield from calls
    return out


def _replay(context: Context, job: jobs.ReplayJob) -> Any:
    replayed = _engine().replay(
        context.model, job.recording, job.call, list(job.names), should_stop=context.should_stop
    )
    if job.cache is not None:
        replays.remember(job.recording, job.cache, job.call, replayed.arrays, replayed.difference)
    return replayed


def _probe(context: Context, job: jobs.ProbeJob) -> Any:
    engine = _engine()
    calls = tuple(range(job.recording.calls)) if job.calls is None else job.calls
    asked = (job.recording, job.text, calls, job.layers)
    if job.cache is not None:
        known = replays.find_probe(job.cache, *asked)
        if known is not None:
            return engine.Probe(text=job.text, calls=calls, **known)
    found = yield from engine.probe_iter(
        context.model,
        job.recording,
        job.text,
        calls,
        job.layers,
        should_stop=context.should_stop,
    )
    if job.cache is not None:
        replays.remember_probe(job.cache, *asked, found=found)
    return found


def _parameters(context: Context, job: jobs.ParametersJob) -> Any:
    return _engine().parameters(context.model, job.path)


def _decode(context: Context, job: jobs.DecodeJob) -> Any:
    if job.tiled:
        from sdinspector.engine.picture_bench import decode_large

        return decode_large(context.model, job.latent, should_stop=context.should_stop)
    return _engine().decode(context.model, job.latent)


def _picture(context: Context, job: jobs.PictureJob) -> Any:
    from sdinspector.engine.picture_bench import record_picture

    def told(done: int, total: int) -> None:
        context.progress(Progress(done, total, "encoding and decoding tiles"))

    record_picture(
        context.model,
        job.picture,
        job.out,
        how=job.placing,
        width=job.width,
        height=job.height,
        seed=job.seed,
        on_tile=told,
        should_stop=context.should_stop,
    )
    return job.out


def _objective_source(context: Context, job: jobs.ObjectiveSourceJob) -> Any:
    from sdinspector.engine.objective import prepare

    return prepare(context.model, job.source)


def _objective_look(context: Context, job: jobs.ObjectiveLookJob) -> Any:
    from sdinspector.engine.noising import Clean
    from sdinspector.engine.objective import look_at_objective

    return look_at_objective(
        context.model,
        Clean(job.latent, NO_PICTURE),
        job.caption,
        job.timestep,
        job.seed,
        should_stop=context.should_stop,
    )


def _objective_curve(context: Context, job: jobs.ObjectiveCurveJob) -> Any:
    from sdinspector.engine.noising import Clean
    from sdinspector.engine.objective import objective_iter

    draws = objective_iter(
        context.model,
        Clean(job.latent, job.picture, job.origin),
        job.caption,
        job.out,
        timestep=job.timestep,
        seed=job.seed,
        timesteps=job.timesteps,
        seeds=job.seeds,
        gamma=job.gamma,
        should_stop=context.should_stop,
    )
    return _path_of(draws, job.out)


def _tokenize(context: Context, job: jobs.TokenizeJob) -> Any:
    return _engine().tokenize(context.model, job.text)


def _text(context: Context, job: jobs.TextJob) -> Any:
    from sdinspector.engine.text_layers import look_at_text

    return look_at_text(context.model, job.text, job.clip_skip, job.near)


def _noise_curve(context: Context, _job: jobs.NoiseCurveJob) -> Any:
    from sdinspector.engine.noise_levels import training_alpha_bar

    return training_alpha_bar(context.model)


def _noise_levels(context: Context, job: jobs.NoiseLevelsJob) -> Any:
    from sdinspector.engine.noise_levels import noise_levels

    return noise_levels(context.model, job.scheduler, job.steps, context.should_stop)


def _noise(context: Context, job: jobs.NoiseJob) -> Any:
    from sdinspector.engine.noising import noise_array

    return noise_array(context.model, job.seed, job.shape)


def _identity(context: Context, job: jobs.IdentityJob) -> Any:
    return _engine().check_identity(
        context.model, _recording(job.recording), should_stop=context.should_stop
    )


def _list_models(_context: Context, _job: jobs.ListModels) -> Any:
    return _engine().list_models()


def _find_pictures(_context: Context, job: jobs.FindPicturesJob) -> Any:
    from sdinspector.engine import training_data

    return training_data.look(training_data.find(job.place, job.caption))


def _train(context: Context, job: jobs.TrainJob) -> Any:
    from sdinspector.engine import training_data
    from sdinspector.engine.finetuning import finetune_iter

    def told(what: str, done: int, total: int, _figures: Any) -> None:
        if context.should_stop():  # before the first step there is nothing to keep
            raise Cancelled
        context.progress(Progress(done, total, what))

    side = context.model.card.width
    steps = finetune_iter(
        context.model,
        training_data.find(job.place, job.caption, side),
        job.spec,
        job.out,
        control=training_data.control(job.control, side),
        resume=job.resume,
        should_finish=job.finish,
        on_progress=told,
    )
    with closing(steps):
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
            context.progress(Progress(step.done, step.total, ""))
            yield step


def _function(context: Context, job: jobs.FunctionJob) -> Any:
    return job.function(context, *job.arguments)


def _recording(path: Any) -> Any:
    from sdinspector.recording import Recording

    return Recording.open(path)


EXECUTORS: dict[type[Job], Callable[[Context, Any], Any]] = {
    jobs.OpenModel: _open_model,
    jobs.ListModels: _list_models,
    jobs.RunJob: _run,
    jobs.ForkJob: _fork,
    jobs.AddUncondJob: _add_uncond,
    jobs.SweepJob: _sweep,
    jobs.ObserveJob: _observe,
    jobs.InvertJob: _invert,
    jobs.ReplayJob: _replay,
    jobs.ProbeJob: _probe,
    jobs.ParametersJob: _parameters,
    jobs.DecodeJob: _decode,
    jobs.PictureJob: _picture,
    jobs.ObjectiveSourceJob: _objective_source,
    jobs.ObjectiveLookJob: _objective_look,
    jobs.ObjectiveCurveJob: _objective_curve,
    jobs.TokenizeJob: _tokenize,
    jobs.TextJob: _text,
    jobs.NoiseCurveJob: _noise_curve,
    jobs.NoiseLevelsJob: _noise_levels,
    jobs.NoiseJob: _noise,
    jobs.IdentityJob: _identity,
    jobs.FindPicturesJob: _find_pictures,
    jobs.TrainJob: _train,
    jobs.FunctionJob: _function,
}
