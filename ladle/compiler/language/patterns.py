"""Patterns of `match`: a test of a value, and the names that it gives to parts of it.

A pattern is read on a value, not on syntax: the parts of a list, a dict or a record are values of their own.
Tests of parts stand behind the tests that the parts are there, and are evaluated only then.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, Final, cast

from ladle.compiler.language import form, subset
from ladle.compiler.language.comparisons import compare
from ladle.compiler.language.conditions import instance, is_instance
from ladle.compiler.language.guards import all_of, operation
from ladle.compiler.language.names import static
from ladle.compiler.language.operations import result_shape
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Condition, Facts, Reader, retyped
from ladle.compiler.language.shapes import BOOL, INT, NULL, is_poison, kind_of, options, show, union
from ladle.compiler.language.targets import item_of, rest_of
from ladle.wire import DictShape, EnumShape, ListShape, LiteralShape, RecordShape, Shape, TupleShape

__all__ = ["Match", "exhaustive", "pattern_of"]


@dataclass(slots=True)
class Match:
    """What a pattern is: its test with what it tells of types, and the names with the values they get."""

    test: Condition
    names: list[tuple[ast.pattern, str, form.Expr]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Subject:
    """A value under a pattern. `place` is its name in the source, None for a part that has none."""

    value: form.Expr
    place: ast.expr | None = None


def pattern_of(reader: Reader, pattern: ast.pattern, place: ast.expr, value: form.Expr) -> Match:
    """Reads a pattern on the value that `place` names."""
    found = Match(Condition(form.Const(BOOL, reader.span(pattern), True)))
    found.test = _read(reader, pattern, Subject(value, place), found)
    return found


def _read(reader: Reader, pattern: ast.pattern, subject: Subject, found: Match) -> Condition:
    if is_poison(subject.value.shape):
        return Condition(subject.value)
    read = _PATTERNS.get(type(pattern))
    if read is None:
        refusal = subset.refusal(pattern)
        return Condition(reader.refuse(refusal.code, pattern, refusal.message, refusal.hint))
    result: Condition = read(reader, pattern, subject, found)
    return result


def _true(reader: Reader, node: ast.AST) -> Condition:
    return Condition(form.Const(BOOL, reader.span(node), True))


def _as(reader: Reader, pattern: ast.MatchAs, subject: Subject, found: Match) -> Condition:
    test = (
        _true(reader, pattern) if pattern.pattern is None else _read(reader, pattern.pattern, subject, found)
    )
    if pattern.name is not None:
        known = dict(test.yes)
        shape = subject.value.shape
        if isinstance(subject.place, ast.Name) and (subject.place.id,) in known:
            shape = known[(subject.place.id,)]
        found.names.append((pattern, pattern.name, retyped(subject.value, shape)))
    return test


def _value(reader: Reader, pattern: ast.MatchValue, subject: Subject, found: Match) -> Condition:
    del found
    wanted = reader.expression(pattern.value, subject.value.shape)
    return _equal(reader, pattern, ast.Eq(), subject, (pattern.value, wanted))


def _singleton(reader: Reader, pattern: ast.MatchSingleton, subject: Subject, found: Match) -> Condition:
    del found
    node = ast.copy_location(ast.Constant(pattern.value), pattern)
    operator = ast.Is() if pattern.value is None else ast.Eq()
    return _equal(reader, pattern, operator, subject, (node, reader.expression(node)))


def _equal(
    reader: Reader,
    pattern: ast.pattern,
    operator: ast.cmpop,
    subject: Subject,
    wanted: tuple[ast.expr, form.Expr],
) -> Condition:
    place = subject.place or ast.copy_location(ast.Constant(None), pattern)
    return compare(reader, cast("ast.Compare", pattern), operator, (place, subject.value), wanted)


# ---------------------------------------------------------------------------------------------- classes


def _class(reader: Reader, pattern: ast.MatchClass, subject: Subject, found: Match) -> Condition:
    cls = static(reader, pattern.cls)
    place = subject.place or ast.copy_location(ast.Constant(None), pattern)
    test = is_instance(reader, pattern, place, subject.value, [pattern.cls])
    if is_poison(test.expr.shape):
        return test
    kept = [option for option in options(subject.value.shape) if option in _instances(subject, cls)]
    narrowed = Subject(retyped(subject.value, union(kept)), None) if kept else subject
    tests: list[form.Expr] = [] if _is_true(test.expr) else [test.expr]
    whole = not pattern.kwd_patterns
    for part, inner in _parts(reader, pattern, cls, narrowed):
        if part is None:
            return Condition(reader.poison(pattern))
        inside = _read(reader, inner, part, found)
        if is_poison(inside.expr.shape):
            return inside
        if not _is_true(inside.expr):
            tests.append(inside.expr)
            whole = False
    if not tests:
        return Condition(form.Const(BOOL, reader.span(pattern), True), test.yes)
    return Condition(all_of(reader, pattern, tests), test.yes, test.no if whole else ())


def _instances(subject: Subject, cls: Any) -> list[Shape]:
    return [
        option for option in options(subject.value.shape) if isinstance(cls, type) and instance(option, cls)
    ]


_WHOLE: Final = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)
"""Classes whose only positional pattern is the value itself (PEP 634)."""


def _parts(
    reader: Reader, pattern: ast.MatchClass, cls: Any, subject: Subject
) -> list[tuple[Subject | None, ast.pattern]]:
    """The parts of a class pattern, each with its value; None where a problem was reported."""
    if cls in _WHOLE:
        if len(pattern.patterns) > 1 or pattern.kwd_patterns:
            hint = f"write: case {cls.__name__}(x):"
            reader.problem("L103", pattern, f"`{cls.__name__}` has one part, itself", hint)
            return [(None, pattern)]
        return [(subject, each) for each in pattern.patterns]
    names = list(getattr(cls, "__match_args__", ()))[: len(pattern.patterns)]
    if len(names) < len(pattern.patterns):
        reader.problem(
            "L103",
            pattern,
            f"`{getattr(cls, '__name__', cls)}` has no order of fields: give them by name",
            f"write: case {getattr(cls, '__name__', 'Class')}(field=…):",
        )
        return [(None, pattern)]
    names += pattern.kwd_attrs
    found: list[tuple[Subject | None, ast.pattern]] = []
    shape = subject.value.shape
    for name, inner in zip(names, (*pattern.patterns, *pattern.kwd_patterns), strict=True):
        part = shape.field(name) if isinstance(shape, RecordShape) and shape.kind != "typeddict" else None
        if part is None:
            near = nearest(name, [each.name for each in getattr(shape, "fields", ())])
            hint = f"did you mean `{near}`?" if near else "name a field of the class"
            reader.problem("L404", inner, f"`{show(shape)}` has no field `{name}`", hint)
            return [(None, inner)]
        value = form.FieldOf(part.shape, reader.span(inner), subject.value, name)
        found.append((Subject(value), inner))
    return found


# ---------------------------------------------------------------------------------------------- lists


def _sequence(reader: Reader, pattern: ast.MatchSequence, subject: Subject, found: Match) -> Condition:
    shape, span = subject.value.shape, reader.span(pattern)
    if NULL in options(shape) or not isinstance(shape, ListShape | TupleShape):
        if kind_of(shape) in ("str", "int", "float", "bool", "none", "date", "datetime", "dict", "enum"):
            what = f"`{show(shape)}` is never a list"
        else:
            what = f"`{show(shape)}` may be something else than a list"
        return Condition(
            reader.refuse("L103", pattern, what, "tell it apart first: if isinstance(x, list): …")
        )
    stars = [place for place, each in enumerate(pattern.patterns) if isinstance(each, ast.MatchStar)]
    least = len(pattern.patterns) - len(stars)
    tests: list[form.Expr] = []
    if isinstance(shape, TupleShape):
        size = len(shape.items)
        if size < least or (size > least and not stars):
            return Condition(form.Const(BOOL, span, False))
    else:
        length = operation(reader, pattern, "list.len", subject.value)
        wanted = form.Const(INT, span, least)
        if stars and least:
            tests.append(operation(reader, pattern, "num.ge", length, wanted))
        elif not stars:
            tests.append(operation(reader, pattern, "eq", length, wanted))
    for place, inner in enumerate(pattern.patterns):
        if isinstance(inner, ast.MatchStar):
            if inner.name is not None:
                behind = len(pattern.patterns) - 1 - place
                found.names.append((inner, inner.name, rest_of(reader, inner, subject.value, place, behind)))
            continue
        at = place if not stars or place < stars[0] else place - len(pattern.patterns)
        test = _read(reader, inner, Subject(item_of(reader, inner, subject.value, at)), found)
        if is_poison(test.expr.shape):
            return test
        if not _is_true(test.expr):
            tests.append(test.expr)
    return Condition(all_of(reader, pattern, tests)) if tests else _true(reader, pattern)


# ---------------------------------------------------------------------------------------------- dicts


def _mapping(reader: Reader, pattern: ast.MatchMapping, subject: Subject, found: Match) -> Condition:
    shape, span = subject.value.shape, reader.span(pattern)
    typed = isinstance(shape, RecordShape) and shape.kind == "typeddict"
    if not typed and not isinstance(shape, DictShape):
        what = f"`{show(shape)}` is no dict, or may be something else"
        return Condition(reader.refuse("L103", pattern, what, "tell it apart first, or match its fields"))
    tests: list[form.Expr] = []
    rest = subject.value
    for key, inner in zip(pattern.keys, pattern.patterns, strict=True):
        name = reader.expression(key)
        if not isinstance(name, form.Const) or not isinstance(name.value, str):
            return Condition(
                reader.refuse("L103", key, "keys of a pattern are text", 'write: case {"key": x}:')
            )
        if isinstance(shape, RecordShape):
            part = shape.field(name.value)
            if part is None:
                return Condition(form.Const(BOOL, span, False))
            if part.may_be_absent:
                tests.append(operation(reader, key, "dict.contains", subject.value, name))
            value: form.Expr = form.FieldOf(part.shape, reader.span(key), subject.value, name.value)
        else:
            tests.append(operation(reader, key, "dict.contains", subject.value, name))
            operands = (subject.value, name)
            value = form.Op(result_shape("dict.index", operands), span, "dict.index", operands)
            rest = form.Op(shape, span, "dict.remove", (rest, name))
        test = _read(reader, inner, Subject(value), found)
        if is_poison(test.expr.shape):
            return test
        if not _is_true(test.expr):
            tests.append(test.expr)
    if pattern.rest is not None:
        if typed:
            hint = "name the keys that you want"
            return Condition(reader.refuse("L103", pattern, "`**` of a TypedDict has no type", hint))
        found.names.append((pattern, pattern.rest, rest))
    return Condition(all_of(reader, pattern, tests)) if tests else _true(reader, pattern)


# ---------------------------------------------------------------------------------------------- alternatives


def _or(reader: Reader, pattern: ast.MatchOr, subject: Subject, found: Match) -> Condition:
    del found  # its alternatives set no names
    tests = []
    for each in pattern.patterns:
        inner = Match(_true(reader, each))
        tests.append(_read(reader, each, subject, inner))
        if inner.names:
            what = "an alternative that sets a name cannot be compiled"
            return Condition(reader.refuse("L103", each, what, "write a case for each"))
    if any(is_poison(each.expr.shape) for each in tests):
        return Condition(reader.poison(pattern))
    no: Facts = tests[-1].no if len(tests) == 1 else ()
    return Condition(operation(reader, pattern, "bool.or", *(each.expr for each in tests)), (), no)


def _is_true(test: form.Expr) -> bool:
    return isinstance(test, form.Const) and test.value is True


_PATTERNS: Final[dict[type[ast.pattern], Any]] = {
    ast.MatchAs: _as,
    ast.MatchValue: _value,
    ast.MatchSingleton: _singleton,
    ast.MatchClass: _class,
    ast.MatchSequence: _sequence,
    ast.MatchMapping: _mapping,
    ast.MatchOr: _or,
}


# ---------------------------------------------------------------------------------------------- exhaustion


def exhaustive(reader: Reader, shape: Shape, cases: list[ast.match_case]) -> bool:
    """Whether the cases, without guards, take every value of the type: members, literals, classes, None."""
    if isinstance(shape, ListShape):
        return _every_length([case.pattern for case in cases if case.guard is None])
    left = {
        ("value", value) if finite else ("shape", option)
        for option in options(shape)
        for finite, values in [_finite(option)]
        for value in (values if finite else [None])
    }
    if not left:
        return False
    for case in cases:
        if case.guard is None:
            left -= _taken(reader, case.pattern, shape)
    return not left


def _every_length(patterns: list[ast.pattern]) -> bool:
    """Whether patterns of lists take every length, whatever the items are."""
    lengths: set[int] = set()
    least: int | None = None
    for pattern in patterns:
        if not isinstance(pattern, ast.MatchSequence):
            continue
        stars = [each for each in pattern.patterns if isinstance(each, ast.MatchStar)]
        others = [each for each in pattern.patterns if not isinstance(each, ast.MatchStar)]
        if not all(isinstance(each, ast.MatchAs) and each.pattern is None for each in others):
            continue
        if stars:
            least = len(others) if least is None else min(least, len(others))
        else:
            lengths.add(len(others))
    return least is not None and all(length in lengths for length in range(least))


def _finite(shape: Shape) -> tuple[bool, list[Any]]:
    """Whether a type has few values, and their JSON."""
    if isinstance(shape, EnumShape):
        return True, [value for _, value in shape.members]
    if isinstance(shape, LiteralShape):
        return True, [(type(value), value) for value in shape.values]
    if kind_of(shape) in ("bool", "none"):
        values = [None] if shape == NULL else [True, False]
        return True, [(type(value), value) for value in values]
    return False, []


def _taken(reader: Reader, pattern: ast.pattern, shape: Shape) -> set[tuple[str, Any]]:
    """The values and the alternatives that a pattern surely takes."""
    match pattern:
        case ast.MatchOr(patterns=patterns):
            return {each for one in patterns for each in _taken(reader, one, shape)}
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return _taken(reader, inner, shape)
        case ast.MatchSingleton(value=value):
            return {("value", (type(value), value))}
        case ast.MatchValue(value=node):
            constant = reader.expression(node)
            if not isinstance(constant, form.Const):
                return set()
            enum = isinstance(constant.shape, EnumShape)
            return {("value", constant.value if enum else (type(constant.value), constant.value))}
        case ast.MatchClass(cls=cls, kwd_patterns=[], patterns=parts):
            if all(isinstance(part, ast.MatchAs) and part.pattern is None for part in parts):
                found = static(reader, cls)
                taken = [each for each in options(shape) if isinstance(found, type) and instance(each, found)]
                finite = {("value", value) for each in taken for value in _finite(each)[1]}
                return finite | {("shape", each) for each in taken}
            return set()
        case _:
            return set()
