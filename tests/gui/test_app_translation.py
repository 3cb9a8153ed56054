"""The window in another language: every text is there, says the same facts, and is shown."""

from __future__ import annotations

import ast
import importlib.util
import re
import string
import xml.etree.ElementTree as ET

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QLabel,
    QTabBar,
    QWidget,
)

from sdinspector.app import messages, work
from sdinspector.app.bootstrap import install_translator
from sdinspector.app.shell.options import RunOptions
from sdinspector.app.shell.palette import plain
from sdinspector.app.texts import tr
from sdinspector.core import InspectorError, paths

PACKAGE = paths.resources().parent / "sdinspector"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SENTENCE = re.compile(r"[a-z]{2,},? [a-z]{2,}\b")
LAYER = "unet.mid_block.resnets.0.conv1"


def pairs():
    tree = ET.parse(paths.resources() / "i18n" / "sdinspector_zh_CN.ts")  # noqa: S314
    for message in tree.iter("message"):
        yield message.findtext("source"), message.findtext("translation") or ""


def is_code(text):
    return re.fullmatch(r"[a-z-]+\.[a-z-]+", text) is not None


@pytest.fixture(scope="module")
def updater():
    file = paths.resources() / "i18n" / "update.py"
    spec = importlib.util.spec_from_file_location("i18n_update", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def chinese(qapp):
    translator = install_translator(qapp, "zh_CN")
    assert isinstance(translator, QTranslator)
    yield translator
    for part in (*translator.findChildren(QTranslator), translator):
        qapp.removeTranslator(part)


def placeholders(text):
    return sorted((name, form) for _, name, form, _ in string.Formatter().parse(text) if name)


def test_every_text_of_the_window_is_translated(updater):
    known = dict(pairs())
    assert [text for text in updater.collect() if not known.get(text)] == []


def test_what_is_compiled_is_what_was_translated(chinese):
    stale = [text for text, translation in pairs() if translation and tr(text) != translation]
    assert stale == []


def test_translations_name_the_same_facts_as_their_texts():
    for text, translation in pairs():
        if translation and not is_code(text):
            assert placeholders(text) == placeholders(translation), text


def test_translations_keep_the_letters_of_their_mnemonics():
    for text, translation in pairs():
        if not translation:
            continue
        letters = re.findall(r"&(\w)", text)
        assert re.findall(r"\(&(\w)\)|&(\w)", translation) == [
            (letter.upper(), "") if f"(&{letter.upper()})" in translation else ("", letter)
            for letter in letters
        ], text


def test_every_error_is_translated_with_facts_that_all_places_which_raise_it_give(updater):
    known = dict(pairs())
    given = updater.errors()
    assert {code for code in known if is_code(code)} == set(given)
    for code, facts in given.items():
        assert CHINESE.search(known[code]), code
        assert {name for name, _ in placeholders(known[code])} <= facts, code


def test_no_error_is_translated_both_by_its_code_and_where_it_is_raised(updater):
    # The code is looked up first: the other text would never be read.
    there = {code for code, _, translated in updater.raised() if translated}
    assert there & set(updater.errors()) == set()


def test_every_error_has_a_code_that_can_be_looked_up(updater):
    assert [code for code, *_ in updater.raised() if not is_code(code)] == []


def test_what_the_engine_says_while_it_works_is_translated(chinese):
    for file in (PACKAGE / "engine").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Progress":
                text = ast.unparse(node.args[2])
                if text.startswith(("'", '"')):
                    assert CHINESE.search(work.translated(ast.literal_eval(text))), text
                elif text.startswith("f"):
                    known = node.args[2].values[0].value
                    assert CHINESE.search(work.translated(f"{known}unet")), text
    assert work.translated("importing torch") == "导入 torch"


def test_the_window_speaks_chinese(chinese, make_window):
    window = make_window(start=False)
    assert window.top_bar.run.text() == "运行"
    assert window.menu_bar.actions()[0].text() == "文件(&F)"
    assert plain(window.menu_bar.actions()[0].text()) == "文件"
    assert tr("Done in {seconds:.1f} s", seconds=2) == "完成，用时 2.0 秒"


def test_qts_own_buttons_speak_chinese_too(chinese, qtbot):
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(buttons)
    assert CHINESE.search(buttons.buttons()[0].text())


def texts_of(top):
    """Return (widget, text) for all that is written on a window, its tooltips included."""
    for widget in [top, *top.findChildren(QWidget)]:
        for name in ("text", "title", "toolTip", "accessibleName", "placeholderText"):
            get = getattr(widget, name, None)
            if callable(get) and not (name == "text" and hasattr(widget, "cursorPosition")):
                yield widget, get()
        if isinstance(widget, QComboBox):
            yield from ((widget, widget.itemText(index)) for index in range(widget.count()))
            yield from ((widget, widget.itemData(index, 3)) for index in range(widget.count()))
        if isinstance(widget, QTabBar):
            yield from ((widget, widget.tabText(index)) for index in range(widget.count()))
        for action in widget.actions():
            yield widget, action.text()
            yield widget, action.toolTip()


def english(top, sources, allowed):
    return {
        (type(widget).__name__, text)
        for widget, text in texts_of(top)
        if isinstance(text, str)
        and text not in allowed
        and not CHINESE.search(text)
        and (text in sources or SENTENCE.search(text))
    }


def clipped(top):
    """Return one-line labels and buttons that are narrower than what is written on them."""
    return {
        (type(widget).__name__, widget.text(), widget.width(), widget.sizeHint().width())
        for widget in top.findChildren(QWidget)
        if isinstance(widget, QLabel | QAbstractButton)
        and widget.isVisible()
        and CHINESE.search(widget.text())
        and not getattr(widget, "wordWrap", bool)()
        and widget.sizePolicy().horizontalPolicy() != widget.sizePolicy().Policy.Ignored
        and widget.width() < widget.sizeHint().width() - 1
    }


def reads(window):
    """Return whether a view still says that it reads what it will show."""
    labels = [label for label in window.findChildren(QLabel) if label.isVisible()]
    return any("正在读取" in label.text() for label in labels)


def all_fits(top):
    """Fail while anything is cut off; layouts settle a moment after a view is shown."""
    assert clipped(top) == set()
    return True


def test_no_view_and_no_dialog_is_left_in_english_or_cut_off(
    chinese, make_window, tiny_folder, recording, qtbot
):
    sources = {text for text, translation in pairs() if translation and text != translation}
    window = make_window(tiny_folder, viewers=None)
    window.resize(1280, 800)
    context = window.context
    qtbot.waitUntil(lambda: context.document.model is not None)
    context.open_recording(recording.path)
    qtbot.waitUntil(lambda: context.scene.recording is not None)
    context.select(call=1, layer=LAYER, word=1, pixel=(0.5, 0.5))
    schedulers = {
        box.itemText(index)
        for box in window.findChildren(QComboBox)
        if "调度器" in box.accessibleName()
        for index in range(box.count())
    }
    allowed = {*schedulers, recording.spec.prompt, *recording.spec.prompt.split()}
    for viewer in window.hosts:
        window.desk.show_viewer(viewer)
        qtbot.waitUntil(lambda: not reads(window))
        assert english(window, sources, allowed) == set()
        qtbot.waitUntil(lambda: all_fits(window), timeout=10_000)
    window.findChild(RunOptions).adjustSize()
    window.desk.show_viewer("latents")  # which has something to export at once
    qtbot.waitUntil(lambda: bool(window.hosts["latents"].figures()))
    for name in ("file.observe", "file.recordings", "file.export", "help.shortcuts"):
        before = set(QApplication.topLevelWidgets())
        window.registry[name].trigger()
        opened = [
            widget
            for widget in set(QApplication.topLevelWidgets()) - before
            if widget.isVisible() and widget.findChild(QAbstractButton) is not None
        ]
        assert opened, name
        for dialog in opened:
            assert english(dialog, sources, allowed) == set()
            qtbot.waitUntil(lambda top=dialog: all_fits(top), timeout=10_000)
            dialog.close()


def test_errors_are_translated_by_their_code_and_filled_with_their_facts(chinese):
    error = InspectorError(
        "spec.size-multiple", "English.", name="width", value=63, multiple=8, low=56, high=64
    )
    assert "63" in messages.describe(error).text
    assert "56" in messages.describe(error).text
    assert messages.describe(InspectorError("no.translation", "English.")).text == "English."
    lacking = InspectorError("spec.size-multiple", "English.")
    assert messages.describe(lacking).text == "English."


def test_facts_that_are_lists_read_as_lists(chinese):
    error = InspectorError("model.incomplete", "English.", folder="here", missing=["unet", "vae"])
    assert "unet, vae" in messages.describe(error).text


def test_english_needs_no_translation(qapp):
    assert install_translator(qapp, "en_GB") is None
    assert QLocale("en_GB").language() == QLocale.Language.English
