"""What status pages are asked, to the letter, and what becomes of their answers. The server is a table by path."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from monitor.configuration.services import SERVICES, Service
from monitor.configuration.targets import Dependency, Target, Tenant
from monitor.configuration.variables import Variables
from monitor.exchange import Exchange
from monitor.failures import ApiFails, Failure, NotServed, Outdated, Unreadable
from monitor.secrets import Scrubber
from monitor.statuspages import FORMATS
from monitor.statuspages.page import Severity
from monitor.statuspages.weighing import Wanted
from monitor.transactions import pages
from monitor.transactions.engine import Engine, Transaction
from monitor.transactions.memory import Memory
from monitor.transactions.pages import RegionUptime, StatusPage
from monitor.transactions.sampling import Sampling
from monitor.wire.door import Door
from tests.statuspages.shown import FOLDER, SHOWN
from tests.wire import servers
from tests.wire.servers import Connection, Server, answer

SUMMARY: dict[str, Any] = {
    "page": {"name": "GitHub", "url": "https://www.githubstatus.com"},
    "status": {"indicator": "none", "description": "All is well"},
    "components": [{"id": "1", "name": "API Requests", "status": "operational", "group": False}],
    "incidents": [],
    "scheduled_maintenances": [],
}
HTML = b"<!doctype html><html><head><title>Sorry</title></head></html>"


def summary(status: str) -> bytes:
    components = [SUMMARY["components"][0] | {"status": status}]
    return json.dumps(SUMMARY | {"components": components}).encode()


def rss(*items: str) -> bytes:
    entries = "".join(f"<item><title>{title}</title><guid>{title}</guid></item>" for title in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Status</title>{entries}</channel></rss>'.encode()


def auth0_feed(*words: str) -> bytes:
    """Auth0's feed, with an incident for each newest word."""
    entries = "".join(
        f"<entry><title>Logins fail</title><id>{number}</id><updated>2026-11-22T01:00:00Z</updated>"
        f'<content type="html">&lt;strong&gt;{word}&lt;/strong&gt; - We know.</content></entry>'
        for number, word in enumerate(words)
    )
    return (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Auth0 Status</title><id>a</id>'
        f"<updated>2026-11-22T01:00:00Z</updated>{entries}</feed>"
    ).encode()


def auth0_home(*, affected: bool | None = None) -> bytes:
    """Auth0's home page, with an incident in EU-1 that affects authentication or not; without one where it is None."""
    well = {"status": "operational", "name": "All Systems Operational", "id": "", "impact": "none"}
    ill = {"status": "investigating", "name": "Logins fail", "id": "i1", "impact": "minor"}
    here = well if affected is None else ill | {"authenticationAffected": affected}
    regions = [
        {"region": region, "environment": "Production", "response": {"uptime": "99.98", "incidents": [told]}}
        for region, told in (("US-1", well), ("EU-1", here))
    ]
    content = json.dumps({"props": {"pageProps": {"activeIncidents": regions}}})
    script = f'<script id="__NEXT_DATA__" type="application/json">{content}</script>'
    return f"<!doctype html><html><head><title>Auth0 Status</title></head><body>{script}</body></html>".encode()


class Web:
    """Status pages by path, and an engine that asks for them."""

    def __init__(self, file: Path) -> None:
        self.answers: dict[str, bytes] = {}
        self.first: dict[str, bytes] = {}  # what is answered once, before all else
        self.server = Server(self._serve)
        self.engine = Engine(Door(Scrubber(), {}), Sampling(None), Scrubber(), memory=Memory(file))

    def _serve(self, connection: Connection) -> None:
        path = connection.receive().split(" ")[1]
        first = self.first.pop(path, None)
        connection.send(first or self.answers.get(path, answer(404, HTML, content_type="text/html")))

    def says(self, path: str, body: bytes, status: int = 200, **headers: Any) -> str:
        """Answer so at this path, whose address is returned."""
        self.answers[path] = answer(status, body, **headers)
        return f"{self.server.url}{path}"

    def ask(self, wanted: Transaction, target: Target) -> Any:
        self.engine.plan(wanted, target)
        self.engine.start()
        performed = self.engine.performed(wanted, target)
        self.engine.done(wanted, target)
        if performed.failure:
            raise performed.failure
        return performed.brought

    def page(self, service: Service, *, private: bool = False) -> StatusPage:
        stand_in = Tenant("dependencies", variables=Variables(domain="dependencies.invalid", page_timeout=2))
        found: StatusPage = self.ask(pages.dependency_page, Dependency(stand_in, service, private))
        return found

    def unread(self, service: Service) -> str:
        with pytest.raises(Unreadable) as raised:
            self.page(service)
        return raised.value.reason

    def github(self, body: bytes | None = None, **headers: Any) -> Service:
        address = self.says("/api/v2/summary.json", summary("operational") if body is None else body, **headers)
        return replace(SERVICES["github"], address=address)

    def tenant(self, **variables: str) -> Tenant:
        url = self.server.url
        given = {"status_url": f"{url}/feed?domain={{domain}}", "status_page": f"{url}/", "uptime_url": f"{url}/uptime"}
        given |= {"uptime_page": f"{url}/report", "region": "EU-*"} | variables
        made = Variables.model_validate({"domain": "acme.eu.auth0.test"} | given)
        return Tenant("acme", variables=made, given=frozenset(given))

    def status(self, **variables: str) -> StatusPage:
        found: StatusPage = self.ask(pages.auth0_status, self.tenant(**variables))
        return found


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    made = Web(tmp_path / "memory.sqlite")
    with made.server:
        yield made


class TestServices:
    def test_page_that_is_well_says_what_was_looked_at(self, web: Web) -> None:
        page = web.page(web.github())

        assert page.severity is Severity.OK
        assert page.sentence == "nothing is wrong with API Requests"
        assert (page.unknown, page.minor, page.major) == (False, False, False)

    @pytest.mark.parametrize(
        ("status", "minor", "major"),
        [("degraded_performance", True, False), ("partial_outage", True, False), ("major_outage", False, True)],
    )
    def test_page_that_is_ill_names_the_page_to_open(self, web: Web, status: str, *, minor: bool, major: bool) -> None:
        page = web.page(web.github(summary(status)))

        assert (page.minor, page.major) == (minor, major)
        assert page.told.startswith("API Requests: ")
        assert page.told.endswith("; see https://www.githubstatus.com")

    @pytest.mark.parametrize(
        ("body", "headers", "told"),
        [
            (HTML, {}, 'an HTML page ("Sorry") where JSON was expected'),
            (b"", {}, "an empty body"),
            (summary("operational")[:-9], {}, "where JSON was expected"),
            (b"[" * 100_000, {}, "where JSON was expected"),
            (b" " * (3 << 20), {}, "more than 2 MiB"),
            (summary("operational").replace(b"GitHub", b"GitLab"), {}, "calls itself 'GitLab'"),
            (summary("splendid"), {}, "API Requests: not understood"),
        ],
        ids=["html", "empty", "truncated", "deep", "huge", "another", "enumeration"],
    )
    def test_page_that_is_not_understood_says_why(
        self, web: Web, body: bytes, headers: dict[str, Any], told: str
    ) -> None:
        service = web.github(body, **headers)
        if b"splendid" in body:
            page = web.page(service)
            assert page.unknown
            assert told in page.told
        else:
            reason = web.unread(service)
            assert told in reason
            assert reason.startswith("127.0.0.1: ") or "127.0.0.1" in reason
            assert reason.endswith("; look at https://www.githubstatus.com")

    @pytest.mark.parametrize(
        ("status", "headers", "told"),
        [
            (404, {}, "answered status 404"),
            (500, {}, "answered status 500"),
            (304, {}, "answered status 304"),
            (301, {"location": "https://elsewhere.example/"}, "answered moved to https://elsewhere.example/"),
        ],
    )
    def test_other_statuses_are_not_read(self, web: Web, status: int, headers: dict[str, str], told: str) -> None:
        address = web.says("/x", b"" if status == 304 else HTML, status, **headers)

        assert told in web.unread(replace(SERVICES["github"], address=address))

    def test_server_that_does_not_answer_is_not_read(self, web: Web) -> None:
        address = f"http://127.0.0.1:{servers.unused_port()}/"

        assert "connection refused" in web.unread(replace(SERVICES["github"], address=address))

    @pytest.mark.parametrize("name", ["mandrill", "sap", "onelogin", "x"])
    def test_service_without_an_address_is_skipped_and_names_its_page(self, name: str, web: Web) -> None:
        with pytest.raises(NotServed) as raised:
            web.page(SERVICES[name])

        assert raised.value.reason.endswith(f"; look at {SERVICES[name].page}")

    def test_components_that_have_an_address_each_are_asked_at_once(self, web: Web) -> None:
        """The first is answered when the second has been asked, and not before."""
        asked, plain = threading.Event(), web.answers.get
        address = f"{web.server.url}/{{component}}.rss"
        for component in ("facebook-login", "graph-api"):
            web.says(f"/{component}.rss", rss())

        def get(path: str, otherwise: bytes) -> bytes:
            asked.set() if path == "/graph-api.rss" else asked.wait(4)
            return plain(path, otherwise) if asked.is_set() else answer(503)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(web, "answers", SimpleNamespace(get=get))
            page = web.page(replace(SERVICES["facebook"], address=address))

        assert page.severity is Severity.OK
        assert [each.url.rpartition("/")[2] for each in page.exchange.attempts] == [
            "facebook-login.rss",
            "graph-api.rss",
        ]

    def test_each_component_has_its_address_where_the_row_says_so(self, web: Web) -> None:
        web.says("/facebook-login.rss", rss())
        address = web.says("/graph-api.rss", rss("[Major outage]: Graph API")).replace("graph-api", "{component}")
        page = web.page(replace(SERVICES["facebook"], address=address))

        assert page.major
        assert "Graph API" in page.told
        assert len(page.exchange.attempts) == 2

    def test_second_source_speaks_where_the_first_cannot_be_read(self, web: Web) -> None:
        service = replace(web.github(), address=web.says("/gone", HTML, 404), second=web.github().address)
        page = web.page(service)

        assert page.severity is Severity.OK
        assert "by the second source, since 127.0.0.1 answered status 404" in page.sentence

    def test_where_neither_source_can_be_read_both_reasons_are_told(self, web: Web) -> None:
        service = replace(web.github(HTML), address=web.says("/gone", HTML, 404), second=web.github(HTML).address)

        reason = web.unread(service)
        assert "status 404" in reason
        assert "; then 127.0.0.1: an HTML page" in reason

    def test_evidence_of_what_was_not_read_is_kept(self, web: Web) -> None:
        with pytest.raises(Unreadable) as raised:
            web.page(web.github(HTML))

        assert raised.value.exchange is not None
        assert raised.value.exchange.attempts[0].status == 200


class TestFreshness:
    @pytest.mark.parametrize(
        ("headers", "told"),
        [
            ({"age": "259200"}, "gave a copy that is 3 d old, by its Date and Age headers: it may have stopped"),
            ({"date": "Sun, 01 Nov 2020 00:00:00 GMT"}, "by its Date and Age headers: it may have stopped"),
        ],
    )
    @pytest.mark.parametrize("form", FORMATS)
    def test_copy_that_somebody_kept_for_days_is_unknown_in_every_format(
        self, web: Web, form: str, headers: dict[str, Any], told: str
    ) -> None:
        shown = next(each for each in SHOWN if each.form == form and each.severity is Severity.OK)
        address = web.says("/page", (FOLDER / shown.file).read_bytes(), **headers)

        assert told in web.unread(Service("acme", "Acme", "https://acme.example", address, form, shown.wanted))

    @pytest.mark.parametrize("headers", [{"age": "3600"}, {"age": "soon"}, {"date": "soon"}, {}])
    def test_copy_of_an_hour_ago_is_as_good_as_the_page(self, web: Web, headers: dict[str, Any]) -> None:
        assert web.page(web.github(**headers)).severity is Severity.OK

    def test_days_after_which_a_page_has_stopped_may_be_a_services_own(self, web: Web) -> None:
        quiet = datetime.now(UTC) - timedelta(days=40)
        document = SUMMARY | {"page": SUMMARY["page"] | {"updated_at": quiet.isoformat()}}
        service = web.github(json.dumps(document).encode())

        assert web.page(service).unknown
        assert "it may have stopped" in web.page(service).told
        assert isinstance(web.page(service).doubt, Outdated)
        assert web.page(replace(service, stale=60.0)).severity is Severity.OK


class TestRecognition:
    def own(self, web: Web, path: str, body: bytes, status: int = 200, **more: Any) -> Service:
        """A service of which nothing is known but its address."""
        address = web.says(path, body, status, **more)
        return Service("acme", "acme", "https://acme.example", address, "", recognise=True)

    @pytest.mark.parametrize("form", [form for form in FORMATS if form != "answer"])
    def test_address_alone_suffices_and_the_format_is_told(self, web: Web, form: str) -> None:
        shown = next(each for each in SHOWN if each.form == form and not each.beside)
        with contextlib.suppress(ApiFails, Unreadable):
            page = web.page(self.own(web, "/page", (FOLDER / shown.file).read_bytes()))

            assert page.format == form
            assert form == "health" or f"read as {form}" in page.told

    def test_format_of_ones_own_overrides_what_is_recognised(self, web: Web) -> None:
        service = replace(self.own(web, "/page", summary("operational")), format="feed", recognise=False)

        assert "it looks like the format statuspage: set AUTH0_DEPENDENCY_ACME_FORMAT=statuspage" in web.unread(service)

    def test_row_with_an_address_of_ones_own_is_read_as_it_answers(self, web: Web) -> None:
        address = web.says("/page", (FOLDER / "sorry-components.json").read_bytes())
        row = replace(SERVICES["npm"], address=address, recognise=True, calls_itself="")

        assert (web.page(row).format, web.page(row).told) == ("sorry", "nothing is wrong with SMTP, Web; read as sorry")

    @pytest.mark.parametrize(
        ("body", "told"),
        [
            (HTML, 'an HTML page ("Sorry"), and no status in it of a kind that is known: give the address that a'),
            (b'{"hello": "you"}', "JSON, and no status in it of a kind that is known"),
            (b"[]", "JSON, and no status in it of a kind that is known"),
            (b"x" * 900, "900 bytes of something else, and no status in it"),
        ],
    )
    def test_answer_of_no_format_says_what_to_give(self, web: Web, body: bytes, told: str) -> None:
        reason = web.unread(self.own(web, "/page", body))

        assert told in reason
        assert "or set AUTH0_DEPENDENCY_ACME_FORMAT; look at https://acme.example" in reason

    @pytest.mark.parametrize(("status", "body"), [(503, b"<html></html>"), (404, b"{}"), (502, b"")])
    def test_answer_that_is_none_says_what_to_set_for_an_api(self, web: Web, status: int, body: bytes) -> None:
        reason = web.unread(self.own(web, "/page", body, status))

        assert f"answered status {status}" in reason
        assert "if it is an API of your own, set AUTH0_DEPENDENCY_ACME_FORMAT=health" in reason

    @pytest.mark.parametrize(
        ("body", "address", "told"),
        [
            (b'{"page": {"name": "GitHub"}, "status": {"indicator": "none"}}', "/status.json", "its summary.json"),
            (
                b'{"page": {"name": "GitHub"}, "status": {"indicator": "none"}}',
                "/summary.json",
                "status.json does; look",
            ),
        ],
    )
    def test_summary_is_asked_of_those_who_did_not_give_it(
        self, web: Web, body: bytes, address: str, told: str
    ) -> None:
        assert told in web.unread(replace(SERVICES["github"], address=web.says(address, body)))

    def test_status_with_json_is_not_called_something_else(self, web: Web) -> None:
        assert "answered status 404 and JSON" in web.unread(
            replace(SERVICES["github"], address=web.says("/x", b'{"message": "no"}', 404))
        )


class TestBeside:
    def azure(self, web: Web, posts: str) -> Service:
        address = web.says("/feed", _azure(datetime.now(UTC)))
        return replace(SERVICES["azure-ad"], address=address, beside=((posts, "microsoft"),))

    def post(self, status: str, when: datetime | None = None) -> bytes:
        made = (when or datetime.now(UTC)).isoformat()
        return json.dumps({"Status": status, "Title": "Sign-in fails", "LastUpdatedTime": made}).encode()

    def test_silent_feed_is_well_with_a_post_that_says_so(self, web: Web) -> None:
        page = web.page(self.azure(web, web.says("/posts", self.post("Available"))))

        assert page.severity is Severity.OK
        assert "127.0.0.1: nothing is wrong" in page.remark

    def test_post_that_is_ill_counts(self, web: Web) -> None:
        page = web.page(self.azure(web, web.says("/posts", self.post("Unavailable"))))

        assert (page.minor, page.vague) == (True, True)
        assert '"Sign-in fails" (degraded), open, and does not name your components' in page.told

    def test_post_that_cannot_be_read_costs_a_row_nothing_that_does_not_need_it(self, web: Web) -> None:
        service = self.azure(web, web.says("/posts", HTML, 404))
        page = web.page(service)

        assert page.severity is Severity.OK
        assert "nothing beside it could be read: 127.0.0.1 answered status 404" in page.remark
        assert "status 404" in web.unread(replace(service, needs_both=True))

    def test_post_never_speaks_alone(self, web: Web) -> None:
        posts = web.says("/posts", self.post("Available"))
        gone = replace(self.azure(web, posts), address=web.says("/gone", HTML, 404))
        stopped = replace(gone, address=web.says("/stopped", _azure(datetime.now(UTC) - timedelta(days=3))))

        assert "status 404" in web.unread(gone)
        assert web.page(stopped).unknown

    def test_old_post_is_unknown(self, web: Web) -> None:
        old = self.post("Available", datetime.now(UTC) - timedelta(days=3))

        assert web.page(self.azure(web, web.says("/posts", old))).unknown

    @pytest.mark.parametrize(
        ("status", "severity"), [("No known issues", Severity.OK), ("Major outage", Severity.MAJOR)]
    )
    def test_metas_list_of_products_stands_beside_its_feeds(self, web: Web, status: str, severity: Severity) -> None:
        orgs = [{"id": "facebook-login", "name": "Facebook Login", "services": [{"name": "Login", "status": status}]}]
        web.says("/data/orgs.json", json.dumps(orgs).encode())
        for product in ("facebook-login", "graph-api"):
            web.says(f"/outage-events-feed-{product}.rss", rss())
        address = f"{web.server.url}/outage-events-feed-{{component}}.rss"

        assert web.page(replace(SERVICES["facebook"], address=address)).severity is severity

    @pytest.mark.parametrize("first", ["/api/status-page/acme", "/api/status-page/heartbeat/acme"])
    def test_parts_of_one_page_are_read_together(self, web: Web, first: str) -> None:
        now = datetime.now(UTC)
        beats = [{"status": 1, "time": (now - timedelta(minutes=ago)).strftime("%Y-%m-%d %H:%M:%S")} for ago in (2, 1)]
        site = (FOLDER / "kuma-page.json").read_bytes()
        web.says("/api/status-page/acme", site)
        web.says("/api/status-page/heartbeat/acme", json.dumps({"heartbeatList": {"1": beats, "2": beats}}).encode())
        page = web.page(Service("acme", "acme", "https://acme.example", f"{web.server.url}{first}", recognise=True))

        assert page.told == "nothing is wrong with Sign-in, Mails; read as kuma"

    def test_part_that_cannot_be_read_is_told(self, web: Web) -> None:
        address = web.says("/api/status-page/acme", (FOLDER / "kuma-page.json").read_bytes())
        page = web.page(Service("acme", "acme", "https://acme.example", address, "kuma"))

        assert page.unknown
        assert "without /api/status-page/heartbeat/acme, which could not be read (answered status 404" in page.remark


class TestApi:
    def api(self, web: Web, body: bytes = b"OK", status: int = 200, path: str = "/x", **more: Any) -> Service:
        form = more.pop("format", "health")
        return Service("acme", "acme", "https://acme.example", web.says(path, body, status), form, **more)

    def fails(self, web: Web, service: Service) -> str:
        with pytest.raises(ApiFails) as raised:
            web.page(service)
        assert raised.value.exchange is not None
        return raised.value.reason

    @pytest.mark.parametrize(("body", "status"), [(b"", 204), (b"OK", 200), (b'{"status": "UP"}', 200), (b"made", 201)])
    def test_any_2xx_is_up(self, web: Web, body: bytes, status: int) -> None:
        page = web.page(self.api(web, body, status))

        assert (page.severity, page.told, page.api) == (Severity.OK, "127.0.0.1 answers, and is healthy", True)

    @pytest.mark.parametrize(
        ("body", "status", "told"),
        [
            (b"", 503, "127.0.0.1 answered status 503 and an empty body"),
            (b'{"status": "UP"}', 500, "127.0.0.1 answered status 500 and JSON"),
            (
                b'{"status": "DOWN", "components": {"db": {"status": "DOWN"}, "mq": {"status": "UP"}}}',
                503,
                "127.0.0.1 answered status 503 and JSON (db is down)",
            ),
            (b'{"status": "fail"}', 200, "127.0.0.1 answers, and reports itself as down"),
            (b"DOWN", 200, "127.0.0.1 answers, and reports itself as down"),
        ],
    )
    def test_error_or_a_word_for_it_is_down(self, web: Web, body: bytes, status: int, told: str) -> None:
        assert self.fails(web, self.api(web, body, status)) == told

    def test_api_that_refuses_connections_is_down(self, web: Web) -> None:
        service = replace(self.api(web), address=f"http://127.0.0.1:{servers.unused_port()}/x")

        assert self.fails(web, service).endswith(": connection refused")

    @pytest.mark.parametrize("path", ["/health", "/actuator/health", "/healthz", "/api/livez", "/ready", "/v1/ping"])
    def test_path_says_that_it_is_an_api_before_it_has_answered(self, web: Web, path: str) -> None:
        address = f"http://127.0.0.1:{servers.unused_port()}{path}"

        assert "refused" in self.fails(
            web, Service("acme", "acme", "https://a.example", address, recognise=True, format="")
        )
        assert "503" in self.fails(web, self.api(web, b"<html></html>", 503, path, format="", recognise=True))

    def test_body_says_that_it_is_an_api_also_where_it_fails(self, web: Web) -> None:
        assert "503" in self.fails(web, self.api(web, b'{"status": "DOWN"}', 503, format="", recognise=True))

    def test_name_that_does_not_resolve_is_down(self, web: Web) -> None:
        assert self.fails(web, replace(self.api(web), address="http://api.acme.invalid/health"))

    @pytest.mark.parametrize(
        ("status", "told"),
        [
            (401, "status 401, which says nothing of its health: give an address that answers without credentials"),
            (404, "an answer with status 404, which says nothing of its health"),
            (302, "an answer with status 302"),
        ],
    )
    def test_answer_that_is_none_of_a_health_endpoint_is_not_read(self, web: Web, status: int, told: str) -> None:
        assert told in web.unread(self.api(web, b"{}", status))

    def test_word_for_a_limp_is_degraded_and_names_the_check(self, web: Web) -> None:
        page = web.page(self.api(web, (FOLDER / "health-degraded.json").read_bytes()))

        assert page.minor
        assert page.told == "127.0.0.1 answers, and reports itself as degraded (db:responseTime is degraded)"

    def test_check_may_be_chosen_as_a_component(self, web: Web) -> None:
        body = b'{"status": "UP", "components": {"db": {"status": "DOWN"}, "mq": {"status": "UP"}}}'

        assert web.page(self.api(web, body)).severity is Severity.OK
        assert web.page(self.api(web, body, wanted=Wanted(("mq",)))).severity is Severity.OK
        assert "(db is down)" in self.fails(web, self.api(web, body, wanted=Wanted(("db",))))

    def test_word_that_nobody_has_heard_of_is_not_read(self, web: Web) -> None:
        assert "not understood" in web.unread(self.api(web, b'{"status": "splendid"}'))

    def test_late_answer_is_degraded(self, web: Web) -> None:
        stand_in = Tenant("dependencies", variables=Variables(domain="dependencies.invalid", budget=0.0001))
        page = web.ask(pages.dependency_page, Dependency(stand_in, self.api(web)))

        assert page.minor
        assert re.fullmatch(r"127.0.0.1 took \d+\.\d\d s of a budget of 0.0001 s", page.told)

    def test_right_answer_on_the_second_attempt_is_degraded(self, web: Web) -> None:
        service = self.api(web)
        web.first["/x"] = answer(503, b"")
        page = web.page(service)

        assert page.minor
        assert page.told == "127.0.0.1 was right only on a retry; first: status 503"

    @pytest.mark.parametrize(
        ("expected", "told"),
        [
            (("/data/state", "ready"), ""),
            (("/data/state", "steady"), '127.0.0.1 answers, and /data/state is "ready" and not steady'),
            (("/other", None), "127.0.0.1 answers, and its answer has no /other"),
        ],
    )
    def test_expectation_decides_where_there_is_one(
        self, web: Web, expected: tuple[str, str | None], told: str
    ) -> None:
        service = self.api(web, b'{"status": "frobnicated", "data": {"state": "ready"}}', expected=expected)

        if told:
            assert self.fails(web, service) == told
        else:
            assert web.page(service).severity is Severity.OK


def _azure(built: datetime) -> bytes:
    date = f"<lastBuildDate>{built:%a, %d %b %Y %H:%M:%S} Z</lastBuildDate>"
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Azure Status</title>{date}</channel></rss>'.encode()
    )


class TestMemory:
    def test_page_is_asked_for_again_only_if_it_has_changed(self, web: Web) -> None:
        service = web.github(summary("major_outage"), etag='"1"', last_modified="Sun, 22 Nov 2026 01:00:00 GMT")
        first = web.page(service)
        web.says("/api/v2/summary.json", b"", 304)
        second = web.page(service)

        assert '\r\nIf-None-Match: "1"\r\n' in web.server.requests[1]
        assert "\r\nIf-Modified-Since: Sun, 22 Nov 2026 01:00:00 GMT\r\n" in web.server.requests[1]
        assert first.major
        assert (second.severity, second.told) == (first.severity, first.told)
        assert second.exchange.attempts[-1].status == 304

    def test_page_that_could_not_be_read_is_not_remembered(self, web: Web) -> None:
        service = web.github(HTML, etag='"1"')
        for _ in range(2):
            web.unread(service)

        assert all("If-None-Match" not in request for request in web.server.requests)

    def test_private_page_is_not_remembered(self, web: Web) -> None:
        service = web.github(etag='"1"')
        for _ in range(2):
            web.page(service, private=True)

        assert all("If-None-Match" not in request for request in web.server.requests)


class TestAuth0:
    def test_feed_without_an_open_incident_is_well_and_asked_by_the_domain(self, web: Web) -> None:
        web.says("/feed?domain=acme.eu.auth0.test", auth0_feed("Resolved", "Completed"))

        assert web.status().severity is Severity.OK
        assert len(web.server.requests) == 1

    @pytest.mark.parametrize(("affected", "severity"), [(None, 5), (False, 5), (True, 6)])
    def test_home_page_says_how_bad_an_open_incident_is(self, web: Web, affected: bool | None, severity: int) -> None:  # noqa: FBT001
        web.says("/feed?domain=acme.eu.auth0.test", auth0_feed("Investigating"))
        web.says("/", auth0_home(affected=affected))

        page = web.status()
        assert page.severity == severity
        assert "Logins fail" in page.told
        assert "; see http" in page.told

    def test_open_incident_counts_where_the_home_page_cannot_be_read(self, web: Web) -> None:
        web.says("/feed?domain=acme.eu.auth0.test", auth0_feed("Investigating"))

        assert web.status().minor

    @pytest.mark.parametrize(("affected", "severity"), [(None, Severity.OK), (True, Severity.MAJOR)])
    def test_home_page_speaks_where_the_feed_cannot_be_read(
        self,
        web: Web,
        affected: bool | None,  # noqa: FBT001
        severity: Severity,
    ) -> None:
        web.says("/", auth0_home(affected=affected))

        page = web.status()
        assert page.severity is severity
        assert "by the second source, since 127.0.0.1 answered status 404" in page.remark

    def test_region_of_the_tenant_is_the_one_that_counts(self, web: Web) -> None:
        web.says("/", auth0_home(affected=True))

        assert web.status(region="US-1").severity is Severity.OK
        assert web.status(region="CA-1").unknown

    def test_public_page_does_not_speak_for_a_private_environment(self, web: Web) -> None:
        web.says("/", auth0_home())
        tenant = web.tenant()
        private = replace(tenant, given=tenant.given - {"status_page"})

        with pytest.raises(Unreadable):
            web.ask(pages.auth0_status, private)

    def test_address_with_a_token_is_not_remembered(self, web: Web) -> None:
        web.says("/feed?token=s3cr3t-t0ken", auth0_feed("Resolved"), etag='"1"')
        for _ in range(2):
            web.status(status_url=f"{web.server.url}/feed?token=s3cr3t-t0ken")

        assert all("If-None-Match" not in request for request in web.server.requests)


class TestUptime:
    def uptime(self, web: Web, **variables: str) -> RegionUptime:
        found: RegionUptime = web.ask(pages.uptime, web.tenant(**variables))
        return found

    def test_figure_is_that_of_the_region(self, web: Web) -> None:
        figures = [{"region": "US-1", "uptime": "99.9"}, {"region": "EU-1", "uptime": 99.97}]
        web.says("/uptime", json.dumps(figures).encode())

        found = self.uptime(web)
        assert (found.region, found.percent) == ("EU-1", 99.97)

    def test_tenants_share_the_figures_and_the_report(self, web: Web) -> None:
        tenants = [web.tenant(), web.tenant()]
        web.says("/report", HTML)
        for tenant in tenants:
            web.engine.plan(pages.uptime_report, tenant)
        web.engine.start()
        found = {id(web.engine.performed(pages.uptime_report, tenant).brought) for tenant in tenants}

        assert len(found) == 1
        assert len(web.server.requests) == 1

    @pytest.mark.parametrize(
        ("body", "variables", "told"),
        [
            (b"[]", {}, "look at "),
            (HTML, {}, "an HTML page"),
            (b'[{"region": "US-1", "uptime": "99.9"}]', {}, "look at "),
        ],
    )
    def test_what_is_not_there_is_not_made_up(
        self, web: Web, body: bytes, variables: dict[str, str], told: str
    ) -> None:
        web.says("/uptime", body)

        with pytest.raises(Unreadable, match=told):
            self.uptime(web, **variables)

    def test_region_that_is_not_known_is_to_be_set(self, web: Web) -> None:
        web.says("/uptime", b"[]")
        tenant = web.tenant()
        nowhere = replace(tenant, variables=tenant.variables.model_copy(update={"region": None}))

        with pytest.raises(Unreadable, match="set AUTH0_REGION"):
            web.ask(pages.uptime, nowhere)

    def test_report_that_is_gone_is_not_read(self, web: Web) -> None:
        with pytest.raises(Failure) as raised:
            web.ask(pages.uptime_report, web.tenant())

        assert isinstance(raised.value, Unreadable)


def test_wanted_of_an_address_by_component_takes_all_of_its_page(web: Web) -> None:
    web.says("/a.rss", rss("[Some disruptions]: Something else"))
    row = Service("x", "X", "https://x.example", f"{web.server.url}/{{component}}.rss", "meta", Wanted(("a",)))

    assert web.page(row).minor


def test_status_page_is_what_probes_judge() -> None:
    page = StatusPage(Exchange(()), Severity.UNKNOWN, "told", "remark")

    assert page.unknown
    assert page.sentence == "told; remark"
