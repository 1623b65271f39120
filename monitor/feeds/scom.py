"""``python -m monitor.feeds scom``: what System Center Operations Manager is given, as files in a folder.

There are the wizard's addresses, bodies and values, of the tenants that are configured, and a management pack that
reads the monitor's runs. Nothing is sent anywhere, and no secret is in any of it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from monitor import console, files
from monitor.configuration import settings
from monitor.feeds import feed_settings, scom_pack, scom_wizard
from monitor.secrets import Scrubber
from monitor.text import count, legible

ABOUT = "Write what System Center Operations Manager is given: the wizard's files, and a management pack."
PACK = f"{scom_pack.PACK}.xml"
NOTHING = "no tenant is configured, so there are no files for the wizard: set AUTH0_DOMAIN (docs/configuration.md)"
_LONGEST = 1_000


def main(arguments: Sequence[str]) -> int:
    """Write the files; the exit status: 0 written, 1 not, or without those for the wizard, 2 usage."""
    parser = argparse.ArgumentParser("python -m monitor.feeds scom", description=ABOUT)
    parser.add_argument("--output", type=Path, default=Path("scom"), metavar="FOLDER", help="where to; default: scom")
    parser.add_argument(
        "--results",
        type=_source,
        required=True,
        metavar="SOURCE",
        help="where the management servers read results.json: https://…, or \\\\server\\share\\results.json",
    )
    asked = parser.parse_args(arguments)
    values, _ = settings.environment(Path.cwd())
    read = feed_settings.read(values)
    scrubber = Scrubber()
    tenants = settings.load(values, scrubber, Path.cwd()).tenants
    asks = tuple(tenant for tenant in tenants if tenant.blocked is None)
    texts = {"wizard.md": scom_wizard.table(), **scom_wizard.bodies(asks)} if asks else {}
    texts |= {f"{group.name}.csv": scom_wizard.addresses(asks, group.name) for group in scom_wizard.GROUPS if asks}
    try:
        asked.output.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            files.replace(asked.output / name, scrubber.scrub(text))
        files.write_bytes(asked.output / PACK, scom_pack.pack(asked.results, read.max_age))
    except OSError as error:
        return _failed(f"{asked.output} was not written ({error.strerror}): name a folder that may be written")
    for problem in read.problems:
        sys.stderr.write(f"{legible(scrubber.scrub(problem))}\n")
    console.say(f"{count(len(texts) + 1, 'file')} in {asked.output}: docs/scom.md says what each is for\n")
    return 0 if asks else _failed(NOTHING)


def _source(given: str) -> str:
    """An address or a path. It stands in the pack for all to read, so it must not hold a password."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.\-]+://", given):
        try:
            feed_settings.endpoint({"--results": given}, "--results")
        except feed_settings.Unsent as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        if not given.startswith("https://") or "@" in given:
            raise argparse.ArgumentTypeError("write the address with https://, and without a user name")
    if not given.isprintable() or "$" in given or len(given) > _LONGEST or not given.strip():
        raise argparse.ArgumentTypeError("a path has no $ and nothing that cannot be printed")
    return given


def _failed(why: str) -> int:
    sys.stderr.write(f"{legible(why)}\n")
    return 1
