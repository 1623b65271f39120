"""python -m monitor.doctor: reads the environment, asks the tenants, and says what is missing, and how to set it."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from monitor import console
from monitor.doctor import packages
from monitor.doctor.lines import Line, Mark, document, ready, text

ROOT = Path(__file__).parents[2]
ABOUT = (
    "Say whether this machine is ready for a run: settings, the way to each tenant, files, and GitHub's side where gh "
    "is there. No login is made unless --login is given, and no secret is printed."
)
ENDS = "Ends with 0 if nothing prevents a run, with 1 if something does, 2 for usage."


def main(arguments: Sequence[str]) -> int:
    """Look, and tell; the exit status. Usage errors exit with 2."""
    parser = argparse.ArgumentParser("python -m monitor.doctor", description=ABOUT, epilog=ENDS)
    parser.add_argument(
        "--login",
        action="store_true",
        help="log in once at each tenant, and ask the Management API; that counts against limits",
    )
    parser.add_argument(
        "--pages", action="store_true", help="read every status page once: its format, date, components"
    )
    parser.add_argument("--push", action="store_true", help="send the last run to every feed that is on")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--reports", type=console.folder, default=ROOT / "reports", metavar="DIR", help="where runs write theirs"
    )
    given = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    lines = list(packages.lines(ROOT))
    if not any(line.mark is Mark.BAD for line in lines):
        lines += _rest(given)
    console.say((json.dumps(document(lines), indent=1) if given.json else text(lines)) + "\n")
    return 0 if ready(lines) else 1


def _rest(given: argparse.Namespace) -> list[Line]:
    """What needs the packages, which by now are known to be there."""
    from monitor.doctor import feeding, knowledge, logins, page_lines
    from monitor.doctor.examination import Wish, lines

    login = logins.tried if given.login else logins.untried
    pages = page_lines.read if given.pages else page_lines.unread
    push = feeding.tried if given.push else feeding.untried
    known = knowledge.asked if given.login else knowledge.unasked
    return list(lines(Wish(ROOT, given.reports, login, pages, push, known)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
