"""XML that came from outside: no entity is expanded, no document type read, and nothing fetched (defusedxml)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


_SPACE = b" \t\r\n"
"""What stands before some documents, though no XML may begin with it."""


class Malformed(Exception):
    """Why this is not XML that is read: in words that hold nothing of it."""


def parsed(document: bytes) -> Element:
    """The root of this document; Malformed where it is none, or wants more than to be read."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root: Element = fromstring(document.lstrip(_SPACE), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException:
        raise Malformed("it has a document type or entities of its own, which are not read") from None
    except (ParseError, ExpatError, ValueError, LookupError, RecursionError):
        raise Malformed("it is not XML") from None
    return root


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """The value of an attribute, without space around it; empty where there is none."""
    return (element.get(name) or "").strip()
