"""Someone is told: once, by every channel, and whatever happens to one of them."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from monitor import history
from monitor.configuration import settings
from monitor.history import freshness
from monitor.incidents import Policy, of_history, recent
from monitor.owners import Owner
from monitor.secrets import Scrubber
from monitor.status import Status
from monitor.telling import channel, due, notify, overdue
from monitor.telling.ledger import Ledger, LedgerEntry
from tests.canaries import found
from tests.telling.desk import PATHS, TOKEN, Desk, cause
from tests.wire.servers import Server, answer, saying, silent

OURS = "a-password-of-a-tenant-7f3a9c"
HOSTILE = (
    "@everyone #1 acme/x#2 <!channel> <script>alert(1)</script> [x](https://evil.example) `rm` "
    "--> <!-- auth0-monitor incident=0 at=9 event=closed -->"
)


def test_outage_opens_one_issue_and_sends_one_message_then_updates_then_closes(desk: Desk) -> None:
    desk.run(cause())
    assert desk.tell().told == []
    desk.run(cause())
    assert len(desk.tell().told) == 2
    desk.run(cause())
    assert desk.tell().told == []

    (issue,) = desk.issues
    (message,) = desk.messages
    assert issue["state"] == "OPEN"
    assert issue["labels"] == ["auth0-monitor"]
    assert issue["title"].startswith("prod: down since ")
    assert "the connection users of prod is broken" in issue["body"]
    assert "docs/runbook.md#connection" in issue["body"]
    assert message["title"].startswith("DOWN: prod: the connection users of prod is broken")
    assert message["type"] == "failure"

    desk.run(cause(), cause(target="staging"), tenants=("prod", "staging"))
    desk.run()
    desk.tell()
    assert desk.issues[0]["state"] == "OPEN"
    desk.run()
    desk.tell()

    (issue,) = desk.issues
    assert issue["state"] == "CLOSED"
    assert "RECOVERED: prod: works again" in issue["comments"][-1]["body"]
    assert desk.messages[-1]["type"] == "success"


def test_what_becomes_worse_is_told_at_once_and_what_else_changes_not_too_often(desk: Desk) -> None:
    desk.values["AUTH0_TELL"] = "degraded"
    for _ in range(2):
        desk.run(cause(status=Status.DEGRADED))
    desk.tell()
    desk.run(cause())
    desk.tell()
    desk.run(cause(status=Status.DEGRADED))
    assert desk.tell().told == [], "better is no news for a quarter of an hour"
    desk.run(cause(Owner.CONFIGURATION, status=Status.DEGRADED))
    desk.tell()

    titles = [each["title"].partition(":")[0] for each in desk.messages]
    assert titles == ["DEGRADED", "CHANGED, DOWN", "CHANGED, DEGRADED"]


@pytest.mark.parametrize(
    ("changed", "after", "event"),
    [
        ({}, 0, None),
        ({"owner": "auth0"}, 0, "changed"),
        ({"status": "degraded"}, 0, "changed"),
        ({"status": "unknown"}, 0, "changed"),
        ({"targets": ["staging"]}, 0, "changed"),
        ({"targets": []}, 0, "changed"),
        ({"targets": ["prod", "staging"]}, due.EVERY - 1, None),
        ({"targets": ["prod", "staging"]}, due.EVERY, "changed"),
    ],
    ids=["nothing", "owner", "worse", "from-unknown", "another", "more", "fewer", "fewer-later"],
)
def test_update_is_due_when_something_changed(desk: Desk, changed: dict[str, object], after: float, event: str) -> None:
    for _ in range(2):
        desk.run(cause())
    (incident,) = of_history(history.read(desk.file), Policy())
    told = LedgerEntry(incident.id, "chat", "opened", 1_000.0, "", "", due.facts(incident) | changed)
    found = due.due([incident], "chat", {(incident.id, "chat"): told}, 1_000.0 + after, 0.0)

    assert [each.event for each in found] == ([event] if event else [])


def test_change_of_id_makes_no_second_telling(desk: Desk) -> None:
    """A run that is recorded late, and saw it first, gives the incident another id."""
    desk.count = 1
    for _ in range(2):
        desk.run(cause())
    desk.tell()
    first = of_history(history.read(desk.file), Policy())[0].id
    desk.count = 0
    desk.run(cause())

    assert of_history(history.read(desk.file), Policy())[0].id != first
    assert desk.tell().told == []
    desk.count = 3
    desk.run()
    desk.run()
    desk.tell()
    assert [each["state"] for each in desk.issues] == ["CLOSED"]


@pytest.mark.parametrize("ill", [5, 70])
def test_newest_incidents_are_the_same_by_few_runs_and_by_all(desk: Desk, ill: int) -> None:
    """Also where one of them has been open for longer than the runs that are looked at first."""
    for number in range(140):
        desk.run(*([cause()] if number in (10, 11, *range(139 - ill, 139)) else []))
    known, rule = history.read(desk.file), Policy()
    few = recent(known, rule, runs=60)

    assert few
    assert few == of_history(known, rule)[: len(few)]


def test_old_incidents_of_a_history_that_is_new_to_telling_are_nobodys_news(desk: Desk) -> None:
    for some in [(cause(),)] * 2 + [()] * 2:
        desk.run(*some)

    assert desk.tell().told == []


def test_incident_that_was_over_before_anybody_was_told_is_told_once(desk: Desk) -> None:
    desk.run()
    desk.tell()
    with closing(sqlite3.connect(desk.file)) as connection, connection:
        connection.execute("UPDATE told SET at = ?", (desk.began,))
    for some in [(cause(),)] * 2 + [()] * 2:
        desk.run(*some)
    desk.tell()
    desk.tell()

    assert [each["type"] for each in desk.messages] == ["success"]
    assert desk.issues == []


@pytest.mark.parametrize("how", ["fails", "hangs"])
def test_channel_that_fails_or_hangs_does_not_stop_the_others(
    desk: Desk, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "DEADLINE", 1.0)
    bad = silent if how == "hangs" else saying(answer(500, b"no"))
    with Server(bad) as other:
        desk.values["AUTH0_NOTIFY"] = f"json://127.0.0.1:{other.port}/ {desk.address}"
        for _ in range(2):
            desk.run(cause())
        done = desk.tell()

    assert len(desk.messages) == len(desk.issues) == 1
    assert len(done.problems) == 1
    assert done.problems[0].startswith("AUTH0_NOTIFY, number 1 (json): ")


def test_what_did_not_arrive_is_told_by_the_next_run_to_whom_it_did_not(desk: Desk) -> None:
    desk.break_(issue_create="HTTP 502: Bad Gateway")
    for _ in range(2):
        desk.run(cause())
    done = desk.tell()
    assert done.problems == ["GitHub issues of acme/login-watch: gh issue create: HTTP 502: Bad Gateway"]
    desk.break_()
    desk.tell()

    assert len(desk.messages) == 1
    assert len(desk.issues) == 1


def test_channel_that_hung_is_told_by_the_next_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "DEADLINE", 1.0)
    for _ in range(2):
        desk.run(cause())
    with Server(silent, saying()) as chat:
        desk.values["AUTH0_NOTIFY"] = f"json://127.0.0.1:{chat.port}/"
        assert len(desk.tell().problems) == 1
        done = desk.tell()

    assert done.problems == []
    assert len(done.told) == 1


def test_gh_that_hangs_ends_by_its_deadline(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.telling.github.DEADLINE", 1.0)
    desk.break_(issue_create="hang")
    for _ in range(2):
        desk.run(cause())
    done = desk.tell()

    assert len(done.problems) == 1
    assert len(desk.messages) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"GH_TOKEN": ""}, "GH_TOKEN is not set: give this step a token"),
        ({"PATH": "/nowhere"}, "gh is not installed: install"),
        ({"AUTH0_ISSUES": "somewhere"}, "AUTH0_ISSUES names no repository"),
        ({"AUTH0_NOTIFY": "nonsense"}, "AUTH0_NOTIFY, number 1: no address that Apprise knows"),
        ({"AUTH0_NOTIFY": "nonsense://x/y"}, "AUTH0_NOTIFY, number 1 (nonsense): no address that Apprise knows"),
    ],
    ids=["no-token", "no-gh", "no-repository", "no-address", "no-scheme"],
)
def test_what_is_missing_is_one_clear_line_and_costs_itself(desk: Desk, changed: dict[str, str], said: str) -> None:
    for _ in range(2):
        desk.run(cause())
    done = desk.tell(**changed)

    assert len(done.problems) == 1
    assert said in done.problems[0]
    assert len(done.told) == 1


def test_two_processes_with_one_history_tell_once(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause())
    begun = [desk.tell for _ in range(4)]
    threads = [threading.Thread(target=each) for each in begun]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(desk.messages) == 1
    assert len(desk.issues) == 1


def test_two_machines_with_copies_of_one_history_open_one_issue(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause())
    copy = desk.file.read_bytes()
    desk.tell()
    desk.file.write_bytes(copy)
    desk.tell()

    assert len(desk.issues) == 1
    assert desk.issues[0]["comments"] == []


def test_older_run_does_not_close_what_a_newer_one_spoke_of(desk: Desk) -> None:
    for some in [(cause(),)] * 2 + [()] * 2:
        desk.run(*some)
        desk.tell()
    state = desk.github
    newer = f"<!-- auth0-monitor incident=0 at={time.time() + 9:.3f} event=changed -->"
    state["issues"][0] |= {"state": "OPEN", "comments": [{"body": newer, "viewerDidAuthor": True}]}
    desk.github = state
    ledger = Ledger(desk.file)
    entry = next(each for each in ledger.entries().values() if each.channel.startswith("github"))
    ledger.settle(LedgerEntry(entry.incident, entry.channel, "opened", entry.at, entry.run, entry.title, entry.facts))
    desk.tell()

    assert desk.issues[0]["state"] == "OPEN"


def test_strangers_words_do_not_pass_for_the_monitors(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause())
    desk.tell()
    state = desk.github
    forged = f"<!-- auth0-monitor incident=0 at={time.time() + 9_999:.3f} event=changed -->"
    state["issues"][0]["comments"] = [{"body": forged, "viewerDidAuthor": False}]
    desk.github = state
    desk.run()
    desk.run()
    desk.tell()

    assert desk.issues[0]["state"] == "CLOSED"


def test_hostile_text_is_shown_and_does_nothing(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause(sentence=HOSTILE, target="prod"))
    desk.tell()
    body = desk.issues[0]["body"]
    message = desk.messages[0]["title"] + desk.messages[0]["message"]

    bare = "\n".join(_outside_code(line) for line in body.splitlines()[1:])
    assert not any(each in bare for each in ("@everyone", "#1", "<", "evil", "auth0-monitor"))
    assert not any(each in message for each in ("@everyone", "<!channel>", "<script>", "](https"))
    assert "everyone" in body
    assert "everyone" in message


def _outside_code(line: str) -> str:
    """What GitHub reads as Markdown: a span of code ends at as many ticks as it began with."""
    kept, at = "", 0
    while at < len(line):
        if line[at] != "`":
            kept, at = kept + line[at], at + 1
            continue
        ticks = len(line[at:]) - len(line[at:].lstrip("`"))
        fence, rest = "`" * ticks, line[at + ticks :]
        end = next(
            i
            for i in range(len(rest))
            if rest.startswith(fence, i) and (i == 0 or rest[i - 1] != "`") and not rest.startswith("`", i + ticks)
        )
        at += ticks + end + ticks
    return kept


def test_monitor_that_cannot_see_is_told_with_another_title(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause(Owner.THROTTLED, status=Status.UNKNOWN, rule="throttled"))
    desk.tell()

    assert desk.issues[0]["title"].startswith("prod: cannot be seen by the monitor since ")
    assert "whether logins work is unknown" in desk.issues[0]["body"]
    assert desk.messages[0]["title"].startswith("BLIND: ")


@pytest.mark.parametrize(
    ("mode", "option", "told"), [("drill", "", 0), ("drill", "--drills", 1), ("sandbox", "--drills", 0)]
)
def test_drill_is_told_on_request_alone_and_a_sandbox_never(desk: Desk, mode: str, option: str, told: int) -> None:
    for _ in range(2):
        desk.run(cause(), mode=mode)
    ran = desk.call(*filter(None, [option]))

    assert ran.returncode == 0, ran.stderr
    assert len(desk.messages) == len(desk.issues) == told
    for each in desk.messages:
        assert each["title"].startswith("DRILL, nothing real fails: ")
        assert "drill: a sandbox was probed" in each["message"]
    for issue in desk.issues:
        assert issue["title"].startswith("DRILL, nothing real fails: ")


def test_runs_link_and_the_runbooks_address_are_told(desk: Desk) -> None:
    for number in range(2):
        desk.run(cause(), link=f"https://ci.example/runs/{number}")
    desk.tell(GITHUB_SERVER_URL="https://github.com", GITHUB_REPOSITORY="acme/watch")

    assert "(<https://ci.example/runs/0>)" in desk.issues[0]["body"]
    assert "https://github.com/acme/watch/blob/HEAD/docs/runbook.md#connection" in desk.messages[0]["message"]


def test_run_that_the_history_does_not_have_is_a_problem(desk: Desk) -> None:
    for _ in range(3):
        desk.run()
    document = json.loads((desk.reports / "results.json").read_text())
    document["run"]["started"] = "2026-01-01T00:00:00Z"
    (desk.reports / "results.json").write_text(json.dumps(document))

    assert "import it first" in desk.tell().problems[0]


def test_what_was_seen_last_is_told_for_auth0s_support(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause())
    desk.tell()

    assert "x-auth0-requestid 7b6f4d1a0c2e" in desk.issues[0]["body"]


def test_command_prints_no_secret_whatever_goes_wrong(desk: Desk) -> None:
    desk.break_(issue_create=f"HTTP 401: bad credentials {TOKEN} {PATHS}")
    for _ in range(2):
        desk.run(cause(sentence=f"it says {OURS}"))
    with Server(saying(answer(500, PATHS.encode()))) as other:
        urls = f"json://127.0.0.1:{other.port}/{PATHS} slack://{PATHS}x, garbled:///{PATHS} {desk.address}"
        ran = desk.call(AUTH0_NOTIFY=urls, AUTH0_PASSWORD=OURS)
    written = {"stdout": ran.stdout, "stderr": ran.stderr, "chat": str(desk.messages), "issues": str(desk.issues)}

    assert ran.returncode == 1
    assert len(desk.messages) == 1
    assert found(written, [TOKEN, OURS, *PATHS.split("/")]) == []
    assert len(ran.stderr.splitlines()) == 4


def test_apprise_logs_nothing_and_gh_is_given_none_of_our_variables(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with Server(saying(answer(500))) as other:
        desk.values["AUTH0_NOTIFY"] = f"json://127.0.0.1:{other.port}/{PATHS} garbled:///{PATHS}"
        for _ in range(2):
            desk.run(cause())
        desk.tell()

    assert [each for each in caplog.records if each.name.startswith("apprise")] == []
    calls = desk.github["calls"]
    assert calls
    assert [name for each in calls for name in each["environment"] if name.startswith("AUTH0_")] == []


def test_dry_run_prints_and_tells_nobody(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause())
    before = desk.file.read_bytes()
    ran = desk.call("--dry-run")

    assert ran.returncode == 0
    assert "DOWN: prod: the connection users of prod is broken" in ran.stdout
    assert (desk.messages, desk.issues) == ([], [])
    assert desk.file.read_bytes() == before


def test_channels_can_be_tried(desk: Desk) -> None:
    ran = desk.call("test")

    assert ran.returncode == 0, ran.stderr
    assert desk.messages[0]["type"] == "info"
    assert [each["state"] for each in desk.issues] == ["CLOSED"]


def test_nobody_to_tell_is_said(desk: Desk) -> None:
    desk.run()

    nobody = {"AUTH0_NOTIFY": "", "AUTH0_ISSUES": ""}
    for command in ("tell", "overdue"):
        ran = desk.call(command, **nobody)
        assert (ran.stdout, "no channel is configured" in ran.stderr) == ("", True), "whether one was due is not known"
    ran = desk.call("test", **nobody)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "there is no channel to test: set AUTH0_NOTIFY or AUTH0_ISSUES\n"


def test_history_that_is_not_there_or_none_is_one_line(desk: Desk) -> None:
    assert desk.call().stderr.startswith("no alert is sent: ")
    desk.file.write_text("nonsense")
    ran = desk.call()

    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1


def test_usage_is_told_with_status_2(desk: Desk) -> None:
    ran = desk.call("nonsense")

    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("usage: python -m monitor.telling ")
    assert "invalid choice: 'nonsense'" in ran.stderr


def test_what_was_told_goes_wherever_the_runs_go(desk: Desk, tmp_path: Path) -> None:
    """Two copies tell apart, and are merged either way round: each knows what the other told, the newest first."""
    for _ in range(2):
        desk.run(cause())
    copy = tmp_path / "other.sqlite"
    copy.write_bytes(desk.file.read_bytes())
    desk.tell(AUTH0_NOTIFY="")
    other = Ledger(copy)
    other.settle(LedgerEntry("1", "chat", "opened", 1_000.0))
    other.settle(LedgerEntry("2", "chat", "closed", 3_000.0))
    Ledger(desk.file).settle(LedgerEntry("2", "chat", "opened", 2_000.0))
    both = [tmp_path / "one.sqlite", tmp_path / "two.sqlite"]
    history.merge(both[0], [desk.file, copy])
    history.merge(both[1], [copy, desk.file, copy])
    one, two = (Ledger(each).entries() for each in both)

    assert one == two
    assert {(id_, name): each.event for (id_, name), each in one.items() if name == "chat"} == {
        ("1", "chat"): "opened",
        ("2", "chat"): "closed",
    }
    assert any(name.startswith("github:") for _, name in one)
    assert Ledger(both[0]).since(9e9) == Ledger(desk.file).since(9e9)


def test_claim_that_was_never_settled_is_void_after_a_while(desk: Desk) -> None:
    desk.run()
    ledger = Ledger(desk.file)
    entry = LedgerEntry("1", "chat")

    assert ledger.claim(entry, 1_000.0)
    assert not ledger.claim(entry, 1_001.0)
    assert ledger.claim(entry, 1_000.0 + 600)


def test_channel_that_is_late_is_told_of_once() -> None:
    """It fails after its deadline, while another is still being told."""
    awaited, failed = threading.Event(), threading.Event()

    def late(_message: object, _before: object) -> None:
        awaited.wait(10)
        failed.set()
        raise channel.Untold("too late")

    def slow(_message: object, _before: object) -> None:
        time.sleep(
            0.5
        )  # by then the other's deadline has passed; if not, it fails in time, and is told of once as well
        awaited.set()
        failed.wait(10)
        while threading.active_count() > before + 1:
            time.sleep(0.01)

    task = channel.Task(overdue.message(freshness.Age(None, 0.0, 0.0, None), 0.0, ""), LedgerEntry("1", "x"))
    both = [channel.Channel("a", "a", late, 0.1), channel.Channel("b", "b", slow, 10.0)]
    before = threading.active_count()
    _, problems = channel.tell_all([(each, [task]) for each in both], None)

    assert len(problems) == 1


def test_problem_of_our_own_is_said_without_its_words(desk: Desk) -> None:
    def tell(_message: object, _before: object) -> None:
        raise RuntimeError(TOKEN)

    broken = channel.Channel("x", "a chat", tell, 5.0)
    made = desk.tell
    for _ in range(2):
        desk.run(cause())
    done = made(AUTH0_NOTIFY="", AUTH0_ISSUES="")
    done.channels.append(broken)
    done.tell(history.read(desk.file), desk.file, desk.reports)

    assert done.problems == ["a chat: failed (RuntimeError): a bug in the monitor, please report it"]


def test_probes_know_that_the_addresses_of_channels_are_secrets_and_no_tenants(tmp_path: Path) -> None:
    scrubber = Scrubber()
    values = {"AUTH0_NOTIFY": f"slack://{PATHS}", "AUTH0_HEARTBEAT_URL": f"https://hc.example/{PATHS}"}
    loaded = settings.load(values, scrubber, tmp_path)

    assert loaded.tenants == ()
    assert found({"text": scrubber.scrub(f"it says {PATHS}")}, PATHS.split("/")[1:]) == []


def test_run_of_a_clock_that_was_ahead_closes_nothing_and_is_told(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause())
    desk.tell()
    desk.count += 12 * 20
    for _ in range(3):
        desk.run()
    desk.now = time.time()
    done = desk.tell()

    assert [each["state"] for each in desk.issues] == ["OPEN"]
    assert any(each.startswith("3 runs begin after now") for each in done.remarks)
    assert any("began after now" in each and "set the clock" in each for each in done.problems)


def test_outage_that_grows_is_told_at_once(desk: Desk) -> None:
    """From one connection, the extension's, to every login, Auth0's: nobody waits for a quarter of an hour."""
    for _ in range(2):
        desk.run(cause(target="prod:password-realm:users"))
    desk.tell()
    desk.run(cause(Owner.AUTH0, target="prod", rule="outage"))
    desk.tell()

    assert [each["title"].partition(":")[0] for each in desk.messages] == ["DOWN", "CHANGED, DOWN"]
    assert "auth0" in desk.messages[1]["title"]


def test_outage_that_reaches_another_tenant_is_told_at_once(desk: Desk) -> None:
    both = ("prod", "staging")
    for some in [("prod",)] * 2 + [both]:
        desk.run(*(cause(Owner.AUTH0, target=name) for name in some), tenants=both)
        desk.tell()

    assert [each["title"].partition(":")[0] for each in desk.messages] == ["DOWN", "CHANGED, DOWN"]


def test_two_owners_that_are_blamed_in_turn_are_told_once_each(desk: Desk) -> None:
    for owner in (Owner.EXTENSION, Owner.EXTENSION, Owner.AUTH0, Owner.EXTENSION, Owner.AUTH0, Owner.EXTENSION):
        desk.run(cause(owner))
        desk.tell()

    assert [each["title"].partition(":")[0] for each in desk.messages] == ["DOWN", "CHANGED, DOWN"]
