"""A run leaves the model as it was, however it ends, and stops at once when asked."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sdinspector.core import Cancelled, CaptureSpec, InspectorError
from sdinspector.engine import (
    Model,
    check_identity,
    decode,
    fork,
    model_from_pipeline,
    replay,
    run,
    run_iter,
)
from sdinspector.recording import Recording
from tests import tiny
from tests.fidelity.plain_runs import SPEC, out

EVERYTHING = replace(SPEC, steps=3, capture=CaptureSpec.everything())


def hooks(model: Model) -> list[tuple[int, ...]]:
    """Return the identities of every hook on every module."""
    tables = (
        "_forward_hooks",
        "_forward_pre_hooks",
        "_forward_hooks_with_kwargs",
        "_backward_hooks",
    )
    return [
        tuple(id(hook) for table in tables for hook in getattr(module, table).values())
        for name in ("text_encoder", "unet", "vae")
        for module in getattr(model.pipeline, name).modules()
    ]


@pytest.fixture
def hooked(tiny_model: Model) -> Any:
    """Yield the model with a hook of somebody else's, which must survive."""
    handle = tiny_model.pipeline.unet.conv_in.register_forward_hook(lambda *_: None)
    before = hooks(tiny_model)
    yield tiny_model
    assert hooks(tiny_model) == before
    handle.remove()


def test_hooks_are_as_before_after_a_run(hooked: Model, tmp_path: Path) -> None:
    recording = run(hooked, EVERYTHING, out(tmp_path))
    replay(hooked, recording, 1, ["mid_block"])
    fork(hooked, recording, 1, out(tmp_path, "fork"))
    check_identity(hooked, recording)


def test_between_two_calls_there_is_no_hook(hooked: Model, tmp_path: Path) -> None:
    before = hooks(hooked)
    for _ in run_iter(hooked, EVERYTHING, out(tmp_path)):
        assert hooks(hooked) == before
        assert torch.is_grad_enabled()


def test_hooks_are_as_before_after_an_exception_within_a_call(
    hooked: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("a layer broke")

    handle = hooked.pipeline.unet.mid_block.register_forward_pre_hook(fail)
    with pytest.raises(RuntimeError, match="a layer broke"):
        run(hooked, EVERYTHING, out(tmp_path))
    handle.remove()
    recording = Recording.open(out(tmp_path))
    assert (recording.status, recording.error) == ("failed", "a layer broke")


class StopAfter:
    """Says stop from the n-th question on."""

    def __init__(self, questions: int) -> None:
        self.left = questions
        self.asked_after = 0

    def __call__(self) -> bool:
        self.left -= 1
        self.asked_after += self.left < -1
        return self.left < 0


def test_cancel_takes_effect_within_one_denoiser_call(hooked: Model, tmp_path: Path) -> None:
    calls = 0

    def count(*_: Any) -> None:
        nonlocal calls
        calls += 1

    handle = hooked.pipeline.unet.conv_out.register_forward_hook(count)
    questions = StopAfter(1 + 4)  # one before the call, then within it
    with pytest.raises(Cancelled):
        run(hooked, EVERYTHING, out(tmp_path), should_stop=questions)
    handle.remove()
    assert calls == 0, "the first call must not have come to its end"
    assert questions.asked_after == 0
    recording = Recording.open(out(tmp_path))
    assert (recording.status, recording.calls) == ("cancelled", 0)


def test_what_was_finished_before_a_cancel_stays(hooked: Model, tmp_path: Path) -> None:
    done: list[Any] = []
    with pytest.raises(Cancelled):
        run(hooked, EVERYTHING, out(tmp_path), done.append, lambda: len(done) >= 2)
    recording = Recording.open(out(tmp_path))
    assert (recording.status, recording.calls, len(done)) == ("cancelled", 2, 2)
    whole = run(hooked, EVERYTHING, out(tmp_path, "whole"))
    assert np.array_equal(recording.array(1, "noise_cond"), whole.array(1, "noise_cond"))


def test_closing_the_generator_cancels(hooked: Model, tmp_path: Path) -> None:
    calls = run_iter(hooked, EVERYTHING, out(tmp_path))
    next(calls)
    calls.close()
    assert Recording.open(out(tmp_path)).status == "cancelled"


def test_other_work_between_two_calls_changes_nothing(hooked: Model, tmp_path: Path) -> None:
    whole = run(hooked, EVERYTHING, out(tmp_path))
    calls = run_iter(hooked, EVERYTHING, out(tmp_path, "interrupted"))
    for done in calls:
        replay(hooked, whole, 0, ["mid_block"])
        decode(hooked, whole.array(done.call, "denoised"))
        torch.randn(3)
    interrupted = Recording.open(out(tmp_path, "interrupted"))
    assert np.array_equal(interrupted.final_latent(), whole.final_latent())
    name = "activation/mid_block.resnets.0"
    assert np.array_equal(interrupted.array(2, name), whole.array(2, name))


def test_stop_is_heeded_while_checking_the_identity(hooked: Model, tmp_path: Path) -> None:
    recording = run(hooked, SPEC, out(tmp_path))
    with pytest.raises(Cancelled):
        check_identity(hooked, recording, StopAfter(3))


def test_schedulers_and_modes_of_the_model_stay(tiny_model: Model, tmp_path: Path) -> None:
    pipeline = tiny_model.pipeline
    scheduler, config = pipeline.scheduler, dict(pipeline.scheduler.config)
    torch.manual_seed(5)
    expected = torch.get_rng_state()
    run(tiny_model, replace(SPEC, scheduler="ddim"), out(tmp_path))
    assert pipeline.scheduler is scheduler
    assert dict(scheduler.config) == config
    assert scheduler.num_inference_steps is None
    assert torch.equal(torch.get_rng_state(), expected)
    assert not pipeline.unet.training


def test_a_model_that_ran_dies_when_closed(tmp_path: Path) -> None:
    model = model_from_pipeline(tiny.two_level_pipeline())
    watched = [weakref.ref(model.pipeline.unet), weakref.ref(model.pipeline.vae)]
    recording = run(model, EVERYTHING, out(tmp_path))
    cancelled = run_iter(model, EVERYTHING, out(tmp_path, "cancelled"))
    next(cancelled)
    cancelled.close()
    replay(model, recording, 0, ["mid_block"])
    model.close()
    gc.collect()
    assert [ref() for ref in watched] == [None, None]


def test_memory_does_not_grow_with_the_steps(
    tiny_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sdinspector.recording import RecordingWriter

    alive: list[int] = []
    seen: list[weakref.ref[Any]] = []
    write = RecordingWriter.step

    def watch(self: Any, call: int, arrays: Any, metadata: Any = None) -> None:
        alive.append(sum(ref() is not None for ref in seen))
        seen.extend(weakref.ref(array) for array in arrays.values())
        write(self, call, arrays, metadata)

    monkeypatch.setattr(RecordingWriter, "step", watch)
    run(tiny_model, replace(EVERYTHING, steps=4), out(tmp_path))
    assert len(alive) > 3
    assert max(alive) == 0, "arrays of earlier calls are still in memory"


def test_memory_of_a_long_run_is_that_of_one_step(tiny4_model: Model, tmp_path: Path) -> None:
    import psutil

    capture = CaptureSpec.everything()
    spec = replace(SPEC, width=256, height=256, steps=16, scheduler="ddim", capture=capture)
    process = psutil.Process()
    used: list[int] = []
    recording = run(
        tiny4_model, spec, out(tmp_path), lambda _: used.append(process.memory_info().rss)
    )
    step = (recording.path / "steps" / "0001.safetensors").stat().st_size
    allowed = 1.2 * step + 16 * 2**20
    assert 15 * step > 2 * allowed, "keeping every step has to show"
    assert max(used) - used[0] < allowed


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seed": -1}, "spec.range"),
        ({"steps": 0}, "spec.range"),
        ({"steps": 1001}, "spec.range"),
        ({"width": 20}, "spec.size-multiple"),
        ({"height": 5000}, "spec.size-range"),
        ({"guidance_scale": float("nan")}, "spec.not-finite"),
        ({"scheduler": "nonsense"}, "scheduler.unknown"),
        ({"scheduler": "lcm", "steps": 60}, "scheduler.cannot-schedule"),
        ({"scheduler_settings": {"beta_schedule": "no"}}, "scheduler.cannot-make"),
        ({"capture": CaptureSpec(activations=("mid_blok.*",))}, "capture.no-module"),
        ({"init": "/no/such/picture.png"}, "picture.missing"),
        ({"init": "/no/such/latent.npz"}, "latent.missing"),
    ],
    ids=str,
)
def test_bad_settings_are_one_clear_error_and_leave_no_folder(
    tiny_model: Model, tmp_path: Path, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(InspectorError) as caught:
        run(tiny_model, replace(SPEC, **changes), out(tmp_path))
    assert caught.value.code == code
    assert not list(tmp_path.iterdir())


def test_strength_that_leaves_no_step(tiny_model: Model, tmp_path: Path) -> None:
    np.save(tmp_path / "latent.npy", np.zeros((4, 8, 8), np.float32))
    init = str(tmp_path / "latent.npy")
    spec = replace(SPEC, scheduler="ddim", init=init, strength=0.1)
    with pytest.raises(InspectorError) as caught:
        run(tiny_model, spec, out(tmp_path))
    assert caught.value.code == "spec.strength-steps"


def test_fused_projections_are_refused_with_a_way_out(tmp_path: Path) -> None:
    model = model_from_pipeline(tiny.two_level_pipeline())
    model.pipeline.unet.fuse_qkv_projections()
    with pytest.raises(InspectorError) as caught:
        run(model, replace(SPEC, capture=CaptureSpec()), out(tmp_path))
    assert caught.value.code == "capture.fused"
    assert "unfuse_qkv_projections" in caught.value.message
    run(model, SPEC, out(tmp_path))
    model.pipeline.unet.unfuse_qkv_projections()
    run(model, replace(SPEC, capture=CaptureSpec()), out(tmp_path, "unfused"))
