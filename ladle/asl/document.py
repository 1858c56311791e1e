"""A JSON text whose every value knows its line and column.

Decoding is the standard library's, which is fast and exact; positions are worked out in a second pass only
when somebody asks for one, that is, when there is a problem to report. The second pass is also the one that
sees duplicate keys, which decoding drops silently (RFC 8259 leaves them undefined; AWS refuses them).
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

from ladle.asl.problems import Pointer, Problem
from ladle.errors import Span

__all__ = ["MAX_DEPTH", "Document", "decode"]

MAX_DEPTH = 200
"""Containers nested deeper than this are refused before decoding can exhaust the stack (AWS has a limit of
its own, TOO_DEEPLY_NESTED, whose number it does not publish)."""

_TOKEN = re.compile(r'[ \t\n\r]*(?:([{}\[\],:])|("(?:[^"\\]|\\.)*")|([^\s{}\[\],:"]+))', re.DOTALL)
_STRING_PART = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Place:
    """Character ranges of a value and, inside an object, of its key."""

    start: int
    end: int
    key_start: int
    key_end: int


@dataclass(slots=True)
class Document:
    """A decoded JSON text. `value` is None when the text could not be decoded."""

    text: str
    path: str
    value: Any
    has_duplicates: bool = False
    _places: dict[Pointer, _Place] | None = None
    _duplicates: list[Pointer] = field(default_factory=list)
    _line_starts: list[int] | None = None

    def span(self, pointer: Pointer, *, on_key: bool = False, within: tuple[int, int] | None = None) -> Span:
        """The lines and columns of the value at `pointer`, or of its key, or of a range inside its string.

        A pointer to something absent gives the nearest container that is there.
        """
        places = self._locate()
        while pointer and pointer not in places:
            pointer = pointer[:-1]
            within = None
        place = places.get(pointer)
        if place is None:
            return self.range(0, 0)
        if on_key and place.key_end > place.key_start:
            return self.range(place.key_start, place.key_end)
        if within is not None and self.text[place.start] == '"':
            offsets = self._string_offsets(place)
            start = offsets[min(within[0], len(offsets) - 1)]
            end = offsets[min(max(within[1], within[0] + 1), len(offsets) - 1)]
            return self.range(start, max(end, start + 1))
        return self.range(place.start, place.end)

    def range(self, start: int, end: int) -> Span:
        """The span of the characters from `start` to `end` (exclusive) of the text."""
        line, column = self._line_column(start)
        end_line, end_column = self._line_column(end)
        return Span(self.path, line, column, end_line, end_column)

    def duplicates(self) -> list[Pointer]:
        """Pointers of the keys that appear again in the same object, once for every repetition."""
        self._locate()
        return self._duplicates

    def _line_column(self, offset: int) -> tuple[int, int]:
        if self._line_starts is None:
            self._line_starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", self.text))]
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def _string_offsets(self, place: _Place) -> list[int]:
        """Text offsets of each character of the decoded string at `place`, and of its closing quote."""
        offsets: list[int] = []
        position = place.start + 1
        for part in _STRING_PART.findall(self.text[position : place.end - 1]):
            offsets.append(position)
            position += len(part)
        return [*offsets, position]

    def _locate(self) -> dict[Pointer, _Place]:
        if self._places is None:
            self._places = {}
            if self.value is not None:
                self._scan(self._places)
        return self._places

    def _scan(self, places: dict[Pointer, _Place]) -> None:
        # A stack of open containers instead of recursion: the text was decoded already, so it is well formed
        # and only commas, colons and brackets decide where we are.
        stack: list[tuple[Pointer, int, int, int, bool]] = []
        pointer: Pointer = ()
        key_start = key_end = 0
        want_key = False
        position = 0
        while (match := _TOKEN.match(self.text, position)) is not None:
            position = match.end()
            mark, string, _ = match.groups()
            start = match.start(match.lastindex or 0)
            if mark == "{" or mark == "[":
                stack.append((pointer, start, key_start, key_end, mark == "{"))
                pointer = (*pointer, 0) if mark == "[" else pointer
                want_key = mark == "{"
                key_start = key_end = 0
            elif mark == "}" or mark == "]":
                pointer, opened, key_start, key_end, _ = stack.pop()
                places[pointer] = _Place(opened, position, key_start, key_end)
                want_key = False
            elif mark == ",":
                want_key = stack[-1][4]
                if not want_key:
                    pointer = (*pointer[:-1], int(pointer[-1]) + 1)
                    key_start = key_end = 0
            elif mark == ":":
                pass
            elif want_key and string is not None:
                pointer = (*stack[-1][0], json.loads(string))
                if pointer in places:
                    self._duplicates.append(pointer)
                    # What the first value held must not make the second one's keys look repeated.
                    for known in [known for known in places if known[: len(pointer)] == pointer]:
                        del places[known]
                key_start, key_end = start, position
                want_key = False
            else:
                places[pointer] = _Place(start, position, key_start, key_end)


class _TooDeep(Exception):
    """The text nests containers deeper than MAX_DEPTH; the argument is the offset."""


def decode(text: str, path: str) -> tuple[Document, list[Problem | tuple[str, Span, str, str]]]:
    """Decode `text`; what is wrong with it as JSON comes back beside the document.

    A syntax error has no place in a value that does not exist, so it comes as
    ``(code, span, message, hint)``; duplicate keys come as :class:`Problem`.
    """
    document = Document(text, path, None)
    deep = _first_too_deep(text)
    if deep is not None:
        return document, [
            (
                "A103",
                document.range(deep, deep + 1),
                f"values are nested more than {MAX_DEPTH} deep",
                "a state machine needs a few levels a state; move the inner part to a machine of its own",
            )
        ]

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(items)
        if len(value) != len(items):
            document.has_duplicates = True
        return value

    try:
        document.value = json.loads(
            text,
            object_pairs_hook=pairs,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except json.JSONDecodeError as error:
        at = _place_of(text, error)
        place = document.range(at, min(at + 1, len(text)))
        return document, [("A101", place, f"this is not JSON: {error.msg}", _json_hint(text, error))]
    except _BadNumber as error:
        reason, written = error.args
        at = text.find(written)
        place = document.range(at, at + len(written))
        return document, [("A101", place, reason, "write a number of ordinary size, a string or null")]
    found: list[Problem | tuple[str, Span, str, str]] = []
    if document.has_duplicates:
        found.extend(_duplicate_problems(document.duplicates()))
    return document, found


class _BadNumber(Exception):
    """A number that JSON does not have, or that no double can hold. Arguments: reason, how it is written."""


_MAX_DIGITS = 400  # more than the largest double has


def _refuse_constant(written: str) -> Any:
    raise _BadNumber(f"this is not JSON: {written} is no JSON number", written)


def _integer(written: str) -> int:
    if len(written) > _MAX_DIGITS:
        raise _BadNumber(f"the number has {len(written):,} digits, which nothing here can hold", written)
    return int(written)


def _float(written: str) -> float:
    value = float(written)
    if not isfinite(value):
        raise _BadNumber("the number is larger than a double can hold", written)
    return value


def _first_too_deep(text: str) -> int | None:
    depth = 0
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', text, re.DOTALL):
        mark = match.group()
        if mark in "{[":
            depth += 1
            if depth > MAX_DEPTH:
                return match.start()
        elif mark in "}]":
            depth -= 1
    return None


_TRAILING_COMMA: Final = re.compile(r",\s*[}\]]")


def _place_of(text: str, error: json.JSONDecodeError) -> int:
    """Where the mistake is. Of a comma before a closing bracket Python before 3.13 names what follows it."""
    before = text[: error.pos].rstrip()
    closes = text[error.pos : error.pos + 1] in ("}", "]")
    return len(before) - 1 if closes and before.endswith(",") else error.pos


def _json_hint(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return "a definition is a JSON object with StartAt and States"
    if _TRAILING_COMMA.match(text, _place_of(text, error)) and "delimiter" not in error.msg:
        return "remove the comma before the closing bracket"
    if text[error.pos : error.pos + 1] == "'":
        return 'JSON strings stand in double quotes: "..."'
    if text[error.pos : error.pos + 1] == "/":
        return 'JSON has no comments; use a "Comment" field'
    if error.msg.startswith("Expecting ','"):
        return "a comma is missing between two values, or a quote inside a string is not escaped"
    return "correct the JSON at this place"


def _duplicate_problems(pointers: Iterable[Pointer]) -> Iterable[Problem]:
    for pointer in pointers:
        if len(pointer) >= 2 and pointer[-2] == "States":
            continue  # the same state twice: the rule on state names says it better
        yield Problem(
            "A102",
            pointer,
            f"the key {pointer[-1]!r} stands twice in this object",
            "JSON keeps only the last one; remove or rename one of them",
            on_key=True,
        )
