"""What the drawing of a UNet is made of: boxes, arcs, labels; and a UNet as levels of layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF, QRectF

from sdinspector.core import ModelCard, ModuleInfo

BoxKind: TypeAlias = Literal[
    "block", "resnet", "attention", "sampler", "convolution", "text", "vae", "embedding", "note"
]
Points: TypeAlias = tuple[QPointF, ...]


@dataclass(frozen=True)
class Metrics:
    """Sizes that the font dictates, in pixels."""

    line: float = 16.0
    small: float = 14.0
    digit: float = 8.0


@dataclass(frozen=True)
class Box:
    """Something that can be pointed at: a block, a layer in it, a component at the side."""

    path: str
    kind: BoxKind
    title: str
    rect: QRectF
    note: str = ""
    tip: str = ""
    crosses: bool = False


@dataclass(frozen=True)
class Skip:
    """One arc across the U, from box to box."""

    source: str
    target: str
    points: Points


@dataclass(frozen=True)
class Label:
    """A text without a box."""

    rect: QRectF
    text: str
    right: bool = False


@dataclass(frozen=True)
class ULayout:
    """A drawing: boxes (outer before inner), arcs, arrows, the text's lines, labels."""

    width: float = 0.0
    height: float = 0.0
    boxes: tuple[Box, ...] = ()
    skips: tuple[Skip, ...] = ()
    flows: tuple[Points, ...] = ()
    feeds: tuple[Points, ...] = ()
    labels: tuple[Label, ...] = ()
    legend: QRectF = field(default_factory=QRectF)

    def find(self, path: str | None) -> Box | None:
        """Return the innermost box that stands for a module or for one above it."""
        if not path:
            return None
        hits = [box for box in self.boxes if path == box.path or path.startswith(box.path + ".")]
        return max(hits, key=lambda box: len(box.path), default=None)

    def at(self, place: QPointF) -> Box | None:
        """Return the innermost box at a place."""
        hits = [box for box in self.boxes if box.path and box.rect.contains(place)]
        return hits[-1] if hits else None

    def neighbour(self, box: Box, right: int, down: int) -> Box | None:
        """Return the nearest box in a direction, for the arrow keys."""
        start = box.rect.center()
        best: tuple[float, Box] | None = None
        for other in self.boxes:
            if not other.path or other is box:
                continue
            delta = other.rect.center() - start
            along = delta.x() * right + delta.y() * down
            aside = abs(delta.x() * down) + abs(delta.y() * right)
            if along <= 1:
                continue
            cost = along + 2.5 * aside
            if best is None or cost < best[0]:
                best = (cost, other)
        return best[1] if best else None


@dataclass(frozen=True)
class Level:
    """One block: its layers in order, and its down- or upsampler."""

    info: ModuleInfo
    layers: tuple[ModuleInfo, ...]
    sampler: ModuleInfo | None


def short_class(name: str) -> str:
    """Return a block's class without what all of them share."""
    if name.startswith("UNetMidBlock2D"):
        rest = name.removeprefix("UNetMidBlock2D")
        return f"{rest}Mid" if rest else "Mid"
    return name.replace("Block2D", "").removeprefix("UNet") or name


def has_u(card: ModelCard | None) -> bool:
    """Return whether there is a U to draw."""
    unet = card.root.find("unet") if card is not None else None
    return unet is not None and any(child.name == "down_blocks" for child in unet.children)


def below(info: ModuleInfo | None) -> tuple[ModuleInfo, ...]:
    """Return the children of a node that may be missing."""
    return info.children if info is not None else ()


def level_of(info: ModuleInfo) -> Level:
    """Return a block's resnets and attentions in the order of the data's way, and its sampler."""
    parts = {child.name: child for child in info.children}
    resnets = below(parts.get("resnets"))
    attentions = below(parts.get("attentions"))
    if (len(resnets) > len(attentions) > 0 and "mid_block" in info.path) or attentions:
        layers = list(_weave(resnets, attentions))
    else:
        layers = list(resnets)
    samplers = below(parts.get("downsamplers")) or below(parts.get("upsamplers"))
    return Level(info, tuple(layers), samplers[0] if samplers else None)


def _weave(first: tuple[ModuleInfo, ...], second: tuple[ModuleInfo, ...]) -> Iterator[ModuleInfo]:
    for number in range(max(len(first), len(second))):
        yield from first[number : number + 1]
        yield from second[number : number + 1]


def is_attention(info: ModuleInfo) -> bool:
    """Return whether a layer attends."""
    return info.kind in ("transformer", "attention", "self_attention", "cross_attention")


def has_cross(info: ModuleInfo) -> bool:
    """Return whether a layer attends to the text."""
    return any(node.kind == "cross_attention" for node in info.walk())


def crosses(level: Level) -> bool:
    """Return whether any layer of a block attends to the text."""
    return any(is_attention(layer) and has_cross(layer) for layer in level.layers)
