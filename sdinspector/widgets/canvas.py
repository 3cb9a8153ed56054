"""One image to look into: zoom, pan, a crosshair and the value under it."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pyqtgraph as pg
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsView, QLabel, QWidget

from sdinspector.app.texts import tr
from sdinspector.widgets import look
from sdinspector.widgets.canvas_items import Cursor, PanBox, Pixels

Pixel: TypeAlias = tuple[float, float]
Levels: TypeAlias = tuple[float, float]

_ZOOM = 1.25


class Canvas(pg.GraphicsView):
    """An image of numbers or colours.

    The image fills a frame one unit wide whatever its resolution, so that zoom and pan stay where
    they are when another image of the same proportions follows. Positions are fractions of the
    image's width and height, (0, 0) its upper left corner.

    Keys: ``F`` or ``0`` fits the image, ``1`` shows it pixel for pixel, ``+`` and ``−`` zoom,
    arrows move the crosshair by a pixel, Return selects the pixel under it, Escape lets it go.
    """

    hovered = Signal(object)
    """(x, y) of the pointer over the image, or ``None``."""
    clicked = Signal(object)
    """(x, y) of a click on the image, or of Return at the crosshair."""
    view_changed = Signal(object)
    """The visible part (QRectF, in fractions) after a person zoomed or panned."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent, useOpenGL=False)
        self._image: NDArray[Any] | None = None
        self._ratio = 0.0
        self._fitted = True
        self._kept: QRectF | None = None  # what is seen while it is not fitted
        self._crosshair: Pixel | None = None
        self._marker: Pixel | None = None
        self._not_finite = 0
        self._quiet = False
        self._build(name or tr("Image"))
        self._connect()
        self._colour()

    # -- what is shown ---------------------------------------------------------------------

    def set_image(
        self,
        image: NDArray[Any] | None,
        levels: Levels | None = None,
        table: NDArray[np.uint8] | None = None,
        smooth: bool = False,
        drawn: NDArray[np.uint8] | None = None,
    ) -> None:
        """Show an image; zoom and pan stay where its proportions are those of the last one.

        Parameters
        ----------
        image
            ``[h, w]`` numbers, ``[h, w, 3]`` or ``[h, w, 4]`` uint8 colours, ``None`` for none.
            ``[h, w]`` uint8 with levels (0, 255) are numbers of the table's colours and are drawn
            as they are.
        levels
            Values that the ends of the colour table stand for; needed for numbers.
        table
            ``[256, 3]`` uint8 colours; needed for numbers.
        smooth
            Interpolate between pixels when enlarging.
        drawn
            Colours ``[H, W, 3]`` that are drawn in place of those of a colour image: the same one
            enlarged with care. Values and pixels stay those of ``image``.
        """
        if not shiboken6.isValid(self):  # items of a scene that has gone crash when touched
            return
        self._image = image
        if image is None or image.size == 0:
            self._image = None
            self._item.clear()
            self._hatch.setVisible(False)
            self._not_finite = 0
            self._show_crosshair()
            return
        self._item.smooth = smooth
        shown = image
        self._not_finite = 0
        if image.ndim == 2 and image.dtype == np.uint8 and levels == (0.0, 255.0):
            shown = np.ascontiguousarray(image)
            self._item.setImage(shown, autoLevels=False, levels=(0, 255), lut=table)
        elif image.ndim == 2:
            shown = np.ascontiguousarray(image, dtype=np.float32)
            finite = np.isfinite(shown)
            if not finite.all():
                self._not_finite = int(shown.size - np.count_nonzero(finite))
                shown = np.where(finite, shown, np.float32(np.nan))
            low, high = levels if levels is not None else (0.0, 1.0)
            if not high > low:  # a constant image is drawn in the middle of the table
                low, high = low - 0.5, low + 0.5
            self._item.setImage(shown, autoLevels=False, levels=(low, high), lut=table)
        else:
            shown = np.ascontiguousarray(image if drawn is None else drawn, dtype=np.uint8)
            self._item.setImage(shown, autoLevels=False, levels=None, lut=None)
        self._place(image.shape[0] / image.shape[1])
        self._show_crosshair()

    def set_crosshair(self, pixel: Pixel | None) -> None:
        """Show the crosshair at a position, or take it away; emits nothing."""
        self._crosshair = pixel
        self._show_crosshair()

    def set_marker(self, pixel: Pixel | None) -> None:
        """Frame the selected pixel, or none; emits nothing."""
        self._marker = pixel
        self._cursor.selected = self._cell(pixel)
        self._cursor.update()

    @property
    def image(self) -> NDArray[Any] | None:
        """The image as it was given."""
        return self._image

    @property
    def not_finite(self) -> int:
        """How many of its values are NaN or infinite; these are drawn hatched."""
        return self._not_finite

    @property
    def crosshair(self) -> Pixel | None:
        """Where the crosshair is."""
        return self._crosshair

    def value_at(self, pixel: Pixel) -> NDArray[Any] | None:
        """Return the number, or the colour's three, at a position; ``None`` off the image."""
        place = self._index(pixel)
        return None if place is None or self._image is None else self._image[place]

    # -- zoom and pan ----------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole image."""
        self._fitted = True
        self._fit()
        self._tell()

    def actual_size(self) -> None:
        """Show one image pixel as one pixel of the screen."""
        if self._image is None:
            return
        share = self.viewport().width() * self.devicePixelRatioF() / self._image.shape[1]
        self._centre_on(share)

    def zoom(self, factor: float) -> None:
        """Enlarge by a factor about the crosshair, or about the middle of what is seen."""
        rect = self._box.viewRect()
        about = rect.center()
        if self._crosshair is not None:
            about.setX(self._crosshair[0])
            about.setY(self._crosshair[1] * self._ratio)
        self._box.scaleBy((1 / factor, 1 / factor), center=about)
        self._fitted = False
        self._tell()

    def view(self) -> QRectF:
        """Return the visible part in fractions of the image."""
        rect = self._box.viewRect()
        ratio = self._ratio or 1.0
        return QRectF(rect.x(), rect.y() / ratio, rect.width(), rect.height() / ratio)

    def set_view(self, view: QRectF) -> None:
        """Show that part of the image, its width exactly and its middle; emits nothing."""
        port = self.viewport()
        height = view.width() * port.height() / max(port.width(), 1)
        middle = view.center().y() * (self._ratio or 1.0)
        self._kept = view
        self._fitted = False
        self._quiet = True
        try:
            self._box.setRange(
                QRectF(view.x(), middle - height / 2, view.width(), height), padding=0
            )
        finally:
            self._quiet = False

    @property
    def fitted(self) -> bool:
        """Whether the whole image is shown and stays so when the size changes."""
        return self._fitted

    def set_fitted(self) -> None:
        """Show the whole image; emits nothing."""
        self._fitted = True
        self._fit()

    def viewportEvent(self, event: QEvent) -> bool:
        """Keep the help off what is being read: with an image there is no tooltip."""
        if event.type() == QEvent.Type.ToolTip and self._item.isVisible():
            return True
        return super().viewportEvent(event)

    # -- making it -------------------------------------------------------------------------

    def _build(self, name: str) -> None:
        self.setAccessibleName(name)
        self.setToolTip(
            tr(
                "Wheel zooms, dragging pans, a click selects the pixel. "
                "Keys: F fits, 1 shows pixel for pixel, + and − zoom, arrows move the crosshair."
            )
        )
        self.setMinimumSize(64, 64)
        self._box = PanBox(enableMenu=False, invertY=True, lockAspect=1.0, defaultPadding=0.0)
        self._box.setMouseMode(pg.ViewBox.PanMode)
        self.setCentralItem(self._box)
        self._hatch = QGraphicsRectItem()
        self._hatch.setPen(QPen(Qt.PenStyle.NoPen))
        self._hatch.setZValue(-20)
        self._item = Pixels()
        self._item.setZValue(-10)
        self._cursor = Cursor()
        self._cursor.setZValue(20)
        for item in (self._hatch, self._item, self._cursor):
            self._box.addItem(item, ignoreBounds=True)
        self._hatch.setVisible(False)
        self._hatch.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._readout = QLabel(self.viewport())
        self._readout.setObjectName("canvasReadout")
        self._readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout.hide()

    def _connect(self) -> None:
        self.scene().sigMouseClicked.connect(self._click)
        self._box.sigRangeChangedManually.connect(self._moved_by_hand)

    def _colour(self) -> None:
        tone = look.tones(self.palette())
        self.setBackground(tone.ground)
        hatch = QColor("#e0457b")
        brush = pg.mkBrush(hatch)
        brush.setStyle(Qt.BrushStyle.BDiagPattern)
        self._hatch.setBrush(brush)
        self._readout.setStyleSheet(
            "background: rgba(18, 20, 26, 215); color: #f4f5f7; padding: 3px; border-radius: 3px;"
        )
        self._readout.setFont(look.scaled(self.font(), 0.9))

    # -- inner workings --------------------------------------------------------------------

    def _place(self, ratio: float) -> None:
        rect = QRectF(0.0, 0.0, 1.0, ratio)
        self._item.setRect(rect)
        self._hatch.setRect(rect)
        self._hatch.setVisible(self._not_finite > 0)
        if abs(ratio - self._ratio) > 1e-9:
            self._ratio = ratio
            span = 200 * max(1.0, ratio)  # room for one small image pixel on one of the screen
            self._box.setLimits(
                xMin=-span, xMax=1 + span, yMin=-span, yMax=ratio + span, maxXRange=2 * span
            )
            self._fitted = True
        if self._fitted:
            self._fit()
        self._cursor.set_frame(rect)
        self._cursor.selected = self._cell(self._marker)
        self._cursor.update()

    def _fit(self) -> None:
        if self._ratio:
            self._quiet = True
            try:
                self._box.setRange(QRectF(0.0, 0.0, 1.0, self._ratio), padding=0.02)
            finally:
                self._quiet = False

    def _centre_on(self, width: float) -> None:
        rect = self._box.viewRect()
        height = width * rect.height() / max(rect.width(), 1e-9)
        middle = rect.center()
        self._fitted = False
        self._box.setRange(
            QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height), padding=0
        )
        self._tell()

    def _moved_by_hand(self, *_: object) -> None:
        self._fitted = False
        self._tell()

    def _tell(self) -> None:
        self._kept = None if self._fitted else self.view()
        if not self._quiet:
            self.view_changed.emit(None if self._fitted else self.view())

    def _index(self, pixel: Pixel) -> tuple[int, int] | None:
        if self._image is None or not (0 <= pixel[0] <= 1 and 0 <= pixel[1] <= 1):
            return None
        height, width = self._image.shape[:2]
        return min(int(pixel[1] * height), height - 1), min(int(pixel[0] * width), width - 1)

    def _cell(self, pixel: Pixel | None) -> QRectF | None:
        place = None if pixel is None else self._index(pixel)
        if place is None or self._image is None:
            return None
        height, width = self._image.shape[:2]
        return QRectF(
            place[1] / width,
            place[0] / height * self._ratio,
            1 / width,
            self._ratio / height,
        )

    def _show_crosshair(self) -> None:
        place = None if self._crosshair is None else self._index(self._crosshair)
        self._cursor.under = self._cell(self._crosshair)
        self._cursor.update()
        if place is None or self._image is None:
            self._readout.hide()
            return
        self._readout.setText(self._readout_text(place))
        self._readout.adjustSize()
        self._put_readout()
        self._readout.show()

    def _readout_text(self, place: tuple[int, int]) -> str:
        value = self._image[place] if self._image is not None else 0.0
        if np.ndim(value):
            text = " ".join(str(int(part)) for part in np.ravel(value)[:3])
        else:
            text = look.number(float(value))
        return f"x {place[1]}  y {place[0]}   {text}"

    def _put_readout(self) -> None:
        self._readout.move(look.GAP, self.viewport().height() - self._readout.height() - look.GAP)

    def _pixel_at(self, scene_position: Any) -> Pixel | None:
        if self._image is None:
            return None
        place = self._box.mapSceneToView(scene_position)
        pixel = (float(place.x()), float(place.y()) / (self._ratio or 1.0))
        return pixel if 0 <= pixel[0] < 1 and 0 <= pixel[1] < 1 else None

    def _click(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.double():
            self.fit()
            return
        pixel = self._pixel_at(event.scenePos())
        if pixel is not None:
            self.clicked.emit(pixel)

    def _step(self, right: int, down: int) -> None:
        if self._image is None:
            return
        height, width = self._image.shape[:2]
        place = self._index(self._crosshair or self._marker or (0.5, 0.5)) or (0, 0)
        row = min(max(place[0] + down, 0), height - 1)
        column = min(max(place[1] + right, 0), width - 1)
        pixel = ((column + 0.5) / width, (row + 0.5) / height)
        self.set_crosshair(pixel)
        self.hovered.emit(pixel)

    # -- Qt's events -----------------------------------------------------------------------

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        """Move the crosshair along."""
        super().mouseMoveEvent(ev)
        pixel = self._pixel_at(self.mapToScene(ev.position().toPoint()))
        if pixel != self._crosshair:
            self.set_crosshair(pixel)
            self.hovered.emit(pixel)

    def leaveEvent(self, ev: QEvent) -> None:
        """Take the crosshair away."""
        super().leaveEvent(ev)
        if self._crosshair is not None:
            self.set_crosshair(None)
            self.hovered.emit(None)

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """Zoom, move the crosshair, select."""
        key = ev.key()
        arrows = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        plain = not ev.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        if not plain:
            ev.ignore()
        elif key in arrows:
            self._step(*arrows[Qt.Key(key)])
        elif key in (Qt.Key.Key_F, Qt.Key.Key_0):
            self.fit()
        elif key == Qt.Key.Key_1:
            self.actual_size()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _ZOOM)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._crosshair is not None:
            self.clicked.emit(self._crosshair)
        elif key == Qt.Key.Key_Escape and self._crosshair is not None:
            self.set_crosshair(None)
            self.hovered.emit(None)
        else:
            ev.ignore()

    def close(self) -> bool:
        """Close as any widget does: pyqtgraph's own way takes the scene apart before its items."""
        return QGraphicsView.close(self)

    def resizeEvent(self, ev: QResizeEvent) -> None:
        """Keep a fitted image fitted, and the part that is seen as wide as it was."""
        if hasattr(self, "_box") and not shiboken6.isValid(self._box):
            return  # Qt resizes a view once more while it takes it apart
        super().resizeEvent(ev)
        if hasattr(self, "_readout"):
            if self._fitted:
                self._fit()
            elif self._kept is not None:
                self.set_view(self._kept)
            self._put_readout()

    def changeEvent(self, ev: QEvent) -> None:
        """Follow the palette and the font."""
        super().changeEvent(ev)
        if ev.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(
            self, "_readout"
        ):
            self._colour()
