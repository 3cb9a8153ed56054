"""Names of new recordings and models."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from sdinspector.core import paths


def new_path(prompt: str, folder: Path | None = None) -> Path:
    """Return a path for a new recording: the time and the prompt's first words."""
    return _new(prompt, paths.recordings() if folder is None else folder, ".sdrec")


def new_model_path(words: str) -> Path:
    """Return a folder for a model that is trained: the time and what it is trained on."""
    return _new(words, paths.trained(), "")


def _new(text: str, folder: Path, ending: str) -> Path:
    words = re.findall(r"[^\W_]+", text.lower())
    slug = ""
    for word in words:
        if len(slug) + len(word) > 40:
            break
        slug = f"{slug}-{word}" if slug else word
    stem = f"{datetime.now().astimezone():%Y-%m-%d-%H%M%S}-{slug or 'untitled'}"
    path, count = folder / f"{stem}{ending}", 2
    while path.exists():
        path, count = folder / f"{stem}-{count}{ending}", count + 1
    return path
