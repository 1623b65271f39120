"""Nothing that is written holds a secret, however loud pytest is told to be."""

from __future__ import annotations

from pathlib import Path

import pytest

import sandbox
from sandbox.box import Sandbox
from tests.canaries import found, leaks
from tests.suite import ROOT, Performance, configured, perform

LOUD = ("--showlocals", "--tb=long", "-vv", "-rA", "--log-level=DEBUG", "-o", "log_cli=true", "--full-trace")
QUIET_THREADS = ("--log-cli-level=WARNING",)
"""While a line of a live log is written, pytest captures nothing, whoever prints then: so no other thread may log."""

BREAKING = """
import pytest

@pytest.mark.each("login")
def test_that_breaks(login, tenant, target):
    \"\"\"Is everything in a frame's arguments and locals scrubbed, also cut in the middle?\"\"\"
    token, secret = login.access_token.get_secret_value(), tenant.variables.client_secret.get_secret_value()
    halves = [token[: len(token) // 2], token[40:90], secret[5:30], target.password.get_secret_value()[3:]]
    print(token, secret, halves)
    import base64, html, json, logging
    from urllib.parse import quote_plus
    for each in (token, secret, target.password.get_secret_value(), target.username + secret):
        entities = "".join(f"&#{ord(letter)};" for letter in each)
        escapes = "".join(f"\\\\u{ord(letter):04X}" for letter in each)
        coded = quote_plus(each).lower(), quote_plus(quote_plus(each)), each.encode().hex(), each.upper()
        print(*coded, entities, html.escape(entities), escapes, json.dumps(json.dumps({"a": each})))
        print(base64.b64encode(each.encode()).decode(), base64.b64encode(quote_plus(each).encode()).decode())
    logging.getLogger("loud").warning("token %s secret %r", token, secret)
    assert token == secret + "x", f"{token!r} is not {secret!r}"

@pytest.mark.each("login")
def test_that_raises(login, tenant):
    \"\"\"And in a foreign exception's message?\"\"\"
    raise KeyError(login.id_token.get_secret_value(), tenant.variables.client_secret.get_secret_value())
"""


@pytest.mark.parametrize(
    ("fault", "workers"),
    [
        ("claim-wrong-type", ()),
        ("forged-signature", ("-n", "2")),
        ("unicode-error", ()),
        ("json-array", ()),
        ("json-array", ("-n", "2")),
    ],
    ids=lambda value: value if isinstance(value, str) else "workers" if value else "alone",
)
def test_loud_run_writes_no_secret(fault: str, workers: tuple[str, ...], tmp_path: Path) -> None:
    own = ("--junitxml", str(tmp_path / "reports" / "own.xml"), "--html", str(tmp_path / "reports" / "own.html"))
    with sandbox.start([fault]) as box:
        performance = perform(tmp_path / "reports", configured(box, tmp_path), *LOUD, *workers, *own)

        assert performance.code == 1
        assert len(performance.written) >= 6
        assert leaks(performance, box) == []


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_probe_that_shows_pytest_every_secret_writes_none(workers: tuple[str, ...], tmp_path: Path) -> None:
    probes = tmp_path / "suite" / "tests_synthetic"
    probes.mkdir(parents=True)
    (probes / "test_breaking.py").write_text(BREAKING)
    for name in ("monitor", "sandbox", "conftest.py", "pytest.ini"):
        (tmp_path / "suite" / name).symlink_to(ROOT / name)
    with sandbox.start() as box:
        loud = (*LOUD, *QUIET_THREADS, *workers)
        performance = perform(tmp_path / "reports", configured(box, tmp_path), *loud, root=tmp_path / "suite")

        statuses = {key[0]: verdict["status"] for key, verdict in performance.verdicts.items()}
        assert statuses == {"that_breaks": "down", "that_raises": "unknown"}, performance.output
        assert "***" in performance.output
        assert leaks(performance, box) == []


@pytest.mark.parametrize("secret", ["password", "login", "test"])
def test_secret_that_is_a_word_of_a_probes_name_blinds_nobody(secret: str, healthy: Sandbox, tmp_path: Path) -> None:
    """The plan and the verdicts are of the same probes, and the run's first lines name the variable."""
    variables = configured(healthy, tmp_path, AUTH0_OTHER_PASSWORD=secret)
    performance = perform(tmp_path / "reports", variables, "-k", "login_hands or wrong_client or test_endpoint")

    assert performance.code == 0, performance.output
    assert {verdict["status"] for verdict in performance.document["verdicts"]} == {"up"}
    assert "AUTH0_OTHER_PASSWORD has a secret that is a word of the monitor's own" in performance.output


def test_canaries_are_found_where_they_are(tmp_path: Path) -> None:
    with sandbox.start() as box:
        box_secrets = [box.environment["AUTH0_CLIENT_SECRET"], *box.handed_out]
        piece = box.environment["AUTH0_CLIENT_SECRET"][7:20]

    assert found({"a file": f"... {piece} ..."}, box_secrets) != []
    assert Performance(0, "", tmp_path).written == {"the terminal": ""}


@pytest.mark.parametrize("fault", ["auth0-incident", "auth0-html", "pages-reset"])
def test_token_in_the_address_of_a_status_page_is_neither_written_nor_remembered(fault: str, tmp_path: Path) -> None:
    secrets = {"STATUS_URL": "feed-t0ken-8f3b1c7d2e6a4f90", "DEPENDENCY_GITHUB_URL": "page-t0ken-0a9b8c7d6e5f4a3b"}
    with sandbox.start([fault]) as box:
        variables = configured(box, tmp_path)
        for name, token in secrets.items():
            address = variables[f"AUTH0_{name}"]
            variables[f"AUTH0_{name}"] = f"{address}{'&' if '?' in address else '?'}token={token}"
        performance = perform(tmp_path / "reports", variables, *LOUD, "-k", "auth0_status or dependencies")
        asked = [each for each in box.asked if each.target == "pages"]

    assert asked, performance.output
    assert "token=***" in (performance.reports / "results.json").read_text()
    assert found(performance.written, secrets.values()) == []
    memory = tmp_path / "memory.sqlite"
    remembered = memory.read_bytes().decode("latin-1") if memory.exists() else ""
    assert found({"the memory": remembered}, secrets.values()) == []
