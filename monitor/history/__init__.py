"""How it has been: runs over time, in a file of SQLite, and honest figures about them. This is all that others need.

Writing: ``record`` (runs into a file), ``merge`` (another file's runs), ``prune`` (what is old, in less room) and
``lost`` (what a newer file would lose). Reading: ``read(file)`` gives a History, a value that is whole, in memory, and
stays as it is; all figures are its methods.

Units, everywhere: times are seconds of the epoch in UTC (floats), durations are seconds, shares are between 0 and 1.
A day is one of UTC. A window is ``since <= time < until``. A target is named as verdicts name it: ``prod`` (the whole
tenant, everything that was asked of it), ``prod:password-realm:users`` (a login), ``prod:users`` (an account),
``prod:10.0.0.1`` (a node, with its metrics), ``dependencies:github`` (a service). Wherever a target is asked for, the
id of a verdict may stand, for how that one probe has been.

Errors: whatever cannot be done raises Unusable, whose message is one line with the file, the cause and the cure.
"""

from monitor.history.keeping import DEFAULT, default_file, lost, merge, prune, read, record
from monitor.history.objectives import objective
from monitor.history.past import Finding, PastCause, PastRun
from monitor.history.reading import History
from monitor.history.values import (
    DAY,
    HOUR,
    HOURLY_DAYS,
    RAW_DAYS,
    Ahead,
    Bar,
    Counts,
    ErrorBudget,
    FileChange,
    Latency,
    Observation,
    Outage,
    PastTarget,
    State,
    Unusable,
    Uptime,
)

__all__ = [
    "DAY",
    "DEFAULT",
    "HOUR",
    "HOURLY_DAYS",
    "RAW_DAYS",
    "Ahead",
    "Bar",
    "Counts",
    "ErrorBudget",
    "FileChange",
    "Finding",
    "History",
    "Latency",
    "Observation",
    "Outage",
    "PastCause",
    "PastRun",
    "PastTarget",
    "State",
    "Unusable",
    "Uptime",
    "default_file",
    "lost",
    "merge",
    "objective",
    "prune",
    "read",
    "record",
]
