"""Starts the desktop program from a checkout: ``python main.py``."""

import sys

from sdinspector.app.bootstrap import main

if __name__ == "__main__":
    sys.exit(main(sys.argv))
