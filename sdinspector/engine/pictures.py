"""Pictures that people bring: read, turned upright, made RGB, fitted to the model's size."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from sdinspector.core import InspectorError
from sdinspector.engine.devices import memory_errors_explained

Picture: TypeAlias = str | Path | Image.Image | NDArray[Any]
MAX_PIXELS = 2**27


def read(picture: Picture) -> Image.Image:
    """Return a picture as upright RGB.

    Parameters
    ----------
    picture
        A file, a Pillow image, or an array ``[h, w]``, ``[h, w, 3]`` or ``[h, w, 4]``: uint8,
        uint16, booleans, or float from 0 to 1. What is transparent lies on white.

    Raises
    ------
    InspectorError
        ``picture.missing``, ``picture.unreadable``, ``picture.too-large``, ``picture.shape``,
        ``picture.type``, ``memory.full``.
    """
    if isinstance(picture, np.ndarray):
        return _from_array(picture)
    if isinstance(picture, Image.Image):
        return _rgb(picture)
    with memory_errors_explained("reading the picture"):
        return _from_file(picture)


def _from_file(picture: str | Path) -> Image.Image:
    path = Path(picture).expanduser()
    if not path.is_file():
        raise InspectorError("picture.missing", f"There is no picture {path}.", path=str(path))
    try:
        with warnings.catch_warnings():
            # Pillow warns of a decompression bomb long before it refuses: here it is refused.
            # What else it warns of, a damaged orientation say, is no reason to show nothing.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise Image.DecompressionBombError
                return _rgb(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InspectorError(
            "picture.too-large",
            f"{path} has more pixels than this program opens. Make it smaller first.",
            path=str(path),
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error) as error:
        reason = str(error)
        if isinstance(error, UnidentifiedImageError):  # whose own text says the path once more
            reason = "it is of no known kind, or damaged"
        raise InspectorError(
            "picture.unreadable", f"Cannot read the picture {path}: {reason}.", path=str(path)
        ) from error


def fit(picture: Image.Image, width: int, height: int) -> Image.Image:
    """Return a picture of exactly this size: its middle is kept and resized, never distorted.

    A picture that has the size already is returned as it is.
    """
    if picture.size == (width, height):
        return picture
    return ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)


def _from_array(array: NDArray[Any]) -> Image.Image:
    shaped = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (1, 3, 4))
    if not shaped or array.size == 0:
        raise InspectorError(
            "picture.shape",
            f"An array of shape {array.shape} is no picture; use [height, width, 3].",
            shape=list(array.shape),
        )
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    return _rgb(Image.fromarray(np.ascontiguousarray(_bytes(array))))


def _bytes(array: NDArray[Any]) -> NDArray[np.uint8]:
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.uint16:
        return (array >> 8).astype(np.uint8)  # as Pillow reads colours of 16 bit
    if array.dtype.kind not in "bf":
        raise InspectorError(
            "picture.type",
            f"An array of type {array.dtype} is no picture; use uint8, uint16, or float from "
            "0 to 1.",
            type=str(array.dtype),
        )
    values = np.nan_to_num(array.astype(np.float64), nan=0.0)
    return np.round(np.clip(values, 0.0, 1.0) * 255.0).astype(np.uint8)


def _rgb(picture: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I;16"):
        return _from_array(np.asarray(upright).astype(np.uint16))
    if upright.mode in ("I", "F"):
        values = np.asarray(upright).astype(np.float64)
        return _from_array(values / _white(upright.mode, float(values.max(initial=0.0))))
    if "a" in upright.getbands():  # colours that were multiplied with alpha already
        upright = upright.convert(upright.mode.upper())
    if "A" in upright.getbands() or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    return upright.convert("RGB")


def _white(mode: str, highest: float) -> float:
    """Return what white is in a mode whose files do not say it, by the highest value there is."""
    if mode == "F" and highest <= 1.0:
        return 1.0
    return 65535.0 if highest > 255.0 else 255.0
