"""The small widgets: colour bar, histogram, tables, tokens, facts, choices; reading in turn."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel

from sdinspector.app import theme
from sdinspector.core import paths
from sdinspector.export import colours
from sdinspector.widgets import look
from sdinspector.widgets.colour_bar import ColourBar
from sdinspector.widgets.facts import FactSheet, Section
from sdinspector.widgets.histogram import Histogram, Series
from sdinspector.widgets.latest import Latest
from sdinspector.widgets.map_panel import MapPanel
from sdinspector.widgets.module_tree import KINDS, kind_icon
from sdinspector.widgets.token_strip import TokenStrip
from sdinspector.widgets.toolbar import Choice
from sdinspector.widgets.value_table import Row, ValueTable
from tests.gui.samples import TOKENS


def shown(qtbot, widget, width=300, height=120):
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.000"),
        (-1.5, "−1.500"),
        (123.456, "123.5"),
        (1e-5, "1.00e−05"),
        (-123456, "−1.23e+05"),
        (float("nan"), "NaN"),
        (float("-inf"), "−∞"),
    ],
)
def test_numbers_are_written_alike_everywhere(value, text):
    assert look.number(value) == text


@pytest.mark.parametrize("name", ["light", "dark"])
def test_second_rank_text_and_kinds_can_be_read_on_every_ground(qapp, name):
    theme.apply(qapp, name)
    tone = look.tones(qapp.palette())
    for ground in (tone.raised, tone.ground):
        assert theme.contrast(tone.text.name(), ground.name()) >= 7
        assert theme.contrast(tone.muted.name(), ground.name()) >= 4.5
        for kind in ("resnet", "attention", "sampler", "text", "vae", "convolution"):
            assert theme.contrast(look.kind_colour(kind, tone.dark).name(), ground.name()) >= 3
        for index in range(6):
            colour = look.series_colour(index, tone.dark)
            assert theme.contrast(colour.name(), ground.name()) >= 3


def test_every_icon_is_valid_and_takes_the_theme_colour(dressed):
    files = sorted((paths.resources() / "icons").glob("*.svg"))
    assert len(files) > 60
    for file in files:
        icon = theme.icon(file.stem, "#123456")
        assert not icon.isNull(), file.name
        if file.stem != "sdinspector" and not file.stem.endswith(("-dark", "-light")):
            assert "currentColor" in file.read_text(encoding="utf-8")
            image = icon.pixmap(24, 24).toImage()
            solid = [
                image.pixelColor(x, y)
                for x in range(image.width())
                for y in range(image.height())
                if image.pixelColor(x, y).alpha() == 255
            ]
            assert solid, file.name
            for colour in solid:  # translucent strokes add up with rounding
                parts = zip(colour.getRgb(), (0x12, 0x34, 0x56), strict=False)
                assert max(abs(a - b) for a, b in parts) <= 3, file.name


def test_every_kind_of_module_has_an_icon(dressed):
    assert all(not kind_icon(kind, dark).isNull() for kind in KINDS for dark in (False, True))


def test_the_colour_bar_runs_from_the_first_colour_to_the_last(qtbot, dressed):
    bar = shown(qtbot, ColourBar(), 256, 40)
    table = colours.table("viridis")
    bar.set_scale(table, (-2.0, 2.0), "latent units")
    image = bar.grab().toImage()
    for x, index in ((3, 3), (64, 64), (250, 250)):
        seen = np.array(image.pixelColor(x, 4).getRgb()[:3])
        assert np.abs(seen - table[index].astype(int)).max() <= 6
    assert "−2.000" in bar.accessibleDescription()
    assert "latent units" in bar.toolTip()


def test_the_histogram_paints_in_the_colours_of_its_series(qtbot, dressed):
    chart = shown(qtbot, Histogram())
    counts = np.zeros(10, int)
    counts[4:6] = 9
    chart.set_series([Series("a", counts, np.linspace(-1, 1, 11))], (-0.5, 0.5), reference=True)
    image = chart.grab().toImage()
    colour = look.series_colour(0, dark=False)
    near = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y) == colour
    ]
    assert near
    qtbot.mouseMove(chart, QPoint(150, 40))
    chart.grab()
    chart.set_series([])
    chart.grab()


def test_the_table_says_its_numbers_to_those_who_cannot_see_it(qtbot, dressed):
    table = shown(qtbot, ValueTable("Numbers"))
    table.set_rows(("mean", "std"), [Row("ch 0", ("1.0", "2.0"), 0)])
    assert table.accessibleDescription() == "ch 0: mean 1.0, std 2.0"
    table.grab()


def test_tokens_are_chips_and_padding_is_one(qtbot, dressed):
    strip = shown(qtbot, TokenStrip())
    strip.set_tokens(TOKENS["cond"], cut="and much more")
    texts = [text for _, _, text in strip._boxes]
    assert texts == ["BOS", "red", "cir", "cle", "EOS", "2 × padding", "and much more"]
    strip.grab()


def test_chips_wrap_in_little_room(qtbot, dressed):
    strip = shown(qtbot, TokenStrip())
    strip.set_tokens(TOKENS["cond"])
    assert strip.heightForWidth(90) > strip.heightForWidth(800)
    for box, _, _ in strip._measure(90)[0]:
        assert box.right() <= 90


def test_a_click_on_any_piece_chooses_its_word(qtbot, dressed):
    strip = shown(qtbot, TokenStrip())
    strip.set_tokens(TOKENS["cond"])
    told = []
    strip.word_clicked.connect(told.append)
    for number in (0, 1, 2, 3):
        place = strip._boxes[number][0].center().toPoint()
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
    assert told == [0, 1, 1]


def test_keys_go_from_word_to_word(qtbot, dressed):
    strip = shown(qtbot, TokenStrip())
    strip.set_tokens(TOKENS["cond"])
    told = []
    strip.word_clicked.connect(lambda word: (told.append(word), strip.set_word(word)))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(strip, key)
    assert told == [0, 1, 1, 0]


def test_facts_change_without_being_built_anew(qtbot, dressed):
    sheet = shown(qtbot, FactSheet())
    sheet.set_sections([Section("Run", (("Seed", "7"), ("Steps", "30")))])
    label = sheet._values["Run", "Seed"]
    sheet.set_sections([Section("Run", (("Seed", "8"), ("Steps", "30")))])
    assert sheet._values["Run", "Seed"] is label
    assert sheet.value("Run", "Seed") == "8"
    sheet.set_sections([Section("Other", (("Seed", "9", "why"),)), Section("Empty", ())])
    assert sheet.value("Other", "Seed") == "9"


def test_of_a_choice_one_button_is_down(qtbot, dressed):
    entries = (("a", "A", "first"), ("b", "B", "second"))
    choice = shown(qtbot, Choice("Pick", entries))
    told = []
    choice.chosen.connect(told.append)
    choice.set_current("a")
    assert (choice.current, told) == ("a", [])
    qtbot.mouseClick(choice.button("b"), Qt.MouseButton.LeftButton)
    assert (choice.current, told) == ("b", ["b"])
    choice.set_enabled("a", False, "not now")
    assert choice.button("a").toolTip() == "not now"
    choice.set_enabled("a", True)
    assert choice.button("a").toolTip() == "first"


def test_titles_stay_legible_when_the_theme_changes(qtbot, dressed):
    panel = shown(qtbot, MapPanel("Channel 0"))
    panel.set_chosen(True)
    panel.set_chosen(False)
    theme.apply(QApplication.instance(), "dark")
    label = panel.findChild(QLabel)
    label.ensurePolished()
    text = label.palette().color(QPalette.ColorRole.WindowText).name()
    assert theme.contrast(text, theme.DARK.window) > 7
    theme.apply(QApplication.instance(), "light")


class Reader:
    """Answers when told to."""

    def __init__(self):
        self.waiting = []
        self.reported = []

    def read(self, slot, function, *args, on_result, on_error):
        self.waiting.append((function, args, on_result, on_error))

    def report(self, error):
        self.reported.append(error)

    def answer(self):
        function, args, on_result, on_error = self.waiting.pop(0)
        try:
            result = function(*args)
        except Exception as error:  # noqa: BLE001
            on_error(error)
        else:
            on_result(result)


def test_while_one_request_is_on_its_way_only_the_newest_waits():
    reader, got = Reader(), []
    latest = Latest(reader, "test")
    for number in range(5):
        latest.ask("a", number, int, number, on_result=got.append)
    assert len(reader.waiting) == 1
    reader.answer()
    reader.answer()
    assert got == [0, 4]
    assert reader.waiting == []


def test_what_was_answered_is_not_asked_for_again():
    reader, got = Reader(), []
    latest = Latest(reader, "test")
    latest.ask("a", 1, int, 1, on_result=got.append)
    latest.ask("a", 1, int, 1, on_result=got.append)
    reader.answer()
    latest.ask("a", 1, int, 1, on_result=got.append)
    assert reader.waiting == []
    latest.ask("b", 1, int, 1, on_result=got.append)
    assert len(reader.waiting) == 1


def test_answers_that_belong_to_another_recording_are_dropped():
    reader, got = Reader(), []
    latest = Latest(reader, "test")
    latest.ask("a", 1, int, 1, on_result=got.append)
    latest.ask("b", 2, int, 2, on_result=got.append)
    reader.answer()
    assert got == []
    reader.answer()
    assert got == [2]


def test_an_error_is_told_once_and_the_next_request_leaves():
    reader, got = Reader(), []
    latest = Latest(reader, "test")
    latest.ask("a", 1, int, "no number", on_result=got.append)
    latest.ask("a", 2, int, "2", on_result=got.append)
    reader.answer()
    reader.answer()
    assert [type(error) for error in reader.reported] == [ValueError]
    assert got == [2]


def test_forgetting_drops_what_comes():
    reader, got = Reader(), []
    latest = Latest(reader, "test")
    latest.ask("a", 1, int, 1, on_result=got.append)
    latest.forget()
    reader.answer()
    assert got == []
