"""Does the tenant say of itself that it is well? Auth0 stopped documenting this in 2020; many still ask."""

import pytest

from monitor.failures import ClocksDiffer

pytestmark = pytest.mark.each("tenant", on="health")

CLOCK_MAY_DIFFER = 5 * 60  # seconds


def test_test_endpoint_tells_the_time(answer_to_test, record_remark):
    """Does GET /test answer, with a clock that agrees with the answer's own Date to within five minutes?"""
    clock = answer_to_test.content.get("clock")

    assert type(clock) is int, "/test answered without a clock in whole milliseconds"
    skew, ours = (clock / 1000 - time for time in answer_to_test.exchange.times)
    if abs(skew) > CLOCK_MAY_DIFFER >= abs(ours):
        raise ClocksDiffer(f"the Date of the answer is {-skew:+.0f} s from the tenant's clock, which agrees with ours")
    assert abs(skew) <= CLOCK_MAY_DIFFER, f"the tenant's clock is {skew:+.0f} s from the answer's own time"
    record_remark(f"clock skew {skew:+.1f} s")


def test_testall_endpoint_says_ok(answer_to_testall):
    """Does GET /testall answer OK?"""
    assert answer_to_testall.text().strip() == "OK", f"/testall answered {answer_to_testall.described()}, not OK"
