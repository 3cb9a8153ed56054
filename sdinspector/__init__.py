"""sdinspector: a desktop microscope for Stable Diffusion."""

__version__ = "0.1.0"
