"""The activation viewer: what each module gave at each step."""

from sdinspector.viewers.activations.viewer import ActivationsViewer

__all__ = ["ActivationsViewer"]
