"""A model's module tree to search, open and choose from."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QIcon,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app import theme
from sdinspector.app.texts import tr
from sdinspector.core import ModuleInfo
from sdinspector.widgets import look
from sdinspector.widgets.heat import Heat, HeatButton, HeatDelegate
from sdinspector.widgets.module_model import (
    CLASS,
    HEAT,
    NAME,
    PARAMETERS,
    PATH_ROLE,
    SHAPE,
    ModuleModel,
    ModuleSearch,
)
from sdinspector.widgets.module_view import ModuleView

KINDS = (
    "model",
    "container",
    "block",
    "resnet",
    "transformer",
    "self_attention",
    "cross_attention",
    "attention",
    "sampler",
    "convolution",
    "linear",
    "norm",
    "embedding",
    "activation",
    "other",
)
#: More matches than this are listed but not all opened.
_OPENED = 200


def kind_icon(kind: str, dark: bool) -> QIcon:
    """Return the icon of a kind of module, in its colour."""
    colour = look.kind_colour(kind, dark)
    plain = theme.DARK.muted if dark else theme.LIGHT.muted
    return theme.icon(f"kind-{kind.replace('_', '-')}", colour.name() if colour else plain)


class ModuleTree(QWidget):
    """A search line above the tree.

    Keys: Ctrl+F goes to the search, Down from there to the tree, Ctrl+C copies the path,
    Escape clears the search.
    """

    chosen = Signal(str)
    """Path of the module that a person went to."""
    heat_chosen = Signal(str)
    """What the heat column shall show: ``"mean_absolute"``, ``"change"``, or ``""`` for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._root: ModuleInfo | None = None
        self._path: str | None = None
        self._quiet = False
        self._open_before: list[str] | None = None
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(60)
        self._build()
        self._connect()
        self._dress()

    def set_root(self, root: ModuleInfo | None) -> None:
        """Show a model's components, each opened one level."""
        if root is self._root:
            return
        self._quiet = True
        self._root = root
        self._path = None
        self._open_before = None
        self._model.set_root(root)
        self._quiet = False
        self._filter()
        if root is not None:
            unet = self._proxy.mapFromSource(self._model.index_of("unet"))
            self._view.expand(unet)

    def set_path(self, path: str | None) -> None:
        """Highlight a module and open the way to it; emits nothing."""
        if path == self._path:
            return
        self._path = path
        index = QModelIndex()
        if path is not None:
            index = self._proxy.mapFromSource(self._model.index_of(path))
            if not index.isValid() and self._search.text():
                self._search.clear()  # the search hides it: what is chosen matters more
                self._filter()
                index = self._proxy.mapFromSource(self._model.index_of(path))
        self._quiet = True
        try:
            if index.isValid():
                self._view.setCurrentIndex(index)
                self._view.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
            else:
                self._view.selectionModel().clear()
        finally:
            self._quiet = False

    def set_heat(self, heat: Heat | None, why: str = "") -> None:
        """Show bars beside the modules; ``None`` shows none, and ``why`` says the reason."""
        self._model.set_heat(heat)
        if self._view.isColumnHidden(HEAT) != (heat is None):
            self._view.setColumnHidden(HEAT, heat is None)
            self._view.fit_columns()
        self._warm.set_reason(why)
        self._view.viewport().update()

    @property
    def heat(self) -> Heat | None:
        """What the heat column shows."""
        return self._model.heat

    @property
    def path(self) -> str | None:
        """The module that is highlighted."""
        return self._path

    # -- making it -------------------------------------------------------------------------

    def _build(self) -> None:
        self._search = QLineEdit(self)
        self._search.setPlaceholderText(tr("Search modules, classes, kinds …"))
        self._search.setClearButtonEnabled(True)
        self._search.setAccessibleName(tr("Search the modules"))
        self._search.setToolTip(
            tr("Words that a module's path, class or kind must hold: “up attn2”, “resnet” (Ctrl+F)")
        )
        self._found = QLabel(self)
        self._found.setProperty("role", "muted")
        self._found.setAccessibleName(tr("Number of matches"))
        self._found.setFont(look.scaled(self.font(), 0.88))
        self._found.hide()
        view = self._build_view()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look.GAP)
        top = QVBoxLayout()
        top.setContentsMargins(2 * look.GAP, 2 * look.GAP, 2 * look.GAP, 0)
        top.setSpacing(look.GAP)
        line = QHBoxLayout()
        line.setSpacing(look.GAP)
        line.addWidget(self._search, 1)
        self._warm = HeatButton(self)
        line.addWidget(self._warm)
        top.addLayout(line)
        top.addWidget(self._found)
        box.addLayout(top)
        box.addWidget(view, 1)
        self._copy = QAction(tr("Copy the path"), self)
        self._copy.setShortcut(QKeySequence.StandardKey.Copy)
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        view.addAction(self._copy)
        self._find = QAction(tr("Search"), self)
        self._find.setShortcut(QKeySequence.StandardKey.Find)
        self._find.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.addAction(self._find)

    def _build_view(self) -> ModuleView:
        self._model = ModuleModel(self)
        self._proxy = ModuleSearch(self)
        self._proxy.setSourceModel(self._model)
        view = self._view = ModuleView(self)
        view.setModel(self._proxy)
        view.setUniformRowHeights(True)
        view.setAlternatingRowColors(False)
        view.setIndentation(12)
        view.setIconSize(QSize(16, 16))
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.setAccessibleName(tr("Module tree"))
        view.setToolTip(tr("Every module of the model; choosing one selects it everywhere."))
        view.setFrameShape(QTreeView.Shape.NoFrame)
        header = view.header()
        header.setStretchLastSection(True)
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.moveSection(HEAT, NAME + 1)
        view.setItemDelegateForColumn(HEAT, HeatDelegate(self))
        view.hideColumn(HEAT)
        return view

    def _connect(self) -> None:
        self._search.textChanged.connect(lambda _: self._delay.start())
        self._search.returnPressed.connect(self._go_to_first)
        self._delay.timeout.connect(self._filter)
        self._warm.chosen.connect(self.heat_chosen)
        self._view.selectionModel().currentChanged.connect(self._current_changed)
        self._view.customContextMenuRequested.connect(self._menu)
        self._view.header().customContextMenuRequested.connect(self._columns_menu)
        self._copy.triggered.connect(self.copy_path)
        self._find.triggered.connect(self._to_search)
        self._search.installEventFilter(self)

    def _dress(self) -> None:
        dark = look.tones(self.palette()).dark
        self._model.set_icons({kind: kind_icon(kind, dark) for kind in KINDS})
        self._copy.setIcon(look.icon("copy", self.palette()))
        self._warm.dress()

    # -- what happens ----------------------------------------------------------------------

    def copy_path(self) -> None:
        """Put the highlighted module's path on the clipboard."""
        path = self._view.currentIndex().siblingAtColumn(NAME).data(PATH_ROLE)
        if path:
            QGuiApplication.clipboard().setText(path)

    def _filter(self) -> None:
        self._delay.stop()
        text = self._search.text()
        keep = self._path
        if text.strip() and self._open_before is None:
            self._open_before = self._open_paths()
        self._quiet = True
        try:
            matches = self._proxy.search(text, self._root)
            if text.strip():
                for path in matches[:_OPENED]:
                    self._open_way_to(path)
            elif self._open_before is not None:  # rows that were filtered out came back closed
                for path in self._open_before:
                    self._view.expand(self._proxy.mapFromSource(self._model.index_of(path)))
                self._open_before = None
            if keep is not None:
                index = self._proxy.mapFromSource(self._model.index_of(keep))
                if index.isValid():
                    self._view.setCurrentIndex(index)
        finally:
            self._quiet = False
        self._found.setVisible(bool(text.strip()))
        self._found.setText(
            tr("{count} found", count=len(matches))
            if matches
            else tr("Nothing found. Try part of a path, a class, or a kind such as “attention”.")
        )
        self._found.setWordWrap(True)

    def _open_paths(self) -> list[str]:
        """Return what is open, parents first."""
        paths: list[str] = []
        waiting = [QModelIndex()]
        while waiting:
            parent = waiting.pop()
            for row in range(self._proxy.rowCount(parent)):
                index = self._proxy.index(row, NAME, parent)
                if self._view.isExpanded(index):
                    paths.append(index.data(PATH_ROLE))
                    waiting.append(index)
        return paths

    def _open_way_to(self, path: str) -> None:
        index = self._proxy.mapFromSource(self._model.index_of(path)).parent()
        while index.isValid() and not self._view.isExpanded(index):
            self._view.expand(index)
            index = index.parent()

    def _go_to_first(self) -> None:
        self._filter()
        matches = self._proxy.matches
        if matches:
            index = self._proxy.mapFromSource(self._model.index_of(matches[0]))
            self._view.selectionModel().setCurrentIndex(
                index,
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows,
            )
            self._view.scrollTo(index)
            self._view.setFocus()

    def _to_search(self) -> None:
        self._search.setFocus()
        self._search.selectAll()

    def _current_changed(self, current: QModelIndex) -> None:
        path = current.siblingAtColumn(NAME).data(PATH_ROLE) if current.isValid() else None
        if self._quiet or path is None:
            return
        self._path = path
        self.chosen.emit(path)

    def _menu(self, place: QPoint) -> None:
        index = self._view.indexAt(place)
        menu = QMenu(self)
        menu.addAction(self._copy)
        self._copy.setEnabled(index.isValid())
        if index.isValid():
            below = menu.addAction(tr("Open all below"))
            below.triggered.connect(lambda: self._view.expandRecursively(index))
        menu.addAction(tr("Close all"), self._view.collapseAll)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._view.viewport().mapToGlobal(place))

    def _columns_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        for column in (CLASS, PARAMETERS, SHAPE):
            title = self._proxy.headerData(column, Qt.Orientation.Horizontal)
            action = menu.addAction(str(title))
            action.setCheckable(True)
            action.setChecked(not self._view.isColumnHidden(column))
            action.toggled.connect(
                lambda on, which=column: self._view.setColumnHidden(which, not on)
            )
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._view.header().mapToGlobal(place))

    # -- Qt's events -----------------------------------------------------------------------

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Leave the search line with Down, clear it with Escape."""
        if watched is self._search and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down:
                self._filter()
                self._view.setFocus()
                if not self._view.currentIndex().isValid():
                    self._view.setCurrentIndex(self._proxy.index(0, NAME))
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
                self._search.clear()
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_find"):
            self._dress()
