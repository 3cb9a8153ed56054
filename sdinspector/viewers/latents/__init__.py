"""The latents viewer."""

from sdinspector.viewers.latents.viewer import LatentsViewer

__all__ = ["LatentsViewer"]
