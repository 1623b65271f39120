"""Can a device without a keyboard begin to log in? Asked where AUTH0_FLOWS has device. Nobody ever lets it in."""

import pytest

from monitor.transactions.endpoints import PENDING

pytestmark = pytest.mark.each("device", on="device")


def test_device_is_given_a_code_and_told_to_wait(device_login):
    """Is a device given a code, and told that nobody has let it in yet?"""
    status, error = device_login.status, device_login.error

    assert status != 200, "a device that nobody approved was given tokens"
    assert error in PENDING, f"a device that begins to log in was answered {status} {error}"
