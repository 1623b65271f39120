"""evidence/: a folder for each exchange that a verdict rests on which is not well, to be sent to Auth0's support."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from monitor import NAME, files
from monitor.reports import EARLIER, EVIDENCE, findings, mark_earlier, wording
from monitor.status import FAILING, Status
from monitor.text import count, one_line
from monitor.verdict import Run, Verdict

MOST = 200
"""Folders at most: those of the worst verdicts."""

BOUND = 65_536
"""Bytes of a file at most."""

HAR, CURL, ABOUT, LEFT_OUT = "attempts.har", "curl.sh", "about.txt", "left-out.txt"
_IDS = ("x-auth0-requestid", "cf-ray")


@dataclass(frozen=True, slots=True)
class EvidenceFolder:
    """What one exchange comes to: the attempts, in full if any verdict has them so, and all ill verdicts on them."""

    name: str
    attempts: list[dict[str, Any]]
    verdicts: list[Verdict]


def folders(run: Run) -> list[EvidenceFolder]:
    """The folders of this run, the worst first, each named after its first probe; none while it is running."""
    found: dict[tuple[object, ...], list[Verdict]] = {}
    for verdict in findings.by_severity(run.verdicts if run.ended != "running" else ()):
        if verdict.ill and verdict.attempts:
            found.setdefault(verdict.exchange, []).append(verdict)
    taken: set[str] = set()
    made: list[EvidenceFolder] = []
    for verdicts in found.values():
        told = (each.attempts for each in verdicts if any("evidence" in seen for seen in each.attempts))
        made.append(EvidenceFolder(_name(verdicts[0], taken), next(told, verdicts[0].attempts), verdicts))
    return made


def told(run: Run) -> list[EvidenceFolder]:
    """Those that are written: where there are too many, the worst."""
    return folders(run)[:MOST]


def place(folder: EvidenceFolder) -> str:
    """Where it is, beside the reports."""
    return f"{EVIDENCE.name}/{folder.name}/"


def texts(folder: EvidenceFolder, run: Run, warnings: Sequence[str]) -> dict[str, str]:
    """What people read of it, by the names of the files; ``warnings`` are the run's, which are worked out once."""
    from monitor.reports import curl

    return {ABOUT: _bounded(_about(folder, run, warnings)), CURL: curl.render(folder.attempts, BOUND)}


def write(path: Path, run: Run, *, fail_on: frozenset[Status] = FAILING) -> None:  # noqa: ARG001 - as any report
    """Put these folders in the place of an earlier run's, which stays where this one has none. Raises OSError."""
    made = folders(run)
    refuse_others(path)
    if made:
        files.replace_folder(path, partial(_fill, made=made, run=run))
    elif path.exists():
        how = "has not ended" if run.ended == "running" else f"is {run.status}, and has none"
        mark_earlier(path, f"that of {run.started} {how}")


def refuse_others(path: Path) -> None:
    """Raise OSError unless there is nothing, or a folder of evidence as this suite writes it."""
    if path.is_symlink() or (path.exists() and not _is_ours(path)):
        raise FileExistsError(errno.EEXIST, "something is there that this suite did not write")


def _is_ours(path: Path) -> bool:
    """Whether nothing is in this folder but what this suite writes: it is about to be removed."""
    if not path.is_dir():
        return False
    inside = [each for each in path.iterdir() if each.name not in (LEFT_OUT, EARLIER)]
    if not all(each.is_dir() and not each.is_symlink() for each in inside):
        return False
    return all(file.name in (HAR, CURL, ABOUT) for each in inside for file in each.iterdir())


def _fill(path: Path, made: list[EvidenceFolder], run: Run) -> None:
    from monitor.reports import har

    warnings = findings.warnings(run)
    for each in made[:MOST]:
        (path / each.name).mkdir(parents=True)
        archive = har.render(each.attempts, {"name": NAME, "version": one_line(run.version)}, BOUND)
        for name, text in ({HAR: archive} | texts(each, run, warnings)).items():
            (path / each.name / name).write_text(text, encoding="utf-8", newline="\n")
    if len(made) > MOST:
        left = (f"{verdict.status} {one_line(verdict.id)}" for each in made[MOST:] for verdict in each.verdicts)
        first = f"{count(len(made) - MOST, 'more exchange')} had no folder; results.json has them:"
        (path / LEFT_OUT).write_text(_bounded([first, *left]), encoding="utf-8", newline="\n")


def _name(verdict: Verdict, taken: set[str]) -> str:
    """A name that every file system takes, and no other folder has."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{verdict.probe[:60]}-{verdict.target[:80]}").strip(".-") or "probe"
    name, number = plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{plain}-{number}"
    taken.add(name.lower())
    return name


def _bounded(lines: Iterator[str] | list[str]) -> str:
    text, left = "", 0
    for line in lines:
        if left or len((text + line).encode()) > BOUND - 100:
            left += 1
        else:
            text += f"{line}\n"
    return text + (f"… {count(left, 'more line')} did not fit\n" if left else "")


def _about(folder: EvidenceFolder, run: Run, warnings: Sequence[str]) -> Iterator[str]:
    yield one_line(f"{NAME} {run.version}, {run.mode}, run of {run.started}")
    yield from warnings
    yield "No secret and no body is in this folder."
    for number, seen in enumerate(folder.attempts, 1):
        yield ""
        yield f"attempt {number}: {wording.attempt(seen)}"
        yield from (f"  {line}" for line in _facts(seen, seen.get("evidence") or {}))
    for verdict in folder.verdicts:
        told = f"{verdict.status.upper()} {verdict.probe} of {verdict.target or '–'}: {wording.reason(verdict)}"
        yield from ("", one_line(told))
        yield f"  question: {one_line(verdict.question) or '–'}"
        yield f"  time: {wording.pace(verdict)}"
        yield f"  retry: pytest --reports=reports/again '{one_line(verdict.id)}'"


def _facts(seen: Mapping[str, Any], evidence: Mapping[str, Any]) -> Iterator[str]:
    headers = {str(name).lower(): value for name, value in (seen.get("headers") or {}).items()}
    yield from (one_line(f"{name}: {headers[name]}") for name in _IDS if name in headers)
    answer, sent = evidence.get("answer") or {}, evidence.get("request") or {}
    if answer.get("error"):
        yield one_line(f"said: {answer['error']}: {answer.get('error_description', '–')}")
    if evidence.get("skew") is not None:
        skew = float(evidence["skew"])
        where = "ahead of" if skew >= 0 else "behind"
        yield f"clock: ours is {abs(skew):.1f} s {where} the answer's, which counts whole seconds"
    if evidence.get("addresses"):
        yield one_line(f"resolved to: {', '.join(map(str, evidence['addresses']))}")
    if evidence.get("pinned"):
        yield one_line(f"asked at: {evidence['pinned']}, and not where the name leads")
    if sent and "send" in (seen.get("phases") or {}):
        yield f"sent: {sent.get('headers_bytes', 0):,} bytes of headers, {sent.get('body_bytes', 0):,} of a body"
    if answer:
        yield f"came: {answer.get('headers_bytes', 0):,} bytes of headers, {answer.get('body_bytes', 0):,} of a body"
    if evidence.get("broken"):
        yield one_line(f"the rest could not be written, a bug in the monitor: {evidence['broken']}")
    elif evidence and not str(seen.get("url", "")).startswith("http://"):
        yield from _tls(evidence)


def _tls(evidence: Mapping[str, Any]) -> Iterator[str]:
    tls = evidence.get("tls")
    if not tls:
        yield "TLS: the handshake failed, so the certificate is unknown"
        return
    yield one_line(f"TLS: {tls.get('version')}, {tls.get('cipher')}")
    chain = evidence.get("certificates") or []
    if not evidence.get("chain_is_whole"):
        yield "certificate: the leaf alone; Python tells the whole chain from 3.13 on"
    for each in chain:
        told = [f"{name.replace('_', ' ')} {_said(value)}" for name, value in each.items()]
        yield one_line(f"certificate: {'; '.join(told)}", 4_000)


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
