"""From runs to incidents: whoever has to act is told once that it begins, when it changes, and that it is over.

``of_history(history, policy)`` folds runs in the order of their beginning, whatever order they were recorded in, and
keeps no state: the same runs give the same incidents, and a later run changes nothing that an earlier one has closed.
``recent`` and ``open_since`` read fewer runs, and give the same.

Times are seconds of the epoch in UTC. An incident has one owner at a time. It begins as a suspicion, with the first run
that sees it, and is opened by the run that confirms it (``Policy``): only from then on is it an Incident. Runs that say
nothing of its targets (unknown, skipped, not asked, silence) neither confirm nor close it.
"""

from monitor.incidents.as_told import listed
from monitor.incidents.folding import ONE_WORK, fold, of_history
from monitor.incidents.incident import Change, Incident
from monitor.incidents.newest import DAYS, open_since, recent
from monitor.incidents.policy import Policy, Threshold, policy

__all__ = [
    "DAYS",
    "ONE_WORK",
    "Change",
    "Incident",
    "Policy",
    "Threshold",
    "fold",
    "listed",
    "of_history",
    "open_since",
    "policy",
    "recent",
]
