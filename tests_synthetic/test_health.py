"""Does the tenant say of itself that it is well? Auth0 stopped documenting this in 2020; many still ask."""

import pytest

pytestmark = pytest.mark.each("tenant", on="health")

CLOCK_MAY_DIFFER = 5 * 60  # seconds


def test_test_endpoint_tells_the_time(answer_to_test, record_remark):
    """Does GET /test answer, with a clock that agrees with the answer's own time to within five minutes?"""
    clock = answer_to_test.content.get("clock")

    assert type(clock) is int, "/test answered without a clock in whole milliseconds"
    skew = clock / 1000 - answer_to_test.exchange.time
    assert abs(skew) <= CLOCK_MAY_DIFFER, f"the tenant's clock is {skew:+.0f} s from the answer's own time"
    record_remark(f"clock skew {skew:+.1f} s")


def test_testall_endpoint_says_ok(answer_to_testall):
    """Does GET /testall answer OK?"""
    assert answer_to_testall.text().strip() == "OK", f"/testall answered {answer_to_testall.described()}, not OK"
