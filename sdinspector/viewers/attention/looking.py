"""Self-attention: what one pixel looks at, layer by layer, recovered by replay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import resize
from sdinspector.app.fetch import Fetched, Fetcher
from sdinspector.app.viewer import Pane, Pixel, Services
from sdinspector.viewers.attention.data import Tiles, largest, short


@dataclass(frozen=True, eq=False)
class Looks:
    """What a pixel looks at in every layer of one call.

    Attributes
    ----------
    call, pixel
        Whose.
    rows
        Path of the self-attention to ``[heads, h, w]`` float32; each head sums to 1.
    """

    call: int
    pixel: Pixel
    rows: dict[str, NDArray[Any]]

    def tiles(self, head: int | None) -> Tiles:
        """Return a map for each layer: one head's, or the mean of all."""
        size = largest([array.shape[-2:] for array in self.rows.values()])
        maps, labels = [], []
        for path, array in self.rows.items():
            one = _of_head(array, head)
            height, width = one.shape
            maps.append(resize.nearest(one, size))
            labels.append(f"{short(path)} · {height}×{width}")
        return Tiles(tuple(self.rows), tuple(labels), np.stack(maps).astype(np.float32))

    def map(
        self, layers: tuple[str, ...], head: int | None, size: tuple[int, int]
    ) -> NDArray[np.float32]:
        """Return the mean over layers ``[h, w]``, each brought to one size with its sum kept."""
        total = np.zeros(size, np.float32)
        chosen = [path for path in layers if path in self.rows] or list(self.rows)
        for path in chosen:
            one = _of_head(self.rows[path], head)
            share = np.float32(one.size / (size[0] * size[1]))
            total += np.maximum(resize.bicubic(one, size), 0.0) * share
        return total / np.float32(len(chosen))


def _of_head(array: NDArray[Any], head: int | None) -> NDArray[np.float32]:
    values = array.astype(np.float32, copy=False)
    if head is not None and head < len(values):
        one: NDArray[np.float32] = values[head]
        return one
    mean: NDArray[np.float32] = values.mean(axis=0)
    return mean


class Looker:
    """Fetches the rows of a pixel; the newest request wins."""

    def __init__(
        self,
        services: Services,
        on_result: Callable[[Looks], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        self._fetcher = Fetcher(services, "attention/self")
        self._on_result, self._on_error = on_result, on_error
        self._asked: Any = None
        self.looks: Looks | None = None

    @property
    def pending(self) -> bool:
        """Whether an answer is on its way."""
        return self._fetcher.pending

    def look(
        self, pane: Pane, call: int, pixel: Pixel, grids: Mapping[str, tuple[int, int]]
    ) -> None:
        """Ask what a pixel looks at; ``grids`` names the cross-attentions and their grids."""
        names = {}
        for path, (height, width) in grids.items():
            own = path.removesuffix("attn2") + "attn1"
            row = min(int(pixel[1] * height), height - 1)
            column = min(int(pixel[0] * width), width - 1)
            names[own] = f"self_attention/{own}@{row},{column}"
        asked = (pane.recording.id, call, tuple(names.values()))
        if asked == self._asked:
            return
        self._asked = asked

        def take(found: Fetched) -> None:
            rows = {path: found.arrays[name] for path, name in names.items()}
            self.looks = Looks(found.call, pixel, rows)
            self._on_result(self.looks)

        self._fetcher.fetch(pane, call, tuple(names.values()), take, self._failed)

    def forget(self) -> None:
        """Drop what is shown and what is on its way."""
        self._fetcher.cancel()
        self._asked, self.looks = None, None

    def _failed(self, error: Exception) -> None:
        self._asked, self.looks = None, None
        self._on_error(error)
