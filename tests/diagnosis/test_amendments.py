"""What Auth0 itself knows, beside a cause: what each fact changes, and what it must leave as it is."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.clues import Clue, ClueKind
from monitor.diagnosis import amendments
from monitor.diagnosis.diagnosis import diagnose
from monitor.management.log_types import FAILURES
from monitor.owners import Cause, Confidence, Owner
from monitor.verdict import Run
from tests.diagnosis.scenes import run_of

ROOT = Path(__file__).parents[2]

WRONG_USER = "login/db:Refused:403:invalid_grant discovery machine"
BREAKS = "login/db:WrongAnswer:500:server_error login/other discovery machine"
ALONE = "login/db:WrongAnswer:500:server_error discovery"
CLAIMS = "claims/db::200 login/db discovery machine"
UNAUTHORIZED = "login/db:Refused:401:unauthorized:user~is~blocked discovery machine"
LOCKED = "login/db:Throttled~:429:too_many_attempts machine"


def clue(kind: ClueKind, words: str = "the fact", **more: object) -> Clue:
    return Clue("prod", kind, words, **more)  # type: ignore[arg-type]


BLOCKED = clue(ClueKind.USER_BLOCKED, connection="db", rung="login")


def cause(told: str, *clues: Clue, started: str = "") -> Cause:
    run = replace(run_of(told), clues=clues, started=started)
    (found,) = diagnose(run).causes
    return found


@pytest.mark.parametrize(
    ("told", "found", "owner", "confidence"),
    [
        (
            WRONG_USER,
            clue(ClueKind.USER_BLOCKED, connection="db", rung="login"),
            Owner.CONFIGURATION,
            Confidence.LIKELY,
        ),
        (UNAUTHORIZED, BLOCKED, Owner.THROTTLED, Confidence.CERTAIN),
        (LOCKED, BLOCKED, Owner.THROTTLED, Confidence.CERTAIN),
        (WRONG_USER, clue(ClueKind.CONNECTOR_OFFLINE, connection="db"), Owner.UPSTREAM, Confidence.CERTAIN),
        (BREAKS, clue(ClueKind.CONNECTION_GONE, connection="db"), Owner.CONFIGURATION, Confidence.CERTAIN),
        (BREAKS, clue(ClueKind.CONNECTION_OFF, connection="db"), Owner.CONFIGURATION, Confidence.CERTAIN),
        (BREAKS, clue(ClueKind.CONNECTOR_OFFLINE, connection="db"), Owner.UPSTREAM, Confidence.CERTAIN),
        (LOCKED, clue(ClueKind.USER_DISABLED, connection="db"), Owner.CONFIGURATION, Confidence.CERTAIN),
        (ALONE, clue(ClueKind.ACTION, rung="login"), Owner.EXTENSION, Confidence.LIKELY),
        (BREAKS, clue(ClueKind.ACTION, rung="login"), Owner.EXTENSION, Confidence.LIKELY),
        (WRONG_USER, clue(ClueKind.LOG, log_type="limit_wc", rung="login"), Owner.THROTTLED, Confidence.LIKELY),
        (
            WRONG_USER,
            clue(ClueKind.LOG, 'fepft "Sandbox Error: ECONNREFUSED"', log_type="fepft", rung="login"),
            Owner.EXTENSION,
            Confidence.LIKELY,
        ),
        (WRONG_USER, clue(ClueKind.LOG, log_type="fp", rung="login"), Owner.CONFIGURATION, Confidence.CERTAIN),
        (
            ALONE,
            clue(ClueKind.LOG, log_type="actions_execution_failed", rung="login"),
            Owner.EXTENSION,
            Confidence.LIKELY,
        ),
        (ALONE, clue(ClueKind.LOG, log_type="gd_send_sms_failure", rung="login"), Owner.UPSTREAM, Confidence.LIKELY),
        (WRONG_USER, clue(ClueKind.SUCCESS, connection="db", rung="login"), Owner.CONFIGURATION, Confidence.GUESS),
        (LOCKED, clue(ClueKind.NOT_ALLOWED), Owner.THROTTLED, Confidence.CERTAIN),
        (LOCKED, clue(ClueKind.ALLOWED), Owner.THROTTLED, Confidence.CERTAIN),
        (ALONE, clue(ClueKind.LOG, "a_new_type", log_type="a_new_type"), Owner.UNKNOWN, Confidence.GUESS),
    ],
)
def test_fact_changes_what_its_row_says_and_is_told(
    told: str, found: Clue, owner: Owner, confidence: Confidence
) -> None:
    without, with_it = cause(told), cause(told, found)

    assert (with_it.owner, with_it.confidence) == (owner, confidence)
    assert with_it.sentence != without.sentence
    better = with_it.owner is not without.owner
    assert with_it.sentence.startswith(
        without.sentence.partition(". Likely cause: ")[0] if better else without.sentence
    )
    assert ("Likely cause" in with_it.sentence) is ("Likely cause" in without.sentence and not better)
    assert (with_it.rule, with_it.status, with_it.verdicts) == (without.rule, without.status, without.verdicts)


@pytest.mark.parametrize(
    "found",
    [
        Clue("staging", ClueKind.CONNECTION_GONE, "of another tenant", connection="db"),
        clue(ClueKind.CONNECTION_GONE, "of another connection", connection="other"),
        clue(ClueKind.ACTION, "for machines", rung="machine"),
        clue(ClueKind.LOG, "of a machine", log_type="feccft", rung="machine"),
        clue(ClueKind.LOG, "of a refresh", log_type="fertft", rung="refresh"),
        clue(ClueKind.STREAM, "a stream"),
        clue(ClueKind.DEPRECATED, "a feature"),
        clue(ClueKind.LATE, "logs are late"),
        clue(ClueKind.UNASKED, "no scope"),
        clue(ClueKind.NOT_ALLOWED, "not on the list"),
        clue(ClueKind.RULES, "1 Rule"),
        Clue("prod", "of-a-later-version", "whatever"),
    ],
)
def test_fact_about_something_else_changes_nothing(found: Clue) -> None:
    assert cause(BREAKS, found) == cause(BREAKS)


def test_outage_of_this_machine_is_never_called_anybody_elses() -> None:
    broken = "discovery:ProxyRefused~:none"

    assert cause(broken, clue(ClueKind.ACTION), clue(ClueKind.CONNECTION_GONE)) == cause(broken)


def test_owner_changes_only_where_the_fact_is_about_all_that_the_cause_explains() -> None:
    both = "login/db:Refused:403:invalid_grant login/other:Refused:403:invalid_grant discovery machine"
    gone = clue(ClueKind.CONNECTOR_OFFLINE, "the connector of db is offline", connection="db")
    found = cause(both, gone)

    assert found.owner is Owner.CONFIGURATION
    assert found.sentence.endswith("the connector of db is offline")
    assert cause(both, gone, replace(gone, connection="other")).owner is Owner.UPSTREAM


def test_several_tenants_are_named_where_one_of_them_is_meant() -> None:
    told = f"{WRONG_USER} eu@login/db:Refused:403:invalid_grant eu@discovery eu@machine"
    found = cause(told, clue(ClueKind.USER_BLOCKED, "the user is blocked", connection="db"))

    assert found.owner is Owner.CONFIGURATION
    assert "; at prod the user is blocked" in found.sentence


def test_block_that_follows_a_wrong_password_leaves_the_password_as_the_cause_and_both_are_said() -> None:
    blocked = clue(ClueKind.USER_BLOCKED, "brute-force protection blocks the synthetic user", connection="db")
    entry = clue(ClueKind.LOG, 'the password is wrong (fp): "Wrong email."', log_type="fp", rung="login")
    found, other = cause(WRONG_USER, blocked, entry), cause(LOCKED, blocked, entry)

    assert (found.owner, found.confidence) == (Owner.CONFIGURATION, Confidence.CERTAIN)
    said = (
        "Likely cause: a wrong user name or password; brute-force protection blocks the synthetic user, as it does"
        ' after wrong passwords; Auth0\'s log says the password is wrong (fp): "Wrong email."'
    )
    assert found.sentence.endswith(said)
    assert (other.owner, other.confidence) == (Owner.THROTTLED, Confidence.CERTAIN), "the answer names the block"
    assert "the password is wrong (fp)" in other.sentence


def test_log_of_a_connection_is_no_clue_to_a_login_without_one_where_another_cause_explains_it() -> None:
    log = clue(ClueKind.LOG, 'it failed (fepft): "ECONNREFUSED"', connection="db", rung="login", log_type="fepft")
    run = run_of("login:Refused:403:access_denied:no~entry login/db:WrongAnswer:500:server_error discovery machine")
    named_none = replace(run.verdicts[0], id="test_login.py::test_it[prod:password]", target="prod:password")
    both = replace(run, verdicts=(named_none, *run.verdicts[1:]), clues=(log,))
    alone = replace(both, verdicts=(named_none, *run.verdicts[2:]))

    assert {each.verdicts: "ECONNREFUSED" in each.sentence for each in diagnose(both).causes} == {
        (named_none.id,): False,
        (run.verdicts[1].id,): True,
    }
    assert ["ECONNREFUSED" in each.sentence for each in diagnose(alone).causes] == [True]


def test_what_the_answer_said_is_not_said_twice() -> None:
    told = "machine:Misconfigured~:400:invalid_scope:not~before~noon"
    found = cause(told, clue(ClueKind.LOG, 'feccft "Not before noon"', log_type="feccft", rung="machine"))

    assert found.sentence.lower().count("not before noon") == 1


def test_surest_row_comes_first_and_at_most_three_facts_are_said() -> None:
    entries = [clue(ClueKind.LOG, f'fepft "number {n}"', log_type="fepft") for n in range(5)]
    found = cause(BREAKS, *entries, clue(ClueKind.CONNECTION_GONE, "no such connection", connection="db"))

    assert found.owner is Owner.CONFIGURATION
    assert found.sentence.count("number") == 2
    assert found.sentence.index("no such connection") < found.sentence.index("number 0")


class TestRulesThatStopped:
    def test_rules_that_are_left_are_the_first_thing_said(self) -> None:
        found = cause(CLAIMS, clue(ClueKind.RULES, "1 Rule (add-roles)"), started="2029-01-01T00:00:00Z")

        assert found.sentence.startswith(
            "Auth0 stopped running Rules and Hooks on 2026-11-18, and the tenant still has"
        )
        assert "1 Rule (add-roles)" in found.sentence
        assert found.owner is Owner.EXTENSION
        assert diagnose(replace(run_of(CLAIMS), clues=(clue(ClueKind.RULES, "1 Rule"),))).sentence.startswith(
            "Auth0 stopped"
        )

    @pytest.mark.parametrize("started", ["2026-11-18T00:00:00Z", "2026-11-28T10:00:00Z", "2027-05-01T00:00:00Z"])
    def test_the_date_alone_is_told_for_half_a_year(self, started: str) -> None:
        assert "stopped running Rules and Hooks on 2026-11-18" in cause(CLAIMS, started=started).sentence

    @pytest.mark.parametrize("started", ["2026-11-17T23:59:59Z", "2027-06-01T00:00:00Z", "", "yesterday"])
    def test_the_date_is_not_told_before_it_nor_for_ever(self, started: str) -> None:
        assert "Rules" not in cause(CLAIMS, started=started).sentence

    def test_a_tenant_that_had_none_is_not_told_of_them(self) -> None:
        none = clue(ClueKind.NO_RULES, "the tenant has no Rules")

        assert "Rules" not in cause(CLAIMS, none, started="2026-11-28T10:00:00Z").sentence

    def test_other_causes_do_not_hear_of_the_date(self) -> None:
        assert "Rules" not in cause(BREAKS, started="2026-11-28T10:00:00Z").sentence


def test_diagnosis_is_the_same_from_the_file() -> None:
    run = replace(run_of(BREAKS), clues=(clue(ClueKind.CONNECTION_GONE, connection="db"),))

    assert diagnose(Run.from_dict(run.to_dict())) == diagnose(run)


def test_every_type_of_log_with_an_owner_has_a_row_and_every_row_is_in_the_docs() -> None:
    text = (ROOT / "docs/diagnosis.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- amendments -->\n(.*?)\n<!-- /amendments -->", text, re.DOTALL)
    command = [sys.executable, "-m", "monitor.diagnosis.amendments"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    named = {each for row in amendments.AMENDMENTS for each in row.log_types}

    assert named == {name for name, each in FAILURES.items() if each.owner}
    assert shown, "docs/diagnosis.md has no table of what Auth0 knows"
    assert f"{shown[1]}\n" == f"{amendments.table()}\n" == ran.stdout


def test_every_type_of_log_is_said_in_words_and_owned_by_an_owner_or_by_nobody() -> None:
    for name, known in FAILURES.items():
        assert type(known.says) is str, name
        assert " " in known.says, name
        assert known.owner is None or type(known.owner) is Owner, name
