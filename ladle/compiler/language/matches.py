"""`match` on values: constants, classes of a union, names and guards, as a chain of tests."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Final

from ladle.compiler.language import form, subset
from ladle.compiler.language.binding import adopt
from ladle.compiler.language.conditions import condition
from ladle.compiler.language.flow import merge
from ladle.compiler.language.guards import all_of, operation
from ladle.compiler.language.reading import Condition, Facts, Reader
from ladle.compiler.language.shapes import BOOL, POISON, is_poison
from ladle.compiler.language.values import leak

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
    _cases(reader, node, subject, node.cases, is_poison(value.shape))
    if subject is not node.subject and isinstance(subject, ast.Name):
        reader.env.names.pop(subject.id, None)


def _cases(
    reader: Reader, node: ast.Match, subject: ast.expr, cases: list[ast.match_case], poisoned: bool
) -> None:
    """The first case, else the rest."""
    if not cases:
        return
    case, rest = cases[0], cases[1:]
    label = f"case {ast.unparse(case.pattern)}"
    test = _test(reader, case, subject)

    def taken() -> None:
        _bind(reader, case.pattern, subject)
        reader.suite(case.body)

    def guarded() -> None:
        _bind(reader, case.pattern, subject)
        assert case.guard is not None
        guard = condition(reader, case.guard)
        _branch(guard, lambda: reader.suite(case.body), f"{label} if {reader.text(case.guard)}")

    def others() -> None:
        _cases(reader, node, subject, rest, poisoned)

    def _branch(found: Condition, then: Any, name: str) -> None:
        _, yes, yes_env = reader.arm(found.yes, then)
        _, no, no_env = reader.arm(found.no, others)
        reader.frame.env = merge((yes_env, no_env))
        if is_poison(found.expr.shape) or poisoned:
            return
        if isinstance(found.expr, form.Const):
            reader.block.extend(yes if found.expr.value else no)
            reader.frame.env = yes_env if found.expr.value else no_env
            return
        reader.emit(form.If(reader.span(case.pattern), name, found.expr, yes, no))

    if case.guard is None:
        _branch(test, taken, label)
        return
    if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
        guarded()  # `case x if …`: the name is set whatever the guard says
        return
    if _captures(case.pattern):
        reader.problem(
            "L103",
            case.pattern,
            "a pattern that sets a name cannot have a guard",
            "leave `as` out, or test inside",
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


def _captures(pattern: ast.pattern) -> bool:
    return any(isinstance(each, ast.MatchAs) and each.name is not None for each in ast.walk(pattern))


def _bind(reader: Reader, pattern: ast.pattern, subject: ast.expr) -> None:
    """Sets the names of a pattern: `case x` and `case Class() as x`; those of a refused one to what "
    "is not known."""
    if isinstance(pattern, ast.MatchAs) and pattern.name is not None:
        value = reader.expression(subject)
        leak(reader, subject)
        variable = reader.define(pattern.name, value.shape, pattern)
        if not is_poison(value.shape):
            reader.emit(form.Assign(value.span, pattern.name, variable, value))
        return
    for each in ast.walk(pattern):
        if isinstance(each, ast.MatchAs | ast.MatchStar) and each.name is not None:
            reader.define(each.name, POISON, each)


def _test(reader: Reader, case: ast.match_case, subject: ast.expr) -> Condition:
    return _pattern(reader, case.pattern, subject)


def _pattern(reader: Reader, pattern: ast.pattern, subject: ast.expr) -> Condition:
    span = reader.span(pattern)
    if isinstance(pattern, ast.MatchAs):
        return (
            Condition(form.Const(BOOL, span, True))
            if pattern.pattern is None
            else _pattern(reader, pattern.pattern, subject)
        )
    if isinstance(pattern, ast.MatchValue):
        compare = reader.derived(pattern, lambda: ast.Compare(subject, [ast.Eq()], [pattern.value]))
        return condition(reader, compare)
    if isinstance(pattern, ast.MatchSingleton):
        operator = ast.Is() if pattern.value is None else ast.Eq()
        single = ast.copy_location(ast.Constant(pattern.value), pattern)
        compare = reader.derived(pattern, lambda: ast.Compare(subject, [operator], [single]))
        return condition(reader, compare)
    if isinstance(pattern, ast.MatchClass):
        if pattern.patterns or pattern.kwd_patterns:
            reader.problem(
                "L103", pattern, "a class pattern with parts cannot be compiled", "write `case Class():`"
            )
            return Condition(reader.poison(pattern))
        call = reader.derived(
            pattern,
            lambda: ast.Call(
                ast.copy_location(ast.Name("isinstance", ast.Load()), pattern), [subject, pattern.cls], []
            ),
        )
        return condition(reader, call)
    if isinstance(pattern, ast.MatchOr):
        found = [_pattern(reader, each, subject) for each in pattern.patterns]
        if any(is_poison(each.expr.shape) for each in found):
            return Condition(reader.poison(pattern))
        no: Facts = found[-1].no if len(found) == 1 else ()
        return Condition(operation(reader, pattern, "bool.or", *(each.expr for each in found)), (), no)
    refusal = subset.refusal(pattern)
    return Condition(reader.refuse(refusal.code, pattern, refusal.message, refusal.hint))


MATCHES: Final[Mapping[type[ast.AST], Any]] = {ast.Match: read_match}
