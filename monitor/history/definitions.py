"""What each figure is, in a line: the words of docs/history.md, of the page and of the terminal."""

from __future__ import annotations

from monitor.history.figures import GAP, LONG, TOGETHER

DEFINITIONS = {
    "state": "what the newest observation says, for as long as it is valid; unknown after that, and where the "
    "newest could not judge",
    "observed-time": f"the pauses between two observations, and what passed since the last, of at most {GAP / 3_600:g} "
    "h; a longer pause is a gap",
    "coverage": "observed time / window",
    "down-time": "from the first bad observation of an outage to the first good one after it, within the observed time",
    "uptime-by-time": "1 - down time / observed time",
    "uptime-by-observations": "observations that were up or degraded / observations that judged",
    "bounds": "the uptime by time if each outage that was seen lasted from the last good observation before it to the "
    "first good one after it (least), or from its first bad observation to its last (most)",
    "interval": "where the window's own uptime lies in at least 95 of 100 windows, unobserved time included. It is "
    "Wilson's, of as many observations as the pauses are worth, and contains the bounds. It assumes that the times of "
    "runs have nothing to do with the outages",
    "usual-pause": f"the median pause between observations; observations within {TOGETHER:g} s are one",
    "longest-pause": "the longest pause of the window, gaps included",
    "long-pauses": f"the share of the observed time that lay in pauses of more than {LONG} usual ones",
    "shortest-outage": "the longest pause of the observed time: an outage that long, in the observed time, cannot have "
    "been missed",
    "latency-p50": "the time that half of the right answers did not exceed (nearest rank), of the target's own probe",
    "latency-p95": "the same of 95 %; it needs 20 answers",
    "latency-p99": "the same of 99 %; it needs 100 answers",
    "budget-spent": "down time / what the objective allows of the whole 30 days",
    "budget-spent-of-seen": "down time / what the objective allows of the observed time",
    "burn-rate": "down time / what the objective allows of the observed time of a window, of which at least half was "
    "observed; 1 spends the budget exactly in its time",
    "outage": "observations in a row that were down: from the first bad one to the first good one. It lasted from the "
    "first bad to the last bad one at least, and from the last good one before it to the first good one at most",
}
"""By the name of the figure."""


def table() -> str:
    """The definitions, in Markdown."""
    rows = [f"| `{name}` | {words} |" for name, words in DEFINITIONS.items()]
    return "\n".join(["| figure | is |", "| --- | --- |", *rows])


if __name__ == "__main__":
    print(table())  # noqa: T201 -- this is what it is called for
