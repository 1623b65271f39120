"""Secrets that users write into the wrong place: swapped, joined, misquoted, in an address; whole runs, every file."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from sandbox.box import Sandbox
from tests.canaries import found
from tests.forks import python
from tests.runs import bad_luck
from tests.suite import ROOT, Performance, configured, environment, perform

LOUD = ("-vv", "-rA", "--log-level=DEBUG", "-o", "log_cli=true")
COPIED = ("monitor", "sandbox", "conftest.py", "pytest.ini", "pyproject.toml", "tests_synthetic", "docs", "tests")
SECRET = "testp@ssword-secret99"
TAIL = "ssword-secret99"
PARTS = (SECRET, TAIL)


class Mistaken:
    """A copy of the suite with a ``.env`` of its own, in which caches lie too; what a run of it leaves is searched."""

    def __init__(self, box: Sandbox, folder: Path) -> None:
        self.box, self.folder, self.root = box, folder, folder / "suite"
        self.root.mkdir()
        for name in (
            "monitor",
            "sandbox",
            "conftest.py",
            "pytest.ini",
            "tests_synthetic",
            "docs",
            "tests",
            "pyproject.toml",
        ):
            (self.root / name).symlink_to(ROOT / name)
        self.names = folder / "names"
        self.names.touch()

    def run(self, variables: Mapping[str, str], lines: str = "", *arguments: str) -> Performance:
        if lines:
            (self.root / ".env").write_text(lines)
        given = {**variables, bad_luck.NAMES: str(self.names)}
        cache = ("-p", "cacheprovider", "-o", f"cache_dir={self.folder / 'reports' / 'cache'}")
        luck = ("-p", "tests.runs.bad_luck")
        return perform(self.folder / "reports", given, *luck, *LOUD, *cache, *arguments, root=self.root)

    def doctor(self, variables: Mapping[str, str]) -> str:
        ran = subprocess.run(
            python("-m", "monitor.doctor", "--reports", str(self.folder / "doctors")),
            cwd=self.root,
            env=environment(**variables) | {"PATH": os.environ["PATH"], "GITHUB_REPOSITORY": ""},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return ran.stdout + ran.stderr

    def leaks(self, performance: Performance, *secrets: str) -> list[str]:
        """Where any of these is, in what was written, and in what a name server was asked for."""
        asked = {"names that were asked for": self.names.read_text()}
        whole = [
            f"{secret} in {name}"
            for name, text in (performance.written | asked).items()
            for secret in secrets
            if secret.lower() in text.lower()
        ]
        return whole + found(performance.written | asked, secrets)


@pytest.fixture
def mistaken(healthy: Sandbox, tmp_path: Path) -> Mistaken:
    return Mistaken(healthy, tmp_path)


def of(mistaken: Mistaken, **changed: str | None) -> dict[str, str]:
    """The environment of a user of the sandbox, with what is given changed; None unsets a variable."""
    variables = configured(mistaken.box, mistaken.folder) | changed
    return {name: value for name, value in variables.items() if value is not None}


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("HTTPS_PROXY", "#@proxy.corp:8080"),
        ("https_proxy", "/x@proxy.corp:8080"),
        ("ALL_PROXY", "?@proxy.corp"),
        ("all_proxy", "\\@proxy.corp"),
    ],
)
def test_proxy_whose_password_ends_its_authority_is_refused_before_anybody_is_asked(
    name: str, ending: str, mistaken: Mistaken
) -> None:
    value = f"http://svc:{SECRET}{ending}"
    none = dict.fromkeys(("NO_PROXY", "no_proxy"))
    variables = of(mistaken, AUTH0_DOMAIN="acme.invalid", **{name: value}, **none)

    performance = mistaken.run(variables, "", "-k", "discovery or login or auth0_status")
    told = mistaken.doctor(variables)

    assert performance.code == 1
    reasons = {verdict["reason"] for verdict in performance.verdicts.values() if verdict["status"] != "skipped"}
    assert any(reason.startswith(f"{name}: ") and "%40" in reason and "%23" in reason for reason in reasons)
    assert {verdict["status"] for verdict in performance.verdicts.values()} <= {"unknown", "skipped"}
    assert mistaken.names.read_text() == "", "nobody may be asked for anything"
    assert mistaken.leaks(performance, *PARTS) == []
    assert f"BAD   {name}: " in told
    assert not any(part in told for part in PARTS)


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("STATUS_URL", "#@status.corp"),
        ("STATUS_PAGE", "/x@status.corp/feed"),
        ("UPTIME_URL", "?@status.corp"),
        ("UPTIME_PAGE", "#x@status.corp"),
        ("DEPENDENCY_GITHUB_URL", "/@status.corp"),
        ("DEPENDENCY_GITHUB_PAGE", "?x@status.corp"),
        ("DOMAIN", "#@status.corp"),
        ("NODES", "/x@status.corp:8443"),
    ],
)
def test_address_whose_password_ends_its_authority_costs_its_own_probes(
    name: str, ending: str, mistaken: Mistaken
) -> None:
    variables = of(mistaken, **{f"AUTH0_{name}": f"https://svc:{SECRET}{ending}"})

    performance = mistaken.run(variables, "", "-k", "auth0_status or dependencies or discovery or dedicated")

    reasons = [verdict["reason"] for verdict in performance.verdicts.values() if verdict["status"] == "unknown"]
    assert any(f"AUTH0_{name}: not a" in reason for reason in reasons)
    if name != "DOMAIN":
        assert performance.verdicts["issuer_is_this_tenant", ""]["status"] == "up"
    assert mistaken.leaks(performance, *PARTS) == []


@pytest.mark.parametrize("between", [" ", "", "\\n"], ids=["space", "nothing", "backslash"])
def test_file_that_lost_its_line_ends_shows_nothing_of_what_it_holds(between: str, mistaken: Mistaken) -> None:
    box = mistaken.box.environment
    lines = [
        f"{name}={box[name]}" for name in ("AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET", "AUTH0_USERNAME")
    ]
    lines += ["AUTH0_PASSWORD=correct-horse-battery-staple-1"]
    variables: dict[str, str] = {name: value for name, value in box.items() if not name.startswith("AUTH0_")}

    performance = mistaken.run(variables, between.join(lines) + "\n")
    told = mistaken.doctor(variables)

    assert performance.code == 1
    assert performance.run["tenants"] == ["tenant"]
    unknown = {verdict["reason"] for key, verdict in performance.verdicts.items() if verdict["status"] == "unknown"}
    assert any(reason.startswith("AUTH0_DOMAIN: it looks like more than one setting") for reason in unknown)
    secrets = ("correct-horse-battery-staple-1", box["AUTH0_CLIENT_SECRET"])
    assert mistaken.leaks(performance, *secrets) == []
    assert not any(secret in told for secret in secrets)


@pytest.mark.parametrize(
    ("one", "other"), [("AUTH0_USERNAME", "AUTH0_PASSWORD"), ("AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET")]
)
def test_swapped_variables_are_told_and_written_nowhere(one: str, other: str, mistaken: Mistaken) -> None:
    right = of(mistaken)
    swapped = {one: right[other], other: right[one]}

    performance = mistaken.run(of(mistaken, **swapped), "", "-k", "login or refresh or refusals or profile")
    told = mistaken.doctor(of(mistaken, **swapped))

    assert performance.code == 1
    assert f"REMARK: {one} and {other} look as if" in " ".join(performance.output.split())
    assert f"{one} and {other} look as if" in told
    assert any("look as if" in remark for remark in performance.run["remarks"])
    har = [text for name, text in performance.written.items() if name.endswith(".har")]
    assert any(f"${one}" in text for text in har)
    assert mistaken.leaks(performance, right[other]) == []
    assert right[other] not in told


@pytest.mark.parametrize("quotes", ['"{}"', '{}"', "'{}'", '"{}'])
def test_quotes_around_a_secret_are_told_and_it_is_not(quotes: str, mistaken: Mistaken) -> None:
    password = "correct-horse-battery-staple-1"

    performance = mistaken.run(of(mistaken, AUTH0_PASSWORD=quotes.format(password)), "", "-k", "login")

    assert "AUTH0_PASSWORD" in "".join(performance.run["remarks"])
    assert mistaken.leaks(performance, password) == []


@pytest.mark.parametrize(
    "line",
    [
        'AUTH0_PASSWORD="{}',
        'AUTH0_PASSWORD="{}"x"',
        "AUTH0_PASSWORD:{}=",
        "'{}",
        "AUTH0_PASSWORD='{}\nAUTH0_REGION='EU-1'",
    ],
)
def test_line_that_cannot_be_read_is_told_by_its_number(line: str, mistaken: Mistaken) -> None:
    password = "correct-horse-battery-staple-1"

    performance = mistaken.run(of(mistaken, AUTH0_PASSWORD=None), f"# ours\n{line.format(password)}\n", "-k", "login")

    assert ".env, line 2" in "".join(performance.run["remarks"])
    assert performance.code == 1
    assert mistaken.leaks(performance, password) == []
