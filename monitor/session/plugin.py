"""pytest's hooks on the probes' side: which there are, when their transactions start, and what becomes a verdict."""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from monitor import NAME
from monitor.configuration.targets import Target
from monitor.failures import Degrading, Failure, NotAsked, Unreadable
from monitor.session import early, options
from monitor.session.fixtures import WATCH, Deferred, awaited
from monitor.session.part import PART
from monitor.session.probes import declaration, is_probe, kind, kinds, rung
from monitor.session.recorder import RUNGS, VERDICT, Recorder
from monitor.session.watch import WHOLE, Watch, question
from monitor.status import Status
from monitor.transactions.engine import Transaction
from monitor.verdict import Verdict

RECORDER: pytest.StashKey[Recorder] = pytest.StashKey()
FAIL_ON: pytest.StashKey[frozenset[Status]] = pytest.StashKey()
_RAISED: pytest.StashKey[BaseException] = pytest.StashKey()
_REMARK: pytest.StashKey[str] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    if not pluginmanager.is_registered(early):
        options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    if early.misled(config.rootpath):
        raise pytest.UsageError(early.advice(config.rootpath))
    config.addinivalue_line(
        "markers", "each(of, on=rung): a probe, asked of each tenant, login, account, node ..., and what it stands on"
    )
    for name, folder in kinds(config.rootpath):
        config.addinivalue_line("markers", f"{name}: the probes of {folder}")
    inherited = getattr(config, "workerinput", {}).get(NAME)
    drill, shard = options.drill(config.option.drill), options.shard(config.option.shard)
    config.stash[WATCH] = watch = Watch(config.rootpath, inherited, drill, shard, config.stash.get(PART, None))
    watch.makes_all = options.names_tests(config)
    config.add_cleanup(gc.unfreeze)  # after pytest's own, which look for garbage five times
    config.add_cleanup(watch.scrubber.over_logging())
    config.stash[FAIL_ON] = fail_on = options.fail_on(config.option.fail_on)
    if not hasattr(config, "workerinput"):
        reports = config.option.reports
        directory = config.invocation_params.dir / reports if reports else config.rootpath / "reports"
        config.stash[RECORDER] = recorder = Recorder(watch, directory, fail_on)
        config.pluginmanager.register(recorder, "monitor-recorder")
    if config.option.live and watch.drill:
        raise refused(config, "--live and --drill: a drill asks the sandbox, never a tenant; give one of them")
    if config.option.live and not {"AUTH0_DOMAIN", "AUTH0_TENANTS"} & set(watch.values):
        odd = "".join(f"; {remark}" for remark in watch.remarks[:3])
        raise refused(config, f"--live: no tenant is configured; set AUTH0_DOMAIN (or AUTH0_TENANTS){odd}")
    _share_out(config, watch)


def _share_out(config: pytest.Config, watch: Watch) -> None:
    """Let several processes ask, where that is wanted, and there is more than one tenant."""
    most = options.processes(config.option.processes)
    if most == 1 or watch.part or options.only_looks(config.option):
        return
    if other := options.not_shared(config.option):
        raise refused(config, f"--processes and {other}: give one of them")
    parts = watch.parts(most)
    if len(parts) < most:
        watch.notes = (f"--processes {most}: so many are not needed; {WHOLE}",)
    if len(parts) > 1:
        from monitor.session.processes import Processes

        config.pluginmanager.register(Processes(config, config.stash[RECORDER], parts), "monitor-processes")


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure() -> None:
    """All has been told: look through what there is no more. Looking for garbage takes a sixth of a short run.

    It comes before pytest's own, which looks for it. Destructors of what is let go run as ever, and so does what waits
    for the process' end.
    """
    gc.freeze()
    atexit.register(_leave)


def _leave() -> None:
    gc.disable()
    gc.freeze()


def refused(config: pytest.Config, why: str) -> pytest.UsageError:
    """What to raise where the command line, or what is configured, is no good; the reports will say so too."""
    if recorder := config.stash.get(RECORDER, None):
        recorder.ended = f"interrupted: {why}"
    return pytest.UsageError(why)


def pytest_report_header(config: pytest.Config) -> list[str]:
    return config.stash[WATCH].headline()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    probe = declaration(metafunc.definition)
    if probe is not None:
        watch = metafunc.config.stash[WATCH]
        rows, ids = watch.rows(probe.of)
        none = [None] if not rows and (watch.shard or watch.part) else []
        metafunc.parametrize("target", rows or none, ids=ids or ["of-another-shard"] * len(none), indirect=True)


def pytest_itemcollected(item: pytest.Item) -> None:
    """A probe has its kind as a mark, so that -m selects by it."""
    if is_probe(item):
        name = kind(item)
        if not any(line.partition(":")[0] == name for line in item.config.getini("markers")):
            item.config.addinivalue_line("markers", f"{name}: the probes of a file of your own")
        item.add_marker(name)


def _target(item: Any) -> Target:
    target: Target = item.callspec.params["target"]
    return target


def _judged(item: Any) -> tuple[Transaction, ...]:
    """The transactions that a probe judges; the first is the one whose time it tells."""
    known: dict[tuple[object, ...], tuple[Transaction, ...]] = item.config.stash[WATCH].judged
    probe = (item.function, *item.fixturenames)  # one of many rows, which are all alike
    if probe not in known:
        known[probe] = awaited(item)
    return known[probe]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Who waits for a status page comes last: no login's verdict does. A probe of which a shard has no row is none.

    A worker of xdist says here what the probes stand on: who writes the plan is told no more than their names.
    """
    watch = config.stash[WATCH]
    items[:] = [item for item in items if watch.asks(item)]
    items.sort(key=lambda item: is_probe(item) and any(not each.urgent for each in _judged(item)))
    if channel := getattr(config, "workerinput", {}).get(RUNGS):
        channel.send({item.nodeid: rung(item) for item in items if is_probe(item)})


def pytest_collection_finish(session: pytest.Session) -> None:
    """The selected probes are known: plan them, write the plan down, and start what they need."""
    option = session.config.option
    probes = [item for item in session.items if is_probe(item)]
    if not probes or options.only_looks(option):
        return
    watch = session.config.stash[WATCH]
    alone = not hasattr(session.config, "workerinput")
    if alone:
        session.config.stash[RECORDER].record.plan({item.nodeid: rung(item) for item in probes})
    if alone and session.testsfailed and not option.continue_on_collection_errors:
        return  # here pytest ends; a worker of xdist goes on
    for item in probes:
        for transaction in _judged(item):
            watch.plan(transaction, _target(item))
    if alone:
        watch.engine.start()
        session.config.stash[RECORDER].record.write_late_ones()
        watch.engine.door.let_begin()
    watch.warm_up()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """In a worker of xdist a tenant's transactions start with its first probe; all of them come to the same worker."""
    if is_probe(item):
        item.config.stash[WATCH].engine.start(_target(item).tenant.name)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    with _asking(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    if not is_probe(item):
        return (yield)
    with _asking(item):
        for brought in item.funcargs.values():  # type: ignore[attr-defined]
            if isinstance(brought, Deferred):
                raise brought.failure
        try:
            yield
            _pace(item)
        except Degrading as failure:
            item.stash[_RAISED] = failure
            if Status.DEGRADED in item.config.stash[FAIL_ON]:
                raise


@contextlib.contextmanager
def _asking(item: pytest.Item) -> Iterator[None]:
    """Within, what there was no reason to ask becomes pytest's skip, and a status page that could not be read too."""
    try:
        yield
    except Unreadable as failure:
        if Status.UNKNOWN in item.config.stash[FAIL_ON]:
            raise
        item.stash[_RAISED] = failure
        pytest.skip(failure.reason)
    except NotAsked as failure:
        item.stash[_RAISED] = failure
        pytest.skip(failure.reason)


def _seen(item: pytest.Item) -> tuple[Any, float | None]:
    """The exchange whose time a probe tells, and its budget."""
    first = next(iter(_judged(item)), None)
    if first is None:
        return None, None
    target = _target(item)
    exchange = item.config.stash[WATCH].engine.seen(first, target).exchange
    budget = first.budget_of(target)
    faulty = target.tenant.fault(budget)
    return exchange, getattr(target.tenant.variables, budget) if budget and not faulty else None


def _pace(item: pytest.Item) -> None:
    from monitor.session import judgement

    judgement.pace(*_seen(item))
    first = next(iter(_judged(item)), None)
    if first and (budget := first.budget_of(_target(item))):  # without it, nobody knows whether it was in time
        _target(item).tenant.setting(budget)


def _without_source(failure: Failure, *, whole: bool = False) -> pytest.ExceptionInfo[BaseException]:
    """What was raised, as pytest tells it in a line: a failure has its own words, and nobody reads where it was raised.

    To show where, pytest parses each file on the way there anew, which in an outage costs more than all else; and it
    looks at each frame on the way, of which the last is left, but for a debugger, which wants the ``whole``.
    """
    came = failure.__traceback__
    while came and came.tb_next and not whole:
        came = came.tb_next
    failed = pytest.fail.Exception(failure.reason, pytrace=False)
    return pytest.ExceptionInfo.from_exception(failed.with_traceback(came))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    if call.excinfo and isinstance(call.excinfo.value, Failure) and is_probe(item):
        item.stash[_RAISED] = call.excinfo.value
        call.excinfo = _without_source(call.excinfo.value, whole=options.debugs(item.config.option))
    report: pytest.TestReport = yield
    if not is_probe(item):
        return report
    watch, tenant = item.config.stash[WATCH], _target(item).tenant
    if call.when == "call" or report.outcome != "passed":
        from monitor.reports import wording
        from monitor.session import judgement

        raised = item.stash.get(_RAISED, call.excinfo.value if call.excinfo else None)
        exchange, budget = _seen(item)
        asked = question(item.function.__doc__)  # type: ignore[attr-defined]
        verdict = judgement.judge(
            item.nodeid,
            asked,
            raised=raised,
            exchange=exchange,
            budget=budget,
            remark=item.stash.get(_REMARK, ""),
            rung=rung(item),
            holders=watch.holders,
        )
        document = watch.clean(verdict, tenant)
        cleaned = Verdict.from_dict(document)
        if watch.part:
            setattr(report, VERDICT, document)
        elif hasattr(item.config, "workerinput"):
            report.user_properties.append((VERDICT, json.dumps(document)))
        else:
            setattr(report, VERDICT, cleaned)
        if report.failed:
            told = "" if isinstance(raised, Failure) else watch.scrub(report.longreprtext, tenant)
            report.longrepr = wording.cause(cleaned) + (f"\n\n{told}" if told else "")
        report.duration = verdict.seconds or 0.0
    else:
        report.duration = 0.0
    report.sections = [(title, watch.scrub(text, tenant)) for title, text in report.sections]
    return report


def pytest_runtest_teardown(item: pytest.Item) -> None:
    if is_probe(item):
        for transaction in _judged(item):
            item.config.stash[WATCH].engine.done(transaction, _target(item))


@pytest.fixture
def record_remark(request: pytest.FixtureRequest) -> Any:
    """Say something of a probe that is up: a figure that its reader may want."""
    return lambda remark: request.node.stash.__setitem__(_REMARK, remark)
