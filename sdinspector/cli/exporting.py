"""The command that takes a part of a recording away: ``export``."""

from __future__ import annotations

import argparse

from sdinspector.cli.shared import Commands, command


def add_commands(commands: Commands) -> None:
    """Add ``export``."""
    export = command(commands, "export", _export, "write a part of a recording to a file")
    export.add_argument("recording", metavar="NAME.sdrec")
    export.add_argument("what", choices=("image", "latents"))
    export.add_argument("--step", type=int, metavar="N", help="scheduler call; all where left out")
    export.add_argument("--out", required=True, metavar="FILE", help="type by the file's ending")


def _export(options: argparse.Namespace) -> int:
    from sdinspector.export import export_recording
    from sdinspector.recording import Recording

    recording = Recording.open(options.recording)
    for path in export_recording(recording, options.what, options.out, call=options.step):
        print(path)
    return 0
