"""How well each target is meant to be: AUTH0_SLO, in percent, for all or for one tenant."""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.configuration.variables import PREFIX, Variables
from monitor.history.values import Unusable

_FIELD = "slo"
_DEFAULT: float = Variables.model_fields[_FIELD].default


def objective(target: str, values: Mapping[str, str]) -> float:
    """The share of the time that this target is meant to be well, as these variables of the environment have it.

    The tenant's own, AUTH0_<NAME>_SLO, else AUTH0_SLO, else 99.9 %. Raises Unusable for what is no such share.
    """
    own = re.sub(r"[^A-Za-z0-9]", "_", target.partition(":")[0]).upper()
    for name in (f"{PREFIX}{own}_{_FIELD.upper()}", f"{PREFIX}{_FIELD.upper()}"):
        text = values.get(name, "").strip()
        if text:
            return _share(name, text)
    return _DEFAULT / 100


def _share(name: str, text: str) -> float:
    try:
        percent = float(text)
    except ValueError:
        percent = 0.0
    if not 1 < percent < 100:
        raise Unusable(f"{name} is no objective: write it in percent, more than 1 and less than 100, such as 99.9")
    return percent / 100
