"""The window's own parts: bars, dialogs and the frame around each viewer."""
