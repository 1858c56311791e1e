"""Branching as conditional expressions means what it meant: random programs, run as forms before and after.

`CASES=1000 pytest tests/plan/test_simplify.py` runs more programs.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from ladle.compiler.language import examine, form, verify
from ladle.compiler.language.operations import Limit
from ladle.compiler.language.walk import nodes
from ladle.compiler.plan.simplify import simplify
from ladle.declare import Workflow
from tests.fuzz.campaign import module_of
from tests.fuzz.inputs import random_input
from tests.fuzz.programs import HEAD, random_workflow
from tests.fuzz.running import TaskWorld
from tests.language.meaning import Endless, Machine

PROGRAMS = int(os.environ.get("CASES", "40"))
NAMES = "abcd"


def outcome(program: form.Program, given: dict[str, Any]) -> object:
    """How a form ends, and the calls that it makes, in their order."""
    try:
        return Machine(TaskWorld()).run(program, given)
    except (Limit, Endless) as stopped:
        return type(stopped)


def count_tests(program: form.Program) -> int:
    """The tests that a program branches on."""
    return sum(isinstance(node, form.If) for node in nodes(program.body))


def workflow_of(source: str, folder: Path) -> Workflow[..., Any]:
    return next(v for n, v in vars(module_of(HEAD + source, folder)).items() if n.startswith("main"))


@pytest.mark.parametrize("part", range(2))
def test_simplified_programs_do_the_same(tmp_path: Path, part: int) -> None:
    """Programs of all statements: the same result or error, the same calls in the same order."""
    compared = 0
    for number in range(part, PROGRAMS, 2):
        main = workflow_of(random_workflow(random.Random(f"simplify.{number}")), tmp_path)
        program = examine(main).program
        if program is None:
            continue
        simple = simplify(program)
        assert verify(simple) == (), number
        for at in range(3):
            given = random_input(random.Random(f"simplify.{number}.{at}"))
            whole = main.door.encode_arguments(main.door.decode_arguments(given))
            assert outcome(simple, whole) == outcome(program, whole), (number, given)
            compared += 1
    assert compared > PROGRAMS / 2


class Branching:
    """Programs that do little but branch, assign and return: on values that fail, too."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def value(self, depth: int = 2) -> str:
        pick = self.chance.choice
        if not depth or self.chance.random() < 0.4:
            return pick([*NAMES, "0", "1", "3"])
        left, right = self.value(depth - 1), self.value(depth - 1)
        forms = [f"({left} + {right})", f"({left} // {right})", f"max({left}, {right})"]
        return pick([*forms, f"({left} if {self.test()} else {right})"])

    def test(self) -> str:
        return f"{self.value(0)} {self.chance.choice(['<', '==', '!='])} {self.value(0)}"

    def assigned(self) -> str:
        names = self.chance.sample(NAMES, self.chance.choice([1, 1, 2]))
        return "\n".join(f"{name} = {self.value()}" for name in names)

    def statement(self, depth: int = 2) -> str:
        if not depth or self.chance.random() < 0.3:
            return self.chance.choice(
                [self.assigned(), f"{self.chance.choice(NAMES)} = mix({self.value()}, 1)"]
            )
        then = self.block(depth - 1)
        arms = f"if {self.test()}:\n{indent(then, '    ')}"
        if self.chance.random() < 0.5:
            arms += f"\nelse:\n{indent(self.block(depth - 1), '    ')}"
        return arms

    def block(self, depth: int) -> str:
        if self.chance.random() < 0.15:
            return f"return {self.value()}"
        if self.chance.random() < 0.6:
            return self.assigned()
        return "\n".join(self.statement(depth) for _ in range(self.chance.choice([1, 2])))

    def workflow(self) -> str:
        body = "\n".join(self.statement() for _ in range(self.chance.choice([2, 3, 5])))
        body += f"\nif {self.test()}:\n    return {self.value()}\nreturn a + 10 * b + 100 * c + 1000 * d"
        parameters = ", ".join(f"{name}: int" for name in NAMES)
        return f"@workflow\ndef main({parameters}) -> int:\n{indent(body, '    ')}\n"


@pytest.mark.parametrize("part", range(2))
def test_simplified_branching_does_the_same(tmp_path: Path, part: int) -> None:
    """Nothing is evaluated that Python would not have evaluated, and nothing left out that fails."""
    compared = fewer = 0
    for number in range(part, 3 * PROGRAMS, 2):
        chance = random.Random(f"branching.{number}")
        source = Branching(chance).workflow()
        program = examine(workflow_of(source, tmp_path)).program
        if program is None:
            continue
        simple = simplify(program)
        assert verify(simple) == (), source
        fewer += count_tests(simple) < count_tests(program)
        for _ in range(8):
            given = {name: chance.choice([-1, 0, 0, 1, 2, 3]) for name in NAMES}
            assert outcome(simple, given) == outcome(program, given), (source, given)
        compared += 1
    assert fewer > compared / 2 > PROGRAMS / 4, "too few programs had anything to simplify"
