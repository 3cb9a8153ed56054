"""What the program remembers between two starts: one small JSON file with a version."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sdinspector.core import InspectorError, paths

log = logging.getLogger(__name__)

VERSION = 1
RECENT = 12
T = TypeVar("T")

#: What is known, with its default; anything else in the file is dropped when it is read.
#: ``viewers`` holds one dictionary a viewer, of whatever that viewer likes to keep.
DEFAULTS: dict[str, Any] = {
    "theme": "system",
    "language": "system",
    "window.geometry": "",
    "window.state": "",
    "window.tab": "",
    "model": "shapes",
    "device": "auto",
    "dtype": "auto",
    "spec": {},
    "seed.locked": True,
    "recent.recordings": [],
    "recent.models": [],
    "display": {},
    "folder.export": "",
    "recording.budget_megabytes": 4096,
    "cache.disk_megabytes": 4096,
    "cache.memory_megabytes": 512,
    "viewers": {},
}

#: From each older version to the next; the newest has none.
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


class Settings:
    """Values by name, each of its default's type; a broken file only loses what was in it.

    Parameters
    ----------
    path
        The file; without one nothing is read or written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._values: dict[str, Any] = {}
        self._written = ""
        if path is not None:
            self._values = _read(path)

    @classmethod
    def of_this_person(cls) -> Settings:
        """Return the settings in the person's own folder; unsaved ones where there is none."""
        try:
            return cls(paths.settings() / "settings.json")
        except InspectorError:
            log.warning("Settings will not be kept", exc_info=True)
            return cls()

    def __getitem__(self, name: str) -> Any:
        return self._values.get(name, DEFAULTS[name])

    def __setitem__(self, name: str, value: Any) -> None:
        if type(value) is not type(DEFAULTS[name]):
            raise TypeError(f"{name} must be {type(DEFAULTS[name]).__name__}, not {value!r}")
        self._values[name] = value

    def of_viewer(self, viewer: str, name: str, default: T) -> T:
        """Return what a viewer has kept, where it is still of its default's type."""
        kept = self["viewers"].get(viewer)
        value = kept.get(name, default) if isinstance(kept, dict) else default
        return value if type(value) is type(default) else default

    def keep_for_viewer(self, viewer: str, name: str, value: Any) -> None:
        """Keep a value of JSON's types for a viewer."""
        viewers = dict(self["viewers"])
        kept = viewers.get(viewer)
        viewers[viewer] = {**(kept if isinstance(kept, dict) else {}), name: value}
        self["viewers"] = viewers

    def add_recent(self, name: str, entry: str) -> None:
        """Put an entry first in a list of recent things."""
        rest = [item for item in self[name] if item != entry and isinstance(item, str)]
        self[name] = [entry, *rest][:RECENT]

    def remove_recent(self, name: str, entry: str) -> None:
        """Take an entry out, because it is gone."""
        self[name] = [item for item in self[name] if item != entry]

    def save(self) -> None:
        """Write what has changed, whole or not at all; a failure is logged, never raised."""
        if self.path is None:
            return
        text = json.dumps({"version": VERSION, **self._values}, indent=1, ensure_ascii=False)
        if text == self._written:
            return
        self._written = text  # also where it fails: the same is not tried, and told, again
        temporary = ""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            number, temporary = tempfile.mkstemp(".tmp", "settings", self.path.parent)
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(text)
            Path(temporary).replace(self.path)
        except OSError:
            log.warning("The settings could not be written to %s", self.path, exc_info=True)
            if temporary:
                Path(temporary).unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        version = int(data["version"])
        while version in MIGRATIONS:
            data = MIGRATIONS[version](data)
            version = int(data["version"])
    except FileNotFoundError:
        return {}
    except Exception:  # whatever is in there: the program starts
        log.warning("The settings in %s cannot be read and are put aside", path, exc_info=True)
        _put_aside(path)
        return {}
    return {
        name: data[name]
        for name, default in DEFAULTS.items()
        if name in data and type(data[name]) is type(default)
    }


def _put_aside(path: Path) -> None:
    try:
        path.replace(path.with_suffix(".broken.json"))
    except OSError:
        log.debug("Could not put %s aside", path, exc_info=True)
