"""Pictures as PNG, with their settings in the text chunks."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sdinspector.recording.tensors import Array

_MAX_PIXELS = 2**26


def encode(rgb: Array, text: Mapping[str, str] | None = None) -> bytes:
    """Return ``[h, w, 3 or 4]`` uint8 as a PNG file's bytes, with ``text`` in its text chunks."""
    from PIL import Image, PngImagePlugin

    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] not in (3, 4):
        raise ValueError(f"a picture is [h, w, 3 or 4] uint8, not {rgb.shape} {rgb.dtype}")
    info = PngImagePlugin.PngInfo()
    for key, value in (text or {}).items():
        info.add_itxt(key, str(value).encode(errors="replace").decode())
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rgb)).save(stream, "PNG", pnginfo=info)
    return stream.getvalue()


def decode(path: Path) -> NDArray[np.uint8]:
    """Read a PNG file as ``[h, w, 3]`` uint8.

    Raises
    ------
    Exception
        Whatever Pillow raises for a damaged file (a dozen kinds); ``ValueError`` where the
        picture is too large to be one of a model's.
    """
    from PIL import Image

    with Image.open(path, formats=["PNG"]) as picture:
        if picture.width * picture.height > _MAX_PIXELS:
            raise ValueError(f"{picture.width} x {picture.height} pixels are too many")
        return np.array(picture.convert("RGB"), dtype=np.uint8)
