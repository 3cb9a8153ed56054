"""Which cross-attention layers there are, and which of them a selection means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sdinspector.app.viewer import Scene
from sdinspector.core import denoiser_path
from sdinspector.viewers.attention.data import in_order


def known(scene: Scene) -> tuple[str, ...]:
    """Return the cross-attentions of a recording's denoiser, as recordings spell them.

    From the recording where it names any, else from the model that is open.
    """
    recording = scene.recording
    found = [
        path
        for path, facts in (recording.layers if recording is not None else {}).items()
        if facts.get("kind") == "cross_attention"
    ]
    if not found and scene.model is not None:
        found = [
            denoiser_path(node.path)
            for node in scene.model.root.walk()
            if node.kind == "cross_attention" and node.path.startswith("unet.")
        ]
    return tuple(in_order(found))


def selected(layers: Iterable[str], selection: str | None) -> tuple[str, ...]:
    """Return the layers that a selected module means: itself, those in it, or the one it is in."""
    if not selection or not selection.startswith("unet."):
        return ()
    path = denoiser_path(selection)
    inside = [layer for layer in layers if layer == path or layer.startswith(path + ".")]
    if inside:
        return tuple(inside)
    parts = path.split(".")
    # A part of a transformer block (its self-attention, a projection) means that block's.
    while len(parts) > 1:
        parts.pop()
        if parts[-1] in ("attentions", "down_blocks", "up_blocks", "mid_block"):
            return ()
        around = ".".join(parts) + "."
        found = tuple(layer for layer in layers if layer.startswith(around))
        if found:
            return found
    return ()


def chosen(
    choice: str, grids: Mapping[str, tuple[int, int]], selection: str | None
) -> tuple[str, ...]:
    """Return the layers of a choice; empty for those that the recipe takes."""
    if choice == "all":
        return tuple(grids)
    if choice == "selected":
        return selected(grids, selection)
    if "x" in choice:
        return tuple(
            path for path, (height, width) in grids.items() if f"{height}x{width}" == choice
        )
    return ()
