from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sdinspector.app import replays
from sdinspector.app.context import AppContext
from sdinspector.app.fetch import Fetcher
from sdinspector.app.jobs import ParametersJob, ProbeJob
from sdinspector.app.settings import Settings
from sdinspector.app.viewer import Pane
from sdinspector.core import CaptureSpec, InspectorError, RunSpec
from sdinspector.engine import replay, run

LAYER = "activation/mid_block.attentions.0"
ATTENTION = "cross_attention/down_blocks.0.attentions.0.transformer_blocks.0.attn2"


@pytest.fixture
def context(qapp, own_home):
    """The application without a window; no model is open."""
    made = AppContext(Settings())
    yield made
    made.shut_down()
    made.deleteLater()


@pytest.fixture
def ready(context, tiny_folder, qtbot):
    """The same with the tiny model open."""
    context.settings["model"] = str(tiny_folder)
    context.start()
    qtbot.waitUntil(lambda: context.document.model is not None)
    return context


@pytest.fixture
def pane(recording):
    return Pane(recording, recording.calls)


class Answers(list):
    """Collects what a fetcher answers, and its errors."""

    def __init__(self, fetcher):
        self.fetcher, self.errors = fetcher, []

    def fetch(self, pane, call, *names):
        self.fetcher.fetch(pane, call, names, self.append, self.errors.append)


@pytest.fixture
def answers(ready):
    return Answers(Fetcher(ready, "test/fetch"))


def test_what_is_recorded_is_read_without_the_model(context, pane, qtbot):
    asked = Answers(Fetcher(context, "test/fetch"))
    asked.fetch(pane, 1, ATTENTION, "latent")
    assert asked.fetcher.pending
    qtbot.waitUntil(lambda: len(asked) == 1)
    (found,) = asked
    assert (found.recording_id, found.call) == (pane.recording.id, 1)
    assert (found.origin, found.verdict, found.difference) == ("recorded", "exact", 0.0)
    np.testing.assert_array_equal(found[ATTENTION], pane.recording.array(1, ATTENTION))
    assert list(found.arrays) == [ATTENTION, "latent"]
    assert not asked.fetcher.pending


def test_what_is_not_recorded_is_replayed_and_then_cached(ready, answers, pane, tiny_model, qtbot):
    truth = replay(tiny_model, pane.recording, 2, [LAYER])[LAYER]
    answers.fetch(pane, 2, LAYER, ATTENTION)
    qtbot.waitUntil(lambda: len(answers) == 1)
    assert (answers[0].origin, answers[0].verdict) == ("replayed", "exact")
    np.testing.assert_array_equal(answers[0][LAYER], truth)
    again = Answers(Fetcher(ready, "test/other"))
    again.fetch(pane, 2, LAYER)
    qtbot.waitUntil(lambda: len(again) == 1)
    assert (again[0].origin, again[0].verdict) == ("cached", "exact")
    np.testing.assert_array_equal(again[0][LAYER], truth)


def test_the_cache_serves_where_no_model_is_open(context, pane, tiny_model, qtbot):
    replayed = replay(tiny_model, pane.recording, 0, [LAYER])
    cache = replays.cache_of(context.settings)
    replays.remember(pane.recording, cache, 0, replayed.arrays, 0.25)
    asked = Answers(Fetcher(context, "test/fetch"))
    asked.fetch(pane, 0, LAYER)
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert (asked[0].origin, asked[0].verdict, asked[0].difference) == ("cached", "differs", 0.25)


def test_without_a_model_a_missing_array_names_the_model_to_open(context, pane, qtbot):
    asked = Answers(Fetcher(context, "test/fetch"))
    asked.fetch(pane, 0, LAYER)
    qtbot.waitUntil(lambda: bool(asked.errors))
    (error,) = asked.errors
    assert error.code == "fetch.no-model"
    assert pane.recording.model["name"] in str(error)
    assert not asked
    assert not asked.fetcher.pending


def test_an_error_nobody_asked_for_reaches_the_message_bar(context, pane, qtbot):
    told = []
    context.message.connect(told.append)
    Fetcher(context, "test/fetch").fetch(pane, 0, [LAYER], lambda _: None)
    qtbot.waitUntil(lambda: bool(told))
    assert "Open the model" in told[0].text


def test_a_layer_that_does_not_exist_names_the_nearest(answers, pane, qtbot):
    answers.fetch(pane, 0, "activation/mid_blok.attentions.0")
    qtbot.waitUntil(lambda: bool(answers.errors))
    assert answers.errors[0].code == "replay.no-layer"
    assert "mid_block.attentions.0" in str(answers.errors[0])


def test_a_call_that_is_not_there_is_an_error(answers, pane, qtbot):
    answers.fetch(pane, 99, "latent")
    qtbot.waitUntil(lambda: bool(answers.errors))
    assert answers.errors[0].code == "recording.no-call"


def test_another_layer_drops_the_answer_of_the_one_before(answers, pane, qtbot):
    answers.fetch(pane, 0, LAYER)
    answers.fetch(pane, 0, "activation/conv_in")
    qtbot.waitUntil(lambda: not answers.fetcher.pending)
    assert [list(found.arrays) for found in answers] == [["activation/conv_in"]]


def test_while_calls_fly_past_the_newest_is_answered_last_and_those_between_are_skipped(
    answers, pane, qtbot
):
    for call in (0, 1, 0, 1, 2):
        answers.fetch(pane, call, LAYER)
    qtbot.waitUntil(lambda: not answers.fetcher.pending)
    assert answers[-1].call == 2
    assert len(answers) <= 2
    assert not answers.errors


def test_nothing_comes_after_a_cancel(ready, answers, pane, qtbot):
    answers.fetch(pane, 0, LAYER)
    answers.fetcher.cancel()
    assert not answers.fetcher.pending
    qtbot.waitUntil(lambda: ready.readers.idle)
    qtbot.waitUntil(lambda: not ready.worker.active)
    assert not answers


def test_a_replay_that_somebody_stops_does_not_block_the_next(ready, answers, pane, qtbot):
    answers.fetch(pane, 0, LAYER)
    qtbot.waitUntil(lambda: answers.fetcher.replaying or bool(answers))
    for handle in ready.worker.active:
        handle.cancel()
    qtbot.waitUntil(lambda: not ready.worker.active)
    answers.fetch(pane, 1, LAYER)
    qtbot.waitUntil(lambda: bool(answers) and answers[-1].call == 1)


def test_a_recording_with_unknown_edits_is_not_replayed(
    ready, answers, tiny_model, tmp_path, qtbot
):
    import json

    from sdinspector.recording import Recording

    spec = RunSpec(prompt="star", steps=1, capture=CaptureSpec.nothing())
    made = run(tiny_model, replace(spec, scheduler="euler"), tmp_path / "edited.sdrec")
    manifest = made.path / "manifest.json"
    data = json.loads(manifest.read_text())
    data["spec"]["edits"] = [{"kind": "from_the_future"}]
    manifest.write_text(json.dumps(data))
    answers.fetch(Pane(Recording.open(made.path), 1), 0, LAYER)
    qtbot.waitUntil(lambda: bool(answers.errors))
    assert isinstance(answers.errors[0], InspectorError)
    assert answers.errors[0].code == "fetch.read-only"


def test_paths_of_the_module_tree_are_understood(answers, pane, qtbot):
    answers.fetch(pane, 0, "activation/unet.conv_in")
    qtbot.waitUntil(lambda: bool(answers))
    assert list(answers[0].arrays) == ["activation/conv_in"]
    assert answers[0]["activation/unet.conv_in"] is answers[0]["activation/conv_in"]


def test_what_does_not_depend_on_the_call_is_replayed_once(answers, pane, qtbot):
    names = ("activation/text_encoder", "activation/vae.decoder.conv_out")
    answers.fetch(pane, 0, *names)
    qtbot.waitUntil(lambda: len(answers) == 1)
    answers.fetch(pane, 2, *names)
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert [found.origin for found in answers] == ["replayed", "cached"]
    assert [found.verdict for found in answers] == ["exact", "exact"]
    assert answers[1].call == 2


def test_a_text_is_asked_about_call_by_call_and_the_answer_is_cached(ready, pane, qtbot):
    recording, answered, heard = pane.recording, [], []
    for _ in range(2):
        cache = replays.cache_of(ready.settings)
        job = ProbeJob(recording=recording, text="green star", cache=cache)
        handle = ready.submit(job, answered.append)
        handle.on_event = heard.append
        qtbot.waitUntil(lambda: not ready.worker.active)
    assert [(event.done, event.total) for event in heard] == [(1, 3), (2, 3), (3, 3)]
    first, second = answered
    assert first.calls == second.calls == (0, 1, 2)
    assert first.tokens == second.tokens
    assert (second.verdict, second.cut) == ("exact", "")
    for path, maps in first.maps.items():
        np.testing.assert_array_equal(maps, second.maps[path])
        np.testing.assert_allclose(maps.sum(axis=1), 3.0, atol=1e-4)


def test_parameters_of_a_module_are_described_on_the_models_thread(ready, tiny_model, qtbot):
    answered = []
    ready.submit(ParametersJob(path="unet.conv_in"), answered.append)
    qtbot.waitUntil(lambda: bool(answered))
    weight = tiny_model.pipeline.unet.conv_in.weight
    np.testing.assert_array_equal(answered[0].kernels, weight.detach().numpy())
