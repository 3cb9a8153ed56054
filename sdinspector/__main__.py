"""``python -m sdinspector``: the command line."""

import sys

from sdinspector.cli import main

if __name__ == "__main__":
    sys.exit(main())
