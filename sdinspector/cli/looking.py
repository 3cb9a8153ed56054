"""The commands that open the window, or say what it could open."""

from __future__ import annotations

import argparse
import json

from sdinspector.cli.shared import Commands, command


def add_commands(commands: Commands) -> None:
    """Add ``gui`` and ``models``."""
    gui = command(commands, "gui", _gui, "open the window, with a model or a recording")
    gui.add_argument("source", nargs="?", default="", metavar="MODEL or RECORDING")

    models = command(commands, "models", _models, "list what can be opened here")
    models.add_argument("--json", action="store_true", help="print JSON")


def _gui(options: argparse.Namespace) -> int:
    from sdinspector.app.bootstrap import main as open_window

    return open_window(["sdinspector", *([options.source] if options.source else [])])


def _models(options: argparse.Namespace) -> int:
    from sdinspector.engine import list_models

    found = list_models()
    if options.json:
        rows = [
            {"name": m.name, "source": m.source, "class": m.class_name, "bytes": m.bytes}
            for m in found
        ]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    width = max((len(model.source) for model in found), default=0)
    for model in found:
        size = f"{model.bytes / 1e6:8.1f} MB"
        print(f"{model.source:<{width}}  {model.class_name:<28} {size}")
    return 0
