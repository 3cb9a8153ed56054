"""The text viewer: a prompt's tokens, and what the text encoder makes of them."""

from sdinspector.viewers.text.viewer import TextViewer

__all__ = ["TextViewer"]
