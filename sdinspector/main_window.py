"""The main window: puts bars, docks, menus and viewers together; no logic of its own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenuBar, QVBoxLayout, QWidget

from sdinspector.app import theme, viewer
from sdinspector.app.actions import ActionRegistry, ActionSpec
from sdinspector.app.context import AppContext
from sdinspector.app.runs import RunControl
from sdinspector.app.shell.commands import COMMANDS, LANGUAGE_ACTIONS, THEME_ACTIONS
from sdinspector.app.shell.desk import Desk
from sdinspector.app.shell.dock_widths import fit_docks, untouched
from sdinspector.app.shell.files import FileDesk
from sdinspector.app.shell.host import ViewerHost
from sdinspector.app.shell.message_bar import MessageBar
from sdinspector.app.shell.stage import Stage
from sdinspector.app.shell.status import StatusBar
from sdinspector.app.shell.tabs import ViewTabs
from sdinspector.app.shell.top_bar import TopBar
from sdinspector.app.texts import tr
from sdinspector.app.viewer import Viewer

AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
LAYOUT_VERSION = 2
#: Height of a title bar, which is not known before the window is there.
FRAME = 40
SMALLEST = (1000, 640)


class MainWindow(QMainWindow):
    """The program's one window.

    Parameters
    ----------
    context
        The application; the window shuts it down when it closes.
    viewers
        Classes to show; without them those of ``sdinspector.viewers``.
    """

    def __init__(self, context: AppContext, viewers: list[type[Viewer]] | None = None) -> None:
        super().__init__()
        self.setWindowTitle("sdinspector")
        self.setWindowIcon(theme.icon("sdinspector"))
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.context = context
        self.runs = RunControl(context, self)
        self.registry = ActionRegistry(self)
        self.hosts: dict[str, ViewerHost] = {}
        self.docks: dict[str, QDockWidget] = {}
        self._stage = Stage(self.hosts, self)
        self._first_layout = QByteArray()
        self._build_bars()
        self.desk = Desk(self)
        self.files = FileDesk(self)
        self._build_actions()
        self._build_viewers(viewers)
        self._build_menus()
        self._connect()
        self._restore_layout()

    # --- building ---------------------------------------------------------------------------

    def _build_bars(self) -> None:
        self.top_bar = TopBar()
        self.message_bar = MessageBar()
        self.status = StatusBar()
        self.setStatusBar(self.status)
        # Not in tool bars: those hide in a corner what does not fit.
        self.menu_bar = QMenuBar()
        header = QWidget()
        column = QVBoxLayout(header)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.menu_bar, self.top_bar, self.message_bar):
            column.addWidget(widget)
        self.setMenuWidget(header)
        self.tabs = ViewTabs()
        self.tabs.setObjectName("views")
        self.tabs.setAccessibleName(tr("Views"))
        self.setCentralWidget(self.tabs)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)

    def _build_actions(self) -> None:
        for name, spec in COMMANDS:
            owner = next(part for part in (self.desk, self.files, self) if hasattr(part, name))
            self.registry.add(spec, getattr(owner, name))
        for name, spec in THEME_ACTIONS:
            self.registry.add(spec, lambda _=False, name=name: self.desk.set_theme(name))
        for name, spec in LANGUAGE_ACTIONS:
            self.registry.add(spec, lambda _=False, name=name: self.desk.set_language(name))
        self.registry["go.back"].setEnabled(False)
        self.registry["go.forward"].setEnabled(False)

    def _build_viewers(self, kinds: list[type[Viewer]] | None) -> None:
        if kinds is None:
            kinds = viewer.discover(on_failure=self.desk.viewer_failed)
        for number, kind in enumerate(kinds):
            host = ViewerHost(kind, self.context, self.context.report)
            self.hosts[kind.id] = host
            if kind.place == "centre":
                self.tabs.addTab(host, theme.icon(kind.icon), tr(kind.title))
                self.tabs.setTabToolTip(self.tabs.count() - 1, tr(kind.description))
            else:
                self._add_dock(kind, host)
            spec = ActionSpec(
                f"viewer.{kind.id}",
                kind.title,
                "view",
                (kind.shortcut,) if kind.shortcut else (),
                kind.description,
                kind.icon,
                group=0 if kind.place == "centre" else 1,
            )
            try:
                self.registry.add(spec, lambda name=kind.id: self.desk.show_viewer(name))
            except ValueError as error:  # a key or a name that is taken: the viewer stays
                self.context.report(error)
                self.registry.add(
                    ActionSpec(f"viewer.{kind.id}.{number}", kind.title, "view"),
                    lambda name=kind.id: self.desk.show_viewer(name),
                )

    def _add_dock(self, kind: type[Viewer], host: ViewerHost) -> None:
        dock = QDockWidget(tr(kind.title))
        dock.setObjectName(f"dock.{kind.id}")
        dock.setToolTip("")
        dock.setWidget(host)
        area = AREAS[kind.place]
        before = [other for name, other in self.docks.items() if self._place(name) == kind.place]
        self.addDockWidget(area, dock)
        if before and kind.place == "bottom":
            self.tabifyDockWidget(before[-1], dock)
            before[0].raise_()
        self.docks[kind.id] = dock

    def _place(self, name: str) -> str:
        return self.hosts[name].kind.place

    def _build_menus(self) -> None:
        self.recent_menu = self.files.make_recent_menu()
        self.registry.fill(self.menu_bar, {"file.open-recording": self.recent_menu})

    def _connect(self) -> None:
        desk, context = self.desk, self.context
        self.top_bar.spec_edited.connect(context.document.set_spec)
        self.top_bar.prompt_paused.connect(desk.count_tokens)
        self.top_bar.model_chosen.connect(context.open_model)
        self.top_bar.folder_wanted.connect(self.files.ask_model)
        self.top_bar.live_set.connect(context.guidance.set_live)
        self.top_bar.run.clicked.connect(desk.run)
        self.top_bar.stop.clicked.connect(desk.stop)
        self.top_bar.prompt.returnPressed.connect(desk.run)
        self.status.stop_wanted.connect(desk.stop)
        self.status.check_wanted.connect(desk.check_identity)
        context.document.spec_changed.connect(self.top_bar.set_spec)
        context.message.connect(desk.show_message)
        context.hovered.connect(self._hovered)
        context.scenes.changed.connect(self._show)
        self.tabs.currentChanged.connect(self._tab_changed)
        desk.connect_to(context, self.runs)
        self.top_bar.set_spec(context.document.spec)

    # --- showing ----------------------------------------------------------------------------

    def _show(self, scene: viewer.Scene) -> None:
        self._stage.show(scene)
        self.desk.scene_changed(scene)

    def flush(self) -> None:
        """Draw now what is to be drawn before the next frames."""
        self.context.scenes.flush()
        self._stage.flush()

    def _hovered(self, pixel: viewer.Pixel | None) -> None:
        for host in self.hosts.values():
            host.hover(pixel)

    def _tab_changed(self, index: int) -> None:
        widget = self.tabs.widget(index)
        if isinstance(widget, ViewerHost):
            self.context.settings["window.tab"] = widget.kind.id

    def host_in_front(self) -> ViewerHost | None:
        """Return the view that has the focus, else the tab in front."""
        widget: QWidget | None = self.focusWidget()
        while widget is not None and not isinstance(widget, ViewerHost):
            widget = widget.parentWidget()
        if widget is None:
            widget = self.tabs.currentWidget()
        return widget if isinstance(widget, ViewerHost) else None

    # --- layout -----------------------------------------------------------------------------

    def _restore_layout(self) -> None:
        self.resize(self._first_size())
        bottom = [dock for name, dock in self.docks.items() if self._place(name) == "bottom"]
        fit_docks(self, self._sides())
        if bottom:
            self.resizeDocks(bottom[:1], [132], Qt.Orientation.Vertical)
        self._first_layout = self.saveState(LAYOUT_VERSION)
        settings = self.context.settings
        self.restoreGeometry(QByteArray.fromBase64(settings["window.geometry"].encode()))
        self.restoreState(QByteArray.fromBase64(settings["window.state"].encode()), LAYOUT_VERSION)
        for name, host in self.hosts.items():
            if name == settings["window.tab"] and host.kind.place == "centre":
                self.tabs.setCurrentWidget(host)

    def _first_size(self) -> QSize:
        """Return 1280 × 800, or what the screen has room for with the frame around it."""
        if QGuiApplication.platformName() == "offscreen":  # its screen is none that is looked at
            return QSize(1280, 800)
        room = self.screen().availableSize() - QSize(2 * theme.GAP, FRAME)
        smallest = QSize(*SMALLEST)
        return QSize(1280, 800).boundedTo(room).expandedTo(smallest)

    def reset_layout(self) -> None:
        """Put all docks back where they belong."""
        self.restoreState(self._first_layout, LAYOUT_VERSION)
        fit_docks(self, self._sides())

    def _sides(self) -> dict[str, QDockWidget]:
        """Return the first dock at the left and the first at the right."""
        first: dict[str, QDockWidget] = {}
        for name, dock in self.docks.items():
            if self._place(name) != "bottom":
                first.setdefault(self._place(name), dock)
        return first

    def _keep_layout(self) -> None:
        settings = self.context.settings
        settings["window.geometry"] = _text(self.saveGeometry())
        settings["window.state"] = _text(self.saveState(LAYOUT_VERSION))

    # --- events -----------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icons again when the palette has changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "desk"):
            QTimer.singleShot(0, self, self.desk.theme_changed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the docks at the sides grow and shrink along."""
        follow = untouched(self._sides(), event.oldSize().width())  # the layout squeezes them yet
        super().resizeEvent(event)
        fit_docks(self, follow)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the recording or the model that was dropped, or observe the picture."""
        places = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if places:
            event.acceptProposedAction()
            self.files.open_place(places[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide at once, then end what runs."""
        if not self.context.closed:
            self._keep_layout()
            self.hide()
            self._stage.stop()
            for host in self.hosts.values():
                host.close_viewer()
            self.context.shut_down()
        super().closeEvent(event)


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode()
