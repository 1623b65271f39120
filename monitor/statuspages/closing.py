"""The words that say that something is over: one table for all formats, whether they stand in JSON or in a title."""

from __future__ import annotations

import re

OVER = {
    *("resolved", "recovered", "completed", "complete", "closed", "fixed", "restored", "mitigated", "remediated"),
    *("repaired", "solved", "concluded", "finished", "done", "ended", "end", "over", "expired", "dismissed"),
    *("cancelled", "canceled", "false alarm", "postmortem", "post mortem", "post incident review", "operational"),
    *("operating normally", "operating as normal", "operating as expected", "back to normal", "returned to normal"),
    *("back to operational", "normal", "normal operation", "normal operations", "back online", "back up", "up", "ok"),
    *("healthy", "available", "all clear", "no known issues", "no issues", "no incidents"),
}
"""What ends an incident or a maintenance, as people write it; ``_BEFORE`` and ``_AFTER`` may stand around it."""

OPEN = {
    *("investigating", "identified", "monitoring", "watching", "verifying", "in progress", "under way", "underway"),
    *("ongoing", "open", "active", "started", "degraded", "down", "recovering", "partially resolved", "not resolved"),
}
"""What says that it is not, whatever stands beside it in a title."""

_BEFORE = {
    *("a", "all", "and", "are", "been", "completely", "current", "event", "everything", "fully", "has"),
    *("have", "incident", "interruption", "is", "issue", "issues", "it", "maintenance", "now", "outage", "outages"),
    *("problem", "problems", "alert", "degradation", "disruption", "error", "errors", "service", "services"),
    *("status", "state", "successfully", "system", "systems", "the", "this", "update", "was", "were"),
}
_AFTER = {"again", "and", "closed", "now", "successfully", "resolved", "completely", "fully", "verified"}

_MARKED = re.compile(r"[\[(【](?P<mark>[^\[\]()【】]{1,60})[\])】]")
_PARTED = re.compile(r"\s*[:|]\s*|\s+[-–—]+\s*|\s*[–—]+\s*|\.\s+|\s*[.!]+$")
_CLOCK = re.compile(r"(?:[\d\s:./,+-]|\b(?:UTC|GMT|Z|[ap]m|at|on|T|[PMCE][SD]T)\b)+$", re.IGNORECASE)
_BEGINS = re.compile(r"\W*resolved\b(?!\?| (?:in|for|on|only|by|names?|address)\b)", re.IGNORECASE)
_HAS_BECOME = re.compile(
    r"(?:\S+ ){1,7}?(?:has been|have been|is|are) (?:now |fully |completely )*"
    r"(?:resolved|fixed|restored|mitigated|back to normal|operating normally|fully operational)\W*$",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:not|n't|un|partial(?:ly)?|mostly|some|until|unless|if|when|where|after|that|which|who|whose|before|once)\b",
    re.IGNORECASE,
)


def is_over(word: object) -> bool:
    """Whether this word or phrase, as a whole, ends something; ``not resolved`` and ``partially resolved`` do not."""
    told = word.casefold() if isinstance(word, str) and "?" not in word else ""
    words = re.sub(r"[\W_]+", " ", told).split()
    while words:
        if " ".join(words) in OVER or _trimmed(words) in OVER:
            return True
        if words[0] not in _BEFORE:
            return False
        words = words[1:]
    return False


def closes(title: str) -> bool:
    """Whether a title says that it is over: before a colon or a dash, behind one, in brackets, or as a sentence."""
    marks = [_CLOCK.sub("", mark["mark"]) for mark in _MARKED.finditer(title)]
    if any(map(is_over, marks)):
        return True
    bare = _MARKED.sub(" ", title).strip(" \t-–—:|.!✓✔✅")
    parts = [part for part in _PARTED.split(bare) if part.strip()]
    if any(" ".join(each.casefold().split()) in OPEN for each in (*marks, *parts[:1])):
        return False
    if parts and (is_over(parts[0]) or (is_over(parts[-1]) and not _HEDGED.search(parts[-1]))):
        return True
    return bool(_BEGINS.match(title)) or sentence_closes(bare)


def sentence_closes(text: str) -> bool:
    """Whether this is one short sentence, which says that something has been resolved."""
    return len(text) <= 120 and bool(_HAS_BECOME.fullmatch(text.strip())) and not _HEDGED.search(text)


def _trimmed(words: list[str]) -> str:
    """These words without what may stand behind the one that counts."""
    left = list(words)
    while len(left) > 1 and left[-1] in _AFTER:
        left.pop()
    return " ".join(left)
