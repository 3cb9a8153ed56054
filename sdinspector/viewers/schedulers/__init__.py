"""The schedulers viewer: which noise levels a run visits, and what they make of a picture."""

from sdinspector.viewers.schedulers.viewer import SchedulersViewer

__all__ = ["SchedulersViewer"]
