"""What the schedules cost in GitHub's minutes, and what of an outage is seen at their cadence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from monitor.actions import cost
from monitor.doctor.lines import Line, Mark

_CLOCK = "let an outside clock begin the runs: docs/github.md"


def lines(
    section: str, root: Path, there: Mapping[str, str], private: object, ask: Callable[[str], Mapping[str, Any]]
) -> Iterator[Line]:
    """Lines of this section, by the variables that are ``there``; ``ask`` is GitHub's API below the repository."""
    try:
        made = cost.bills(root, there, cost.gathered(ask, root))
    except ValueError as error:
        yield Line(section, Mark.NOTE, f"the cost of the schedules cannot be computed: {error}")
        return
    if not made:
        return
    plan, why_free = cost.plan_of(there), cost.free(private, there)
    cures = cost.cures(made, plan, why_free)
    how = "measured" if any(bill.measured for bill in made) else "computed"
    parts = ", ".join(f"{bill.file} {bill.total:,}" for bill in made)
    told = f"{cost.sentence(made, plan, why_free)}; {how}: {parts}"
    yield Line(section, Mark.NOTE if cures else Mark.OK, told, cures)
    for bill in made:
        if seen := cost.seen(bill):
            yield Line(section, Mark.NOTE if bill.late else Mark.OK, seen, (_CLOCK,) if bill.late else ())
