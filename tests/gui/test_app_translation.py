from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from PySide6.QtCore import QLocale, QTranslator

from sdinspector.app import messages
from sdinspector.app.bootstrap import install_translator
from sdinspector.app.texts import tr
from sdinspector.core import InspectorError, paths


def pairs():
    tree = ET.parse(paths.resources() / "i18n" / "sdinspector_zh_CN.ts")  # noqa: S314
    for message in tree.iter("message"):
        if message.findtext("translation"):
            yield message.findtext("source"), message.findtext("translation")


def test_translations_name_the_same_facts_as_their_texts():
    for text, translation in pairs():
        if "." in text and " " not in text:  # an error's code
            continue
        assert sorted(re.findall(r"\{(\w+)", text)) == sorted(re.findall(r"\{(\w+)", translation))


@pytest.fixture
def chinese(qapp):
    translator = install_translator(qapp, "zh_CN")
    assert isinstance(translator, QTranslator)
    yield translator
    qapp.removeTranslator(translator)


def test_the_window_speaks_chinese(chinese, make_window):
    window = make_window(start=False)
    assert window.top_bar.run.text() == "运行"
    assert window.menu_bar.actions()[0].text() == "文件(&F)"
    assert tr("Done in {seconds:.1f} s", seconds=2) == "完成，用时 2.0 秒"


def test_errors_are_translated_by_their_code_and_filled_with_their_facts(chinese):
    error = InspectorError(
        "spec.size-multiple", "English.", name="width", value=63, multiple=8, low=56, high=64
    )
    assert "63" in messages.describe(error).text
    assert "56" in messages.describe(error).text
    assert messages.describe(InspectorError("no.translation", "English.")).text == "English."
    lacking = InspectorError("spec.size-multiple", "English.")
    assert messages.describe(lacking).text == "English."


def test_english_needs_no_translation(qapp):
    assert install_translator(qapp, "en_GB") is None
    assert QLocale("en_GB").language() == QLocale.Language.English
