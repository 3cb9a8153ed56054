"""The window follows a recording that ``sdinspector record`` writes at the same time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STEPS = 60


@pytest.fixture
def recorder(tiny_folder, tmp_path):
    """The command line at work in a process of its own, and where it writes."""
    out = tmp_path / "other.sdrec"
    words = ["record", "--model", str(tiny_folder), "--prompt", "a red circle", "--quiet"]
    process = subprocess.Popen(
        [sys.executable, "-m", "sdinspector", *words, "--steps", str(STEPS), "--out", str(out)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    yield process, out
    process.kill()
    process.communicate()


def test_window_follows_what_the_command_line_records_meanwhile(make_window, qtbot, recorder):
    process, out = recorder
    window = make_window(start=False)
    context = window.context

    def is_there() -> bool:
        if process.poll():
            pytest.fail(process.stderr.read().decode())
        return any(out.glob("steps/*.safetensors"))

    qtbot.waitUntil(is_there, timeout=90_000)
    window.files.open_place(out)
    qtbot.waitUntil(lambda: bool(context.scene.panes), timeout=10_000)
    seen = {(context.scene.calls, context.scene.recording.status)}

    def finished() -> bool:
        seen.add((context.scene.calls, context.scene.recording.status))
        return context.scene.recording.status == "complete"

    qtbot.waitUntil(finished, timeout=90_000)
    growing = sorted(calls for calls, status in seen if status == "running")
    assert len(growing) > 1, "it was opened while it grew, and it grew on screen"
    # A thread of its own reads the recording: its last calls reach the scene a moment later.
    qtbot.waitUntil(lambda: context.scene.calls == context.scene.recording.calls, timeout=10_000)
    assert context.scene.calls >= STEPS
    assert context.scene.recording.image() is not None
    assert process.wait(timeout=60) == 0
