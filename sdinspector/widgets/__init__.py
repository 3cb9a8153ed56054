"""Widgets that several viewers share."""
