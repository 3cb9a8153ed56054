"""What the commands share: their options, the way they end, and the progress bar."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, Self, TypeAlias

from sdinspector.core import InspectorError, Progress

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130


def command(
    commands: Commands,
    name: str,
    function: Callable[[argparse.Namespace], int],
    summary: str,
) -> argparse.ArgumentParser:
    """Add a command; its function gets the options and returns the exit status."""
    parser = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:])
    parser.set_defaults(run=function)
    return parser


def model_options(parser: argparse.ArgumentParser) -> None:
    """Add the model, and where and how it runs."""
    parser.add_argument(
        "--model", default="shapes", metavar="shapes|FOLDER|NAME", help="(default: shapes)"
    )
    device_options(parser)


def device_options(parser: argparse.ArgumentParser) -> None:
    """Add where and how a model runs."""
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--dtype", default="auto", help="auto, float32, float16 or bfloat16")
    parser.add_argument("--quiet", action="store_true", help="no progress")


def numbers(text: str, kind: type[Any], option: str) -> list[Any]:
    """Return numbers with commas between them; anything else is wrong usage."""
    try:
        found = [kind(part) for part in text.split(",") if part.strip()]
    except ValueError:
        found = []
    if not found:
        usage(f"{option} takes numbers with commas between them, not {text!r}.")
    return found


def check_early(out: str, *, overwrite: bool, picture: str = "") -> None:
    """Refuse, before a model is opened, a place that is taken and a picture that is not there.

    Raises
    ------
    InspectorError
        ``recording.exists``, ``recording.not-a-recording``, ``recording.being-written``,
        ``picture.missing``.
    """
    from sdinspector.recording import place

    place.check(Path(out).expanduser(), overwrite)
    path = Path(picture).expanduser()
    if picture and not path.is_file():
        raise InspectorError("picture.missing", f"There is no picture {path}.", path=str(path))


def usage(message: str) -> NoReturn:
    """End the program as wrongly used, with one line that says how."""
    print(f"sdinspector: {message}", file=sys.stderr)
    raise SystemExit(WRONG_USAGE)


class Bar:
    """One progress bar on standard error, fed by every kind of progress the engine reports."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._stage = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def progress(self, progress: Progress) -> None:
        """Show the progress of loading a model."""
        self.show(progress.text, progress.done, progress.total)

    def step(self, event: Any) -> None:
        """Show a finished scheduler call."""
        self.show("denoising", event.call + 1, event.calls)

    def training(self, stage: str, done: int, total: int, metrics: dict[str, float]) -> None:
        """Show training or evaluation, with its figures behind the bar."""
        text = "  ".join(f"{name} {value:.4g}" for name, value in metrics.items())
        self.show(stage, done, total, text)

    def show(self, stage: str, done: int, total: int, text: str = "") -> None:
        """Show how much of a stage is done; a new stage begins a new bar."""
        if self._quiet:
            return
        if self._bar is None or stage != self._stage:
            from tqdm import tqdm

            if self._bar is not None:
                self._bar.close()
            self._bar = tqdm(total=total or None, desc=stage, file=sys.stderr, leave=False)
            self._stage = stage
        self._bar.total = total or None
        self._bar.n = done
        if text:
            self._bar.set_postfix_str(text, refresh=False)
        self._bar.refresh()
