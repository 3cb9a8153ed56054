"""The window's state, worker thread, settings and actions."""
