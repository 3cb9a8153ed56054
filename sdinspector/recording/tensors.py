"""Named arrays in safetensors files: written without a copy, read by the slice."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from sdinspector.core import InspectorError
from sdinspector.recording.files import patiently, to_json, write_whole

Array: TypeAlias = NDArray[Any]
Index: TypeAlias = int | slice | tuple[int | slice, ...] | None

_NAMES = {
    "bool": "BOOL",
    "uint8": "U8",
    "int8": "I8",
    "uint16": "U16",
    "int16": "I16",
    "uint32": "U32",
    "int32": "I32",
    "uint64": "U64",
    "int64": "I64",
    "float16": "F16",
    "float32": "F32",
    "float64": "F64",
}
_DTYPES = {code: np.dtype(name) for name, code in _NAMES.items()}
# numpy works a type's name out each time it is asked; a call of a run has a hundred arrays.
_CODES = {dtype.newbyteorder("<"): code for code, dtype in _DTYPES.items()}


_SMALL = 4096  # bytes; below, a copy is quicker than a view


@dataclass(frozen=True)
class Header:
    """What a safetensors file says of itself: shape of each array, and its metadata."""

    shapes: dict[str, tuple[int, ...]]
    metadata: dict[str, Any]


def save(
    path: Path,
    arrays: Mapping[str, Array],
    metadata: Mapping[str, Any] | None = None,
    *,
    replace: bool = False,
) -> None:
    """Write arrays as one safetensors file that appears whole or not at all.

    Parameters
    ----------
    path
        Where; without ``replace`` the file must not be there yet.
    arrays
        Any shapes; float16, float32, float64, integers and booleans. bfloat16, which numpy has
        not, is widened to float32 where an extension type brings it.
    metadata
        Values of JSON's types. The format holds strings, so each value is stored as JSON text.
    replace
        Whether a file that is there already is replaced.

    Raises
    ------
    InspectorError
        See :func:`sdinspector.recording.files.write_whole`.
    TypeError
        Where an array's type is none of the above.
    """
    ready = {name: _storable(name, array) for name, array in arrays.items()}
    order, entries = _layout(
        tuple((name, array.dtype.char, array.shape) for name, array in ready.items())
    )
    first = ""
    if metadata:
        values = {key: to_json(value) for key, value in metadata.items()}
        first = f'"__metadata__": {json.dumps(values)}' + (", " if entries else "")
    text = f"{{{first}{entries}}}".encode()
    text += b" " * (-len(text) % 8)

    def parts() -> Iterator[bytes | memoryview]:
        yield struct.pack("<Q", len(text)) + text
        for name in order:
            array = ready[name]
            if array.nbytes < _SMALL:
                yield array.tobytes()
            else:
                yield array.reshape(-1).view(np.uint8).data

    write_whole(path, parts(), replace=replace)


@lru_cache(maxsize=8)
def _layout(
    kinds: tuple[tuple[str, str, tuple[int, ...]], ...],
) -> tuple[tuple[str, ...], str]:
    """Return in which order arrays are written, and what the header says of each.

    A run writes files of one layout, so that it is worked out once and not for each.

    Parameters
    ----------
    kinds
        Name, numpy's character of the type, and shape of each array.
    """
    # The largest items first keep every array aligned without padding, as the library does it.
    order = sorted(kinds, key=lambda kind: (-np.dtype(kind[1]).itemsize, kind[0]))
    header: dict[str, Any] = {}
    offset = 0
    for name, code, shape in order:
        dtype = np.dtype(code)
        size = dtype.itemsize * math.prod(shape)
        header[name] = {
            "dtype": _CODES[dtype],
            "shape": list(shape),
            "data_offsets": [offset, offset + size],
        }
        offset += size
    return tuple(name for name, _, _ in order), json.dumps(header)[1:-1]


def _storable(name: str, array: Array) -> Array:
    array = np.asarray(array, order="C")
    if array.dtype in _CODES and name != "__metadata__":
        return array
    if array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    if array.dtype.name not in _NAMES or name == "__metadata__":
        raise TypeError(f"cannot store {name!r} of type {array.dtype}")
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def header(path: Path) -> Header:
    """Read the names, shapes and metadata of a file without its data.

    Raises
    ------
    InspectorError
        ``recording.file-missing`` or ``recording.file-damaged``.
    """
    with _Opened(path) as file:
        shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
        return Header(shapes, _parsed(file.metadata() or {}))


def load(path: Path, name: str, index: Index = None) -> Array:
    """Read one array, or a part of it, from a file.

    Parameters
    ----------
    path, name
        File and name of the array.
    index
        ``None`` for all of it; an integer, a slice, or a tuple of these for a part, of which no
        more than needed is read.

    Raises
    ------
    InspectorError
        ``recording.array-missing``, ``recording.index``, ``recording.file-missing`` or
        ``recording.file-damaged``.
    """
    with _Opened(path) as file:
        if name not in file.keys():  # noqa: SIM118
            raise _missing(path, name)
        if index is None or (isinstance(index, tuple) and not index):
            return np.asarray(file.get_tensor(name))
        part = file.get_slice(name)
        return _sliced(part, tuple(part.get_shape()), index, path, name)


def load_some(path: Path, names: Collection[str]) -> dict[str, Array]:
    """Read several arrays while the file is opened once; raises as :func:`load` does."""
    with _Opened(path) as file:
        held = set(file.keys())
        for name in names:
            if name not in held:
                raise _missing(path, name)
        return {name: np.asarray(file.get_tensor(name)) for name in names}


def load_all(path: Path) -> dict[str, Array]:
    """Read every array of a file; raises as :func:`header` does."""
    with _Opened(path) as file:
        return {name: np.asarray(file.get_tensor(name)) for name in file.keys()}  # noqa: SIM118


def _sliced(part: Any, shape: tuple[int, ...], index: Index, path: Path, name: str) -> Array:
    """Take ``index`` as numpy would: the library itself knows neither steps nor integers alone."""
    wanted = index if isinstance(index, tuple) else (index,)
    if len(wanted) > len(shape):
        raise _bad_index(path, name, shape, index)
    ranges: list[slice] = []
    rest: list[int | slice] = []
    for item, size in zip(wanted, shape, strict=False):
        if isinstance(item, slice):
            start, stop, step = item.indices(size)
            chosen = range(start, stop, step)
            low, high = (min(chosen), max(chosen) + 1) if chosen else (0, 0)
            ranges.append(slice(low, high))
            rest.append(slice(None, None, step))
        elif isinstance(item, int | np.integer) and -size <= item < size:
            low = int(item) % size
            ranges.append(slice(low, low + 1))
            rest.append(0)
        else:
            raise _bad_index(path, name, shape, index)
    if any(item.start == item.stop for item in ranges):
        # Nothing is asked for, which the library refuses: only shape and type matter.
        return np.broadcast_to(np.zeros((), _DTYPES[part.get_dtype()]), shape)[wanted].copy()
    return np.array(np.asarray(part[tuple(ranges)])[tuple(rest)], order="C")


def _missing(path: Path, name: str) -> InspectorError:
    return InspectorError(
        "recording.array-missing",
        f"{path.name} holds no {name!r}. It was not captured in this run.",
        path=str(path),
        name=name,
    )


def _bad_index(path: Path, name: str, shape: tuple[int, ...], index: Index) -> InspectorError:
    return InspectorError(
        "recording.index",
        f"{name!r} in {path.name} has the shape {shape}; it has no part {index!r}.",
        path=str(path),
        name=name,
        shape=shape,
    )


def _parsed(metadata: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, text in metadata.items():
        try:
            values[key] = json.loads(text)
        except (ValueError, RecursionError):
            values[key] = text  # another program's metadata is plain text: kept as it is
    return values


class _Opened:
    """``safe_open`` for as long as a read takes: a mapped file cannot be replaced on Windows."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Any:
        try:
            opened: Any = patiently(lambda: safe_open(self._path, framework="np"))
            self._file = opened
            return opened.__enter__()
        except _UNREADABLE as error:
            raise _unreadable(self._path, error) from error

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._file.__exit__(kind, error, trace)
        if isinstance(error, _UNREADABLE):
            raise _unreadable(self._path, error) from error


# The library says TypeError for bfloat16, which numpy has not, and ValueError for odd sizes.
_UNREADABLE = (SafetensorError, OSError, TypeError, ValueError, OverflowError)


def _unreadable(path: Path, error: Exception) -> InspectorError:
    if isinstance(error, FileNotFoundError):
        return InspectorError(
            "recording.file-missing",
            f"{path} is missing. The recording was moved, deleted or only partly copied.",
            path=str(path),
        )
    return InspectorError(
        "recording.file-damaged",
        f"{path} cannot be read: {error}. It is damaged or was not copied whole; the other files "
        "of the recording are not affected.",
        path=str(path),
        reason=str(error),
    )
