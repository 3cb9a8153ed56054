"""Points of several series over one axis: read out, followed with the keys, chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from sdinspector.widgets import look
from sdinspector.widgets.point_painting import (
    Axes,
    Geometry,
    PointSeries,
    paint_pointer,
    paint_still,
)

#: Pixels within which the mouse takes a point.
_REACH = 14.0


class PointPlot(QWidget):
    """Curves and marks over one horizontal axis.

    Pointing reads a mark, or the curve where no mark is near; a click or Return chooses a mark.
    Keys: Left and Right go to the mark that lies there in the order of the series, Up and Down to
    the series before or after, Home and End to its first and last.
    """

    pointed = Signal(object)
    """Key of the series and place in it of the mark under the pointer, or ``None``."""
    chosen = Signal(str, int)
    """Key of the series and place in it of a mark that was clicked."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series: tuple[PointSeries, ...] = ()
        self._axes = Axes()
        self._note = ""
        self._at: tuple[str, int] | None = None
        self._own = False  # the pointer or the keys are here, not in another plot
        self._drawn: QPixmap | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        self.setToolTip(tip)

    # -- what is shown ---------------------------------------------------------------------

    def set_series(self, series: Sequence[PointSeries], axes: Axes, note: str = "") -> None:
        """Show series, the last on top; ``note`` where there is none."""
        self._series, self._axes, self._note = tuple(series), axes, note
        if self._at is not None and self._find(self._at) is None:
            self._at = None
        self._renew()

    def set_pointed(self, at: tuple[str, int] | None) -> None:
        """Ring a mark that is pointed at elsewhere; emits nothing."""
        if at != self._at:
            self._at, self._own = at, False
            self._describe()
            self.update()

    @property
    def series(self) -> tuple[PointSeries, ...]:
        """What is shown."""
        return self._series

    @property
    def axes(self) -> Axes:
        """Over what."""
        return self._axes

    @property
    def at(self) -> tuple[str, int] | None:
        """Key and place of the mark that is ringed."""
        return self._at

    def position(self, key: str, place: int) -> tuple[float, float]:
        """Return where a point is, in the widget's pixels.

        Raises
        ------
        KeyError
            Where there is no such point.
        """
        one = self._find((key, place))
        if one is None:
            raise KeyError((key, place))
        geometry = self._geometry()
        x, y = geometry.xs(one.x[place : place + 1]), geometry.ys(one.y[place : place + 1])
        return float(x[0]), float(y[0])

    def read(self, at: tuple[str, int]) -> str:
        """Return what the read-out says of a point."""
        one = self._find(at)
        return one.notes[at[1]] if one is not None and at[1] < len(one.notes) else ""

    def sizeHint(self) -> QSize:
        """Return a size at which the shape can be read."""
        return QSize(420, 150)

    def minimumSizeHint(self) -> QSize:
        """Return the least useful size."""
        return QSize(180, 64)

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint what stays from its picture, then the point that is pointed at."""
        tone = look.tones(self.palette())
        painter = QPainter(self)
        small = look.scaled(self.font(), 0.85)
        painter.setFont(small)
        if not self._series:
            painter.setPen(tone.muted)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(8, 4, -8, -4), int(flags), self._note)
            return
        geometry = self._geometry()
        ratio = self.devicePixelRatioF()
        if self._drawn is None:
            self._drawn = QPixmap(self.size() * ratio)
            self._drawn.setDevicePixelRatio(ratio)
            self._drawn.fill(Qt.GlobalColor.transparent)
            still = QPainter(self._drawn)
            still.setFont(small)
            paint_still(still, geometry, self._series, tone)
            still.end()
        painter.drawPixmap(0, 0, self._drawn)
        one = None if self._at is None else self._find(self._at)
        if one is not None and self._at is not None:
            paint_pointer(painter, geometry, one, self._at[1], tone, note=self._own)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(tone.accent)
            painter.drawRect(geometry.frame)

    def _geometry(self) -> Geometry:
        return Geometry.of(self._axes, QRectF(self.rect()), look.scaled(self.font(), 0.85))

    def _renew(self) -> None:
        self._drawn = None
        self._describe()
        self.update()

    def _describe(self) -> None:
        self.setAccessibleDescription("" if self._at is None else self.read(self._at))

    # -- finding points --------------------------------------------------------------------

    def _find(self, at: tuple[str, int]) -> PointSeries | None:
        one = next((one for one in self._series if one.key == at[0]), None)
        return one if one is not None and 0 <= at[1] < len(one.x) else None

    def _near(self, x: float, y: float) -> tuple[str, int] | None:
        """Return the mark near a position, else the curve's point above or below it."""
        geometry = self._geometry()
        best, found = _REACH, None
        for one in reversed(self._series):  # the one on top first
            if not one.dots or not len(one.x):
                continue
            far = np.hypot(geometry.xs(one.x) - x, geometry.ys(one.y) - y)
            far = np.where(np.isfinite(far), far, np.inf)
            place = int(np.argmin(far))
            if far[place] < best:
                best, found = float(far[place]), (one.key, place)
        if found is not None or not geometry.frame.contains(x, y):
            return found
        for one in self._series:
            if not one.dots and len(one.x):
                return one.key, int(np.argmin(np.abs(geometry.xs(one.x) - x)))
        return None

    def _point(self, at: tuple[str, int] | None) -> None:
        if at != self._at or not self._own:
            self._at, self._own = at, True
            self._describe()
            self.update()
            self.pointed.emit(at if at is not None and self._is_mark(at) else None)

    def _is_mark(self, at: tuple[str, int]) -> bool:
        one = self._find(at)
        return one is not None and one.dots

    # -- Qt's events -----------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out what is under the pointer."""
        self._point(self._near(event.position().x(), event.position().y()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the mark under the pointer."""
        at = self._near(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and at is not None and self._is_mark(at):
            self.chosen.emit(*at)

    def leaveEvent(self, event: QEvent) -> None:
        """Take the read-out away."""
        super().leaveEvent(event)
        self._point(None)

    def event(self, event: QEvent) -> bool:
        """Keep the help off what is being read."""
        if event.type() == QEvent.Type.ToolTip and self._at is not None:
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from mark to mark; Return chooses."""
        marked = [one for one in self._series if one.dots and len(one.x)]
        key = Qt.Key(event.key())
        if not marked:
            event.ignore()
            return
        here = self._at if self._at is not None and self._is_mark(self._at) else None
        row = next((n for n, one in enumerate(marked) if here and one.key == here[0]), 0)
        place = here[1] if here else 0
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if here:
                self.chosen.emit(*here)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            before = marked[row].x[place]
            row = min(max(row + (1 if key == Qt.Key.Key_Down else -1), 0), len(marked) - 1)
            place = int(np.nanargmin(np.abs(marked[row].x - before)))
            self._point((marked[row].key, place))
        elif key in _STEPS:
            one = marked[row]
            last, falls = len(one.x) - 1, one.x[-1] < one.x[0]
            towards = {Qt.Key.Key_Left: Qt.Key.Key_Right, Qt.Key.Key_Right: Qt.Key.Key_Left}
            step = _STEPS[towards.get(key, key) if falls else key]
            self._point((one.key, step(place, last) if here else 0))
        else:
            event.ignore()

    def focusInEvent(self, event: QEvent) -> None:
        """Show that the keys go here."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.update()

    def resizeEvent(self, event: QEvent) -> None:
        """Paint anew."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._drawn = None

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._drawn = None
            self.update()


_STEPS = {
    Qt.Key.Key_Left: lambda place, _: max(place - 1, 0),
    Qt.Key.Key_Right: lambda place, last: min(place + 1, last),
    Qt.Key.Key_Home: lambda _, __: 0,
    Qt.Key.Key_End: lambda _, last: last,
}
