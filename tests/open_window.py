"""Open the program on a virtual screen as a person would, run the example, and close it.

Usage: ``python tests/open_window.py COMMAND``. Needs Xvfb and xdotool. Exits with 0 where the
window came up, one press of Ctrl+Return made a complete recording, and the program ended cleanly.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DISPLAY = ":97"
PATIENCE = 120.0  # seconds for any one thing; a cold import of torch on a busy machine is slow


def main() -> int:
    """Run the check and return the exit status."""
    command = shlex.split(sys.argv[1])
    for tool in ("Xvfb", "xdotool"):
        if shutil.which(tool) is None:
            print(f"{tool} is not installed; the window was not opened.", file=sys.stderr)
            return 1
    home = Path(tempfile.mkdtemp(prefix="sdinspector-"))
    environment = {
        **os.environ,
        "DISPLAY": DISPLAY,
        "SDINSPECTOR_HOME": str(home),
        "QT_QPA_PLATFORM": "xcb",
    }
    screen = subprocess.Popen(
        ["Xvfb", DISPLAY, "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        stderr=subprocess.DEVNULL,
    )
    try:
        program = subprocess.Popen(command, env=environment)
        try:
            return _use(program, environment, home)
        finally:
            if program.poll() is None:
                program.kill()
                program.wait()
    finally:
        screen.terminate()
        screen.wait()
        shutil.rmtree(home, ignore_errors=True)


def _use(program: subprocess.Popen[bytes], environment: dict[str, str], home: Path) -> int:
    def xdotool(*words: str) -> str:
        return subprocess.run(
            ["xdotool", *words], env=environment, capture_output=True, text=True, check=False
        ).stdout.strip()

    started = time.monotonic()
    window = _until(program, lambda: xdotool("search", "--onlyvisible", "--name", "sdinspector"))
    window = window.split()[-1]
    print(f"window up after {time.monotonic() - started:.1f} s")
    xdotool("windowfocus", "--sync", window)
    xdotool("key", "--window", window, "ctrl+Return")
    _until(program, lambda: _complete(home))
    print(f"a run finished after {time.monotonic() - started:.1f} s")
    xdotool("windowfocus", "--sync", window)
    xdotool("key", "--window", window, "ctrl+q")
    code = program.wait(timeout=PATIENCE)
    print(f"closed with exit status {code}")
    return code


def _until(program: subprocess.Popen[bytes], ask: object) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = ask()  # type: ignore[operator]
        if answer:
            return str(answer)
        if program.poll() is not None:
            raise SystemExit(f"the program ended by itself with status {program.returncode}")
        time.sleep(0.1)
    raise SystemExit(f"nothing came within {PATIENCE:.0f} s")


def _complete(home: Path) -> str:
    for manifest in home.glob("data/recordings/*.sdrec/manifest.json"):
        try:
            status = json.loads(manifest.read_text(encoding="utf-8")).get("status")
        except (OSError, ValueError):
            continue
        if status == "complete":
            return str(manifest)
        if status == "failed":
            raise SystemExit(f"the run failed: {manifest.read_text(encoding='utf-8')}")
    return ""


if __name__ == "__main__":
    sys.exit(main())
