"""The training viewer: what the denoiser is trained on, and training it."""

from sdinspector.viewers.training.viewer import TrainingViewer

__all__ = ["TrainingViewer"]
