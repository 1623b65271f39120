"""The status page: how login is and has been, for people and for other programs, in files that need nobody.

``python -m monitor.site`` writes ``reports/index.html`` and a folder that any web server can serve. Everything that is
told comes from one Board, which is worked out of a history, the newest run and a time; a page never asks the clock.
Times are seconds of the epoch in UTC, shares are between 0 and 1, as a history has them.
"""

from monitor.site.board import board
from monitor.site.contents import Board

__all__ = ["Board", "board"]
