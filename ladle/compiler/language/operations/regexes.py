"""Regular expressions on which Python's `re` and JavaScript's agree, and what is made of them.

A pattern is read by Python's own parser and written anew, of what both know: characters, classes, groups,
alternatives, quantifiers, anchors, lookahead. What differs is refused (`Refused`): backreferences,
lookbehind, several lines, what Python only has. Classes of Unicode (`\\w`, `\\b`) and upper or lower case are
exact for ASCII text, `\\d` for text without other digits, characters that are not named (`.`, `[^a]`) up to
U+FFFF: other text is a limit.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from ladle.compiler.language.operations.reference import SPACES, Limit, beyond_bmp

__all__ = [
    "DIGITS", "Group", "Refused", "Regex", "found", "found_all", "replaced", "replaced_by", "split",
    "template", "translated",
]  # fmt: skip

_parser: Final[Any] = importlib.import_module("re._parser")
_FLAGS: Final = re.IGNORECASE | re.ASCII | re.DOTALL | re.VERBOSE | re.UNICODE

_SPACE: Final = "".join(char if char in "- " else f"\\u{ord(char):04x}" for char in SPACES)
DIGITS: Final = "\u0660-\u1c59\ua620-\uabf9\uff10-\uff19\U00010000-\U0010ffff"
"""Where Unicode has digits beyond ASCII, and more: as ranges of a class."""

_CATEGORIES: Final = {
    "CATEGORY_DIGIT": ("0-9", "0-9"),
    "CATEGORY_WORD": ("A-Za-z0-9_", "A-Za-z0-9_"),
    "CATEGORY_SPACE": (_SPACE, " \\t-\\r"),
}
"""What a class holds, among Unicode and with `re.ASCII`: white space is known, the others only of ASCII."""


class Refused(Exception):
    """What the pattern has that is not the same in both."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group: its number and name. `sure` is true where it takes part in every match."""

    number: int
    name: str
    sure: bool

    @property
    def key(self) -> str:
        """Its field in what is found: `g1`, or `g1_year` for a group with a name."""
        return f"g{self.number}_{self.name}" if self.name else f"g{self.number}"


@dataclass(frozen=True, slots=True)
class Regex:
    """A pattern that both know. `source` and `flag` are JavaScript's; `alternatives` tells whether it is a
    choice at the top, `empty` whether it can match no text; `ascii`, `digits` and `bmp` whether it takes only
    text of ASCII, without digits beyond ASCII, up to U+FFFF."""

    source: str
    flag: str
    groups: tuple[Group, ...]
    alternatives: bool
    empty: bool
    ascii: bool
    digits: bool
    bmp: bool

    @property
    def enclosed(self) -> str:
        """The source as one thing, beside others."""
        return f"(?:{self.source})" if self.alternatives else self.source

    def takes(self, text: str) -> None:
        """Raises Limit for a text on which the two may differ."""
        if (self.ascii and not text.isascii()) or (self.digits and re.search(f"[{DIGITS}]", text)):
            raise Limit("UnicodeError", "a pattern's classes beyond ASCII")
        if self.bmp and beyond_bmp(text):
            raise Limit("UnicodeError", "a pattern on text beyond U+FFFF")


@lru_cache(maxsize=512)
def translated(pattern: str, flags: int) -> Regex:
    """The pattern as both know it. Raises Refused with what it has that differs, re.error for no pattern."""
    compiled = re.compile(pattern, flags)
    if compiled.flags & ~_FLAGS:
        names = "|".join(flag.name or "" for flag in re.RegexFlag(compiled.flags & ~_FLAGS))
        raise Refused(f"the flag {names}")
    parsed = _parser.parse(pattern, flags)
    writer = _Writer(compiled.flags)
    source = writer.sequence(parsed)
    ignoring = bool(compiled.flags & re.IGNORECASE)
    if ignoring and not pattern.isascii():
        raise Refused("upper and lower case beyond ASCII")
    named = {number: name for name, number in compiled.groupindex.items()}
    groups = tuple(
        Group(number, named.get(number, ""), sure) for number, sure in sorted(writer.groups.items())
    )
    least, _ = parsed.getwidth()
    alternatives = len(parsed) == 1 and str(parsed[0][0]) == "BRANCH"
    return Regex(
        source,
        "i" if ignoring else "",
        groups,
        alternatives,
        least == 0,
        writer.ascii or ignoring,
        writer.digits,
        writer.bmp,
    )


class _Writer:
    """Writes what Python's parser read, and notes what it asks of the text."""

    def __init__(self, flags: int) -> None:
        self.flags = flags
        self.groups: dict[int, bool] = {}
        self.ascii = False
        self.digits = False
        self.bmp = False
        self._sure = True
        self._repeated = False
        self._looking = False

    def sequence(self, items: Iterable[Any]) -> str:
        parts = list(items)
        if len(parts) == 1 and str(parts[0][0]) == "BRANCH":
            return self._branch(parts[0][1])
        return "".join(self._item(str(name), value) for name, value in parts)

    def _item(self, name: str, value: Any) -> str:
        match name:
            case "LITERAL":
                return _plain(value)
            case "NOT_LITERAL":
                self.bmp = True
                return f"[^{_in_class(value)}]"
            case "ANY":
                self.bmp = True
                return r"[\s\S]" if self.flags & re.DOTALL else r"[^\n]"
            case "IN":
                return self._class(value)
            case "BRANCH":
                return f"(?:{self._branch(value)})"
            case "SUBPATTERN":
                return self._group(*value)
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self._repeat(*value) + ("?" if name == "MIN_REPEAT" else "")
            case "AT":
                return self._at(str(value))
            case "ASSERT" | "ASSERT_NOT":
                return self._ahead("=" if name == "ASSERT" else "!", *value)
            case "GROUPREF" | "GROUPREF_IGNORE" | "GROUPREF_EXISTS":
                raise Refused("a reference to a group")
            case _:
                raise Refused("what only Python's patterns have")

    def _branch(self, value: Any) -> str:
        _, ways = value
        return "|".join(self._within(way, sure=False) for way in ways)

    def _within(self, items: Any, *, sure: bool = True, repeated: bool = False) -> str:
        before = self._sure, self._repeated
        self._sure, self._repeated = self._sure and sure, self._repeated or repeated
        text = self.sequence(items)
        self._sure, self._repeated = before
        return text

    def _class(self, items: Sequence[tuple[Any, Any]]) -> str:
        negated = str(items[0][0]) == "NEGATE"
        parts = []
        for name, value in items[negated:]:
            match str(name):
                case "LITERAL":
                    parts.append(_in_class(value))
                case "RANGE":
                    low, high = value
                    self.bmp |= high >= 0xD800
                    parts.append(f"{_in_class(low)}-{_in_class(high)}")
                case _:
                    parts.append(self._category(str(value), negated or len(items) > 1))
        self.bmp |= negated
        if len(items) == 1 and parts[0].startswith("[^"):
            return parts[0]
        return f"[{'^' * negated}{''.join(parts)}]"

    def _category(self, name: str, among: bool) -> str:
        """The ranges of `\\d`, `\\w`, `\\s`; of their opposites a class of its own, which stands alone."""
        opposite = "_NOT_" in name
        name = name.replace("_NOT_", "_").replace("CATEGORY_UNI_", "CATEGORY_")
        plain = bool(self.flags & re.ASCII)
        self.ascii |= not plain and name == "CATEGORY_WORD"
        self.digits |= not plain and name == "CATEGORY_DIGIT"
        ranges = _CATEGORIES[name][plain]
        if not opposite:
            return ranges
        if among:
            raise Refused("an opposite such as \\D inside of brackets")
        self.bmp = True
        return f"[^{ranges}]"

    def _group(self, number: int | None, add: int, remove: int, items: Any) -> str:
        if add or remove:
            raise Refused("flags for a part of the pattern")
        if number is None:
            return f"(?:{self.sequence(items)})"
        if self._looking:
            raise Refused("a group in a lookahead")
        if not (self._sure or not self._repeated):
            raise Refused("a group that only some turns of a repetition have")
        self.groups[number] = self._sure
        return f"({self.sequence(items)})"

    def _repeat(self, low: int, high: int, items: Any) -> str:
        many = high > 1
        if many and items.getwidth()[0] == 0:
            raise Refused("the repetition of what can be empty")
        inner = self._within(items, sure=low > 0, repeated=many)
        one = len(items) == 1 and str(items[0][0]) in ("LITERAL", "NOT_LITERAL", "ANY", "IN", "SUBPATTERN")
        inner = inner if one else f"(?:{inner})"
        unbounded = high == _parser.MAXREPEAT
        signs = {(0, True): "*", (1, True): "+"}
        if (low, unbounded) in signs:
            return inner + signs[low, unbounded]
        if (low, high) == (0, 1):
            return f"{inner}?"
        return inner + (f"{{{low},}}" if unbounded else f"{{{low}}}" if low == high else f"{{{low},{high}}}")

    def _at(self, where: str) -> str:
        match where:
            case "AT_BEGINNING" | "AT_BEGINNING_STRING":
                return "^"
            case "AT_END":
                return r"(?=\n?$)"
            case "AT_END_STRING":
                return "$"
            case "AT_BOUNDARY" | "AT_NON_BOUNDARY":
                self.ascii = True
                return r"\b" if where == "AT_BOUNDARY" else r"\B"
            case _:
                raise Refused("an anchor that only Python's patterns have")

    def _ahead(self, sign: str, direction: int, items: Any) -> str:
        if direction < 0:
            raise Refused("a lookbehind")
        before, self._looking = self._looking, True
        text = f"(?{sign}{self._within(items, sure=False)})"
        self._looking = before
        return text


def _plain(code: int) -> str:
    """A character outside of brackets."""
    char = _known(code)
    if char.isalnum() or char in " _-,:;=@<>!'":
        return char
    return f"[{char}]" if char in ".*+?|$" else r"\/" if char == "/" else f"\\u{code:04x}"


def _in_class(code: int) -> str:
    """A character within brackets."""
    char = _known(code)
    if char.isalnum() or char in " _,:;=@<>!'.*+?|$":
        return char
    return f"\\{char}" if char in "/-" else f"\\u{code:04x}"


def _known(code: int) -> str:
    if code > 0xFFFF or 0xD800 <= code < 0xE000:
        raise Refused("a character beyond U+FFFF")
    return chr(code) if code < 0x80 else "\x00"


# ------------------------------------------------------------------------------------------------ meaning


def found(text: str, pattern: str, flags: int, how: str) -> dict[str, str | None] | None:
    """`re.search`, `re.match` or `re.fullmatch`: the groups, `g0` the whole match; None for no match."""
    regex = translated(pattern, flags)
    regex.takes(text)
    match = getattr(re.compile(pattern, flags), how)(text)
    if match is None:
        return None
    groups = {group.key: match.group(group.number) for group in regex.groups}
    return {"g0": match.group(), **groups}


def found_all(text: str, pattern: str, flags: int) -> list[Any]:
    """`re.findall`."""
    translated(pattern, flags).takes(text)
    return [list(each) if isinstance(each, tuple) else each for each in re.findall(pattern, text, flags)]


def split(text: str, pattern: str, flags: int) -> list[str]:
    """`re.split`, of a pattern without groups."""
    translated(pattern, flags).takes(text)
    return list(re.split(pattern, text, flags=flags))


def replaced(text: str, pattern: str, flags: int, new: str, count: int) -> str:
    """`re.sub` with a template known when compiling."""
    translated(pattern, flags).takes(text)
    return re.sub(pattern, new, text, count=count, flags=flags)


def replaced_by(text: str, pattern: str, flags: int, new: str, count: int) -> str:
    """`re.sub` with a text that is no template."""
    translated(pattern, flags).takes(text)
    if "\\" in new:
        raise Limit("ValueError", "a backslash in what re.sub puts in")
    return re.sub(pattern, new, text, count=count, flags=flags)


_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_PART: Final = re.compile(r"\\(?:g<([^>]*)>|([1-9][0-9]?)(?![0-9])|(.|$))", re.DOTALL)


def template(new: str, regex: Regex) -> list[str | int]:
    """What `re.sub` puts in, taken apart: texts, and numbers of groups. Raises Refused."""
    numbers = {group.name: group.number for group in regex.groups if group.name}
    numbers |= {str(group.number): group.number for group in regex.groups} | {"0": 0}
    sure = {0, *(group.number for group in regex.groups if group.sure)}
    parts: list[str | int] = []
    place = 0
    for escape in _PART.finditer(new):
        parts.append(new[place : escape.start()])
        place = escape.end()
        name = escape[1] if escape[1] is not None else escape[2]
        if name is None:
            if escape[3] not in _ESCAPES:
                raise Refused(f"the escape `\\{escape[3]}` in what it puts in")
            parts.append(_ESCAPES[escape[3]])
        elif name not in numbers:
            raise Refused(f"no group {name}")
        elif numbers[name] not in sure:
            raise Refused(f"group {name}, which a match may lack")
        else:
            parts.append(numbers[name])
    parts.append(new[place:])
    joined: list[str | int] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return joined
