from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from sdinspector.export import lettering


def test_english_is_broken_between_words_alone():
    lines = lettering.wrapped("the map of a  circle in all layers", 12, 60)
    assert " ".join(lines) == "the map of a circle in all layers"
    assert all(lettering.length(line, 12) <= 60 for line in lines)


def test_chinese_is_broken_between_letters_and_no_line_begins_with_a_comma():
    text = "所有步相加，所有层取均值，circle 的热力图。"
    lines = lettering.wrapped(text, 12, 50)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert len(lines) > 3
    assert not any(line[0] in "，。" for line in lines)


def _drawn(text, anchor):
    picture = Image.new("RGB", (200, 40), (255, 255, 255))
    lettering.write(ImageDraw.Draw(picture), (100, 5), text, 16, (0, 0, 0), anchor=anchor)
    dark = np.flatnonzero((np.array(picture).min(axis=2) < 128).any(axis=0))
    return int(dark.min()), int(dark.max())


def test_a_line_of_two_scripts_is_placed_by_its_anchor():
    text = "circle 的概率"
    wide = lettering.length(text, 16)
    assert _drawn(text, "la")[0] == pytest.approx(100, abs=4)
    assert _drawn(text, "ra")[1] == pytest.approx(100, abs=4)
    assert _drawn(text, "ma")[0] == pytest.approx(100 - wide / 2, abs=4)


def test_matplotlib_gets_a_chinese_font_only_where_it_is_needed():
    assert lettering.families("x̂₀ of step 3") == ["DejaVu Sans"]
    found = lettering.families("第 3 步")
    assert found[0] == "DejaVu Sans"
    assert len(found) == (1 if lettering.wide_font(12) is None else 2)
