"""The conditions in `[?( … )]`, compiled to predicates over (item, root).

Operators as in Jayway's JsonPath: `== != < <= > >= =~ in nin contains subsetof anyof noneof size empty`,
`&& || !`, parentheses, and a lone path, which asks whether it leads to a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from ladle.engine.jsonpath.text import Scanner
from ladle.engine.scope import JSON, MISSING

__all__ = ["Predicate", "compile_filter"]

Predicate: TypeAlias = Callable[[JSON, JSON], bool]
Operand: TypeAlias = Callable[[JSON, JSON], JSON]
PathReader: TypeAlias = Callable[[Scanner], Operand]

_REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/([a-z]*)")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_WORD = re.compile(r"[a-zA-Z]+")
_SYMBOLS: Final = ("==", "!=", "<=", ">=", "=~", "<", ">")


def compile_filter(scan: Scanner, read_path: PathReader) -> Predicate:
    """Read `?( … )` at the cursor. `read_path` reads a path that begins with `@` or `$`."""
    scan.expect("?")
    scan.blanks()
    scan.expect("(")
    predicate = _either(scan, read_path)
    scan.blanks()
    scan.expect(")")
    return predicate


def _either(scan: Scanner, read_path: PathReader) -> Predicate:
    left = _both(scan, read_path)
    scan.blanks()
    while scan.accept("||"):
        left = _or(left, _both(scan, read_path))
        scan.blanks()
    return left


def _both(scan: Scanner, read_path: PathReader) -> Predicate:
    left = _one(scan, read_path)
    scan.blanks()
    while scan.accept("&&"):
        left = _and(left, _one(scan, read_path))
        scan.blanks()
    return left


def _or(left: Predicate, right: Predicate) -> Predicate:
    return lambda item, root: left(item, root) or right(item, root)


def _and(left: Predicate, right: Predicate) -> Predicate:
    return lambda item, root: left(item, root) and right(item, root)


def _one(scan: Scanner, read_path: PathReader) -> Predicate:
    scan.blanks()
    if scan.accept("!"):
        inner = _one(scan, read_path)
        return lambda item, root: not inner(item, root)
    if scan.accept("("):
        inner = _either(scan, read_path)
        scan.blanks()
        scan.expect(")")
        return inner
    left = _operand(scan, read_path)
    scan.blanks()
    operator = next((symbol for symbol in _SYMBOLS if scan.accept(symbol)), None) or scan.match(_WORD)
    if operator is None:
        return lambda item, root: left(item, root) is not MISSING
    compare = _COMPARE.get(operator.lower())
    if compare is None:
        raise scan.error(f"{operator} is not an operator of filters")
    scan.blanks()
    right = _operand(scan, read_path)
    return lambda item, root: compare(left(item, root), right(item, root))


def _operand(scan: Scanner, read_path: PathReader) -> Operand:
    char = scan.peek()
    if char in ("@", "$") and char:
        return read_path(scan)
    if char == "/":
        return _pattern(scan)
    value = _literal(scan)
    return lambda _item, _root: value


def _pattern(scan: Scanner) -> Operand:
    start = scan.at
    text = scan.match(_REGEX)
    found = _REGEX.match(text or "")
    if found is None:
        raise scan.error("the regular expression does not end")
    flags = re.IGNORECASE if "i" in found.group(2) else re.RegexFlag(0)
    try:
        pattern = re.compile(found.group(1), flags)
    except re.error as error:
        scan.at = start
        raise scan.error(f"not a regular expression: {error}") from None
    if _REPEATED_GROUP.search(found.group(1)):
        bounded = _Bounded(found.group(1), found.group(2))
        return lambda _item, _root: bounded
    return lambda _item, _root: pattern


class _Bounded:
    """A pattern that repeats a group: it may try every way, so it is matched where time is bounded."""

    def __init__(self, pattern: str, flags: str) -> None:
        self._text = f"$contains($text, /^(?:{pattern})$/{'i' if 'i' in flags else ''})"

    def matches(self, text: str) -> bool:
        """Whether all of `text` matches. Raises PathNotFound after a second."""
        from ladle.engine.jsonpath.path import PathNotFound
        from ladle.jsonata import JsonataError, compile_expression

        try:
            return compile_expression(self._text).evaluate({"text": text}) is True
        except JsonataError as error:
            raise PathNotFound(f"The regular expression cannot be matched: {error.message}") from None


def _literal(scan: Scanner) -> JSON:
    char = scan.peek()
    if char in ("'", '"') and char:
        return scan.quoted()
    if scan.accept("["):
        scan.blanks()
        if scan.accept("]"):
            return []
        items = scan.separated(lambda: _literal(scan))
        scan.expect("]")
        return items
    number = scan.number()
    if number is not None:
        return number
    word = scan.match(_WORD)
    if word in _WORDS:
        return _WORDS[word]
    raise scan.error("expected a path, a string, a number, true, false, null or a list")


_WORDS: Final[dict[str | None, JSON]] = {"true": True, "false": False, "null": None}


def _is_number(value: JSON) -> bool:
    return type(value) in (int, float)


def _equal(left: JSON, right: JSON) -> bool:
    if _is_number(left) and _is_number(right):
        return bool(left == right)
    return type(left) is type(right) and bool(left == right)


def _ordered(compare: Callable[[JSON, JSON], bool]) -> Callable[[JSON, JSON], bool]:
    def run(left: JSON, right: JSON) -> bool:
        comparable = (_is_number(left) and _is_number(right)) or (type(left) is str and type(right) is str)
        return comparable and compare(left, right)

    return run


def _among(value: JSON, choices: JSON) -> bool:
    return type(choices) is list and any(_equal(value, choice) for choice in choices)


def _contains(container: JSON, part: JSON) -> bool:
    if type(container) is str and type(part) is str:
        return part in container
    return _among(part, container)


def _matches(value: JSON, pattern: JSON) -> bool:
    if isinstance(pattern, _Bounded):
        return type(value) is str and pattern.matches(value)
    return type(value) is str and isinstance(pattern, re.Pattern) and pattern.fullmatch(value) is not None


def _size(value: JSON, size: JSON) -> bool:
    return type(value) in (list, str) and len(value) == size


_COMPARE: Final[dict[str, Callable[[JSON, JSON], bool]]] = {
    "==": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "<": _ordered(lambda left, right: bool(left < right)),
    "<=": _ordered(lambda left, right: bool(left <= right)),
    ">": _ordered(lambda left, right: bool(left > right)),
    ">=": _ordered(lambda left, right: bool(left >= right)),
    "=~": _matches,
    "in": _among,
    "nin": lambda value, choices: not _among(value, choices),
    "contains": _contains,
    "subsetof": lambda value, all_of: type(value) is list and all(_among(x, all_of) for x in value),
    "anyof": lambda value, some: type(value) is list and any(_among(x, some) for x in value),
    "noneof": lambda value, some: type(value) is list and not any(_among(x, some) for x in value),
    "size": _size,
    "empty": lambda value, wanted: type(value) in (list, str, dict) and (not value) is wanted,
}
