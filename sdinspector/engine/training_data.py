"""Pictures with captions to train on: a folder of one's own, or the shapes world."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.core import InspectorError
from sdinspector.engine.pictures import read as read_picture
from sdinspector.worlds import ShapesWorld
from sdinspector.worlds import draw as draw_scene

ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif"})
TABLES = (".jsonl", ".csv")
CONTROL = 10_000
"""Number of the first scene whose loss is watched: no training draws as many."""
_FILE = ("file_name", "file", "filename", "image", "picture", "path")
_CAPTION = ("caption", "text", "prompt", "description")
#: What cameras and programs call files says nothing of what is on them.
_CAMERA = re.compile(
    r"(img|image|dsc[nf]?|dcim|pict?|photo|picture|scan|screenshot|untitled|frame|p|file)?"
    r"[\s_\-.]*[\d\s_\-.()]*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Captioned:
    """One picture: a file, or an array ``[h, w, 3]`` uint8, and its caption."""

    picture: Path | NDArray[np.uint8]
    caption: str


@dataclass(frozen=True)
class Pictures:
    """What there is to train on.

    Attributes
    ----------
    items
        Pictures with their captions.
    source
        Where the captions are from: "table", "text files", "file names", "one for all" or
        "shapes".
    remarks
        What was left out, in sentences for people.
    place, caption
        What :func:`find` was asked.
    """

    items: tuple[Captioned, ...]
    source: str
    remarks: tuple[str, ...] = field(default=())
    place: str = ""
    caption: str = ""


def find(place: str | Path, caption: str = "", size: int = 64) -> Pictures:
    """Find the pictures of a folder and their captions.

    Captions are taken from a table in the folder (``*.jsonl`` or ``*.csv`` with a column for the
    file, ``file_name``, and one for the text, ``caption`` or ``text``), else from ``NAME.txt``
    beside ``NAME.png``, else from the files' names, where these are words.

    Parameters
    ----------
    place
        The folder, or a table whose paths are relative to it; ``shapes:N`` for N drawn scenes.
    caption
        One for all pictures; empty to look for them.
    size
        Side of drawn scenes, in pixels.

    Raises
    ------
    InspectorError
        ``training.no-folder``, ``training.empty``, ``training.no-captions``,
        ``training.no-pictures``, ``training.missing``, ``training.table``,
        ``training.tables``, ``training.row``.
    """
    found = _find(place, caption, size)
    drawn = found.source == "shapes"
    where = str(place) if drawn else str(Path(place).expanduser().absolute())
    return replace(found, place=where, caption=caption)


def _find(place: str | Path, caption: str, size: int) -> Pictures:
    text = str(place)
    if re.fullmatch(r"shapes(:\d+)?", text) and not Path(text).exists():
        return shapes(int(text.partition(":")[2] or 200), size)
    path = Path(place).expanduser()
    if path.is_file() and path.suffix.lower() in TABLES:
        return _from_table(path)
    if not path.is_dir():
        raise InspectorError(
            "training.no-folder",
            f"There is no folder {path}. Give a folder of pictures with captions, or shapes:200.",
            path=str(path),
        )
    pictures = sorted(file for file in path.rglob("*") if file.suffix.lower() in ENDINGS)
    if caption and pictures:
        return Pictures(tuple(Captioned(file, caption) for file in pictures), "one for all")
    tables = sorted(file for file in path.iterdir() if file.suffix.lower() in TABLES)
    if len(tables) > 1:
        raise InspectorError(
            "training.tables",
            f"{path} holds several tables ({', '.join(table.name for table in tables)}). Give one "
            "of them in place of the folder.",
            path=str(path),
            tables=[table.name for table in tables],
        )
    if tables:
        return _from_table(tables[0], pictures)
    texts = {file.with_suffix("") for file in path.rglob("*.txt")}
    if not pictures:
        raise _no_pictures(path, len(texts))
    if any(file.with_suffix("") in texts for file in pictures):
        return _from_texts(path, pictures, texts)
    return _from_names(path, pictures)


def shapes(count: int, size: int = 64, first: int = 0) -> Pictures:
    """Return drawn scenes of the shapes world with their captions."""
    if count < 1:
        raise _empty("shapes")
    world = ShapesWorld(held_out=None)
    items = []
    for number in range(first, first + count):
        scene, caption = world.scene(number)
        items.append(Captioned(draw_scene(scene, size).picture, caption.text))
    return Pictures(tuple(items), "shapes")


def control(count: int, size: int = 64) -> Pictures | None:
    """Return drawn scenes far from those that are trained on; ``None`` for none."""
    return shapes(count, size, first=CONTROL) if count else None


@dataclass(frozen=True)
class Found:
    """What a person is told before a training.

    Attributes
    ----------
    count
        Pictures.
    source, remarks
        See :class:`Pictures`.
    first
        The first few: small pictures ``[h, w, 3]`` uint8 and their captions.
    """

    count: int
    source: str
    remarks: tuple[str, ...]
    first: tuple[tuple[NDArray[np.uint8], str], ...]


def look(pictures: Pictures, count: int = 12, side: int = 96) -> Found:
    """Read the first few pictures, made small.

    Raises
    ------
    InspectorError
        ``picture.…``: one of these cannot be read.
    """
    first = []
    for item in pictures.items[:count]:
        image = read_picture(item.picture)
        image.thumbnail((side, side))
        first.append((np.asarray(image), item.caption))
    return Found(len(pictures.items), pictures.source, pictures.remarks, tuple(first))


def _from_table(table: Path, pictures: Iterable[Path] = ()) -> Pictures:
    """Take pictures and captions from a JSONL or CSV file."""
    items: list[Captioned] = []
    for number, row in enumerate(_rows(table), start=1):
        name = next((str(row[key]) for key in _FILE if row.get(key)), "")
        caption = next((str(row[key]) for key in _CAPTION if row.get(key) is not None), None)
        if not name or caption is None:
            raise InspectorError(
                "training.row",
                f"Row {number} of {table} names no file or no caption. Columns are file_name and "
                "caption.",
                path=str(table),
                row=number,
            )
        file = table.parent / name
        if not file.is_file():
            raise InspectorError(
                "training.missing",
                f"Row {number} of {table} names {name}, which is not there.",
                path=str(file),
                table=str(table),
                row=number,
            )
        items.append(Captioned(file, " ".join(caption.split())))
    if not items:
        raise _empty(str(table))
    named = {item.picture for item in items}
    others = sum(file not in named for file in pictures)
    remarks = (f"{others} pictures that {table.name} does not name are left out.",)
    return Pictures(tuple(items), "table", remarks if others else ())


def _rows(table: Path) -> list[dict[str, Any]]:
    try:
        text = table.read_text("utf-8-sig")
        if table.suffix.lower() == ".csv":
            return [dict(row) for row in csv.DictReader(text.splitlines())]
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        if not all(isinstance(row, dict) for row in rows):
            raise ValueError("each line must be an object")
    except (OSError, ValueError, csv.Error) as error:
        raise InspectorError(
            "training.table",
            f"{table} cannot be read as a table: {error}",
            path=str(table),
            why=str(error),
        ) from error
    return rows


def _from_texts(folder: Path, pictures: list[Path], texts: set[Path]) -> Pictures:
    items = []
    remarks = []
    for file in pictures:
        beside = file.with_suffix(".txt")
        if beside.is_file():
            words = beside.read_text("utf-8-sig", errors="replace").split()
            items.append(Captioned(file, " ".join(words)))
    without = len(pictures) - len(items)
    if without:
        remarks.append(f"{without} pictures without a .txt beside them are left out.")
    alone = len(texts - {file.with_suffix("") for file in pictures})
    if alone:
        remarks.append(f"{alone} .txt files in {folder.name} have no picture beside them.")
    return Pictures(tuple(items), "text files", tuple(remarks))


def _from_names(folder: Path, pictures: list[Path]) -> Pictures:
    captions = [_words(file.stem) for file in pictures]
    wordless = [file for file, words in zip(pictures, captions, strict=True) if not words]
    if wordless:
        raise InspectorError(
            "training.no-captions",
            f"{len(wordless)} of {len(pictures)} pictures in {folder} have no caption "
            f"({wordless[0].name} among them). Put NAME.txt beside each, a metadata.jsonl into "
            "the folder, name the files by what they show, or give one caption for all.",
            path=str(folder),
            count=len(wordless),
            first=wordless[0].name,
        )
    pairs = zip(pictures, captions, strict=True)
    return Pictures(tuple(Captioned(file, words) for file, words in pairs), "file names")


def _words(stem: str) -> str:
    """Return the words of a file's name: ``red_circle-02`` is "red circle"."""
    if _CAMERA.fullmatch(stem):
        return ""
    text = re.sub(r"[_\-]+", " ", stem)
    return " ".join(re.sub(r"[\s(]*\d+[\s)]*$", "", text).split())


def _no_pictures(folder: Path, texts: int) -> InspectorError:
    if texts:
        return InspectorError(
            "training.no-pictures",
            f"{folder} holds {texts} .txt files and no picture. Put the pictures beside them.",
            path=str(folder),
            texts=texts,
        )
    return _empty(str(folder))


def _empty(place: str) -> InspectorError:
    return InspectorError(
        "training.empty",
        f"There is nothing to train on in {place}: no pictures (PNG, JPEG, WebP …).",
        path=place,
    )
