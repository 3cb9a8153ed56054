"""Versions of the libraries that take part in a run, for its recording."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import sdinspector

NAMES = ("torch", "diffusers", "transformers", "safetensors", "numpy")


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    found = [("sdinspector", sdinspector.__version__), ("python", platform.python_version())]
    for name in NAMES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return (*found, ("platform", platform.platform()))


def versions() -> dict[str, str]:
    """Return library names and versions, Python and the platform included."""
    return dict(_versions())
