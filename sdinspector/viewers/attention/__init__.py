"""The cross-attention viewer."""

from sdinspector.viewers.attention.viewer import AttentionViewer

__all__ = ["AttentionViewer"]
