"""The generator writes every construct that the documents list, so that it cannot silently stop to write one."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fuzz.features import features
from tests.fuzz.inputs import random_input
from tests.fuzz.programs import random_workflow

DOCS = Path(__file__).parents[2] / "docs"

NOT_COMPARED = {
    ".start(2)": "a run that is only started belongs to nobody; its calls are made whenever",
    "run.name": "executors name their runs in their own way",
}
"""Constructs that no random workflow has, and why."""


def _expressions() -> Iterator[ast.AST]:
    """Each line of the reference of expressions."""
    for block in re.findall(r"```expressions\n(.*?)```", (DOCS / "reference.md").read_text(), re.DOTALL):
        yield from (ast.parse(line) for line in block.splitlines() if line and not line.startswith(" "))


def _statements() -> Iterator[ast.AST]:
    """The bodies of the workflows in the language's page."""
    for block in re.findall(r"```python\n(.*?)```", (DOCS / "language.md").read_text(), re.DOTALL):
        for node in ast.parse(block).body:
            if isinstance(node, ast.FunctionDef) and any("workflow" in ast.unparse(one) for one in node.decorator_list):
                yield from node.body


@pytest.fixture(scope="module")
def written() -> frozenset[str]:
    """The constructs of some hundred random workflows."""
    trees = (ast.parse(random_workflow(random.Random(f"features{number}"))) for number in range(900))
    return frozenset(name for tree in trees for name in features(tree))


@pytest.mark.parametrize("documented", [_expressions, _statements], ids=["reference.md", "language.md"])
def test_every_documented_construct_is_written(documented: object, written: frozenset[str]) -> None:
    """Operators, built-ins, methods with each count of arguments, kinds of slices, formats, statements, patterns."""
    assert callable(documented)
    wanted = {name for tree in documented() for name in features(tree)}
    assert len(wanted) > 50
    assert sorted(wanted - written - set(NOT_COMPARED)) == []
    assert not written & set(NOT_COMPARED), "what is written needs no excuse"


def test_a_construct_that_is_not_written_is_seen(written: frozenset[str]) -> None:
    """The comparison can fail: of neighbours, only what was written is there."""
    assert features(ast.parse("s.rsplit('.', 1)")) <= written
    assert not features(ast.parse("s.rsplit('.', 1, 2)")) <= written
    assert not features(ast.parse("xs[1:2:-3]")) <= written


def test_inputs_have_the_awkward_values() -> None:
    """Nothing, one, None, text beyond the BMP, zeros, the edges of exact integers and of doubles, absent keys."""
    seen = [random_input(random.Random(f"inputs{number}")) for number in range(400)]

    def values(name: str) -> list[object]:
        return [given[name] for given in seen]

    assert {0, 1, -1, 2**53 - 1, -(2**53) + 1} <= set(values("n"))
    assert {"0.0", "-0.0", "1e+308", "-1e+308", "5e-324", "9007199254740992.0"} <= {str(value) for value in values("x")}
    assert {"", "𝄞", "__proto__", "toString", "{% $n %}", "0x10", "٣"} <= set(values("s"))
    assert max(len(str(value)) for value in values("s")) >= 2000
    assert {0, 1, 2, 3} <= {len(given["xs"]) for given in seen}
    assert {0, 1} <= {len(given["table"]) for given in seen}
    assert None in values("perhaps")
    assert {True, False} == {"limit" in given for given in seen} == {"extra" in given["row"] for given in seen}
    assert {True, False} == {"size" in given["thing"] for given in seen} == {"tags" in given["thing"] for given in seen}
