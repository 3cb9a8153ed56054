"""What the operating system knows: memory in use, and where a file manager shows a folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices


def memory() -> int | None:
    """Return the bytes of memory that this process holds, or ``None`` where nobody says."""
    try:
        own = Path("/proc/self/statm")
        if own.is_file():
            return int(own.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
        import psutil

        return int(psutil.Process().memory_info().rss)
    except (ImportError, OSError, ValueError, IndexError):
        return None


def readable_bytes(count: float) -> str:
    """Return a size as people write it: ``"812 MB"``, ``"1.2 GB"``."""
    for unit in ("B", "kB", "MB"):
        if count < 999.5:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def reveal(path: Path) -> None:
    """Show a file or a folder in the file manager."""
    if sys.platform == "win32":
        QProcess.startDetached("explorer", ["/select,", str(path)])
    elif sys.platform == "darwin":
        QProcess.startDetached("open", ["-R", str(path)])
    else:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
