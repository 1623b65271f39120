"""python -m monitor.statuspages: prints the table of the formats that docs/dependencies.md shows."""

from __future__ import annotations

import sys

from monitor.statuspages import table

if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
