"""Collects the window's texts into the translation sources and compiles them.

Run from the checkout: ``python resources/i18n/update.py``. Every literal in ``tr("…")`` and
``mark("…")`` becomes an entry of ``sdinspector_<language>.ts``, and so do the few texts that the
window shows of the layers below it and the codes of their errors; translations that are there
stay, those whose text or code is gone are dropped. Qt's ``lrelease`` (part of PySide6) then writes
the ``.qm`` files that the program loads. Texts can be translated with Qt Linguist.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent.parent / "sdinspector"
PARTS = ("app", "widgets", "viewers", "main_window.py")
LANGUAGES = ("zh_CN",)
CONTEXT = "sdinspector"
#: Texts of the layers below the window, where there is no ``mark``: file, class, fields shown.
DESCRIBED = (("analysis/recipes.py", "RecipeInfo", ("title", "source", "description")),)
#: The same for dictionaries: file, name.
TABLES = (("export/recordings.py", "TITLES"),)


def main() -> int:
    """Update and compile every language; return the exit status."""
    texts = collect()
    for language in LANGUAGES:
        source = HERE / f"sdinspector_{language}.ts"
        missing = update(source, texts, language)
        sys.stdout.write(f"{source.name}: {len(texts)} texts, {missing} not translated\n")
        compile_file(source)
    return 0


def collect() -> list[str]:
    """Return the texts of the window's sources and the codes of errors, in alphabetical order."""
    found = set(errors())
    for part in PARTS:
        place = SOURCES / part
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in ("tr", "mark")
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                    and isinstance(node.args[0].value, str)
                    and node.args[0].value.strip()
                ):
                    found.add(node.args[0].value)
    for name, kind, fields in DESCRIBED:
        for node in ast.walk(ast.parse((SOURCES / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == kind:
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                found |= {ast.literal_eval(given[field]) for field in fields}
    for name, table in TABLES:
        for node in ast.walk(ast.parse((SOURCES / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == table:
                found |= set(ast.literal_eval(node.value).values())
    return sorted(found)


def errors() -> dict[str, set[str]]:
    """Return the codes of the errors that are translated by them, and the facts that fill these.

    A translation may name those facts alone that every place which raises the error gives.
    """
    facts: dict[str, set[str]] = {}
    for code, given, translated in raised():
        if not translated:
            facts[code] = facts.get(code, given) & given
    return facts


def raised() -> Iterator[tuple[str, set[str], bool]]:
    """Yield each place that makes an error: its code, its facts, whether it is translated.

    It is where its text is a ``tr("…")``, which is in the language of the window already.
    """
    for file in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "InspectorError":
                code, text, *_ = node.args
                translated = isinstance(text, ast.Call) and getattr(text.func, "id", "") == "tr"
                if isinstance(code, ast.Constant):
                    given = {keyword.arg for keyword in node.keywords if keyword.arg}
                    yield code.value, given, translated


def read(source: Path) -> dict[str, str]:
    """Return what a translation source holds: text to translation."""
    if not source.is_file():
        return {}
    pairs = {}
    for message in ET.parse(source).iter("message"):  # noqa: S314  (our own file)
        text, translation = message.findtext("source"), message.findtext("translation")
        if text and translation:
            pairs[text] = translation
    return pairs


def update(source: Path, texts: list[str], language: str) -> int:
    """Write a translation source anew; return how many texts lack a translation."""
    known = read(source)
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    missing = 0
    for text in texts:
        message = ET.SubElement(context, "message")
        ET.SubElement(message, "source").text = text
        translation = ET.SubElement(message, "translation")
        if text in known:
            translation.text = known[text]
        else:
            translation.set("type", "unfinished")
            missing += 1
    ET.indent(root, " ")
    body = ET.tostring(root, encoding="unicode")
    header = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    source.write_text(header + body + "\n", encoding="utf-8")
    return missing


def compile_file(source: Path) -> None:
    """Compile a translation source with Qt's own ``lrelease``."""
    import PySide6

    folder = Path(PySide6.__file__).parent
    candidates = [folder / name for name in ("lrelease", "lrelease.exe", "Qt/libexec/lrelease")]
    tool = next((str(path) for path in candidates if path.is_file()), "lrelease")
    target = source.with_suffix(".qm")
    subprocess.run([tool, "-silent", str(source), "-qm", str(target)], check=True)


if __name__ == "__main__":
    sys.exit(main())
