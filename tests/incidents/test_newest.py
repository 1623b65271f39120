"""Few runs are read, and the incidents are those of all runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import history
from monitor.history import DAY, HOUR
from monitor.incidents import Policy, Threshold, of_history, open_since, recent
from tests.history.runs import DAY0, every

WORDS = {".": "up", "a": "down"}
POLICY = Policy(Threshold(2, 0.0))


def kept(folder: Path, words: str, step: float) -> history.History:
    """A history of runs at this distance, a letter each."""
    file = folder / "history.sqlite"
    history.record(file, every(step, [WORDS[word] for word in words]))
    return history.read(file)


@pytest.mark.parametrize("step", [12 * HOUR, 300.0, 2 * DAY], ids=["twice a day", "five minutes", "seldom"])
@pytest.mark.parametrize(
    "words",
    ["." * 60 + "a..a..a...", "." * 60 + "aa..aa..aa..", "." * 60 + "a" * 70, "a" * 90 + ".."],
    ids=["flapping", "three", "long", "from the first on"],
)
def test_incidents_since_a_moment_are_those_of_all_runs(tmp_path: Path, words: str, step: float) -> None:
    """Also where runs are so rare that hardly one of them lies in the days before the moment."""
    known = kept(tmp_path, words, step)
    whole = of_history(known, POLICY)
    assert whole

    for number in range(len(words) - 12, len(words)):
        moment = DAY0 + number * step - 1
        wanted = tuple(each for each in whole if each.closed is None or each.closed >= moment)
        assert open_since(known, POLICY, moment) == wanted


def test_incidents_are_found_however_long_nobody_has_run(tmp_path: Path) -> None:
    known = kept(tmp_path, "..." + "aaa", 300.0)

    assert open_since(known, POLICY, DAY0 + 400 * DAY) == recent(known, POLICY) == of_history(known, POLICY)
