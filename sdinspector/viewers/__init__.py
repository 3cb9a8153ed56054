"""One file a viewer; each is found by itself."""
