"""Every machine is lawful as it is built and after each pass: those of all cases, and of random programs.

`CASES=1000 pytest tests/emit/test_verify.py` verifies more programs.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from forms import BOOL, HERE, INT, const, op, read, var

from ladle.compiler import language, plan
from ladle.compiler.emit.build import build
from ladle.compiler.emit.guards import guarded
from ladle.compiler.emit.machine import (
    BranchValue,
    Catch,
    Choose,
    Each,
    Edge,
    Fork,
    Pass,
    Raw,
    Region,
    Rule,
    State,
    Work,
)
from ladle.compiler.emit.passes import PASSES
from ladle.compiler.emit.verify import verify
from ladle.compiler.language import form
from ladle.compiler.language.form import Variable
from ladle.compiler.plan.expressions import CLOCK
from ladle.declare import Workflow
from ladle.errors import DiagnosticError
from tests.cases.test_cases import CASES, main_of
from tests.fuzz.campaign import module_of
from tests.fuzz.programs import HEAD, random_workflow

PROGRAMS = int(os.environ.get("CASES", "40"))


def complaints(workflow: Workflow[..., Any]) -> Iterator[str]:
    """What is wrong with the machine of a workflow, at any stage of its making."""
    program = language.read(workflow)
    region = build(program, plan.plan(program))
    yield from (f"build: {wrong}" for wrong in verify(region, pruned=False, reached=False))
    pruned = False
    for number, run in enumerate(PASSES):
        region = run(region)
        just = run.__name__ == "prune"
        pruned = pruned or just
        finished = "finish" in [one.__name__ for one in PASSES[: number + 1]]
        found = verify(region, pruned=pruned, reached=just, finished=finished)
        yield from (f"{run.__name__}, pass {number}: {wrong}" for wrong in found)
    yield from (f"guarded: {wrong}" for wrong in verify(guarded(region, program), finished=True))


@pytest.mark.parametrize("name", CASES)
def test_machines_of_cases_are_lawful_after_each_pass(name: str) -> None:
    """Nothing is read before it is set, nothing leads nowhere, nothing is left behind."""
    assert not list(complaints(main_of(name)))


@pytest.mark.parametrize("part", range(4))
def test_machines_of_random_programs_are_lawful_after_each_pass(tmp_path: Path, part: int) -> None:
    """All statements, nested at will."""
    lawful = 0
    for number in range(part, PROGRAMS, 4):
        module = module_of(HEAD + random_workflow(random.Random(f"verify.{number}")), tmp_path)
        try:
            found = list(complaints(module.main))
        except DiagnosticError:
            continue
        assert not found, number
        lawful += 1
    assert lawful > PROGRAMS / 8


# ---------------------------------------------------------------------------------------------- broken ones

A, B, X = var("a"), var("b"), var("x")
RESULT = Raw.of("$states.result", valid="state")
CAUGHT = Raw.of("$states.errorOutput", valid="state")
INDEX = Raw.of("$states.context.Map.Item.Index", valid="map")
GIVEN = Raw.of("$states.input", valid="state")
ONE = const(1)


def calls(label: str, *arguments: form.Expr, then: Edge, catches: tuple[Catch, ...] = ()) -> Work:
    return Work(label, HERE, "arn", {"args": list(arguments)}, then, catches)


def machine(start: Edge, states: Mapping[int, State], exports: tuple[Variable, ...] | None = None) -> Region:
    return Region(start, dict(states), exports)


def ending(value: form.Expr = ONE) -> Edge:
    return Edge(None, (), value)


def forked(*regions: Region, then: Edge) -> Region:
    return machine(Edge(0), {0: Fork("fork", HERE, regions, then)})


def mapped(region: Region, far: str = "") -> Region:
    each = Each("each", HERE, read(X), A, region, ending(), far=far)
    return machine(Edge(0, ((X, ONE),)), {0: each})


def once(*sets: tuple[Variable, form.Expr], output: form.Expr | None = None) -> Region:
    """A branch or an iteration of one call."""
    return machine(Edge(1), {1: calls("f", then=Edge(None, sets, output))}, None if output else (A,))


def asked(**edges: Edge) -> dict[int, State]:
    rule = Rule(op("num.gt", ONE, ONE, shape=BOOL), edges["then"])
    return {0: Choose("if", HERE, (rule,), edges["otherwise"])}


LAWFUL = machine(
    Edge(0, ((X, ONE),)),
    {
        0: calls(
            "f", read(X), then=Edge(1, ((A, RESULT),)), catches=(Catch(("Bad",), Edge(1, ((A, ONE),))),)
        ),
        1: Fork(
            "fork",
            HERE,
            (
                replace(once((B, RESULT)), exports=(B,)),
                machine(
                    Edge(2, ((var("y"), read(A)),)), {2: calls("g", read(var("y")), then=Edge(None))}, ()
                ),
            ),
            Edge(None, ((var("z"), BranchValue(INT, HERE, 0, B)),), read(A)),
        ),
    },
)

BROKEN: dict[str, tuple[Region, str]] = {
    "an edge to nowhere": (machine(Edge(7), {}), "leads to state 7"),
    "a state that nothing leads to": (
        machine(Edge(0), {0: calls("f", then=ending()), 1: calls("g", then=ending())}),
        "'g' at 1: nothing leads here",
    ),
    "a variable that is never set": (
        machine(Edge(0), {0: calls("f", read(A), then=ending())}),
        "reads a, which is not set",
    ),
    "a variable that one of two ways sets": (
        machine(
            Edge(0),
            asked(then=Edge(1, ((A, ONE),)), otherwise=Edge(1)) | {1: calls("f", read(A), then=ending())},
        ),
        "reads a, which is not set on every way",
    ),
    "a result that a failure does not give": (
        machine(
            Edge(0),
            {
                0: calls("f", then=Edge(1, ((A, RESULT),)), catches=(Catch(("Bad",), Edge(1)),)),
                1: calls("g", read(A), then=ending()),
            },
        ),
        "reads a, which is not set on every way",
    ),
    "a variable that a loop sets too late": (
        machine(Edge(0), {0: calls("f", read(A), then=Edge(0, ((A, RESULT),)))}),
        "reads a, which is not set on every way",
    ),
    "a variable of a branch, read outside": (
        forked(replace(once((A, RESULT)), exports=()), then=ending(read(A))),
        "reads a, which is not set",
    ),
    "a value that a branch does not give": (
        forked(once((A, RESULT)), then=Edge(None, ((X, BranchValue(INT, HERE, 0, B)),), ONE)),
        "reads b of branch 0",
    ),
    "a value of a branch, read elsewhere": (
        machine(Edge(0), {0: calls("f", then=ending(BranchValue(INT, HERE, 0, A)))}),
        "reads a of branch 0",
    ),
    "an export that is not set": (forked(once(), then=ending()), "ends without a"),
    "a branch that sets an outer name": (
        machine(Edge(0, ((A, ONE),)), {0: Fork("fork", HERE, (once((A, RESULT)),), ending())}),
        "sets a, as a region around it does",
    ),
    "a branch that gives a value as a whole": (
        forked(replace(once((A, RESULT), output=ONE), exports=(A,)), then=ending()),
        "with a value",
    ),
    "an iteration without a value": (mapped(replace(once((A, RESULT)), exports=None)), "without a value"),
    "a run without a value": (machine(Edge(0), {0: calls("f", then=Edge(None))}), "without a value"),
    "a value where nothing ends": (
        machine(Edge(0), {0: calls("f", then=Edge(1, (), ONE)), 1: calls("g", then=ending())}),
        "has a value, but does not end",
    ),
    "a child that reads its parent's": (
        mapped(once(output=read(X)), far="STANDARD"),
        "reads x, which is not set",
    ),
    "a result read by the next state": (
        machine(Edge(0), {0: calls("f", then=Edge(1)), 1: calls("g", RESULT, then=ending())}),
        "reads a result",
    ),
    "a result where none is": (
        machine(Edge(0), {0: Pass("p", HERE, ending(RESULT))}),
        "reads a result",
    ),
    "a result on the way of a Catch": (
        machine(Edge(0), {0: calls("f", then=ending(), catches=(Catch(("Bad",), ending(RESULT)),))}),
        "reads a result",
    ),
    "a caught error where all went well": (
        machine(Edge(0), {0: calls("f", then=ending(CAUGHT))}),
        "reads a caught error",
    ),
    "the input of a region, read late": (
        mapped(machine(Edge(1), {1: calls("f", then=Edge(2)), 2: calls("g", GIVEN, then=ending())})),
        "reads the input of its region",
    ),
    "the input of a region, read by a first state that comes again": (
        mapped(machine(Edge(1), {1: calls("f", GIVEN, then=Edge(1))})),
        "reads the input of its region",
    ),
    "what tells of an iteration, outside of one": (
        machine(Edge(0), {0: calls("f", INDEX, then=ending())}),
        "reads an iteration",
    ),
    "a clock read twice": (
        machine(
            Edge(0), {0: calls("f", then=Edge(None, ((A, Raw.of(CLOCK)), (B, read(A))), read(B)))}
        ),
        "uses a reading of the clock",
    ),
    "a Choice without rules": (machine(Edge(0), {0: Choose("if", HERE, (), ending())}), "without rules"),
    "a Parallel without branches": (forked(then=ending()), "without branches"),
}  # fmt: skip

UNFINISHED: dict[str, tuple[Region, str]] = {
    "a Choice that ends": (
        machine(Edge(0), asked(then=ending(), otherwise=ending())),
        "which only a state can",
    ),
    "a Catch that ends": (
        machine(Edge(0), {0: calls("f", then=ending(), catches=(Catch(("Bad",), ending()),))}),
        "which only a state can",
    ),
    "an assignment before the first state": (
        machine(Edge(0, ((A, ONE),)), {0: calls("f", read(A), then=ending())}),
        "sets something before it",
    ),
    "no state": (machine(ending(), {}), "begins without a state"),
    "exports": (forked(once((A, RESULT)), then=ending()), "has exports left"),
}


def test_a_lawful_machine_has_no_complaints() -> None:
    """One with a Catch, a Parallel, values of branches and of what is around them."""
    assert not verify(LAWFUL)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_machine_is_told(name: str) -> None:
    """Each law is broken by a machine, which is told for that and nothing else."""
    region, told = BROKEN[name]
    found = verify(region)
    assert found
    assert all(told in wrong for wrong in found), found


@pytest.mark.parametrize("name", UNFINISHED)
def test_an_unfinished_machine_is_told_once_it_must_be_finished(name: str) -> None:
    """What is lawful before `finish`, and nothing may leave behind."""
    region, told = UNFINISHED[name]
    assert not verify(region)
    assert any(told in wrong for wrong in verify(region, finished=True))


@pytest.mark.parametrize("constant", [True, False])
def test_a_way_that_a_constant_rules_out_sets_nothing(constant: bool) -> None:
    """`while True` is left by `break` only."""
    rule = Rule(const(constant), Edge(1, ((A, ONE),)))
    states = {0: Choose("while", HERE, (rule,), Edge(1)), 1: calls("f", read(A), then=ending())}
    assert bool(verify(machine(Edge(0), states))) is not constant


def test_a_choice_gives_on_the_input_of_its_region() -> None:
    """Who comes from a first state that is a Choice has the input of the iteration; not so after a Task."""
    chosen = {0: asked(then=Edge(1), otherwise=Edge(1))[0], 1: calls("f", GIVEN, then=Edge(2))}
    last = calls("g", then=ending())
    assert not verify(mapped(machine(Edge(0), chosen | {2: last})))
    assert verify(mapped(machine(Edge(0), chosen | {2: calls("g", GIVEN, then=ending())})))


def test_a_branch_may_copy_what_is_not_set_until_nobody_reads_it() -> None:
    """Whoever reads the copy is told at once."""
    copied = ((A, read(B)),)
    vain = machine(Edge(1, copied), {1: calls("f", then=Edge(None))}, ())
    used = machine(Edge(1, copied), {1: calls("f", read(A), then=Edge(None))}, ())
    assert not verify(forked(vain, then=ending()), pruned=False)
    assert verify(forked(vain, then=ending()))
    assert verify(forked(used, then=ending()), pruned=False)
