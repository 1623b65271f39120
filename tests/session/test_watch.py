"""What a session watches: who is configured, or the sandbox, which is started only when it is needed."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from monitor.configuration.targets import Account, Login, Tenant
from monitor.secrets import MASK
from monitor.session.watch import ANNOUNCEMENT, SANDBOX, Watch, question
from monitor.transactions import endpoints, pages
from monitor.transactions.engine import Performed, Transaction

SANDBOXED = {
    "AUTH0_DOMAIN": "https://127.0.0.1:1",
    "AUTH0_CLIENT_ID": "c",
    "AUTH0_USERNAME": "u",
    "AUTH0_PASSWORD": "the-sandbox-password",
    "SSL_CERT_FILE": "authority.pem",
}


def live(monkeypatch: pytest.MonkeyPatch, root: Path, **variables: str) -> Watch:
    for name, value in {"DOMAIN": "acme.invalid", **variables}.items():
        monkeypatch.setenv(f"AUTH0_{name}", value)
    return Watch(root)


def never() -> Mapping[str, str]:
    return pytest.fail("the sandbox was started")


class TestSandbox:
    def test_nothing_configured_is_the_sandbox_and_is_announced(self, tmp_path: Path) -> None:
        watch = Watch(tmp_path)
        watch.sandbox = never

        assert (watch.mode, watch.names) == (SANDBOX, (SANDBOX,))
        assert tuple(watch.headline()) == ANNOUNCEMENT
        assert watch.environment == {}
        watch.stop()

    def test_sandbox_is_started_once_and_when_its_tenants_are_asked_for(self, tmp_path: Path) -> None:
        started: list[str] = []

        def start() -> Mapping[str, str]:
            started.append("once")
            return SANDBOXED

        watch = Watch(tmp_path)
        watch.sandbox = start

        assert watch.rows("tenant")[1] == watch.rows("tenant")[1] == [SANDBOX]
        assert watch.tenants[0].url == "https://127.0.0.1:1"
        assert started == ["once"]
        assert watch.scrub("the-sandbox-password") == MASK

    def test_tuning_holds_in_the_sandbox(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AUTH0_BUDGET", "9")
        watch = Watch(tmp_path)
        watch.sandbox = lambda: SANDBOXED

        assert watch.mode == SANDBOX
        assert watch.tenants[0].variables.budget == 9

    def test_worker_uses_the_controllers(self, tmp_path: Path) -> None:
        watch = Watch(tmp_path, SANDBOXED)
        watch.sandbox = never

        assert watch.tenants[0].variables.client_id == "c"


class TestLive:
    def test_configured_tenant_is_live_also_on_loopback(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        watch = live(monkeypatch, tmp_path, DOMAIN="http://127.0.0.1:1", CLIENT_SECRET="the-client-secret")
        watch.sandbox = never

        assert (watch.mode, watch.names) == ("live", ("127.0.0.1",))
        assert watch.headline() == ["tenants: 127.0.0.1"]
        assert watch.environment == {"AUTH0_CLIENT_SECRET": "set", "AUTH0_DOMAIN": "set"}
        assert watch.tenants == watch.configured.tenants

    def test_many_tenants_are_counted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        own = {f"T{number}_DOMAIN": f"t{number}.invalid" for number in range(11)}
        watch = live(monkeypatch, tmp_path, TENANTS=",".join(f"t{number}" for number in range(11)), **own)

        assert watch.headline() == ["tenants: t0, t1, t2, t3, t4, t5, t6, t7 and 3 more"]

    def test_remarks_are_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / ".env").write_text("'odd\n", encoding="utf-8")

        assert ".env, line 1" in live(monkeypatch, tmp_path).headline()[-1]

    def test_rows_have_names_of_their_own(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        watch = live(monkeypatch, tmp_path, CONNECTIONS="a!,a?,a_", CLIENT_ID="c", USERNAME="u", PASSWORD="pw")

        rows, ids = watch.rows("login")
        assert ids == [f"acme.invalid:password-realm:{each}" for each in ("a_", "a_-2", "a_-3")]
        assert len(rows) == 3

    def test_name_that_was_made_is_not_another_rows(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        watch = live(monkeypatch, tmp_path, CONNECTIONS="a_,a_-2,a!", CLIENT_ID="c", USERNAME="u", PASSWORD="pw")

        ids = watch.rows("login")[1]
        assert len(set(ids)) == 3

    def test_planned_refusal_is_a_candidate_for_the_next_turn(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        watch = live(monkeypatch, tmp_path, CLIENT_ID="c", USERNAME="u", PASSWORD="pw")
        ((row,), _) = watch.rows("stranger")
        assert isinstance(row, Login)

        watch.plan(endpoints.stranger_login, row)
        watch.plan(endpoints.keys, row)

        watch.engine.sampling.wait_for_turn(row.tenant, f"stranger:{row.connection}")
        assert (tmp_path / ".monitor/memory.sqlite").exists()
        assert watch.engine.seen(endpoints.keys, row) == Performed()
        watch.stop()

    def test_blocked_refusal_is_none(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        watch = live(monkeypatch, tmp_path)
        ((row,), _) = watch.rows("stranger")
        watch.plan(endpoints.stranger_login, row)

        with pytest.raises(KeyError):
            watch.engine.performed(endpoints.stranger_login, row)
        watch.stop()

    @pytest.mark.parametrize(
        ("row", "claims", "wanted"),
        [("tenant", '{"a": {}}', []), ("stranger", "", ["jwt"]), ("stranger", '{"a": {}}', ["jwt", "jsonschema_rs"])],
    )
    def test_what_judging_needs_is_fetched_before_and_nothing_else(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, claims: str, wanted: list[str]
    ) -> None:
        named = {"EXPECTED_CLAIMS": claims} if claims else {}
        watch = live(monkeypatch, tmp_path, CLIENT_ID="c", USERNAME="u", PASSWORD="pw", **named)
        (target,) = watch.rows(row)[0]
        watch.plan(endpoints.keys, target)
        fetched: list[str] = []
        with monkeypatch.context() as patch:
            patch.setattr(importlib, "import_module", fetched.append)
            watch.warm_up()
        watch.stop()

        assert fetched == wanted


def test_every_text_in_a_document_is_scrubbed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = live(monkeypatch, tmp_path, PASSWORD="the-password-of-all")
    watch.scrubber.add("the-token-of-prod", "prod")
    document = {"a": ["the-password-of-all", {"b": "the-token-of-prod"}], "c": 1, "d": None}

    assert watch.scrub(document) == {"a": [MASK, {"b": MASK}], "c": 1, "d": None}
    assert watch.scrub(document, Tenant("prod")) == {"a": [MASK, {"b": MASK}], "c": 1, "d": None}
    assert watch.scrub(document, Tenant("other")) == {"a": [MASK, {"b": "the-token-of-prod"}], "c": 1, "d": None}


@pytest.mark.parametrize(
    ("docstring", "line"),
    [(None, ""), ("Is it?", "Is it?"), ("  Is it,\n    or\n not?  ", "Is it, or not?")],
)
def test_question_is_the_docstring_in_one_line(docstring: str | None, line: str) -> None:
    assert question(docstring) == line


SHARED = {
    "CLIENT_ID": "c",
    "USERNAME": "u",
    "PASSWORD": "p",
    "NODES": "10.0.0.1",
    "HEALTH_API_KEY": "k",
    "DEPENDENCIES": "none",
}


class TestTwo:
    """Two of them in one process, of the same tenant by two names: neither has anything of the other."""

    @pytest.fixture
    def two(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Watch, Watch]:
        first = live(monkeypatch, tmp_path, TENANTS="early", **SHARED)
        return first, live(monkeypatch, tmp_path, TENANTS="late", **SHARED)

    @pytest.mark.parametrize(
        ("what", "transaction"),
        [("metric", endpoints.node_metric), ("tenant", pages.uptime_report), ("tenant", pages.uptime_figures)],
        ids=["node", "page", "figures"],
    )
    def test_what_several_tenants_share_is_asked_once_in_each(
        self, two: tuple[Watch, Watch], what: str, transaction: Transaction
    ) -> None:
        for watch in two:
            for row in watch.rows(what)[0]:
                watch.plan(transaction, row)
        found = [watch.engine.place(transaction, watch.rows(what)[0][0]).tenant.name for watch in two]

        assert found == ["early", "late"]

    def test_rows_of_one_are_the_same_and_of_the_other_others(self, two: tuple[Watch, Watch]) -> None:
        (first,), (second,) = (watch.rows("login")[0] for watch in two)
        (account,), _ = two[0].rows("account")

        assert two[0].rows("login")[0] == [first]
        assert isinstance(account, Account)
        assert account.login is first, "or the login would be performed twice"
        assert first is not second

    def test_each_has_an_engine_and_a_memory_of_its_own(self, two: tuple[Watch, Watch]) -> None:
        first, second = (watch.engine for watch in two)

        assert first is not second
        assert first.memory is not second.memory
        assert two[0].judged is not two[1].judged
