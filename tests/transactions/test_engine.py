"""The engine: once per target, in an order that cannot lock up, and let go when nobody needs it any more."""

from __future__ import annotations

import gc
import socket
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from monitor.configuration.targets import Login, Target, Tenant
from monitor.configuration.variables import Variables
from monitor.exchange import Attempt, Exchange, Repeat
from monitor.failures import Broken, Misconfigured, NamesFail, NamesFlap, NotDue, Unreadable, WrongAnswer
from monitor.secrets import MASK, Scrubber
from monitor.transactions.answers import json_object
from monitor.transactions.engine import Asking, Engine, Performed, Transaction, at_once, transaction
from monitor.transactions.memory import Memory
from monitor.transactions.sampling import Sampling
from monitor.transactions.turns import Turn
from monitor.wire.door import Door
from tests.wire.servers import Server, answer, saying

DEADLINE = 10
Perform = Callable[[Any, Asking], Any]


class Brought:
    """What a transaction brought."""

    def __init__(self, said: object = None) -> None:
        self.said = said
        self.exchange = Exchange((Attempt("GET", "x", 200, None, 0, 1, {}, None, {}, 0),))


@pytest.fixture
def prod() -> Tenant:
    return Tenant("prod")


@pytest.fixture
def staging() -> Tenant:
    return Tenant("staging")


Made = Callable[..., Engine]


@pytest.fixture
def made(scrubber: Scrubber, door: Door) -> Iterator[Made]:
    """Make an engine."""
    engines: list[Engine] = []

    def make(workers: int = 4) -> Engine:
        engines.append(Engine(door, Sampling(None), scrubber, workers))
        return engines[-1]

    yield make
    for engine in engines:
        engine.stop()


def performing(perform: Perform, *needs: Transaction, name: str = "performing") -> Transaction:
    return Transaction(name, perform, lambda target: target, needs)


def until(fact: Callable[[], bool], told: str) -> None:
    """Wait until this is so."""
    deadline = time.monotonic() + DEADLINE
    pause = threading.Event()
    while not fact():
        assert time.monotonic() < deadline, told
        pause.wait(0.005)


def test_transaction_is_named_after_its_function() -> None:
    @transaction(needs=[performing(lambda *_: None)], budget="login_budget")
    def some_login(_target: Target, _asking: Asking) -> Brought:
        return Brought()

    assert (some_login.name, some_login.budget, len(some_login.needs)) == ("some_login", "login_budget", 1)
    assert transaction()(lambda *_: None).budget == "budget"


def test_it_is_performed_once_for_many_judges_on_many_threads(made: Made, prod: Tenant) -> None:
    calls: list[str] = []
    on_tenant = Transaction("once", lambda target, _: calls.append(target.name) or Brought(1), lambda each: each.tenant)  # type: ignore[func-returns-value,redundant-expr]
    rows = [Login(prod, "password", str(number)) for number in range(5)]
    engine = made()
    for row in rows:
        engine.plan(on_tenant, row)
    engine.start()
    engine.start()

    with ThreadPoolExecutor(8) as pool:
        brought = list(pool.map(lambda row: engine.performed(on_tenant, row).brought, rows * 4))

    assert calls == ["prod"]
    assert len({id(each) for each in brought}) == 1


def test_what_is_not_urgent_begins_last(made: Made, prod: Tenant, staging: Tenant) -> None:
    order: list[str] = []

    def noting(name: str) -> Transaction:
        def perform(*_: Any) -> Brought:
            order.append(name)
            return Brought()

        return Transaction(name, perform, lambda target: target, urgent=not name.startswith("page"))

    engine = made(workers=1)
    wanted = [(noting(name), target) for target in (prod, staging) for name in ("page", "login", "page 2", "keys")]
    for each, target in wanted:
        engine.plan(each, target)
    engine.start()
    for each, target in wanted:
        engine.performed(each, target)

    assert order == ["login", "keys", "login", "keys", "page", "page 2", "page", "page 2"]


@pytest.mark.parametrize("workers", [1, 2, 32])
def test_what_is_needed_comes_first_and_nothing_locks_up(made: Made, prod: Tenant, workers: int) -> None:
    order: list[str] = []

    def step(name: str, *needs: Transaction) -> Transaction:
        def perform(target: Target, asking: Asking) -> Brought:
            said = [asking.brought(each, target).said for each in needs]
            order.append(name)
            return Brought([name, *said])

        return performing(perform, *needs, name=name)

    first = step("first")
    second = step("second", first)
    third = step("third", second, first)
    engine = made(workers)
    for wanted in (third, second, first):
        engine.plan(wanted, prod)
    engine.start()

    assert engine.performed(third, prod).brought.said == ["third", ["second", ["first"]], ["first"]]
    assert order == ["first", "second", "third"]


def test_never_more_than_the_workers_are_at_it(made: Made, prod: Tenant) -> None:
    lock, now, most = threading.Lock(), [0], [0]
    meeting = threading.Barrier(3)

    def perform(_target: Target, _asking: Asking) -> Brought:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        meeting.wait(DEADLINE)
        with lock:
            now[0] -= 1
        return Brought()

    engine = made(3)
    many = [performing(perform) for _ in range(12)]
    for each in many:
        engine.plan(each, prod)
    engine.start()
    assert all(engine.performed(each, prod).failure is None for each in many)

    assert most == [3]


def test_tenant_that_is_started_is_the_only_one(made: Made, prod: Tenant, staging: Tenant) -> None:
    asked: list[str] = []
    asks = performing(lambda target, _: asked.append(target.name) or Brought())  # type: ignore[func-returns-value,redundant-expr]
    engine = made()
    engine.plan(asks, prod)
    engine.plan(asks, staging)

    engine.start("prod")
    engine.performed(asks, prod)
    assert asked == ["prod"]
    assert engine.seen(asks, staging) == Performed()

    engine.start()
    engine.performed(asks, staging)
    assert asked == ["prod", "staging"]


def test_blocked_target_is_never_performed(made: Made) -> None:
    broken = Tenant.broken("prod", Misconfigured("why"))
    asks = performing(lambda *_: pytest.fail("a blocked target was asked"))
    engine = made()
    engine.plan(asks, broken)
    engine.start()

    assert engine.seen(asks, broken) == Performed()
    engine.done(asks, broken)


class TestFailures:
    def failing(self, failure: Exception) -> Transaction:
        def perform(_target: Target, _asking: Asking) -> Brought:
            raise failure

        return performing(perform, name="failing")

    def test_failure_is_kept_with_its_evidence(self, made: Made, prod: Tenant) -> None:
        failure = WrongAnswer("why", Brought().exchange)
        wanted, engine = self.failing(failure), made()
        engine.plan(wanted, prod)
        engine.start()

        performed = engine.performed(wanted, prod)
        assert (performed.brought, performed.failure, performed.exchange) == (None, failure, failure.exchange)
        assert engine.seen(wanted, prod) is performed

    def test_dependants_fail_for_the_same_reason_each_by_an_exception_of_its_own(
        self, made: Made, prod: Tenant
    ) -> None:
        failure = NotDue("later")
        needed, engine = self.failing(failure), made()
        dependants = [performing(lambda target, asking: asking.brought(needed, target), needed) for _ in range(3)]
        for each in dependants:
            engine.plan(each, prod)
        engine.start()

        failures = [engine.performed(each, prod).failure for each in dependants]
        assert {type(each) for each in failures} == {NotDue}
        assert {each.reason for each in failures if each} == {"later"}
        assert len({id(each) for each in [failure, *failures]}) == 4

    def test_foreign_exception_is_our_bug_with_its_place_and_without_its_message(
        self, made: Made, prod: Tenant
    ) -> None:
        wanted, engine = self.failing(RuntimeError("the password is hunter2")), made()
        engine.plan(wanted, prod)
        engine.start()

        failure = engine.performed(wanted, prod).failure
        assert isinstance(failure, Broken)
        place = f"test_engine.py:{self.failing.__code__.co_firstlineno + 2}"
        assert failure.reason == f"the suite itself failed while it performed failing (RuntimeError in {place})"

    @pytest.mark.parametrize("thing", [None, "text", 5])
    def test_transaction_that_brings_no_exchange_is_our_bug_and_nobody_waits(
        self, made: Made, prod: Tenant, thing: object
    ) -> None:
        wanted, engine = performing(lambda *_: thing), made()
        engine.plan(wanted, prod)
        engine.start()

        until(lambda: engine.seen(wanted, prod) != Performed(), "whoever waits for it waits for ever")
        assert isinstance(engine.performed(wanted, prod).failure, Broken)

    def test_need_that_was_not_planned_is_our_bug(self, made: Made, prod: Tenant) -> None:
        unplanned = performing(lambda *_: Brought())
        wanted, engine = performing(lambda target, asking: asking.brought(unplanned, target)), made()
        engine.plan(wanted, prod)
        engine.start()

        assert isinstance(engine.performed(wanted, prod).failure, Broken)


class TestLettingGo:
    def test_what_was_brought_dies_after_its_last_judge(self, made: Made, prod: Tenant) -> None:
        wanted, engine = performing(lambda *_: Brought()), made()
        engine.plan(wanted, prod)
        engine.plan(wanted, prod)
        engine.start()
        brought = weakref.ref(engine.performed(wanted, prod).brought)

        engine.done(wanted, prod)
        gc.collect()
        assert brought() is not None

        engine.done(wanted, prod)
        until(lambda: gc.collect() is not None and brought() is None, "what was brought is still held")
        assert engine.seen(wanted, prod) == Performed()
        engine.done(wanted, prod)

    def test_what_is_needed_lives_until_its_last_dependant_was_judged(self, made: Made, prod: Tenant) -> None:
        needed = performing(lambda *_: Brought())
        wanted = performing(lambda target, asking: Brought(asking.brought(needed, target).said), needed)
        engine = made()
        engine.plan(needed, prod)
        engine.plan(wanted, prod)
        engine.start()
        engine.performed(wanted, prod)

        engine.done(needed, prod)
        assert engine.seen(needed, prod).brought is not None
        engine.done(wanted, prod)
        assert engine.seen(needed, prod).brought is None

    def test_secrets_of_a_tenant_are_forgotten_with_its_last(
        self, made: Made, scrubber: Scrubber, prod: Tenant, staging: Tenant
    ) -> None:
        def perform(target: Target, asking: Asking) -> Brought:
            asking.keep_secret(f"the-token-of-{target.tenant.name}", target)
            return Brought()

        both, engine = [performing(perform), performing(perform)], made()
        for each in both:
            for tenant in (prod, staging):
                engine.plan(each, tenant)
        engine.start()
        for each in both:
            for tenant in (prod, staging):
                engine.performed(each, tenant)
        text = "the-token-of-prod the-token-of-staging"

        engine.done(both[0], prod)
        assert scrubber.scrub(text, "prod").startswith(MASK)
        engine.done(both[1], prod)
        assert scrubber.scrub("the-token-of-prod", "prod") == "the-token-of-prod"
        assert scrubber.scrub("the-token-of-staging", "staging") == MASK


class TestStop:
    def test_waiters_are_let_go(self, made: Made, prod: Tenant) -> None:
        release = threading.Event()
        began = threading.Event()

        def perform(_target: Target, _asking: Asking) -> Brought:
            began.set()
            release.wait(DEADLINE)
            return Brought()

        engine = made(1)
        running, queued, unstarted = (performing(perform) for _ in range(3))
        engine.plan(running, prod)
        engine.plan(queued, prod)
        engine.start()
        assert began.wait(DEADLINE)
        engine.plan(unstarted, prod)
        with ThreadPoolExecutor(3) as pool:
            waiting = [pool.submit(engine.performed, each, prod) for each in (queued, unstarted)]
            engine.stop()
            for each in waiting:
                assert isinstance(each.exception(DEADLINE), CancelledError)
            assert engine.seen(queued, prod) == Performed()
            release.set()
            assert engine.performed(running, prod).failure is None

    def test_exchange_that_is_under_way_ends(self, made: Made) -> None:
        asked = threading.Event()

        def script(connection: Any) -> None:
            connection.receive()
            asked.set()
            connection.hold()

        with Server(script) as server:
            tenant = Tenant("prod", variables=Variables(domain=server.url))
            wanted, engine = performing(lambda target, asking: asking.ask(target, "GET", "/x")), made()
            engine.plan(wanted, tenant)
            engine.start()
            assert asked.wait(DEADLINE)
            engine.stop()

            with ThreadPoolExecutor(1) as pool:
                performed = pool.submit(engine.performed, wanted, tenant).result(DEADLINE)
        assert performed.failure is not None

    def test_dependant_of_what_never_began_is_unknown(self, made: Made, prod: Tenant) -> None:
        began, release = threading.Event(), threading.Event()

        def perform(target: Target, asking: Asking) -> Brought:
            began.set()
            release.wait(DEADLINE)
            return Brought(asking.brought(never, target))

        never = performing(lambda *_: Brought())
        wanted, engine = performing(perform), made(1)
        engine.plan(wanted, prod)
        engine.start()
        assert began.wait(DEADLINE)
        engine.plan(never, prod)
        engine.stop()
        release.set()

        failure = engine.performed(wanted, prod).failure
        assert isinstance(failure, Broken)
        assert failure.reason == "the run ended before this was performed"

    def test_threads_end(self, made: Made, prod: Tenant) -> None:
        engine = made(4)
        many = [performing(lambda *_: Brought()) for _ in range(4)]
        for each in many:
            engine.plan(each, prod)
        before = set(threading.enumerate())
        engine.start()
        mine = set(threading.enumerate()) - before
        for each in many:
            engine.performed(each, prod)
        engine.stop()

        until(lambda: not any(thread.is_alive() for thread in mine), "a thread of the pool lives on")


def test_asking_goes_to_the_tenant_in_its_own_time(made: Made) -> None:
    with Server(saying(answer(body=b'{"a": 1}'))) as server:
        tenant = Tenant("prod", variables=Variables(domain=server.url, timeout=7, connect_timeout=6))
        wanted, engine = performing(lambda target, asking: asking.ask(target, "POST", "/path", json={"b": 2})), made()
        engine.plan(wanted, Login(tenant))
        engine.start()
        login = next(target for _, target in engine._planned)  # noqa: SLF001 -- the one that was just planned
        performed = engine.performed(wanted, login)

    assert json_object(performed.brought) == {"a": 1}
    assert performed.exchange is performed.brought
    assert server.requests[0].startswith("POST /path HTTP/1.1")


class Asked:
    """A door that only writes down how it was asked."""

    def __init__(self) -> None:
        self.method, self.address, self.sent = "", "", dict[str, Any]()

    def ask(self, method: str, address: str, **sent: Any) -> Exchange:
        self.method, self.address, self.sent = method, address, sent
        return Exchange(())

    def close(self) -> None:
        """Nothing is open."""


class TestTimes:
    """Each is asked within the times that its tenant has for it."""

    TENANT = Tenant("prod", variables=Variables(domain="acme.example", timeout=7, connect_timeout=6, page_timeout=3))

    @pytest.fixture
    def door_(self) -> Asked:
        return Asked()

    @pytest.fixture
    def asking(self, door_: Asked, scrubber: Scrubber) -> Asking:
        return Asking(Engine(door_, Sampling(None), scrubber))  # type: ignore[arg-type]

    def test_tenant_is_asked_in_its_own(self, door_: Asked, asking: Asking) -> None:
        asking.ask(Login(self.TENANT), "POST", "/path", json={"b": 2})

        assert (door_.method, door_.address) == ("POST", "https://acme.example/path")
        assert door_.sent == {"timeout": 7, "connect_timeout": 6, "json": {"b": 2}}

    def test_transaction_may_leave_it_less_and_no_other_time_to_connect(self, door_: Asked, asking: Asking) -> None:
        asking.ask(self.TENANT, "GET", "/path", timeout=2.5, connect_timeout=60)
        assert door_.sent == {"timeout": 2.5, "connect_timeout": 6}

        asking.ask_elsewhere(self.TENANT, "https://other.example/path", timeout=3.5, connect_timeout=60)
        assert door_.sent == {"timeout": 3.5, "connect_timeout": 6}

    def test_other_address_of_a_tenant_is_asked_as_the_tenant_is(self, door_: Asked, asking: Asking) -> None:
        asking.ask_elsewhere(self.TENANT, "https://other.example/path")

        assert (door_.method, door_.address) == ("GET", "https://other.example/path")
        assert door_.sent == {"timeout": 7, "connect_timeout": 6}

    @pytest.mark.parametrize("repeat", Repeat)
    def test_page_of_somebody_else_is_asked_in_the_time_of_pages(
        self, door_: Asked, asking: Asking, repeat: Repeat
    ) -> None:
        asking.ask_page(self.TENANT, "https://page.example/", {"Accept": "x"}, repeat)

        assert (door_.method, door_.address) == ("GET", "https://page.example/")
        assert door_.sent == {"headers": {"Accept": "x"}, "timeout": 3, "connect_timeout": 6, "repeat": repeat}

    def test_page_that_broke_is_asked_again_unless_it_is_said_otherwise(self, door_: Asked, asking: Asking) -> None:
        asking.ask_page(self.TENANT, "https://page.example/", {})

        assert door_.sent["repeat"] is Repeat.BROKEN

    @pytest.mark.parametrize(("urgent", "setting"), [(True, "timeout"), (False, "page_timeout")])
    def test_time_that_is_malformed_is_a_failure_of_what_needs_it(self, urgent: bool, setting: str) -> None:  # noqa: FBT001
        made = transaction(urgent=urgent, reads=["audience"])(lambda target, _: target)

        assert set(made.reads) == {setting, "connect_timeout", "audience"}
        assert made.urgent is urgent

    def test_budget_is_the_one_of_the_target_that_it_is_performed_on(self) -> None:
        of_login = transaction(on=lambda target: target.tenant, budget=lambda target: f"of-{target.name}")
        named, none = transaction(budget="login_budget"), transaction(budget=None)

        assert of_login(lambda *_: None).budget_of(Login(self.TENANT)) == "of-prod"
        assert named(lambda *_: None).budget_of(self.TENANT) == "login_budget"
        assert none(lambda *_: None).budget_of(self.TENANT) == ""
        assert transaction()(lambda *_: None).budget_of(self.TENANT) == "budget"


def test_what_others_need_begins_before_what_nobody_does(made: Made, prod: Tenant) -> None:
    begun: list[str] = []

    def noting(name: str, *needs: Transaction) -> Transaction:
        def perform(*_: Any) -> Brought:
            begun.append(name)
            return Brought()

        return performing(perform, *needs, name=name)

    alone, needed = noting("alone"), noting("needed")
    needing, engine = noting("needing", needed), made(workers=1)
    for wanted in (alone, needing):
        engine.plan(wanted, prod)
    engine.start()
    for wanted in (alone, needing):
        engine.performed(wanted, prod)

    assert begun == ["needed", "alone", "needing"]


def test_transaction_has_to_wait_for_the_turns_that_it_names() -> None:
    turn = Turn("pages", "prod", 1, 60.0, "in turn")
    made = transaction(turns=lambda _: [turn])(lambda target, _: target)

    assert list(made.turns(Tenant("prod"))) == [turn]
    assert list(transaction()(lambda target, _: target).turns(Tenant("prod"))) == []


def test_name_that_is_public_is_kept_although_a_secret_has_a_piece_of_it(made: Made, prod: Tenant) -> None:
    asking = Asking(engine := made())
    asking.keep_secret("acme-login-0123", prod)
    assert engine.scrubber.scrub("see acme-login-0123.example") == f"see {MASK}.example"
    asking.keep_public("acme-login-0123.example")

    assert engine.scrubber.scrub("see acme-login-0123.example") == "see acme-login-0123.example"
    assert engine.scrubber.scrub("x acme-login-0123 y") == f"x {MASK} y"


def test_tenant_of_which_nothing_is_planned_is_started_without_harm(made: Made, prod: Tenant) -> None:
    wanted, engine = performing(lambda *_: Brought("well")), made()
    engine.start("prod")
    engine.plan(wanted, prod)
    engine.start("prod")
    engine.start("prod")

    assert engine.performed(wanted, prod).brought.said == "well"


def test_what_was_not_planned_or_has_not_gone_was_not_seen_yet(made: Made, prod: Tenant) -> None:
    held = threading.Event()

    def perform(_: Tenant, __: Asking) -> Brought:
        held.wait(DEADLINE)
        return Brought("well")

    wanted, engine = performing(perform), made()
    assert engine.seen(wanted, prod) == Performed()
    engine.plan(wanted, prod)
    assert engine.seen(wanted, prod) == Performed()
    engine.start()
    assert engine.seen(wanted, prod) == Performed()
    held.set()
    brought = engine.performed(wanted, prod).brought
    assert engine.seen(wanted, prod).brought is brought
    engine.done(wanted, prod)
    assert engine.seen(wanted, prod) == Performed()


class TestNames:
    """What no name server answered for is judged by what else of the run resolved."""

    @pytest.fixture
    def tenant(self) -> Iterator[Tenant]:
        with Server(*[saying()] * 4) as server:
            yield Tenant("prod", variables=Variables(domain=server.url.replace("127.0.0.1", "localhost")))

    def asked(self, engine: Engine, tenant: Tenant, number: int) -> list[Performed]:
        wanted = [performing(lambda target, asking: asking.ask(target, "GET", "/")) for _ in range(number)]
        for each in wanted:
            engine.plan(each, tenant)
        engine.start()
        return [engine.settled(each, tenant) for each in wanted]

    def failing(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        """The first so many look-ups are not answered."""
        resolve, left = socket.getaddrinfo, [True] * times

        def look_up(*asked: Any, **named: Any) -> Any:
            if left:
                left.pop()
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            return resolve(*asked, **named)

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    def test_name_that_resolved_for_others_is_no_outage_of_its_tenant(
        self, made: Made, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.failing(monkeypatch, 2)  # both attempts of the first
        first, *others = self.asked(made(workers=1), tenant, 3)

        assert type(first.failure) is NamesFlap
        assert "in this run it resolved 2 times" in first.failure.reason
        assert first.exchange is not None
        assert [each.failure for each in others] == [None, None]

    def test_name_that_resolved_for_nobody_is(
        self, made: Made, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.failing(monkeypatch, 100)

        assert {type(each.failure) for each in self.asked(made(workers=1), tenant, 2)} == {NamesFail}


def test_targets_that_are_the_same_are_asked_once_for_all_and_by_each_engine_anew(
    made: Made, prod: Tenant, staging: Tenant
) -> None:
    asked: list[str] = []

    def perform(target: Tenant, _asking: Asking) -> Brought:
        asked.append(target.name)
        return Brought()

    shared = transaction(same=lambda tenant: tenant.url)(perform)
    for order in ((prod, staging), (staging, prod)):
        engine = made()
        for tenant in order:
            engine.plan(shared, tenant)
        engine.start()
        for tenant in order:
            assert engine.performed(shared, tenant).failure is None

    assert prod.url == staging.url
    assert asked == ["prod", "staging"]


def test_blocked_target_is_the_same_as_no_other(made: Made, prod: Tenant) -> None:
    shared = transaction(same=lambda tenant: tenant.url)(lambda *_: Brought())
    engine = made()
    blocked = Tenant.broken("broken", Misconfigured("set it"))

    assert engine.place(shared, blocked) is blocked
    assert engine.place(shared, prod) is prod, "whatever was asked before"


def test_engine_has_the_memory_that_it_is_given(scrubber: Scrubber, door: Door, tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")

    assert Engine(door, Sampling(None), scrubber, memory=memory).memory is memory
    assert Engine(door, Sampling(None), scrubber).memory.recall("https://status.example.com/") is None


def test_interpreter_is_left_as_it_was(made: Made, prod: Tenant) -> None:
    before = sys.getswitchinterval()
    engine = made()
    engine.plan(performing(lambda *_: Brought()), prod)
    engine.start()
    assert sys.getswitchinterval() < before
    engine.stop()

    assert sys.getswitchinterval() == before


class TestAtOnce:
    def test_what_is_brought_comes_in_the_order_in_which_it_was_asked(self) -> None:
        second_is_done = threading.Event()

        def first() -> str:
            assert second_is_done.wait(DEADLINE)
            return "first"

        def second() -> str:
            second_is_done.set()
            return "second"

        assert at_once([first, second]) == ["first", "second"]

    def test_first_failure_is_raised_whichever_came_first(self) -> None:
        def fails(name: str) -> str:
            raise Unreadable(name)

        with pytest.raises(Unreadable, match="one"):
            at_once([lambda: "fine", lambda: fails("one"), lambda: fails("two")])
