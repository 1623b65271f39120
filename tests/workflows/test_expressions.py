"""What our reader makes of GitHub's expressions, held against GitHub's own, which nobody here wrote."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
from typing import Any

import pytest

from tests.suite import ROOT
from tests.workflows.expressions import Unknown, evaluated, filled

NODE = ROOT / "tests" / "node"
CONTEXTS: dict[str, Any] = {
    "deep": {"lists": [[1]]},
    "github": {"event_name": "schedule", "ref": "refs/heads/main", "run_attempt": "2", "event": {"inputs": None}},
    "vars": {"AUTH0_ROUNDS": "5", "EMPTY": "", "LIST": "[1,2]", "Mixed-Case": "Yes", "SPACE": " 12 "},
    "needs": {"plan": {"outputs": {"legs": '[{"leg":"1"}]', "shards": "0"}, "result": "success"}},
    "matrix": {
        "leg": 1,
        "share": 0.5,
        "only": True,
        "none": None,
        "names": ["Prod", "staging", 3, None],
        "deep": [[1]],
    },
}
ATOMS = [
    *("true", "false", "null", "0", "1", "-1", "12", "0x1F", "0o17", "1.5", ".5", "-.25", "2e3", "NaN", "Infinity"),
    *("''", "'a'", "'A'", "'it''s'", "'0'", "'1'", "' 12 '", "'0x1f'", "'1e2'", "'x1'", "'true'", "'-1'", "'['"),
    *("github.event_name", "GITHUB.Event_Name", "github['ref']", "github.event.inputs.none", "github.nothing.at.all"),
    *("vars.AUTH0_ROUNDS", "vars.empty", "vars.mixed-case", "vars.SPACE", "vars", "matrix.names", "deep.lists[0][0]"),
    *("matrix.leg", "matrix.share", "matrix.only", "matrix.none", "matrix.names[0]", "matrix.names[9]"),
    *("matrix.names[-1]", "matrix.names['1']", "matrix.names[1.7]", "fromJSON(vars.LIST)[1]", "fromJSON('null')"),
    *('fromJSON(\'{"a": {"B": [true]}}\').A.b[0]', "needs.plan.outputs.legs", "needs.plan.result", "(vars).EMPTY"),
]
TEXTS = ["'a'", "'A'", "'ref'", "github.ref", "matrix.names", "null", "1", "true", "vars", "'ROD'", "matrix.only"]
WHOLE = [
    *("1 == 2 == false", "1 < 2 < 3", "!1 == false", "!!'a'", "1 || 2 && 0", "(1 || 2) && 0", "'a' < 'B'", "'Z' > 'a'"),
    *("null == 0", "null == ''", "null == false", "'' == 0", "'abc' == 0", "NaN == NaN", "true == '1'", "vars == vars"),
    *("matrix.names == matrix.names", "matrix.names == 'Array'", "null >= null", "null < 1", "'1' > 0", "'a' > 0"),
    *("format('{0} {{x}} {1}', 'a', true)", "format('{0}{0}', 1.5)", "format('{1}', 1)", "format('{', 1)", "format()"),
    *("format('{0}', null)", "format('{0}', vars)", "format('{0}', matrix.names)", "format('a}}b')", "format('a}b')"),
    *(
        "join(matrix.names)",
        "join(matrix.names, '-')",
        "join('a')",
        "join(1)",
        "join(vars)",
        "join(deep.lists)",
        "join()",
    ),
    *(
        "toJSON(matrix)",
        "toJSON('ä')",
        "toJSON(1.5)",
        "toJSON(null)",
        "toJSON(fromJSON('[]'))",
        "toJSON(fromJSON('{}'))",
    ),
    *(
        "fromJSON('x')",
        "fromJSON('')",
        "fromJSON(vars.EMPTY)",
        "fromJSON('1')",
        "fromJSON('\"a\"')",
        "fromJSON('[1, \"x\"]')",
    ),
    *(
        "contains('abc')",
        "contains('abc', 'B', 1)",
        "startsWith('a')",
        "unheard_of(1)",
        "nothing.at",
        "github.",
        ".ref",
    ),
    *("'open", '"double"', "1 +", "1 + 2", "== 1", "()", "(1", "1)", "a b", "matrix.names[", "matrix.names[]", "1 = 1"),
    *("&& 1", "1 &&", "!", "1.2.3", "0xZ", "1e", "--1", "github..ref", "TRUE", "True", "Null", "nan", "infinity"),
    *("matrix.*", "matrix.names.*", "matrix.names[*]", "1 == 1 ? 2 : 3", "github.event_name == 'SCHEDULE'", ""),
    *("CONTAINS('Hello', 'ELL')", "fromjson('true')", "1e400", "1e21", "0.00001", "format('{0}', 1e21)", "'1e400' > 0"),
    *("vars.AUTH0_ROUNDS > 4", "vars.AUTH0_ROUNDS >= '5'", "github.run_attempt > 1 && 'again' || 'first'"),
]


def expressions() -> list[str]:
    """Every pair of what is alike, each function, and some hundreds that a seed makes of those."""
    draw = random.Random(20261128)  # noqa: S311 - no secret
    calls = [
        f"{name}({one}, {other})"
        for name in ("contains", "startsWith", "endsWith")
        for one in TEXTS
        for other in ("'a'", "''", "null", "3", "'prod'", "matrix.names", "true")
    ]
    signs = ("==", "!=", "<", "<=", ">", ">=", "&&", "||")
    pairs = [f"{one} {sign} {other}" for one in ATOMS for sign in signs[:3] for other in draw.sample(ATOMS, 6)]
    made = []
    for _ in range(400):
        parts = [draw.choice(ATOMS) for _ in range(draw.randint(2, 4))]
        text = "".join(f" {draw.choice(signs)} {draw.choice(('', '!'))}{each}" for each in parts[1:])
        made.append(draw.choice(("{}", "({})", "!({})")).format(parts[0] + text))
    return [*ATOMS, *WHOLE, *calls, *pairs, *made]


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    """What GitHub's own reader makes of each: its value, or why it refuses."""
    node = shutil.which("node")
    if not node or not (NODE / "node_modules" / "@actions").is_dir():
        pytest.skip("GitHub's own reader of expressions is not installed: npm ci --prefix tests/node")
    if int(subprocess.check_output([node, "--version"], text=True)[1:].split(".")[0]) < 20:
        pytest.skip("GitHub's own reader of expressions needs node 20 or newer")
    asked = json.dumps({"expressions": expressions(), "contexts": CONTEXTS})
    told = subprocess.run([node, NODE / "expressions.js"], input=asked, capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(told.stdout)
    return found


def test_expression_comes_to_what_github_makes_of_it_or_is_refused(answers: list[dict[str, Any]]) -> None:
    wrong, refused = [], []
    for expression, githubs in zip(expressions(), answers, strict=True):
        try:
            ours = {"value": _plain(evaluated(expression, CONTEXTS))}
        except Unknown:
            refused += [expression] if "value" in githubs else []
            continue
        if json.dumps(ours, sort_keys=True) != json.dumps(_whole(githubs), sort_keys=True):
            wrong.append((expression, ours, githubs))

    assert wrong == []
    assert set(refused) == {"matrix.*", "matrix.names.*", "matrix.names[*]", "format('{0}', 1e21)"}


def _plain(value: Any) -> Any:
    """As JSON can say it, and a whole number as one."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return {"number": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
        return int(value) if value == int(value) else value
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _whole(answer: dict[str, Any]) -> dict[str, Any]:
    return {"value": _plain(answer["value"])} if "value" in answer else {"refused": True}


@pytest.mark.parametrize(
    ("text", "comes_to"),
    [
        ("${{ vars.AUTH0_ROUNDS }}", "5"),
        ("a ${{ matrix.leg }} b ${{ matrix.only }}", "a 1 b true"),
        ("${{ format('{0}}}', 'x') }}", "x}"),
        ("${{ '}}' }}", "}}"),
        ("nothing", "nothing"),
    ],
)
def test_holes_of_a_text_are_filled(text: str, comes_to: str) -> None:
    assert filled(text, CONTEXTS) == comes_to
