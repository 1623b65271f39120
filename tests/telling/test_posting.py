"""What a pager answers when it refuses a message, in whatever shape it gives its reasons."""

from __future__ import annotations

import pytest

from monitor.exchange import Exchange
from monitor.telling import github, posting
from monitor.telling.channel import Untold
from monitor.telling.posting import _meaning
from tests.wire.servers import Server, answer, saying


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"message": "not now", "errors": ["because", "and so"]}', ": not now; because; and so"),
        (b'{"message": "not now", "errors": {"alias": "is too long"}}', ": not now; alias: is too long"),
        (b'{"message": "not now", "errors": null}', ": not now"),
        (b'{"message": "not now", "errors": 3}', ": not now"),
        (b'{"message": "not now", "errors": "because"}', ": not now"),
        (b'{"message": "not now"}', ": not now"),
        (b'{"errors": ["", "because"]}', ": because"),
        (b'["not now"]', ""),
        (b"not now", ""),
        (b"\xff", ""),
        (b"", ""),
        (b"[" * 100_000, ""),
    ],
)
def test_reasons_of_a_refusal_are_read_where_there_are_some(body: bytes, why: str) -> None:
    assert _meaning(Exchange((), 400, body=body), "") == f"refused the message (400{why})"


@pytest.mark.parametrize("printed", ["null", "3", '"x"', "{}", "[" * 100_000, "<html>"])
def test_list_of_issues_that_is_none_is_told(printed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github.Issues, "gh", lambda *_, **__: printed)

    with pytest.raises(Untold, match="update it"):
        github.maintained("acme/repo", {})


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_message_that_a_service_takes_is_told(status: int) -> None:
    with Server(saying(answer(status))) as server:
        posting.post({}, f"{server.url}/v2", {"Authorization": "GenieKey x"}, {"message": "down"}, "")
    head, _, body = server.requests[0].partition("\r\n\r\n")

    assert head.startswith("POST /v2 ")
    assert "Authorization: GenieKey x" in head
    assert body.replace(" ", "") == '{"message":"down"}'


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (203, "refused the message (203"),
        (302, "refused the message (302"),
        (400, "refused the message (400: no; because)"),
        (401, "does not know the key of this address (401)"),
        (403, "does not know the key of this address (403)"),
        (404, "answered 404"),
        (422, "refused the message (422: no; because)"),
        (429, "takes no more messages at the moment (429)"),
        (499, "refused the message (499: no; because)"),
        (500, "fails (500, twice)"),
    ],
)
def test_message_that_a_service_does_not_take_is_not_told_and_says_why(status: int, said: str) -> None:
    refusal = answer(status, b'{"message": "no", "errors": ["because"]}')
    with Server(saying(refusal), saying(refusal)) as server, pytest.raises(Untold) as refused:
        posting.post({}, server.url, {}, {}, "")

    assert str(refused.value).startswith(said)
    assert isinstance(refused.value, posting.Gone) is (status == 404)


def test_key_that_a_service_repeats_is_not_in_the_words() -> None:
    refusal = answer(400, b'{"message": "R0UT1NG-canary-0123 is no key"}')
    with Server(saying(refusal)) as server, pytest.raises(Untold) as refused:
        posting.post({}, server.url, {}, {}, "R0UT1NG-canary-0123")

    assert str(refused.value) == "refused the message (400: *** is no key)"
