"""Pictures in the forms in which people have them, and files that are none or mean harm."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from sdinspector.core import InspectorError
from sdinspector.engine.pictures import read


def png(width: int, height: int, bits: int, colour_type: int, data: bytes) -> bytes:
    """Return a PNG file that says of itself what it likes."""

    def chunk(name: bytes, contents: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + contents))
        return struct.pack(">I", len(contents)) + name + contents + check

    head = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(data)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def code_of(picture: object) -> str:
    with pytest.raises(InspectorError) as caught:
        read(picture)  # type: ignore[arg-type]
    assert caught.value.message.count("\n") == 0
    return caught.value.code


@pytest.mark.parametrize(
    ("colour_type", "channels", "value"),
    [(0, 1, 156), (4, 2, 194), (2, 3, 156), (6, 4, 194)],
    ids=["grey", "grey and alpha", "colour", "colour and alpha"],
)
def test_sixteen_bits_become_eight_and_lie_on_white(
    colour_type: int, channels: int, value: int, tmp_path: Path
) -> None:
    # 40000 of 65535, where there is alpha at 40000 too: 156·0.61 + 255·0.39 = 194.
    row = b"\0" + struct.pack(">H", 40000) * channels * 2
    (tmp_path / "deep.png").write_bytes(png(2, 2, 16, colour_type, row * 2))
    assert read(tmp_path / "deep.png").getpixel((1, 1)) == (value,) * 3


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_the_three_usual_kinds_are_read(ending: str, tmp_path: Path) -> None:
    Image.new("RGB", (40, 24), (200, 30, 60)).save(tmp_path / f"picture.{ending}", quality=95)
    found = read(tmp_path / f"picture.{ending}")
    assert (found.mode, found.size) == ("RGB", (40, 24))
    assert np.abs(np.asarray(found, int) - (200, 30, 60)).max() < 8


def test_transparency_of_every_sort_lies_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (6, 4), (255, 0, 0, 0)).save(tmp_path / "clear.webp", lossless=True)
    Image.new("RGB", (6, 4), (255, 0, 0)).save(tmp_path / "key.png", transparency=(255, 0, 0))
    palette = Image.new("P", (6, 4), 1)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    palette.save(tmp_path / "palette.png", transparency=1)
    for picture in (*tmp_path.iterdir(), Image.new("La", (6, 4)), Image.new("RGBa", (6, 4))):
        assert read(picture).getpixel((0, 0)) == (255, 255, 255)
    assert read(Image.new("LA", (6, 4), (10, 128))).getpixel((0, 0)) == (132, 132, 132)


@pytest.mark.parametrize("turn", range(1, 9))
def test_each_of_the_eight_orientations_comes_upright(turn: int, tmp_path: Path) -> None:
    back = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE",
            6: "ROTATE_90", 7: "TRANSVERSE", 8: "ROTATE_270"}  # fmt: skip
    upright = np.zeros((16, 24, 3), np.uint8)
    upright[:8, :8] = 255
    picture = Image.fromarray(upright)
    if turn in back:
        picture = picture.transpose(Image.Transpose[back[turn]])
    exif = picture.getexif()
    exif[0x0112] = turn
    picture.save(tmp_path / "turned.png", exif=exif)
    assert np.array_equal(np.asarray(read(tmp_path / "turned.png")), upright)


def test_floats_in_files_are_told_by_their_highest_value(tmp_path: Path) -> None:
    for white in (1.0, 255.0, 65535.0):
        values = np.array([[0.0, white / 2, white]], np.float32)
        Image.fromarray(values).save(tmp_path / "float.tiff")
        levels = [read(tmp_path / "float.tiff").getpixel((x, 0))[0] for x in range(3)]
        assert levels == [0, 128, 255]


@pytest.mark.parametrize("side", [20_000, 60_000, 2**31 - 1])
def test_a_decompression_bomb_is_refused_by_what_it_says_of_itself(
    side: int, tmp_path: Path
) -> None:
    (tmp_path / "bomb.png").write_bytes(png(side, side, 8, 2, b"\0" * 100))
    assert code_of(tmp_path / "bomb.png") == "picture.too-large"


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "gif", "tiff"])
def test_a_file_that_was_cut_short_is_unreadable(ending: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / f"whole.{ending}")
    data = (tmp_path / f"whole.{ending}").read_bytes()
    for length in (0, 5, len(data) // 2):
        (tmp_path / f"cut.{ending}").write_bytes(data[:length])
        assert code_of(tmp_path / f"cut.{ending}") == "picture.unreadable"


def test_a_text_that_unpacks_to_megabytes_is_unreadable(tmp_path: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("comment", "x" * (3 * 2**20), zip=True)
    Image.new("RGB", (6, 4)).save(tmp_path / "text.png", pnginfo=text)
    assert code_of(tmp_path / "text.png") == "picture.unreadable"


def test_a_damaged_orientation_is_no_reason_to_show_nothing(tmp_path: Path) -> None:
    damaged = b"Exif\0\0II*\0\x08\0\0\0\xff\xff"
    Image.new("RGB", (6, 4), "white").save(tmp_path / "odd.jpg", exif=damaged)
    assert read(tmp_path / "odd.jpg").size == (6, 4)  # warnings are errors here


def test_arrays_that_are_no_picture_say_why() -> None:
    assert code_of(np.zeros((4, 4, 2))) == "picture.shape"
    assert code_of(np.zeros((0, 4, 3), np.uint8)) == "picture.shape"
    assert code_of(np.full((4, 4, 3), 200)) == "picture.type"
    assert code_of(np.zeros((4, 4), complex)) == "picture.type"
    assert read(np.full((4, 4, 3), 0.5)).getpixel((0, 0)) == (128, 128, 128)
    assert read(np.ones((4, 4), bool)).getpixel((0, 0)) == (255, 255, 255)


def test_a_folder_and_a_name_of_nothing_are_missing(tmp_path: Path) -> None:
    assert code_of(tmp_path) == "picture.missing"
    assert code_of(tmp_path / "nothing.png") == "picture.missing"
