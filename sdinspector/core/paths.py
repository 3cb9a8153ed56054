"""Where the program's own files, its settings and a person's recordings live."""

from __future__ import annotations

import os
from pathlib import Path

from sdinspector.core.errors import InspectorError

APP = "sdinspector"


def resources() -> Path:
    """Return the folder ``resources`` of an editable install, a wheel or a plain checkout.

    Raises
    ------
    InspectorError
        ``install.resources-missing`` where neither place has it.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "resources", package.parent / "resources"):
        if (folder / "configs").is_dir():
            return folder
    raise InspectorError(
        "install.resources-missing",
        f"The program's folder 'resources' is missing beside {package}. Install it again.",
        package=str(package),
    )


def builtin_model() -> Path:
    """Return the folder of the built-in model ``shapes``."""
    return resources() / "models" / "shapes"


def recordings() -> Path:
    """Return the folder where recordings are kept (``SDINSPECTOR_HOME`` overrides), made if new."""
    return _made(_home("data") / "recordings")


def trained() -> Path:
    """Return the folder where trained models are kept, made if new."""
    return _made(_home("data") / "models")


def cache() -> Path:
    """Return the folder for what can be made again: replays, unpacked archives, fits."""
    return _made(_home("cache"))


def settings() -> Path:
    """Return the folder of the settings file."""
    return _made(_home("config"))


def _home(name: str) -> Path:
    home = os.environ.get("SDINSPECTOR_HOME")
    if home:
        return Path(home) / name
    import platformdirs

    if name == "cache":
        return Path(platformdirs.user_cache_dir(APP, appauthor=False))
    if name == "config":
        return Path(platformdirs.user_config_dir(APP, appauthor=False))
    return Path(platformdirs.user_documents_dir()) / APP


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InspectorError(
            "folder.cannot-make",
            f"Cannot make the folder {folder}: {error.strerror or error}. Set SDINSPECTOR_HOME to "
            "a folder that you may write to.",
            folder=str(folder),
        ) from error
    return folder
