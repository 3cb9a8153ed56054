"""The command line: the same engine as the window, for servers and scripts.

Results go to standard output, progress and errors to standard error. Exit status: 0 done,
1 failed with one clear line, 2 wrong usage. Heavy libraries are imported by the command that
needs them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from sdinspector import __version__
from sdinspector.cli import benches, exporting, inverting, looking, noise, runs, schedule, training
from sdinspector.cli.shared import FAILED, INTERRUPTED, usage
from sdinspector.core import InspectorError, process


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    Parameters
    ----------
    arguments
        Words after the program's name; the process's own where left out.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser, names = _parser()
    if not words or (words[0] not in names and not words[0].startswith("-")):
        if words and not Path(words[0]).exists():
            near = difflib.get_close_matches(words[0], names, n=1, cutoff=0.7)
            if near:
                usage(f"there is no command {words[0]!r}. Did you mean {near[0]!r}?")
        words.insert(0, "gui")
    options = parser.parse_args(words)
    process.prepare()
    _use_utf8()
    try:
        return int(options.run(options) or 0)
    except InspectorError as error:
        print(f"sdinspector: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        return FAILED
    except KeyboardInterrupt:
        print("sdinspector: stopped; what was finished is kept.", file=sys.stderr)
        return INTERRUPTED


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    return _parser()[0]


def _parser() -> tuple[argparse.ArgumentParser, list[str]]:
    """Return the parser, and the names of its commands."""
    parser = argparse.ArgumentParser(
        prog="sdinspector",
        description="A microscope for Stable Diffusion. Without a command it opens the window.",
    )
    parser.add_argument("--version", action="version", version=f"sdinspector {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for part in (looking, runs, inverting, exporting, benches, noise, schedule, training):
        part.add_commands(commands)
    return parser, list(commands.choices)


def _use_utf8() -> None:
    # A Windows console may still be set to a code page that has no x̂ and no ×.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
