"""Where replayed arrays are kept between two looks at them, and under which names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.app.settings import Settings
from sdinspector.core import Token, paths, worse

if TYPE_CHECKING:
    from sdinspector.recording import Recording, ReplayCache

Array = NDArray[Any]
_MEGABYTE = 2**20
_DIFFERENCE = "difference"
_VALUE = "value"
_ABOUT = "about"
_caches: dict[tuple[Path, int, int], ReplayCache] = {}


@dataclass
class Found:
    """What could be had of a call without the model.

    Attributes
    ----------
    arrays
        By name.
    missing
        Names that are neither recorded nor cached.
    cached
        Whether any of the arrays was replayed at an earlier time.
    difference
        Largest relative difference of those replays' predictions from the recorded ones;
        not-a-number where there was nothing recorded to compare with.
    """

    arrays: dict[str, Array] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    cached: bool = False
    difference: float = 0.0


def cache_of(settings: Settings) -> ReplayCache:
    """Return the cache of replays that the settings describe, the same one each time."""
    from sdinspector.recording import ReplayCache

    folder = paths.cache() / "replays"
    disk = int(settings["cache.disk_megabytes"]) * _MEGABYTE
    memory = int(settings["cache.memory_megabytes"]) * _MEGABYTE
    key = (folder, disk, memory)
    if key not in _caches:
        _caches.clear()  # with other limits, or for another person, the old one holds memory
        _caches[key] = ReplayCache(folder, disk, memory)
    return _caches[key]


def look_up(recording: Recording, cache: ReplayCache, call: int, names: Sequence[str]) -> Found:
    """Read what is recorded or cached of a call; for the reader pool.

    Raises
    ------
    InspectorError
        ``recording.no-call``, ``recording.file-damaged``, ``recording.file-missing``.
    """
    found = Found()
    stored = recording.call(call).shapes
    for name in names:
        if name in stored:
            found.arrays[name] = recording.array(call, name)
            continue
        kept = cache.get(_key(recording, call, name))
        if kept is None or _VALUE not in kept or _DIFFERENCE not in kept:
            found.missing.append(name)
            continue
        found.arrays[name] = kept[_VALUE]
        found.cached = True
        found.difference = worse(found.difference, float(kept[_DIFFERENCE][0]))
    return found


def remember(
    recording: Recording,
    cache: ReplayCache,
    call: int,
    arrays: Mapping[str, Array],
    difference: float,
) -> None:
    """Keep the arrays of a replay."""
    apart = np.array([difference])
    for name, array in arrays.items():
        cache.put(_key(recording, call, name), {_VALUE: array, _DIFFERENCE: apart})


def find_probe(
    cache: ReplayCache,
    recording: Recording,
    text: str,
    calls: tuple[int, ...],
    layers: tuple[str, ...] | None,
) -> dict[str, Any] | None:
    """Return ``maps``, ``tokens``, ``cut`` and ``difference`` of a probe made earlier, if any."""
    kept = cache.get(_probe_key(recording, text, calls, layers))
    if kept is None or _ABOUT not in kept:
        return None
    try:
        about = json.loads(kept[_ABOUT].tobytes())
        return {
            "maps": {name: array for name, array in kept.items() if name != _ABOUT},
            "tokens": tuple(Token.from_json(token) for token in about["tokens"]),
            "cut": str(about["cut"]),
            "difference": float(about["difference"]),
        }
    except (KeyError, ValueError, TypeError):
        return None


def remember_probe(
    cache: ReplayCache,
    recording: Recording,
    text: str,
    calls: tuple[int, ...],
    layers: tuple[str, ...] | None,
    *,
    found: Any,
) -> None:
    """Keep the engine's ``Probe`` of a text."""
    about = {
        "tokens": [token.to_json() for token in found.tokens],
        "cut": found.cut,
        "difference": found.difference,
    }
    words = np.frombuffer(json.dumps(about).encode(), np.uint8)
    cache.put(_probe_key(recording, text, calls, layers), {**found.maps, _ABOUT: words})


def _probe_key(
    recording: Recording,
    text: str,
    calls: tuple[int, ...],
    layers: tuple[str, ...] | None,
) -> str:
    chosen = None if layers is None else sorted(layers)
    return _cache_key(recording, -1, "probe", text=text, calls=list(calls), layers=chosen)


def _key(recording: Recording, call: int, name: str) -> str:
    """Return the cache's key of an array; what is the same at all calls has one key for all."""
    from sdinspector.recording.layout import FINAL

    component = name.partition("/")[2].split(".", 1)[0]
    if component.startswith("text_encoder"):
        metadata = recording.call(call)
        tokens = str(metadata.metadata.get("tokens", ""))
        return _cache_key(recording, -1, name, tokens=tokens, branches=list(metadata.branches))
    if component == "vae" and recording.file(FINAL).exists():
        return _cache_key(recording, -1, name)
    return _cache_key(recording, call, name)


def _cache_key(recording: Recording, call: int, name: str, **settings: Any) -> str:
    from sdinspector.recording import ReplayCache

    return ReplayCache.key(recording.id, call, name=name, **settings)
