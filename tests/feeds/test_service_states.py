"""What readers of Nagios' kind are told: their own signs are in no text, unknown is UNKNOWN, and age is told."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from pathlib import Path

import pytest

from monitor import results
from monitor.feeds import checkmk, icinga, passive, readout, service_states
from monitor.feeds.feed_settings import FeedSettings, Unsent
from monitor.feeds.sending import Courier
from monitor.owners import Owner
from monitor.secrets import Scrubber
from monitor.status import Status
from monitor.verdict import Run
from tests.feeds import made, readers
from tests.feeds.conftest import Command
from tests.reports import runs
from tests.wire.servers import Server, answer, saying

SETTINGS = FeedSettings()


def courier(**values: str) -> Courier:
    return Courier.within(values, Scrubber(), 5)


@made.each_run
def test_state_is_unknown_where_the_run_does_not_know_and_its_texts_have_no_signs(run: Run) -> None:
    for state in (*service_states.of_tenants(run), service_states.of_run(run)):
        assert state.code in (0, 1, 2, 3)
        assert run.mode == "live" or state.code == 3
        for text in (state.line, *state.details):
            assert not set("|\\\n\r\x1b") & set(text)
        assert all(re.fullmatch(r"'[^'=|\n]+'=[\d.e+-]+s?;[\d.e+-]*;;0", str(figure)) for figure in state.figures)


@made.each_run
def test_command_of_nagios_is_a_line_that_a_pipe_takes_whole(run: Run) -> None:
    for line in passive.render(run, SETTINGS).splitlines(keepends=True):
        assert len(line) <= passive.BOUND
        assert re.match(rb"\[\d+\] PROCESS_SERVICE_CHECK_RESULT;auth0;auth0 [^;]+;[0-3];[^\n]+\n$", line)


@made.each_run
def test_results_for_icinga_are_json_that_carries_how_long_they_hold(run: Run) -> None:
    for line in icinga.render(run, SETTINGS).splitlines():
        told = json.loads(line)
        assert told["ttl"] == 600
        assert told["exit_status"] in (0, 1, 2, 3)
        assert "auth0_service" in told["filter"], "no name is a part of the filter's program"


@made.each_run
def test_checkmk_gets_a_line_for_each_service(run: Run) -> None:
    pattern = r'[0-3] "auth0 [^"]+" (-|[a-z0-9_]+=[\d.e+-]+(;[\d.e+-]+)?(\|[a-z0-9_]+=[\d.e+-]+(;[\d.e+-]+)?)*) .+'

    for line in checkmk.render(run, SETTINGS).decode().splitlines():
        assert re.fullmatch(pattern, line), line


@pytest.mark.parametrize(
    ("tenant", "target", "code", "said"),
    [
        ("prod", "", 2, "DOWN: it is extension's work"),
        ("prod", made.MAIN, 2, "DOWN: "),
        ("prod", "password-realm:Username-Password-Authentication", 2, "DOWN: "),
        ("staging", "password", 1, "DEGRADED: "),
        ("dev", "", 3, "UNKNOWN: it is runner's work"),
        ("lab", "", 3, "UNKNOWN: 1 probe of 1 not up"),
        ("gone", "", 3, "UNKNOWN: the run asked no tenant gone"),
        ("prod", "gone", 3, "UNKNOWN: the run asked no target gone of prod"),
    ],
)
def test_state_of_a_tenant_and_of_a_target(tenant: str, target: str, code: int, said: str) -> None:
    state = service_states.of_target(made.sick(), tenant, target)

    assert state.code == code
    assert state.line.startswith(said)


def test_whole_run_is_as_its_worst_tenant_and_services_make_it_late_at_worst() -> None:
    ill_page = runs.down("service_reports_no_incident", "dependencies:github", budget=None)

    assert service_states.of_run(made.sick()).code == 2
    assert service_states.of_run(made.well()).code == 0
    assert service_states.of_run(made.told(*made.well().verdicts[:2], ill_page, tenants=("prod",))).code == 1
    assert service_states.of_run(made.told(*made.well().verdicts[:2], runs.unread(), tenants=("prod",))).code == 0
    assert service_states.of_run(runs.run()).code == 3


@pytest.mark.parametrize(("ago", "code"), [(10.0, 0), (299.0, 0), (302.0, 3), (86_400.0, 3), (-200.0, 0), (-400.0, 3)])
def test_run_that_is_too_old_or_lies_ahead_is_unknown(ago: float, code: int) -> None:
    run = made.well(ago=ago)

    aged = service_states.aged(service_states.of_run(run), run, time.time(), 300)
    assert aged.code == code
    assert aged.line.startswith("UNKNOWN: " if code else "UP: ")


def test_run_whose_time_is_none_is_unknown() -> None:
    from dataclasses import replace

    run = replace(made.well(), started="2026-02-31T00:00:00Z")

    assert service_states.aged(service_states.of_run(run), run, time.time(), 300).code == 3


def test_many_nodes_do_not_crowd_out_the_logins() -> None:
    nodes = [runs.verdict("node_says_ok", f"prod:10.0.0.{number}", kind="dedicated") for number in range(60)]
    run = made.told(*nodes, made.well().verdicts[0], tenants=("prod",))
    names = [figure.name for figure in service_states.of_target(run, "prod").figures]

    assert made.MAIN in names
    assert len(names) < 60


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (("--tenant", "staging"), 1),
        (("--tenant", "dev"), 3),
        (("--max-age", "1s"), 3),
        (("--max-age", "soon"), 3),
        (("--invented",), 3),
        (("--target", "x"), 3),
    ],
)
def test_plugin_ends_with_0_to_3_and_what_goes_wrong_is_unknown(
    arguments: tuple[str, ...], code: int, tmp_path: Path, command: Command
) -> None:
    results.write(tmp_path / "results.json", made.sick(ago=5))

    ran = command("nagios", str(tmp_path), *arguments, env={})
    assert ran.returncode == code, ran.stdout
    assert ran.stdout.split(":")[0] in ("DOWN", "DEGRADED", "UNKNOWN")
    assert ran.stderr == ""


@pytest.mark.parametrize("content", [None, "{", "[]", '{"schema": 9}'])
def test_plugin_that_cannot_read_a_run_is_unknown(content: str | None, tmp_path: Path, command: Command) -> None:
    if content is not None:
        (tmp_path / "results.json").write_text(content, encoding="utf-8")

    ran = command("nagios", str(tmp_path / "results.json"), env={})
    assert ran.returncode == 3
    assert ran.stdout.startswith("UNKNOWN: ")


def test_plugin_that_breaks_is_unknown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from monitor.feeds import nagios_plugin

    monkeypatch.setattr(results, "read", lambda _: 1 // 0)

    assert nagios_plugin.main([]) == 3
    assert capsys.readouterr().out == "UNKNOWN: the plugin itself failed (ZeroDivisionError)\n"


def test_command_file_is_written_line_by_line_to_whoever_reads(tmp_path: Path) -> None:
    pipe = tmp_path / "nagios.cmd"
    os.mkfifo(pipe)
    came: list[bytes] = []
    reader = threading.Thread(target=lambda: came.append(pipe.read_bytes()), daemon=True)
    reader.start()
    said = readers.until(lambda: _sent(pipe), "nobody reads")
    reader.join(10)

    assert said == "5 results written"
    assert came == [passive.render(_SICK, SETTINGS)]


_SICK = made.sick()


def _sent(pipe: Path) -> str:
    try:
        return passive.send(_SICK, SETTINGS, courier(AUTH0_FEED_NAGIOS_FILE=str(pipe)))
    except Unsent as error:
        raise ValueError(str(error)) from None


def test_command_file_that_nobody_reads_or_that_is_none_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()

    for name, why in (("pipe", "does Nagios run"), ("file", "is no pipe"), ("nothing", "does Nagios run")):
        with pytest.raises(Unsent, match=why):
            passive.send(_SICK, SETTINGS, courier(AUTH0_FEED_NAGIOS_FILE=str(tmp_path / name)))
    assert (tmp_path / "file").read_bytes() == b""


def test_spool_file_is_as_old_as_its_run_and_named_by_how_long_it_holds(tmp_path: Path) -> None:
    run = made.sick(ago=100, seconds=10.0)
    said = checkmk.send(run, SETTINGS, courier(AUTH0_FEED_CHECKMK_FOLDER=str(tmp_path)))

    (file,) = tmp_path.iterdir()
    assert (said, file.name) == ("5 services written", "600_auth0")
    assert file.stat().st_mtime == pytest.approx(time.time() - 90, abs=30)
    assert file.stat().st_mode & 0o777 == 0o644
    assert file.read_bytes() == b"<<<local:sep(0)>>>\n" + checkmk.render(run, SETTINGS)
    with pytest.raises(Unsent, match="spool folder"):
        checkmk.send(run, SETTINGS, courier(AUTH0_FEED_CHECKMK_FOLDER=str(tmp_path / "nowhere")))


def test_run_that_is_too_old_is_not_sent_to_icinga() -> None:
    with pytest.raises(Unsent, match="too old"):
        icinga.send(made.sick(ago=700), SETTINGS, courier(AUTH0_FEED_ICINGA_URL="http://127.0.0.1:1"))


@pytest.mark.parametrize("ended", ["running", "interrupted: SIGTERM", "unfinished"])
def test_run_that_did_not_finish_is_told_as_incomplete_and_one_that_did_is_not(ended: str) -> None:
    run = made.sick()
    for part in (run, made.sick(ended=ended)):
        told = f"run of {part.started}" + (f", incomplete: {ended}" if part is not run else "")
        for state in (*service_states.of_tenants(part), service_states.of_run(part)):
            assert state.details[-1] == told


@pytest.mark.parametrize(("status", "code"), [("up", 0), ("degraded", 1), ("down", 1), ("unknown", 0)], ids=str)
def test_page_of_a_service_makes_the_whole_late_at_worst(status: str, code: int) -> None:
    page = runs.verdict("service_reports_no_incident", "dependencies:github", budget=None, status=Status(status))

    assert service_states.of_run(made.told(*made.well().verdicts[:2], page, tenants=("prod",))).code == code


def test_run_that_asked_services_alone_is_as_they_are() -> None:
    page = runs.down("service_reports_no_incident", "dependencies:github", budget=None)

    assert service_states.of_run(made.told(page, tenants=())).code == 2


@pytest.mark.parametrize(
    ("run", "line"),
    [
        (made.well(), "UP: 4 probes up"),
        (made.told(runs.down(), runs.verdict("other")), "DOWN: 1 probe of 2 not up"),
        (made.told(runs.skipped()), "UNKNOWN: nothing was judged"),
        (
            made.sick(),
            "DOWN: it is extension's work / and /n no other's (extension, likely); 2 other causes",
        ),
    ],
    ids=["well", "no cause", "nobody asked", "three causes"],
)
def test_line_says_the_worst_cause_and_how_many_others_or_what_there_is_instead(run: Run, line: str) -> None:
    assert service_states.of_run(run).line == line


def test_line_of_one_cause_speaks_of_no_other() -> None:
    (prod,) = [each for each in service_states.of_tenants(made.sick()) if each.service == "auth0 prod"]

    assert prod.line == "DOWN: it is extension's work / and /n no other's (extension, likely)"
    assert prod.details[:3] == (
        "down, extension, likely: it is extension's work / and /n no other's",
        "next: docs/runbook.md#connection",
        "probes: login_hands_out_tokens [password-realm:Username-Password-Authentication]",
    )


def test_details_have_the_three_worst_causes_and_eight_probes_at_most() -> None:
    ill = [runs.down(f"probe_{number}") for number in range(10)]
    causes = tuple(made.cause(Owner.EXTENSION, Status.DOWN, each, rule=each.probe) for each in ill)
    (state,) = service_states.of_tenants(made.told(*ill, causes=causes))

    assert sum(each.startswith("next: ") for each in state.details) == 3
    (probes,) = [each for each in state.details if each.startswith("probes: ")]
    assert probes == f"probes: {', '.join(each.probe for each in ill[:8])} and 2 more"
    assert state.line.endswith("; 9 other causes")


def test_well_state_has_no_list_of_probes_that_are_not_up() -> None:
    for state in service_states.of_tenants(made.well()):
        assert [each.partition(":")[0] for each in state.details] == [f"run of {made.well().started[:13]}"]


def test_figures_are_the_counts_and_the_slowest_right_answer_of_each_target() -> None:
    run = made.told(
        runs.verdict(target="prod:a", seconds=0.5, budget=3.0),
        runs.verdict("again", "prod:a", seconds=1.25, budget=2.0),
        runs.verdict("quick", "prod:a", seconds=0.1, budget=1.0),
        runs.degraded(target="prod:b", seconds=4.2, budget=3.0),
        runs.down(target="prod:c", seconds=9.0),
        runs.verdict("free", "prod:d", budget=None),
        runs.unknown(target="prod"),
    )
    (state,) = service_states.of_tenants(run)

    assert [str(each) for each in state.figures] == [
        "'probes up'=4;;;0",
        "'probes degraded'=1;;;0",
        "'probes down'=1;;;0",
        "'probes unknown'=1;;;0",
        "'probes skipped'=0;;;0",
        "'prod:a'=1.250s;2;;0",
        "'prod:b'=4.200s;3;;0",
    ]


def test_thirty_targets_have_a_figure_and_nodes_are_the_first_to_have_none() -> None:
    nodes = [runs.verdict("node_says_ok", f"prod:10.0.0.{number}", kind="dedicated") for number in range(20)]
    logins = [runs.verdict(target=f"prod:login-{number}") for number in range(20)]
    (state,) = service_states.of_tenants(made.told(*nodes, *logins, tenants=("prod",)))

    timed = [each.name for each in state.figures if each.unit == "s"]
    assert timed == [f"prod:login-{number}" for number in range(20)] + [f"prod:10.0.0.{number}" for number in range(10)]


def test_state_of_a_target_has_its_own_probes_and_parts_and_causes_alone() -> None:
    ill, late = runs.down(target="prod:corp"), runs.degraded(target="prod:corporate")
    causes = (made.cause(Owner.CONFIGURATION, Status.DEGRADED, late), made.cause(Owner.EXTENSION, Status.DOWN, ill))
    run = made.told(ill, runs.verdict("part", "prod:corp:mia"), late, causes=causes)
    state = service_states.of_target(run, "prod", "corp")

    assert (state.service, state.code) == ("auth0 prod:corp", 2)
    assert state.line == "DOWN: it is extension's work / and /n no other's (extension, likely)"
    assert {each.name for each in state.figures} >= {"prod:corp:mia"}
    assert "prod:corporate" not in {each.name for each in state.figures}
    assert sum(each.value for each in state.figures if each.name.startswith("probes ")) == 2
    assert service_states.of_target(run, "prod", "corporate").line.startswith("DEGRADED: it is configuration's work")


def test_target_that_was_not_asked_is_answered_with_those_that_were() -> None:
    state = service_states.of_target(made.sick(), "staging", "corp")

    assert state.service == "auth0 staging"
    assert state.line == "UNKNOWN: the run asked no target corp of staging; there are staging, password"


@pytest.mark.parametrize("mode", ["sandbox", "drill"])
@pytest.mark.parametrize(("tenant", "target"), [("prod", ""), ("prod", made.MAIN), ("", "")])
def test_state_of_no_real_tenant_is_unknown_and_says_what_the_run_said(mode: str, tenant: str, target: str) -> None:
    run = made.sick(mode=mode)
    state = service_states.of_target(run, tenant, target) if tenant else service_states.of_run(run)

    assert state.code == 3
    assert state.line.startswith(f"UNKNOWN: {mode.upper()}: ")
    assert "the run said DOWN: it is extension's work" in state.line


def test_age_is_a_figure_that_warns_from_where_the_run_is_believed_no_more() -> None:
    run = made.well(ago=0)
    began = readout.ended(run) or 0.0
    began -= run.seconds
    state = service_states.of_run(run)

    assert str(service_states.aged(state, run, began + 42.4, 300).figures[-1]) == "'age'=42.000s;300;;0"
    assert service_states.aged(state, run, began + 300, 300).code == 0
    old = service_states.aged(state, run, began + 301, 300)
    assert (old.code, old.figures[-1].name) == (3, "age")
    assert old.line.startswith("UNKNOWN: no run for ")
    assert old.line.endswith("; the run said UP: 4 probes up")
    ahead = service_states.aged(state, run, began - 301, 300)
    assert (ahead.code, [each.name for each in ahead.figures if each.name == "age"]) == (3, [])


@pytest.mark.parametrize(
    ("tenant", "service"),
    [("prod", "auth0 prod"), ("a'b|c;d", "auth0 a_b_c_d"), ("", "auth0 suite")],
)
def test_service_is_called_as_its_tenant_without_the_signs_of_a_reader(tenant: str, service: str) -> None:
    assert service_states.service_name(tenant) == service


def test_plugin_prints_the_line_with_its_figures_and_then_the_details(tmp_path: Path, command: Command) -> None:
    run = made.sick(ago=5)
    results.write(tmp_path / "results.json", run)
    first, *more = command("nagios", str(tmp_path), "--tenant", "prod", env={}).stdout.splitlines()
    (state,) = [each for each in service_states.of_tenants(run) if each.service == "auth0 prod"]

    line, bar, figures = first.partition(" | ")
    assert (line, bar) == (state.line, " | ")
    assert figures.startswith("'probes up'=1;;;0 'probes degraded'=0;;;0 'probes down'=1;;;0 ")
    assert re.search(r" 'age'=\d+\.000s;600;;0$", figures)
    assert tuple(more) == state.details


def test_plugin_tells_of_a_target_alone_and_states_why_it_cannot(tmp_path: Path, command: Command) -> None:
    results.write(tmp_path / "results.json", made.sick(ago=5))

    late = command("nagios", str(tmp_path), "--tenant", "staging", "--target", "password", env={})
    assert (late.returncode, late.stdout.split(":")[0]) == (1, "DEGRADED")
    alone = command("nagios", str(tmp_path), "--target", "password", env={})
    assert (alone.returncode, alone.stdout) == (3, "UNKNOWN: --target needs --tenant; --help says what there is\n")
    missing = command("nagios", str(tmp_path / "nowhere.json"), env={})
    assert (missing.returncode, " | " in missing.stdout) == (3, False)


def test_run_of_the_plugin_is_believed_for_ten_minutes_unless_said_otherwise(tmp_path: Path, command: Command) -> None:
    results.write(tmp_path / "results.json", made.well(ago=450))

    assert command("nagios", str(tmp_path), env={}).returncode == 0
    assert command("nagios", str(tmp_path), "--max-age", "5m", env={}).returncode == 3
    results.write(tmp_path / "results.json", made.well(ago=700))
    assert command("nagios", str(tmp_path), env={}).returncode == 3
    assert command("nagios", str(tmp_path), "--max-age", "1h", env={}).returncode == 0


def test_command_of_nagios_has_the_end_of_the_run_its_host_the_line_the_figures_and_the_details() -> None:
    run = made.sick(ago=100, seconds=10.0)
    lines = passive.render(run, FeedSettings(host="login.acme")).decode().splitlines()
    (prod,) = [each for each in service_states.of_tenants(run) if each.service == "auth0 prod"]

    (line,) = [each for each in lines if ";auth0 prod;" in each]
    head, _, said = line.partition(";2;")
    assert head == f"[{int(readout.ended(run) or 0)}] PROCESS_SERVICE_CHECK_RESULT;login.acme;auth0 prod"
    assert said == f"{prod.line} | {' '.join(map(str, prod.figures))}\\n" + "\\n".join(prod.details)


def test_semicolon_of_a_sentence_does_not_end_the_output_at_nagios() -> None:
    (line,) = [each for each in passive.render(made.sick(), SETTINGS).splitlines() if b";auth0 dev;" in each]
    assert line.count(b";") >= 4
    many = [runs.down(f"probe_{number}") for number in range(2)]
    causes = tuple(made.cause(Owner.EXTENSION, Status.DOWN, each, rule=each.probe) for each in many)
    command = passive.render(made.told(*many, causes=causes), SETTINGS).decode()

    assert command.partition(" | ")[0].split(";")[-1].endswith("(extension, likely), 1 other cause")


def test_command_that_is_full_leaves_room_for_the_details_beside_its_figures() -> None:
    logins = [runs.verdict(target=f"prod:{number}-{'x' * 60}") for number in range(30)]
    ill = runs.down(target="prod:ill")
    run = made.told(*logins, ill, causes=(made.cause(Owner.EXTENSION, Status.DOWN, ill),), tenants=("prod",))
    (line,) = passive.render(run, SETTINGS).decode().splitlines()
    output, *details = line.split("\\n")

    assert 1_900 < len(output) <= passive.BOUND // 2
    assert details[0].startswith("down, extension, likely: ")
    assert details[-1] == f"run of {run.started}"


def test_result_for_icinga_has_the_times_of_its_run_and_what_a_service_shows() -> None:
    run = made.sick(ago=100, seconds=10.0)
    told = [json.loads(line) for line in icinga.render(run, FeedSettings(host="login.acme")).splitlines()]
    (prod,) = [each for each in service_states.of_tenants(run) if each.service == "auth0 prod"]

    (one,) = [each for each in told if each["filter_vars"]["auth0_service"] == "auth0 prod"]
    ended = readout.ended(run)
    assert ended is not None
    assert one == {
        "type": "Service",
        "filter": "host.name == auth0_host && service.name == auth0_service",
        "filter_vars": {"auth0_host": "login.acme", "auth0_service": "auth0 prod"},
        "exit_status": 2,
        "plugin_output": "\n".join([prod.line, *prod.details]),
        "performance_data": [str(each) for each in prod.figures],
        "check_source": "auth0-synthetic-monitoring",
        "ttl": 600,
        "execution_start": ended - 10.0,
        "execution_end": ended,
    }


def test_result_for_icinga_holds_only_as_long_as_its_run_is_believed() -> None:
    with Server(saying(answer(200, b'{"results":[{"code":200}]}'))) as server:
        values = {"AUTH0_FEED_ICINGA_URL": server.url, "AUTH0_FEED_ICINGA_KEY": "u:p"}
        said = icinga.send(made.sick(ago=500), SETTINGS, courier(**values))

    assert said == "5 results sent"
    for request in server.requests:
        head, _, body = request.partition("\r\n\r\n")
        assert head.startswith("POST /v1/actions/process-check-result ")
        assert "accept: application/json" in head.lower(), "without it Icinga answers with a page"
        assert 60 < json.loads(body)["ttl"] <= 100


@pytest.mark.parametrize(
    ("status", "body", "lacks"),
    [
        (404, b'{"error":404,"status":"No objects found."}', True),
        (500, b'{"results":[]}', True),
        (200, b'{"results":[]}', True),
        (404, b"no", False),
        (500, b'{"error":500}', False),
    ],
    ids=["404", "500 and no result", "200 and no result", "404 of another", "500"],
)
def test_service_that_icinga_lacks_is_told_of_with_the_cure_and_nothing_else_is_taken_for_it(
    status: int, body: bytes, *, lacks: bool
) -> None:
    with Server(saying(answer(status, body))) as server, pytest.raises(Unsent) as refused:
        icinga.send(made.well(), SETTINGS, courier(AUTH0_FEED_ICINGA_URL=server.url))

    assert ("the host auth0 lacks a service" in str(refused.value)) is lacks
    assert ("docs/nagios.md" in str(refused.value)) is lacks


def test_line_of_checkmk_has_each_figure_by_a_plain_name_with_its_bound_and_the_details() -> None:
    run = made.told(
        runs.verdict(target="prod:My Login", seconds=0.5),
        runs.verdict("b", "prod:my_login", seconds=9.0),
    )
    (state,) = service_states.of_tenants(run)
    (line,) = checkmk.render(run, SETTINGS).decode().splitlines()

    counts = "probes_up=2|probes_degraded=0|probes_down=0|probes_unknown=0|probes_skipped=0"
    said = "\\n".join([state.line, *state.details])
    assert line == f'0 "auth0 prod" {counts}|prod_my_login=0.5;3 {said}'
