"""The module tree as a Qt item model, filled as it is opened, and its search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QIcon

from sdinspector.app.texts import tr
from sdinspector.core import ModuleInfo
from sdinspector.widgets.heat import HEAT_ROLE, Heat

NAME, CLASS, PARAMETERS, SHAPE, HEAT = range(5)
PATH_ROLE = Qt.ItemDataRole.UserRole + 1
KIND_ROLE = Qt.ItemDataRole.UserRole + 2

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class _Node:
    """A place in the tree; its children are made when a view first asks for them."""

    __slots__ = ("_children", "info", "parent", "row")

    def __init__(self, info: ModuleInfo, parent: _Node | None, row: int) -> None:
        self.info, self.parent, self.row = info, parent, row
        self._children: list[_Node] | None = None

    @property
    def children(self) -> list[_Node]:
        if self._children is None:
            self._children = [_Node(info, self, row) for row, info in enumerate(self.info.children)]
        return self._children


class ModuleModel(QAbstractItemModel):
    """Nodes of a model with name, class, parameter count and output shape."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root: _Node | None = None
        self._icons: dict[str, QIcon] = {}
        self._heat: Heat | None = None
        self._answers: dict[int, Callable[[ModuleInfo, int], Any]] = {
            Qt.ItemDataRole.DisplayRole: _cell,
            Qt.ItemDataRole.DecorationRole: self._icon,
            Qt.ItemDataRole.TextAlignmentRole: _alignment,
            Qt.ItemDataRole.ToolTipRole: self._told,
            Qt.ItemDataRole.AccessibleTextRole: self._told_of_heat,
            HEAT_ROLE: self._warmth,
            PATH_ROLE: lambda info, _: info.path,
            KIND_ROLE: lambda info, _: info.kind,
        }

    def set_root(self, root: ModuleInfo | None) -> None:
        """Show the children of ``root``; ``None`` shows none."""
        old = self._root  # indexes point into it until the reset is over
        self.beginResetModel()
        self._root = None if root is None else _Node(root, None, 0)
        self.endResetModel()
        del old

    def set_icons(self, icons: dict[str, QIcon]) -> None:
        """Take one icon for each kind of module."""
        self._icons = icons
        if self._root is not None and self._root.children:
            last = self.index(len(self._root.children) - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.DecorationRole])

    def set_heat(self, heat: Heat | None) -> None:
        """Take what the heat column shows; the view that shows it must be painted anew."""
        before, self._heat = self._heat, heat
        if (before and before.title) != (heat and heat.title):
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, HEAT, HEAT)

    @property
    def heat(self) -> Heat | None:
        """What the heat column shows."""
        return self._heat

    def info(self, index: Index) -> ModuleInfo | None:
        """Return the module at an index."""
        return index.internalPointer().info if index.isValid() else None

    def index_of(self, path: str) -> QModelIndex:
        """Return the index of a path, an invalid one where there is none."""
        node = self._root
        while node is not None and node.info.path != path:
            node = next((child for child in node.children if _leads_to(child.info, path)), None)
        if node is None or node is self._root:
            return QModelIndex()
        return self.createIndex(node.row, NAME, node)

    # -- Qt's methods ----------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = _TOP) -> QModelIndex:
        """Return the index of a child."""
        node = parent.internalPointer() if parent.isValid() else self._root
        if node is None or not 0 <= row < len(node.info.children) or not 0 <= column < 5:
            return QModelIndex()
        return self.createIndex(row, column, node.children[row])

    def parent(self, index: Index = _TOP) -> QModelIndex:  # type: ignore[override]
        """Return the index of the node above."""
        if not index.isValid():
            return QModelIndex()
        above = index.internalPointer().parent
        if above is None or above is self._root:
            return QModelIndex()
        return self.createIndex(above.row, NAME, above)

    def rowCount(self, parent: Index = _TOP) -> int:
        """Return the number of children."""
        if parent.isValid() and parent.column() != NAME:
            return 0
        node = parent.internalPointer() if parent.isValid() else self._root
        return 0 if node is None else len(node.info.children)

    def hasChildren(self, parent: Index = _TOP) -> bool:
        """Return whether there is anything below, without making it."""
        return self.rowCount(parent) > 0

    def columnCount(self, parent: Index = _TOP) -> int:  # noqa: ARG002
        """Return the five columns."""
        return 5

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the columns' titles."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            heat = self._heat.title if self._heat is not None else ""
            return (tr("Name"), tr("Class"), tr("Parameters"), tr("Shape"), heat)[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return (
                tr("Name of the module within the one above"),
                tr("Python class"),
                tr("Numbers learnt, here and below"),
                tr("Shape of the output without the batch: channels × height × width"),
                tr(
                    "Where much happens at the chosen step: the mean |x| of each output, or its "
                    "change, on one scale for the whole run. Pale bars are the mean of the "
                    "modules below."
                ),
            )[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == PARAMETERS:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows; asked a hundred times for each row that is painted."""
        answer = self._answers.get(role)
        if answer is None or not index.isValid():
            return None
        return answer(index.internalPointer().info, index.column())

    def _icon(self, info: ModuleInfo, column: int) -> QIcon | None:
        return self._icons.get(info.kind) if column == NAME else None

    def _warmth(self, info: ModuleInfo, column: int) -> Any:
        found = self._heat.modules.get(info.path) if self._heat and column == HEAT else None
        return None if found is None or self._heat is None else (found, self._heat.signed)

    def _told(self, info: ModuleInfo, column: int) -> str:
        found = self._heat.modules.get(info.path) if self._heat and column == HEAT else None
        return describe(info) if found is None else f"{info.path}\n{found.text}"

    def _told_of_heat(self, info: ModuleInfo, column: int) -> str | None:
        return self._told(info, column) if column == HEAT else None


class ModuleSearch(QSortFilterProxyModel):
    """Keeps the modules that match, those above them, and all that lies below them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keep: set[str] | None = None
        self._matches: list[str] = []

    def search(self, text: str, root: ModuleInfo | None) -> list[str]:
        """Look for modules whose path, class or kind holds every word of ``text``.

        Returns the paths found, in the order of the tree; all are kept where the text is empty.
        """
        words = text.lower().replace("-", "_").split()
        self._matches = []
        keep: set[str] | None = None
        if words and root is not None:
            keep = set()
            for child in root.children:
                self._collect(child, words, keep, inside=False)
        self.beginFilterChange()
        self._keep = keep
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)
        return self._matches

    @property
    def matches(self) -> list[str]:
        """Paths that the last search found."""
        return self._matches

    def _collect(self, info: ModuleInfo, words: list[str], keep: set[str], *, inside: bool) -> bool:
        text = f"{info.path} {info.class_name} {info.kind}".lower()
        # A node whose parent matches by its path alone adds nothing new: it is kept, not counted.
        own = f"{info.name} {info.class_name} {info.kind}".lower()
        found = all(word in text for word in words)
        if found and (not inside or any(word in own for word in words)):
            self._matches.append(info.path)
        below = False
        for child in info.children:
            below |= self._collect(child, words, keep, inside=inside or found)
        if found or below or inside:
            keep.add(info.path)
        return found or below

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Return whether a row is kept."""
        if self._keep is None:
            return True
        index = self.sourceModel().index(source_row, NAME, source_parent)
        return index.data(PATH_ROLE) in self._keep


def short_count(count: int) -> str:
    """Return a parameter count as people say it: ``859.5 M``, ``1.28 k``."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= limit:
            value = count / limit
            digits = 0 if value >= 1000 else 1 if value >= 100 else 2 if value < 10 else 1
            return f"{value:.{digits}f} {unit}"
    return str(count)


def short_bytes(count: int) -> str:
    """Return a size as people say it: ``3.4 MB``."""
    for limit, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= limit:
            return f"{count / limit:.1f} {unit}"
    return f"{count} B"


def shape_text(shape: tuple[int, ...] | None) -> str:
    """Return ``320 × 64 × 64``, or nothing where the shape is not known."""
    return " × ".join(str(side) for side in shape) if shape else ""


def describe(info: ModuleInfo) -> str:
    """Return what a tooltip says of a module."""
    lines = [
        info.path,
        info.class_name,
        tr(
            "{count} parameters ({own} its own), {size}",
            count=f"{info.parameters:,}",
            own=f"{info.own_parameters:,}",
            size=short_bytes(info.bytes),
        ),
    ]
    if info.shape:
        lines.append(tr("Output {shape}", shape=shape_text(info.shape)))
    if not info.fires:
        lines.append(tr("A container: never called itself, so nothing can be captured from it."))
    return "\n".join(lines)


def _cell(info: ModuleInfo, column: int) -> str:
    if column == NAME:
        return info.name
    if column == CLASS:
        return info.class_name
    if column == PARAMETERS:
        return short_count(info.parameters) if info.parameters else "–"
    return shape_text(info.shape) if column == SHAPE else ""


def _alignment(_: ModuleInfo, column: int) -> int | None:
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    return int(right) if column == PARAMETERS else None


def _leads_to(info: ModuleInfo, path: str) -> bool:
    return path == info.path or path.startswith(info.path + ".")
