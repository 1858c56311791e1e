"""Which errors can leave a workflow: of its tasks' code, its own, of expressions and nested runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ladle import compiler
from ladle.cli.escaping import escapes_of, escapes_text
from ladle.compiler.lints.escapes import OTHER, TIMEOUT, Escape
from ladle.declare import Workflow
from tests.language.written import module_of

TASKS = """
from ladle import *

class Bad(Exception): ...
class Worse(Bad): ...
class Late(Exception): ...

def check(key: str) -> None:
    if not key:
        raise Worse(key)

@task(retry=Retry(on=[Late], attempts=4))
def load(key: str) -> int:
    check(key)
    if key == "late":
        raise Late(key)
    return len(key)

@task
def quiet(n: int) -> int:
    return n + 1
"""

Leaving = Callable[[str], tuple[Escape, ...]]


@pytest.fixture
def leaving(tmp_path: Path) -> Leaving:
    """What can leave the last workflow of a source."""

    def found(source: str) -> tuple[Escape, ...]:
        module: Any = module_of(source, tmp_path, TASKS)
        workflows = [each for each in vars(module).values() if isinstance(each, Workflow)]
        compiled = {each.name: compiler.compile_workflow(each, root=tmp_path) for each in workflows}
        return escapes_of(compiled, tmp_path)[workflows[-1].name]

    return found


def named(escapes: tuple[Escape, ...]) -> set[tuple[str, str]]:
    return {(each.error, each.by) for each in escapes}


def flow(*lines: str) -> str:
    return "@workflow\ndef flow(key: str, n: int) -> int:\n" + "".join(f"    {line}\n" for line in lines)


def test_a_tasks_errors_leave_with_the_place_where_they_are_raised(leaving: Leaving) -> None:
    """Also those of functions that the task calls; a retry is told."""
    found = leaving(flow("return load(key)"))
    assert named(found) == {("Worse", "load"), ("Late", "load"), (TIMEOUT, "load"), (OTHER, "load")}
    late = next(each for each in found if each.error == "Late")
    assert late.retries == 4
    assert late.raised is not None
    assert late.raised.line == 16
    worse = next(each for each in found if each.error == "Worse")
    assert (worse.retries, worse.ancestors[0]) == (0, "Bad")


def test_what_a_handler_takes_does_not_leave(leaving: Leaving) -> None:
    """By the class itself or a base; what it raises again does, from there."""
    found = leaving(flow("try:", "    return load(key)", "except Bad:", "    return 0"))
    assert named(found) == {("Late", "load"), (TIMEOUT, "load"), (OTHER, "load")}
    again = leaving(flow("try:", "    return load(key)", "except Bad:", "    quiet(n)", "    raise"))
    (worse,) = [each for each in again if each.error == "Worse"]
    assert (worse.by, worse.span.line) == ("load", worse.span.line)
    assert worse.raised is not None
    assert leaving(flow("try:", "    return load(key)", "except Exception:", "    return 0")) == ()


def test_timeout_error_takes_time_limits(leaving: Leaving) -> None:
    found = leaving(flow("try:", "    return quiet(n)", "except TimeoutError:", "    return 0"))
    assert named(found) == {(OTHER, "quiet")}


def test_a_failure_that_is_a_value_does_not_leave(leaving: Leaving) -> None:
    body = (
        "found = attempt(load, key)",
        "if isinstance(found, Failed):",
        "    raise Bad(found.error)",
        "return found",
    )
    assert named(leaving(flow(*body))) == {("Bad", "")}


def test_expressions_fail_as_in_python(leaving: Leaving) -> None:
    """Unless a handler takes it."""
    assert ("ZeroDivisionError", "an expression") in named(leaving(flow("return 6 // n")))
    caught = leaving(flow("try:", "    m = 6 // n", "except ZeroDivisionError:", "    m = 0", "return m"))
    assert named(caught) == set()


def test_what_leaves_a_nested_run_leaves_the_one_that_started_it(leaving: Leaving) -> None:
    """By name, unless it is caught there."""
    source = (
        "@workflow\ndef inner(key: str) -> int:\n    return load(key)\n\n"
        "@workflow\ndef flow(key: str) -> int:\n"
        "    try:\n        return inner(key)\n    except Bad:\n        return 0\n"
    )
    assert named(leaving(source)) == {("Late", "inner"), (TIMEOUT, "inner"), (OTHER, "inner")}


def test_they_are_shown_by_name_and_the_rest_in_one_line(leaving: Leaving) -> None:
    text = list(escapes_text("flow", leaving(flow("size = load(key)", "return quiet(size)")), False))
    assert text[0] == "flow"
    assert any(line.startswith("  Late ") and "after 4 retries" in line for line in text)
    assert text[-1] == "  and whatever else load, quiet may raise"
