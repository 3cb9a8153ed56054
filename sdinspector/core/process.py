"""What a process of this program sets before the heavy libraries are imported."""

from __future__ import annotations

import os

DEFAULTS = {
    # A thread of OpenMP that waits must not spin: beside any other work that makes a run up to a
    # hundred times as slow, since each of its many small products waits for the spinning one.
    "OMP_WAIT_POLICY": "PASSIVE",
    # Both tell of optional packages that nothing here needs, at every start.
    "TRANSFORMERS_VERBOSITY": "error",
    "DIFFUSERS_VERBOSITY": "error",
}


def prepare() -> None:
    """Set what is not set; a person's own environment wins."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
