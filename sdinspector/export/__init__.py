"""Writing pictures, arrays and figures to files."""
