"""Everything that touches torch, diffusers and transformers."""
