"""Random expressions alone, many inputs each: CPython, the typed form, Ladle's JSONata and jsonata-js.

Without states around them, tens of thousands of cases a minute can be compared. A case is one expression with one input.
"""

from __future__ import annotations

import ast
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ladle.compiler.emit.expressions import print_expression
from ladle.compiler.language import examine, form
from ladle.compiler.language.operations import Limit
from ladle.compiler.plan.simplify import simplify
from ladle.declare import Workflow
from ladle.jsonata import UNDEFINED, Expression, JsonataError
from ladle.jsonata.plain import fetch_from_mapping
from tests.fuzz.campaign import Counterexample, module_of
from tests.fuzz.comparing import Disagreement, Refused, same
from tests.fuzz.expressions import ANNOTATIONS, TABLES, expressions
from tests.fuzz.inputs import KINDS, random_input
from tests.fuzz.programs import HEAD
from tests.fuzz.running import TaskWorld, reference
from tests.fuzz.shrinking import shrink
from tests.language.meaning import Machine as Interpreter
from tests.oracles.jsonata_js import JsError, JsonataJs

__all__ = ["Expressed", "Lone", "expression_campaign"]

INPUTS = 60
"""Random inputs of each expression; those that differ only in what it does not read are one."""

BATCH = 50
"""Expressions in one module."""

_EVALUATOR_LIMITS = frozenset({"D1001", "D2014", "D3030", "D3061", "D3141", "U1001"})
"""What the evaluator itself says of numbers that leave the doubles, of lists that get too long, of stacks that grow too deep."""


@dataclass
class Expressed:
    """What was compared: expressions, and cases of them (`limited`: where a limit of the language stopped it)."""

    expressions: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    cases: int = 0
    limited: int = 0
    found: list[Counterexample] = field(default_factory=list)

    def __str__(self) -> str:
        refused = f"{self.refused.total()} refused: {dict(self.refused)}"
        return (
            f"{self.expressions} expressions ({refused}), {self.cases} cases ({self.limited} stopped by a limit); "
            f"{len(self.found)} disagree"
        )


class Lone:
    """A workflow that only returns an expression, and the expression's JSONata. Raises Refused."""

    def __init__(self, main: Workflow[..., Any]) -> None:
        self.main = main
        try:
            found = examine(main)
            if found.program is None:
                raise Refused(tuple(each.code for each in found.diagnostics if each.severity == "error"))
            self.program = found.program
            body = simplify(found.program).body
            if len(body) != 1 or not isinstance(body[0], form.Return) or body[0].value is None:
                raise Refused(("no expression",))
            self.text = print_expression(body[0].value, lambda variable: f"${variable.name}")
            self.evaluator = Expression(self.text, fetch_from_mapping)
        except Refused:
            raise
        except Exception as error:
            raise Disagreement(f"compile {type(error).__name__}", str(error)) from error

    def compare(self, inputs: list[dict[str, Any]], js: JsonataJs | None) -> tuple[int, int]:
        """Raises Disagreement, and gives the numbers of cases and of those that a limit stopped."""
        names = [each.name for each in self.main.door.parameters]
        chosen = {json.dumps([given.get(name, ...) for name in names], default=str): given for given in inputs}
        jobs = []
        for given in chosen.values():
            sent = {name: given[name] for name in names if name in given}
            door = self.main.door
            jobs.append((sent, door.encode_arguments(door.decode_arguments(sent))))
        answers = [UNDEFINED] * len(jobs) if js is None else js.evaluate_all([(self.text, whole) for _, whole in jobs])
        limited = 0
        for (sent, whole), answer in zip(jobs, answers, strict=True):
            limited += self._one(sent, whole, None if js is None else answer)
        return len(jobs), limited

    def _one(self, sent: dict[str, Any], whole: dict[str, Any], answer: Any) -> bool:
        door = self.main.door
        value, error = None, ""
        try:
            value = door.encode_result(self.main.function(**door.decode_arguments(sent)))
        except Exception as raised:  # noqa: BLE001 - the expression's failure is its outcome
            error = type(raised).__name__
        limited = False
        try:
            formed = Interpreter(TaskWorld()).run(self.program, whole)
        except Limit:
            limited = True
        else:
            if bool(formed.error) != bool(error) or not (error or same(value, formed.result)):
                self._differ("form", sent, value, error, formed.error or formed.result)
        try:
            own = self.evaluator.evaluate(whole)
        except JsonataError as raised:
            own = raised
        for who, got in (("ours", own), ("jsonata-js", answer)):
            if who == "jsonata-js" and answer is None and reference() is None:
                continue
            failed = isinstance(got, JsonataError | JsError)
            if failed and not ("Error: " in str(got) or any(code in str(got) for code in _EVALUATOR_LIMITS)):
                self._differ(f"{who} fails otherwise", sent, value, error, got)
            if limited and failed:
                continue
            if failed != bool(error) or not (error or (got is not UNDEFINED and same(value, got))):
                self._differ(who, sent, value, error, got)
        return limited

    def _differ(self, who: str, sent: dict[str, Any], value: Any, error: str, got: Any) -> None:
        raise _Apart(who, f"Python {error or value!r}, {who} {got!r}\n{self.text}", sent)


class _Apart(Disagreement):
    def __init__(self, kind: str, text: str, given: dict[str, Any]) -> None:
        super().__init__(kind, text)
        self.given = given


def _workflow(chance: random.Random, name: str) -> str:
    kind = chance.choice([kind for kind in TABLES if kind in ANNOTATIONS])
    grammar = expressions(chance)
    text = grammar.make(kind, KINDS, chance.choice([1, 2, 2, 3]), calls=False)
    return _source(name, kind, text)


def _source(name: str, kind: str, text: str) -> str:
    read = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    parameters = ", ".join(f"{each}: {ANNOTATIONS[KINDS[each]]}" for each in KINDS if each in read)
    return f"@workflow\ndef {name}({parameters}) -> {ANNOTATIONS[kind]}:\n    return {text}\n"


def expression_campaign(seed: str, count: int, folder: Path, *, small: bool = True) -> Iterator[Expressed]:
    """Compares `count` expressions; gives the tally after each batch. The same seed gives the same expressions."""
    tally, js = Expressed(), reference()
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        texts = {n: _workflow(random.Random(f"{seed}.{n}"), f"main{n}") for n in numbers}
        inputs = [{"limit": 2, **random_input(random.Random(f"{seed}.{start}.{n}"))} for n in range(INPUTS)]
        module = module_of(HEAD + "\n\n".join(texts.values()), folder)
        for number, text in texts.items():
            tally.expressions += 1
            try:
                cases, limited = Lone(getattr(module, f"main{number}")).compare(inputs, js)
                tally.cases += cases
                tally.limited += limited
            except Refused as refused:
                tally.refused.update(refused.codes[:1])
            except Disagreement as error:
                given: Mapping[str, Any] = getattr(error, "given", {})
                case = Counterexample(f"{seed}.{number}", error.kind, str(error), text, dict(given))
                tally.found.append(_shrunk(case, folder, inputs) if small else case)
        del sys.modules[module.__name__]
        yield tally


def _shrunk(case: Counterexample, folder: Path, inputs: list[dict[str, Any]]) -> Counterexample:
    last = [case]

    def fails(text: str) -> bool:
        try:
            module = module_of(HEAD + text, folder)
        except Exception:  # noqa: BLE001 - no program any more
            return False
        main = next(value for name, value in vars(module).items() if name.startswith("main"))
        try:
            Lone(main).compare(inputs, reference())
        except Disagreement as error:
            last[0] = Counterexample(case.seed, error.kind, str(error), text, dict(getattr(error, "given", {})))
            return error.kind == case.kind
        except Exception:  # noqa: BLE001 - another fault, or no lawful program
            return False
        finally:
            del sys.modules[module.__name__]
        return False

    shrink(case.source, fails)
    return last[0] if last[0].kind == case.kind else case
