"""Tests: unit (no Qt), gui (real widgets), fidelity (against diffusers)."""
