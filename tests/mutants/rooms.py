"""Which tests look at a mutant of a module: its own fast ones, its room's, then whole runs."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]

PAGES = "monitor/statuspages"
FORMATS = ("auth0", "aws", "azure", "feed", "google", "heroku", "meta", "salesforce", "slack", "statusio", "statuspage")
NEWER = ("apple", "betterstack", "cachet", "health", "instatus", "kuma", "microsoft", "sorry")
SHOWN = "tests/statuspages/test_shown.py"
DIAGNOSIS = (
    *(f"tests/diagnosis/test_{name}.py" for name in ("scene", "amendments", "diagnosis", "rules")),
    "--deselect=tests/diagnosis/test_rules.py::test_everything_that_a_rule_looks_at_matters_to_some_run",  # slow
)

_FILE = "tests/configuration/test_envfile.py"

OWN: dict[str, tuple[str, ...]] = {
    "monitor/verdict.py": ("tests/monitor/test_verdict.py",),
    "monitor/status.py": ("tests/monitor/test_verdict.py",),
    "monitor/owners.py": ("tests/monitor/test_verdict.py",),
    "monitor/addresses.py": ("tests/monitor/test_addresses.py",),
    "monitor/configuration/expectations.py": ("tests/configuration/test_expectations.py",),
    "monitor/configuration/mistakes.py": ("tests/configuration/test_mistakes.py", _FILE),
    "monitor/configuration/envfile.py": (_FILE, "tests/configuration/test_settings.py"),
    "monitor/configuration/fields.py": ("tests/configuration/test_settings.py",),
    "monitor/transactions/oauth_errors.py": ("tests/transactions/test_oauth_errors.py",),
    "monitor/transactions/tokens.py": ("tests/transactions/test_tokens.py",),
    "monitor/reports/runbook.py": ("tests/telling/test_messages.py",),
    "monitor/session/judgement.py": ("tests/session/test_judgement.py",),
    "monitor/diagnosis/diagnosis.py": DIAGNOSIS,
    "monitor/diagnosis/scene.py": DIAGNOSIS,
    "monitor/diagnosis/ladder.py": DIAGNOSIS,
    "monitor/diagnosis/rules.py": DIAGNOSIS,
    f"{PAGES}/weighing.py": ("tests/statuspages/test_reading.py",),
    f"{PAGES}/times.py": ("tests/statuspages/test_times.py",),
    f"{PAGES}/documents.py": ("tests/statuspages/test_documents.py",),
    f"{PAGES}/vocabulary.py": ("tests/statuspages/test_statuspage.py", "tests/statuspages/test_aws.py"),
    f"{PAGES}/page.py": ("tests/statuspages/test_reading.py", "tests/statuspages/test_statuspage.py"),
    f"{PAGES}/markup.py": ("tests/statuspages/test_feed.py", "tests/statuspages/test_auth0.py"),
    f"{PAGES}/uptime.py": ("tests/statuspages/test_auth0.py",),
    **{f"{PAGES}/{name}.py": (SHOWN,) for name in ("closing", "updates", "recognition")},
    **{f"{PAGES}/{name}.py": (f"tests/statuspages/test_{name}.py",) for name in FORMATS},
    **{f"{PAGES}/{name}.py": ("tests/statuspages/test_newer.py", SHOWN) for name in NEWER},
}
"""The fast tests of a module that are not in the file of its name."""


def _files(folder: str, *names: str) -> tuple[str, ...]:
    return tuple(f"tests/{folder}/test_{name}.py" for name in names)


ROOMS: dict[str, tuple[str, ...]] = {
    "monitor/actions": _files("workflows", "cost", "legs", "hosted", "dotenv", "restore", "files", "workflow_commands"),
    "monitor/configuration": (
        "tests/configuration",
        "tests/doctor/test_doctor.py",
        "tests/documents/test_variables.py",
    ),
    "monitor/diagnosis": DIAGNOSIS,
    "monitor/doctor": ("tests/doctor",),
    "monitor/feeds": _files(
        "feeds",
        "series",
        "service_states",
        "sending",
        "prometheus",
        "scom",
        "serving",
        "receivers",
        "per_tenant",
        "otlp",
    ),
    "monitor/history": (
        *_files("history", "figures", "freshness", "records", "overview", "store", "reading", "quoted", "content"),
        *_files("history", "commands", "ahead", "planned"),
        *_files("telling", "maintenance"),
    ),
    "monitor/incidents": ("tests/incidents", *_files("telling", "incidents", "properties")),
    "monitor/management": ("tests/management", "tests/diagnosis/test_amendments.py"),
    "monitor/merging": ("tests/merging", "tests/rounds/test_joining.py"),
    "monitor/reports": _files(
        "reports",
        "results",
        "wording",
        "reach",
        "answers",
        "unread",
        "junit",
        "evidence_folders",
        "writing",
        "terminal",
        "html",
        "readers",
        "pytest_html_page",
        "ctrf",
        "summary",
        "findings",
        "command",
        "compiled_templates",
    ),
    "monitor/rounds": ("tests/rounds",),
    "monitor/session": ("tests/session", "tests/transactions/test_engine.py"),
    "monitor/site": _files("site", "words", "drawing", "since", "board", "page", "machines", "command", "publish"),
    "monitor/statuspages": ("tests/statuspages", "tests/configuration/test_services.py"),
    "monitor/summary": _files("reports", "summary"),
    "monitor/telling": _files(
        "telling",
        "messages",
        "incidents",
        "properties",
        "maintenance",
        "heartbeat",
        "deciding",
        "words",
        "overdue",
        "telling",
        "pagers",
    ),
    "monitor/transactions": ("tests/transactions",),
    "monitor/wire": ("tests/wire",),
    "monitor": _files(
        "monitor",
        "verdict",
        "status",
        "attempts",
        "exchange",
        "machine",
        "text",
        "shards",
        "failures",
        "console",
        "program",
        "speakers",
        "secrets",
    ),
    "sandbox/pages": _files("sandbox", "pages"),
    "sandbox": _files(
        "sandbox",
        "wire",
        "answers",
        "nodes",
        "life",
        "refusals",
        "limits",
        "login_pages",
        "identity_provider",
        "management",
        "sdk",
        "command",
        "faults",
    ),
}
"""The tests of a room that start no whole run, fast ones first; a module is of the first room that it lies in."""

ENTIRE: dict[str, tuple[str, ...]] = {
    "monitor": ("tests/runs/test_pytest.py", "tests/runs/test_evidence.py", "tests/runs/test_exit_status.py"),
    "sandbox": ("tests/drills/test_recipe.py", "tests/runs/test_pytest.py"),
}
"""The whole runs that look at what the fast tests let pass."""

_PROCESSES = ("tests/runs/test_processes.py",)
ENTIRE_OWN = {f"monitor/session/{name}.py": _PROCESSES for name in ("processes", "part", "part_process")}
"""Those of a module that most runs do without."""


def modules() -> list[str]:
    """Every module of the monitor and the sandbox, by its path."""
    found = [path for room in ("monitor", "sandbox") for path in (ROOT / room).rglob("*.py")]
    return sorted(str(path.relative_to(ROOT)) for path in found)


def room_of(module: str) -> str:
    return next(room for room in ROOMS if module.startswith(f"{room}/"))


def fast_tests(module: str) -> tuple[str, ...]:
    """The fast tests of this module, those that are most its own first."""
    path = Path(module)
    named = f"tests/{path.parent.relative_to('monitor')}" if module.startswith("monitor/") else "tests/sandbox"
    named = f"{'tests/monitor' if named == 'tests/.' else named}/test_{path.stem}.py"
    own = OWN.get(module, (named,) if (ROOT / named).is_file() else ())
    return tuple(dict.fromkeys((*own, *ROOMS[room_of(module)])))


def entire_tests(module: str) -> tuple[str, ...]:
    return (*ENTIRE_OWN.get(module, ()), *ENTIRE[module.partition("/")[0]])
