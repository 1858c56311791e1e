"""The promise of the language, as a comparison of runs.

On success the same result, and, where no call failed, the same calls, in an order that respects each step.
Where a call failed and a handler took it, calls that Python would not have made may have started. On failure an
error that an order respecting the source allows: Python's own, or that of a call which the machine made.
"""

from __future__ import annotations

import ast
import inspect
import json
import random
import re
import textwrap
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ladle.asl import validate
from ladle.compiler.language import form, verify
from ladle.compiler.language.operations import Limit
from ladle.compiler.language.printing import print_program
from ladle.compiler.language.walk import nodes
from ladle.declare import Workflow
from ladle.errors import DiagnosticError
from tests.fuzz.running import Called, Machines, Run, TaskWorld, on_engine, on_moto, on_python
from tests.language.meaning import Endless, Outcome
from tests.language.meaning import Machine as Interpreter

__all__ = ["Compared", "Disagreement", "Refused", "Subject", "same", "through_door"]

_QUERY = "States.QueryEvaluationError"
_FAILURES = re.compile(r"\b(KeyError|IndexError|ZeroDivisionError|ValueError|OverflowError|UnicodeError|MemoryError)\b")


_SLOW = "Expression evaluation timeout"
"""What an evaluation ends with that took too long by the clock, as on a busy machine."""


class Disagreement(Exception):
    """Two executors differ. `kind` names how, so that shrinking keeps to one fault."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind


@dataclass
class Compared:
    """What was compared with plain Python: runs on the engine (`limited` of them stopped by a limit of the language:
    an int past 2**53, order of text beyond U+FFFF), and on moto. `raced` of both ended by another failure than Python's
    that was handled: nothing more of them can be told."""

    runs: int = 0
    moto: int = 0
    limited: int = 0
    raced: int = 0


def through_door(main: Workflow[..., Any], given: dict[str, Any]) -> dict[str, Any]:
    """The input as whoever starts the run sends it: checked and completed, except for missing arguments, whose
    defaults are the machine's to fill in."""
    whole = main.door.encode_arguments(main.door.decode_arguments(given))
    return {name: value for name, value in whole.items() if name in given}


class Refused(Exception):
    """The language refuses the workflow. `codes` are those of the problems."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(*codes)
        self.codes = codes


class Subject:
    """A workflow that is read and compiled once, and compared on many inputs.

    Raises Refused where it is refused, and Disagreement where compiling it fails otherwise or gives no lawful machine.
    """

    def __init__(self, main: Workflow[..., Any]) -> None:
        self.main = main
        try:
            self.machines = Machines.of(main)
        except DiagnosticError as error:
            raise Refused(tuple(sorted({one.code for one in error.diagnostics}))) from None
        except Exception as error:
            raise Disagreement(f"compile {type(error).__name__}", str(error)) from error
        program = self.machines.program
        raises = (each for each in nodes(program.body) if isinstance(each, form.Raise))
        self.raised = frozenset(each.error for each in raises)
        if problems := verify(program):
            raise Disagreement("form", f"{problems}")
        if problems := validate(self.machines.compiled[main.name].text, type="STANDARD", path=main.name):
            raise Disagreement(f"invalid {problems[0].code}", str(problems[0]))
        names = {node.id for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(main.function)))) if isinstance(node, ast.Name)}
        self.read = names & {each.name for each in main.door.parameters}
        """The parameters that the workflow reads: inputs that differ in others are the same case."""

    def compare(self, given: dict[str, Any], seeds: Iterable[int], *, moto: bool = False) -> Compared:
        """One input: as plain Python and in typed form once, on the engine with the task times of each seed, on moto
        if asked. Raises Disagreement where executors differ."""
        plain = on_python(self.main, given)
        sent = through_door(self.main, given)
        limited = self._form(plain, given)
        done = Compared()
        times = list(seeds)
        for seed in times if self.machines.timed and not limited else times[:1]:
            found = self._engine(sent, seed)
            done.runs += 1
            if found.error and (limited or _SLOW in found.cause):
                done.limited += 1
                continue
            if not plain.error and _raced(plain, found):
                done.raced += 1
                continue
            _compare("engine", plain, found, self.raised)
            if not found.error and not plain.failures:
                _ordered(plain, found)
        if moto and not done.limited and (run := self._moto(sent)) is not None:
            done.moto += 1
            if not plain.error and _raced(plain, run):
                done.raced += 1
            else:
                _compare("moto", plain, run, self.raised)
        return done

    def _engine(self, sent: dict[str, Any], seed: int) -> Run:
        try:
            return on_engine(self.machines, sent, random.Random(seed))
        except Exception as error:
            raise Disagreement(f"engine {type(error).__name__}", str(error)) from error

    def _moto(self, sent: dict[str, Any]) -> Run | None:
        try:
            return on_moto(self.machines, sent)
        except AssertionError as error:
            raise Disagreement("moto does not end", str(error)) from error

    def _form(self, plain: Run, given: dict[str, Any]) -> bool:
        """Compares the typed form, interpreted; whether a limit stopped it."""
        program = self.machines.program
        try:
            door = self.main.door
            whole = door.encode_arguments(door.decode_arguments(given))
            found = Interpreter(TaskWorld()).run(program, whole)
        except Limit:
            return True
        except Endless:
            return False
        if bool(plain.error) != bool(found.error):
            raise Disagreement("form ends otherwise", f"{plain.cause} {_told(plain, found, program)}")
        if not plain.error and not same(plain.output, found.result):
            raise Disagreement("form gives another value", _told(plain, found, program))
        return False


def _told(plain: Run, found: Outcome, program: form.Program) -> str:
    return f"{plain.error or plain.output} != {found.error or found.result}\n{print_program(program)}"


def _raced(plain: Run, found: Run) -> bool:
    """Whether a failure was handled, and another call than Python's failed: that failure may have won, lawfully, and
    ended what ran beside it."""
    return bool(plain.failed and found.failed - plain.failed)


def _compare(who: str, plain: Run, found: Run, raised: frozenset[str]) -> None:
    if not plain.error:
        if found.error:
            raise Disagreement(f"{who} fails", f"{found.error}: {found.cause}")
        if not same(plain.output, found.output):
            raise Disagreement(f"{who} gives another value", f"{plain.output} != {found.output}")
        missing, extra = _count(plain.calls) - _count(found.calls), _count(found.calls) - _count(plain.calls)
        if missing:
            raise Disagreement(f"{who} does not call", str(dict(missing)))
        if extra and not plain.failures:
            raise Disagreement(f"{who} also calls", str(dict(extra)))
        return
    if not found.error:
        raise Disagreement(f"{who} does not fail", f"{plain.error}: {plain.cause} != {found.output}")
    legal = {plain.error} | found.failures | plain.failures | raised  # a `raise` waits for nothing that is written before it (rule 3)
    if found.error == _QUERY:
        if not _FAILURES.search(found.cause):
            raise Disagreement(f"{who} fails otherwise", f"{plain.error}: {found.cause}")
    elif found.error not in legal and not (found.error == "States.TaskFailed" and "nested" in found.cause):
        raise Disagreement(f"{who} fails otherwise", f"{plain.error} != {found.error}: {found.cause}")


def _ordered(plain: Run, found: Run) -> None:
    """Between two steps the same calls, all of which end before the later step begins."""
    expected = [_count(part) for part in _split(plain.calls)]
    calls = sorted(found.calls, key=lambda call: call.began)
    marks = [call for call in calls if call.task == "mark"]
    given: list[Counter[str]] = []
    for number in range(len(marks) + 1):
        start = marks[number - 1].ended if number else 0.0
        until = marks[number].began if number < len(marks) else float("inf")
        inside = [call for call in calls if call.task != "mark" and start <= call.began < until]
        late = [call.text for call in inside if call.ended > until]
        if late:
            raise Disagreement("a step does not wait", f"{marks[number].text} began before the end of {late}")
        given.append(_count(inside))
    if [mark.text for mark in marks] != [call.text for call in plain.calls if call.task == "mark"]:
        raise Disagreement("steps in another order", str([mark.text for mark in marks]))
    if given != expected:
        raise Disagreement("a call on the other side of a step", f"{expected} != {given}")


def _split(calls: list[Called]) -> list[list[Called]]:
    parts: list[list[Called]] = [[]]
    for call in calls:
        if call.task == "mark":
            parts.append([])
        else:
            parts[-1].append(call)
    return parts


def _count(calls: list[Called]) -> Counter[str]:
    return Counter(json.dumps(_number(json.loads(call.text)), sort_keys=True) for call in calls)


def _number(value: Any) -> Any:
    """JSON has one kind of number: 1.0 is 1."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _number(inner) for key, inner in value.items()}
    return [_number(inner) for inner in value] if isinstance(value, list) else value


def same(a: Any, b: Any) -> bool:
    return json.dumps(_number(a), sort_keys=True) == json.dumps(_number(b), sort_keys=True)
