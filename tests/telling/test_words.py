"""What each channel says of a message, and in whose words: nothing here is sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from monitor.status import Status
from monitor.telling import github, harmless, jsm, notify, pagerduty
from monitor.telling.addressing import changed, parsed
from monitor.telling.channel import Channel, Task, Untold, tell_all
from monitor.telling.ledger import LedgerEntry
from monitor.telling.message import SILENCE, Event, Message, MessageLine
from tests.wire.servers import Server, answer, saying

RUN, WIKI = "https://ci.example/runs/7", "https://wiki.example/login"
UUID = "ba601cb1-3513-4320-b48a-05cb501bb5af"
BEFORE = LedgerEntry("1a2b", "chat")


def message(event: Event = Event.OPENED, status: Status = Status.DOWN, **said: Any) -> Message:
    lines = (
        MessageLine("cause", "the script throws"),
        MessageLine("run", RUN, RUN),
        MessageLine("runbook", "docs/runbook.md#x", WIKI),
    )
    told = Message(event, "1a2b", "prod: down", "DOWN: prod", lines, "run-7", 1_795_381_200.0, status)
    known = {"tenants": ("prod",), "targets": ("prod:db",), "owner": "extension", "key": "a-key"}
    return replace(told, **known | said)


Sent = list[tuple[str, Mapping[str, str], Mapping[str, Any]]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What the two pagers of our own would have been sent: the address, the headers, the body."""
    posted: Sent = []

    def post(_values: object, url: str, headers: Mapping[str, str], body: Mapping[str, Any], _secret: str) -> None:
        posted.append((url, headers, body))

    monkeypatch.setattr(pagerduty, "post", post)
    monkeypatch.setattr(jsm, "post", post)
    return posted


def duty(sent: Sent, more: str = "", told: Message | None = None) -> dict[str, Any]:
    pagerduty.teller(f"pagerduty://routing-key-0123{more}", {})(told or message(), BEFORE)
    return dict(sent[-1][2])


def genie(sent: Sent, more: str = "", told: Message | None = None) -> dict[str, Any]:
    jsm.teller(f"jsm://genie-key-0123{more}", {})(told or message(), BEFORE)
    return dict(sent[-1][2])


@pytest.mark.parametrize(
    ("event", "status", "severity", "priority"),
    [
        (Event.OPENED, Status.DOWN, "critical", "P1"),
        (Event.CHANGED, Status.DEGRADED, "warning", "P3"),
        (Event.OVERDUE, Status.UNKNOWN, "error", "P2"),
        (Event.TEST, Status.UP, "info", "P5"),
        (Event.OPENED, Status.SKIPPED, "error", "P3"),
    ],
    ids=["down", "degraded", "silent", "test", "odd"],
)
def test_pager_is_told_how_urgent_it_is(sent: Sent, event: Event, status: Status, severity: str, priority: str) -> None:
    assert duty(sent, told=message(event, status))["payload"]["severity"] == severity
    alerts = [body for _, _, body in sent[1:]] if genie(sent, told=message(event, status)) else []
    assert alerts[0]["priority"] == priority


@pytest.mark.parametrize(
    ("said", "severity"), [("critical", "critical"), ("e", "error"), ("WARN", "warning"), ("info", "info")]
)
def test_severity_of_the_address_holds_for_every_alert(sent: Sent, said: str, severity: str) -> None:
    assert duty(sent, f"?severity={said}")["payload"]["severity"] == severity


@pytest.mark.parametrize(
    ("said", "priority"),
    [
        ("p1", "P1"), ("5", "P5"), ("P3", "P3"), ("low", "P1"), ("moderate", "P2"), ("normal", "P3"), ("High", "P4"),
        ("emergency", "P5"), ("p9", "P1"), ("whatever", "P1"), ("", "P1"),
    ],
)  # fmt: skip
def test_priority_of_the_address_is_read_as_apprise_reads_it(sent: Sent, said: str, priority: str) -> None:
    """Its words stand for its numbers; what is none leaves the status to decide."""
    assert genie(sent, f"?priority={said}")["priority"] == priority


def test_event_of_pagerduty_says_where_to_look_and_who_says_so(sent: Sent) -> None:
    body = duty(sent, "?click=https://wiki.example/more")

    assert (body["event_action"], body["dedup_key"], body["routing_key"]) == ("trigger", "a-key", "routing-key-0123")
    assert body["payload"]["timestamp"] == "2026-11-22T21:00:00Z"
    assert body["links"] == [
        {"href": RUN, "text": "run"},
        {"href": WIKI, "text": "runbook"},
        {"href": "https://wiki.example/more", "text": "more"},
    ]
    assert body["client_url"] == RUN
    assert body["payload"]["custom_details"]["cause"] == "the script throws"
    assert sent[-1][0] == "https://events.pagerduty.com/v2/enqueue"


def test_run_is_where_pagerduty_leads_whatever_else_is_linked(sent: Sent) -> None:
    lines = message().lines

    assert duty(sent, told=message(lines=tuple(reversed(lines))))["client_url"] == RUN
    assert "client_url" not in duty(sent, told=message(lines=lines[2:]))


def test_event_without_links_or_tenants_has_none(sent: Sent) -> None:
    body = duty(sent, told=message(lines=(), tenants=(), targets=(), owner="", key=""))
    assert body.keys() == {"routing_key", "event_action", "dedup_key", "payload", "client"}
    assert body["dedup_key"] == "1a2b"
    assert body["payload"].keys() == {"summary", "severity", "timestamp", "source"}


@pytest.mark.parametrize(
    ("more", "source", "component"),
    [("", "prod", "prod:db"), ("@key/shop", "shop", "prod:db"), ("@key/shop/login", "shop", "login"),
     ("?source=a&component=b", "a", "b")],
)  # fmt: skip
def test_what_an_address_says_of_source_and_component_goes_before_ours(
    sent: Sent, more: str, source: str, component: str
) -> None:
    payload = duty(sent, more)["payload"]

    assert (payload["source"], payload["component"]) == (source, component)
    assert (payload["group"], payload["class"]) == ("prod", "extension")


def test_texts_for_pagerduty_are_as_long_as_it_takes_and_no_longer(sent: Sent) -> None:
    told = message(headline="x" * 2_000, key="k" * 300, owner="o" * 300)
    body = duty(sent, told=told)

    assert (len(body["dedup_key"]), len(body["payload"]["class"])) == (255, 255)
    assert 500 < len(body["payload"]["summary"]) <= 1_024


def test_alert_is_created_noted_and_closed_under_one_alias(sent: Sent) -> None:
    for event in (Event.OPENED, Event.CHANGED, Event.CLOSED):
        genie(sent, told=message(event, key="a/key"))
    base = "https://api.atlassian.com/jsm/ops/integration/v2/alerts"

    assert [url for url, _, _ in sent] == [
        base,
        base,
        f"{base}/a%2Fkey/notes?identifierType=alias",
        f"{base}/a%2Fkey/close?identifierType=alias",
    ]
    assert all(headers == {"Authorization": "GenieKey genie-key-0123"} for _, headers, _ in sent)
    opened, _, noted, closed = (body for _, _, body in sent)
    assert (opened["alias"], opened["message"], opened["entity"]) == ("a/key", "DOWN: prod", "prod:db")
    assert opened["details"]["runbook"] == "docs/runbook.md#x"
    assert opened["source"] == noted["source"] == closed["source"]
    assert noted["note"] == closed["note"] == f"DOWN: prod\ncause: the script throws\nrun: {RUN}\nrunbook: {WIKI}"


def test_texts_for_jira_are_as_long_as_it_takes_and_no_longer(sent: Sent) -> None:
    words = tuple(MessageLine(f"word{number:03}", "y" * 590) for number in range(60))
    told = message(headline="x" * 300, key="k" * 600, lines=words)
    opened = genie(sent, f"?entity={'e' * 600}&tags={','.join(['t' * 60] * 25)}", told=told)
    noted = genie(sent, told=replace(told, event=Event.CHANGED))

    assert (len(opened["message"]), opened["message"][-1]) == (130, "…")
    assert (len(opened["alias"]), len(opened["entity"]), len(opened["description"])) == (512, 512, 15_000)
    assert (len(opened["tags"]), {len(each) for each in opened["tags"]}) == (20, {50})
    assert sum(len(name) + len(text) for name, text in opened["details"].items()) <= 8_000
    assert [*opened["details"]] == [f"word{number:03}" for number in range(len(opened["details"]))]
    assert len(opened["details"]) == 13
    assert len(noted["note"]) == 25_000


@pytest.mark.parametrize(("length", "told"), [(7_996, True), (7_997, False)])
def test_details_are_of_8000_characters_with_their_names(
    sent: Sent, monkeypatch: pytest.MonkeyPatch, length: int, *, told: bool
) -> None:
    monkeypatch.setattr(harmless, "BOUND", 9_000)
    opened = genie(sent, told=message(lines=(MessageLine("more", "y" * length),)))

    assert opened["details"] == ({"more": "y" * length} if told else {})


def test_headline_of_130_characters_is_told_whole(sent: Sent) -> None:
    assert genie(sent, told=message(headline="x" * 130))["message"] == "x" * 130


@pytest.mark.parametrize(
    ("more", "responders"),
    [
        ("/#ops", [{"type": "team", "name": "ops"}]),
        ("/*night", [{"type": "schedule", "name": "night"}]),
        ("/^all", [{"type": "escalation", "name": "all"}]),
        ("/@ann", [{"type": "user", "username": "ann"}]),
        ("/ann", [{"type": "user", "username": "ann"}]),
        (f"/{UUID}", [{"type": "user", "id": UUID}]),
        (f"/%23{UUID.upper()}", [{"type": "team", "id": UUID.upper()}]),
        ("?to=%23ops,@ann", [{"type": "team", "name": "ops"}, {"type": "user", "username": "ann"}]),
        ("/#/x", None),
        ("", None),
    ],
)
def test_who_responds_is_read_from_the_address(sent: Sent, more: str, responders: list[dict[str, str]] | None) -> None:
    assert genie(sent, more).get("responders") == responders


def test_fifty_responders_are_named_at_most(sent: Sent) -> None:
    assert len(genie(sent, f"?to={','.join(f'user{number}' for number in range(60))}")["responders"]) == 50


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("opsgenie://key", "https://api.opsgenie.com/v2/alerts"),
        ("opsgenie://key?region=EU", "https://api.eu.opsgenie.com/v2/alerts"),
        ("jira://key", "https://api.atlassian.com/jsm/ops/integration/v2/alerts"),
        ("opsgenie://?apikey=key", "https://api.opsgenie.com/v2/alerts"),
    ],
)
def test_alerts_go_to_the_service_of_the_scheme(sent: Sent, url: str, host: str) -> None:
    jsm.teller(url, {})(message(), BEFORE)

    assert sent[0][:2] == (host, {"Authorization": "GenieKey key"})


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("x://u@h/a/b?One=1&+Two=2", ("u", "h", ("a", "b"), {"one": "1"}, {"Two": "2"})),
        ("x://h", ("", "h", (), {}, {})),
        ("x://u%40v:p@h%2Fi//a%2Fb/?n=%20v%20&n=", ("u@v:p", "h/i", ("a/b",), {"n": ""}, {})),
        ("  X+Y://h?a=b=c  ", ("", "h", (), {"a": "b=c"}, {})),
    ],
)
def test_address_of_a_channel_is_taken_apart(url: str, expected: tuple[object, ...]) -> None:
    there = parsed(url)

    assert (there.user, there.host, there.path, dict(there.query), dict(there.details)) == expected
    assert there.scheme == url.strip().partition(":")[0].lower()


@pytest.mark.parametrize("url", ["", "nothing", "://h", "-x://h", "x:/h"])
def test_address_that_is_none_is_refused_without_a_word_of_it(url: str) -> None:
    with pytest.raises(ValueError, match="it is no address"):
        parsed(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("x://h", "x://h?key=a%2Fb"),
        ("x://h?", "x://h?key=a%2Fb"),
        ("x://h?other=1&KEY=2&own=3", "x://h?other=1&key=a%2Fb"),
        ("x://h?%6Fwn=3&owner=4", "x://h?owner=4&key=a%2Fb"),
    ],
)
def test_parameters_of_an_address_are_replaced_and_others_stay(url: str, expected: str) -> None:
    assert changed(url, ("own",), {"key": "a/b"}) == expected


@pytest.mark.parametrize(
    ("value", "urls"),
    [
        ("", []),
        (" , ", []),
        ("json://a", ["json://a"]),
        ("json://a, slack://b", ["json://a", "slack://b"]),
        ("json://a,slack://b\nmailto://c", ["json://a", "slack://b", "mailto://c"]),
        ("mailto://a?to=x,y, json://b,", ["mailto://a?to=x,y", "json://b"]),
    ],
)
def test_addresses_are_apart_by_space_or_by_a_comma_before_a_scheme(value: str, urls: list[str]) -> None:
    assert notify.listed(value) == urls


def test_address_that_is_named_twice_is_told_once() -> None:
    found, problems = notify.channels("jsm://key-0123 jsm://key-0123 jsm://key-4567", {})

    assert (problems, [each.name for each in found]) == (
        [],
        ["AUTH0_NOTIFY, number 1 (jsm)", "AUTH0_NOTIFY, number 2 (jsm)"],
    )
    assert len({each.key for each in found}) == 2
    assert not any("key-" in each.key.removeprefix("notify:") for each in found)


@pytest.mark.parametrize(
    ("said", "which", "remarks"),
    [("", "closing", 0), ("closing", "closing", 0), (" ALL ", "all", 0), ("none", "closing", 1)],
)
def test_which_recoveries_page_is_for_the_user_to_say(said: str, which: str, remarks: int) -> None:
    found, told = notify.recoveries({"AUTH0_NOTIFY_RECOVERIES": said})

    assert (found, len(told)) == (which, remarks)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (Event.OPENED, "failure"),
        (Event.CHANGED, "warning"),
        (Event.CLOSED, "success"),
        (Event.OVERDUE, "failure"),
        (Event.TEST, "info"),
    ],
)
def test_chat_is_told_what_kind_of_news_it_is(event: Event, kind: str) -> None:
    with Server(saying(answer(200))) as chat:
        ((channel,), _) = notify.channels(f"json://127.0.0.1:{chat.port}/", {})
        assert channel.tell(message(event), BEFORE) is None
    body = json.loads(chat.requests[0].partition("\r\n\r\n")[2])

    assert (body["type"], body["title"]) == (kind, "DOWN: prod")
    assert body["message"].splitlines() == [
        "cause: the script throws", f"run: {RUN}", f"runbook: {WIKI}", "", "prod: down",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://a.example/b?c=d&e=f#g", "https://a.example/b?c=d&e=f#g"),
        ("HTTP://a.example", "HTTP://a.example"),
        ("https://a.example/b c)<d>", "https://a.example/b%20c%29%3Cd%3E"),
        ("javascript:alert(1)", ""),
        ("see https://a.example", ""),
        ("", ""),
    ],
)
def test_link_ends_where_it_ends_and_what_is_none_leads_nowhere(link: str, expected: str) -> None:
    assert harmless.address(link) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "`–`"),
        ("a", "`a`"),
        ("a`b", "``a`b``"),
        ("`a", "`` `a ``"),
        ("a``", "``` a`` ```"),
        ("a\nb", "`a b`"),
    ],
)
def test_text_stands_in_code_whatever_ticks_it_has(text: str, expected: str) -> None:
    assert harmless.code(text) == expected


@dataclass
class Gh:
    """GitHub's command line: the issues that it lists, what was said in them, and what it was called for."""

    issues: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, ...]] = field(default_factory=list)

    def __call__(self, _deadline: float, *arguments: str, body: str | None = None) -> str:
        what = arguments[1]
        if what not in ("list", "view"):
            self.calls.append(arguments[1:3] if what in ("comment", "close", "reopen") else arguments[1:2])
        said: Mapping[str, Callable[[], str]] = {
            "list": lambda: json.dumps(self.issues),
            "view": lambda: json.dumps({"comments": self.comments}),
            "create": lambda: f"https://github.com/a/b/issues/9{body and chr(10)}",
        }
        return said.get(what, str)()


@pytest.fixture
def gh(monkeypatch: pytest.MonkeyPatch) -> Gh:
    made = Gh()
    monkeypatch.setattr(github.Issues, "gh", made)
    return made


def issue(number: int, state: str = "OPEN", title: str = "prod: down", body: str = "") -> dict[str, Any]:
    return {"number": number, "title": title, "state": state, "body": body, "createdAt": "2026-11-22T21:00:00Z"}


def mark(at: float, event: str, incident: str = "1a2b") -> str:
    return f"<!-- auth0-monitor incident={incident} at={at:.3f} event={event} -->\n"


@pytest.mark.parametrize(
    ("event", "issues", "calls"),
    [
        (Event.OPENED, [], [("create",), ("create",), ("create",)]),
        (Event.CLOSED, [], []),
        (Event.TEST, [], [("create",), ("create",), ("create",), ("close", "9")]),
        (Event.OPENED, [issue(4)], [("comment", "4")]),
        (Event.CHANGED, [issue(4)], [("comment", "4")]),
        (Event.CLOSED, [issue(4)], [("comment", "4"), ("close", "4")]),
        (Event.CLOSED, [issue(4, "CLOSED")], [("comment", "4")]),
        (Event.OPENED, [issue(4, "CLOSED")], [("comment", "4"), ("reopen", "4")]),
        (Event.CHANGED, [issue(4, "CLOSED")], [("comment", "4")]),
        (Event.CHANGED, [issue(2, "CLOSED"), issue(6), issue(4)], [("comment", "4")]),
        (Event.CHANGED, [issue(3, title="another")], [("create",), ("create",), ("create",)]),
    ],
    ids=[
        "new", "over-before-it-was-told", "test", "again", "changed", "over", "closed-by-hand", "back",
        "changed-closed", "open-before-closed", "of-another",
    ],
)  # fmt: skip
def test_issue_is_opened_commented_closed_and_reopened_as_the_incident_goes(
    gh: Gh, event: Event, issues: list[dict[str, Any]], calls: list[tuple[str, ...]]
) -> None:
    """Two of those that are created are labels."""
    gh.issues = issues
    github.Issues("a/b", {}).tell(message(event), BEFORE)

    assert gh.calls == calls


@pytest.mark.parametrize(
    ("said", "own", "told"),
    [
        (mark(1_795_381_200.0, "closed"), True, False),
        (mark(1_795_381_200.0, "opened"), True, True),
        (mark(1_795_381_100.0, "closed"), True, True),
        (mark(1_795_381_201.0, "changed"), True, None),
        (mark(1_795_381_201.0, "changed"), False, True),
        (f"> {mark(1_795_381_201.0, 'changed')}", True, True),
    ],
    ids=["this", "another-event", "older", "newer", "of-a-stranger", "quoted"],
)
def test_what_was_said_already_is_not_said_again_and_what_is_newer_holds(
    gh: Gh,
    said: str,
    own: bool,  # noqa: FBT001 - columns of the table
    told: bool | None,  # noqa: FBT001
) -> None:
    gh.issues = [issue(4)]
    gh.comments = [{"body": said, "viewerDidAuthor": own}]
    github.Issues("a/b", {}).tell(message(Event.CLOSED), BEFORE)

    close = [] if told is None else [("close", "4")]
    assert gh.calls == [*([("comment", "4")] if told else []), *close]


@pytest.mark.parametrize(
    ("event", "incident", "state", "kept", "closes"),
    [
        (Event.CLOSED, SILENCE, "OPEN", SILENCE, True),
        (Event.CLOSED, SILENCE, "CLOSED", SILENCE, False),
        (Event.CLOSED, SILENCE, "OPEN", "1a2b", False),
        (Event.CLOSED, "1a2b", "OPEN", SILENCE, False),
    ],
)
def test_end_of_a_silence_closes_every_silence_that_is_open(
    gh: Gh, event: Event, incident: str, state: str, kept: str, *, closes: bool
) -> None:
    gh.issues = [issue(4, state, "another title", mark(5.0, "overdue", kept))]
    github.Issues("a/b", {}).tell(replace(message(event), incident=incident), BEFORE)

    assert gh.calls == ([("comment", "4"), ("close", "4")] if closes else [])


def test_issue_is_found_by_the_title_that_was_told_first(gh: Gh) -> None:
    gh.issues = [issue(4, title="as it was called")]
    github.Issues("a/b", {}).tell(message(Event.CLOSED), replace(BEFORE, title="as it was called"))

    assert gh.calls == [("comment", "4"), ("close", "4")]


def test_issue_shows_whatever_may_be_foreign_in_code_and_links_where_it_leads() -> None:
    odd = "https://ci.example/runs/7(8)"
    told = message(lines=(
        MessageLine("cause", "@all see #1"),
        MessageLine("run", RUN, RUN),
        MessageLine("runbook", "docs#x", WIKI),
        MessageLine("odd", "x", odd),
        MessageLine("bad", "x", "javascript:alert(1)"),
    ))  # fmt: skip

    assert github.text(told).splitlines() == [
        "<!-- auth0-monitor incident=1a2b at=1795381200.000 event=opened -->",
        "### OPENED",
        "",
        "`DOWN: prod`",
        "",
        "- **cause**: `@all see #1`",
        f"- **run**: [`{RUN}`](<{RUN}>)",
        f"- **runbook**: [`docs#x`]({WIKI})",
        "- **odd**: [`x`](<https://ci.example/runs/7%288%29>)",
        "- **bad**: `x`",
    ]


def test_messages_of_a_channel_that_is_late_are_counted_and_the_next_run_sends_them() -> None:
    release = threading.Event()

    def slow(_message: Message, _before: LedgerEntry) -> None:
        release.wait(10)

    task = Task(message(), BEFORE)
    told, problems = tell_all([(Channel("a", "a chat", slow, 0.1), [task, task])], None)
    release.set()

    assert (told, problems) == ([], ["a chat: no answer within 0.1 s"])


def test_each_message_is_told_in_turn_and_one_that_fails_stops_no_other() -> None:
    seen: list[str] = []

    def tell(told: Message, _before: LedgerEntry) -> str | None:
        seen.append(str(told.event))
        if told.event is Event.CHANGED:
            raise Untold("is busy")
        return "was told by hand" if told.event is Event.CLOSED else None

    tasks = [Task(message(event), BEFORE) for event in (Event.OPENED, Event.CHANGED, Event.CLOSED)]
    quiet = Task(message(Event.TEST), BEFORE, quiet=True)
    told, problems = tell_all([(Channel("a", "a chat", tell, 10.0), [*tasks, quiet])], None)

    assert seen == ["opened", "changed", "closed", "test"]
    assert told == ["a chat: opened: prod: down", "a chat: was told by hand"]
    assert problems == ["a chat: is busy"]
