"""Collects the window's texts into the translation sources and compiles them.

Run from the checkout: ``python resources/i18n/update.py``. Every literal in ``tr("…")`` and
``mark("…")`` becomes an entry of ``sdinspector_<language>.ts``, and so do the few texts that the
window shows of the layers below it; translations that are there stay, those whose text is gone are
dropped. Qt's ``lrelease`` (part of PySide6) then writes the ``.qm`` files that the program loads.
Texts can be translated with Qt Linguist.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
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
_CODE = re.compile(r"^[a-z][a-z-]*\.[a-z][a-z-]*$")


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
    """Return the texts of the window's sources, in alphabetical order."""
    found: set[str] = set()
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
    # Errors are looked up by their code, which no literal in the window mentions.
    entries = sorted({*texts, *(text for text in known if _CODE.match(text))})
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    missing = 0
    for text in entries:
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
