"""Starts the desktop program: the window first, everything heavy after it is painted."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTimer, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from sdinspector.app import theme
from sdinspector.app.context import AppContext
from sdinspector.app.messages import describe
from sdinspector.app.settings import Settings
from sdinspector.core import InspectorError, paths, process

if TYPE_CHECKING:
    from sdinspector.main_window import MainWindow

log = logging.getLogger(__name__)


class ExceptionHook(QObject):
    """Logs what nobody caught and tells it in the window, from whatever thread it comes."""

    caught = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._before = (sys.excepthook, threading.excepthook)
        self.caught.connect(context.message)
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def remove(self) -> None:
        """Put the hooks back that were there."""
        sys.excepthook, threading.excepthook = self._before

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        log.critical("Nobody caught this", exc_info=(kind, error, trace))
        self.caught.emit(describe(error.with_traceback(trace)))

    def _thread_hook(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            self._hook(args.exc_type, args.exc_value, args.exc_traceback)


def make_application(argv: Sequence[str]) -> QApplication:
    """Return the one ``QApplication``, named and with its fonts."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(list(argv))
    app.setApplicationName("sdinspector")
    app.setApplicationDisplayName("sdinspector")
    app.setDesktopFileName("sdinspector")
    return app


def install_translator(app: QApplication, language: str) -> QTranslator | None:
    """Load the translation of a language (``"system"``: the desktop's) and return it.

    Deleting it takes Qt's own texts, which are loaded with it, away as well.
    """
    locale = QLocale() if language == "system" else QLocale(language)
    if locale.language() == QLocale.Language.English:
        return None
    translator = QTranslator(app)
    with contextlib.suppress(InspectorError):
        folder = str(paths.resources() / "i18n")
        if translator.load(locale, "sdinspector", "_", folder):
            # Qt's own texts (buttons of dialogs, menus of text fields) come with Qt.
            own = QTranslator(translator)
            own_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            if own.load(locale, "qtbase", "_", own_folder):
                app.installTranslator(own)
            app.installTranslator(translator)
            return translator
    return None


def open_window(place: str = "", *, start: bool = True) -> tuple[MainWindow, AppContext]:
    """Show the window and, once it is painted, start the model's thread.

    Parameters
    ----------
    place
        A recording or a model to open.
    start
        Start the thread; tests may wish to look first.
    """
    from sdinspector.app.shell.files import is_recording
    from sdinspector.main_window import MainWindow

    app = make_application(sys.argv)
    settings = Settings.of_this_person()
    install_translator(app, settings["language"])
    context = AppContext(settings)
    context.set_display(dark=theme.apply(app, settings["theme"]))
    window = MainWindow(context)
    window.show()
    if place:
        target = Path(place)
        model = (target / "model_index.json").is_file()
        if model or not (target.exists() or is_recording(target)):
            settings["model"] = place
        else:
            window.files.open_place(target)
    if start:
        # Two turns of the event loop: the first paints.
        QTimer.singleShot(0, context, lambda: QTimer.singleShot(0, context, context.start))
    return window, context


def main(argv: Sequence[str] | None = None) -> int:
    """Run the desktop program until its window closes; return the exit status.

    Parameters
    ----------
    argv
        Program name, then at most one recording or model to open.
    """
    process.prepare()
    arguments = list(sys.argv if argv is None else argv)
    logging.basicConfig(
        level=os.environ.get("SDINSPECTOR_LOG", "WARNING").upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    if sys.stderr is not None:
        faulthandler.enable()
    make_application(arguments[:1])
    window, context = open_window(arguments[1] if len(arguments) > 1 else "")
    hook = ExceptionHook(context)
    signal.signal(signal.SIGINT, lambda *_: window.close())
    wake = QTimer(context)  # lets Python look at signals
    wake.start(500)
    wake.timeout.connect(lambda: None)
    try:
        return QApplication.exec()
    finally:
        hook.remove()
        wake.stop()
        context.shut_down()
