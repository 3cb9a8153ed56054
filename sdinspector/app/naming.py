"""Names of new recordings."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from sdinspector.core import paths


def new_path(prompt: str, folder: Path | None = None) -> Path:
    """Return a path for a new recording: the time and the prompt's first words."""
    folder = paths.recordings() if folder is None else folder
    words = re.findall(r"[^\W_]+", prompt.lower())
    slug = ""
    for word in words:
        if len(slug) + len(word) > 40:
            break
        slug = f"{slug}-{word}" if slug else word
    stem = f"{datetime.now().astimezone():%Y-%m-%d-%H%M%S}-{slug or 'untitled'}"
    path, count = folder / f"{stem}.sdrec", 2
    while path.exists():
        path, count = folder / f"{stem}-{count}.sdrec", count + 1
    return path
