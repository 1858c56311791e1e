"""The promise of the language on random workflows and expressions: thousands of cases here, as many as wanted with
`make fuzz`."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from ladle.declare import Workflow
from ladle.jsonata import Expression
from ladle.jsonata.plain import fetch_from_mapping
from tests.fuzz.campaign import campaign, module_of
from tests.fuzz.comparing import Disagreement, Refused, Subject
from tests.fuzz.dense import Lone, expression_campaign
from tests.fuzz.inputs import random_input
from tests.fuzz.programs import HEAD, random_workflow
from tests.fuzz.running import Machines, reference
from tests.fuzz.shrinking import shrink

CASES = int(os.environ.get("CASES", "24"))
EXPRESSIONS = int(os.environ.get("EXPRESSIONS", "300"))
SEED = os.environ.get("SEED", "ci")


@pytest.mark.parametrize("part", range(5))
def test_random_workflows_mean_what_python_means(tmp_path: Path, part: int) -> None:
    """Python, the typed form, the engine and moto agree: result, calls, order of steps, a lawful error."""
    for tally in campaign(f"{SEED}{part}", CASES, tmp_path):
        assert not tally.found, "\n\n".join(map(str, tally.found))
    assert tally.refused.total() < tally.workflows / 5, f"most programs must be lawful: {tally}"
    assert tally.limited < tally.runs / 4, f"limits must not hide the comparison: {tally}"
    assert tally.raced < tally.runs / 20, f"nor must failures that come first: {tally}"
    assert tally.runs > 20 * tally.workflows, f"each program runs with many inputs and times: {tally}"
    assert tally.moto > tally.workflows, f"moto has its say: {tally}"


@pytest.mark.parametrize("part", range(3))
def test_random_expressions_mean_what_python_means(tmp_path: Path, part: int) -> None:
    """Python, the typed form, Ladle's JSONata and jsonata-js give the same value, or all fail."""
    if reference() is None:
        pytest.skip("no Node with jsonata 2.0.6")
    for tally in expression_campaign(f"{SEED}{part}", EXPRESSIONS, tmp_path):
        assert not tally.found, "\n\n".join(map(str, tally.found))
    assert tally.refused.total() < tally.expressions / 20, f"most expressions must be lawful: {tally}"
    assert tally.limited < tally.cases / 10, f"limits must not hide the comparison: {tally}"
    assert tally.cases > 20 * tally.expressions, f"each has many inputs: {tally}"


def test_a_wrong_expression_is_found(tmp_path: Path) -> None:
    """The comparison sees another value in either evaluator, and a failure that is not Python's."""
    main = main_of("@workflow\ndef main(n: int) -> int:\n    return n // 3\n", tmp_path)
    for text in ("$ceil($n / 3)", '$n > 1 ? $error("ValueError: no") : $floor($n / 3)', "$nothing"):
        lone = Lone(main)
        lone.compare([{"n": 7}], reference())
        lone.text, lone.evaluator = text, Expression(text, fetch_from_mapping)
        with pytest.raises(Disagreement):
            lone.compare([{"n": 7}], reference())


def test_the_same_seed_gives_the_same_program() -> None:
    """A counterexample can be had again from its seed."""
    assert random_workflow(random.Random("1.2")) == random_workflow(random.Random("1.2"))
    assert random_input(random.Random("1.2")) == random_input(random.Random("1.2"))


def main_of(source: str, folder: Path) -> Workflow[..., object]:
    return next(v for n, v in vars(module_of(HEAD + source, folder)).items() if n.startswith("main"))


def test_a_wrong_machine_is_found(tmp_path: Path) -> None:
    """The comparison sees another value, a missing call and a step that does not wait."""
    source = "@workflow\ndef main(n: int) -> int:\n    a = mix(n, 1)\n    mark('x')\n    return a + mix(n, 2)\n"
    for change, kind in (
        (lambda text: text.replace('"b": 2', '"b": 3'), "engine"),
        (lambda text: text.replace("$a + ", "1 + $a + "), "engine"),
        (lambda text: text.replace('"${mark}"', '"${mix}"'), "engine"),
    ):
        subject = Subject(main_of(source, tmp_path))
        subject.compare({"n": 3}, [0])
        spoil(subject, change)
        with pytest.raises(Disagreement) as found:
            subject.compare({"n": 3}, [0])
        assert kind in found.value.kind


def spoil(subject: Subject, change: Callable[[str], str]) -> None:
    """Changes the text of the compiled machine."""
    compiled = subject.machines.compiled["main"]
    text = change(json.dumps(compiled.definition))
    assert text != json.dumps(compiled.definition), text
    subject.machines = Machines("main", {"main": replace(compiled, definition=json.loads(text))})


def test_shrinking_keeps_what_fails() -> None:
    """Only what the failure needs is left."""
    source = "def main(n):\n    a = 1\n    if n:\n        b = [a, n]\n        c = f(b[0] + 7)\n    return a\n"
    assert shrink(source, lambda text: "f(" in text) == "def main(n):\n    c = f(0)"


def test_refusals_are_told(tmp_path: Path) -> None:
    """A program that the language refuses is counted under the code of its problem."""
    source = "@workflow\ndef main(n: int) -> str:\n    return f'{n / 3:.3g}'\n"
    with pytest.raises(Refused) as refused:
        Subject(main_of(source, tmp_path))
    assert refused.value.codes == ("L107",)
