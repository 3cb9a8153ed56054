"""The six outlines of the shapes world, as signed distances to their edge."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

RING_HOLE = 0.56
"""Radius of a ring's hole, as a part of its outer radius."""


def _polygon(points: NDArray[np.float64]) -> Callable[[Plane, Plane], Plane]:
    """Signed distance to a closed polygon: nearest edge, sign by crossing number."""
    starts = points
    edges = np.roll(points, -1, axis=0) - points

    def distance(x: Plane, y: Plane) -> Plane:
        nearest = np.full(x.shape, np.inf, dtype=np.float32)
        inside = np.zeros(x.shape, dtype=bool)
        for (sx, sy), (ex, ey) in zip(starts, edges, strict=True):
            px, py = x - sx, y - sy
            along = np.clip((px * ex + py * ey) / (ex * ex + ey * ey), 0.0, 1.0)
            nearest = np.minimum(nearest, (px - along * ex) ** 2 + (py - along * ey) ** 2)
            crosses = (sy > y) != (sy + ey > y)
            if ey != 0.0:
                inside ^= crosses & (px * np.sign(ey) * ey < py * ex * np.sign(ey))
        return np.where(inside, -1.0, 1.0).astype(np.float32) * np.sqrt(nearest)

    return distance


def _star(points: int, inner: float) -> NDArray[np.float64]:
    angle = np.arange(2 * points) * np.pi / points
    radius = np.where(np.arange(2 * points) % 2 == 0, 1.0, inner)
    return np.stack([radius * np.sin(angle), -radius * np.cos(angle)], axis=1)


def _triangle() -> NDArray[np.float64]:
    # Wider than it is tall would leave the unit box; centred so that its box is symmetric.
    return np.array([[0.0, -0.92], [0.98, 0.86], [-0.98, 0.86]])


def _circle(x: Plane, y: Plane) -> Plane:
    return np.asarray(np.hypot(x, y) - 1.0, dtype=np.float32)


def _square(x: Plane, y: Plane) -> Plane:
    return np.asarray(np.maximum(np.abs(x), np.abs(y)) - 0.88, dtype=np.float32)


def _ring(x: Plane, y: Plane) -> Plane:
    middle, half = (1.0 + RING_HOLE) / 2.0, (1.0 - RING_HOLE) / 2.0
    return np.asarray(np.abs(np.hypot(x, y) - middle) - half, dtype=np.float32)


def _cross(x: Plane, y: Plane) -> Plane:
    across, up = np.abs(x), np.abs(y)
    bar = np.maximum(across - 1.0, up - 0.31)
    post = np.maximum(across - 0.31, up - 1.0)
    return np.asarray(np.minimum(bar, post), dtype=np.float32)


SHAPES: MappingProxyType[str, Callable[[Plane, Plane], Plane]] = MappingProxyType(
    {
        "circle": _circle,
        "square": _square,
        "triangle": _polygon(_triangle()),
        "star": _polygon(_star(5, 0.45)),
        "ring": _ring,
        "cross": _cross,
    }
)
"""Signed distance (negative inside) of each shape of radius 1 around the origin, y downwards."""


def coverage(shape: str, x: float, y: float, radius: float, pixels: int) -> Plane:
    """How much of each pixel a shape covers.

    The signed distance in pixels, clipped around the edge: half a pixel inside is full cover.

    Parameters
    ----------
    shape
        A name in `SHAPES`.
    x, y, radius
        Centre and radius as parts of the picture's side.
    pixels
        The picture's side.

    Returns
    -------
    float32 [pixels, pixels], 0..1.
    """
    cover = np.zeros((pixels, pixels), dtype=np.float32)
    reach = radius * pixels + 2.0
    left, right = (int(np.clip(x * pixels + d, 0, pixels)) for d in (-reach, reach + 1.0))
    top, bottom = (int(np.clip(y * pixels + d, 0, pixels)) for d in (-reach, reach + 1.0))
    if left >= right or top >= bottom:
        return cover
    scale = np.float32(radius * pixels)
    across = (np.arange(left, right, dtype=np.float32) + 0.5 - x * pixels) / scale
    down = (np.arange(top, bottom, dtype=np.float32) + 0.5 - y * pixels) / scale
    grid_y, grid_x = np.meshgrid(down, across, indexing="ij")
    distance = SHAPES[shape](grid_x.astype(np.float32), grid_y.astype(np.float32)) * scale
    cover[top:bottom, left:right] = np.clip(0.5 - distance, 0.0, 1.0)
    return cover
