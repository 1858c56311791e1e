"""What runs when: each rule with the cases that hold it, from the source to the order (`orders.txt`).

The file is the table: a rule is a line `# NUMBER NAME: text`, then `runs:` with folders of `tests/cases` that
also run it in three ways, then its cases: a line `## title`, the body of a workflow that takes a `key: str`
and an `n: int` and gives an int (or whole definitions), a line `=>`, and the order that it gets, or the code
it is refused with.

An order is written `a ; b` for one after the other, `(a | b)` for both at once, `if x {…} {…}` for a compound
statement with the orders of its blocks. What costs no time is left out, but for tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

import pytest

from ladle.compiler.plan import Leaf, Parallel, Series, Tree, plan
from tests.language.written import Language

HERE = Path(__file__).parent
RULES = [str(number) for number in range(1, 11)]
"""The ten rules of "What runs when"."""


@dataclass(frozen=True)
class Rule:
    number: str
    text: str
    runs: tuple[str, ...]
    cases: tuple[tuple[str, str, str], ...]


def rules() -> list[Rule]:
    """The table: each rule with its cases, which are a title, a source and an order."""
    found = []
    for text in re.split(r"(?m)^# ", (HERE / "orders.txt").read_text(encoding="utf-8"))[1:]:
        head, *cases = re.split(r"(?m)^## ", text)
        rule, _, runs = head.strip().partition("\nruns: ")
        name, _, what = rule.partition(": ")
        told = [re.fullmatch(r"(.+?)\n(.+)\n=>\n(.+?)\s*", case, re.DOTALL) for case in cases]
        parts = tuple((one[1], one[2], one[3]) for one in told if one is not None)
        assert len(parts) == len(cases), f"a case of {name} is no case"
        found.append(Rule(name.partition(" ")[0], what, tuple(filter(None, runs.split(", "))), parts))
    return found


CASES = [pytest.param(source, order, id=title) for rule in rules() for title, source, order in rule.cases]


def told(tree: Tree) -> str:
    """An order as text."""
    match tree:
        case Leaf():
            return _leaf(tree)
        case Series(items=items):
            return " ; ".join(text for item in items if (text := told(item)))
        case Parallel(branches=branches):
            return f"({' | '.join(map(told, branches))})"


def _leaf(leaf: Leaf) -> str:
    if not leaf.parts:
        return leaf.stmt.label if leaf.weight else ""
    blocks = [told(part.plan.tree) for part in leaf.parts]
    return f"{leaf.stmt.label} {' '.join(f'{{{text}}}' for text in blocks if text) or '{}'}"


def order_of(language: Language, source: str) -> str:
    """The order of a body, or the codes of its problems."""
    if "@workflow" not in source:
        source = f"@workflow\ndef main(key: str, n: int) -> int:\n{indent(source, '    ')}\n"
    reading = language.examine(source)
    if reading.program is None:
        return ", ".join(dict.fromkeys(one.code for one in reading.diagnostics))
    return told(plan(reading.program).tree)


@pytest.mark.parametrize(("source", "order"), CASES)
def test_order(language: Language, source: str, order: str) -> None:
    """The body gets this order, which keeps the rules and loses nothing that they allow."""
    assert order_of(language, source) == order


def test_every_rule_has_cases() -> None:
    """No rule is without, no title stands twice, and what is said to run is there."""
    found = rules()
    assert list(dict.fromkeys(rule.number for rule in found)) == RULES
    folders = {path.parent.name for path in (HERE.parent / "cases").glob("*/workflow.py")}
    for rule in found:
        assert rule.cases, f"no case of: {rule.text}"
        assert set(rule.runs) <= folders, rule.text
    titles = [title for rule in found for title, _, _ in rule.cases]
    assert len(titles) == len(set(titles)) == len(CASES)
