"""This machine's clock is wrong where the answers of several hosts agree that it is."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from monitor.diagnosis import clock
from monitor.status import Status
from monitor.verdict import Verdict

NOW = 1_795_000_000.0


def answered(host: str, ahead: float, **header: str) -> Verdict:
    """A verdict on an answer of this host, by whose time our clock is so many seconds ahead."""
    seen = {"url": f"https://{host}/", "started": NOW - 2.0, "seconds": 2.0}
    headers = {"date": formatdate(NOW - ahead, usegmt=True)} | header
    return Verdict.planned(
        "tests_synthetic/test_x.py::test_y[prod]", status=Status.UP, attempts=[seen | {"headers": headers}]
    )


@pytest.mark.parametrize(("differs", "words"), [(45 * 86_400.0, "45.0 days ahead"), (-3 * 86_400.0, "3.0 days behind")])
def test_clock_is_wrong_where_hosts_agree(differs: float, words: str) -> None:
    skew = clock.skew([answered("a.example", differs), answered("b.example", differs + 1)])

    assert skew == pytest.approx(differs, abs=2)
    assert clock.told(skew) == words


@pytest.mark.parametrize(
    "verdicts",
    [
        [],
        [answered("a.example", 86_400.0)],  # whose clock it is that is wrong, one host cannot tell
        [answered("a.example", 86_400.0), answered("a.example", 86_400.0)],
        [answered("a.example", 86_400.0), answered("b.example", 0.0), answered("c.example", 0.0)],
        [answered("a.example", 86_400.0), answered("b.example", -86_400.0)],
        [answered("a.example", 200.0), answered("b.example", 200.0)],
        [answered("a.example", 86_400.0, date="yesterday"), answered("b.example", 86_400.0)],
    ],
    ids=["nobody", "one", "one twice", "most say otherwise", "no two agree", "little", "unreadable"],
)
def test_clock_is_not_called_wrong_where_it_may_be_right(verdicts: list[Verdict]) -> None:
    assert clock.skew(verdicts) == 0.0
