"""What is easily done wrong when variables are written down, and what is said of it: never with what they hold."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

SECRET = re.compile(r"(PASSWORD|SECRET|KEY|TOKEN|CONNECTION_STRING)$")
"""How the names of variables end that hold secrets."""

MARK = "\ufffd"
"""With this begins the value of a variable that could not be read, and then comes why; in others it is a character
that could not be."""

_UNREAD = re.compile("[\ud800-\udfff]")
"""Bytes of the environment that are not UTF-8, as Python hands them on: no header and no file takes them."""

_PREFIX = "AUTH0_"
_OURS = re.compile(r"AUTH0_[A-Z0-9_]*\s*=")


def _setting_after(letters: str) -> re.Pattern[str]:
    """Where another program's variable is set in a value: at its beginning, or after one of these letters."""
    return re.compile(rf"(?:\\?[{letters}]|^)(?:export\s+[A-Za-z_]\w*|[A-Z][A-Z0-9]*_[A-Z0-9_]+)\s*=")


_ANYBODYS, _ANYBODYS_BUT_IN_A_QUERY = _setting_after(r"\s;,&"), _setting_after(r"\s;,")
_OF_PAIRS = ("EXPECTED_CLAIMS", "_MAINTENANCE", "_FEED_STATUSPAGE_COMPONENTS", "OTLP_HEADERS", "_RESOURCE_ATTRIBUTES")
"""How the names of variables end in which there may be anything, or names before a =, such as a tenant's."""

_NAMES = (re.compile(r"AUTH0_[A-Z0-9_]*\s*=\s*"), re.compile(r"AUTH0_[A-Z0-9_]*\s*=\s*|\b[A-Za-z_]\w*?\s*=\s*"))
"""Names that are set, of ours alone, or of anybody: a password may have what looks like one of those."""

_OF_A_SECRET = re.compile(
    r"(PASSWORD|PASSWD|PASS|PW|PWD|SECRET|KEY|TOKEN|STRING|HEADERS|USERNAME|URL|PROXY|NOTIFY)$", re.IGNORECASE
)
_QUOTES = "\"'`\u2018\u2019\u201c\u201d"
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_CLIENT_ID = re.compile(r"[A-Za-z0-9]{32}")
_CLIENT_SECRET = re.compile(r"[A-Za-z0-9_-]{43,}")
_NO_USERNAME = re.compile(r"[^\w.@+\-!#$'^`~]", re.ASCII)
_OTHERS = ("AUTH", "AUTH2", "OAUTH", "OAUTH2", "AUTHN", "AUTHZ")
"""How the variables of many other programs begin."""

_WORDS = re.compile(r"[A-Za-z]+(?:[._-][A-Za-z]+)*[._-]?\d{0,3}")
_MAY_BE_SECRET = re.compile(
    r"://|@|[^ -~]"  # an address, a mail's address, what no name has
    r"|(?=[\w-]*(?:[A-Za-z]\d|\d[A-Za-z]))[\w-]{12,}"  # a long word of letters and digits side by side
    r"|(?=.*\d)(?=.*[A-Za-z]).*[^\w\s.:/+,*?-]",  # letters, digits and other characters
    re.ASCII | re.DOTALL,
)


def joined(name: str, value: str) -> bool:
    """Whether this value has another setting in it: a line end was lost, or a quote is missing."""
    told = _PREFIX + name.removeprefix(_PREFIX)
    free = SECRET.search(told) or told.endswith(_OF_PAIRS)
    others = _ANYBODYS_BUT_IN_A_QUERY if re.match(r"[^\s?]*://[^\s?]*\?", value) else _ANYBODYS
    return bool(_OURS.search(value) or (not free and others.search(value)))


def shown(value: str, bound: int = 30) -> str:
    """This value for a message, if it is only what it should be: not where it looks like more than one setting."""
    if "=" in value or _PREFIX in value or "\n" in value:
        return "one that looks like more than one setting, and is not shown"
    if may_be_a_secret(value):
        return "one that may be a secret, and is not shown"
    return repr(value[:bound])


def may_be_a_secret(value: str) -> bool:
    """Whether this looks like what got into the wrong variable: an address, a password, a token."""
    return bool(_MAY_BE_SECRET.search(value[:1_000]))


def reason(name: str, value: str) -> str:
    """Why the value of this variable is not used, whatever it is of; empty where it may be."""
    if value.startswith(MARK):
        return value.removeprefix(MARK)
    if MARK in value or _UNREAD.search(value):
        return "it contains a character that cannot be read; save .env as UTF-8"
    if joined(name, value):
        return "it looks like more than one setting: a line end is lost before the next one, or a quote is missing"
    return ""


def reason_of_file(name: str, value: str) -> str:
    """Why this value names no file and no folder: what is made at its place would have parts of an address as names."""
    return reason(name, value) or ("it is an address, and no path of a file" if "://" in value else "")


def secrets(name: str, value: str) -> set[str]:
    """What of this value is a secret beside the value, or though it is none: what was joined to it, or is in quotes."""
    found = {value.strip(_QUOTES)} if SECRET.search(name) and value.strip(_QUOTES) != value else set()
    if not joined(name, value):
        return found
    for names in _NAMES:
        parts = list(names.finditer(value))
        ends = [*(part.start() for part in parts[1:]), len(value)][: len(parts)]
        for part, end in zip(parts, ends, strict=True):
            if _OF_A_SECRET.search(part[0].rstrip("= \t")):
                found |= _ways(value[part.end() : end])
        found |= _ways(value[: parts[0].start()]) if parts and SECRET.search(name) else set()
    return found


def swallowed(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each of our variables that stands in the value of another one and is not set by itself, and that one's name."""
    for name, value in values.items():
        if name.startswith(_PREFIX) and joined(name, value):
            for inner in _OURS.finditer(value):
                yield inner[0].rstrip("= \t\n"), name


def _ways(text: str) -> set[str]:
    """What somebody may have meant by this part of a value."""
    text = re.sub(r"(?:\\[nrt]|[\s;,&])+(?:export)?\s*$", "", text)
    return {text, text.strip(_QUOTES), *text.split()[:1]}


def is_a_word(value: str) -> bool:
    """Whether this may stand in any text, meaning something else."""
    return len(value) < 4 or bool(len(value) < 24 and _WORDS.fullmatch(value))


def swapped(pairs: Iterable[tuple[str, str, str, str]]) -> Iterator[tuple[str, str]]:
    """What looks swapped, by the name of the variable that is told openly: (name, value, secret's name, its value)."""
    for name, value, other, secret in pairs:
        of_user = name.endswith("USERNAME")
        look = _user_and_password(value, secret) if of_user else _id_and_secret(value, secret)
        if look:
            yield name, f"{name} and {other} look as if one were in the place of the other: {look}"


def _user_and_password(username: str, password: str) -> str:
    if _MAIL.fullmatch(password) and not _MAIL.fullmatch(username):
        return "the password looks like a mail address, and the user name does not"
    if _NO_USERNAME.search(username) and not _MAIL.fullmatch(username) and not _NO_USERNAME.search(password):
        return "the user name has a character that none has at Auth0"
    return ""


def _id_and_secret(client_id: str, client_secret: str) -> str:
    if _CLIENT_SECRET.fullmatch(client_id):
        return "the client id is as long as a secret"
    if _CLIENT_ID.fullmatch(client_secret) and not _CLIENT_ID.fullmatch(client_id):
        return "the client secret looks like a client id"
    return ""


def quoted(values: Mapping[str, str]) -> Iterator[str]:
    """Variables with a quote at one end or at both, which is sent with the rest."""
    for name, value in sorted(values.items()):
        ends = [value.strip()[:1] in _QUOTES, value.strip()[-1:] in _QUOTES]
        if name.startswith(_PREFIX) and value.strip() and any(ends) and not value.startswith(MARK):
            where = "is in quotes" if all(ends) else f"{'begins' if ends[0] else 'ends'} with a quote"
            yield f"{name} {where}, which {'are' if all(ends) else 'is'} taken for a part of it: leave out what is not"


def unseen(values: Mapping[str, str]) -> Iterator[str]:
    """Variables with a character that nobody sees, as it comes along when something is copied from a page."""
    for name, value in sorted(values.items()):
        letters = "" if value.startswith(MARK) else "".join(filter(_is_unseen, value.strip()))
        if name.startswith(_PREFIX) and letters:
            what = f"a character that cannot be seen (U+{ord(letters[0]):04X})"
            yield f"{name} contains {what}, which is taken for a part of it: type it again, or paste it as plain text"


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) == "Cf" or letter == "\xa0"


def misspelt(values: Mapping[str, str], known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each variable that nobody reads and that looks like one of these, and the one that it looks like.

    That one is not set, or nobody would miss it. What may be another program's looks like none.
    """
    read = set(known)
    meant = {name.removeprefix(_PREFIX): name for name in sorted(read - set(values))}
    for name in sorted(set(values) - read):
        plain = re.sub(r"[^A-Z0-9]+", "_", name.upper())
        if not re.fullmatch(r"[A-Za-z_][\w.-]*", name, re.ASCII):
            continue
        near = difflib.get_close_matches(name, meant.values(), 1, 0.85) if name.startswith(_PREFIX) else []
        near += [meant[ending] for ending in meant if plain.endswith(ending) and _is_meant(plain, ending)]
        if near:
            yield name, near[0]


def _is_meant(name: str, ending: str) -> bool:
    """Whether what stands before this ending is our prefix with a letter wrong."""
    before = name.removesuffix(ending).rstrip("_")
    return before not in _OTHERS and difflib.SequenceMatcher(None, before, "AUTH0").ratio() >= 0.8
