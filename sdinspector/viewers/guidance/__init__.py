"""The guidance viewer."""

from sdinspector.viewers.guidance.viewer import GuidanceViewer

__all__ = ["GuidanceViewer"]
