"""Choice rules of JSONPath states, compiled to tests over the scope.

https://states-language.net/#choice-state: comparisons by type (a value of another type is simply not
equal, not less), their `Path` forms, `Is…` tests, and And, Or, Not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from ladle.engine.jsonpath.path import parse_path
from ladle.engine.jsonpath.template import PathTemplateError
from ladle.engine.jsonpath.text import InvalidPath
from ladle.engine.scope import JSON, MISSING, Evaluate, EvaluationFailed, Scope

__all__ = ["OPERATORS", "Test", "compile_choice"]

Test: TypeAlias = Callable[[Scope], bool]
_Convert: TypeAlias = Callable[[JSON], Any]
_Compare: TypeAlias = Callable[[Any, Any], bool]


def compile_choice(rule: dict[str, JSON], *, field: str = "Choices") -> Test:
    """Compile a rule: its comparison or boolean combination (`Next`, `Assign`, `Comment` are not read).

    Raises PathTemplateError for a rule without exactly one operator, or with a bad path. The test fails
    with States.Runtime where a path leads nowhere, except under IsPresent.
    """
    if "And" in rule:
        tests = _inner(rule["And"], f"{field}/And")
        return lambda scope: all(test(scope) for test in tests)
    if "Or" in rule:
        tests = _inner(rule["Or"], f"{field}/Or")
        return lambda scope: any(test(scope) for test in tests)
    if "Not" in rule:
        test = compile_choice(rule["Not"], field=f"{field}/Not")
        return lambda scope: not test(scope)
    return _comparison(rule, field)


def _inner(rules: JSON, field: str) -> list[Test]:
    if not isinstance(rules, list) or not rules:
        raise PathTemplateError(field, rules, "it must be a list of rules")
    return [compile_choice(rule, field=f"{field}[{index}]") for index, rule in enumerate(rules)]


def _comparison(rule: dict[str, JSON], field: str) -> Test:
    names = [name for name in rule if name in OPERATORS or name in _TYPE_TESTS]
    if len(names) != 1 or "Variable" not in rule:
        raise PathTemplateError(field, rule, "a rule has a Variable and one comparison operator")
    name = names[0]
    read = _reader(rule["Variable"], f"{field}/Variable")
    if name in _TYPE_TESTS:
        present = read if name == "IsPresent" else _required(read, rule["Variable"])
        return _type_test(name, present, rule[name])
    convert, compare = OPERATORS[name]
    if name.endswith("Path"):
        other = _required(_reader(rule[name], f"{field}/{name}"), rule[name])
        value = _required(read, rule["Variable"])

        def test_path(scope: Scope) -> bool:
            left, right = convert(value(scope)), convert(other(scope))
            return left is not None and right is not None and compare(left, right)

        return test_path
    wanted = _wildcard(rule[name]) if name == "StringMatches" else convert(rule[name])
    if wanted is None:
        raise PathTemplateError(f"{field}/{name}", rule[name], f"{name} cannot compare with this value")
    value = _required(read, rule["Variable"])

    def test(scope: Scope) -> bool:
        left = convert(value(scope))
        return left is not None and compare(left, wanted)

    return test


def _reader(text: JSON, field: str) -> Evaluate:
    """Return what reads a path, giving MISSING where it leads nowhere."""
    if not isinstance(text, str):
        raise PathTemplateError(field, text, "it is not a string")
    try:
        return parse_path(text).get
    except InvalidPath as error:
        raise PathTemplateError(field, text, error.reason) from error


def _required(read: Evaluate, text: str) -> Evaluate:
    def run(scope: Scope) -> JSON:
        value = read(scope)
        if value is MISSING:
            raise EvaluationFailed(
                "States.Runtime",
                f"Invalid path '{text}': The choice state's condition path references an invalid value.",
            )
        return value

    return run


# --- type tests


def _is_number(value: JSON) -> bool:
    return type(value) is int or type(value) is float


_TYPE_TESTS: Final[dict[str, Callable[[JSON], bool]]] = {
    "IsPresent": lambda value: value is not MISSING,
    "IsNull": lambda value: value is None,
    "IsString": lambda value: type(value) is str,
    "IsNumeric": _is_number,
    "IsBoolean": lambda value: type(value) is bool,
    "IsTimestamp": lambda value: _timestamp(value) is not None,
}


def _type_test(name: str, read: Evaluate, wanted: JSON) -> Test:
    check = _TYPE_TESTS[name]
    return lambda scope: check(read(scope)) is wanted


# --- comparisons: each operand is converted, None standing for "of another type"


def _string(value: JSON) -> Any:
    return value if type(value) is str else None


def _number(value: JSON) -> Any:
    return value if _is_number(value) else None


def _boolean(value: JSON) -> Any:
    return value if type(value) is bool else None


_TIMESTAMP: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII)


def _timestamp(value: JSON) -> Any:
    """Return an RFC 3339 timestamp (with `T` and `Z`) as (UTC time, digits of the second's fraction)."""
    match = _TIMESTAMP.fullmatch(value) if type(value) is str else None
    if match is None:
        return None
    try:
        moment = datetime.fromisoformat(match.group(1))
    except ValueError:
        return None
    zone = match.group(3)
    if zone != "Z":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
        moment = moment - offset if zone[0] == "+" else moment + offset
    return moment, (match.group(2) or "").rstrip("0")


def _utf16(text: str) -> bytes:
    """Return what orders strings as Java does, by UTF-16 unit."""
    return text.encode("utf-16-be", "surrogatepass")


def _wildcard(pattern: JSON) -> re.Pattern[str] | None:
    r"""Compile a StringMatches pattern: `*` stands for any text, `\*` for itself, `\\` for a backslash."""
    if type(pattern) is not str:
        return None
    literals, position = [""], 0
    while position < len(pattern):
        char = pattern[position]
        if char == "*":
            literals.append("")
        else:
            if char == "\\" and pattern[position + 1 : position + 2] in ("*", "\\"):
                position += 1
            literals[-1] += re.escape(pattern[position])
        position += 1
    first, *rest = literals
    if not rest:
        return re.compile(first)
    # Each middle text at its first place, never taken back: the time is linear in the text's length.
    middle = "".join(f"(?>.*?{literal})" for literal in rest[:-1] if literal)
    return re.compile(f"{first}{middle}.*{rest[-1]}", re.DOTALL)


def _table() -> dict[str, tuple[_Convert, _Compare]]:
    orders: dict[str, _Compare] = {
        "Equals": lambda left, right: bool(left == right),
        "LessThan": lambda left, right: bool(left < right),
        "GreaterThan": lambda left, right: bool(left > right),
        "LessThanEquals": lambda left, right: bool(left <= right),
        "GreaterThanEquals": lambda left, right: bool(left >= right),
    }
    table: dict[str, tuple[_Convert, _Compare]] = {}
    for kind, convert in (("String", _string), ("Numeric", _number), ("Timestamp", _timestamp)):
        for order, compare in orders.items():
            if kind == "String" and order != "Equals":
                compare = _by_unit(compare)
            table[kind + order] = table[f"{kind}{order}Path"] = (convert, compare)
    table["BooleanEquals"] = table["BooleanEqualsPath"] = (_boolean, orders["Equals"])
    table["StringMatches"] = (_string, lambda text, pattern: pattern.fullmatch(text) is not None)
    return table


def _by_unit(compare: _Compare) -> _Compare:
    return lambda left, right: compare(_utf16(left), _utf16(right))


OPERATORS: Final = _table()
"""The comparison operators: how their operands are read, and how they are compared."""
