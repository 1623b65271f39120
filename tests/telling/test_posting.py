"""What a pager answers when it refuses a message, in whatever shape it gives its reasons."""

from __future__ import annotations

import pytest

from monitor.exchange import Exchange
from monitor.telling import github
from monitor.telling.channel import Untold
from monitor.telling.posting import _meaning


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
