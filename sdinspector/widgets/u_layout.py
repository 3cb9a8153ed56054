"""Where everything of a UNet is drawn: pure geometry, no painting."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from sdinspector.app.texts import tr
from sdinspector.core import ModelCard, ModuleInfo
from sdinspector.widgets.module_model import shape_text
from sdinspector.widgets.u_parts import (
    Box,
    BoxKind,
    Label,
    Level,
    Metrics,
    Points,
    Skip,
    ULayout,
    below,
    crosses,
    has_cross,
    is_attention,
    level_of,
    short_class,
)


def lay_out(card: ModelCard, width: float, height: float, metrics: Metrics) -> ULayout:
    """Return the drawing of a model for a widget of this size; it may need more room."""
    return _Builder(card, width, height, metrics).build()


class _Builder:
    def __init__(self, card: ModelCard, width: float, height: float, metrics: Metrics) -> None:
        self.card, self.metrics = card, metrics
        unet = card.root.find("unet")
        parts = {child.name: child for child in unet.children} if unet is not None else {}
        self.parts = parts
        self.down = [level_of(info) for info in below(parts.get("down_blocks"))]
        self.up = [level_of(info) for info in below(parts.get("up_blocks"))]
        mid = parts.get("mid_block")
        self.mid = level_of(mid) if mid is not None else None
        self.rows = max(len(self.down), len(self.up), 1)
        self._measure(width, height)
        self.boxes: list[Box] = []
        self.skips: list[Skip] = []
        self.flows: list[Points] = []
        self.feeds: list[Points] = []
        self.labels: list[Label] = []
        self.place: dict[str, QRectF] = {}

    def _measure(self, width: float, height: float) -> None:
        m = self.metrics
        levels = [*self.down, *self.up, *([self.mid] if self.mid else [])]
        most = max((len(level.layers) for level in levels), default=2)
        self.tile = max(20.0, m.small + 6)
        block = max(most * (self.tile + 3) - 3 + 14, 19 * m.digit)
        self.block_height = 2 * m.small + 8 + self.tile + 8
        steps = self.rows - 1
        inlet = max(40.0, 5 * m.digit)
        gap = 13 * m.digit
        side = 26.0
        least = 2 * (side + inlet + steps * inlet + block) + gap
        spare = max(0.0, width - least)
        self.step = inlet + min(spare * 0.05, 26.0)
        self.block_width = block + min(spare * 0.10, 50.0)
        used = 2 * (side + self.step + steps * self.step + self.block_width)
        self.gap = min(max(gap, width - used), 3.2 * gap)
        self.total = used + self.gap
        self.left = max(0.0, (width - self.total) / 2) + side
        self.right = self.left + self.total - 2 * side
        self.top_height = m.small + self.tile / 2 + 15
        fixed = 6 + self.top_height + (self.rows + 1) * self.block_height + 17
        self.row_gap = min(max((height - fixed) / (self.rows + 0.5), 20.0), 2.4 * self.tile)
        self.need = fixed + self.rows * self.row_gap
        self.top = max(0.0, (height - self.need) / 2) * 0.6 + 6
        self.height = max(height, self.need)
        self.width = max(width, least)
        self.middle = (self.left + self.right) / 2

    def build(self) -> ULayout:
        """Place everything, in the order of the data's way."""
        before: QPointF | None = None
        for row, level in enumerate(self.down):
            before = self._down_row(row, level, before)
        exit_of_mid = self._mid_row(before)
        for number, level in enumerate(self.up):
            row = len(self.up) - 1 - number
            exit_of_mid = self._up_row(row, level, exit_of_mid, last=number == len(self.up) - 1)
        self._loop()
        self._components()
        self._skips()
        legend = self._corner()
        return ULayout(
            self.width,
            self.height,
            tuple(self.boxes),
            tuple(self.skips),
            tuple(self.flows),
            tuple(self.feeds),
            tuple(self.labels),
            legend,
        )

    # -- rows ------------------------------------------------------------------------------

    def _row_top(self, row: int) -> float:
        return self.top + self.top_height + row * (self.block_height + self.row_gap)

    def _inlet(self, x: float, top: float) -> QRectF:
        return QRectF(x, top + (self.block_height - self.tile) / 2 - 6, self.step - 12, self.tile)

    def _down_row(self, row: int, level: Level, before: QPointF | None) -> QPointF:
        top = self._row_top(row)
        x = self.left + (row + 1) * self.step
        inlet = self._inlet(x - self.step, top)
        if row == 0:
            source: ModuleInfo | None = self.parts.get("conv_in")
            kind: BoxKind = "convolution"
        else:
            source, kind = self.down[row - 1].sampler, "sampler"
        rect = QRectF(x, top, self.block_width, self.block_height)
        self._block(level, rect)
        entry = QPointF(rect.left(), inlet.center().y())
        if source is not None:
            self._add(source, kind, tr("conv") if kind == "convolution" else "↓2", inlet)
            if before is not None:
                self.flows.append((before, QPointF(before.x(), inlet.top())))
            self.flows.append((QPointF(inlet.right(), entry.y()), entry))
        elif before is not None:
            self.flows.append((before, QPointF(before.x(), entry.y()), entry))
        if crosses(level):
            y = rect.bottom() - 9
            self.feeds.append((QPointF(self.left - 13, y), QPointF(rect.left(), y)))
        return QPointF(x + (self.step - 12) / 2, rect.bottom())

    def _mid_row(self, before: QPointF | None) -> QPointF | None:
        if self.mid is None:
            return before
        rect = QRectF(
            self.middle - self.block_width / 2,
            self._row_top(self.rows),
            self.block_width,
            self.block_height,
        )
        self._block(self.mid, rect)
        y = rect.center().y() - 6
        if before is not None:
            self.flows.append((before, QPointF(before.x(), y), QPointF(rect.left(), y)))
        return QPointF(rect.right(), y)

    def _up_row(self, row: int, level: Level, before: QPointF | None, *, last: bool) -> QPointF:
        top = self._row_top(row)
        right = self.right - (row + 1) * self.step
        rect = QRectF(right - self.block_width, top, self.block_width, self.block_height)
        self._block(level, rect)
        outlet = self._inlet(right + 12, top)
        x = right - (self.step - 12) / 2
        if before is not None:
            if before.x() < x - 1:  # from the middle: right, then up
                self.flows.append((before, QPointF(x, before.y()), QPointF(x, rect.bottom())))
            else:
                self.flows.append((before, QPointF(before.x(), rect.bottom())))
        if crosses(level):
            y = rect.bottom() - 9
            self.feeds.append((QPointF(self.right + 13, y), QPointF(rect.right(), y)))
        y = outlet.center().y()
        target = self.parts.get("conv_out") if last else level.sampler
        if target is None:
            return QPointF(outlet.center().x(), rect.top())
        self._add(
            target, "convolution" if last else "sampler", tr("conv") if last else "↑2", outlet
        )
        self.flows.append((QPointF(rect.right(), y), QPointF(outlet.left(), y)))
        return QPointF(outlet.center().x(), outlet.top())

    # -- boxes -----------------------------------------------------------------------------

    def _add(
        self,
        info: ModuleInfo,
        kind: BoxKind,
        title: str,
        rect: QRectF,
        note: str = "",
        *,
        crosses: bool = False,
    ) -> None:
        tip = "\n".join(
            part for part in (info.path, info.class_name, shape_text(info.shape)) if part
        )
        self.boxes.append(Box(info.path, kind, title, rect, note, tip, crosses))
        self.place[info.path] = rect

    def _block(self, level: Level, rect: QRectF) -> None:
        info = level.info
        shapes = [layer.shape for layer in level.layers if layer.shape and len(layer.shape) == 3]
        shape = shapes[-1] if shapes else info.shape
        note = ""
        if shape is not None and len(shape) == 3:
            note = tr("{channels} ch · {h} × {w}", channels=shape[0], h=shape[1], w=shape[2])
        number = f" {info.name}" if info.name.isdigit() else ""
        title = short_class(info.class_name) + number
        self._add(info, "block", title, rect, note, crosses=crosses(level))
        count = len(level.layers)
        span = count * (self.tile + 3) - 3
        x = rect.left() + 7 if ".up_blocks." not in info.path else rect.right() - 7 - span
        if "mid_block" in info.path:
            x = rect.center().x() - span / 2
        y = rect.bottom() - 6 - self.tile
        for layer in level.layers:
            attends = is_attention(layer)
            kind: BoxKind = "attention" if attends else "resnet"
            self._add(
                layer,
                kind,
                "A" if attends else "R",
                QRectF(x, y, self.tile, self.tile),
                crosses=attends and has_cross(layer),
            )
            x += self.tile + 3

    def _corner(self) -> QRectF:
        """Place the time embedding in the lower right corner; return the room left below it."""
        left = max(self.middle + self.block_width / 2, self.middle + self.gap / 2) + 30
        area = QRectF(
            left,
            self._row_top(self.rows),
            max(0.0, self.right - left),
            self.block_height,
        )
        embedding = self.parts.get("time_embedding")
        width = 11 * self.metrics.digit
        if embedding is None or area.width() < width + 11 * self.metrics.digit:
            return area
        rect = QRectF(area.right() - width, area.top() + 2, width, self.tile)
        self._add(embedding, "embedding", tr("timestep t"), rect, tr("to every resnet"))
        note = QRectF(rect.left() - area.width(), rect.top(), area.width() - 8, rect.height())
        self.labels.append(Label(note, tr("feeds every resnet:"), right=True))
        return area.adjusted(0, self.tile + 8, 0, 0)

    # -- around the U ----------------------------------------------------------------------

    def _loop(self) -> None:
        """Draw the way back: noise prediction, scheduler, next latent; the VAE above it."""
        m = self.metrics
        y = self.top + m.small + self.tile / 2
        first = self.place.get("unet.conv_in")
        last = self.place.get("unet.conv_out")
        half = 6.5 * m.digit
        box = QRectF(self.middle - half, y - self.tile / 2, 2 * half, self.tile)
        self.boxes.append(
            Box(
                "",
                "note",
                tr("Scheduler"),
                box,
                tip=tr("Makes the next latent from the noise prediction, once a call."),
            )
        )
        small = m.small + 2
        if last is not None:
            x = last.center().x()
            self.flows.append((QPointF(x, last.top()), QPointF(x, y), QPointF(box.right(), y)))
            self.labels.append(
                Label(
                    QRectF(box.right() + 6, y - small, 12 * m.digit, m.small),
                    tr("noise prediction"),
                )
            )
        if first is not None:
            x = first.center().x()
            self.flows.append((QPointF(box.left(), y), QPointF(x, y), QPointF(x, first.top())))
            self.labels.append(
                Label(
                    QRectF(box.left() - 6 - 12 * m.digit, y - small, 12 * m.digit, m.small),
                    tr("latent x_t"),
                )
            )

    def _components(self) -> None:
        """Place text encoder(s) and VAE in the free corners."""
        m = self.metrics
        top = self._row_top(self.rows)
        texts = [
            child for child in self.card.root.children if child.name.startswith("text_encoder")
        ]
        width = min(20 * m.digit, self.middle - self.block_width / 2 - self.left - 34)
        bus = self.left - 13
        height = self.block_height if len(texts) < 2 else (self.block_height - 4) / 2
        for number, info in enumerate(texts[:2]):
            title = tr("Text encoder") if number == 0 else tr("Text encoder 2")
            rect = QRectF(self.left - 20, top + number * (height + 4), width, height)
            known = info.shape is not None and len(info.shape) == 2
            parts = [info.class_name, shape_text(info.shape) if known else ""]
            note = ("\n" if len(texts) < 2 else " ").join(part for part in parts if part)
            self._add(info, "text", title, rect, note)
        if texts and self.feeds:
            ends = [points[0] for points in self.feeds]
            lefts = [end.y() for end in ends if end.x() < self.middle]
            rights = [end.y() for end in ends if end.x() > self.middle]
            if lefts:
                self.feeds.append((QPointF(bus, top), QPointF(bus, min(lefts))))
            mid = self.place.get("unet.mid_block")
            if mid is not None and self.mid is not None and crosses(self.mid):
                y = mid.bottom() - 9
                start = QPointF(self.left - 20 + width, y)
                self.feeds.append((start, QPointF(mid.left(), y)))
            if rights:
                y = top + self.block_height + 11
                edge = self.right + 13
                self.feeds.append(
                    (
                        QPointF(bus, top + self.block_height),
                        QPointF(bus, y),
                        QPointF(edge, y),
                        QPointF(edge, min(rights)),
                    )
                )
        self._vae()

    def _vae(self) -> None:
        vae = self.card.root.find("vae")
        if vae is None:
            return
        m = self.metrics
        parts = {child.name: child for child in vae.children}
        y = self.top + m.small
        width = 11 * m.digit
        decoder = parts.get("decoder", vae)
        encoder = parts.get("encoder")
        rect = QRectF(self.middle + 4, y + self.tile + 12, width, self.tile)
        self._add(decoder, "vae", tr("VAE decoder"), rect)
        box_bottom = y + self.tile
        x = self.middle + 4 * m.digit
        self.flows.append((QPointF(x, box_bottom), QPointF(x, rect.top())))
        if encoder is not None:
            rect = QRectF(self.middle - 4 - width, rect.top(), width, self.tile)
            self._add(encoder, "vae", tr("VAE encoder"), rect)
            x = self.middle - 4 * m.digit
            self.flows.append((QPointF(x, rect.top()), QPointF(x, box_bottom)))

    def _skips(self) -> None:
        """Hang the arcs below their row, the outermost lowest; one label for equal shapes."""
        rows: dict[int, list[tuple[QRectF, QRectF, str, str, str]]] = {}
        for skip in self.card.skips:
            source, target = self._nearest(skip.source), self._nearest(skip.target)
            if source is None or target is None:
                continue
            a, b = self.place[source], self.place[target]
            row = round((b.center().y() - self._row_top(0)) // (self.block_height + self.row_gap))
            rows.setdefault(row, []).append((a, b, source, target, shape_text(skip.shape)))
        for row, items in rows.items():
            bottom = self._row_top(row) + self.block_height
            items.sort(key=lambda item: item[1].left() - item[0].left())
            spacing = min((self.row_gap - 8) / max(len(items), 1), 0.42 * self.tile)
            for depth, (a, b, source, target, _) in enumerate(items):
                y = bottom + 5 + depth * spacing
                start, end = a.center().x(), b.center().x()
                self.skips.append(
                    Skip(
                        source,
                        target,
                        (
                            QPointF(start, a.bottom()),
                            QPointF(start, y),
                            QPointF(end, y),
                            QPointF(end, b.bottom()),
                        ),
                    )
                )
            self._skip_labels(row, [item[4] for item in items if item[4]])

    def _skip_labels(self, row: int, shapes: list[str]) -> None:
        m = self.metrics
        texts: list[str] = []
        for shape in dict.fromkeys(shapes):
            count = shapes.count(shape)
            texts.append(f"{count} ×  {shape}" if count > 1 else shape)
        bottom = self._row_top(row) + self.block_height
        inner = self.right - self.left - 2 * ((row + 1) * self.step + self.block_width)
        width = max(inner - 8, 0)
        for number, text in enumerate(reversed(texts)):
            top = bottom - (number + 1) * (m.small + 1)
            self.labels.append(Label(QRectF(self.middle - width / 2, top, width, m.small), text))

    def _nearest(self, path: str) -> str | None:
        while path and path not in self.place:
            path = path.rpartition(".")[0]
        return path or None
