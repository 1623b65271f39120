"""An alert's whole life at a pager: it is opened once, kept up to date, and closed; whatever happens on the way."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from monitor import history
from monitor.incidents import Policy, Threshold, of_history
from monitor.owners import Cause, Owner
from monitor.status import Status
from monitor.telling import due, notify, pagers
from monitor.telling.commands import Telling
from monitor.telling.ledger import READ, Ledger
from tests.suite import ROOT
from tests.telling.desk import Desk, cause
from tests.telling.pagers import GENIE, ROUTING, Pagers
from tests.telling.schemes import NO_PAGERS
from tests.wire.authorities import Authority

UUID = "ba601cb1-3513-4320-b48a-05cb501bb5af"
TOKEN = "0123456789abcdef0123456789abcdef"
CLOSING = {
    "pagerduty": f"pagerduty://{ROUTING}@api-key-canary",
    "opsgenie": f"opsgenie://{GENIE}/#login",
    "jsm": f"jira://{GENIE}",
    "victorops": f"victorops://login@{UUID}",
    "signl4": "signl4://team-secret",
    "pagertree": "pagertree://int_canary0123",
    "incidentio": "incidentio://01GW2G3V0S59R238/token-canary",
    "squadcast": "squadcast://key-canary-0123",
    "ilert": "ilert://il1api0canary",
    "firehydrant": "firehydrant://eyJcanary",
    "goalert": f"goalerts://goalert.example.com/{UUID}",
}
RINGING = {
    "betterstack": "betterstack://token-canary-0123",
    "spike": f"spike://{TOKEN}",
    "lfg": f"lfg://{TOKEN}",
    "xmatters": f"xmatters://key-canary@acme/{UUID}",
}
A = cause(Owner.EXTENSION)
B = cause(Owner.CONFIGURATION, "staging", rule="wrong-client", sentence="staging rejects the synthetic user")
BOTH = ("prod", "staging", "qa")


@pytest.fixture
def service(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pagers]:
    with Pagers(authority).running() as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


@dataclass
class Watch:
    """A desk that tells nobody but a pager."""

    desk: Desk
    service: Pagers

    def tell(self, **changed: str) -> Telling:
        return self.desk.tell(**{**self.service.environment, "AUTH0_ISSUES": "none", **changed})

    def round(self, *causes: Cause, **changed: str) -> Telling:
        """One more run, and what is told of it."""
        self.desk.run(*causes, tenants=BOTH, link=f"https://ci.example/runs/{self.desk.count}")
        return self.tell(**changed)

    def told_of_for_long(self) -> None:
        """A history that was told of before its runs began: what they find is news, also when it is over."""
        self.round()
        with closing(sqlite3.connect(self.desk.file)) as connection, connection:
            connection.execute("UPDATE told SET at = ? WHERE incident = ''", (self.desk.began,))

    def rounds(self, number: int, *causes: Cause) -> Telling:
        return [self.round(*causes) for _ in range(number)][-1]

    @property
    def known(self) -> set[str]:
        """The keys of what the ledger says to be open."""
        entries = Ledger(self.desk.file).entries().values()
        return {each.key for each in entries if each.event not in due.NOT_TOLD and each.incident != READ}


@pytest.fixture
def watch(desk: Desk, service: Pagers) -> Callable[[str], Watch]:
    def made(address: str) -> Watch:
        desk.values["AUTH0_NOTIFY"] = address
        return Watch(desk, service)

    return made


@pytest.mark.parametrize("name", CLOSING)
def test_end_of_one_incident_closes_its_alert_and_no_other(watch: Callable[[str], Watch], name: str) -> None:
    at = watch(CLOSING[name])
    at.rounds(2, A)
    (first,) = at.service.of(name)
    at.rounds(2, A, B)
    both = at.service.of(name)
    assert len(both) == 2
    assert first in both
    done = at.rounds(2, B)

    assert at.service.of(name) == [each for each in both if each != first]
    assert at.rounds(2).problems == done.problems == []
    assert at.service.open == {}
    assert len(at.service.paged) == 2
    assert (at.service.stray, at.service.invalid) == ([], [])


@pytest.mark.parametrize("name", ["pagerduty", "opsgenie", "jsm", "victorops"])
def test_life_of_an_alert_crosses_processes(watch: Callable[[str], Watch], name: str) -> None:
    at = watch(CLOSING[name])
    opened = []
    for some in [(A,)] * 2 + [()] * 2:
        at.desk.run(*some, tenants=BOTH)
        ran = at.desk.call(**{**at.service.environment, "AUTH0_ISSUES": ""})
        assert ran.returncode == 0, ran.stderr
        opened.append(len(at.service.open))

    assert opened == [0, 1, 1, 0]
    assert (len(at.service.paged), len(at.service.closed), at.service.stray) == (1, 1, [])


@pytest.mark.parametrize("name", RINGING)
def test_pager_that_cannot_close_pages_once_and_says_what_is_left_to_do(
    watch: Callable[[str], Watch], name: str
) -> None:
    at = watch(RINGING[name])
    at.rounds(2, A)
    with closing(sqlite3.connect(at.desk.file)) as connection, connection:  # a quarter of an hour later
        connection.execute("UPDATE told SET at = at - 1000")
    changed = at.round(cause(Owner.AUTH0, rule="outage"))
    over = at.rounds(2)

    assert len(at.service.said) == 1
    assert "would page again" in changed.told[0]
    assert "cannot close an alert, so close it by hand: prod: down since" in over.told[0]
    assert changed.problems == over.problems == []


@pytest.mark.parametrize(("said", "messages", "remarks"), [("all", 2, 0), ("closing", 1, 0), ("perhaps", 1, 1)])
def test_recovery_that_pages_is_sent_on_request_alone(
    watch: Callable[[str], Watch], said: str, messages: int, remarks: int
) -> None:
    at = watch(RINGING["spike"])
    done = [at.round(*some, AUTH0_NOTIFY_RECOVERIES=said) for some in [(A,)] * 2 + [()] * 2][-1]

    assert len(at.service.said) == messages
    assert sum("AUTH0_NOTIFY_RECOVERIES" in each for each in done.remarks) == remarks


def test_betterstacks_logs_are_no_pager() -> None:
    (logs, incidents), problems = notify.channels("betterstack://token@logs.example.com betterstack://token")

    assert problems == []
    assert (logs.ending, incidents.ending) == ("message", "pages")


def test_every_scheme_that_apprise_knows_is_a_pager_or_none() -> None:
    """A new one fails here: does it wake somebody? Then it is a row of PAGERS; else a word of NO_PAGERS."""
    import apprise

    details = apprise.Apprise().details(show_disabled=True)["schemas"]
    known = {
        scheme
        for each in details
        for kind in ("protocols", "secure_protocols")
        for scheme in ([each[kind]] if isinstance(each[kind], str) else each[kind] or ())
    }
    decided = {scheme for each in pagers.PAGERS for scheme in each.schemes}
    ours = {scheme for schemes, *_ in pagers.OURS.values() for scheme in schemes}

    assert known - decided - ours - NO_PAGERS == set()
    assert (decided | NO_PAGERS) - known == set()
    assert not NO_PAGERS & (decided | ours)


def test_document_has_the_table_of_pagers() -> None:
    assert pagers.table() in (ROOT / "docs/alerting.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "native",
    [
        f"https://alert.victorops.com/integrations/generic/20131114/alert/{UUID}/login",
        "https://api.squadcast.com/v2/incidents/api/key-canary-0123",
    ],
    ids=["victorops", "squadcast"],
)
def test_address_that_a_service_itself_gives_is_its_pagers_too(watch: Callable[[str], Watch], native: str) -> None:
    at = watch(native)
    at.rounds(2, A)
    at.rounds(2, A, B)
    at.rounds(2, B)
    at.rounds(2)

    assert (at.service.open, len(at.service.closed), at.service.stray) == ({}, 2, [])


def test_static_key_of_an_address_merges_no_incidents(watch: Callable[[str], Watch]) -> None:
    at = watch(f"victorops://login@{UUID}/auth0 squadcast://key-canary-0123?dedup=mine&action=trigger")
    at.rounds(2, A, B)

    keys = [key for service, key in at.service.open if service == "victorops"]
    assert len(at.service.open) == 4
    assert all(key.startswith("auth0/") for key in keys)
    at.rounds(2)
    assert at.service.open == {}


def event(at: Watch, number: int = 0) -> dict[str, Any]:
    return at.service.said[number].body


def test_pagerduty_is_told_what_whoever_is_on_call_must_know(watch: Callable[[str], Watch]) -> None:
    at = watch(CLOSING["pagerduty"])
    at.round(A)
    at.round(A, GITHUB_SERVER_URL="https://github.com", GITHUB_REPOSITORY="acme/watch")
    payload, links = event(at)["payload"], {each["text"]: each["href"] for each in event(at)["links"]}

    assert payload["summary"].startswith("DOWN: prod: the connection users of prod is broken")
    assert "; since 20" in payload["summary"]
    assert payload["summary"].endswith("extension, likely")
    assert (payload["severity"], payload["source"], payload["group"]) == ("critical", "prod", "prod")
    assert (payload["component"], payload["class"]) == ("prod", "extension")
    assert payload["custom_details"]["cause"].startswith("extension, likely: ")
    assert "x-auth0-requestid" in payload["custom_details"]["seen"]
    assert links["run"] == event(at)["client_url"] == "https://ci.example/runs/0"
    assert links["runbook"] == "https://github.com/acme/watch/blob/HEAD/docs/runbook.md#connection"
    assert links["Auth0's status"] == "https://status.auth0.com/?domain=prod.example"
    at.rounds(2)
    assert set(event(at, 1)) == {"routing_key", "event_action", "dedup_key"}
    assert event(at, 1)["dedup_key"] == event(at)["dedup_key"]


@pytest.mark.parametrize(
    ("status", "owner", "severity", "priority"),
    [
        (Status.DOWN, Owner.EXTENSION, "critical", "P1"),
        (Status.DEGRADED, Owner.EXTENSION, "warning", "P3"),
        (Status.UNKNOWN, Owner.THROTTLED, "error", "P2"),
    ],
    ids=["down", "degraded", "blind"],
)
def test_severity_is_that_of_the_status(
    watch: Callable[[str], Watch], status: Status, owner: Owner, severity: str, priority: str
) -> None:
    at = watch(f"{CLOSING['pagerduty']} {CLOSING['jsm']}")
    at.desk.values["AUTH0_TELL"] = "degraded"
    at.rounds(2, cause(owner, status=status, rule="login-late"))
    told = {each.host: each.body for each in at.service.said}

    assert told["events.pagerduty.com"]["payload"]["severity"] == severity
    assert told["api.atlassian.com"]["priority"] == priority


@pytest.mark.parametrize(
    ("address", "host", "key"),
    [
        (f"pagerduty+events://{ROUTING}", "events.pagerduty.com", ROUTING),
        (f"pagerduty+events://{ROUTING}?region=eu", "events.eu.pagerduty.com", ROUTING),
        (f"pagerduty://{ROUTING}", "events.pagerduty.com", ROUTING),
        (f"pagerduty://{ROUTING}@key?region=EU", "events.eu.pagerduty.com", ROUTING),
        (f"pagerduty://?integrationkey={ROUTING}&apikey=x", "events.pagerduty.com", ROUTING),
        (f"opsgenie://{GENIE}?region=eu", "api.eu.opsgenie.com", ""),
        (f"opsgenie://me@{GENIE}/", "api.opsgenie.com", ""),
        (f"jsm://{GENIE}", "api.atlassian.com", ""),
        (f"jira://{GENIE}?region=eu", "api.atlassian.com", ""),
    ],
)
def test_address_is_read_as_apprise_writes_it_and_shorter(
    watch: Callable[[str], Watch], address: str, host: str, key: str
) -> None:
    at = watch(address)
    assert at.rounds(2, A).problems == []

    assert [each.host for each in at.service.said] == [host]
    assert event(at).get("routing_key", "") == key


def test_what_an_address_says_besides_goes_into_every_alert(watch: Callable[[str], Watch]) -> None:
    duty = f"pagerduty://{ROUTING}@key/shop/login?group=g&class=c&severity=warning&click=https://wiki.example/x&+team=a"
    genie = f"opsgenie://me@{GENIE}/#login/@ann/*night/^{UUID}/joe?priority=p4&tags=a,b&entity=e&alias=mine&+team=a"
    at = watch(f"{duty} {genie}")
    at.rounds(2, A)
    told = {each.host: each.body for each in at.service.said}
    payload, alert = told["events.pagerduty.com"]["payload"], told["api.opsgenie.com"]

    assert [payload[each] for each in ("source", "component", "group", "class", "severity")] == [
        "shop",
        "login",
        "g",
        "c",
        "warning",
    ]
    assert payload["custom_details"]["team"] == alert["details"]["team"] == "a"
    assert {"href": "https://wiki.example/x", "text": "more"} in told["events.pagerduty.com"]["links"]
    assert (alert["priority"], alert["tags"], alert["entity"], alert["user"]) == ("P4", ["a", "b"], "e", "me")
    assert alert["alias"] != "mine"
    assert alert["responders"] == [
        {"type": "team", "name": "login"},
        {"type": "user", "username": "ann"},
        {"type": "schedule", "name": "night"},
        {"type": "escalation", "id": UUID},
        {"type": "user", "username": "joe"},
    ]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("pagerduty://", "no address that Apprise knows"),
        ("pagerduty:///x", "it has no routing key"),
        (f"pagerduty://{ROUTING}?region=mars", "its region is none of us, eu"),
        (f"pagerduty://{ROUTING}?severity=loud", "its severity is none of critical"),
        ("jsm:///x", "it has no key: write it as jsm://KEY"),
        (f"opsgenie://{GENIE}?region=mars", "its region is none of us, eu"),
    ],
)
def test_address_that_cannot_be_used_is_one_line_and_shows_nothing_of_it(address: str, said: str) -> None:
    found, problems = notify.channels(address, {})

    assert found == []
    assert len(problems) == 1
    assert said in problems[0]
    assert not any(secret in problems[0] for secret in (ROUTING, GENIE))


def test_two_pagers_of_our_own_need_no_apprise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    found, problems = notify.channels(f"{CLOSING['pagerduty']} spike://x {CLOSING['jsm']} json://h/x", {})

    assert [each.name for each in found] == ["AUTH0_NOTIFY, number 1 (pagerduty)", "AUTH0_NOTIFY, number 3 (jira)"]
    assert len(problems) == 1
    assert "Apprise is not installed, so 2 of its channels are not notified" in problems[0]


@pytest.mark.parametrize("name", ["pagerduty", "jsm"])
@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([400], "refused the message (400: not now; because)"),
        ([403], "does not know the key of this address (403)"),
        ([429], "takes no more messages at the moment (429): the next run sends it"),
        ([500, 503], "fails (503, twice): the next run sends it"),
        (["lost", "lost"], "was not reached: "),
    ],
    ids=["400", "403", "429", "5xx", "no-answer"],
)
def test_answer_means_what_the_service_says_and_the_next_run_tells(
    watch: Callable[[str], Watch], name: str, answers: list[int | str], said: str
) -> None:
    at = watch(CLOSING[name])
    at.round(A)
    at.service.answers = [*answers]
    done = at.round(A)
    assert len(done.problems) == 1
    assert said in done.problems[0]
    assert not any(secret in done.problems[0] for secret in (ROUTING, GENIE))
    assert at.round(A).problems == []

    assert (len(at.service.open), len(at.service.paged)) == (1, 1)
    at.rounds(2)
    assert at.service.open == {}


def test_one_answer_of_5xx_is_tried_again_at_once(watch: Callable[[str], Watch]) -> None:
    at = watch(CLOSING["pagerduty"])
    at.round(A)
    at.service.answers = [502]

    assert at.round(A).problems == []
    assert len(at.service.open) == 1


def test_update_is_a_trigger_of_the_same_key_and_at_jsm_a_note(watch: Callable[[str], Watch]) -> None:
    at = watch(f"{CLOSING['pagerduty']} {CLOSING['jsm']}")
    at.rounds(2, A)
    with closing(sqlite3.connect(at.desk.file)) as connection, connection:  # a quarter of an hour later
        connection.execute("UPDATE told SET at = at - 1000 WHERE incident != 'read'")
    at.round(cause(Owner.AUTH0, rule="outage", sentence="Auth0 answers nothing"))

    assert len(at.service.paged) == len(at.service.open) == 2
    (trigger,) = next(alert.more for (name, _), alert in at.service.open.items() if name == "pagerduty")
    create, note = next(alert.more for (name, _), alert in at.service.open.items() if name == "jsm")
    assert trigger["payload"]["summary"].startswith("CHANGED, DOWN: prod: Auth0 answers nothing; since ")
    assert create["alias"] == at.service.of("jsm")[0]
    assert "before: down, extension" in note["note"]


def test_message_is_within_every_limit_however_much_there_is_to_say(watch: Callable[[str], Watch]) -> None:
    long = "the connection is broken, " * 200
    names = tuple(f"tenant-{number:03}-with-a-long-name-indeed" for number in range(120))
    at = watch(f"{CLOSING['pagerduty']} {CLOSING['jsm']} {CLOSING['victorops']}")
    for _ in range(2):
        at.desk.run(*(cause(Owner.AUTH0, name, sentence=long) for name in names), tenants=names)

    assert (at.tell().problems, at.service.invalid) == ([], [])
    assert len(at.service.open) == 3


def test_silence_is_an_alert_that_is_closed_when_runs_come_again(watch: Callable[[str], Watch]) -> None:
    at = watch(f"{CLOSING['pagerduty']} {CLOSING['jsm']}")
    at.rounds(5)
    last = history.read(at.desk.file).last or 0.0
    values = {**at.desk.values, **at.service.environment, "AUTH0_ISSUES": "none"}

    def look(now: float) -> None:
        Telling(values, str, now=now).overdue(history.read(at.desk.file), at.desk.file)

    look(last + 3600)
    look(last + 7200)
    assert (len(at.service.open), len(at.service.paged)) == (2, 2)
    at.desk.count += 30
    at.round()
    look((history.read(at.desk.file).last or 0.0) + 60)
    assert at.service.open == {}


@pytest.mark.parametrize("name", ["pagerduty", "jsm", "victorops", "signl4"])
def test_test_opens_an_alert_and_closes_it(watch: Callable[[str], Watch], name: str) -> None:
    at = watch(CLOSING[name])
    ran = at.desk.call("test", **at.service.environment, AUTH0_ISSUES="none")

    assert ran.returncode == 0, ran.stderr
    assert (at.service.open, len(at.service.paged), len(at.service.closed)) == ({}, 1, 1)
    assert len(ran.stdout.splitlines()) == 2


# The histories: whatever happens between runs, everything that was opened is closed in the end, and what is open here
# is open there.


def test_flapping_incident_is_opened_and_closed_each_time(watch: Callable[[str], Watch]) -> None:
    at = watch(CLOSING["pagerduty"])
    for letter in "aa..aa..a.a.a" + "." * 12:
        at.round(*([A] if letter == "a" else []))
        assert set(at.service.of("pagerduty")) == at.known

    assert at.service.open == {}
    assert len(at.service.paged) == len(at.service.closed) == 3


def test_change_of_owner_and_targets_changes_no_key(watch: Callable[[str], Watch]) -> None:
    at = watch(CLOSING["pagerduty"])
    at.rounds(2, cause(Owner.UNKNOWN, rule="nothing-to-compare"))
    (key,) = at.service.of("pagerduty")
    at.rounds(2, cause(Owner.AUTH0, rule="outage"), cause(Owner.AUTH0, "staging", rule="outage"))

    assert at.service.of("pagerduty") == [key]
    at.rounds(3)
    assert at.service.open == {}


def test_new_incident_of_what_another_one_was_at_first_is_another_alert(watch: Callable[[str], Watch]) -> None:
    """The first has found its owner meanwhile, and is open still."""
    at = watch(CLOSING["pagerduty"])
    nobody = cause(Owner.UNKNOWN, rule="nothing-to-compare")
    at.rounds(2, nobody)
    at.rounds(2, cause(Owner.AUTH0, rule="outage"))
    auth0 = cause(Owner.AUTH0, "staging", rule="outage", sentence="staging is out")
    at.rounds(3, nobody, auth0)

    open_ = [each for each in of_history(history.read(at.desk.file), Policy(Threshold(2, 0))) if each.open]
    assert len(open_) == len(at.service.open)
    assert set(at.service.of("pagerduty")) == at.known
    at.rounds(3)
    assert at.service.open == {}


def test_incident_that_other_settings_do_not_know_is_closed(watch: Callable[[str], Watch]) -> None:
    at = watch(CLOSING["pagerduty"])
    late = cause(status=Status.DEGRADED, rule="login-late")
    at.desk.values["AUTH0_TELL"] = "degraded"
    at.rounds(2, late)
    assert len(at.service.open) == 1
    del at.desk.values["AUTH0_TELL"]
    done = at.round(late)

    assert at.service.open == {}
    assert done.told[0].startswith("AUTH0_NOTIFY, number 1 (pagerduty): closed: prod: degraded since ")
    assert at.round(late).told == []


def test_run_that_is_recorded_late_and_gives_another_id_changes_no_key(watch: Callable[[str], Watch]) -> None:
    at = watch(CLOSING["pagerduty"])
    at.desk.count = 1
    at.rounds(2, A)
    (key,) = at.service.of("pagerduty")
    at.desk.count = 0
    at.round(A)
    at.desk.count = 3
    with closing(sqlite3.connect(at.desk.file)) as connection, connection:  # a quarter of an hour later
        connection.execute("UPDATE told SET at = at - 1000 WHERE incident != 'read'")
    at.round(cause(Owner.CONFIGURATION, rule="wrong-client"))
    at.round(cause(Owner.CONFIGURATION, rule="wrong-client"))

    assert at.service.of("pagerduty") == [key]
    at.rounds(2)
    assert (at.service.open, len(at.service.paged)) == ({}, 1)


KILLED = """
import os, signal
from monitor.telling.ledger import Ledger
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
Ledger.settle = die
import sys
from monitor.telling.__main__ import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("name", ["pagerduty", "victorops"])
def test_process_that_is_killed_between_telling_and_writing_it_down_costs_nothing(
    watch: Callable[[str], Watch], name: str
) -> None:
    """The same key is told again by the next run, at once: a claim of a process that is gone holds nobody back."""
    at = watch(CLOSING[name])
    at.told_of_for_long()
    for letter in "aa..":
        at.desk.run(*([A] if letter == "a" else []), tenants=BOTH)
        options = ["--history", str(at.desk.file), "--reports", str(at.desk.reports)]
        values = {**at.desk.values, **at.service.environment, "AUTH0_ISSUES": "none"}
        command = [sys.executable, "-c", KILLED, *options]
        ran = subprocess.run(command, cwd=ROOT, env=values, capture_output=True, check=False, timeout=90)
        assert ran.returncode == -signal.SIGKILL, ran.stderr
    at.rounds(1)

    assert at.service.open == {}
    assert len(at.service.paged) == 1


@pytest.mark.parametrize("confirm", ["1", "2"])
@pytest.mark.parametrize("lost", [2, 3, 4, 5, 6, 7])
def test_history_that_is_restored_one_run_old_leaves_nothing_open_and_closes_nothing_that_is(
    watch: Callable[[str], Watch], confirm: str, lost: int
) -> None:
    """The run that is lost was told of: it opened, changed or closed something, or did not."""
    at = watch(CLOSING["pagerduty"])
    at.desk.values["AUTH0_CONFIRM"] = confirm
    script = [(), (A,), (A,), (A, B), (B,), (B,), (), (), (), ()]
    for number, causes in enumerate(script, 1):
        before = at.desk.file.read_bytes() if at.desk.file.exists() else b""
        at.round(*causes)
        if number == lost:
            at.desk.file.write_bytes(before)
        else:
            assert at.known <= set(at.service.of("pagerduty")), f"after run {number}"

    assert at.service.open == {}
    assert at.service.invalid == []


def test_outage_whose_end_was_lost_and_that_is_back_is_open_again(watch: Callable[[str], Watch]) -> None:
    at = watch(CLOSING["pagerduty"])
    at.rounds(3, A)
    at.round()
    before = at.desk.file.read_bytes()
    at.round()
    assert at.service.open == {}
    at.desk.file.write_bytes(before)
    at.round(A)

    assert len(at.service.open) == 1
    assert at.service.of("pagerduty") == list(at.known)


@pytest.mark.parametrize("seed", range(8))
def test_pager_ends_empty_in_any_order_of_troubles(watch: Callable[[str], Watch], seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 -- what is drawn has to come again
    name = dice.choice(["pagerduty", "jsm", "victorops"])
    at = watch(CLOSING[name])
    at.desk.values["AUTH0_CONFIRM"] = dice.choice(["1", "2"])
    at.told_of_for_long()
    copies: list[bytes] = []
    lately = 0
    for _ in range(14):
        at.service.answers = dice.choice([[], [], [429], [500, 500], ["lost", "lost"], [429, 429]])
        trouble = bool(at.service.answers)
        copies.append(at.desk.file.read_bytes() if at.desk.file.exists() else b"")
        at.round(*(each for each in (A, B, cause(Owner.AUTH0, "qa", rule="outage")) if dice.random() < 0.35))
        at.service.answers = []
        lately += 1
        if lately > 4 and dice.random() < 0.3:  # a copy that is one run old takes its place
            at.desk.file.write_bytes(copies[-1])
            lately = 0
        elif not trouble:
            assert at.known <= set(at.service.of(name))

    assert at.rounds(12).problems == []
    assert at.service.open == {}
    assert at.service.invalid == []


def test_no_secret_of_a_pager_is_printed(watch: Callable[[str], Watch]) -> None:
    at = watch(" ".join([*CLOSING.values(), *RINGING.values()]))
    at.desk.run(A, tenants=BOTH)
    at.desk.run(A, tenants=BOTH)
    at.service.answers = [400] * 40
    ran = at.desk.call(**{**at.service.environment, "AUTH0_ISSUES": "none"})
    printed = ran.stdout + ran.stderr

    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == len(CLOSING) + len(RINGING)
    assert not any(each in printed for each in (ROUTING, GENIE, UUID, TOKEN, "canary"))
    assert json.dumps(printed)
