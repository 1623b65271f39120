"""Any answer of status 200: that somebody is there is all that it says. For a control target, not for a status page."""

from monitor.statuspages.page import Answer, Component, Page, Severity


def read(_answer: Answer) -> Page:
    """A page of one component, which answers."""
    return Page("", (Component("the answer", Severity.OK),))
