"""Where each part of a recording lies, and the limits that a reader trusts a file within."""

from __future__ import annotations

import re
from typing import Final

FORMAT: Final = "sdinspector-recording"
VERSION: Final = 1
SUFFIX: Final = ".sdrec"
ZIP_SUFFIX: Final = ".sdrec.zip"

MANIFEST: Final = "manifest.json"
CONDITIONING: Final = "conditioning.safetensors"
STEPS: Final = "steps"
CAPTURES: Final = "captures"
ADDED_UNCOND: Final = f"{CAPTURES}/noise_uncond.safetensors"
FINAL: Final = "final.safetensors"
SUMMARY: Final = "summary.safetensors"
IMAGE: Final = "image.png"
LOCK: Final = "writer.lock"

KINDS: Final = ("run", "observe", "inversion", "encode", "text", "objective", "training")
RUN_KINDS: Final = ("run", "inversion")
"""Kinds whose calls are those of one run, which can be forked and compared with the pipeline."""
STATUSES: Final = ("running", "complete", "cancelled", "failed")

BEAT_SECONDS: Final = 2.0
"""How often a writer shows that it lives."""
STALE_SECONDS: Final = 10.0
"""A heart that has not beaten for so long has stopped."""

MAX_MANIFEST_BYTES: Final = 64 * 2**20
MAX_CALLS: Final = 100_000

NUMBERED: Final = re.compile(r"(\d{1,8})\.safetensors")
MEMBER: Final = re.compile(
    r"manifest\.json|image\.png|(?:conditioning|final|summary)\.safetensors"
    r"|(?:steps|captures)/\d{1,8}\.safetensors|captures/noise_uncond\.safetensors"
)
"""Every file that a recording may hold, for unpacking: nothing else leaves an archive."""


def step_name(call: int) -> str:
    """Return the path, inside a recording, of the file of scheduler call number ``call``."""
    return f"{STEPS}/{call:04d}.safetensors"


def capture_name(number: int) -> str:
    """Return the path, inside a recording, of kept capture number ``number``."""
    return f"{CAPTURES}/{number}.safetensors"
