"""Which dependencies are watched: the rows that are named, as the environment changes them, and the user's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from monitor import addresses
from monitor.configuration import fields, mistakes
from monitor.configuration.forms import page_url
from monitor.configuration.services import DEFAULT, SERVICES, Service
from monitor.configuration.targets import Dependency, Tenant
from monitor.configuration.variables import TUNING
from monitor.failures import Failure, Misconfigured, NotConfigured
from monitor.statuspages import FORMATS
from monitor.statuspages.health import Expectation, expectation
from monitor.statuspages.weighing import Wanted
from monitor.verdict import CONTROL, DEPENDENCIES

LIST = "AUTH0_DEPENDENCIES"
PREFIX = "AUTH0_DEPENDENCY_"
_FIELDS = ("URL", "FORMAT", "PAGE", "COMPONENTS", "REGIONS", "EXPECT", "STALE_AFTER")
_UNNAMED = "unnamed"
"""What a service is called whose name in the list may not be shown."""

_VARIABLE = re.compile(rf"^{PREFIX}(?P<name>[A-Z0-9_]+)_({'|'.join(_FIELDS)})$")

# Where AWS has the machines of each of Auth0's regions, by geography: Auth0 does not say.
AWS_REGIONS = {
    "US": ("us-east-2",),
    "EU": ("eu-central-1",),
    "AU": ("ap-southeast-2",),
    "JP": ("ap-northeast-1",),
    "UK": ("eu-west-2",),
    "CA": ("ca-central-1",),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """The dependencies that are watched, at least one row, and what was odd about their variables."""

    dependencies: tuple[Dependency, ...]
    remarks: tuple[str, ...] = ()


def select(values: Mapping[str, str], tenants: Iterable[Tenant]) -> Selection:
    """The dependencies that these variables name, with what they change of each."""
    own = {match["name"] for name in values if (match := _VARIABLE.match(name))} - set(map(capitals, SERVICES))
    stand_in = _stand_in(values)
    listed = values.get(LIST)
    if odd := mistakes.reason(LIST, listed or ""):
        fault = Misconfigured(f"{LIST}: {odd}")
        return Selection((Dependency(stand_in, Service("none", "", ""), blocked=fault),))
    if listed is None:
        names = [
            *DEFAULT,
            *(each for each in sorted(_plain(name) for name in own) if variable_of(each, "URL") in values),
        ]
    else:
        words = [word.strip().lower() for word in listed.split(",") if word.strip()]
        words = [_UNNAMED if _is_no_name(word, values) else word for word in words]
        names = list(dict.fromkeys(name for word in words for name in (DEFAULT if word == "default" else (word,))))
    if names in (["none"], []):
        why = NotConfigured(f"{LIST} names no service: name some, or unset it to watch the eight of Auth0's page")
        return Selection((Dependency(stand_in, Service("none", "", ""), blocked=_fault(stand_in) or why),))
    regions = tuple(dict.fromkeys(each for tenant in tenants for each in _aws_regions(tenant)))
    found = tuple(_dependency(name, values, stand_in, regions) for name in names)
    strays = sorted(name for name in own if name not in set(map(capitals, names)))
    remarks = tuple(f"{PREFIX}{name}_… is set, but {LIST} does not name {_plain(name)}" for name in strays)
    return Selection(found, remarks)


def _is_no_name(word: str, values: Mapping[str, str]) -> bool:
    """Whether this got here by mistake, and might be a secret: names of services are in ids, and ids in reports."""
    return word not in SERVICES and variable_of(word, "URL") not in values and mistakes.may_be_a_secret(word)


def capitals(name: str) -> str:
    """A name as variables have it."""
    return re.sub(r"[^A-Za-z0-9]", "_", name).upper()


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def variable_of(name: str, field: str) -> str:
    """The variable that changes this of a service: ``AUTH0_DEPENDENCY_ACME_MAIL_URL``."""
    return f"{PREFIX}{capitals(name)}_{field}"


def _stand_in(values: Mapping[str, str]) -> Tenant:
    names = {name: f"AUTH0_{name.upper()}" for name in TUNING} | {"domain": DEPENDENCIES}
    given = {name: values[variable].strip() for name, variable in names.items() if variable in values}
    variables, faults = fields.read({**given, "domain": f"{DEPENDENCIES}.invalid"}, names)
    return Tenant(DEPENDENCIES, variables=variables or Tenant.variables, faults=faults, names=names)


def _fault(stand_in: Tenant) -> Failure | None:
    """What is malformed of that by which every page is asked."""
    return stand_in.blocked or stand_in.fault("page_timeout", "connect_timeout", "stale_after")


def _dependency(name: str, values: Mapping[str, str], stand_in: Tenant, regions: tuple[str, ...]) -> Dependency:
    """The row of this name as the environment changes it; a blocked one, which says why, where that makes no sense."""
    given = {field: values[variable_of(name, field)].strip() for field in _FIELDS if variable_of(name, field) in values}
    service = SERVICES.get(name) or Service(name, name, "", format="answer" if name == CONTROL else "")
    if service.format == "aws":
        service = replace(service, wanted=replace(service.wanted, regions=(*service.wanted.regions, *regions)))
    try:
        service = _changed(service, given)
    except Misconfigured as misconfigured:
        return Dependency(stand_in, service, blocked=_fault(stand_in) or misconfigured)
    private = bool(addresses.secrets(given.get("URL", "")))
    return Dependency(stand_in, service, private, _fault(stand_in) or _missing(service))


def _changed(service: Service, given: Mapping[str, str]) -> Service:
    for field, value in given.items():
        if why := mistakes.reason(variable_of(service.name, field), value):
            raise Misconfigured(f"{variable_of(service.name, field)}: {why}")
    for field in ("URL", "PAGE"):
        try:
            page_url(given.get(field))
        except ValueError as error:
            raise Misconfigured(f"{variable_of(service.name, field)}: {error}") from None
    form, expected = _form(service, given), _expected(service, given)
    wanted = service.wanted
    if "COMPONENTS" in given:
        wanted = Wanted(_words(given["COMPONENTS"]), wanted.regions, every=True)
    if "REGIONS" in given:
        wanted = replace(wanted, regions=_words(given["REGIONS"]))
    if "URL" in given:
        host = urlsplit(given["URL"])
        page = service.page or f"{host.scheme}://" + host.netloc.rpartition("@")[2]
        recognise = form != "answer" and "FORMAT" not in given and expected is None
        service = replace(service, address=given["URL"], page=page, second="", beside=(), recognise=recognise)
    service = replace(service, format=form, wanted=wanted, page=given.get("PAGE", service.page), expected=expected)
    return replace(service, stale=_stale(service, given))


def _form(service: Service, given: Mapping[str, str]) -> str:
    """The format that is named, or the row's; empty where the answer is to show it.

    ``answer`` is for the control target: an API of the user's own that fails is never merely unread.
    """
    if "FORMAT" not in given:
        return "health" if "EXPECT" in given and not service.format else service.format
    form = given["FORMAT"].lower()
    if form not in FORMATS:
        variable = variable_of(service.name, "FORMAT")
        raise Misconfigured(f"{variable}: there is no format of that name; the formats are {', '.join(FORMATS)}")
    return "health" if form == "answer" and service.name != CONTROL else form


def _expected(service: Service, given: Mapping[str, str]) -> Expectation | None:
    if "EXPECT" not in given:
        return None
    variable = variable_of(service.name, "EXPECT")
    if _form(service, given) != "health":
        raise Misconfigured(
            f"{variable}: only an API of your own is expected to answer something: unset it, or set "
            f"{variable_of(service.name, 'FORMAT')}=health"
        )
    try:
        return expectation(given["EXPECT"])
    except ValueError as error:
        raise Misconfigured(f"{variable}: {error}") from None


def _stale(service: Service, given: Mapping[str, str]) -> float | None:
    """Days; as AUTH0_STALE_AFTER has it, which holds for all others."""
    if "STALE_AFTER" not in given:
        return None
    name = variable_of(service.name, "STALE_AFTER")
    given_days = {"domain": f"{DEPENDENCIES}.invalid", "stale_after": given["STALE_AFTER"]}
    variables, faults = fields.read(given_days, {"domain": DEPENDENCIES, "stale_after": name})
    if variables is None or "stale_after" in faults:
        raise faults["stale_after"]
    return variables.stale_after


def _missing(service: Service) -> Failure | None:
    if service.name not in SERVICES and not service.address:
        known = ", ".join(SERVICES)
        cure = f"set {variable_of(service.name, 'URL')} to the address of its status page, or name one of {known}"
        if service.name == _UNNAMED:
            return Misconfigured(f"{LIST}: one of its names may be a secret, and is not shown; name some of {known}")
        return Misconfigured(f"{LIST}: no service is called {mistakes.shown(service.name, 40)}; {cure}")
    if "{component}" in service.address and not service.wanted.components:
        cure = "set it to the names of your instances, separated by commas"
        return Misconfigured(f"{variable_of(service.name, 'COMPONENTS')} is not set: {cure}")
    return None


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _aws_regions(tenant: Tenant) -> tuple[str, ...]:
    places = [place for place in AWS_REGIONS for pattern in tenant.regions if fnmatchcase(f"{place}-1", f"{pattern}*")]
    return tuple(region for place in places for region in AWS_REGIONS[place])
