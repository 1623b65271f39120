"""What is installed by uv, and when pip is asked instead: pip's settings hold, and none is shown."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from monitor import installation
from monitor.installation import ForPip, as_uv_has_it, hold_against, lacking, names_in

BEST = {"UV_INDEX_STRATEGY": "unsafe-best-match"}


class Programs:
    """What would have been called: pip's settings are ``listed``, and what has one of ``fails`` in it fails."""

    def __init__(self, listed: str = "", fails: Sequence[str] = ()) -> None:
        self.listed, self.fails = listed, fails
        self.called: list[tuple[str, Mapping[str, str]]] = []

    def __call__(
        self, command: Sequence[str], values: Mapping[str, str], pipe: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        assert pipe in (None, subprocess.PIPE)
        words = " ".join(command[2:])
        if words == "pip config list":
            return subprocess.CompletedProcess(command, 0, self.listed)
        self.called.append((words, values))
        return subprocess.CompletedProcess(command, int(any(each in words for each in self.fails)), "")

    @property
    def words(self) -> list[str]:
        return [" ".join(words.split()[:3]) for words, _ in self.called]


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "uv.txt").write_text("uv==0.0.1 --hash=sha256:0\n")
    monkeypatch.setattr(installation, "LOCK", tmp_path / "uv.txt")
    (tmp_path / "some.txt").write_text("Ruamel_yaml==1.0 --hash=sha256:1\n")
    return str(tmp_path / "some.txt")


def performed(monkeypatch: pytest.MonkeyPatch, lock: str, programs: Programs, **values: str) -> int:
    monkeypatch.setattr(installation, "_called", programs)
    return installation.main([lock], values)


def test_uv_is_installed_by_pip_from_its_hashes_and_installs_from_where_pip_would(
    monkeypatch: pytest.MonkeyPatch, lock: str
) -> None:
    listed = "global.index-url='https://mirror.example/simple'\n:env:.no-color='1'\ninstall.find-links='/a\\n/b'\n"
    programs = Programs(listed)

    assert performed(monkeypatch, lock, programs, HOME="/home") == 0
    (first, of_pip), (second, of_uv) = programs.called
    assert first.startswith("pip install -qq --disable-pip-version-check --require-hashes -r ")
    assert first.endswith("uv.txt --only-binary=:all:")
    assert of_pip == {"HOME": "/home"}
    assert second.startswith("uv pip install --quiet")
    assert second.endswith(f"--require-hashes -r {lock}")
    assert of_uv == {
        "HOME": "/home",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_FIND_LINKS": "/a,/b",
        **BEST,
    }


def test_uv_that_is_there_is_not_installed_again(monkeypatch: pytest.MonkeyPatch, lock: str) -> None:
    monkeypatch.setattr("importlib.metadata.version", {"uv": "0.0.1"}.__getitem__)
    programs = Programs()

    assert performed(monkeypatch, lock, programs) == 0
    assert programs.words == ["uv pip install"]


@pytest.mark.parametrize(
    ("fails", "listed", "values", "words", "said"),
    [
        (["uv.txt"], "", {}, ["pip install -qq", "pip install -qq"], "uv could not be installed: there is no wheel"),
        (["uv pip"], "", {}, ["pip install -qq", "uv pip install", "pip install -qq"], "uv could not install"),
        ([], "global.report='x'", {}, ["pip install -qq"], "uv has no word for report of pip's settings"),
        ([], "", {"INSTALLER": "pip"}, ["pip install -qq"], "INSTALLER is pip"),
        ([], "global.constraint='/no/such'", {}, ["pip install -qq"], "pip has constraints that cannot be read"),
    ],
)
def test_pip_installs_where_uv_cannot_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
    lock: str,
    capsys: pytest.CaptureFixture[str],
    *,
    fails: list[str],
    listed: str,
    values: dict[str, str],
    words: list[str],
    said: str,
) -> None:
    programs = Programs(listed, fails)

    assert performed(monkeypatch, lock, programs, **values) == 0
    assert programs.words == words
    last, environment = programs.called[-1]
    assert last.endswith(f"--require-hashes -r {lock}")
    assert environment == values
    shown = capsys.readouterr().err
    assert shown.startswith(said)
    assert shown.endswith(": pip installs instead, which takes longer.\n")


SITE = {"some/a.py": "a = 1\n", "some/b.py": "", "../../bin/some": "#!/bin/sh\n"}
"""The files of a package, beside what says so."""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages that has Some_Package 1.0."""
    site = tmp_path / "lib" / "site"
    rows = ["some_package-1.0.dist-info/RECORD,,"]
    for name, text in SITE.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        rows.append(f"{name},sha256={digest},{len(text)}")
    about = site / "some_package-1.0.dist-info"
    about.mkdir()
    (about / "RECORD").write_text("\n".join(rows))
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: Some_Package\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(str(site))
    return site


def locked(tmp_path: Path, *pins: str) -> str:
    (tmp_path / "some.txt").write_text("".join(f"{pin} \\\n    --hash=sha256:1\n" for pin in pins))
    return str(tmp_path / "some.txt")


def test_nothing_is_called_where_all_that_this_machine_needs_is_there_and_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lock: str, site: Path
) -> None:
    programs = Programs()
    lock = locked(tmp_path, "some-package==1.0", "not-there==2.0 ; sys_platform == 'vms'")

    assert performed(monkeypatch, lock, programs) == 0
    assert programs.called == []
    assert (site / "some_package-1.0.dist-info").is_dir()


@pytest.mark.parametrize(
    "damage",
    [
        lambda site: (site / "some/a.py").write_text("a = 2\n"),
        lambda site: (site / "some/b.py").unlink(),
        lambda site: (site / "some_package-1.0.dist-info/RECORD").unlink(),
        lambda site: (site / "some_package-1.0.dist-info/METADATA").write_text(""),
    ],
    ids=["changed", "gone", "no-list", "no-version"],
)
def test_what_is_damaged_is_installed_anew_and_from_no_cache(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    lock: str,
    site: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    damage: Callable[[Path], object],
) -> None:
    damage(site)
    programs = Programs()
    lock = locked(tmp_path, "some-package==1.0")

    assert performed(monkeypatch, lock, programs) == 0
    assert programs.called[-1][0].endswith(f"--no-cache --require-hashes -r {lock}")
    assert not (site / "some_package-1.0.dist-info").exists(), "else it would be taken for installed"
    assert capsys.readouterr().err == "Damaged, and installed anew: some-package.\n"


def test_another_version_is_missing_and_not_damaged(tmp_path: Path, site: Path) -> None:
    assert site.is_dir()
    assert lacking([locked(tmp_path, "some-package==1.1", "nobody==1.0")]) == (["some-package", "nobody"], [])


def test_program_of_a_package_has_to_be_there_in_a_virtual_environment_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, site: Path
) -> None:
    (site / "../../bin/some").unlink()
    lock = locked(tmp_path, "some-package==1.0")

    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    assert lacking([lock]) == ([], [])
    monkeypatch.setattr(sys, "prefix", "/venv")
    assert lacking([lock]) == ([], ["some-package"])


def test_every_package_of_the_lock_files_is_looked_for() -> None:
    text = (installation.LOCK.parent / "requirements.txt").read_text(encoding="utf-8")

    assert {pin.partition("=")[0] for pin in re.findall(installation.PIN, text, re.MULTILINE)} == names_in(text)


def test_failure_of_pip_is_the_exit_status(monkeypatch: pytest.MonkeyPatch, lock: str) -> None:
    assert performed(monkeypatch, lock, Programs(fails=["pip"])) == 1


@pytest.mark.parametrize(
    ("settings", "values", "told"),
    [
        ({}, {}, BEST),
        ({"extra-index-url": "https://a/s https://b/s"}, {}, BEST | {"UV_INDEX": "https://a/s https://b/s"}),
        (
            {"cert": "/ca.pem", "proxy": "http://p:1"},
            {},
            BEST | {"SSL_CERT_FILE": "/ca.pem", "ALL_PROXY": "http://p:1"},
        ),
        ({"cert": "/ca.pem"}, {"SSL_CERT_FILE": "/own.pem"}, BEST),
        ({"index-url": "https://a/s"}, {"UV_INDEX_URL": "https://own/s"}, BEST),
        (
            {"index-url": "https://a/s", "find-links": "/w"},
            {"UV_CONFIG_FILE": "/uv.toml"},
            BEST | {"UV_FIND_LINKS": "/w"},
        ),
        ({"disable-pip-version-check": "1", "quiet": "1"}, {}, BEST),
    ],
)
def test_settings_of_pip_are_handed_on_but_before_those_of_uv(
    settings: dict[str, str], values: dict[str, str], told: dict[str, str]
) -> None:
    assert as_uv_has_it(settings, values) == told


def test_setting_without_a_word_is_named_and_its_value_is_not() -> None:
    with pytest.raises(ForPip) as raised:
        as_uv_has_it({"keyring-provider": "s3cret", "index-url": "https://user:s3cret@a/s"}, {})

    assert str(raised.value) == "uv has no word for keyring-provider of pip's settings"


@pytest.mark.parametrize(
    ("constraints", "about"),
    [("torch<3\n# requests\n", False), ("ruamel.yaml<1\n", True), ("uv<1\n", True), ("-r others.txt\n", True)],
)
def test_constraints_hold_where_they_are_about_what_is_locked(
    tmp_path: Path, lock: str, constraints: str, *, about: bool
) -> None:
    (tmp_path / "constraints.txt").write_text(constraints)
    if not about:
        hold_against([str(tmp_path / "constraints.txt")], [lock])
        return
    with pytest.raises(ForPip, match="pip has constraints on what is to be installed"):
        hold_against([str(tmp_path / "constraints.txt")], [lock])


def test_files_come_before_the_environment_and_defaults_before_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (":env:.cert='/env.pem'", "global.cert='/global.pem'", "list.format='json'")
    listed = "\n".join([*lines, "install.proxy='p:2'", "global.proxy='p:1'"])
    monkeypatch.setattr(installation, "_called", Programs(listed))

    assert installation.settings_of_pip({}) == {"cert": "/env.pem", "proxy": "p:2"}


def test_lock_of_uv_has_the_version_and_the_hashes_of_the_lock_of_all() -> None:
    def blocks(name: str) -> str:
        text = (installation.LOCK.parent / name).read_text(encoding="utf-8")
        begun = text.partition("\nuv==")[2]
        return begun.partition("    # via")[0]

    assert blocks("requirements-uv.txt") == blocks("requirements-dev.txt") != ""
    assert names_in(installation.LOCK.read_text(encoding="utf-8")) == {"uv"}


@pytest.mark.parametrize(
    ("setting", "word", "separator"),
    [
        ("index-url", "UV_DEFAULT_INDEX", " "),
        ("extra-index-url", "UV_INDEX", " "),
        ("find-links", "UV_FIND_LINKS", ","),
        ("cert", "SSL_CERT_FILE", " "),
        ("client-cert", "SSL_CLIENT_CERT", " "),
        ("proxy", "ALL_PROXY", " "),
        ("trusted-host", "UV_INSECURE_HOST", " "),
        ("default-timeout", "UV_HTTP_TIMEOUT", " "),
        ("timeout", "UV_HTTP_TIMEOUT", " "),
        ("no-index", "UV_NO_INDEX", " "),
    ],
)
def test_setting_of_pip_has_uvs_word_and_what_is_set_for_uv_goes_before_it(
    setting: str, word: str, separator: str
) -> None:
    always = {"UV_INDEX_STRATEGY": "unsafe-best-match"}

    assert as_uv_has_it({setting: "a\n  b"}, {}) == always | {word: f"a{separator}b"}
    assert as_uv_has_it({setting: "a"}, {word: "mine"}) == always
    assert as_uv_has_it({setting: ""}, {}) == always


@pytest.mark.parametrize(
    "variable", ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_CONFIG_FILE"]
)
def test_who_told_uv_where_packages_come_from_is_not_told_otherwise_by_pips_settings(variable: str) -> None:
    settings = {"index-url": "https://a/s", "extra-index-url": "https://b/s", "proxy": "p:1"}

    assert as_uv_has_it(settings, {variable: "mine"}) == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "ALL_PROXY": "p:1",
    }


HARMLESS = """
break-system-packages cache-dir disable-pip-version-check exists-action no-cache-dir no-color no-compile no-input
no-warn-script-location prefer-binary progress-bar quiet require-hashes require-virtualenv retries root-user-action user
verbose config-file
"""


@pytest.mark.parametrize("setting", HARMLESS.split())
def test_setting_that_says_nothing_of_where_packages_come_from_does_not_keep_uv_away(setting: str) -> None:
    assert as_uv_has_it({setting: "x"}, {}) == {"UV_INDEX_STRATEGY": "unsafe-best-match"}
