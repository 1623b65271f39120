"""python -m monitor.summary, as version 0.1 had it: it is python -m monitor.reports summary now. Gone with 0.3."""

import sys

from monitor.reports.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["summary", *sys.argv[1:]]))
