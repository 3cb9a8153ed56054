"""Imports the heavy libraries in a background thread without stopping the other threads.

A plain ``import torch, diffusers`` holds the interpreter for up to a second at a stretch, for two
reasons: the dynamic linker loads half a gigabyte of libraries with the lock held, and the cyclic
garbage collector goes over all that the import has made again and again, each time for longer.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import importlib.util
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

from sdinspector.core import Cancelled, OnProgress, Progress, ShouldStop

log = logging.getLogger(__name__)

#: In this order; each is one step of the progress.
MODULES = (
    "torch",
    "diffusers",
    "transformers",
    "diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion",
    "sdinspector.engine.sources",
    "sdinspector.engine.sampling",
    "sdinspector.engine.text",
)
_LIBRARIES = ("libc10.so", "libtorch_cpu.so", "libtorch_python.so")
_RTLD_LAZY = 1


def import_libraries(
    on_progress: OnProgress | None = None, should_stop: ShouldStop | None = None
) -> None:
    """Import everything that opening and running a model needs; at once if that is done.

    Raises
    ------
    Cancelled
        Where ``should_stop`` said so between two libraries.
    """
    missing = [name for name in MODULES if name not in sys.modules]
    if not missing:
        return
    with _collector_paused():
        _preload()
        for number, name in enumerate(missing):
            if should_stop is not None and should_stop():
                raise Cancelled
            if on_progress is not None:
                text = "importing " + name.split(".", 1)[0]
                on_progress(Progress(number, len(missing), text))
            importlib.import_module(name)
    # What the imports made lives as long as the program: later collections need not visit it.
    gc.freeze()


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _preload() -> None:
    """Let the linker load torch's libraries while other threads run (Linux; elsewhere no need).

    ``ctypes`` releases the interpreter while it calls a C function, ``import`` does not. The
    import that follows finds the libraries loaded.
    """
    if not sys.platform.startswith("linux") or "torch" in sys.modules:
        return
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        return
    folder = Path(found.origin).parent / "lib"
    try:
        dlopen = ctypes.CDLL(None).dlopen
    except (OSError, AttributeError):
        log.debug("No dlopen to be had", exc_info=True)
        return
    dlopen.restype = ctypes.c_void_p
    dlopen.argtypes = (ctypes.c_char_p, ctypes.c_int)
    for name in _LIBRARIES:
        if (folder / name).is_file():
            dlopen(str(folder / name).encode(), _RTLD_LAZY)
