"""Intrinsic functions of JSONPath states: `States.Format('{} of {}', $.done, $.all)`.

The grammar is that of the specification (appendix B): arguments are texts in single quotes, numbers, true,
false, null, paths, and further calls. In a text, a backslash may stand only before `'`, `{`, `}` and itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ladle.asl.paths import Path, PathError, parse_path

__all__ = ["ARITIES", "Call", "IntrinsicError", "Literal", "parse_intrinsic", "paths_of"]

ARITIES: Mapping[str, tuple[int, int | None]] = MappingProxyType(
    {
        "States.Format": (1, None),
        "States.StringToJson": (1, 1),
        "States.JsonToString": (1, 1),
        "States.Array": (0, None),
        "States.ArrayPartition": (2, 2),
        "States.ArrayContains": (2, 2),
        "States.ArrayRange": (3, 3),
        "States.ArrayGetItem": (2, 2),
        "States.ArrayLength": (1, 1),
        "States.ArrayUnique": (1, 1),
        "States.Base64Encode": (1, 1),
        "States.Base64Decode": (1, 1),
        "States.Hash": (2, 2),
        "States.JsonMerge": (3, 3),
        "States.MathRandom": (2, 3),
        "States.MathAdd": (2, 2),
        "States.StringSplit": (2, 2),
        "States.UUID": (0, 0),
    }
)
"""Fewest and most arguments by function; None for any number."""


class IntrinsicError(ValueError):
    """The text is no valid call. `position` is where, in characters from its start."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant argument."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Call:
    """A call: the function's full name and its arguments."""

    name: str
    arguments: tuple[Call | Path | Literal, ...]

    @property
    def depth(self) -> int:
        """1 for a call without calls among its arguments, one more for every level."""
        return 1 + max((item.depth for item in self.arguments if isinstance(item, Call)), default=0)


_BLANK = re.compile(r"\s*")
_FUNCTION = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MAX_PARSED = 100  # levels; far beyond what AWS allows, far below what the stack bears
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}


def parse_intrinsic(text: str) -> Call:
    """Parse a whole field value as one call, names and numbers of arguments checked.

    Raises:
        IntrinsicError: it is no call, or of a function that does not exist, or with a wrong argument.
    """
    call, position = _call(text, _blank(text, 0))
    position = _blank(text, position)
    if position != len(text):
        raise IntrinsicError("nothing may follow the call's closing parenthesis", position)
    return call


def paths_of(call: Call) -> Iterator[Path]:
    """The paths among a call's arguments, inner calls included."""
    for item in call.arguments:
        if isinstance(item, Path):
            yield item
        elif isinstance(item, Call):
            yield from paths_of(item)


def _blank(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return position if match is None else match.end()


def _call(text: str, position: int, level: int = 1) -> tuple[Call, int]:
    start = position
    if level > _MAX_PARSED:
        raise IntrinsicError(f"calls are nested more than {_MAX_PARSED} deep", position)
    name = _FUNCTION.match(text, position)
    if name is None:
        raise IntrinsicError("an intrinsic function is written States.Name(…)", position)
    position = _blank(text, name.end())
    if not text.startswith("(", position):
        raise IntrinsicError(f"'(' must follow {name.group()}", position)
    if name.group() not in ARITIES:
        raise IntrinsicError(f"there is no intrinsic function {name.group()}", start)
    arguments: list[Call | Path | Literal] = []
    position = _blank(text, position + 1)
    while not text.startswith(")", position):
        if arguments:
            if not text.startswith(",", position):
                raise IntrinsicError("',' or ')' is missing", position)
            position = _blank(text, position + 1)
        argument, position = _argument(text, position, level)
        arguments.append(argument)
        position = _blank(text, position)
    fewest, most = ARITIES[name.group()]
    if len(arguments) < fewest or (most is not None and len(arguments) > most):
        wanted = (
            f"{fewest}" if fewest == most else f"at least {fewest}" if most is None else f"{fewest} to {most}"
        )
        raise IntrinsicError(f"{name.group()} takes {wanted} arguments, {len(arguments)} given", start)
    return Call(name.group(), tuple(arguments)), position + 1


def _argument(text: str, position: int, level: int) -> tuple[Call | Path | Literal, int]:
    if position >= len(text):
        raise IntrinsicError("')' is missing", position)
    if text[position] == "'":
        return _literal_text(text, position)
    if text[position] == "$":
        return _path(text, position)
    if (number := _NUMBER.match(text, position)) is not None:
        written = number.group()
        value = float(written) if any(mark in written for mark in ".eE") else int(written)
        return Literal(value), number.end()
    word = _FUNCTION.match(text, position)
    if word is not None and word.group() in _WORDS:
        return Literal(_WORDS[word.group()]), word.end()
    if word is not None:
        return _call(text, position, level + 1)
    raise IntrinsicError(f"{text[position]!r} begins no argument; texts stand in single quotes", position)


def _literal_text(text: str, position: int) -> tuple[Literal, int]:
    match = _TEXT.match(text, position)
    if match is None:
        raise IntrinsicError("the text is not closed by a single quote", position)
    for escape in _ESCAPE.finditer(match.group()):
        if escape.group(1) not in "'{}\\":
            at = position + escape.start()
            raise IntrinsicError("in a text, a backslash may stand only before ' { } and \\", at)
    # \{ and \} keep their backslash: States.Format must still tell them from a placeholder.
    value = re.sub(r"\\(['\\])", r"\1", match.group()[1:-1])
    return Literal(value), match.end()


def _path(text: str, position: int) -> tuple[Path, int]:
    end = _path_end(text, position)
    try:
        return parse_path(text[position:end].rstrip()), end
    except PathError as error:
        raise IntrinsicError(str(error), position + error.position) from error


def _path_end(text: str, position: int) -> int:
    """Where a path argument ends: at a comma or parenthesis outside brackets and quotes."""
    depth = 0
    while position < len(text):
        character = text[position]
        if character in "'\"":
            closing = text.find(character, position + 1)
            position = len(text) if closing < 0 else closing
        elif character in "[(":
            depth += 1
        elif character in "])":
            if depth == 0:
                break
            depth -= 1
        elif character == "," and depth == 0:
            break
        position += 1
    return position
