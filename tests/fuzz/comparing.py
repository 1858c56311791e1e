"""The promise of the language, as a comparison of runs.

On success the same result, and, where no call failed, the same calls, in an order that respects each step.
Where a call failed and a handler took it, calls that Python would not have made may have started. On failure an
error that an order respecting the source allows: Python's own, or that of a call which the machine made.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from typing import Any

from ladle.asl import validate
from ladle.compiler.language import examine, form, verify
from ladle.compiler.language.operations import Limit
from ladle.compiler.language.printing import print_program
from ladle.compiler.language.walk import nodes
from ladle.declare import Workflow
from ladle.errors import DiagnosticError
from tests.fuzz.running import Called, Run, TaskWorld, closure, on_engine, on_moto, on_python
from tests.language.meaning import Endless, Machine

__all__ = ["Disagreement", "Subject", "refusals"]

_QUERY = "States.QueryEvaluationError"
_FAILURES = re.compile(r"\b(KeyError|IndexError|ZeroDivisionError|ValueError|OverflowError|UnicodeError|MemoryError)\b")


class Disagreement(Exception):
    """Two executors differ. `kind` names how, so that shrinking keeps to one fault."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind


def through_door(main: Workflow[..., Any], given: dict[str, Any]) -> dict[str, Any]:
    """The input as whoever starts the run sends it: checked and completed, except for missing arguments, whose
    defaults are the machine's to fill in."""
    whole = main.door.encode_arguments(main.door.decode_arguments(given))
    return {name: value for name, value in whole.items() if name in given}


def refusals(main: Workflow[..., Any]) -> tuple[str, ...]:
    """The codes of the problems for which a workflow is refused."""
    try:
        found = examine(main)
    except Exception as error:
        raise Disagreement(f"read {type(error).__name__}", str(error)) from error
    codes = {one.code for one in found.diagnostics if one.severity == "error"}
    if not codes:
        try:
            closure(main)
        except DiagnosticError as error:  # a loop that cannot be split is found when it is to be
            codes = {one.code for one in error.diagnostics}
        except Exception as error:
            raise Disagreement(f"compile {type(error).__name__}", str(error)) from error
    return tuple(sorted(codes))


class Subject:
    """A workflow that is read and compiled once, and compared on many inputs."""

    def __init__(self, main: Workflow[..., Any]) -> None:
        self.main = main
        self.limited = 0
        """Runs that a limit of the language stopped: an int past 2**53, order of text beyond U+FFFF."""
        program = examine(main).program
        assert program is not None
        self.program = program
        raises = (each for each in nodes(program.body) if isinstance(each, form.Raise))
        self.raised = frozenset(each.error for each in raises)
        if problems := verify(program):
            raise Disagreement("form", f"{problems}")
        try:
            self.found = closure(main)
        except Exception as error:
            raise Disagreement(f"compile {type(error).__name__}", str(error)) from error
        for one in self.found.values():
            if problems := validate(one.text, type="STANDARD", path=main.name):
                raise Disagreement("invalid", str(problems[0]))

    def compare(self, given: dict[str, Any], seed: int, *, moto: bool = False) -> None:
        """Raises Disagreement where the executors differ on this input."""
        plain = on_python(self.main, given)
        sent = through_door(self.main, given)
        limited = self._form(plain, given)
        try:
            found = on_engine(self.found, self.main.name, sent, random.Random(seed))
        except Exception as error:
            raise Disagreement(f"engine {type(error).__name__}", str(error)) from error
        if limited and found.error:
            self.limited += 1
            return
        _compare("engine", plain, found, self.raised)
        if not found.error and not any(call.error for call in plain.calls):
            _ordered(plain, found)
        if moto and len(self.found) == 1:
            _compare("moto", plain, on_moto(self.found, self.main.name, sent), self.raised)

    def _form(self, plain: Run, given: dict[str, Any]) -> bool:
        """Compares the typed form, interpreted; whether a limit stopped it."""
        try:
            door = self.main.door
            whole = door.encode_arguments(door.decode_arguments(given))
            found = Machine(TaskWorld()).run(self.program, whole)
        except Limit:
            return True
        except Endless:
            return False
        told = f"{plain.error or plain.output} != {found.error or found.result}\n{print_program(self.program)}"
        if bool(plain.error) != bool(found.error):
            raise Disagreement("form ends otherwise", f"{plain.cause} {told}")
        if not plain.error and not _same(plain.output, found.result):
            raise Disagreement("form gives another value", told)
        return False


def _compare(who: str, plain: Run, found: Run, raised: frozenset[str]) -> None:
    if not plain.error:
        if found.error:
            raise Disagreement(f"{who} fails", f"{found.error}: {found.cause}")
        if not _same(plain.output, found.output):
            raise Disagreement(f"{who} gives another value", f"{plain.output} != {found.output}")
        missing, extra = _count(plain.calls) - _count(found.calls), _count(found.calls) - _count(plain.calls)
        if missing:
            raise Disagreement(f"{who} does not call", str(dict(missing)))
        if extra and not any(call.error for call in plain.calls):
            raise Disagreement(f"{who} also calls", str(dict(extra)))
        return
    if not found.error:
        raise Disagreement(f"{who} does not fail", f"{plain.error}: {plain.cause} != {found.output}")
    legal = {plain.error, *(call.error for call in found.calls), *(call.error for call in plain.calls)}
    legal |= raised  # a `raise` waits for nothing that is written before it (rule 3)
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


def _same(a: Any, b: Any) -> bool:
    return json.dumps(_number(a), sort_keys=True) == json.dumps(_number(b), sort_keys=True)
