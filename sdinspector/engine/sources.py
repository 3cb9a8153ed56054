"""Where models come from: the built-in one, a diffusers folder, the local Hugging Face cache.

Nothing here reaches for the network, and no weights but safetensors are read.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdinspector.core import InspectorError, OnProgress, Progress, paths
from sdinspector.engine import digests, folders, lora
from sdinspector.engine.devices import choose_device, choose_dtype, memory_errors_explained
from sdinspector.engine.folders import INDEX, ModelFolder
from sdinspector.engine.model import Model

log = logging.getLogger(__name__)

BUILTIN = "shapes"
BUILTIN_TITLE = "Shapes (built in)"


@dataclass(frozen=True)
class ModelSource:
    """A model that can be opened here.

    Attributes
    ----------
    name
        A short name for people.
    source
        What to give to :func:`open_model`.
    title
        Name and where it comes from, for a menu.
    class_name
        Of the pipeline, as its folder says.
    bytes
        Size of its weights on disk.
    """

    name: str
    source: str
    title: str
    class_name: str
    bytes: int


def list_models() -> list[ModelSource]:
    """Return the models that can be opened here without the network.

    The built-in one comes first, then those that were trained here, then the Hugging Face cache's.
    A cached model of a class that this program cannot open is listed too, so that a person sees
    it; opening it says what is the matter.
    """
    found = []
    builtin = paths.builtin_model()
    if (builtin / INDEX).is_file():
        found.append(
            ModelSource(BUILTIN, BUILTIN, BUILTIN_TITLE, _class_in(builtin), _bytes_below(builtin))
        )
    for folder in sorted(paths.trained().iterdir(), key=lambda folder: folder.name):
        added = lora.is_lora(folder)
        if added or (folder / INDEX).is_file():
            title = f"{folder.name} (trained here)"
            kind = "LoRA" if added else _class_in(folder)
            found.append(ModelSource(folder.name, str(folder), title, kind, _bytes_below(folder)))
    for name, snapshot in sorted(_cached().items()):
        found.append(
            ModelSource(
                name.rsplit("/", 1)[-1],
                name,
                f"{name} (Hugging Face cache)",
                _class_in(snapshot),
                _bytes_below(snapshot),
            )
        )
    return found


def open_model(
    source: str | Path = BUILTIN,
    device: str = "auto",
    dtype: str = "auto",
    on_progress: OnProgress | None = None,
) -> Model:
    """Open a model.

    Parameters
    ----------
    source
        ``"shapes"``, a diffusers folder, the name of a model in the local Hugging Face cache, or a
        folder with a LoRA that says which of these it belongs to: it is added to the weights.
    device
        ``"auto"`` (CUDA, else MPS, else CPU), or a torch device.
    dtype
        ``"auto"`` (float16 on CUDA, else float32), ``"float32"``, ``"float16"``, ``"bfloat16"``.
    on_progress
        Called, on this thread, as the work goes on.

    Returns
    -------
    Model
        Ready to run; :meth:`Model.close` frees it.

    Raises
    ------
    InspectorError
        ``model.…`` where the model is missing, incomplete, unreadable or of a kind that this
        program does not know; ``device.…``, ``dtype.…``; ``memory.full``.
    """
    report = on_progress or _silent
    torch_device = choose_device(device)
    torch_dtype = choose_dtype(dtype, torch_device)
    report(Progress(0, 0, "looking at the model's files"))
    place = _locate(str(source))
    # A recording names its model by this: a folder must be found from anywhere.
    name = str(source) if place != Path(source).expanduser() else str(place.absolute())
    added = place if lora.is_lora(place) else None
    if added is not None:
        place = _locate(lora.base_of(added))
    folder = folders.inspect(place)
    digest = digests.of_folder(folder, report)
    with memory_errors_explained("opening the model"), quiet():
        pipeline = folders.load(folder, torch_device, torch_dtype, report)
        if added is not None:
            report(Progress(0, 0, "loading the LoRA"))
            lora.merge(pipeline, added)
            digest = lora.digest(added, digest)
        report(Progress(0, 0, "reading the model's anatomy"))
        model = Model(pipeline, source=name, name=_name(source, folder, added), digest=digest)
        from sdinspector.engine.autoencoder import preview_of

        report(Progress(0, 0, "fitting the colour preview"))
        return model.with_preview(preview_of(model))


def model_from_pipeline(pipeline: Any, source: str = "memory", name: str = "") -> Model:
    """Return a model around a pipeline that is already in memory (a just trained one, a test's).

    The digest is that of the tensors, the device and precision those of the pipeline.
    """
    from sdinspector.engine.autoencoder import preview_of

    model = Model(
        pipeline, source=source, name=name or source, digest=digests.of_pipeline(pipeline)
    )
    return model.with_preview(preview_of(model))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the libraries' own progress bars off the terminal, and put them back after."""
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    loggers = (diffusers_logging, transformers_logging)
    on = [library.is_progress_bar_enabled() for library in loggers]
    for library in loggers:
        library.disable_progress_bar()
    try:
        yield
    finally:
        for library, was_on in zip(loggers, on, strict=True):
            if was_on:
                library.enable_progress_bar()


def _silent(_progress: Progress) -> None:
    return None


def _name(source: str | Path, folder: ModelFolder, added: Path | None) -> str:
    if added is not None:
        return added.name
    if str(source) == BUILTIN:
        return BUILTIN_TITLE
    return folder.path.name if Path(source).is_dir() else str(source).rsplit("/", 1)[-1]


def _locate(source: str) -> Path:
    """Return the folder of a source, or say why there is none."""
    if source == BUILTIN:
        folder = paths.builtin_model()
        if not folder.is_dir():
            raise InspectorError(
                "model.builtin-missing",
                f"The built-in model is missing at {folder}. Install the program again, or open "
                "another model.",
                folder=str(folder),
            )
        return folder
    path = Path(source).expanduser()
    if path.is_dir():
        return path
    if path.is_file():
        raise folders.not_a_folder(path)
    cached = _cached()
    if source in cached:
        return cached[source]
    looks_like_path = source.startswith((".", "/", "~")) or "\\" in source or path.is_absolute()
    if looks_like_path or source.count("/") != 1:
        raise InspectorError(
            "model.folder-missing",
            f"There is no folder {path}. Check the path, or run 'sdinspector models' for what can "
            "be opened here.",
            path=str(path),
        )
    raise InspectorError(
        "model.not-cached",
        f"{source} is neither a folder nor a model in the local Hugging Face cache. This program "
        f"downloads nothing by itself: fetch it first with 'hf download {source}'.",
        source=source,
    )


def _cached() -> dict[str, Path]:
    """Return the newest complete-looking snapshot of each model in the local hub cache."""
    from huggingface_hub import CacheNotFound, scan_cache_dir

    try:
        cache = scan_cache_dir()
    except (CacheNotFound, OSError, ValueError) as error:
        log.debug("no Hugging Face cache: %s", error)
        return {}
    found = {}
    for repository in cache.repos:
        if repository.repo_type != "model":
            continue
        revisions = sorted(repository.revisions, key=lambda item: item.last_modified, reverse=True)
        for revision in revisions:
            snapshot = Path(revision.snapshot_path)
            if (snapshot / INDEX).is_file():
                found[repository.repo_id] = snapshot
                break
    return found


def _class_in(folder: Path) -> str:
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        return str(index["_class_name"])
    except (OSError, ValueError, KeyError, TypeError):
        return "unreadable"


def _bytes_below(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*.safetensors") if file.is_file())
