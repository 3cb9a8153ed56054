"""The field for numbers: exponents, commas, ends, and what is no number."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sdinspector.app.number_box import NumberBox, read_number


@pytest.fixture
def box(qtbot):
    box = NumberBox()
    box.setRange(-1000.0, 1_000_000.0)
    box.setDecimals(2)
    box.setValue(7.5)
    qtbot.addWidget(box)
    box.show()
    return box


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1e6", 1_000_000.0),
        ("1E+2", 100.0),
        ("2,25", 2.25),
        ("-3", -3.0),
        ("5e7", 1_000_000.0),
        ("-1e9", -1000.0),
        ("nan", 7.5),
        ("e", 7.5),
        ("", 7.5),
    ],
)
def test_what_is_typed_is_what_is_taken(box, typed, value):
    box.selectAll()
    QTest.keyClick(box, Qt.Key.Key_Delete)
    QTest.keyClicks(box, typed)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == value


def test_arrows_still_step(box):
    box.setSingleStep(0.5)
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert box.value() == 8.0


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e999", "two", "1e"])
def test_what_is_no_finite_number_is_none(text):
    assert read_number(text) is None
