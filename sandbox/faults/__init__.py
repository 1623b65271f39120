"""All ways for the sandbox to be ill. The order of the imports is that in which faults act on the same answer."""

from sandbox.faults import setups  # noqa: F401, I001 -- importing registers; content comes before what carries it
from sandbox.faults import id_tokens  # noqa: F401
from sandbox.faults import health, documents, logins, nodes  # noqa: F401
from sandbox.faults import horizons, management, universal, ways_out  # noqa: F401
from sandbox.faults import transport  # noqa: F401
from sandbox.faults import pages  # noqa: F401
from sandbox.faults.registry import FAMILIES, FAULTS, Fault

__all__ = ["FAMILIES", "FAULTS", "Fault", "chosen"]


def chosen(names: set[str]) -> list[Fault]:
    """The faults of these names, in the order in which they act."""
    families = {name for name in names if _family(name)}
    if unknown := names - FAULTS.keys() - families:
        raise ValueError(f"unknown fault {', '.join(sorted(unknown))}; known are {', '.join(sorted(FAULTS))}")
    made = [FAMILIES[name.partition("=")[0]].make(name.partition("=")[2]) for name in sorted(families)]
    return [*(fault for name, fault in FAULTS.items() if name in names), *made]


def _family(name: str) -> bool:
    """Whether this is one of a family."""
    family, _, value = name.partition("=")
    return family in FAMILIES and value in FAMILIES[family].values
