"""The one registry of actions: menus, toolbar, shortcuts, palette and help page follow from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from sdinspector.app import theme
from sdinspector.app.texts import mark, tr

#: The menus, in order; ``&`` marks the mnemonic.
MENUS: tuple[tuple[str, str], ...] = (
    ("file", mark("&File")),
    ("run", mark("&Run")),
    ("go", mark("&Go")),
    ("view", mark("&View")),
    ("help", mark("&Help")),
)


@dataclass(frozen=True)
class ActionSpec:
    """What is known of an action without Qt.

    Attributes
    ----------
    id
        Stable dotted name, ``"file.open-recording"``.
    text
        English source text, ``&`` before the mnemonic, ``…`` where more will be asked.
    menu
        One of :data:`MENUS`, or ``""`` for the palette alone.
    shortcuts
        Key sequences; the first is shown in the menu.
    tip
        English source text: what it does, in the field's terms.
    icon
        File in ``resources/icons`` without its ending.
    checkable, radio
        Has a tick; is one of the group of that name.
    group
        A separator comes between two groups of a menu.
    submenu
        English title of a submenu, or ``""``.
    """

    id: str
    text: str
    menu: str = ""
    shortcuts: tuple[str, ...] = ()
    tip: str = ""
    icon: str = ""
    checkable: bool = False
    radio: str = ""
    group: int = 0
    submenu: str = ""


class ActionRegistry(QObject):
    """Makes each action once and hands it to whatever shows it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._actions: dict[str, tuple[ActionSpec, QAction]] = {}
        self._groups: dict[str, QActionGroup] = {}

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name][1]

    def __iter__(self) -> Iterator[tuple[ActionSpec, QAction]]:
        return iter(self._actions.values())

    def add(self, spec: ActionSpec, function: Callable[..., Any]) -> QAction:
        """Make an action; ``function`` gets the tick of a checkable one, else nothing.

        Raises
        ------
        ValueError
            Where the name or one of the key sequences is taken already.
        """
        if spec.id in self._actions:
            raise ValueError(f"there is an action {spec.id} already")
        taken = {key: other.id for other, _ in self for key in other.shortcuts}
        clash = [key for key in spec.shortcuts if key in taken]
        if clash:
            raise ValueError(f"{clash[0]} of {spec.id} belongs to {taken[clash[0]]} already")
        action = QAction(tr(spec.text), self._window)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(key) for key in spec.shortcuts])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        tip = tr(spec.tip) if spec.tip else tr(spec.text).replace("&", "")
        keys = shortcut_text(action)
        action.setToolTip(f"{tip} ({keys})" if keys else tip)
        action.setStatusTip("")
        action.setIconVisibleInMenu(False)
        if spec.icon:
            action.setIcon(theme.icon(spec.icon))
        if spec.checkable or spec.radio:
            action.setCheckable(True)
            action.triggered.connect(function)
        else:
            action.triggered.connect(lambda _checked=False: function())
        if spec.radio:
            group = self._groups.setdefault(spec.radio, QActionGroup(self))
            group.addAction(action)
        self._window.addAction(action)
        self._actions[spec.id] = (spec, action)
        return action

    def fill(self, bar: QMenuBar, extra: dict[str, QMenu] | None = None) -> dict[str, QMenu]:
        """Fill the menu bar; ``extra`` menus are put in where a submenu of their name is due."""
        menus: dict[str, QMenu] = {}
        for name, title in MENUS:
            menu = bar.addMenu(tr(title))
            menu.setObjectName(f"menu.{name}")
            menu.setToolTipsVisible(True)
            menus[name] = menu
            self._fill_menu(name, menu, extra or {})
        return menus

    def _fill_menu(self, name: str, menu: QMenu, extra: dict[str, QMenu]) -> None:
        chosen = sorted(
            ((spec, action) for spec, action in self if spec.menu == name),
            key=lambda pair: pair[0].group,
        )
        submenus: dict[str, QMenu] = {}
        last: int | None = None
        for spec, action in chosen:
            if last is not None and spec.group != last:
                menu.addSeparator()
            last = spec.group
            if spec.submenu:
                if spec.submenu not in submenus:
                    submenus[spec.submenu] = menu.addMenu(tr(spec.submenu))
                submenus[spec.submenu].addAction(action)
            else:
                menu.addAction(action)
            if spec.id in extra:
                menu.addMenu(extra[spec.id])

    def refresh_icons(self) -> None:
        """Draw the icons again: the theme has changed."""
        for spec, action in self:
            if spec.icon:
                action.setIcon(theme.icon(spec.icon))


def shortcut_text(action: QAction) -> str:
    """Return an action's first key sequence as the platform writes it."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
