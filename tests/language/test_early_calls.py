"""What Python calls when a function is defined is no part of a workflow."""

from __future__ import annotations

from ladle import task, workflow
from ladle.compiler.language import examine


@task
def load(key: str) -> str:
    return key


def helper(n: int, text: str = load("helper")) -> str:
    return f"{n} {text}"


@workflow
def by_default(key: str, day: str = load("x")) -> str:
    return load(key) + day


@workflow
def by_helper(key: str) -> str:
    return helper(1) + key


@workflow
def in_turn(key: str, day: str | None = None) -> str:
    return load(key if day is None else day)


def test_a_call_in_a_default_is_refused_at_its_place() -> None:
    """It would run once, at import, and its value would stand in the machine for ever."""
    (problem,) = examine(by_default).diagnostics
    assert (problem.code, problem.message) == (
        "L108",
        "`load` would be called once, when `by_default` is defined",
    )
    assert problem.span.column == len("def by_default(key: str, day: str = ") + 1


def test_a_call_in_the_default_of_a_helper_is_refused() -> None:
    """A helper is part of the workflow that calls it."""
    (problem,) = examine(by_helper).diagnostics
    assert problem.code == "L108"


def test_a_call_in_the_body_is_none_of_that() -> None:
    """The remedy that the hint gives."""
    assert examine(in_turn).diagnostics == ()
