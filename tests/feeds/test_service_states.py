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
from monitor.feeds import checkmk, icinga, passive, service_states
from monitor.feeds.feed_settings import FeedSettings, Unsent
from monitor.feeds.sending import Courier
from monitor.secrets import Scrubber
from monitor.verdict import Run
from tests.feeds import made, readers
from tests.feeds.conftest import Command
from tests.reports import runs

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
