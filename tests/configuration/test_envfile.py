"""The file .env: whatever is wrong with it is named with its line, and nothing of it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.configuration import settings
from monitor.configuration.envfile import EnvFile, read
from monitor.configuration.mistakes import MARK
from monitor.configuration.targets import Target
from monitor.failures import Misconfigured
from monitor.secrets import MASK, Scrubber

SECRET = "hunter2-hunter2"


def written(folder: Path, content: bytes | str) -> EnvFile:
    (folder / ".env").write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(folder / ".env")


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_file_is_read_as_a_shell_of_windows_writes_it(
    tmp_path: Path, encoding: str, mark: bytes, line_end: str
) -> None:
    lines = ["# ours", "AUTH0_DOMAIN=a.invalid", f"export AUTH0_PASSWORD='{SECRET} é'", ""]

    found = written(tmp_path, mark + line_end.join(lines).encode(encoding))

    assert found.values == {"AUTH0_DOMAIN": "a.invalid", "AUTH0_PASSWORD": f"{SECRET} é"}
    assert found.lines == {"AUTH0_DOMAIN": 2, "AUTH0_PASSWORD": 3}
    assert [".env is UTF-16" in remark for remark in found.remarks] == [True] * encoding.startswith("utf-16")


def test_line_of_latin_1_costs_its_variable(tmp_path: Path) -> None:
    found = written(tmp_path, f"AUTH0_DOMAIN=a.invalid\nAUTH0_PASSWORD={SECRET}é\n".encode("latin-1"))

    assert found.values["AUTH0_DOMAIN"] == "a.invalid"
    assert found.values["AUTH0_PASSWORD"] == f"{MARK}.env, line 2, is not UTF-8: save the file as UTF-8"
    assert found.remarks == ["AUTH0_PASSWORD: .env, line 2, is not UTF-8: save the file as UTF-8"]


def folder(path: Path) -> None:
    path.mkdir()


def dangling(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def circle(path: Path) -> None:
    path.symlink_to(path)


def closed(path: Path) -> None:
    path.write_text("AUTH0_DOMAIN=a.invalid")
    path.chmod(0)


@pytest.mark.parametrize("make", [folder, dangling, circle])
def test_what_is_no_file_is_told_and_is_no_reason_to_ask_a_sandbox(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / ".env")

    values, remarks = settings.environment(tmp_path)
    (tenant,) = settings.load(values, Scrubber(), tmp_path, remarks).tenants

    assert len(remarks) == 1
    assert remarks[0].startswith(".env is not read: ")
    assert isinstance(tenant.blocked, Misconfigured)
    assert tenant.blocked.reason == remarks[0]
    assert settings.load(settings.without_tenants(values), Scrubber(), tmp_path).tenants == ()


@pytest.mark.parametrize(
    ("content", "names", "remark"),
    [
        ('AUTH0_EXPECTED_CLAIMS="{"a": "b"}"\n', ["AUTH0_EXPECTED_CLAIMS"], "line 1"),
        (f'\n\nAUTH0_PASSWORD="{SECRET}\n', ["AUTH0_PASSWORD"], "line 3"),
        (
            f"AUTH0_PASSWORD='{SECRET}\nAUTH0_SCOPE=a\nAUTH0_DEVICE='x'\n",
            ["AUTH0_PASSWORD", "AUTH0_SCOPE", "AUTH0_DEVICE"],
            "line 1",
        ),
    ],
)
def test_quote_that_does_not_close_is_told_and_what_it_swallows_is_not_unset(
    tmp_path: Path, content: str, names: list[str], remark: str
) -> None:
    found = written(tmp_path, content)

    assert list(found.values) == names
    assert all(value.startswith(MARK) for value in found.values.values())
    assert remark in found.remarks[0]
    assert "write '...' around a value with double quotes" in found.remarks[0]
    assert SECRET not in str((found.remarks, found.values))


@pytest.mark.parametrize(
    "line", [f"AUTH0_PASSWORD:{SECRET}=x", f"{SECRET}", f"AUTH0_PASSWORD: {SECRET}", f"'{SECRET}", f"{SECRET}='x"]
)
def test_line_that_sets_nothing_is_told_by_its_number_alone(tmp_path: Path, line: str) -> None:
    found = written(tmp_path, f"AUTH0_DOMAIN=a.invalid\n{line}\n")

    assert found.values.pop("AUTH0_DOMAIN") == "a.invalid"
    assert SECRET not in str((found.remarks, found.lines))
    assert all(not value or value.startswith(f"{MARK}.env, line 2, ") for value in found.values.values())


@pytest.mark.parametrize(
    "line",
    [
        "set AUTH0_DOMAIN=a.invalid",
        "$env:AUTH0_DOMAIN='a.invalid'",
        "AUTH0_DOMAIN: a.invalid",
        '{"AUTH0_DOMAIN": "a.invalid"}',
        "- AUTH0_DOMAIN=a.invalid",
        "AUTH0_DOMAIN a.invalid",
    ],
)
def test_line_in_the_form_of_another_program_is_no_reason_to_ask_a_sandbox(tmp_path: Path, line: str) -> None:
    (tmp_path / ".env").write_text(f"# ours\n{line}\n")

    values, remarks = settings.environment(tmp_path)
    (tenant,) = settings.load(values, Scrubber(), tmp_path).tenants

    why = "AUTH0_DOMAIN: .env, line 2, is not NAME=value: write it so, with nothing before the name"
    assert tenant.blocked
    assert tenant.blocked.reason == why
    assert remarks == (why,)


def test_variable_that_is_set_twice_is_told_and_the_last_one_holds(tmp_path: Path) -> None:
    read_ = written(tmp_path, f"AUTH0_PASSWORD=old-{SECRET}\nAUTH0_SCOPE=a\nAUTH0_PASSWORD={SECRET}\nAUTH0_SCOPE=a\n")

    assert read_.values["AUTH0_PASSWORD"] == SECRET
    why = "AUTH0_PASSWORD is set twice, and the last one is used: remove one of them"
    assert read_.remarks == [f".env, lines 1 and 3: {why}"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"AUTH0_PASSWORD={SECRET} #1", "what follows the # is taken for a comment"),
        ('AUTH0_PASSWORD="hunter2\\nhunter2"', "begins a line end or the like"),
        (f"AUTH0_PASSWORD={SECRET} # the synthetic user's", ""),
        (f"AUTH0_PASSWORD={SECRET}#1", ""),
        (f"AUTH0_PASSWORD='{SECRET} #1'", ""),
        ("AUTH0_PASSWORD='hunter2\\nhunter2'", ""),
        ("AUTH0_SCOPE=openid #1", ""),
    ],
)
def test_password_that_may_not_be_read_as_it_is_meant_is_told(tmp_path: Path, line: str, words: str) -> None:
    remarks = written(tmp_path, f"{line}\n").remarks

    assert len(remarks) == bool(words)
    assert all(each.startswith(".env, line 1: AUTH0_PASSWORD: ") and words in each for each in remarks)
    assert "hunter2" not in " ".join(remarks)


class TestAgainstTheEnvironment:
    def test_line_that_says_the_same_is_not_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / ".env").write_text("AUTH0_DOMAIN=a.invalid\nHOME=/elsewhere\n")
        monkeypatch.setenv("AUTH0_DOMAIN", "a.invalid")

        assert settings.environment(tmp_path)[1] == ()

    def test_line_that_is_beaten_is_told_without_either_value(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / ".env").write_text(f"# ours\nAUTH0_PASSWORD={SECRET}\n")
        monkeypatch.setenv("AUTH0_PASSWORD", "another-secret")

        values, (remark,) = settings.environment(tmp_path)

        assert values["AUTH0_PASSWORD"] == "another-secret"
        assert remark.startswith(
            ".env, line 2: AUTH0_PASSWORD has another value in the environment, which takes precedence; unset"
        )
        assert SECRET not in remark


class TestLostLineEnds:
    """Settings that have become one: what was joined is a secret, and nothing that was swallowed passes for unset."""

    PARTS = ("acme.eu.auth0.com", "AUTH0_CLIENT_ID=abc", f"AUTH0_PASSWORD={SECRET}", "AUTH0_EXPECTED_CLAIMS={}")

    @pytest.mark.parametrize("between", [" ", "", ";", ",", "&", "\\n", "\\r\\n", "  export ", "\t"])
    def test_name_of_the_tenant_is_one_that_we_made(self, tmp_path: Path, between: str) -> None:
        (tmp_path / ".env").write_text(f"AUTH0_DOMAIN={between.join(self.PARTS)}\n")
        scrubber = Scrubber()

        values, remarks = settings.environment(tmp_path)
        loaded = settings.load(values, scrubber, tmp_path, remarks)

        (tenant,) = loaded.tenants
        assert tenant.name == "tenant"
        assert isinstance(tenant.blocked, Misconfigured)
        assert tenant.blocked.reason.startswith("AUTH0_DOMAIN: it looks like more than one setting")
        assert SECRET not in str((tenant.blocked.reason, loaded.remarks, remarks))
        assert scrubber.scrub(f"is {SECRET}.") == f"is {MASK}."

    @pytest.mark.parametrize(
        "name",
        [
            "AUTH0_CLIENT_ID",
            "AUTH0_USERNAME",
            "AUTH0_CONNECTIONS",
            "AUTH0_FLOWS",
            "AUTH0_REGION",
            "AUTH0_SCOPE",
            "AUTH0_BUDGET",
            "AUTH0_STATUS_PAGE",
            "AUTH0_NODES",
            "AUTH0_EXPECTED_CLAIMS",
            "AUTH0_PASSWORD",
        ],
    )
    def test_variable_that_has_swallowed_another_costs_what_depends_on_it(self, tmp_path: Path, name: str) -> None:
        (tmp_path / ".env").write_text(
            f"AUTH0_DOMAIN=a.invalid\n{name}=x AUTH0_CLIENT_SECRET={SECRET} AUTH0_DEVICE=y\n"
        )
        scrubber = Scrubber()

        values, remarks = settings.environment(tmp_path)
        (tenant,) = settings.load(values, scrubber, tmp_path, remarks).tenants

        assert tenant.blocked is None
        assert set(tenant.faults) == {name.removeprefix("AUTH0_").lower(), "client_secret", "device"}
        assert all(SECRET not in fault.reason for fault in tenant.faults.values())
        assert tenant.faults["device"].reason.startswith(f"AUTH0_DEVICE: it stands in the value of {name}")
        reasons = " ".join(fault.reason for fault in tenant.faults.values())
        assert scrubber.scrub(reasons) == reasons, "what is said of it is no secret"
        assert scrubber.scrub(f"is {SECRET}.") == f"is {MASK}."

    @pytest.mark.parametrize(
        "name", ["AUTH0_TENANTS", "AUTH0_DEPENDENCIES", "AUTH0_DEPENDENCY_GITHUB_URL", "AUTH0_MEMORY"]
    )
    def test_variable_of_the_run_shows_nothing_of_what_it_swallowed(self, tmp_path: Path, name: str) -> None:
        (tmp_path / ".env").write_text(f"{name}=x AUTH0_PASSWORD={SECRET}\n")
        scrubber = Scrubber()

        values, remarks = settings.environment(tmp_path)
        loaded = settings.load(values, scrubber, tmp_path, remarks)

        rows: list[Target] = [*loaded.tenants, *loaded.dependencies]
        shown = str(([(row.id, row.blocked and row.blocked.reason) for row in rows], loaded.remarks, loaded.memory))
        assert SECRET not in shown
        assert "more than one setting" in shown
