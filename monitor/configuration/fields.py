"""A tenant's fields, each checked by itself: what is malformed costs what depends on it, and no more."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from monitor.configuration import mistakes
from monitor.configuration.variables import Variables
from monitor.failures import Misconfigured


def read(given: Mapping[str, str], names: Mapping[str, str]) -> tuple[Variables | None, dict[str, Misconfigured]]:
    """These fields, of the variables of these names, and by field what is wrong with those that are malformed.

    Those have their defaults; where the domain is malformed, there are no variables.
    """
    whys = {field: mistakes.reason(names[field], value) for field, value in given.items()}
    faults = {field: Misconfigured(f"{names[field]}: {why}") for field, why in whys.items() if why}
    while "domain" not in faults:
        try:
            whole = {field: value for field, value in given.items() if field not in faults}
            return Variables.model_validate(whole), faults
        except ValidationError as error:
            for each in error.errors(include_input=False, include_url=False):
                field = str(each["loc"][0]) if each["loc"] else "domain"
                faults.setdefault(field, Misconfigured(f"{names[field]}: {_sentence(each)}"))
    return None, faults


def _sentence(error: ErrorDetails) -> str:
    """What is wrong with a value, in our words."""
    bounds = error.get("ctx", {})
    if error["type"] == "literal_error":
        return f"write one of {bounds['expected']}"
    if error["type"] in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        words = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
        return f"must be {', '.join(f'{words[name]} {bound:g}' for name, bound in bounds.items() if name in words)}"
    if error["type"] in ("float_parsing", "float_type", "finite_number"):
        return "not a number"
    return error["msg"].removeprefix("Value error, ")
