"""`match` on values: constants, classes of a union, names and guards, as a chain of tests."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.binding import adopt
from ladle.compiler.language.conditions import condition
from ladle.compiler.language.flow import merge
from ladle.compiler.language.guards import all_of
from ladle.compiler.language.patterns import Match, exhaustive, pattern_of
from ladle.compiler.language.reading import Condition, Reader
from ladle.compiler.language.shapes import BOOL, POISON, is_poison
from ladle.compiler.language.values import leak
from ladle.wire import Shape

__all__ = ["MATCHES"]


def read_match(reader: Reader, node: ast.Match) -> None:
    value = reader.expression(node.subject)
    subject: ast.expr = node.subject
    if not isinstance(subject, ast.Name):
        # A name of its own, which the tests read.
        name = "matched"
        while name in reader.frame.locals or name in reader.env.names:
            name += "_"
        subject = reader.derived(node.subject, lambda: ast.Name(name, ast.Load()))
        variable = reader.define(name, value.shape, subject)
        if not is_poison(value.shape) and not adopt(reader, value, variable):
            reader.emit(form.Assign(value.span, "match", variable, value))
    _cases(reader, node, subject, node.cases, value.shape)
    if subject is not node.subject and isinstance(subject, ast.Name):
        reader.env.names.pop(subject.id, None)


def _cases(
    reader: Reader, node: ast.Match, subject: ast.expr, cases: list[ast.match_case], whole: Shape
) -> None:
    """The first case, else the rest. The last of cases that take everything needs no test."""
    if not cases:
        return
    case, rest = cases[0], cases[1:]
    label = f"case {ast.unparse(case.pattern)}"
    found = pattern_of(reader, case.pattern, subject, reader.expression(subject))
    test = found.test
    sure = not rest and case.guard is None and not _is_const(test.expr)
    if sure and exhaustive(reader, whole, node.cases):
        for path, shape in test.yes:
            reader.env.narrow(path, shape)
        test = Condition(form.Const(BOOL, reader.span(case.pattern), True), test.yes)

    def taken() -> None:
        _bind(reader, found, subject)
        reader.suite(case.body)

    def guarded() -> None:
        _bind(reader, found, subject)
        assert case.guard is not None
        guard = condition(reader, case.guard)
        _branch(guard, lambda: reader.suite(case.body), f"{label} if {reader.text(case.guard)}")

    def others() -> None:
        _cases(reader, node, subject, rest, whole)

    def _branch(found: Condition, then: Any, name: str) -> None:
        _, yes, yes_env = reader.arm(found.yes, then)
        _, no, no_env = reader.arm(found.no, others)
        reader.frame.env = merge((yes_env, no_env))
        if is_poison(found.expr.shape) or is_poison(whole):
            return
        if isinstance(found.expr, form.Const):
            reader.block.extend(yes if found.expr.value else no)
            reader.frame.env = yes_env if found.expr.value else no_env
            return
        reader.emit(form.If(reader.span(case.pattern), name, found.expr, yes, no))

    if is_poison(test.expr.shape):
        reader.give_up(case)
        _give_up_names(reader, case.pattern)
    if case.guard is None:
        _branch(test, taken, label)
        return
    if _is_const(test.expr) and test.expr == form.Const(BOOL, test.expr.span, True):
        guarded()  # `case x if …`: the name is set whatever the guard says
        return
    if found.names:
        reader.problem(
            "L103",
            case.pattern,
            "a pattern that sets a name cannot have a guard",
            "leave the name out, or test inside",
        )
        return
    for path, shape in test.yes:
        reader.env.narrow(path, shape)
    with reader.collect() as block:
        guard = condition(reader, case.guard)
    if block:
        reader.problem(
            "L108", case.guard, "a guard contains no calls of tasks", "call the task before the `match`"
        )
        return
    tests = [
        each for each in (test.expr, guard.expr) if not (isinstance(each, form.Const) and each.value is True)
    ]
    if any(is_poison(each.shape) for each in tests):
        _branch(Condition(reader.poison(node)), taken, label)
        return
    both = all_of(reader, node, tests) if tests else form.Const(BOOL, reader.span(node), True)
    _branch(Condition(both, (*test.yes, *guard.yes)), taken, f"{label} if {reader.text(case.guard)}")


def _is_const(expr: form.Expr) -> bool:
    return isinstance(expr, form.Const)


def _give_up_names(reader: Reader, pattern: ast.pattern) -> None:
    """The names of a refused pattern, set to what is not known."""
    for each in ast.walk(pattern):
        name = each.rest if isinstance(each, ast.MatchMapping) else getattr(each, "name", None)
        if isinstance(each, ast.MatchAs | ast.MatchStar | ast.MatchMapping) and name is not None:
            reader.define(name, POISON, each)


def _bind(reader: Reader, found: Match, subject: ast.expr) -> None:
    """Sets the names of a pattern: each to the whole value, or to a part of it."""
    for pattern, name, value in found.names:
        if isinstance(value, form.Read):
            leak(reader, subject)
        variable = reader.define(name, value.shape, pattern)
        if not is_poison(value.shape):
            reader.emit(form.Assign(value.span, name, variable, value))


MATCHES: Final[Mapping[type[ast.AST], Any]] = {ast.Match: read_match}
