"""The VAE viewer: a picture to a latent and back, and what each channel of the latent does."""

from sdinspector.viewers.vae.viewer import VaeViewer

__all__ = ["VaeViewer"]
